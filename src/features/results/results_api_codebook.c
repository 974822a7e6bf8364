/* GET /v1/consultaties/{consultatie}/codeboek: the variables of a round. No results, so no embargo and no
 * key; the whole of it, or pages. As CSV a line a category; a number or a text has no categories, and one
 * line. Made of the answer in JSON. */
#include "features/results/results_api.h"
#include "features/results/results_write.h"

#include "formats/csv.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_AGE_S = 60, CODEBOOK_CSV_MAX = 16 * 1024 * 1024 };

/* ---- CSV ---- */

static void put_label(struct buffer *out, const json_t *object)
{
    const json_t *label = json_object_get(object, "label");
    csv_put_json(out, json_object_get(label, "nl"));
    csv_put_json(out, json_object_get(label, "en"));
}

/* category NULL: the variable has none. */
static void put_line(struct buffer *out, const json_t *codebook, const json_t *variable,
                     const json_t *category)
{
    static const char *const names[] = {
        "vraag",      "soort",       "meetniveau", "bundel",      "waarde",        "dimensie", "facet",
        "toepassing", "achtergrond", "systeem",    "vergrendeld", "gelijkwaardig", "maximum",  "limiet"};
    csv_put_text(out, slice_from_cstr(json_string_value(json_object_get(codebook, "consultatie"))));
    csv_put_json(out, json_object_get(codebook, "ronde"));
    csv_put_json(out, json_object_get(variable, "code"));
    put_label(out, variable);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        csv_put_json(out, json_object_get(variable, names[i]));
    }
    csv_put_json(out, json_object_get(category, "code"));
    put_label(out, category);
    csv_put_json(out, json_object_get(category, "score"));
    buffer_append_cstr(out, "\r\n");
}

static void codebook_csv(struct buffer *out, const json_t *codebook)
{
    size_t v, c;
    json_t *variable, *category;
    buffer_append_cstr(out, "\xef\xbb\xbf"
                            "consultatie,ronde,variabele,label_nl,label_en,vraag,soort,meetniveau,bundel,"
                            "waarde,dimensie,facet,toepassing,achtergrond,systeem,vergrendeld,gelijkwaardig,"
                            "maximum,limiet,categorie,categorie_label_nl,categorie_label_en,score\r\n");
    json_array_foreach(json_object_get(codebook, "variabelen"), v, variable)
    {
        const json_t *categories = json_object_get(variable, "categorieen");
        json_array_foreach(categories, c, category)
        {
            put_line(out, codebook, variable, category);
        }
        if (json_array_size(categories) == 0) {
            put_line(out, codebook, variable, NULL);
        }
    }
}

/* False when memory ran out. */
static bool reply_csv(struct http_exchange *ex, const json_t *codebook, const char *round)
{
    struct buffer out;
    size_t len;
    buffer_init(&out, CODEBOOK_CSV_MAX);
    codebook_csv(&out, codebook);
    char *text = buffer_take(&out, &len);
    buffer_free(&out);
    if (!text) {
        return false;
    }
    arena_defer(http_arena(ex), free, text);
    http_reply_bytes(ex, 200, "text/csv; charset=utf-8; header=present", (struct slice){text, len});
    http_set_header(ex, "Content-Disposition",
                    arena_printf(http_arena(ex), "attachment; filename=\"%s-codeboek.csv\"", round).ptr);
    return true;
}

/* ---- the endpoint ---- */

void results_get_codebook(struct http_exchange *ex, void *self)
{
    const struct results *results = self;
    const struct survey_snapshot *snapshot = survey_snapshot_for(results->config.survey, ex);
    const bool csv = strcmp(http_accepted(ex), "text/csv") == 0;
    struct slice text = {NULL, 0};
    struct http_page page;
    if (http_query(&text, ex, "ronde") && !text.ptr) {
        text = SLICE("");
    }
    const struct slice consultation = http_path_param(ex, "consultatie"), any = {NULL, 0};
    const int64_t now_s = results->config.now_s();
    const struct survey_round *round = results_query_round(snapshot, consultation, text, now_s);
    if (!round) {
        json_t *faults = json_array();
        results_query_fault(faults, "ronde", "onbekend", RESULTS_NO_ROUND);
        if (results_query_round(snapshot, consultation, any, now_s)) {
            http_query_good(ex, faults);
        } else {
            http_error(ex, 404);
            json_decref(faults);
        }
        return;
    }
    json_t *body = questionnaire_codebook_json(round->questionnaire);
    json_object_set_new(body, "consultatie", json_string(round->consultation));
    json_object_set_new(body, "ronde", json_string(round->code));
    if (!http_page_json(&page, ex, body, "variabelen", "code", 0)) {
        json_decref(body);
        return;
    }
    if (csv) {
        const bool made = reply_csv(ex, body, round->code);
        json_decref(body);
        if (!made) {
            http_error(ex, 500);
            return;
        }
    } else {
        http_reply_json(ex, 200, body);
    }
    http_set_header(
        ex, "ETag",
        arena_printf(http_arena(ex), "\"v%d-%s%s\"", (int)round->version_id, round->code, csv ? "-csv" : "")
            .ptr);
    http_page_link(ex, &page);
    http_set_header(ex, "Vary", "Accept");
    http_set_header(ex, "Cache-Control", arena_printf(http_arena(ex), "public, max-age=%d", MAX_AGE_S).ptr);
}
