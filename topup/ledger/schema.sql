-- The ledger: books, journal, the functions that alone may write them, and nothing that decides.
--
-- Rules of money are in core.py. What stands here refuses what a mistake there would write:
-- the accounting equation and the signs as row constraints, `seq` as a guard and a key,
-- privileges for the application's role, and a trigger that only raises for everybody else.
--
-- Every key begins with seller_id, so that the tables can be distributed by it.

CREATE SCHEMA ledger;

CREATE TYPE ledger.kind AS ENUM
  ('credit', 'recharge', 'hold', 'capture', 'release', 'reversal', 'adjustment', 'deduction');
CREATE TYPE ledger.source AS ENUM ('credit_request', 'recharge', 'adjustment');
CREATE TYPE ledger.actor AS ENUM ('user', 'system');

CREATE TABLE ledger.book (
  seller_id        bigint      NOT NULL,
  available        bigint      NOT NULL DEFAULT 0 CHECK (available >= 0),
  held             bigint      NOT NULL DEFAULT 0 CHECK (held >= 0),
  funded           bigint      NOT NULL DEFAULT 0 CHECK (funded >= 0),
  sold             bigint      NOT NULL DEFAULT 0 CHECK (sold >= 0),
  adjusted         bigint      NOT NULL DEFAULT 0,
  seq              bigint      NOT NULL DEFAULT 0 CHECK (seq >= 0),
  moved_at_us      bigint      NOT NULL DEFAULT 0,
  spent_today      bigint      NOT NULL DEFAULT 0 CHECK (spent_today >= 0),
  daily_limit      bigint      CHECK (daily_limit >= 0),
  per_recharge_max bigint      CHECK (per_recharge_max >= 0),
  duplicate_window_s integer   CHECK (duplicate_window_s BETWEEN 0 AND 604800),
  spent_on         date        NOT NULL DEFAULT '1970-01-01',
  key_epoch        integer     NOT NULL DEFAULT 0,
  active           boolean     NOT NULL DEFAULT true,
  -- A row lock needs the privilege to update some column. This one means nothing.
  lockable         boolean     NOT NULL DEFAULT true,
  currency         text        NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  head_hash        bytea       NOT NULL DEFAULT decode(repeat('00', 32), 'hex')
                               CHECK (octet_length(head_hash) = 32),
  PRIMARY KEY (seller_id, currency),
  CONSTRAINT book_balances CHECK (available + held + sold = funded + adjusted)
) WITH (fillfactor = 50);  -- room on the page, so that an update touches no index

CREATE TABLE ledger.journal (
  seller_id     bigint        NOT NULL,
  seq           bigint        NOT NULL CHECK (seq > 0),
  amount        bigint        NOT NULL CHECK (amount > 0),
  available     bigint        NOT NULL CHECK (available >= 0),
  held          bigint        NOT NULL CHECK (held >= 0),
  funded        bigint        NOT NULL CHECK (funded >= 0),
  sold          bigint        NOT NULL CHECK (sold >= 0),
  adjusted      bigint        NOT NULL,
  actor_id      bigint        NOT NULL,
  created_at_us bigint        NOT NULL,
  source_id     uuid          NOT NULL,
  kind          ledger.kind   NOT NULL,
  source_type   ledger.source NOT NULL,
  actor_type    ledger.actor  NOT NULL,
  currency      text          NOT NULL,
  hash          bytea         NOT NULL CHECK (octet_length(hash) = 32),
  PRIMARY KEY (seller_id, currency, seq),
  CONSTRAINT journal_balances CHECK (available + held + sold = funded + adjusted)
);

-- Keys of money movements other than recharges (whose own row keeps its key), for ever.
CREATE TABLE ledger.idempotency (
  seller_id  bigint   NOT NULL,
  operation  text     NOT NULL,
  reference  text     NOT NULL CHECK (reference ~ '^[ -~]+$' AND octet_length(reference) <= 255),
  object_id  uuid     NOT NULL,
  request    jsonb    NOT NULL,
  PRIMARY KEY (seller_id, operation, reference)
);

CREATE TABLE ledger.adjustment (
  seller_id     bigint NOT NULL,
  id            uuid   NOT NULL,
  amount        bigint NOT NULL CHECK (amount <> 0),
  seq           bigint NOT NULL,
  actor_id      bigint NOT NULL,
  created_at_us bigint NOT NULL,
  currency      text   NOT NULL,
  reason        text   NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
  PRIMARY KEY (seller_id, id)
);

CREATE FUNCTION ledger.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of %.% is refused: the journal is append-only; a correction is a new movement',
    tg_op, tg_table_schema, tg_table_name USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger.journal
  FOR EACH ROW EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON ledger.journal
  FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER books_stay BEFORE DELETE ON ledger.book
  FOR EACH ROW EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER books_stay_whole BEFORE TRUNCATE ON ledger.book
  FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();

