/* Whether a project is what qda.h says: asked before it is written and after it was read. */
#include "formats/qda_internal.h"

#include "base/utf8.h"

#include <string.h>

struct check {
    const struct qda_project *project;
    struct qda_fault *fault;
};

static bool good(const struct check *c)
{
    return c->fault->status == QDA_OK;
}

/* What XML 1.0 can hold: neither most control characters nor U+FFFE and U+FFFF. */
static bool xml_can_hold(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.ptr[i];
        if (c < 0x20 && c != '\t' && c != '\n' && c != '\r') {
            return false;
        }
        if (c == 0xEF && i + 2 < text.len && (unsigned char)text.ptr[i + 1] == 0xBF &&
            (unsigned char)text.ptr[i + 2] >= 0xBE) {
            return false;
        }
    }
    return utf8_valid(text);
}

static void check_words(struct check *c, struct slice words, size_t max)
{
    if (words.len > max) {
        qda_fail(c->fault, QDA_TOO_LONG, 0, words);
    } else if (!xml_can_hold(words)) {
        qda_fail(c->fault, QDA_BAD_TEXT, 0, SLICE(""));
    }
}

static void check_named(struct check *c, struct slice name, struct slice description)
{
    check_words(c, name, QDA_NAME_MAX);
    check_words(c, description, QDA_DESCRIPTION_MAX);
}

static void wrong(struct check *c, const char *what)
{
    qda_fail(c->fault, QDA_WRONG_MODEL, 0, slice_from_cstr(what));
}

static void check_number(struct check *c, uint32_t number, size_t count, const char *what)
{
    if (number >= count) {
        wrong(c, what);
    }
}

static void check_numbers(struct check *c, const struct qda_numbers *numbers, size_t count, const char *what)
{
    for (size_t i = 0; i < numbers->count && good(c); i++) {
        check_number(c, numbers->items[i], count, what);
    }
}

static void check_notes(struct check *c, const struct qda_numbers *notes)
{
    check_numbers(c, notes, c->project->note_count, "notes");
}

static void check_stamp(struct check *c, const struct qda_stamp *stamp)
{
    if (stamp->user != QDA_NONE) {
        check_number(c, stamp->user, c->project->user_count, "user");
    }
}

static void check_values(struct check *c, const struct qda_values *values)
{
    for (size_t i = 0; i < values->count && good(c); i++) {
        const struct qda_value *value = &values->items[i];
        check_number(c, value->variable, c->project->variable_count, "variable");
        check_words(c, value->text, QDA_DESCRIPTION_MAX);
        if (value->type > QDA_NO_VALUE || !qda_value_valid(value->type, value->text)) {
            wrong(c, "value");
        }
    }
}

static void check_codings(struct check *c, const struct qda_codings *codings)
{
    for (size_t i = 0; i < codings->count && good(c); i++) {
        check_number(c, codings->items[i].code, c->project->code_count, "code");
        check_stamp(c, &codings->items[i].created);
        check_notes(c, &codings->items[i].notes);
    }
}

static void check_text(struct check *c, const struct qda_source *text)
{
    if (text->text.len > QDA_TEXT_MAX) {
        qda_fail_guid(c->fault, QDA_TOO_LONG, 0, &text->guid);
    } else if (!utf8_valid(text->text) ||
               (text->text.len > 0 && memchr(text->text.ptr, '\0', text->text.len))) {
        qda_fail_guid(c->fault, QDA_BAD_TEXT, 0, &text->guid);
    } else if (slice_starts_with(text->text, SLICE("\xEF\xBB\xBF")) ||
               (text->text.len > 0 && memchr(text->text.ptr, '\r', text->text.len))) {
        wrong(c, "text");
    }
}

static void check_source(struct check *c, const struct qda_source *source)
{
    check_named(c, source->name, source->description);
    check_text(c, source);
    check_stamp(c, &source->created);
    check_stamp(c, &source->modified);
    check_codings(c, &source->codings);
    check_notes(c, &source->notes);
    check_values(c, &source->values);
    const size_t length = good(c) ? utf8_length(source->text) : 0;
    for (size_t i = 0; i < source->selection_count && good(c); i++) {
        const struct qda_selection *selection = &source->selections[i];
        check_named(c, selection->name, selection->description);
        check_stamp(c, &selection->created);
        check_stamp(c, &selection->modified);
        check_codings(c, &selection->codings);
        check_notes(c, &selection->notes);
        if (selection->start > selection->end || selection->end > length) {
            qda_fail_guid(c->fault, QDA_SPAN_OUTSIDE, 0, &selection->guid);
        }
    }
}

