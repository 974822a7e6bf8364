#include "features/tafel/tafel_feedback_fed.h"

#include "features/results/results.h"
#include "features/survey/survey.h"
#include "features/tafel/tafel_feedback.h"
#include "features/tafel/tafel_kept.h"
#include "features/tafel/tafel_signal_sql.h"

#include <string.h>

enum statement { FED, OWN, TABLES, COUNTING, STATEMENT_COUNT };

const struct db_statement feedback_fed_statements[STATEMENT_COUNT + 1] = {
    [FED] = {"feedback_fed", "SELECT zs.signals_fed($1::int8[])"},
    [OWN] = {"feedback_own", "SELECT zs.signals_fed(zs.own_passage_numbers($1::int4, $2::bytea, $3::int4))"},
    [TABLES] = {"feedback_tables", "SELECT zs.signal_tables($1::int4)"},
    [COUNTING] = {"feedback_counting", "SELECT zs.releases_counting($1::int4, $2::bytea)"},
};

static enum db_status read_json(json_t **out, struct db_tx *tx, struct arena *arena, enum statement statement,
                                const struct db_params *params)
{
    struct db_result *rows;
    const enum db_status status = db_run_one(&rows, tx, &feedback_fed_statements[statement], params);
    *out = status == DB_OK ? signal_json(arena, db_get_text(rows, 0, 0)) : NULL;
    return status;
}

enum db_status tafel_feedback_fed(json_t **fed, struct db_tx *tx, struct arena *arena,
                                  const int64_t *passages, size_t count)
{
    struct db_params p = db_params(tx);
    db_put_int64_array(&p, passages, count);
    return read_json(fed, tx, arena, FED, &p);
}

void tafel_feedback_say(json_t *signals, struct http_exchange *ex, const struct tafel *tafel)
{
    size_t i;
    json_t *signal;
    json_array_foreach(signals, i, signal)
    {
        json_object_set_new(signal, "plain",
                            kept_text_of(ex, tafel, "tafel.feedback.state",
                                         json_string_value(json_object_get(signal, "stand"))));
    }
}

/* ---- whether somebody is counted in a table ---- */

struct own {
    const struct tafel *tafel;
    struct arena *arena;
    const struct receipt_facts *facts;
    const json_t *releases; /* that count them: [{uitgave, zoalsNu}] */
};

static struct slice text_of(const json_t *asked, const char *member)
{
    const json_t *value = json_object_get(asked, member);
    return json_is_string(value) ? (struct slice){json_string_value(value), json_string_length(value)}
                                 : (struct slice){NULL, 0};
}

/* The release of which the figures about everybody are: of what was carried over, an earlier one. */
static json_int_t release_of(const json_t *figures)
{
    size_t i;
    const json_t *line;
    json_array_foreach(json_object_get(figures, "regels"), i, line)
    {
        const char *group = json_string_value(json_object_get(line, "groep"));
        if (group && strcmp(group, "alle") == 0 && json_object_get(line, "uitgave")) {
            return json_integer_value(json_object_get(line, "uitgave"));
        }
    }
    return json_integer_value(json_object_get(figures, "uitgave"));
}

static bool is_in_release(const struct own *own, json_int_t number)
{
    size_t i;
    const json_t *release;
    json_array_foreach(own->releases, i, release)
    {
        if (json_integer_value(json_object_get(release, "uitgave")) == number) {
            return json_is_true(json_object_get(release, "zoalsNu"));
        }
    }
    return false;
}

static bool passes(const unsigned char *vector, const struct variable *variables,
                   const struct figures_filter *filter)
{
    const uint16_t code = answer_get(vector, &variables[filter->variable]);
    for (size_t i = 0; i < filter->count; i++) {
        if (filter->codes[i] == code) {
            return true;
        }
    }
    return false;
}

/* Shares are of everybody who gave an answer, within the filters of the table. */
static bool is_counted(const struct own *own, const json_t *evidence)
{
    size_t count;
    struct figures_query query;
    const json_t *asked = json_object_get(evidence, "gevraagd");
    const struct query_texts texts = {.variable = text_of(asked, "variabele"),
                                      .group_by = text_of(asked, "groepeerOp"),
                                      .filter = text_of(asked, "filter"),
                                      .measure = SLICE("aandelen")};
    json_t *faults = json_array();
    bool counted = is_in_release(own, release_of(json_object_get(evidence, "cijfers"))) &&
                   results_query_read(&query, faults, own->arena, FIGURES_PUBLIC, own->facts->round, &texts);
    json_decref(faults);
    const struct variable *variables = questionnaire_variables(&count, own->facts->round->questionnaire);
    counted = counted && answer_get(own->facts->vector, &variables[query.variable]) >= ANSWER_DONT_KNOW;
    for (size_t i = 0; counted && i < query.filter_count; i++) {
        counted = passes(own->facts->vector, variables, &query.filters[i]);
    }
    return counted;
}

