/* Projects as other programs write them. */
#include "qda_support.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(qda_others, .fini = leaks_check);

#define GUID(n) "0000000" #n "-0000-0000-0000-000000000000"
#define PROJECT(origin, inside)                                                                              \
    "<?xml version=\"1.0\" encoding=\"utf-8\"?><Project name=\"p\" origin=\"" origin                         \
    "\" xmlns=\"urn:QDA-XML:project:1.0\">" inside "</Project>"
#define CODES "<CodeBook><Codes><Code guid=\"" GUID(1) "\" name=\"c\" isCodable=\"true\"/></Codes></CodeBook>"
#define SPAN(n, name, start, end)                                                                            \
    "<PlainTextSelection guid=\"" GUID(n) "\" name=\"" name "\" startPosition=\"" #start                     \
                                          "\" endPosition=\"" #end "\"/>"
#define SOURCE(inside)                                                                                       \
    "<Sources><TextSource guid=\"" GUID(2) "\" plainTextPath=\"internal://a.txt\">" inside                   \
                                           "</TextSource></Sources>"

struct scene {
    struct arena *arena;
    struct buffer file;
    struct qda_project *p;
    struct qda_report report;
    struct qda_fault fault;
};

static void open_members(struct scene *s, const struct member *members)
{
    s->arena = arena_create(QDA_TEST_MAX);
    zip_of(&s->file, members);
    cr_assert_eq(qda_read_project(&s->p, &s->report, &s->fault, s->arena, buffer_slice(&s->file)), QDA_OK,
                 "fault %d in line %zu: %s", (int)s->fault.status, s->fault.line, s->fault.what);
}

/* One text beside the XML. */
static void open_text(struct scene *s, const char *xml, const char *text)
{
    const struct member members[] = {{"project.qde", xml}, {"sources/a.txt", text}, {NULL, NULL}};
    open_members(s, members);
}

static void end(struct scene *s)
{
    buffer_free(&s->file);
    arena_destroy(s->arena);
}

static void expect_span(const struct scene *s, size_t i, uint32_t start, uint32_t end_at)
{
    const struct qda_selection *selection = &s->p->sources[0].selections[i];
    cr_expect(selection->start == start && selection->end == end_at, "%u to %u", selection->start,
              selection->end);
}

Test(qda_others, sources_in_another_letter_case_with_backslashes)
{
    const struct member members[] = {
        {"Project.QDE", PROJECT("x", "<Sources><TextSource guid=\"" GUID(
                                         2) "\" "
                                            "plainTextPath=\"internal://ABC.TXT\"/></Sources>")},
        {"Sources\\abc.txt", "hallo"},
        {NULL, NULL}};
    struct scene s;
    open_members(&s, members);
    cr_expect(slice_equal_cstr(s.p->sources[0].text, "hallo"));
    end(&s);
}

Test(qda_others, paths_without_scheme_and_texts_within)
{
    const struct member members[] = {
        {"project.qde", PROJECT("x", "<Sources><TextSource guid=\"" GUID(
                                         2) "\" plainTextPath=\"sources/a.txt\"/>"
                                            "<TextSource guid=\"" GUID(
                                                3) "\" plainTextPath=\"a.txt\"/>"
                                                   "<TextSource guid=\"" GUID(
                                                       4) "\"><PlainTextContent>twee\r\nregels &amp; "
                                                          "<![CDATA[<zo>]]></PlainTextContent>" SPAN(
                                                              5, "", 5, 11) "</TextSource></Sources>")},
        {"sources/a.txt", "hallo"},
        {NULL, NULL}};
    struct scene s;
    open_members(&s, members);
    cr_expect(slice_equal_cstr(s.p->sources[0].text, "hallo"));
    cr_expect(slice_equal_cstr(s.p->sources[1].text, "hallo"));
    cr_expect(slice_equal_cstr(s.p->sources[2].text, "twee\nregels & <zo>"));
    end(&s);
}

Test(qda_others, a_byte_order_mark_counts_for_nothing)
{
    struct scene s;
    open_text(&s, "\xEF\xBB\xBF" PROJECT("x", SOURCE(SPAN(3, "", 0, 3))),
              "\xEF\xBB\xBF"
              "één");
    cr_expect(slice_equal_cstr(s.p->sources[0].text, "één"));
    cr_expect_eq(s.report.byte_order_marks, 1);
    expect_span(&s, 0, 0, 3);
    end(&s);
}

