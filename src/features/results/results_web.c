/* Pages of results: which round and release a page is about, whether it may be told of, and the reply. */
#include "features/results/results_web.h"

#include "crypto/crypto.h"

#include <string.h>

enum { PAGE_MAX_AGE_S = 60, PAGE_TAG_BYTES = 12 };

static const char *const languages[] = {"nl", "en"};

/* ---- beginning ---- */

static void release_json(void *json)
{
    json_decref(json);
}

static void release_arena(void *arena)
{
    arena_destroy(arena);
}

void page_begin(struct results_page *page, struct results *results, struct http_exchange *ex)
{
    struct arena *arena = arena_create(FIGURES_BYTES_MAX);
    arena_defer(http_arena(ex), release_arena, arena);
    *page = (struct results_page){.results = results,
                                  .ex = ex,
                                  .view = FIGURES_PUBLIC,
                                  .maker = {.arena = arena,
                                            .locales = web_locales(results->config.web),
                                            .language = strcmp(http_language(ex), languages[1]) == 0 ? 1 : 0},
                                  .snapshot = survey_snapshot_for(results->config.survey, ex),
                                  .kept = "",
                                  .context = json_object(),
                                  .blocks = json_array()};
    arena_defer(http_arena(ex), release_json, page->context);
    json_object_set_new(page->context, "blocks", page->blocks);
}

struct slice page_asked(const struct results_page *page, const char *name)
{
    struct slice value;
    return http_query(&value, page->ex, name) && value.len > 0 ? value : (struct slice){NULL, 0};
}

static bool is_told(const struct results_page *page, const struct survey_round *round)
{
    return page->view == FIGURES_ANALYST || release_allowed(round, page->results->config.now_s());
}

static const struct shelved *shelved_of(const struct results_page *page, const struct survey_round *round)
{
    return is_told(page, round) ? shelf_hold_for(page->maker.arena, page->results, round->id) : NULL;
}

bool page_has_release(const struct results_page *page, const struct survey_round *round)
{
    return shelved_of(page, round) != NULL;
}

/* The last that may be told of and has a release. */
static const struct survey_round *released_round(const struct results_page *page)
{
    const struct survey_round *found = NULL;
    for (size_t i = 0; i < survey_round_count(page->snapshot); i++) {
        const struct survey_round *round = survey_round_at(page->snapshot, i);
        if (strcmp(round->consultation, page->consultation) == 0 && page_has_release(page, round) &&
            (!found || round->opens_at > found->opens_at)) {
            found = round;
        }
    }
    return found;
}

static void choose_stream(struct results_page *page)
{
    size_t count;
    const struct release *release = page->shelved->history.newest;
    const struct variable *streams = &page_variables(&count, page)[page->shelved->plan.stream];
    const struct slice asked = page_asked(page, "werving");
    for (size_t p = 0; p < release->part_count; p++) {
        const char *code = streams->categories[release->parts[p].stream].code;
        const bool meant = asked.ptr ? slice_equal_cstr(asked, code) : p == 0;
        if (meant) {
            page->stream = code;
            page->may_weigh = release->parts[p].weights > 0;
        }
    }
    page->weighted = page->may_weigh && !slice_equal_cstr(page_asked(page, "gewogen"), "false");
}

static void keep(struct results_page *page)
{
    const struct slice round = page_asked(page, "ronde");
    const struct slice stream = page_asked(page, "werving");
    const struct slice weighted = page_asked(page, "gewogen");
    const char *joint = "?";
    if (round.ptr) {
        page->kept = arena_printf(page->maker.arena, "%sronde=%s", joint, page->round->code).ptr;
        joint = "&";
    }
    if (stream.ptr && page->stream) {
        page->kept = arena_printf(page->maker.arena, "%s%swerving=%s", page->kept, joint, page->stream).ptr;
        joint = "&";
    }
    if (weighted.ptr && page->may_weigh) {
        page->kept = arena_printf(page->maker.arena, "%s%sgewogen=%s", page->kept, joint,
                                  page->weighted ? "true" : "false")
                         .ptr;
    }
}

bool page_begin_round(struct results_page *page, struct results *results, struct http_exchange *ex)
{
    page_begin(page, results, ex);
    const struct slice code = http_path_param(ex, "consultatie"), asked = page_asked(page, "ronde");
    const int64_t now = results->config.now_s();
    const struct survey_round *last = results_query_round(page->snapshot, code, (struct slice){NULL, 0}, now);
    if (!last) {
        http_error(ex, 404);
        return false;
    }
    page->consultation = last->consultation;
    const struct survey_round *released = asked.ptr ? NULL : released_round(page);
    page->round = asked.ptr  ? results_query_round(page->snapshot, code, asked, now)
                  : released ? released
                             : last;
    json_object_set_new(page->context, "consultation", json_string(page_consultation_title(page, last)));
    if (!page->round) {
        page->round = last;
        page_refuse(page, 404, "round");
        return false;
    }
    page->shelved = shelved_of(page, page->round);
    if (page->shelved && page->shelved->history.newest->part_count > 0) {
        choose_stream(page);
    }
    keep(page);
    return true;
}

