#include "features/results/results_api.h"

#include "base/clock.h"
#include "features/account/account.h"

#include <string.h>

/* ---- beginning ---- */

static void release_json(void *json)
{
    json_decref(json);
}

static void release_arena(void *arena)
{
    arena_destroy(arena);
}

static void prepare(struct results_call *call, struct results *results, struct results_place place,
                    struct http_exchange *ex)
{
    *call = (struct results_call){.results = results,
                                  .ex = ex,
                                  .tx = place.tx,
                                  .line = place.line,
                                  .arena = arena_create(FIGURES_BYTES_MAX),
                                  .errors = json_array()};
    arena_defer(http_arena(ex), release_arena, call->arena);
    arena_defer(http_arena(ex), release_json, call->errors);
}

bool results_call_is_public(const struct http_exchange *ex)
{
    struct slice text;
    return !http_caller(ex) || (http_query(&text, ex, "weergave") && slice_equal_cstr(text, "openbaar"));
}

/* A key may be for another consultation. False: answered. */
static bool may_look(const struct results_call *call)
{
    if (call->view == FIGURES_ANALYST &&
        !account_may(http_caller(call->ex), PERMISSION_TABLE_VIEW, call->round->consultation)) {
        account_refuse_call(call->ex, PERMISSION_TABLE_VIEW);
        return false;
    }
    return true;
}

/* With a key the analysts' view, without one the public's, where nothing else is asked. */
static bool read_view(struct results_call *call)
{
    struct slice text;
    bool analyst = http_caller(call->ex) != NULL;
    call->view = analyst ? FIGURES_ANALYST : FIGURES_PUBLIC;
    if (!http_query(&text, call->ex, "weergave")) {
        return may_look(call);
    }
    if (slice_equal_cstr(text, "openbaar")) {
        call->view = FIGURES_PUBLIC;
    } else if (!slice_equal_cstr(text, "analist")) {
        results_query_fault(call->errors, "weergave", "onbekend", "Kies analist of openbaar.");
    } else if (!analyst) {
        http_error(call->ex, 401);
        return false;
    }
    return may_look(call);
}

/* Of a destroyed round releases stand, and nothing else. */
static bool is_destroyed(const struct survey_round *round, enum figures_view view, int64_t now_s)
{
    return view == FIGURES_ANALYST && clock_day(now_s) >= round->destruction_day;
}

bool results_may_tell(const struct survey_round *round, enum figures_view view, int64_t now_s)
{
    return !is_destroyed(round, view, now_s) && survey_round_tells(round, view == FIGURES_ANALYST, now_s);
}

bool results_call_may_see(const struct results_call *call, const struct survey_round *round)
{
    return results_may_tell(round, call->view, call->results->config.now_s());
}

static bool is_shown(const struct survey_round *round)
{
    return round && round->status != ROUND_DRAFT && !round->pilot;
}

/* The consultation, and the view. False: answered. */
static bool begin_consultation(struct results_call *call, struct results *results, struct results_place place,
                               struct http_exchange *ex)
{
    const struct survey_snapshot *snapshot = survey_snapshot_for(results->config.survey, ex);
    prepare(call, results, place, ex);
    call->round = results_query_round(snapshot, http_path_param(ex, "consultatie"), (struct slice){NULL, 0},
                                      results->config.now_s());
    if (!call->round) {
        http_error(ex, 404);
        return false;
    }
    return read_view(call);
}

bool results_call_begin(struct results_call *call, struct results *results, struct results_place place,
                        struct http_exchange *ex)
{
    struct slice text = {NULL, 0};
    if (!begin_consultation(call, results, place, ex)) {
        return false;
    }
    if (http_query(&text, ex, "ronde")) {
        const struct survey_round *named =
            text.len > 0 ? results_query_round(survey_snapshot_for(results->config.survey, ex),
                                               http_path_param(ex, "consultatie"), text, 0)
                         : NULL;
        call->round = named ? named : call->round;
        call->no_round = !named;
    }
    if (call->no_round) {
        results_query_fault(call->errors, "ronde", "onbekend", RESULTS_NO_ROUND);
    }
    return true;
}

