#include "formats/csv.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdio.h>

TestSuite(csv, .fini = leaks_check);

enum { MOST = 6 };

/* The cells of the record joined by "|", or "fault N at M". In static storage. */
static const char *cells_of(struct slice record, char separator)
{
    static char out[512];
    struct slice cells[MOST];
    size_t count;
    struct arena *arena = arena_create(64 * 1024);
    enum csv_fault fault = csv_split(cells, &count, MOST, arena, record, separator);
    size_t len = 0;
    if (fault != CSV_OK) {
        snprintf(out, sizeof out, "fault %d at %zu", (int)fault, count);
    }
    for (size_t i = 0; fault == CSV_OK && i < count; i++) {
        len += (size_t)snprintf(out + len, sizeof out - len, "%s%.*s", i ? "|" : "", SLICE_ARG(cells[i]));
    }
    arena_destroy(arena);
    return out;
}

Test(csv, takes_cells_apart_by_rfc_4180)
{
    static const struct {
        struct slice record;
        const char *cells;
    } cases[] = {
        {SLICE_INIT("a,b,c"), "a|b|c"},   {SLICE_INIT(""), ""},
        {SLICE_INIT(","), "|"},           {SLICE_INIT("a,,"), "a||"},
        {SLICE_INIT(" a , b"), " a | b"}, {SLICE_INIT("\"a,b\",c"), "a,b|c"},
        {SLICE_INIT("\"\",\"x\""), "|x"}, {SLICE_INIT("\"zei \"\"ja\"\"\",b"), "zei \"ja\"|b"},
        {SLICE_INIT("\"\"\"\""), "\""},   {SLICE_INIT("\"\"\"\"\"\",x"), "\"\"|x"},
        {SLICE_INIT("\"a\nb\""), "a\nb"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cr_expect_str_eq(cells_of(cases[i].record, ','), cases[i].cells, "%.*s", SLICE_ARG(cases[i].record));
    }
    cr_expect_str_eq(cells_of(SLICE("a,b;\"c;d\""), ';'), "a,b|c;d");
}

Test(csv, tells_what_is_wrong_and_in_which_cell)
{
    static const struct {
        struct slice record;
        enum csv_fault fault;
        size_t cell;
    } cases[] = {
        {SLICE_INIT("a,b\"c"), CSV_QUOTE_INSIDE, 2},    {SLICE_INIT("\"a\"b,c"), CSV_AFTER_QUOTE, 1},
        {SLICE_INIT("a,\"b"), CSV_UNCLOSED_QUOTE, 2},   {SLICE_INIT("\""), CSV_UNCLOSED_QUOTE, 1},
        {SLICE_INIT("\"a\"\""), CSV_UNCLOSED_QUOTE, 1}, {SLICE_INIT("1,2,3,4,5,6,7"), CSV_TOO_MANY_CELLS, 6},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char expected[64];
        snprintf(expected, sizeof expected, "fault %d at %zu", (int)cases[i].fault, cases[i].cell);
        cr_expect_str_eq(cells_of(cases[i].record, ','), expected, "%.*s", SLICE_ARG(cases[i].record));
    }
}

static const char *written(const char *text)
{
    static char out[256];
    struct buffer buffer;
    buffer_init(&buffer, sizeof out - 1);
    csv_put_text(&buffer, slice_from_cstr(text));
    cr_assert_not(buffer_failed(&buffer));
    snprintf(out, sizeof out, "%.*s", SLICE_ARG(buffer_slice(&buffer)));
    buffer_free(&buffer);
    return out;
}

Test(csv, quotes_what_must_be_quoted_and_nothing_else)
{
    cr_expect_str_eq(written(""), "");
    cr_expect_str_eq(written("Heel goed"), "Heel goed");
    cr_expect_str_eq(written("goed, of slecht"), "\"goed, of slecht\"");
    cr_expect_str_eq(written("zeg \"ja\""), "\"zeg \"\"ja\"\"\"");
    cr_expect_str_eq(written("\""), "\"\"\"\"");
    cr_expect_str_eq(written("een\r\ntwee"), "\"een\r\ntwee\"");
    cr_expect_str_eq(written("caf\xc3\xa9"), "caf\xc3\xa9");
}

Test(csv, gives_a_spreadsheet_no_formula_to_run)
{
    cr_expect_str_eq(written("=HYPERLINK(A1)"), "'=HYPERLINK(A1)");
    cr_expect_str_eq(written("=1,2"), "\"'=1,2\"");
    cr_expect_str_eq(written("+31"), "'+31");
    cr_expect_str_eq(written("-1"), "'-1");
    cr_expect_str_eq(written("@a"), "'@a");
    cr_expect_str_eq(written("\t=1"), "\"'\t=1\"");
    cr_expect_str_eq(written("\r=1"), "\"'\r=1\"");
    cr_expect_str_eq(written("1=2"), "1=2");
}
