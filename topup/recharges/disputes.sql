-- Statements of disputes, and of what a reversal does to them.

-- name: open_dispute
SELECT recharges.open_dispute_v1($1, $2, $3, $4, $5, $6)

-- name: refuse_dispute
SELECT recharges.refuse_dispute_v1($1, $2, $3, $4, $5, $6)

-- name: reverse_dispute
SELECT recharges.reverse_dispute_v1($1, $2, $3, $4, $5, $6)

-- name: undeliver
SELECT recharges.undeliver_v1($1, $2, $3)

-- name: tell_transition
SELECT recharges.tell_v1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- name: get_dispute
SELECT d.seller_id, d.id::text, d.recharge_id::text, d.state::text, d.reason, d.opened_by, d.opened_at_us,
       d.answer, d.evidence, d.answered_by, d.answered_at_us
  FROM recharges.dispute d WHERE d.seller_id = $1 AND d.id = $2

-- name: get_open_dispute
SELECT d.seller_id, d.id::text, d.recharge_id::text, d.state::text, d.reason, d.opened_by, d.opened_at_us,
       d.answer, d.evidence, d.answered_by, d.answered_at_us
  FROM recharges.dispute d WHERE d.seller_id = $1 AND d.recharge_id = $2 AND d.state = 'open'

-- name: list_disputes
-- Newest first, of one seller ($1), or of all where $1 is NULL. $2 is above, $3 below an id.
SELECT d.*
  FROM (SELECT s.id FROM sellers_seller s WHERE $1::bigint IS NULL OR s.id = $1) s
 CROSS JOIN LATERAL (
       SELECT d.seller_id, d.id::text AS dispute_id, d.recharge_id::text, d.state::text, d.reason, d.opened_by,
              d.opened_at_us, d.answer, d.evidence, d.answered_by, d.answered_at_us
         FROM recharges.dispute d
        WHERE d.seller_id = s.id AND d.id > $2::uuid AND d.id < $3::uuid
          AND ($4::text IS NULL OR d.state = $4::recharges.dispute_state)
        ORDER BY d.id DESC LIMIT $5) d
 ORDER BY d.dispute_id DESC LIMIT $5
