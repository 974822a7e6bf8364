/* Which chart shows the figures of a panel, and its drawing. */
#include "features/results/results_web_panel.h"
#include "features/results/results_words.h"
#include "web/chart.h"

#include <math.h>
#include <string.h>

enum { CHART_BYTES_MAX = 1024 * 1024, SCALE_ANSWERS_MAX = 2 * CHART_LEVELS_MAX + 2 };
/* Per cent of a row of parts: what all that is shown may sum to, and how much of it may be hidden. */
enum { SUM_MIN = 60, SUM_MAX = 130, HIDDEN_MAX = 10 };

static struct slice text_of(const char *text)
{
    return slice_from_cstr(text ? text : "");
}

static double within(double share)
{
    return fmin(fmax(share, 0), 100);
}

/* ---- bars and dots ---- */

static struct chart_figure chart_figure(const struct panel_maker *m, const struct figure *share)
{
    struct chart_figure out = {.mark = CHART_WITHHELD, .text = text_of(panel_share_text(m, share))};
    if (share->mark == FIGURE_SHOWN) {
        out.mark = CHART_SHOWN;
        out.value = within(share->value);
        out.has_interval = share->interval;
        /* A limit may lie past the interval of what it limits. */
        out.low = share->interval ? fmin(within(share->low), out.value) : 0;
        out.high = share->interval ? fmax(within(share->high), out.value) : 0;
    }
    return out;
}

static struct chart_head head_of(const struct panel_maker *m, const struct panel *panel, const char *message,
                                 const char *note)
{
    return (struct chart_head){.id = text_of(panel->id),
                               .title = text_of(message),
                               .note = text_of(PANEL_TEXT(m, note)),
                               .unit = m->language == 0 ? SLICE(" %") : SLICE("%")};
}

static bool draw_answers(struct buffer *out, const struct panel_maker *m, const struct panel *panel,
                         const char *message)
{
    const struct figures *figures = panel->rows[0].figures;
    struct chart_bar *bars = arena_array(m->arena, figures->answer_count, sizeof *bars);
    const size_t *order = panel_order(m, figures);
    size_t count = 0;
    for (size_t i = 0; i < figures->answer_count && count < CHART_ROWS_MAX; i++) {
        const struct figures_answer *answer = &figures->answers[order[i]];
        if (answer->in_base) {
            bars[count++] = (struct chart_bar){text_of(panel_answer_label(answer, m->language)),
                                               chart_figure(m, &panel->rows[0].line->cells[order[i]].share)};
        }
    }
    const struct chart_bars chart = {head_of(m, panel, message, "results.whisker"), bars, count};
    return chart_draw_bars(out, &chart);
}

static const struct figure *share_of(const struct panel *panel, const struct panel_row *row)
{
    static const struct figure none = {.mark = FIGURE_NONE};
    const size_t answer = panel_find_answer(row->figures, panel->answer);
    return answer < row->figures->answer_count ? &row->line->cells[answer].share : &none;
}

static bool draw_options(struct buffer *out, const struct panel_maker *m, const struct panel *panel,
                         const char *message)
{
    struct chart_bar *bars = arena_array(m->arena, panel->row_count, sizeof *bars);
    for (size_t r = 0; r < panel->row_count; r++) {
        bars[r] = (struct chart_bar){text_of(panel->rows[r].label),
                                     chart_figure(m, share_of(panel, &panel->rows[r]))};
    }
    const struct chart_bars chart = {head_of(m, panel, message, "results.whisker"), bars, panel->row_count};
    return chart_draw_bars(out, &chart);
}

static bool draw_groups(struct buffer *out, const struct panel_maker *m, const struct panel *panel,
                        const char *message)
{
    struct chart_dot_row *rows = arena_array(m->arena, panel->row_count, sizeof *rows);
    const struct figure *everybody = share_of(panel, panel->all);
    for (size_t r = 0; r < panel->row_count; r++) {
        rows[r] = (struct chart_dot_row){text_of(panel->rows[r].label),
                                         {chart_figure(m, share_of(panel, &panel->rows[r]))}};
    }
    struct chart_dots chart = {.head = head_of(m, panel, message, "results.whisker"),
                               .rows = rows,
                               .row_count = panel->row_count,
                               .series_count = 1};
    if (everybody->mark == FIGURE_SHOWN) {
        chart.has_reference = true;
        chart.reference = within(everybody->value);
        chart.reference_text =
            locale_format(m->arena, m->locales, panel_languages[m->language],
                          panel_is_filtered(panel->all->figures) ? "results.these" : "results.everybody",
                          "share", panel_share_text(m, everybody), (const char *)NULL);
    }
    return chart_draw_dots(out, &chart);
}

/* ---- diverging bars ---- */

struct scale {
    struct chart_answer answers[SCALE_ANSWERS_MAX];
    size_t place[SCALE_ANSWERS_MAX]; /* of each in the figures */
    size_t count;
};

static enum chart_side side_of(double score, size_t points)
{
    const double middle = ((double)points + 1) / 2;
    return score < middle ? CHART_AGAINST : score > middle ? CHART_FOR : CHART_NEUTRAL;
}

