/* Figures as JSON. */
#include "features/results/results_query.h"
#include "features/results/results_write.h"

#include "base/clock.h"
#include "stats/estimate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NAME_MAX_BYTES = 64 };

/* ---- one figure ---- */

int figures_precision(enum figures_view view)
{
    return view == FIGURES_ANALYST ? 17 : 12;
}

static json_t *number(double value, uint8_t digits, enum figures_view view)
{
    double scale = pow(10, digits);
    double told = view == FIGURES_ANALYST ? value : round(value * scale) / scale;
    bool whole = told == floor(told) && fabs(told) < 9e15 && digits == 0;
    return whole ? json_integer((json_int_t)told) : json_real(told);
}

const char *figures_reason(const struct figure *figure)
{
    static const char *const reasons[] = {[FIGURE_WITHHELD] = "te-weinig-mensen",
                                          [FIGURE_FEWER] = "minder-dan",
                                          [FIGURE_UNRELIABLE] = "onbetrouwbaar",
                                          [FIGURE_NONE] = NULL};
    return reasons[figure->mark];
}

/* "<name><more>" */
static void put_more(json_t *object, const char *name, const char *more, json_t *value_take)
{
    char member[NAME_MAX_BYTES];
    snprintf(member, sizeof member, "%s%s", name, more);
    json_object_set_new(object, member, value_take);
}

void figures_put(json_t *object, const char *name, const struct figure *figure, enum figures_view view)
{
    bool shown = figure->mark == FIGURE_SHOWN;
    json_object_set_new(object, name, shown ? number(figure->value, figure->digits, view) : json_null());
    if (figures_reason(figure)) {
        put_more(object, name, "Reden", json_string(figures_reason(figure)));
    }
    if (figure->mark == FIGURE_FEWER) {
        put_more(object, name, "MinderDan", number(figure->value, figure->digits, view));
    }
    if (shown && figure->limited) {
        put_more(object, name, "Grens", json_string(figure->value < 50 ? "ten-hoogste" : "ten-minste"));
    }
}

static json_t *cautions(unsigned flags)
{
    static const struct {
        unsigned flags;
        const char *name;
    } known[] = {{ESTIMATE_FEW, "weinig-mensen"},
                 {ESTIMATE_FEW_EFFECTIVE, "klein-effectief-aantal"},
                 {ESTIMATE_WIDE | ESTIMATE_WIDE_FOR_SHARE, "brede-bandbreedte"},
                 {ESTIMATE_UNANIMOUS, "eenstemmig"}};
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (flags & known[i].flags) {
            json_array_append_new(list, json_string(known[i].name));
        }
    }
    return list;
}

/* What stands beside a figure that is shown. */
static void put_precision(json_t *object, const struct figure *figure, enum figures_view view)
{
    bool known = figure->mark == FIGURE_SHOWN && figure->interval;
    json_t *bounds = json_null();
    if (known) {
        bounds = json_array();
        json_array_append_new(bounds, number(figure->low, figure->digits, view));
        json_array_append_new(bounds, number(figure->high, figure->digits, view));
    }
    if (view == FIGURES_ANALYST && known && figure->error > 0) {
        json_object_set_new(object, "standaardfout", json_real(figure->error));
    }
    json_object_set_new(object, "bandbreedte", bounds);
    if (view == FIGURES_ANALYST && known && figure->flags) {
        json_object_set_new(object, "voorbehoud", cautions(figure->flags));
    }
}

json_t *figures_estimate_json(const struct figure *figure, enum figures_view view)
{
    json_t *object = json_object();
    figures_put(object, "waarde", figure, view);
    put_precision(object, figure, view);
    return object;
}

/* ---- lines and cells ---- */

json_t *figures_variable_json(const struct variable *variable)
{
    json_t *object = json_object();
    json_object_set_new(object, "code", json_string(variable->code));
    json_object_set_new(object, "label",
                        json_string(variable->label[0] ? variable->label[0] : variable->code));
    return object;
}

static json_t *cells_json(const struct figures *figures, const struct figures_line *line)
{
    json_t *cells = json_array();
    for (size_t i = 0; i < figures->answer_count; i++) {
        const struct figures_answer *answer = &figures->answers[i];
        const struct figures_cell *cell = &line->cells[i];
        json_t *entry = json_object();
        json_object_set_new(entry, "antwoord", json_string(answer->name));
        if (answer->label[0]) {
            json_object_set_new(entry, "label", json_string(answer->label[0]));
        }
        figures_put(entry, "aantal", &cell->count, figures->query.view);
        figures_put(entry, "percentage", &cell->share, figures->query.view);
        put_precision(entry, &cell->share, figures->query.view);
        json_array_append_new(cells, entry);
    }
    return cells;
}

static json_t *line_json(const struct figures *figures, const struct figures_line *line)
{
    const enum figures_view view = figures->query.view;
    json_t *object = json_object();
    json_t *group = json_object();
    json_t *measures = json_object();
    for (size_t g = 0; g < figures->query.group_count; g++) {
        json_object_set_new(group, figures->groups[g]->code, json_string(line->group_names[g]));
    }
    for (int m = 0; m < FIGURES_MEASURES; m++) {
        if (figures->query.measures[m] && line->measures[m].mark != FIGURE_NONE) {
            json_object_set_new(measures, results_query_measure_name((enum figures_measure)m),
                                figures_estimate_json(&line->measures[m], view));
        }
    }
    json_object_set_new(object, "groep", group);
    if (line->release > 0) {
        json_object_set_new(object, "uitgave", json_integer(line->release));
    }
    figures_put(object, "gevraagd", &line->people, view);
    figures_put(object, "basis", &line->base, view);
    figures_put(object, "effectiefAantal", &line->effective_n, view);
    figures_put(object, "ontwerpeffect", &line->design_effect, view);
    json_object_set_new(object, "maten", measures);
    if (figures->query.shares) {
        json_object_set_new(object, "cellen", cells_json(figures, line));
    }
    return object;
}

