/* What was done with what citizens said, by consultation: GET /consultaties/{consultatie}/wat-er-mee-gebeurt,
 * GET /v1/consultaties/{consultatie}/terugkoppeling. */
#include "features/tafel/tafel_feedback.h"

#include "base/clock.h"
#include "features/coding/coding.h"
#include "features/tafel/tafel_kept.h"
#include "features/tafel/tafel_value_map_words.h"

#include <string.h>

enum { API_PAGE = 100, WEB_PAGE = 25, APPLICATION_MAX = 100 };

/* ---- rounds ---- */

bool feedback_is_known(const struct survey_round *round, int64_t now_s)
{
    return !round->pilot && (round->status != ROUND_DRAFT || survey_round_planned(round, now_s));
}

const struct survey_round *feedback_consultation(const struct survey_snapshot **snapshot,
                                                 struct http_exchange *ex, const struct tafel *tafel)
{
    const struct survey_round *newest = NULL;
    const struct slice code = http_path_param(ex, "consultatie");
    *snapshot = survey_snapshot_for(tafel->config.survey, ex);
    for (size_t i = 0; *snapshot && i < survey_round_count(*snapshot); i++) {
        const struct survey_round *round = survey_round_at(*snapshot, i);
        if (slice_equal_cstr(code, round->consultation) && feedback_is_known(round, tafel->config.now_s()) &&
            (!newest || round->opens_at > newest->opens_at)) {
            newest = round;
        }
    }
    if (!newest) {
        http_error(ex, 404);
    }
    return newest;
}

const char *feedback_title(const struct survey_round *round, int language)
{
    const char *title = json_string_value(
        json_object_get(json_object_get(round->document, "title"), language == 1 ? "en" : "nl"));
    return title ? title : round->consultation;
}

static int language_of(const struct http_exchange *ex)
{
    return strcmp(http_language(ex), "en") == 0;
}

static const char *state_of(const struct survey_round *round, int64_t now_s)
{
    return survey_round_accepts(round, now_s)                         ? "nu"
           : round->opens_at > now_s && round->status != ROUND_CLOSED ? "straks"
                                                                      : "voorbij";
}

/* Past, present and next, in that order. The caller owns it. */
static json_t *rounds_json(struct http_exchange *ex, const struct tafel *tafel,
                           const struct survey_snapshot *snapshot, const char *consultation, int language)
{
    const int64_t now_s = tafel->config.now_s();
    size_t count;
    const struct survey_round **rounds =
        survey_rounds_by_time(&count, http_arena(ex), snapshot, consultation);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        char opens[CLOCK_RFC3339_BYTES], closes[CLOCK_RFC3339_BYTES];
        if (!feedback_is_known(rounds[i], now_s)) {
            continue;
        }
        clock_format_rfc3339(opens, rounds[i]->opens_at);
        clock_format_rfc3339(closes, rounds[i]->closes_at);
        const char *title = rounds[i]->title[language];
        json_array_append_new(list, json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:o*}", "code", rounds[i]->code,
                                              "titel", title ? title : rounds[i]->code, "soort",
                                              survey_round_kind(rounds[i]), "stand",
                                              state_of(rounds[i], now_s), "opentOp", opens, "sluitOp", closes,
                                              "gehoord", feedback_heard_of(tafel, rounds[i])));
    }
    return list;
}

/* Beside each round the newest proof of who is counted: "telbewijs" (survey_inclusion.h). */
static enum db_status add_proofs(json_t *rounds, struct db_tx *tx, const struct survey_snapshot *snapshot)
{
    enum db_status status = DB_OK;
    size_t i;
    json_t *object;
    json_array_foreach(rounds, i, object)
    {
        struct inclusion_root root;
        const char *code = json_string_value(json_object_get(object, "code"));
        const struct survey_round *round = survey_round_find(snapshot, slice_from_cstr(code));
        status = status == DB_OK ? inclusion_newest(&root, tx, round->id) : status;
        if (status == DB_OK && root.id > 0) {
            json_object_set_new(object, "telbewijs", inclusion_root_json(&root, round));
        }
    }
    return status;
}

/* ---- API ---- */

static void add_fault(json_t *faults, const char *parameter, const char *code, const char *detail)
{
    json_array_append_new(faults,
                          json_pack("{s:s,s:s,s:s}", "parameter", parameter, "code", code, "detail", detail));
}

