/* Texts as other programs write them: with a byte order mark, and with line ends of Windows, which some count
 * as one character and some as two. */
#include "formats/qda_internal.h"

#include "base/buffer.h"
#include "base/utf8.h"

#include <string.h>

enum {
    WITNESSES = 64,      /* selections whose names are held against the text */
    WITNESS_POINTS = 16, /* of a name, white space apart */
    FEWEST_POINTS = 3
};

/* A text whose CRs were dropped. */
struct folded {
    struct slice text;
    struct buffer dropped; /* uint32_t: which code points of the raw text were dropped, in order */
    size_t raw_length;     /* code points */
};

static size_t dropped_count(const struct folded *folded)
{
    return folded->dropped.len / sizeof(uint32_t);
}

/* A position of the raw text in the folded one. */
static uint32_t moved(const struct folded *folded, uint32_t position)
{
    const uint32_t *dropped = (const uint32_t *)(const void *)folded->dropped.ptr;
    size_t low = 0, high = dropped_count(folded);
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (dropped[middle] < position) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return position - (uint32_t)low;
}

/* In place: the raw text is the reader's own. */
static struct folded fold(struct slice raw)
{
    struct folded folded = {.raw_length = 0};
    char *text = (char *)(uintptr_t)raw.ptr;
    size_t len = 0;
    buffer_init(&folded.dropped, QDA_TEXT_MAX * sizeof(uint32_t));
    for (size_t i = 0; i < raw.len; i++) {
        if (raw.ptr[i] == '\r' && i + 1 < raw.len && raw.ptr[i + 1] == '\n') {
            const uint32_t at = (uint32_t)folded.raw_length;
            buffer_append(&folded.dropped, (struct slice){(const char *)&at, sizeof at});
            folded.raw_length++;
        } else {
            folded.raw_length += ((unsigned char)raw.ptr[i] & 0xC0) != 0x80;
            text[len++] = raw.ptr[i] == '\r' ? '\n' : raw.ptr[i];
        }
    }
    folded.text = (struct slice){text, len};
    return folded;
}

static bool is_white(struct slice at)
{
    return at.ptr[0] == ' ' || at.ptr[0] == '\t' || at.ptr[0] == '\n' || at.ptr[0] == '\r';
}

static struct slice after(struct slice s, size_t bytes)
{
    return (struct slice){s.ptr + bytes, s.len - bytes};
}

static struct slice without_white(struct slice s)
{
    while (s.len > 0 && is_white(s)) {
        s = after(s, 1);
    }
    return s;
}

/* Whether the name repeats what stands there, white space apart but for its beginning: there it would hide
 * that the place is one off. Programs cut names off, and end them in dots. */
static bool repeats(struct slice name, struct slice text)
{
    size_t points = 0;
    if (text.len == 0 || is_white(text)) {
        return false;
    }
    for (; points < WITNESS_POINTS; points++) {
        name = without_white(name);
        text = without_white(text);
        const size_t size = utf8_size(name);
        if (size == 0 || slice_starts_with(name, SLICE("...")) || slice_starts_with(name, SLICE("…"))) {
            break;
        }
        if (text.len < size || memcmp(name.ptr, text.ptr, size) != 0) {
            return false;
        }
        name = after(name, size);
        text = after(text, size);
    }
    return points >= FEWEST_POINTS;
}

static bool counts_two(const struct qda_source *source, const struct folded *folded, struct slice origin)
{
    size_t one = 0, two = 0, asked = 0;
    const size_t length = folded->raw_length - dropped_count(folded);
    bool beyond = false;
    for (size_t i = 0; i < source->selection_count; i++) {
        const struct qda_selection *selection = &source->selections[i];
        beyond = beyond || selection->end > length;
        /* Before the first line end both say the same. */
        if (asked < WITNESSES && selection->name.len > 0 &&
            moved(folded, selection->start) < selection->start) {
            asked++;
            one += repeats(selection->name, after(folded->text, utf8_offset(folded->text, selection->start)));
            two += repeats(selection->name,
                           after(folded->text, utf8_offset(folded->text, moved(folded, selection->start))));
        }
    }
    if (beyond || one != two) {
        return beyond || two > one;
    }
    static const struct slice atlas = SLICE_INIT("ATLAS");
    return origin.len < atlas.len || !slice_equal_nocase((struct slice){origin.ptr, atlas.len}, atlas);
}

static void move_positions(struct qda_source *source, const struct folded *folded)
{
    for (size_t i = 0; i < source->selection_count; i++) {
        struct qda_selection *selection = &source->selections[i];
        /* What lies outside of the raw text stays outside. */
        if (selection->end <= folded->raw_length && selection->start <= selection->end) {
            selection->start = moved(folded, selection->start);
            selection->end = moved(folded, selection->end);
        }
    }
}

enum qda_status qda_text_settle(struct qda_source *source, struct qda_report *report, struct qda_fault *fault,
                                struct slice origin)
{
    static const struct slice mark = SLICE_INIT("\xEF\xBB\xBF");
    if (slice_starts_with(source->text, mark)) {
        source->text = after(source->text, mark.len);
        report->byte_order_marks++;
    }
    if (!utf8_valid(source->text)) {
        return qda_fail_guid(fault, QDA_BAD_TEXT, 0, &source->guid);
    }
    if (source->text.len == 0 || !memchr(source->text.ptr, '\r', source->text.len)) {
        return QDA_OK;
    }
    struct folded folded = fold(source->text);
    source->text = folded.text;
    if (buffer_failed(&folded.dropped)) {
        qda_fail(fault, QDA_NO_MEMORY, 0, SLICE(""));
    } else if (dropped_count(&folded) > 0 && counts_two(source, &folded, origin)) {
        move_positions(source, &folded);
        report->crlf_as_two++;
    } else {
        report->crlf_as_one++;
    }
    buffer_free(&folded.dropped);
    return fault->status;
}
