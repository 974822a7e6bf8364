#include "features/tafel/tafel_agenda_sql.h"

#include "crypto/crypto.h"
#include "features/audit/audit.h"

enum statement {
    LOCK,
    SAME,
    INSERT,
    LIST,
    READ,
    STANDINGS,
    PROGRESS,
    MARK,
    LOCK_ITEM,
    OWNER_ADD,
    PROGRESS_ADD,
    STATEMENT_COUNT
};

#define COLUMNS "number, document->>'title', created_at"

const struct db_statement agenda_statements[STATEMENT_COUNT + 1] = {
    [LOCK] = {"agenda_lock", "SELECT pg_advisory_xact_lock(16, 0) IS NULL"},
    [SAME] = {"agenda_same", "SELECT sha256 = $2::bytea, number = $1::int4 FROM zs.agenda_version"
                             " WHERE number >= $1::int4 ORDER BY number LIMIT 1"},
    [INSERT] = {"agenda_insert", "INSERT INTO zs.agenda_version (code, number, sha256, document, created_by)"
                                 " VALUES ($3::text, $1::int4, $2::bytea, $4::text::jsonb, $5::text)"},
    [LIST] = {"agenda_list", "SELECT " COLUMNS " FROM zs.agenda_version ORDER BY number DESC LIMIT $1::int4"},
    [READ] = {"agenda_read", "SELECT " COLUMNS ", document::text FROM zs.agenda_version"
                             " WHERE $1::int4 IN (0, number) ORDER BY number DESC LIMIT 1"},
    [STANDINGS] = {"agenda_standings",
                   "SELECT coalesce(o.item, p.item) AS item, coalesce(o.owner, ''), p.state FROM"
                   " (SELECT DISTINCT ON (item) item, owner FROM zs.agenda_owner ORDER BY item, id DESC) AS o"
                   " FULL JOIN (SELECT DISTINCT ON (item) item, state FROM zs.agenda_progress"
                   "   ORDER BY item, id DESC) AS p ON p.item = o.item ORDER BY coalesce(o.item, p.item) "
                   "COLLATE \"C\""},
    [PROGRESS] = {"agenda_progress", "SELECT state, told, source, created_at FROM zs.agenda_progress"
                                     " WHERE item = $1::text ORDER BY id DESC LIMIT 200"},
    [MARK] = {"agenda_mark", "SELECT (SELECT count(*) FROM zs.agenda_owner WHERE item = $1::text)"
                             " + (SELECT count(*) FROM zs.agenda_progress WHERE item = $1::text)"},
    [LOCK_ITEM] = {"agenda_lock_item", "SELECT pg_advisory_xact_lock(17, hashtext($1::text)) IS NULL"},
    [OWNER_ADD] = {"agenda_owner_add", "INSERT INTO zs.agenda_owner (item, owner, created_by)"
                                       " VALUES ($1::text, $2::text, $3::text)"},
    [PROGRESS_ADD] = {"agenda_progress_add",
                      "INSERT INTO zs.agenda_progress (item, state, told, source, created_by)"
                      " VALUES ($1::text, $2::text, $3::text, $4::text, $5::text)"},
};

const char *const agenda_states[] = {"niet-begonnen", "loopt", "vertraagd", "klaar", "gestopt", NULL};

/* ---- versions ---- */

static bool canonical(struct slice *text, struct arena *arena, struct slice document)
{
    struct json_errors errors;
    json_errors_init(&errors, arena);
    const json_t *parsed = json_parse(&errors, arena, document);
    return parsed && json_canonical_text(text, arena, parsed, AGENDA_BYTES_MAX * 2);
}

static enum db_status record(struct db_tx *tx, const struct agenda *agenda, const char *actor,
                             const char *origin)
{
    const struct audit_event event = {
        .action = "agenda.keep",
        .object =
            arena_printf(db_arena(tx), "agenda:%.*s/%d", SLICE_ARG(agenda->code), (int)agenda->version).ptr,
        .result = "ok",
        .origin = origin,
        .actor = actor};
    return audit_record(tx, &event);
}

static enum db_status insert(struct db_tx *tx, const struct agenda *agenda, struct slice text,
                             const unsigned char hash[CRYPTO_SHA256_BYTES], const char *actor,
                             const char *origin)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, (int32_t)agenda->version);
    db_put_bytes(&p, (struct slice){(const char *)hash, CRYPTO_SHA256_BYTES});
    db_put_text(&p, agenda->code);
    db_put_text(&p, text);
    db_put_text(&p, slice_from_cstr(actor));
    const enum db_status status = db_run(NULL, tx, &agenda_statements[INSERT], &p);
    return status == DB_OK ? record(tx, agenda, actor, origin) : status;
}

enum db_status agenda_keep(enum agenda_outcome *outcome, const struct agenda **older,
                           struct json_errors *errors, struct arena *arena, struct db_tx *tx,
                           const struct agenda *agenda, struct slice document, const char *actor,
                           const char *origin)
{
    struct db_result *rows;
    struct slice text;
    struct agenda_version version;
    unsigned char hash[CRYPTO_SHA256_BYTES];
    struct db_params none = db_params(tx);
    enum db_status status = db_run(NULL, tx, &agenda_statements[LOCK], &none);
    if (status != DB_OK) {
        return status;
    }
    if (!canonical(&text, db_arena(tx), document)) {
        return DB_FAILED;
    }
    crypto_sha256(hash, text);
    struct db_params p = db_params(tx);
    db_put_int32(&p, (int32_t)agenda->version);
    db_put_bytes(&p, (struct slice){(const char *)hash, sizeof hash});
    status = db_run(&rows, tx, &agenda_statements[SAME], &p);
    if (status != DB_OK) {
        return status;
    }
    if (db_rows(rows) == 1) {
        *outcome = db_get_bool(rows, 0, 0) && db_get_bool(rows, 0, 1) ? AGENDA_KNOWN : AGENDA_TAKEN;
        return DB_OK;
    }
    status = agenda_get(older, &version, tx, arena, 0);
    if (status != DB_OK) {
        return status;
    }
    if (*older && !agenda_follows(errors, *older, agenda)) {
        *outcome = AGENDA_NO_HEIR;
        return DB_OK;
    }
    *outcome = AGENDA_KEPT;
    return insert(tx, agenda, text, hash, actor, origin);
}

