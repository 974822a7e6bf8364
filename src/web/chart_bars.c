#include "web/chart_internal.h"

static bool bars_ok(const struct chart_bars *chart)
{
    if (!chart_head_ok(&chart->head) || chart->bar_count == 0 || chart->bar_count > CHART_ROWS_MAX) {
        return false;
    }
    for (size_t i = 0; i < chart->bar_count; i++) {
        if (!chart_label_ok(chart->bars[i].label) ||
            !chart_figure_ok(&chart->bars[i].figure, chart->head.axis_max)) {
            return false;
        }
    }
    return true;
}

static double axis_end_of(const struct chart_bars *chart)
{
    double largest = 0;
    for (size_t i = 0; i < chart->bar_count; i++) {
        double end = chart_figure_end(&chart->bars[i].figure);
        largest = end > largest ? end : largest;
    }
    return chart_axis_end(&chart->head, largest);
}

static void draw_bar(struct buffer *out, struct slice id, const struct chart_bar *bar, double axis_end)
{
    const struct chart_figure *figure = &bar->figure;
    double scale = 100 / axis_end;
    chart_put(out, "<div class=\"zs-chart__row\">");
    chart_span(out, "label", bar->label);
    chart_span(out, "value", figure->text);
    chart_put(out, "<svg class=\"zs-chart__plot\">");
    chart_grid(out);
    chart_middle(out, 50);
    if (figure->mark == CHART_WITHHELD) {
        chart_withheld(out, id);
    } else {
        chart_put(out, "<rect class=\"zs-chart__bar\" y=\"-.65em\" height=\"1.3em\"");
        chart_at(out, "width", figure->value * scale);
        chart_put(out, "/>");
        if (figure->has_interval) {
            chart_whisker(out, figure->low * scale, figure->high * scale);
        }
    }
    chart_put(out, "</svg></svg></div>");
}

bool chart_draw_bars(struct buffer *out, const struct chart_bars *chart)
{
    if (!bars_ok(chart)) {
        return false;
    }
    double axis_end = axis_end_of(chart);
    chart_begin(out, &chart->head);
    chart_patterns_begin(out);
    chart_pattern(out, chart->head.id, "w");
    chart_patterns_end(out);
    for (size_t i = 0; i < chart->bar_count; i++) {
        draw_bar(out, chart->head.id, &chart->bars[i], axis_end);
    }
    chart_axis(out, axis_end, chart->head.unit);
    chart_end(out);
    return !buffer_failed(out);
}
