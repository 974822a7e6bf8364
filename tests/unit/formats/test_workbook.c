#include "base/buffer.h"
#include "formats/workbook.h"
#include "support/leaks.h"
#include "support/zip_member.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

TestSuite(workbook, .fini = leaks_check);

enum { FILE_MAX = 4 * 1024 * 1024 };
enum { CONTENTS, TABLES, SHEETS };

static const uint8_t widths[] = {12, 30};
static const struct workbook_sheet sheets[SHEETS] = {
    {.name = "Inhoud"},
    {.name = "Tabellen", .widths = widths, .width_count = 2, .frozen_rows = 2, .frozen_columns = 1}};
static const struct workbook_about about = {"Boek & \"zo\"", "Wie", "nl", 1800000000};

struct target {
    struct buffer bytes;
    size_t room;
};

static bool take(const void *bytes, size_t size, void *self)
{
    struct target *target = self;
    if (target->bytes.len + size > target->room) {
        return false;
    }
    buffer_append(&target->bytes, (struct slice){bytes, size});
    return true;
}

static struct workbook *begin(struct target *target, enum workbook_format format, size_t room)
{
    struct workbook *book;
    buffer_init(&target->bytes, FILE_MAX);
    target->room = room;
    cr_assert_eq(workbook_create(&book, format, &about, sheets, SHEETS,
                                 (struct dataset_output){.write = take, .self = target}),
                 DATASET_OK);
    return book;
}

static void fill(struct workbook *book)
{
    workbook_text(book, TABLES, WORKBOOK_TITLE, "=1+1 <b>&\n\"x\"");
    workbook_row_end(book, TABLES);
    workbook_skip(book, TABLES, 2);
    workbook_number(book, TABLES, WORKBOOK_PLAIN, 1234.5678, 2);
    workbook_number(book, TABLES, WORKBOOK_HEAD, -0.004, 2);
    workbook_percent(book, TABLES, WORKBOOK_PLAIN, 100.0 / 3, 1);
    workbook_text(book, TABLES, WORKBOOK_MARK, "<10");
    workbook_row_end(book, TABLES);
    workbook_link(book, CONTENTS, "houding", TABLES, 1);
    workbook_row_end(book, CONTENTS);
}

static struct slice file_of(struct target *target, enum workbook_format format)
{
    struct workbook *book = begin(target, format, FILE_MAX);
    fill(book);
    cr_expect_eq(workbook_row(book, TABLES), 2);
    cr_assert_eq(workbook_end(book), DATASET_OK);
    workbook_destroy(book);
    return buffer_slice(&target->bytes);
}

static void expect_in(const char *text, const char *part)
{
    cr_expect(strstr(text, part), "%s not in %s", part, text);
}

Test(workbook, as_ods_has_text_as_text_and_numbers_with_the_digits_that_are_shown)
{
    struct target target;
    struct slice file = file_of(&target, WORKBOOK_ODS);
    char *content = zip_member(file, "content.xml");
    expect_in(content, "office:value-type=\"string\"><text:p>=1+1 &lt;b&gt;&amp; &quot;x&quot;</text:p>");
    expect_in(content, "<table:table-cell table:number-columns-repeated=\"2\"/>"
                       "<table:table-cell table:style-name=\"n0-2\" office:value-type=\"float\" "
                       "office:value=\"1234.57\"/>");
    expect_in(content, "office:value=\"0.00\"/>");
    expect_in(content, "office:value-type=\"percentage\" office:value=\"0.333\"/>");
    expect_in(content, "xlink:href=\"#Tabellen.A2\">houding</text:a>");
    expect_in(content, "style:column-width=\"25.2mm\"");
    cr_expect(strstr(content, "table:name=\"Inhoud\"") < strstr(content, "table:name=\"Tabellen\""));
    free(content);
    char *settings = zip_member(file, "settings.xml");
    expect_in(settings, "config:name=\"VerticalSplitPosition\" config:type=\"int\">2<");
    expect_in(settings, "config:name=\"HorizontalSplitPosition\" config:type=\"int\">1<");
    free(settings);
    char *meta = zip_member(file, "meta.xml");
    expect_in(meta, "<dc:title>Boek &amp; &quot;zo&quot;</dc:title>");
    free(meta);
    buffer_free(&target.bytes);
}

