#include "features/tafel/tafel_value_map.h"

#include <math.h>
#include <string.h>

/* ---- the survey's side ---- */

static bool has_net(const struct effect_line *effect)
{
    return effect->net.mark == FIGURE_SHOWN && effect->net.interval;
}

static double worse(const struct effect_line *effect)
{
    const double share = effect->top_two.value - effect->net.value;
    return share > 0 ? share : 0;
}

double value_map_minority(const struct effect_line *effect)
{
    if (!has_net(effect) || effect->top_two.mark != FIGURE_SHOWN) {
        return 0;
    }
    return effect->net.value >= 0 ? worse(effect) : effect->top_two.value;
}

/* Told only where it is so whatever the withheld answers are. */
static void note_minority(struct map_minority *minority, const struct effect_line *effect)
{
    const double share = value_map_minority(effect);
    if (share - effect->net.shared > MAP_MINORITY && share > minority->share) {
        *minority = (struct map_minority){true, share, effect->net.value >= 0 ? -1 : 1};
    }
}

/* A method's prominence of a value, and how certain it is. */
struct prominence {
    double share;
    struct interval range;
};

static const struct prominence no_prominence = {(double)NAN, {(double)NAN, (double)NAN}};

static struct prominence prominence_of(double share, double size)
{
    return (struct prominence){share, interval_wilson(share, size, INTERVAL_Z95)};
}

/* The size with which a share would have an interval as wide. */
static double size_of(const struct figure *percent)
{
    const double share = fabs(percent->value) / 100;
    const double error = (percent->high - percent->low) / (200 * INTERVAL_Z95);
    return percent->interval && error > 0 ? share * (1 - share) / (error * error) : 0;
}

/* Of how many expect a change. Nearly all who expect the same leave too few on the other side to show, and
 * so, in the public's view, no share that expects better. Its net is shown all the same: at least so many
 * expect a change, and at most as many more as may be hidden on both sides. */
static struct prominence changes_of(const struct effect_line *effect)
{
    const struct figure *top = &effect->top_two;
    if (top->mark == FIGURE_SHOWN) {
        return prominence_of(fmin(top->value + worse(effect), 100) / 100, size_of(top));
    }
    const double size = size_of(&effect->net);
    const double most = top->mark == FIGURE_FEWER ? fmin(2 * top->value - effect->net.value, 100) : 100;
    struct prominence prominence = prominence_of(fmin(fabs(effect->net.value), 100) / 100, size);
    prominence.range.high =
        fmax(prominence.range.high, interval_wilson(fmax(most, 0) / 100, size, INTERVAL_Z95).high);
    return prominence;
}

static struct prominence survey_side(struct map_cell *cell)
{
    struct convergence_side *side = &cell->sides[CONVERGENCE_SURVEY];
    struct prominence prominence = no_prominence;
    side->state = cell->effect_count > 0 ? CONVERGENCE_WITHHELD : CONVERGENCE_NOT_ASKED;
    for (size_t i = 0; i < cell->effect_count; i++) {
        const struct effect_line *effect = cell->effects[i];
        if (!has_net(effect)) {
            continue;
        }
        const int direction = convergence_direction_of_interval(effect->net.low, effect->net.high, 0);
        const struct prominence changes = changes_of(effect);
        const bool first = side->state != CONVERGENCE_SPOKE;
        side->direction = first || side->direction == direction ? direction : 0;
        side->firm = side->direction != 0;
        side->state = CONVERGENCE_SPOKE;
        if (first || changes.share > prominence.share) {
            prominence = changes;
        }
        note_minority(&cell->minority, effect);
    }
    return prominence;
}

/* ---- conversations ---- */

static struct prominence talk_side(struct convergence_side *side, const struct coding_heard_cell *cell,
                                   enum coding_talk talk)
{
    if (!cell || cell->asked == 0) {
        side->state = CONVERGENCE_NOT_ASKED;
        return no_prominence;
    }
    const bool groups = talk == CODING_FOCUS_GROUP;
    const uint32_t in_favour = groups ? cell->spoke_in_favour + cell->divided : cell->in_favour;
    const uint32_t against = groups ? cell->spoke_against + cell->divided : cell->against;
    const double spoke = groups ? cell->spoke : cell->people;
    const double asked = groups ? cell->asked : cell->asked_people;
    side->state = cell->spoke > 0 ? CONVERGENCE_SPOKE : CONVERGENCE_SILENT;
    side->direction = convergence_direction_of_counts(in_favour, against);
    side->firm = convergence_firm_counts(in_favour, against);
    return prominence_of(asked > 0 ? fmin(spoke / asked, 1) : 0, asked);
}

