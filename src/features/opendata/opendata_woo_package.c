#include "features/opendata/opendata_woo_package.h"

#include "base/clock.h"
#include "features/opendata/opendata_contents.h"
#include "features/opendata/opendata_internal.h"
#include "features/opendata/opendata_package.h"

#include <inttypes.h>
#include <string.h>

enum { HTML_MAX = 4 * 1024 * 1024 };
#define ARENA_MAX ((size_t)256 * 1024 * 1024)

enum statement { QUESTIONNAIRE_READ, STATEMENT_COUNT };

const struct db_statement woo_package_statements[STATEMENT_COUNT + 1] = {
    [QUESTIONNAIRE_READ] =
        {"woo_package_questionnaire",
         "SELECT q.document::text FROM zs.round AS r JOIN zs.questionnaire_version AS q ON "
         "q.id = r.questionnaire_version WHERE r.id = $1::int4"},
};

/* "onderzoeksrapporten" of the list of information categories of the Woo (TOOI,
 * scw_woo_informatiecategorieen). */
static const char category[] = "https://identifier.overheid.nl/tooi/def/thes/kern/c_fdaee95e";

struct making {
    struct opendata *opendata;
    const struct survey_round *round;
    const struct open_release *release;
    const struct publication *publication;
    struct arena *arena;
    struct package *package;
    size_t reports;
    const char *actor;
    bool whole;
};

/* ---- HTML ---- */

static void put(struct buffer *out, const char *before, const char *text, const char *after)
{
    buffer_append_cstr(out, before);
    web_escape(out, slice_from_cstr(text));
    buffer_append_cstr(out, after);
}

static const char *number(struct making *m, uint64_t value)
{
    return arena_printf(m->arena, "%" PRIu64, value).ptr;
}

static void put_method(struct buffer *out, struct making *m)
{
    static const char *const sections[] = {"asked",  "who",   "range",    "weighting", "protected",
                                           "add_up", "fewer", "releases", "not"};
    const struct locales *locales = web_locales(m->opendata->config.web);
    buffer_append_cstr(out, "<h2>Hoe het is gedaan</h2>\n");
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        const char *base = arena_printf(m->arena, "results.method.%s", sections[i]).ptr;
        const struct slice title = locale_text(locales, "nl", arena_printf(m->arena, "%s.title", base).ptr);
        const struct slice text = locale_format(
            m->arena, locales, "nl", arena_printf(m->arena, "%s.text", base).ptr, "least",
            number(m, m->release->threshold), "noise", number(m, m->release->noise_reach), "fewer",
            number(m, m->release->threshold + m->release->noise_reach), (const char *)NULL);
        put(out, "<h3>", arena_cstr(m->arena, title), "</h3>\n");
        const struct slice html = web_markdown(m->arena, text, 4);
        buffer_append(out, html);
    }
}

static void put_people(struct buffer *out, struct making *m)
{
    const struct locales *locales = web_locales(m->opendata->config.web);
    buffer_append_cstr(
        out, "<h2>Hoeveel mensen deden mee</h2>\n<p>De aantallen zijn beschermd: ze wijken een klein beetje "
             "af.</p>\n<ul>\n");
    for (size_t i = 0; i < m->release->part_count; i++) {
        const struct open_part *part = &m->release->parts[i];
        const char *path = arena_printf(m->arena, "opendata.stream.%s", part->stream).ptr;
        put(out, "<li>", arena_cstr(m->arena, locale_text(locales, "nl", path)), ": ");
        put(out, "", part->people > 0 ? number(m, part->people) : "te weinig om te noemen", "</li>\n");
    }
    buffer_append_cstr(out, "</ul>\n");
}

static void put_files(struct buffer *out, struct making *m)
{
    const char *folder = publication_folder(m->arena, m->round->code, m->publication->number);
    buffer_append_cstr(out, "<h2>Alle cijfers</h2>\n<ul>\n");
    for (size_t i = 0; i < m->publication->file_count; i++) {
        const struct published_file *file = &m->publication->files[i];
        const char *name = arena_cstr(m->arena, file->name);
        put(out, "<li><a href=\"tabellen/", name, "\">");
        put(out, "", name, "</a>, ook op ");
        put(out, "", arena_printf(m->arena, "%s%s/%s", m->opendata->config.public_url, folder, name).ptr,
            "</li>\n");
    }
    buffer_append_cstr(out, "</ul>\n<p>De vragenlijst staat in vragenlijst.json.");
    buffer_append_cstr(out, m->reports > 0 ? " Wat de maatschappelijke tafel ervan maakte, staat in de map "
                                             "rapportages.</p>\n"
                                           : "</p>\n");
}

static void add_html(struct making *m)
{
    struct buffer out;
    const char *title = m->round->title[0] ? m->round->title[0] : m->round->code;
    buffer_init(&out, HTML_MAX);
    buffer_append_cstr(&out, "<!DOCTYPE html>\n<html lang=\"nl\">\n<head>\n<meta charset=\"utf-8\">\n");
    put(&out, "<title>", title, "</title>\n</head>\n<body>\n<main>\n");
    put(&out, "<h1>", title, "</h1>\n");
    put(&out, "<p>", m->opendata->config.facts.organisation, "</p>\n");
    put_people(&out, m);
    put_files(&out, m);
    put_method(&out, m);
    buffer_append_cstr(&out, "</main>\n</body>\n</html>\n");
    package_add_buffer(m->package, "index.html", "text/html", &out);
    buffer_free(&out);
}

