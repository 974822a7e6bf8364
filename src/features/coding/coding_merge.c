#include "features/coding/coding_merge.h"

#include "base/unicode.h"
#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

enum { CODE_MAX = 40 };

struct node {
    json_t *object; /* borrowed of the document, or made here */
    bool placed;
    size_t depth;
};

struct merge {
    struct coding_merge *out;
    struct arena *arena;
    const struct codebook *base;
    const struct qda_project *project;
    const struct coding_found *found;
    json_t *document;
    struct node *ours;           /* of each entry of the base's tree */
    struct node *theirs;         /* of each code of the file; object NULL: it is none of the tree */
    enum codebook_axis *axis_of; /* of each code of the file */
    size_t count[CODEBOOK_AXES]; /* codes that the version will have */
};

static void release(void *json)
{
    json_decref(json);
}

static void tell(struct merge *m, enum coding_merge_what what, struct slice title, const json_t *object,
                 size_t depth)
{
    const char *code = json_string_value(json_object_get(object, "code"));
    m->out->items[m->out->item_count++] =
        (struct coding_merge_item){what, title, code ? slice_from_cstr(code) : SLICE(""), depth};
    m->out->counts[what]++;
    m->out->faults += what >= CODING_MERGE_FIXED;
    m->out->changes +=
        what == CODING_MERGE_ADDED || what == CODING_MERGE_CHANGED || what == CODING_MERGE_MOVED;
}

/* ---- codes of our own making ---- */

static bool has_code(const json_t *list, const char *code)
{
    size_t i;
    const json_t *item;
    json_array_foreach(list, i, item)
    {
        const char *own = json_string_value(json_object_get(item, "code"));
        if ((own && strcmp(own, code) == 0) || has_code(json_object_get(item, "codes"), code)) {
            return true;
        }
    }
    return false;
}

static bool is_taken(const struct merge *m, enum codebook_axis axis, const char *code)
{
    if (codebook_find(m->base, axis, slice_from_cstr(code)) >= 0) {
        return true;
    }
    return axis == CODEBOOK_TREE ? has_code(json_object_get(m->document, "values"), code) ||
                                       has_code(json_object_get(m->document, "codes"), code)
                                 : has_code(json_object_get(m->document, "applications"), code);
}

/* Small letters and digits of the name with dashes between, numbered where it is taken. */
static const char *code_from(const struct merge *m, enum codebook_axis axis, struct slice name)
{
    char base[CODE_MAX + 1], code[CODE_MAX + 1];
    size_t len = 0;
    bool dash = false;
    uint32_t point = 0;
    for (size_t size; len < CODE_MAX - 4 && (size = utf8_next(&point, name)) > 0;
         name.ptr += size, name.len -= size) {
        const uint32_t folded = unicode_fold(point);
        const bool fits = (folded >= 'a' && folded <= 'z') || (folded >= '0' && folded <= '9');
        if (fits && dash && len > 0) {
            base[len++] = '-';
        }
        if (fits) {
            base[len++] = (char)folded;
        }
        dash = !fits && folded != 0;
    }
    base[len] = '\0';
    snprintf(code, sizeof code, "%s", len > 0 ? base : "code");
    for (unsigned n = 2; is_taken(m, axis, code); n++) {
        snprintf(code, sizeof code, "%.*s-%u", CODE_MAX - 5, len > 0 ? base : "code", n % 10000);
    }
    return arena_cstr(m->arena, slice_from_cstr(code));
}

/* ---- the document ---- */

static void walk_ours(struct merge *m, json_t *list, size_t depth, size_t *at)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        struct node *node = &m->ours[(*at)++];
        *node = (struct node){.object = item, .depth = depth};
        walk_ours(m, json_object_get(item, "codes"), depth + 1, at);
    }
}

static void hold_apart(struct merge *m)
{
    for (size_t i = 0; i < m->base->axes[CODEBOOK_TREE].count; i++) {
        json_incref(m->ours[i].object);
        arena_defer(m->arena, release, m->ours[i].object);
    }
    for (size_t i = 0; i < m->base->axes[CODEBOOK_TREE].count; i++) {
        json_object_del(m->ours[i].object, "codes");
    }
    json_object_set_new(m->document, "codes", json_array());
}

static void place(struct merge *m, struct node *node, struct node *parent)
{
    json_t *holder = parent ? parent->object : m->document;
    json_t *list = json_object_get(holder, "codes");
    if (!list) {
        list = json_array();
        json_object_set_new(holder, "codes", list);
    }
    json_array_append(list, node->object);
    node->placed = true;
    node->depth = parent ? parent->depth + 1 : 1;
}

static bool is_value(const struct codebook *base, int entry)
{
    const struct codebook_entry *e = &base->axes[CODEBOOK_TREE].items[entry];
    return e->parent < 0 && e->value >= 0;
}