/* ---- the map ---- */

static int value_of(const char *code)
{
    for (int value = 0; value < CODING_VALUES; value++) {
        if (strcmp(coding_values[value], code) == 0) {
            return value;
        }
    }
    return -1;
}

static size_t application_at(const struct value_map *map, struct slice code)
{
    size_t at = 0;
    while (at < map->application_count && !slice_equal_cstr(code, map->applications[at])) {
        at++;
    }
    return at;
}

static void add_application(struct value_map *map, struct arena *arena, struct slice code)
{
    if (map->application_count < MAP_APPLICATIONS_MAX &&
        application_at(map, code) == map->application_count) {
        map->applications[map->application_count++] = arena_cstr(arena, code);
    }
}

static bool was_asked(const struct coding_heard *heard, size_t application)
{
    bool asked = false;
    for (size_t i = 0; i < CODING_VALUES; i++) {
        for (int talk = 0; talk < CODING_TALKS; talk++) {
            asked = asked || heard->cells[talk][application * CODING_VALUES + i].asked > 0;
        }
    }
    return asked;
}

static void list_applications(struct value_map *map, struct arena *arena, const struct effects *survey,
                              const struct coding_heard *heard)
{
    map->applications = arena_array(arena, MAP_APPLICATIONS_MAX, sizeof *map->applications);
    for (size_t i = 0; survey && i < survey->effect_count; i++) {
        add_application(map, arena, slice_from_cstr(survey->effects[i].application));
    }
    for (size_t i = 0; heard->found && i < heard->book->axes[CODEBOOK_APPLICATION].count; i++) {
        if (was_asked(heard, i)) {
            add_application(map, arena, heard->book->axes[CODEBOOK_APPLICATION].items[i].code);
        }
    }
}

static void fill_cell(struct map_cell *cell, const struct effects *survey, const struct coding_heard *heard)
{
    const int application =
        heard->found ? codebook_find(heard->book, CODEBOOK_APPLICATION, slice_from_cstr(cell->application))
                     : -1;
    for (size_t i = 0; survey && i < survey->effect_count; i++) {
        const struct effect_line *effect = &survey->effects[i];
        if (strcmp(effect->application, cell->application) == 0 && value_of(effect->value) == cell->value &&
            cell->effect_count < MAP_FACETS_MAX) {
            cell->effects[cell->effect_count++] = effect;
        }
    }
    for (int talk = 0; application >= 0 && talk < CODING_TALKS; talk++) {
        cell->heard[talk] = &heard->cells[talk][application * CODING_VALUES + cell->value];
    }
}

static void place_values(struct map_cell *cells, int method, const struct prominence *prominence)
{
    double shares[CODING_VALUES];
    struct interval ranges[CODING_VALUES];
    int terciles[CODING_VALUES], first[CODING_VALUES], last[CODING_VALUES];
    for (int value = 0; value < CODING_VALUES; value++) {
        shares[value] = prominence[value].share;
        ranges[value] = prominence[value].range;
    }
    convergence_terciles(terciles, shares, CODING_VALUES);
    convergence_tercile_ranges(first, last, ranges, CODING_VALUES);
    for (int value = 0; value < CODING_VALUES; value++) {
        struct convergence_side *side = &cells[value].sides[method];
        side->tercile = terciles[value];
        side->first = first[value];
        side->last = last[value];
    }
}

static void label_cell(struct map_cell *cell)
{
    cell->rule = convergence_of(cell->sides);
    for (int a = 0; a < CONVERGENCE_METHODS; a++) {
        for (int b = 0; b < a; b++) {
            cell->clash |= convergence_clash_of_pair(cell->sides[a], cell->sides[b]);
        }
    }
}

static void label_application(struct map_cell *cells)
{
    struct prominence prominence[CONVERGENCE_METHODS][CODING_VALUES];
    for (int value = 0; value < CODING_VALUES; value++) {
        struct map_cell *cell = &cells[value];
        prominence[CONVERGENCE_SURVEY][value] = survey_side(cell);
        prominence[CONVERGENCE_INTERVIEWS][value] =
            talk_side(&cell->sides[CONVERGENCE_INTERVIEWS], cell->heard[CODING_INTERVIEW], CODING_INTERVIEW);
        prominence[CONVERGENCE_FOCUS_GROUPS][value] = talk_side(
            &cell->sides[CONVERGENCE_FOCUS_GROUPS], cell->heard[CODING_FOCUS_GROUP], CODING_FOCUS_GROUP);
    }
    for (int method = 0; method < CONVERGENCE_METHODS; method++) {
        place_values(cells, method, prominence[method]);
    }
    for (int value = 0; value < CODING_VALUES; value++) {
        label_cell(&cells[value]);
    }
}