/* False: answered with 400. */
static bool read_filter(struct feedback_filter *filter, struct http_exchange *ex)
{
    struct slice text;
    json_t *faults = json_array();
    if (http_query(&text, ex, "waarde")) {
        filter->value = kept_asked_one(ex, "waarde", coding_values);
        if (filter->value.len == 0) {
            add_fault(faults, "waarde", "keuze", "Kies een van de zeven waarden.");
        }
    }
    if (http_query(&text, ex, "toepassing")) {
        filter->application = text.ptr ? text : SLICE("");
        if (filter->application.len == 0 || filter->application.len > APPLICATION_MAX) {
            add_fault(faults, "toepassing", "bereik", "Noem de code van een toepassing.");
        }
    }
    return http_query_good(ex, faults);
}

static enum db_status get_json(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    const struct survey_snapshot *snapshot;
    struct feedback_filter filter = {.value = SLICE(""), .application = SLICE("")};
    size_t size;
    json_t *list = NULL;
    const struct survey_round *newest = feedback_consultation(&snapshot, ex, tafel);
    const bool filtered = newest && read_filter(&filter, ex);
    if (!newest || !http_page_ahead(&size, &filter.from, ex, API_PAGE) || !filtered) {
        return DB_OK;
    }
    filter.consultation = slice_from_cstr(newest->consultation);
    filter.most = (int32_t)size + 1;
    filter.least_votes = tafel->config.least_votes;
    enum db_status status = feedback_signals(&list, tx, http_arena(ex), &filter);
    json_t *rounds = rounds_json(ex, tafel, snapshot, newest->consultation, 0);
    status = status == DB_OK ? add_proofs(rounds, tx, snapshot) : status;
    if (status != DB_OK) {
        json_decref(rounds);
        return status;
    }
    const int64_t from = kept_cut(list, size);
    http_reply_json(ex, 200,
                    json_pack("{s:s,s:s,s:o,s:O}", "consultatie", newest->consultation, "titel",
                              feedback_title(newest, 0), "rondes", rounds, "signalen", list));
    http_set_header(ex, "Cache-Control",
                    arena_printf(http_arena(ex), "public, max-age=%d", TAFEL_MAX_AGE_S).ptr);
    const struct http_page page = {.next = from > 0 ? http_page_from(ex, from) : NULL};
    http_page_link(ex, &page);
    return DB_OK;
}

/* ---- the page ---- */

struct feedback_page {
    const struct tafel *tafel;
    struct http_exchange *ex;
    const struct survey_snapshot *snapshot;
    const char *path; /* without a query */
    const char *consultation;
    struct feedback_filter filter;
    json_t *applications; /* [{code, label}] */
    struct map_words words;
};

/* The address of the page with this value and application; "" for any. */
static const char *address(const struct feedback_page *page, struct slice value, struct slice application)
{
    struct arena *arena = http_arena(page->ex);
    const char *to = page->path;
    if (value.len > 0) {
        to = arena_printf(arena, "%s?waarde=%.*s", to, SLICE_ARG(value)).ptr;
    }
    if (application.len > 0) {
        to = arena_printf(arena, "%s%ctoepassing=%.*s", to, value.len > 0 ? '&' : '?', SLICE_ARG(application))
                 .ptr;
    }
    return to;
}

/* What is asked for, where signals have it: anything else is not looked for. */
static struct slice asked_among(const struct feedback_page *page, const char *key, const json_t *codes)
{
    const struct slice asked = kept_asked(page->ex, key);
    size_t i;
    const json_t *code;
    json_array_foreach(codes, i, code)
    {
        if (slice_equal_cstr(asked, json_string_value(code))) {
            return asked;
        }
    }
    return SLICE("");
}

/* Links to look at one of them, and at all again: [{label, href, current}]. */
static json_t *links_json(const struct feedback_page *page, const json_t *codes, bool values)
{
    const struct slice none = SLICE("");
    const struct slice now = values ? page->filter.value : page->filter.application;
    size_t i;
    const json_t *code;
    json_t *list = json_array();
    if (json_array_size(codes) > 0) {
        json_array_append_new(list, json_pack("{s:o,s:s,s:b}", "label",
                                              kept_text(page->ex, page->tafel, "tafel.feedback.all"), "href",
                                              address(page, values ? none : page->filter.value,
                                                      values ? page->filter.application : none),
                                              "current", (int)(now.len == 0)));
    }
    json_array_foreach(codes, i, code)
    {
        const struct slice one = {json_string_value(code), json_string_length(code)};
        const struct slice label =
            values ? locale_text(page->words.locales, page->words.language,
                                 arena_printf(http_arena(page->ex), "tafel.signal.options.%s", one.ptr).ptr)
                   : kept_label(page->applications, one);
        json_array_append_new(list, json_pack("{s:s%,s:s,s:b}", "label", label.ptr, label.len, "href",
                                              address(page, values ? one : page->filter.value,
                                                      values ? page->filter.application : one),
                                              "current", (int)slice_equal(now, one)));
    }
    return list;
}

