#include "features/coding/coding_exchange.h"

#include "base/buffer.h"
#include "stats/random.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(coding_exchange, .fini = leaks_check);

enum { ARENA_MAX = 64 << 20, FILE_MAX = 16 << 20, MARKS = 60 };

struct scene {
    struct arena *arena;
    const struct codebook *book;
    struct qda_project project;
    struct coding_places places;
};

static void begin(struct scene *s)
{
    json_error_t error;
    struct json_errors errors;
    json_t *document = json_load_file("config/codebooks/zeven-waarden.json", 0, &error);
    cr_assert_not_null(document, "%s", error.text);
    char *text = json_dumps(document, 0);
    json_decref(document);
    s->arena = arena_create(ARENA_MAX);
    json_errors_init(&errors, s->arena);
    s->book = codebook_load(&errors, s->arena, arena_copy(s->arena, slice_from_cstr(text)));
    free(text);
    cr_assert_not_null(s->book);
    s->project = (struct qda_project){
        .name = SLICE("Proef"), .created = {QDA_NONE, QDA_NO_TIME}, .modified = {QDA_NONE, QDA_NO_TIME}};
    coding_put_book(&s->project, &s->places, s->arena, s->book);
}

static bool take(const void *bytes, size_t size, void *self)
{
    buffer_append(self, (struct slice){bytes, size});
    return !buffer_failed(self);
}

/* Written and read again, in the arena. */
static struct qda_project *through_a_file(struct scene *s, bool alone)
{
    struct buffer file;
    struct qda_fault fault;
    struct qda_report report;
    struct qda_project *back;
    buffer_init(&file, FILE_MAX);
    const struct dataset_output output = {.write = take, .self = &file};
    cr_assert_eq(alone ? qda_write_codebook(&fault, &s->project, output)
                       : qda_write_project(&fault, &s->project, output),
                 QDA_OK, "fault %d: %s", (int)fault.status, fault.what);
    const struct slice bytes = buffer_slice(&file);
    cr_assert_eq(alone ? qda_read_codebook(&back, &report, &fault, s->arena, bytes)
                       : qda_read_project(&back, &report, &fault, s->arena, bytes),
                 QDA_OK, "fault %d: %s", (int)fault.status, fault.what);
    buffer_free(&file);
    return back;
}

Test(coding_exchange, a_code_book_comes_back_code_for_code)
{
    struct scene s;
    begin(&s);
    const struct qda_project *back = through_a_file(&s, true);
    struct coding_found *found = arena_array(s.arena, back->code_count, sizeof *found);
    coding_match_codes(found, s.arena, s.book, back);
    size_t folders = 0;
    for (size_t c = 0; c < back->code_count; c++) {
        cr_expect(found[c].match == CODING_BY_GUID || found[c].match == CODING_FOLDER, "%.*s",
                  SLICE_ARG(back->codes[c].name));
        folders += found[c].match == CODING_FOLDER;
        if (found[c].match == CODING_BY_GUID) {
            cr_expect_eq(s.places.of[found[c].axis][found[c].entry], c);
        }
    }
    cr_expect_eq(folders, CODEBOOK_AXES - 1);
    const struct qda_code *belief =
        &back->codes[s.places.of[CODEBOOK_TREE]
                                [codebook_find(s.book, CODEBOOK_TREE, SLICE("geloof-en-schepping"))]];
    cr_expect(slice_equal_cstr(back->codes[belief->parent].name, "Grens van ingrijpen"));
    cr_expect(slice_equal_cstr(back->codes[back->codes[belief->parent].parent].name, "Natuurlijkheid"));
    const struct qda_code *value = &back->codes[s.places.of[CODEBOOK_TREE][s.book->values[3]]];
    const char *description = arena_cstr(s.arena, value->description);
    cr_expect(strstr(description, "\n\nWel:\n- Ingrijpen in het leven"), "%s", description);
    cr_expect(strstr(description, "- De nadruk ligt op wat er mis kan gaan. Dan: Veiligheid.\n"));
    cr_expect(strstr(description, "- \"Daar moet je als mens gewoon van afblijven.\" (Ingrijpen"));
    arena_destroy(s.arena);
}