/* From the lowest score to the highest, and "weet ik niet" apart. False when the scale has too many points,
 * or too few. */
static bool read_scale(struct scale *scale, const struct panel_maker *m, const struct figures *figures)
{
    size_t points = 0, apart = figures->answer_count;
    for (size_t i = 0; i < figures->answer_count; i++) {
        points += figures->answers[i].in_base && figures->answers[i].has_score;
        if (figures->answers[i].in_base && !figures->answers[i].has_score) {
            apart = i;
        }
    }
    *scale = (struct scale){.count = points};
    if (!figures->scale || points < 3 || points > 2 * CHART_LEVELS_MAX + 1) {
        return false;
    }
    for (size_t i = 0; i < figures->answer_count; i++) {
        const struct figures_answer *answer = &figures->answers[i];
        const size_t at = (size_t)answer->score - 1;
        if (answer->in_base && answer->has_score) {
            if (answer->score < 1 || at >= points) {
                return false;
            }
            scale->place[at] = i;
            scale->answers[at] = (struct chart_answer){side_of(answer->score, points),
                                                       text_of(panel_answer_label(answer, m->language))};
        }
    }
    if (apart < figures->answer_count) {
        scale->place[points] = apart;
        scale->answers[points] = (struct chart_answer){
            CHART_APART, text_of(panel_answer_label(&figures->answers[apart], m->language))};
        scale->count++;
    }
    return true;
}

/* Where the parts of a row end. Answers of too few people get what the others leave of 100, each as much, as
 * long as that is HIDDEN_MAX at most: it is no number that is shown, only where the next part begins. All
 * together are drawn as 100, whatever the noise made of them. False where too little is known for a bar. */
static bool read_parts(struct chart_part *parts, const struct panel_maker *m, const struct scale *scale,
                       const struct figures_line *line)
{
    double sum = 0;
    size_t hidden = 0;
    for (size_t i = 0; i < scale->count; i++) {
        const struct figure *share = &line->cells[scale->place[i]].share;
        if (share->mark == FIGURE_FEWER) {
            hidden++;
        } else if (share->mark != FIGURE_SHOWN) {
            return false;
        } else {
            sum += within(share->value);
        }
    }
    if (sum < SUM_MIN || sum > SUM_MAX || (hidden > 0 && sum < 100 - HIDDEN_MAX)) {
        return false;
    }
    const double left = hidden > 0 ? fmax(0, 100 - sum) : 0;
    for (size_t i = 0; i < scale->count; i++) {
        const struct figure *share = &line->cells[scale->place[i]].share;
        const bool shown = share->mark == FIGURE_SHOWN;
        parts[i].share = 100 * (shown ? within(share->value) : left / (double)hidden) / (sum + left);
        parts[i].text = shown && !share->limited
                            ? figures_number_text(m->arena, share->value, share->digits, m->language)
                            : SLICE("");
    }
    return true;
}

/* Of who has an opinion. Where the bars are of who has none as well, the text says so. */
static const char *top_two_text(const struct panel_maker *m, const struct scale *scale, size_t points,
                                const struct figures_line *line)
{
    const struct figure *top = &line->measures[FIGURES_TOP_TWO];
    if (top->mark != FIGURE_SHOWN || points < 4) {
        return NULL;
    }
    return locale_format(m->arena, m->locales, panel_languages[m->language],
                         points < scale->count ? "results.top_two_knowing" : "results.top_two", "first",
                         scale->answers[points - 1].label.ptr, "second", scale->answers[points - 2].label.ptr,
                         "share", panel_share_text(m, top), (const char *)NULL)
        .ptr;
}

static size_t points_of(const struct scale *scale)
{
    return scale->answers[scale->count - 1].side == CHART_APART ? scale->count - 1 : scale->count;
}

/* Groups of whom nothing can be drawn are left out: everybody alone. */
static bool draw_scale(struct buffer *out, const struct panel_maker *m, const struct panel *panel,
                       const struct scale *scale, const char *message)
{
    const bool alone = panel->row_count == 1 && !panel->all;
    const size_t groups = panel_hides_groups(m, panel) ? 0 : panel->row_count;
    const size_t count = groups + (panel->all ? 1 : 0);
    struct chart_scale_row *rows = arena_array(m->arena, count, sizeof *rows);
    for (size_t r = 0; r < count; r++) {
        const struct panel_row *row =
            panel->all ? (r == 0 ? panel->all : &panel->rows[r - 1]) : &panel->rows[r];
        struct chart_part *parts = arena_array(m->arena, scale->count, sizeof *parts);
        rows[r].label = text_of(row->label && !alone ? row->label : panel_all_label(m, row->figures));
        if (read_parts(parts, m, scale, row->line)) {
            rows[r].parts = parts;
            rows[r].text = text_of(top_two_text(m, scale, points_of(scale), row->line));
        } else {
            rows[r].mark = CHART_WITHHELD;
            rows[r].text = text_of(PANEL_TEXT(m, "results.row_withheld"));
        }
    }
    const struct chart_scale chart = {head_of(m, panel, message, "results.in_percent"), scale->answers,
                                      scale->count, rows, count};
    return chart_draw_scale(out, &chart);
}

