#include "features/report/report_sql.h"

#include "features/fieldwork/fieldwork.h"
#include "features/tafel/tafel.h"

#include <stdlib.h>
#include <string.h>

enum statement {
    FIND,
    LOCK,
    BEGIN,
    CHANGE,
    STEP,
    STEP_ADD,
    APPROVED,
    HAND,
    TO_APPROVE,
    PUBLISH,
    PUBLISHED,
    PUBLIC_LIST,
    LIST,
    STEPS,
    QUOTES,
    RELEASE,
    QUESTIONNAIRE,
    SOURCE_ADD,
    SOURCE_LOCK,
    SOURCE_REVISION,
    SOURCE_KEEP,
    SOURCES,
    SOURCE_HISTORY,
    STATEMENT_COUNT
};

/* A time as text. */
#define TIME " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
/* A version of a finding, as JSON without who wrote it. */
#define SOURCE                                                                                               \
    "jsonb_strip_nulls(jsonb_build_object('nummer', v.source_id, 'versie', v.revision, 'wie', v.who, "       \
    "'titel', v.title, 'jaar', v.year, 'methode', v.method, 'bevolking', v.population, 'vraag', v.wording, " \
    "'uitkomst', v.figure, 'bladzijde', v.page, 'adres', nullif(v.link, ''), 'toepassingen', "               \
    "to_jsonb(v.applications), 'consultatie', v.consultation, 'weg', nullif(v.removed, false), "             \
    "'gewijzigdOp', to_char(v.created_at" TIME "))"

