/* Storing what was checked, and the life of a round. */
#include "features/survey/survey_publish.h"

#include "features/audit/audit.h"

#include <string.h>

enum statement {
    CONSULTATION_LOCK,
    CONSULTATION_UPSERT,
    VERSION_INSERT,
    VERSION_FIND,
    ROUND_UPSERT,
    ROUND_COMPARE,
    ROUND_FIND,
    ROUND_SET_STATUS,
    ROUND_AMEND,
    VERSION_FREEZE,
    PARTITION_CREATE,
    ROUND_STATES,
    ROUND_PAGES,
    STATEMENT_COUNT
};

const struct db_statement survey_publish_statements[STATEMENT_COUNT + 1] = {
    [CONSULTATION_LOCK] =
        {"publish_lock",
         "SELECT 1::int4 FROM (SELECT pg_advisory_xact_lock(15, hashtext($1::text))) AS locked"},
    [CONSULTATION_UPSERT] =
        {"publish_consultation",
         "INSERT INTO zs.consultation (code, document, invented) VALUES ($1::text, $2::text::jsonb, $3::bool)"
         " ON CONFLICT (code) DO UPDATE SET document = excluded.document, published_at = now()"
         " WHERE consultation.invented = excluded.invented"},
    [VERSION_INSERT] =
        {"publish_version",
         "INSERT INTO zs.questionnaire_version (consultation, code, number, sha256, document)"
         " SELECT $1::text, $2::text, 1 + coalesce((SELECT max(number) FROM zs.questionnaire_version"
         "   WHERE consultation = $1::text AND code = $2::text), 0), $3::bytea, $4::text::jsonb"
         " WHERE NOT EXISTS (SELECT FROM zs.questionnaire_version"
         "   WHERE consultation = $1::text AND code = $2::text AND sha256 = $3::bytea)"},
    [VERSION_FIND] = {"publish_version_find",
                      "SELECT id FROM zs.questionnaire_version"
                      " WHERE consultation = $1::text AND code = $2::text AND sha256 = $3::bytea"},
    [ROUND_UPSERT] = {"publish_round",
                      "INSERT INTO zs.round (code, consultation, questionnaire_version, status, opens_at, "
                      "closes_at, destruction_date, is_pilot,"
                      "   interim, document)"
                      " VALUES ($1::text, $2::text, $3::int4, 'draft', $4::timestamptz, $5::timestamptz, "
                      "DATE '1970-01-01' + $6::int4, $7::bool,"
                      "   $8::text, $9::text::jsonb)"
                      " ON CONFLICT (code) DO UPDATE SET questionnaire_version = "
                      "excluded.questionnaire_version, opens_at = excluded.opens_at,"
                      "   closes_at = excluded.closes_at, destruction_date = excluded.destruction_date, "
                      "is_pilot = excluded.is_pilot,"
                      "   interim = excluded.interim, document = excluded.document"
                      " WHERE round.status = 'draft' AND round.consultation = excluded.consultation"},
    [ROUND_COMPARE] =
        {"publish_round_compare",
         "SELECT consultation = $2::text, questionnaire_version = $3::int4 AND opens_at = "
         "$4::timestamptz AND closes_at = $5::timestamptz"
         "   AND destruction_date = DATE '1970-01-01' + $6::int4 AND is_pilot = $7::bool AND interim "
         "= $8::text AND document = $9::text::jsonb"
         " FROM zs.round WHERE code = $1::text"},
    [ROUND_FIND] =
        {"publish_round_find",
         "SELECT id, status, questionnaire_version FROM zs.round WHERE code = $1::text FOR UPDATE"},
    [ROUND_SET_STATUS] = {"publish_round_status",
                          "UPDATE zs.round SET status = $2::text, closed_at = $3::timestamptz WHERE id = "
                          "$1::int4"},
    /* What it was goes into the round's own document: the start page tells it. */
    [ROUND_AMEND] =
        {"publish_round_amend",
         "UPDATE zs.round AS r SET closes_at = coalesce($2::timestamptz, r.closes_at),"
         "  interim = coalesce($3::text, r.interim),"
         "  document = jsonb_set(r.document, '{amended}', coalesce(r.document->'amended', '[]') ||"
         "    jsonb_strip_nulls(jsonb_build_object('at', extract(epoch FROM $4::timestamptz)::bigint,"
         "      'closes_at', CASE WHEN $2::timestamptz <> r.closes_at"
         "        THEN extract(epoch FROM r.closes_at)::bigint END,"
         "      'interim', CASE WHEN $3::text <> r.interim THEN r.interim END)))"
         " WHERE r.id = $1::int4 AND r.status = 'open' AND r.closes_at > $4::timestamptz"
         "  AND ($2::timestamptz IS NULL OR $2::timestamptz > greatest($4::timestamptz, r.opens_at)"
         "    AND $2::timestamptz < r.destruction_date::timestamp AT TIME ZONE 'UTC')"
         "  AND ($2::timestamptz <> r.closes_at OR $3::text <> r.interim)"
         " RETURNING r.document->'amended'->-1"},
    [VERSION_FREEZE] =
        {"publish_version_freeze",
         "UPDATE zs.questionnaire_version SET frozen_at = now() WHERE id = $1::int4 AND frozen_at IS NULL"},
    [PARTITION_CREATE] = {"publish_partition",
                          "SELECT 1::int4 FROM (SELECT zs.round_partition_create($1::int4)) AS made"},
    [ROUND_STATES] =
        {"publish_round_states",
         "SELECT r.code, r.consultation, r.status, r.interim, v.number, r.opens_at, r.closes_at, r.is_pilot,"
         "  coalesce(r.document->>'kind', 'volledig'), least(r.closed_at, r.closes_at),"
         "  coalesce((r.document->>'paper_days')::int4, 0),"
         "  (SELECT count(*) FROM (SELECT DISTINCT ON (a.response_id) a.kind FROM zs.response AS a WHERE "
         "a.round_id = r.id"
         "     ORDER BY a.response_id, a.revision DESC) AS newest WHERE newest.kind <> 3),"
         "  (SELECT count(*) FROM zs.draft AS d WHERE d.round_id = r.id)"
         " FROM zs.round AS r JOIN zs.questionnaire_version AS v ON v.id = r.questionnaire_version ORDER BY "
         "r.id"},
    [ROUND_PAGES] = {"publish_round_pages",
                     "SELECT r.code, d.page, count(*), count(*) FILTER (WHERE d.day < DATE '1970-01-01' + "
                     "$1::int4 - $2::int4)"
                     " FROM zs.draft AS d JOIN zs.round AS r ON r.id = d.round_id"
                     " GROUP BY r.id, r.code, d.page ORDER BY r.id, d.page"},
};