/* ---- trends ---- */

enum { TREND_ANSWERS_MAX = 6 };

/* The answers that are followed, as people read them; at most so many. */
static size_t followed(size_t *answers, const struct panel_maker *m, const struct panel *panel)
{
    const struct figures *figures = panel->rows[panel->row_count - 1].figures;
    const size_t *order = panel_order(m, figures);
    size_t count = 0;
    for (size_t i = 0; i < figures->answer_count && count < TREND_ANSWERS_MAX; i++) {
        const bool meant = !panel->answer || panel_find_answer(figures, panel->answer) == order[i];
        if (figures->answers[order[i]].in_base && meant) {
            answers[count++] = order[i];
        }
    }
    return count;
}

/* Rounds have the same answers, and may list them in another order. */
static const struct figure *same_answer(const struct panel_row *row, const char *name)
{
    static const struct figure none = {.mark = FIGURE_NONE};
    const size_t place = panel_find_answer(row->figures, name);
    return place < row->figures->answer_count ? &row->line->cells[place].share : &none;
}

static bool draw_trends(struct buffer *out, const struct panel_maker *m, const struct panel *panel,
                        const char *message)
{
    const struct figures *last = panel->rows[panel->row_count - 1].figures;
    size_t *answers = arena_array(m->arena, last->answer_count, sizeof *answers);
    struct chart_round *rounds = arena_array(m->arena, panel->row_count, sizeof *rounds);
    const size_t count = followed(answers, m, panel);
    struct chart_trend *trends = arena_array(m->arena, count, sizeof *trends);
    for (size_t r = 0; r < panel->row_count; r++) {
        rounds[r] = (struct chart_round){text_of(panel->rows[r].moment), panel->rows[r].at};
    }
    for (size_t t = 0; t < count; t++) {
        const struct figures_answer *answer = &last->answers[answers[t]];
        struct chart_figure *figures = arena_array(m->arena, panel->row_count, sizeof *figures);
        for (size_t r = 0; r < panel->row_count; r++) {
            figures[r] = chart_figure(m, same_answer(&panel->rows[r], answer->name));
            if (figures[r].mark == CHART_SHOWN && panel->rows[r].line->cells[answers[t]].share.limited) {
                figures[r].text = SLICE(""); /* too long for its place; the table has it */
            }
        }
        trends[t] = (struct chart_trend){text_of(panel_answer_label(answer, m->language)), figures};
    }
    const struct chart_trends chart = {head_of(m, panel, message, "results.band"), rounds, panel->row_count,
                                       trends, count};
    return chart_draw_trends(out, &chart);
}

/* ---- the whole ---- */

/* Whether something of the row has a place in the chart that the panel gets. */
static bool is_drawn(const struct panel_maker *m, const struct panel *panel, const struct scale *scale,
                     const struct panel_row *row)
{
    if (panel->answer) {
        return share_of(panel, row)->mark == FIGURE_SHOWN;
    }
    struct chart_part *parts = arena_array(m->arena, scale->count, sizeof *parts);
    return read_parts(parts, m, scale, row->line);
}

bool panel_hides_groups(const struct panel_maker *m, const struct panel *panel)
{
    struct scale scale = {.count = 0};
    if (!panel->all || panel->row_count > CHART_ROWS_MAX - 1 || !panel->rows[0].figures->query.shares ||
        (!panel->answer && !read_scale(&scale, m, panel->rows[0].figures))) {
        return false;
    }
    for (size_t r = 0; r < panel->row_count; r++) {
        if (is_drawn(m, panel, &scale, &panel->rows[r])) {
            return false;
        }
    }
    return true;
}

static bool draw(struct buffer *out, const struct panel_maker *m, const struct panel *panel,
                 const char *message)
{
    struct scale scale;
    if (panel->row_count > CHART_ROWS_MAX - 1) {
        return false;
    }
    if (panel->rows[0].figures->answer_count == 0 || !panel->rows[0].figures->query.shares) {
        return false;
    }
    if (panel->over_time) {
        return draw_trends(out, m, panel, message);
    }
    if (panel->answer && panel_hides_groups(m, panel)) {
        return false;
    }
    if (panel->answer) {
        return panel->all ? draw_groups(out, m, panel, message) : draw_options(out, m, panel, message);
    }
    if (read_scale(&scale, m, panel->rows[0].figures)) {
        return draw_scale(out, m, panel, &scale, message);
    }
    return panel->row_count == 1 && !panel->all && draw_answers(out, m, panel, message);
}

struct slice panel_chart(const struct panel_maker *m, const struct panel *panel, const char *message)
{
    struct buffer out;
    struct slice html = {NULL, 0};
    buffer_init(&out, CHART_BYTES_MAX);
    if (draw(&out, m, panel, message) && !buffer_failed(&out)) {
        html = arena_copy(m->arena, buffer_slice(&out));
    }
    buffer_free(&out);
    return html;
}
