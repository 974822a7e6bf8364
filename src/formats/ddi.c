/* The order of elements is the schema's. */
#include "formats/ddi.h"

#include <inttypes.h>
#include <libxml/xmlwriter.h>

struct target {
    struct dataset_output output;
    bool failed;
};

static int take_xml(void *self, const char *bytes, int size)
{
    struct target *target = self;
    target->failed = target->failed || !target->output.write(bytes, (size_t)size, target->output.self);
    return size; /* a failure is said at the end, by us alone */
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

/* text NULL: nothing. */
static void put_element(xmlTextWriterPtr out, const char *name, const char *text)
{
    if (text) {
        xmlTextWriterWriteElement(out, xml(name), xml(text));
    }
}

static void put_count(xmlTextWriterPtr out, const char *name, uint64_t count)
{
    xmlTextWriterWriteFormatElement(out, xml(name), "%" PRIu64, count);
}

/* An element within the elements of a path, which ends in NULL. */
static void put_within(xmlTextWriterPtr out, const char *const *path, const char *text)
{
    size_t depth = 0;
    for (; text && path[depth + 1]; depth++) {
        open_element(out, path[depth]);
    }
    put_element(out, path[depth], text);
    while (depth-- > 0) {
        close_element(out);
    }
}

/* ---- the study ---- */

static void put_citation(xmlTextWriterPtr out, const struct ddi_codebook *codebook)
{
    static const char *const version[] = {"verStmt", "version", NULL};
    open_element(out, "citation");
    open_element(out, "titlStmt");
    put_element(out, "titl", codebook->title);
    put_element(out, "IDNo", codebook->code);
    close_element(out);
    open_element(out, "prodStmt");
    put_element(out, "producer", codebook->producer[0] ? codebook->producer : NULL);
    open_element(out, "prodDate");
    put_attribute(out, "date", codebook->date);
    xmlTextWriterWriteString(out, xml(codebook->date));
    close_element(out);
    close_element(out);
    put_within(out, version, codebook->version);
    close_element(out);
}

static void put_study(xmlTextWriterPtr out, const struct ddi_codebook *codebook)
{
    static const char *const universe[] = {"stdyInfo", "sumDscr", "universe", NULL};
    static const char *const restriction[] = {"dataAccs", "useStmt", "restrctn", NULL};
    open_element(out, "stdyDscr");
    put_citation(out, codebook);
    put_within(out, universe, codebook->universe);
    if (codebook->sampling || codebook->weighting) {
        open_element(out, "method");
        open_element(out, "dataColl");
        put_element(out, "sampProc", codebook->sampling);
        put_element(out, "weight", codebook->weighting);
        close_element(out);
        close_element(out);
    }
    put_within(out, restriction, codebook->restriction);
    for (size_t i = 0; i < codebook->note_count; i++) {
        put_element(out, "notes", codebook->notes[i]);
    }
    close_element(out);
}

static void put_file(xmlTextWriterPtr out, const struct ddi_codebook *codebook)
{
    open_element(out, "fileDscr");
    put_attribute(out, "ID", "F1");
    open_element(out, "fileTxt");
    put_element(out, "fileName", codebook->file_name);
    open_element(out, "dimensns");
    put_count(out, "caseQnty", codebook->row_count);
    put_count(out, "varQnty", codebook->variable_count);
    close_element(out);
    put_element(out, "fileType", "text/csv; charset=utf-8; header=present");
    close_element(out);
    close_element(out);
}

/* ---- variables ---- */

/* value NULL: nothing. */
static void put_statistic(xmlTextWriterPtr out, const char *name, const char *type, const char *value,
                          bool weighted)
{
    if (value) {
        open_element(out, name);
        put_attribute(out, "type", type);
        if (weighted) {
            put_attribute(out, "wgtd", "wgtd");
        }
        xmlTextWriterWriteString(out, xml(value));
        close_element(out);
    }
}

static void put_category(xmlTextWriterPtr out, const struct ddi_category *category, bool weighted)
{
    open_element(out, "catgry");
    if (category->missing) {
        put_attribute(out, "missing", "Y");
    }
    put_element(out, "catValu", category->code);
    put_element(out, "labl", category->label);
    put_element(out, "txt", category->note);
    put_statistic(out, "catStat", "freq", category->frequency, false);
    put_statistic(out, "catStat", "percent", category->percent, weighted);
    close_element(out);
}

static void put_ranges(xmlTextWriterPtr out, const struct ddi_variable *v)
{
    bool open = false;
    if (v->ranged) {
        open_element(out, "valrng");
        open_element(out, "range");
        put_attribute(out, "min", "0");
        xmlTextWriterWriteFormatAttribute(out, xml("max"), "%" PRId32, v->max);
        close_element(out);
        close_element(out);
    }
    for (size_t k = 0; k < v->category_count; k++) {
        if (v->categories[k].missing) {
            if (!open) {
                open_element(out, "invalrng");
                open = true;
            }
            open_element(out, "item");
            put_attribute(out, "VALUE", v->categories[k].code);
            close_element(out);
        }
    }
    if (open) {
        close_element(out);
    }
}

static void put_head(xmlTextWriterPtr out, const struct ddi_codebook *codebook, size_t i)
{
    const struct ddi_variable *v = &codebook->variables[i];
    xmlTextWriterWriteFormatAttribute(out, xml("ID"), "V%zu", i + 1);
    put_attribute(out, "name", v->code);
    if (codebook->file_name) {
        put_attribute(out, "files", "F1");
    }
    put_attribute(out, "intrvl", v->continuous ? "contin" : "discrete");
    if ((int)i == codebook->weight) {
        put_attribute(out, "wgt", "wgt");
    } else if (codebook->weight != DDI_NO_VARIABLE && (int)i != codebook->key) {
        xmlTextWriterWriteFormatAttribute(out, xml("wgt-var"), "V%d", codebook->weight + 1);
    }
}

static void put_variable(xmlTextWriterPtr out, const struct ddi_codebook *codebook, size_t i)
{
    static const char *const question[] = {"qstn", "qstnLit", NULL};
    const struct ddi_variable *v = &codebook->variables[i];
    open_element(out, "var");
    put_head(out, codebook, i);
    put_element(out, "labl", v->label);
    put_within(out, question, v->question);
    put_ranges(out, v);
    put_element(out, "universe", v->universe);
    put_statistic(out, "sumStat", "vald", v->valid, false);
    put_statistic(out, "sumStat", "invd", v->invalid, false);
    put_statistic(out, "sumStat", "mean", v->mean, v->weighted);
    for (size_t k = 0; k < v->category_count; k++) {
        put_category(out, &v->categories[k], v->weighted);
    }
    put_element(out, "concept", v->concept);
    open_element(out, "varFormat");
    put_attribute(out, "type", v->numeric ? "numeric" : "character");
    close_element(out);
    put_element(out, "notes", v->note);
    close_element(out);
}

/* ---- the whole ---- */

static void put_links(xmlTextWriterPtr out, const struct ddi_codebook *codebook)
{
    for (size_t i = 0; i < codebook->link_count; i++) {
        open_element(out, "otherMat");
        put_attribute(out, "level", "study");
        put_attribute(out, "URI", codebook->links[i].address);
        put_element(out, "labl", codebook->links[i].label);
        close_element(out);
    }
}

static void put_codebook(xmlTextWriterPtr out, const struct ddi_codebook *codebook)
{
    xmlTextWriterSetIndent(out, 1);
    xmlTextWriterStartDocument(out, NULL, "UTF-8", NULL);
    open_element(out, "codeBook");
    put_attribute(out, "xmlns", "ddi:codebook:2_5");
    put_attribute(out, "version", "2.5");
    put_attribute(out, "xml:lang", codebook->language);
    put_study(out, codebook);
    if (codebook->file_name) {
        put_file(out, codebook);
    }
    open_element(out, "dataDscr");
    for (size_t i = 0; i < codebook->variable_count; i++) {
        put_variable(out, codebook, i);
    }
    close_element(out);
    put_links(out, codebook);
    xmlTextWriterEndDocument(out);
}

enum dataset_status ddi_write(const struct ddi_codebook *codebook, struct dataset_output output)
{
    struct target target = {.output = output};
    xmlOutputBufferPtr buffer = xmlOutputBufferCreateIO(take_xml, NULL, &target, NULL);
    xmlTextWriterPtr out = buffer ? xmlNewTextWriter(buffer) : NULL;
    if (!out) {
        if (buffer) {
            xmlOutputBufferClose(buffer);
        }
        return DATASET_NO_MEMORY;
    }
    put_codebook(out, codebook);
    const bool good = xmlTextWriterFlush(out) >= 0;
    xmlFreeTextWriter(out);
    return target.failed ? DATASET_OUTPUT_FAILED : good ? DATASET_OK : DATASET_NO_MEMORY;
}
