/* What the kinds of charts share. Only for src/web/chart_*.c. */
#ifndef ZEVENSTEM_WEB_CHART_INTERNAL_H
#define ZEVENSTEM_WEB_CHART_INTERNAL_H

#include "web/chart.h"

/* ---- chart_rules.c: what is refused ---- */
bool chart_head_ok(const struct chart_head *head);
/* May be empty. */
bool chart_text_ok(struct slice text);
bool chart_label_ok(struct slice text); /* not empty */
/* Of at most CHART_SHORT_MAX code points; may be empty. */
bool chart_short_ok(struct slice text);
bool chart_share_ok(double share);
/* Within an axis that ends at axis_max, where that is not 0. */
bool chart_figure_ok(const struct chart_figure *figure, double axis_max);

/* ---- chart_layout.c: where things come ---- */
/* The right end of what is drawn for it; 0 when withheld. */
double chart_figure_end(const struct chart_figure *figure);
/* Where the axis ends: what the head says, or the first step that holds `largest`. */
double chart_axis_end(const struct chart_head *head, double largest);
/* How wide a text is at most, in CSS px at letters of 16 px. A guess on the safe side for digits and mixed
 * text in the fonts of the theme: only what must not meet a neighbour in a drawing is measured by it. */
double chart_text_width(struct slice text);
struct chart_place {
    struct slice text;  /* empty: has no place */
    double at;          /* percentage of the width */
    const char *anchor; /* of SVG's text-anchor */
};
/* Keeps the last text, then from the first on each that meets neither the one kept before it nor the last;
 * the others become empty. A text is centred on its place, or kept within the ends of a drawing `width` px
 * wide. */
void chart_fit(struct chart_place *places, size_t count, double width);

/* ---- chart_frame.c: pieces of markup ---- */
/* Widths of a drawing in CSS px: in a window of 320 less the page's own edges, and at least on broad screens
 * (44rem, where charts.css changes over). */
enum { CHART_NARROW = 288, CHART_BROAD = 600 };

void chart_put(struct buffer *out, const char *markup);
void chart_text(struct buffer *out, struct slice text); /* escaped */
/* At most two decimals, no more than needed, a point before them. */
void chart_number(struct buffer *out, double number);
/* ` name="12.5%"` */
void chart_at(struct buffer *out, const char *name, double percentage);
/* A span of class zs-chart__<name> with the text escaped; nothing for an empty one. */
void chart_span(struct buffer *out, const char *name, struct slice text);
/* From <figure> to within the block; chart_end closes both. */
void chart_begin(struct buffer *out, const struct chart_head *head);
void chart_end(struct buffer *out);

/* Patterns, by name: fill="url(#<id>-<name>)". w: withheld; a1..a3 and f2: answers against and for, by
 * strength; n: neutral. */
void chart_patterns_begin(struct buffer *out);
void chart_pattern(struct buffer *out, struct slice id, const char *name);
void chart_patterns_end(struct buffer *out);
/* ` fill="url(#<id>-<name>)"` */
void chart_fill(struct buffer *out, struct slice id, const char *name);

/* A part of a bar, as high as its drawing; place and width in percent. Its look is zs-chart__part-<look>:
 * that of a pattern, else f1, f3 or apart. */
bool chart_part_has_pattern(const char *look);
void chart_part(struct buffer *out, struct slice id, const char *look, double x, double width);
/* The number in it: always where it fits at the narrowest, else on broad screens where it fits there. */
void chart_part_text(struct buffer *out, const char *look, struct slice text, double x, double width);

/* Lines at the begin, middle and end of an axis along the width, and the row with their numbers. */
void chart_grid(struct buffer *out);
void chart_axis(struct buffer *out, double axis_end, struct slice unit);
/* Opens a drawing within the drawing whose height 0 lies at `y` percent: what is in it has heights in
 * letters, so that it keeps its own however high the row is. Closed by "</svg>". */
void chart_middle(struct buffer *out, double y);
/* In it: a hatched place over the whole width; an interval with a cap at each end. */
void chart_withheld(struct buffer *out, struct slice id);
void chart_whisker(struct buffer *out, double low, double high);

#endif
