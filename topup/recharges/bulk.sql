-- Statements of bulk jobs. Candidates are read without a lock, over all sellers; what is taken is compared
-- and set.

-- name: keep
SELECT recharges.keep_bulk_v1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
                              $19, $20)

-- name: discard
SELECT recharges.discard_bulk_v1($1, $2)

-- name: start
-- The start and its entry in the audit log, in one transaction, or neither.
SELECT CASE WHEN recharges.start_bulk_v1($1, $2, $3, $4, $5)
            THEN (SELECT true FROM audit.note_v1($6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16))
            ELSE false END

-- name: move
SELECT CASE WHEN recharges.move_bulk_v1($1, $2, $3, $4, $5)
            THEN (SELECT true FROM audit.note_v1($6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16))
            ELSE false END

-- name: claim
SELECT recharges.claim_bulk_v1($1, $2, $3, $4)

-- name: record
SELECT recharges.record_bulk_v1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)

-- name: due
-- Jobs that wait for a worker, the one first that waits longest.
SELECT b.seller_id, b.id::text, b.version, b.state, b.actor_id
  FROM recharges.bulk_job b
 WHERE b.state IN ('running', 'stopping') AND b.leased_until_us < $1
 ORDER BY b.updated_at_us LIMIT $2

-- name: waiting
-- The next rows of a job that are to be sold.
SELECT b.nr, b.phone_number, b.amount, b.doubt
  FROM recharges.bulk_row b
 WHERE b.seller_id = $1 AND b.job_id = $2 AND b.state = 'waiting'
 ORDER BY b.nr LIMIT $3

-- name: job
SELECT b.seller_id, b.id::text, b.actor_id, b.file_name, b.digest, b.state, b.paused_by, b.valid, b.valid_amount,
       b.doubtful, b.doubtful_amount, b.wrong, b.wanted, b.sold, b.sold_amount, b.refused, b.created_at_us,
       b.updated_at_us
  FROM recharges.bulk_job b
 WHERE b.seller_id = $1 AND b.id = $2

-- name: jobs
-- A page of a seller's jobs, newest first, above id $2 and below id $3.
SELECT b.seller_id, b.id::text, b.actor_id, b.file_name, b.digest, b.state, b.paused_by, b.valid, b.valid_amount,
       b.doubtful, b.doubtful_amount, b.wrong, b.wanted, b.sold, b.sold_amount, b.refused, b.created_at_us,
       b.updated_at_us
  FROM recharges.bulk_job b
 WHERE b.seller_id = $1 AND b.id > $2::uuid AND b.id < $3::uuid
 ORDER BY b.id DESC LIMIT $4

-- name: same_file
-- The latest other job of the same rows that was started.
SELECT b.id::text, b.created_at_us, b.state, b.sold
  FROM recharges.bulk_job b
 WHERE b.digest = $3 AND b.seller_id = $1 AND b.id <> $2 AND b.state <> 'checked'
 ORDER BY b.id DESC LIMIT 1

-- name: unstarted
SELECT count(*) FROM recharges.bulk_job b WHERE b.seller_id = $1 AND b.state = 'checked'

-- name: rows
-- A page of a job's rows in their order, after number $3 and before $4; only those that need a look where $6.
SELECT b.nr, b.written_number, b.written_amount, b.note, b.phone_number, b.amount, b.operator, b.problem, b.doubt,
       b.state, b.recharge_id::text, r.state::text
  FROM recharges.bulk_row b
  LEFT JOIN recharges.recharge r ON r.seller_id = $1 AND r.id = b.recharge_id
 WHERE b.seller_id = $1 AND b.job_id = $2 AND b.nr > $3 AND b.nr < $4
   AND (NOT $6::boolean OR b.problem IS NOT NULL OR b.doubt IS NOT NULL)
 ORDER BY b.nr LIMIT $5
