-- What the application's role may do with the tables that Django keeps (users, sessions, settings):
-- everything but change their shape. Tables of money grant for themselves, in their own schemas.

GRANT USAGE ON SCHEMA public TO topup_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO topup_app;
-- Which migrations ran is the owner's to write.
REVOKE INSERT, UPDATE, DELETE ON public.django_migrations FROM topup_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO topup_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO topup_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO topup_app;