const struct db_statement report_statements[STATEMENT_COUNT + 1] = {
    [LOCK] = {"report_lock", "SELECT revision FROM zs.report WHERE id = $1::int4 FOR UPDATE"},
    [FIND] = {"report_find",
              "SELECT r.id, r.revision, r.kind, r.state, coalesce(d.code, ''), coalesce(d.consultation, "
              "r.consultation, ''), coalesce(r.year, 0), r.title, r.foreword, r.summary, r.summary_en, "
              "r.remarks::text, r.releases::text, array_to_string(r.quotes, ' '), r.changed_by"
              " FROM zs.report AS r LEFT JOIN zs.round AS d ON d.id = r.round_id WHERE r.id = $1::int4"},
    [BEGIN] = {"report_begin",
               "INSERT INTO zs.report (kind, round_id, year, consultation, title, created_by, changed_by)"
               " VALUES ($1::text, nullif($2::int4, 0), nullif($3::int4, 0), nullif($4::text, ''), $5::text, "
               "$6::text, $6::text) RETURNING id"},
    [CHANGE] =
        {"report_change",
         "UPDATE zs.report SET title = $2::text, foreword = $3::text, summary = $4::text, summary_en = "
         "$5::text, remarks = $6::text::jsonb, quotes = $7::int8[], revision = revision + 1, "
         "changed_at = now(), changed_by = $8::text WHERE id = $1::int4"},
    [STEP] = {"report_state",
              "UPDATE zs.report SET state = $2::text, releases = coalesce($3::text::jsonb, releases), "
              "revision = revision + 1, changed_at = now(), changed_by = $4::text WHERE id = $1::int4"},
    [STEP_ADD] = {"report_step_add",
                  "INSERT INTO zs.report_step (report_id, from_state, to_state, told, created_by, approved) "
                  "VALUES ($1::int4, $2::text, $3::text, nullif($4::text, ''), $5::text, $6::text::jsonb)"},
    [APPROVED] = {"report_approved",
                  "SELECT s.approved::text FROM zs.report_step AS s WHERE s.report_id = $1::int4 AND "
                  "s.approved IS NOT NULL ORDER BY s.id DESC LIMIT 1"},
    /* A change of texts is a step to the state that it is in. */
    [HAND] =
        {"report_hand",
         "SELECT EXISTS (SELECT 1 FROM zs.report_step AS s WHERE s.report_id = $1::int4 AND s.created_by "
         "= $2::text AND (s.to_state = 'voorgelegd' OR s.from_state = s.to_state)) OR EXISTS (SELECT 1 "
         "FROM zs.report AS r WHERE r.id = $1::int4 AND r.created_by = $2::text)"},
    [TO_APPROVE] =
        {"report_to_approve",
         "SELECT count(*) FROM zs.report AS r WHERE r.state = 'voorgelegd' AND r.created_by <> $1::text AND "
         "NOT EXISTS (SELECT FROM zs.report_step AS s WHERE s.report_id = r.id AND s.created_by = $1::text "
         "AND (s.to_state = 'voorgelegd' OR s.from_state = s.to_state))"},
    [PUBLISH] = {"report_publish",
                 "INSERT INTO zs.report_document (report_id, document, sha256, signature, verifying_key, "
                 "published_by) VALUES ($1::int4, $2::bytea, $3::bytea, $4::bytea, $5::bytea, $6::text)"},
    [PUBLISHED] =
        {"report_published",
         "SELECT p.document, p.sha256, p.signature, p.verifying_key, p.published_at, r.state, "
         "coalesce((SELECT s.told FROM zs.report_step AS s WHERE s.report_id = r.id AND s.to_state = "
         "'ingetrokken' ORDER BY s.id DESC LIMIT 1), ''), r.title FROM zs.report_document AS p JOIN "
         "zs.report AS r ON r.id = p.report_id WHERE p.report_id = $1::int4"},
    [PUBLIC_LIST] =
        {"report_public_list",
         "SELECT coalesce(jsonb_agg(x.o ORDER BY x.id DESC), '[]')::text FROM (SELECT r.id, "
         "jsonb_strip_nulls(jsonb_build_object('nummer', r.id, 'soort', r.kind, 'ronde', d.code, 'jaar', "
         "r.year, 'consultatie', coalesce(d.consultation, r.consultation), 'verzonnen', (SELECT "
         "true FROM zs.consultation AS c WHERE c.code = coalesce(d.consultation, r.consultation) AND "
         "c.invented), 'titel', r.title, 'stand', r.state, "
         "'gepubliceerdOp', to_char(p.published_at" TIME ", 'sha256', encode(p.sha256, 'hex'), "
         "'ingetrokkenOmdat', (SELECT s.told FROM zs.report_step AS s WHERE s.report_id = r.id AND "
         "s.to_state = "
         "'ingetrokken' ORDER BY s.id DESC LIMIT 1))) AS o FROM zs.report AS r JOIN zs.report_document AS p "
         "ON "
         "p.report_id = r.id LEFT JOIN zs.round AS d ON d.id = r.round_id WHERE ($1::int8 IN (0, r.id) OR "
         "r.id < $1::int8) AND ($3::bool OR CASE WHEN $4::text = '' THEN NOT EXISTS (SELECT 1 FROM "
         "zs.consultation AS c WHERE c.code = coalesce(d.consultation, r.consultation) AND c.invented) ELSE "
         "coalesce(d.consultation, r.consultation) = $4::text END) ORDER BY r.id DESC LIMIT $2::int4) AS x"},
    [LIST] =
        {"report_list",
         "SELECT coalesce(jsonb_agg(x.o ORDER BY x.id DESC), '[]')::text FROM (SELECT r.id, "
         "jsonb_strip_nulls(jsonb_build_object('nummer', r.id, 'soort', r.kind, 'ronde', d.code, 'jaar', "
         "r.year, 'titel', r.title, 'stand', r.state, 'gewijzigdOp', to_char(r.changed_at" TIME
         ", 'door', r.changed_by)) AS o FROM zs.report AS r LEFT JOIN zs.round AS d ON d.id = r.round_id "
         "ORDER BY r.id DESC LIMIT 200) AS x"},
    [STEPS] = {"report_steps",
               "SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('van', s.from_state, 'naar', "
               "s.to_state, 'toelichting', s.told, 'op', to_char(s.created_at" TIME
               ", 'door', s.created_by)) ORDER BY s.id), '[]')::text FROM zs.report_step AS s WHERE "
               "s.report_id = $1::int4"},
    [QUOTES] =
        {"report_quotes",
         "SELECT coalesce(jsonb_agg(jsonb_build_object('passage', x.id, 'van', x.kind, 'taal', "
         "x.language, 'tekst', x.body, 'gesprek', c.code) ORDER BY array_position($1::int8[], x.id)), "
         "'[]')::text FROM zs.evidence AS x JOIN zs.conversation AS c ON c.id = x.conversation_id "
         "JOIN zs.round AS r ON r.id = x.round_id JOIN zs.consultation AS t ON t.code = r.consultation "
         "WHERE x.id = ANY ($1::int8[]) AND x.kind = 'uitspraak' AND x.quotes AND ($2::text = '' OR "
         "r.code = $2::text) AND CASE WHEN $3::text = '' THEN NOT t.invented ELSE t.code = $3::text "
         "END"},
    [RELEASE] = {"report_release",
                 "SELECT jsonb_strip_nulls(jsonb_build_object('uitgave', r.number, 'sha256', "
                 "encode(r.sha256, 'hex'), "
                 "'gemaaktOp', to_char(r.made_at" TIME ", 'programma', r.program, 'bescherming', "
                 "jsonb_build_object('drempel', r.threshold, 'ruisTotEnMet', r.noise_reach, 'ruisVariantie', "
                 "r.noise_variance), 'auditkop', r.audit_head))::text FROM zs.release AS r WHERE r.round_id "
                 "= $1::int4 "
                 "AND $2::int4 IN (0, r.number) ORDER BY r.number DESC LIMIT 1"},
    [QUESTIONNAIRE] = {"report_questionnaire",
                       "SELECT jsonb_build_object('code', q.code, 'versie', q.number, 'sha256', "
                       "encode(q.sha256, 'hex'))::text FROM zs.questionnaire_version AS q WHERE q.id = "
                       "$1::int4"},
    [SOURCE_ADD] = {"external_source_add",
                    "INSERT INTO zs.external_source (created_by) VALUES ($1::text) RETURNING id"},
    /* Apart from what it guards: a statement sees what was there when it began, before it waited. */
    [SOURCE_LOCK] = {"external_source_lock", "SELECT pg_advisory_xact_lock(44, $1::int4) IS NULL"},
    [SOURCE_REVISION] = {"external_source_revision",
                         "SELECT coalesce(max(v.revision), 0) FROM zs.external_source_version AS v WHERE "
                         "v.source_id = $1::int4"},
    [SOURCE_KEEP] =
        {"external_source_keep",
         "INSERT INTO zs.external_source_version (source_id, revision, who, title, year, method, population, "
         "wording, figure, page, link, applications, consultation, removed, created_by) VALUES ($1::int4, "
         "$2::int4, $3::text, $4::text, $5::int4, $6::text, $7::text, $8::text, $9::text, $10::text, "
         "$11::text, $12::text[], nullif($13::text, ''), $14::bool, $15::text)"},
    [SOURCES] =
        {"external_sources",
         "SELECT coalesce(jsonb_agg(" SOURCE " ORDER BY v.source_id), '[]')::text FROM (SELECT DISTINCT "
         "ON (w.source_id) w.source_id, w.revision, w.who, w.title, w.year, w.method, w.population, "
         "w.wording, w.figure, w.page, w.link, w.applications, w.consultation, w.removed, w.created_at "
         "FROM zs.external_source_version AS w WHERE $1::int4 IN (0, w.source_id) ORDER BY w.source_id, "
         "w.revision DESC) AS v WHERE ($3::bool OR NOT v.removed) AND ($2::text = '' OR v.consultation "
         "IS NULL OR v.consultation = $2::text) AND ($4::text = '' OR cardinality(v.applications) = 0 OR "
         "$4::text = ANY (v.applications)) AND NOT ($5::bool AND EXISTS (SELECT 1 FROM zs.consultation AS c "
         "WHERE c.code = v.consultation AND c.invented))"},
    [SOURCE_HISTORY] = {"external_source_history",
                        "SELECT coalesce(jsonb_agg(" SOURCE " || jsonb_build_object('door', v.created_by) "
                        "ORDER BY v.revision DESC), '[]')::text FROM zs.external_source_version AS v WHERE "
                        "v.source_id = $1::int4"},
};

