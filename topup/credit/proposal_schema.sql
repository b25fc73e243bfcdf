-- Four eyes: above a limit the first approval of a credit request is a proposal, and credits nothing; a
-- second person's approval credits. Which limit, Python says; that two persons are two, this says too.

CREATE TABLE credit.approval_proposal (
  seller_id  bigint NOT NULL,
  by_user    bigint NOT NULL,
  at_us      bigint NOT NULL,
  request_id uuid   NOT NULL,
  PRIMARY KEY (seller_id, request_id)
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON credit.approval_proposal
  FOR EACH ROW EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON credit.approval_proposal
  FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();

-- A request is proposed once (else 23505), while it is pending and not by who asked (else 40001): the
-- caller begins again, to be told so.
CREATE FUNCTION credit.propose_v1(key_seller bigint, request_id uuid, by_user bigint, at_us bigint)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO credit.approval_proposal (seller_id, request_id, by_user, at_us)
  SELECT r.seller_id, r.id, propose_v1.by_user, propose_v1.at_us
    FROM credit.credit_request r
   WHERE r.seller_id = key_seller AND r.id = propose_v1.request_id AND r.state = 'pending'
     AND r.requested_by <> propose_v1.by_user;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the request was decided since it was read' USING ERRCODE = 'serialization_failure';
  END IF;
END $$;

-- As before, and: nobody approves what they themselves proposed.
CREATE OR REPLACE FUNCTION credit.decide_v1(
  key_seller bigint, request_id uuid, new_state credit.state, by_user bigint, because text, at_us bigint, seq bigint
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF new_state = 'approved' AND EXISTS (
       SELECT FROM credit.approval_proposal p
        WHERE p.seller_id = key_seller AND p.request_id = decide_v1.request_id
          AND p.by_user = decide_v1.by_user) THEN
    RAISE EXCEPTION 'nobody approves what they proposed' USING ERRCODE = 'check_violation';
  END IF;
  UPDATE credit.credit_request r
     SET state = new_state, decided_by = by_user, reason = because, decided_at_us = at_us, credit_seq = decide_v1.seq
   WHERE r.seller_id = key_seller AND r.id = request_id AND r.state = 'pending';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the request was decided since it was read' USING ERRCODE = 'serialization_failure';
  END IF;
END $$;

REVOKE ALL ON FUNCTION credit.propose_v1 FROM PUBLIC;
GRANT SELECT ON credit.approval_proposal TO topup_app;
GRANT EXECUTE ON FUNCTION credit.propose_v1 TO topup_app;
