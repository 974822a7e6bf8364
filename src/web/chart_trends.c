#include "web/chart_internal.h"

#include <math.h>
#include <string.h>

/* What the column of the axis and the edge for the last point take from the width (charts.css). */
enum { BESIDE_PX = 72 };

static bool rounds_ok(const struct chart_trends *chart)
{
    for (size_t i = 0; i < chart->round_count; i++) {
        const struct chart_round *round = &chart->rounds[i];
        bool rises = i == 0 || round->at > round[-1].at;
        if (!isfinite(round->at) || !rises || !chart_label_ok(round->label) ||
            !chart_short_ok(round->label)) {
            return false;
        }
    }
    return true;
}

static bool trend_ok(const struct chart_trend *trend, const struct chart_trends *chart)
{
    if (!chart_label_ok(trend->label)) {
        return false;
    }
    for (size_t i = 0; i < chart->round_count; i++) {
        const struct chart_figure *figure = &trend->figures[i];
        if (!chart_figure_ok(figure, chart->head.axis_max) ||
            (figure->mark == CHART_SHOWN && !chart_short_ok(figure->text))) {
            return false;
        }
    }
    return true;
}

static bool trends_ok(const struct chart_trends *chart)
{
    if (!chart_head_ok(&chart->head) || chart->round_count == 0 || chart->round_count > CHART_ROUNDS_MAX ||
        chart->trend_count == 0 || chart->trend_count > CHART_TRENDS_MAX || !rounds_ok(chart)) {
        return false;
    }
    for (size_t i = 0; i < chart->trend_count; i++) {
        if (!trend_ok(&chart->trends[i], chart)) {
            return false;
        }
    }
    return true;
}

static double axis_end_of(const struct chart_trends *chart)
{
    double largest = 0;
    for (size_t t = 0; t < chart->trend_count; t++) {
        for (size_t i = 0; i < chart->round_count; i++) {
            largest = fmax(largest, chart_figure_end(&chart->trends[t].figures[i]));
        }
    }
    return chart_axis_end(&chart->head, largest);
}

/* Percentage of the width; a single round stands in the middle. */
static double round_at(const struct chart_trends *chart, size_t i)
{
    double first = chart->rounds[0].at;
    double span = chart->rounds[chart->round_count - 1].at - first;
    return span > 0 ? (chart->rounds[i].at - first) / span * 100 : 50;
}

/* Twice: what fits at the narrowest, and what fits on broad screens; the style sheet shows one. heights: of
 * each text's foot; NULL: all on one line. */
static void put_places(struct buffer *out, const struct chart_place *all, size_t count, const double *heights)
{
    static const struct {
        const char *name;
        int width;
    } screens[] = {{"narrow", CHART_NARROW - BESIDE_PX}, {"broad", CHART_BROAD - BESIDE_PX}};
    for (size_t screen = 0; screen < 2; screen++) {
        struct chart_place places[CHART_ROUNDS_MAX];
        memcpy(places, all, count * sizeof(places[0]));
        chart_fit(places, count, screens[screen].width);
        buffer_printf(out, "<g class=\"zs-chart__%s\">", screens[screen].name);
        for (size_t i = 0; i < count; i++) {
            if (places[i].text.len > 0) {
                buffer_printf(out, "<text text-anchor=\"%s\"", places[i].anchor);
                chart_at(out, "x", places[i].at);
                if (heights) {
                    chart_at(out, "y", heights[i]);
                }
                chart_put(out, heights ? " dy=\"-.6em\">" : " y=\"1em\">");
                chart_text(out, places[i].text);
                chart_put(out, "</text>");
            }
        }
        chart_put(out, "</g>");
    }
}

static double height_of(double share, double axis_end)
{
    return 100 - share / axis_end * 100;
}

static void put_corner(struct buffer *out, char command, double x, double y)
{
    buffer_append_byte(out, command);
    chart_number(out, x);
    buffer_append_byte(out, ' ');
    chart_number(out, y);
}

static bool in_band(const struct chart_figure *figure)
{
    return figure->mark == CHART_SHOWN && figure->has_interval;
}

/* Along the upper ends, and back along the lower ones, of each run of rounds with an interval; a run of one
 * is an upright line. */
static void draw_band(struct buffer *out, const struct chart_trends *chart, const struct chart_trend *trend,
                      double axis_end)
{
    chart_put(out, "<svg overflow=\"visible\" viewBox=\"0 0 100 100\" preserveAspectRatio=\"none\"><path "
                   "class=\"zs-chart__band\" d=\"");
    for (size_t from = 0; from < chart->round_count;) {
        size_t to = from;
        while (to < chart->round_count && in_band(&trend->figures[to])) {
            put_corner(out, to == from ? 'M' : 'L', round_at(chart, to),
                       height_of(trend->figures[to].high, axis_end));
            to++;
        }
        for (size_t i = to; i > from; i--) {
            put_corner(out, 'L', round_at(chart, i - 1), height_of(trend->figures[i - 1].low, axis_end));
        }
        if (to > from) {
            buffer_append_byte(out, 'z');
        }
        from = to + 1;
    }
    chart_put(out, "\"/></svg>");
}

