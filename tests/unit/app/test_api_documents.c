/* The description of the API says what the route tables do: nothing more, nothing less. */
#include "app/api_documents.h"
#include "crypto/crypto.h"
#include "features/coding/coding_internal.h"
#include "features/fieldwork/fieldwork_internal.h"
#include "features/report/report_internal.h"
#include "features/results/results_internal.h"
#include "features/survey/survey_internal.h"
#include "features/tafel/tafel_case_pages.h"
#include "features/tafel/tafel_feedback.h"
#include "features/tafel/tafel_framework_pages.h"
#include "features/tafel/tafel_internal.h"
#include "features/tafel/tafel_message_pages.h"
#include "features/tafel/tafel_signal_pages.h"
#include "features/tafel/tafel_value_map_view.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct api_documents *documents;
static json_t *openapi;
static struct zs_config config;

static void start(const char *name, const char *email)
{
    config = (struct zs_config){
        .server.public_url = "https://dienst.example",
        .service = {
            .name = name, .organisation = "", .contact_name = "", .contact_email = email, .contact_url = ""}};
    cr_assert(crypto_start());
    documents = api_documents_create(&config);
    cr_assert(documents);
    struct slice text = api_documents_openapi(documents);
    openapi = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
    cr_assert(openapi);
}

static void teardown(void)
{
    json_decref(openapi);
    api_documents_destroy(documents);
    leaks_check();
}

TestSuite(api_documents, .fini = teardown);

static const struct {
    const struct route *routes;
    const size_t *count;
} tables[] = {{survey_api_routes, &survey_api_route_count},
              {survey_api_response_routes, &survey_api_response_route_count},
              {results_api_routes, &results_api_route_count},
              {results_export_routes, &results_export_route_count},
              {results_book_routes, &results_book_route_count},
              {agenda_api_routes, &agenda_api_route_count},
              {signal_api_routes, &signal_api_route_count},
              {value_map_api_routes, &value_map_api_route_count},
              {message_public_routes, &message_public_route_count},
              {case_routes, &case_route_count},
              {feedback_routes, &feedback_route_count},
              {framework_api_routes, &framework_api_route_count},
              {survey_inclusion_routes, &survey_inclusion_route_count},
              {report_public_routes, &report_public_route_count},
              {fieldwork_api_routes, &fieldwork_api_route_count},
              {fieldwork_api_revise_routes, &fieldwork_api_revise_route_count},
              {coding_api_routes, &coding_api_route_count},
              {coding_api_find_routes, &coding_api_find_route_count},
              {api_document_routes, &api_document_route_count}};

static const char *method_name(enum http_method method)
{
    return method == HTTP_GET      ? "get"
           : method == HTTP_POST   ? "post"
           : method == HTTP_PUT    ? "put"
           : method == HTTP_DELETE ? "delete"
                                   : "patch";
}

/* Some tables have pages too. */
static bool is_of_the_api(const struct http_route *route)
{
    return strncmp(route->path, "/v1", 3) == 0;
}

/* The operation of a route: its path without "/v1". */
static json_t *operation_of(const struct http_route *route)
{
    cr_assert_eq(strncmp(route->path, "/v1", 3), 0, "%s", route->path);
    json_t *path = json_object_get(json_object_get(openapi, "paths"), route->path + 3);
    return json_object_get(path, method_name(route->method));
}

/* What "$ref": "#/components/<kind>/<name>" points at, or the object itself. */
static json_t *resolved(json_t *object)
{
    const char *ref = json_string_value(json_object_get(object, "$ref"));
    char kind[64], name[64];
    if (!ref) {
        return object;
    }
    cr_assert_eq(sscanf(ref, "#/components/%63[^/]/%63s", kind, name), 2, "%s", ref);
    json_t *target = json_object_get(json_object_get(json_object_get(openapi, "components"), kind), name);
    cr_assert(target, "%s", ref);
    return target;
}

/* Names of the operation's parameters of one kind, comma separated. In static storage. */
static const char *parameters_of(json_t *operation, const char *in)
{
    static char names[512];
    size_t index;
    json_t *item;
    names[0] = '\0';
    json_array_foreach(json_object_get(operation, "parameters"), index, item)
    {
        json_t *parameter = resolved(item);
        if (strcmp(json_string_value(json_object_get(parameter, "in")), in) == 0) {
            size_t len = strlen(names);
            snprintf(names + len, sizeof names - len, "%s%s", len ? "," : "",
                     json_string_value(json_object_get(parameter, "name")));
        }
    }
    return names;
}

