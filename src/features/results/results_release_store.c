/* Releases in the database: read, listed, stored as a whole. */
#include "features/results/results_release_internal.h"

#include "base/log.h"
#include "features/audit/audit.h"

#include <string.h>

/* Figures in one statement: of so many variables. */
enum { STORE_CHUNK = 32 };

enum statement {
    HISTORY_READ,
    PARTS_READ,
    FIGURES_READ,
    RELEASE_LOCK,
    NUMBER_READ,
    RELEASE_STORE,
    PART_STORE,
    FIGURES_STORE,
    RELEASES_LIST,
    RELEASES_NEWEST,
    STATEMENT_COUNT
};

const struct db_statement release_statements[STATEMENT_COUNT + 1] = {
    [HISTORY_READ] = {"release_history",
                      "SELECT number, id, made_at, log_pos, questionnaire_version, threshold, noise_reach,"
                      " noise_variance, array_to_string(dimensions, ',') FROM zs.release"
                      " WHERE round_id = $1::int4 AND (number <= $2::int4 OR $2::int4 = 0) ORDER BY number"},
    [PARTS_READ] =
        {"release_parts",
         "SELECT stream, weights_version, universes FROM zs.release_part WHERE release_id = $1::int4"
         " ORDER BY stream"},
    [FIGURES_READ] = {"release_figures",
                      "SELECT variable, lines FROM zs.release_figures WHERE release_id = $1::int4"
                      " AND stream = $2::int2"},
    [RELEASE_LOCK] = {"release_lock",
                      "SELECT 1::int4 FROM (SELECT pg_advisory_xact_lock(9, $1::int4)) AS locked"},
    /* A statement of its own: it sees what was stored before the lock was ours. */
    [NUMBER_READ] = {"release_number",
                     "SELECT coalesce(max(number), 0) FROM zs.release WHERE round_id = $1::int4"},
    [RELEASE_STORE] =
        {"release_store",
         "INSERT INTO zs.release (round_id, number, log_pos, questionnaire_version, threshold, noise_reach,"
         " noise_variance, program, dimensions, sha256, audit_head) VALUES ($1::int4, $2::int4, $3::int8,"
         " $4::int4, $5::int4, $6::int4, $7::int4, $8::text, $9::text[], $10::bytea, $11::text) RETURNING "
         "id"},
    [PART_STORE] = {"release_part_store",
                    "INSERT INTO zs.release_part (release_id, stream, weights_version, universes)"
                    " VALUES ($1::int4, $2::int2, nullif($3::int4, 0), $4::bytea)"},
    [FIGURES_STORE] = {"release_figures_store",
                       "INSERT INTO zs.release_figures (release_id, stream, variable, lines)"
                       " SELECT $1::int4, $2::int2, f.variable, f.lines"
                       " FROM unnest($3::text[], $4::bytea[]) AS f (variable, lines)"},
    [RELEASES_LIST] =
        {"release_list",
         "SELECT d.code, r.number, r.made_at, r.log_pos, r.questionnaire_version, r.threshold, r.noise_reach,"
         " r.noise_variance, r.program, r.sha256, count(DISTINCT f.stream), count(DISTINCT f.variable),"
         " coalesce(sum(octet_length(f.lines)), 0)::int8, r.audit_head"
         " FROM zs.release AS r JOIN zs.round AS d ON d.id = r.round_id"
         " LEFT JOIN zs.release_figures AS f ON f.release_id = r.id"
         " WHERE $1::text = '' OR d.code = $1::text GROUP BY r.id, d.code ORDER BY d.code, r.number DESC"},
    [RELEASES_NEWEST] = {"release_newest",
                         "SELECT round_id, max(number) FROM zs.release GROUP BY round_id ORDER BY round_id"},
};

static const struct variable *variable_at(const struct release_plan *plan, size_t variable)
{
    size_t count;
    return &questionnaire_variables(&count, plan->round->questionnaire)[variable];
}

/* ---- reading ---- */

static struct release_settings settings_at(const struct db_result *rows, size_t row, int column)
{
    return (struct release_settings){.threshold = (uint32_t)db_get_int32(rows, row, column),
                                     .reach = (unsigned)db_get_int32(rows, row, column + 1),
                                     .variance = (unsigned)db_get_int32(rows, row, column + 2)};
}

static struct slice dimensions_of(struct arena *arena, const struct release_plan *plan)
{
    struct slice text = {"", 0};
    for (size_t d = 0; d < plan->dim_count; d++) {
        text = arena_printf(arena, "%.*s%s%s", SLICE_ARG(text), d > 0 ? "," : "",
                            variable_at(plan, plan->dims[d])->code);
    }
    return text;
}

