-- What `topup verify` reads beside books and journal: the facts that movements belong to, and what says that
-- it belongs to a movement. Each page is a few look-ups by a key, so that no plan has a choice.

-- name: window
-- The next movements after number $3, up to number $4.
SELECT j.seq, j.kind::text, j.amount, j.currency, j.source_type::text, j.source_id::text, j.actor_id,
       j.created_at_us, j.available, j.held, j.funded, j.sold, j.adjusted
  FROM ledger.journal j
 WHERE j.seller_id = $1 AND j.currency = $2 AND j.seq > $3 AND j.seq <= $4
 ORDER BY j.seq LIMIT $5

-- name: recharges_of
SELECT r.id::text, r.amount, r.currency, r.actor_id, r.created_at_us, r.updated_at_us, r.state::text,
       r.hold_seq, r.settle_seq, r.reverse_seq, r.phone_number, r.operator, r.operator_explicit, r.reference,
       r.failure_code, r.reversal_reason
  FROM recharges.recharge r
 WHERE r.seller_id = $1 AND r.id = ANY ($2::uuid[])

-- name: requests_of
SELECT c.id::text, c.amount, c.currency, c.requested_by, c.decided_by, c.credit_seq, c.created_at_us,
       c.decided_at_us, c.state::text, c.note, c.reason, c.bank_reference
  FROM credit.credit_request c
 WHERE c.seller_id = $1 AND c.id = ANY ($2::uuid[])

-- name: adjustments_of
SELECT a.id::text, a.amount, a.currency, a.seq, a.actor_id, a.created_at_us, a.reason
  FROM ledger.adjustment a
 WHERE a.seller_id = $1 AND a.id = ANY ($2::uuid[])

-- name: warnings_of
SELECT w.seq, w.threshold, w.available
  FROM ledger.low_balance w
 WHERE w.seller_id = $1 AND w.currency = $2 AND w.seq > $3 AND w.seq <= $4

-- name: keys_of
-- The keys that were used for anything but a recharge, with whether what they made is there.
SELECT i.operation, i.reference, i.object_id::text, i.request::text,
       EXISTS (SELECT FROM ledger.adjustment a WHERE a.seller_id = $1 AND a.id = i.object_id)
       OR EXISTS (SELECT FROM credit.credit_request c WHERE c.seller_id = $1 AND c.id = i.object_id)
       OR EXISTS (SELECT FROM recharges.recharge r WHERE r.seller_id = $1 AND r.id = i.object_id)
       OR EXISTS (SELECT FROM recharges.dispute d WHERE d.seller_id = $1 AND d.id = i.object_id)
  FROM ledger.idempotency i
 WHERE i.seller_id = $1
 ORDER BY i.operation, i.reference

-- name: recharges_after
-- A page of recharges after id $2, with what they say of movements and the last event of each.
SELECT r.id::text, r.currency, r.hold_seq, r.settle_seq, r.reverse_seq, r.state::text,
       (SELECT e.to_state::text FROM recharges.recharge_event e
         WHERE e.seller_id = $1 AND e.recharge_id = r.id ORDER BY e.at_us DESC, e.id DESC LIMIT 1)
  FROM recharges.recharge r
 WHERE r.seller_id = $1 AND r.id > $2::uuid
 ORDER BY r.id LIMIT $3

-- name: requests_after
SELECT c.id::text, c.currency, c.credit_seq
  FROM credit.credit_request c
 WHERE c.seller_id = $1 AND c.id > $2::uuid
 ORDER BY c.id LIMIT $3

-- name: adjustments_after
SELECT a.id::text, a.currency, a.seq
  FROM ledger.adjustment a
 WHERE a.seller_id = $1 AND a.id > $2::uuid
 ORDER BY a.id LIMIT $3

-- name: whose_movements
-- What the movements of these numbers belong to.
SELECT j.seq, j.kind::text, j.source_id::text
  FROM ledger.journal j
 WHERE j.seller_id = $1 AND j.currency = $2 AND j.seq = ANY ($3::bigint[])

-- name: rebuilds_of
SELECT b.id::text, b.seq, b.after_available, b.after_held, b.after_funded, b.after_sold, b.after_adjusted,
       j.available, j.held, j.funded, j.sold, j.adjusted
  FROM ledger.book_rebuild b
  LEFT JOIN ledger.journal j ON j.seller_id = $1 AND j.currency = b.currency AND j.seq = b.seq
 WHERE b.seller_id = $1 AND b.currency = $2
 ORDER BY b.id

-- name: moved_at
SELECT b.moved_at_us FROM ledger.book b WHERE b.seller_id = $1 AND b.currency = $2

-- name: movement_hash
SELECT j.hash FROM ledger.journal j WHERE j.seller_id = $1 AND j.currency = $2 AND j.seq = $3

-- name: moves
SELECT m.kind::text, m.from_account, m.to_account FROM ledger.move m

-- name: next_in_journal
-- The first seller after this one whose journal has a movement, and whether it has a book.
SELECT j.seller_id, j.currency,
       EXISTS (SELECT FROM ledger.book b WHERE b.seller_id = j.seller_id AND b.currency = j.currency)
  FROM ledger.journal j
 WHERE (j.seller_id, j.currency) > ($1, $2)
 ORDER BY j.seller_id, j.currency LIMIT 1

-- name: sellers_without_book
SELECT s.id FROM sellers_seller s
 WHERE NOT EXISTS (SELECT FROM ledger.book b WHERE b.seller_id = s.id)
 ORDER BY s.id
