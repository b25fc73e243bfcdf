-- Statements of credit requests.

-- name: ask
SELECT credit.ask_v2($1, $2, $3, $4, $5, $6, $7, $8)

-- name: keep_receipt
SELECT credit.keep_receipt_v1($1, $2, $3, $4, $5, $6, $7)

-- name: get_receipt
SELECT c.media_type, c.bytes FROM credit.receipt c WHERE c.seller_id = $1 AND c.request_id = $2

-- name: look
SELECT credit.look_v1($1, $2, $3, $4)

-- name: decide
SELECT credit.decide_v1($1, $2, $3, $4, $5, $6, $7)

-- name: propose
SELECT credit.propose_v1($1, $2, $3, $4)

-- name: reject
-- The decision and the event that tells it, in one statement and so in one transaction.
SELECT credit.decide_v1($1, $2, $3, $4, $5, $6, NULL),
       webhooks.tell_v1($1, ARRAY[$1::bigint], ARRAY[$7::uuid], ARRAY['credit_request.rejected'],
                        ARRAY[$2::uuid], ARRAY[$6::bigint], ARRAY[NULL::text])

-- name: get
SELECT r.seller_id, r.id::text, r.amount, r.currency, r.state::text, r.note, r.reason, r.requested_by,
       r.decided_by, r.decided_at_us, r.created_at_us, p.by_user, r.bank_reference
  FROM credit.credit_request r
  LEFT JOIN credit.approval_proposal p ON p.seller_id = r.seller_id AND p.request_id = r.id
 WHERE r.seller_id = $1 AND r.id = $2

-- name: adjust
SELECT ledger.adjust_v1($1, $2, $3, $4, $5, $6, $7, $8)

-- name: get_adjustment
SELECT a.seller_id, a.id::text, a.amount, a.currency, a.reason, a.actor_id, a.seq, a.created_at_us,
       j.available
  FROM ledger.adjustment a
  JOIN ledger.journal j ON j.seller_id = a.seller_id AND j.currency = a.currency AND j.seq = a.seq
 WHERE a.seller_id = $1 AND a.id = $2

-- name: list
-- Newest first, of one seller ($1), or of all where $1 is NULL. $2 is above, $3 below an id.
SELECT r.*
  FROM (SELECT s.id FROM sellers_seller s WHERE $1::bigint IS NULL OR s.id = $1) s
 CROSS JOIN LATERAL (
       SELECT r.seller_id, r.id::text AS request_id, r.amount, r.currency, r.state::text, r.note, r.reason,
              r.requested_by, r.decided_by, r.decided_at_us, r.created_at_us, p.by_user,
              r.bank_reference
         FROM credit.credit_request r
         LEFT JOIN credit.approval_proposal p ON p.seller_id = r.seller_id AND p.request_id = r.id
        WHERE r.seller_id = s.id AND r.id > $2::uuid AND r.id < $3::uuid
          AND ($4::text IS NULL OR r.state = $4::credit.state)
        ORDER BY r.id DESC LIMIT $5) r
 ORDER BY r.request_id DESC LIMIT $5
