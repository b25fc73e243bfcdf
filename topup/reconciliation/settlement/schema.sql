-- Where the lines of a settlement file stand while they are compared. They belong to one import, which
-- clears them at its end, so they are not logged: after a crash the import begins again from its file.

CREATE SCHEMA settlement;

CREATE UNLOGGED TABLE settlement.line (
  file_id     uuid     NOT NULL,
  seller_id   bigint   NOT NULL,
  amount      bigint,
  at_us       bigint,
  nr          integer  NOT NULL,
  attempt     smallint,
  recharge_id uuid     NOT NULL,
  state       "char"   NOT NULL CHECK (state IN ('d', 'f', 'u')),
  reference   text     NOT NULL,
  operator_reference text,
  phone_number text
);
CREATE INDEX line_key ON settlement.line (file_id, seller_id, recharge_id);

-- Clears the lines of one import. They are of many sellers, so key_seller is none of them: 0.
CREATE FUNCTION settlement.clear_v1(key_seller bigint, of_file uuid)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DELETE FROM settlement.line l WHERE l.file_id = of_file;
$$;

-- Tells the planner what has just been copied in; the owner alone may.
CREATE FUNCTION settlement.look_over()
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  ANALYZE settlement.line;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA settlement FROM PUBLIC;
GRANT USAGE ON SCHEMA settlement TO topup_app;
GRANT SELECT, INSERT ON settlement.line TO topup_app;
GRANT EXECUTE ON FUNCTION settlement.clear_v1, settlement.look_over TO topup_app;
