#include "features/results/results_weights_applied.h"

#include "base/log.h"
#include "features/results/results_weighting.h"
#include "features/results/results_weights_report.h"
#include "features/results/results_weights_sql.h"

#include <stdlib.h>
#include <string.h>

enum { APPLIED_ARENA_MAX = 64 * 1024 * 1024 };

void weights_release(const struct results_weights *weights_take)
{
    struct results_weights *weights = (struct results_weights *)(uintptr_t)weights_take;
    if (weights && atomic_fetch_sub(&weights->references, 1) == 1) {
        arena_destroy(weights->arena);
        free(weights);
    }
}

void weigher_destroy(struct weigher *weigher)
{
    for (size_t i = 0; weigher && i < weigher->count; i++) {
        weighing_destroy(weigher->weighings[i]);
        weigh_plan_destroy(weigher->plans[i]);
    }
    free(weigher);
}

/* ---- weighing: of several streams at most one lets somebody pass ---- */

uint32_t weigher_row(const void *context, const struct columns *columns, uint32_t row)
{
    const struct weigher *weigher = context;
    uint32_t weight = WEIGHT_ONE;
    for (size_t i = 0; weight == WEIGHT_ONE && i < weigher->count; i++) {
        weight = weighing_row(weigher->weighings[i], columns, row);
    }
    return weight;
}

uint32_t weigher_answers(const void *context, const uint8_t *answers)
{
    const struct weigher *weigher = context;
    uint32_t weight = WEIGHT_ONE;
    for (size_t i = 0; weight == WEIGHT_ONE && i < weigher->count; i++) {
        weight = weighing_answers(weigher->weighings[i], answers);
    }
    return weight;
}

const struct weights_of_stream *weights_of(const struct results_weights *weights, struct slice stream)
{
    for (size_t i = 0; weights && i < weights->count; i++) {
        if (slice_equal(weights->streams[i].stream, stream)) {
            return &weights->streams[i];
        }
    }
    return NULL;
}

/* ---- reading ---- */

struct slice weights_made_of(struct arena *arena, const struct weights_version *version, int language)
{
    struct slice text = SLICE("");
    size_t index;
    json_t *margin;
    json_array_foreach(json_object_get(version->margins, "margins"), index, margin)
    {
        const json_t *label = json_object_get(json_object_get(margin, "label"), language == 0 ? "nl" : "en");
        const json_t *date = json_object_get(margin, "reference_date");
        text = arena_printf(arena, "%.*s%s%s (%s)", SLICE_ARG(text), index > 0 ? ", " : "",
                            json_string_value(label), json_string_value(date));
    }
    return text;
}

static json_t *copied(struct arena *arena, const json_t *value)
{
    json_t *copy = json_deep_copy(value);
    arena_defer(arena, (void (*)(void *))(void (*)(void))json_decref, copy);
    return copy;
}

static void describe(struct weights_of_stream *out, struct arena *arena,
                     const struct weights_version *version, const struct margins *margins,
                     const struct margins_bound *bound)
{
    const json_t *report = copied(arena, version->report);
    *out = (struct weights_of_stream){
        .stream = arena_copy(arena, version->stream),
        .number = version->number,
        .made_at = version->made_at,
        .position = version->position,
        .made_of = {weights_made_of(arena, version, 0), weights_made_of(arena, version, 1)},
        .margins = margins,
        .report = report,
        .n = (uint64_t)json_integer_value(json_object_get(report, "n")),
        .design_effect = json_number_value(json_object_get(report, "design_effect")),
        .effective_n = json_number_value(json_object_get(report, "effective_n")),
        .advise_unweighted = json_is_true(json_object_get(report, "advise_unweighted")),
        .filters = bound->filters,
        .filter_count = bound->filter_count};
}

struct reading {
    struct results_weights *weights;
    struct weigher *weigher;
    struct arena *scratch; /* what the weigher copies */
    const struct survey_round *round;
    const struct columns *columns;
};

static bool read_stream(struct reading *reading, const struct weights_applying *applying)
{
    const struct weights_version *version = &applying->version;
    struct results_weights *weights = reading->weights;
    struct weigher *weigher = reading->weigher;
    struct margins *margins = arena_alloc(weights->arena, sizeof *margins);
    struct weigh_version kept = {.lower = version->lower, .upper = version->upper};
    struct slice codes[MARGINS_CHOSEN_MAX];
    struct margins_bound bound;
    struct margins_problem why;
    struct json_errors errors;
    size_t at = weights->count;
    json_errors_init(&errors, weights->arena);
    if (at == WEIGHTS_STREAMS_MAX ||
        !margins_decode(margins, &errors, weights->arena, copied(weights->arena, version->margins)) ||
        margins->count > MARGINS_CHOSEN_MAX) {
        return false;
    }
    for (size_t m = 0; m < margins->count; m++) {
        codes[m] = margins->margins[m].code;
    }
    if (!margins_bind(&bound, &why, weights->arena, margins, codes, margins->count,
                      reading->round->questionnaire, version->stream) ||
        !weights_version_read(&kept, reading->scratch, applying->profiles, version->report, &bound) ||
        weigh_plan_create(&weigher->plans[at], reading->columns, bound.weigh, bound.count, bound.filters,
                          bound.filter_count) != WEIGH_OK) {
        return false;
    }
    weigher->count++;
    weights->count++;
    describe(&weights->streams[at], weights->arena, version, margins, &bound);
    return weighing_create(&weigher->weighings[at], weigher->plans[at], &kept) == WEIGH_OK;
}

enum db_status weights_read(struct results_weights **out, struct weigher **weigher, struct db_tx *tx,
                            const struct survey_round *round, const struct columns *columns, int32_t number)
{
    struct weights_applying *applying;
    size_t count;
    *out = NULL;
    *weigher = NULL;
    enum db_status status = sql_weights_applying(&applying, &count, tx, round->id, number);
    if (status != DB_OK) {
        return status;
    }
    struct reading reading = {calloc(1, sizeof *reading.weights), calloc(1, sizeof *reading.weigher),
                              db_arena(tx), round, columns};
    if (!reading.weights || !reading.weigher) {
        free(reading.weights);
        free(reading.weigher);
        return DB_FAILED;
    }
    atomic_init(&reading.weights->references, 1);
    reading.weights->arena = arena_create(APPLIED_ARENA_MAX);
    reading.weights->number = (uint32_t)number;
    for (size_t i = 0; i < count; i++) {
        if (!read_stream(&reading, &applying[i])) {
            log_error("results.weights", "round=%s version=%d says=\"does not fit the questionnaire\"",
                      round->code, (int)applying[i].version.number);
            weights_release(reading.weights);
            weigher_destroy(reading.weigher);
            return DB_OK;
        }
    }
    *out = reading.weights;
    *weigher = reading.weigher;
    return DB_OK;
}
