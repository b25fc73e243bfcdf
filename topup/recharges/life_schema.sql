-- The life of a recharge after its sale: what is still to be done, what was tried, what happened.
-- An instant recharge has none of these rows: its only event is its sale, which its own row tells.

CREATE TYPE recharges.step AS ENUM ('submit', 'sending', 'query', 'reverse');
CREATE TYPE recharges.verb AS ENUM ('submit', 'query', 'reverse', 'callback');
CREATE TYPE recharges.result AS ENUM ('delivered', 'refused', 'unknown', 'retry_later', 'not_found');

-- What is still to be done about a recharge: one row for each that is not final, and for each reversal
-- that its operator has not heard of. `due_at_us` is when somebody looks at it next; while a worker has
-- it, when its lease ends. `claim` is the last worker's fence: who lost the errand writes nothing more.
CREATE TABLE recharges.errand (
  seller_id       bigint         NOT NULL,
  due_at_us       bigint         NOT NULL,
  unknown_since_us bigint,
  review_since_us bigint,
  recharge_id     uuid           NOT NULL,
  claim           uuid,
  attempts        integer        NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  submits         integer        NOT NULL DEFAULT 0 CHECK (submits >= 0),
  last_submit     integer        NOT NULL DEFAULT 0 CHECK (last_submit <= attempts),
  -- Queries, or words about a reversal, that told nothing.
  checks          integer        NOT NULL DEFAULT 0 CHECK (checks >= 0),
  step            recharges.step NOT NULL,
  operator        text           NOT NULL,
  gateway         text           NOT NULL,
  PRIMARY KEY (seller_id, recharge_id)
) WITH (fillfactor = 70);
CREATE INDEX errand_due ON recharges.errand (operator, due_at_us);
CREATE INDEX errand_review ON recharges.errand (review_since_us) WHERE review_since_us IS NOT NULL;

-- Each word with an operator, with what it answered, raw. A submit is written before its first byte
-- leaves, as one whose result is not known yet; the others once they are answered.
CREATE TABLE recharges.attempt (
  seller_id      bigint         NOT NULL,
  recharge_id    uuid           NOT NULL,
  nr             integer        NOT NULL CHECK (nr > 0),
  begun_at_us    bigint         NOT NULL,
  answered_at_us bigint,
  verb           recharges.verb NOT NULL,
  result         recharges.result,
  gateway        text           NOT NULL,
  reference      text           NOT NULL,
  operator_reference text       CHECK (length(operator_reference) <= 200),
  code           text           CHECK (length(code) <= 100),
  evidence       text           NOT NULL DEFAULT '' CHECK (length(evidence) <= 20000),
  PRIMARY KEY (seller_id, recharge_id, nr)
);

CREATE TABLE recharges.recharge_event (
  seller_id   bigint          NOT NULL,
  recharge_id uuid            NOT NULL,
  id          uuid            NOT NULL,
  at_us       bigint          NOT NULL,
  actor_id    bigint          NOT NULL,
  from_state  recharges.state NOT NULL,
  to_state    recharges.state NOT NULL,
  actor_type  ledger.actor    NOT NULL,
  cause       text            NOT NULL CHECK (length(cause) BETWEEN 1 AND 100),
  evidence    text            NOT NULL DEFAULT '' CHECK (length(evidence) <= 20000),
  PRIMARY KEY (seller_id, recharge_id, id)
);

