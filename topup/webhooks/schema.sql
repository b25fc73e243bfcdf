-- Webhooks: events that no movement tells, the addresses that sellers named, and what was sent there.
--
-- An event that belongs to a movement has no row here: the journal is its record. An endpoint follows
-- its seller's journal by number (`cursor`), so that a sale writes nothing for it.

CREATE SCHEMA webhooks;

CREATE TYPE webhooks.delivery_state AS ENUM ('pending', 'delivered', 'failed');

-- Events without a movement, written in the transaction of their fact. `object` is what the event is
-- about as it then stood, as JSON; where it is NULL, it follows from the fact's own row.
CREATE TABLE webhooks.event (
  seller_id bigint  NOT NULL,
  at_us     bigint  NOT NULL,
  id        uuid    NOT NULL,
  object_id uuid    NOT NULL,
  told      boolean NOT NULL DEFAULT false,
  type      text    NOT NULL CHECK (length(type) BETWEEN 1 AND 100),
  object    text    CHECK (length(object) <= 20000),
  PRIMARY KEY (seller_id, id)
);
CREATE INDEX event_untold ON webhooks.event (seller_id, id) WHERE NOT told;

-- `cursor` is the number of the last movement whose event was turned into deliveries. `follower` is the
-- fence of the worker that moved it last. Secrets are sealed; the previous one signs too until its time.
CREATE TABLE webhooks.endpoint (
  seller_id         bigint  NOT NULL,
  cursor            bigint  NOT NULL CHECK (cursor >= 0),
  created_at_us     bigint  NOT NULL,
  disabled_at_us    bigint,
  previous_until_us bigint,
  id                uuid    NOT NULL,
  follower          uuid,
  enabled           boolean NOT NULL DEFAULT true,
  url               text    NOT NULL CHECK (length(url) BETWEEN 1 AND 2000),
  description       text    NOT NULL CHECK (length(description) <= 500),
  disabled_because  text    CHECK (length(disabled_because) BETWEEN 1 AND 500),
  types             text[]  NOT NULL,
  secret            bytea   NOT NULL,
  previous_secret   bytea,
  PRIMARY KEY (seller_id, id),
  CONSTRAINT endpoint_disabled CHECK (enabled = (disabled_because IS NULL)
                                      AND enabled = (disabled_at_us IS NULL)),
  CONSTRAINT endpoint_rotated CHECK ((previous_secret IS NULL) = (previous_until_us IS NULL))
);

-- What is sent to one endpoint for one event. `payload` is made once: every attempt sends these bytes.
-- `tries` are the attempts of the present round (a replay begins another), `attempts` those of all. While
-- a worker has it, `next_at_us` is when its lease ends, and `claim` is that worker's fence.
CREATE TABLE webhooks.delivery (
  seller_id      bigint  NOT NULL,
  created_at_us  bigint  NOT NULL,
  next_at_us     bigint  NOT NULL,
  finished_at_us bigint,
  id             uuid    NOT NULL,
  endpoint_id    uuid    NOT NULL,
  event_id       uuid    NOT NULL,
  claim          uuid,
  attempts       integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  tries          integer NOT NULL DEFAULT 0 CHECK (tries BETWEEN 0 AND attempts),
  state          webhooks.delivery_state NOT NULL DEFAULT 'pending',
  type           text    NOT NULL,
  payload        text    NOT NULL,
  PRIMARY KEY (seller_id, id),
  CONSTRAINT delivery_finished CHECK ((state = 'pending') = (finished_at_us IS NULL))
) WITH (fillfactor = 80);
CREATE INDEX delivery_due ON webhooks.delivery (seller_id, endpoint_id, next_at_us) WHERE state = 'pending';
CREATE INDEX delivery_of_endpoint ON webhooks.delivery (seller_id, endpoint_id, id);
CREATE INDEX delivery_age ON webhooks.delivery (created_at_us);

-- One POST: its status code, or what went wrong before there was one.
CREATE TABLE webhooks.delivery_attempt (
  seller_id   bigint  NOT NULL,
  at_us       bigint  NOT NULL,
  delivery_id uuid    NOT NULL,
  nr          integer NOT NULL CHECK (nr > 0),
  took_ms     integer NOT NULL CHECK (took_ms >= 0),
  status      integer,
  error       text    CHECK (length(error) <= 500),
  answer      text    NOT NULL DEFAULT '' CHECK (length(answer) <= 1000),
  PRIMARY KEY (seller_id, delivery_id, nr),
  CONSTRAINT attempt_ended CHECK ((status IS NULL) <> (error IS NULL))
);

