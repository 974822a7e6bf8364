#include "features/coding/coding_exchange.h"

#include "base/buffer.h"

#include <stdlib.h>
#include <string.h>

enum { DESCRIPTION_MAX = QDA_DESCRIPTION_MAX };

static const struct {
    const char *title;
    const char *code; /* of GUIDs */
} folders[CODEBOOK_AXES] = {[CODEBOOK_TREE] = {"", "code"},
                            [CODEBOOK_FACET] = {"Facet", "facet"},
                            [CODEBOOK_EXPRESSION] = {"Uiting", "uiting"},
                            [CODEBOOK_DIRECTION] = {"Richting", "richting"},
                            [CODEBOOK_ORIGIN] = {"Herkomst", "herkomst"},
                            [CODEBOOK_APPLICATION] = {"Toepassing", "toepassing"}};

/* ---- out ---- */

static struct qda_guid entry_guid(const struct codebook *book, enum codebook_axis axis,
                                  const struct codebook_entry *entry)
{
    struct qda_guid guid;
    if (!qda_guid_parse(&guid, entry->guid)) {
        qda_guid_derive(&guid, book->code, folders[axis].code, entry->code);
    }
    return guid;
}

static struct qda_guid folder_guid(const struct codebook *book, enum codebook_axis axis)
{
    struct qda_guid guid;
    qda_guid_derive(&guid, book->code, "lijst", slice_from_cstr(folders[axis].code));
    return guid;
}

struct slice coding_description(struct arena *arena, const struct codebook *book, enum codebook_axis axis,
                                const struct codebook_entry *entry)
{
    struct buffer text;
    buffer_init(&text, DESCRIPTION_MAX);
    buffer_append(&text, entry->definition);
    for (size_t i = 0; i < entry->include_count; i++) {
        buffer_printf(&text, "\n%s- %.*s", i == 0 ? "\nWel:\n" : "", SLICE_ARG(entry->include[i]));
    }
    for (size_t i = 0; i < entry->exclude_count; i++) {
        const struct codebook_exclusion *rule = &entry->exclude[i];
        buffer_printf(&text, "\n%s- %.*s", i == 0 ? "\nNiet:\n" : "", SLICE_ARG(rule->text));
        if (rule->instead >= 0) {
            buffer_printf(&text, " Dan: %.*s.", SLICE_ARG(book->axes[axis].items[rule->instead].title));
        }
    }
    for (size_t i = 0; i < entry->example_count; i++) {
        const struct codebook_example *example = &entry->examples[i];
        buffer_printf(&text, "\n%s- \"%.*s\" (%.*s)", i == 0 ? "\nVoorbeelden:\n" : "",
                      SLICE_ARG(example->quote), SLICE_ARG(example->why));
    }
    const struct slice copy = arena_copy(arena, buffer_slice(&text));
    buffer_free(&text);
    return copy;
}

static void put_axis(struct qda_project *project, struct coding_places *places, struct arena *arena,
                     const struct codebook *book, enum codebook_axis axis)
{
    const struct codebook_list *list = &book->axes[axis];
    uint32_t *place = arena_array(arena, list->count, sizeof *place);
    uint32_t folder = QDA_NONE;
    if (axis != CODEBOOK_TREE && list->count > 0) {
        folder = (uint32_t)project->code_count;
        project->codes[project->code_count++] =
            (struct qda_code){.guid = folder_guid(book, axis),
                              .name = slice_from_cstr(folders[axis].title),
                              .parent = QDA_NONE,
                              .colour = QDA_NO_COLOUR};
    }
    for (size_t i = 0; i < list->count; i++) {
        const struct codebook_entry *entry = &list->items[i];
        place[i] = (uint32_t)project->code_count;
        project->codes[project->code_count++] =
            (struct qda_code){.guid = entry_guid(book, axis, entry),
                              .name = entry->title,
                              .description = coding_description(arena, book, axis, entry),
                              .parent = entry->parent >= 0 ? place[entry->parent] : folder,
                              .colour = entry->colour >= 0 ? entry->colour : QDA_NO_COLOUR,
                              .codable = true};
    }
    places->of[axis] = place;
}

