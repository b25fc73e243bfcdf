-- What keys were used for. It is a help for developers and no record: the table is not in the write-ahead
-- log, so it costs little and is empty after a crash of PostgreSQL, and where a seller asks very often, only
-- some of its requests are in it.

CREATE SCHEMA sellers;

CREATE UNLOGGED TABLE sellers.api_request (
  seller_id  bigint   NOT NULL,
  at_us      bigint   NOT NULL,
  id         uuid     NOT NULL,
  key_id     uuid     NOT NULL,
  took_us    integer  NOT NULL CHECK (took_us >= 0),
  status     smallint NOT NULL,
  method     text     NOT NULL CHECK (length(method) <= 20),
  path       text     NOT NULL CHECK (length(path) <= 200),
  code       text     NOT NULL CHECK (length(code) <= 60),
  request_id text     NOT NULL CHECK (length(request_id) <= 64),
  PRIMARY KEY (seller_id, id)
);
CREATE INDEX api_request_age ON sellers.api_request (at_us);

CREATE FUNCTION sellers.keep_requests_v1(
  key_seller bigint, r_seller bigint[], r_at_us bigint[], r_id uuid[], r_key uuid[], r_took_us integer[],
  r_status smallint[], r_method text[], r_path text[], r_code text[], r_request_id text[]
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO sellers.api_request
    (seller_id, at_us, id, key_id, took_us, status, method, path, code, request_id)
  SELECT * FROM unnest(r_seller, r_at_us, r_id, r_key, r_took_us, r_status, r_method, r_path, r_code,
                       r_request_id);
$$;

CREATE FUNCTION sellers.forget_requests_v1(key_seller bigint, r_seller bigint[], r_id uuid[])
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DELETE FROM sellers.api_request r
   USING unnest(r_seller, r_id) AS x(seller_id, id)
   WHERE r.seller_id = ANY (r_seller) AND r.seller_id = x.seller_id AND r.id = x.id;
$$;

-- Keys were used at this moment. A key whose last use is not `apart_us` ago keeps what it has, so that of
-- several processes one writes.
CREATE FUNCTION sellers.keys_used_v1(key_seller bigint, of_keys uuid[], at_us bigint, apart_us bigint)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  UPDATE public.sellers_apikey k
     SET last_used_at = to_timestamp(at_us / 1000000.0)
   WHERE k.id = ANY (of_keys)
     AND (k.last_used_at IS NULL OR k.last_used_at < to_timestamp((at_us - apart_us) / 1000000.0));
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA sellers FROM PUBLIC;
GRANT USAGE ON SCHEMA sellers TO topup_app;
GRANT SELECT ON ALL TABLES IN SCHEMA sellers TO topup_app;
GRANT EXECUTE ON FUNCTION
  sellers.keep_requests_v1, sellers.forget_requests_v1, sellers.keys_used_v1
TO topup_app;
