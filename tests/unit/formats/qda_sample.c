#include "qda_sample.h"

#include "stats/random.h"

#include <stdio.h>
#include <string.h>

static struct qda_guid guid_of(const char *kind, size_t number)
{
    struct qda_guid guid;
    char id[24];
    snprintf(id, sizeof id, "%zu", number);
    qda_guid_derive(&guid, SLICE("proef"), kind, slice_from_cstr(id));
    return guid;
}

static struct qda_stamp stamp_of(uint32_t user, int64_t at)
{
    return (struct qda_stamp){user, at};
}

static struct qda_numbers numbers_of(struct arena *arena, size_t count, const uint32_t *items)
{
    struct qda_numbers numbers = {arena_array(arena, count, sizeof *items), count};
    memcpy(numbers.items, items, count * sizeof *items);
    return numbers;
}
#define NUMBERS(arena, ...)                                                                                  \
    numbers_of(arena, sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t), (uint32_t[]){__VA_ARGS__})
#define COPY(arena, type, ...)                                                                               \
    memcpy(arena_alloc(arena, sizeof((type[]){__VA_ARGS__})), (type[]){__VA_ARGS__},                         \
           sizeof((type[]){__VA_ARGS__}))

enum { AT = 1800000000 };

static void fill_texts(struct arena *arena, struct qda_project *p)
{
    const struct qda_stamp no = {QDA_NONE, QDA_NO_TIME};
    struct qda_coding *first =
        COPY(arena, struct qda_coding, {guid_of("coding", 0), 1, stamp_of(0, AT), NUMBERS(arena, 0)},
             {guid_of("coding", 1), 2, stamp_of(1, AT + 60), {NULL, 0}});
    struct qda_coding *whole = COPY(arena, struct qda_coding, {guid_of("coding", 2), 3, no, {NULL, 0}});
    struct qda_selection *spans =
        COPY(arena, struct qda_selection,
             {.guid = guid_of("selection", 0),
              .name = SLICE("één 👍"),
              .description = SLICE("Een memo & <meer>\nop twee regels"),
              .start = 4,
              .end = 9,
              .created = stamp_of(0, AT),
              .modified = stamp_of(1, AT + 1),
              .codings = {first, 2},
              .notes = NUMBERS(arena, 0, 1)},
             {.guid = guid_of("selection", 1), .start = 0, .end = 0, .created = no, .modified = no});
    struct qda_value *values =
        COPY(arena, struct qda_value, {0, QDA_TEXT, SLICE("interview")}, {1, QDA_NO_VALUE, {NULL, 0}});
    p->sources = COPY(arena, struct qda_source,
                      {.guid = guid_of("source", 0),
                       .name = SLICE("Gesprek 1 \"proef\""),
                       .description = SLICE("Verzonnen"),
                       .text = SLICE("P1: één 👍 & <b>\nP2: nee\n"),
                       .created = stamp_of(0, AT),
                       .modified = no,
                       .selections = spans,
                       .selection_count = 2,
                       .codings = {whole, 1},
                       .notes = NUMBERS(arena, 1),
                       .values = {values, 2}},
                      {.guid = guid_of("source", 1), .created = no, .modified = no});
    p->source_count = 2;
    p->notes = COPY(arena, struct qda_source,
                    {.guid = guid_of("note", 0),
                     .name = SLICE("memo"),
                     .text = SLICE("Twijfel"),
                     .created = stamp_of(1, AT),
                     .modified = no},
                    {.guid = guid_of("note", 1), .text = SLICE("x"), .created = no, .modified = no});
    p->note_count = 2;
}