-- Recharges whose operator is asked outside the sale: accepted as they are written, their price held.
CREATE FUNCTION recharges.hold_v1(
  key_seller bigint,
  r_seller bigint[], r_id uuid[], r_reference text[], r_phone bigint[], r_operator text[],
  r_explicit boolean[], r_amount bigint[], r_currency text[], r_hold_seq bigint[], r_actor_id bigint[],
  r_at_us bigint[], r_gateway text[]
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO recharges.recharge
    (seller_id, id, reference, phone_number, operator, operator_explicit, amount, currency, hold_seq,
     actor_id, created_at_us, updated_at_us, state)
  SELECT x.*, x.at_us, 'accepted'
    FROM unnest(r_seller, r_id, r_reference, r_phone, r_operator, r_explicit, r_amount, r_currency,
                r_hold_seq, r_actor_id, r_at_us)
         AS x(seller_id, id, reference, phone_number, operator, operator_explicit, amount, currency,
              hold_seq, actor_id, at_us);
  INSERT INTO recharges.errand (seller_id, recharge_id, step, due_at_us, operator, gateway)
  SELECT x.seller_id, x.id, 'submit', x.at_us, x.operator, x.gateway
    FROM unnest(r_seller, r_id, r_at_us, r_operator, r_gateway) AS x(seller_id, id, at_us, operator, gateway);
END $$;

-- Takes errands that are as they were read (`e_due`, `e_step`), under one claim, until `lease_until_us`.
-- A submit becomes `sending` and its attempt is written; one that was `sending` has lost its worker, so
-- what it did is unknown, and it is to be asked about. Answers which were taken.
CREATE FUNCTION recharges.claim_v1(
  key_seller bigint, e_seller bigint[], e_id uuid[], e_due bigint[], e_step recharges.step[],
  e_event_id uuid[], new_claim uuid, lease_until_us bigint, at_us bigint
) RETURNS TABLE (taken_seller bigint, taken_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE recharges.errand e
     SET claim = new_claim, due_at_us = lease_until_us,
         step = CASE x.step WHEN 'submit' THEN 'sending' WHEN 'sending' THEN 'query' ELSE x.step END,
         attempts = e.attempts + (x.step = 'submit')::integer,
         submits = e.submits + (x.step = 'submit')::integer,
         last_submit = CASE WHEN x.step = 'submit' THEN e.attempts + 1 ELSE e.last_submit END,
         unknown_since_us = CASE WHEN x.step = 'sending' THEN at_us ELSE e.unknown_since_us END
    FROM unnest(e_seller, e_id, e_due, e_step) AS x(seller_id, id, due_at_us, step)
   WHERE e.seller_id = ANY (e_seller) AND e.seller_id = x.seller_id AND e.recharge_id = x.id
     AND e.due_at_us = x.due_at_us AND e.step = x.step;

  INSERT INTO recharges.attempt (seller_id, recharge_id, nr, begun_at_us, verb, gateway, reference)
  SELECT e.seller_id, e.recharge_id, e.last_submit, at_us, 'submit', e.gateway,
         recharges.gateway_reference(e.recharge_id, e.last_submit)
    FROM unnest(e_seller, e_id, e_step) AS x(seller_id, id, step)
    JOIN recharges.errand e ON e.seller_id = x.seller_id AND e.recharge_id = x.id
   WHERE e.seller_id = ANY (e_seller) AND e.claim = new_claim AND x.step = 'submit';

  UPDATE recharges.attempt a
     SET answered_at_us = at_us, result = 'unknown', code = 'worker_lost'
    FROM unnest(e_seller, e_id, e_step) AS x(seller_id, id, step)
    JOIN recharges.errand e ON e.seller_id = x.seller_id AND e.recharge_id = x.id
   WHERE a.seller_id = ANY (e_seller) AND e.seller_id = ANY (e_seller)
     AND a.seller_id = e.seller_id AND a.recharge_id = e.recharge_id AND a.nr = e.last_submit
     AND e.claim = new_claim AND x.step = 'sending' AND a.result IS NULL;

  INSERT INTO recharges.recharge_event
    (seller_id, recharge_id, id, at_us, actor_type, actor_id, from_state, to_state, cause)
  SELECT r.seller_id, r.id, x.event_id, at_us, 'system', 0, r.state,
         CASE x.step WHEN 'submit' THEN 'processing' ELSE 'unknown' END::recharges.state,
         CASE x.step WHEN 'submit' THEN 'submitted' ELSE 'worker_lost' END
    FROM unnest(e_seller, e_id, e_step, e_event_id) AS x(seller_id, id, step, event_id)
    JOIN recharges.errand e ON e.seller_id = x.seller_id AND e.recharge_id = x.id
    JOIN recharges.recharge r ON r.seller_id = x.seller_id AND r.id = x.id
   WHERE e.seller_id = ANY (e_seller) AND r.seller_id = ANY (e_seller) AND e.claim = new_claim
     AND ((x.step = 'submit' AND r.state = 'accepted') OR (x.step = 'sending' AND r.state = 'processing'));

  INSERT INTO webhooks.event (seller_id, id, type, object_id, at_us)
  SELECT v.seller_id, v.id, 'recharge.unknown', v.recharge_id, v.at_us
    FROM unnest(e_seller, e_id, e_step, e_event_id) AS x(seller_id, id, step, event_id)
    JOIN recharges.recharge_event v
      ON v.seller_id = x.seller_id AND v.recharge_id = x.id AND v.id = x.event_id
   WHERE v.seller_id = ANY (e_seller) AND x.step = 'sending';

  -- A second submit changes no state, but the moment: `sent_lately` finds by it what went out for a number.
  UPDATE recharges.recharge r
     SET updated_at_us = at_us,
         state = CASE x.step WHEN 'submit' THEN 'processing' ELSE 'unknown' END::recharges.state
    FROM unnest(e_seller, e_id, e_step) AS x(seller_id, id, step)
    JOIN recharges.errand e ON e.seller_id = x.seller_id AND e.recharge_id = x.id
   WHERE r.seller_id = ANY (e_seller) AND e.seller_id = ANY (e_seller)
     AND r.seller_id = x.seller_id AND r.id = x.id AND e.claim = new_claim
     AND ((x.step = 'submit' AND r.state IN ('accepted', 'processing'))
       OR (x.step = 'sending' AND r.state = 'processing'));

  RETURN QUERY
  SELECT e.seller_id, e.recharge_id
    FROM unnest(e_seller, e_id) AS x(seller_id, id)
    JOIN recharges.errand e ON e.seller_id = x.seller_id AND e.recharge_id = x.id
   WHERE e.seller_id = ANY (e_seller) AND e.claim = new_claim;
END $$;

-- Lets errands that are as they were read wait until `due_us`: for their number's sake, not their own.
CREATE FUNCTION recharges.postpone_v1(
  key_seller bigint, e_seller bigint[], e_id uuid[], e_due bigint[], due_us bigint
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE recharges.errand e SET due_at_us = due_us
    FROM unnest(e_seller, e_id, e_due) AS x(seller_id, id, due_at_us)
   WHERE e.seller_id = ANY (e_seller) AND e.seller_id = x.seller_id AND e.recharge_id = x.id
     AND e.due_at_us = x.due_at_us AND e.step = 'submit';
$$;

-- How an operator knows an attempt to submit: the recharge's id without dashes, and the attempt.
CREATE FUNCTION recharges.gateway_reference(recharge_id uuid, nr integer)
RETURNS text LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT replace(recharge_id::text, '-', '') || lpad(nr::text, 2, '0');
$$;

-- Records answers that settle nothing: the errand goes on at `step`, at `due`, or ends where its step is
-- NULL. Only what still has its claim is written; the rest was taken over by another worker. Becoming
-- unknown is compared and set. Answers what was recorded.
CREATE FUNCTION recharges.record_v1(
  key_seller bigint, e_seller bigint[], e_id uuid[], e_claim uuid[], e_step recharges.step[],
  e_due bigint[], e_review boolean[], e_verb recharges.verb[], e_result recharges.result[],
  e_begun_us bigint[], e_code text[], e_operator_reference text[], e_evidence text[],
  e_event_id uuid[], at_us bigint
) RETURNS TABLE (recorded_seller bigint, recorded_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE recharges.attempt a
     SET answered_at_us = at_us, result = x.result, code = x.code,
         operator_reference = x.operator_reference, evidence = x.evidence
    FROM unnest(e_seller, e_id, e_claim, e_verb, e_result, e_code, e_operator_reference, e_evidence)
         AS x(seller_id, id, claim, verb, result, code, operator_reference, evidence)
    JOIN recharges.errand e ON e.seller_id = x.seller_id AND e.recharge_id = x.id AND e.claim = x.claim
   WHERE a.seller_id = ANY (e_seller) AND e.seller_id = ANY (e_seller)
     AND a.seller_id = e.seller_id AND a.recharge_id = e.recharge_id AND a.nr = e.last_submit
     AND x.verb = 'submit';

  INSERT INTO recharges.attempt
    (seller_id, recharge_id, nr, begun_at_us, answered_at_us, verb, result, gateway, reference, code,
     operator_reference, evidence)
  SELECT e.seller_id, e.recharge_id, e.attempts + 1, x.begun_us, at_us, x.verb, x.result, e.gateway,
         recharges.gateway_reference(e.recharge_id, e.last_submit), x.code, x.operator_reference, x.evidence
    FROM unnest(e_seller, e_id, e_claim, e_verb, e_result, e_begun_us, e_code, e_operator_reference, e_evidence)
         AS x(seller_id, id, claim, verb, result, begun_us, code, operator_reference, evidence)
    JOIN recharges.errand e ON e.seller_id = x.seller_id AND e.recharge_id = x.id AND e.claim = x.claim
   WHERE e.seller_id = ANY (e_seller) AND x.verb <> 'submit';

  INSERT INTO recharges.recharge_event
    (seller_id, recharge_id, id, at_us, actor_type, actor_id, from_state, to_state, cause, evidence)
  SELECT r.seller_id, r.id, x.event_id, at_us, 'system', 0, r.state, 'unknown',
         coalesce(x.code, 'no_answer'), x.evidence
    FROM unnest(e_seller, e_id, e_claim, e_step, e_verb, e_code, e_evidence, e_event_id)
         AS x(seller_id, id, claim, step, verb, code, evidence, event_id)
    JOIN recharges.errand e ON e.seller_id = x.seller_id AND e.recharge_id = x.id AND e.claim = x.claim
    JOIN recharges.recharge r ON r.seller_id = x.seller_id AND r.id = x.id
   WHERE e.seller_id = ANY (e_seller) AND r.seller_id = ANY (e_seller)
     AND r.state = 'processing' AND x.verb = 'submit' AND x.step = 'query';

  INSERT INTO webhooks.event (seller_id, id, type, object_id, at_us)
  SELECT v.seller_id, v.id, 'recharge.unknown', v.recharge_id, v.at_us
    FROM unnest(e_seller, e_id, e_event_id) AS x(seller_id, id, event_id)
    JOIN recharges.recharge_event v
      ON v.seller_id = x.seller_id AND v.recharge_id = x.id AND v.id = x.event_id
   WHERE v.seller_id = ANY (e_seller);

  UPDATE recharges.recharge r
     SET state = 'unknown', updated_at_us = at_us
    FROM unnest(e_seller, e_id, e_claim, e_step, e_verb) AS x(seller_id, id, claim, step, verb)
    JOIN recharges.errand e ON e.seller_id = x.seller_id AND e.recharge_id = x.id AND e.claim = x.claim
   WHERE r.seller_id = ANY (e_seller) AND e.seller_id = ANY (e_seller)
     AND r.seller_id = x.seller_id AND r.id = x.id
     AND r.state = 'processing' AND x.verb = 'submit' AND x.step = 'query';

  RETURN QUERY
  SELECT e.seller_id, e.recharge_id
    FROM unnest(e_seller, e_id, e_claim) AS x(seller_id, id, claim)
    JOIN recharges.errand e ON e.seller_id = x.seller_id AND e.recharge_id = x.id AND e.claim = x.claim
   WHERE e.seller_id = ANY (e_seller);

  DELETE FROM recharges.errand e
   USING unnest(e_seller, e_id, e_claim, e_step) AS x(seller_id, id, claim, step)
   WHERE e.seller_id = ANY (e_seller) AND e.seller_id = x.seller_id AND e.recharge_id = x.id
     AND e.claim = x.claim AND x.step IS NULL;

  UPDATE recharges.errand e
     SET claim = NULL, step = x.step, due_at_us = x.due,
         attempts = e.attempts + (x.verb <> 'submit')::integer,
         checks = e.checks + (x.verb <> 'submit')::integer,
         unknown_since_us = CASE WHEN x.step = 'query' THEN coalesce(e.unknown_since_us, at_us) END,
         review_since_us = CASE WHEN x.review THEN coalesce(e.review_since_us, at_us) END
    FROM unnest(e_seller, e_id, e_claim, e_step, e_due, e_review, e_verb)
         AS x(seller_id, id, claim, step, due, review, verb)
   WHERE e.seller_id = ANY (e_seller) AND e.seller_id = x.seller_id AND e.recharge_id = x.id
     AND e.claim = x.claim;
END $$;

-- Settles recharges together with the movements of these numbers: from the state that was read to its
-- end. One that is in another state by now raises 40001, and the caller begins again. The errand ends;
-- the answer that settled it (verb not NULL) is written as its attempt. Errands are taken before recharges,
-- as a claim takes them, so that the two never wait for each other.
CREATE FUNCTION recharges.settle_v1(
  key_seller bigint, s_seller bigint[], s_id uuid[], s_from recharges.state[], s_to recharges.state[],
  s_seq bigint[], s_failure text[], s_at_us bigint[], s_event_id uuid[], s_cause text[],
  s_actor_type ledger.actor[], s_actor_id bigint[], s_verb recharges.verb[], s_result recharges.result[],
  s_begun_us bigint[], s_operator_reference text[], s_evidence text[]
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written bigint;
BEGIN
  UPDATE recharges.attempt a
     SET answered_at_us = x.at_us, result = x.result, code = x.failure,
         operator_reference = x.operator_reference, evidence = x.evidence
    FROM unnest(s_seller, s_id, s_verb, s_result, s_at_us, s_failure, s_operator_reference, s_evidence)
         AS x(seller_id, id, verb, result, at_us, failure, operator_reference, evidence)
    JOIN recharges.errand e ON e.seller_id = x.seller_id AND e.recharge_id = x.id
   WHERE a.seller_id = ANY (s_seller) AND e.seller_id = ANY (s_seller)
     AND a.seller_id = e.seller_id AND a.recharge_id = e.recharge_id AND a.nr = e.last_submit
     AND x.verb = 'submit';

  INSERT INTO recharges.attempt
    (seller_id, recharge_id, nr, begun_at_us, answered_at_us, verb, result, gateway, reference, code,
     operator_reference, evidence)
  SELECT e.seller_id, e.recharge_id, e.attempts + 1, x.begun_us, x.at_us, x.verb, x.result, e.gateway,
         recharges.gateway_reference(e.recharge_id, e.last_submit), x.failure, x.operator_reference, x.evidence
    FROM unnest(s_seller, s_id, s_verb, s_result, s_begun_us, s_at_us, s_failure, s_operator_reference, s_evidence)
         AS x(seller_id, id, verb, result, begun_us, at_us, failure, operator_reference, evidence)
    JOIN recharges.errand e ON e.seller_id = x.seller_id AND e.recharge_id = x.id
   WHERE e.seller_id = ANY (s_seller) AND x.verb <> 'submit';

  INSERT INTO recharges.recharge_event
    (seller_id, recharge_id, id, at_us, actor_type, actor_id, from_state, to_state, cause, evidence)
  SELECT x.* FROM unnest(s_seller, s_id, s_event_id, s_at_us, s_actor_type, s_actor_id, s_from, s_to, s_cause,
                       s_evidence) AS x;

  DELETE FROM recharges.errand e
   USING unnest(s_seller, s_id) AS x(seller_id, id)
   WHERE e.seller_id = ANY (s_seller) AND e.seller_id = x.seller_id AND e.recharge_id = x.id;

  UPDATE recharges.recharge r
     SET state = x.to_state, settle_seq = x.seq, failure_code = x.failure, updated_at_us = x.at_us
    FROM unnest(s_seller, s_id, s_from, s_to, s_seq, s_failure, s_at_us)
         AS x(seller_id, id, from_state, to_state, seq, failure, at_us)
   WHERE r.seller_id = ANY (s_seller) AND r.seller_id = x.seller_id AND r.id = x.id
     AND r.state = x.from_state AND r.settle_seq IS NULL;
  GET DIAGNOSTICS written = ROW_COUNT;
  IF written <> cardinality(s_seller) THEN
    RAISE EXCEPTION 'a recharge changed since it was read' USING ERRCODE = 'serialization_failure';
  END IF;
END $$;

-- What an operator answered to a submit after somebody else had learnt what became of it: evidence that
-- changes nothing.
CREATE FUNCTION recharges.hear_v1(
  key_seller bigint, of_recharge uuid, attempt_nr integer, heard recharges.result, heard_code text,
  heard_reference text, heard_evidence text, at_us bigint
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE recharges.attempt a
     SET answered_at_us = at_us, result = heard, code = heard_code, operator_reference = heard_reference,
         evidence = heard_evidence
   WHERE a.seller_id = key_seller AND a.recharge_id = of_recharge AND a.nr = attempt_nr
     AND a.verb = 'submit' AND (a.result IS NULL OR a.code = 'worker_lost');
$$;

-- What became of a recharge without an errand's help, such as its reversal; the transition itself is
-- compared and set by the function that moved it, in the same transaction.
CREATE FUNCTION recharges.tell_v1(
  key_seller bigint, recharge_id uuid, id uuid, from_state recharges.state, to_state recharges.state,
  cause text, actor_type ledger.actor, actor_id bigint, evidence text, at_us bigint
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO recharges.recharge_event
    (seller_id, recharge_id, id, at_us, actor_type, actor_id, from_state, to_state, cause, evidence)
  VALUES (key_seller, recharge_id, id, at_us, actor_type, actor_id, from_state, to_state, cause, evidence);
$$;

-- Makes a question due now, also one in review; whether there was one to hasten.
CREATE FUNCTION recharges.hasten_v1(key_seller bigint, of_recharge uuid, at_us bigint)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE recharges.errand e SET due_at_us = least(e.due_at_us, at_us)
   WHERE e.seller_id = key_seller AND e.recharge_id = of_recharge AND e.step = 'query';
  RETURN FOUND;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA recharges FROM PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA recharges TO topup_app;
GRANT EXECUTE ON FUNCTION
  recharges.hold_v1, recharges.claim_v1, recharges.record_v1, recharges.settle_v1, recharges.tell_v1,
  recharges.hasten_v1, recharges.postpone_v1, recharges.hear_v1, recharges.gateway_reference
TO topup_app;