bool results_call_begin_all(struct results_call *call, struct results *results, struct results_place place,
                            struct http_exchange *ex)
{
    if (!begin_consultation(call, results, place, ex)) {
        return false;
    }
    const struct survey_snapshot *snapshot = survey_snapshot_for(results->config.survey, ex);
    const struct survey_round *latest = call->round, *seen = NULL;
    for (size_t i = 0; i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        bool may = is_shown(round) && strcmp(round->consultation, latest->consultation) == 0 &&
                   results_call_may_see(call, round) && round->opens_at <= latest->opens_at;
        if (may && (!seen || round->opens_at > seen->opens_at ||
                    (round->opens_at == seen->opens_at && round->id > seen->id))) {
            seen = round;
        }
    }
    call->round = seen ? seen : latest;
    return true;
}

bool results_call_begin_round(struct results_call *call, struct results *results, struct results_place place,
                              struct http_exchange *ex)
{
    const struct survey_snapshot *snapshot = survey_snapshot_for(results->config.survey, ex);
    prepare(call, results, place, ex);
    call->view = FIGURES_ANALYST;
    call->round = survey_round_find(snapshot, http_path_param(ex, "ronde"));
    if (!is_shown(call->round)) {
        http_error(ex, 404);
        return false;
    }
    return may_look(call);
}

/* ---- the query ---- */

struct slice results_call_parameter(const struct results_call *call, const char *key)
{
    struct slice text = {NULL, 0};
    if (http_query(&text, call->ex, key) && !text.ptr) {
        return SLICE("");
    }
    return text;
}

struct query_texts results_call_texts(const struct results_call *call)
{
    return (struct query_texts){.variable = results_call_parameter(call, "variabele"),
                                .group_by = results_call_parameter(call, "groepeerOp"),
                                .filter = results_call_parameter(call, "filter"),
                                .stream = results_call_parameter(call, "werving"),
                                .channel = results_call_parameter(call, "kanaal"),
                                .quality = results_call_parameter(call, "kwaliteit"),
                                .weighted = results_call_parameter(call, "gewogen"),
                                .base = results_call_parameter(call, "basis"),
                                .measure = results_call_parameter(call, "maat")};
}

void results_call_people(struct figures_query *out, struct results_call *call, size_t groups)
{
    const struct query_texts texts = results_call_texts(call);
    const struct query_groups rule = {
        .parameter = "groepeerOp", .most = groups, .background = call->view == FIGURES_PUBLIC};
    *out = (struct figures_query){.view = call->view, .round = call->round, .variable = SIZE_MAX};
    results_query_read_groups(out, call->errors, texts.group_by, &rule);
    results_query_read_people(out, call->errors, call->arena, &texts);
}

static void answer_embargo(struct results_call *call)
{
    if (is_destroyed(call->round, call->view, call->results->config.now_s())) {
        http_problem(call->ex, 410, "vernietigd", "De antwoorden van deze ronde zijn vernietigd",
                     "De bewaartermijn van deze ronde is voorbij. Wat eerder is uitgegeven, blijft openbaar.",
                     NULL);
        return;
    }
    http_problem(call->ex, 403, "tussenstand-gesloten", "Deze ronde geeft nog geen uitkomsten",
                 call->round->interim == INTERIM_CLOSED
                     ? "De tussenstand van deze ronde is gesloten. Na sluiting van de ronde kunt u tabellen "
                       "opvragen."
                     : "De tussenstand van deze ronde is alleen voor analisten. Na sluiting van de ronde kan "
                       "iedereen tabellen opvragen.",
                 NULL);
}

/* What was said of these says nothing when the round was another than the one that was meant. */
static void forget_of_round(json_t *errors)
{
    static const char *const of_round[] = {"variabele", "groepeerOp", "filter", "maat",    "vraag",
                                           "waarde",    "dimensie",   "versie", "kolommen"};
    for (size_t i = json_array_size(errors); i > 0; i--) {
        const char *parameter =
            json_string_value(json_object_get(json_array_get(errors, i - 1), "parameter"));
        for (size_t k = 0; k < sizeof of_round / sizeof of_round[0]; k++) {
            if (strcmp(parameter, of_round[k]) == 0) {
                json_array_remove(errors, i - 1);
                break;
            }
        }
    }
}