/* "41 % (39 tot 43)", in the digits that may be shown. */
static void say_share(json_t *line, const struct map_words *words)
{
    const int digits = (int)json_integer_value(json_object_get(line, "decimalen"));
    const json_t *low = json_object_get(line, "laag"), *high = json_object_get(line, "hoog");
    const char *share = map_number(words, json_number_value(json_object_get(line, "aandeel")), digits, false);
    const char *range = low && high
                            ? MAP_FORMAT(words, "tafel.feedback.range", "low",
                                         map_number(words, json_number_value(low), digits, false), "high",
                                         map_number(words, json_number_value(high), digits, false))
                            : "";
    json_object_set_new(
        line, "aandeel_tekst",
        json_string(arena_printf(words->arena, "%s %%%s%s", share, range[0] ? " " : "", range).ptr));
}

/* A round in the words of the page. */
static void say_round(json_t *round, const struct feedback_page *page)
{
    const struct map_words *words = &page->words;
    const char *state = json_string_value(json_object_get(round, "stand"));
    const struct survey_round *own =
        survey_round_find(page->snapshot, slice_from_cstr(map_text(round, "code")));
    const char *last_day =
        locale_date(words->arena, words->locales, words->language, survey_round_last_moment(own)).ptr;
    json_t *heard = json_object_get(round, "gehoord"), *line;
    size_t i;
    json_object_set_new(
        round, "wanneer",
        json_string(MAP_FORMAT(words, arena_printf(words->arena, "tafel.feedback.round.%s", state).ptr,
                               "opens", map_text(round, "opentOp_woord"), "closes", last_day)));
    json_object_set_new(round, "verwacht", json_boolean(strcmp(state, "straks") != 0 && !heard));
    json_t *proof = json_object_get(round, "telbewijs");
    if (proof) {
        json_object_set_new(proof, "aantal_tekst", json_string(map_count(words, proof, "aantal")));
    }
    if (!heard) {
        return;
    }
    json_array_foreach(json_object_get(heard, "belangrijkst"), i, line)
    {
        say_share(line, words);
    }
    json_object_set_new(heard, "any_belangrijkst",
                        json_boolean(json_array_size(json_object_get(heard, "belangrijkst")) > 0));
    json_object_set_new(
        heard, "mensen",
        json_string(MAP_FORMAT(
            words, "tafel.map.about.survey", "stream", map_word(words, "stream", map_text(heard, "werving")),
            "weighted",
            map_word(words, "about",
                     json_is_true(json_object_get(heard, "gewogen")) ? "weighted" : "unweighted"))));
    json_object_set_new(
        heard, "gemaakt",
        json_string(MAP_FORMAT(words, "tafel.map.about.release", "n", map_count(words, heard, "uitgave"),
                               "date", map_text(heard, "gemaaktOp_woord"))));
    json_object_set_new(heard, "href",
                        json_string(arena_printf(words->arena, "/uitkomsten/%s?ronde=%s", page->consultation,
                                                 map_text(round, "code"))
                                        .ptr));
}

/* Whose turn it is, in a sentence. */
static void say_turn(json_t *signal, const struct feedback_page *page)
{
    const char *turn = json_string_value(json_object_get(signal, "aanZet"));
    json_t *waits = json_object_get(signal, "wachtOp");
    json_object_set_new(signal, "any_wachtOp", json_boolean(json_array_size(waits) > 0));
    json_object_set_new(signal, "aanZet_tekst",
                        kept_text_of(page->ex, page->tafel, "tafel.feedback.turn", turn));
}

static void say_signals(json_t *signals, const struct feedback_page *page)
{
    static const char *const words[] = {"waarden", "soort", "uitkomst", "waarde", NULL};
    static const char *const days[] = {"op", "uiterlijk", NULL};
    size_t i, k;
    json_t *signal, *event;
    tafel_say_words(signals, page->ex, page->tafel->config.web,
                    &(struct tafel_word_list){.texts = "tafel.signal", .members = words, .days = days});
    json_array_foreach(signals, i, signal)
    {
        json_object_set_new(signal, "plain",
                            kept_text_of(page->ex, page->tafel, "tafel.feedback.state",
                                         json_string_value(json_object_get(signal, "stand"))));
        say_turn(signal, page);
        json_array_foreach(json_object_get(signal, "gebeurtenissen"), k, event)
        {
            json_object_set_new(event, "wat_woord",
                                kept_text_of(page->ex, page->tafel, "tafel.feedback.event",
                                             json_string_value(json_object_get(event, "wat"))));
        }
    }
}

