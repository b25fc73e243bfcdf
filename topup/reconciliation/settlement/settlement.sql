-- Statements of comparing a settlement file with our recharges.

-- name: lock_operator
-- One import of an operator at a time; the lock ends with the connection, however that ends.
SELECT pg_try_advisory_lock(7465647, hashtext($1))

-- name: clear
SELECT settlement.clear_v1(0, $1)

-- name: look_over
SELECT settlement.look_over()

-- name: sample
-- Every $2th line of file $1 that may be one of ours.
SELECT l.seller_id, l.recharge_id::text FROM settlement.line l
 WHERE l.file_id = $1 AND l.nr % $2 = 0 AND l.seller_id > 0 LIMIT $3

-- name: know
-- Of these (seller, recharge) pairs, those that we sold: through which operator, and when.
SELECT r.operator, r.created_at_us
  FROM unnest($2::bigint[], $3::uuid[]) q(seller_id, id)
 CROSS JOIN LATERAL (
       SELECT r.operator, r.created_at_us FROM recharges.recharge r
        WHERE r.seller_id = q.seller_id AND r.id = q.id AND r.seller_id = ANY ($1::bigint[])
        LIMIT 1) r

-- name: page_end
-- The last of the next $4 lines after ($2, $3); no row where fewer are left.
SELECT l.seller_id, l.recharge_id::text FROM settlement.line l
 WHERE l.file_id = $1 AND (l.seller_id, l.recharge_id) > ($2, $3)
 ORDER BY l.seller_id, l.recharge_id OFFSET $4 LIMIT 1

-- name: page_sellers
SELECT DISTINCT l.seller_id FROM settlement.line l
 WHERE l.file_id = $1 AND (l.seller_id, l.recharge_id) > ($2, $3) AND (l.seller_id, l.recharge_id) <= ($4, $5)

-- name: compare
-- The lines of a page, one row a recharge, beside our recharges. What agrees in all is only counted, unless
-- it was sold around a midnight, between $8 and $9 or between $10 and $11. One row at least, for the count.
-- LIMIT under LATERAL keeps each look-up on its key, whatever is known of the tables.
WITH theirs AS MATERIALIZED (
  SELECT l.seller_id, l.recharge_id, min(l.nr) AS nr, count(*) AS lines,
         count(*) FILTER (WHERE l.state = 'd') AS delivered, count(*) FILTER (WHERE l.state = 'f') AS failed,
         min(l.amount) FILTER (WHERE l.state = 'd') AS least, max(l.amount) FILTER (WHERE l.state = 'd') AS most,
         max(l.attempt) FILTER (WHERE l.state = 'f') AS attempt, min(l.at_us) AS at_us,
         min(l.reference) AS reference, min(l.operator_reference) AS operator_reference,
         min(l.phone_number) AS phone_number
    FROM settlement.line l
   WHERE l.file_id = $1 AND (l.seller_id, l.recharge_id) > ($2, $3)
     AND (l.seller_id, l.recharge_id) <= ($4, $5)
   GROUP BY l.seller_id, l.recharge_id
), both_sides AS MATERIALIZED (
  SELECT t.*, r.amount AS our_amount, r.state AS our_state, r.operator AS our_operator, r.created_at_us,
         coalesce(t.lines = 1 AND t.delivered = 1 AND r.amount = t.least AND r.operator = $7
                  AND r.state = 'succeeded', false) AS plain,
         coalesce(r.created_at_us >= $8 AND r.created_at_us < $9
                  OR r.created_at_us >= $10 AND r.created_at_us < $11, false) AS at_midnight
    FROM theirs t
    LEFT JOIN LATERAL (
         SELECT r.amount, r.state, r.operator, r.created_at_us FROM recharges.recharge r
          WHERE r.seller_id = t.seller_id AND r.id = t.recharge_id AND r.seller_id = ANY ($6::bigint[])
          LIMIT 1) r ON true
)
SELECT c.plain, b.plain, b.at_midnight, b.seller_id, b.recharge_id::text, b.nr, b.lines, b.delivered, b.failed,
       b.least, b.most, b.attempt, b.at_us, b.reference, b.operator_reference, b.phone_number,
       b.our_amount, b.our_state::text, b.our_operator, e.last_submit
  FROM (SELECT count(*) AS plain FROM both_sides b WHERE b.plain) c
  LEFT JOIN both_sides b ON NOT b.plain OR b.at_midnight
  LEFT JOIN LATERAL (
       SELECT e.last_submit FROM recharges.errand e
        WHERE e.seller_id = b.seller_id AND e.recharge_id = b.recharge_id AND e.seller_id = ANY ($6::bigint[])
        LIMIT 1) e ON true
 ORDER BY b.nr

-- name: missing
-- What these sellers sold through operator $5 between $6 and $7, and neither file $4 has nor the file of the
-- day beside it had. $2 are the ids to begin after, by seller; $3 is above the last one. A page of each.
SELECT r.*
  FROM unnest($1::bigint[], $2::uuid[]) q(seller_id, after)
 CROSS JOIN LATERAL (
       SELECT r.seller_id, r.id::text, r.amount, r.phone_number, r.created_at_us
         FROM recharges.recharge r
         LEFT JOIN LATERAL (
              SELECT true AS there FROM settlement.line l
               WHERE l.file_id = $4 AND l.seller_id = r.seller_id AND l.recharge_id = r.id LIMIT 1) l ON true
         LEFT JOIN LATERAL (
              SELECT true AS there FROM settlement_seen n
               WHERE n.seller_id = r.seller_id AND n.recharge_id = r.id AND n.operator = $5 LIMIT 1) n ON true
        WHERE r.seller_id = q.seller_id AND r.seller_id = ANY ($1::bigint[])
          AND r.id > q.after AND r.id < $3 AND r.operator = $5 AND r.state = 'succeeded'
          AND r.created_at_us >= $6 AND r.created_at_us < $7 AND l.there IS NULL AND n.there IS NULL
        ORDER BY r.id LIMIT $8) r

-- name: sellers_from
SELECT s.id FROM sellers_seller s WHERE s.id > $1 ORDER BY s.id LIMIT $2
