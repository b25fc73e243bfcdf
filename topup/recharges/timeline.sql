-- What happened to one recharge, and what is still to be done about it.

-- name: read_origin
SELECT r.actor_id, r.hold_seq IS NOT NULL FROM recharges.recharge r WHERE r.seller_id = $1 AND r.id = $2

-- name: read_errand
SELECT e.due_at_us, e.review_since_us IS NOT NULL
  FROM recharges.errand e WHERE e.seller_id = $1 AND e.recharge_id = $2

-- name: read_events
SELECT v.id::text, v.at_us, v.actor_type::text, v.actor_id, v.from_state::text, v.to_state::text, v.cause,
       v.evidence
  FROM recharges.recharge_event v
 WHERE v.seller_id = $1 AND v.recharge_id = $2
 ORDER BY v.at_us, v.id

-- name: read_attempts
SELECT a.nr, a.verb::text, a.gateway, a.reference, a.result::text, a.code, a.operator_reference,
       a.begun_at_us, a.answered_at_us, a.evidence
  FROM recharges.attempt a
 WHERE a.seller_id = $1 AND a.recharge_id = $2
 ORDER BY a.nr