/* ---- metadata: what DiWoo asks for, by the names it has there ---- */

static void add_metadata(struct making *m)
{
    const struct catalogue_facts *facts = &m->opendata->config.facts;
    const char *address = arena_printf(m->arena, "%s%s/" PUBLICATION_MANIFEST, m->opendata->config.public_url,
                                       publication_folder(m->arena, m->round->code, m->publication->number))
                              .ptr;
    json_t *organisation =
        json_pack("{s:s,s:s}", "resource", facts->organisation_id, "label", facts->organisation);
    json_t *body = json_object();
    json_object_set_new(body, "identifier", json_string(address));
    json_object_set_new(body, "officieleTitel",
                        json_string(m->round->title[0] ? m->round->title[0] : m->round->code));
    json_object_set_new(body, "creatiedatum",
                        json_string(package_day(m->arena, m->publication->released_at)));
    json_object_set_new(body, "language",
                        json_string("http://publications.europa.eu/resource/authority/language/NLD"));
    json_object_set(body, "opsteller", organisation);
    json_object_set(body, "publisher", organisation);
    json_object_set(body, "verantwoordelijke", organisation);
    json_object_set_new(body, "informatiecategorie",
                        json_pack("{s:s,s:s}", "resource", category, "label", "onderzoeksrapporten"));
    package_add_json(m->package, "metadata.json", body);
    json_decref(body);
    json_decref(organisation);
}

/* ---- all of it ---- */

static enum db_status parts_work(struct db_tx *tx, void *context)
{
    struct making *m = context;
    struct db_result *rows;
    size_t so_far;
    struct db_params p = db_params(tx);
    package_parts(&so_far, m->package);
    if (so_far > 0) {
        return DB_FAILED; /* what was written cannot be written again */
    }
    db_put_int32(&p, m->round->id);
    enum db_status status = db_run_one(&rows, tx, &woo_package_statements[QUESTIONNAIRE_READ], &p);
    if (status != DB_OK) {
        return status;
    }
    json_t *document = json_loadb(db_get_text(rows, 0, 0).ptr, db_get_text(rows, 0, 0).len, 0, NULL);
    package_add_json(m->package, "vragenlijst.json", document);
    json_decref(document);
    if (status == DB_OK) {
        status = package_add_publication(&m->whole, m->package, tx, m->arena, "tabellen", m->publication);
    }
    return status == DB_OK ? package_add_reports(m->package, &m->reports, tx, m->arena, "rapportages",
                                                 m->round->consultation, m->round->code, false)
                           : status;
}

static enum db_status record_work(struct db_tx *tx, void *context)
{
    const struct making *m = context;
    const struct audit_event event = {
        .action = "woo.package",
        .object = arena_printf(db_arena(tx), "round:%s", m->round->code).ptr,
        .result = "ok",
        .origin = "command",
        .actor = m->actor,
        .details = arena_printf(db_arena(tx), "{\"number\": %d}", (int)m->publication->number).ptr};
    return audit_record(tx, &event);
}

static enum db_status write_package(enum woo_package_outcome *outcome, struct making *m, struct db_conn *conn,
                                    struct dataset_output output)
{
    uint64_t size;
    unsigned char sha256[CRYPTO_SHA256_BYTES];
    m->package = package_create(m->arena, m->opendata->config.keys, "zevenstem-woo-publicatie",
                                clock_unix_s(), output);
    enum db_status status =
        m->package ? db_transaction_read_only(conn, "woo-package", DB_ROLE_RESULTS, parts_work, m)
                   : DB_FAILED;
    if (status == DB_OK) {
        json_t *about =
            json_pack("{s:s,s:i}", "ronde", m->round->code, "uitgave", (int)m->publication->number);
        add_html(m);
        add_metadata(m);
        const bool good = package_end(&size, sha256, m->package, about) == DATASET_OK && m->whole;
        *outcome = good ? WOO_PACKAGE_MADE : WOO_PACKAGE_OUTPUT;
        json_decref(about);
    }
    package_destroy(m->package);
    return status == DB_OK && *outcome == WOO_PACKAGE_MADE
               ? db_transaction(conn, "woo-package-record", DB_ROLE_RESULTS, record_work, m)
               : status;
}

enum db_status woo_package_make(enum woo_package_outcome *outcome, struct opendata *opendata,
                                struct db_conn *conn, const struct survey_round *round,
                                struct dataset_output output, const char *actor)
{
    size_t count;
    struct making m = {.opendata = opendata,
                       .round = round,
                       .arena = arena_create(ARENA_MAX),
                       .actor = actor,
                       .whole = true};
    const struct open_release *releases = open_releases(&count, m.arena, opendata->config.results);
    enum db_status status = DB_OK;
    for (size_t i = 0; i < count; i++) {
        if (releases[i].round_id == round->id) {
            m.release = &releases[i];
            m.publication = publication_find(opendata, round->id, releases[i].number);
        }
    }
    *outcome = WOO_PACKAGE_UNPUBLISHED;
    if (catalogue_lacks(m.arena, &opendata->config.facts)) {
        *outcome = WOO_PACKAGE_LACKING;
    } else if (m.publication) {
        status = write_package(outcome, &m, conn, output);
    }
    arena_destroy(m.arena);
    return status;
}
