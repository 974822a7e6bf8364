/* The weights of a release, for everybody: what its weighted figures were weighted to, with the source and
 * the bounds, and what that came to. Numbers of people are those of the public tables, to the digit: of the
 * version's own report, which counts people as they are, nothing is told. So not which categories were taken
 * together, nor the lowest and highest weight: each tells how few there were of somebody. */
#include "features/results/results_api_weights.h"
#include "features/results/results_margins.h"
#include "features/results/results_weights_json.h"

#include "base/clock.h"

#include <math.h>
#include <string.h>

struct telling {
    struct arena *arena;
    struct results *results;
    const struct survey_round *round;
    const struct shelved *shelved;
    uint16_t stream; /* of the part, as a code */
};

static json_t *share_json(double share)
{
    return json_real(round(share * 1e6) / 1e6);
}

/* The public table of a variable, over everybody of the part. NULL when the release has none. */
static const struct figures_line *line_of(struct figures *figures, struct telling *t, size_t variable,
                                          bool weighted)
{
    const struct figures_query query = {
        .view = FIGURES_PUBLIC,
        .round = t->round,
        .variable = variable,
        .base = FIGURES_BASE_ANSWERED,
        .shares = true,
        .weighted = weighted,
        .filters = {{.variable = t->shelved->plan.stream, .codes = &t->stream, .count = 1}},
        .filter_count = 1};
    const bool found = figures_of_public(figures, NULL, t->arena, t->results, &query) == FIGURES_OK;
    return found ? &figures->lines[figures->line_count - 1] : NULL;
}

/* ---- the margins ---- */

/* What share has one of the answers of a category. False where one of them is not told, or told as a limit.
 */
static bool share_of(double *share, const struct figures *figures, const struct figures_line *line,
                     const struct margin *margin, size_t category)
{
    const json_t *codes = json_object_get(margin->categories[category].answers, margin->variables[0]);
    size_t index, found = 0;
    json_t *code;
    *share = 0;
    json_array_foreach((json_t *)(uintptr_t)codes, index, code)
    {
        for (size_t a = 0; line && a < figures->answer_count; a++) {
            const struct figure *told = &line->cells[a].share;
            if (strcmp(figures->answers[a].name, json_string_value(code)) == 0 &&
                told->mark == FIGURE_SHOWN && !told->limited) {
                *share += told->value / 100;
                found++;
            }
        }
    }
    return found > 0 && found == json_array_size(codes);
}

/* What share has one of the answers of any category: weights say nothing of the others. 0 where that is not
 * told. */
static double covered_by(const struct figures *figures, const struct figures_line *line,
                         const struct margin *margin)
{
    double sum = 0, share;
    for (size_t c = 0; c < margin->category_count; c++) {
        if (!share_of(&share, figures, line, margin, c)) {
            return 0;
        }
        sum += share;
    }
    return sum;
}

static bool has_beyond(const struct margin *margin)
{
    for (size_t c = 0; c < margin->category_count; c++) {
        if (margin->categories[c].beyond) {
            return true;
        }
    }
    return false;
}

static json_t *text_pair(const struct slice label[2])
{
    return json_pack("{s:s%, s:s%}", "nl", label[0].ptr, label[0].len, "en", label[1].ptr, label[1].len);
}

/* A public table is of one variable, and of all that answered it: beside a margin of more, or of some of
 * them, it has nothing to say. */
static json_t *groups_json(struct telling *t, const struct margin *margin)
{
    struct figures plain, weighted;
    const struct figures_line *got = NULL, *reached = NULL;
    json_t *list = json_array();
    if (margin->own_count == 1 && !has_beyond(margin)) {
        const int variable =
            questionnaire_find_variable(t->round->questionnaire, slice_from_cstr(margin->variables[0]));
        got = variable < 0 ? NULL : line_of(&plain, t, (size_t)variable, false);
        reached = variable < 0 ? NULL : line_of(&weighted, t, (size_t)variable, true);
    }
    const double covered = covered_by(&weighted, reached, margin);
    for (size_t c = 0; c < margin->category_count; c++) {
        const struct margin_category *category = &margin->categories[c];
        double had, has;
        json_t *member = json_pack("{s:s%, s:o}", "code", category->code.ptr, category->code.len, "label",
                                   text_pair(category->label));
        const bool told = share_of(&had, &plain, got, margin, c);
        share_of(&has, &weighted, reached, margin, c);
        json_array_append_new(
            list, json_pack("{s:[o], s:o, s:o, s:o}", "categorieen", member, "doel",
                            category->beyond ? json_null() : share_json(category->target / margin->total),
                            "aandeel", told ? share_json(had) : json_null(), "behaald",
                            covered > 0 ? share_json(has / covered) : json_null()));
    }
    return list;
}