const char *const report_states[REPORT_STATES + 1] = {
    "concept", "voorgelegd", "goedgekeurd", "gepubliceerd", "ingetrokken", "vervallen", NULL};

enum report_state report_state_find(struct slice code)
{
    unsigned i = 0;
    while (i < REPORT_STATES && !slice_equal_cstr(code, report_states[i])) {
        i++;
    }
    return (enum report_state)i;
}

bool report_may_follow(enum report_state from, enum report_state to)
{
    static const unsigned next[REPORT_STATES] = {
        [REPORT_DRAFT] = 1U << REPORT_PUT_FORWARD | 1U << REPORT_DROPPED,
        [REPORT_PUT_FORWARD] = 1U << REPORT_APPROVED | 1U << REPORT_DRAFT,
        [REPORT_APPROVED] = 1U << REPORT_PUBLISHED | 1U << REPORT_DRAFT,
        [REPORT_PUBLISHED] = 1U << REPORT_WITHDRAWN,
    };
    return from < REPORT_STATES && to < REPORT_STATES && (next[from] & 1U << to) != 0;
}

static enum db_status read_json(json_t **out, struct db_tx *tx, struct arena *arena, enum statement statement,
                                const struct db_params *params)
{
    struct db_result *rows;
    *out = NULL;
    const enum db_status status = db_run(&rows, tx, &report_statements[statement], params);
    if (status == DB_OK && db_rows(rows) == 1) {
        *out = signal_json(arena, db_get_text(rows, 0, 0));
    }
    return status;
}

