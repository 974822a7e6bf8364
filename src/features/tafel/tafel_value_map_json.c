/* The JSON of a value map. */
#include "features/tafel/tafel_value_map_view.h"

#include "base/clock.h"
#include "stats/consensus.h"

#include <math.h>
#include <string.h>

static const char *const states[] = {
    [CONVERGENCE_NOT_ASKED] = "niet-gevraagd",
    [CONVERGENCE_WITHHELD] = "achtergehouden",
    [CONVERGENCE_SILENT] = "stil",
    [CONVERGENCE_SPOKE] = "gehoord",
};
static const char *const methods[CONVERGENCE_METHODS] = {"enquete", "interviews", "focusgroepen"};
static const char *const consensus[] = {
    [CONSENSUS_BROAD] = "eens", [CONSENSUS_MIXED] = "gemengd", [CONSENSUS_DIVIDED] = "verdeeld"};

static const char *better(int direction)
{
    return direction > 0 ? "beter" : direction < 0 ? "slechter" : "geen";
}

static const char *in_favour(int direction)
{
    return direction > 0 ? "voor" : direction < 0 ? "tegen" : "geen";
}

static json_t *side_json(struct convergence_side side, const char *direction)
{
    static const char *const thirds[] = {"veel", "midden", "weinig"};
    json_t *object = json_pack("{s:s}", "stand", states[side.state]);
    if (side.state == CONVERGENCE_SPOKE) {
        json_object_set_new(object, "richting", json_string(direction));
        json_object_set_new(object, "aandacht", json_string(thirds[side.tercile]));
    }
    return object;
}

static json_t *time_json(int64_t unix_s)
{
    char text[CLOCK_RFC3339_BYTES];
    clock_format_rfc3339(text, unix_s);
    return json_string(text);
}

/* As any table gives it: for everybody of as many digits as were protected, else in full. */
static double told(double value, uint8_t digits, bool for_all)
{
    const double scale = pow(10, digits);
    return for_all ? round(value * scale) / scale : value;
}

/* null where there is none to show. */
static json_t *figure_json(const struct figure *figure, bool for_all)
{
    const uint8_t digits = figure->digits;
    if (figure->mark != FIGURE_SHOWN) {
        return json_null();
    }
    json_t *object =
        json_pack("{s:f,s:i}", "getal", told(figure->value, digits, for_all), "decimalen", (int)digits);
    if (figure->interval) {
        json_object_set_new(object, "laag", json_real(told(figure->low, digits, for_all)));
        json_object_set_new(object, "hoog", json_real(told(figure->high, digits, for_all)));
    }
    return object;
}

/* In words too, where those are the same whatever the withheld answers are. Nobody reads that people agree
 * beside a minority that expects the opposite: of this, or of another line of the cell. */
static void put_agreement(json_t *object, const struct map_cell *cell, const struct effect_line *effect,
                          bool for_all)
{
    const struct figure *agreement = &effect->agreement;
    if (agreement->mark != FIGURE_SHOWN) {
        return;
    }
    const enum consensus_word word = consensus_word(agreement->value);
    const bool certain = !(agreement->shared > 0) ||
                         (consensus_word(agreement->low) == word && consensus_word(agreement->high) == word);
    json_object_set_new(object, "overeenstemming", figure_json(agreement, for_all));
    if (certain) {
        const bool most =
            word == CONSENSUS_BROAD && (cell->minority.any || value_map_minority(effect) > MAP_MINORITY);
        json_object_set_new(object, "eensgezind", json_string(most ? "grotendeels" : consensus[word]));
    }
}

static json_t *effect_json(const struct map_cell *cell, const struct effect_line *effect, bool for_all)
{
    json_t *object = json_pack(
        "{s:s,s:i,s:o,s:o,s:o,s:o,s:o}", "vraag", effect->question, "punten", (int)effect->points, "gevraagd",
        figure_json(&effect->asked, for_all), "aantal", figure_json(&effect->base, for_all), "gemiddelde",
        figure_json(&effect->mean, for_all), "netto", figure_json(&effect->net, for_all), "beter",
        figure_json(&effect->top_two, for_all));
    if (effect->facet) {
        json_object_set_new(object, "facet", json_string(effect->facet));
    }
    if (effect->net.shared > 0) {
        json_object_set_new(object, "verborgen", json_integer((json_int_t)ceil(effect->net.shared)));
    }
    put_agreement(object, cell, effect, for_all);
    return object;
}

