/* The pages around the form: start, explanation of applications, values and terms, privacy and the like, the
 * questionnaire on paper, a QR code. */
#include "features/survey/survey_form.h"
#include "features/survey/survey_internal.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "web/qr.h"

#include <stdio.h>
#include <string.h>

static const char *const languages[] = {"nl", "en"};

static json_t *text_of(const struct visit *visit, const char *path)
{
    struct slice text = survey_text(visit, path);
    return json_stringn(text.ptr, text.len);
}

/* ---- which round a page is about ---- */

const struct survey_round *survey_current_round(const struct visit *visit, struct slice consultation)
{
    const struct survey_round *best = NULL;
    int64_t now = visit->survey->config.now_s();
    int best_rank = 0;
    for (size_t i = 0; i < survey_round_count(visit->snapshot); i++) {
        const struct survey_round *round = survey_round_at(visit->snapshot, i);
        if (round->status == ROUND_DRAFT || (round->invented && consultation.len == 0) ||
            (consultation.len > 0 && !slice_equal_cstr(consultation, round->consultation))) {
            continue;
        }
        int rank = survey_round_accepts(round, now)                       ? (round->pilot ? 3 : 4)
                   : round->status == ROUND_OPEN && now < round->opens_at ? 2
                                                                          : 1;
        if (!best || rank > best_rank || (rank == best_rank && round->closes_at > best->closes_at)) {
            best = round;
            best_rank = rank;
        }
    }
    return best;
}

/* ---- start ---- */

static json_t *variants_context(const struct visit *visit, const struct survey_round *round)
{
    json_t *list = json_array();
    for (int i = 0; i < round->variant_count; i++) {
        json_t *item = json_object();
        json_object_set_new(
            item, "code", json_string(questionnaire_variant_code(round->questionnaire, round->variants[i])));
        json_object_set_new(item, "title",
                            json_string(questionnaire_variant_title(round->questionnaire, round->variants[i],
                                                                    visit->language)));
        json_object_set_new(
            item, "minutes",
            json_integer(questionnaire_variant_minutes(round->questionnaire, round->variants[i])));
        json_object_set_new(item, "first", json_boolean(i == 0));
        json_array_append_new(list, item);
    }
    return list;
}

static void set_date(json_t *context, struct http_exchange *ex, const struct visit *visit, const char *key,
                     int64_t unix_s)
{
    struct slice date = locale_date(http_arena(ex), web_locales(visit->survey->config.web),
                                    languages[visit->language], unix_s);
    json_object_set_new(context, key, json_stringn(date.ptr, date.len));
}

static const char *date_of(struct http_exchange *ex, const struct visit *visit, int64_t unix_s)
{
    return locale_date(http_arena(ex), web_locales(visit->survey->config.web), languages[visit->language],
                       unix_s)
        .ptr;
}

/* What was changed of the round since it opened, in sentences. */
static json_t *amendments_context(struct http_exchange *ex, const struct visit *visit,
                                  const struct survey_round *round)
{
    const struct locales *locales = web_locales(visit->survey->config.web);
    json_t *list = json_array();
    size_t index;
    json_t *change;
    json_array_foreach(json_object_get(round->own, "amended"), index, change)
    {
        const json_t *closed = json_object_get(change, "closes_at");
        const char *day = date_of(ex, visit, json_integer_value(json_object_get(change, "at")));
        if (closed) {
            struct slice text =
                locale_format(http_arena(ex), locales, languages[visit->language], "start.amended_closes",
                              "day", day, "before", date_of(ex, visit, json_integer_value(closed) - 1), NULL);
            json_array_append_new(list, json_stringn(text.ptr, text.len));
        }
        if (json_object_get(change, "interim")) {
            struct slice text = locale_format(http_arena(ex), locales, languages[visit->language],
                                              "start.amended_interim", "day", day, NULL);
            json_array_append_new(list, json_stringn(text.ptr, text.len));
        }
    }
    return list;
}

static const char *kind_text(const struct survey_round *round)
{
    const char *kind = survey_round_kind(round);
    return strcmp(kind, "puls") == 0    ? "start.kind_pulse"
           : strcmp(kind, "thema") == 0 ? "start.kind_themed"
                                        : "start.kind_full";
}

