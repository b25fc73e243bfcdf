-- Statements of webhooks. Those of a worker that name no seller read the few endpoints first.

-- name: tell
SELECT webhooks.tell_v1($1, $2, $3, $4, $5, $6, $7)

-- name: behind
-- Endpoints that have movements before them, in any order, so that none is always the last.
SELECT e.seller_id, e.id::text, e.cursor, b.seq, b.currency, e.types
  FROM webhooks.endpoint e
  JOIN ledger.book b ON b.seller_id = e.seller_id AND b.seq > e.cursor
 WHERE e.enabled
 ORDER BY random() LIMIT $1

-- name: movements
-- For each (seller, currency, cursor, last number wanted) its movements, with the low balance they made.
SELECT q.place, j.seq, j.kind::text, j.source_id::text, j.created_at_us, l.threshold, j.available
  FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[]) WITH ORDINALITY
       AS q(seller_id, currency, low, high, place)
 CROSS JOIN LATERAL (
       SELECT j.seq, j.kind, j.source_id, j.created_at_us, j.available
         FROM ledger.journal j
        WHERE j.seller_id = q.seller_id AND j.currency = q.currency AND j.seq > q.low AND j.seq <= q.high
          AND j.seller_id = ANY ($1::bigint[])) j
  LEFT JOIN ledger.low_balance l
    ON l.seller_id = q.seller_id AND l.currency = q.currency AND l.seq = j.seq
   AND l.seller_id = ANY ($1::bigint[])
 ORDER BY q.place, j.seq

-- name: follow
SELECT * FROM webhooks.follow_v1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)

-- name: untold
SELECT e.seller_id, e.id::text, e.type, e.object_id::text, e.at_us, e.object
  FROM webhooks.event e
 WHERE NOT e.told
 ORDER BY e.seller_id, e.id LIMIT $1

-- name: listening
SELECT e.seller_id, e.id::text, e.types, e.created_at_us
  FROM webhooks.endpoint e
 WHERE e.seller_id = ANY ($1::bigint[]) AND e.enabled

-- name: fan_out
SELECT webhooks.fan_out_v1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- name: due
-- At most $2 of an endpoint, the longest due first; of the endpoints named in $3, or of all others.
SELECT d.seller_id, d.id::text, e.id::text, d.tries, d.next_at_us, d.payload, e.url, e.secret,
       e.previous_secret, e.previous_until_us
  FROM webhooks.endpoint e
 CROSS JOIN LATERAL (
       SELECT d.seller_id, d.id, d.tries, d.next_at_us, d.payload
         FROM webhooks.delivery d
        WHERE d.seller_id = e.seller_id AND d.endpoint_id = e.id AND d.state = 'pending'
          AND d.next_at_us <= $1
        ORDER BY d.next_at_us LIMIT $2) d
 WHERE e.enabled AND (e.id = ANY ($3::uuid[])) = $4
 ORDER BY d.next_at_us LIMIT $5

-- name: claim
SELECT taken_id::text FROM webhooks.claim_v1($1, $2, $3, $4, $5, $6)

-- name: record
SELECT recorded_id::text
  FROM webhooks.record_v1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)

-- name: oldest_pending
-- Since when the delivery waits that waits longest.
SELECT min(d.created_at_us)
  FROM webhooks.endpoint e
 CROSS JOIN LATERAL (
       SELECT d.created_at_us FROM webhooks.delivery d
        WHERE d.seller_id = e.seller_id AND d.endpoint_id = e.id AND d.state = 'pending'
        ORDER BY d.next_at_us LIMIT 1) d
 WHERE e.enabled

-- name: old_deliveries
SELECT d.seller_id, d.id::text
  FROM webhooks.delivery d
 WHERE d.created_at_us < $1
 ORDER BY d.created_at_us LIMIT $2

-- name: forget
SELECT webhooks.forget_v1($1, $2, $3)

-- name: add_endpoint
-- The deed and its entry in the audit log, in one transaction, or neither; so are the three below.
SELECT CASE WHEN webhooks.add_endpoint_v1($1, $2, $3, $4, $5, $6, $7, $8)
            THEN (SELECT true FROM audit.note_v1($9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19))
            ELSE false END

-- name: change_endpoint
SELECT CASE WHEN webhooks.change_endpoint_v1($1, $2, $3, $4, $5, $6, $7)
            THEN (SELECT true FROM audit.note_v1($8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18))
            ELSE false END

-- name: remove_endpoint
SELECT CASE WHEN webhooks.remove_endpoint_v1($1, $2)
            THEN (SELECT true FROM audit.note_v1($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13))
            ELSE false END

-- name: rotate
SELECT CASE WHEN webhooks.rotate_v1($1, $2, $3, $4)
            THEN (SELECT true FROM audit.note_v1($5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15))
            ELSE false END

-- name: get_endpoint
SELECT e.seller_id, e.id::text, e.url, e.description, e.types, e.enabled, e.disabled_because,
       e.disabled_at_us, e.previous_until_us, e.created_at_us
  FROM webhooks.endpoint e
 WHERE e.seller_id = $1 AND e.id = $2

