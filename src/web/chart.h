/* Charts of shares, drawn on the server, for a page that has the same figures in a table beside them.
 *
 * What comes out is a piece of HTML: <figure> with the message as its caption, and under it one block with
 * role="img" that the caption names; readers of the screen hear the message and take the figures from the
 * table. Within the block marks are inline SVG and words are HTML.
 *
 * Why not one <svg> with a viewBox: it shrinks its letters with it, so that what reads well at 1280 px is 6
 * px high at 320, and it cannot wrap a label, so that the server would have to guess at the width of a font
 * that it does not know. Here no SVG has a viewBox that scales letters: places along the axis are percentages
 * of the drawing's width, heights are the style sheet's, letters are the page's own (they grow with the
 * reader's setting), and labels are wrapped by the browser, above the mark on a phone and beside it where
 * there is room. The window decides what is room: a chart stands in the page's whole column. Marks are SVG
 * and not backgrounds of boxes since printers leave backgrounds out and a strict content policy forbids a
 * width in a style attribute.
 *
 * There is no style attribute and no script: all looks are classes of config/theme/charts.css. Nothing is
 * told by colour alone (WCAG 1.4.1): answers have their own pattern, border and place, series their own
 * shape.
 *
 * Shares and interval ends are percentages, 0 to 100. Numbers in words are the caller's, who rounds and
 * writes them as the language wants and as disclosure control allows: `text` is shown as it is. Texts are
 * UTF-8 without control characters, at most CHART_TEXT_MAX bytes, and are escaped here. The same input gives
 * the same bytes.
 *
 * Every function appends to out and returns true, or appends nothing and returns false where the input breaks
 * a rule written here (too many, out of range, an interval that does not hold its value, a bad id); false too
 * when out is full. */
#ifndef ZEVENSTEM_WEB_CHART_H
#define ZEVENSTEM_WEB_CHART_H

#include "base/buffer.h"
#include "base/slice.h"

enum {
    CHART_ID_MAX = 40,     /* bytes */
    CHART_TEXT_MAX = 2000, /* bytes of any text */
    CHART_SHORT_MAX = 20,  /* code points of a text that stands within a drawing */
    CHART_ROWS_MAX = 60,   /* bars, groups */
    CHART_LEVELS_MAX = 3,  /* answers to one side of a scale */
    CHART_SERIES_MAX = 2,  /* in a dot plot */
    CHART_ROUNDS_MAX = 40, /* in a trend */
    CHART_TRENDS_MAX = 12, /* shares followed in one trend chart */
    CHART_STAGES_MAX = 12  /* in a flow */
};

struct chart_head {
    struct slice id;    /* unique in the page: a letter, then letters, digits, - and _ */
    struct slice title; /* the message, as a sentence */
    struct slice note;  /* who answered, how many, what the whiskers are; may be empty */
    struct slice unit;  /* behind the highest number of the axis: " %" */
    /* Where the axis ends; the caller sets it to compare charts. 0: the first of 10, 20, 40, 60, 80 and 100
     * that holds every value and interval. An axis begins at 0. */
    double axis_max;
};

enum chart_mark {
    CHART_SHOWN,
    CHART_WITHHELD /* no figure: a hatched place; text says why ("minder dan 15 mensen", "andere vraag") */
};

struct chart_figure {
    enum chart_mark mark;
    double value;      /* this and below are not looked at when withheld */
    bool has_interval; /* low <= value <= high */
    double low;
    double high;
    struct slice text;
};

/* ---- bars: the share of each answer ---- */
struct chart_bar {
    struct slice label;
    struct chart_figure figure;
};
struct chart_bars {
    struct chart_head head;
    const struct chart_bar *bars;
    size_t bar_count;
};
/* A bar from 0 and a whisker from low to high. */
bool chart_draw_bars(struct buffer *out, const struct chart_bars *chart);

