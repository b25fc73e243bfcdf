-- Phone numbers that sellers keep under a label of their own. No money is here: what a number was
-- credited is summed from the recharges, whether anybody keeps it or not.

CREATE TABLE recharges.phone_number (
  seller_id     bigint NOT NULL,
  phone_number  bigint NOT NULL CHECK (phone_number BETWEEN 1000000 AND 999999999999999),
  created_at_us bigint NOT NULL,
  label         text   CHECK (length(label) BETWEEN 1 AND 60),
  PRIMARY KEY (seller_id, phone_number)
);
-- The list, newest first.
CREATE INDEX phone_number_newest ON recharges.phone_number (seller_id, created_at_us, phone_number);

-- Keeps a number; whether it is new. Of one that is kept already, the label is set where relabel says so.
CREATE FUNCTION recharges.keep_number_v1(
  key_seller bigint, number bigint, new_label text, relabel boolean, at_us bigint
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO recharges.phone_number AS p (seller_id, phone_number, label, created_at_us)
  VALUES (key_seller, number, new_label, at_us) ON CONFLICT (seller_id, phone_number) DO NOTHING;
  IF FOUND THEN
    RETURN true;
  END IF;
  UPDATE recharges.phone_number p SET label = new_label
   WHERE p.seller_id = key_seller AND p.phone_number = number AND relabel;
  RETURN false;
END $$;

-- Forgets a number and its label; whether it was kept.
CREATE FUNCTION recharges.forget_number_v1(key_seller bigint, number bigint)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM recharges.phone_number p WHERE p.seller_id = key_seller AND p.phone_number = number;
  RETURN FOUND;
END $$;

-- What seller key_seller sold to a number: one row, also where that is nothing. Credited is what succeeded
-- and stands; what was reversed is told beside it; what failed or is on its way is in neither.
-- It has no settings of its own, so that it is planned as a part of the query that calls it.
CREATE FUNCTION recharges.sold_to_v1(key_seller bigint, number bigint)
RETURNS TABLE (recharges bigint, credited bigint, reversals bigint, reversed bigint, last_id text,
               last_reference text, last_state text, last_operator text, last_amount bigint, last_at_us bigint)
LANGUAGE sql STABLE AS $$
  SELECT s.recharges, s.credited, s.reversals, s.reversed, l.id, l.reference, l.state, l.operator, l.amount,
         l.created_at_us
    FROM (SELECT count(*) FILTER (WHERE r.state = 'succeeded') AS recharges,
                 coalesce(sum(r.amount) FILTER (WHERE r.state = 'succeeded'), 0)::bigint AS credited,
                 count(*) FILTER (WHERE r.state = 'reversed') AS reversals,
                 coalesce(sum(r.amount) FILTER (WHERE r.state = 'reversed'), 0)::bigint AS reversed
            FROM recharges.recharge r
           WHERE r.phone_number = number AND r.seller_id = key_seller) s
    LEFT JOIN (SELECT r.id::text, r.reference, r.state::text, r.operator, r.amount, r.created_at_us
                 FROM recharges.recharge r
                WHERE r.phone_number = number AND r.seller_id = key_seller
                ORDER BY r.created_at_us DESC, r.id DESC LIMIT 1) l ON true
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA recharges FROM PUBLIC;
GRANT SELECT ON recharges.phone_number TO topup_app;
GRANT EXECUTE ON FUNCTION recharges.keep_number_v1, recharges.forget_number_v1, recharges.sold_to_v1
TO topup_app;