/* "één\r\ntwee\r\ndrie": drie begins at 11, or at 9 where a line end counts as one. */
Test(qda_others, line_ends_of_windows_count_as_two)
{
    struct scene s;
    open_text(
        &s,
        PROJECT("NVivo", SOURCE(SPAN(3, "", 0, 3) SPAN(4, "", 5, 9) SPAN(5, "", 11, 15) SPAN(6, "", 4, 10))),
        "één\r\ntwee\r\ndrie");
    cr_expect(slice_equal_cstr(s.p->sources[0].text, "één\ntwee\ndrie"));
    cr_expect_eq(s.report.crlf_as_two, 1);
    expect_span(&s, 0, 0, 3);
    expect_span(&s, 1, 4, 8);
    expect_span(&s, 2, 9, 13);
    expect_span(&s, 3, 3, 8);
    end(&s);
}

Test(qda_others, line_ends_of_windows_count_as_one_in_atlas)
{
    struct scene s;
    open_text(&s, PROJECT("ATLAS.ti Windows", SOURCE(SPAN(3, "", 9, 13))), "één\r\ntwee\r\ndrie");
    cr_expect_eq(s.report.crlf_as_one, 1);
    expect_span(&s, 0, 9, 13);
    end(&s);
}

Test(qda_others, names_that_repeat_the_text_say_how_line_ends_count)
{
    struct scene s;
    open_text(&s, PROJECT("NVivo", SOURCE(SPAN(3, "drie", 9, 13))), "één\r\ntwee\r\ndrie vier");
    cr_expect_eq(s.report.crlf_as_one, 1, "the name stands where one is counted");
    expect_span(&s, 0, 9, 13);
    end(&s);
    open_text(&s, PROJECT("ATLAS.ti", SOURCE(SPAN(3, "drie v...", 11, 20))), "één\r\ntwee\r\ndrie vier");
    cr_expect_eq(s.report.crlf_as_two, 1, "the name stands where two are counted");
    expect_span(&s, 0, 9, 18);
    end(&s);
    open_text(&s, PROJECT("ATLAS.ti", SOURCE(SPAN(3, "", 15, 20))), "één\r\ntwee\r\ndrie vier");
    cr_expect_eq(s.report.crlf_as_two, 1, "else it would lie outside");
    end(&s);
}

Test(qda_others, what_is_not_taken_is_counted)
{
    struct scene s;
    open_text(
        &s,
        PROJECT("x",
                CODES "<Cases><Case guid=\"" GUID(8) "\"><SourceRef targetGUID=\"" GUID(
                    5) "\"/>"
                       "<SourceRef targetGUID=\"" GUID(2) "\"/><SelectionRef targetGUID=\"" GUID(
                           6) "\"/></Case></Cases>"
                              "<Sources><PictureSource guid=\"" GUID(
                                  5) "\" path=\"internal://a.png\">"
                                     "<PictureSelection guid=\"" GUID(
                                         6) "\"/></PictureSource>"
                                            "<TextSource guid=\"" GUID(
                                                2) "\" plainTextPath=\"internal://a.txt\" "
                                                   "richTextPath=\"internal://a.docx\" creatingUser=\"" GUID(
                                                       9) "\" "
                                                          "creationDateTime=\"2019-06-07T03:36:36.123\"/></"
                                                          "Sources>"
                                                          "<Links><Link guid=\"" GUID(
                                                              7) "\"/></Links><Graphs/><x:Eigen "
                                                                 "xmlns:x=\"urn:x\"/>"
                                                                 "<PictureSource/>"),
        "hallo");
    cr_assert_eq(s.p->source_count, 1);
    cr_assert_eq(s.report.left_out_count, 4);
    cr_expect(slice_equal_cstr(s.report.left_out[0].name, "PictureSource"));
    cr_expect_eq(s.report.left_out[0].count, 2);
    cr_expect(slice_equal_cstr(s.report.left_out[1].name, "Links"));
    cr_expect(slice_equal_cstr(s.report.left_out[3].name, "Eigen"));
    cr_expect_eq(s.report.loose_references, 2);
    cr_expect_eq(s.p->cases[0].sources.count, 1);
    cr_expect_eq(s.p->cases[0].sources.items[0], 0);
    cr_expect_eq(s.report.rich_texts, 1);
    cr_expect_eq(s.report.unknown_users, 1);
    cr_expect_eq(s.p->sources[0].created.user, QDA_NONE);
    cr_expect_eq(s.report.times_without_zone, 1);
    cr_expect_eq(s.p->sources[0].created.at, 1559878596);
    end(&s);
}

