-- Callbacks: what operators tell by themselves, as it came. A row moves no money: what follows from it goes
-- through the door. seller_id is 0 where it names none of our attempts.

CREATE TYPE recharges.callback_state AS ENUM ('new', 'done');

-- `new` until what follows from it is done; `note` says what that was. The digest is of the body and of
-- whether it was signed: a copy that somebody sent without a signature must not stand for the real one.
CREATE TABLE recharges.callback (
  seller_id      bigint           NOT NULL CHECK (seller_id >= 0),
  received_at_us bigint           NOT NULL,
  id             uuid             NOT NULL,
  recharge_id    uuid,
  signed         boolean          NOT NULL,
  state          recharges.callback_state NOT NULL DEFAULT 'new',
  result         recharges.result NOT NULL,
  operator       text             NOT NULL CHECK (length(operator) <= 20),
  gateway        text             CHECK (length(gateway) <= 20),
  reference      text             CHECK (length(reference) <= 100),
  code           text             CHECK (length(code) <= 100),
  operator_reference text         CHECK (length(operator_reference) <= 200),
  note           text             CHECK (length(note) <= 100),
  headers        text             NOT NULL CHECK (length(headers) <= 5000),
  digest         bytea            NOT NULL CHECK (octet_length(digest) = 32),
  body           bytea            NOT NULL CHECK (octet_length(body) <= 65536),
  PRIMARY KEY (seller_id, id),
  UNIQUE (seller_id, operator, digest),
  CONSTRAINT callback_done CHECK ((state = 'done') = (note IS NOT NULL))
);
-- What a crash left behind, and what is old enough to be forgotten.
CREATE INDEX callback_new ON recharges.callback (received_at_us) WHERE state = 'new';
CREATE INDEX callback_age ON recharges.callback (signed, received_at_us);
CREATE INDEX callback_unsigned ON recharges.callback (seller_id, operator, received_at_us) WHERE NOT signed;

-- Keeps a callback; whether it is new. Of those that nobody signed, `most` are kept beside this one, and
-- the oldest gives way: whoever may send them without a key must not fill the disk.
CREATE FUNCTION recharges.keep_callback_v1(
  key_seller bigint, callback_id uuid, of_recharge uuid, is_signed boolean, said recharges.result,
  by_operator text, by_gateway text, our_reference text, its_code text, its_reference text,
  its_headers text, its_digest bytea, its_body bytea, at_us bigint, most integer
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM recharges.callback c
              WHERE c.seller_id = key_seller AND c.operator = by_operator AND c.digest = its_digest) THEN
    RETURN false;
  END IF;
  IF NOT is_signed AND (SELECT count(*) FROM recharges.callback c
                         WHERE c.seller_id = key_seller AND c.operator = by_operator AND NOT c.signed) >= most THEN
    DELETE FROM recharges.callback c
     WHERE c.seller_id = key_seller
       AND c.id = (SELECT o.id FROM recharges.callback o
                    WHERE o.seller_id = key_seller AND o.operator = by_operator AND NOT o.signed
                    ORDER BY o.received_at_us LIMIT 1);
  END IF;
  INSERT INTO recharges.callback
    (seller_id, id, recharge_id, signed, result, operator, gateway, reference, code, operator_reference,
     headers, digest, body, received_at_us)
  VALUES
    (key_seller, callback_id, of_recharge, is_signed, said, by_operator, by_gateway, our_reference, its_code,
     its_reference, its_headers, its_digest, its_body, at_us);
  RETURN true;
EXCEPTION WHEN unique_violation THEN
  RETURN false;  -- the same bytes twice at once
END $$;

-- What followed from a callback is done.
CREATE FUNCTION recharges.close_callback_v1(key_seller bigint, callback_id uuid, what text)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE recharges.callback c SET state = 'done', note = what
   WHERE c.seller_id = key_seller AND c.id = callback_id AND c.state = 'new';
$$;

CREATE FUNCTION recharges.forget_callbacks_v1(key_seller bigint, c_seller bigint[], c_id uuid[])
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DELETE FROM recharges.callback c
   USING unnest(c_seller, c_id) AS x(seller_id, id)
   WHERE c.seller_id = ANY (c_seller) AND c.seller_id = x.seller_id AND c.id = x.id;
$$;

REVOKE ALL ON FUNCTION
  recharges.keep_callback_v1, recharges.close_callback_v1, recharges.forget_callbacks_v1
FROM PUBLIC;
GRANT SELECT ON recharges.callback TO topup_app;
GRANT EXECUTE ON FUNCTION
  recharges.keep_callback_v1, recharges.close_callback_v1, recharges.forget_callbacks_v1
TO topup_app;