void coding_put_book(struct qda_project *project, struct coding_places *places, struct arena *arena,
                     const struct codebook *book)
{
    size_t count = CODEBOOK_AXES; /* folders */
    for (size_t axis = 0; axis < CODEBOOK_AXES; axis++) {
        count += book->axes[axis].count;
    }
    project->codes = arena_array(arena, count, sizeof *project->codes);
    project->code_count = 0;
    for (enum codebook_axis axis = CODEBOOK_TREE; axis < CODEBOOK_AXES; axis++) {
        put_axis(project, places, arena, book, axis);
    }
}

static void put_code(struct qda_selection *selection, struct arena *arena, struct slice space,
                     const struct coding_mark *mark, const struct codebook *book,
                     const struct coding_places *places, enum codebook_axis axis, int entry)
{
    struct qda_coding *coding = &selection->codings.items[selection->codings.count++];
    *coding = (struct qda_coding){.code = places->of[axis][entry], .created = selection->created};
    qda_guid_derive(&coding->guid, space, "codering",
                    arena_printf(arena, "%.*s/%s/%.*s", SLICE_ARG(mark->key), folders[axis].code,
                                 SLICE_ARG(book->axes[axis].items[entry].code)));
}

void coding_put_mark(struct qda_selection *selection, struct arena *arena, const struct codebook *book,
                     const struct coding_places *places, struct slice space, const struct coding_mark *mark)
{
    *selection = (struct qda_selection){.description = mark->memo,
                                        .start = mark->start,
                                        .end = mark->end,
                                        .created = {mark->coder, mark->at},
                                        .modified = {QDA_NONE, QDA_NO_TIME}};
    qda_guid_derive(&selection->guid, space, "fragment", mark->key);
    selection->codings.items =
        arena_array(arena, mark->code_count + CODEBOOK_AXES, sizeof *selection->codings.items);
    for (size_t i = 0; i < mark->code_count; i++) {
        put_code(selection, arena, space, mark, book, places, CODEBOOK_TREE, mark->codes[i]);
    }
    for (enum codebook_axis axis = CODEBOOK_FACET; axis < CODEBOOK_AXES; axis++) {
        if (mark->other[axis] >= 0) {
            put_code(selection, arena, space, mark, book, places, axis, mark->other[axis]);
        }
    }
}

/* ---- in ---- */

struct matcher {
    const struct codebook *book;
    struct coding_found *found;
    bool *taken[CODEBOOK_AXES]; /* entries that some code is */
};

static void take(struct matcher *m, size_t code, enum coding_match match, enum codebook_axis axis, int entry)
{
    m->found[code] = (struct coding_found){match, axis, entry};
    m->taken[axis][entry] = true;
}

