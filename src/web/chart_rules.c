#include "base/utf8.h"
#include "web/chart_internal.h"

#include <math.h>

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool id_ok(struct slice id)
{
    if (id.len == 0 || id.len > CHART_ID_MAX || !letter(id.ptr[0])) {
        return false;
    }
    for (size_t i = 1; i < id.len; i++) {
        char c = id.ptr[i];
        if (!letter(c) && !(c >= '0' && c <= '9') && c != '-' && c != '_') {
            return false;
        }
    }
    return true;
}

bool chart_text_ok(struct slice text)
{
    if (text.len > CHART_TEXT_MAX || !utf8_valid(text)) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f) {
            return false;
        }
    }
    return true;
}

bool chart_label_ok(struct slice text)
{
    return text.len > 0 && chart_text_ok(text);
}

bool chart_short_ok(struct slice text)
{
    return chart_text_ok(text) && utf8_length(text) <= CHART_SHORT_MAX;
}

bool chart_head_ok(const struct chart_head *head)
{
    return id_ok(head->id) && chart_label_ok(head->title) && chart_text_ok(head->note) &&
           chart_short_ok(head->unit) && (head->axis_max == 0 || head->axis_max >= 1) &&
           chart_share_ok(head->axis_max);
}

bool chart_share_ok(double share)
{
    return isfinite(share) && share >= 0 && share <= 100;
}

bool chart_figure_ok(const struct chart_figure *figure, double axis_max)
{
    if (!chart_text_ok(figure->text)) {
        return false;
    }
    if (figure->mark == CHART_WITHHELD) {
        return figure->text.len > 0;
    }
    bool interval_ok =
        !figure->has_interval || (chart_share_ok(figure->low) && chart_share_ok(figure->high) &&
                                  figure->low <= figure->value && figure->value <= figure->high);
    return figure->mark == CHART_SHOWN && chart_share_ok(figure->value) && interval_ok &&
           (axis_max == 0 || chart_figure_end(figure) <= axis_max);
}