/* ---- one code of the file ---- */

static struct slice definition_of(const struct qda_code *code)
{
    const struct slice text = slice_trim(code->description);
    return text.len > 0 ? text : slice_trim(code->name);
}

/* False: told what is wrong. */
static bool fits(struct merge *m, const struct qda_code *code, size_t depth)
{
    const struct slice title = slice_trim(code->name);
    const enum coding_merge_what what = title.len == 0                            ? CODING_MERGE_NO_NAME
                                        : utf8_length(title) > CODEBOOK_TITLE_MAX ? CODING_MERGE_LONG_NAME
                                        : utf8_length(definition_of(code)) > CODEBOOK_DEFINITION_MAX
                                            ? CODING_MERGE_LONG_DEFINITION
                                        : depth > CODEBOOK_DEPTH_MAX ? CODING_MERGE_TOO_DEEP
                                                                     : CODING_MERGE_SAME;
    if (what != CODING_MERGE_SAME) {
        tell(m, what, title, NULL, depth);
    }
    return what == CODING_MERGE_SAME;
}

static json_t *new_entry(struct merge *m, enum codebook_axis axis, const struct qda_code *code)
{
    char guid[QDA_GUID_CHARS + 1];
    const struct slice title = slice_trim(code->name), definition = definition_of(code);
    qda_guid_format(guid, &code->guid);
    json_t *object = json_pack("{s:s,s:s%,s:s%,s:s}", "code", code_from(m, axis, title), "title", title.ptr,
                               title.len, "definition", definition.ptr, definition.len, "guid", guid);
    arena_defer(m->arena, release, object);
    return object;
}

/* Whether it says another than ours; then ours follows. */
static bool follow(struct merge *m, json_t *object, enum codebook_axis axis, int entry,
                   const struct qda_code *code)
{
    const struct codebook_entry *ours = &m->base->axes[axis].items[entry];
    const struct slice title = slice_trim(code->name), definition = definition_of(code);
    const bool by_code = slice_equal(title, ours->code);
    const bool same_title = slice_equal(title, ours->title) || by_code;
    const bool same_text =
        code->description.len == 0 || slice_equal(definition, ours->definition) ||
        slice_equal(definition, slice_trim(coding_description(m->arena, m->base, axis, ours)));
    if (object && !same_title) {
        json_object_set_new(object, "title", json_stringn(title.ptr, title.len));
    }
    if (object && !same_text) {
        json_object_set_new(object, "definition", json_stringn(definition.ptr, definition.len));
    }
    return !same_title || !same_text;
}

static void set_colour(json_t *object, const struct qda_project *project, const struct qda_code *code)
{
    const int32_t above = code->parent != QDA_NONE ? project->codes[code->parent].colour : QDA_NO_COLOUR;
    if (code->colour != QDA_NO_COLOUR && code->colour != above) {
        json_object_set_new(object, "colour", json_sprintf("#%06X", (unsigned)code->colour));
    }
}

/* NULL: it stands beside the values. */
static struct node *parent_of(const struct merge *m, const struct qda_code *code)
{
    if (code->parent == QDA_NONE || !m->theirs[code->parent].object) {
        return NULL;
    }
    return &m->theirs[code->parent];
}

static void merge_known(struct merge *m, size_t c)
{
    const struct qda_code *code = &m->project->codes[c];
    const int entry = m->found[c].entry;
    struct node *node = &m->ours[entry];
    struct node *parent = parent_of(m, code);
    const int was = m->base->axes[CODEBOOK_TREE].items[entry].parent;
    if (is_value(m->base, entry)) {
        m->theirs[c] = *node;
        tell(m, follow(m, NULL, CODEBOOK_TREE, entry, code) ? CODING_MERGE_STAYS : CODING_MERGE_SAME,
             m->base->axes[CODEBOOK_TREE].items[entry].title, node->object, 1);
        return;
    }
    if (!fits(m, code, parent ? parent->depth + 1 : 1)) {
        return;
    }
    const json_t *above = was >= 0 ? m->ours[was].object : NULL;
    const json_t *now = parent ? parent->object : NULL;
    place(m, node, parent);
    m->theirs[c] = *node;
    const bool changed = follow(m, node->object, CODEBOOK_TREE, entry, code);
    tell(m,
         above != now ? CODING_MERGE_MOVED
         : changed    ? CODING_MERGE_CHANGED
                      : CODING_MERGE_SAME,
         slice_trim(code->name), node->object, node->depth);
}