/* Behind the parent, and behind all that stands under it so far: the parent is the code before, or one above
 * that. */
static void check_codes(struct check *c)
{
    uint32_t open[QDA_DEPTH_MAX];
    size_t depth = 0; /* of the code before, from 1 */
    for (size_t i = 0; i < c->project->code_count && good(c); i++) {
        const struct qda_code *code = &c->project->codes[i];
        check_named(c, code->name, code->description);
        check_notes(c, &code->notes);
        while (depth > 0 && open[depth - 1] != code->parent) {
            depth--;
        }
        if (depth == 0 && code->parent != QDA_NONE) {
            wrong(c, "parent");
        }
        if (code->colour < QDA_NO_COLOUR || code->colour > 0xFFFFFF) {
            wrong(c, "colour");
        }
        if (depth == QDA_DEPTH_MAX) {
            qda_fail(c->fault, QDA_TOO_DEEP, 0, code->name);
        } else {
            open[depth++] = (uint32_t)i;
        }
    }
}

static void check_case(struct check *c, const struct qda_case *one)
{
    check_named(c, one->name, one->description);
    check_numbers(c, &one->codes, c->project->code_count, "codes");
    check_numbers(c, &one->sources, c->project->source_count, "sources");
    check_values(c, &one->values);
    for (size_t i = 0; i < one->selection_count && good(c); i++) {
        const struct qda_place *place = &one->selections[i];
        check_number(c, place->source, c->project->source_count, "selections");
        if (good(c)) {
            check_number(c, place->selection, c->project->sources[place->source].selection_count,
                         "selections");
        }
    }
}

static void check_twice(struct check *c)
{
    struct qda_index *index = qda_index_create(c->project);
    if (!index) {
        qda_fail(c->fault, QDA_NO_MEMORY, 0, SLICE(""));
        return;
    }
    const struct qda_guid *twice = qda_index_twice(index);
    if (twice) {
        qda_fail_guid(c->fault, QDA_TWICE, 0, twice);
    }
    qda_index_free(index);
}

static bool too_many(const struct qda_project *p)
{
    size_t bytes = 0;
    if (p->source_count >= QDA_MEMBERS_MAX || p->note_count >= QDA_MEMBERS_MAX - p->source_count) {
        return true;
    }
    for (size_t i = 0; i < p->source_count; i++) {
        bytes += p->sources[i].text.len;
    }
    for (size_t i = 0; i < p->note_count; i++) {
        bytes += p->notes[i].text.len;
    }
    return bytes > QDA_TEXTS_MAX;
}

enum qda_status qda_check(struct qda_fault *fault, const struct qda_project *p)
{
    struct check c = {p, fault};
    if (too_many(p)) {
        return qda_fail(fault, QDA_TOO_MANY, 0, SLICE("Sources"));
    }
    if (p->code_count > QDA_CODES_MAX) {
        return qda_fail(fault, QDA_TOO_MANY, 0, SLICE("Code"));
    }
    check_named(&c, p->name, p->description);
    check_words(&c, p->origin, QDA_NAME_MAX);
    check_stamp(&c, &p->created);
    check_stamp(&c, &p->modified);
    check_notes(&c, &p->about);
    for (size_t i = 0; i < p->user_count && good(&c); i++) {
        check_named(&c, p->users[i].name, p->users[i].id);
    }
    check_codes(&c);
    for (size_t i = 0; i < p->variable_count && good(&c); i++) {
        check_named(&c, p->variables[i].name, p->variables[i].description);
        if (p->variables[i].type >= QDA_NO_VALUE) {
            wrong(&c, "type");
        }
    }
    for (size_t i = 0; i < p->source_count && good(&c); i++) {
        check_source(&c, &p->sources[i]);
    }
    for (size_t i = 0; i < p->note_count && good(&c); i++) {
        check_source(&c, &p->notes[i]);
    }
    for (size_t i = 0; i < p->case_count && good(&c); i++) {
        check_case(&c, &p->cases[i]);
    }
    for (size_t i = 0; i < p->set_count && good(&c); i++) {
        check_named(&c, p->sets[i].name, p->sets[i].description);
        check_numbers(&c, &p->sets[i].codes, p->code_count, "codes");
        check_numbers(&c, &p->sets[i].sources, p->source_count, "sources");
        check_numbers(&c, &p->sets[i].notes, p->note_count, "notes");
    }
    if (good(&c)) {
        check_twice(&c);
    }
    return fault->status;
}