static enum db_status read_figures(struct release_part *part, struct arena *arena, struct db_tx *tx,
                                   int32_t id, const struct release_plan *plan)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, id);
    db_put_int16(&p, part->stream);
    enum db_status status = db_run(&rows, tx, &release_statements[FIGURES_READ], &p);
    part->lines = arena_array(arena, plan->variable_count, sizeof *part->lines);
    for (size_t row = 0; status == DB_OK && row < db_rows(rows); row++) {
        int variable = questionnaire_find_variable(plan->round->questionnaire, db_get_text(rows, row, 0));
        const struct release_variable *found =
            variable < 0 ? NULL : release_plan_find(plan, (size_t)variable);
        if (found) {
            part->lines[found - plan->variables] = arena_copy(arena, db_get_bytes(rows, row, 1));
        }
    }
    return status;
}

static enum db_status read_parts(struct release *release, struct arena *arena, struct db_tx *tx,
                                 const struct release_plan *plan)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    const size_t universes = release_plan_shape(plan).count;
    db_put_int32(&p, release->id);
    enum db_status status = db_run(&rows, tx, &release_statements[PARTS_READ], &p);
    for (size_t row = 0; status == DB_OK && row < db_rows(rows) && row < RELEASE_STREAMS; row++) {
        struct release_part *part = &release->parts[release->part_count++];
        *part = (struct release_part){.stream = db_get_int16(rows, row, 0),
                                      .weights = db_is_null(rows, row, 1) ? 0 : db_get_int32(rows, row, 1)};
        if (!release_universes_read(part, arena, db_get_bytes(rows, row, 2), universes)) {
            log_error("release.universes", "round=%s number=%d", plan->round->code, (int)release->number);
            return DB_FAILED;
        }
        status = read_figures(part, arena, tx, release->id, plan);
    }
    return status;
}

enum db_status release_read(struct release_history *out, bool *same, struct arena *arena, struct db_tx *tx,
                            const struct release_plan *plan, const struct release_settings *settings,
                            int32_t last_number)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, plan->round->id);
    db_put_int32(&p, last_number);
    enum db_status status = db_run(&rows, tx, &release_statements[HISTORY_READ], &p);
    const size_t count = status == DB_OK ? db_rows(rows) : 0;
    *out = (struct release_history){.count = (int32_t)count};
    *same = true;
    if (count == 0) {
        return status;
    }
    int64_t *at = arena_array(arena, count + 1, sizeof *at);
    int64_t *made_at = arena_array(arena, count + 1, sizeof *made_at);
    for (size_t row = 0; row < count; row++) {
        at[row + 1] = db_get_int64(rows, row, 3);
        made_at[row + 1] = db_get_timestamp(rows, row, 2);
    }
    const size_t last = count - 1;
    struct release *newest = arena_alloc(arena, sizeof *newest);
    *newest = (struct release){.number = db_get_int32(rows, last, 0),
                               .id = db_get_int32(rows, last, 1),
                               .made_at = db_get_timestamp(rows, last, 2),
                               .position = at[count],
                               .settings = settings_at(rows, last, 5)};
    *same = db_get_int32(rows, last, 4) == plan->round->version_id &&
            slice_equal(db_get_text(rows, last, 8), dimensions_of(arena, plan)) &&
            (!settings ||
             (newest->settings.threshold == settings->threshold &&
              newest->settings.reach == settings->reach && newest->settings.variance == settings->variance));
    out->newest = newest;
    out->at = at;
    out->made_at = made_at;
    return *same ? read_parts(newest, arena, tx, plan) : DB_OK;
}

enum db_status release_newest_numbers(struct release_mark **out, size_t *count, struct db_tx *tx)
{
    struct db_result *rows;
    enum db_status status = db_run(&rows, tx, &release_statements[RELEASES_NEWEST], NULL);
    *count = status == DB_OK ? db_rows(rows) : 0;
    *out = arena_array(db_arena(tx), *count, sizeof **out);
    for (size_t row = 0; row < *count; row++) {
        (*out)[row] = (struct release_mark){db_get_int32(rows, row, 0), db_get_int32(rows, row, 1)};
    }
    return status;
}

