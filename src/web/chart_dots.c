#include "web/chart_internal.h"

static bool rows_ok(const struct chart_dots *chart)
{
    for (size_t i = 0; i < chart->row_count; i++) {
        if (!chart_label_ok(chart->rows[i].label)) {
            return false;
        }
        for (size_t s = 0; s < chart->series_count; s++) {
            if (!chart_figure_ok(&chart->rows[i].figures[s], chart->head.axis_max)) {
                return false;
            }
        }
    }
    return true;
}

static bool dots_ok(const struct chart_dots *chart)
{
    bool counts_ok = chart->row_count > 0 && chart->row_count <= CHART_ROWS_MAX && chart->series_count > 0 &&
                     chart->series_count <= CHART_SERIES_MAX;
    if (!chart_head_ok(&chart->head) || !counts_ok) {
        return false;
    }
    for (size_t s = 0; s < chart->series_count && chart->series_count > 1; s++) {
        if (!chart_label_ok(chart->series[s])) {
            return false;
        }
    }
    double end = chart->head.axis_max > 0 ? chart->head.axis_max : 100;
    bool reference_ok =
        !chart->has_reference || (chart_share_ok(chart->reference) && chart->reference <= end &&
                                  chart_label_ok(chart->reference_text));
    return reference_ok && rows_ok(chart);
}

static double axis_end_of(const struct chart_dots *chart)
{
    double largest = chart->has_reference ? chart->reference : 0;
    for (size_t i = 0; i < chart->row_count; i++) {
        for (size_t s = 0; s < chart->series_count; s++) {
            double end = chart_figure_end(&chart->rows[i].figures[s]);
            largest = end > largest ? end : largest;
        }
    }
    return chart_axis_end(&chart->head, largest);
}

/* Around height 0 of a drawing that chart_middle opened. */
static void put_shape(struct buffer *out, size_t series, double x)
{
    if (series == 0) {
        chart_put(out, "<circle class=\"zs-chart__dot-1\" r=\"6\"");
        chart_at(out, "cx", x);
        chart_put(out, "/>");
        return;
    }
    /* A path knows no percentages: it is drawn around the corner of a drawing that is laid in place. */
    chart_put(out, "<svg overflow=\"visible\"");
    chart_at(out, "x", x);
    chart_put(out, "><path class=\"zs-chart__dot-2\" d=\"M0-7L7 0L0 7L-7 0z\"/></svg>");
}

static void put_key(struct buffer *out, size_t series)
{
    chart_put(out, "<svg class=\"zs-chart__key\">");
    chart_middle(out, 50);
    put_shape(out, series, 50);
    chart_put(out, "</svg></svg>");
}

static void draw_figure(struct buffer *out, struct slice id, const struct chart_figure *figure, size_t series,
                        double scale)
{
    if (figure->mark == CHART_WITHHELD) {
        chart_withheld(out, id);
        return;
    }
    if (figure->has_interval) {
        chart_whisker(out, figure->low * scale, figure->high * scale);
    }
    put_shape(out, series, figure->value * scale);
}

static void draw_row(struct buffer *out, const struct chart_dots *chart, const struct chart_dot_row *row,
                     double scale)
{
    bool two = chart->series_count == 2;
    chart_put(out, "<div class=\"zs-chart__row\">");
    chart_span(out, "label", row->label);
    chart_put(out, "<span class=\"zs-chart__value\">");
    for (size_t s = 0; s < chart->series_count; s++) {
        chart_put(out, "<span class=\"zs-chart__item\">");
        if (two) {
            put_key(out, s);
        }
        chart_span(out, "words", row->figures[s].text);
        chart_put(out, "</span>");
    }
    chart_put(out, two ? "</span><svg class=\"zs-chart__plot zs-chart__plot--two\">"
                       : "</span><svg class=\"zs-chart__plot\">");
    chart_grid(out);
    if (chart->has_reference) {
        chart_put(out, "<line class=\"zs-chart__reference\" y2=\"100%\"");
        chart_at(out, "x1", chart->reference * scale);
        chart_at(out, "x2", chart->reference * scale);
        chart_put(out, "/>");
    }
    for (size_t s = 0; s < chart->series_count; s++) {
        chart_middle(out, two ? 26 + 48 * (double)s : 50);
        draw_figure(out, chart->head.id, &row->figures[s], s, scale);
        chart_put(out, "</svg>");
    }
    chart_put(out, "</svg></div>");
}

static void put_keys(struct buffer *out, const struct chart_dots *chart)
{
    if (chart->series_count < 2 && !chart->has_reference) {
        return;
    }
    chart_put(out, "<div class=\"zs-chart__keys\">");
    for (size_t s = 0; s < chart->series_count && chart->series_count > 1; s++) {
        chart_put(out, "<span class=\"zs-chart__item\">");
        put_key(out, s);
        chart_span(out, "words", chart->series[s]);
        chart_put(out, "</span>");
    }
    if (chart->has_reference) {
        chart_put(out, "<span class=\"zs-chart__item\"><svg class=\"zs-chart__key\"><line "
                       "class=\"zs-chart__reference\" x1=\"50%\" x2=\"50%\" y2=\"100%\"/></svg>");
        chart_span(out, "words", chart->reference_text);
        chart_put(out, "</span>");
    }
    chart_put(out, "</div>");
}

bool chart_draw_dots(struct buffer *out, const struct chart_dots *chart)
{
    if (!dots_ok(chart)) {
        return false;
    }
    double axis_end = axis_end_of(chart);
    chart_begin(out, &chart->head);
    chart_patterns_begin(out);
    chart_pattern(out, chart->head.id, "w");
    chart_patterns_end(out);
    put_keys(out, chart);
    for (size_t i = 0; i < chart->row_count; i++) {
        draw_row(out, chart, &chart->rows[i], 100 / axis_end);
    }
    chart_axis(out, axis_end, chart->head.unit);
    chart_end(out);
    return !buffer_failed(out);
}
