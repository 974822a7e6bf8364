/* For everybody: GET /open-data, what there is to take; GET /catalogus, the same for programs (DCAT-AP-NL),
 * as JSON-LD or Turtle by Accept, and by the endings .jsonld and .ttl. */
#include "features/opendata/opendata_internal.h"

#include "base/clock.h"
#include "features/opendata/opendata_graph.h"
#include "lane/public_page.h"

#include <inttypes.h>
#include <string.h>

enum { CATALOGUE_BYTES_MAX = 32 * 1024 * 1024 };

#define PATH      "/open-data"
#define TURTLE    "text/turtle"
#define JSON_LD   "application/ld+json"
#define HTML      "text/html"
#define CATALOGUE "/catalogus"

/* ---- the catalogue ---- */

/* 404 in plain words: a harvester has nobody to ask. */
static void answer_none(struct http_exchange *ex, const char *why)
{
    http_reply_bytes(ex, 404, "text/plain; charset=utf-8",
                     arena_printf(http_arena(ex), "Er is hier nog geen catalogus: %s.\n", why));
}

static void reply_catalogue(struct http_exchange *ex, struct opendata *opendata, bool turtle)
{
    const char *lacks = catalogue_lacks(http_arena(ex), &opendata->config.facts);
    const struct survey_snapshot *snapshot = survey_snapshot_for(opendata->config.survey, ex);
    if (lacks) {
        answer_none(ex, arena_printf(http_arena(ex), "de beheerder heeft nog niet ingesteld: %s", lacks).ptr);
        return;
    }
    const struct graph *graph = snapshot ? catalogue_make(http_arena(ex), opendata, snapshot) : NULL;
    if (!graph) {
        answer_none(ex, "er is nog geen uitgave gepubliceerd");
        return;
    }
    struct buffer out;
    unsigned char sha256[CRYPTO_SHA256_BYTES];
    char hex[2 * CRYPTO_SHA256_BYTES + 1];
    buffer_init(&out, CATALOGUE_BYTES_MAX);
    (turtle ? graph_write_turtle : graph_write_json_ld)(&out, graph);
    const struct slice bytes = arena_copy(http_arena(ex), buffer_slice(&out));
    const bool good = !buffer_failed(&out);
    buffer_free(&out);
    if (!good) {
        http_error(ex, 500);
        return;
    }
    crypto_sha256(sha256, bytes);
    crypto_hex(hex, sha256, sizeof sha256);
    http_reply_bytes(ex, 200, turtle ? TURTLE "; charset=utf-8" : JSON_LD, bytes);
    http_set_header(ex, "ETag", arena_printf(http_arena(ex), "\"%s\"", hex).ptr);
    http_set_header(ex, "Vary", "Accept");
    http_set_header(ex, "Access-Control-Allow-Origin", "*");
    http_set_header(ex, "Cache-Control",
                    arena_printf(http_arena(ex), "public, max-age=%d", OPENDATA_MAX_AGE_S).ptr);
}

static void get_catalogue(struct http_exchange *ex, void *self)
{
    const char *accepted = http_accepted(ex);
    if (strcmp(accepted, HTML) == 0) {
        http_redirect(ex, PATH);
    } else {
        reply_catalogue(ex, self, strcmp(accepted, TURTLE) == 0);
    }
}

static void get_turtle(struct http_exchange *ex, void *self)
{
    reply_catalogue(ex, self, true);
}

static void get_json_ld(struct http_exchange *ex, void *self)
{
    reply_catalogue(ex, self, false);
}

/* ---- the page ---- */

static json_t *text_of(const struct http_exchange *ex, const struct opendata *opendata, const char *path)
{
    const struct slice text = locale_text(web_locales(opendata->config.web), http_language(ex), path);
    return json_stringn(text.ptr, text.len);
}

static json_t *files_json(struct http_exchange *ex, const struct opendata *opendata, const char *folder,
                          const struct publication *publication)
{
    json_t *list = json_array();
    for (size_t i = 0; i < publication->file_count; i++) {
        const struct published_file *file = &publication->files[i];
        json_array_append_new(
            list,
            json_pack("{s:o,s:s%,s:o}", "href", json_sprintf("%s/%.*s", folder, SLICE_ARG(file->name)),
                      "name", file->name.ptr, file->name.len, "what",
                      json_string(publication_file_title(http_arena(ex), web_locales(opendata->config.web),
                                                         file, http_language(ex)))));
    }
    return list;
}

