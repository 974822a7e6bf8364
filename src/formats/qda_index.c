/* Where things are, by GUID: sorted, since GUIDs come from outside and could be chosen to clash in a hash. */
#include "formats/qda_internal.h"

#include "base/buffer.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    struct qda_guid guid;
    enum qda_kind kind;
    uint32_t number, inner;
};

struct qda_index {
    struct buffer entries;
};

static int compare(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->kind != y->kind) {
        return x->kind < y->kind ? -1 : 1;
    }
    return memcmp(&x->guid, &y->guid, sizeof x->guid);
}

static void add(struct qda_index *index, enum qda_kind kind, const struct qda_guid *guid, size_t number,
                size_t inner)
{
    const struct entry entry = {*guid, kind, (uint32_t)number, (uint32_t)inner};
    buffer_append(&index->entries, (struct slice){(const char *)&entry, sizeof entry});
}

static void add_codings(struct qda_index *index, const struct qda_codings *codings)
{
    for (size_t i = 0; i < codings->count; i++) {
        add(index, QDA_KIND_CODING, &codings->items[i].guid, i, 0);
    }
}

static void add_texts(struct qda_index *index, const struct qda_source *texts, size_t count, size_t first)
{
    for (size_t i = 0; i < count; i++) {
        const struct qda_source *text = &texts[i];
        add(index, QDA_KIND_TEXT, &text->guid, first + i, 0);
        add_codings(index, &text->codings);
        for (size_t s = 0; s < text->selection_count; s++) {
            add(index, QDA_KIND_SELECTION, &text->selections[s].guid, first + i, s);
            add_codings(index, &text->selections[s].codings);
        }
    }
}

/* Of things that lie one after the other, each beginning with its GUID. */
static void add_all(struct qda_index *index, enum qda_kind kind, const void *things, size_t count,
                    size_t size)
{
    for (size_t i = 0; i < count; i++) {
        struct qda_guid guid;
        memcpy(&guid, (const char *)things + i * size, sizeof guid);
        add(index, kind, &guid, i, 0);
    }
}

struct qda_index *qda_index_create(const struct qda_project *project)
{
    struct qda_index *index = calloc(1, sizeof *index);
    if (!index) {
        return NULL;
    }
    buffer_init(&index->entries, SIZE_MAX);
    add_all(index, QDA_KIND_USER, project->users, project->user_count, sizeof *project->users);
    add_all(index, QDA_KIND_CODE, project->codes, project->code_count, sizeof *project->codes);
    add_all(index, QDA_KIND_VARIABLE, project->variables, project->variable_count,
            sizeof *project->variables);
    add_all(index, QDA_KIND_CASE, project->cases, project->case_count, sizeof *project->cases);
    add_all(index, QDA_KIND_SET, project->sets, project->set_count, sizeof *project->sets);
    add_texts(index, project->sources, project->source_count, 0);
    add_texts(index, project->notes, project->note_count, project->source_count);
    if (buffer_failed(&index->entries)) {
        qda_index_free(index);
        return NULL;
    }
    if (index->entries.len > 0) {
        qsort(index->entries.ptr, index->entries.len / sizeof(struct entry), sizeof(struct entry), compare);
    }
    return index;
}

void qda_index_free(struct qda_index *index)
{
    if (index) {
        buffer_free(&index->entries);
        free(index);
    }
}

static const struct entry *entries_of(const struct qda_index *index, size_t *count)
{
    *count = index->entries.len / sizeof(struct entry);
    return (const struct entry *)(const void *)index->entries.ptr;
}

const struct qda_guid *qda_index_twice(const struct qda_index *index)
{
    size_t count;
    const struct entry *entries = entries_of(index, &count);
    for (size_t i = 1; i < count; i++) {
        if (compare(&entries[i - 1], &entries[i]) == 0) {
            return &entries[i].guid;
        }
    }
    return NULL;
}

uint32_t qda_index_find(uint32_t *inner, const struct qda_index *index, enum qda_kind kind,
                        const struct qda_guid *guid)
{
    size_t count;
    const struct entry *entries = entries_of(index, &count);
    const struct entry key = {.guid = *guid, .kind = kind};
    const struct entry *found = count > 0 ? bsearch(&key, entries, count, sizeof key, compare) : NULL;
    if (found && inner) {
        *inner = found->inner;
    }
    return found ? found->number : QDA_NONE;
}
