/* Errors in the shape that their reader expects: problem+json (RFC 9457) in Dutch, a page, or a line of text.
 */
#include "http/exchange.h"

#include <stdlib.h>
#include <string.h>

struct problem_text {
    int status;
    const char *title;
    const char *detail;
    const char *type; /* of the API; NULL: about:blank, the status says it all */
};

static const struct problem_text texts[] = {
    {400, "Ongeldig verzoek", "Het verzoek klopt niet. Controleer het adres, de parameters en de inhoud.",
     NULL},
    {401, "Niet aangemeld",
     "Voor dit onderdeel is een geldige sleutel nodig. Stuur die mee in de header Authorization.",
     "niet-aangemeld"},
    {403, "Geen toegang", "U heeft geen toegang tot dit onderdeel.", "geen-toegang"},
    {404, "Niet gevonden", "Op dit adres is niets gevonden. Controleer het adres.", "geen-adres"},
    {405, "Methode niet toegestaan",
     "Deze methode kan hier niet. De header Allow noemt de methoden die wel kunnen.", "geen-methode"},
    {406, "Antwoordvorm niet beschikbaar",
     "Dit antwoord is niet beschikbaar in een vorm die de header Accept noemt.", NULL},
    {408, "Te lang gewacht", "Het verzoek kwam niet op tijd binnen. Probeer het opnieuw.", NULL},
    {409, "Conflict", "Het verzoek past niet bij wat er nu is opgeslagen.", NULL},
    {410, "Niet meer beschikbaar", "Dit onderdeel is er niet meer.", NULL},
    {412, "Inmiddels gewijzigd", "De gegevens zijn gewijzigd sinds u ze ophaalde. Haal ze opnieuw op.", NULL},
    {413, "Te groot", "De inhoud van het verzoek is te groot voor dit onderdeel.", NULL},
    {415, "Soort inhoud niet ondersteund",
     "Dit onderdeel verwacht een andere soort inhoud. Controleer de header Content-Type.", NULL},
    {422, "Niet te verwerken", "De inhoud van het verzoek kan niet worden verwerkt.", NULL},
    {429, "Te veel verzoeken",
     "Er kwamen te veel verzoeken achter elkaar. Wacht even en probeer het dan opnieuw.", NULL},
    {431, "Te veel headers", "Het verzoek heeft te veel of te grote headers.", NULL},
    {500, "Fout in de dienst", "Er ging iets mis in de dienst. Probeer het later opnieuw.", NULL},
    {501, "Niet ondersteund", "De dienst kent deze werkwijze niet.", NULL},
    {502, "Geen antwoord van een andere dienst",
     "Een dienst waar deze van afhangt, antwoordde niet goed. Probeer het later opnieuw.", NULL},
    {503, "Even niet beschikbaar",
     "De dienst is nu te druk of wordt bijgewerkt. Probeer het over enkele seconden opnieuw.", NULL},
    {504, "Te lang gewacht op een andere dienst",
     "Een dienst waar deze van afhangt, antwoordde niet op tijd. Probeer het later opnieuw.", NULL},
};

/* A status without a text of its own gets that of its class. */
static const struct problem_text *text_for(int status)
{
    int wanted = status;
    for (;;) {
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
            if (texts[i].status == wanted) {
                return &texts[i];
            }
        }
        wanted = status < 500 ? 400 : 500;
    }
}

static json_t *problem_object(const struct http_exchange *ex, int status, const char *type_suffix,
                              const char *title, const char *detail)
{
    const struct problem_text *standard = text_for(status);
    json_t *object = json_object();
    const char *kind = type_suffix ? type_suffix : standard->status == status ? standard->type : NULL;
    if (kind) {
        struct slice type = arena_printf(ex->arena, "%s/problemen/%s", ex->server->config->public_url, kind);
        json_object_set_new(object, "type", json_stringn(type.ptr, type.len));
    }
    json_object_set_new(object, "title", json_string(title ? title : standard->title));
    json_object_set_new(object, "status", json_integer(status));
    json_object_set_new(object, "detail", json_string(detail ? detail : standard->detail));
    return object;
}

