#include "web/chart_internal.h"

#include <math.h>

enum { SIDES = CHART_APART + 1, ANSWERS_MAX = 2 * CHART_LEVELS_MAX + 2 };

static const double APART_GAP = 4;  /* percent of the width */
static const double SUM_MARGIN = 2; /* shares are rounded, and published ones carry noise */

/* How the width is shared out, the same for every row. */
struct spread {
    double scale;  /* percent of the width a share of 1 */
    double centre; /* percent of the width */
    double apart;  /* where those apart begin; 100 without them */
};

static void count_sides(size_t counts[SIDES], const struct chart_scale *chart)
{
    for (size_t i = 0; i < chart->answer_count; i++) {
        counts[chart->answers[i].side]++;
    }
}

static bool answers_ok(const struct chart_scale *chart)
{
    size_t counts[SIDES] = {0};
    if (chart->answer_count > ANSWERS_MAX) {
        return false;
    }
    for (size_t i = 0; i < chart->answer_count; i++) {
        const struct chart_answer *answer = &chart->answers[i];
        bool in_order = i == 0 || chart->answers[i - 1].side <= answer->side;
        if (!in_order || answer->side > CHART_APART || !chart_label_ok(answer->label)) {
            return false;
        }
    }
    count_sides(counts, chart);
    return counts[CHART_AGAINST] > 0 && counts[CHART_AGAINST] <= CHART_LEVELS_MAX &&
           counts[CHART_NEUTRAL] <= 1 && counts[CHART_FOR] > 0 && counts[CHART_FOR] <= CHART_LEVELS_MAX &&
           counts[CHART_APART] <= 1;
}

static bool row_ok(const struct chart_scale_row *row, size_t answer_count)
{
    if (!chart_label_ok(row->label) || !chart_text_ok(row->text)) {
        return false;
    }
    if (row->mark == CHART_WITHHELD) {
        return row->text.len > 0;
    }
    double sum = 0;
    for (size_t i = 0; i < answer_count; i++) {
        if (!chart_share_ok(row->parts[i].share) || !chart_short_ok(row->parts[i].text)) {
            return false;
        }
        sum += row->parts[i].share;
    }
    return row->mark == CHART_SHOWN && fabs(sum - 100) <= SUM_MARGIN;
}

static bool scale_ok(const struct chart_scale *chart)
{
    if (!chart_head_ok(&chart->head) || !answers_ok(chart) || chart->row_count == 0 ||
        chart->row_count > CHART_ROWS_MAX) {
        return false;
    }
    for (size_t i = 0; i < chart->row_count; i++) {
        if (!row_ok(&chart->rows[i], chart->answer_count)) {
            return false;
        }
    }
    return true;
}

static void sum_sides(double sums[SIDES], const struct chart_scale *chart, const struct chart_scale_row *row)
{
    for (size_t side = 0; side < SIDES; side++) {
        sums[side] = 0;
    }
    for (size_t i = 0; i < chart->answer_count; i++) {
        sums[chart->answers[i].side] += row->parts[i].share;
    }
}

/* The widest row to the left, to the right and apart together take the whole width. */
static struct spread spread_of(const struct chart_scale *chart)
{
    double left = 0, right = 0, apart = 0;
    for (size_t i = 0; i < chart->row_count; i++) {
        double sums[SIDES];
        if (chart->rows[i].mark == CHART_SHOWN) {
            sum_sides(sums, chart, &chart->rows[i]);
            left = fmax(left, sums[CHART_AGAINST] + sums[CHART_NEUTRAL] / 2);
            right = fmax(right, sums[CHART_FOR] + sums[CHART_NEUTRAL] / 2);
            apart = fmax(apart, sums[CHART_APART]);
        }
    }
    if (left + right + apart <= 0) { /* every row is withheld */
        return (struct spread){1, 50, 100};
    }
    double gap = apart > 0 ? APART_GAP : 0;
    double scale = (100 - gap) / (left + right + apart);
    return (struct spread){scale, left * scale, 100 - apart * scale};
}

/* The look of an answer, by side and distance from the middle: the outermost is always the strongest, so that
 * two to a side are told apart best. Looks are classes zs-chart__part-<name>. */
