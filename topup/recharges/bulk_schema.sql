-- Bulk jobs: a file of sales, checked as it comes and sold by a worker. No money is here: each row is sold
-- through the ledger's door, under a reference made of its job and its number.

CREATE TABLE recharges.bulk_job (
  seller_id       bigint  NOT NULL,
  actor_id        bigint  NOT NULL,
  valid_amount    bigint  NOT NULL CHECK (valid_amount >= 0),
  doubtful_amount bigint  NOT NULL CHECK (doubtful_amount >= 0),
  sold_amount     bigint  NOT NULL DEFAULT 0 CHECK (sold_amount >= 0),
  created_at_us   bigint  NOT NULL,
  updated_at_us   bigint  NOT NULL,
  -- Until when a worker has this job in hand; 0 where none has.
  leased_until_us bigint  NOT NULL DEFAULT 0,
  version         bigint  NOT NULL DEFAULT 0,
  valid           integer NOT NULL CHECK (valid >= 0),
  doubtful        integer NOT NULL CHECK (doubtful >= 0),
  wrong           integer NOT NULL CHECK (wrong >= 0),
  wanted          integer NOT NULL DEFAULT 0 CHECK (wanted >= 0),
  sold            integer NOT NULL DEFAULT 0 CHECK (sold >= 0),
  refused         integer NOT NULL DEFAULT 0 CHECK (refused >= 0),
  id              uuid    NOT NULL,
  state           text    NOT NULL DEFAULT 'checked'
                  CHECK (state IN ('checked', 'running', 'stopping', 'stopped', 'paused', 'done')),
  paused_by       text    CHECK ((state = 'paused') = (paused_by IS NOT NULL)),
  digest          bytea   NOT NULL CHECK (octet_length(digest) = 32),
  file_name       text    NOT NULL CHECK (length(file_name) BETWEEN 1 AND 200),
  PRIMARY KEY (seller_id, id),
  CONSTRAINT bulk_job_progress CHECK (sold + refused <= wanted AND wanted <= valid + doubtful)
);
CREATE INDEX bulk_job_due ON recharges.bulk_job (leased_until_us) WHERE state IN ('running', 'stopping');
-- The digest goes first: the primary key is the one index that begins with the seller.
CREATE INDEX bulk_job_digest ON recharges.bulk_job (digest, seller_id);

CREATE TABLE recharges.bulk_row (
  seller_id      bigint  NOT NULL,
  phone_number   bigint  CHECK (phone_number BETWEEN 1000000 AND 999999999999999),
  amount         bigint  CHECK (amount > 0),
  nr             integer NOT NULL CHECK (nr >= 1),
  job_id         uuid    NOT NULL,
  recharge_id    uuid,
  state          text    NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sold', 'refused', 'left_out')),
  written_number text    NOT NULL CHECK (length(written_number) <= 60),
  written_amount text    NOT NULL CHECK (length(written_amount) <= 60),
  note           text    NOT NULL CHECK (length(note) <= 100),
  operator       text,
  problem        text,
  doubt          text,
  PRIMARY KEY (seller_id, job_id, nr),
  CONSTRAINT bulk_row_sold CHECK ((state = 'sold') = (recharge_id IS NOT NULL)),
  CONSTRAINT bulk_row_readable CHECK (problem IS NOT NULL OR (phone_number IS NOT NULL AND amount IS NOT NULL))
);