/* Each signal once, though it may rest on several tables. The caller owns it. */
static json_t *counted_signals(const struct own *own, const json_t *tables)
{
    size_t i;
    const json_t *evidence;
    json_int_t last = 0;
    json_t *list = json_array();
    json_array_foreach(tables, i, evidence)
    {
        const json_int_t number = json_integer_value(json_object_get(evidence, "nummer"));
        if (number != last && is_counted(own, evidence)) {
            json_array_append_new(list, json_pack("{s:I,s:O,s:O}", "nummer", number, "titel",
                                                  json_object_get(evidence, "titel"), "stand",
                                                  json_object_get(evidence, "stand")));
            last = number;
        }
    }
    return list;
}

/* ---- the panel ---- */

/* In which releases, in words: "1, 2"; "" where there is none. as_now: as the answers stand now. */
static const char *releases_text(const struct own *own, bool as_now)
{
    size_t i;
    const json_t *release;
    const char *text = "";
    json_array_foreach(own->releases, i, release)
    {
        if (json_is_true(json_object_get(release, "zoalsNu")) == as_now) {
            text = arena_printf(own->arena, "%s%s%d", text, text[0] ? ", " : "",
                                (int)json_integer_value(json_object_get(release, "uitgave")))
                       .ptr;
        }
    }
    return text;
}

/* To how many questions an answer was given: what is counted in their tables. */
static int questions_answered(const struct receipt_facts *facts)
{
    size_t count;
    int questions = 0;
    const char *last = NULL;
    const struct variable *variables = questionnaire_variables(&count, facts->round->questionnaire);
    for (size_t i = 0; i < count; i++) {
        const struct variable *v = &variables[i];
        if (v->question && v->kind != VARIABLE_TEXT && answer_get(facts->vector, v) >= ANSWER_DONT_KNOW &&
            (!last || strcmp(last, v->question) != 0)) {
            questions++;
            last = v->question;
        }
    }
    return questions;
}

static void put_counted(json_t *became, const struct own *own)
{
    const struct survey_round *round = own->facts->round;
    const char *now = releases_text(own, true), *before = releases_text(own, false);
    json_object_set_new(became, "releases", json_string(now));
    json_object_set_new(became, "earlier", json_string(now[0] ? "" : before));
    json_object_set_new(became, "any_releases", json_boolean(now[0] != '\0'));
    json_object_set_new(became, "any_earlier", json_boolean(!now[0] && before[0]));
    json_object_set_new(became, "any_later", json_boolean(!now[0] && !before[0] && !round->pilot));
    json_object_set_new(became, "pilot", json_boolean(round->pilot));
    if (own->facts->vector) {
        json_object_set_new(became, "questions", json_integer(questions_answered(own->facts)));
    }
    json_object_set_new(
        became, "results_href",
        json_string(
            arena_printf(own->arena, "/uitkomsten/%s?ronde=%s", round->consultation, round->code).ptr));
}

static void show(json_t *context, struct http_exchange *ex, const struct own *own, json_t *fed,
                 const json_t *tables)
{
    json_t *words = json_object_get(fed, "signalen");
    json_t *became = json_object();
    json_t *figures = own->facts->vector ? counted_signals(own, tables) : json_array();
    const json_int_t hidden = json_integer_value(json_object_get(fed, "nietOpenbaar"));
    tafel_feedback_say(words, ex, own->tafel);
    tafel_feedback_say(figures, ex, own->tafel);
    kept_put_list(became, "words", "any_words", words);
    kept_put_list(became, "figures", "any_figures", figures);
    json_object_set_new(
        became, "none",
        json_boolean(json_array_size(words) == 0 && json_array_size(figures) == 0 && hidden == 0));
    json_object_set_new(became, "hidden", json_integer(hidden));
    json_object_set_new(became, "any_hidden", json_boolean(hidden > 0));
    json_decref(figures);
    put_counted(became, own);
    json_object_set_new(context, "became", became);
}

enum db_status tafel_receipt_panel(json_t *context, struct db_tx *tx, struct http_exchange *ex,
                                   const struct receipt_facts *facts, void *self)
{
    struct own own = {.tafel = self, .arena = http_arena(ex), .facts = facts};
    json_t *fed = NULL, *tables = NULL, *releases = NULL;
    struct db_params p = db_params(tx);
    db_put_int32(&p, facts->round->id);
    db_put_bytes(&p, facts->response_id);
    db_put_int32(&p, facts->revision);
    enum db_status status = read_json(&fed, tx, own.arena, OWN, &p);
    if (status == DB_OK &&
        results_effects_may_tell(own.tafel->config.results, facts->round, FIGURES_PUBLIC)) {
        struct db_params q = db_params(tx), r = db_params(tx);
        db_put_int32(&q, facts->round->id);
        db_put_bytes(&q, facts->response_id);
        status = read_json(&releases, tx, own.arena, COUNTING, &q);
        db_put_int32(&r, facts->round->id);
        status = status == DB_OK ? read_json(&tables, tx, own.arena, TABLES, &r) : status;
    }
    if (status == DB_OK) {
        own.releases = releases;
        show(context, ex, &own, fed, tables);
    }
    return status;
}