static struct agenda_version version_of(const struct db_result *rows, size_t i)
{
    return (struct agenda_version){.number = db_get_int32(rows, i, 0),
                                   .title = db_get_text(rows, i, 1),
                                   .created_at = db_get_timestamp(rows, i, 2)};
}

enum db_status agenda_versions(struct agenda_version **out, size_t *count, struct db_tx *tx)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, AGENDA_VERSIONS_MAX);
    enum db_status status = db_run(&rows, tx, &agenda_statements[LIST], &p);
    *count = status == DB_OK ? db_rows(rows) : 0;
    *out = arena_array(db_arena(tx), *count, sizeof **out);
    for (size_t i = 0; i < *count; i++) {
        (*out)[i] = version_of(rows, i);
    }
    return status;
}

enum db_status agenda_get(const struct agenda **agenda, struct agenda_version *out, struct db_tx *tx,
                          struct arena *arena, int32_t number)
{
    struct db_result *rows;
    struct json_errors errors;
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    enum db_status status = db_run(&rows, tx, &agenda_statements[READ], &p);
    *agenda = NULL;
    *out = (struct agenda_version){.number = 0};
    if (status == DB_OK && db_rows(rows) == 1) {
        json_errors_init(&errors, arena);
        *out = version_of(rows, 0);
        out->title = arena_copy(arena, out->title);
        *agenda = agenda_load(&errors, arena, arena_copy(arena, db_get_text(rows, 0, 3)));
        status = *agenda ? DB_OK : DB_FAILED; /* it was loaded before it was kept */
    }
    return status;
}

/* ---- between versions ---- */

static enum agenda_state state_of(struct slice name)
{
    unsigned state = 0;
    while (state + 1 < AGENDA_STATES && !slice_equal_cstr(name, agenda_states[state])) {
        state++;
    }
    return (enum agenda_state)state;
}

enum db_status agenda_standings(struct agenda_standing **out, size_t *count, struct db_tx *tx)
{
    struct db_result *rows;
    struct db_params none = db_params(tx);
    enum db_status status = db_run(&rows, tx, &agenda_statements[STANDINGS], &none);
    *count = status == DB_OK ? db_rows(rows) : 0;
    *out = arena_array(db_arena(tx), *count, sizeof **out);
    for (size_t i = 0; i < *count; i++) {
        const bool any = !db_is_null(rows, i, 2);
        (*out)[i] = (struct agenda_standing){
            .item = db_get_text(rows, i, 0), .owner = db_get_text(rows, i, 1), .any_progress = any};
        if (any) {
            (*out)[i].state = state_of(db_get_text(rows, i, 2));
        }
    }
    return status;
}

struct agenda_standing agenda_standing_of(const struct agenda_standing *list, size_t count, struct slice item)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_equal(list[i].item, item)) {
            return list[i];
        }
    }
    return (struct agenda_standing){.item = item, .owner = SLICE("")};
}

enum db_status agenda_progress_list(struct agenda_progress **out, size_t *count, struct db_tx *tx,
                                    struct slice item)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_text(&p, item);
    enum db_status status = db_run(&rows, tx, &agenda_statements[PROGRESS], &p);
    *count = status == DB_OK ? db_rows(rows) : 0;
    *out = arena_array(db_arena(tx), *count, sizeof **out);
    for (size_t i = 0; i < *count; i++) {
        (*out)[i] = (struct agenda_progress){.state = state_of(db_get_text(rows, i, 0)),
                                             .told = db_get_text(rows, i, 1),
                                             .source = db_get_text(rows, i, 2),
                                             .created_at = db_get_timestamp(rows, i, 3)};
    }
    return status;
}

enum db_status agenda_mark(int64_t *mark, struct db_tx *tx, struct slice item)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_text(&p, item);
    enum db_status status = db_run_one(&rows, tx, &agenda_statements[MARK], &p);
    *mark = status == DB_OK ? db_get_int64(rows, 0, 0) : 0;
    return status;
}

enum db_status agenda_lock(struct db_tx *tx, struct slice item)
{
    struct db_params p = db_params(tx);
    db_put_text(&p, item);
    return db_run(NULL, tx, &agenda_statements[LOCK_ITEM], &p);
}

enum db_status agenda_owner_add(struct db_tx *tx, struct slice item, struct slice owner, const char *by)
{
    struct db_params p = db_params(tx);
    db_put_text(&p, item);
    db_put_text(&p, owner);
    db_put_text(&p, slice_from_cstr(by));
    return db_run(NULL, tx, &agenda_statements[OWNER_ADD], &p);
}

enum db_status agenda_progress_add(struct db_tx *tx, struct slice item,
                                   const struct agenda_progress *progress, const char *by)
{
    struct db_params p = db_params(tx);
    db_put_text(&p, item);
    db_put_text(&p, slice_from_cstr(agenda_states[progress->state]));
    db_put_text(&p, progress->told);
    db_put_text(&p, progress->source);
    db_put_text(&p, slice_from_cstr(by));
    return db_run(NULL, tx, &agenda_statements[PROGRESS_ADD], &p);
}
