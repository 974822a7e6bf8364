-- Once for a database server, as a superuser, before the first `zevenstem migrate up`:
--
--     psql -X -v ON_ERROR_STOP=1 -v owner_password=... -v service_password=... -f roles.sql postgres
--
-- Two logins: zs_owner migrates and owns everything; zs_app is the service, which can neither alter tables nor touch the past of
-- the audit log: it takes on the roles that zs_service is a member of (made by the first migration). May be run again: then it
-- only sets the passwords. With peer or certificate authentication give any password and leave it unused.

SELECT format('CREATE ROLE %I', r.name) FROM (VALUES ('zs_owner'), ('zs_service'), ('zs_app')) AS r (name)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r.name) \gexec
-- CREATEROLE: the first migration makes the working roles.
ALTER ROLE zs_owner LOGIN CREATEROLE PASSWORD :'owner_password';
ALTER ROLE zs_service NOLOGIN NOINHERIT;
ALTER ROLE zs_app LOGIN PASSWORD :'service_password';
GRANT zs_service TO zs_app;
-- Bytes decide the order of text, so that an upgrade of the operating system never reorders an index.
SELECT 'CREATE DATABASE zevenstem OWNER zs_owner ENCODING ''UTF8'' LOCALE ''C.UTF-8'' TEMPLATE template0'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'zevenstem') \gexec
REVOKE ALL ON DATABASE zevenstem FROM PUBLIC;
GRANT CONNECT ON DATABASE zevenstem TO zs_service, zs_app;
