#include "features/tafel/tafel_signal_evidence.h"

#include "base/clock.h"
#include "features/fieldwork/fieldwork.h"
#include "features/tafel/tafel_signal_sql.h"

#include <math.h>
#include <string.h>

enum statement { ADD, END, LIST, PASSAGE, CAMPAIGN, STATEMENT_COUNT };

const struct db_statement signal_evidence_statements[STATEMENT_COUNT + 1] = {
    [ADD] =
        {"signal_evidence_add",
         "INSERT INTO zs.signal_evidence (signal_id, kind, round_id, why, asked, figures, passage_id, "
         "created_by) SELECT $1::int4, $2::text, $3::int4, $4::text, $5::text::jsonb, $6::text::jsonb, "
         "$7::int8, $8::text WHERE (SELECT count(*) FROM zs.signal_evidence WHERE signal_id = $1::int4 AND "
         "ended_at IS NULL) < $9::int4"},
    [END] = {"signal_evidence_end", "UPDATE zs.signal_evidence SET ended_at = now(), ended_by = $3::text"
                                    " WHERE signal_id = $1::int4 AND id = $2::int4 AND ended_at IS NULL"},
    [LIST] =
        {"signal_evidence_list",
         "SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('nummer', e.id, 'soort', e.kind, "
         "'ronde', r.code, 'consultatie', r.consultation, 'waarom', e.why, 'gevraagd', e.asked, 'cijfers', "
         "e.figures, 'op', to_char(e.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), "
         "'door', e.created_by, 'passage', e.passage_id, 'weg', CASE WHEN e.passage_id IS NOT NULL THEN "
         "v.id IS NULL END, 'van', v.kind, 'taal', v.language, 'citeerbaar', v.quotes, 'citaat', v.body, "
         "'gesprek', (SELECT c.code FROM zs.conversation AS c WHERE c.id = v.conversation_id), "
         "'nu', CASE WHEN e.kind = 'campagne' THEN (SELECT count(*) FROM zs.campaign_search AS s JOIN "
         "zs.campaign_member AS m ON m.search_id = s.id WHERE s.round_id = e.round_id AND s.variable = "
         "e.asked->>'variabele' AND s.number = (e.asked->>'zoekactie')::int AND m.grouping = "
         "(e.asked->>'groep')::int) END)) ORDER BY e.id), '[]')::text"
         " FROM zs.signal_evidence AS e LEFT JOIN zs.round AS r ON r.id = e.round_id"
         " LEFT JOIN LATERAL (SELECT x.id, x.kind, x.language, x.quotes, x.body, x.conversation_id FROM "
         "zs.evidence AS x"
         " WHERE x.id = e.passage_id AND x.kind <> 'weggelaten' OFFSET 0) AS v ON e.passage_id IS NOT NULL"
         " WHERE e.signal_id = $1::int4 AND e.ended_at IS NULL AND $2::int4 IN (0, e.id)"},
    [PASSAGE] = {"signal_passage_round",
                 "SELECT coalesce(round_id, 0), kind = 'bericht' FROM zs.evidence WHERE id = $1::int8 AND "
                 "kind <> 'weggelaten' LIMIT 1"},
    [CAMPAIGN] =
        {"signal_campaign_size",
         "SELECT count(*) FROM zs.campaign_search AS s JOIN zs.campaign_member AS m ON m.search_id = s.id"
         " WHERE s.round_id = $1::int4 AND s.variable = $2::text AND s.number = $3::int4 AND m.grouping "
         "= $4::int4"},
};

/* ---- a table ---- */

static struct slice text_of(const json_t *asked, const char *member)
{
    const json_t *value = json_object_get(asked, member);
    return json_is_string(value) ? (struct slice){json_string_value(value), json_string_length(value)}
                                 : (struct slice){NULL, 0};
}

/* Faults of a query are named by parameter; those of a form by pointer. */
static bool take_faults(struct json_errors *errors, struct arena *arena, const json_t *faults)
{
    size_t i;
    const json_t *fault;
    json_array_foreach(faults, i, fault)
    {
        json_errors_add(
            errors, json_pointer_append(arena, "", json_string_value(json_object_get(fault, "parameter"))),
            json_string_value(json_object_get(fault, "code")), "%s",
            json_string_value(json_object_get(fault, "detail")));
    }
    return json_array_size(faults) == 0;
}

