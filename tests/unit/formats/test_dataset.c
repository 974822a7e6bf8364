#include "base/buffer.h"
#include "formats/dataset.h"
#include "support/leaks.h"
#include "unit/formats/sample.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

TestSuite(dataset, .fini = leaks_check);

enum { FILE_MAX = 4 * 1024 * 1024 };

struct target {
    struct buffer bytes;
    size_t room; /* after so many bytes the disk is full */
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

static enum dataset_status write_all(struct target *target, enum dataset_format format,
                                     const struct dataset *dataset, size_t room)
{
    struct dataset_writer *writer;
    buffer_init(&target->bytes, FILE_MAX);
    target->room = room;
    enum dataset_status status = dataset_writer_create(
        &writer, format, dataset, (struct dataset_output){.write = take, .self = target});
    for (size_t i = 0; status == DATASET_OK && i < SAMPLE_ROWS && dataset_format_facts(format)->takes_rows;
         i++) {
        status = dataset_writer_row(writer, sample_rows[i]);
    }
    status = status == DATASET_OK ? dataset_writer_end(writer) : status;
    dataset_writer_destroy(writer);
    return status;
}

static struct slice file_of(struct target *target, enum dataset_format format)
{
    cr_assert_eq(write_all(target, format, &sample, FILE_MAX), DATASET_OK);
    return buffer_slice(&target->bytes);
}

static void expect_text(enum dataset_format format, const char *text)
{
    struct target target;
    struct slice got = file_of(&target, format);
    cr_expect(slice_equal_cstr(got, text), "%.*s", SLICE_ARG(got));
    buffer_free(&target.bytes);
}

Test(dataset, as_csv_keeps_every_code_as_it_is)
{
    expect_text(DATASET_CSV,
                "rij,leeftijd,waarden-top3_veiligheid,"
                "een-heel-lange-naam-van-een-vraag-met-onderdelen_en-een-optie-die-ook-lang-is,with,9-lijn,"
                "gewicht\r\n"
                "0a,16-24,slecht,0,40000,=1+1,1\r\n"
                "0b,niet-gevraagd,geen-antwoord,weet-ik-niet,7,\"a,\"\"b\"\"\nc\",0.1\r\n"
                "0c,geen-antwoord,weet-ik-niet,niet-gevraagd,niet-gevraagd,,2.5\r\n"
                "0d,weet-ik-niet,goed,100,weet-ik-niet,één 👍,0.33333333333333331\r\n"
                "0e,75-plus,niet-gevraagd,geen-antwoord,geen-antwoord,3-5,1e-07\r\n");
}

Test(dataset, as_json_lines_is_an_object_a_row)
{
    struct target target;
    struct slice rest = file_of(&target, DATASET_JSON_LINES);
    struct slice line;
    for (size_t i = 0; i < SAMPLE_ROWS; i++) {
        cr_assert(slice_cut(&line, &rest, rest, '\n'));
        json_t *row = json_loadb(line.ptr, line.len, 0, NULL);
        cr_assert_not_null(row, "%.*s", SLICE_ARG(line));
        cr_expect_eq(json_object_size(row), SAMPLE_VARIABLES);
        cr_expect_eq(json_number_value(json_object_get(row, "gewicht")), sample_rows[i][6].real);
        struct slice text = slice_from_cstr(json_string_value(json_object_get(row, "9-lijn")));
        cr_expect(slice_equal(text, sample_rows[i][5].text));
        if (i == 0) {
            cr_expect_str_eq(json_string_value(json_object_get(row, "leeftijd")), "16-24");
            cr_expect_eq(json_integer_value(json_object_get(row, "with")), 40000);
        }
        json_decref(row);
    }
    cr_expect_eq(rest.len, 0);
    buffer_free(&target.bytes);
}

Test(dataset, has_csvw_metadata_that_names_each_column_and_what_is_missing)
{
    struct target target;
    struct slice text = file_of(&target, DATASET_CSVW);
    json_t *table = json_loadb(text.ptr, text.len, 0, NULL);
    const char *url, *key, *name, *title, *base;
    int maximum;
    json_t *nulls;
    cr_assert_not_null(table);
    cr_assert_eq(json_unpack(table, "{s:s, s:{s:s, s:[{}, {}, {s:s, s:s, s:o}, {s:{s:s, s:i}}]}}", "url",
                             &url, "tableSchema", "primaryKey", &key, "columns", "name", &name, "titles",
                             &title, "null", &nulls, "datatype", "base", &base, "maximum", &maximum),
                 0);
    cr_expect_str_eq(url, "klein%201.csv");
    cr_expect_str_eq(key, "rij");
    cr_expect_str_eq(name, "waarden%2Dtop3_veiligheid");
    cr_expect_str_eq(title, "waarden-top3_veiligheid");
    cr_expect_str_eq(base, "integer");
    cr_expect_eq(maximum, 100);
    cr_expect_str_eq(json_string_value(json_array_get(nulls, 2)), "weet-ik-niet");
    json_decref(table);
    buffer_free(&target.bytes);
}

Test(dataset, writes_what_each_format_begins_with)
{
    static const struct {
        enum dataset_format format;
        struct slice head;
    } cases[] = {
        {DATASET_SAV, SLICE_INIT("$FL2")},
        {DATASET_DTA, SLICE_INIT("<stata_dta><header><release>118</release>")},
        {DATASET_XLSX, SLICE_INIT("PK\3\4")},
        {DATASET_DDI, SLICE_INIT("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<codeBook xmlns=\"ddi:")}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct target target;
        cr_expect(slice_starts_with(file_of(&target, cases[i].format), cases[i].head), "%zu", i);
        buffer_free(&target.bytes);
    }
}

Test(dataset, as_ods_tells_its_media_type_in_its_first_bytes)
{
    struct target target;
    struct slice file = file_of(&target, DATASET_ODS);
    /* OpenDocument 1.2, part 3, 3.3: stored, first, without extra field: the type stands at byte 38. */
    cr_assert_gt(file.len, 100);
    cr_expect_arr_eq(file.ptr + 30, "mimetypeapplication/vnd.oasis.opendocument.spreadsheet", 54);
    cr_expect_eq(file.ptr[8], 0, "stored");
    buffer_free(&target.bytes);
}

Test(dataset, refuses_more_rows_or_columns_than_a_sheet_holds_before_it_writes)
{
    static const enum dataset_format sheets[] = {DATASET_XLSX, DATASET_ODS};
    struct dataset large = sample;
    for (size_t i = 0; i < 2; i++) {
        struct target target;
        large.row_count = 1048576;
        cr_expect_eq(write_all(&target, sheets[i], &large, FILE_MAX), DATASET_TOO_MANY_ROWS);
        cr_expect_eq(target.bytes.len, 0);
        large.row_count = SAMPLE_ROWS;
        large.variable_count = 16385;
        struct dataset_variable *many = calloc(large.variable_count, sizeof *many);
        for (size_t k = 0; k < large.variable_count; k++) {
            many[k] = sample_variables[0];
        }
        large.variables = many;
        cr_expect_eq(write_all(&target, sheets[i], &large, FILE_MAX), DATASET_TOO_MANY_VARIABLES);
        cr_expect_eq(target.bytes.len, 0);
        free(many);
        large = sample;
    }
}

Test(dataset, is_whole_or_says_that_it_is_not)
{
    for (int format = 0; format < DATASET_FORMATS; format++) {
        struct target target;
        size_t size = file_of(&target, (enum dataset_format)format).len;
        buffer_free(&target.bytes);
        for (size_t room = 0; room < size; room += 1 + size / 7) {
            cr_expect_eq(write_all(&target, (enum dataset_format)format, &sample, room),
                         DATASET_OUTPUT_FAILED, "%s at %zu",
                         dataset_format_facts((enum dataset_format)format)->name, room);
            buffer_free(&target.bytes);
        }
        struct dataset more = sample;
        more.row_count = SAMPLE_ROWS + 1;
        if (dataset_format_facts((enum dataset_format)format)->takes_rows) {
            cr_expect_eq(write_all(&target, (enum dataset_format)format, &more, FILE_MAX), DATASET_WRONG);
            buffer_free(&target.bytes);
            more.row_count = SAMPLE_ROWS - 1;
            cr_expect_eq(write_all(&target, (enum dataset_format)format, &more, FILE_MAX), DATASET_WRONG);
            buffer_free(&target.bytes);
        }
    }
}

Test(dataset, refuses_cells_that_break_its_description)
{
    static const struct {
        size_t variable;
        struct dataset_cell cell;
    } cases[] = {
        {0, {.missing = 1}},     {1, {.missing = 4}},
        {1, {.number = 3}},      {1, {.number = -1}},
        {3, {.number = 101}},    {3, {.number = -1}},
        {6, {.real = INFINITY}}, {0, {.text = SLICE_INIT("01234567890123456")}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct dataset_writer *writer;
        struct target target = {.room = FILE_MAX};
        struct dataset_cell row[SAMPLE_VARIABLES];
        buffer_init(&target.bytes, FILE_MAX);
        memcpy(row, sample_rows[0], sizeof row);
        row[cases[i].variable] = cases[i].cell;
        dataset_writer_create(&writer, DATASET_CSV, &sample,
                              (struct dataset_output){.write = take, .self = &target});
        cr_expect_eq(dataset_writer_row(writer, row), DATASET_WRONG, "%zu", i);
        cr_expect_eq(dataset_writer_row(writer, sample_rows[1]), DATASET_WRONG, "stays wrong");
        cr_expect_eq(dataset_writer_end(writer), DATASET_WRONG);
        dataset_writer_destroy(writer);
        buffer_free(&target.bytes);
    }
}

Test(dataset, knows_its_formats_by_name)
{
    enum dataset_format format;
    for (int i = 0; i < DATASET_FORMATS; i++) {
        cr_expect(dataset_format_find(&format,
                                      slice_from_cstr(dataset_format_facts((enum dataset_format)i)->name)));
        cr_expect_eq((int)format, i);
    }
    cr_expect_not(dataset_format_find(&format, SLICE("parquet")));
    cr_expect_not(dataset_format_find(&format, SLICE("")));
}

Test(dataset, gives_variables_names_that_spss_and_stata_take)
{
    static const struct {
        const char *code, *spss, *stata;
    } cases[] = {
        {"leeftijd", "leeftijd", "leeftijd"},
        {"waarden-top3_veiligheid", "waarden.top3_veiligheid", "waarden__top3_veiligheid"},
        {"9-lijn", "@9.lijn", "_9__lijn"},
        {"with", "@with", "_with"},
        {"str9", "str9", "_str9"},
        {"strand", "strand", "strand"},
        {"in", "in", "_in"},
        {"or", "@or", "or"},
        {"een-heel-lange-naam-van-een-vraag-met-onderdelen_en-een-optie-die-ook-lang-is",
         "een.heel.lange.naam.van.een.vraag.met.onderdelen_en.een_c61c8e36",
         "een__heel__lange__naam__c61c8e36"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char name[DATASET_NAME_BYTES];
        dataset_name(name, DATASET_SAV, cases[i].code);
        cr_expect_str_eq(name, cases[i].spss);
        dataset_name(name, DATASET_DTA, cases[i].code);
        cr_expect_str_eq(name, cases[i].stata);
    }
}