static const char *next_kind_text(const struct survey_round *round)
{
    const char *kind = survey_round_kind(round);
    return strcmp(kind, "puls") == 0    ? "start.next_pulse"
           : strcmp(kind, "thema") == 0 ? "start.next_themed"
                                        : "start.next_full";
}

static const char *interim_text(const struct survey_round *round)
{
    switch (round->interim) {
    case INTERIM_CLOSED:
        return "start.interim_closed";
    case INTERIM_ANALYSTS:
        return "start.interim_analysts";
    case INTERIM_PUBLIC:
        break;
    }
    return "start.interim_public";
}

static void show_start(struct http_exchange *ex, struct visit *visit, const struct survey_round *round)
{
    int64_t now = visit->survey->config.now_s();
    const json_t *document = round->document;
    struct slice via;
    struct visit own;
    json_t *context = json_object();
    survey_set_document_text(context, "title", visit, document, "start_title");
    survey_set_document_text(context, "consultation", visit, document, "title");
    survey_set_document_html(context, "intro_html", ex, visit, document, "start");
    survey_set_document_html(context, "influence_html", ex, visit, document, "influence");
    survey_set_document_html(context, "follow_up_html", ex, visit, document, "follow_up");
    survey_set_document_html(context, "help_html", ex, visit, document, "help");
    survey_set_document_html(context, "privacy_short_html", ex, visit, document, "privacy_short");
    json_object_set_new(context, "round", json_string(round->code));
    json_object_set_new(context, "variants", variants_context(visit, round));
    json_object_set_new(context, "open", json_boolean(survey_round_accepts(round, now)));
    json_object_set_new(context, "not_yet",
                        json_boolean(round->status == ROUND_OPEN && now < round->opens_at));
    json_object_set_new(context, "pilot", json_boolean(round->pilot));
    if (visit_of_cookie(&own, visit->survey, ex) && own.round == round) {
        json_object_set_new(context, "begun", json_boolean(own.stage == STAGE_BEGUN));
        json_object_set_new(context, "sent", json_boolean(own.stage == STAGE_SENT));
    }
    json_object_set_new(context, "begin_token", json_string(survey_token_for(ex, visit, "/deelname")));
    set_date(context, ex, visit, "opens_on", round->opens_at);
    set_date(context, ex, visit, "closes_on", survey_round_last_moment(round));
    const struct survey_round *next = survey_next_planned(visit->snapshot, round->consultation, now);
    if (next && round->opens_at <= now && !survey_round_accepts(round, now)) {
        set_date(context, ex, visit, "next_opens_on", next->opens_at);
        json_object_set_new(context, "next_kind", text_of(visit, next_kind_text(next)));
    }
    json_object_set_new(context, "kind", text_of(visit, kind_text(round)));
    json_object_set_new(context, "interim", text_of(visit, interim_text(round)));
    json_object_set_new(context, "amended", amendments_context(ex, visit, round));
    if (http_query(&via, ex, "via") && via.len <= 64) {
        json_object_set_new(context, "via", json_stringn(via.ptr, via.len));
    }
    if (!json_object_get(context, "title")) {
        survey_set_document_text(context, "title", visit, document, "title");
    }
    survey_render(ex, visit, 200, "start", context);
}

static void get_start(struct http_exchange *ex, void *self)
{
    struct visit visit;
    visit_anonymous(&visit, self, ex);
    const struct survey_round *round = survey_current_round(&visit, http_path_param(ex, "consultatie"));
    if (round) {
        show_start(ex, &visit, round);
    } else if (http_path_param(ex, "consultatie").len > 0) {
        http_error(ex, 404);
    } else {
        json_t *context = json_object();
        json_object_set_new(context, "title", text_of(&visit, "nothing_open.title"));
        survey_render(ex, &visit, 200, "nothing_open", context);
    }
}

/* ---- explanations ---- */

static void get_explainers(struct http_exchange *ex, void *self)
{
    struct visit visit;
    visit_anonymous(&visit, self, ex);
    const struct survey_round *round = survey_current_round(&visit, (struct slice){NULL, 0});
    if (!round) {
        http_error(ex, 404);
        return;
    }
    json_t *context = json_object();
    json_object_set_new(context, "title", text_of(&visit, "explainers.title"));
    json_object_set(context, "applications",
                    questionnaire_explainers_context(http_arena(ex), round->questionnaire, "application",
                                                     visit.language));
    json_object_set(
        context, "values",
        questionnaire_explainers_context(http_arena(ex), round->questionnaire, "value", visit.language));
    json_object_set(
        context, "terms",
        questionnaire_explainers_context(http_arena(ex), round->questionnaire, "term", visit.language));
    survey_render(ex, &visit, 200, "explainers", context);
}