static const struct figures_answer *answer_named(const struct figures *figures, size_t *at, struct slice name)
{
    for (*at = 0; *at < figures->answer_count; (*at)++) {
        if (name.ptr && slice_equal_cstr(name, figures->answers[*at].name)) {
            return &figures->answers[*at];
        }
    }
    return NULL;
}

static void say_no_table(struct json_errors *errors, enum figures_status status, const char *rule)
{
    switch (status) {
    case FIGURES_NO_RELEASE:
        json_errors_add(errors, "/ronde", "geen-uitgave",
                        "Van deze ronde is nog niets openbaar. Een signaal rust op openbare cijfers.");
        return;
    case FIGURES_NO_WEIGHTS:
        json_errors_add(errors, "/gewogen", "geen-gewichten",
                        "Voor deze mensen zijn er geen gewichten. Neem ongewogen cijfers.");
        return;
    case FIGURES_NOT_RELEASED:
        if (rule && strcmp(rule, "te-weinig-mensen") == 0) {
            json_errors_add(
                errors, "/filter", "afgeschermd",
                "Binnen deze filters zijn er te weinig mensen om iets te tonen. Een signaal kan daar "
                "niet op rusten.");
            return;
        }
        json_errors_add(
            errors, "/variabele", "niet-uitgegeven",
            "Deze tabel staat niet in de openbare uitgave. Kies minder, of andere uitsplitsingen.");
        return;
    case FIGURES_OK:
    case FIGURES_NOT_READY:
    case FIGURES_TOO_LARGE:
    case FIGURES_FAILED:
        break;
    }
    json_errors_add(errors, "/variabele", "niet-te-tellen", "Deze tabel is niet te maken.");
}

static double rounded(double value, unsigned digits)
{
    const double scale = pow(10, digits);
    return round(value * scale) / scale;
}

/* The cell of this answer in each line; NULL: one of them may not be shown. */
static json_t *lines_json(const struct figures *figures, size_t answer)
{
    json_t *lines = json_array();
    for (size_t i = 0; i < figures->line_count; i++) {
        const struct figures_line *line = &figures->lines[i];
        const struct figures_cell *cell = &line->cells[answer];
        if (cell->share.mark != FIGURE_SHOWN || cell->count.mark != FIGURE_SHOWN ||
            line->base.mark != FIGURE_SHOWN) {
            json_decref(lines);
            return NULL;
        }
        const bool grouped = figures->query.group_count > 0;
        const char *group = grouped ? line->group_names[0] : "alle";
        const char *label = grouped && line->group_labels[0][0] ? line->group_labels[0][0] : group;
        json_array_append_new(lines, json_pack("{s:s,s:s,s:I,s:I,s:f,s:i}", "groep", group, "naam", label,
                                               "aantal", (json_int_t)llround(cell->count.value), "basis",
                                               (json_int_t)llround(line->base.value), "aandeel",
                                               rounded(cell->share.value, cell->share.digits), "uitgave",
                                               (int)(line->release > 0 ? line->release : figures->release)));
    }
    return lines;
}

/* "goed (Goed), slecht (Slecht)" */
static const char *answers_listed(struct arena *arena, const struct figures *figures)
{
    enum { MOST = 12 };
    const char *list = "";
    for (size_t i = 0; i < figures->answer_count && i < MOST; i++) {
        const struct figures_answer *answer = &figures->answers[i];
        list = arena_printf(arena, "%s%s%s%s%s%s", list, i > 0 ? ", " : "", answer->name,
                            answer->label[0] ? " (" : "", answer->label[0] ? answer->label[0] : "",
                            answer->label[0] ? ")" : "")
                   .ptr;
    }
    return figures->answer_count > MOST ? arena_printf(arena, "%s, ...", list).ptr : list;
}