/* ---- one as it stands ---- */

static void read_quotes(struct report_draft *out, struct arena *arena, struct slice text)
{
    int64_t *quotes = arena_array(arena, REPORT_QUOTES_MAX, sizeof *quotes);
    struct slice one;
    uint64_t number;
    while (text.len > 0 && out->quote_count < REPORT_QUOTES_MAX) {
        slice_cut(&one, &text, text, ' ');
        if (slice_to_u64(&number, one, INT64_MAX)) {
            quotes[out->quote_count++] = (int64_t)number;
        }
    }
    out->quotes = quotes;
}

enum db_status report_find(struct report_draft *out, struct db_tx *tx, struct arena *arena, int32_t number,
                           bool lock)
{
    struct db_result *rows;
    struct db_params p = db_params(tx), q = db_params(tx);
    enum db_status status = DB_OK;
    *out = (struct report_draft){.number = 0};
    db_put_int32(&p, number);
    db_put_int32(&q, number);
    if (lock) {
        status = db_run(NULL, tx, &report_statements[LOCK], &p);
    }
    if (status == DB_OK) {
        status = db_run(&rows, tx, &report_statements[FIND], &q);
    }
    if (status != DB_OK || db_rows(rows) != 1) {
        return status;
    }
    *out = (struct report_draft){.number = db_get_int32(rows, 0, 0),
                                 .revision = db_get_int32(rows, 0, 1),
                                 .kind = slice_equal_cstr(db_get_text(rows, 0, 2), "jaar") ? REPORT_OF_YEAR
                                                                                           : REPORT_OF_ROUND,
                                 .state = report_state_find(db_get_text(rows, 0, 3)),
                                 .round = db_get_text(rows, 0, 4),
                                 .consultation = db_get_text(rows, 0, 5),
                                 .year = db_get_int32(rows, 0, 6),
                                 .title = db_get_text(rows, 0, 7),
                                 .foreword = db_get_text(rows, 0, 8),
                                 .summary = db_get_text(rows, 0, 9),
                                 .summary_en = db_get_text(rows, 0, 10),
                                 .remarks = signal_json(arena, db_get_text(rows, 0, 11)),
                                 .releases = signal_json(arena, db_get_text(rows, 0, 12)),
                                 .changed_by = db_get_text(rows, 0, 14)};
    read_quotes(out, arena, db_get_text(rows, 0, 13));
    return DB_OK;
}