static void show(const struct feedback_page *page, const struct survey_round *newest, json_t *rounds,
                 json_t *signals, const json_t *subjects)
{
    static const char *const words[] = {"waarde", NULL};
    static const char *const days[] = {"opentOp", "gemaaktOp", "dag", NULL};
    struct arena *arena = http_arena(page->ex);
    size_t i;
    json_t *round;
    json_t *context = json_object();
    const int64_t from = kept_cut(signals, WEB_PAGE);
    tafel_say_words(rounds, page->ex, page->tafel->config.web,
                    &(struct tafel_word_list){.texts = "tafel.signal", .members = words, .days = days});
    json_array_foreach(rounds, i, round)
    {
        say_round(round, page);
    }
    say_signals(signals, page);
    json_object_set(context, "rondes", rounds);
    kept_put_list(context, "signalen", "any_signalen", signals);
    const char *here = address(page, page->filter.value, page->filter.application);
    if (from > 0) {
        json_object_set_new(context, "more",
                            json_string(arena_printf(arena, "%s%cvanaf=%lld", here,
                                                     strchr(here, '?') ? '&' : '?', (long long)from)
                                            .ptr));
    }
    json_t *values = links_json(page, json_object_get(subjects, "waarden"), true);
    json_t *applications = links_json(page, json_object_get(subjects, "toepassingen"), false);
    kept_put_list(context, "waarden", "any_waarden", values);
    kept_put_list(context, "toepassingen", "any_toepassingen", applications);
    json_decref(values);
    json_decref(applications);
    json_object_set_new(context, "path", json_string(here));
    json_object_set_new(context, "consultation", json_string(feedback_title(newest, language_of(page->ex))));
    json_object_set_new(context, "title", kept_text(page->ex, page->tafel, "tafel.feedback.title"));
    json_object_set_new(
        context, "feed_path",
        json_string(arena_printf(arena, "%s/feed/%s", page->path, http_language(page->ex)).ptr));
    tafel_render(page->ex, page->tafel, "feedback", context);
}

static enum db_status get_page(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct feedback_page page = {.tafel = self, .ex = ex};
    json_t *signals = NULL, *subjects = NULL;
    const struct survey_round *newest = feedback_consultation(&page.snapshot, ex, self);
    if (!newest) {
        return DB_OK;
    }
    page.path = arena_printf(http_arena(ex), "/consultaties/%s/" FEEDBACK_PART, newest->consultation).ptr;
    page.consultation = newest->consultation;
    page.words = map_words_of(ex, page.tafel->config.web);
    page.filter = (struct feedback_filter){.consultation = slice_from_cstr(newest->consultation),
                                           .from = kept_asked_number(ex, "vanaf"),
                                           .most = WEB_PAGE + 1,
                                           .least_votes = page.tafel->config.least_votes};
    enum db_status status = feedback_subjects(&subjects, tx, http_arena(ex), page.filter.consultation);
    page.filter.value = asked_among(&page, "waarde", json_object_get(subjects, "waarden"));
    page.filter.application = asked_among(&page, "toepassing", json_object_get(subjects, "toepassingen"));
    status = status == DB_OK ? feedback_signals(&signals, tx, http_arena(ex), &page.filter) : status;
    status = status == DB_OK ? kept_public_applications(&page.applications, tx, ex, self) : status;
    if (status == DB_OK) {
        json_t *rounds = rounds_json(ex, self, page.snapshot, newest->consultation, language_of(ex));
        status = add_proofs(rounds, tx, page.snapshot);
        if (status == DB_OK) {
            show(&page, newest, rounds, signals, subjects);
        }
        json_decref(rounds);
    }
    return status;
}

const struct route feedback_routes[] = {
    {.http = {.method = HTTP_GET,
              .path = "/v1/consultaties/{consultatie}/terugkoppeling",
              .surface = HTTP_API,
              .cacheable = true,
              .query = "waarde,toepassing," HTTP_PAGING},
     .on_job = get_json,
     .role = DB_ROLE_RESULTS,
     .read_only = true},
    {.http = {.method = HTTP_GET,
              .path = "/consultaties/{consultatie}/" FEEDBACK_PART,
              .surface = HTTP_PAGE,
              .cacheable = true,
              .query = "taal,vanaf,waarde,toepassing"},
     .on_job = get_page,
     .role = DB_ROLE_RESULTS,
     .read_only = true},
};
const size_t feedback_route_count = sizeof feedback_routes / sizeof feedback_routes[0];
