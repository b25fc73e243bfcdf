-- Recharges: pages of a seller's recharges, read in a bounded number of rows whatever the filter is.
-- $1 is the seller, $2 above and $3 below an id. Filters that are NULL are no filters. `paging` turns
-- DESC around where a page is read from its older end.

-- name: walk
-- The newest $10 that the filters leave of the newest $4 in this range.
SELECT w.id::text, w.created_at_us, w.phone_number, w.operator, w.amount, w.currency, w.state::text, w.reference
  FROM (SELECT r.id, r.created_at_us, r.phone_number, r.operator, r.amount, r.currency, r.state, r.reference
          FROM recharges.recharge r
         WHERE r.seller_id = $1 AND r.id > $2::uuid AND r.id < $3::uuid
         ORDER BY r.id DESC LIMIT $4) w
 WHERE ($5::bigint IS NULL OR w.phone_number = $5)
   AND ($6::text IS NULL OR w.operator = $6)
   AND ($7::text IS NULL OR w.state = $7::recharges.state)
   AND ($8::bigint IS NULL OR w.created_at_us >= $8)
   AND ($9::bigint IS NULL OR w.created_at_us < $9)
 ORDER BY w.id DESC LIMIT $10

-- name: walked_to
-- The last recharge of such a walk of $4, or no row where the range ended before.
SELECT r.id::text, r.created_at_us
  FROM recharges.recharge r
 WHERE r.seller_id = $1 AND r.id > $2::uuid AND r.id < $3::uuid
 ORDER BY r.id DESC OFFSET $4 - 1 LIMIT 1

-- name: times_of_number
-- How often seller $1 sold to number $2, counted no further than $3. Written as a range in its order, only
-- the number's own index serves this; written as an equation, a number that somebody else sells very often
-- would have the whole table read.
SELECT count(*)
  FROM (SELECT 1 FROM recharges.recharge r
         WHERE r.phone_number BETWEEN $2 AND $2 AND r.seller_id = $1
         ORDER BY r.phone_number LIMIT $3) found

-- name: of_number
-- The same page of a number ($4) that was sold to less than $10 times: found by it, as above, and sorted.
SELECT w.id::text, w.created_at_us, w.phone_number, w.operator, w.amount, w.currency, w.state::text, w.reference
  FROM (SELECT r.id, r.created_at_us, r.phone_number, r.operator, r.amount, r.currency, r.state, r.reference
          FROM recharges.recharge r
         WHERE r.phone_number BETWEEN $4 AND $4 AND r.seller_id = $1
         ORDER BY r.phone_number LIMIT $10) w
 WHERE w.id > $2::uuid AND w.id < $3::uuid
   AND ($5::text IS NULL OR w.operator = $5)
   AND ($6::text IS NULL OR w.state = $6::recharges.state)
   AND ($7::bigint IS NULL OR w.created_at_us >= $7)
   AND ($8::bigint IS NULL OR w.created_at_us < $8)
 ORDER BY w.id DESC LIMIT $9

-- name: of_reference
-- The one recharge of reference $4.
SELECT r.id::text, r.created_at_us, r.phone_number, r.operator, r.amount, r.currency, r.state::text, r.reference
  FROM recharges.recharge r
 WHERE r.seller_id = $1 AND r.reference = $4 AND r.id > $2::uuid AND r.id < $3::uuid
   AND ($5::bigint IS NULL OR r.phone_number = $5)
   AND ($6::text IS NULL OR r.operator = $6)
   AND ($7::text IS NULL OR r.state = $7::recharges.state)
   AND ($8::bigint IS NULL OR r.created_at_us >= $8)
   AND ($9::bigint IS NULL OR r.created_at_us < $9)
 LIMIT 1

-- name: walk_open
-- The same as `walk` among what is not final yet: each of these has an errand.
SELECT w.id::text, w.created_at_us, w.phone_number, w.operator, w.amount, w.currency, w.state::text, w.reference
  FROM (SELECT e.recharge_id FROM recharges.errand e
         WHERE e.seller_id = $1 AND e.recharge_id > $2::uuid AND e.recharge_id < $3::uuid
         ORDER BY e.recharge_id DESC LIMIT $4) o
 CROSS JOIN LATERAL (
       SELECT r.id, r.created_at_us, r.phone_number, r.operator, r.amount, r.currency, r.state, r.reference
         FROM recharges.recharge r
        WHERE r.seller_id = $1 AND r.id = o.recharge_id
        LIMIT 1) w
 WHERE ($5::bigint IS NULL OR w.phone_number = $5)
   AND ($6::text IS NULL OR w.operator = $6)
   AND ($7::text IS NULL OR w.state = $7::recharges.state)
   AND ($8::bigint IS NULL OR w.created_at_us >= $8)
   AND ($9::bigint IS NULL OR w.created_at_us < $9)
 ORDER BY o.recharge_id DESC LIMIT $10

-- name: walked_open_to
SELECT w.id::text, w.created_at_us
  FROM (SELECT e.recharge_id FROM recharges.errand e
         WHERE e.seller_id = $1 AND e.recharge_id > $2::uuid AND e.recharge_id < $3::uuid
         ORDER BY e.recharge_id DESC OFFSET $4 - 1 LIMIT 1) o
 CROSS JOIN LATERAL (
       SELECT r.id, r.created_at_us FROM recharges.recharge r
        WHERE r.seller_id = $1 AND r.id = o.recharge_id
        LIMIT 1) w
