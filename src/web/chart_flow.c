#include "web/chart_internal.h"

static const char *const looks[CHART_FLOW_PARTS] = {"f3", "n", "a2"};
static const double ROUNDING = 0.01; /* percent */

static double came_to(const struct chart_stage *stage)
{
    double sum = 0;
    for (size_t i = 0; i < CHART_FLOW_PARTS; i++) {
        sum += stage->parts[i].share;
    }
    return sum;
}

static bool stage_ok(const struct chart_stage *stage, double most)
{
    if (!chart_label_ok(stage->label) || !chart_text_ok(stage->text)) {
        return false;
    }
    for (size_t i = 0; i < CHART_FLOW_PARTS; i++) {
        if (!chart_share_ok(stage->parts[i].share) || !chart_short_ok(stage->parts[i].text)) {
            return false;
        }
    }
    return came_to(stage) <= most + ROUNDING;
}

static bool flow_ok(const struct chart_flow *chart)
{
    double most = 100;
    if (!chart_head_ok(&chart->head) || chart->stage_count == 0 || chart->stage_count > CHART_STAGES_MAX) {
        return false;
    }
    for (size_t i = 0; i < CHART_FLOW_PARTS; i++) {
        if (!chart_label_ok(chart->keys[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < chart->stage_count; i++) {
        if (!stage_ok(&chart->stages[i], most)) {
            return false;
        }
        most = chart->stages[i].parts[CHART_WENT_ON].share;
    }
    return true;
}

static void draw_stage(struct buffer *out, struct slice id, const struct chart_stage *stage)
{
    double at = 0;
    chart_put(out, "<div class=\"zs-chart__row zs-chart__row--scale\">");
    chart_span(out, "label", stage->label);
    chart_span(out, "value", stage->text);
    chart_put(out, "<svg class=\"zs-chart__plot zs-chart__plot--scale\">");
    for (size_t i = 0; i < CHART_FLOW_PARTS; i++) {
        const struct chart_part *part = &stage->parts[i];
        if (part->share > 0) {
            chart_part(out, id, looks[i], at, part->share);
            chart_part_text(out, looks[i], part->text, at, part->share);
        }
        at += part->share;
    }
    chart_put(out, "</svg></div>");
}

static void put_keys(struct buffer *out, const struct chart_flow *chart)
{
    chart_put(out, "<div class=\"zs-chart__keys\">");
    for (size_t i = 0; i < CHART_FLOW_PARTS; i++) {
        chart_put(out, "<span class=\"zs-chart__item\"><svg class=\"zs-chart__key\">");
        chart_part(out, chart->head.id, looks[i], 0, 100);
        chart_put(out, "</svg>");
        chart_span(out, "words", chart->keys[i]);
        chart_put(out, "</span>");
    }
    chart_put(out, "</div>");
}

bool chart_draw_flow(struct buffer *out, const struct chart_flow *chart)
{
    if (!flow_ok(chart)) {
        return false;
    }
    chart_begin(out, &chart->head);
    chart_patterns_begin(out);
    for (size_t i = 0; i < CHART_FLOW_PARTS; i++) {
        if (chart_part_has_pattern(looks[i])) {
            chart_pattern(out, chart->head.id, looks[i]);
        }
    }
    chart_patterns_end(out);
    put_keys(out, chart);
    for (size_t i = 0; i < chart->stage_count; i++) {
        draw_stage(out, chart->head.id, &chart->stages[i]);
    }
    chart_end(out);
    return !buffer_failed(out);
}