bool page_begin_release(struct results_page *page, struct results *results, struct http_exchange *ex)
{
    if (!page_begin_round(page, results, ex)) {
        return false;
    }
    if (!page->shelved) {
        page_refuse(page, 404, "not_yet");
        return false;
    }
    if (!page->stream) {
        page_refuse(page, 404, "stream");
        return false;
    }
    return true;
}

/* ---- figures ---- */

const struct variable *page_variables(size_t *count, const struct results_page *page)
{
    return questionnaire_variables(count, page->round->questionnaire);
}

/* The filter on the page's stream. */
static struct figures_filter stream_filter(struct results_page *page)
{
    size_t count;
    const size_t at = page->shelved->plan.stream;
    const struct variable *streams = &page_variables(&count, page)[at];
    uint16_t *code = arena_array(page->maker.arena, 1, sizeof *code);
    for (uint16_t k = 0; k < streams->category_count; k++) {
        if (strcmp(streams->categories[k].code, page->stream) == 0) {
            *code = (uint16_t)(ANSWER_FIRST + k);
        }
    }
    return (struct figures_filter){at, code, 1};
}

struct figures_query page_query(struct results_page *page, size_t variable)
{
    size_t count;
    const struct variable *v = &page_variables(&count, page)[variable];
    struct figures_query query = {.view = page->view,
                                  .round = page->round,
                                  .variable = variable,
                                  .filters = {stream_filter(page)},
                                  .filter_count = 1,
                                  .base = FIGURES_BASE_ANSWERED,
                                  .weighted = page->weighted,
                                  .shares = v->level != LEVEL_NUMBER};
    query.measures[FIGURES_MEAN] = v->level != LEVEL_NOMINAL;
    query.measures[FIGURES_TOP_TWO] = v->level == LEVEL_ORDINAL;
    return query;
}

enum figures_status page_figures(struct figures *out, const char **rule, struct results_page *page,
                                 const struct figures_query *query)
{
    return page->view == FIGURES_PUBLIC
               ? figures_of_public(out, rule, page->maker.arena, page->results, query)
               : figures_of_analyst(out, page->maker.arena, page->results, query);
}

bool page_lists(const struct results_page *page, size_t variable)
{
    size_t count;
    const struct variable *v = &page_variables(&count, page)[variable];
    return !v->system && v->kind != VARIABLE_TEXT && page->shelved &&
           release_plan_find(&page->shelved->plan, variable);
}

/* ---- the reply ---- */

/* The path as it was asked for, with what was chosen, for the link to the other language. */
static const char *own_address(const struct results_page *page)
{
    static const char *const fields[] = {"ronde",  "werving", "gewogen", "groep",
                                         "groep2", "filter",  "antwoord"};
    struct arena *arena = page->maker.arena;
    const char *address = arena_cstr(arena, http_path(page->ex));
    const char *joint = "?";
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const struct slice value = page_asked(page, fields[i]);
        bool plain = value.ptr != NULL;
        for (size_t k = 0; plain && k < value.len; k++) {
            plain = value.ptr[k] > ' ' && value.ptr[k] < 0x7f && !strchr("&#+%=?\"<>\\^`{|}", value.ptr[k]);
        }
        if (plain) {
            address = arena_printf(arena, "%s%s%s=%.*s", address, joint, fields[i], SLICE_ARG(value)).ptr;
            joint = "&";
        }
    }
    return address;
}

/* The tag is the page's own hash: it changes with the release, the embargo, the language and the program. Who
 * chose the language in this address gets a cookie, and so an answer that nobody keeps. */
static void set_caching(struct results_page *page, struct slice html)
{
    unsigned char hash[CRYPTO_SHA256_BYTES];
    char tag[2 * PAGE_TAG_BYTES + 1];
    if (page_asked(page, "taal").ptr) {
        http_keep_language(page->ex, languages[page->maker.language]);
        return;
    }
    crypto_sha256(hash, html);
    crypto_hex(tag, hash, PAGE_TAG_BYTES);
    http_set_header(page->ex, "ETag", arena_printf(http_arena(page->ex), "\"%s\"", tag).ptr);
    http_set_header(page->ex, "Cache-Control",
                    arena_printf(http_arena(page->ex), "public, max-age=%d", PAGE_MAX_AGE_S).ptr);
}

static void reply(struct results_page *page, int status)
{
    struct slice html;
    json_object_set_new(page->context, "path", json_string(own_address(page)));
    json_object_set_new(page->context, "with_charts", json_true());
    web_mark_invented(page->context, http_is_invented(page->ex));
    if (!web_page_render(&html, http_arena(page->ex), page->results->config.web,
                         languages[page->maker.language], "results", page->context)) {
        http_error(page->ex, 500);
        return;
    }
    http_reply_bytes(page->ex, status, "text/html; charset=utf-8", html);
    if (status == 200) {
        set_caching(page, html);
    }
}