static json_t *publication_json(struct http_exchange *ex, const struct opendata *opendata,
                                const struct survey_round *round, const struct publication *publication,
                                bool with_files)
{
    const char *folder = publication_folder(http_arena(ex), round->code, publication->number);
    const struct locales *locales = web_locales(opendata->config.web);
    const struct slice day =
        locale_date(http_arena(ex), locales, http_language(ex), publication->released_at);
    const struct slice said =
        locale_format(http_arena(ex), locales, http_language(ex), "opendata.release", "number",
                      arena_printf(http_arena(ex), "%d", (int)publication->number).ptr, "date", day.ptr,
                      (const char *)NULL);
    json_t *object = json_pack("{s:s%,s:o,s:o}", "said", said.ptr, said.len, "manifest",
                               json_sprintf("%s/%s", folder, PUBLICATION_MANIFEST), "signature",
                               json_sprintf("%s/%s", folder, PUBLICATION_SIGNATURE));
    if (with_files) {
        json_object_set_new(object, "files", files_json(ex, opendata, folder, publication));
    }
    return object;
}

static json_t *round_json(struct http_exchange *ex, struct opendata *opendata,
                          const struct survey_round *round)
{
    size_t count;
    const struct publication **list = publications(&count, http_arena(ex), opendata, round->id);
    if (count == 0 || round->invented) {
        return NULL;
    }
    const int language = strcmp(http_language(ex), "en") == 0 && round->title[1] ? 1 : 0;
    json_t *earlier = json_array();
    for (size_t i = count - 1; i-- > 0;) {
        json_array_append_new(earlier, publication_json(ex, opendata, round, list[i], false));
    }
    json_t *object = json_pack("{s:s,s:s,s:o}", "code", round->code, "title",
                               round->title[language] ? round->title[language] : round->code, "newest",
                               publication_json(ex, opendata, round, list[count - 1], true));
    json_object_set_new(object, "has_earlier", json_boolean(json_array_size(earlier) > 0));
    json_object_set_new(object, "earlier", earlier);
    return object;
}

static void get_page(struct http_exchange *ex, void *self)
{
    struct opendata *opendata = self;
    const struct survey_snapshot *snapshot = survey_snapshot_for(opendata->config.survey, ex);
    json_t *rounds = json_array();
    for (size_t i = 0; snapshot && i < survey_round_count(snapshot); i++) {
        json_t *round = round_json(ex, opendata, survey_round_at(snapshot, i));
        if (round) {
            json_array_append_new(rounds, round);
        }
    }
    json_t *context = json_object();
    json_object_set_new(context, "title", text_of(ex, opendata, "opendata.title"));
    json_object_set_new(context, "back_path", json_string("/tafel"));
    json_object_set_new(context, "path", json_string(PATH));
    json_object_set_new(context, "none", json_boolean(json_array_size(rounds) == 0));
    json_object_set_new(context, "with_catalogue",
                        json_boolean(json_array_size(rounds) > 0 &&
                                     !catalogue_lacks(http_arena(ex), &opendata->config.facts)));
    json_object_set_new(context, "rounds", rounds);
    public_page_reply(ex, http_arena(ex), opendata->config.web, "open_data", context, OPENDATA_MAX_AGE_S);
}

/* ---- what the catalogue's identifiers lead to ---- */

static void get_round(struct http_exchange *ex, void *self)
{
    const struct opendata *opendata = self;
    const struct survey_snapshot *snapshot = survey_snapshot_for(opendata->config.survey, ex);
    if (snapshot && survey_round_find(snapshot, http_path_param(ex, "ronde"))) {
        http_redirect(ex, PATH);
    } else {
        http_error(ex, 404);
    }
}

static void get_release(struct http_exchange *ex, void *self)
{
    struct opendata *opendata = self;
    const struct publication *publication = publication_asked(ex, opendata);
    const struct slice round = http_path_param(ex, "ronde");
    if (publication) {
        http_redirect(ex, arena_printf(http_arena(ex), PATH "/%.*s/%d/" PUBLICATION_MANIFEST,
                                       SLICE_ARG(round), (int)publication->number)
                              .ptr);
    } else {
        http_error(ex, 404);
    }
}

#define GET(PATTERN, SURFACE, HANDLER, PRODUCES, QUERY)                                                      \
    {                                                                                                        \
        .http = {.method = HTTP_GET,                                                                         \
                 .path = PATTERN,                                                                            \
                 .surface = SURFACE,                                                                         \
                 .produces = PRODUCES,                                                                       \
                 .query = QUERY,                                                                             \
                 .cacheable = true},                                                                         \
        .on_inline = HANDLER                                                                                 \
    }

const struct route opendata_routes[] = {
    GET(PATH, HTTP_PAGE, get_page, NULL, "taal"),
    GET(PATH "/{ronde}", HTTP_PLAIN, get_round, NULL, NULL),
    GET(PATH "/{ronde}/{uitgave}", HTTP_PLAIN, get_release, NULL, NULL),
    GET(CATALOGUE, HTTP_PLAIN, get_catalogue, JSON_LD "," TURTLE "," HTML, NULL),
    GET(CATALOGUE ".ttl", HTTP_PLAIN, get_turtle, TURTLE, NULL),
    GET(CATALOGUE ".jsonld", HTTP_PLAIN, get_json_ld, JSON_LD, NULL),
};
const size_t opendata_route_count = sizeof opendata_routes / sizeof opendata_routes[0];