-- Keeps a file that was checked: the job, and a row for each of its lines.
CREATE FUNCTION recharges.keep_bulk_v1(
  key_seller bigint, job uuid, actor bigint, name text, file_digest bytea, at_us bigint,
  n_valid integer, a_valid bigint, n_doubtful integer, a_doubtful bigint, n_wrong integer,
  r_nr integer[], r_number text[], r_amount text[], r_note text[], r_phone bigint[], r_price bigint[],
  r_operator text[], r_problem text[], r_doubt text[]
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO recharges.bulk_job
    (seller_id, id, actor_id, file_name, digest, created_at_us, updated_at_us, valid, valid_amount, doubtful,
     doubtful_amount, wrong)
  VALUES (key_seller, job, actor, name, file_digest, at_us, at_us, n_valid, a_valid, n_doubtful, a_doubtful,
          n_wrong);
  INSERT INTO recharges.bulk_row
    (seller_id, job_id, nr, written_number, written_amount, note, phone_number, amount, operator, problem, doubt)
  SELECT key_seller, job, x.*
    FROM unnest(r_nr, r_number, r_amount, r_note, r_phone, r_price, r_operator, r_problem, r_doubt) AS x;
END $$;

-- Forgets a job that sold nothing yet; whether there was one.
CREATE FUNCTION recharges.discard_bulk_v1(key_seller bigint, job uuid)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM recharges.bulk_job b WHERE b.seller_id = key_seller AND b.id = job AND b.state = 'checked';
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  DELETE FROM recharges.bulk_row r WHERE r.seller_id = key_seller AND r.job_id = job;
  RETURN true;
END $$;

-- A checked job begins to run; whether it was one. What is not wanted is left out for good.
CREATE FUNCTION recharges.start_bulk_v1(key_seller bigint, job uuid, with_doubtful boolean, actor bigint, at_us bigint)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE recharges.bulk_job b
     SET state = 'running', actor_id = actor, updated_at_us = at_us,
         wanted = b.valid + CASE WHEN with_doubtful THEN b.doubtful ELSE 0 END
   WHERE b.seller_id = key_seller AND b.id = job AND b.state = 'checked';
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE recharges.bulk_row r SET state = 'left_out'
   WHERE r.seller_id = key_seller AND r.job_id = job
     AND (r.problem IS NOT NULL OR (r.doubt IS NOT NULL AND NOT with_doubtful));
  RETURN true;
END $$;

-- A job goes from one of these states to another; whether it was in one of them.
CREATE FUNCTION recharges.move_bulk_v1(key_seller bigint, job uuid, from_states text[], to_state text, at_us bigint)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE recharges.bulk_job b SET state = to_state, paused_by = NULL, updated_at_us = at_us
   WHERE b.seller_id = key_seller AND b.id = job AND b.state = ANY (from_states);
  RETURN FOUND;
END $$;

-- A worker takes a job in hand; whether it was as it had been read.
CREATE FUNCTION recharges.claim_bulk_v1(key_seller bigint, job uuid, read_version bigint, until_us bigint)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE recharges.bulk_job b SET version = b.version + 1, leased_until_us = until_us
   WHERE b.seller_id = key_seller AND b.id = job AND b.version = read_version
     AND b.state IN ('running', 'stopping');
  RETURN FOUND;
END $$;

-- A worker writes down what became of some rows and lets go of the job; whether it still had it. A next
-- state of NULL leaves the state as it is, which somebody may have changed meanwhile.
CREATE FUNCTION recharges.record_bulk_v1(
  key_seller bigint, job uuid, own_version bigint, at_us bigint, next_state text, why text,
  n_sold integer, a_sold bigint, n_refused integer,
  r_nr integer[], r_state text[], r_recharge uuid[], r_problem text[]
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE recharges.bulk_job b
     SET version = b.version + 1, leased_until_us = 0, updated_at_us = at_us,
         state = coalesce(next_state, b.state), paused_by = why,
         sold = b.sold + n_sold, sold_amount = b.sold_amount + a_sold, refused = b.refused + n_refused
   WHERE b.seller_id = key_seller AND b.id = job AND b.version = own_version;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE recharges.bulk_row r
     SET state = x.state, recharge_id = x.recharge, problem = coalesce(x.problem, r.problem)
    FROM unnest(r_nr, r_state, r_recharge, r_problem) AS x(nr, state, recharge, problem)
   WHERE r.seller_id = key_seller AND r.job_id = job AND r.nr = x.nr AND r.state = 'waiting';
  RETURN true;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA recharges FROM PUBLIC;
GRANT SELECT ON recharges.bulk_job, recharges.bulk_row TO topup_app;
GRANT EXECUTE ON FUNCTION recharges.keep_bulk_v1, recharges.discard_bulk_v1, recharges.start_bulk_v1,
  recharges.move_bulk_v1, recharges.claim_bulk_v1, recharges.record_bulk_v1 TO topup_app;
