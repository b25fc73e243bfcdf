-- A database of the first version, made by its own API and dumped by pg_dump; see test_first_version.py.

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: credit; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA credit;

--
-- Name: ledger; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA ledger;

--
-- Name: public; Type: SCHEMA; Schema: -; Owner: -
--

-- *not* creating schema, since initdb creates it

--
-- Name: recharges; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA recharges;

--
-- Name: state; Type: TYPE; Schema: credit; Owner: -
--

CREATE TYPE credit.state AS ENUM (
    'pending',
    'approved',
    'rejected',
    'cancelled'
);

--
-- Name: actor; Type: TYPE; Schema: ledger; Owner: -
--

CREATE TYPE ledger.actor AS ENUM (
    'user',
    'system'
);

--
-- Name: kind; Type: TYPE; Schema: ledger; Owner: -
--

CREATE TYPE ledger.kind AS ENUM (
    'credit',
    'recharge',
    'hold',
    'capture',
    'release',
    'reversal',
    'adjustment',
    'deduction'
);

--
-- Name: source; Type: TYPE; Schema: ledger; Owner: -
--

CREATE TYPE ledger.source AS ENUM (
    'credit_request',
    'recharge',
    'adjustment'
);

--
-- Name: state; Type: TYPE; Schema: recharges; Owner: -
--

CREATE TYPE recharges.state AS ENUM (
    'accepted',
    'processing',
    'unknown',
    'succeeded',
    'failed',
    'reversed'
);

--
-- Name: ask_v1(bigint, uuid, bigint, text, text, bigint, bigint); Type: FUNCTION; Schema: credit; Owner: -
--