static enum db_status record(struct db_tx *tx, const char *action, const char *kind, struct slice code,
                             const struct round_act *act)
{
    struct slice object = arena_printf(db_arena(tx), "%s:%.*s", kind, SLICE_ARG(code));
    const struct audit_event event = {
        .action = action, .object = object.ptr, .result = "ok", .origin = act->origin, .actor = act->actor};
    return audit_record(tx, &event);
}

static enum db_status store_version(int32_t *id, struct db_tx *tx, struct slice consultation,
                                    const struct bundle_questionnaire *q)
{
    struct db_result *result;
    struct slice sha256 = {(const char *)q->sha256, sizeof q->sha256};
    struct db_params insert = db_params(tx);
    db_put_text(&insert, consultation);
    db_put_text(&insert, q->code);
    db_put_bytes(&insert, sha256);
    db_put_text(&insert, q->canonical);
    enum db_status status = db_run(NULL, tx, &survey_publish_statements[VERSION_INSERT], &insert);
    if (status != DB_OK) {
        return status;
    }
    struct db_params find = db_params(tx);
    db_put_text(&find, consultation);
    db_put_text(&find, q->code);
    db_put_bytes(&find, sha256);
    status = db_run_one(&result, tx, &survey_publish_statements[VERSION_FIND], &find);
    if (status == DB_OK) {
        *id = db_get_int32(result, 0, 0);
    }
    return status;
}

static struct db_params round_params(struct db_tx *tx, const struct consultation_bundle *bundle,
                                     const struct bundle_round *round, const int32_t *version_ids)
{
    int32_t version = 0;
    for (size_t i = 0; i < bundle->questionnaire_count; i++) {
        if (slice_equal(bundle->questionnaires[i].code, round->questionnaire)) {
            version = version_ids[i];
        }
    }
    struct db_params p = db_params(tx);
    db_put_text(&p, round->code);
    db_put_text(&p, bundle->code);
    db_put_int32(&p, version);
    db_put_timestamp(&p, round->opens_at);
    db_put_timestamp(&p, round->closes_at);
    db_put_int32(&p, round->destruction_day);
    db_put_bool(&p, round->pilot);
    db_put_text(&p, round->interim);
    db_put_text(&p, round->document);
    return p;
}