static json_t *figures_json(struct json_errors *errors, const struct figures *figures, struct slice answer)
{
    char made_at[CLOCK_RFC3339_BYTES];
    size_t at;
    const struct figures_answer *named = answer_named(figures, &at, answer);
    if (!named) {
        json_errors_add(errors, "/antwoord", "onbekend", "Kies een antwoord op deze vraag: %s.",
                        answers_listed(errors->arena, figures));
        return NULL;
    }
    json_t *lines = lines_json(figures, at);
    if (!lines) {
        json_errors_add(
            errors, "/antwoord", "afgeschermd",
            "Dit cijfer is afgeschermd: het gaat over te weinig mensen. Een signaal kan er niet op "
            "rusten. Kies minder uitsplitsingen of filters.");
        return NULL;
    }
    clock_format_rfc3339(made_at, figures->made_at);
    return json_pack("{s:i,s:s,s:b,s:s,s:o}", "uitgave", (int)figures->release, "gemaaktOp", made_at,
                     "gewogen", (int)figures->query.weighted, "antwoordTekst",
                     named->label[0] ? named->label[0] : named->name, "regels", lines);
}

static void forget(void *object)
{
    json_decref(object);
}

static json_t *count(bool *busy, struct json_errors *errors, struct arena *arena, struct results *results,
                     const struct survey_round *round, const json_t *asked)
{
    struct figures_query query;
    struct figures figures;
    const char *rule = NULL;
    const struct query_texts texts = {
        .variable = text_of(asked, "variabele"),
        .group_by = text_of(asked, "groepeerOp"),
        .filter = text_of(asked, "filter"),
        .weighted = json_is_true(json_object_get(asked, "gewogen")) ? SLICE("true") : SLICE("false"),
        .measure = SLICE("aandelen")};
    json_t *faults = json_array();
    const bool read = results_query_read(&query, faults, arena, FIGURES_PUBLIC, round, &texts);
    const bool good = take_faults(errors, arena, faults) && read;
    json_decref(faults);
    if (!good) {
        return NULL;
    }
    if (query.group_count > 1) {
        json_errors_add(errors, "/groepeerOp", "te-veel", "Kies ten hoogste een variabele.");
        return NULL;
    }
    const enum figures_status status = figures_of_public(&figures, &rule, arena, results, &query);
    if (status != FIGURES_OK) {
        *busy = status == FIGURES_NOT_READY;
        if (!*busy) {
            say_no_table(errors, status, rule);
        }
        return NULL;
    }
    return figures_json(errors, &figures, text_of(asked, "antwoord"));
}

json_t *signal_table_count(bool *busy, struct json_errors *errors, struct arena *arena,
                           struct results *results, const struct survey_round *round, const json_t *asked)
{
    struct arena *own = arena_create(2 * (size_t)FIGURES_BYTES_MAX);
    *busy = false;
    json_t *figures = count(busy, errors, own, results, round, asked);
    arena_destroy(own);
    if (figures) {
        arena_defer(arena, forget, figures);
    }
    return figures;
}

static const json_t *line_of(const json_t *figures, const char *group)
{
    size_t i;
    const json_t *line;
    json_array_foreach(json_object_get(figures, "regels"), i, line)
    {
        if (strcmp(json_string_value(json_object_get(line, "groep")), group) == 0) {
            return line;
        }
    }
    return NULL;
}

static void add_compared(json_t *list, const json_t *line, const json_t *then, const json_t *now)
{
    json_t *row = json_pack("{s:O,s:O}", "groep", json_object_get(line, "groep"), "naam",
                            json_object_get(line, "naam"));
    if (then) {
        json_object_set(row, "toen", json_object_get(then, "aandeel"));
    }
    if (now) {
        json_object_set(row, "nu", json_object_get(now, "aandeel"));
    }
    if (then && now) {
        const double difference = json_number_value(json_object_get(now, "aandeel")) -
                                  json_number_value(json_object_get(then, "aandeel"));
        json_object_set_new(row, "verschil", json_real(rounded(difference, 1)));
    }
    json_array_append_new(list, row);
}

json_t *signal_table_compare(const json_t *then, const json_t *now)
{
    size_t i;
    const json_t *line;
    json_t *list = json_array();
    json_array_foreach(json_object_get(then, "regels"), i, line)
    {
        add_compared(list, line, line,
                     now ? line_of(now, json_string_value(json_object_get(line, "groep"))) : NULL);
    }
    json_array_foreach(json_object_get(now, "regels"), i, line)
    {
        if (!line_of(then, json_string_value(json_object_get(line, "groep")))) {
            add_compared(list, line, NULL, line);
        }
    }
    return list;
}

/* ---- all kinds ---- */

static void put_json(struct db_params *p, struct arena *arena, const json_t *value)
{
    char *text = value ? json_dumps(value, JSON_COMPACT) : NULL;
    db_put_text(p, text ? arena_copy(arena, slice_from_cstr(text)) : SLICE("{}"));
    free(text);
}

