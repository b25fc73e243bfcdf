#!/bin/sh
# The roles and the database, made once, when PostgreSQL's image starts on an empty volume. The
# passwords are files in SECRETS, and are quoted by psql.
set -eu
SECRETS=${SECRETS:-/run/secrets}

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set owner_password="$(cat "$SECRETS/topup_owner_password")" \
  --set app_password="$(cat "$SECRETS/topup_app_password")" <<'SQL'
CREATE ROLE topup_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE topup_app   LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'app_password';

CREATE DATABASE topup OWNER topup_owner TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';

\connect topup
REVOKE ALL ON DATABASE topup FROM PUBLIC;
GRANT CONNECT ON DATABASE topup TO topup_app;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO topup_owner;
GRANT USAGE ON SCHEMA public TO topup_app;
SQL
