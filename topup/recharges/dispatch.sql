-- Statements of the worker about errands. Candidates are read without a lock, over all sellers; what is
-- taken is compared and set.

-- name: candidates
-- In one order for every worker, so that of two for one number all take the same one first.
SELECT e.seller_id, e.recharge_id::text, e.due_at_us, e.step::text, e.gateway, r.phone_number
  FROM recharges.errand e
  JOIN recharges.recharge r ON r.seller_id = e.seller_id AND r.id = e.recharge_id
 WHERE e.operator = $1 AND e.due_at_us <= $2
 ORDER BY e.due_at_us, e.recharge_id LIMIT $3

-- name: sent_lately
-- Of these numbers, those that something was submitted for since $3 to operator $2, whoever sold it.
SELECT DISTINCT r.phone_number
  FROM recharges.recharge r
  JOIN recharges.attempt a ON a.seller_id = r.seller_id AND a.recharge_id = r.id
 WHERE r.phone_number = ANY ($1::bigint[]) AND r.operator = $2 AND r.updated_at_us >= $3
   AND a.verb = 'submit' AND a.begun_at_us >= $3

-- name: postpone
SELECT recharges.postpone_v1($1, $2, $3, $4, $5)

-- name: claim
SELECT * FROM recharges.claim_v1($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- name: claimed
-- What a claim took, with all that the gateway and the schedules need.
SELECT e.seller_id, e.recharge_id::text, e.claim::text, e.step::text, e.operator, e.gateway, e.attempts,
       e.submits, e.last_submit, e.checks, e.unknown_since_us, e.review_since_us IS NOT NULL,
       r.phone_number, r.amount, r.currency, a.begun_at_us, e.due_at_us
  FROM unnest($2::bigint[], $3::uuid[]) q(seller_id, id)
  JOIN recharges.errand e ON e.seller_id = q.seller_id AND e.recharge_id = q.id
  JOIN recharges.recharge r ON r.seller_id = q.seller_id AND r.id = q.id
  LEFT JOIN recharges.attempt a ON a.seller_id = e.seller_id AND a.recharge_id = e.recharge_id
   AND a.nr = e.last_submit AND a.seller_id = ANY ($1::bigint[])
 WHERE e.seller_id = ANY ($1::bigint[]) AND r.seller_id = ANY ($1::bigint[]) AND e.claim = $4::uuid

-- name: record
SELECT d.recorded_seller, d.recorded_id::text FROM recharges.record_v1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) d

-- name: hear
SELECT recharges.hear_v1($1, $2, $3, $4, $5, $6, $7, $8)

-- name: hasten
SELECT recharges.hasten_v1($1, $2, $3)

-- name: open_totals
-- For the metrics: recharges that are unknown, and those in review.
SELECT count(*) FILTER (WHERE r.state = 'unknown'),
       coalesce(sum(r.amount) FILTER (WHERE r.state = 'unknown'), 0),
       coalesce(min(e.unknown_since_us) FILTER (WHERE r.state = 'unknown'), 0),
       count(*) FILTER (WHERE e.review_since_us IS NOT NULL), count(*)
  FROM recharges.errand e
  JOIN recharges.recharge r ON r.seller_id = e.seller_id AND r.id = e.recharge_id
