-- The audit log. An entry is written in the transaction of what it tells of, and never changed.

CREATE SCHEMA audit;

CREATE TABLE audit.entry (
  seller_id    bigint NOT NULL CHECK (seller_id >= 0),  -- 0: about no seller
  at_us        bigint NOT NULL,
  actor_id     bigint NOT NULL CHECK (actor_id >= 0),   -- 0: the system itself
  id           uuid   NOT NULL,
  act          text   NOT NULL CHECK (length(act) BETWEEN 1 AND 40),
  subject_type text   NOT NULL CHECK (length(subject_type) <= 40),
  subject_id   text   NOT NULL CHECK (length(subject_id) <= 255),
  reason       text   NOT NULL CHECK (length(reason) <= 500),
  request_id   text   NOT NULL CHECK (length(request_id) <= 100),
  before       jsonb,
  after        jsonb,
  PRIMARY KEY (seller_id, id)
);
-- The log as it is read: newest first, of all, of one person, of one thing.
CREATE INDEX entry_newest ON audit.entry (id);
CREATE INDEX entry_actor ON audit.entry (actor_id, id);
CREATE INDEX entry_subject ON audit.entry (subject_id, id);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit.entry
  FOR EACH ROW EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON audit.entry
  FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();

CREATE FUNCTION audit.note_v1(
  key_seller bigint, id uuid, at_us bigint, actor_id bigint, act text, subject_type text, subject_id text,
  reason text, request_id text, before jsonb, after jsonb
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO audit.entry
    (seller_id, id, at_us, actor_id, act, subject_type, subject_id, reason, request_id, before, after)
  VALUES (key_seller, id, at_us, actor_id, act, subject_type, subject_id, reason, request_id, before, after);
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA audit FROM PUBLIC;
GRANT USAGE ON SCHEMA audit TO topup_app;
GRANT SELECT ON ALL TABLES IN SCHEMA audit TO topup_app;
GRANT EXECUTE ON FUNCTION audit.note_v1 TO topup_app;