Test(qda_others, the_text_of_a_pdf_is_a_source)
{
    struct scene s;
    open_text(
        &s,
        PROJECT("x",
                CODES "<Sources><PDFSource guid=\"" GUID(
                    3) "\" name=\"brief\" path=\"internal://b.pdf\">"
                       "<PDFSelection guid=\"" GUID(
                           4) "\"/>"
                              "<Representation guid=\"" GUID(2) "\" plainTextPath=\"internal://a.txt\">" SPAN(
                                  5, "x", 1, 2) "</Representation></PDFSource></Sources>"),
        "hallo");
    cr_assert_eq(s.p->source_count, 1);
    cr_expect(slice_equal_cstr(s.p->sources[0].name, "brief"));
    cr_expect_eq(s.p->sources[0].selection_count, 1);
    cr_expect_eq(s.report.left_out_count, 1);
    end(&s);
}

Test(qda_others, values_that_are_not_what_they_say_become_text)
{
    struct scene s;
    open_text(&s,
              PROJECT("x", "<Variables><Variable guid=\"" GUID(
                               1) "\" name=\"v\" typeOfVariable=\"Integer\"/></Variables>"
                                  "<Sources><TextSource guid=\"" GUID(
                                      2) "\" plainTextPath=\"internal://a.txt\">"
                                         "<VariableValue><VariableRef targetGUID=\"" GUID(
                                             1) "\"/><IntegerValue> 12 </IntegerValue></VariableValue>"
                                                "<VariableValue><VariableRef targetGUID=\"" GUID(
                                                    1) "\"/><IntegerValue>veel</IntegerValue></VariableValue>"
                                                       "<VariableValue><VariableRef targetGUID=\"" GUID(
                                                           1) "\"/></VariableValue>"
                                                              "</TextSource></Sources>"),
              "hallo");
    const struct qda_values *values = &s.p->sources[0].values;
    cr_assert_eq(values->count, 3);
    cr_expect_eq(values->items[0].type, QDA_INTEGER);
    cr_expect(slice_equal_cstr(values->items[0].text, "12"));
    cr_expect_eq(values->items[1].type, QDA_TEXT);
    cr_expect_eq(values->items[2].type, QDA_NO_VALUE);
    cr_expect_eq(s.report.values_as_text, 1);
    end(&s);
}

/* NVivo gives a case and its code one GUID. */
Test(qda_others, two_kinds_may_share_a_guid)
{
    struct scene s;
    open_text(&s, PROJECT("NVivo", CODES "<Cases><Case guid=\"{" GUID(1) "}\" name=\"Anna\"/></Cases>"), "");
    cr_expect_eq(s.p->case_count, 1);
    end(&s);
}

Test(qda_others, what_was_read_of_others_is_the_same_bytes_from_then_on)
{
    struct scene s;
    open_text(&s, PROJECT("NVivo", CODES SOURCE(SPAN(3, "drie", 11, 15))), "één\r\ntwee\r\ndrie");
    struct buffer first, again;
    struct qda_project *back;
    write_project(&first, s.p);
    cr_assert_eq(qda_read_project(&back, &s.report, &s.fault, s.arena, buffer_slice(&first)), QDA_OK);
    cr_expect_eq(s.report.crlf_as_two, 0);
    write_project(&again, back);
    cr_expect(slice_equal(buffer_slice(&first), buffer_slice(&again)));
    buffer_free(&first);
    buffer_free(&again);
    end(&s);
}

Test(qda_others, a_code_book_in_the_namespace_of_projects)
{
    struct arena *arena = arena_create(QDA_TEST_MAX);
    struct qda_project *p;
    struct qda_report report;
    struct qda_fault fault;
    const char *const spaces[] = {"urn:QDA-XML:project:1.0", "urn:QDA-XML:codebook:1.0"};
    for (size_t i = 0; i < 2; i++) {
        struct slice file =
            arena_printf(arena,
                         "<CodeBook xmlns=\"%s\" origin=\"x\"><Codes><Code guid=\"" GUID(
                             1) "\" "
                                "name=\"é &lt;\" isCodable=\"1\" color=\"#A1f\"/></Codes></CodeBook>",
                         spaces[i]);
        cr_assert_eq(qda_read_codebook(&p, &report, &fault, arena, file), QDA_OK, "%s", fault.what);
        cr_expect(slice_equal_cstr(p->codes[0].name, "é <"));
        cr_expect_eq(p->codes[0].colour, 0xAA11FF);
    }
    arena_destroy(arena);
}
