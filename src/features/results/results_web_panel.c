#include "features/results/results_web_panel.h"

#include "features/results/results_words.h"
#include "web/chart.h"

#include <string.h>

/* ---- figures in words ---- */

const char *const panel_languages[2] = {"nl", "en"};

const char *panel_number(const struct panel_maker *maker, double value, int digits)
{
    return figures_number_text(maker->arena, value, digits, maker->language).ptr;
}

static const char *no_figure(const struct panel_maker *m, enum figure_mark mark)
{
    static const char *const paths[] = {[FIGURE_SHOWN] = "results.mark.none",
                                        [FIGURE_WITHHELD] = "results.mark.withheld",
                                        [FIGURE_FEWER] = "results.mark.withheld",
                                        [FIGURE_UNRELIABLE] = "results.mark.unreliable",
                                        [FIGURE_NONE] = "results.mark.none"};
    return PANEL_TEXT(m, paths[mark]);
}

const char *panel_share_text(const struct panel_maker *m, const struct figure *share)
{
    const char *percent =
        PANEL_FORMAT(m, "results.percent", "n", panel_number(m, share->value, share->digits));
    if (share->mark == FIGURE_FEWER) {
        return share->value > 0 ? PANEL_FORMAT(m, "results.less_than", "n", percent)
                                : no_figure(m, share->mark);
    }
    if (share->mark != FIGURE_SHOWN) {
        return no_figure(m, share->mark);
    }
    if (share->limited) {
        return PANEL_FORMAT(m, share->value < 50 ? "results.at_most" : "results.at_least", "n", percent);
    }
    return percent;
}

const char *panel_range_text(const struct panel_maker *m, const struct figure *figure)
{
    if (figure->mark != FIGURE_SHOWN || !figure->interval) {
        return NULL;
    }
    return PANEL_FORMAT(m, "results.from_to", "low", panel_number(m, figure->low, figure->digits), "high",
                        panel_number(m, figure->high, figure->digits));
}

const char *panel_count_text(const struct panel_maker *m, const struct figure *count, uint64_t fewer)
{
    if (count->mark == FIGURE_FEWER) {
        return PANEL_FORMAT(m, "results.less_than", "n", panel_number(m, (double)fewer, 0));
    }
    return count->mark == FIGURE_SHOWN ? panel_number(m, count->value, 0) : no_figure(m, count->mark);
}

const char *panel_value_text(const struct panel_maker *m, const struct figure *value)
{
    return value->mark == FIGURE_SHOWN ? panel_number(m, value->value, value->digits)
                                       : no_figure(m, value->mark);
}

bool panel_is_filtered(const struct figures *figures)
{
    size_t count;
    const struct figures_query *query = &figures->query;
    const struct variable *variables = questionnaire_variables(&count, query->round->questionnaire);
    for (size_t f = 0; f < query->filter_count; f++) {
        if (!variables[query->filters[f].variable].system) {
            return true;
        }
    }
    return false;
}

const char *panel_all_label(const struct panel_maker *m, const struct figures *figures)
{
    return PANEL_TEXT(m, panel_is_filtered(figures) ? "results.these_label" : "results.everybody_label");
}

/* ---- answers ---- */

const char *panel_answer_label(const struct figures_answer *answer, int language)
{
    return answer->label[language] ? answer->label[language] : answer->name;
}

size_t panel_find_answer(const struct figures *figures, const char *name)
{
    size_t i = 0;
    while (i < figures->answer_count && strcmp(figures->answers[i].name, name) != 0) {
        i++;
    }
    return i;
}

const size_t *panel_order(const struct panel_maker *m, const struct figures *figures)
{
    size_t *order = arena_array(m->arena, figures->answer_count, sizeof *order);
    size_t count = 0;
    for (int special = 0; special <= 1; special++) {
        for (size_t i = 0; i < figures->answer_count; i++) {
            if ((figures->answers[i].code < ANSWER_FIRST) == (special == 1)) {
                order[count++] = i;
            }
        }
    }
    return order;
}

size_t panel_largest(const struct figures *figures, const struct figures_line *line)
{
    size_t best = figures->answer_count;
    for (size_t i = 0; i < figures->answer_count; i++) {
        const struct figure *share = &line->cells[i].share;
        if (share->mark == FIGURE_SHOWN && figures->answers[i].in_base &&
            (best == figures->answer_count || share->value > line->cells[best].share.value)) {
            best = i;
        }
    }
    return best;
}

/* ---- what it says ---- */

/* Of whom the panel's sentence is: everybody, the last round, the row that is meant, or the row in which the
 * answer (or any) has most. */
