-- Recharges. The row is also the record of its idempotency key: UNIQUE (seller_id, reference), kept for ever.

CREATE SCHEMA recharges;

CREATE TYPE recharges.state AS ENUM
  ('accepted', 'processing', 'unknown', 'succeeded', 'failed', 'reversed');

-- A bound inside a regular expression ({1,255}) would cost more than the rest of the row: the length is
-- checked beside it.
CREATE TABLE recharges.recharge (
  seller_id         bigint          NOT NULL,
  phone_number      bigint          NOT NULL CHECK (phone_number BETWEEN 1000000 AND 999999999999999),
  amount            bigint          NOT NULL CHECK (amount > 0),
  hold_seq          bigint,
  settle_seq        bigint,
  reverse_seq       bigint,
  actor_id          bigint          NOT NULL,
  created_at_us     bigint          NOT NULL,
  updated_at_us     bigint          NOT NULL,
  id                uuid            NOT NULL,
  state             recharges.state NOT NULL,
  operator_explicit boolean         NOT NULL,
  operator          text            NOT NULL,
  currency          text            NOT NULL,
  reference         text            NOT NULL CHECK (reference ~ '^[ -~]+$' AND octet_length(reference) <= 255),
  failure_code      text,
  reversal_reason   text            CHECK (length(reversal_reason) BETWEEN 1 AND 500),
  PRIMARY KEY (seller_id, id),
  UNIQUE (seller_id, reference),
  -- Money and state agree: a sale holds or settles, a success settled, a reversal followed a success.
  CONSTRAINT recharge_paid CHECK (hold_seq IS NOT NULL OR settle_seq IS NOT NULL),
  CONSTRAINT recharge_settled CHECK (state NOT IN ('succeeded', 'failed', 'reversed') OR settle_seq IS NOT NULL),
  CONSTRAINT recharge_reversed CHECK ((state = 'reversed') = (reverse_seq IS NOT NULL)
                                      AND (state = 'reversed') = (reversal_reason IS NOT NULL))
);
-- The number goes first, though every statement names both: an index that begins with seller_id would
-- be as good as the reference's own to a plan made while the table is empty.
CREATE INDEX recharge_phone ON recharges.recharge (phone_number, seller_id);

-- Recharges that an instant gateway delivered in this transaction: succeeded as they are written.
CREATE FUNCTION recharges.insert_v1(
  key_seller bigint,
  r_seller bigint[], r_id uuid[], r_reference text[], r_phone bigint[], r_operator text[],
  r_explicit boolean[], r_amount bigint[], r_currency text[], r_settle_seq bigint[], r_actor_id bigint[],
  r_at_us bigint[]
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO recharges.recharge
    (seller_id, id, reference, phone_number, operator, operator_explicit, amount, currency, settle_seq,
     actor_id, created_at_us, updated_at_us, state)
  SELECT x.*, x.at_us, 'succeeded'
    FROM unnest(r_seller, r_id, r_reference, r_phone, r_operator, r_explicit, r_amount, r_currency,
                r_settle_seq, r_actor_id, r_at_us)
         AS x(seller_id, id, reference, phone_number, operator, operator_explicit, amount, currency,
              settle_seq, actor_id, at_us);
$$;

-- Succeeded becomes reversed, together with the movement of that number. A recharge that is in
-- another state by now raises 40001, and the caller begins again.
CREATE FUNCTION recharges.reverse_v1(key_seller bigint, recharge_id uuid, seq bigint, at_us bigint, reason text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE recharges.recharge r
     SET state = 'reversed', reverse_seq = reverse_v1.seq, updated_at_us = at_us, reversal_reason = reason
   WHERE r.seller_id = key_seller AND r.id = recharge_id AND r.state = 'succeeded';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the recharge changed since it was read' USING ERRCODE = 'serialization_failure';
  END IF;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA recharges FROM PUBLIC;
GRANT USAGE ON SCHEMA recharges TO topup_app;
GRANT SELECT ON ALL TABLES IN SCHEMA recharges TO topup_app;
GRANT EXECUTE ON FUNCTION recharges.insert_v1, recharges.reverse_v1 TO topup_app;
