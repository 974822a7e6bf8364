#include "app/api_documents.h"

#include "base/embedded.h"
#include "base/log.h"
#include "crypto/crypto.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ETAG_HASH_BYTES = 16, ETAG_BYTES = 2 * ETAG_HASH_BYTES + 3 };

const char app_api_version[] = "1.0.0";

struct api_documents {
    const struct zs_config *config;
    char *openapi;
    size_t openapi_len;
    char etag[ETAG_BYTES];
};

static const struct embedded_file *find_embedded(const char *name)
{
    for (const struct embedded_file *file = embedded_reference; file->name; file++) {
        if (strcmp(file->name, name) == 0) {
            return file;
        }
    }
    return NULL;
}

/* Nobody is sent to an address that is not ours: what the configuration leaves out is our own page and name,
 * or is left out. */
static json_t *contact_of(const struct zs_config *config)
{
    char url[2048];
    const char *name = config->service.contact_name;
    json_t *contact = json_object();
    name = name[0] ? name : config->service.organisation;
    snprintf(url, sizeof url, "%s/contact", config->server.public_url);
    json_object_set_new(contact, "name", json_string(name[0] ? name : config->service.name));
    if (config->service.contact_email[0]) {
        json_object_set_new(contact, "email", json_string(config->service.contact_email));
    }
    json_object_set_new(contact, "url",
                        json_string(config->service.contact_url[0] ? config->service.contact_url : url));
    return contact;
}

static void make_etag(struct api_documents *documents)
{
    unsigned char hash[CRYPTO_SHA256_BYTES];
    char hex[2 * ETAG_HASH_BYTES + 1];
    crypto_sha256(hash, api_documents_openapi(documents));
    crypto_hex(hex, hash, ETAG_HASH_BYTES);
    snprintf(documents->etag, sizeof documents->etag, "\"%s\"", hex);
}

struct api_documents *api_documents_create(const struct zs_config *config)
{
    const struct embedded_file *file = find_embedded("config/reference/openapi.json");
    json_t *document = file ? json_loadb((const char *)file->bytes, file->size, 0, NULL) : NULL;
    json_t *info = json_object_get(document, "info");
    struct api_documents *documents = info ? calloc(1, sizeof *documents) : NULL;
    if (documents) {
        if (config->service.name[0]) {
            json_object_set_new(info, "title", json_string(config->service.name));
        }
        json_object_set_new(info, "contact", contact_of(config));
        json_object_set_new(info, "version", json_string(app_api_version));
        documents->config = config;
        documents->openapi = json_dumps(document, JSON_COMPACT);
    }
    json_decref(document);
    if (!documents || !documents->openapi) {
        log_error("api.document", "found=%s", file ? "yes" : "no");
        free(documents);
        return NULL;
    }
    documents->openapi_len = strlen(documents->openapi);
    make_etag(documents);
    return documents;
}

void api_documents_destroy(struct api_documents *documents)
{
    if (documents) {
        free(documents->openapi);
        free(documents);
    }
}

struct slice api_documents_openapi(const struct api_documents *documents)
{
    return (struct slice){documents->openapi, documents->openapi_len};
}

/* ---- routes ---- */

static void get_openapi(struct http_exchange *ex, void *self)
{
    const struct api_documents *documents = self;
    http_set_header(ex, "Access-Control-Allow-Origin", "*");
    http_set_header(ex, "Cache-Control", "public, max-age=3600");
    http_set_header(ex, "ETag", documents->etag);
    http_reply_static(ex, 200, "application/json", api_documents_openapi(documents));
}

static void set_link(json_t *links, struct http_exchange *ex, const char *name, const char *path)
{
    struct slice href = arena_printf(http_arena(ex), "%s%s", http_public_url(ex), path);
    json_object_set_new(links, name, json_pack("{s:s%}", "href", href.ptr, href.len));
}

static void get_root(struct http_exchange *ex, void *self)
{
    const struct api_documents *documents = self;
    json_t *links = json_object();
    set_link(links, ex, "self", "/v1/");
    set_link(links, ex, "openapi", "/v1/openapi.json");
    set_link(links, ex, "consultaties", "/v1/consultaties");
    set_link(links, ex, "rondes", "/v1/rondes");
    json_t *body = json_object();
    json_object_set_new(body, "titel", json_string(documents->config->service.name));
    json_object_set_new(body, "versie", json_string(app_api_version));
    json_object_set_new(body, "_links", links);
    http_reply_json(ex, 200, body);
}

const struct route api_document_routes[] = {
    {.http = {.method = HTTP_GET, .path = "/v1/", .surface = HTTP_API}, .on_inline = get_root},
    {.http = {.method = HTTP_GET, .path = "/v1/openapi.json", .surface = HTTP_API, .cacheable = true},
     .on_inline = get_openapi},
};
const size_t api_document_route_count = sizeof api_document_routes / sizeof api_document_routes[0];
