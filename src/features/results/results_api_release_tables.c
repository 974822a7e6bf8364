/* GET /v1/consultaties/{consultatie}/uitgaven/tabellen: every public table of a release in one file, for
 * whoever wants to reckon with it. A row a figure; each figure stands there once: groups are everybody, a
 * category of a dimension, or a category of each of two, as far as they are open. They are those of
 * figures_of_public, to the digit.
 */
#include "features/results/results_api.h"
#include "features/results/results_measures.h"
#include "features/results/results_public_file.h"
#include "features/results/results_shelf.h"
#include "features/results/results_write.h"

#include "formats/csv.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { VARIABLE_BYTES_MAX = 32 * 1024 * 1024, MAX_AGE_S = 300 };

enum format { FORMAT_CSV, FORMAT_CSVW, FORMAT_JSONL, FORMATS };
static const char *const media_types[FORMATS] = {"text/csv", "application/csvm+json", "application/jsonl"};

enum { COLUMNS = 21 };
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
};

/* In the exchange's arena: the file is made after the handler returned. */
struct work {
    struct public_file file; /* first */
    struct results_call call;
    enum format format;
    struct figures_query people;
    const struct release_plan *plan; /* of the release */
    struct crypto_digest *digest;
    /* of one table */
    struct arena *arena;
    struct buffer out;
};

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
    row->cells[row->count++] =
        (struct cell){.text = arena_printf(work->arena, "%.*f", (int)figure->digits, value), .number = true};
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
    const bool csv = work->format == FORMAT_CSV;
    for (size_t c = 0; c < COLUMNS; c++) {
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
    work->file.rows++;
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
    const bool good = !buffer_failed(&work->out) && results_file_in_time(&work->file.file) &&
                      results_file_write(bytes.ptr, bytes.len, &work->file.file);
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
    enum figures_status status = figures_of_public(&figures, &rule, work->arena, work->call.results, query);
    if (status != FIGURES_OK) {
        return status == FIGURES_NOT_RELEASED ? FIGURES_OK : status;
    }
    if (figures.release != work->file.release) {
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
    const struct release_plan *plan = work->plan;
    const struct variable *v = &questionnaire_variables(&count, plan->round->questionnaire)[variable];
    struct figures_query query = work->people;
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
    for (size_t c = 0; work->format == FORMAT_CSV && c < COLUMNS; c++) {
        buffer_printf(&work->out, "%s%s%s", c > 0 ? "," : "", columns[c].name, c + 1 < COLUMNS ? "" : "\r\n");
    }
}

/* The last line of JSON lines proves that it is whole: of all lines before. CSV has no room for one. */
static bool put_end(struct work *work)
{
    unsigned char hash[CRYPTO_SHA256_BYTES];
    char hex[2 * CRYPTO_SHA256_BYTES + 1];
    crypto_sha256_so_far(hash, work->digest);
    crypto_hex(hex, hash, sizeof hash);
    if (work->format == FORMAT_JSONL) {
        buffer_printf(&work->out, "{\"einde\":{\"rijen\":%" PRIu64 ",\"sha256\":\"%s\"}}\n", work->file.rows,
                      hex);
    }
    return send(work);
}

/* ---- the answer ---- */

static const char *address(struct work *work, const char *type)
{
    const struct survey_round *round = work->call.round;
    return arena_printf(http_arena(work->call.ex),
                        "%s/v1/consultaties/%s/uitgaven/tabellen?ronde=%s&werving=%s&gewogen=%s&formaat=%s",
                        http_public_url(work->call.ex), round->consultation, round->code,
                        figures_kept(&work->people, "werving"), work->people.weighted ? "true" : "false",
                        type)
        .ptr;
}

static void set_headers(struct work *work)
{
    static const char *const endings[FORMATS] = {"csv", "csv-metadata.json", "jsonl"};
    struct http_exchange *ex = work->call.ex;
    struct arena *arena = http_arena(ex);
    http_set_header(ex, "Vary", "Accept");
    http_set_header(ex, "Cache-Control", arena_printf(arena, "public, max-age=%d", MAX_AGE_S).ptr);
    http_set_header(ex, "ETag",
                    arena_printf(arena, "\"u-%d.%d-%s\"", (int)work->call.round->id, (int)work->file.release,
                                 endings[work->format])
                        .ptr);
    http_set_header(ex, "Content-Disposition",
                    arena_printf(arena, "attachment; filename=\"%s-uitgave-%d.%s\"", work->call.round->code,
                                 (int)work->file.release, endings[work->format])
                        .ptr);
}

static void reply_metadata(struct work *work)
{
    json_t *list = json_array();
    for (size_t c = 0; c < COLUMNS; c++) {
        json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "name", columns[c].name, "titles",
                                              columns[c].name, "datatype", columns[c].datatype));
        json_object_set_new(json_array_get(list, c), "dc:description", json_string(columns[c].title));
    }
    json_t *body = json_pack("{s:[s, {s:s}], s:s, s:s, s:s, s:{s:s, s:b}, s:{s:o}}", "@context",
                             "http://www.w3.org/ns/csvw", "@language", "nl", "url", address(work, "csv"),
                             "dc:title", work->call.round->title[0] ? work->call.round->title[0] : "",
                             "dc:description", figures_method(&work->people), "dialect", "encoding", "utf-8",
                             "header", 1, "tableSchema", "columns", list);
    char *text = json_dumps(body, JSON_INDENT(2));
    json_decref(body);
    if (!text) {
        http_error(work->call.ex, 500);
        return;
    }
    arena_defer(http_arena(work->call.ex), free, text);
    http_reply_bytes(work->call.ex, 200, media_types[FORMAT_CSVW], slice_from_cstr(text));
    set_headers(work);
}

