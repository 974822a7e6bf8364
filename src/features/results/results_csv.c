/* Figures as CSV: what R, Python and spreadsheets read without another line of code. */
#include "features/results/results_query.h"
#include "features/results/results_words.h"
#include "features/results/results_write.h"

#include "base/clock.h"
#include "base/real.h"
#include "formats/csv.h"

#include <inttypes.h>

static void put_text(struct buffer *out, const char *text)
{
    buffer_append_byte(out, ',');
    csv_put_text(out, slice_from_cstr(text ? text : ""));
}

static void put_flag(struct buffer *out, bool flag)
{
    put_text(out, flag ? "ja" : "nee");
}

static void put_integer(struct buffer *out, int64_t value)
{
    buffer_printf(out, ",%" PRId64, value);
}

void csv_put_json(struct buffer *out, const json_t *value)
{
    if (json_is_integer(value)) {
        buffer_printf(out, ",%" JSON_INTEGER_FORMAT, json_integer_value(value));
    } else if (json_is_real(value)) {
        buffer_printf(out, ",%.6f", json_real_value(value));
    } else if (json_is_boolean(value)) {
        put_flag(out, json_is_true(value));
    } else {
        put_text(out, json_string_value(value));
    }
}

void figures_csv_number(struct buffer *out, const struct figure *figure, double value, enum figures_view view)
{
    if (view == FIGURES_ANALYST) {
        char text[REAL_CHARS];
        buffer_append(out, (struct slice){text, real_format(text, value, 17)});
    } else {
        char text[FIGURES_PLAIN_BYTES];
        buffer_append(out, (struct slice){text, figures_plain_text(text, value, (int)figure->digits)});
    }
}

/* Its number and why there is none: an empty cell has a reason beside it. */
static void put_figure(struct buffer *out, const struct figure *figure, enum figures_view view)
{
    const char *reason = figures_reason(figure);
    buffer_append_byte(out, ',');
    if (figure->mark == FIGURE_SHOWN) {
        figures_csv_number(out, figure, figure->value, view);
        reason = !figure->limited ? NULL : figure->value < 50 ? "ten-hoogste" : "ten-minste";
    }
    put_text(out, reason);
}

/* Its standard error and interval. */
static void put_precision(struct buffer *out, const struct figure *figure, enum figures_view view)
{
    bool known = figure->mark == FIGURE_SHOWN && figure->interval;
    const double numbers[] = {figure->error, figure->low, figure->high};
    for (int i = 0; i < 3; i++) {
        buffer_append_byte(out, ',');
        if (known && (i > 0 || (view == FIGURES_ANALYST && figure->error > 0))) {
            figures_csv_number(out, figure, numbers[i], view);
        }
    }
}

void figures_csv_estimate(struct buffer *out, const struct figure *figure, enum figures_view view)
{
    put_figure(out, figure, view);
    put_precision(out, figure, view);
}

void figures_csv_estimate_head(struct buffer *out, const char *name)
{
    buffer_printf(out, ",%s,%s_reden,%s_standaardfout,%s_ondergrens,%s_bovengrens", name, name, name, name,
                  name);
}

static void put_head(struct buffer *out, const struct figures *figures)
{
    buffer_append_cstr(out, "\xef\xbb\xbf"
                            "consultatie,ronde,variabele");
    for (size_t g = 0; g < figures->query.group_count; g++) {
        buffer_printf(out, ",groep_%s", figures->groups[g]->code);
    }
    if (figures->query.shares) {
        buffer_append_cstr(out, ",antwoord,label,aantal,aantal_reden");
        figures_csv_estimate_head(out, "percentage");
    }
    buffer_append_cstr(out,
                       ",gevraagd,gevraagd_reden,basis,basis_reden,effectief_aantal,effectief_aantal_reden,"
                       "ontwerpeffect,ontwerpeffect_reden");
    for (int m = 0; m < FIGURES_MEASURES; m++) {
        if (figures->query.measures[m]) {
            figures_csv_estimate_head(out, results_query_measure_name((enum figures_measure)m));
        }
    }
    buffer_append_cstr(out, figures->query.view == FIGURES_PUBLIC ? ",rij_uitgave,soort_basis,melding,"
                                                                  : ",soort_basis,melding,");
    figures_csv_about_head(out, figures->query.view);
}

/* How it is protected stands on every table; places in the log stay with analysts: they count people. */
void figures_csv_about_head(struct buffer *out, enum figures_view view)
{
    buffer_append_cstr(out, "weergave,voorlopig,gekozen_werving,gekozen_kanaal,gekozen_kwaliteit,filter,"
                            "gewogen,weegversie,weegmarges,drempel,");
    buffer_append_cstr(out, view == FIGURES_PUBLIC ? "uitgave,minder_dan,ruis_tot_en_met,ruis_variantie"
                                                   : "positie");
    buffer_append_cstr(out, ",opent_op,sluit_op,gemaakt_op\r\n");
}