static enum db_status store_round(struct publish_outcome *out, struct db_tx *tx,
                                  const struct consultation_bundle *bundle, const struct bundle_round *round,
                                  const int32_t *version_ids)
{
    struct db_result *result;
    struct db_params upsert = round_params(tx, bundle, round, version_ids);
    enum db_status status = db_run(&result, tx, &survey_publish_statements[ROUND_UPSERT], &upsert);
    if (status != DB_OK || db_affected(result) > 0) {
        return status;
    }
    struct db_params compare = round_params(tx, bundle, round, version_ids);
    status = db_run_one(&result, tx, &survey_publish_statements[ROUND_COMPARE], &compare);
    if (status == DB_OK && !db_get_bool(result, 0, 0)) {
        out->foreign = round->code;
        return DB_ROLLBACK;
    }
    out->frozen += status == DB_OK && !db_get_bool(result, 0, 1);
    return status;
}

enum db_status consultation_lock(struct db_tx *tx, struct slice consultation)
{
    struct db_params p = db_params(tx);
    db_put_text(&p, consultation);
    return db_run(NULL, tx, &survey_publish_statements[CONSULTATION_LOCK], &p);
}

static enum db_status store_consultation(struct publish_outcome *out, struct db_tx *tx,
                                         const struct consultation_bundle *bundle)
{
    struct db_result *result = NULL;
    struct db_params p = db_params(tx);
    db_put_text(&p, bundle->code);
    db_put_text(&p, bundle->canonical);
    db_put_bool(&p, bundle->invented);
    enum db_status status = consultation_lock(tx, bundle->code);
    if (status == DB_OK) {
        status = db_run(&result, tx, &survey_publish_statements[CONSULTATION_UPSERT], &p);
    }
    out->turned = status == DB_OK && db_affected(result) == 0;
    return out->turned ? DB_ROLLBACK : status;
}

enum db_status consultation_publish(struct publish_outcome *out, struct db_tx *tx,
                                    const struct consultation_bundle *bundle, const struct round_act *act)
{
    int32_t *version_ids = arena_array(db_arena(tx), bundle->questionnaire_count, sizeof *version_ids);
    *out = (struct publish_outcome){.frozen = 0};
    enum db_status status = store_consultation(out, tx, bundle);
    for (size_t i = 0; status == DB_OK && i < bundle->questionnaire_count; i++) {
        status = store_version(&version_ids[i], tx, bundle->code, &bundle->questionnaires[i]);
    }
    for (size_t i = 0; status == DB_OK && i < bundle->round_count; i++) {
        status = store_round(out, tx, bundle, &bundle->rounds[i], version_ids);
    }
    return status == DB_OK ? record(tx, "consultation.publish", "consultation", bundle->code, act) : status;
}

/* ---- the life of a round ---- */

static enum db_status find_round(int32_t *id, struct slice *was, int32_t *version, struct db_tx *tx,
                                 struct slice code)
{
    struct db_result *result;
    struct db_params p = db_params(tx);
    *id = 0;
    db_put_text(&p, code);
    enum db_status status = db_run(&result, tx, &survey_publish_statements[ROUND_FIND], &p);
    if (status == DB_OK && db_rows(result) == 1) {
        *id = db_get_int32(result, 0, 0);
        *was = db_get_text(result, 0, 1);
        *version = db_get_int32(result, 0, 2);
    }
    return status;
}

static enum db_status run_with_id(struct db_tx *tx, enum statement which, int32_t id)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, id);
    return db_run(NULL, tx, &survey_publish_statements[which], &p);
}

/* closed_at 0: it is not closed. */
static enum db_status set_status(struct db_tx *tx, int32_t id, const char *text, int64_t closed_at)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, id);
    db_put_text(&p, slice_from_cstr(text));
    if (closed_at != 0) {
        db_put_timestamp(&p, closed_at);
    } else {
        db_put_null(&p);
    }
    return db_run(NULL, tx, &survey_publish_statements[ROUND_SET_STATUS], &p);
}

enum db_status round_open(enum round_change *out, struct db_tx *tx, struct slice code,
                          const struct round_act *act)
{
    int32_t id;
    int32_t version = 0;
    struct slice was = {NULL, 0};
    enum db_status status = find_round(&id, &was, &version, tx, code);
    *out = ROUND_CHANGED;
    if (status != DB_OK || id == 0) {
        *out = ROUND_UNKNOWN;
        return status;
    }
    if (!slice_equal_cstr(was, "draft")) {
        *out = slice_equal_cstr(was, "open") ? ROUND_WAS_SO : ROUND_NOT_POSSIBLE;
        return DB_OK;
    }
    status = run_with_id(tx, VERSION_FREEZE, version);
    if (status == DB_OK) {
        status = run_with_id(tx, PARTITION_CREATE, id);
    }
    if (status == DB_OK) {
        status = set_status(tx, id, "open", 0);
    }
    return status == DB_OK ? record(tx, "round.open", "round", code, act) : status;
}