void page_show(struct results_page *page)
{
    reply(page, 200);
}

/* ---- why not ---- */

static void put_refusal(struct results_page *page, const char *title, const char *text)
{
    json_array_clear(page->blocks);
    page_title(page, title);
    json_object_set_new(page->context, "robots", json_string("noindex"));
    page_put_text(page, text);
    if (page->round) {
        json_t *items = json_array();
        if (page->ungrouped) {
            page_list_add(items, page->ungrouped, page_text(page, "results.refused.ungrouped"), NULL);
        }
        page_list_add(items, page_link(page, NULL, NULL), page_text(page, "results.refused.to_consultation"),
                      NULL);
        if (page->shelved) {
            page_list_add(items, page_link(page, "wie", NULL), page_text(page, "results.who.title"), NULL);
        }
        page_list_add(items, page_link(page, "methode", NULL), page_text(page, "results.method.title"), NULL);
        page_put_list(page, page_text(page, "results.refused.instead"), items);
    }
}

void page_refuse(struct results_page *page, int status, const char *why)
{
    const char *base = arena_printf(page->maker.arena, "results.refused.%s", why).ptr;
    const char *text = strcmp(why, "not_yet") == 0
                           ? page_when(page, page->round)
                           : page_text(page, arena_printf(page->maker.arena, "%s.text", base).ptr);
    put_refusal(page, page_text(page, arena_printf(page->maker.arena, "%s.title", base).ptr), text);
    reply(page, status);
}

void page_refuse_figures(struct results_page *page, enum figures_status status, const char *rule)
{
    static const struct {
        const char *rule, *why;
        int status;
    } rules[] = {{"niet-in-het-rooster", "not_in_lattice", 400},
                 {"te-diep", "too_deep", 400},
                 {"een-werving", "stream", 404},
                 {"te-weinig-mensen", "too_few", 404}};
    for (size_t i = 0; status == FIGURES_NOT_RELEASED && rule && i < sizeof rules / sizeof rules[0]; i++) {
        if (strcmp(rule, rules[i].rule) == 0) {
            page_refuse(page, rules[i].status, rules[i].why);
            return;
        }
    }
    switch (status) {
    case FIGURES_NOT_READY:
        http_set_retry_after(page->ex, 1);
        http_error(page->ex, 503);
        return;
    case FIGURES_TOO_LARGE:
        page_refuse(page, 400, "too_deep");
        return;
    case FIGURES_NO_WEIGHTS:
        page_refuse(page, 404, "no_weights");
        return;
    case FIGURES_NO_RELEASE:
        page_refuse(page, 404, "not_yet");
        return;
    case FIGURES_NOT_RELEASED:
        page_refuse(page, 404, "too_few");
        return;
    case FIGURES_OK:
    case FIGURES_FAILED:
        break;
    }
    http_error(page->ex, 500);
}

/* ---- routes ---- */

#define CHOICES "ronde,werving,gewogen,taal"
#define PAGE(PATH, QUERY, HANDLER)                                                                           \
    {                                                                                                        \
        .http = {.method = HTTP_GET, .path = PATH, .surface = HTTP_PAGE, .query = QUERY, .cacheable = true}, \
        .on_inline = HANDLER, .again_s = RESULTS_AGAIN_S                                                     \
    }

const struct route results_web_routes[] = {
    PAGE("/uitkomsten", "taal", results_page_all),
    PAGE("/uitkomsten/{consultatie}", CHOICES, results_page_consultation),
    PAGE("/uitkomsten/{consultatie}/vraag/{vraag}", CHOICES ",groep,groep2,filter,antwoord",
         results_page_question),
    {.http = {.method = HTTP_GET,
              .path = "/uitkomsten/{consultatie}/vraag/{vraag}/csv",
              .surface = HTTP_PAGE,
              .produces = "text/csv",
              .query = CHOICES ",groep,groep2,filter,antwoord",
              .cacheable = true},
     .on_inline = results_page_question_csv,
     .again_s = RESULTS_AGAIN_S},
    {.http = {.method = HTTP_GET,
              .path = "/uitkomsten/{consultatie}/vraag/{vraag}/verschillen",
              .surface = HTTP_PAGE,
              .produces = "text/csv",
              .query = CHOICES ",groep,groep2,filter,antwoord",
              .cacheable = true},
     .on_inline = results_page_differences_csv,
     .again_s = RESULTS_AGAIN_S},
    PAGE("/uitkomsten/{consultatie}/waarde/{waarde}", CHOICES, results_page_value),
    PAGE("/uitkomsten/{consultatie}/toepassing/{toepassing}", CHOICES, results_page_application),
    PAGE("/uitkomsten/{consultatie}/wie", CHOICES, results_page_who),
    PAGE("/uitkomsten/{consultatie}/methode", CHOICES, results_page_method),
};
const size_t results_web_route_count = sizeof results_web_routes / sizeof results_web_routes[0];
