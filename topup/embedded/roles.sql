-- The roles and the database. Run as the superuser after every start: each statement finds out
-- whether there is something left to do, so that a start that was interrupted is completed.

-- One connection at a time makes roles: two would race between the look and the creation.
SELECT pg_advisory_lock(7465646);

SELECT format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', wanted.name)
FROM (VALUES (:'owner'), (:'app')) AS wanted (name)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted.name)
\gexec

SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'owner')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database')
\gexec

\connect :database

-- Whoever may connect may not create: neither temporary tables nor anything in a schema of the
-- server. Only the owner, to whom the database belongs, may.
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO :"app";
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO :"owner";
GRANT USAGE ON SCHEMA public TO :"app";