enum db_status round_close(enum round_change *out, struct db_tx *tx, struct slice code, int64_t now,
                           const struct round_act *act)
{
    int32_t id;
    int32_t version = 0;
    struct slice was = {NULL, 0};
    enum db_status status = find_round(&id, &was, &version, tx, code);
    *out = ROUND_CHANGED;
    if (status != DB_OK || id == 0) {
        *out = ROUND_UNKNOWN;
        return status;
    }
    if (!slice_equal_cstr(was, "open")) {
        *out = slice_equal_cstr(was, "closed") ? ROUND_WAS_SO : ROUND_NOT_POSSIBLE;
        return DB_OK;
    }
    status = set_status(tx, id, "closed", now);
    return status == DB_OK ? record(tx, "round.close", "round", code, act) : status;
}

static enum db_status record_amendment(struct db_tx *tx, struct slice code, struct slice before,
                                       const struct round_amendment *amendment, const struct round_act *act)
{
    struct slice object = arena_printf(db_arena(tx), "round:%.*s", SLICE_ARG(code));
    struct slice details =
        arena_printf(db_arena(tx), "{\"before\": %.*s, \"closes_at\": %lld, \"interim\": \"%.*s\"}",
                     SLICE_ARG(before), (long long)amendment->closes_at, SLICE_ARG(amendment->interim));
    const struct audit_event event = {.action = "round.amend",
                                      .object = object.ptr,
                                      .result = "ok",
                                      .origin = act->origin,
                                      .actor = act->actor,
                                      .details = details.ptr};
    return audit_record(tx, &event);
}

enum db_status round_amend(enum round_change *out, struct db_tx *tx, struct slice code,
                           const struct round_amendment *amendment, int64_t now, const struct round_act *act)
{
    int32_t id;
    int32_t version;
    struct slice was = {NULL, 0};
    struct db_result *result;
    enum db_status status = find_round(&id, &was, &version, tx, code);
    *out = ROUND_CHANGED;
    if (status != DB_OK || id == 0) {
        *out = ROUND_UNKNOWN;
        return status;
    }
    struct db_params p = db_params(tx);
    db_put_int32(&p, id);
    if (amendment->closes_at != 0) {
        db_put_timestamp(&p, amendment->closes_at);
    } else {
        db_put_null(&p);
    }
    if (amendment->interim.len > 0) {
        db_put_text(&p, amendment->interim);
    } else {
        db_put_null(&p);
    }
    db_put_timestamp(&p, now);
    status = db_run(&result, tx, &survey_publish_statements[ROUND_AMEND], &p);
    if (status != DB_OK) {
        return status;
    }
    if (db_rows(result) == 0) {
        *out = ROUND_NOT_POSSIBLE;
        return DB_OK;
    }
    return record_amendment(tx, code, db_get_text(result, 0, 0), amendment, act);
}

enum db_status round_states(struct round_state **out, size_t *count, struct db_tx *tx)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    enum db_status status = db_run(&rows, tx, &survey_publish_statements[ROUND_STATES], &p);
    if (status != DB_OK) {
        return status;
    }
    *count = db_rows(rows);
    *out = arena_array(db_arena(tx), *count, sizeof **out);
    for (size_t i = 0; i < *count; i++) {
        (*out)[i] = (struct round_state){.code = db_get_text(rows, i, 0),
                                         .consultation = db_get_text(rows, i, 1),
                                         .status = db_get_text(rows, i, 2),
                                         .interim = db_get_text(rows, i, 3),
                                         .version = db_get_int32(rows, i, 4),
                                         .opens_at = db_get_timestamp(rows, i, 5),
                                         .closes_at = db_get_timestamp(rows, i, 6),
                                         .pilot = db_get_bool(rows, i, 7),
                                         .kind = db_get_text(rows, i, 8),
                                         .ends_at = db_get_timestamp(rows, i, 9),
                                         .paper_days = db_get_int32(rows, i, 10),
                                         .responses = db_get_int64(rows, i, 11),
                                         .drafts = db_get_int64(rows, i, 12)};
    }
    return DB_OK;
}

enum db_status round_pages(struct round_page **out, size_t *count, struct db_tx *tx, int32_t today)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, today);
    db_put_int32(&p, ROUND_IDLE_DAYS);
    enum db_status status = db_run(&rows, tx, &survey_publish_statements[ROUND_PAGES], &p);
    if (status != DB_OK) {
        return status;
    }
    *count = db_rows(rows);
    *out = arena_array(db_arena(tx), *count, sizeof **out);
    for (size_t i = 0; i < *count; i++) {
        (*out)[i] = (struct round_page){.round = db_get_text(rows, i, 0),
                                        .page = db_get_int16(rows, i, 1),
                                        .drafts = db_get_int64(rows, i, 2),
                                        .idle = db_get_int64(rows, i, 3)};
    }
    return DB_OK;
}
