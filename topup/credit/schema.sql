-- Credit requests: asked for by a seller's member, decided by staff, once.

CREATE SCHEMA credit;

CREATE TYPE credit.state AS ENUM ('pending', 'approved', 'rejected', 'cancelled');

CREATE TABLE credit.credit_request (
  seller_id     bigint       NOT NULL,
  amount        bigint       NOT NULL CHECK (amount > 0),
  requested_by  bigint       NOT NULL,
  decided_by    bigint,
  credit_seq    bigint,
  created_at_us bigint       NOT NULL,
  decided_at_us bigint,
  id            uuid         NOT NULL,
  state         credit.state NOT NULL,
  currency      text         NOT NULL,
  note          text         NOT NULL CHECK (length(note) <= 500),
  reason        text         NOT NULL DEFAULT '' CHECK (length(reason) <= 500),
  PRIMARY KEY (seller_id, id),
  CONSTRAINT not_ones_own CHECK (state = 'cancelled' OR decided_by <> requested_by),
  CONSTRAINT decided_whole CHECK ((state = 'pending') = (decided_by IS NULL)
                                  AND (state = 'pending') = (decided_at_us IS NULL)),
  CONSTRAINT approved_once CHECK ((state = 'approved') = (credit_seq IS NOT NULL))
);
-- The staff's queue: few rows are pending at any time.
CREATE INDEX credit_request_pending ON credit.credit_request (seller_id, id) WHERE state = 'pending';

CREATE FUNCTION credit.ask_v1(
  key_seller bigint, id uuid, amount bigint, currency text, note text, requested_by bigint, at_us bigint
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO credit.credit_request (seller_id, id, amount, currency, note, requested_by, created_at_us, state)
  VALUES (key_seller, id, amount, currency, note, requested_by, at_us, 'pending');
$$;

-- Pending becomes something else, once. A request that is decided by now raises 40001, and the
-- caller begins again, to be told so.
CREATE FUNCTION credit.decide_v1(
  key_seller bigint, request_id uuid, new_state credit.state, by_user bigint, because text, at_us bigint, seq bigint
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE credit.credit_request r
     SET state = new_state, decided_by = by_user, reason = because, decided_at_us = at_us, credit_seq = decide_v1.seq
   WHERE r.seller_id = key_seller AND r.id = request_id AND r.state = 'pending';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the request was decided since it was read' USING ERRCODE = 'serialization_failure';
  END IF;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA credit FROM PUBLIC;
GRANT USAGE ON SCHEMA credit TO topup_app;
GRANT SELECT ON ALL TABLES IN SCHEMA credit TO topup_app;
GRANT EXECUTE ON FUNCTION credit.ask_v1, credit.decide_v1 TO topup_app;
