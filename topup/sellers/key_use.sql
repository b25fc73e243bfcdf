-- What keys were used for.

-- name: keep_requests
SELECT sellers.keep_requests_v1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)

-- name: keys_used
SELECT sellers.keys_used_v1($1, $2, $3, $4)

-- name: surplus_requests
-- Of each of these sellers the oldest requests, all but the newest $2.
SELECT r.seller_id, r.id::text
  FROM unnest($1::bigint[]) s(seller_id)
 CROSS JOIN LATERAL (
       SELECT r.seller_id, r.id FROM sellers.api_request r
        WHERE r.seller_id = s.seller_id
        ORDER BY r.id DESC OFFSET $2 LIMIT $3) r

-- name: old_requests
SELECT r.seller_id, r.id::text
  FROM sellers.api_request r
 WHERE r.at_us < $1
 ORDER BY r.at_us LIMIT $2

-- name: forget_requests
SELECT sellers.forget_requests_v1($1, $2, $3)

-- name: list_requests
-- Newest first; $2 is above, $3 below an id. The status is in a range, the request's id or the key is one.
SELECT r.id::text, r.at_us, r.took_us, r.status, r.method, r.path, r.code, r.request_id, r.key_id::text,
       coalesce(k.label, '')
  FROM sellers.api_request r
  LEFT JOIN sellers_apikey k ON k.id = r.key_id
 WHERE r.seller_id = $1 AND r.id > $2::uuid AND r.id < $3::uuid
   AND r.status >= $4 AND r.status < $5
   AND ($6 = '' OR r.request_id = $6)
 ORDER BY r.id DESC LIMIT $7
