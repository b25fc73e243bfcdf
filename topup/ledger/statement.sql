-- Reading a statement. Movements never change, so its parts may be read one after the other.

-- name: statement_span
-- What the book held after its last movement before $3, and after its last before $4; both ends from
-- one snapshot, so that no movement falls between them. No row where there is no such book.
WITH ends AS MATERIALIZED (
  SELECT ledger.seq_at_v1($1, $2, $3 - 1) AS opening, ledger.seq_at_v1($1, $2, $4 - 1) AS closing)
SELECT coalesce(o.available, 0), coalesce(o.held, 0), e.opening,
       coalesce(c.available, 0), coalesce(c.held, 0), e.closing
  FROM ledger.book b
 CROSS JOIN ends e
  LEFT JOIN ledger.journal o ON o.seller_id = $1 AND o.currency = $2 AND o.seq = e.opening
  LEFT JOIN ledger.journal c ON c.seller_id = $1 AND c.currency = $2 AND c.seq = e.closing
 WHERE b.seller_id = $1 AND b.currency = $2

-- name: statement_page
-- Oldest first, above number $3 and up to number $4: a range of the primary key.
SELECT j.seller_id, j.currency, j.seq, j.kind::text, j.amount, j.available, j.held, j.source_type::text,
       j.source_id::text, j.created_at_us
  FROM ledger.journal j
 WHERE j.seller_id = $1 AND j.currency = $2 AND j.seq > $3 AND j.seq <= $4
 ORDER BY j.seq LIMIT $5
