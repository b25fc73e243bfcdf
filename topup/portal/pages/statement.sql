-- A statement for people: what the book held at both ends, and the movements with what they were for.

-- name: statement_ends
-- The sums after the last movement before $3, and after the last before $4, from one snapshot. Nothing of the
-- movements between them is read: the same for ten and for ten million.
WITH ends AS MATERIALIZED (
  SELECT ledger.seq_at_v1($1, $2, $3 - 1) AS opening, ledger.seq_at_v1($1, $2, $4 - 1) AS closing)
SELECT e.opening, coalesce(o.available, 0), coalesce(o.held, 0), coalesce(o.funded, 0), coalesce(o.sold, 0),
       coalesce(o.adjusted, 0),
       e.closing, coalesce(c.available, 0), coalesce(c.held, 0), coalesce(c.funded, 0), coalesce(c.sold, 0),
       coalesce(c.adjusted, 0)
  FROM ends e
  LEFT JOIN ledger.journal o ON o.seller_id = $1 AND o.currency = $2 AND o.seq = e.opening
  LEFT JOIN ledger.journal c ON c.seller_id = $1 AND c.currency = $2 AND c.seq = e.closing

-- name: statement_movements
-- Oldest first, above number $3 and up to number $4: a range of the primary key, and for each row one look-up
-- by the key of what it belongs to.
SELECT j.seller_id, j.currency, j.seq, j.kind::text, j.amount, j.available, j.held, j.source_type::text,
       j.source_id::text, j.created_at_us, r.phone_number, r.reference, c.bank_reference, a.reason
  FROM (SELECT j.seller_id, j.currency, j.seq, j.kind, j.amount, j.available, j.held, j.source_type,
               j.source_id, j.created_at_us
          FROM ledger.journal j
         WHERE j.seller_id = $1 AND j.currency = $2 AND j.seq > $3 AND j.seq <= $4
         ORDER BY j.seq LIMIT $5) j
  LEFT JOIN LATERAL (
       SELECT r.phone_number, r.reference FROM recharges.recharge r
        WHERE r.seller_id = $1 AND r.id = j.source_id AND j.source_type = 'recharge' LIMIT 1) r ON true
  LEFT JOIN LATERAL (
       SELECT c.bank_reference FROM credit.credit_request c
        WHERE c.seller_id = $1 AND c.id = j.source_id AND j.source_type = 'credit_request' LIMIT 1) c ON true
  LEFT JOIN LATERAL (
       SELECT a.reason FROM ledger.adjustment a
        WHERE a.seller_id = $1 AND a.id = j.source_id AND j.source_type = 'adjustment' LIMIT 1) a ON true
 ORDER BY j.seq