Test(workbook, as_xlsx_has_text_as_text_and_numbers_with_the_digits_that_are_shown)
{
    struct target target;
    struct slice file = file_of(&target, WORKBOOK_XLSX);
    char *sheet = zip_member(file, "xl/worksheets/sheet2.xml");
    expect_in(sheet, "t=\"inlineStr\"><is><t>=1+1 &lt;b&gt;&amp;\n\"x\"</t></is>");
    expect_in(sheet, "<v>1234.57</v>");
    expect_in(sheet, "<v>0.333</v>");
    expect_in(sheet, "ySplit=\"2\"");
    expect_in(sheet, "state=\"frozen\"");
    cr_expect_null(strstr(sheet, "<f>"), "a formula");
    cr_expect_null(strstr(sheet, "0.3333"), "more digits than are shown");
    free(sheet);
    sheet = zip_member(file, "xl/worksheets/sheet1.xml");
    expect_in(sheet, "location=\"Tabellen!A2\"");
    free(sheet);
    sheet = zip_member(file, "xl/styles.xml");
    expect_in(sheet, "0.0%");
    free(sheet);
    buffer_free(&target.bytes);
}

Test(workbook, fails_for_good_at_what_it_cannot_hold)
{
    char long_text[WORKBOOK_TEXT_MAX + 2];
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    for (int f = 0; f < WORKBOOK_FORMATS; f++) {
        for (int fault = 0; fault < 6; fault++) {
            struct target target;
            struct workbook *book = begin(&target, (enum workbook_format)f, FILE_MAX);
            switch (fault) {
            case 0:
                workbook_text(book, TABLES, WORKBOOK_PLAIN, long_text);
                break;
            case 1:
                workbook_number(book, TABLES, WORKBOOK_PLAIN, NAN, 0);
                break;
            case 2:
                workbook_number(book, TABLES, WORKBOOK_PLAIN, 1, WORKBOOK_DIGITS_MAX + 1);
                break;
            case 3:
                workbook_skip(book, TABLES, WORKBOOK_COLUMNS_MAX + 1);
                break;
            case 4:
                workbook_text(book, SHEETS, WORKBOOK_PLAIN, "elsewhere");
                break;
            case 5:
                workbook_link(book, CONTENTS, "nowhere", SHEETS, 0);
                break;
            default:
                break;
            }
            fill(book);
            cr_expect_eq(workbook_end(book), fault == 3 ? DATASET_TOO_MANY_VARIABLES : DATASET_WRONG, "%d %d",
                         f, fault);
            cr_expect_eq(target.bytes.len, 0, "nothing is sent");
            workbook_destroy(book);
            buffer_free(&target.bytes);
        }
    }
}

Test(workbook, says_when_its_output_fails)
{
    for (int f = 0; f < WORKBOOK_FORMATS; f++) {
        struct target target;
        struct workbook *book = begin(&target, (enum workbook_format)f, 100);
        fill(book);
        cr_expect_eq(workbook_end(book), DATASET_OUTPUT_FAILED);
        workbook_destroy(book);
        buffer_free(&target.bytes);
    }
}

Test(workbook, takes_sheets_with_names_of_their_own_alone)
{
    static const struct workbook_sheet twice[] = {{.name = "A"}, {.name = "A"}};
    static const struct workbook_sheet odd[] = {{.name = "A'!B"}};
    struct workbook *book;
    struct target target;
    const struct dataset_output output = {.write = take, .self = &target};
    cr_expect_eq(workbook_create(&book, WORKBOOK_ODS, &about, twice, 2, output), DATASET_WRONG);
    cr_expect_null(book);
    cr_expect_eq(workbook_create(&book, WORKBOOK_ODS, &about, odd, 1, output), DATASET_WRONG);
    cr_expect_eq(workbook_create(&book, WORKBOOK_ODS, &about, odd, 0, output), DATASET_WRONG);
}

Test(workbook, has_two_formats_by_name)
{
    enum workbook_format format;
    cr_expect(workbook_format_find(&format, SLICE("ods")));
    cr_expect_eq(format, WORKBOOK_ODS);
    cr_expect(workbook_format_find(&format, SLICE("xlsx")));
    cr_expect_str_eq(workbook_format_facts(format)->name, "xlsx");
    cr_expect_not(workbook_format_find(&format, SLICE("csv")));
}
