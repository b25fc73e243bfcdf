-- Statements of cases.

-- name: open_cases
SELECT recharges.open_cases_v1($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- name: close_case
-- Closed once, and noted by who closed it.
SELECT CASE WHEN recharges.close_case_v1($1, $2, $3, $4, $5)
            THEN (SELECT true FROM audit.note_v1($6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16))
            ELSE false END

-- name: get_case
SELECT c.seller_id, c.id::text, c.kind::text, c.subject, c.recharge_id::text, c.operator, c.evidence,
       c.state::text, c.opened_at_us, c.closed_at_us, c.closed_by, c.resolution
  FROM recharges.staff_case c
 WHERE c.seller_id = $1 AND c.id = $2

-- name: list_cases
-- Newest first, of all sellers and of none. $1 is above, $2 below an id; filters that are NULL are none.
SELECT c.seller_id, c.id::text, c.kind::text, c.subject, c.recharge_id::text, c.operator, c.evidence,
       c.state::text, c.opened_at_us, c.closed_at_us, c.closed_by, c.resolution
  FROM recharges.staff_case c
 WHERE c.id > $1::uuid AND c.id < $2::uuid
   AND ($3::text IS NULL OR c.state = $3::recharges.case_state)
   AND ($4::text IS NULL OR c.kind = $4::recharges.case_kind)
   AND ($5::text IS NULL OR c.operator = $5)
 ORDER BY c.id DESC LIMIT $6

-- name: count_open_cases
-- How many are open, by kind; a kind that has none has no row.
SELECT c.kind::text, count(*) FROM recharges.staff_case c WHERE c.state = 'open' GROUP BY c.kind