static const char *look_of(const struct chart_scale *chart, size_t answer)
{
    static const char *const against[] = {"a1", "a2", "a3"};
    static const char *const in_favour[] = {"f1", "f2", "f3"};
    size_t counts[SIDES] = {0};
    count_sides(counts, chart);
    enum chart_side side = chart->answers[answer].side;
    if (side == CHART_NEUTRAL || side == CHART_APART) {
        return side == CHART_NEUTRAL ? "n" : "apart";
    }
    size_t first_for = counts[CHART_AGAINST] + counts[CHART_NEUTRAL];
    size_t steps = side == CHART_AGAINST ? counts[CHART_AGAINST] - answer : answer - first_for + 1;
    size_t level = steps == counts[side] ? CHART_LEVELS_MAX : steps;
    return side == CHART_AGAINST ? against[level - 1] : in_favour[level - 1];
}

static void draw_parts(struct buffer *out, const struct chart_scale *chart, const struct chart_scale_row *row,
                       struct spread spread)
{
    double sums[SIDES];
    sum_sides(sums, chart, row);
    double at = spread.centre - (sums[CHART_AGAINST] + sums[CHART_NEUTRAL] / 2) * spread.scale;
    for (size_t i = 0; i < chart->answer_count; i++) {
        const char *look = look_of(chart, i);
        double width = row->parts[i].share * spread.scale;
        double x = chart->answers[i].side == CHART_APART ? spread.apart : at;
        if (width > 0) {
            chart_part(out, chart->head.id, look, x, width);
            chart_part_text(out, look, row->parts[i].text, x, width);
        }
        at += width;
    }
}

static void put_vertical(struct buffer *out, double x)
{
    chart_put(out, "<line y1=\"-12%\" y2=\"112%\"");
    chart_at(out, "x1", x);
    chart_at(out, "x2", x);
    chart_put(out, "/>");
}

static void draw_row(struct buffer *out, const struct chart_scale *chart, const struct chart_scale_row *row,
                     struct spread spread)
{
    chart_put(out, "<div class=\"zs-chart__row zs-chart__row--scale\">");
    chart_span(out, "label", row->label);
    chart_span(out, "value", row->text);
    chart_put(out, "<svg class=\"zs-chart__plot zs-chart__plot--scale\">");
    if (row->mark == CHART_WITHHELD) {
        chart_middle(out, 50);
        chart_withheld(out, chart->head.id);
        chart_put(out, "</svg>");
    } else {
        /* Under the parts, seen above and below them: a number in the neutral part stays readable. */
        chart_put(out, "<g class=\"zs-chart__centre\">");
        put_vertical(out, spread.centre);
        if (spread.apart < 100) {
            put_vertical(out, spread.apart);
        }
        chart_put(out, "</g>");
        draw_parts(out, chart, row, spread);
    }
    chart_put(out, "</svg></div>");
}

static void put_keys(struct buffer *out, const struct chart_scale *chart)
{
    chart_put(out, "<div class=\"zs-chart__keys\">");
    for (size_t i = 0; i < chart->answer_count; i++) {
        chart_put(out, "<span class=\"zs-chart__item\"><svg class=\"zs-chart__key\">");
        chart_part(out, chart->head.id, look_of(chart, i), 0, 100);
        chart_put(out, "</svg>");
        chart_span(out, "words", chart->answers[i].label);
        chart_put(out, "</span>");
    }
    chart_put(out, "</div>");
}

bool chart_draw_scale(struct buffer *out, const struct chart_scale *chart)
{
    if (!scale_ok(chart)) {
        return false;
    }
    struct spread spread = spread_of(chart);
    chart_begin(out, &chart->head);
    chart_patterns_begin(out);
    chart_pattern(out, chart->head.id, "w");
    for (size_t i = 0; i < chart->answer_count; i++) {
        if (chart_part_has_pattern(look_of(chart, i))) {
            chart_pattern(out, chart->head.id, look_of(chart, i));
        }
    }
    chart_patterns_end(out);
    put_keys(out, chart);
    for (size_t i = 0; i < chart->row_count; i++) {
        draw_row(out, chart, &chart->rows[i], spread);
    }
    chart_end(out);
    return !buffer_failed(out);
}
