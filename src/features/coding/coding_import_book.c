/* A code book that comes in, as the next version of one that is here. */
#include "features/coding/coding_import_internal.h"

#include <stdlib.h>

static enum db_status find_base(int32_t *id, int32_t *highest, struct slice *code, struct db_tx *tx,
                                struct arena *arena, const struct survey_round *round)
{
    struct coding_plan plan;
    struct codebook_version *versions;
    size_t count = 0;
    enum db_status status = coding_plan_read(&plan, tx, round->id);
    status =
        status == DB_OK ? codebook_list(&versions, &count, tx, slice_from_cstr(round->consultation)) : status;
    *id = status != DB_OK ? 0 : plan.found ? plan.book_version : count > 0 ? versions[0].id : 0;
    *highest = 0;
    for (size_t i = 0; i < count; i++) {
        if (versions[i].id == *id) {
            *code = arena_copy(arena, versions[i].code);
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (slice_equal(versions[i].code, *code) && versions[i].number > *highest) {
            *highest = versions[i].number;
        }
    }
    return status;
}

enum db_status coding_book_import_plan(struct coding_book_import *out, struct db_tx *tx, struct arena *arena,
                                       const struct survey_round *round, const struct qda_project *project)
{
    struct json_errors errors;
    struct slice document = codebook_embedded(), code = SLICE("");
    int32_t id, highest;
    json_errors_init(&errors, arena);
    *out = (struct coding_book_import){.number = 0};
    enum db_status status = find_base(&id, &highest, &code, tx, arena, round);
    if (status == DB_OK && id != 0) {
        status = codebook_document(&document, tx, arena, id);
    }
    if (status != DB_OK) {
        return status;
    }
    const struct codebook *base = codebook_load(&errors, arena, document);
    if (!base) {
        return DB_FAILED;
    }
    out->title = base->title;
    out->code = base->code;
    out->base = (int32_t)base->version;
    out->number = (highest > out->base ? highest : out->base) + 1;
    coding_merge_book(&out->merge, arena, base, document, project, out->number);
    return DB_OK;
}

enum db_status coding_book_import_keep(bool *kept, struct coding_book_import *import, struct db_tx *tx,
                                       const struct survey_round *round, const char *actor,
                                       const char *origin)
{
    struct json_errors errors;
    enum codebook_outcome outcome;
    char *text = json_dumps(import->merge.document, JSON_COMPACT);
    const struct slice document = arena_copy(db_arena(tx), slice_from_cstr(text ? text : ""));
    free(text);
    json_errors_init(&errors, db_arena(tx));
    *kept = false;
    if (document.len > CODEBOOK_BYTES_MAX) {
        return DB_OK;
    }
    const struct codebook *book = codebook_load(&errors, db_arena(tx), document);
    if (!book) {
        return DB_OK;
    }
    enum db_status status = codebook_keep(&outcome, &import->kept, tx, slice_from_cstr(round->consultation),
                                          book, document, actor, origin);
    *kept = status == DB_OK && outcome == CODEBOOK_KEPT;
    return status;
}
