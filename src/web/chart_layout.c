#include "base/utf8.h"
#include "web/chart_internal.h"

/* Digits are 0.57 em wide in Noto Sans and 0.64 in DejaVu Sans; small letters less. */
static const double GLYPH_PX = 10.3;
static const double BETWEEN_PX = 6;

double chart_figure_end(const struct chart_figure *figure)
{
    if (figure->mark == CHART_WITHHELD) {
        return 0;
    }
    return figure->has_interval ? figure->high : figure->value;
}

double chart_axis_end(const struct chart_head *head, double largest)
{
    static const double steps[] = {10, 20, 40, 60, 80, 100}; /* their halves are whole */
    size_t i = 0;
    while (i + 1 < sizeof(steps) / sizeof(steps[0]) && steps[i] < largest) {
        i++;
    }
    return head->axis_max > 0 ? head->axis_max : steps[i];
}

double chart_text_width(struct slice text)
{
    return (double)utf8_length(text) * GLYPH_PX;
}

static double anchor_place(struct chart_place *place, double width)
{
    double text_width = chart_text_width(place->text);
    double x = place->at * width / 100;
    double left = x - text_width / 2;
    place->anchor = "middle";
    if (left < 0) {
        place->anchor = "start";
        left = x;
    } else if (left + text_width > width) {
        place->anchor = "end";
        left = x - text_width;
    }
    return left;
}

/* Whether a place lies free of the kept one at its left, which ends at `from`, and of `to`. */
static bool lies_free(struct chart_place *place, double width, double from, double to)
{
    double left = anchor_place(place, width);
    return left >= from && left + chart_text_width(place->text) <= to;
}

static size_t first_with_text(const struct chart_place *places, size_t count)
{
    size_t i = 0;
    while (i < count && places[i].text.len == 0) {
        i++;
    }
    return i;
}

void chart_fit(struct chart_place *places, size_t count, double width)
{
    while (count > 0 && places[count - 1].text.len == 0) {
        count--;
    }
    size_t first = first_with_text(places, count);
    if (first == count) {
        return;
    }
    struct chart_place *last = &places[count - 1];
    double to = anchor_place(last, width) - BETWEEN_PX;
    double from = 0;
    for (size_t i = first; i + 1 < count; i++) {
        if (places[i].text.len > 0 && lies_free(&places[i], width, from, to)) {
            from = anchor_place(&places[i], width) + chart_text_width(places[i].text) + BETWEEN_PX;
        } else {
            places[i].text = (struct slice){NULL, 0};
        }
    }
}
