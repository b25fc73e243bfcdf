-- What belongs to a credit request beside the request: the bank's number of the transfer, its receipt as a
-- picture or PDF, and when staff first looked. None of it moves money.

-- The previous release's ask_v1 leaves it out: an empty one is none.
ALTER TABLE credit.credit_request
  ADD COLUMN bank_reference text NOT NULL DEFAULT '' CHECK (length(bank_reference) <= 64);

CREATE FUNCTION credit.ask_v2(
  key_seller bigint, id uuid, amount bigint, currency text, note text, requested_by bigint, at_us bigint,
  bank_reference text
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO credit.credit_request
    (seller_id, id, amount, currency, note, requested_by, created_at_us, bank_reference, state)
  VALUES (key_seller, id, amount, currency, note, requested_by, at_us, bank_reference, 'pending');
$$;

-- One receipt of a request, kept as it came. It is small, rare, and evidence: here it is in the same backup
-- and the same transaction as what it proves.
CREATE TABLE credit.receipt (
  seller_id   bigint NOT NULL,
  uploaded_by bigint NOT NULL,
  at_us       bigint NOT NULL,
  request_id  uuid   NOT NULL,
  media_type  text   NOT NULL
              CHECK (media_type IN ('image/jpeg', 'image/png', 'image/webp', 'application/pdf')),
  sha256      bytea  NOT NULL CHECK (sha256 = pg_catalog.sha256(bytes)),
  bytes       bytea  NOT NULL CHECK (octet_length(bytes) BETWEEN 1 AND 5242880),
  PRIMARY KEY (seller_id, request_id)
);
-- Pictures are compressed already: trying again would only cost.
ALTER TABLE credit.receipt ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON credit.receipt
  FOR EACH ROW EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON credit.receipt
  FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();

-- A request gets one receipt (else 23505), while it is pending (else 40001).
CREATE FUNCTION credit.keep_receipt_v1(
  key_seller bigint, request_id uuid, media_type text, bytes bytea, sha256 bytea, uploaded_by bigint, at_us bigint
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO credit.receipt (seller_id, request_id, media_type, bytes, sha256, uploaded_by, at_us)
  SELECT r.seller_id, r.id, keep_receipt_v1.media_type, keep_receipt_v1.bytes, keep_receipt_v1.sha256,
         keep_receipt_v1.uploaded_by, keep_receipt_v1.at_us
    FROM credit.credit_request r
   WHERE r.seller_id = key_seller AND r.id = keep_receipt_v1.request_id AND r.state = 'pending';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the request was decided since it was read' USING ERRCODE = 'serialization_failure';
  END IF;
END $$;

-- When staff first opened a request that waits; the seller is told.
CREATE TABLE credit.look (
  seller_id  bigint NOT NULL,
  by_user    bigint NOT NULL,
  at_us      bigint NOT NULL,
  request_id uuid   NOT NULL,
  PRIMARY KEY (seller_id, request_id)
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON credit.look
  FOR EACH ROW EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON credit.look
  FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();

-- Nothing is written for a later look, for one's own request, or for one that is decided. Of two looks at
-- once the second may meet 23505, which says the same.
CREATE FUNCTION credit.look_v1(key_seller bigint, request_id uuid, by_user bigint, at_us bigint)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO credit.look (seller_id, request_id, by_user, at_us)
  SELECT r.seller_id, r.id, look_v1.by_user, look_v1.at_us
    FROM credit.credit_request r
   WHERE r.seller_id = key_seller AND r.id = look_v1.request_id AND r.state = 'pending'
     AND r.requested_by <> look_v1.by_user
     AND NOT EXISTS (SELECT FROM credit.look l
                      WHERE l.seller_id = key_seller AND l.request_id = look_v1.request_id);
$$;

REVOKE ALL ON FUNCTION credit.ask_v2, credit.keep_receipt_v1, credit.look_v1 FROM PUBLIC;
GRANT SELECT ON credit.receipt, credit.look TO topup_app;
GRANT EXECUTE ON FUNCTION credit.ask_v2, credit.keep_receipt_v1, credit.look_v1 TO topup_app;
