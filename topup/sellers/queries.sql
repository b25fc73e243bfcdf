-- Sellers as the API shows them: the row and its book.

-- name: get
SELECT s.id, s.name, b.active, b.currency, b.available, b.held, b.seq, b.daily_limit, b.per_recharge_max,
       b.duplicate_window_s, b.low_balance_threshold,
       s.allowed_ips, (extract(epoch FROM s.created_at) * 1000000)::bigint
  FROM sellers_seller s JOIN ledger.book b ON b.seller_id = s.id
 WHERE s.id = $1

-- name: list
-- Newest first; $1 is above, $2 below an id.
SELECT s.id, s.name, b.active, b.currency, b.available, b.held, b.seq, b.daily_limit, b.per_recharge_max,
       b.duplicate_window_s, b.low_balance_threshold,
       s.allowed_ips, (extract(epoch FROM s.created_at) * 1000000)::bigint
  FROM sellers_seller s JOIN ledger.book b ON b.seller_id = s.id
 WHERE s.id > $1 AND s.id < $2
 ORDER BY s.id DESC LIMIT $3
