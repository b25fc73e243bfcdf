-- What the console's pages read beyond its lists.

-- name: sold_since
-- The price of what a seller sold, less what was given back, since moment $2: two rows of its journal.
SELECT b.sold - coalesce(j.sold, 0)
  FROM ledger.book b
  LEFT JOIN ledger.journal j
    ON j.seller_id = $1 AND j.currency = b.currency AND j.seq = ledger.seq_at_v1($1, b.currency, $2)
 WHERE b.seller_id = $1

-- name: recharges_between
-- Of some sellers ($1), the recharges between two ids, counted by pieces of time ($4 microseconds, from $5),
-- operator and state. Of many sellers, amounts may add up to more than a bigint holds.
SELECT s.piece, s.operator, s.state, sum(s.recharges)::bigint, sum(s.amount)
  FROM unnest($1::bigint[]) q(seller_id)
 CROSS JOIN LATERAL (
       SELECT (r.created_at_us - $5) / $4 AS piece, r.operator, r.state::text AS state, count(*) AS recharges,
              sum(r.amount) AS amount
         FROM recharges.recharge r
        WHERE r.seller_id = q.seller_id AND r.id >= $2::uuid AND r.id < $3::uuid
        GROUP BY 1, 2, 3) s
 GROUP BY 1, 2, 3

-- name: legs
-- The movements of a seller in two legs, newest first, below number $3.
SELECT l.seq, l.kind::text, l.account, l.debit, l.credit, l.source_type::text, l.source_id::text,
       (extract(epoch FROM l.created_at) * 1000000)::bigint
  FROM ledger.legs l
 WHERE l.seller_id = $1 AND l.currency = $2 AND l.seq < $3
 ORDER BY l.seq DESC, l.debit DESC LIMIT $4

-- name: book_vectors_at
-- Of some sellers ($1), the five sums of each book after its last movement at or before moment $2.
SELECT b.seller_id, b.currency, j.seq, j.available, j.held, j.funded, j.sold, j.adjusted
  FROM unnest($1::bigint[]) q(seller_id)
  JOIN ledger.book b ON b.seller_id = q.seller_id AND b.seller_id = ANY ($1::bigint[])
  JOIN ledger.journal j
    ON j.seller_id = b.seller_id AND j.currency = b.currency
   AND j.seq = ledger.seq_at_v1(b.seller_id, b.currency, $2) AND j.seller_id = ANY ($1::bigint[])
 ORDER BY b.seller_id, b.currency

-- name: receipt_type
SELECT c.media_type FROM credit.receipt c WHERE c.seller_id = $1 AND c.request_id = $2

-- name: same_bank_reference
-- Other requests, of whatever seller, that name the same tracking number as request $2 of seller $1. The
-- newest $3.
SELECT o.id::text, o.seller_id, s.name, o.amount, o.currency, o.state::text, o.created_at_us
  FROM credit.credit_request r
  JOIN credit.credit_request o ON o.bank_reference = r.bank_reference AND o.bank_reference <> ''
  JOIN sellers_seller s ON s.id = o.seller_id
 WHERE r.seller_id = $1 AND r.id = $2 AND o.id <> $2
 ORDER BY o.created_at_us DESC LIMIT $3

-- name: same_receipt
-- Other requests, of whatever seller, that came with the very same file as request $2 of seller $1. The
-- newest $3.
SELECT o.id::text, o.seller_id, s.name, o.amount, o.currency, o.state::text, o.created_at_us
  FROM credit.receipt c
  JOIN credit.receipt d ON d.sha256 = c.sha256 AND d.request_id <> $2
  JOIN credit.credit_request o ON o.seller_id = d.seller_id AND o.id = d.request_id
  JOIN sellers_seller s ON s.id = o.seller_id
 WHERE c.seller_id = $1 AND c.request_id = $2
 ORDER BY o.created_at_us DESC LIMIT $3

-- name: resend
-- Sends an ended delivery once more, which is noted.
SELECT CASE WHEN webhooks.replay_v1($1, $2, $3)
            THEN (SELECT true FROM audit.note_v1($4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14))
            ELSE false END

-- name: movements_of_recharge
-- At most three rows of the seller's book, each found by its number.
SELECT j.seq, j.kind::text, j.amount, j.available, j.held, j.created_at_us,
       ledger.movement_id(j.created_at_us, j.seq, j.seller_id)::text
  FROM recharges.recharge r
 CROSS JOIN LATERAL unnest(ARRAY[r.hold_seq, r.settle_seq, r.reverse_seq]) AS m(seq)
 CROSS JOIN LATERAL (
       SELECT j.* FROM ledger.journal j
        WHERE j.seller_id = $1 AND j.currency = r.currency AND j.seq = m.seq
        LIMIT 1) j
 WHERE r.seller_id = $1 AND r.id = $2
 ORDER BY j.seq

-- name: disputes_of_recharge
-- The newest $3. A dispute is made after its recharge, so its id is above.
SELECT d.id::text, d.state::text, d.reason, d.opened_at_us, d.answer, d.answered_at_us
  FROM recharges.dispute d
 WHERE d.seller_id = $1 AND d.recharge_id = $2 AND d.id > $2
 ORDER BY d.id DESC LIMIT $3

-- name: cases_of_recharge
SELECT c.id::text, c.kind::text, c.state::text, c.subject, c.opened_at_us
  FROM recharges.staff_case c
 WHERE c.seller_id = $1 AND c.recharge_id = $2 AND c.id > $2
 ORDER BY c.id DESC LIMIT $3

-- name: events_about
-- Events of a seller that no movement tells, about these things ($2), above an id.
SELECT e.id::text FROM webhooks.event e
 WHERE e.seller_id = $1 AND e.id > $3 AND e.object_id = ANY ($2::uuid[])
 ORDER BY e.id DESC LIMIT $4

-- name: deliveries_of_events
SELECT d.id::text, d.type, d.state::text, d.attempts, d.next_at_us, d.created_at_us, e.url
  FROM webhooks.delivery d
  LEFT JOIN webhooks.endpoint e ON e.seller_id = $1 AND e.id = d.endpoint_id
 WHERE d.seller_id = $1 AND d.event_id = ANY ($2::uuid[])
 ORDER BY d.id LIMIT $3

-- name: attempts_of_deliveries
SELECT a.delivery_id::text, a.nr, a.at_us, a.took_ms, a.status, a.error, a.answer
  FROM webhooks.delivery_attempt a
 WHERE a.seller_id = $1 AND a.delivery_id = ANY ($2::uuid[])
 ORDER BY a.delivery_id, a.nr

-- name: unknown_by_age
-- Of all sellers, how many recharges have been unknown since before each of these moments ($1, the
-- newest first), and their prices: the first moment is now, so its count is of all. Few are unknown.
SELECT x.place, count(*), coalesce(sum(r.amount), 0)
  FROM unnest($1::bigint[]) WITH ORDINALITY AS x(before_us, place)
  JOIN recharges.errand e ON e.unknown_since_us <= x.before_us
  JOIN recharges.recharge r ON r.seller_id = e.seller_id AND r.id = e.recharge_id AND r.state = 'unknown'
 GROUP BY x.place ORDER BY x.place