struct qda_project *sample_project(struct arena *arena)
{
    struct qda_project *p = arena_alloc(arena, sizeof *p);
    p->name = SLICE("Proef");
    p->origin = SLICE("Zevenstem");
    p->description = SLICE("Alles een keer");
    p->created = stamp_of(0, AT);
    p->modified = stamp_of(1, AT + 7);
    p->users = COPY(arena, struct qda_user, {guid_of("user", 0), SLICE("Codeur A"), SLICE("a")},
                    {guid_of("user", 1), SLICE("Codeur B"), {NULL, 0}});
    p->user_count = 2;
    p->codes =
        COPY(arena, struct qda_code,
             {guid_of("code", 0), SLICE("Waarden"), {NULL, 0}, QDA_NONE, QDA_NO_COLOUR, false, {NULL, 0}},
             {guid_of("code", 1), SLICE("natuurlijkheid"), SLICE("Hoe leven is"), 0, 0x00A0FF, true,
              NUMBERS(arena, 1)},
             {guid_of("code", 2), SLICE("ingrijpen"), {NULL, 0}, 1, 0, true, {NULL, 0}},
             {guid_of("code", 3), SLICE("veiligheid"), {NULL, 0}, 0, QDA_NO_COLOUR, true, {NULL, 0}},
             {guid_of("code", 4), SLICE("overig"), {NULL, 0}, QDA_NONE, 0xFFFFFF, true, {NULL, 0}});
    p->code_count = 5;
    p->variables =
        COPY(arena, struct qda_variable, {guid_of("variable", 0), SLICE("methode"), SLICE("Hoe"), QDA_TEXT},
             {guid_of("variable", 1), SLICE("leeftijd"), {NULL, 0}, QDA_INTEGER});
    p->variable_count = 2;
    fill_texts(arena, p);
    struct qda_value *values =
        COPY(arena, struct qda_value, {1, QDA_INTEGER, SLICE("67")}, {0, QDA_BOOLEAN, SLICE("true")},
             {0, QDA_DATE, SLICE("2026-03-01")}, {0, QDA_FLOAT, SLICE("-0.5")},
             {0, QDA_DATE_TIME, SLICE("2026-03-01T10:00:00Z")});
    p->cases = COPY(arena, struct qda_case,
                    {.guid = guid_of("case", 0),
                     .name = SLICE("P1"),
                     .description = SLICE("Deelnemer"),
                     .codes = NUMBERS(arena, 4),
                     .values = {values, 5},
                     .sources = NUMBERS(arena, 0),
                     .selections = COPY(arena, struct qda_place, {0, 1}, {0, 0}),
                     .selection_count = 2},
                    {.guid = guid_of("case", 1)});
    p->case_count = 2;
    p->sets = COPY(arena, struct qda_set,
                   {guid_of("set", 0), SLICE("ronde 1"), SLICE("De eerste"), NUMBERS(arena, 1, 2),
                    NUMBERS(arena, 1, 0), NUMBERS(arena, 1)});
    p->set_count = 1;
    p->about = NUMBERS(arena, 0);
    return p;
}

/* ---- as the seed says ---- */

struct maker {
    struct arena *arena;
    struct qda_project *p;
    uint64_t state;
    size_t next; /* of GUIDs */
};

static uint32_t pick(struct maker *m, uint32_t bound)
{
    return random_index(&m->state, bound);
}

static struct qda_guid fresh(struct maker *m)
{
    return guid_of("x", m->next++ ^ (m->state & ~UINT64_C(0xFFFFF)));
}

static struct slice words(struct maker *m, bool lines)
{
    static const char *const pieces[] = {
        "a",  "b",  " ",   "é",         "\xF0\x9F\x98\x80", "<", "&",     "\"", "'",
        "\n", "\t", "]]>", "e\xCC\x81", "\xE2\x80\x8D",     ">", "&amp;", "1",  "\r"};
    const uint32_t kinds = sizeof pieces / sizeof pieces[0] - (lines ? 1 : 0);
    struct slice text = {"", 0};
    for (uint32_t n = pick(m, 12); n > 0; n--) {
        text = arena_printf(m->arena, "%.*s%s", SLICE_ARG(text), pieces[pick(m, kinds)]);
    }
    return text;
}

static struct qda_numbers some(struct maker *m, size_t of)
{
    struct qda_numbers numbers = {.count = of > 0 ? pick(m, 3) : 0};
    numbers.items = arena_array(m->arena, numbers.count, sizeof *numbers.items);
    for (size_t i = 0; i < numbers.count; i++) {
        numbers.items[i] = pick(m, (uint32_t)of);
    }
    return numbers;
}

static struct qda_stamp somebody(struct maker *m)
{
    return (struct qda_stamp){m->p->user_count > 0 && pick(m, 2) ? pick(m, (uint32_t)m->p->user_count)
                                                                 : QDA_NONE,
                              pick(m, 2) ? (int64_t)(random_u64(&m->state) >> 32) : QDA_NO_TIME};
}

static struct qda_values some_values(struct maker *m)
{
    static const char *const of_type[] = {NULL,    "false",      "-12",
                                          "+1.50", "1999-12-31", "2026-01-01T00:00:00+01:00"};
    struct qda_values values = {.count = m->p->variable_count > 0 ? pick(m, 3) : 0};
    values.items = arena_array(m->arena, values.count, sizeof *values.items);
    for (size_t i = 0; i < values.count; i++) {
        const enum qda_type type = (enum qda_type)pick(m, QDA_NO_VALUE + 1);
        values.items[i] = (struct qda_value){pick(m, (uint32_t)m->p->variable_count), type,
                                             type == QDA_TEXT       ? words(m, false)
                                             : type == QDA_NO_VALUE ? (struct slice){"", 0}
                                                                    : slice_from_cstr(of_type[type])};
    }
    return values;
}

static struct qda_codings some_codings(struct maker *m)
{
    struct qda_codings codings = {.count = m->p->code_count > 0 ? pick(m, 3) : 0};
    codings.items = arena_array(m->arena, codings.count, sizeof *codings.items);
    for (size_t i = 0; i < codings.count; i++) {
        codings.items[i] = (struct qda_coding){fresh(m), pick(m, (uint32_t)m->p->code_count), somebody(m),
                                               some(m, m->p->note_count)};
    }
    return codings;
}

static size_t length_of(struct slice text)
{
    size_t length = 0;
    for (size_t i = 0; i < text.len; i++) {
        length += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    }
    return length;
}

