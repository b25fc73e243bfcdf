-- One recharge of a seller: what moved for it, how it was disputed, why it was given back.

-- name: movements
-- At most three rows of the seller's book, each found by its number.
SELECT j.seq, j.kind::text, j.amount, j.available, j.held, j.created_at_us
  FROM recharges.recharge r
 CROSS JOIN LATERAL unnest(ARRAY[r.hold_seq, r.settle_seq, r.reverse_seq]) AS m(seq)
 CROSS JOIN LATERAL (
       SELECT j.* FROM ledger.journal j
        WHERE j.seller_id = $1 AND j.currency = r.currency AND j.seq = m.seq
        LIMIT 1) j
 WHERE r.seller_id = $1 AND r.id = $2
 ORDER BY j.seq

-- name: disputes
-- The newest $3. A dispute is made after its recharge, so its id is above.
SELECT d.seller_id, d.id::text, d.recharge_id::text, d.state::text, d.reason, d.opened_by, d.opened_at_us,
       d.answer, d.evidence, d.answered_by, d.answered_at_us
  FROM recharges.dispute d
 WHERE d.seller_id = $1 AND d.recharge_id = $2 AND d.id > $2
 ORDER BY d.id DESC LIMIT $3

-- name: reversal
SELECT coalesce(r.reversal_reason, '') FROM recharges.recharge r WHERE r.seller_id = $1 AND r.id = $2
