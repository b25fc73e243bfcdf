-- Statements of selling and of reading recharges.

-- name: read_operators
SELECT o.code, o.status = 'active', o.gateway, o.min_minor, o.max_minor, array_to_string(o.prefixes, ',')
  FROM gateways_operator o ORDER BY o.code

-- name: insert
SELECT recharges.insert_v1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)

-- name: hold
SELECT recharges.hold_v1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)

-- name: lookup
-- By (seller, reference) pairs; $1 are the sellers again, so that a cluster asks only their shards.
-- One index can serve this, and LIMIT 1 under LATERAL keeps the plan on it, table empty or full.
SELECT r.seller_id, r.id::text, r.reference, r.phone_number, r.operator, r.operator_explicit, r.amount,
       r.currency, r.state::text, r.failure_code, r.created_at_us, r.updated_at_us, r.seq, j.available
  FROM unnest($2::bigint[], $3::text[]) q(seller_id, reference)
 CROSS JOIN LATERAL (
       SELECT *, coalesce(r.hold_seq, r.settle_seq) AS seq FROM recharges.recharge r
        WHERE r.seller_id = q.seller_id AND r.reference = q.reference AND r.seller_id = ANY ($1::bigint[])
        LIMIT 1) r
 CROSS JOIN LATERAL (
       SELECT j.available FROM ledger.journal j
        WHERE j.seller_id = r.seller_id AND j.currency = r.currency AND j.seq = r.seq
          AND j.seller_id = ANY ($1::bigint[])
        LIMIT 1) j

-- name: twins
-- For each (seller, number, amount, since), the latest recharge that may be a duplicate of it.
SELECT q.place, r.id::text
  FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) WITH ORDINALITY
       AS q(seller_id, phone_number, amount, since_us, place)
 CROSS JOIN LATERAL (
       SELECT r.id FROM recharges.recharge r
        WHERE r.seller_id = q.seller_id AND r.phone_number = q.phone_number AND r.amount = q.amount
          AND r.created_at_us >= q.since_us AND r.state NOT IN ('failed', 'reversed')
          AND r.seller_id = ANY ($1::bigint[])
        ORDER BY r.created_at_us DESC LIMIT 1) r

-- name: get
SELECT r.seller_id, r.id::text, r.reference, r.phone_number, r.operator, r.operator_explicit, r.amount,
       r.currency, r.state::text, r.failure_code, r.created_at_us, r.updated_at_us,
       coalesce(r.hold_seq, r.settle_seq), j.available
  FROM recharges.recharge r
  JOIN ledger.journal j ON j.seller_id = r.seller_id AND j.currency = r.currency
   AND j.seq = coalesce(r.hold_seq, r.settle_seq)
 WHERE r.seller_id = $1 AND r.id = $2

-- name: reverse
SELECT recharges.reverse_v1($1, $2, $3, $4, $5)
