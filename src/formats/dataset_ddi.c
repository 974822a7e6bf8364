/* DDI-Codebook 2.5 (namespace ddi:codebook:2_5; schema 2.5.1): the description of the CSV, as archives take
 * it in. Frequencies are counted of the rows that are written: what was made coarser or hidden there is so
 * here. */
#include "formats/dataset_internal.h"

#include "base/clock.h"

#include <inttypes.h>
#include <libxml/xmlwriter.h>
#include <string.h>

enum { DAY_BYTES = 10 };

/* Of one variable, and unweighted. */
struct tally {
    uint64_t valid;
    uint64_t missing[DATASET_MISSING_MAX]; /* by reason */
    uint64_t *categories;                  /* by category; NULL: it has none */
};

static int take_xml(void *self, const char *bytes, int size)
{
    struct dataset_writer *writer = self;
    sink_put(&writer->sink, (struct slice){bytes, (size_t)size});
    return size;
}

static const xmlChar *xml(const char *text)
{
    return (const xmlChar *)text;
}

static void open_element(xmlTextWriterPtr out, const char *name)
{
    xmlTextWriterStartElement(out, xml(name));
}

static void close_element(xmlTextWriterPtr out)
{
    xmlTextWriterEndElement(out);
}

static void put_attribute(xmlTextWriterPtr out, const char *name, const char *value)
{
    xmlTextWriterWriteAttribute(out, xml(name), xml(value));
}

static void put_element(xmlTextWriterPtr out, const char *name, const char *text)
{
    xmlTextWriterWriteElement(out, xml(name), xml(text));
}

static void put_count(xmlTextWriterPtr out, const char *name, uint64_t count)
{
    xmlTextWriterWriteFormatElement(out, xml(name), "%" PRIu64, count);
}

/* ---- the study ---- */

static void put_study(xmlTextWriterPtr out, const struct dataset *dataset)
{
    char day[CLOCK_RFC3339_BYTES];
    clock_format_rfc3339(day, dataset->made_at);
    day[DAY_BYTES] = '\0';
    open_element(out, "stdyDscr");
    open_element(out, "citation");
    open_element(out, "titlStmt");
    put_element(out, "titl", dataset->title);
    put_element(out, "IDNo", dataset->code);
    close_element(out);
    open_element(out, "prodStmt");
    if (dataset->producer[0]) {
        put_element(out, "producer", dataset->producer);
    }
    open_element(out, "prodDate");
    put_attribute(out, "date", day);
    xmlTextWriterWriteString(out, xml(day));
    close_element(out);
    close_element(out);
    close_element(out);
    if (dataset->sampling) {
        open_element(out, "method");
        open_element(out, "dataColl");
        put_element(out, "sampProc", dataset->sampling);
        close_element(out);
        close_element(out);
    }
    for (size_t i = 0; i < dataset->note_count; i++) {
        put_element(out, "notes", dataset->notes[i]);
    }
    close_element(out);
}

static void put_file(xmlTextWriterPtr out, const struct dataset *dataset)
{
    open_element(out, "fileDscr");
    put_attribute(out, "ID", "F1");
    open_element(out, "fileTxt");
    put_element(out, "fileName", dataset->file_name);
    open_element(out, "dimensns");
    put_count(out, "caseQnty", dataset->row_count);
    put_count(out, "varQnty", dataset->variable_count);
    close_element(out);
    put_element(out, "fileType", "text/csv; charset=utf-8; header=present");
    close_element(out);
    close_element(out);
}

/* ---- variables ---- */

/* Frequencies of texts and numbers are those of having one. */
static void put_statistic(xmlTextWriterPtr out, const char *name, const char *type, uint64_t count)
{
    open_element(out, name);
    put_attribute(out, "type", type);
    xmlTextWriterWriteFormatString(out, "%" PRIu64, count);
    close_element(out);
}

static void put_category(xmlTextWriterPtr out, const struct dataset_category *category, uint64_t count,
                         bool missing)
{
    open_element(out, "catgry");
    if (missing) {
        put_attribute(out, "missing", "Y");
    }
    put_element(out, "catValu", category->code);
    put_element(out, "labl", category->label);
    put_statistic(out, "catStat", "freq", count);
    close_element(out);
}

static void put_summary(xmlTextWriterPtr out, const struct tally *tally)
{
    uint64_t invalid = 0;
    for (size_t m = 0; m < DATASET_MISSING_MAX; m++) {
        invalid += tally->missing[m];
    }
    put_statistic(out, "sumStat", "vald", tally->valid);
    put_statistic(out, "sumStat", "invd", invalid);
}

static void put_ranges(xmlTextWriterPtr out, const struct dataset *dataset, const struct dataset_variable *v)
{
    if (v->kind == DATASET_NUMBER) {
        open_element(out, "valrng");
        open_element(out, "range");
        put_attribute(out, "min", "0");
        xmlTextWriterWriteFormatAttribute(out, xml("max"), "%" PRId32, v->number_max);
        close_element(out);
        close_element(out);
    }
    if (!v->complete && dataset->missing_count > 0) {
        open_element(out, "invalrng");
        for (size_t m = 0; m < dataset->missing_count; m++) {
            open_element(out, "item");
            put_attribute(out, "VALUE", dataset->missing[m].code);
            close_element(out);
        }
        close_element(out);
    }
}

