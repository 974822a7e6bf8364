#include "web/chart_internal.h"
#include "web/web.h"

#include <math.h>
#include <string.h>

void chart_put(struct buffer *out, const char *markup)
{
    buffer_append_cstr(out, markup);
}

void chart_text(struct buffer *out, struct slice text)
{
    web_escape(out, text);
}

void chart_number(struct buffer *out, double number)
{
    long hundredths = lround(number * 100);
    if (hundredths < 0) {
        buffer_append_byte(out, '-');
        hundredths = -hundredths;
    }
    buffer_printf(out, "%ld", hundredths / 100);
    if (hundredths % 10 != 0) {
        buffer_printf(out, ".%02ld", hundredths % 100);
    } else if (hundredths % 100 != 0) {
        buffer_printf(out, ".%ld", hundredths % 100 / 10);
    }
}

void chart_at(struct buffer *out, const char *name, double percentage)
{
    buffer_printf(out, " %s=\"", name);
    chart_number(out, percentage);
    chart_put(out, "%\"");
}

void chart_span(struct buffer *out, const char *name, struct slice text)
{
    if (text.len > 0) {
        buffer_printf(out, "<span class=\"zs-chart__%s\">", name);
        chart_text(out, text);
        chart_put(out, "</span>");
    }
}

static void put_named_text(struct buffer *out, struct slice id, const char *name, struct slice text)
{
    buffer_printf(out, "<span class=\"zs-chart__%s\" id=\"%.*s-%s\">", name, SLICE_ARG(id), name);
    chart_text(out, text);
    chart_put(out, "</span>");
}

void chart_begin(struct buffer *out, const struct chart_head *head)
{
    chart_put(out, "<figure class=\"zs-chart\"><figcaption class=\"zs-chart__caption\">");
    put_named_text(out, head->id, "title", head->title);
    if (head->note.len > 0) {
        put_named_text(out, head->id, "note", head->note);
    }
    buffer_printf(out, "</figcaption><div role=\"img\" aria-labelledby=\"%.*s-title", SLICE_ARG(head->id));
    if (head->note.len > 0) {
        buffer_printf(out, " %.*s-note", SLICE_ARG(head->id));
    }
    /* role="img" alone hides what is in it in most browsers, not in all. */
    chart_put(out, "\"><div aria-hidden=\"true\">");
}

void chart_end(struct buffer *out)
{
    chart_put(out, "</div></div></figure>\n");
}

/* One tile each, in CSS px. Lines run down the tile and the tile is turned, so that no seam shows. */
static const struct tile {
    const char *name;
    int side;
    int turned;       /* degrees */
    const char *path; /* what is drawn over the ground */
} tiles[] = {
    {"w", 8, 45, "M0 0v8"},   {"a1", 14, -45, "M0 0v14"}, {"a2", 7, -45, "M0 0v7"},
    {"a3", 5, -45, "M0 0v5"}, {"n", 8, 0, "M4 3v2"},      {"f2", 8, 0, "M0 4h8"},
};

void chart_patterns_begin(struct buffer *out)
{
    chart_put(out, "<svg class=\"zs-chart__patterns\" width=\"0\" height=\"0\"><defs>");
}

void chart_patterns_end(struct buffer *out)
{
    chart_put(out, "</defs></svg>");
}

void chart_pattern(struct buffer *out, struct slice id, const char *name)
{
    for (size_t i = 0; i < sizeof(tiles) / sizeof(tiles[0]); i++) {
        const struct tile *tile = &tiles[i];
        if (strcmp(tile->name, name) == 0) {
            buffer_printf(
                out,
                "<pattern id=\"%.*s-%s\" width=\"%d\" height=\"%d\" patternUnits=\"userSpaceOnUse\" "
                "patternTransform=\"rotate(%d)\"><rect class=\"zs-chart__ground-%s\" width=\"%d\" "
                "height=\"%d\"/><path class=\"zs-chart__lines-%s\" d=\"%s\"/></pattern>",
                SLICE_ARG(id), name, tile->side, tile->side, tile->turned, name, tile->side, tile->side, name,
                tile->path);
        }
    }
}

