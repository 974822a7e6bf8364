/* What a coder chose, out of a form. Pure. */
#include "base/utf8.h"
#include "features/coding/coding_work.h"

#include <string.h>

const char *const coding_axis_names[CODEBOOK_AXES] = {[CODEBOOK_FACET] = "facet",
                                                      [CODEBOOK_EXPRESSION] = "uiting",
                                                      [CODEBOOK_DIRECTION] = "richting",
                                                      [CODEBOOK_ORIGIN] = "herkomst",
                                                      [CODEBOOK_APPLICATION] = "toepassing"};

static struct slice value_of(const struct http_field *fields, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_equal_cstr(fields[i].name, name)) {
            return slice_trim(fields[i].value);
        }
    }
    return (struct slice){"", 0};
}

/* ---- where ---- */

/* From the first to the last of those that were ticked. False when a number is none of them. */
static bool ticked(struct text_span *out, bool *any, const struct http_field *fields, size_t count,
                   const struct text_span *sentences, size_t sentence_count)
{
    *any = false;
    for (size_t i = 0; i < count; i++) {
        uint64_t number;
        if (!slice_equal_cstr(fields[i].name, "zin")) {
            continue;
        }
        if (!slice_to_u64(&number, fields[i].value, sentence_count) || number == 0) {
            return false;
        }
        const struct text_span s = sentences[number - 1];
        *out = (struct text_span){*any && out->start < s.start ? out->start : s.start,
                                  *any && out->end > s.end ? out->end : s.end};
        *any = true;
    }
    return true;
}

static unsigned find_words(struct text_span *span, struct slice body, struct slice words)
{
    const size_t from = utf8_offset(body, span->start), to = utf8_offset(body, span->end);
    const char *first = memmem(body.ptr + from, to - from, words.ptr, words.len);
    if (!first) {
        return CODING_NOT_THERE;
    }
    const size_t at = (size_t)(first - body.ptr);
    if (memmem(first + 1, to - at - 1, words.ptr, words.len)) {
        return CODING_NOT_ONCE;
    }
    span->start = (uint32_t)utf8_length((struct slice){body.ptr, at});
    span->end = span->start + (uint32_t)utf8_length(words);
    return 0;
}

static unsigned read_span(struct coding_input *out, struct arena *arena, const struct http_field *fields,
                          size_t count, struct slice body, const struct text_span *sentences,
                          size_t sentence_count)
{
    const struct slice from = value_of(fields, count, "van"), to = value_of(fields, count, "tot");
    const struct slice words = unicode_nfc(arena, value_of(fields, count, "woorden"));
    const uint32_t length = (uint32_t)utf8_length(body);
    struct text_span span = {0, length};
    uint64_t start, end;
    bool any;
    unsigned fault = 0;
    if (!ticked(&span, &any, fields, count, sentences, sentence_count)) {
        return CODING_BAD_SPAN;
    }
    const bool by_place = from.len > 0 || to.len > 0, by_words = any || words.len > 0;
    if (by_place == by_words) {
        return CODING_BAD_SPAN;
    }
    if (by_place) {
        if (!slice_to_u64(&start, from, length) || !slice_to_u64(&end, to, length) || start >= end) {
            return CODING_BAD_SPAN;
        }
        span = (struct text_span){(uint32_t)start, (uint32_t)end};
    } else {
        fault = words.len > 0 ? find_words(&span, body, words) : 0;
    }
    out->start = span.start;
    out->end = span.end;
    return fault;
}

/* ---- what ---- */