static void put_categories(xmlTextWriterPtr out, const struct dataset *dataset,
                           const struct dataset_variable *v, const struct tally *tally)
{
    for (uint32_t k = 0; v->kind == DATASET_CATEGORY && k < v->category_count; k++) {
        put_category(out, &v->categories[k], tally->categories[k], false);
    }
    for (size_t m = 0; !v->complete && m < dataset->missing_count; m++) {
        put_category(out, &dataset->missing[m], tally->missing[m], true);
    }
}

/* weight: the place of the variable that weighs the rows; variable_count when there is none. */
static void put_variable(xmlTextWriterPtr out, const struct dataset *dataset, const struct tally *tally,
                         size_t i, size_t weight)
{
    const struct dataset_variable *v = &dataset->variables[i];
    bool counted = v->kind == DATASET_NUMBER || v->kind == DATASET_REAL;
    open_element(out, "var");
    xmlTextWriterWriteFormatAttribute(out, xml("ID"), "V%zu", i + 1);
    put_attribute(out, "name", v->code);
    put_attribute(out, "files", "F1");
    put_attribute(out, "intrvl", v->kind == DATASET_REAL ? "contin" : "discrete");
    if (v->weight) {
        put_attribute(out, "wgt", "wgt");
    } else if (weight < dataset->variable_count && !v->key) {
        xmlTextWriterWriteFormatAttribute(out, xml("wgt-var"), "V%zu", weight + 1);
    }
    put_element(out, "labl", v->label);
    if (v->question) {
        open_element(out, "qstn");
        put_element(out, "qstnLit", v->question);
        close_element(out);
    }
    put_ranges(out, dataset, v);
    put_summary(out, tally);
    put_categories(out, dataset, v, tally);
    if (v->concept) {
        put_element(out, "concept", v->concept);
    }
    open_element(out, "varFormat");
    put_attribute(out, "type", counted ? "numeric" : "character");
    close_element(out);
    close_element(out);
}

static void put_codebook(xmlTextWriterPtr out, const struct dataset *dataset, const struct tally *tallies)
{
    size_t weight = 0;
    while (weight < dataset->variable_count && !dataset->variables[weight].weight) {
        weight++;
    }
    xmlTextWriterStartDocument(out, NULL, "UTF-8", NULL);
    open_element(out, "codeBook");
    put_attribute(out, "xmlns", "ddi:codebook:2_5");
    put_attribute(out, "version", "2.5");
    put_attribute(out, "xml:lang", dataset->language);
    put_study(out, dataset);
    put_file(out, dataset);
    open_element(out, "dataDscr");
    for (size_t i = 0; i < dataset->variable_count; i++) {
        put_variable(out, dataset, &tallies[i], i, weight);
    }
    xmlTextWriterEndDocument(out);
}

/* ---- the writer: rows are counted, and all of it is written at the end ---- */

static enum dataset_status begin_ddi(struct dataset_writer *writer)
{
    const struct dataset *dataset = writer->dataset;
    struct tally *tallies = arena_array(writer->arena, dataset->variable_count, sizeof *tallies);
    for (size_t i = 0; i < dataset->variable_count; i++) {
        const struct dataset_variable *v = &dataset->variables[i];
        if (v->kind == DATASET_CATEGORY) {
            tallies[i].categories =
                arena_array(writer->arena, v->category_count, sizeof *tallies[i].categories);
        }
    }
    writer->state = tallies;
    return DATASET_OK;
}

static enum dataset_status count_row(struct dataset_writer *writer, const struct dataset_cell *cells)
{
    struct tally *tallies = writer->state;
    for (size_t i = 0; i < writer->dataset->variable_count; i++) {
        if (cells[i].missing > 0) {
            tallies[i].missing[cells[i].missing - 1]++;
            continue;
        }
        tallies[i].valid++;
        if (tallies[i].categories) {
            tallies[i].categories[cells[i].number]++;
        }
    }
    return DATASET_OK;
}

static enum dataset_status end_ddi(struct dataset_writer *writer)
{
    xmlOutputBufferPtr buffer = xmlOutputBufferCreateIO(take_xml, NULL, writer, NULL);
    xmlTextWriterPtr out = buffer ? xmlNewTextWriter(buffer) : NULL;
    if (!out) {
        if (buffer) {
            xmlOutputBufferClose(buffer);
        }
        return DATASET_NO_MEMORY;
    }
    xmlTextWriterSetIndent(out, 1);
    put_codebook(out, writer->dataset, writer->state);
    bool good = xmlTextWriterFlush(out) >= 0;
    xmlFreeTextWriter(out);
    return good ? DATASET_OK : DATASET_NO_MEMORY;
}

const struct format_writer ddi_writer = {.facts = {"ddi", "xml", "application/xml", true, UINT64_MAX},
                                         .variable_max = SIZE_MAX,
                                         .begin = begin_ddi,
                                         .row = count_row,
                                         .end = end_ddi};