void chart_fill(struct buffer *out, struct slice id, const char *name)
{
    buffer_printf(out, " fill=\"url(#%.*s-%s)\"", SLICE_ARG(id), name);
}

bool chart_part_has_pattern(const char *look)
{
    return look[0] == 'n' || (look[0] == 'a' && look[1] != 'p') || (look[0] == 'f' && look[1] == '2');
}

void chart_part(struct buffer *out, struct slice id, const char *look, double x, double width)
{
    buffer_printf(out, "<rect class=\"zs-chart__part-%s\" height=\"100%%\"", look);
    chart_at(out, "x", x);
    chart_at(out, "width", width);
    if (chart_part_has_pattern(look)) {
        chart_fill(out, id, look);
    }
    chart_put(out, "/>");
}

void chart_part_text(struct buffer *out, const char *look, struct slice text, double x, double width)
{
    static const double edge = 4; /* px beside the number, both sides together */
    const double needs = chart_text_width(text) + edge;
    if (text.len == 0 || needs > width * CHART_BROAD / 100) {
        return;
    }
    const char *only = needs > width * CHART_NARROW / 100 ? " zs-chart__broad" : "";
    buffer_printf(
        out,
        "<text class=\"zs-chart__in-%s%s\" y=\"50%%\" text-anchor=\"middle\" dominant-baseline=\"central\"",
        look, only);
    chart_at(out, "x", x + width / 2);
    chart_put(out, ">");
    chart_text(out, text);
    chart_put(out, "</text>");
}

void chart_grid(struct buffer *out)
{
    chart_put(out, "<g class=\"zs-chart__grid\"><line y2=\"100%\"/><line x1=\"50%\" x2=\"50%\" y2=\"100%\"/>"
                   "<line x1=\"100%\" x2=\"100%\" y2=\"100%\"/></g>");
}

void chart_axis(struct buffer *out, double axis_end, struct slice unit)
{
    chart_put(out, "<div class=\"zs-chart__row\"><svg class=\"zs-chart__plot zs-chart__axis\"><text "
                   "y=\"1em\">0</text><text x=\"50%\" y=\"1em\" text-anchor=\"middle\">");
    chart_number(out, axis_end / 2);
    chart_put(out, "</text><text x=\"100%\" y=\"1em\" text-anchor=\"end\">");
    chart_number(out, axis_end);
    chart_text(out, unit);
    chart_put(out, "</text></svg></div>");
}

void chart_middle(struct buffer *out, double y)
{
    chart_put(out, "<svg overflow=\"visible\"");
    chart_at(out, "y", y);
    chart_put(out, ">");
}

void chart_withheld(struct buffer *out, struct slice id)
{
    chart_put(out, "<rect class=\"zs-chart__withheld\" y=\"-.5em\" width=\"100%\" height=\"1em\"");
    chart_fill(out, id, "w");
    chart_put(out, "/>");
}

static void put_line(struct buffer *out, double x1, double x2, const char *ends)
{
    buffer_printf(out, "<line%s", ends);
    chart_at(out, "x1", x1);
    chart_at(out, "x2", x2);
    chart_put(out, "/>");
}

void chart_whisker(struct buffer *out, double low, double high)
{
    /* First broad in the ground's colour, so that it is seen on a dark bar as on white. */
    static const char *const layers[] = {"halo", "whisker"};
    static const char cap[] = " y1=\"-.3em\" y2=\".3em\"";
    for (size_t i = 0; i < 2; i++) {
        buffer_printf(out, "<g class=\"zs-chart__%s\">", layers[i]);
        put_line(out, low, high, "");
        put_line(out, low, low, cap);
        put_line(out, high, high, cap);
        chart_put(out, "</g>");
    }
}