/* ---- what stands with every figure ---- */

const char *figures_method(const struct figures_query *query)
{
    if (query->view == FIGURES_PUBLIC) {
        return "Deze cijfers zijn beschermd: aan elk aantal is een kleine ruis toegevoegd en kleine "
               "aantallen "
               "staan er niet in. Zij komen uit een vaste uitgave, en zijn bij elke opvraging gelijk. De "
               "bandbreedte is 95 procent. Zij gaat ervan uit dat deelnemers binnen elke groep lijken op "
               "niet-deelnemers. Percentages zijn van de basis.";
    }
    return query->weighted
               ? "Aantallen zijn mensen, percentages en maten zijn gewogen. Cellen onder de drempel zijn "
                 "weggelaten (null), met elk totaal en percentage waaruit ze te berekenen zijn. De "
                 "bandbreedte "
                 "is 95 procent: Wilson op het kleinste van de effectieve aantallen van Kish en Taylor. Zij "
                 "gaat "
                 "ervan uit dat deelnemers binnen elke groep lijken op niet-deelnemers."
               : "De cijfers zijn niet gewogen. Cellen onder de drempel zijn weggelaten (null), met elk "
                 "totaal "
                 "en percentage waaruit ze te berekenen zijn. De bandbreedte is 95 procent (Wilson). Zij "
                 "gaat "
                 "ervan uit dat deelnemers lijken op niet-deelnemers.";
}

static void put_time(json_t *object, const char *name, int64_t unix_s)
{
    char text[CLOCK_RFC3339_BYTES];
    clock_format_rfc3339(text, unix_s);
    json_object_set_new(object, name, json_string(text));
}

static json_t *filters_json(const struct figures_query *query)
{
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, query->round->questionnaire);
    json_t *list = json_array();
    for (size_t f = 0; f < query->filter_count; f++) {
        const struct figures_filter *filter = &query->filters[f];
        const struct variable *v = &variables[filter->variable];
        json_t *object = json_object();
        json_t *codes = json_array();
        for (size_t i = 0; i < filter->count; i++) {
            json_array_append_new(codes, json_string(figures_code_name(NULL, v, filter->codes[i])));
        }
        json_object_set_new(object, "variabele", json_string(v->code));
        json_object_set_new(object, "categorieen", codes);
        json_array_append_new(list, object);
    }
    return list;
}

static void put_kept(json_t *object, const struct figures_query *query, const char *variable)
{
    const char *kept = figures_kept(query, variable);
    json_object_set_new(object, variable, json_string(kept ? kept : "meer"));
}

void figures_describe_json(json_t *object, const struct figures *figures)
{
    const struct figures_query *query = &figures->query;
    bool open = query->view == FIGURES_PUBLIC;
    json_object_set_new(object, "consultatie", json_string(query->round->consultation));
    json_object_set_new(object, "ronde", json_string(query->round->code));
    put_time(object, "opentOp", query->round->opens_at);
    put_time(object, "sluitOp", query->round->closes_at);
    json_object_set_new(object, "weergave", json_string(open ? "openbaar" : "analist"));
    json_object_set_new(object, "voorlopig", json_boolean(figures->provisional));
    put_kept(object, query, "werving");
    put_kept(object, query, "kanaal");
    put_kept(object, query, "kwaliteit");
    json_object_set_new(object, "filters", filters_json(query));
    json_object_set_new(object, "gewogen", json_boolean(query->weighted));
    if (query->weighted) {
        json_object_set_new(object, "weegversie", json_integer(figures->weights));
        if (figures->weights_made_of[0]) {
            json_object_set_new(object, "weegmarges", json_string(figures->weights_made_of[0]));
        }
    }
    json_object_set_new(object, "drempel", json_integer((json_int_t)figures->threshold));
    if (!open) {
        json_object_set_new(object, "positie", json_integer(figures->position));
    }
    put_time(object, "gemaaktOp", figures->made_at);
    if (open) {
        json_object_set_new(object, "uitgave", json_integer(figures->release));
        json_object_set_new(object, "minderDan", json_integer((json_int_t)figures->fewer));
        json_object_set_new(object, "ruisTotEnMet", json_integer(figures->noise_reach));
        json_object_set_new(object, "ruisVariantie", json_real(figures->noise_variance));
    }
    json_object_set_new(object, "toelichting", json_string(figures_method(query)));
}

json_t *figures_json(const struct figures *figures)
{
    json_t *object = json_object();
    json_t *groups = json_array();
    json_t *lines = json_array();
    figures_describe_json(object, figures);
    for (size_t g = 0; g < figures->query.group_count; g++) {
        json_array_append_new(groups, figures_variable_json(figures->groups[g]));
    }
    for (size_t i = 0; i < figures->line_count; i++) {
        json_array_append_new(lines, line_json(figures, &figures->lines[i]));
    }
    json_object_set_new(object, "basis", json_string(results_query_base_name(figures->query.base)));
    json_object_set_new(object, "variabele", figures_variable_json(figures->variable));
    json_object_set_new(object, "groepeerOp", groups);
    json_object_set_new(object, "rijen", lines);
    return object;
}
