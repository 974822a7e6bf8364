/* Every public table of a release. A row a figure; each figure stands there once: groups are everybody, a
 * category of a dimension, or a category of each of two, as far as they are open. */
#include "features/results/results_measures.h"
#include "features/results/results_release_file.h"
#include "features/results/results_words.h"
#include "features/results/results_write.h"

#include "formats/csv.h"

#include <inttypes.h>
#include <stdlib.h>

enum { VARIABLE_BYTES_MAX = 32 * 1024 * 1024 };

enum { COLUMNS = 22 };
static const struct column {
    const char *name, *datatype, *title;
} columns[COLUMNS] = {
    {"variabele", "string", "Variabele uit het codeboek"},
    {"groep_1", "string", "Dimensie; leeg: iedereen"},
    {"categorie_1", "string", "Categorie van die dimensie"},
    {"groep_2", "string", "Tweede dimensie"},
    {"categorie_2", "string", "Categorie van de tweede"},
    {"maat", "string", "percentage, gemiddelde, netto of top2"},
    {"antwoord", "string", "Antwoord waar het percentage over gaat"},
    {"label", "string", "Tekst van het antwoord"},
    {"aantal", "integer", "Mensen met dat antwoord, beschermd"},
    {"aantal_reden", "string", "Waarom er geen aantal staat"},
    {"waarde", "number", "De maat, beschermd"},
    {"waarde_reden", "string", "Waarom er geen waarde staat, of dat zij een grens is"},
    {"ondergrens", "number", "Begin van de bandbreedte (95%)"},
    {"bovengrens", "number", "Eind van de bandbreedte (95%)"},
    {"basis", "integer", "Mensen die antwoord gaven, beschermd"},
    {"basis_reden", "string", "Waarom er geen basis staat"},
    {"gewogen", "string", "ja of nee"},
    {"rij_uitgave", "integer", "Uitgave waarin de groep geteld is"},
    {"uitgave", "integer", "Nummer van de uitgave"},
    {"minder_dan", "integer", "Aantallen onder dit getal staan er niet"},
    {"ruis_tot_en_met", "integer", "Zo veel is er ten hoogste bij of af"},
    {"verzonnen", "string", "ja: alle gegevens zijn verzonnen"}, /* of invented data alone */
};

struct work {
    struct release_file *order;
    struct crypto_digest *digest;
    struct arena *arena; /* of one variable */
    struct buffer out;
};

static size_t columns_of(const struct release_file *file)
{
    return file->people.round->invented ? COLUMNS : COLUMNS - 1;
}

/* ---- a row ---- */

struct cell {
    struct slice text; /* ptr NULL: empty */
    bool number;
};
struct row {
    struct cell cells[COLUMNS];
    size_t count;
};

static void add_text(struct row *row, const char *text)
{
    row->cells[row->count++] =
        (struct cell){.text = text && text[0] ? slice_from_cstr(text) : (struct slice){NULL, 0}};
}

static void add_number(struct row *row, struct work *work, const struct figure *figure, double value)
{
    char text[FIGURES_PLAIN_BYTES];
    const struct slice plain = {text, figures_plain_text(text, value, (int)figure->digits)};
    row->cells[row->count++] = (struct cell){.text = arena_copy(work->arena, plain), .number = true};
}

static void add_whole(struct row *row, struct work *work, int64_t value)
{
    row->cells[row->count++] =
        (struct cell){.text = arena_printf(work->arena, "%" PRId64, value), .number = true};
}

/* Its number, and the reason where there is none. */
static void add_figure(struct row *row, struct work *work, const struct figure *figure)
{
    if (figure->mark == FIGURE_SHOWN) {
        add_number(row, work, figure, figure->value);
        add_text(row, !figure->limited ? NULL : figure->value < 50 ? "ten-hoogste" : "ten-minste");
    } else {
        add_text(row, NULL);
        add_text(row, figures_reason(figure));
    }
}

static void put_json_text(struct buffer *out, struct slice text)
{
    json_t *value = json_stringn(text.ptr, text.len);
    char *written = json_dumps(value, JSON_ENCODE_ANY);
    buffer_append_cstr(out, written ? written : "null");
    free(written);
    json_decref(value);
}