static json_t *survey_json(const struct map_cell *cell, bool for_all)
{
    const struct convergence_side side = cell->sides[CONVERGENCE_SURVEY];
    json_t *object = side_json(side, better(side.direction));
    json_t *lines = json_array();
    for (size_t i = 0; i < cell->effect_count; i++) {
        json_array_append_new(lines, effect_json(cell, cell->effects[i], for_all));
    }
    json_object_set_new(object, "regels", lines);
    if (cell->minority.any) {
        json_object_set_new(object, "minderheid",
                            json_pack("{s:f,s:s}", "aandeel", (double)(long)(cell->minority.share + 0.5),
                                      "richting", better(cell->minority.direction)));
    }
    return object;
}

static json_t *talk_json(const struct map_cell *cell, enum coding_talk talk, bool for_all)
{
    const struct convergence_side side =
        cell->sides[talk == CODING_INTERVIEW ? CONVERGENCE_INTERVIEWS : CONVERGENCE_FOCUS_GROUPS];
    const struct coding_heard_cell *heard = cell->heard[talk];
    json_t *object = side_json(side, in_favour(side.direction));
    if (side.state == CONVERGENCE_NOT_ASKED) {
        return object;
    }
    json_object_set_new(object, "gevraagd", json_integer(heard->asked));
    json_object_set_new(object, "gesproken", json_integer(heard->spoke));
    json_object_set_new(object, "voor", json_integer(heard->spoke_in_favour));
    json_object_set_new(object, "tegen", json_integer(heard->spoke_against));
    json_object_set_new(object, "verdeeld", json_integer(heard->divided));
    if (!for_all) {
        json_object_set_new(object, "deelnemers",
                            json_pack("{s:i,s:i,s:i,s:i,s:i}", "gevraagd", (int)heard->asked_people,
                                      "gesproken", (int)heard->people, "voor", (int)heard->in_favour, "tegen",
                                      (int)heard->against, "onderVoorwaarden", (int)heard->conditional));
    }
    return object;
}

static json_t *judgement_json(const struct value_judgement *judgement, bool for_all)
{
    json_t *object = json_pack("{s:s,s:s%,s:o}", "label", convergence_labels[judgement->label], "reden",
                               judgement->reason.ptr, judgement->reason.len, "op", time_json(judgement->at));
    if (!for_all) {
        json_object_set_new(object, "door", json_stringn(judgement->by.ptr, judgement->by.len));
    }
    return object;
}

static json_t *cell_json(const struct map_view *view, const struct map_cell *cell)
{
    const bool for_all = view->view == FIGURES_PUBLIC;
    const struct value_judgement *judgement = map_view_judgement(view, cell);
    json_t *object =
        json_pack("{s:s,s:s,s:s,s:o,s:o,s:o}", "waarde", coding_values[cell->value], "label",
                  convergence_labels[map_view_label(view, cell)], "volgensRegel",
                  convergence_labels[cell->rule], methods[CONVERGENCE_SURVEY], survey_json(cell, for_all),
                  methods[CONVERGENCE_INTERVIEWS], talk_json(cell, CODING_INTERVIEW, for_all),
                  methods[CONVERGENCE_FOCUS_GROUPS], talk_json(cell, CODING_FOCUS_GROUP, for_all));
    if (cell->clash != 0) {
        json_t *of = json_array();
        if ((cell->clash & CONVERGENCE_OPPOSITE) != 0) {
            json_array_append_new(of, json_string("richting"));
        }
        if ((cell->clash & CONVERGENCE_APART) != 0) {
            json_array_append_new(of, json_string("aandacht"));
        }
        json_object_set_new(object, "tegenspraakOver", of);
    }
    if (judgement) {
        json_object_set_new(object, "beoordeling", judgement_json(judgement, for_all));
    }
    return object;
}

/* As the code book calls it, for what the questionnaire does not ask about. */
static void put_title(json_t *row, const struct map_view *view, const char *application)
{
    const struct coding_heard *heard = &view->heard;
    const int at =
        heard->found ? codebook_find(heard->book, CODEBOOK_APPLICATION, slice_from_cstr(application)) : -1;
    if (at >= 0) {
        const struct slice title = heard->book->axes[CODEBOOK_APPLICATION].items[at].title;
        json_object_set_new(row, "titel", json_stringn(title.ptr, title.len));
    }
}