CREATE FUNCTION credit.ask_v1(key_seller bigint, id uuid, amount bigint, currency text, note text, requested_by bigint, at_us bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  INSERT INTO credit.credit_request (seller_id, id, amount, currency, note, requested_by, created_at_us, state)
  VALUES (key_seller, id, amount, currency, note, requested_by, at_us, 'pending');
$$;

--
-- Name: decide_v1(bigint, uuid, credit.state, bigint, text, bigint, bigint); Type: FUNCTION; Schema: credit; Owner: -
--

CREATE FUNCTION credit.decide_v1(key_seller bigint, request_id uuid, new_state credit.state, by_user bigint, because text, at_us bigint, seq bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  UPDATE credit.credit_request r
     SET state = new_state, decided_by = by_user, reason = because, decided_at_us = at_us, credit_seq = decide_v1.seq
   WHERE r.seller_id = key_seller AND r.id = request_id AND r.state = 'pending';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the request was decided since it was read' USING ERRCODE = 'serialization_failure';
  END IF;
END $$;

--
-- Name: adjust_v1(bigint, uuid, bigint, bigint, bigint, bigint, text, text); Type: FUNCTION; Schema: ledger; Owner: -
--

CREATE FUNCTION ledger.adjust_v1(key_seller bigint, id uuid, amount bigint, seq bigint, actor_id bigint, created_at_us bigint, currency text, reason text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  INSERT INTO ledger.adjustment (seller_id, id, amount, seq, actor_id, created_at_us, currency, reason)
  VALUES (key_seller, id, amount, seq, actor_id, created_at_us, currency, reason);
$$;

--
-- Name: configure_v1(bigint, boolean, bigint, bigint, integer); Type: FUNCTION; Schema: ledger; Owner: -
--

CREATE FUNCTION ledger.configure_v1(key_seller bigint, active boolean, daily_limit bigint, per_recharge_max bigint, duplicate_window_s integer) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  UPDATE ledger.book b
     SET active = configure_v1.active, daily_limit = configure_v1.daily_limit,
         per_recharge_max = configure_v1.per_recharge_max, duplicate_window_s = configure_v1.duplicate_window_s
   WHERE b.seller_id = key_seller;
$$;

--
-- Name: expire_keys_v1(bigint); Type: FUNCTION; Schema: ledger; Owner: -
--

CREATE FUNCTION ledger.expire_keys_v1(key_seller bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  UPDATE ledger.book SET key_epoch = key_epoch + 1 WHERE seller_id = key_seller;
$$;

--
-- Name: movement_id(bigint, bigint, bigint); Type: FUNCTION; Schema: ledger; Owner: -
--

CREATE FUNCTION ledger.movement_id(at_us bigint, seq bigint, seller_id bigint) RETURNS uuid
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  SELECT (lpad(to_hex(at_us / 1000), 12, '0') || '7' || lpad(to_hex(seq >> 30), 3, '0')
       || lpad(to_hex((2::bigint << 30) | (seq & 1073741823)), 8, '0') || lpad(to_hex(seller_id), 8, '0'))::uuid;
$$;

--
-- Name: open_v1(bigint, text); Type: FUNCTION; Schema: ledger; Owner: -
--

CREATE FUNCTION ledger.open_v1(key_seller bigint, currency text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  INSERT INTO ledger.book (seller_id, currency) VALUES (key_seller, currency);
$$;

--
-- Name: post_v1(bigint, bigint[], text[], bigint[], bigint[], bigint[], bigint[], bigint[], bigint[], bigint[], bigint[], date[], bigint[], bytea[], bigint[], text[], bigint[], ledger.kind[], bigint[], bigint[], bigint[], bigint[], bigint[], bigint[], ledger.source[], uuid[], ledger.actor[], bigint[], bigint[], bytea[]); Type: FUNCTION; Schema: ledger; Owner: -
--

CREATE FUNCTION ledger.post_v1(key_seller bigint, b_seller bigint[], b_currency text[], b_old_seq bigint[], b_seq bigint[], b_available bigint[], b_held bigint[], b_funded bigint[], b_sold bigint[], b_adjusted bigint[], b_moved_at_us bigint[], b_spent_on date[], b_spent_today bigint[], b_head_hash bytea[], j_seller bigint[], j_currency text[], j_seq bigint[], j_kind ledger.kind[], j_amount bigint[], j_available bigint[], j_held bigint[], j_funded bigint[], j_sold bigint[], j_adjusted bigint[], j_source_type ledger.source[], j_source_id uuid[], j_actor_type ledger.actor[], j_actor_id bigint[], j_created_at_us bigint[], j_hash bytea[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  written bigint;
BEGIN
  UPDATE ledger.book b
     SET available = x.available, held = x.held, funded = x.funded, sold = x.sold,
         adjusted = x.adjusted, seq = x.seq, moved_at_us = x.moved_at_us,
         spent_on = x.spent_on, spent_today = x.spent_today, head_hash = x.head_hash
    FROM unnest(b_seller, b_currency, b_old_seq, b_seq, b_available, b_held, b_funded, b_sold,
                b_adjusted, b_moved_at_us, b_spent_on, b_spent_today, b_head_hash)
         AS x(seller_id, currency, old_seq, seq, available, held, funded, sold,
              adjusted, moved_at_us, spent_on, spent_today, head_hash)
   WHERE b.seller_id = ANY (b_seller) AND b.seller_id = x.seller_id
     AND b.currency = x.currency AND b.seq = x.old_seq;
  GET DIAGNOSTICS written = ROW_COUNT;
  IF written <> cardinality(b_seller) THEN
    RAISE EXCEPTION 'a book moved since it was read' USING ERRCODE = 'serialization_failure';
  END IF;
  INSERT INTO ledger.journal
    (seller_id, currency, seq, kind, amount, available, held, funded, sold, adjusted,
     source_type, source_id, actor_type, actor_id, created_at_us, hash)
  SELECT * FROM unnest(j_seller, j_currency, j_seq, j_kind, j_amount, j_available, j_held, j_funded,
                       j_sold, j_adjusted, j_source_type, j_source_id, j_actor_type, j_actor_id,
                       j_created_at_us, j_hash);
END $$;

--
-- Name: rebuild_v1(bigint, uuid, text, bigint, bigint, text, text); Type: FUNCTION; Schema: ledger; Owner: -
--

CREATE FUNCTION ledger.rebuild_v1(key_seller bigint, id uuid, book_currency text, read_seq bigint, rebuilt_at_us bigint, rebuilt_by text, reason text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  written bigint;
BEGIN
  INSERT INTO ledger.book_rebuild
    (seller_id, id, seq, before_available, before_held, before_funded, before_sold, before_adjusted,
     after_available, after_held, after_funded, after_sold, after_adjusted,
     rebuilt_at_us, currency, rebuilt_by, reason)
  SELECT key_seller, rebuild_v1.id, read_seq, b.available, b.held, b.funded, b.sold, b.adjusted,
         coalesce(j.available, 0), coalesce(j.held, 0), coalesce(j.funded, 0), coalesce(j.sold, 0),
         coalesce(j.adjusted, 0), rebuild_v1.rebuilt_at_us, book_currency, rebuild_v1.rebuilt_by,
         rebuild_v1.reason
    FROM ledger.book b
    LEFT JOIN ledger.journal j
      ON j.seller_id = key_seller AND j.currency = book_currency AND j.seq = read_seq
   WHERE b.seller_id = key_seller AND b.currency = book_currency AND b.seq = read_seq
     AND (j.seq = read_seq OR read_seq = 0)
     AND NOT EXISTS (SELECT FROM ledger.journal n
                      WHERE n.seller_id = key_seller AND n.currency = book_currency AND n.seq > read_seq);

  UPDATE ledger.book b
     SET available = r.after_available, held = r.after_held, funded = r.after_funded,
         sold = r.after_sold, adjusted = r.after_adjusted, seq = r.seq,
         head_hash = coalesce((SELECT j.hash FROM ledger.journal j
                                WHERE j.seller_id = key_seller AND j.currency = book_currency
                                  AND j.seq = read_seq), decode(repeat('00', 32), 'hex'))
    FROM ledger.book_rebuild r
   WHERE b.seller_id = key_seller AND b.currency = book_currency AND b.seq = read_seq
     AND r.seller_id = key_seller AND r.id = rebuild_v1.id
     AND (b.available, b.held, b.funded, b.sold, b.adjusted)
       = (r.before_available, r.before_held, r.before_funded, r.before_sold, r.before_adjusted);
  GET DIAGNOSTICS written = ROW_COUNT;
  IF written <> 1 THEN
    RAISE EXCEPTION 'the book is not where its journal ends, or moved since it was read'
      USING ERRCODE = 'serialization_failure';
  END IF;
END $$;

--
-- Name: refuse(); Type: FUNCTION; Schema: ledger; Owner: -
--

CREATE FUNCTION ledger.refuse() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  RAISE EXCEPTION '% of %.% is refused: the journal is append-only; a correction is a new movement',
    tg_op, tg_table_schema, tg_table_name USING ERRCODE = 'restrict_violation';
END $$;

--
-- Name: remember_v1(bigint, text, text, uuid, jsonb); Type: FUNCTION; Schema: ledger; Owner: -
--

CREATE FUNCTION ledger.remember_v1(key_seller bigint, operation text, reference text, object_id uuid, request jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  INSERT INTO ledger.idempotency (seller_id, operation, reference, object_id, request)
  VALUES (key_seller, operation, reference, object_id, request);
$$;

--
-- Name: seq_at_v1(bigint, text, bigint); Type: FUNCTION; Schema: ledger; Owner: -
--

CREATE FUNCTION ledger.seq_at_v1(key_seller bigint, book_currency text, moment_us bigint) RETURNS bigint
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
  low bigint := 0;
  high bigint;
  middle bigint;
BEGIN
  SELECT seq INTO high FROM ledger.book WHERE seller_id = key_seller AND currency = book_currency;
  WHILE low < high LOOP
    middle := low + (high - low + 1) / 2;
    IF (SELECT created_at_us FROM ledger.journal
         WHERE seller_id = key_seller AND currency = book_currency AND seq = middle) <= moment_us THEN
      low := middle;
    ELSE
      high := middle - 1;
    END IF;
  END LOOP;
  RETURN low;
END $$;

--
-- Name: forget_number_v1(bigint, bigint); Type: FUNCTION; Schema: recharges; Owner: -
--

CREATE FUNCTION recharges.forget_number_v1(key_seller bigint, number bigint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  DELETE FROM recharges.phone_number p WHERE p.seller_id = key_seller AND p.phone_number = number;
  RETURN FOUND;
END $$;

--
-- Name: insert_v1(bigint, bigint[], uuid[], text[], bigint[], text[], boolean[], bigint[], text[], bigint[], bigint[], bigint[]); Type: FUNCTION; Schema: recharges; Owner: -
--

CREATE FUNCTION recharges.insert_v1(key_seller bigint, r_seller bigint[], r_id uuid[], r_reference text[], r_phone bigint[], r_operator text[], r_explicit boolean[], r_amount bigint[], r_currency text[], r_settle_seq bigint[], r_actor_id bigint[], r_at_us bigint[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  INSERT INTO recharges.recharge
    (seller_id, id, reference, phone_number, operator, operator_explicit, amount, currency, settle_seq,
     actor_id, created_at_us, updated_at_us, state)
  SELECT x.*, x.at_us, 'succeeded'
    FROM unnest(r_seller, r_id, r_reference, r_phone, r_operator, r_explicit, r_amount, r_currency,
                r_settle_seq, r_actor_id, r_at_us)
         AS x(seller_id, id, reference, phone_number, operator, operator_explicit, amount, currency,
              settle_seq, actor_id, at_us);
$$;

--
-- Name: keep_number_v1(bigint, bigint, text, boolean, bigint); Type: FUNCTION; Schema: recharges; Owner: -
--

CREATE FUNCTION recharges.keep_number_v1(key_seller bigint, number bigint, new_label text, relabel boolean, at_us bigint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  INSERT INTO recharges.phone_number AS p (seller_id, phone_number, label, created_at_us)
  VALUES (key_seller, number, new_label, at_us) ON CONFLICT (seller_id, phone_number) DO NOTHING;
  IF FOUND THEN
    RETURN true;
  END IF;
  UPDATE recharges.phone_number p SET label = new_label
   WHERE p.seller_id = key_seller AND p.phone_number = number AND relabel;
  RETURN false;
END $$;

--
-- Name: reverse_v1(bigint, uuid, bigint, bigint, text); Type: FUNCTION; Schema: recharges; Owner: -
--

CREATE FUNCTION recharges.reverse_v1(key_seller bigint, recharge_id uuid, seq bigint, at_us bigint, reason text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
  UPDATE recharges.recharge r
     SET state = 'reversed', reverse_seq = reverse_v1.seq, updated_at_us = at_us, reversal_reason = reason
   WHERE r.seller_id = key_seller AND r.id = recharge_id AND r.state = 'succeeded';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the recharge changed since it was read' USING ERRCODE = 'serialization_failure';
  END IF;
END $$;

--
-- Name: sold_to_v1(bigint, bigint); Type: FUNCTION; Schema: recharges; Owner: -
--

CREATE FUNCTION recharges.sold_to_v1(key_seller bigint, number bigint) RETURNS TABLE(recharges bigint, credited bigint, reversals bigint, reversed bigint, last_id text, last_reference text, last_state text, last_operator text, last_amount bigint, last_at_us bigint)
    LANGUAGE sql STABLE
    AS $$
  SELECT s.recharges, s.credited, s.reversals, s.reversed, l.id, l.reference, l.state, l.operator, l.amount,
         l.created_at_us
    FROM (SELECT count(*) FILTER (WHERE r.state = 'succeeded') AS recharges,
                 coalesce(sum(r.amount) FILTER (WHERE r.state = 'succeeded'), 0)::bigint AS credited,
                 count(*) FILTER (WHERE r.state = 'reversed') AS reversals,
                 coalesce(sum(r.amount) FILTER (WHERE r.state = 'reversed'), 0)::bigint AS reversed
            FROM recharges.recharge r
           WHERE r.phone_number = number AND r.seller_id = key_seller) s
    LEFT JOIN (SELECT r.id::text, r.reference, r.state::text, r.operator, r.amount, r.created_at_us
                 FROM recharges.recharge r
                WHERE r.phone_number = number AND r.seller_id = key_seller
                ORDER BY r.created_at_us DESC, r.id DESC LIMIT 1) l ON true
$$;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: credit_request; Type: TABLE; Schema: credit; Owner: -
--

CREATE TABLE credit.credit_request (
    seller_id bigint NOT NULL,
    amount bigint NOT NULL,
    requested_by bigint NOT NULL,
    decided_by bigint,
    credit_seq bigint,
    created_at_us bigint NOT NULL,
    decided_at_us bigint,
    id uuid NOT NULL,
    state credit.state NOT NULL,
    currency text NOT NULL,
    note text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    CONSTRAINT approved_once CHECK (((state = 'approved'::credit.state) = (credit_seq IS NOT NULL))),
    CONSTRAINT credit_request_amount_check CHECK ((amount > 0)),
    CONSTRAINT credit_request_note_check CHECK ((length(note) <= 500)),
    CONSTRAINT credit_request_reason_check CHECK ((length(reason) <= 500)),
    CONSTRAINT decided_whole CHECK ((((state = 'pending'::credit.state) = (decided_by IS NULL)) AND ((state = 'pending'::credit.state) = (decided_at_us IS NULL)))),
    CONSTRAINT not_ones_own CHECK (((state = 'cancelled'::credit.state) OR (decided_by <> requested_by)))
);

--
-- Name: adjustment; Type: TABLE; Schema: ledger; Owner: -
--

CREATE TABLE ledger.adjustment (
    seller_id bigint NOT NULL,
    id uuid NOT NULL,
    amount bigint NOT NULL,
    seq bigint NOT NULL,
    actor_id bigint NOT NULL,
    created_at_us bigint NOT NULL,
    currency text NOT NULL,
    reason text NOT NULL,
    CONSTRAINT adjustment_amount_check CHECK ((amount <> 0)),
    CONSTRAINT adjustment_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 500)))
);

--
-- Name: book; Type: TABLE; Schema: ledger; Owner: -
--

CREATE TABLE ledger.book (
    seller_id bigint NOT NULL,
    available bigint DEFAULT 0 NOT NULL,
    held bigint DEFAULT 0 NOT NULL,
    funded bigint DEFAULT 0 NOT NULL,
    sold bigint DEFAULT 0 NOT NULL,
    adjusted bigint DEFAULT 0 NOT NULL,
    seq bigint DEFAULT 0 NOT NULL,
    moved_at_us bigint DEFAULT 0 NOT NULL,
    spent_today bigint DEFAULT 0 NOT NULL,
    daily_limit bigint,
    per_recharge_max bigint,
    duplicate_window_s integer,
    spent_on date DEFAULT '1970-01-01'::date NOT NULL,
    key_epoch integer DEFAULT 0 NOT NULL,
    active boolean DEFAULT true NOT NULL,
    lockable boolean DEFAULT true NOT NULL,
    currency text NOT NULL,
    head_hash bytea DEFAULT decode(repeat('00'::text, 32), 'hex'::text) NOT NULL,
    CONSTRAINT book_available_check CHECK ((available >= 0)),
    CONSTRAINT book_balances CHECK ((((available + held) + sold) = (funded + adjusted))),
    CONSTRAINT book_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT book_daily_limit_check CHECK ((daily_limit >= 0)),
    CONSTRAINT book_duplicate_window_s_check CHECK (((duplicate_window_s >= 0) AND (duplicate_window_s <= 604800))),
    CONSTRAINT book_funded_check CHECK ((funded >= 0)),
    CONSTRAINT book_head_hash_check CHECK ((octet_length(head_hash) = 32)),
    CONSTRAINT book_held_check CHECK ((held >= 0)),
    CONSTRAINT book_per_recharge_max_check CHECK ((per_recharge_max >= 0)),
    CONSTRAINT book_seq_check CHECK ((seq >= 0)),
    CONSTRAINT book_sold_check CHECK ((sold >= 0)),
    CONSTRAINT book_spent_today_check CHECK ((spent_today >= 0))
)
WITH (fillfactor='50');

--
-- Name: book_rebuild; Type: TABLE; Schema: ledger; Owner: -
--

CREATE TABLE ledger.book_rebuild (
    seller_id bigint NOT NULL,
    id uuid NOT NULL,
    seq bigint NOT NULL,
    before_available bigint NOT NULL,
    before_held bigint NOT NULL,
    before_funded bigint NOT NULL,
    before_sold bigint NOT NULL,
    before_adjusted bigint NOT NULL,
    after_available bigint NOT NULL,
    after_held bigint NOT NULL,
    after_funded bigint NOT NULL,
    after_sold bigint NOT NULL,
    after_adjusted bigint NOT NULL,
    rebuilt_at_us bigint NOT NULL,
    currency text NOT NULL,
    rebuilt_by text NOT NULL,
    reason text NOT NULL,
    CONSTRAINT book_rebuild_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 500))),
    CONSTRAINT book_rebuild_rebuilt_by_check CHECK (((length(rebuilt_by) >= 1) AND (length(rebuilt_by) <= 200))),
    CONSTRAINT book_rebuild_seq_check CHECK ((seq >= 0))
);

--
-- Name: idempotency; Type: TABLE; Schema: ledger; Owner: -
--

CREATE TABLE ledger.idempotency (
    seller_id bigint NOT NULL,
    operation text NOT NULL,
    reference text NOT NULL,
    object_id uuid NOT NULL,
    request jsonb NOT NULL,
    CONSTRAINT idempotency_reference_check CHECK (((reference ~ '^[ -~]+$'::text) AND (octet_length(reference) <= 255)))
);

--
-- Name: journal; Type: TABLE; Schema: ledger; Owner: -
--

CREATE TABLE ledger.journal (
    seller_id bigint NOT NULL,
    seq bigint NOT NULL,
    amount bigint NOT NULL,
    available bigint NOT NULL,
    held bigint NOT NULL,
    funded bigint NOT NULL,
    sold bigint NOT NULL,
    adjusted bigint NOT NULL,
    actor_id bigint NOT NULL,
    created_at_us bigint NOT NULL,
    source_id uuid NOT NULL,
    kind ledger.kind NOT NULL,
    source_type ledger.source NOT NULL,
    actor_type ledger.actor NOT NULL,
    currency text NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT journal_amount_check CHECK ((amount > 0)),
    CONSTRAINT journal_available_check CHECK ((available >= 0)),
    CONSTRAINT journal_balances CHECK ((((available + held) + sold) = (funded + adjusted))),
    CONSTRAINT journal_funded_check CHECK ((funded >= 0)),
    CONSTRAINT journal_hash_check CHECK ((octet_length(hash) = 32)),
    CONSTRAINT journal_held_check CHECK ((held >= 0)),
    CONSTRAINT journal_seq_check CHECK ((seq > 0)),
    CONSTRAINT journal_sold_check CHECK ((sold >= 0))
);

--
-- Name: move; Type: TABLE; Schema: ledger; Owner: -
--

CREATE TABLE ledger.move (
    kind ledger.kind NOT NULL,
    from_account text NOT NULL,
    to_account text NOT NULL
);

--
-- Name: legs; Type: VIEW; Schema: ledger; Owner: -
--

CREATE VIEW ledger.legs AS
 SELECT j.seller_id,
    j.currency,
    j.seq,
    j.kind,
    leg.account,
    leg.debit,
    leg.credit,
    j.source_type,
    j.source_id,
    ('1970-01-01 00:00:00+00'::timestamp with time zone + ((j.created_at_us)::double precision * '00:00:00.000001'::interval)) AS created_at
   FROM ((ledger.journal j
     JOIN ledger.move m ON ((m.kind = j.kind)))
     CROSS JOIN LATERAL ( VALUES (m.to_account,j.amount,(0)::bigint), (m.from_account,(0)::bigint,j.amount)) leg(account, debit, credit));

--
-- Name: movement; Type: VIEW; Schema: ledger; Owner: -
--

CREATE VIEW ledger.movement AS
 SELECT ledger.movement_id(j.created_at_us, j.seq, j.seller_id) AS id,
    j.seller_id,
    j.currency,
    j.seq,
    (j.kind)::text AS kind,
    m.from_account,
    m.to_account,
    j.amount,
    j.available,
    j.held,
    j.funded,
    j.sold,
    j.adjusted,
    (j.source_type)::text AS source_type,
    j.source_id,
    (j.actor_type)::text AS actor_type,
    j.actor_id,
    ('1970-01-01 00:00:00+00'::timestamp with time zone + ((j.created_at_us)::double precision * '00:00:00.000001'::interval)) AS created_at,
    encode(j.hash, 'hex'::text) AS hash
   FROM (ledger.journal j
     JOIN ledger.move m ON ((m.kind = j.kind)));

--
-- Name: auth_group; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.auth_group (
    id integer NOT NULL,
    name character varying(150) NOT NULL
);

--
-- Name: auth_group_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.auth_group ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: auth_group_permissions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.auth_group_permissions (
    id bigint NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);

--
-- Name: auth_group_permissions_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.auth_group_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: auth_permission; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.auth_permission (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    content_type_id integer NOT NULL,
    codename character varying(100) NOT NULL
);

--
-- Name: auth_permission_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.auth_permission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_permission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: django_admin_log; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.django_admin_log (
    id integer NOT NULL,
    action_time timestamp with time zone NOT NULL,
    object_id text,
    object_repr character varying(200) NOT NULL,
    action_flag smallint NOT NULL,
    change_message text NOT NULL,
    content_type_id integer,
    user_id bigint NOT NULL,
    CONSTRAINT django_admin_log_action_flag_check CHECK ((action_flag >= 0))
);

--
-- Name: django_admin_log_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.django_admin_log ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_admin_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: django_content_type; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.django_content_type (
    id integer NOT NULL,
    app_label character varying(100) NOT NULL,
    model character varying(100) NOT NULL
);

--
-- Name: django_content_type_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.django_content_type ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_content_type_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: django_migrations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.django_migrations (
    id bigint NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied timestamp with time zone NOT NULL
);

--
-- Name: django_migrations_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.django_migrations ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_migrations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: django_session; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.django_session (
    session_key character varying(40) NOT NULL,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL
);

--
-- Name: gateways_operator; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.gateways_operator (
    code character varying(20) NOT NULL,
    name_en character varying(60) NOT NULL,
    name_fa character varying(60) NOT NULL,
    prefixes character varying(8)[] NOT NULL,
    gateway character varying(20) NOT NULL,
    status character varying(10) NOT NULL,
    min_minor bigint NOT NULL,
    max_minor bigint NOT NULL,
    CONSTRAINT operator_range CHECK (((max_minor >= min_minor) AND (min_minor >= 1)))
);

--
-- Name: sellers_apikey; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sellers_apikey (
    id uuid NOT NULL,
    label character varying(60) NOT NULL,
    secret_sha256 bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    user_id bigint NOT NULL
);

--
-- Name: sellers_seller; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sellers_seller (
    id bigint NOT NULL,
    name character varying(120) NOT NULL,
    allowed_ips character varying(43)[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT seller_id_fits CHECK (((id >= 1) AND (id <= '4294967295'::bigint)))
);

--
-- Name: sellers_seller_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.sellers_seller ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sellers_seller_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: sellers_user; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sellers_user (
    id bigint NOT NULL,
    password character varying(128) NOT NULL,
    last_login timestamp with time zone,
    is_superuser boolean NOT NULL,
    username character varying(150) NOT NULL,
    first_name character varying(150) NOT NULL,
    last_name character varying(150) NOT NULL,
    email character varying(254) NOT NULL,
    is_staff boolean NOT NULL,
    is_active boolean NOT NULL,
    date_joined timestamp with time zone NOT NULL,
    seller_id bigint,
    CONSTRAINT staff_or_member CHECK (((seller_id IS NULL) OR ((NOT is_staff) AND (NOT is_superuser))))
);

--
-- Name: sellers_user_groups; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sellers_user_groups (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    group_id integer NOT NULL
);

--
-- Name: sellers_user_groups_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.sellers_user_groups ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sellers_user_groups_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: sellers_user_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.sellers_user ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sellers_user_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: sellers_user_user_permissions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sellers_user_user_permissions (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    permission_id integer NOT NULL
);

--
-- Name: sellers_user_user_permissions_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.sellers_user_user_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.sellers_user_user_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: phone_number; Type: TABLE; Schema: recharges; Owner: -
--

CREATE TABLE recharges.phone_number (
    seller_id bigint NOT NULL,
    phone_number bigint NOT NULL,
    created_at_us bigint NOT NULL,
    label text,
    CONSTRAINT phone_number_label_check CHECK (((length(label) >= 1) AND (length(label) <= 60))),
    CONSTRAINT phone_number_phone_number_check CHECK (((phone_number >= 1000000) AND (phone_number <= '999999999999999'::bigint)))
);

--
-- Name: recharge; Type: TABLE; Schema: recharges; Owner: -
--

CREATE TABLE recharges.recharge (
    seller_id bigint NOT NULL,
    phone_number bigint NOT NULL,
    amount bigint NOT NULL,
    hold_seq bigint,
    settle_seq bigint,
    reverse_seq bigint,
    actor_id bigint NOT NULL,
    created_at_us bigint NOT NULL,
    updated_at_us bigint NOT NULL,
    id uuid NOT NULL,
    state recharges.state NOT NULL,
    operator_explicit boolean NOT NULL,
    operator text NOT NULL,
    currency text NOT NULL,
    reference text NOT NULL,
    failure_code text,
    reversal_reason text,
    CONSTRAINT recharge_amount_check CHECK ((amount > 0)),
    CONSTRAINT recharge_paid CHECK (((hold_seq IS NOT NULL) OR (settle_seq IS NOT NULL))),
    CONSTRAINT recharge_phone_number_check CHECK (((phone_number >= 1000000) AND (phone_number <= '999999999999999'::bigint))),
    CONSTRAINT recharge_reference_check CHECK (((reference ~ '^[ -~]+$'::text) AND (octet_length(reference) <= 255))),
    CONSTRAINT recharge_reversal_reason_check CHECK (((length(reversal_reason) >= 1) AND (length(reversal_reason) <= 500))),
    CONSTRAINT recharge_reversed CHECK ((((state = 'reversed'::recharges.state) = (reverse_seq IS NOT NULL)) AND ((state = 'reversed'::recharges.state) = (reversal_reason IS NOT NULL)))),
    CONSTRAINT recharge_settled CHECK (((state <> ALL (ARRAY['succeeded'::recharges.state, 'failed'::recharges.state, 'reversed'::recharges.state])) OR (settle_seq IS NOT NULL)))
);

--
-- Data for Name: credit_request; Type: TABLE DATA; Schema: credit; Owner: -
--

COPY credit.credit_request (seller_id, amount, requested_by, decided_by, credit_seq, created_at_us, decided_at_us, id, state, currency, note, reason) FROM stdin;
1	50000	2	1	20	1795198656518583	1795198656600024	01a1fa2d-a006-7000-af21-6a8100000001	approved	IRR	more	
1	70000	2	\N	\N	1795198656692847	\N	01a1fa2d-a0b4-7000-9e05-2c0300000001	pending	IRR	soon	
2	80000	3	1	\N	1795198656748829	1795198656779256	01a1fa2d-a0ec-7000-915a-331d00000002	rejected	IRR		no transfer
\.

--
-- Data for Name: adjustment; Type: TABLE DATA; Schema: ledger; Owner: -
--

COPY ledger.adjustment (seller_id, id, amount, seq, actor_id, created_at_us, currency, reason) FROM stdin;
1	01a1fa2d-1b20-7000-9bd6-a50800000001	1000000000000	1	1	1795198622504355	IRR	bench
2	01a1fa2d-1b20-7001-aef6-297500000002	1000000000000	1	1	1795198622504355	IRR	bench
1	01a1fa2d-a15d-7000-9d8a-7a0b00000001	-500	21	1	1795198656861870	IRR	a slip
\.

--
-- Data for Name: book; Type: TABLE DATA; Schema: ledger; Owner: -
--

COPY ledger.book (seller_id, available, held, funded, sold, adjusted, seq, moved_at_us, spent_today, daily_limit, per_recharge_max, duplicate_window_s, spent_on, key_epoch, active, lockable, currency, head_hash) FROM stdin;
2	999999940000	0	0	60000	1000000000000	4	1795198656343413	60000	\N	\N	\N	2026-11-20	0	t	t	IRR	\\x1b5d7119427dbedd3b3727880c0142d7c147eb10691b3f92181aca753f3793da
1	999999889437	0	50000	160063	999999999500	21	1795198656861870	170066	\N	\N	\N	2026-11-20	0	t	t	IRR	\\x89efa8037565f503bb6a609fd7010714f50ada0bba8ffc7a63445f3444234e6a
\.

--
-- Data for Name: book_rebuild; Type: TABLE DATA; Schema: ledger; Owner: -
--

COPY ledger.book_rebuild (seller_id, id, seq, before_available, before_held, before_funded, before_sold, before_adjusted, after_available, after_held, after_funded, after_sold, after_adjusted, rebuilt_at_us, currency, rebuilt_by, reason) FROM stdin;
\.

--
-- Data for Name: idempotency; Type: TABLE DATA; Schema: ledger; Owner: -
--

COPY ledger.idempotency (seller_id, operation, reference, object_id, request) FROM stdin;
1	reverse	reverse-1	01a1fa2d-9dca-7000-bcde-ef7c00000001	{"reason": "sold twice", "recharge_id": "01a1fa2d-9dca-7000-bcde-ef7c00000001"}
1	ask	ask-1	01a1fa2d-a006-7000-af21-6a8100000001	{"note": "more", "amount": 50000}
1	approve	approve-1	01a1fa2d-a006-7000-af21-6a8100000001	{"request_id": "01a1fa2d-a006-7000-af21-6a8100000001"}
1	ask	ask-2	01a1fa2d-a0b4-7000-9e05-2c0300000001	{"note": "soon", "amount": 70000}
2	ask	ask-3	01a1fa2d-a0ec-7000-915a-331d00000002	{"note": "", "amount": 80000}
1	adjust	adjust-1	01a1fa2d-a15d-7000-9d8a-7a0b00000001	{"amount": -500, "reason": "a slip"}
\.

--
-- Data for Name: journal; Type: TABLE DATA; Schema: ledger; Owner: -
--

COPY ledger.journal (seller_id, seq, amount, available, held, funded, sold, adjusted, actor_id, created_at_us, source_id, kind, source_type, actor_type, currency, hash) FROM stdin;
1	1	1000000000000	1000000000000	0	0	0	1000000000000	1	1795198622504355	01a1fa2d-1b20-7000-9bd6-a50800000001	adjustment	adjustment	user	IRR	\\xd4634b6449a7370658a6b8eaf05fcde33348014c86c294cb3def1d891b9b6a5d
2	1	1000000000000	1000000000000	0	0	0	1000000000000	1	1795198622504355	01a1fa2d-1b20-7001-aef6-297500000002	adjustment	adjustment	user	IRR	\\xb119b3382e10430c1149ae5c1062e50c45bf0d03078140dfafacf50e4ff9f85e
1	2	10000	999999990000	0	0	10000	1000000000000	2	1795198655651821	01a1fa2d-9c80-7000-8946-47b700000001	recharge	recharge	user	IRR	\\x7ec22958c9d5248e120a7c6371bab9a8be129eef83301829b84938f35fc169d1
1	3	10001	999999979999	0	0	20001	1000000000000	2	1795198655783888	01a1fa2d-9d27-7000-82cf-9be500000001	recharge	recharge	user	IRR	\\x7bad0e3559c6189b39c5b019dcd96884083b949b4e204bfc63473d7607ff306d
1	4	10002	999999969997	0	0	30003	1000000000000	2	1795198655871253	01a1fa2d-9d7f-7000-ae4a-a5f500000001	recharge	recharge	user	IRR	\\xfd471edfac2a94efc1a498eba89719edb15764a353f17131493926edeaebcaad
1	5	10003	999999959994	0	0	40006	1000000000000	2	1795198655946457	01a1fa2d-9dca-7000-bcde-ef7c00000001	recharge	recharge	user	IRR	\\xeb4a3d53f649ef4441ba04fac81f13f9c24372b46d9904f8a2725fcf574c47d0
1	6	10004	999999949990	0	0	50010	1000000000000	2	1795198656006565	01a1fa2d-9e06-7000-9fe7-25e200000001	recharge	recharge	user	IRR	\\x2f98d81b4e81737f5e6a8ae5a1f198453fc917dc95e7350b15dc1deea078b5b7
1	7	10005	999999939985	0	0	60015	1000000000000	2	1795198656046515	01a1fa2d-9e2e-7000-adf3-6a9600000001	recharge	recharge	user	IRR	\\xafb8ec8bb91f29fc0523d96eda23a25a3cbf4ba60b46498345ede8dfb404bf7d
1	8	10006	999999929979	0	0	70021	1000000000000	2	1795198656091761	01a1fa2d-9e5b-7000-8463-698400000001	recharge	recharge	user	IRR	\\xed858d716958f662c3082b741006808cbea3b645d5eccc98f667cac512182ff1
1	9	10007	999999919972	0	0	80028	1000000000000	2	1795198656104280	01a1fa2d-9e68-7000-bf53-da6a00000001	recharge	recharge	user	IRR	\\x9b4bf07554d5ece5b380e96168fcc3191155babe59baa7c588467dc8c484b7ca
1	10	10008	999999909964	0	0	90036	1000000000000	2	1795198656161275	01a1fa2d-9ea1-7000-bd10-784a00000001	recharge	recharge	user	IRR	\\xf12231485a57a1938df5593868340db8637e7f66c3f7afe3dd9feb67eba7555a
1	11	10009	999999899955	0	0	100045	1000000000000	2	1795198656262116	01a1fa2d-9f05-7000-8391-6fa400000001	recharge	recharge	user	IRR	\\xaea7083a149af7ceab3bff22548e15693d572421c89429055f380b8e0faf7b34
1	12	10010	999999889945	0	0	110055	1000000000000	2	1795198656274003	01a1fa2d-9f11-7000-bfb5-bce200000001	recharge	recharge	user	IRR	\\x590da7d32c0e43bcbc07c7b37b3f23019ec307d2168b040381ae6dbf067186c3
1	13	10011	999999879934	0	0	120066	1000000000000	2	1795198656278670	01a1fa2d-9f16-7000-aefd-ed7e00000001	recharge	recharge	user	IRR	\\xf86a38ab9b8578c09531a55aa204be49e16baaff12795f6e6604ac91214c5f51
2	2	20000	999999980000	0	0	20000	1000000000000	3	1795198656300037	01a1fa2d-9f24-7000-8ba1-6b4800000002	recharge	recharge	user	IRR	\\x30153e4290422dde344349236d0bf6f5cd4382fb83d5b0f0fed509e0882cf038
2	3	20000	999999960000	0	0	40000	1000000000000	3	1795198656336003	01a1fa2d-9f4f-7000-bafb-df7d00000002	recharge	recharge	user	IRR	\\x047e0d937b47af35976e8371d7de000616c3ea990be99d57ee0fa5cddaf62c64
2	4	20000	999999940000	0	0	60000	1000000000000	3	1795198656343413	01a1fa2d-9f57-7000-aa68-979100000002	recharge	recharge	user	IRR	\\x1b5d7119427dbedd3b3727880c0142d7c147eb10691b3f92181aca753f3793da
1	14	10000	999999869934	0	0	130066	1000000000000	2	1795198656373359	01a1fa2d-9f75-7000-a52f-07e000000001	recharge	recharge	user	IRR	\\x84017813c5a08e4f077deb0bb2ffb054d818c17e21c06c553ee8ab9e6040e2a0
1	15	10000	999999859934	0	0	140066	1000000000000	2	1795198656373359	01a1fa2d-9f75-7001-8f61-a2f000000001	recharge	recharge	user	IRR	\\xc3989f2cdb5f926bdcc49f740a01b9e5ce34a8b1c24f80f6d742bc067fe82f4c
1	16	10000	999999849934	0	0	150066	1000000000000	2	1795198656373359	01a1fa2d-9f75-7002-88b6-9fea00000001	recharge	recharge	user	IRR	\\xaca4637a235198b0a7610ddaa218becd703e285ef4c60f130d5431eac91a5cbf
1	17	10000	999999839934	0	0	160066	1000000000000	2	1795198656373359	01a1fa2d-9f75-7003-b178-7aa800000001	recharge	recharge	user	IRR	\\x26a5f030de0a9080b957b430eb9bf8a793206508f3aa680f00eb20538ebbdce5
1	18	10000	999999829934	0	0	170066	1000000000000	2	1795198656373359	01a1fa2d-9f75-7004-94eb-e24e00000001	recharge	recharge	user	IRR	\\xe7a6724430d168f55503ab5baac9c4039681e153fa9c175606d66998c1f5e452
1	19	10003	999999839937	0	0	160063	1000000000000	1	1795198656393321	01a1fa2d-9dca-7000-bcde-ef7c00000001	reversal	recharge	user	IRR	\\x377b51774e471edbce17b2b6146deed0783628e30af83371a917e280af39395c
1	20	50000	999999889937	0	50000	160063	1000000000000	1	1795198656600024	01a1fa2d-a006-7000-af21-6a8100000001	credit	credit_request	user	IRR	\\xdf51b592582e24bff0925b4ea49d10ccd835e70788544274d48ef46744efd946
1	21	500	999999889437	0	50000	160063	999999999500	1	1795198656861870	01a1fa2d-a15d-7000-9d8a-7a0b00000001	deduction	adjustment	user	IRR	\\x89efa8037565f503bb6a609fd7010714f50ada0bba8ffc7a63445f3444234e6a
\.

--
-- Data for Name: move; Type: TABLE DATA; Schema: ledger; Owner: -
--

COPY ledger.move (kind, from_account, to_account) FROM stdin;
credit	funded	available
recharge	available	sold
hold	available	held
capture	held	sold
release	held	available
reversal	sold	available
adjustment	adjusted	available
deduction	available	adjusted
\.

--
-- Data for Name: auth_group; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.auth_group (id, name) FROM stdin;
\.

--
-- Data for Name: auth_group_permissions; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.auth_group_permissions (id, group_id, permission_id) FROM stdin;
\.

--
-- Data for Name: auth_permission; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.auth_permission (id, name, content_type_id, codename) FROM stdin;
1	Can add user	1	add_user
2	Can change user	1	change_user
3	Can delete user	1	delete_user
4	Can view user	1	view_user
5	Can add API key	2	add_apikey
6	Can change API key	2	change_apikey
7	Can delete API key	2	delete_apikey
8	Can view API key	2	view_apikey
9	Can add seller	3	add_seller
10	Can change seller	3	change_seller
11	Can delete seller	3	delete_seller
12	Can view seller	3	view_seller
13	Can add operator	4	add_operator
14	Can change operator	4	change_operator
15	Can delete operator	4	delete_operator
16	Can view operator	4	view_operator
17	Can add book	5	add_book
18	Can change book	5	change_book
19	Can delete book	5	delete_book
20	Can view book	5	view_book
21	Can add movement	6	add_movement
22	Can change movement	6	change_movement
23	Can delete movement	6	delete_movement
24	Can view movement	6	view_movement
25	Can add credit request	7	add_creditrequest
26	Can change credit request	7	change_creditrequest
27	Can delete credit request	7	delete_creditrequest
28	Can view credit request	7	view_creditrequest
29	Can add recharge	8	add_recharge
30	Can change recharge	8	change_recharge
31	Can delete recharge	8	delete_recharge
32	Can view recharge	8	view_recharge
33	Can add log entry	9	add_logentry
34	Can change log entry	9	change_logentry
35	Can delete log entry	9	delete_logentry
36	Can view log entry	9	view_logentry
37	Can add permission	10	add_permission
38	Can change permission	10	change_permission
39	Can delete permission	10	delete_permission
40	Can view permission	10	view_permission
41	Can add group	11	add_group
42	Can change group	11	change_group
43	Can delete group	11	delete_group
44	Can view group	11	view_group
45	Can add content type	12	add_contenttype
46	Can change content type	12	change_contenttype
47	Can delete content type	12	delete_contenttype
48	Can view content type	12	view_contenttype
49	Can add session	13	add_session
50	Can change session	13	change_session
51	Can delete session	13	delete_session
52	Can view session	13	view_session
\.

--
-- Data for Name: django_admin_log; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.django_admin_log (id, action_time, object_id, object_repr, action_flag, change_message, content_type_id, user_id) FROM stdin;
\.

--
-- Data for Name: django_content_type; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.django_content_type (id, app_label, model) FROM stdin;
1	sellers	user
2	sellers	apikey
3	sellers	seller
4	gateways	operator
5	ledger	book
6	ledger	movement
7	credit	creditrequest
8	recharges	recharge
9	admin	logentry
10	auth	permission
11	auth	group
12	contenttypes	contenttype
13	sessions	session
\.

--
-- Data for Name: django_migrations; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.django_migrations (id, app, name, applied) FROM stdin;
1	contenttypes	0001_initial	2026-11-20 18:16:47.291915+00
2	contenttypes	0002_remove_content_type_name	2026-11-20 18:16:47.431876+00
3	auth	0001_initial	2026-11-20 18:16:47.965634+00
4	auth	0002_alter_permission_name_max_length	2026-11-20 18:16:48.232273+00
5	auth	0003_alter_user_email_max_length	2026-11-20 18:16:48.367875+00
6	auth	0004_alter_user_username_opts	2026-11-20 18:16:48.497799+00
7	auth	0005_alter_user_last_login_null	2026-11-20 18:16:48.636912+00
8	auth	0006_require_contenttypes_0002	2026-11-20 18:16:48.706285+00
9	auth	0007_alter_validators_add_error_messages	2026-11-20 18:16:48.785889+00
10	auth	0008_alter_user_username_max_length	2026-11-20 18:16:49.153866+00
11	auth	0009_alter_user_last_name_max_length	2026-11-20 18:16:49.342813+00
12	auth	0010_alter_group_name_max_length	2026-11-20 18:16:49.610435+00
13	auth	0011_update_proxy_permissions	2026-11-20 18:16:49.696741+00
14	auth	0012_alter_user_first_name_max_length	2026-11-20 18:16:49.758482+00
15	sellers	0001_initial	2026-11-20 18:16:50.364544+00
16	admin	0001_initial	2026-11-20 18:16:50.599919+00
17	admin	0002_logentry_remove_auto_add	2026-11-20 18:16:50.699514+00
18	admin	0003_logentry_add_action_flag_choices	2026-11-20 18:16:50.968282+00
19	ledger	0001_initial	2026-11-20 18:16:51.156075+00
20	credit	0001_initial	2026-11-20 18:16:51.181024+00
21	gateways	0001_initial	2026-11-20 18:16:51.257655+00
22	gateways	0002_iran	2026-11-20 18:16:51.427516+00
23	ledger	0002_rebuild	2026-11-20 18:16:51.505487+00
24	recharges	0001_initial	2026-11-20 18:16:51.682766+00
25	recharges	0002_phone_numbers	2026-11-20 18:16:51.741524+00
26	sessions	0001_initial	2026-11-20 18:16:51.822689+00
\.

--
-- Data for Name: django_session; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.django_session (session_key, session_data, expire_date) FROM stdin;
\.

--
-- Data for Name: gateways_operator; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.gateways_operator (code, name_en, name_fa, prefixes, gateway, status, min_minor, max_minor) FROM stdin;
mci	MCI	همراه اول	{91,932,990,991,992,993,994,996,9990,9995,9996}	instant	active	1	9223372036854775807
irancell	Irancell	ایرانسل	{90,930,933,935,936,937,938,939,9955,9991}	instant	active	1	9223372036854775807
rightel	Rightel	رایتل	{92,998,9992,9998,9999}	instant	active	1	9223372036854775807
\.

--
-- Data for Name: sellers_apikey; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.sellers_apikey (id, label, secret_sha256, created_at, expires_at, revoked_at, user_id) FROM stdin;
01a1fa2d-1b7b-7000-ba55-a82200000001	bench	\\x7c925742f85b1d3d504eebf6c620f8e5451059681ad41304edfc3a0ab6764b8e	2026-11-20 18:17:02.428535+00	\N	\N	2
01a1fa2d-1ba1-7000-9608-51d200000002	bench	\\x7c925742f85b1d3d504eebf6c620f8e5451059681ad41304edfc3a0ab6764b8e	2026-11-20 18:17:02.428535+00	\N	\N	3
01a1fa2d-1bb2-7000-9eeb-da8400000000	bench	\\x7c925742f85b1d3d504eebf6c620f8e5451059681ad41304edfc3a0ab6764b8e	2026-11-20 18:17:02.428535+00	\N	\N	1
\.

--
-- Data for Name: sellers_seller; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.sellers_seller (id, name, allowed_ips, created_at) FROM stdin;
1	bench-3c26342ced402c29	{}	2026-11-20 18:17:02.449665+00
2	bench-b9ee6e54dbb6f300	{}	2026-11-20 18:17:02.480958+00
\.

--
-- Data for Name: sellers_user; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.sellers_user (id, password, last_login, is_superuser, username, first_name, last_name, email, is_staff, is_active, date_joined, seller_id) FROM stdin;
1	!	\N	t	bench-0ec17f0d4794f91e				t	t	2026-11-20 18:17:02.428715+00	\N
2	!	\N	f	bench-3c26342ced402c29				f	t	2026-11-20 18:17:02.438334+00	1
3	!	\N	f	bench-b9ee6e54dbb6f300				f	t	2026-11-20 18:17:02.476417+00	2
\.

--
-- Data for Name: sellers_user_groups; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.sellers_user_groups (id, user_id, group_id) FROM stdin;
\.

--
-- Data for Name: sellers_user_user_permissions; Type: TABLE DATA; Schema: public; Owner: -
--

COPY public.sellers_user_user_permissions (id, user_id, permission_id) FROM stdin;
\.

--
-- Data for Name: phone_number; Type: TABLE DATA; Schema: recharges; Owner: -
--

COPY recharges.phone_number (seller_id, phone_number, created_at_us, label) FROM stdin;
\.

--
-- Data for Name: recharge; Type: TABLE DATA; Schema: recharges; Owner: -
--

COPY recharges.recharge (seller_id, phone_number, amount, hold_seq, settle_seq, reverse_seq, actor_id, created_at_us, updated_at_us, id, state, operator_explicit, operator, currency, reference, failure_code, reversal_reason) FROM stdin;
1	989123456700	10000	\N	2	\N	2	1795198655651821	1795198655651821	01a1fa2d-9c80-7000-8946-47b700000001	succeeded	f	mci	IRR	first-0	\N	\N
1	989123456701	10001	\N	3	\N	2	1795198655783888	1795198655783888	01a1fa2d-9d27-7000-82cf-9be500000001	succeeded	f	mci	IRR	first-1	\N	\N
1	989123456702	10002	\N	4	\N	2	1795198655871253	1795198655871253	01a1fa2d-9d7f-7000-ae4a-a5f500000001	succeeded	f	mci	IRR	first-2	\N	\N
1	989123456704	10004	\N	6	\N	2	1795198656006565	1795198656006565	01a1fa2d-9e06-7000-9fe7-25e200000001	succeeded	f	mci	IRR	first-4	\N	\N
1	989123456705	10005	\N	7	\N	2	1795198656046515	1795198656046515	01a1fa2d-9e2e-7000-adf3-6a9600000001	succeeded	f	mci	IRR	first-5	\N	\N
1	989123456706	10006	\N	8	\N	2	1795198656091761	1795198656091761	01a1fa2d-9e5b-7000-8463-698400000001	succeeded	f	mci	IRR	first-6	\N	\N
1	989123456707	10007	\N	9	\N	2	1795198656104280	1795198656104280	01a1fa2d-9e68-7000-bf53-da6a00000001	succeeded	f	mci	IRR	first-7	\N	\N
1	989123456708	10008	\N	10	\N	2	1795198656161275	1795198656161275	01a1fa2d-9ea1-7000-bd10-784a00000001	succeeded	f	mci	IRR	first-8	\N	\N
1	989123456709	10009	\N	11	\N	2	1795198656262116	1795198656262116	01a1fa2d-9f05-7000-8391-6fa400000001	succeeded	f	mci	IRR	first-9	\N	\N
1	989123456710	10010	\N	12	\N	2	1795198656274003	1795198656274003	01a1fa2d-9f11-7000-bfb5-bce200000001	succeeded	f	mci	IRR	first-10	\N	\N
1	989123456711	10011	\N	13	\N	2	1795198656278670	1795198656278670	01a1fa2d-9f16-7000-aefd-ed7e00000001	succeeded	f	mci	IRR	first-11	\N	\N
2	989353456700	20000	\N	2	\N	3	1795198656300037	1795198656300037	01a1fa2d-9f24-7000-8ba1-6b4800000002	succeeded	f	irancell	IRR	second-0	\N	\N
2	989353456701	20000	\N	3	\N	3	1795198656336003	1795198656336003	01a1fa2d-9f4f-7000-bafb-df7d00000002	succeeded	f	irancell	IRR	second-1	\N	\N
2	989353456702	20000	\N	4	\N	3	1795198656343413	1795198656343413	01a1fa2d-9f57-7000-aa68-979100000002	succeeded	f	irancell	IRR	second-2	\N	\N
1	989123456799	10000	\N	14	\N	2	1795198656373359	1795198656373359	01a1fa2d-9f75-7000-a52f-07e000000001	succeeded	f	mci	IRR	batch-0	\N	\N
1	989123456799	10000	\N	15	\N	2	1795198656373359	1795198656373359	01a1fa2d-9f75-7001-8f61-a2f000000001	succeeded	f	mci	IRR	batch-1	\N	\N
1	989123456799	10000	\N	16	\N	2	1795198656373359	1795198656373359	01a1fa2d-9f75-7002-88b6-9fea00000001	succeeded	f	mci	IRR	batch-2	\N	\N
1	989123456799	10000	\N	17	\N	2	1795198656373359	1795198656373359	01a1fa2d-9f75-7003-b178-7aa800000001	succeeded	f	mci	IRR	batch-3	\N	\N
1	989123456799	10000	\N	18	\N	2	1795198656373359	1795198656373359	01a1fa2d-9f75-7004-94eb-e24e00000001	succeeded	f	mci	IRR	batch-4	\N	\N
1	989123456703	10003	\N	5	19	2	1795198655946457	1795198656393321	01a1fa2d-9dca-7000-bcde-ef7c00000001	reversed	f	mci	IRR	first-3	\N	sold twice
\.

--
-- Name: auth_group_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.auth_group_id_seq', 1, false);

--
-- Name: auth_group_permissions_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.auth_group_permissions_id_seq', 1, false);

--
-- Name: auth_permission_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.auth_permission_id_seq', 52, true);

--
-- Name: django_admin_log_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.django_admin_log_id_seq', 1, false);

--
-- Name: django_content_type_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.django_content_type_id_seq', 13, true);

--
-- Name: django_migrations_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.django_migrations_id_seq', 26, true);

--
-- Name: sellers_seller_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.sellers_seller_id_seq', 2, true);

--
-- Name: sellers_user_groups_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.sellers_user_groups_id_seq', 1, false);

--
-- Name: sellers_user_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.sellers_user_id_seq', 3, true);

--
-- Name: sellers_user_user_permissions_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.sellers_user_user_permissions_id_seq', 1, false);

--
-- Name: credit_request credit_request_pkey; Type: CONSTRAINT; Schema: credit; Owner: -
--

ALTER TABLE ONLY credit.credit_request
    ADD CONSTRAINT credit_request_pkey PRIMARY KEY (seller_id, id);

--
-- Name: adjustment adjustment_pkey; Type: CONSTRAINT; Schema: ledger; Owner: -
--

ALTER TABLE ONLY ledger.adjustment
    ADD CONSTRAINT adjustment_pkey PRIMARY KEY (seller_id, id);

--
-- Name: book book_pkey; Type: CONSTRAINT; Schema: ledger; Owner: -
--

ALTER TABLE ONLY ledger.book
    ADD CONSTRAINT book_pkey PRIMARY KEY (seller_id, currency);

--
-- Name: book_rebuild book_rebuild_pkey; Type: CONSTRAINT; Schema: ledger; Owner: -
--

ALTER TABLE ONLY ledger.book_rebuild
    ADD CONSTRAINT book_rebuild_pkey PRIMARY KEY (seller_id, id);

--
-- Name: idempotency idempotency_pkey; Type: CONSTRAINT; Schema: ledger; Owner: -
--

ALTER TABLE ONLY ledger.idempotency
    ADD CONSTRAINT idempotency_pkey PRIMARY KEY (seller_id, operation, reference);

--
-- Name: journal journal_pkey; Type: CONSTRAINT; Schema: ledger; Owner: -
--

ALTER TABLE ONLY ledger.journal
    ADD CONSTRAINT journal_pkey PRIMARY KEY (seller_id, currency, seq);

--
-- Name: move move_pkey; Type: CONSTRAINT; Schema: ledger; Owner: -
--

ALTER TABLE ONLY ledger.move
    ADD CONSTRAINT move_pkey PRIMARY KEY (kind);

--
-- Name: auth_group auth_group_name_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_name_key UNIQUE (name);

--
-- Name: auth_group_permissions auth_group_permissions_group_id_permission_id_0cd325b0_uniq; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_permission_id_0cd325b0_uniq UNIQUE (group_id, permission_id);

--
-- Name: auth_group_permissions auth_group_permissions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_pkey PRIMARY KEY (id);

--
-- Name: auth_group auth_group_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_pkey PRIMARY KEY (id);

--
-- Name: auth_permission auth_permission_content_type_id_codename_01ab375a_uniq; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_codename_01ab375a_uniq UNIQUE (content_type_id, codename);

--
-- Name: auth_permission auth_permission_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_pkey PRIMARY KEY (id);

--
-- Name: django_admin_log django_admin_log_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_pkey PRIMARY KEY (id);

--
-- Name: django_content_type django_content_type_app_label_model_76bd3d3b_uniq; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_app_label_model_76bd3d3b_uniq UNIQUE (app_label, model);

--
-- Name: django_content_type django_content_type_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_pkey PRIMARY KEY (id);

--
-- Name: django_migrations django_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.django_migrations
    ADD CONSTRAINT django_migrations_pkey PRIMARY KEY (id);

--
-- Name: django_session django_session_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.django_session
    ADD CONSTRAINT django_session_pkey PRIMARY KEY (session_key);

--
-- Name: gateways_operator gateways_operator_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.gateways_operator
    ADD CONSTRAINT gateways_operator_pkey PRIMARY KEY (code);

--
-- Name: sellers_apikey sellers_apikey_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sellers_apikey
    ADD CONSTRAINT sellers_apikey_pkey PRIMARY KEY (id);

--
-- Name: sellers_seller sellers_seller_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sellers_seller
    ADD CONSTRAINT sellers_seller_pkey PRIMARY KEY (id);

--
-- Name: sellers_user_groups sellers_user_groups_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sellers_user_groups
    ADD CONSTRAINT sellers_user_groups_pkey PRIMARY KEY (id);

--
-- Name: sellers_user_groups sellers_user_groups_user_id_group_id_a8b9d09c_uniq; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sellers_user_groups
    ADD CONSTRAINT sellers_user_groups_user_id_group_id_a8b9d09c_uniq UNIQUE (user_id, group_id);

--
-- Name: sellers_user sellers_user_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sellers_user
    ADD CONSTRAINT sellers_user_pkey PRIMARY KEY (id);

--
-- Name: sellers_user_user_permissions sellers_user_user_permis_user_id_permission_id_aba2b746_uniq; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sellers_user_user_permissions
    ADD CONSTRAINT sellers_user_user_permis_user_id_permission_id_aba2b746_uniq UNIQUE (user_id, permission_id);

--
-- Name: sellers_user_user_permissions sellers_user_user_permissions_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sellers_user_user_permissions
    ADD CONSTRAINT sellers_user_user_permissions_pkey PRIMARY KEY (id);

--
-- Name: sellers_user sellers_user_username_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sellers_user
    ADD CONSTRAINT sellers_user_username_key UNIQUE (username);

--
-- Name: phone_number phone_number_pkey; Type: CONSTRAINT; Schema: recharges; Owner: -
--

ALTER TABLE ONLY recharges.phone_number
    ADD CONSTRAINT phone_number_pkey PRIMARY KEY (seller_id, phone_number);

--
-- Name: recharge recharge_pkey; Type: CONSTRAINT; Schema: recharges; Owner: -
--

ALTER TABLE ONLY recharges.recharge
    ADD CONSTRAINT recharge_pkey PRIMARY KEY (seller_id, id);

--
-- Name: recharge recharge_seller_id_reference_key; Type: CONSTRAINT; Schema: recharges; Owner: -
--

ALTER TABLE ONLY recharges.recharge
    ADD CONSTRAINT recharge_seller_id_reference_key UNIQUE (seller_id, reference);

--
-- Name: credit_request_pending; Type: INDEX; Schema: credit; Owner: -
--

CREATE INDEX credit_request_pending ON credit.credit_request USING btree (seller_id, id) WHERE (state = 'pending'::credit.state);

--
-- Name: auth_group_name_a6ea08ec_like; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX auth_group_name_a6ea08ec_like ON public.auth_group USING btree (name varchar_pattern_ops);

--
-- Name: auth_group_permissions_group_id_b120cbf9; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX auth_group_permissions_group_id_b120cbf9 ON public.auth_group_permissions USING btree (group_id);

--
-- Name: auth_group_permissions_permission_id_84c5c92e; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX auth_group_permissions_permission_id_84c5c92e ON public.auth_group_permissions USING btree (permission_id);

--
-- Name: auth_permission_content_type_id_2f476e4b; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX auth_permission_content_type_id_2f476e4b ON public.auth_permission USING btree (content_type_id);

--
-- Name: django_admin_log_content_type_id_c4bce8eb; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX django_admin_log_content_type_id_c4bce8eb ON public.django_admin_log USING btree (content_type_id);

--
-- Name: django_admin_log_user_id_c564eba6; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX django_admin_log_user_id_c564eba6 ON public.django_admin_log USING btree (user_id);

--
-- Name: django_session_expire_date_a5c62663; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX django_session_expire_date_a5c62663 ON public.django_session USING btree (expire_date);

--
-- Name: django_session_session_key_c0390e0f_like; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX django_session_session_key_c0390e0f_like ON public.django_session USING btree (session_key varchar_pattern_ops);

--
-- Name: gateways_operator_code_ad38a7c6_like; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX gateways_operator_code_ad38a7c6_like ON public.gateways_operator USING btree (code varchar_pattern_ops);

--
-- Name: sellers_apikey_user_id_055b9996; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sellers_apikey_user_id_055b9996 ON public.sellers_apikey USING btree (user_id);

--
-- Name: sellers_user_groups_group_id_f8fdbfd4; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sellers_user_groups_group_id_f8fdbfd4 ON public.sellers_user_groups USING btree (group_id);

--
-- Name: sellers_user_groups_user_id_a060a40d; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sellers_user_groups_user_id_a060a40d ON public.sellers_user_groups USING btree (user_id);

--
-- Name: sellers_user_seller_id_98ba8710; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sellers_user_seller_id_98ba8710 ON public.sellers_user USING btree (seller_id);

--
-- Name: sellers_user_user_permissions_permission_id_b9f30675; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sellers_user_user_permissions_permission_id_b9f30675 ON public.sellers_user_user_permissions USING btree (permission_id);

--
-- Name: sellers_user_user_permissions_user_id_fa653ce5; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sellers_user_user_permissions_user_id_fa653ce5 ON public.sellers_user_user_permissions USING btree (user_id);

--
-- Name: sellers_user_username_2b2504ce_like; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sellers_user_username_2b2504ce_like ON public.sellers_user USING btree (username varchar_pattern_ops);

--
-- Name: phone_number_newest; Type: INDEX; Schema: recharges; Owner: -
--

CREATE INDEX phone_number_newest ON recharges.phone_number USING btree (seller_id, created_at_us, phone_number);

--
-- Name: recharge_phone; Type: INDEX; Schema: recharges; Owner: -
--

CREATE INDEX recharge_phone ON recharges.recharge USING btree (phone_number, seller_id);

--
-- Name: book_rebuild append_only; Type: TRIGGER; Schema: ledger; Owner: -
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON ledger.book_rebuild FOR EACH ROW EXECUTE FUNCTION ledger.refuse();

--
-- Name: journal append_only; Type: TRIGGER; Schema: ledger; Owner: -
--

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON ledger.journal FOR EACH ROW EXECUTE FUNCTION ledger.refuse();

--
-- Name: book_rebuild append_only_whole; Type: TRIGGER; Schema: ledger; Owner: -
--

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON ledger.book_rebuild FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();

--
-- Name: journal append_only_whole; Type: TRIGGER; Schema: ledger; Owner: -
--

CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON ledger.journal FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();

--
-- Name: book books_stay; Type: TRIGGER; Schema: ledger; Owner: -
--

CREATE TRIGGER books_stay BEFORE DELETE ON ledger.book FOR EACH ROW EXECUTE FUNCTION ledger.refuse();

--
-- Name: book books_stay_whole; Type: TRIGGER; Schema: ledger; Owner: -
--

CREATE TRIGGER books_stay_whole BEFORE TRUNCATE ON ledger.book FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();

--
-- Name: auth_group_permissions auth_group_permissio_permission_id_84c5c92e_fk_auth_perm; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissio_permission_id_84c5c92e_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;

--
-- Name: auth_group_permissions auth_group_permissions_group_id_b120cbf9_fk_auth_group_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_b120cbf9_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;

--
-- Name: auth_permission auth_permission_content_type_id_2f476e4b_fk_django_co; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_2f476e4b_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;

--
-- Name: django_admin_log django_admin_log_content_type_id_c4bce8eb_fk_django_co; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_content_type_id_c4bce8eb_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;

--
-- Name: django_admin_log django_admin_log_user_id_c564eba6_fk_sellers_user_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_user_id_c564eba6_fk_sellers_user_id FOREIGN KEY (user_id) REFERENCES public.sellers_user(id) DEFERRABLE INITIALLY DEFERRED;

--
-- Name: sellers_apikey sellers_apikey_user_id_055b9996_fk_sellers_user_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sellers_apikey
    ADD CONSTRAINT sellers_apikey_user_id_055b9996_fk_sellers_user_id FOREIGN KEY (user_id) REFERENCES public.sellers_user(id) DEFERRABLE INITIALLY DEFERRED;

--
-- Name: sellers_user_groups sellers_user_groups_group_id_f8fdbfd4_fk_auth_group_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sellers_user_groups
    ADD CONSTRAINT sellers_user_groups_group_id_f8fdbfd4_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;

--
-- Name: sellers_user_groups sellers_user_groups_user_id_a060a40d_fk_sellers_user_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sellers_user_groups
    ADD CONSTRAINT sellers_user_groups_user_id_a060a40d_fk_sellers_user_id FOREIGN KEY (user_id) REFERENCES public.sellers_user(id) DEFERRABLE INITIALLY DEFERRED;

--
-- Name: sellers_user sellers_user_seller_id_98ba8710_fk_sellers_seller_id; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sellers_user
    ADD CONSTRAINT sellers_user_seller_id_98ba8710_fk_sellers_seller_id FOREIGN KEY (seller_id) REFERENCES public.sellers_seller(id) DEFERRABLE INITIALLY DEFERRED;

--
-- Name: sellers_user_user_permissions sellers_user_user_pe_permission_id_b9f30675_fk_auth_perm; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sellers_user_user_permissions
    ADD CONSTRAINT sellers_user_user_pe_permission_id_b9f30675_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;

--
-- Name: sellers_user_user_permissions sellers_user_user_pe_user_id_fa653ce5_fk_sellers_u; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sellers_user_user_permissions
    ADD CONSTRAINT sellers_user_user_pe_user_id_fa653ce5_fk_sellers_u FOREIGN KEY (user_id) REFERENCES public.sellers_user(id) DEFERRABLE INITIALLY DEFERRED;

--
-- Name: SCHEMA credit; Type: ACL; Schema: -; Owner: -
--

GRANT USAGE ON SCHEMA credit TO topup_app;

--
-- Name: SCHEMA ledger; Type: ACL; Schema: -; Owner: -
--

GRANT USAGE ON SCHEMA ledger TO topup_app;

--
-- Name: SCHEMA public; Type: ACL; Schema: -; Owner: -
--

REVOKE USAGE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO topup_app;

--
-- Name: SCHEMA recharges; Type: ACL; Schema: -; Owner: -
--

GRANT USAGE ON SCHEMA recharges TO topup_app;

--
-- Name: FUNCTION ask_v1(key_seller bigint, id uuid, amount bigint, currency text, note text, requested_by bigint, at_us bigint); Type: ACL; Schema: credit; Owner: -
--

REVOKE ALL ON FUNCTION credit.ask_v1(key_seller bigint, id uuid, amount bigint, currency text, note text, requested_by bigint, at_us bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION credit.ask_v1(key_seller bigint, id uuid, amount bigint, currency text, note text, requested_by bigint, at_us bigint) TO topup_app;

--
-- Name: FUNCTION decide_v1(key_seller bigint, request_id uuid, new_state credit.state, by_user bigint, because text, at_us bigint, seq bigint); Type: ACL; Schema: credit; Owner: -
--

REVOKE ALL ON FUNCTION credit.decide_v1(key_seller bigint, request_id uuid, new_state credit.state, by_user bigint, because text, at_us bigint, seq bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION credit.decide_v1(key_seller bigint, request_id uuid, new_state credit.state, by_user bigint, because text, at_us bigint, seq bigint) TO topup_app;

--
-- Name: FUNCTION adjust_v1(key_seller bigint, id uuid, amount bigint, seq bigint, actor_id bigint, created_at_us bigint, currency text, reason text); Type: ACL; Schema: ledger; Owner: -
--

REVOKE ALL ON FUNCTION ledger.adjust_v1(key_seller bigint, id uuid, amount bigint, seq bigint, actor_id bigint, created_at_us bigint, currency text, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION ledger.adjust_v1(key_seller bigint, id uuid, amount bigint, seq bigint, actor_id bigint, created_at_us bigint, currency text, reason text) TO topup_app;

--
-- Name: FUNCTION configure_v1(key_seller bigint, active boolean, daily_limit bigint, per_recharge_max bigint, duplicate_window_s integer); Type: ACL; Schema: ledger; Owner: -
--

REVOKE ALL ON FUNCTION ledger.configure_v1(key_seller bigint, active boolean, daily_limit bigint, per_recharge_max bigint, duplicate_window_s integer) FROM PUBLIC;
GRANT ALL ON FUNCTION ledger.configure_v1(key_seller bigint, active boolean, daily_limit bigint, per_recharge_max bigint, duplicate_window_s integer) TO topup_app;

--
-- Name: FUNCTION expire_keys_v1(key_seller bigint); Type: ACL; Schema: ledger; Owner: -
--

REVOKE ALL ON FUNCTION ledger.expire_keys_v1(key_seller bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION ledger.expire_keys_v1(key_seller bigint) TO topup_app;

--
-- Name: FUNCTION movement_id(at_us bigint, seq bigint, seller_id bigint); Type: ACL; Schema: ledger; Owner: -
--

REVOKE ALL ON FUNCTION ledger.movement_id(at_us bigint, seq bigint, seller_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION ledger.movement_id(at_us bigint, seq bigint, seller_id bigint) TO topup_app;

--
-- Name: FUNCTION open_v1(key_seller bigint, currency text); Type: ACL; Schema: ledger; Owner: -
--

REVOKE ALL ON FUNCTION ledger.open_v1(key_seller bigint, currency text) FROM PUBLIC;
GRANT ALL ON FUNCTION ledger.open_v1(key_seller bigint, currency text) TO topup_app;

--
-- Name: FUNCTION post_v1(key_seller bigint, b_seller bigint[], b_currency text[], b_old_seq bigint[], b_seq bigint[], b_available bigint[], b_held bigint[], b_funded bigint[], b_sold bigint[], b_adjusted bigint[], b_moved_at_us bigint[], b_spent_on date[], b_spent_today bigint[], b_head_hash bytea[], j_seller bigint[], j_currency text[], j_seq bigint[], j_kind ledger.kind[], j_amount bigint[], j_available bigint[], j_held bigint[], j_funded bigint[], j_sold bigint[], j_adjusted bigint[], j_source_type ledger.source[], j_source_id uuid[], j_actor_type ledger.actor[], j_actor_id bigint[], j_created_at_us bigint[], j_hash bytea[]); Type: ACL; Schema: ledger; Owner: -
--

REVOKE ALL ON FUNCTION ledger.post_v1(key_seller bigint, b_seller bigint[], b_currency text[], b_old_seq bigint[], b_seq bigint[], b_available bigint[], b_held bigint[], b_funded bigint[], b_sold bigint[], b_adjusted bigint[], b_moved_at_us bigint[], b_spent_on date[], b_spent_today bigint[], b_head_hash bytea[], j_seller bigint[], j_currency text[], j_seq bigint[], j_kind ledger.kind[], j_amount bigint[], j_available bigint[], j_held bigint[], j_funded bigint[], j_sold bigint[], j_adjusted bigint[], j_source_type ledger.source[], j_source_id uuid[], j_actor_type ledger.actor[], j_actor_id bigint[], j_created_at_us bigint[], j_hash bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION ledger.post_v1(key_seller bigint, b_seller bigint[], b_currency text[], b_old_seq bigint[], b_seq bigint[], b_available bigint[], b_held bigint[], b_funded bigint[], b_sold bigint[], b_adjusted bigint[], b_moved_at_us bigint[], b_spent_on date[], b_spent_today bigint[], b_head_hash bytea[], j_seller bigint[], j_currency text[], j_seq bigint[], j_kind ledger.kind[], j_amount bigint[], j_available bigint[], j_held bigint[], j_funded bigint[], j_sold bigint[], j_adjusted bigint[], j_source_type ledger.source[], j_source_id uuid[], j_actor_type ledger.actor[], j_actor_id bigint[], j_created_at_us bigint[], j_hash bytea[]) TO topup_app;

--
-- Name: FUNCTION rebuild_v1(key_seller bigint, id uuid, book_currency text, read_seq bigint, rebuilt_at_us bigint, rebuilt_by text, reason text); Type: ACL; Schema: ledger; Owner: -
--

REVOKE ALL ON FUNCTION ledger.rebuild_v1(key_seller bigint, id uuid, book_currency text, read_seq bigint, rebuilt_at_us bigint, rebuilt_by text, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION ledger.rebuild_v1(key_seller bigint, id uuid, book_currency text, read_seq bigint, rebuilt_at_us bigint, rebuilt_by text, reason text) TO topup_app;

--
-- Name: FUNCTION refuse(); Type: ACL; Schema: ledger; Owner: -
--

REVOKE ALL ON FUNCTION ledger.refuse() FROM PUBLIC;

--
-- Name: FUNCTION remember_v1(key_seller bigint, operation text, reference text, object_id uuid, request jsonb); Type: ACL; Schema: ledger; Owner: -
--

REVOKE ALL ON FUNCTION ledger.remember_v1(key_seller bigint, operation text, reference text, object_id uuid, request jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION ledger.remember_v1(key_seller bigint, operation text, reference text, object_id uuid, request jsonb) TO topup_app;

--
-- Name: FUNCTION seq_at_v1(key_seller bigint, book_currency text, moment_us bigint); Type: ACL; Schema: ledger; Owner: -
--

REVOKE ALL ON FUNCTION ledger.seq_at_v1(key_seller bigint, book_currency text, moment_us bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION ledger.seq_at_v1(key_seller bigint, book_currency text, moment_us bigint) TO topup_app;

--
-- Name: FUNCTION forget_number_v1(key_seller bigint, number bigint); Type: ACL; Schema: recharges; Owner: -
--

REVOKE ALL ON FUNCTION recharges.forget_number_v1(key_seller bigint, number bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION recharges.forget_number_v1(key_seller bigint, number bigint) TO topup_app;

--
-- Name: FUNCTION insert_v1(key_seller bigint, r_seller bigint[], r_id uuid[], r_reference text[], r_phone bigint[], r_operator text[], r_explicit boolean[], r_amount bigint[], r_currency text[], r_settle_seq bigint[], r_actor_id bigint[], r_at_us bigint[]); Type: ACL; Schema: recharges; Owner: -
--

REVOKE ALL ON FUNCTION recharges.insert_v1(key_seller bigint, r_seller bigint[], r_id uuid[], r_reference text[], r_phone bigint[], r_operator text[], r_explicit boolean[], r_amount bigint[], r_currency text[], r_settle_seq bigint[], r_actor_id bigint[], r_at_us bigint[]) FROM PUBLIC;
GRANT ALL ON FUNCTION recharges.insert_v1(key_seller bigint, r_seller bigint[], r_id uuid[], r_reference text[], r_phone bigint[], r_operator text[], r_explicit boolean[], r_amount bigint[], r_currency text[], r_settle_seq bigint[], r_actor_id bigint[], r_at_us bigint[]) TO topup_app;

--
-- Name: FUNCTION keep_number_v1(key_seller bigint, number bigint, new_label text, relabel boolean, at_us bigint); Type: ACL; Schema: recharges; Owner: -
--

REVOKE ALL ON FUNCTION recharges.keep_number_v1(key_seller bigint, number bigint, new_label text, relabel boolean, at_us bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION recharges.keep_number_v1(key_seller bigint, number bigint, new_label text, relabel boolean, at_us bigint) TO topup_app;

--
-- Name: FUNCTION reverse_v1(key_seller bigint, recharge_id uuid, seq bigint, at_us bigint, reason text); Type: ACL; Schema: recharges; Owner: -
--

REVOKE ALL ON FUNCTION recharges.reverse_v1(key_seller bigint, recharge_id uuid, seq bigint, at_us bigint, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION recharges.reverse_v1(key_seller bigint, recharge_id uuid, seq bigint, at_us bigint, reason text) TO topup_app;

--
-- Name: FUNCTION sold_to_v1(key_seller bigint, number bigint); Type: ACL; Schema: recharges; Owner: -
--

REVOKE ALL ON FUNCTION recharges.sold_to_v1(key_seller bigint, number bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION recharges.sold_to_v1(key_seller bigint, number bigint) TO topup_app;

--
-- Name: TABLE credit_request; Type: ACL; Schema: credit; Owner: -
--

GRANT SELECT ON TABLE credit.credit_request TO topup_app;

--
-- Name: TABLE adjustment; Type: ACL; Schema: ledger; Owner: -
--

GRANT SELECT ON TABLE ledger.adjustment TO topup_app;

--
-- Name: TABLE book; Type: ACL; Schema: ledger; Owner: -
--

GRANT SELECT ON TABLE ledger.book TO topup_app;

--
-- Name: COLUMN book.lockable; Type: ACL; Schema: ledger; Owner: -
--

GRANT UPDATE(lockable) ON TABLE ledger.book TO topup_app;

--
-- Name: TABLE book_rebuild; Type: ACL; Schema: ledger; Owner: -
--

GRANT SELECT ON TABLE ledger.book_rebuild TO topup_app;

--
-- Name: TABLE idempotency; Type: ACL; Schema: ledger; Owner: -
--

GRANT SELECT ON TABLE ledger.idempotency TO topup_app;

--
-- Name: TABLE journal; Type: ACL; Schema: ledger; Owner: -
--

GRANT SELECT ON TABLE ledger.journal TO topup_app;

--
-- Name: TABLE move; Type: ACL; Schema: ledger; Owner: -
--

GRANT SELECT ON TABLE ledger.move TO topup_app;

--
-- Name: TABLE legs; Type: ACL; Schema: ledger; Owner: -
--

GRANT SELECT ON TABLE ledger.legs TO topup_app;

--
-- Name: TABLE movement; Type: ACL; Schema: ledger; Owner: -
--

GRANT SELECT ON TABLE ledger.movement TO topup_app;

--
-- Name: TABLE auth_group; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.auth_group TO topup_app;

--
-- Name: SEQUENCE auth_group_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT USAGE ON SEQUENCE public.auth_group_id_seq TO topup_app;

--
-- Name: TABLE auth_group_permissions; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.auth_group_permissions TO topup_app;

--
-- Name: SEQUENCE auth_group_permissions_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT USAGE ON SEQUENCE public.auth_group_permissions_id_seq TO topup_app;

--
-- Name: TABLE auth_permission; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.auth_permission TO topup_app;

--
-- Name: SEQUENCE auth_permission_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT USAGE ON SEQUENCE public.auth_permission_id_seq TO topup_app;

--
-- Name: TABLE django_admin_log; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.django_admin_log TO topup_app;

--
-- Name: SEQUENCE django_admin_log_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT USAGE ON SEQUENCE public.django_admin_log_id_seq TO topup_app;

--
-- Name: TABLE django_content_type; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.django_content_type TO topup_app;

--
-- Name: SEQUENCE django_content_type_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT USAGE ON SEQUENCE public.django_content_type_id_seq TO topup_app;

--
-- Name: TABLE django_migrations; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT ON TABLE public.django_migrations TO topup_app;

--
-- Name: SEQUENCE django_migrations_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT USAGE ON SEQUENCE public.django_migrations_id_seq TO topup_app;

--
-- Name: TABLE django_session; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.django_session TO topup_app;

--
-- Name: TABLE gateways_operator; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.gateways_operator TO topup_app;

--
-- Name: TABLE sellers_apikey; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sellers_apikey TO topup_app;

--
-- Name: TABLE sellers_seller; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sellers_seller TO topup_app;

--
-- Name: SEQUENCE sellers_seller_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT USAGE ON SEQUENCE public.sellers_seller_id_seq TO topup_app;

--
-- Name: TABLE sellers_user; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sellers_user TO topup_app;

--
-- Name: TABLE sellers_user_groups; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sellers_user_groups TO topup_app;

--
-- Name: SEQUENCE sellers_user_groups_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT USAGE ON SEQUENCE public.sellers_user_groups_id_seq TO topup_app;

--
-- Name: SEQUENCE sellers_user_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT USAGE ON SEQUENCE public.sellers_user_id_seq TO topup_app;

--
-- Name: TABLE sellers_user_user_permissions; Type: ACL; Schema: public; Owner: -
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sellers_user_user_permissions TO topup_app;

--
-- Name: SEQUENCE sellers_user_user_permissions_id_seq; Type: ACL; Schema: public; Owner: -
--

GRANT USAGE ON SEQUENCE public.sellers_user_user_permissions_id_seq TO topup_app;

--
-- Name: TABLE phone_number; Type: ACL; Schema: recharges; Owner: -
--

GRANT SELECT ON TABLE recharges.phone_number TO topup_app;

--
-- Name: TABLE recharge; Type: ACL; Schema: recharges; Owner: -
--

GRANT SELECT ON TABLE recharges.recharge TO topup_app;

--
-- Name: DEFAULT PRIVILEGES FOR SEQUENCES; Type: DEFAULT ACL; Schema: public; Owner: -
--

ALTER DEFAULT PRIVILEGES FOR ROLE topup_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO topup_app;

--
-- Name: DEFAULT PRIVILEGES FOR TABLES; Type: DEFAULT ACL; Schema: public; Owner: -
--

ALTER DEFAULT PRIVILEGES FOR ROLE topup_owner IN SCHEMA public GRANT SELECT,INSERT,DELETE,UPDATE ON TABLES TO topup_app;

--
-- PostgreSQL database dump complete
--