-- Writes what core.decide() decided for the books that were read under lock. A book that is no
-- longer at the seq that was read raises 40001, and the caller begins again.
CREATE FUNCTION ledger.post_v1(
  key_seller bigint,
  b_seller bigint[], b_currency text[], b_old_seq bigint[], b_seq bigint[],
  b_available bigint[], b_held bigint[], b_funded bigint[], b_sold bigint[], b_adjusted bigint[],
  b_moved_at_us bigint[], b_spent_on date[], b_spent_today bigint[], b_head_hash bytea[],
  j_seller bigint[], j_currency text[], j_seq bigint[], j_kind ledger.kind[], j_amount bigint[],
  j_available bigint[], j_held bigint[], j_funded bigint[], j_sold bigint[], j_adjusted bigint[],
  j_source_type ledger.source[], j_source_id uuid[], j_actor_type ledger.actor[], j_actor_id bigint[],
  j_created_at_us bigint[], j_hash bytea[]
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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

-- Opens an empty book. A book that exists raises 23505.
CREATE FUNCTION ledger.open_v1(key_seller bigint, currency text)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO ledger.book (seller_id, currency) VALUES (key_seller, currency);
$$;

-- Sets the seller's standing. It holds from the next sale on, which reads it under its lock.
CREATE FUNCTION ledger.configure_v1(
  key_seller bigint, active boolean, daily_limit bigint, per_recharge_max bigint, duplicate_window_s integer
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE ledger.book b
     SET active = configure_v1.active, daily_limit = configure_v1.daily_limit,
         per_recharge_max = configure_v1.per_recharge_max, duplicate_window_s = configure_v1.duplicate_window_s
   WHERE b.seller_id = key_seller;
$$;

-- Says that the seller's keys, members or addresses changed: who was authenticated before
-- authenticates again before the next sale.
CREATE FUNCTION ledger.expire_keys_v1(key_seller bigint)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE ledger.book SET key_epoch = key_epoch + 1 WHERE seller_id = key_seller;
$$;

CREATE FUNCTION ledger.adjust_v1(
  key_seller bigint, id uuid, amount bigint, seq bigint, actor_id bigint, created_at_us bigint,
  currency text, reason text
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO ledger.adjustment (seller_id, id, amount, seq, actor_id, created_at_us, currency, reason)
  VALUES (key_seller, id, amount, seq, actor_id, created_at_us, currency, reason);
$$;

CREATE FUNCTION ledger.remember_v1(
  key_seller bigint, operation text, reference text, object_id uuid, request jsonb
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO ledger.idempotency (seller_id, operation, reference, object_id, request)
  VALUES (key_seller, operation, reference, object_id, request);
$$;

-- The number of the last movement made at or before a moment; 0 before the first. A movement's
-- time never goes back within a book, so halving finds it in some twenty look-ups of the key.
CREATE FUNCTION ledger.seq_at_v1(key_seller bigint, book_currency text, moment_us bigint)
RETURNS bigint LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
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

-- Which accounts a kind moves money between: the same table as core.MOVES, held to it by a test.
CREATE TABLE ledger.move (
  kind         ledger.kind PRIMARY KEY,
  from_account text NOT NULL,
  to_account   text NOT NULL
);
INSERT INTO ledger.move VALUES
  ('credit', 'funded', 'available'), ('recharge', 'available', 'sold'),
  ('hold', 'available', 'held'), ('capture', 'held', 'sold'), ('release', 'held', 'available'),
  ('reversal', 'sold', 'available'), ('adjustment', 'adjusted', 'available'),
  ('deduction', 'available', 'adjusted');

-- The journal in two legs, as accountants read it: each movement debits one account and credits one.
CREATE VIEW ledger.legs AS
  SELECT j.seller_id, j.currency, j.seq, j.kind, leg.account, leg.debit, leg.credit,
         j.source_type, j.source_id, timestamptz 'epoch' + j.created_at_us * interval '1 us' AS created_at
    FROM ledger.journal j
    JOIN ledger.move m ON m.kind = j.kind
   CROSS JOIN LATERAL (VALUES (m.to_account, j.amount, 0::bigint), (m.from_account, 0::bigint, j.amount))
         AS leg(account, debit, credit);

-- A movement's id, as topup/ids.py composes it; a test holds one to the other.
CREATE FUNCTION ledger.movement_id(at_us bigint, seq bigint, seller_id bigint)
RETURNS uuid LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT (lpad(to_hex(at_us / 1000), 12, '0') || '7' || lpad(to_hex(seq >> 30), 3, '0')
       || lpad(to_hex((2::bigint << 30) | (seq & 1073741823)), 8, '0') || lpad(to_hex(seller_id), 8, '0'))::uuid;
$$;

-- The journal for screens: ids, accounts by name, times as times.
CREATE VIEW ledger.movement AS
  SELECT ledger.movement_id(j.created_at_us, j.seq, j.seller_id) AS id, j.seller_id, j.currency, j.seq,
         j.kind::text, m.from_account, m.to_account, j.amount, j.available, j.held, j.funded, j.sold,
         j.adjusted, j.source_type::text, j.source_id, j.actor_type::text, j.actor_id,
         timestamptz 'epoch' + j.created_at_us * interval '1 us' AS created_at,
         encode(j.hash, 'hex') AS hash
    FROM ledger.journal j JOIN ledger.move m ON m.kind = j.kind;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC;
GRANT USAGE ON SCHEMA ledger TO topup_app;
GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO topup_app;
GRANT UPDATE (lockable) ON ledger.book TO topup_app;
GRANT EXECUTE ON FUNCTION
  ledger.post_v1, ledger.open_v1, ledger.configure_v1, ledger.expire_keys_v1, ledger.adjust_v1,
  ledger.remember_v1, ledger.seq_at_v1, ledger.movement_id
TO topup_app;