static void put_row(struct work *work, const struct row *row)
{
    struct buffer *out = &work->out;
    const bool csv = work->order->format == RELEASE_CSV;
    for (size_t c = 0; c < columns_of(work->order); c++) {
        const struct cell *cell = &row->cells[c];
        buffer_append_cstr(out, c > 0 ? "," : csv ? "" : "{");
        if (!csv) {
            buffer_printf(out, "\"%s\":", columns[c].name);
        }
        if (!cell->text.ptr) {
            buffer_append_cstr(out, csv ? "" : "null");
        } else if (cell->number) {
            buffer_append(out, cell->text);
        } else if (csv) {
            csv_put_text(out, cell->text);
        } else {
            put_json_text(out, cell->text);
        }
    }
    buffer_append_cstr(out, csv ? "\r\n" : "}\n");
    work->order->file.rows++;
}

/* answer NULL: a measure. */
static void put_figure(struct work *work, const struct figures *figures, const struct figures_line *line,
                       const char *measure, const struct figures_answer *answer,
                       const struct figures_cell *cell)
{
    const struct figure none = {.mark = FIGURE_NONE};
    const struct figure *value = &cell->share;
    struct row row = {.count = 0};
    add_text(&row, figures->variable->code);
    for (size_t g = 0; g < 2; g++) {
        const bool told = g < figures->query.group_count;
        add_text(&row, told ? figures->groups[g]->code : NULL);
        add_text(&row, told ? line->group_names[g] : NULL);
    }
    add_text(&row, measure);
    add_text(&row, answer ? answer->name : NULL);
    add_text(&row, answer ? answer->label[0] : NULL);
    add_figure(&row, work, answer ? &cell->count : &none);
    add_figure(&row, work, value);
    if (value->mark == FIGURE_SHOWN && value->interval) {
        add_number(&row, work, value, value->low);
        add_number(&row, work, value, value->high);
    } else {
        add_text(&row, NULL);
        add_text(&row, NULL);
    }
    add_figure(&row, work, &line->base);
    add_text(&row, figures->query.weighted ? "ja" : "nee");
    if (line->release > 0) {
        add_whole(&row, work, line->release);
    } else {
        add_text(&row, NULL);
    }
    add_whole(&row, work, figures->release);
    add_whole(&row, work, (int64_t)figures->fewer);
    add_whole(&row, work, (int64_t)figures->noise_reach);
    add_text(&row, "ja");
    put_row(work, &row);
}

static void put_line(struct work *work, const struct figures *figures, const struct figures_line *line)
{
    for (size_t a = 0; figures->query.shares && a < figures->answer_count; a++) {
        put_figure(work, figures, line, "percentage", &figures->answers[a], &line->cells[a]);
    }
    for (int m = 0; m < FIGURES_MEASURES; m++) {
        const struct figures_cell of = {.share = line->measures[m]};
        if (figures->query.measures[m]) {
            put_figure(work, figures, line, results_query_measure_name((enum figures_measure)m), NULL, &of);
        }
    }
}

/* ---- the tables ---- */

static bool send(struct work *work)
{
    const struct slice bytes = buffer_slice(&work->out);
    struct results_file *file = &work->order->file.file;
    const bool good = !buffer_failed(&work->out) && results_file_in_time(file) &&
                      results_file_write(bytes.ptr, bytes.len, file);
    if (good) {
        crypto_sha256_add(work->digest, bytes);
        buffer_clear(&work->out);
    }
    return good;
}

/* A table that the release has not is left out: a variable by itself, one that goes less deep. */
static enum figures_status put_table(struct work *work, const struct figures_query *query)
{
    struct figures figures;
    const char *rule;
    enum figures_status status =
        figures_of_public(&figures, &rule, work->arena, work->order->file.results, query);
    if (status != FIGURES_OK) {
        return status == FIGURES_NOT_RELEASED ? FIGURES_OK : status;
    }
    if (figures.release != work->order->file.release) {
        return FIGURES_NOT_READY; /* a new one came meanwhile: once more */
    }
    for (size_t l = 0; l < figures.line_count; l++) {
        /* A group that is not open has no figures at all, and no rows. */
        bool left_out = figures.lines[l].base.mark == FIGURE_WITHHELD;
        for (size_t g = 0; g < query->group_count; g++) {
            left_out = left_out || figures.lines[l].groups[g] == FIGURES_ALL;
        }
        if (!left_out) {
            put_line(work, &figures, &figures.lines[l]);
        }
    }
    return FIGURES_OK;
}

