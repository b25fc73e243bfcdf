-- Credit: a seller's own requests, and what became of each.

-- name: credit_requests
-- Newest first, above id $2 and below $3, of the state $4 or of every one.
SELECT r.id::text, r.created_at_us, r.amount, r.currency, r.state::text, r.bank_reference, r.note, r.reason
  FROM credit.credit_request r
 WHERE r.seller_id = $1 AND r.id > $2::uuid AND r.id < $3::uuid
   AND ($4::text IS NULL OR r.state = $4::credit.state)
 ORDER BY r.id DESC LIMIT $5

-- name: credit_request_steps
SELECT r.id::text, r.created_at_us, r.amount, r.currency, r.state::text, r.bank_reference, r.note, r.reason,
       r.requested_by, r.decided_by, r.decided_at_us, r.credit_seq, l.at_us, p.at_us,
       c.media_type, octet_length(c.bytes)
  FROM credit.credit_request r
  LEFT JOIN credit.look l ON l.seller_id = $1 AND l.request_id = r.id
  LEFT JOIN credit.approval_proposal p ON p.seller_id = $1 AND p.request_id = r.id
  LEFT JOIN credit.receipt c ON c.seller_id = $1 AND c.request_id = r.id
 WHERE r.seller_id = $1 AND r.id = $2