static void describe(struct public_file *file)
{
    struct work *work = (struct work *)file;
    set_headers(work);
    http_set_header(file->ex, "Rijen", arena_printf(http_arena(file->ex), "%" PRIu64, file->rows).ptr);
    if (work->format == FORMAT_CSV) {
        http_set_header(file->ex, "Link",
                        arena_printf(http_arena(file->ex), "<%s>; rel=\"describedby\"; type=\"%s\"",
                                     address(work, "csvw"), media_types[FORMAT_CSVW])
                            .ptr);
    }
}

static bool make(struct public_file *file)
{
    struct work *work = (struct work *)file;
    enum figures_status status = FIGURES_OK;
    bool sent = true;
    if (!results_file_open(&file->file, file->results, file->ex, work->call.arena, FIGURES_PUBLIC)) {
        return false;
    }
    work->digest = crypto_sha256_begin(work->call.arena);
    buffer_init(&work->out, VARIABLE_BYTES_MAX);
    put_head(work);
    for (size_t v = 0; status == FIGURES_OK && sent && v < work->plan->variable_count; v++) {
        status = put_variable(&sent, work, work->plan->variables[v].variable);
    }
    const bool whole = status == FIGURES_OK && sent && put_end(work);
    if (status != FIGURES_OK) {
        results_call_answer(&work->call, status, NULL);
    } else if (!whole && (file->file.too_large || !results_file_in_time(&file->file))) {
        results_file_answer_large(file->ex);
    } else if (!whole) {
        results_file_answer_full(file->ex);
    }
    buffer_free(&work->out);
    if (!whole) {
        results_file_close(&file->file);
    }
    return whole;
}

/* ---- the question ---- */

static void read_format(struct work *work)
{
    static const char *const names[FORMATS] = {"csv", "csvw", "jsonl"};
    struct slice text;
    const bool said = http_query(&text, work->call.ex, "formaat");
    for (int i = 0; i < FORMATS; i++) {
        if (said ? slice_equal_cstr(text, names[i])
                 : strcmp(http_accepted(work->call.ex), media_types[i]) == 0) {
            work->format = (enum format)i;
            return;
        }
    }
    results_query_fault(work->call.errors, "formaat", "onbekend", "Kies csv, csvw of jsonl.");
}

/* The rules of a table say whether there is a part of this stream, and whether it is weighted. */
static enum figures_status find_release(struct work *work, const char **rule)
{
    struct figures figures;
    struct figures_query query = work->people;
    const struct shelved *shelved =
        shelf_hold_for(work->call.arena, work->call.results, work->call.round->id);
    if (!shelved) {
        return FIGURES_NO_RELEASE;
    }
    work->plan = &shelved->plan;
    if (work->plan->dim_count == 0) {
        return FIGURES_NOT_RELEASED;
    }
    query.variable = work->plan->dims[0];
    query.shares = true;
    enum figures_status status =
        figures_of_public(&figures, rule, work->call.arena, work->call.results, &query);
    work->file.release = figures.release;
    return status;
}

static void answer(struct work *work)
{
    static const char *const parameters[] = {"werving", "gewogen"};
    struct public_file *file = &work->file;
    struct http_exchange *ex = work->call.ex;
    file->results = work->call.results;
    file->ex = ex;
    file->round_id = work->call.round->id;
    file->key = arena_printf(http_arena(ex), "%s of %s", media_types[work->format],
                             public_file_key(ex, parameters, sizeof parameters / sizeof parameters[0]).ptr);
    file->make = make;
    file->describe = describe;
    file->media_type =
        work->format == FORMAT_CSV ? "text/csv; charset=utf-8; header=present" : media_types[work->format];
    public_file_answer(file);
}

void results_get_release_tables(struct http_exchange *ex, void *self)
{
    struct work *work = arena_alloc(http_arena(ex), sizeof *work);
    struct results_call *call = &work->call;
    const char *rule = NULL;
    enum db_status status;
    if (!results_call_begin(call, self, (struct results_place){NULL, NULL}, ex)) {
        return;
    }
    const struct query_texts texts = results_call_texts(call);
    work->people = (struct figures_query){.view = FIGURES_PUBLIC, .round = call->round, .variable = SIZE_MAX};
    results_query_read_people(&work->people, call->errors, call->arena, &texts);
    read_format(work);
    if (results_call_refuse(call, &status)) {
        return;
    }
    enum figures_status found = find_release(work, &rule);
    if (found != FIGURES_OK) {
        results_call_answer(call, found, rule);
    } else if (work->format == FORMAT_CSVW) {
        reply_metadata(work);
    } else {
        answer(work);
    }
}
