-- Statements of the ledger. `seller_id` is named on the table itself in each of them.

-- name: begin
BEGIN

-- name: commit
COMMIT

-- name: rollback
ROLLBACK

-- name: alone
-- Without standbys whatever was committed and is seen is on the disk, so this transaction's end need not be.
SELECT set_config('synchronous_commit', 'off', true) WHERE current_setting('synchronous_standby_names') = ''

-- name: lock_books
-- The only place that locks books: sorted, so that two transactions never wait in a circle.
SELECT b.seller_id, b.currency, b.active, b.key_epoch, b.daily_limit, b.per_recharge_max,
       b.duplicate_window_s, b.available, b.held, b.funded, b.sold, b.adjusted, b.seq, b.head_hash, b.moved_at_us,
       b.spent_on, b.spent_today, b.low_balance_threshold
  FROM ledger.book b
 WHERE b.seller_id = ANY ($1::bigint[])
 ORDER BY b.seller_id, b.currency
   FOR NO KEY UPDATE

-- name: post
SELECT ledger.post_v1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
                      $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30)

-- name: warn
SELECT ledger.warn_v1($1, $2, $3, $4, $5, $6)

-- name: watch
SELECT ledger.watch_v1($1, $2)

-- name: remember
SELECT ledger.remember_v1($1, $2, $3, $4, $5)

-- name: recall
SELECT i.object_id::text, i.request
  FROM ledger.idempotency i
 WHERE i.seller_id = $1 AND i.operation = $2 AND i.reference = $3

-- name: read_books
SELECT b.seller_id, b.currency, b.active, b.key_epoch, b.daily_limit, b.per_recharge_max,
       b.duplicate_window_s, b.available, b.held, b.funded, b.sold, b.adjusted, b.seq, b.head_hash, b.moved_at_us,
       b.spent_on, b.spent_today, b.low_balance_threshold
  FROM ledger.book b
 WHERE b.seller_id = ANY ($1::bigint[])
 ORDER BY b.seller_id, b.currency

-- name: book_at
-- The vector of a book after its last movement at or before a moment; no row before the first.
SELECT j.available, j.held, j.seq
  FROM ledger.journal j
 WHERE j.seller_id = $1 AND j.currency = $2 AND j.seq = ledger.seq_at_v1($1, $2, $3)

-- name: list_movements
-- Newest first, below number $3 and above number $4.
SELECT j.seller_id, j.currency, j.seq, j.kind::text, j.amount, j.available, j.held, j.source_type::text,
       j.source_id::text, j.created_at_us
  FROM ledger.journal j
 WHERE j.seller_id = $1 AND j.currency = $2 AND j.seq < $3 AND j.seq > $4
 ORDER BY j.seq DESC LIMIT $5

-- name: snapshot
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY

-- name: journal_of
-- Everything that the chain seals, in order, after movement $3, for `verify`.
SELECT j.seq, j.kind::text, j.amount, j.available, j.held, j.funded, j.sold, j.adjusted,
       j.source_type::text, j.source_id::text, j.actor_type::text, j.actor_id, j.created_at_us, j.hash
  FROM ledger.journal j
 WHERE j.seller_id = $1 AND j.currency = $2 AND j.seq > $3
 ORDER BY j.seq

-- name: rebuild
SELECT ledger.rebuild_v1($1, $2, $3, $4, $5, $6, $7)

-- name: list_books
-- A page of books in order, after seller $1.
SELECT b.seller_id, b.currency, b.active, b.key_epoch, b.daily_limit, b.per_recharge_max,
       b.duplicate_window_s, b.available, b.held, b.funded, b.sold, b.adjusted, b.seq, b.head_hash, b.moved_at_us,
       b.spent_on, b.spent_today, b.low_balance_threshold
  FROM ledger.book b
 WHERE b.seller_id > $1
 ORDER BY b.seller_id, b.currency LIMIT $2
