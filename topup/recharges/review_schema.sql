-- Review: what staff decide of recharges that no operator tells about. A decision is a settlement; what
-- stands here is only the first half of one that two people take.

CREATE TABLE recharges.review_proposal (
  seller_id   bigint NOT NULL,
  at_us       bigint NOT NULL,
  by_user     bigint NOT NULL,
  recharge_id uuid   NOT NULL,
  evidence    text   NOT NULL CHECK (length(evidence) BETWEEN 1 AND 2000),
  PRIMARY KEY (seller_id, recharge_id)
);

-- The first to propose a failure stands, until somebody else says the same or it is withdrawn. Answers
-- the proposal that stands, and whether it is this one. Another one at this moment makes the INSERT wait
-- and then fail with 23505; by then it can be seen. A decision at this moment ends the proposal that it
-- knew, so a new one looks again whether anything is left to decide; where nothing is, no row is answered.
CREATE FUNCTION recharges.propose_v1(
  key_seller bigint, of_recharge uuid, proposer bigint, proof text, moment_us bigint
) RETURNS TABLE (by_user bigint, at_us bigint, evidence text, made boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  is_new boolean;
BEGIN
  BEGIN
    INSERT INTO recharges.review_proposal (seller_id, recharge_id, by_user, evidence, at_us)
    SELECT key_seller, of_recharge, proposer, proof, moment_us
     WHERE NOT EXISTS (SELECT 1 FROM recharges.review_proposal p
                        WHERE p.seller_id = key_seller AND p.recharge_id = of_recharge);
    is_new := FOUND;
  EXCEPTION WHEN unique_violation THEN
    is_new := false;
  END;
  DELETE FROM recharges.review_proposal p
   WHERE p.seller_id = key_seller AND p.recharge_id = of_recharge AND is_new
     AND NOT EXISTS (SELECT 1 FROM recharges.recharge r
                      WHERE r.seller_id = key_seller AND r.id = of_recharge AND r.state = 'unknown');
  RETURN QUERY
  SELECT p.by_user, p.at_us, p.evidence, is_new FROM recharges.review_proposal p
   WHERE p.seller_id = key_seller AND p.recharge_id = of_recharge;
END $$;

-- Ends the proposal with the decision. Where the decision needs the one of `proposer`, and that was
-- withdrawn since it was read, 40001 is raised.
CREATE FUNCTION recharges.conclude_v1(key_seller bigint, of_recharge uuid, proposer bigint)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM recharges.review_proposal p
   WHERE p.seller_id = key_seller AND p.recharge_id = of_recharge
     AND (proposer IS NULL OR p.by_user = proposer);
  IF proposer IS NOT NULL AND NOT FOUND THEN
    RAISE EXCEPTION 'the proposal was withdrawn' USING ERRCODE = 'serialization_failure';
  END IF;
END $$;

CREATE FUNCTION recharges.withdraw_v1(key_seller bigint, of_recharge uuid)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM recharges.review_proposal p WHERE p.seller_id = key_seller AND p.recharge_id = of_recharge;
  RETURN FOUND;
END $$;

-- What is unknown, as the console's queue shows it.
CREATE VIEW recharges.review AS
SELECT r.id, r.seller_id, r.phone_number, r.operator, e.gateway, r.amount, r.currency, r.reference,
       r.created_at_us, e.unknown_since_us, e.review_since_us, e.due_at_us, e.attempts,
       p.by_user AS proposed_by, p.at_us AS proposed_at_us, p.evidence AS proposed_evidence
  FROM recharges.errand e
  JOIN recharges.recharge r ON r.seller_id = e.seller_id AND r.id = e.recharge_id
  LEFT JOIN recharges.review_proposal p ON p.seller_id = e.seller_id AND p.recharge_id = e.recharge_id
 WHERE r.state = 'unknown';

REVOKE ALL ON FUNCTION recharges.propose_v1, recharges.conclude_v1, recharges.withdraw_v1 FROM PUBLIC;
GRANT SELECT ON recharges.review_proposal, recharges.review TO topup_app;
GRANT EXECUTE ON FUNCTION recharges.propose_v1, recharges.conclude_v1, recharges.withdraw_v1 TO topup_app;