static struct coding_mark random_mark(struct scene *s, uint64_t *state, int64_t id)
{
    struct coding_mark mark = {.key = arena_printf(s->arena, "%lld", (long long)id),
                               .start = random_index(state, 20),
                               .end = 20 + random_index(state, 20),
                               .coder = random_index(state, 2),
                               .at = 1800000000 + (int64_t)random_index(state, 100000),
                               .memo = random_index(state, 2) ? SLICE("twijfel & <vraag>") : SLICE("")};
    int *codes = arena_array(s->arena, 3, sizeof *codes);
    for (int next = (int)random_index(state, 10); mark.code_count < 1 + random_index(state, 3);
         next += 1 + (int)random_index(state, 9)) {
        codes[mark.code_count++] = next;
    }
    mark.codes = codes;
    for (size_t axis = 0; axis < CODEBOOK_AXES; axis++) {
        const uint32_t entries = (uint32_t)s->book->axes[axis].count;
        mark.other[axis] =
            axis == CODEBOOK_TREE || random_index(state, 3) == 0 ? -1 : (int)random_index(state, entries);
    }
    return mark;
}

static void expect_same(const struct coding_mark *a, const struct coding_mark *b)
{
    cr_expect(a->start == b->start && a->end == b->end && a->coder == b->coder && a->at == b->at);
    cr_expect(slice_equal(a->memo, b->memo));
    cr_expect_arr_eq(a->other, b->other, sizeof a->other);
    cr_assert_eq(a->code_count, b->code_count);
    cr_expect_arr_eq(a->codes, b->codes, a->code_count * sizeof *a->codes);
}

Test(coding_exchange, codings_come_back_as_they_were)
{
    struct scene s;
    begin(&s);
    struct coding_mark marks[MARKS];
    struct qda_user users[2] = {{.name = SLICE("A")}, {.name = SLICE("B")}};
    uint64_t state = 11;
    qda_guid_derive(&users[0].guid, SLICE("proef"), "codeur", SLICE("0"));
    qda_guid_derive(&users[1].guid, SLICE("proef"), "codeur", SLICE("1"));
    struct qda_source source = {.text = SLICE("Wat er gezegd is, in meer dan veertig tekens bij elkaar."),
                                .created = {QDA_NONE, QDA_NO_TIME},
                                .modified = {QDA_NONE, QDA_NO_TIME},
                                .selections = arena_array(s.arena, MARKS, sizeof *source.selections),
                                .selection_count = MARKS};
    for (size_t i = 0; i < MARKS; i++) {
        marks[i] = random_mark(&s, &state, (int64_t)i);
        coding_put_mark(&source.selections[i], s.arena, s.book, &s.places, SLICE("proef"), &marks[i]);
    }
    s.project.users = users;
    s.project.user_count = 2;
    s.project.sources = &source;
    s.project.source_count = 1;
    const struct qda_project *back = through_a_file(&s, false);
    struct coding_found *found = arena_array(s.arena, back->code_count, sizeof *found);
    struct coding_losses losses = {0};
    coding_match_codes(found, s.arena, s.book, back);
    for (size_t i = 0; i < MARKS; i++) {
        const struct coding_mark *taken;
        cr_assert_eq(coding_take_marks(&taken, &losses, s.arena, found, &back->sources[0].selections[i]), 1);
        expect_same(taken, &marks[i]);
    }
    cr_expect(losses.unknown == 0 && losses.conflicts == 0);
    arena_destroy(s.arena);
}

static struct qda_code named(const char *name, unsigned char number)
{
    return (struct qda_code){.guid = {{number}},
                             .name = slice_from_cstr(name),
                             .parent = QDA_NONE,
                             .colour = QDA_NO_COLOUR,
                             .codable = true};
}

