#include "db/migrate_internal.h"

/* Each query gives a line for everything that should not be. */
static const char *const checks[] = {
    "SELECT format('index %I.%I is invalid: drop it and make it again', n.nspname, c.relname)"
    " FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid"
    " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
    " WHERE n.nspname = 'zs' AND c.relkind = 'i' AND NOT i.indisvalid",

    "SELECT format('role %s is missing', wanted) FROM unnest(ARRAY['zs_service', 'zs_intake', 'zs_staff', "
    "'zs_results',"
    " 'zs_audit']) AS wanted WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted)",

    "SELECT format('role %I may do more than it should: it is a superuser, bypasses row security, or makes "
    "roles or databases',"
    " rolname) FROM pg_catalog.pg_roles"
    " WHERE rolname IN ('zs_service', 'zs_intake', 'zs_staff', 'zs_results', 'zs_audit')"
    " AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)",

    "SELECT format('role %I may change the schema', r.rolname) FROM pg_catalog.pg_roles AS r"
    " WHERE r.rolname IN ('zs_service', 'zs_intake', 'zs_staff', 'zs_results', 'zs_audit')"
    " AND has_schema_privilege(r.oid, 'zs', 'CREATE')",

    "SELECT format('role %I owns %I.%I', r.rolname, n.nspname, c.relname) FROM pg_catalog.pg_class AS c"
    " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace JOIN pg_catalog.pg_roles AS r ON r.oid = "
    "c.relowner"
    " WHERE n.nspname = 'zs' AND r.rolname IN ('zs_service', 'zs_intake', 'zs_staff', 'zs_results', "
    "'zs_audit')",

    "SELECT format('role %I may change or remove rows of %I.%I', r.rolname, n.nspname, c.relname)"
    " FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
    " JOIN pg_catalog.pg_roles AS r ON r.rolname IN ('zs_service', 'zs_intake', 'zs_staff', 'zs_results', "
    "'zs_audit')"
    " WHERE n.nspname = 'zs' AND c.relkind IN ('r', 'p')"
    " AND (c.relname IN ('audit_event', 'audit_link', 'passage', 'installation', 'migration', "
    "'migration_routine', "
    "'contact_offer')"
    "      OR c.relname LIKE 'response%')"
    " AND (has_table_privilege(r.oid, c.oid, 'DELETE, TRUNCATE, TRIGGER')"
    "      OR has_any_column_privilege(r.oid, c.oid, 'UPDATE'))",

    "SELECT format('role %I may read %I.%I', r.rolname, n.nspname, c.relname)"
    " FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
    " JOIN pg_catalog.pg_roles AS r ON (c.relname IN ('passage', 'turn', 'participant_name', 'evidence') AND "
    "r.rolname IN ('zs_service', 'zs_intake', "
    "'zs_results',"
    "   'zs_audit')) OR (c.relname = 'audit_event' AND r.rolname IN ('zs_service', 'zs_intake', 'zs_staff', "
    "'zs_results'))"
    " WHERE n.nspname = 'zs' AND has_any_column_privilege(r.oid, c.oid, 'SELECT')",

    "SELECT format('table %I.%I is unlogged: a crash would empty it', n.nspname, c.relname) FROM "
    "pg_catalog.pg_class AS c"
    " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace"
    " WHERE n.nspname = 'zs' AND c.relkind = 'r' AND c.relpersistence <> 'p'",

    "SELECT format('trigger %I of %s is switched off', t.tgname, t.tgrelid::regclass) FROM "
    "pg_catalog.pg_trigger AS t"
    " JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid JOIN pg_catalog.pg_namespace AS n ON n.oid = "
    "c.relnamespace"
    " WHERE n.nspname = 'zs' AND t.tgenabled = 'D'",
};

enum migrate_status migrate_verify_database(struct migrator *m)
{
    enum migrate_status status = MIGRATE_OK;
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        PGresult *result = migrate_query(m, checks[i], 0, NULL);
        if (!result) {
            return MIGRATE_FAILED;
        }
        for (int row = 0; row < PQntuples(result); row++) {
            migrate_sayf(&m->say, "%s", PQgetvalue(result, row, 0));
            status = MIGRATE_REFUSED;
        }
        PQclear(result);
    }
    return status;
}