static const struct panel_row *told_row(size_t *answer, const struct panel *panel)
{
    const struct panel_row *rows = panel->all         ? panel->all
                                   : panel->over_time ? &panel->rows[panel->row_count - 1]
                                   : panel->told      ? panel->told
                                                      : panel->rows;
    const bool one = panel->all || panel->over_time || panel->told || panel->title;
    const size_t count = one ? 1 : panel->row_count;
    const struct panel_row *best = &rows[0];
    double most = -1;
    *answer = rows[0].figures->answer_count;
    for (size_t r = 0; r < count; r++) {
        const struct figures *figures = rows[r].figures;
        const size_t found =
            panel->answer ? panel_find_answer(figures, panel->answer) : panel_largest(figures, rows[r].line);
        if (found < figures->answer_count && rows[r].line->cells[found].share.mark == FIGURE_SHOWN &&
            rows[r].line->cells[found].share.value > most) {
            best = &rows[r];
            *answer = found;
            most = rows[r].line->cells[found].share.value;
        }
    }
    return best;
}

static bool tells_mean(const struct panel *panel, const struct panel_row *row)
{
    return (panel->row_count == 1 || panel->all) && !panel->answer &&
           row->line->measures[FIGURES_MEAN].mark == FIGURE_SHOWN;
}

static void add(json_t *list, struct slice text)
{
    json_array_append_new(list, json_stringn(text.ptr, text.len));
}

static void set(json_t *object, const char *key, const char *text)
{
    if (text) {
        json_object_set_new(object, key, json_string(text));
    }
}

const char *panel_made_text(const struct panel_maker *m, const struct figures *figures,
                            const struct figures_line *line)
{
    const char *day = locale_date(m->arena, m->locales, panel_languages[m->language], figures->made_at).ptr;
    if (figures->query.view == FIGURES_ANALYST) {
        return PANEL_FORMAT(m, "results.counted", "date", day);
    }
    const char *text =
        PANEL_FORMAT(m, "results.release", "n", panel_number(m, figures->release, 0), "date", day);
    if (line->release == 0 || line->release == figures->release) {
        return text;
    }
    return arena_printf(m->arena, "%s %s", text,
                        PANEL_FORMAT(m, "results.carried", "n", panel_number(m, line->release, 0)))
        .ptr;
}

/* Rows of different questions have people of their own: it is said of which one this is. */
static const char *people_of(const struct panel_maker *m, const struct panel *panel,
                             const struct panel_row *row)
{
    const char *assumes =
        PANEL_TEXT(m, row->figures->query.weighted ? "results.assumes_weighted" : "results.assumes");
    const struct slice said =
        figures_people_sentences(m->arena, m->locales, m->language, row->figures, row->line);
    const char *people = arena_printf(m->arena, "%.*s %s", SLICE_ARG(said), assumes).ptr;
    return panel->row_count > 1 && !panel->all
               ? PANEL_FORMAT(m, "results.about_row", "label", row->label, "people", people)
               : people;
}

json_t *panel_context(const struct panel_maker *m, const struct panel *panel)
{
    size_t answer;
    const struct panel_row *row = told_row(&answer, panel);
    const struct figures *figures = row->figures;
    json_t *context = json_object();
    json_t *sentences = json_array();
    /* What the service itself noted is no answer to a question; and of rounds no one says it all. */
    const bool told =
        answer < figures->answer_count && !figures->variable->system && !panel->over_time && !panel->title;
    const struct slice message =
        told ? figures_share_sentence(m->arena, m->locales, m->language, figures, row->line, answer)
             : slice_from_cstr(panel->title ? panel->title : panel->about);
    const struct slice chart = panel_chart(m, panel, message.ptr);
    if (chart.len > 0) {
        json_object_set_new(context, "chart_html", json_stringn(chart.ptr, chart.len));
    } else {
        if (told) {
            add(sentences, message);
        }
        if (panel->row_count > CHART_ROWS_MAX) {
            set(context, "no_chart", PANEL_TEXT(m, "results.no_chart"));
        }
    }
    if (panel_hides_groups(m, panel)) {
        set(context, "no_chart", PANEL_TEXT(m, "results.no_bars"));
    }
    if (tells_mean(panel, row)) {
        add(sentences, figures_mean_sentence(m->arena, m->locales, m->language, figures, row->line));
    }
    set(context, "id", panel->id);
    set(context, "heading", panel->heading);
    set(context, "people", people_of(m, panel, row));
    set(context, "made", panel_made_text(m, figures, row->line));
    set(context, "method", panel->method);
    set(context, "csv", panel->csv);
    set(context, "json", panel->json);
    json_object_set_new(context, "sentences", sentences);
    json_object_set_new(context, "table", panel_table(m, panel));
    json_t *differences = panel_differences(m, panel);
    if (differences) {
        json_object_set_new(context, "differences", differences);
    }
    return context;
}
