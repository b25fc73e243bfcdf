-- Lists of recharges, newest first. Filters that are NULL are no filters.

-- name: list
-- Of one seller ($1), or of all where $1 is NULL: a page of each, merged. $2 is above, $3 below an id.
SELECT r.*, j.available
  FROM (SELECT s.id FROM sellers_seller s WHERE $1::bigint IS NULL OR s.id = $1) s
 CROSS JOIN LATERAL (
       SELECT r.seller_id, r.id::text AS recharge_id, r.reference, r.phone_number, r.operator,
              r.operator_explicit, r.amount, r.currency, r.state::text, r.failure_code, r.created_at_us,
              r.updated_at_us, coalesce(r.hold_seq, r.settle_seq) AS seq
         FROM recharges.recharge r
        WHERE r.seller_id = s.id AND r.id > $2::uuid AND r.id < $3::uuid
          AND ($4::text IS NULL OR r.reference = $4)
          AND ($5::bigint IS NULL OR r.phone_number = $5)
          AND ($6::text IS NULL OR r.state = $6::recharges.state)
          AND ($7::bigint IS NULL OR r.created_at_us >= $7)
          AND ($8::bigint IS NULL OR r.created_at_us < $8)
        ORDER BY r.id DESC LIMIT $9) r
  JOIN ledger.journal j ON j.seller_id = r.seller_id AND j.currency = r.currency AND j.seq = r.seq
 ORDER BY r.recharge_id DESC LIMIT $9