static unsigned read_codes(struct coding_input *out, const struct http_field *fields, size_t count,
                           const struct codebook *book)
{
    const struct codebook_list *tree = &book->axes[CODEBOOK_TREE];
    bool chosen[CODEBOOK_CODES_MAX] = {false};
    unsigned faults = 0;
    for (size_t i = 0; i < count; i++) {
        if (slice_equal_cstr(fields[i].name, "code")) {
            const int at = codebook_find(book, CODEBOOK_TREE, fields[i].value);
            if (at < 0) {
                faults = CODING_BAD_CODE;
            } else {
                chosen[at] = true;
            }
        }
    }
    for (size_t i = 0; i < tree->count; i++) {
        if (chosen[i] && out->code_count == CODING_CODES_MAX) {
            return CODING_BAD_CODE;
        }
        if (chosen[i]) {
            out->codes[out->code_count++] = tree->items[i].code;
            out->value_bits |= tree->items[i].value >= 0 ? 1U << tree->items[i].value : 0;
        }
    }
    return faults;
}

unsigned coding_input_read(struct coding_input *out, struct arena *arena, const struct http_field *fields,
                           size_t count, const struct codebook *book, struct slice body,
                           const struct text_span *sentences, size_t sentence_count)
{
    uint64_t replaces;
    *out = (struct coding_input){.memo = value_of(fields, count, "memo")};
    unsigned faults = read_span(out, arena, fields, count, body, sentences, sentence_count) |
                      read_codes(out, fields, count, book);
    for (enum codebook_axis axis = CODEBOOK_FACET; axis < CODEBOOK_AXES; axis++) {
        out->other[axis] = value_of(fields, count, coding_axis_names[axis]);
        if (out->other[axis].len > 0 && codebook_find(book, axis, out->other[axis]) < 0) {
            faults |= CODING_BAD_OTHER;
        }
    }
    if (out->code_count == 0 && out->memo.len == 0) {
        faults |= CODING_NO_CODE;
    }
    if (utf8_length(out->memo) > CODING_MEMO_MAX) {
        faults |= CODING_LONG_MEMO;
    }
    if (slice_to_u64(&replaces, value_of(fields, count, "codering"), INT64_MAX)) {
        out->replaces = (int64_t)replaces;
    }
    return faults;
}

/* ---- what was asked ---- */

static void add_prompt(struct slice *list, size_t *count, const struct codebook *book,
                       enum codebook_axis axis, const char *code)
{
    const struct slice text = slice_from_cstr(code);
    if (!code || codebook_find(book, axis, text) < 0) {
        return;
    }
    for (size_t i = 0; i < *count; i++) {
        if (slice_equal(list[i], text)) {
            return;
        }
    }
    list[(*count)++] = text;
}

static void add_prompts(struct slice *list, size_t *count, const struct codebook *book, const json_t *of)
{
    size_t i;
    const json_t *code;
    json_array_foreach(json_object_get(of, "values"), i, code)
    {
        add_prompt(list, count, book, CODEBOOK_TREE, json_string_value(code));
    }
    json_array_foreach(json_object_get(of, "applications"), i, code)
    {
        add_prompt(list, count, book, CODEBOOK_APPLICATION, json_string_value(code));
    }
}

const struct slice *coding_prompted(size_t *count, struct arena *arena, const struct coding_task *task,
                                    const struct questionnaire *q, const struct codebook *book)
{
    struct slice *list = arena_array(
        arena, book->axes[CODEBOOK_TREE].count + book->axes[CODEBOOK_APPLICATION].count + 1, sizeof *list);
    size_t variables, i;
    const json_t *question;
    *count = 0;
    if (task->variable.len > 0) {
        const struct variable *all = questionnaire_variables(&variables, q);
        const int at = questionnaire_find_variable(q, task->variable);
        for (i = 0; at >= 0 && i < all[at].tag_count; i++) {
            add_prompt(list, count, book, CODEBOOK_TREE, all[at].tags[i].value);
            add_prompt(list, count, book, CODEBOOK_APPLICATION, all[at].tags[i].application);
        }
    }
    json_array_foreach(json_object_get(task->guide_part, "questions"), i, question)
    {
        add_prompts(list, count, book, question);
    }
    return list;
}