Test(coding_exchange, codes_of_others_are_found_by_name_where_it_is_certain)
{
    struct scene s;
    begin(&s);
    /* "Elders" is a facet and an origin. */
    struct qda_code codes[] = {named(" natuurlijkheid ", 1),
                               named("Elders", 2),
                               named("Zorg", 3),
                               named("NATUURLIJKHEID", 4),
                               named("Iets anders", 5),
                               s.project.codes[s.places.of[CODEBOOK_TREE][s.book->values[1]]],
                               named("Veiligheid", 6)};
    const struct qda_project other = {.codes = codes, .code_count = sizeof codes / sizeof codes[0]};
    struct coding_found found[7];
    coding_match_codes(found, s.arena, s.book, &other);
    static const enum coding_match expected[] = {CODING_BY_NAME, CODING_UNKNOWN, CODING_BY_NAME,
                                                 CODING_UNKNOWN, CODING_UNKNOWN, CODING_BY_GUID,
                                                 CODING_UNKNOWN};
    for (size_t c = 0; c < 7; c++) {
        cr_expect_eq(found[c].match, expected[c], "%zu: %d", c, (int)found[c].match);
    }
    cr_expect_eq(found[0].entry, s.book->values[3]);
    cr_expect_eq(found[2].axis, CODEBOOK_EXPRESSION);
    arena_destroy(s.arena);
}

Test(coding_exchange, a_selection_that_two_coded_is_two_codings)
{
    struct scene s;
    begin(&s);
    const struct coding_found found[] = {{CODING_BY_GUID, CODEBOOK_TREE, 4},
                                         {CODING_BY_GUID, CODEBOOK_TREE, 2},
                                         {CODING_BY_GUID, CODEBOOK_DIRECTION, CODING_FOR},
                                         {CODING_BY_GUID, CODEBOOK_DIRECTION, CODING_AGAINST},
                                         {CODING_UNKNOWN, CODEBOOK_TREE, -1}};
    struct qda_coding codings[] = {
        {.code = 0, .created = {0, 5}}, {.code = 1, .created = {0, 9}},
        {.code = 1, .created = {1, 7}}, {.code = 2, .created = {0, 2}},
        {.code = 3, .created = {0, 2}}, {.code = 4, .created = {0, 2}},
        {.code = 0, .created = {0, 2}}, {.code = 3, .created = {QDA_NONE, QDA_NO_TIME}}};
    const struct qda_selection selection = {
        .start = 1, .end = 3, .created = {1, 3}, .description = SLICE("memo"), .codings = {codings, 8}};
    struct coding_losses losses = {0};
    const struct coding_mark *marks;
    cr_assert_eq(coding_take_marks(&marks, &losses, s.arena, found, &selection), 2);
    cr_expect(marks[0].coder == 0 && marks[0].at == 9 && marks[0].code_count == 2);
    cr_expect(marks[0].codes[0] == 2 && marks[0].codes[1] == 4);
    cr_expect_eq(marks[0].other[CODEBOOK_DIRECTION], CODING_FOR);
    cr_expect(marks[1].coder == 1 && marks[1].at == 7 && marks[1].code_count == 1);
    cr_expect_eq(marks[1].other[CODEBOOK_DIRECTION], CODING_AGAINST, "nobody's is the selection's own");
    cr_expect(losses.unknown == 1 && losses.conflicts == 1);
    const struct qda_selection remark = {
        .start = 1, .end = 3, .created = {1, 3}, .description = SLICE("memo")};
    cr_assert_eq(coding_take_marks(&marks, &losses, s.arena, found, &remark), 1);
    cr_expect(marks[0].code_count == 0 && marks[0].at == 3 && slice_equal_cstr(marks[0].memo, "memo"));
    const struct qda_selection nothing = {.start = 1, .end = 3};
    cr_expect_eq(coding_take_marks(&marks, &losses, s.arena, found, &nothing), 0);
    arena_destroy(s.arena);
}
