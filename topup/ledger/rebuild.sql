-- Rebuilding a book from its journal, and the record of each time that was done.
--
-- The function takes no sum from its caller: whoever may call it can only make a book say what its
-- journal says. Which books may be rebuilt is decided in Python (topup/ledger/proof.py).

CREATE TABLE ledger.book_rebuild (
  seller_id        bigint NOT NULL,
  id               uuid   NOT NULL,
  seq              bigint NOT NULL CHECK (seq >= 0),
  before_available bigint NOT NULL,
  before_held      bigint NOT NULL,
  before_funded    bigint NOT NULL,
  before_sold      bigint NOT NULL,
  before_adjusted  bigint NOT NULL,
  after_available  bigint NOT NULL,
  after_held       bigint NOT NULL,
  after_funded     bigint NOT NULL,
  after_sold       bigint NOT NULL,
  after_adjusted   bigint NOT NULL,
  rebuilt_at_us    bigint NOT NULL,
  currency         text   NOT NULL,
  rebuilt_by       text   NOT NULL CHECK (length(rebuilt_by) BETWEEN 1 AND 200),
  reason           text   NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
  PRIMARY KEY (seller_id, id)
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ledger.book_rebuild
  FOR EACH ROW EXECUTE FUNCTION ledger.refuse();
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON ledger.book_rebuild
  FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse();

-- Sets a book to the vector, number and hash of its last movement, or to nothing where there is none,
-- and writes down what it was. A book that is no longer at the seq that was read, whose journal does
-- not end there, or that changed between the record and the update raises 40001.
CREATE FUNCTION ledger.rebuild_v1(
  key_seller bigint, id uuid, book_currency text, read_seq bigint, rebuilt_at_us bigint, rebuilt_by text,
  reason text
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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

REVOKE ALL ON FUNCTION ledger.rebuild_v1 FROM PUBLIC;
GRANT SELECT ON ledger.book_rebuild TO topup_app;
GRANT EXECUTE ON FUNCTION ledger.rebuild_v1 TO topup_app;