static enum figures_status put_variable(bool *sent, struct work *work, size_t variable)
{
    size_t count;
    const struct release_plan *plan = work->order->plan;
    const struct variable *v = &questionnaire_variables(&count, plan->round->questionnaire)[variable];
    struct figures_query query = work->order->people;
    query.variable = variable;
    query.shares = v->level != LEVEL_NUMBER;
    for (int m = 0; m < FIGURES_MEASURES; m++) {
        query.measures[m] = m != FIGURES_AGREEMENT && measure_fits((enum figures_measure)m, v);
    }
    work->arena = arena_create(FIGURES_BYTES_MAX);
    enum figures_status status = put_table(work, &query);
    for (size_t d = 0; status == FIGURES_OK && d < plan->dim_count; d++) {
        query.group_count = 1;
        query.groups[0] = plan->dims[d];
        status = put_table(work, &query);
        for (size_t e = d + 1; status == FIGURES_OK && e < plan->dim_count; e++) {
            query.group_count = 2;
            query.groups[1] = plan->dims[e];
            status = put_table(work, &query);
        }
    }
    *sent = status == FIGURES_OK && send(work);
    arena_destroy(work->arena);
    return status;
}

static void put_head(struct work *work)
{
    const size_t count = columns_of(work->order);
    for (size_t c = 0; work->order->format == RELEASE_CSV && c < count; c++) {
        buffer_printf(&work->out, "%s%s%s", c > 0 ? "," : "", columns[c].name, c + 1 < count ? "" : "\r\n");
    }
}

/* The last line of JSON lines proves that it is whole: of all lines before. CSV has no room for one. */
static bool put_end(struct work *work)
{
    unsigned char hash[CRYPTO_SHA256_BYTES];
    char hex[2 * CRYPTO_SHA256_BYTES + 1];
    crypto_sha256_so_far(hash, work->digest);
    crypto_hex(hex, hash, sizeof hash);
    if (work->order->format == RELEASE_JSON_LINES) {
        buffer_printf(&work->out, "{\"einde\":{\"rijen\":%" PRIu64 ",\"sha256\":\"%s\"}}\n",
                      work->order->file.rows, hex);
    }
    return send(work);
}

/* ---- the whole ---- */

static enum public_file_made made_of(const struct work *work, enum figures_status status, bool sent)
{
    struct public_file *file = &work->order->file;
    file->figures = status;
    file->rule = NULL;
    if (status != FIGURES_OK) {
        return PUBLIC_FILE_NONE;
    }
    return sent                                                         ? PUBLIC_FILE_WHOLE
           : file->file.too_large || !results_file_in_time(&file->file) ? PUBLIC_FILE_LARGE
                                                                        : PUBLIC_FILE_FULL;
}

enum public_file_made release_tables_make(struct public_file *file)
{
    struct work work = {.order = (struct release_file *)file, .digest = crypto_sha256_begin(file->arena)};
    const struct release_plan *plan = work.order->plan;
    enum figures_status status = FIGURES_OK;
    bool sent = true;
    file->rows = 0;
    buffer_init(&work.out, VARIABLE_BYTES_MAX);
    put_head(&work);
    for (size_t v = 0; status == FIGURES_OK && sent && v < plan->variable_count; v++) {
        status = put_variable(&sent, &work, plan->variables[v].variable);
    }
    sent = sent && status == FIGURES_OK && put_end(&work);
    buffer_free(&work.out);
    return made_of(&work, status, sent);
}

struct slice release_tables_metadata(struct arena *arena, const struct release_file *file)
{
    const char *title = file->people.round->title[0];
    json_t *list = json_array();
    for (size_t c = 0; c < columns_of(file); c++) {
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "name", columns[c].name, "titles",
                                              columns[c].name, "datatype", columns[c].datatype,
                                              "dc:description", columns[c].title));
    }
    json_t *body = json_pack("{s:[s, {s:s}], s:s, s:s, s:s, s:{s:s, s:b}, s:{s:o}}", "@context",
                             "http://www.w3.org/ns/csvw", "@language", "nl", "url",
                             file->folder ? release_file_name(file, arena, RELEASE_CSV)
                                          : release_file_address(file, arena, RELEASE_CSV),
                             "dc:title", title ? title : "", "dc:description", figures_method(&file->people),
                             "dialect", "encoding", "utf-8", "header", 1, "tableSchema", "columns", list);
    char *text = json_dumps(body, JSON_INDENT(2));
    json_decref(body);
    if (text) {
        arena_defer(arena, free, text);
    }
    return text ? slice_from_cstr(text) : (struct slice){NULL, 0};
}
