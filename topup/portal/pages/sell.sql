-- Sell: what was sold to a number before.

-- name: last_amounts
-- The last different amounts that seller $1 sold to number $2, the latest first.
SELECT t.amount
  FROM (SELECT r.amount, r.created_at_us
          FROM recharges.recharge r
         WHERE r.phone_number = $2 AND r.seller_id = $1
         ORDER BY r.created_at_us DESC LIMIT $3) t
 GROUP BY t.amount ORDER BY max(t.created_at_us) DESC LIMIT $4