enum db_status release_list(struct release_summary **out, size_t *count, struct db_tx *tx, struct slice round)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_text(&p, round.ptr ? round : SLICE(""));
    enum db_status status = db_run(&rows, tx, &release_statements[RELEASES_LIST], &p);
    *count = status == DB_OK ? db_rows(rows) : 0;
    *out = arena_array(db_arena(tx), *count, sizeof **out);
    for (size_t row = 0; row < *count; row++) {
        (*out)[row] = (struct release_summary){.round = db_get_text(rows, row, 0),
                                               .number = db_get_int32(rows, row, 1),
                                               .made_at = db_get_timestamp(rows, row, 2),
                                               .position = db_get_int64(rows, row, 3),
                                               .questionnaire_version = db_get_int32(rows, row, 4),
                                               .settings = settings_at(rows, row, 5),
                                               .program = db_get_text(rows, row, 8),
                                               .sha256 = db_get_bytes(rows, row, 9),
                                               .parts = db_get_int64(rows, row, 10),
                                               .variables = db_get_int64(rows, row, 11),
                                               .bytes = db_get_int64(rows, row, 12),
                                               .audit_head = db_get_text(rows, row, 13)};
    }
    return status;
}

/* ---- storing ---- */

static enum db_status store_release(int32_t *id, struct db_tx *tx, const struct release *release,
                                    const struct release_plan *plan, struct slice digest)
{
    struct db_result *rows;
    struct slice dimensions[RELEASE_DIMS_MAX];
    struct audit_head head;
    char head_text[AUDIT_HEAD_TEXT_BYTES];
    enum db_status status = audit_head_read(&head, tx);
    if (status != DB_OK) {
        return status;
    }
    audit_head_text(head_text, &head);
    struct db_params p = db_params(tx);
    for (size_t d = 0; d < plan->dim_count; d++) {
        dimensions[d] = slice_from_cstr(variable_at(plan, plan->dims[d])->code);
    }
    db_put_int32(&p, plan->round->id);
    db_put_int32(&p, release->number);
    db_put_int64(&p, release->position);
    db_put_int32(&p, plan->round->version_id);
    db_put_int32(&p, (int32_t)release->settings.threshold);
    db_put_int32(&p, (int32_t)release->settings.reach);
    db_put_int32(&p, (int32_t)release->settings.variance);
    db_put_text(&p, SLICE(ZEVENSTEM_VERSION));
    db_put_text_array(&p, dimensions, plan->dim_count);
    db_put_bytes(&p, digest);
    db_put_text(&p, slice_from_cstr(head_text));
    status = db_run_one(&rows, tx, &release_statements[RELEASE_STORE], &p);
    *id = status == DB_OK ? db_get_int32(rows, 0, 0) : 0;
    return status;
}

static enum db_status store_figures(struct db_tx *tx, int32_t id, const struct release_part *part,
                                    const struct release_plan *plan, size_t from)
{
    struct slice names[STORE_CHUNK], lines[STORE_CHUNK];
    struct db_params p = db_params(tx);
    size_t count = 0;
    for (; count < STORE_CHUNK && from + count < plan->variable_count; count++) {
        names[count] = slice_from_cstr(variable_at(plan, plan->variables[from + count].variable)->code);
        lines[count] = part->lines[from + count];
    }
    db_put_int32(&p, id);
    db_put_int16(&p, part->stream);
    db_put_text_array(&p, names, count);
    db_put_bytes_array(&p, lines, count);
    return db_run(NULL, tx, &release_statements[FIGURES_STORE], &p);
}

static enum db_status store_part(struct db_tx *tx, int32_t id, const struct release_part *part,
                                 const struct release_plan *plan)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, id);
    db_put_int16(&p, part->stream);
    db_put_int32(&p, part->weights);
    db_put_bytes(&p, release_universes_write(db_arena(tx), part));
    enum db_status status = db_run(NULL, tx, &release_statements[PART_STORE], &p);
    for (size_t v = 0; status == DB_OK && v < plan->variable_count; v += STORE_CHUNK) {
        status = store_figures(tx, id, part, plan, v);
    }
    return status;
}

enum db_status release_store(bool *overtaken, struct db_tx *tx, const struct release *release,
                             const struct release_plan *plan, struct slice digest)
{
    struct db_result *rows = NULL;
    struct db_params p = db_params(tx);
    int32_t id;
    db_put_int32(&p, plan->round->id);
    enum db_status status = db_run(NULL, tx, &release_statements[RELEASE_LOCK], &p);
    if (status == DB_OK) {
        status = db_run_one(&rows, tx, &release_statements[NUMBER_READ], &p);
    }
    *overtaken = status == DB_OK && db_get_int32(rows, 0, 0) != release->number - 1;
    if (status != DB_OK || *overtaken) {
        return status;
    }
    status = store_release(&id, tx, release, plan, digest);
    for (size_t i = 0; status == DB_OK && i < release->part_count; i++) {
        status = store_part(tx, id, &release->parts[i], plan);
    }
    return status;
}