enum db_status signal_evidence_add(bool *added, struct db_tx *tx, int32_t signal,
                                   const struct signal_proof *proof, const char *by)
{
    struct db_result *done;
    struct db_params p = db_params(tx);
    db_put_int32(&p, signal);
    db_put_text(&p, slice_from_cstr(proof->kind));
    if (proof->round_id != 0) {
        db_put_int32(&p, proof->round_id);
    } else {
        db_put_null(&p);
    }
    db_put_text(&p, proof->why);
    put_json(&p, db_arena(tx), proof->asked);
    put_json(&p, db_arena(tx), proof->figures);
    if (proof->passage != 0) {
        db_put_int64(&p, proof->passage);
    } else {
        db_put_null(&p);
    }
    db_put_text(&p, slice_from_cstr(by));
    db_put_int32(&p, SIGNAL_EVIDENCE_MAX);
    const enum db_status status = db_run(&done, tx, &signal_evidence_statements[ADD], &p);
    *added = status == DB_OK && db_affected(done) == 1;
    return status;
}

enum db_status signal_evidence_end(bool *ended, struct db_tx *tx, int32_t signal, int32_t evidence,
                                   const char *by)
{
    struct db_result *done;
    struct db_params p = db_params(tx);
    db_put_int32(&p, signal);
    db_put_int32(&p, evidence);
    db_put_text(&p, slice_from_cstr(by));
    const enum db_status status = db_run(&done, tx, &signal_evidence_statements[END], &p);
    *ended = status == DB_OK && db_affected(done) == 1;
    return status;
}

enum db_status signal_evidence_list(json_t **list, struct db_tx *tx, struct arena *arena, int32_t signal,
                                    int32_t evidence)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, signal);
    db_put_int32(&p, evidence);
    const enum db_status status = db_run_one(&rows, tx, &signal_evidence_statements[LIST], &p);
    *list = status == DB_OK ? signal_json(arena, db_get_text(rows, 0, 0)) : NULL;
    return status;
}

enum db_status signal_passage_round(int32_t *round_id, bool *message, bool *found, struct db_tx *tx,
                                    int64_t passage)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int64(&p, passage);
    const enum db_status status = db_run(&rows, tx, &signal_evidence_statements[PASSAGE], &p);
    *found = status == DB_OK && db_rows(rows) == 1;
    *round_id = *found ? db_get_int32(rows, 0, 0) : 0;
    *message = *found && db_get_bool(rows, 0, 1);
    return status;
}

enum db_status signal_campaign_size(int64_t *texts, struct db_tx *tx, int32_t round_id, struct slice variable,
                                    int32_t number, int32_t group)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round_id);
    db_put_text(&p, variable);
    db_put_int32(&p, number);
    db_put_int32(&p, group);
    const enum db_status status = db_run_one(&rows, tx, &signal_evidence_statements[CAMPAIGN], &p);
    *texts = status == DB_OK ? db_get_int64(rows, 0, 0) : 0;
    return status;
}

enum db_status signal_evidence_hold_back(json_t *list, struct db_tx *tx, const struct crypto_keys *keys)
{
    const size_t count = json_array_size(list);
    struct personal_text *texts = arena_array(db_arena(tx), count + 1, sizeof *texts);
    bool *waits = arena_array(db_arena(tx), count + 1, sizeof *waits);
    size_t waiting;
    for (size_t i = 0; i < count; i++) {
        const json_t *proof = json_array_get(list, i);
        const bool is_passage = strcmp(json_string_value(json_object_get(proof, "soort")), "passage") == 0;
        const struct slice conversation = text_of(proof, "gesprek");
        texts[i] =
            (struct personal_text){.passage = json_integer_value(json_object_get(proof, "passage")),
                                   .conversation = conversation.ptr ? conversation : SLICE(""),
                                   .body = is_passage ? text_of(proof, "citaat") : (struct slice){NULL, 0}};
    }
    const enum db_status status = personal_waits(waits, &waiting, tx, keys, texts, count);
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        if (waits[i]) {
            json_object_del(json_array_get(list, i), "citaat");
            json_object_set_new(json_array_get(list, i), "wacht", json_true());
        }
    }
    return status;
}