enum db_status report_begin(int32_t *number, struct db_tx *tx, const struct report_beginning *beginning,
                            const char *by)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_text(&p, beginning->kind == REPORT_OF_YEAR ? SLICE("jaar") : SLICE("ronde"));
    db_put_int32(&p, beginning->round_id);
    db_put_int32(&p, beginning->year);
    db_put_text(&p, beginning->consultation);
    db_put_text(&p, beginning->title);
    db_put_text(&p, slice_from_cstr(by));
    const enum db_status status = db_run_one(&rows, tx, &report_statements[BEGIN], &p);
    *number = status == DB_OK ? db_get_int32(rows, 0, 0) : 0;
    return status;
}

static char *written(const json_t *value)
{
    return json_dumps(value, JSON_COMPACT);
}

static void put_json(struct db_params *p, struct db_tx *tx, const json_t *value)
{
    char *text = value ? written(value) : NULL;
    if (text) {
        db_put_text(p, arena_copy(db_arena(tx), slice_from_cstr(text)));
    } else {
        db_put_null(p);
    }
    free(text);
}

static enum db_status add_step(struct db_tx *tx, const struct report_draft *draft,
                               const struct report_step *step, const char *by)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, draft->number);
    db_put_text(&p, slice_from_cstr(report_states[draft->state]));
    db_put_text(&p, slice_from_cstr(report_states[step->to]));
    db_put_text(&p, step->told.ptr ? step->told : SLICE(""));
    db_put_text(&p, slice_from_cstr(by));
    put_json(&p, tx, step->approved);
    return db_run(NULL, tx, &report_statements[STEP_ADD], &p);
}

enum db_status report_change(struct db_tx *tx, const struct report_draft *draft, const char *by)
{
    struct db_params p = db_params(tx);
    char *remarks = written(draft->remarks);
    db_put_int32(&p, draft->number);
    db_put_text(&p, draft->title);
    db_put_text(&p, draft->foreword);
    db_put_text(&p, draft->summary);
    db_put_text(&p, draft->summary_en);
    db_put_text(&p, slice_from_cstr(remarks ? remarks : "{}"));
    db_put_int64_array(&p, draft->quotes, draft->quote_count);
    db_put_text(&p, slice_from_cstr(by));
    enum db_status status = db_run(NULL, tx, &report_statements[CHANGE], &p);
    free(remarks);
    return status == DB_OK ? add_step(tx, draft, &(struct report_step){.to = draft->state}, by) : status;
}

enum db_status report_step_take(struct db_tx *tx, const struct report_draft *draft,
                                const struct report_step *step, const char *by)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, draft->number);
    db_put_text(&p, slice_from_cstr(report_states[step->to]));
    put_json(&p, tx, step->releases);
    db_put_text(&p, slice_from_cstr(by));
    const enum db_status status = db_run(NULL, tx, &report_statements[STEP], &p);
    return status == DB_OK ? add_step(tx, draft, step, by) : status;
}

enum db_status report_approved(json_t **approved, struct db_tx *tx, struct arena *arena, int32_t number)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    return read_json(approved, tx, arena, APPROVED, &p);
}

