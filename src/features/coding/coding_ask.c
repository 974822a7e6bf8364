/* What is asked of texts and codings, as the page and the API have it in their addresses. */
#include "features/coding/coding_find.h"
#include "features/coding/coding_internal.h"
#include "features/coding/coding_work.h"

#include "base/utf8.h"

#include <string.h>

const char *const coding_methods[] = {"enquete", "interview", "focusgroep", NULL};

bool coding_is_background(const struct variable *v)
{
    return v->background && !v->system && v->kind == VARIABLE_CATEGORY && v->category_count > 0 &&
           v->set == SET_ALONE;
}

static const struct variable *background_of(const struct survey_round *round, struct slice code)
{
    size_t count;
    const struct variable *all = questionnaire_variables(&count, round->questionnaire);
    const int at = questionnaire_find_variable(round->questionnaire, code);
    return at >= 0 && coding_is_background(&all[at]) ? &all[at] : NULL;
}

struct slice coding_asked(const struct http_exchange *ex, const char *name)
{
    struct slice text = {"", 0};
    return http_query(&text, ex, name) && text.ptr ? slice_trim(text) : SLICE("");
}

/* "gender:vrouw". False: none of the round. */
static bool read_group(struct coding_group *out, const struct survey_round *round, struct slice text)
{
    struct slice code, category;
    slice_cut(&code, &category, text, ':');
    out->variable = background_of(round, code);
    for (uint16_t i = 0; out->variable && i < out->variable->category_count; i++) {
        if (slice_equal_cstr(category, out->variable->categories[i].code)) {
            out->category = i;
            return true;
        }
    }
    *out = (struct coding_group){NULL, 0};
    return false;
}

static void note(struct coding_unknown *unknown, bool known, const char *name)
{
    if (!known) {
        unknown->names[unknown->count++] = name;
    }
}

/* A value of the seven is asked by its bit, which what stands under it has too. */
static bool read_code(struct coding_query *q, const struct codebook *book, struct slice code)
{
    const int at = code.len > 0 ? codebook_find(book, CODEBOOK_TREE, code) : -1;
    if (at >= 0) {
        const struct codebook_entry *entry = &book->axes[CODEBOOK_TREE].items[at];
        const bool is_value = entry->parent < 0 && entry->value >= 0;
        q->code = is_value ? SLICE("") : code;
        q->value = is_value ? entry->value : -1;
        q->under = entry->value;
    }
    return code.len == 0 || at >= 0;
}

static bool is_method(struct slice text)
{
    bool found = text.len == 0;
    for (size_t i = 0; coding_methods[i]; i++) {
        found = found || slice_equal_cstr(text, coding_methods[i]);
    }
    return found;
}

void coding_query_read(struct coding_query *out, struct coding_unknown *unknown,
                       const struct http_exchange *ex, const struct survey_round *round,
                       const struct codebook *book)
{
    static const char *const names[CODING_FIND_GROUPS] = {"groep", "groep2", "groep3"};
    const struct slice split = coding_asked(ex, "uitsplitsen");
    *out = (struct coding_query){.round = round->id, .value = -1, .under = -1};
    unknown->count = 0;
    note(unknown, read_code(out, book, coding_asked(ex, "waarde")), "waarde");
    for (enum codebook_axis axis = CODEBOOK_FACET; axis < CODEBOOK_AXES; axis++) {
        out->other[axis] = coding_asked(ex, coding_axis_names[axis]);
        note(unknown, out->other[axis].len == 0 || codebook_find(book, axis, out->other[axis]) >= 0,
             coding_axis_names[axis]);
    }
    out->method = coding_asked(ex, "methode");
    note(unknown, is_method(out->method), "methode");
    for (size_t i = 0; i < CODING_FIND_GROUPS; i++) {
        const struct slice group = coding_asked(ex, names[i]);
        note(unknown, group.len == 0 || read_group(&out->groups[i], round, group), names[i]);
    }
    out->split = split.len > 0 ? background_of(round, split) : NULL;
    out->unprompted = slice_equal_cstr(coding_asked(ex, "ongevraagd"), "ja");
    out->words = coding_asked(ex, "zoek");
    note(unknown, utf8_length(out->words) <= CODING_WORDS_MAX, "zoek");
}

json_t *coding_pieces(const char *around)
{
    json_t *list = json_array();
    bool hit = false;
    while (around && *around) {
        const size_t length = strcspn(around, "\x02\x03");
        if (length > 0) {
            json_array_append_new(list,
                                  json_pack("{s:s%,s:b}", "tekst", around, length, "treffer", (int)hit));
        }
        hit = around[length] == '\x02';
        around += around[length] ? length + 1 : length;
    }
    return list;
}
