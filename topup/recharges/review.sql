-- Statements of review.

-- name: ask_again
-- Hastens the question, which is noted where there is one.
SELECT CASE WHEN recharges.hasten_v1($1, $2, $3)
            THEN (SELECT true FROM audit.note_v1($4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14))
            ELSE false END

-- name: propose
-- What stands is answered, and only a proposal that is new is noted.
SELECT p.by_user, p.at_us, p.evidence,
       CASE WHEN p.made
            THEN (SELECT true FROM audit.note_v1($6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16))
            ELSE false END
  FROM recharges.propose_v1($1, $2, $3, $4, $5) p

-- name: conclude
SELECT recharges.conclude_v1($1, $2, $3)

-- name: withdraw
SELECT CASE WHEN recharges.withdraw_v1($1, $2)
            THEN (SELECT true FROM audit.note_v1($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13))
            ELSE false END

-- name: get_proposal
SELECT p.by_user, p.at_us, p.evidence
  FROM recharges.review_proposal p WHERE p.seller_id = $1 AND p.recharge_id = $2

-- name: list_reviews
-- The queue, over all sellers: few recharges are in it at any time. $1 is above, $2 below an id.
SELECT v.recharge_id, v.gateway, v.unknown_since_us, v.review_since_us, v.attempts,
       p.by_user, p.at_us, p.evidence,
       r.seller_id, r.id::text, r.reference, r.phone_number, r.operator, r.operator_explicit, r.amount,
       r.currency, r.state::text, r.failure_code, r.created_at_us, r.updated_at_us, r.hold_seq, j.available
  FROM (SELECT e.seller_id, e.recharge_id, e.gateway, e.unknown_since_us, e.review_since_us, e.attempts
          FROM recharges.errand e
         WHERE e.review_since_us IS NOT NULL AND e.recharge_id > $1::uuid AND e.recharge_id < $2::uuid
           AND ($3::text IS NULL OR e.operator = $3)
         ORDER BY e.recharge_id DESC LIMIT $4) v
  JOIN recharges.recharge r ON r.seller_id = v.seller_id AND r.id = v.recharge_id
  JOIN ledger.journal j ON j.seller_id = r.seller_id AND j.currency = r.currency AND j.seq = r.hold_seq
  LEFT JOIN recharges.review_proposal p ON p.seller_id = v.seller_id AND p.recharge_id = v.recharge_id
 ORDER BY v.recharge_id DESC