-- Events without a movement: call it in the transaction of their fact.
CREATE FUNCTION webhooks.tell_v1(
  key_seller bigint, e_seller bigint[], e_id uuid[], e_type text[], e_object_id uuid[], e_at_us bigint[],
  e_object text[]
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO webhooks.event (seller_id, id, type, object_id, at_us, object)
  SELECT * FROM unnest(e_seller, e_id, e_type, e_object_id, e_at_us, e_object);
$$;

-- A new endpoint hears of what happens from now on. Answers whether there was room for it.
CREATE FUNCTION webhooks.add_endpoint_v1(
  key_seller bigint, id uuid, url text, description text, types text[], secret bytea, most integer, at_us bigint
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- Two additions at once would each count the other not yet: the lock makes them take turns.
  PERFORM pg_advisory_xact_lock(hashint8extended(key_seller, 7261));
  INSERT INTO webhooks.endpoint (seller_id, id, url, description, types, secret, cursor, created_at_us)
  SELECT b.seller_id, add_endpoint_v1.id, add_endpoint_v1.url, add_endpoint_v1.description,
         add_endpoint_v1.types, add_endpoint_v1.secret, b.seq, at_us
    FROM ledger.book b
   WHERE b.seller_id = key_seller
     AND (SELECT count(*) FROM webhooks.endpoint e WHERE e.seller_id = key_seller) < most;
  RETURN FOUND;
END $$;

-- What an endpoint is from now on; `because` is NULL for one that is enabled. One that was disabled goes
-- on at the present, not with what it missed. Answers whether there is such an endpoint.
CREATE FUNCTION webhooks.change_endpoint_v1(
  key_seller bigint, of_endpoint uuid, new_url text, new_description text, new_types text[], because text,
  at_us bigint
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE webhooks.endpoint e
     SET url = new_url, description = new_description, types = new_types, enabled = because IS NULL,
         disabled_because = because,
         disabled_at_us = CASE WHEN because IS NULL THEN NULL ELSE coalesce(e.disabled_at_us, at_us) END,
         cursor = CASE WHEN because IS NULL AND NOT e.enabled
                       THEN (SELECT b.seq FROM ledger.book b WHERE b.seller_id = key_seller)
                       ELSE e.cursor END
   WHERE e.seller_id = key_seller AND e.id = of_endpoint;
  RETURN FOUND;
END $$;

CREATE FUNCTION webhooks.remove_endpoint_v1(key_seller bigint, of_endpoint uuid)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM webhooks.endpoint e WHERE e.seller_id = key_seller AND e.id = of_endpoint;
  RETURN FOUND;
END $$;

-- A new secret; the one before it signs too, until its time.
CREATE FUNCTION webhooks.rotate_v1(key_seller bigint, of_endpoint uuid, new_secret bytea, until_us bigint)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE webhooks.endpoint e
     SET previous_secret = e.secret, previous_until_us = until_us, secret = new_secret
   WHERE e.seller_id = key_seller AND e.id = of_endpoint;
  RETURN FOUND;
END $$;

-- Moves endpoints past the movements that were read, and writes the deliveries that follow from them.
-- Where another worker was first, neither happens. Answers which endpoints were moved.
CREATE FUNCTION webhooks.follow_v1(
  key_seller bigint, p_seller bigint[], p_id uuid[], p_old bigint[], p_new bigint[], new_follower uuid,
  d_seller bigint[], d_id uuid[], d_endpoint uuid[], d_event uuid[], d_type text[], d_payload text[],
  at_us bigint
) RETURNS TABLE (moved_seller bigint, moved_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE webhooks.endpoint e SET cursor = x.new, follower = new_follower
    FROM unnest(p_seller, p_id, p_old, p_new) AS x(seller_id, id, old, new)
   WHERE e.seller_id = ANY (p_seller) AND e.seller_id = x.seller_id AND e.id = x.id AND e.cursor = x.old
     AND e.enabled;

  INSERT INTO webhooks.delivery
    (seller_id, id, endpoint_id, event_id, type, payload, created_at_us, next_at_us)
  SELECT x.seller_id, x.id, x.endpoint_id, x.event_id, x.type, x.payload, at_us, at_us
    FROM unnest(d_seller, d_id, d_endpoint, d_event, d_type, d_payload)
         AS x(seller_id, id, endpoint_id, event_id, type, payload)
    JOIN webhooks.endpoint e ON e.seller_id = x.seller_id AND e.id = x.endpoint_id
   WHERE e.seller_id = ANY (p_seller) AND e.follower = new_follower;

  RETURN QUERY
  SELECT e.seller_id, e.id
    FROM unnest(p_seller, p_id) AS x(seller_id, id)
    JOIN webhooks.endpoint e ON e.seller_id = x.seller_id AND e.id = x.id
   WHERE e.seller_id = ANY (p_seller) AND e.follower = new_follower;
END $$;

-- Marks events without a movement as told, and writes their deliveries; false, and nothing is done, where
-- another worker is at it or was first: the caller reads again. One at a time does it, so that nothing
-- has to be refused, which the server's log would tell.
CREATE FUNCTION webhooks.fan_out_v1(
  key_seller bigint, e_seller bigint[], e_id uuid[],
  d_seller bigint[], d_id uuid[], d_endpoint uuid[], d_event uuid[], d_type text[], d_payload text[],
  at_us bigint
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  written bigint;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtext('webhooks.fan_out')) THEN
    RETURN false;
  END IF;
  SELECT count(*) INTO written
    FROM unnest(e_seller, e_id) AS x(seller_id, id)
    JOIN webhooks.event e ON e.seller_id = x.seller_id AND e.id = x.id
   WHERE e.seller_id = ANY (e_seller) AND NOT e.told;
  IF written <> cardinality(e_seller) THEN
    RETURN false;
  END IF;
  UPDATE webhooks.event e SET told = true
    FROM unnest(e_seller, e_id) AS x(seller_id, id)
   WHERE e.seller_id = ANY (e_seller) AND e.seller_id = x.seller_id AND e.id = x.id AND NOT e.told;
  INSERT INTO webhooks.delivery
    (seller_id, id, endpoint_id, event_id, type, payload, created_at_us, next_at_us)
  SELECT x.seller_id, x.id, x.endpoint_id, x.event_id, x.type, x.payload, at_us, at_us
    FROM unnest(d_seller, d_id, d_endpoint, d_event, d_type, d_payload)
         AS x(seller_id, id, endpoint_id, event_id, type, payload);
  RETURN true;
END $$;

-- One delivery by itself, such as that of a test.
CREATE FUNCTION webhooks.deliver_v1(
  key_seller bigint, id uuid, endpoint_id uuid, event_id uuid, type text, payload text, at_us bigint
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO webhooks.delivery
    (seller_id, id, endpoint_id, event_id, type, payload, created_at_us, next_at_us)
  VALUES (key_seller, id, endpoint_id, event_id, type, payload, at_us, at_us);
$$;

-- Sends a delivery that ended once more, as a round of its own. Answers whether it had ended.
CREATE FUNCTION webhooks.replay_v1(key_seller bigint, of_delivery uuid, at_us bigint)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE webhooks.delivery d
     SET state = 'pending', finished_at_us = NULL, tries = 0, claim = NULL, next_at_us = at_us
   WHERE d.seller_id = key_seller AND d.id = of_delivery AND d.state <> 'pending';
  RETURN FOUND;
END $$;

-- Takes deliveries that are as they were read, until the lease ends. Answers which were taken.
CREATE FUNCTION webhooks.claim_v1(
  key_seller bigint, d_seller bigint[], d_id uuid[], d_next bigint[], new_claim uuid, lease_until_us bigint
) RETURNS TABLE (taken_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY
  UPDATE webhooks.delivery d SET claim = new_claim, next_at_us = lease_until_us
    FROM unnest(d_seller, d_id, d_next) AS x(seller_id, id, next_at_us)
   WHERE d.seller_id = ANY (d_seller) AND d.seller_id = x.seller_id AND d.id = x.id
     AND d.next_at_us = x.next_at_us AND d.state = 'pending'
  RETURNING d.id;
END $$;

-- Records attempts: each delivery goes on at its next moment, or has ended. Only what still has its claim
-- is written. Of many attempts at one delivery the last `kept` are kept. Endpoints of `x_…` are disabled.
CREATE FUNCTION webhooks.record_v1(
  key_seller bigint, d_seller bigint[], d_id uuid[], d_claim uuid[], d_state webhooks.delivery_state[],
  d_next bigint[], d_begun_us bigint[], d_took_ms integer[], d_status integer[], d_error text[],
  d_answer text[], kept integer, x_seller bigint[], x_id uuid[], x_because text[], at_us bigint
) RETURNS TABLE (recorded_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE webhooks.delivery d
     SET state = x.state, next_at_us = x.next_at_us, attempts = d.attempts + 1, tries = d.tries + 1,
         finished_at_us = CASE WHEN x.state = 'pending' THEN NULL ELSE at_us END
    FROM unnest(d_seller, d_id, d_claim, d_state, d_next) AS x(seller_id, id, claim, state, next_at_us)
   WHERE d.seller_id = ANY (d_seller) AND d.seller_id = x.seller_id AND d.id = x.id AND d.claim = x.claim;

  INSERT INTO webhooks.delivery_attempt (seller_id, delivery_id, nr, at_us, took_ms, status, error, answer)
  SELECT d.seller_id, d.id, d.attempts, x.begun_us, x.took_ms, x.status, x.error, x.answer
    FROM unnest(d_seller, d_id, d_claim, d_begun_us, d_took_ms, d_status, d_error, d_answer)
         AS x(seller_id, id, claim, begun_us, took_ms, status, error, answer)
    JOIN webhooks.delivery d ON d.seller_id = x.seller_id AND d.id = x.id AND d.claim = x.claim
   WHERE d.seller_id = ANY (d_seller);

  DELETE FROM webhooks.delivery_attempt a
   USING unnest(d_seller, d_id) AS x(seller_id, id), webhooks.delivery d
   WHERE a.seller_id = ANY (d_seller) AND d.seller_id = ANY (d_seller)
     AND d.seller_id = x.seller_id AND d.id = x.id AND d.attempts > kept
     AND a.seller_id = d.seller_id AND a.delivery_id = d.id AND a.nr <= d.attempts - kept;

  UPDATE webhooks.endpoint e SET enabled = false, disabled_because = x.because, disabled_at_us = at_us
    FROM unnest(x_seller, x_id, x_because) AS x(seller_id, id, because)
   WHERE e.seller_id = ANY (x_seller) AND e.seller_id = x.seller_id AND e.id = x.id AND e.enabled;

  RETURN QUERY
  UPDATE webhooks.delivery d SET claim = NULL
    FROM unnest(d_seller, d_id, d_claim) AS x(seller_id, id, claim)
   WHERE d.seller_id = ANY (d_seller) AND d.seller_id = x.seller_id AND d.id = x.id AND d.claim = x.claim
  RETURNING d.id;
END $$;

-- Forgets deliveries with their attempts; what is about events and money stays where it is.
CREATE FUNCTION webhooks.forget_v1(key_seller bigint, d_seller bigint[], d_id uuid[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM webhooks.delivery_attempt a
   USING unnest(d_seller, d_id) AS x(seller_id, id)
   WHERE a.seller_id = ANY (d_seller) AND a.seller_id = x.seller_id AND a.delivery_id = x.id;
  DELETE FROM webhooks.delivery d
   USING unnest(d_seller, d_id) AS x(seller_id, id)
   WHERE d.seller_id = ANY (d_seller) AND d.seller_id = x.seller_id AND d.id = x.id;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA webhooks FROM PUBLIC;
GRANT USAGE ON SCHEMA webhooks TO topup_app;
GRANT SELECT ON ALL TABLES IN SCHEMA webhooks TO topup_app;
GRANT EXECUTE ON FUNCTION
  webhooks.tell_v1, webhooks.add_endpoint_v1, webhooks.change_endpoint_v1, webhooks.remove_endpoint_v1,
  webhooks.rotate_v1, webhooks.follow_v1, webhooks.fan_out_v1, webhooks.deliver_v1, webhooks.replay_v1,
  webhooks.claim_v1, webhooks.record_v1, webhooks.forget_v1
TO topup_app;
