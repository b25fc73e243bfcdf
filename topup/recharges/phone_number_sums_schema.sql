-- What a number was credited, reading no more than so many of its recharges.

-- What seller key_seller sold to a number, in one row as recharges.sold_to_v1, but of at most `most` recharges. One
-- with more has `more`: its sums are of some of them, so that it was credited more than they say, and which of
-- its recharges is the last is not known. No index has the recharges of a number in their order; one that had
-- would be written by every sale. It has no settings of its own, so that it is planned as a part of its query.
CREATE FUNCTION recharges.sold_to_v2(key_seller bigint, number bigint, most integer)
RETURNS TABLE (recharges bigint, credited bigint, reversals bigint, reversed bigint, more boolean, last_id text,
               last_reference text, last_state text, last_operator text, last_amount bigint, last_at_us bigint)
LANGUAGE sql STABLE AS $$
  WITH seen AS MATERIALIZED (
    SELECT r.id, r.reference, r.state, r.operator, r.amount, r.created_at_us
      FROM recharges.recharge r
     WHERE r.phone_number = number AND r.seller_id = key_seller LIMIT most + 1)
  SELECT s.recharges, s.credited, s.reversals, s.reversed, s.more, l.id, l.reference, l.state, l.operator,
         l.amount, l.created_at_us
    FROM (SELECT count(*) FILTER (WHERE seen.state = 'succeeded') AS recharges,
                 coalesce(sum(seen.amount) FILTER (WHERE seen.state = 'succeeded'), 0)::bigint AS credited,
                 count(*) FILTER (WHERE seen.state = 'reversed') AS reversals,
                 coalesce(sum(seen.amount) FILTER (WHERE seen.state = 'reversed'), 0)::bigint AS reversed,
                 count(*) > most AS more
            FROM seen) s
    LEFT JOIN (SELECT seen.id::text, seen.reference, seen.state::text, seen.operator, seen.amount,
                      seen.created_at_us
                 FROM seen ORDER BY seen.created_at_us DESC, seen.id DESC LIMIT 1) l ON NOT s.more
$$;

REVOKE ALL ON FUNCTION recharges.sold_to_v2 FROM PUBLIC;
GRANT EXECUTE ON FUNCTION recharges.sold_to_v2 TO topup_app;
