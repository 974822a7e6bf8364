/* The description of the CSV as DDI-Codebook. Frequencies are counted of the rows that are written: what was
 * made coarser or hidden there is so here. */
#include "formats/dataset_internal.h"
#include "formats/ddi.h"

#include "base/clock.h"

#include <inttypes.h>

enum { DAY_BYTES = 10 };

/* Of one variable, and unweighted. */
struct tally {
    uint64_t valid;
    uint64_t missing[DATASET_MISSING_MAX]; /* by reason */
    uint64_t *categories;                  /* by category; NULL: it has none */
};

static const char *count_text(struct arena *arena, uint64_t count)
{
    return arena_printf(arena, "%" PRIu64, count).ptr;
}

/* Of a number or text nothing but why it is missing. */
static void tell_categories(struct ddi_variable *out, const struct dataset_writer *writer,
                            const struct dataset_variable *v, const struct tally *tally)
{
    const struct dataset *dataset = writer->dataset;
    const size_t most = v->category_count + dataset->missing_count;
    struct ddi_category *categories = arena_array(writer->arena, most, sizeof *categories);
    for (uint32_t k = 0; v->kind == DATASET_CATEGORY && k < v->category_count; k++) {
        categories[out->category_count++] =
            (struct ddi_category){.code = v->categories[k].code,
                                  .label = v->categories[k].label,
                                  .frequency = count_text(writer->arena, tally->categories[k])};
    }
    for (size_t m = 0; !v->complete && m < dataset->missing_count; m++) {
        categories[out->category_count++] =
            (struct ddi_category){.code = dataset->missing[m].code,
                                  .label = dataset->missing[m].label,
                                  .missing = true,
                                  .frequency = count_text(writer->arena, tally->missing[m])};
    }
    out->categories = categories;
}

static void tell_variable(struct ddi_variable *out, const struct dataset_writer *writer,
                          const struct dataset_variable *v, const struct tally *tally)
{
    uint64_t invalid = 0;
    for (size_t m = 0; m < DATASET_MISSING_MAX; m++) {
        invalid += tally->missing[m];
    }
    *out = (struct ddi_variable){.code = v->code,
                                 .label = v->label,
                                 .question = v->question,
                                 .concept = v->concept,
                                 .continuous = v->kind == DATASET_REAL,
                                 .numeric = v->kind == DATASET_NUMBER || v->kind == DATASET_REAL,
                                 .ranged = v->kind == DATASET_NUMBER,
                                 .max = v->number_max,
                                 .valid = count_text(writer->arena, tally->valid),
                                 .invalid = count_text(writer->arena, invalid)};
    tell_categories(out, writer, v, tally);
}

static enum dataset_status write_codebook(struct dataset_writer *writer, const struct tally *tallies)
{
    const struct dataset *dataset = writer->dataset;
    struct ddi_variable *variables = arena_array(writer->arena, dataset->variable_count, sizeof *variables);
    char day[CLOCK_RFC3339_BYTES];
    clock_format_rfc3339(day, dataset->made_at);
    day[DAY_BYTES] = '\0';
    struct ddi_codebook codebook = {.code = dataset->code,
                                    .title = dataset->title,
                                    .language = dataset->language,
                                    .producer = dataset->producer,
                                    .date = day,
                                    .sampling = dataset->sampling,
                                    .notes = dataset->notes,
                                    .note_count = dataset->note_count,
                                    .file_name = dataset->file_name,
                                    .row_count = dataset->row_count,
                                    .weight = DDI_NO_VARIABLE,
                                    .key = DDI_NO_VARIABLE,
                                    .variables = variables,
                                    .variable_count = dataset->variable_count};
    for (size_t i = 0; i < dataset->variable_count; i++) {
        const struct dataset_variable *v = &dataset->variables[i];
        tell_variable(&variables[i], writer, v, &tallies[i]);
        codebook.weight = v->weight ? (int)i : codebook.weight;
        codebook.key = v->key ? (int)i : codebook.key;
    }
    return ddi_write(&codebook, writer->sink.output);
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
    return write_codebook(writer, writer->state);
}

const struct format_writer ddi_writer = {.facts = {"ddi", "xml", "application/xml", true, UINT64_MAX},
                                         .variable_max = SIZE_MAX,
                                         .begin = begin_ddi,
                                         .row = count_row,
                                         .end = end_ddi};
