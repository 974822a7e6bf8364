#include "features/coding/coding_book_version.h"

#include "base/embedded.h"
#include "crypto/crypto.h"
#include "features/audit/audit.h"

enum statement { LOCK, SAME, INSERT, LIST, READ, STATEMENT_COUNT };

#define COLUMNS "id, code, number, document->>'title', created_at, consultation"

const struct db_statement coding_book_statements[STATEMENT_COUNT + 1] = {
    [LOCK] = {"codebook_lock", "SELECT pg_advisory_xact_lock(13, hashtext($1::text)) IS NULL, EXISTS (SELECT "
                               "FROM zs.consultation WHERE code = $1::text)"},
    [SAME] = {"codebook_same", "SELECT id, sha256 = $4::bytea FROM zs.code_book_version WHERE consultation = "
                               "$1::text AND code = $2::text AND number = $3::int4"},
    [INSERT] = {"codebook_insert",
                "INSERT INTO zs.code_book_version (consultation, code, number, sha256, document, created_by)"
                " VALUES ($1::text, $2::text, $3::int4, $4::bytea, $5::text::jsonb, $6::text) RETURNING id"},
    [LIST] = {"codebook_list", "SELECT " COLUMNS " FROM zs.code_book_version WHERE consultation = $1::text"
                               " ORDER BY id DESC"},
    [READ] = {"codebook_read",
              "SELECT " COLUMNS ", document::text FROM zs.code_book_version WHERE id = $1::int4"},
};

struct slice codebook_embedded(void)
{
    return (struct slice){(const char *)embedded_codebooks[0].bytes, embedded_codebooks[0].size};
}

static bool canonical(struct slice *text, struct arena *arena, struct slice document)
{
    struct json_errors errors;
    json_errors_init(&errors, arena);
    const json_t *parsed = json_parse(&errors, arena, document);
    return parsed && json_canonical_text(text, arena, parsed, CODEBOOK_BYTES_MAX * 2);
}

static enum db_status record(struct db_tx *tx, const struct codebook_version *v, const char *actor,
                             const char *origin)
{
    const struct audit_event event = {.action = "codebook.keep",
                                      .object = arena_printf(db_arena(tx), "codebook:%.*s/%.*s/%d",
                                                             SLICE_ARG(v->consultation), SLICE_ARG(v->code),
                                                             (int)v->number)
                                                    .ptr,
                                      .result = "ok",
                                      .origin = origin,
                                      .actor = actor};
    return audit_record(tx, &event);
}

enum db_status codebook_keep(enum codebook_outcome *outcome, struct codebook_version *out, struct db_tx *tx,
                             struct slice consultation, const struct codebook *book, struct slice document,
                             const char *actor, const char *origin)
{
    struct db_result *rows;
    struct slice text;
    unsigned char hash[CRYPTO_SHA256_BYTES];
    struct db_params p = db_params(tx);
    db_put_text(&p, consultation);
    enum db_status status = db_run_one(&rows, tx, &coding_book_statements[LOCK], &p);
    *outcome = CODEBOOK_NO_CONSULTATION;
    if (status != DB_OK || !db_get_bool(rows, 0, 1)) {
        return status;
    }
    if (!canonical(&text, db_arena(tx), document)) {
        return DB_FAILED;
    }
    crypto_sha256(hash, text);
    *out = (struct codebook_version){.code = book->code,
                                     .number = (int32_t)book->version,
                                     .title = book->title,
                                     .consultation = consultation};
    db_put_text(&p, book->code);
    db_put_int32(&p, out->number);
    db_put_bytes(&p, (struct slice){(const char *)hash, sizeof hash});
    status = db_run(&rows, tx, &coding_book_statements[SAME], &p);
    if (status != DB_OK) {
        return status;
    }
    if (db_rows(rows) == 1) {
        out->id = db_get_int32(rows, 0, 0);
        *outcome = db_get_bool(rows, 0, 1) ? CODEBOOK_KNOWN : CODEBOOK_TAKEN;
        return DB_OK;
    }
    db_put_text(&p, text);
    db_put_text(&p, slice_from_cstr(actor));
    status = db_run_one(&rows, tx, &coding_book_statements[INSERT], &p);
    *outcome = CODEBOOK_KEPT;
    if (status == DB_OK) {
        out->id = db_get_int32(rows, 0, 0);
        status = record(tx, out, actor, origin);
    }
    return status;
}

static struct codebook_version version_of(const struct db_result *rows, size_t i)
{
    return (struct codebook_version){.id = db_get_int32(rows, i, 0),
                                     .code = db_get_text(rows, i, 1),
                                     .number = db_get_int32(rows, i, 2),
                                     .title = db_get_text(rows, i, 3),
                                     .created_at = db_get_timestamp(rows, i, 4),
                                     .consultation = db_get_text(rows, i, 5)};
}

enum db_status codebook_list(struct codebook_version **out, size_t *count, struct db_tx *tx,
                             struct slice consultation)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_text(&p, consultation);
    enum db_status status = db_run(&rows, tx, &coding_book_statements[LIST], &p);
    *count = status == DB_OK ? db_rows(rows) : 0;
    *out = arena_array(db_arena(tx), *count + 1, sizeof **out);
    for (size_t i = 0; i < *count; i++) {
        (*out)[i] = version_of(rows, i);
    }
    return status;
}

enum db_status codebook_get(const struct codebook **book, struct codebook_version *out, struct db_tx *tx,
                            struct arena *arena, int32_t id)
{
    struct db_result *rows;
    struct json_errors errors;
    struct db_params p = db_params(tx);
    db_put_int32(&p, id);
    enum db_status status = db_run(&rows, tx, &coding_book_statements[READ], &p);
    *book = NULL;
    if (status == DB_OK && db_rows(rows) == 1) {
        json_errors_init(&errors, arena);
        *out = version_of(rows, 0);
        *book = codebook_load(&errors, arena, arena_copy(arena, db_get_text(rows, 0, 6)));
    }
    return status;
}

enum db_status codebook_document(struct slice *document, struct db_tx *tx, struct arena *arena, int32_t id)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, id);
    enum db_status status = db_run(&rows, tx, &coding_book_statements[READ], &p);
    const bool found = status == DB_OK && db_rows(rows) == 1;
    *document = found ? arena_copy(arena, db_get_text(rows, 0, 6)) : (struct slice){NULL, 0};
    return status;
}
