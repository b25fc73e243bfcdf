-- Disputes: a seller says that a recharge which succeeded did not reach its number, and staff answer once,
-- by a reversal or a refusal. And the errand that tells the operator of a reversal.

CREATE TYPE recharges.dispute_state AS ENUM ('open', 'reversed', 'refused');

CREATE TABLE recharges.dispute (
  seller_id      bigint                  NOT NULL,
  opened_at_us   bigint                  NOT NULL,
  answered_at_us bigint,
  opened_by      bigint                  NOT NULL,
  answered_by    bigint,
  id             uuid                    NOT NULL,
  recharge_id    uuid                    NOT NULL,
  state          recharges.dispute_state NOT NULL DEFAULT 'open',
  reason         text                    NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
  answer         text                    CHECK (length(answer) BETWEEN 1 AND 500),
  evidence       text                    CHECK (length(evidence) BETWEEN 1 AND 2000),
  PRIMARY KEY (seller_id, id),
  CONSTRAINT dispute_answered CHECK ((state = 'open') = (answered_at_us IS NULL)
                                     AND (state = 'open') = (answered_by IS NULL)
                                     AND (state = 'open') = (answer IS NULL)),
  CONSTRAINT dispute_refused CHECK ((state = 'refused') = (evidence IS NOT NULL))
);
CREATE UNIQUE INDEX dispute_open_once ON recharges.dispute (seller_id, recharge_id) WHERE state = 'open';

-- Opens a dispute of a recharge that succeeded and has no open one; else 40001 is raised, and the caller
-- reads again to say why. The UPDATE changes nothing: it takes the recharge's row, so that a reversal
-- and another opening come before this one or after it, never at once.
CREATE FUNCTION recharges.open_dispute_v1(
  key_seller bigint, dispute_id uuid, of_recharge uuid, why text, by_user bigint, at_us bigint
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE recharges.recharge r SET updated_at_us = r.updated_at_us
   WHERE r.seller_id = key_seller AND r.id = of_recharge AND r.state = 'succeeded';
  IF NOT FOUND OR EXISTS (
       SELECT 1 FROM recharges.dispute d
        WHERE d.seller_id = key_seller AND d.recharge_id = of_recharge AND d.state = 'open') THEN
    RAISE EXCEPTION 'the recharge changed since it was read' USING ERRCODE = 'serialization_failure';
  END IF;
  INSERT INTO recharges.dispute (seller_id, id, recharge_id, reason, opened_by, opened_at_us)
  VALUES (key_seller, dispute_id, of_recharge, why, by_user, at_us);
END $$;

-- Refuses an open dispute; one that is answered by now raises 40001.
CREATE FUNCTION recharges.refuse_dispute_v1(
  key_seller bigint, dispute_id uuid, why text, proof text, by_user bigint, at_us bigint
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE recharges.dispute d
     SET state = 'refused', answer = why, evidence = proof, answered_by = by_user, answered_at_us = at_us
   WHERE d.seller_id = key_seller AND d.id = dispute_id AND d.state = 'open';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the dispute was answered since it was read' USING ERRCODE = 'serialization_failure';
  END IF;
END $$;

-- Ends the dispute that was open when the reversal was decided (NULL: none was). Call it after the
-- recharge's own row is reversed: a dispute that was opened meanwhile is seen then, and raises 40001.
CREATE FUNCTION recharges.reverse_dispute_v1(
  key_seller bigint, of_recharge uuid, seen uuid, why text, by_user bigint, at_us bigint
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written bigint;
BEGIN
  UPDATE recharges.dispute d
     SET state = 'reversed', answer = why, answered_by = by_user, answered_at_us = at_us
   WHERE d.seller_id = key_seller AND d.id = seen AND d.state = 'open';
  GET DIAGNOSTICS written = ROW_COUNT;
  IF written <> (seen IS NOT NULL)::integer OR EXISTS (
       SELECT 1 FROM recharges.dispute d
        WHERE d.seller_id = key_seller AND d.recharge_id = of_recharge AND d.state = 'open') THEN
    RAISE EXCEPTION 'the disputes changed since they were read' USING ERRCODE = 'serialization_failure';
  END IF;
END $$;

-- Has the operator told of a reversal, by the gateway that carried the order. An instant recharge has no
-- attempt, so nothing is told.
CREATE FUNCTION recharges.undeliver_v1(key_seller bigint, of_recharge uuid, at_us bigint)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO recharges.errand
    (seller_id, recharge_id, step, due_at_us, operator, gateway, last_submit, attempts)
  SELECT r.seller_id, r.id, 'reverse', at_us, r.operator, a.gateway, a.nr,
         (SELECT max(b.nr) FROM recharges.attempt b
           WHERE b.seller_id = key_seller AND b.recharge_id = of_recharge)
    FROM recharges.recharge r
    JOIN recharges.attempt a ON a.seller_id = r.seller_id AND a.recharge_id = r.id AND a.verb = 'submit'
   WHERE r.seller_id = key_seller AND a.seller_id = key_seller AND r.id = of_recharge
   ORDER BY a.nr DESC LIMIT 1;
$$;

REVOKE ALL ON FUNCTION
  recharges.open_dispute_v1, recharges.refuse_dispute_v1, recharges.reverse_dispute_v1,
  recharges.undeliver_v1
FROM PUBLIC;
GRANT SELECT ON recharges.dispute TO topup_app;
GRANT EXECUTE ON FUNCTION
  recharges.open_dispute_v1, recharges.refuse_dispute_v1, recharges.reverse_dispute_v1,
  recharges.undeliver_v1
TO topup_app;