enum db_status report_has_hand_in(bool *has, struct db_tx *tx, int32_t number, const char *person)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    db_put_text(&p, slice_from_cstr(person));
    const enum db_status status = db_run_one(&rows, tx, &report_statements[HAND], &p);
    *has = status != DB_OK || db_get_bool(rows, 0, 0);
    return status;
}

enum db_status report_to_approve(int64_t *reports, struct db_tx *tx, const char *person)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_text(&p, slice_from_cstr(person));
    const enum db_status status = db_run_one(&rows, tx, &report_statements[TO_APPROVE], &p);
    *reports = status == DB_OK ? db_get_int64(rows, 0, 0) : 0;
    return status;
}

/* ---- what was made public ---- */

enum db_status report_publish(struct db_tx *tx, int32_t number, const struct report_signed *document,
                              const char *by)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    db_put_bytes(&p, document->document);
    db_put_bytes(&p, document->sha256);
    db_put_bytes(&p, document->signature);
    db_put_bytes(&p, document->key);
    db_put_text(&p, slice_from_cstr(by));
    return db_run(NULL, tx, &report_statements[PUBLISH], &p);
}

enum db_status report_published(struct report_signed *out, struct db_tx *tx, int32_t number)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    *out = (struct report_signed){.document = {NULL, 0}};
    db_put_int32(&p, number);
    const enum db_status status = db_run(&rows, tx, &report_statements[PUBLISHED], &p);
    if (status == DB_OK && db_rows(rows) == 1) {
        *out = (struct report_signed){.document = db_get_bytes(rows, 0, 0),
                                      .sha256 = db_get_bytes(rows, 0, 1),
                                      .signature = db_get_bytes(rows, 0, 2),
                                      .key = db_get_bytes(rows, 0, 3),
                                      .published_at = db_get_timestamp(rows, 0, 4),
                                      .state = report_state_find(db_get_text(rows, 0, 5)),
                                      .withdrawn_why = db_get_text(rows, 0, 6),
                                      .title = db_get_text(rows, 0, 7)};
    }
    return status;
}

enum db_status report_public_list(json_t **list, struct db_tx *tx, struct arena *arena,
                                  const struct report_filter *filter)
{
    struct db_params p = db_params(tx);
    db_put_int64(&p, filter->from);
    db_put_int32(&p, filter->most);
    db_put_bool(&p, filter->all);
    db_put_text(&p, filter->consultation.ptr ? filter->consultation : SLICE(""));
    return read_json(list, tx, arena, PUBLIC_LIST, &p);
}

enum db_status report_list(json_t **list, struct db_tx *tx, struct arena *arena)
{
    return read_json(list, tx, arena, LIST, NULL);
}

enum db_status report_steps(json_t **steps, struct db_tx *tx, struct arena *arena, int32_t number)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    return read_json(steps, tx, arena, STEPS, &p);
}

/* ---- what it is made of ---- */

static struct slice member(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return (struct slice){json_string_value(value), json_string_length(value)};
}

static enum db_status leave_out_waiting(json_t *quotes, struct db_tx *tx, const struct crypto_keys *keys)
{
    const size_t count = json_array_size(quotes);
    struct personal_text *texts = arena_array(db_arena(tx), count + 1, sizeof *texts);
    bool *waits = arena_array(db_arena(tx), count + 1, sizeof *waits);
    size_t waiting;
    for (size_t i = 0; i < count; i++) {
        const json_t *quote = json_array_get(quotes, i);
        texts[i] = (struct personal_text){.passage = json_integer_value(json_object_get(quote, "passage")),
                                          .conversation = member(quote, "gesprek"),
                                          .body = member(quote, "tekst")};
    }
    const enum db_status status = personal_waits(waits, &waiting, tx, keys, texts, count);
    for (size_t i = count; status == DB_OK && i-- > 0;) {
        json_object_del(json_array_get(quotes, i), "gesprek");
        if (waits[i]) {
            json_array_remove(quotes, i);
        }
    }
    return status;
}