-- name: list_endpoints
SELECT e.seller_id, e.id::text, e.url, e.description, e.types, e.enabled, e.disabled_because,
       e.disabled_at_us, e.previous_until_us, e.created_at_us
  FROM webhooks.endpoint e
 WHERE e.seller_id = $1
 ORDER BY e.id DESC

-- name: deliver
SELECT webhooks.deliver_v1($1, $2, $3, $4, $5, $6, $7)

-- name: replay
SELECT webhooks.replay_v1($1, $2, $3)

-- name: get_delivery
SELECT d.seller_id, d.id::text, d.endpoint_id::text, d.event_id::text, d.type, d.state::text, d.attempts,
       d.next_at_us, d.created_at_us, d.finished_at_us, d.payload
  FROM webhooks.delivery d
 WHERE d.seller_id = $1 AND d.id = $2

-- name: list_deliveries
-- Newest first, of one endpoint; $3 is above, $4 below an id.
SELECT d.seller_id, d.id::text, d.endpoint_id::text, d.event_id::text, d.type, d.state::text, d.attempts,
       d.next_at_us, d.created_at_us, d.finished_at_us, d.payload
  FROM webhooks.delivery d
 WHERE d.seller_id = $1 AND d.endpoint_id = $2 AND d.id > $3::uuid AND d.id < $4::uuid
 ORDER BY d.id DESC LIMIT $5

-- name: attempts_at
SELECT a.delivery_id::text, a.nr, a.at_us, a.took_ms, a.status, a.error, a.answer
  FROM webhooks.delivery_attempt a
 WHERE a.seller_id = $1 AND a.delivery_id = ANY ($2::uuid[])
 ORDER BY a.delivery_id, a.nr

-- name: recharges_of
-- By (seller, recharge) pairs, with what was available after the movement that took the price.
SELECT r.seller_id, r.id::text, r.reference, r.phone_number, r.operator, r.operator_explicit, r.amount,
       r.currency, r.state::text, r.failure_code, r.created_at_us, r.updated_at_us, r.seq, j.available
  FROM unnest($2::bigint[], $3::uuid[]) q(seller_id, id)
 CROSS JOIN LATERAL (
       SELECT *, coalesce(r.hold_seq, r.settle_seq) AS seq FROM recharges.recharge r
        WHERE r.seller_id = q.seller_id AND r.id = q.id AND r.seller_id = ANY ($1::bigint[])
        LIMIT 1) r
 CROSS JOIN LATERAL (
       SELECT j.available FROM ledger.journal j
        WHERE j.seller_id = r.seller_id AND j.currency = r.currency AND j.seq = r.seq
          AND j.seller_id = ANY ($1::bigint[])
        LIMIT 1) j

-- name: credit_requests_of
SELECT r.seller_id, r.id::text, r.amount, r.currency, r.state::text, r.note, r.reason, r.requested_by,
       r.decided_by, r.decided_at_us, r.created_at_us
  FROM unnest($2::bigint[], $3::uuid[]) q(seller_id, id)
 CROSS JOIN LATERAL (
       SELECT * FROM credit.credit_request r
        WHERE r.seller_id = q.seller_id AND r.id = q.id AND r.seller_id = ANY ($1::bigint[])
        LIMIT 1) r

-- name: last_until
-- The number of the last movement made at or before a moment.
SELECT ledger.seq_at_v1($1, $2, $3)

-- name: events_of_movements
-- Newest first: of the movements from number $3 to $4 those of these kinds, whose ids are in the range.
SELECT j.seq, j.kind::text, j.source_id::text, j.created_at_us
  FROM ledger.journal j
 WHERE j.seller_id = $1 AND j.currency = $2 AND j.seq >= $3 AND j.seq <= $4
   AND j.kind = ANY ($5::ledger.kind[])
   AND ledger.movement_id(j.created_at_us, j.seq, j.seller_id) > $6::uuid
   AND ledger.movement_id(j.created_at_us, j.seq, j.seller_id) < $7::uuid
 ORDER BY j.seq DESC LIMIT $8

-- name: events_of_low_balances
SELECT l.seq, l.currency, l.threshold, l.available, j.created_at_us
  FROM ledger.low_balance l
  JOIN ledger.journal j ON j.seller_id = l.seller_id AND j.currency = l.currency AND j.seq = l.seq
 WHERE l.seller_id = $1 AND j.seller_id = $1 AND l.currency = $2 AND l.seq >= $3 AND l.seq <= $4
   AND ledger.movement_id(j.created_at_us, l.seq + 2199023255552, l.seller_id) > $5::uuid
   AND ledger.movement_id(j.created_at_us, l.seq + 2199023255552, l.seller_id) < $6::uuid
 ORDER BY l.seq DESC LIMIT $7

-- name: events_without_movement
SELECT e.seller_id, e.id::text, e.type, e.object_id::text, e.at_us, e.object
  FROM webhooks.event e
 WHERE e.seller_id = $1 AND e.id > $2::uuid AND e.id < $3::uuid AND e.type = ANY ($4::text[])
 ORDER BY e.id DESC LIMIT $5

-- name: moment_of
SELECT j.created_at_us
  FROM ledger.journal j
 WHERE j.seller_id = $1 AND j.currency = $2 AND j.seq = $3
