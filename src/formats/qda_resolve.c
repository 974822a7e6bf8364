/* Puts the places of things for the references to them, once everything was read. */
#include "formats/qda_read.h"

#include <stdlib.h>
#include <string.h>

struct resolver {
    struct reader *r;
    struct qda_index *index;
    const struct reference *references;
    const struct qda_guid *left_out; /* in order */
    size_t left_out_count;
};

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct qda_guid));
}

static bool was_left_out(const struct resolver *s, const struct qda_guid *guid)
{
    return s->left_out_count > 0 && bsearch(guid, s->left_out, s->left_out_count, sizeof *guid, compare);
}

/* QDA_NONE, with or without a fault, when it refers to nothing that was read. inner as qda_index_find has it.
 */
static uint32_t place_of(struct resolver *s, uint32_t number, uint32_t *inner)
{
    const struct reference *reference = &s->references[number];
    const uint32_t place = qda_index_find(inner, s->index, reference->kind, &reference->guid);
    if (place != QDA_NONE) {
        return place;
    }
    if (reference->kind == QDA_KIND_USER) {
        s->r->report->unknown_users++;
    } else if (was_left_out(s, &reference->guid)) {
        s->r->report->loose_references++;
    } else {
        qda_fail_guid(s->r->fault, QDA_UNKNOWN_GUID, reference->line, &reference->guid);
    }
    return QDA_NONE;
}

/* What must be there. */
static void settle_needed(struct resolver *s, uint32_t *number)
{
    const struct reference *reference = &s->references[*number];
    *number = place_of(s, *number, NULL);
    if (*number == QDA_NONE) {
        qda_fail_guid(s->r->fault, QDA_UNKNOWN_GUID, reference->line, &reference->guid);
    }
}

static void settle_stamp(struct resolver *s, struct qda_stamp *stamp)
{
    if (stamp->user != QDA_NONE) {
        stamp->user = place_of(s, stamp->user, NULL);
    }
}

/* Those to what was left out are dropped. first: where the kind begins among what shares its GUIDs. */
static void settle_numbers(struct resolver *s, struct qda_numbers *numbers, uint32_t first, uint32_t end)
{
    size_t kept = 0;
    for (size_t i = 0; i < numbers->count && reading(s->r); i++) {
        const struct reference *reference = &s->references[numbers->items[i]];
        const uint32_t place = place_of(s, numbers->items[i], NULL);
        if (place != QDA_NONE && (place < first || place >= end)) {
            qda_fail_guid(s->r->fault, QDA_UNKNOWN_GUID, reference->line, &reference->guid);
        } else if (place != QDA_NONE) {
            numbers->items[kept++] = place - first;
        }
    }
    numbers->count = kept;
}

static void settle_codes(struct resolver *s, struct qda_numbers *codes)
{
    settle_numbers(s, codes, 0, (uint32_t)s->r->p->code_count);
}

static void settle_sources(struct resolver *s, struct qda_numbers *sources)
{
    settle_numbers(s, sources, 0, (uint32_t)s->r->p->source_count);
}

static void settle_notes(struct resolver *s, struct qda_numbers *notes)
{
    const struct qda_project *p = s->r->p;
    settle_numbers(s, notes, (uint32_t)p->source_count, (uint32_t)(p->source_count + p->note_count));
}

static void settle_values(struct resolver *s, struct qda_values *values)
{
    for (size_t i = 0; i < values->count && reading(s->r); i++) {
        settle_needed(s, &values->items[i].variable);
    }
}

static void settle_codings(struct resolver *s, struct qda_codings *codings)
{
    for (size_t i = 0; i < codings->count && reading(s->r); i++) {
        settle_needed(s, &codings->items[i].code);
        settle_stamp(s, &codings->items[i].created);
        settle_notes(s, &codings->items[i].notes);
    }
}

static void settle_texts(struct resolver *s, struct qda_source *texts, size_t count)
{
    for (size_t i = 0; i < count && reading(s->r); i++) {
        struct qda_source *text = &texts[i];
        settle_stamp(s, &text->created);
        settle_stamp(s, &text->modified);
        settle_codings(s, &text->codings);
        settle_notes(s, &text->notes);
        settle_values(s, &text->values);
        for (size_t k = 0; k < text->selection_count && reading(s->r); k++) {
            struct qda_selection *selection = &text->selections[k];
            settle_stamp(s, &selection->created);
            settle_stamp(s, &selection->modified);
            settle_codings(s, &selection->codings);
            settle_notes(s, &selection->notes);
        }
    }
}

/* Cases refer to selections of sources; those of notes are dropped. */
static void settle_places(struct resolver *s, struct qda_case *one)
{
    size_t kept = 0;
    for (size_t i = 0; i < one->selection_count && reading(s->r); i++) {
        uint32_t inner = 0;
        const uint32_t source = place_of(s, one->selections[i].source, &inner);
        if (source < s->r->p->source_count) {
            one->selections[kept++] = (struct qda_place){source, inner};
        } else if (source != QDA_NONE) {
            s->r->report->loose_references++;
        }
    }
    one->selection_count = kept;
}

static void settle_project(struct resolver *s)
{
    struct qda_project *p = s->r->p;
    settle_stamp(s, &p->created);
    settle_stamp(s, &p->modified);
    settle_notes(s, &p->about);
    for (size_t i = 0; i < p->code_count; i++) {
        settle_notes(s, &p->codes[i].notes);
    }
    settle_texts(s, p->sources, p->source_count);
    settle_texts(s, p->notes, p->note_count);
    for (size_t i = 0; i < p->case_count && reading(s->r); i++) {
        settle_codes(s, &p->cases[i].codes);
        settle_sources(s, &p->cases[i].sources);
        settle_values(s, &p->cases[i].values);
        settle_places(s, &p->cases[i]);
    }
    for (size_t i = 0; i < p->set_count && reading(s->r); i++) {
        settle_codes(s, &p->sets[i].codes);
        settle_sources(s, &p->sets[i].sources);
        settle_notes(s, &p->sets[i].notes);
    }
}

void qda_resolve(struct reader *r)
{
    if (!reading(r)) {
        return;
    }
    struct resolver s = {.r = r,
                         .index = qda_index_create(r->p),
                         .references = (const struct reference *)(const void *)r->references.ptr,
                         .left_out = (const struct qda_guid *)(const void *)r->left_out.ptr,
                         .left_out_count = r->left_out.len / sizeof(struct qda_guid)};
    if (!s.index) {
        qda_fail(r->fault, QDA_NO_MEMORY, 0, SLICE(""));
        return;
    }
    const struct qda_guid *twice = qda_index_twice(s.index);
    if (twice) {
        qda_fail_guid(r->fault, QDA_TWICE, 0, twice);
    } else {
        if (s.left_out_count > 0) {
            qsort(r->left_out.ptr, s.left_out_count, sizeof(struct qda_guid), compare);
        }
        settle_project(&s);
    }
    qda_index_free(s.index);
}