static void get_explainer(struct http_exchange *ex, void *self)
{
    struct visit visit;
    visit_anonymous(&visit, self, ex);
    const struct survey_round *round = survey_current_round(&visit, (struct slice){NULL, 0});
    json_t *context = round ? questionnaire_explainer_context(http_arena(ex), round->questionnaire,
                                                              http_path_param(ex, "code"), visit.language)
                            : NULL;
    if (!context) {
        http_error(ex, 404);
        return;
    }
    const struct survey *survey = visit.survey;
    const char *more =
        survey->more ? survey->more(ex, round->consultation, http_path_param(ex, "code"), survey->more_self)
                     : NULL;
    if (more) {
        json_object_set_new(context, "more_path", json_string(more));
    }
    json_object_set_new(context, "title_kind", json_string(survey_text(&visit, "explainer.kind").ptr));
    json_object_set_new(context, "back_path", json_string("/uitleg"));
    survey_render(ex, &visit, 200, "explainer", json_incref(context));
}

/* ---- privacy, accessibility, contact ---- */

/* From which day on the machine destroys the round: whatever the notice says. */
static json_t *destroyed_context(struct http_exchange *ex, const struct visit *visit,
                                 const struct survey_round *round)
{
    enum { DAY_S = 86400 };
    const struct locales *locales = web_locales(visit->survey->config.web);
    struct slice day = locale_date(http_arena(ex), locales, languages[visit->language],
                                   (int64_t)round->destruction_day * DAY_S);
    const char *title = round->title[visit->language] ? round->title[visit->language] : round->code;
    struct slice text = locale_format(http_arena(ex), locales, languages[visit->language],
                                      round->held ? "content.destruction_held" : "content.destroyed_from",
                                      "round", title, "day", arena_cstr(http_arena(ex), day), NULL);
    return json_stringn(text.ptr, text.len);
}

/* The parts of the privacy notice that a consultation must have, each with its heading (locale
 * content.notice). */
static json_t *notice_context(struct http_exchange *ex, const struct visit *visit,
                              const struct survey_round *round)
{
    static const char *const parts[] = {"purpose",    "legal_basis", "controller", "data_protection_officer",
                                        "recipients", "retention",   "rights",     "complaint"};
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        json_t *part = json_object();
        survey_set_document_html(part, "text_html", ex, visit, round->document, parts[i]);
        if (strcmp(parts[i], "retention") == 0) {
            json_object_set_new(part, "destroyed", destroyed_context(ex, visit, round));
        }
        json_object_set_new(part, "title",
                            text_of(visit, arena_printf(http_arena(ex), "content.notice.%s", parts[i]).ptr));
        json_array_append_new(list, part);
    }
    return list;
}

static void show_content(struct http_exchange *ex, void *self, const char *page, const char *title)
{
    struct visit visit;
    visit_anonymous(&visit, self, ex);
    const struct survey_round *round = survey_current_round(&visit, (struct slice){NULL, 0});
    json_t *context = json_object();
    json_object_set_new(context, "title", text_of(&visit, title));
    if (round) {
        survey_set_document_text(context, "consultation", &visit, round->document, "title");
        survey_set_document_html(context, "body_html", ex, &visit, json_object_get(round->document, "pages"),
                                 page);
        if (strcmp(page, "privacy") == 0) {
            json_object_set_new(context, "notice", notice_context(ex, &visit, round));
        }
    }
    survey_render(ex, &visit, 200, "content", context);
}

/* The privacy notice: the page's own text, then each obligatory part under its heading. */
static void get_privacy(struct http_exchange *ex, void *self)
{
    show_content(ex, self, "privacy", "content.privacy");
}

static void get_accessibility(struct http_exchange *ex, void *self)
{
    show_content(ex, self, "accessibility", "content.accessibility");
}

static void get_contact(struct http_exchange *ex, void *self)
{
    show_content(ex, self, "contact", "content.contact");
}