enum db_status report_quotes(json_t **out, struct db_tx *tx, struct arena *arena,
                             const struct crypto_keys *keys, const struct report_draft *draft)
{
    struct db_params p = db_params(tx);
    db_put_int64_array(&p, draft->quotes, draft->quote_count);
    db_put_text(&p, draft->kind == REPORT_OF_ROUND ? draft->round : SLICE(""));
    db_put_text(&p, draft->consultation);
    const enum db_status status = read_json(out, tx, arena, QUOTES, &p);
    return status == DB_OK ? leave_out_waiting(*out, tx, keys) : status;
}

enum db_status report_release(json_t **out, struct db_tx *tx, struct arena *arena, int32_t round_id,
                              int32_t number)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, round_id);
    db_put_int32(&p, number);
    return read_json(out, tx, arena, RELEASE, &p);
}

enum db_status report_questionnaire(json_t **out, struct db_tx *tx, struct arena *arena, int32_t version_id)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, version_id);
    return read_json(out, tx, arena, QUESTIONNAIRE, &p);
}

/* ---- what others found ---- */

enum db_status source_keep(bool *kept, int32_t *number, struct db_tx *tx, int32_t revision,
                           const struct report_source *source, const char *by)
{
    struct db_result *rows;
    struct db_params a = db_params(tx), l = db_params(tx), r = db_params(tx), p = db_params(tx);
    enum db_status status = DB_OK;
    if (*number == 0) {
        db_put_text(&a, slice_from_cstr(by));
        status = db_run_one(&rows, tx, &report_statements[SOURCE_ADD], &a);
        *number = status == DB_OK ? db_get_int32(rows, 0, 0) : 0;
    }
    db_put_int32(&l, *number);
    if (status == DB_OK) {
        status = db_run_one(&rows, tx, &report_statements[SOURCE_LOCK], &l);
    }
    db_put_int32(&r, *number);
    if (status == DB_OK) {
        status = db_run_one(&rows, tx, &report_statements[SOURCE_REVISION], &r);
    }
    *kept = status == DB_OK && db_get_int32(rows, 0, 0) == revision;
    if (!*kept) {
        return status;
    }
    db_put_int32(&p, *number);
    db_put_int32(&p, revision + 1);
    db_put_text(&p, source->who);
    db_put_text(&p, source->title);
    db_put_int32(&p, source->year);
    db_put_text(&p, source->method);
    db_put_text(&p, source->population);
    db_put_text(&p, source->wording);
    db_put_text(&p, source->figure);
    db_put_text(&p, source->page);
    db_put_text(&p, source->link);
    db_put_text_array(&p, source->applications, source->application_count);
    db_put_text(&p, source->consultation);
    db_put_bool(&p, source->removed);
    db_put_text(&p, slice_from_cstr(by));
    return db_run(NULL, tx, &report_statements[SOURCE_KEEP], &p);
}

enum db_status source_list(json_t **out, struct db_tx *tx, struct arena *arena,
                           const struct source_filter *filter)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, filter->number);
    db_put_text(&p, filter->consultation.ptr ? filter->consultation : SLICE(""));
    db_put_bool(&p, filter->all);
    db_put_text(&p, filter->application.ptr ? filter->application : SLICE(""));
    db_put_bool(&p, filter->real);
    return read_json(out, tx, arena, SOURCES, &p);
}

enum db_status sources_beside(json_t **out, struct db_tx *tx, struct arena *arena, struct slice consultation,
                              struct slice application)
{
    const struct source_filter filter = {.consultation = consultation, .application = application};
    return source_list(out, tx, arena, &filter);
}

enum db_status source_history(json_t **out, struct db_tx *tx, struct arena *arena, int32_t number)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, number);
    return read_json(out, tx, arena, SOURCE_HISTORY, &p);
}