static bool same_guid(const struct qda_guid *a, const struct qda_guid *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static void match_guids(struct matcher *m, enum codebook_axis axis, const struct qda_project *project)
{
    const struct qda_guid folder = folder_guid(m->book, axis);
    for (size_t c = 0; c < project->code_count; c++) {
        if (axis != CODEBOOK_TREE && same_guid(&project->codes[c].guid, &folder)) {
            m->found[c] = (struct coding_found){CODING_FOLDER, axis, -1};
        }
    }
    for (size_t e = 0; e < m->book->axes[axis].count; e++) {
        const struct qda_guid guid = entry_guid(m->book, axis, &m->book->axes[axis].items[e]);
        for (size_t c = 0; c < project->code_count; c++) {
            if (same_guid(&project->codes[c].guid, &guid)) {
                take(m, c, CODING_BY_GUID, axis, (int)e);
            }
        }
    }
}

static bool has_name(const struct codebook_entry *entry, struct slice name)
{
    return slice_equal_nocase(entry->title, name) || slice_equal_nocase(entry->code, name);
}

/* How many entries have the name; where the last of them is. */
static size_t find_name(struct coding_found *found, const struct codebook *book, struct slice name)
{
    size_t count = 0;
    for (enum codebook_axis axis = CODEBOOK_TREE; axis < CODEBOOK_AXES; axis++) {
        for (size_t e = 0; e < book->axes[axis].count; e++) {
            if (has_name(&book->axes[axis].items[e], name)) {
                *found = (struct coding_found){CODING_BY_NAME, axis, (int)e};
                count++;
            }
        }
    }
    return count;
}

void coding_match_codes(struct coding_found *found, struct arena *arena, const struct codebook *book,
                        const struct qda_project *project)
{
    struct matcher m = {.book = book, .found = found};
    for (size_t c = 0; c < project->code_count; c++) {
        found[c] = (struct coding_found){CODING_UNKNOWN, CODEBOOK_TREE, -1};
    }
    for (enum codebook_axis axis = CODEBOOK_TREE; axis < CODEBOOK_AXES; axis++) {
        m.taken[axis] = arena_array(arena, book->axes[axis].count, sizeof *m.taken[axis]);
        match_guids(&m, axis, project);
    }
    for (size_t c = 0; c < project->code_count; c++) {
        struct coding_found by_name;
        if (found[c].match == CODING_UNKNOWN &&
            find_name(&by_name, book, slice_trim(project->codes[c].name)) == 1 &&
            !m.taken[by_name.axis][by_name.entry]) {
            take(&m, c, CODING_BY_NAME, by_name.axis, by_name.entry);
        }
    }
}

/* A coding and whose it is. */
struct own {
    uint32_t user;
    uint32_t place;
};

static int by_user(const void *a, const void *b)
{
    const struct own *x = a, *y = b;
    return x->user != y->user ? (x->user > y->user) - (x->user < y->user)
                              : (x->place > y->place) - (x->place < y->place);
}

static struct own *owns_of(struct arena *arena, const struct qda_selection *selection)
{
    const struct qda_codings *codings = &selection->codings;
    struct own *owns = arena_array(arena, codings->count, sizeof *owns);
    for (size_t i = 0; i < codings->count; i++) {
        const uint32_t user = codings->items[i].created.user;
        owns[i] = (struct own){user != QDA_NONE ? user : selection->created.user, (uint32_t)i};
    }
    if (codings->count > 0) {
        qsort(owns, codings->count, sizeof *owns, by_user);
    }
    return owns;
}

static struct coding_mark mark_of(const struct qda_selection *selection, uint32_t user, int *codes)
{
    struct coding_mark mark = {.start = selection->start,
                               .end = selection->end,
                               .coder = user,
                               .at = QDA_NO_TIME,
                               .memo = selection->description,
                               .codes = codes};
    for (size_t axis = 0; axis < CODEBOOK_AXES; axis++) {
        mark.other[axis] = -1;
    }
    return mark;
}

/* Keeps the codes rising, each once. */
static void add_code(struct coding_mark *mark, int entry)
{
    int *codes = (int *)(uintptr_t)mark->codes;
    size_t at = mark->code_count;
    while (at > 0 && codes[at - 1] >= entry) {
        at--;
    }
    if (at == mark->code_count || codes[at] != entry) {
        memmove(codes + at + 1, codes + at, (mark->code_count - at) * sizeof *codes);
        codes[at] = entry;
        mark->code_count++;
    }
}

static void take_coding(struct coding_mark *mark, struct coding_losses *losses,
                        const struct coding_found *found)
{
    if (found->match != CODING_BY_GUID && found->match != CODING_BY_NAME) {
        losses->unknown++;
    } else if (found->axis == CODEBOOK_TREE) {
        add_code(mark, found->entry);
    } else if (mark->other[found->axis] < 0) {
        mark->other[found->axis] = found->entry;
    } else {
        losses->conflicts += mark->other[found->axis] != found->entry;
    }
}

size_t coding_take_marks(const struct coding_mark **marks, struct coding_losses *losses, struct arena *arena,
                         const struct coding_found *found, const struct qda_selection *selection)
{
    const struct qda_codings *codings = &selection->codings;
    const struct own *owns = owns_of(arena, selection);
    struct coding_mark *taken = arena_array(arena, codings->count + 1, sizeof *taken);
    int *codes = arena_array(arena, codings->count, sizeof *codes);
    size_t count = 0;
    for (size_t i = 0; i < codings->count; i++) {
        const struct qda_coding *coding = &codings->items[owns[i].place];
        if (i == 0 || owns[i].user != owns[i - 1].user) {
            taken[count++] = mark_of(selection, owns[i].user, codes + i);
        }
        struct coding_mark *mark = &taken[count - 1];
        mark->at = coding->created.at > mark->at ? coding->created.at : mark->at;
        take_coding(mark, losses, &found[coding->code]);
    }
    if (count == 0 && selection->description.len > 0) {
        taken[count++] = mark_of(selection, selection->created.user, codes);
    }
    for (size_t i = 0; i < count; i++) {
        taken[i].at = taken[i].at == QDA_NO_TIME ? selection->created.at : taken[i].at;
    }
    *marks = taken;
    return count;
}
