-- Cases: what staff must look at, because two sides say different things of one fact. A case moves no
-- money and changes no recharge. seller_id is 0 where no seller is known.

CREATE TYPE recharges.case_kind AS ENUM (
  'contradicting_answer', 'late_success', 'late_failure', 'reversal_refused', 'reversal_unanswered',
  'settlement_ours_only', 'settlement_theirs_only', 'settlement_amount_differs', 'settlement_state_differs'
);
CREATE TYPE recharges.case_state AS ENUM ('open', 'closed');

CREATE TABLE recharges.staff_case (
  seller_id    bigint               NOT NULL CHECK (seller_id >= 0),
  opened_at_us bigint               NOT NULL,
  closed_at_us bigint,
  closed_by    bigint,
  id           uuid                 NOT NULL,
  recharge_id  uuid,
  kind         recharges.case_kind  NOT NULL,
  state        recharges.case_state NOT NULL DEFAULT 'open',
  operator     text                 NOT NULL CHECK (length(operator) <= 20),
  subject      text                 NOT NULL CHECK (length(subject) BETWEEN 1 AND 300),
  evidence     text                 NOT NULL CHECK (length(evidence) <= 20000),
  resolution   text                 CHECK (length(resolution) BETWEEN 1 AND 500),
  PRIMARY KEY (seller_id, id),
  UNIQUE (seller_id, kind, subject),
  CONSTRAINT case_closed CHECK ((state = 'closed') = (closed_at_us IS NOT NULL)
                                AND (state = 'closed') = (closed_by IS NOT NULL)
                                AND (state = 'closed') = (resolution IS NOT NULL))
);
-- The list of staff, newest first over all sellers, and how many are open.
CREATE INDEX staff_case_newest ON recharges.staff_case (id);
-- The cases that one settlement file opened: its operator, and the moment of its import.
CREATE INDEX staff_case_import ON recharges.staff_case (operator, opened_at_us);
CREATE INDEX staff_case_open ON recharges.staff_case (kind, id) WHERE state = 'open';

-- Opens cases; one that is there already, open or closed, is left as it is. Another transaction that
-- opens the same one at this moment makes the INSERT wait and then fail with 23505; by then its row can
-- be seen, so the loop looks again, and the caller never meets that error. Answers how many are new.
CREATE FUNCTION recharges.open_cases_v1(
  key_seller bigint, c_seller bigint[], c_id uuid[], c_kind recharges.case_kind[], c_subject text[],
  c_recharge uuid[], c_operator text[], c_evidence text[], c_at_us bigint[]
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  opened bigint;
BEGIN
  LOOP
    BEGIN
      INSERT INTO recharges.staff_case
        (seller_id, id, kind, subject, recharge_id, operator, evidence, opened_at_us)
      SELECT DISTINCT ON (x.seller_id, x.kind, x.subject) x.*
        FROM unnest(c_seller, c_id, c_kind, c_subject, c_recharge, c_operator, c_evidence, c_at_us)
             AS x(seller_id, id, kind, subject, recharge_id, operator, evidence, at_us)
       WHERE NOT EXISTS (
             SELECT 1 FROM recharges.staff_case c
              WHERE c.seller_id = ANY (c_seller) AND c.seller_id = x.seller_id
                AND c.kind = x.kind AND c.subject = x.subject)
       ORDER BY x.seller_id, x.kind, x.subject;
      GET DIAGNOSTICS opened = ROW_COUNT;
      RETURN opened;
    EXCEPTION WHEN unique_violation THEN
      NULL;
    END;
  END LOOP;
END $$;

-- Open becomes closed; whether it was open.
CREATE FUNCTION recharges.close_case_v1(
  key_seller bigint, case_id uuid, by_user bigint, why text, at_us bigint
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE recharges.staff_case c
     SET state = 'closed', closed_by = by_user, closed_at_us = at_us, resolution = why
   WHERE c.seller_id = key_seller AND c.id = case_id AND c.state = 'open';
  RETURN FOUND;
END $$;

REVOKE ALL ON FUNCTION recharges.open_cases_v1, recharges.close_case_v1 FROM PUBLIC;
GRANT SELECT ON recharges.staff_case TO topup_app;
GRANT EXECUTE ON FUNCTION recharges.open_cases_v1, recharges.close_case_v1 TO topup_app;
