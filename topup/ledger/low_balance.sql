-- Low balance: the amount under which a seller wants to be told, and each time that a movement went under it.

ALTER TABLE ledger.book ADD COLUMN low_balance_threshold bigint CHECK (low_balance_threshold > 0);

-- A crossing belongs to the movement that made it, and is written in its transaction.
CREATE TABLE ledger.low_balance (
  seller_id bigint NOT NULL,
  seq       bigint NOT NULL,
  threshold bigint NOT NULL CHECK (threshold > 0),
  available bigint NOT NULL CHECK (available >= 0 AND available < threshold),
  currency  text   NOT NULL,
  PRIMARY KEY (seller_id, currency, seq)
);

CREATE FUNCTION ledger.watch_v1(key_seller bigint, threshold bigint)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE ledger.book b SET low_balance_threshold = threshold WHERE b.seller_id = key_seller;
$$;

CREATE FUNCTION ledger.warn_v1(
  key_seller bigint, w_seller bigint[], w_currency text[], w_seq bigint[], w_threshold bigint[],
  w_available bigint[]
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO ledger.low_balance (seller_id, currency, seq, threshold, available)
  SELECT * FROM unnest(w_seller, w_currency, w_seq, w_threshold, w_available);
$$;

REVOKE ALL ON FUNCTION ledger.watch_v1, ledger.warn_v1 FROM PUBLIC;
GRANT SELECT ON ledger.low_balance TO topup_app;
GRANT EXECUTE ON FUNCTION ledger.watch_v1, ledger.warn_v1 TO topup_app;