static void order_values(struct value_map *map, const struct effects *survey,
                         const struct coding_heard *heard)
{
    static const enum convergence_method pairs[MAP_PAIRS][2] = {
        {CONVERGENCE_SURVEY, CONVERGENCE_INTERVIEWS},
        {CONVERGENCE_SURVEY, CONVERGENCE_FOCUS_GROUPS},
        {CONVERGENCE_INTERVIEWS, CONVERGENCE_FOCUS_GROUPS}};
    double order[CONVERGENCE_METHODS][CODING_VALUES];
    for (int value = 0; value < CODING_VALUES; value++) {
        struct convergence_side unused = {.state = CONVERGENCE_NOT_ASKED};
        order[CONVERGENCE_SURVEY][value] = (double)NAN;
        for (int talk = 0; talk < CODING_TALKS; talk++) {
            const struct coding_heard_cell *cell =
                heard->found
                    ? &heard->cells[talk][heard->book->axes[CODEBOOK_APPLICATION].count * CODING_VALUES +
                                          (size_t)value]
                    : NULL;
            order[talk == CODING_INTERVIEW ? CONVERGENCE_INTERVIEWS : CONVERGENCE_FOCUS_GROUPS][value] =
                talk_side(&unused, cell, (enum coding_talk)talk).share;
        }
    }
    for (size_t i = 0; survey && i < survey->importance_count; i++) {
        const struct importance_line *line = &survey->importances[i];
        const int value = value_of(line->value);
        if (value >= 0 && line->share.mark == FIGURE_SHOWN) {
            order[CONVERGENCE_SURVEY][value] = line->share.value;
        }
    }
    for (size_t i = 0; i < MAP_PAIRS; i++) {
        struct map_tau *tau = &map->taus[i];
        *tau = (struct map_tau){.a = pairs[i][0], .b = pairs[i][1]};
        tau->known = kendall_tau_b(&tau->kendall, order[tau->a], order[tau->b], CODING_VALUES);
    }
}

void value_map_make(struct value_map *out, struct arena *arena, const struct effects *survey,
                    const struct coding_heard *heard)
{
    *out = (struct value_map){0};
    list_applications(out, arena, survey, heard);
    out->cells = arena_array(arena, out->application_count * CODING_VALUES + 1, sizeof *out->cells);
    for (size_t a = 0; a < out->application_count; a++) {
        struct map_cell *cells = &out->cells[a * CODING_VALUES];
        for (int value = 0; value < CODING_VALUES; value++) {
            cells[value].application = out->applications[a];
            cells[value].value = value;
            fill_cell(&cells[value], survey, heard);
        }
        label_application(cells);
        for (int value = 0; value < CODING_VALUES; value++) {
            out->counts[cells[value].rule]++;
        }
    }
    order_values(out, survey, heard);
}

const struct map_cell *value_map_cell(const struct value_map *map, struct slice application,
                                      struct slice value)
{
    const size_t at = application_at(map, application);
    for (int v = 0; at < map->application_count && v < CODING_VALUES; v++) {
        if (slice_equal_cstr(value, coding_values[v])) {
            return &map->cells[at * CODING_VALUES + (size_t)v];
        }
    }
    return NULL;
}

/* ---- what people judged ---- */

void value_map_agreement(struct map_agreement *out, struct arena *arena, const struct value_map *map,
                         const struct map_judged *judged, size_t count)
{
    enum { CODERS = 2 };
    const size_t cells = map->application_count * CODING_VALUES;
    uint16_t *codes = arena_array(arena, cells * CODERS + 1, sizeof *codes);
    struct alpha alpha;
    *out = (struct map_agreement){0};
    for (size_t i = 0; i < cells; i++) {
        codes[i * CODERS] = (uint16_t)map->cells[i].rule;
        codes[i * CODERS + 1] = RATING_MISSING;
    }
    for (size_t i = 0; i < count; i++) {
        const struct map_cell *cell = value_map_cell(map, judged[i].application, judged[i].value);
        if (cell) {
            codes[(size_t)(cell - map->cells) * CODERS + 1] = (uint16_t)judged[i].label;
            out->judged++;
            out->same += judged[i].label == cell->rule;
        }
    }
    const struct ratings ratings = {.units = cells, .coders = CODERS, .codes = codes};
    const struct alpha_options options = {.metric = ALPHA_NOMINAL};
    if (agreement_alpha(&alpha, &ratings, &options) == AGREEMENT_OK && !isnan(alpha.value)) {
        out->known = true;
        out->alpha = alpha.value;
    }
}
