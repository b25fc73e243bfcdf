-- Statements of settling.

-- name: read
-- By (seller, recharge) pairs; $1 are the sellers again, so that a cluster asks only their shards.
SELECT r.seller_id, r.id::text, r.amount, r.currency, r.state::text, r.operator
  FROM unnest($2::bigint[], $3::uuid[]) q(seller_id, id)
 CROSS JOIN LATERAL (
       SELECT * FROM recharges.recharge r
        WHERE r.seller_id = q.seller_id AND r.id = q.id AND r.seller_id = ANY ($1::bigint[])
        LIMIT 1) r

-- name: settle
SELECT recharges.settle_v1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