static void set_error_headers(struct http_exchange *ex, int status)
{
    if (status == 401) {
        http_set_header(ex, "WWW-Authenticate", "Bearer realm=\"zevenstem\"");
    }
    if ((status == 429 || status == 503) && !headers_find(ex->reply.headers, "Retry-After")) {
        http_set_retry_after(ex, status == 429 ? 1 : 5);
    }
}

void http_problem(struct http_exchange *ex, int status, const char *type_suffix, const char *title,
                  const char *detail, json_t *errors_take)
{
    json_t *object = problem_object(ex, status, type_suffix, title, detail);
    if (errors_take) {
        json_object_set_new(object, "errors", errors_take);
    }
    set_error_headers(ex, status);
    http_set_header(ex, "Content-Language", "nl");
    reply_json_as(ex, status, "application/problem+json", object);
}

static void plain_error(struct http_exchange *ex, int status)
{
    http_reply_bytes(ex, status, "text/plain; charset=utf-8",
                     arena_printf(ex->arena, "%s\n", text_for(status)->title));
}

/* Where there is a limit it is said. */
static const char *limit_text(struct http_exchange *ex)
{
    const size_t most = http_body_max(ex);
    return most > 0 ? arena_printf(ex->arena, "De inhoud van het verzoek is te groot: ten hoogste %zu bytes.",
                                   most)
                          .ptr
                    : NULL;
}

void http_error(struct http_exchange *ex, int status)
{
    const struct http_hooks *hooks = &ex->server->config->hooks;
    if (ex->surface == HTTP_API) {
        http_problem(ex, status, NULL, NULL, status == 413 ? limit_text(ex) : NULL, NULL);
        return;
    }
    set_error_headers(ex, status);
    plain_error(ex, status);
    if (ex->surface == HTTP_PAGE && hooks->error_page) {
        hooks->error_page(ex, status, hooks->self);
    }
}

void problem_refuse(struct http_exchange *ex, int status, const char *type_suffix, const char *detail,
                    json_t *errors_take)
{
    if (ex->surface == HTTP_API) {
        http_problem(ex, status, type_suffix, NULL, detail, errors_take);
    } else {
        json_decref(errors_take);
        http_error(ex, status);
    }
}

/* ---- the parameters of a query ---- */

static void release_json(void *json)
{
    json_decref(json);
}

static void keep_faults(struct http_exchange *ex, json_t *faults)
{
    if (!ex->query_faults && json_array_size(faults) > 0) {
        ex->query_faults = json_array();
        arena_defer(ex->arena, release_json, ex->query_faults);
    }
    json_array_extend(ex->query_faults, faults);
}

void query_misnamed(struct http_exchange *ex, struct slice key, const char *code, const char *detail)
{
    json_t *fault = json_pack("[{s:s%, s:s, s:s}]", "parameter", key.ptr ? key.ptr : "", key.len, "code",
                              code, "detail", detail);
    keep_faults(ex, fault);
    ex->query_misnamed++;
    json_decref(fault);
}

bool http_query_misnamed(const struct http_exchange *ex)
{
    return ex->query_misnamed > 0;
}

/* Names that are wrong come first, and give the problem its type whatever else there is. */
bool http_query_good(struct http_exchange *ex, json_t *faults_take)
{
    keep_faults(ex, faults_take);
    json_decref(faults_take);
    if (ex->query_misnamed > 0) {
        http_problem(ex, 400, "parameters", NULL, "De parameters in het adres kloppen niet.",
                     json_copy(ex->query_faults));
    } else if (ex->query_faults) {
        http_problem(ex, 400, "ongeldige-invoer", "De vraag klopt nog niet",
                     "Kijk bij elke fout welke parameter het is.", json_copy(ex->query_faults));
    }
    return !ex->query_faults;
}

void problem_forget_values(struct http_exchange *ex)
{
    while (json_array_size(ex->query_faults) > ex->query_misnamed) {
        json_array_remove(ex->query_faults, json_array_size(ex->query_faults) - 1);
    }
    ex->query_faults = ex->query_misnamed > 0 ? ex->query_faults : NULL;
}