bool results_call_refuse(struct results_call *call, enum db_status *status)
{
    *status = DB_OK;
    if (call->no_round) {
        forget_of_round(call->errors);
    }
    if (!http_query_good(call->ex, json_incref(call->errors))) {
        return true;
    }
    if (!results_call_may_see(call, call->round)) {
        answer_embargo(call);
        *status = results_call_audit(call, NULL, "refused");
        return true;
    }
    return false;
}

/* ---- figures, or why there are none ---- */

static const struct {
    const char *rule, *detail;
} release_rules[] = {
    {"niet-in-het-rooster",
     "Deze combinatie van uitsplitsing en filters staat niet in de uitgave. Kies minder, of andere "
     "achtergrondvariabelen."},
    {"te-diep", "Deze tabel gaat dieper dan de uitgave: kies minder uitsplitsingen en filters samen."},
    {"een-werving", "Wie op verschillende manieren kwamen, tellen niet samen. Kies een werving: open, "
                    "uitnodiging, panel of organisatie."},
    {"een-basis", "Openbare cijfers hebben een basis: iedereen die een antwoord gaf. Vraag de tabel zonder "
                  "basis."},
    {"antwoorden-samen",
     "Deze uitkomst is gemaakt van meer antwoorden van dezelfde mens. Een uitgave heeft elk "
     "antwoord apart, en kan dit daarom niet zeggen."},
    {"te-weinig-mensen", "Binnen deze filters zijn er te weinig mensen om iets te tonen."},
};

static const char *rule_detail(const char *rule)
{
    for (size_t i = 0; rule && i < sizeof release_rules / sizeof release_rules[0]; i++) {
        if (strcmp(release_rules[i].rule, rule) == 0) {
            return release_rules[i].detail;
        }
    }
    return "Deze tabel staat niet in de uitgave.";
}

void results_call_answer(struct results_call *call, enum figures_status status, const char *rule)
{
    struct http_exchange *ex = call->ex;
    switch (status) {
    case FIGURES_OK:
        return;
    case FIGURES_NOT_READY:
        http_set_retry_after(ex, 1);
        http_error(ex, 503);
        return;
    case FIGURES_TOO_LARGE:
        http_problem(ex, 400, "te-groot", "De tabel wordt te groot",
                     "Een tabel heeft ten hoogste 100.000 cellen en 20.000 rijen, totalen meegeteld. Kies "
                     "minder of andere variabelen om op te groeperen.",
                     NULL);
        return;
    case FIGURES_NO_WEIGHTS:
        http_problem(ex, 409, "niet-gewogen", "Van deze ronde zijn er geen gewichten",
                     "Er is voor deze mensen nog geen weegversie vastgesteld. Vraag de tabel zonder gewogen.",
                     NULL);
        return;
    case FIGURES_NO_RELEASE:
        http_problem(ex, 404, "geen-uitgave", "Er is nog geen uitgave",
                     "Van deze ronde zijn nog geen openbare uitkomsten uitgegeven.", NULL);
        return;
    case FIGURES_NOT_RELEASED:
        http_problem(ex, 403, rule ? rule : "niet-uitgegeven", "Deze tabel is niet openbaar",
                     rule_detail(rule), NULL);
        return;
    case FIGURES_FAILED:
        break;
    }
    http_error(ex, 500);
}

enum figures_status results_call_try(struct figures *out, const char **rule, struct results_call *call,
                                     const struct figures_query *query)
{
    *rule = NULL;
    enum figures_status status = call->view == FIGURES_PUBLIC
                                     ? figures_of_public(out, rule, call->arena, call->results, query)
                                     : figures_of_analyst(out, call->arena, call->results, query);
    if (status == FIGURES_OK) {
        results_call_made_of(call, out);
    }
    return status;
}

enum figures_status results_call_figures(struct figures *out, struct results_call *call,
                                         const struct figures_query *query)
{
    const char *rule;
    enum figures_status status = results_call_try(out, &rule, call, query);
    results_call_answer(call, status, rule);
    return status;
}

void results_call_nothing(struct results_call *call)
{
    http_problem(call->ex, 404, "niet-gevraagd", "Deze ronde vraagt hier niet naar",
                 "De vragenlijst van deze ronde heeft geen vragen waar deze uitkomsten over gaan.", NULL);
}