/* Names between braces, comma separated. In static storage. */
static const char *path_names(const char *path)
{
    static char names[256];
    size_t len = 0;
    for (const char *at = strchr(path, '{'); at; at = strchr(at + 1, '{')) {
        len += (size_t)snprintf(names + len, sizeof names - len, "%s%.*s", len ? "," : "",
                                (int)(strchr(at, '}') - at - 1), at + 1);
    }
    names[len] = '\0';
    return names;
}

Test(api_documents, describe_every_route_and_no_other)
{
    size_t routes = 0;
    size_t operations = 0;
    const char *path;
    json_t *methods;
    start("", "");
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        for (size_t i = 0; i < *tables[t].count; i++) {
            const struct http_route *route = &tables[t].routes[i].http;
            if (!is_of_the_api(route)) {
                continue;
            }
            routes++;
            cr_expect(operation_of(route), "%s %s", method_name(route->method), route->path);
        }
    }
    json_object_foreach(json_object_get(openapi, "paths"), path, methods)
    {
        operations += json_object_size(methods);
    }
    cr_expect_eq(operations, routes);
}

Test(api_documents, describe_what_a_route_asks)
{
    start("", "");
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        for (size_t i = 0; i < *tables[t].count; i++) {
            const struct http_route *route = &tables[t].routes[i].http;
            if (!is_of_the_api(route)) {
                continue;
            }
            json_t *operation = operation_of(route);
            json_t *responses = json_object_get(operation, "responses");
            json_t *security = json_object_get(operation, "security");
            const char *label = json_string_value(json_object_get(operation, "operationId"));
            cr_expect(label, "%s", route->path);
            /* With an optional scope the second way is an empty one: no key. */
            cr_expect_eq(json_array_size(security), route->scope ? route->scope_optional ? 2 : 1 : 0,
                         "%s: security", label);
            cr_expect_str_eq(parameters_of(operation, "path"), path_names(route->path), "%s", label);
            cr_expect_str_eq(parameters_of(operation, "query"), route->query ? route->query : "", "%s",
                             label);
            bool has_body = route->body != HTTP_BODY_NONE;
            cr_expect_eq(json_object_get(operation, "requestBody") != NULL, has_body, "%s: body", label);
            cr_expect_eq(json_object_get(responses, "415") != NULL, has_body, "%s: 415", label);
            cr_expect_eq(json_object_get(responses, "413") != NULL, has_body, "%s: 413", label);
            cr_expect_eq(json_object_get(responses, "401") != NULL, route->scope != NULL, "%s: 401", label);
            /* An embargo and the rules of a release refuse without a key as well. */
            cr_expect(json_object_get(responses, "403") || !route->scope, "%s: 403", label);
        }
    }
}

Test(api_documents, send_nobody_to_an_address_of_an_example)
{
    start("Zevenstem", "");
    json_t *contact = json_object_get(json_object_get(openapi, "info"), "contact");
    cr_expect_eq(json_object_size(contact), 2);
    cr_expect_str_eq(json_string_value(json_object_get(contact, "name")), "Zevenstem");
    cr_expect_str_eq(json_string_value(json_object_get(contact, "url")), "https://dienst.example/contact");
}

Test(api_documents, name_the_version_and_whom_the_configuration_names)
{
    start("Meepraten", "hulp@voorbeeld.nl");
    json_t *info = json_object_get(openapi, "info");
    json_t *contact = json_object_get(info, "contact");
    json_t *written = json_load_file("config/reference/openapi.json", 0, NULL);
    json_t *written_info = json_object_get(written, "info");
    cr_expect_str_eq(json_string_value(json_object_get(info, "version")), app_api_version);
    cr_expect_str_eq(json_string_value(json_object_get(written_info, "version")), app_api_version);
    cr_expect_str_eq(json_string_value(json_object_get(info, "title")), "Meepraten");
    cr_expect_str_eq(json_string_value(json_object_get(contact, "email")), "hulp@voorbeeld.nl");
    cr_expect_str_eq(json_string_value(json_object_get(contact, "name")), "Meepraten");
    cr_expect_str_eq(json_string_value(json_object_get(contact, "url")), "https://dienst.example/contact");
    cr_expect(json_equal(json_object_get(openapi, "paths"), json_object_get(written, "paths")));
    json_decref(written);
}
