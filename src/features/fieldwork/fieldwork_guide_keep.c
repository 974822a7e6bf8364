/* Versions of guides in the database. */
#include "features/fieldwork/fieldwork_guide.h"

#include "crypto/crypto.h"
#include "features/audit/audit.h"

#include <string.h>

enum statement { GUIDE_SAME, GUIDE_INSERT, GUIDE_LIST, GUIDE_READ, CONSULTATION_LOCK, STATEMENT_COUNT };

const struct db_statement fieldwork_guide_statements[STATEMENT_COUNT + 1] = {
    /* So that two who keep a guide at once do not draw one number. */
    [CONSULTATION_LOCK] =
        {"guide_lock", "SELECT pg_advisory_xact_lock(11, hashtext($1::text)) IS NULL, EXISTS (SELECT FROM "
                       "zs.consultation WHERE code = $1::text)"},
    [GUIDE_SAME] = {"guide_same", "SELECT id, number FROM zs.guide_version WHERE consultation = $1::text AND "
                                  "code = $2::text AND sha256 = $3::bytea"},
    [GUIDE_INSERT] =
        {"guide_insert",
         "INSERT INTO zs.guide_version (consultation, code, number, sha256, document, created_by)"
         " SELECT $1::text, $2::text, coalesce(max(number), 0) + 1, $3::bytea, $4::text::jsonb, "
         "$5::text FROM zs.guide_version WHERE consultation = $1::text AND code = $2::text"
         " RETURNING id, number"},
    [GUIDE_LIST] = {"guide_list", "SELECT id, code, number, document->>'title', created_at FROM "
                                  "zs.guide_version WHERE consultation = $1::text ORDER BY id DESC"},
    [GUIDE_READ] = {"guide_read", "SELECT id, code, number, document->>'title', created_at, consultation, "
                                  "document::text FROM zs.guide_version WHERE id = $1::int4"},
};

static enum db_status record(struct db_tx *tx, const struct guide_version *v, struct slice consultation,
                             const char *actor, const char *origin)
{
    const struct audit_event event = {.action = "guide.keep",
                                      .object = arena_printf(db_arena(tx), "guide:%.*s/%.*s/%d",
                                                             SLICE_ARG(consultation), SLICE_ARG(v->code),
                                                             (int)v->number)
                                                    .ptr,
                                      .result = "ok",
                                      .origin = origin,
                                      .actor = actor};
    return audit_record(tx, &event);
}

enum db_status guide_keep(enum guide_outcome *outcome, struct guide_version *out, struct db_tx *tx,
                          struct slice consultation, const json_t *document, const char *actor,
                          const char *origin)
{
    struct db_result *rows;
    struct slice text;
    unsigned char hash[CRYPTO_SHA256_BYTES];
    struct db_params lock = db_params(tx);
    db_put_text(&lock, consultation);
    enum db_status status = db_run_one(&rows, tx, &fieldwork_guide_statements[CONSULTATION_LOCK], &lock);
    *outcome = GUIDE_NO_CONSULTATION;
    if (status != DB_OK || !db_get_bool(rows, 0, 1)) {
        return status;
    }
    if (!json_canonical_text(&text, db_arena(tx), document, GUIDE_BYTES_MAX * 2)) {
        return DB_FAILED;
    }
    crypto_sha256(hash, text);
    *out =
        (struct guide_version){.code = slice_from_cstr(json_string_value(json_object_get(document, "code")))};
    struct db_params p = db_params(tx);
    db_put_text(&p, consultation);
    db_put_text(&p, out->code);
    db_put_bytes(&p, (struct slice){(const char *)hash, sizeof hash});
    status = db_run(&rows, tx, &fieldwork_guide_statements[GUIDE_SAME], &p);
    *outcome = GUIDE_KNOWN;
    if (status == DB_OK && db_rows(rows) == 0) {
        *outcome = GUIDE_KEPT;
        db_put_text(&p, text);
        db_put_text(&p, slice_from_cstr(actor));
        status = db_run_one(&rows, tx, &fieldwork_guide_statements[GUIDE_INSERT], &p);
    }
    if (status == DB_OK) {
        out->id = db_get_int32(rows, 0, 0);
        out->number = db_get_int32(rows, 0, 1);
    }
    return status == DB_OK && *outcome == GUIDE_KEPT ? record(tx, out, consultation, actor, origin) : status;
}

static struct guide_version version_of(const struct db_result *rows, size_t i)
{
    return (struct guide_version){.id = db_get_int32(rows, i, 0),
                                  .code = db_get_text(rows, i, 1),
                                  .number = db_get_int32(rows, i, 2),
                                  .title = db_get_text(rows, i, 3),
                                  .created_at = db_get_timestamp(rows, i, 4)};
}

enum db_status guide_list(struct guide_version **out, size_t *count, struct db_tx *tx,
                          struct slice consultation)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_text(&p, consultation);
    enum db_status status = db_run(&rows, tx, &fieldwork_guide_statements[GUIDE_LIST], &p);
    *count = status == DB_OK ? db_rows(rows) : 0;
    *out = arena_array(db_arena(tx), *count + 1, sizeof **out);
    for (size_t i = 0; i < *count; i++) {
        (*out)[i] = version_of(rows, i);
    }
    return status;
}

enum db_status guide_find(const json_t **document, struct slice *consultation, struct guide_version *out,
                          struct db_tx *tx, struct arena *arena, int32_t id)
{
    struct db_result *rows;
    struct json_errors errors;
    struct db_params p = db_params(tx);
    db_put_int32(&p, id);
    enum db_status status = db_run(&rows, tx, &fieldwork_guide_statements[GUIDE_READ], &p);
    *document = NULL;
    if (status == DB_OK && db_rows(rows) == 1) {
        json_errors_init(&errors, arena);
        *out = version_of(rows, 0);
        *consultation = db_get_text(rows, 0, 5);
        *document = json_parse(&errors, arena, db_get_text(rows, 0, 6));
    }
    return status;
}