/* A picture of any round that is or was open. Its name says what it shows, so it may be kept for good. */
static void get_picture(struct http_exchange *ex, void *self)
{
    struct visit visit;
    struct questionnaire_picture picture;
    visit_anonymous(&visit, self, ex);
    for (size_t i = 0; i < survey_round_count(visit.snapshot); i++) {
        const struct survey_round *round = survey_round_at(visit.snapshot, i);
        if (round->status != ROUND_DRAFT &&
            questionnaire_picture(&picture, round->questionnaire, http_path_param(ex, "naam"))) {
            http_set_header(ex, "Cache-Control", "public, max-age=31536000, immutable");
            http_reply_bytes(ex, 200, picture.media_type, picture.bytes);
            return;
        }
    }
    http_error(ex, 404);
}

/* ---- on paper ---- */

static const char *start_url(struct http_exchange *ex)
{
    return arena_printf(http_arena(ex), "%s/", http_public_url(ex)).ptr;
}

/* What stands on the page Contact, which paper cannot link to; under a heading of its own. */
static void set_contact(json_t *context, struct http_exchange *ex, const struct visit *visit,
                        const struct survey_round *round)
{
    const json_t *contact = json_object_get(json_object_get(round->document, "pages"), "contact");
    const char *text = json_string_value(json_object_get(contact, languages[visit->language]));
    if (text) {
        struct slice html = web_markdown(http_arena(ex), slice_from_cstr(text), 3);
        json_object_set_new(context, "contact_html", json_stringn(html.ptr, html.len));
    }
}

/* The questionnaire to print and fill in by hand: of the round asked for, else of the current one. */
static void get_paper(struct http_exchange *ex, void *self)
{
    struct visit visit;
    struct slice wanted;
    visit_anonymous(&visit, self, ex);
    const struct survey_round *round = http_query(&wanted, ex, "ronde")
                                           ? survey_round_find(visit.snapshot, wanted)
                                           : survey_current_round(&visit, (struct slice){NULL, 0});
    if (!round || round->status == ROUND_DRAFT) {
        http_error(ex, 404);
        return;
    }
    json_t *context =
        json_copy(questionnaire_paper_context(http_arena(ex), round->questionnaire, visit.language));
    survey_set_document_text(context, "consultation", &visit, round->document, "title");
    survey_set_document_html(context, "help_html", ex, &visit, round->document, "help");
    set_contact(context, ex, &visit, round);
    json_object_set_new(context, "start_url", json_string(start_url(ex)));
    json_object_set_new(context, "open",
                        json_boolean(survey_round_accepts(round, visit.survey->config.now_s())));
    set_date(context, ex, &visit, "closes_on", survey_round_last_moment(round));
    survey_render(ex, &visit, 200, "paper", context);
}

/* The start page's address, for telephones that look at paper. */
static void get_qr(struct http_exchange *ex, void *self)
{
    struct slice svg;
    (void)self;
    if (qr_svg(&svg, http_arena(ex), slice_from_cstr(start_url(ex)))) {
        http_set_header(ex, "Cache-Control", "public, max-age=3600");
        http_reply_bytes(ex, 200, "image/svg+xml", svg);
    } else {
        http_error(ex, 500);
    }
}

#define PAGE(PATH, HANDLER)                                                                                  \
    {                                                                                                        \
        .http = {.method = HTTP_GET, .path = PATH, .surface = HTTP_PAGE, .query = "taal,via"},               \
        .on_inline = HANDLER, .again_s = 1                                                                   \
    }

const struct route survey_page_routes[] = {
    PAGE("/", get_start),
    PAGE("/consultaties/{consultatie}", get_start),
    PAGE("/uitleg", get_explainers),
    PAGE("/uitleg/{code}", get_explainer),
    PAGE("/afbeelding/{naam}", get_picture),
    PAGE("/privacy", get_privacy),
    PAGE("/toegankelijkheid", get_accessibility),
    PAGE("/contact", get_contact),
    {.http = {.method = HTTP_GET, .path = "/papier", .surface = HTTP_PAGE, .query = "ronde,taal"},
     .on_inline = get_paper,
     .again_s = 1},
    {.http = {.method = HTTP_GET,
              .path = "/qr.svg",
              .surface = HTTP_PLAIN,
              .produces = "image/svg+xml",
              .cacheable = true},
     .on_inline = get_qr},
};
const size_t survey_page_route_count = sizeof survey_page_routes / sizeof survey_page_routes[0];
