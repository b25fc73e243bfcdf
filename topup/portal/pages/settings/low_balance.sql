-- The amount under which a seller wants to be told.

-- name: low_balance_threshold
SELECT b.low_balance_threshold FROM ledger.book b WHERE b.seller_id = $1