/* ---- dots: the share of one answer by group ---- */
struct chart_dot_row {
    struct slice label;
    struct chart_figure figures[CHART_SERIES_MAX];
};
struct chart_dots {
    struct chart_head head;
    const struct chart_dot_row *rows;
    size_t row_count;
    size_t series_count;                   /* 1, or 2: a filled circle, and an open diamond under it */
    struct slice series[CHART_SERIES_MAX]; /* names for the key; not shown when there is one */
    bool has_reference;                    /* a dashed line through all rows, named in the key */
    double reference;
    struct slice reference_text;
};
bool chart_draw_dots(struct buffer *out, const struct chart_dots *chart);

/* ---- scale: diverging bars, after Heiberger and Robbins, "Design of Diverging Stacked Bar Charts for Likert
 * Scales and Other Applications", Journal of Statistical Software 57(5), 2014 ----
 * Answers against lie left of a centre line, answers for right of it. Their design splits the neutral answer
 * over the centre, half to each side, and this one does: rows keep their whole, and the balance of a row is
 * where it hangs. (To lay the neutral aside instead makes each side comparable by length alone; here the sums
 * of both sides are what `text` should say.) Who has no place on the scale ("weet ik niet") is set apart at
 * the right edge, from a line of its own. All rows have one scale. A number stands in its part where it fits.
 */
enum chart_side { CHART_AGAINST, CHART_NEUTRAL, CHART_FOR, CHART_APART };
struct chart_answer {
    enum chart_side side;
    struct slice label;
};
struct chart_part {
    double share;
    struct slice text; /* short, stands within the part: "23" */
};
struct chart_scale_row {
    struct slice label;
    struct slice text;    /* the sums: "34 % onaanvaardbaar, 46 % aanvaardbaar"; may be empty */
    enum chart_mark mark; /* withheld: the whole row, since parts that add up betray a missing one */
    const struct chart_part
        *parts; /* as many as there are answers; together 98 to 102, for rounding and noise */
};
struct chart_scale {
    struct chart_head head; /* unit and axis_max are not used: the numbers stand in the parts */
    /* In the order of the questionnaire turned so that against comes first: 1 to 3 against (strongest first),
     * at most one neutral, 1 to 3 for (strongest last), at most one apart. */
    const struct chart_answer *answers;
    size_t answer_count;
    const struct chart_scale_row *rows;
    size_t row_count;
};
bool chart_draw_scale(struct buffer *out, const struct chart_scale *chart);

/* ---- trend: shares by round, a line with the band of its interval ----
 * Each share has a panel of its own with its name above it and the same axis: bands that lie over each other
 * cannot be told apart in black and white, and no legend is needed. The line is broken at a withheld figure,
 * which is for what may not be compared too; its text stands under the panel. First and last values are
 * written in the panel, and others, and names of rounds, where they do not meet a neighbour. */
struct chart_round {
    struct slice label; /* short: "mei 2026" */
    double at;          /* place in time in any unit, rising */
};
struct chart_trend {
    struct slice label;
    const struct chart_figure *figures; /* as many as there are rounds; texts short, but for withheld ones */
};
struct chart_trends {
    struct chart_head head;
    const struct chart_round *rounds;
    size_t round_count;
    const struct chart_trend *trends;
    size_t trend_count;
};
bool chart_draw_trends(struct buffer *out, const struct chart_trends *chart);

/* ---- flow: how far things came through stages that follow each other ----
 * A row a stage, all from the same edge and on one scale, on which everything that began is the whole width:
 * what came to the stage, in three parts. Those that went on come first, so that each row stands under where
 * it came from; then those that are there now, and those that ended there. */
enum chart_flow_part { CHART_WENT_ON, CHART_IS_HERE, CHART_ENDED, CHART_FLOW_PARTS };
struct chart_stage {
    struct slice label;
    struct slice text; /* how many came to it; may be empty */
    /* In percent of all that began. No stage has more than went on from the one before it. */
    struct chart_part parts[CHART_FLOW_PARTS];
};
struct chart_flow {
    struct chart_head head;              /* unit and axis_max are not used */
    struct slice keys[CHART_FLOW_PARTS]; /* what the parts are called */
    const struct chart_stage *stages;
    size_t stage_count;
};
bool chart_draw_flow(struct buffer *out, const struct chart_flow *chart);

#endif