static void merge_new(struct merge *m, size_t c)
{
    const struct qda_code *code = &m->project->codes[c];
    struct node *parent = parent_of(m, code);
    if (!fits(m, code, parent ? parent->depth + 1 : 1)) {
        return;
    }
    if (m->count[CODEBOOK_TREE] == CODEBOOK_CODES_MAX) {
        tell(m, CODING_MERGE_TOO_MANY, slice_trim(code->name), NULL, 1);
        return;
    }
    m->count[CODEBOOK_TREE]++;
    struct node *node = &m->theirs[c];
    node->object = new_entry(m, CODEBOOK_TREE, code);
    set_colour(node->object, m->project, code);
    place(m, node, parent);
    tell(m, CODING_MERGE_ADDED, slice_trim(code->name), node->object, node->depth);
}

/* Applications are a list without a tree; the lists of the others are the program's own. */
static void merge_listed(struct merge *m, size_t c, enum codebook_axis axis)
{
    const struct qda_code *code = &m->project->codes[c];
    if (m->found[c].match != CODING_UNKNOWN) {
        const struct slice title = m->base->axes[axis].items[m->found[c].entry].title;
        tell(m, follow(m, NULL, axis, m->found[c].entry, code) ? CODING_MERGE_STAYS : CODING_MERGE_SAME,
             title, NULL, 1);
    } else if (axis != CODEBOOK_APPLICATION) {
        tell(m, CODING_MERGE_FIXED, slice_trim(code->name), NULL, 1);
    } else if (m->count[axis] == CODEBOOK_CODES_MAX) {
        tell(m, CODING_MERGE_TOO_MANY, slice_trim(code->name), NULL, 1);
    } else if (fits(m, code, 1)) {
        json_t *object = new_entry(m, axis, code);
        m->count[axis]++;
        json_array_append(json_object_get(m->document, "applications"), object);
        tell(m, CODING_MERGE_ADDED, slice_trim(code->name), object, 1);
    }
}

static void merge_code(struct merge *m, size_t c)
{
    const uint32_t parent = m->project->codes[c].parent;
    const bool known = m->found[c].match == CODING_BY_GUID || m->found[c].match == CODING_BY_NAME;
    const bool folder = m->found[c].match == CODING_FOLDER;
    m->axis_of[c] = known || folder      ? m->found[c].axis
                    : parent != QDA_NONE ? m->axis_of[parent]
                                         : CODEBOOK_TREE;
    if (folder) {
        return;
    }
    if (m->axis_of[c] != CODEBOOK_TREE) {
        merge_listed(m, c, m->axis_of[c]);
    } else if (known) {
        merge_known(m, c);
    } else {
        merge_new(m, c);
    }
}

/* Our own codes that the file has not, where they stood. */
static void keep_ours(struct merge *m)
{
    const struct codebook_list *tree = &m->base->axes[CODEBOOK_TREE];
    for (size_t i = 0; i < tree->count; i++) {
        if (!is_value(m->base, (int)i) && !m->ours[i].placed) {
            place(m, &m->ours[i], tree->items[i].parent >= 0 ? &m->ours[tree->items[i].parent] : NULL);
            const bool deep = m->ours[i].depth > CODEBOOK_DEPTH_MAX;
            tell(m, deep ? CODING_MERGE_TOO_DEEP : CODING_MERGE_OURS, tree->items[i].title, m->ours[i].object,
                 m->ours[i].depth);
        }
    }
}

void coding_merge_book(struct coding_merge *out, struct arena *arena, const struct codebook *base,
                       struct slice document, const struct qda_project *project, int64_t version)
{
    struct json_errors errors;
    size_t at = 0;
    json_errors_init(&errors, arena);
    json_t *parsed = json_parse(&errors, arena, document);
    struct coding_found *found = arena_array(arena, project->code_count, sizeof *found);
    coding_match_codes(found, arena, base, project);
    *out = (struct coding_merge){
        .items =
            arena_array(arena, project->code_count + base->axes[CODEBOOK_TREE].count, sizeof *out->items)};
    struct merge m = {.out = out,
                      .arena = arena,
                      .base = base,
                      .project = project,
                      .found = found,
                      .document = json_deep_copy(parsed),
                      .ours = arena_array(arena, base->axes[CODEBOOK_TREE].count, sizeof *m.ours),
                      .theirs = arena_array(arena, project->code_count, sizeof *m.theirs),
                      .axis_of = arena_array(arena, project->code_count, sizeof *m.axis_of)};
    arena_defer(arena, release, m.document);
    for (size_t axis = 0; axis < CODEBOOK_AXES; axis++) {
        m.count[axis] = base->axes[axis].count;
    }
    walk_ours(&m, json_object_get(m.document, "values"), 1, &at);
    walk_ours(&m, json_object_get(m.document, "codes"), 1, &at);
    hold_apart(&m);
    for (size_t c = 0; c < project->code_count; c++) {
        merge_code(&m, c);
    }
    keep_ours(&m);
    json_object_set_new(m.document, "version", json_integer(version));
    out->document = out->faults == 0 ? m.document : NULL;
}