static json_t *rows_json(const struct map_view *view)
{
    json_t *rows = json_array();
    for (size_t a = 0; a < view->map.application_count; a++) {
        json_t *values = json_array();
        for (size_t value = 0; value < CODING_VALUES; value++) {
            json_array_append_new(values, cell_json(view, &view->map.cells[a * CODING_VALUES + value]));
        }
        json_t *row = json_pack("{s:s,s:o}", "toepassing", view->map.applications[a], "waarden", values);
        put_title(row, view, view->map.applications[a]);
        json_array_append_new(rows, row);
    }
    return rows;
}

static json_t *summary_json(const struct map_view *view)
{
    size_t counts[CONVERGENCE_LABELS] = {0};
    json_t *object = json_object();
    for (size_t i = 0; i < view->map.application_count * CODING_VALUES; i++) {
        counts[map_view_label(view, &view->map.cells[i])]++;
    }
    for (int label = 0; label < CONVERGENCE_LABELS; label++) {
        json_object_set_new(object, convergence_labels[label], json_integer((json_int_t)counts[label]));
    }
    return object;
}

static json_t *order_json(const struct map_view *view)
{
    json_t *list = json_array();
    for (size_t i = 0; i < MAP_PAIRS; i++) {
        const struct map_tau *tau = &view->map.taus[i];
        if (tau->known) {
            json_array_append_new(list, json_pack("{s:[s,s],s:f,s:f,s:i}", "methoden", methods[tau->a],
                                                  methods[tau->b], "tau", tau->kendall.tau, "p",
                                                  tau->kendall.p, "waarden", (int)tau->kendall.n));
        }
    }
    return list;
}

static json_t *survey_about(const struct map_view *view)
{
    const struct effects *survey = &view->survey;
    if (view->survey_status != FIGURES_OK || survey->effect_count == 0) {
        return json_null();
    }
    json_t *object = json_pack("{s:s,s:b,s:b,s:i,s:o}", "werving", survey->stream, "gewogen",
                               (int)survey->weighted, "voorlopig", (int)survey->provisional, "drempel",
                               (int)survey->threshold, "geteldOp", time_json(survey->made_at));
    if (survey->weights > 0) {
        json_object_set_new(object, "weegversie", json_integer(survey->weights));
    }
    if (view->view == FIGURES_PUBLIC) {
        json_object_set_new(object, "uitgave", json_integer(survey->release));
    }
    return object;
}

static json_t *talk_about(const struct coding_heard *heard)
{
    json_t *below = json_array();
    if (!heard->found) {
        json_decref(below);
        return json_null();
    }
    for (int value = 0; value < CODING_VALUES; value++) {
        if ((heard->below & 1U << value) != 0) {
            json_array_append_new(below, json_string(coding_values[value]));
        }
    }
    json_t *object = json_pack(
        "{s:i,s:i,s:i,s:i,s:i,s:b,s:f,s:o}", "interviews", (int)heard->conversations[CODING_INTERVIEW],
        "geinterviewden", (int)heard->people[CODING_INTERVIEW], "focusgroepen",
        (int)heard->conversations[CODING_FOCUS_GROUP], "groepsdeelnemers",
        (int)heard->people[CODING_FOCUS_GROUP], "nietGecodeerd", (int)heard->uncoded, "dubbelGecodeerd",
        (int)heard->twice, "grens", heard->bar, "onderDeGrens", below);
    if (heard->saturation.measured) {
        json_object_set_new(object, "verzadiging",
                            json_pack("{s:b,s:i,s:i}", "bereikt", (int)heard->saturation.reached, "na",
                                      (int)heard->saturation.before, "reeks", (int)heard->saturation.run));
    }
    return object;
}

json_t *map_view_json(const struct map_view *view)
{
    json_t *judged = json_pack("{s:i,s:i}", "cellen", (int)view->agreement.judged, "gelijkAanRegel",
                               (int)view->agreement.same);
    if (view->agreement.known) {
        json_object_set_new(judged, "alfa", json_real(view->agreement.alpha));
    }
    return json_pack("{s:s,s:s,s:s,s:o,s:o,s:o,s:o,s:o,s:o}", "consultatie", view->round->consultation,
                     "ronde", view->round->code, "weergave",
                     view->view == FIGURES_PUBLIC ? "openbaar" : "analist", "enquete", survey_about(view),
                     "gesprekken", talk_about(&view->heard), "samenvatting", summary_json(view), "volgorde",
                     order_json(view), "beoordeeld", judged, "toepassingen", rows_json(view));
}
