-- Home: what a seller sold, read in a bounded number of rows however much it is.

-- name: sold_at
-- What had been sold in all at each of these moments ($3): some twenty look-ups of the key for each.
SELECT m.at_us, coalesce((
         SELECT j.sold FROM ledger.journal j
          WHERE j.seller_id = $1 AND j.currency = $2 AND j.seq = ledger.seq_at_v1($1, $2, m.at_us)), 0)
  FROM unnest($3::bigint[]) AS m(at_us)
 ORDER BY m.at_us

-- name: tally
-- What became of the recharges since id $2, by operator and state: of the newest $3 where there are more.
SELECT t.operator, t.state::text, count(*), sum(t.amount)::bigint
  FROM (SELECT r.operator, r.state, r.amount
          FROM recharges.recharge r
         WHERE r.seller_id = $1 AND r.id >= $2::uuid
         ORDER BY r.id DESC LIMIT $3) t
 GROUP BY t.operator, t.state

-- name: last_sales
SELECT r.id::text, r.created_at_us, r.phone_number, r.operator, r.amount, r.currency, r.state::text
  FROM recharges.recharge r
 WHERE r.seller_id = $1
 ORDER BY r.id DESC LIMIT $2

-- name: last_request
-- The newest credit request: a rejected one wants attention until another is made.
SELECT c.id::text, c.state::text, c.amount, c.currency, c.reason
  FROM credit.credit_request c
 WHERE c.seller_id = $1
 ORDER BY c.id DESC LIMIT 1

-- name: unknown
-- Open recharges whose fate is not known, however old: what is open has an errand, and there are few.
SELECT count(*)
  FROM (SELECT 1
          FROM recharges.errand e
          JOIN recharges.recharge r ON r.seller_id = e.seller_id AND r.id = e.recharge_id
         WHERE e.seller_id = $1 AND r.seller_id = $1 AND r.state = 'unknown'
         LIMIT $2) open

-- name: low_balance_threshold_of
SELECT b.low_balance_threshold FROM ledger.book b WHERE b.seller_id = $1
