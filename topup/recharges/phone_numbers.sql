-- Statements of phone numbers.

-- name: keep_number
SELECT recharges.keep_number_v1($1, $2, $3, $4, $5)

-- name: forget_number
SELECT recharges.forget_number_v1($1, $2)

-- name: kept_numbers
-- How many numbers seller $1 keeps, counted no further than $3, and since when it keeps number $2.
SELECT (SELECT count(*) FROM (
          SELECT 1 FROM recharges.phone_number p WHERE p.seller_id = $1 LIMIT $3) kept),
       (SELECT p.created_at_us FROM recharges.phone_number p WHERE p.seller_id = $1 AND p.phone_number = $2)

-- name: number_of
-- Number $2 as seller $1 sees it, kept or not, summed over at most $3 recharges.
SELECT q.number, p.label, p.created_at_us, $1::bigint, s.*
  FROM (SELECT $2::bigint AS number) q
  LEFT JOIN recharges.phone_number p ON p.seller_id = $1 AND p.phone_number = q.number
 CROSS JOIN LATERAL recharges.sold_to_v2($1, q.number, $3) s

-- name: number_of_all
-- Number $1 over all sellers, each asked by its own key and summed over at most $2 recharges; no row where
-- nobody sold to it. The last is that of the sellers whose last is known.
SELECT $1::bigint, NULL::text, NULL::bigint, c.id, (sum(s.recharges) OVER ())::bigint,
       (sum(s.credited) OVER ())::bigint, (sum(s.reversals) OVER ())::bigint,
       (sum(s.reversed) OVER ())::bigint, bool_or(s.more) OVER (), s.last_id, s.last_reference, s.last_state, s.last_operator,
       s.last_amount, s.last_at_us
  FROM sellers_seller c
 CROSS JOIN LATERAL recharges.sold_to_v2(c.id, $1, $2) s
 WHERE s.more OR s.last_id IS NOT NULL
 ORDER BY s.more DESC, s.last_at_us DESC, s.last_id DESC LIMIT 1

-- name: list_numbers
-- Newest first, of seller $1, before ($2, $3) and after ($4, $5), which are times and numbers; each is summed over
-- at most $7 recharges.
SELECT p.phone_number, p.label, p.created_at_us, $1::bigint, s.*
  FROM (SELECT p.phone_number, p.label, p.created_at_us FROM recharges.phone_number p
         WHERE p.seller_id = $1 AND (p.created_at_us, p.phone_number) < ($2::bigint, $3::bigint)
           AND (p.created_at_us, p.phone_number) > ($4::bigint, $5::bigint)
         ORDER BY p.created_at_us DESC, p.phone_number DESC LIMIT $6) p
 CROSS JOIN LATERAL recharges.sold_to_v2($1, p.phone_number, $7) s
 ORDER BY p.created_at_us DESC, p.phone_number DESC
