-- Statements of callbacks.

-- name: gateway_of_operator
SELECT o.gateway FROM gateways_operator o WHERE o.code = $1

-- name: attempted
-- The submit that a reference names; whether it is the last one of its recharge.
SELECT a.gateway, r.operator, a.nr = (SELECT max(b.nr) FROM recharges.attempt b
                                       WHERE b.seller_id = $1 AND b.recharge_id = $2 AND b.verb = 'submit')
  FROM recharges.attempt a
  JOIN recharges.recharge r ON r.seller_id = a.seller_id AND r.id = a.recharge_id
 WHERE a.seller_id = $1 AND r.seller_id = $1 AND a.recharge_id = $2 AND a.verb = 'submit' AND a.reference = $3

-- name: keep_callback
SELECT recharges.keep_callback_v1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)

-- name: close_callback
SELECT recharges.close_callback_v1($1, $2, $3)

-- name: new_callbacks
-- What was kept before $1 and not followed up: its process ended in between.
SELECT c.seller_id, c.id::text, c.operator, c.recharge_id::text, c.reference, c.signed, c.result::text, c.code,
       c.operator_reference, c.body, c.received_at_us
  FROM recharges.callback c
 WHERE c.state = 'new' AND c.received_at_us < $1
 ORDER BY c.received_at_us LIMIT $2

-- name: old_callbacks
-- Signed ones from before $1, and the others from before $2.
SELECT c.seller_id, c.id::text FROM recharges.callback c
 WHERE (c.signed AND c.received_at_us < $1) OR (NOT c.signed AND c.received_at_us < $2)
 LIMIT $3

-- name: forget_callbacks
SELECT recharges.forget_callbacks_v1($1, $2, $3)