static void draw_line(struct buffer *out, const struct chart_trends *chart, const struct chart_trend *trend,
                      double axis_end)
{
    for (size_t i = 1; i < chart->round_count; i++) {
        const struct chart_figure *figure = &trend->figures[i];
        if (figure->mark == CHART_SHOWN && figure[-1].mark == CHART_SHOWN) {
            chart_put(out, "<line class=\"zs-chart__line\"");
            chart_at(out, "x1", round_at(chart, i - 1));
            chart_at(out, "y1", height_of(figure[-1].value, axis_end));
            chart_at(out, "x2", round_at(chart, i));
            chart_at(out, "y2", height_of(figure->value, axis_end));
            chart_put(out, "/>");
        }
    }
}

static void draw_points(struct buffer *out, const struct chart_trends *chart, const struct chart_trend *trend,
                        double axis_end)
{
    for (size_t i = 0; i < chart->round_count; i++) {
        const struct chart_figure *figure = &trend->figures[i];
        double x = round_at(chart, i);
        if (figure->mark == CHART_WITHHELD) {
            chart_put(out, "<svg overflow=\"visible\"");
            chart_at(out, "x", x);
            chart_put(out, "><rect class=\"zs-chart__withheld\" x=\"-6\" width=\"12\" height=\"100%\"");
            chart_fill(out, chart->head.id, "w");
            chart_put(out, "/></svg>");
            continue;
        }
        chart_put(out, "<circle class=\"zs-chart__dot-1\" r=\"4.5\"");
        chart_at(out, "cx", x);
        chart_at(out, "cy", height_of(figure->value, axis_end));
        chart_put(out, "/>");
    }
}

static void put_values(struct buffer *out, const struct chart_trends *chart, const struct chart_trend *trend,
                       double axis_end)
{
    struct chart_place places[CHART_ROUNDS_MAX] = {0};
    double heights[CHART_ROUNDS_MAX] = {0};
    for (size_t i = 0; i < chart->round_count; i++) {
        const struct chart_figure *figure = &trend->figures[i];
        bool shown = figure->mark == CHART_SHOWN;
        places[i].text = shown ? figure->text : (struct slice){NULL, 0};
        places[i].at = round_at(chart, i);
        heights[i] = height_of(chart_figure_end(figure), axis_end);
    }
    put_places(out, places, chart->round_count, heights);
}

static void draw_axes(struct buffer *out, double axis_end, struct slice unit)
{
    chart_put(out, "<svg class=\"zs-chart__heights\"><text x=\"100%\" y=\"100%\" text-anchor=\"end\" "
                   "dominant-baseline=\"central\">0</text><text x=\"100%\" y=\"50%\" text-anchor=\"end\" "
                   "dominant-baseline=\"central\">");
    chart_number(out, axis_end / 2);
    chart_put(out, "</text><text x=\"100%\" y=\"0\" text-anchor=\"end\" dominant-baseline=\"central\">");
    chart_number(out, axis_end);
    chart_text(out, unit);
    chart_put(out, "</text></svg>");
}

static void put_rounds(struct buffer *out, const struct chart_trends *chart)
{
    struct chart_place places[CHART_ROUNDS_MAX] = {0};
    for (size_t i = 0; i < chart->round_count; i++) {
        places[i].text = chart->rounds[i].label;
        places[i].at = round_at(chart, i);
    }
    chart_put(out, "<svg class=\"zs-chart__rounds\">");
    put_places(out, places, chart->round_count, NULL);
    chart_put(out, "</svg>");
}

static void put_reasons(struct buffer *out, const struct chart_trends *chart, const struct chart_trend *trend)
{
    for (size_t i = 0; i < chart->round_count; i++) {
        if (trend->figures[i].mark == CHART_WITHHELD) {
            chart_put(out, "<span class=\"zs-chart__reason\">");
            chart_text(out, chart->rounds[i].label);
            chart_put(out, ": ");
            chart_text(out, trend->figures[i].text);
            chart_put(out, "</span>");
        }
    }
}

static void draw_panel(struct buffer *out, const struct chart_trends *chart, const struct chart_trend *trend,
                       double axis_end)
{
    chart_put(out, "<div class=\"zs-chart__panel\">");
    chart_span(out, "label", trend->label);
    draw_axes(out, axis_end, chart->head.unit);
    chart_put(out, "<svg class=\"zs-chart__time\"><g class=\"zs-chart__grid\"><line x2=\"100%\"/><line "
                   "x2=\"100%\" y1=\"50%\" y2=\"50%\"/><line x2=\"100%\" y1=\"100%\" y2=\"100%\"/></g>");
    draw_band(out, chart, trend, axis_end);
    draw_line(out, chart, trend, axis_end);
    draw_points(out, chart, trend, axis_end);
    put_values(out, chart, trend, axis_end);
    chart_put(out, "</svg>");
    put_rounds(out, chart);
    put_reasons(out, chart, trend);
    chart_put(out, "</div>");
}

bool chart_draw_trends(struct buffer *out, const struct chart_trends *chart)
{
    if (!trends_ok(chart)) {
        return false;
    }
    double axis_end = axis_end_of(chart);
    chart_begin(out, &chart->head);
    chart_patterns_begin(out);
    chart_pattern(out, chart->head.id, "w");
    chart_patterns_end(out);
    for (size_t i = 0; i < chart->trend_count; i++) {
        draw_panel(out, chart, &chart->trends[i], axis_end);
    }
    chart_end(out);
    return !buffer_failed(out);
}