static json_t *margins_json(struct telling *t, const json_t *document)
{
    struct margins margins;
    struct json_errors errors;
    json_errors_init(&errors, t->arena);
    json_t *list = json_array();
    if (!margins_decode(&margins, &errors, t->arena, document)) {
        return list; /* of a program that wrote them otherwise */
    }
    for (size_t m = 0; m < margins.count; m++) {
        const struct margin *margin = &margins.margins[m];
        json_array_append_new(
            list,
            json_pack("{s:s%, s:o, s:s%, s:s%, s:s%, s:s%, s:o}", "code", margin->code.ptr, margin->code.len,
                      "label", text_pair(margin->label), "peildatum", margin->reference_date.ptr,
                      margin->reference_date.len, "bevolking", margin->population.ptr, margin->population.len,
                      "bron", margin->source.ptr, margin->source.len, "beperkingen", margin->limits.ptr,
                      margin->limits.len, "groepen", groups_json(t, margin)));
    }
    return list;
}

/* ---- a version ---- */

static json_t *figure_json(const struct figure *figure)
{
    return figure->mark == FIGURE_SHOWN ? json_real(figure->value) : json_null();
}

/* Of everybody: as the table of how they answered says. */
static json_t *report_json(struct telling *t)
{
    struct figures figures;
    const int channel = questionnaire_find_variable(t->round->questionnaire, SLICE("kanaal"));
    const struct figures_line *line = channel < 0 ? NULL : line_of(&figures, t, (size_t)channel, true);
    const struct figure nothing = {.mark = FIGURE_NONE};
    const struct figure *base = line ? &line->base : &nothing;
    return json_pack("{s:o, s:o, s:o}", "deelnemers",
                     base->mark == FIGURE_SHOWN ? json_integer((json_int_t)base->value) : json_null(),
                     "effectieveOmvang", figure_json(line ? &line->effective_n : &nothing), "ontwerpeffect",
                     figure_json(line ? &line->design_effect : &nothing));
}

static json_t *version_json(struct telling *t, const struct weights_version *version)
{
    char made_at[CLOCK_RFC3339_BYTES];
    clock_format_rfc3339(made_at, version->made_at);
    json_t *object = json_pack("{s:i, s:s%, s:s, s:s, s:b, s:f, s:f, s:i}", "versie", (int)version->number,
                               "werving", version->stream.ptr, version->stream.len, "status", "gemaakt",
                               "gemaaktOp", made_at, "geldt", 1, "ondergrens", version->lower, "bovengrens",
                               version->upper, "kleinste", (int)version->smallest);
    json_object_set(object, "bevolking", json_object_get(version->margins, "population"));
    json_object_set_new(object, "verslag", report_json(t));
    json_object_set_new(object, "marges", margins_json(t, version->margins));
    return object;
}

/* Those of the release, by stream; all, or the one of this number. */
static json_t *versions_json(struct telling *t, int32_t number)
{
    const struct release *release = t->shelved->history.newest;
    json_t *list = json_array();
    for (size_t p = 0; p < release->part_count; p++) {
        const struct weights_version *version = t->shelved->weights[p];
        if (version && (number == 0 || number == version->number)) {
            t->stream = (uint16_t)(ANSWER_FIRST + release->parts[p].stream);
            json_array_append_new(list, version_json(t, version));
        }
    }
    return list;
}

json_t *results_public_weights_json(struct arena *arena, struct results *results,
                                    const struct survey_round *round, const struct shelved *shelved,
                                    int32_t number)
{
    struct telling t = {.arena = arena, .results = results, .round = round, .shelved = shelved};
    return versions_json(&t, number);
}

void results_reply_public_weights(struct results_call *call, int32_t number)
{
    enum db_status status;
    char made_at[CLOCK_RFC3339_BYTES];
    const struct survey_round *round = call->round;
    const struct shelved *shelved = shelf_hold_for(call->arena, call->results, round->id);
    if (!shelved) {
        results_call_answer(call, FIGURES_NO_RELEASE, NULL);
        return;
    }
    const struct release *release = shelved->history.newest;
    json_t *versions = results_public_weights_json(call->arena, call->results, round, shelved, number);
    if (number > 0 && json_array_size(versions) == 0) {
        json_decref(versions);
        results_weights_put_fault(call);
        results_call_refuse(call, &status);
        return;
    }
    clock_format_rfc3339(made_at, release->made_at);
    json_t *body = json_pack(
        "{s:s, s:s, s:s, s:b, s:i, s:s, s:i, s:i, s:o}", "consultatie", round->consultation, "ronde",
        round->code, "weergave", "openbaar", "voorlopig",
        survey_round_incomplete(round, call->results->config.now_s()), "uitgave", (int)release->number,
        "gemaaktOp", made_at, "drempel", (int)release->settings.threshold, "minderDan",
        (int)(release->settings.threshold + release->settings.reach), "versies", versions);
    if (!results_weights_reply(call, body)) {
        http_error(call->ex, 500);
    }
    json_decref(body);
}