static void put_time(struct buffer *out, int64_t unix_s)
{
    char text[CLOCK_RFC3339_BYTES];
    clock_format_rfc3339(text, unix_s);
    put_text(out, text);
}

/* As in the address: "leeftijd:18-24|25-34,provincie:utrecht". */
static void put_filters(struct buffer *out, const struct figures_query *query)
{
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, query->round->questionnaire);
    struct buffer text;
    buffer_init(&text, 64 * 1024);
    for (size_t f = 0; f < query->filter_count; f++) {
        const struct figures_filter *filter = &query->filters[f];
        buffer_printf(&text, "%s%s:", f > 0 ? "," : "", variables[filter->variable].code);
        for (size_t i = 0; i < filter->count; i++) {
            buffer_printf(&text, "%s%s", i > 0 ? "|" : "",
                          figures_code_name(NULL, &variables[filter->variable], filter->codes[i]));
        }
    }
    buffer_append_byte(out, ',');
    csv_put_text(out, buffer_slice(&text));
    buffer_free(&text);
}

void figures_csv_about(struct buffer *out, const struct figures *figures)
{
    const struct figures_query *query = &figures->query;
    static const char *const kept[] = {"werving", "kanaal", "kwaliteit"};
    csv_put_text(out, query->view == FIGURES_PUBLIC ? SLICE("openbaar") : SLICE("analist"));
    put_flag(out, figures->provisional);
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        const char *category = figures_kept(query, kept[i]);
        put_text(out, category ? category : "meer");
    }
    put_filters(out, query);
    put_flag(out, query->weighted);
    if (query->weighted) {
        put_integer(out, figures->weights);
    } else {
        buffer_append_byte(out, ',');
    }
    put_text(out, figures->weights_made_of[0]);
    put_integer(out, (int64_t)figures->threshold);
    if (query->view == FIGURES_PUBLIC) {
        put_integer(out, figures->release);
        put_integer(out, (int64_t)figures->fewer);
        put_integer(out, (int64_t)figures->noise_reach);
        buffer_printf(out, ",%g", figures->noise_variance);
    } else {
        put_integer(out, figures->position);
    }
    put_time(out, query->round->opens_at);
    put_time(out, query->round->closes_at);
    put_time(out, figures->made_at);
    buffer_append_cstr(out, "\r\n");
}

/* cell NULL: a line a group. */
static void put_record(struct buffer *out, const struct figures *figures, const struct figures_line *line,
                       const struct figures_answer *answer, const struct figures_cell *cell)
{
    const enum figures_view view = figures->query.view;
    const struct figure *people[] = {&line->people, &line->base, &line->effective_n, &line->design_effect};
    csv_put_text(out, slice_from_cstr(figures->query.round->consultation));
    put_text(out, figures->query.round->code);
    put_text(out, figures->variable->code);
    for (size_t g = 0; g < figures->query.group_count; g++) {
        put_text(out, line->group_names[g]);
    }
    if (cell) {
        put_text(out, answer->name);
        put_text(out, answer->label[0]);
        put_figure(out, &cell->count, view);
        figures_csv_estimate(out, &cell->share, view);
    }
    for (size_t i = 0; i < sizeof people / sizeof people[0]; i++) {
        put_figure(out, people[i], view);
    }
    for (int m = 0; m < FIGURES_MEASURES; m++) {
        if (figures->query.measures[m]) {
            figures_csv_estimate(out, &line->measures[m], view);
        }
    }
    if (view == FIGURES_PUBLIC) {
        buffer_append_byte(out, ',');
        if (line->release > 0) {
            buffer_printf(out, "%d", (int)line->release);
        }
    }
    put_text(out, results_query_base_name(figures->query.base));
    put_text(out, figures_notice(figures));
    buffer_append_byte(out, ',');
    figures_csv_about(out, figures);
}

void figures_csv(struct buffer *out, const struct figures *figures)
{
    put_head(out, figures);
    for (size_t i = 0; i < figures->line_count; i++) {
        const struct figures_line *line = &figures->lines[i];
        if (!figures->query.shares) {
            put_record(out, figures, line, NULL, NULL);
            continue;
        }
        for (size_t c = 0; c < figures->answer_count; c++) {
            put_record(out, figures, line, &figures->answers[c], &line->cells[c]);
        }
    }
}