static struct qda_source *some_texts(struct maker *m, size_t count)
{
    struct qda_source *texts = arena_array(m->arena, count, sizeof *texts);
    for (size_t i = 0; i < count; i++) {
        struct qda_source *text = &texts[i];
        *text = (struct qda_source){.guid = fresh(m),
                                    .name = words(m, false),
                                    .description = words(m, false),
                                    .text = words(m, true),
                                    .created = somebody(m),
                                    .modified = somebody(m),
                                    .selection_count = pick(m, 4),
                                    .codings = some_codings(m),
                                    .notes = some(m, m->p->note_count),
                                    .values = some_values(m)};
        text->selections = arena_array(m->arena, text->selection_count, sizeof *text->selections);
        for (size_t s = 0; s < text->selection_count; s++) {
            const uint32_t length = (uint32_t)length_of(text->text);
            const uint32_t start = pick(m, length + 1);
            text->selections[s] = (struct qda_selection){.guid = fresh(m),
                                                         .name = words(m, false),
                                                         .description = words(m, false),
                                                         .start = start,
                                                         .end = start + pick(m, length - start + 1),
                                                         .created = somebody(m),
                                                         .modified = somebody(m),
                                                         .codings = some_codings(m),
                                                         .notes = some(m, m->p->note_count)};
        }
    }
    return texts;
}

static void make_codes(struct maker *m)
{
    uint32_t open[QDA_DEPTH_MAX];
    size_t depth = 0;
    m->p->code_count = pick(m, 60);
    m->p->codes = arena_array(m->arena, m->p->code_count, sizeof *m->p->codes);
    for (size_t i = 0; i < m->p->code_count; i++) {
        depth -= depth > 0 && (depth == QDA_DEPTH_MAX || pick(m, 3) == 0) ? 1 + pick(m, (uint32_t)depth) : 0;
        m->p->codes[i] = (struct qda_code){.guid = fresh(m),
                                           .name = words(m, false),
                                           .description = words(m, false),
                                           .parent = depth > 0 ? open[depth - 1] : QDA_NONE,
                                           .colour = pick(m, 2) ? (int32_t)pick(m, 0x1000000) : QDA_NO_COLOUR,
                                           .codable = pick(m, 2) == 0,
                                           .notes = some(m, m->p->note_count)};
        open[depth++] = (uint32_t)i;
    }
}

static void make_cases_and_sets(struct maker *m)
{
    struct qda_project *p = m->p;
    p->cases = arena_array(m->arena, p->case_count, sizeof *p->cases);
    for (size_t i = 0; i < p->case_count; i++) {
        struct qda_case *one = &p->cases[i];
        *one = (struct qda_case){.guid = fresh(m),
                                 .name = words(m, false),
                                 .description = words(m, false),
                                 .codes = some(m, p->code_count),
                                 .values = some_values(m),
                                 .sources = some(m, p->source_count)};
        one->selections = arena_array(m->arena, p->source_count, sizeof *one->selections);
        for (uint32_t s = 0; s < p->source_count; s++) {
            if (p->sources[s].selection_count > 0) {
                one->selections[one->selection_count++] =
                    (struct qda_place){s, pick(m, (uint32_t)p->sources[s].selection_count)};
            }
        }
    }
    p->sets = arena_array(m->arena, p->set_count, sizeof *p->sets);
    for (size_t i = 0; i < p->set_count; i++) {
        p->sets[i] = (struct qda_set){.guid = fresh(m),
                                      .name = words(m, false),
                                      .description = words(m, false),
                                      .codes = some(m, p->code_count),
                                      .sources = some(m, p->source_count),
                                      .notes = some(m, p->note_count)};
    }
}

struct qda_project *random_project(struct arena *arena, uint64_t seed)
{
    struct qda_project *p = arena_alloc(arena, sizeof *p);
    struct maker m = {.arena = arena, .p = p, .state = seed};
    p->user_count = pick(&m, 4);
    p->users = arena_array(arena, p->user_count, sizeof *p->users);
    for (size_t i = 0; i < p->user_count; i++) {
        p->users[i] = (struct qda_user){fresh(&m), words(&m, false), words(&m, false)};
    }
    p->variable_count = pick(&m, 4);
    p->variables = arena_array(arena, p->variable_count, sizeof *p->variables);
    for (size_t i = 0; i < p->variable_count; i++) {
        p->variables[i] = (struct qda_variable){fresh(&m), words(&m, false), words(&m, false),
                                                (enum qda_type)pick(&m, QDA_NO_VALUE)};
    }
    p->name = words(&m, false);
    p->origin = words(&m, false);
    p->description = words(&m, false);
    p->created = somebody(&m);
    p->modified = somebody(&m);
    p->note_count = pick(&m, 4);
    make_codes(&m);
    p->notes = some_texts(&m, p->note_count);
    p->source_count = pick(&m, 5);
    p->sources = some_texts(&m, p->source_count);
    p->case_count = pick(&m, 4);
    p->set_count = pick(&m, 3);
    make_cases_and_sets(&m);
    p->about = some(&m, p->note_count);
    return p;
}
