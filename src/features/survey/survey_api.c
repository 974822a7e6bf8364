/* The API of consultations and rounds: what there is, its questionnaire and its codebook. JSON in Dutch. */
#include "features/survey/survey_api.h"

#include <string.h>

enum { DAY_CHARS = 10 /* YYYY-MM-DD */ };

static const char *const interim_names[] = {"gesloten", "analisten", "openbaar"};

static const char *status_name(const struct survey_round *round, int64_t now)
{
    if (round->status == ROUND_DRAFT || (round->status == ROUND_OPEN && now < round->opens_at)) {
        return "nog-niet-open";
    }
    return survey_round_accepts(round, now) ? "open" : "gesloten";
}

void api_set_time(json_t *object, const char *key, int64_t unix_s)
{
    char text[CLOCK_RFC3339_BYTES];
    clock_format_rfc3339(text, unix_s);
    json_object_set_new(object, key, json_string(text));
}

void api_format_day(char out[CLOCK_RFC3339_BYTES], int32_t day)
{
    clock_format_rfc3339(out, (int64_t)day * 86400);
    out[DAY_CHARS] = '\0';
}

void api_set_day(json_t *object, const char *key, int32_t day)
{
    char text[CLOCK_RFC3339_BYTES];
    api_format_day(text, day);
    json_object_set_new(object, key, json_string(text));
}

void api_set_link(json_t *object, const struct survey *survey, struct arena *arena, const char *path)
{
    struct slice href = arena_printf(arena, "%s%s", survey->config.public_url, path);
    json_t *self = json_object();
    json_object_set_new(self, "href", json_stringn(href.ptr, href.len));
    json_t *links = json_object();
    json_object_set_new(links, "self", self);
    json_object_set_new(object, "_links", links);
}

/* ---- rounds and consultations ---- */

static json_t *round_json(struct http_exchange *ex, const struct survey *survey,
                          const struct survey_round *round)
{
    json_t *object = json_object();
    json_t *variants = json_array();
    for (int i = 0; i < round->variant_count; i++) {
        json_array_append_new(
            variants, json_string(questionnaire_variant_code(round->questionnaire, round->variants[i])));
    }
    json_object_set_new(object, "code", json_string(round->code));
    json_object_set_new(object, "titel", json_string(round->title[0] ? round->title[0] : round->code));
    json_object_set_new(object, "consultatie", json_string(round->consultation));
    json_object_set_new(object, "status", json_string(status_name(round, survey->config.now_s())));
    api_set_time(object, "opentOp", round->opens_at);
    api_set_time(object, "sluitOp", round->closes_at);
    if (survey_round_paper_day(round) != 0) {
        api_set_day(object, "papierTot", survey_round_paper_day(round));
    }
    api_set_day(object, "vernietigingsdatum", round->destruction_day);
    json_object_set_new(object, "proef", json_boolean(round->pilot));
    json_object_set_new(object, "soort", json_string(survey_round_kind(round)));
    json_object_set_new(object, "tussenstand", json_string(interim_names[round->interim]));
    json_object_set_new(object, "vragenlijstversie", json_integer(round->version_number));
    json_object_set_new(object, "varianten", variants);
    api_set_link(object, survey, http_arena(ex),
                 arena_printf(http_arena(ex), "/v1/rondes/%s", round->code).ptr);
    return object;
}

static json_t *consultation_json(struct http_exchange *ex, const struct survey *survey,
                                 const struct survey_round *round)
{
    json_t *object = json_object();
    const json_t *title = json_object_get(round->document, "title");
    const json_t *summary = json_object_get(round->document, "summary");
    json_object_set_new(object, "code", json_string(round->consultation));
    json_object_set(object, "titel", json_object_get(title, "nl"));
    json_object_set(object, "samenvatting", json_object_get(summary, "nl"));
    api_set_link(object, survey, http_arena(ex),
                 arena_printf(http_arena(ex), "/v1/consultaties/%s", round->consultation).ptr);
    return object;
}

/* Drafts of rounds are nobody's business yet. */
static bool visible(const struct survey_round *round)
{
    return round->status != ROUND_DRAFT;
}

enum { LIST_PAGE = 100 };

/* size: of a page where none is asked for; 0: the whole list. */
static void reply_page(struct http_exchange *ex, json_t *body_take, const char *list, size_t size)
{
    struct http_page page;
    if (!http_page_json(&page, ex, body_take, list, "code", size)) {
        json_decref(body_take);
        return;
    }
    http_reply_json(ex, 200, body_take);
    http_page_link(ex, &page);
}

static void get_consultations(struct http_exchange *ex, void *self)
{
    const struct survey *survey = self;
    const struct survey_snapshot *snapshot = survey_snapshot_for(self, ex);
    json_t *list = json_array();
    for (size_t i = 0; i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        bool first = visible(round) && !round->invented;
        for (size_t before = 0; first && before < i; before++) {
            const struct survey_round *earlier = survey_round_at(snapshot, before);
            first = !visible(earlier) || strcmp(earlier->consultation, round->consultation) != 0;
        }
        if (first) {
            json_array_append_new(list, consultation_json(ex, survey, round));
        }
    }
    json_t *body = json_object();
    json_object_set_new(body, "consultaties", list);
    api_set_link(body, survey, http_arena(ex), "/v1/consultaties");
    reply_page(ex, body, "consultaties", LIST_PAGE);
}

static json_t *rounds_of(struct http_exchange *ex, const struct survey *survey,
                         const struct survey_snapshot *snapshot, struct slice consultation,
                         const struct survey_round **one)
{
    json_t *list = json_array();
    *one = NULL;
    for (size_t i = 0; i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        if (visible(round) && (consultation.len == 0 ? !round->invented
                                                     : slice_equal_cstr(consultation, round->consultation))) {
            json_array_append_new(list, round_json(ex, survey, round));
            *one = round;
        }
    }
    return list;
}

/* Of a planned round its times and its kind are for everybody to know; the rest is nobody's business yet. */
static json_t *planned_json(const struct survey_round *round)
{
    json_t *object = json_pack("{s:s}", "soort", survey_round_kind(round));
    api_set_time(object, "opentOp", round->opens_at);
    api_set_time(object, "sluitOp", round->closes_at);
    return object;
}

static json_t *calendar_json(struct http_exchange *ex, const struct survey *survey,
                             const struct survey_snapshot *snapshot, const char *consultation)
{
    const int64_t now = survey->config.now_s();
    size_t count;
    const struct survey_round **rounds =
        survey_rounds_by_time(&count, http_arena(ex), snapshot, consultation);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        if (rounds[i]->pilot || (!visible(rounds[i]) && !survey_round_planned(rounds[i], now))) {
            continue;
        }
        json_t *item = planned_json(rounds[i]);
        json_object_set_new(item, "status", json_string(status_name(rounds[i], now)));
        if (visible(rounds[i])) {
            json_object_set_new(item, "ronde", json_string(rounds[i]->code));
        }
        json_array_append_new(list, item);
    }
    return list;
}

static void get_consultation(struct http_exchange *ex, void *self)
{
    const struct survey *survey = self;
    const struct survey_round *one;
    const struct survey_snapshot *snapshot = survey_snapshot_for(self, ex);
    json_t *rounds = rounds_of(ex, self, snapshot, http_path_param(ex, "consultatie"), &one);
    if (!one) {
        json_decref(rounds);
        http_error(ex, 404);
        return;
    }
    json_t *body = consultation_json(ex, self, one);
    const struct survey_round *next =
        survey_next_planned(snapshot, one->consultation, survey->config.now_s());
    if (next) {
        json_object_set_new(body, "volgende", planned_json(next));
    }
    json_object_set_new(body, "kalender", calendar_json(ex, survey, snapshot, one->consultation));
    json_object_set_new(body, "rondes", rounds);
    http_reply_json(ex, 200, body);
}

static void get_rounds(struct http_exchange *ex, void *self)
{
    const struct survey_round *one;
    json_t *body = json_object();
    json_object_set_new(body, "rondes",
                        rounds_of(ex, self, survey_snapshot_for(self, ex), (struct slice){NULL, 0}, &one));
    api_set_link(body, self, http_arena(ex), "/v1/rondes");
    reply_page(ex, body, "rondes", LIST_PAGE);
}

const struct survey_round *api_path_round(struct http_exchange *ex, struct survey *survey,
                                          const struct survey_snapshot **snapshot)
{
    *snapshot = survey_snapshot_for(survey, ex);
    const struct survey_round *round = survey_round_find(*snapshot, http_path_param(ex, "ronde"));
    if (!round || !visible(round)) {
        http_error(ex, 404);
        return NULL;
    }
    return round;
}

static void get_round(struct http_exchange *ex, void *self)
{
    const struct survey_snapshot *snapshot;
    const struct survey_round *round = api_path_round(ex, self, &snapshot);
    if (round) {
        http_reply_json(ex, 200, round_json(ex, self, round));
    }
}

static void get_questionnaire(struct http_exchange *ex, void *self)
{
    const struct survey_snapshot *snapshot;
    const struct survey_round *round = api_path_round(ex, self, &snapshot);
    if (round) {
        http_reply_json(ex, 200, questionnaire_json(round->questionnaire, NULL));
    }
}

static void get_codebook(struct http_exchange *ex, void *self)
{
    const struct survey_snapshot *snapshot;
    const struct survey_round *round = api_path_round(ex, self, &snapshot);
    if (round) {
        reply_page(ex, questionnaire_codebook_json(round->questionnaire), "variabelen", 0);
    }
}

#define API_GET(PATH, QUERY, HANDLER)                                                                        \
    {                                                                                                        \
        .http = {.method = HTTP_GET, .path = PATH, .surface = HTTP_API, .query = QUERY},                     \
        .on_inline = HANDLER                                                                                 \
    }

const struct route survey_api_routes[] = {
    API_GET("/v1/consultaties", HTTP_PAGING, get_consultations),
    API_GET("/v1/consultaties/{consultatie}", NULL, get_consultation),
    API_GET("/v1/rondes", HTTP_PAGING, get_rounds),
    API_GET("/v1/rondes/{ronde}", NULL, get_round),
    API_GET("/v1/rondes/{ronde}/vragenlijst", NULL, get_questionnaire),
    API_GET("/v1/rondes/{ronde}/variabelen", HTTP_PAGING, get_codebook),
};
const size_t survey_api_route_count = sizeof survey_api_routes / sizeof survey_api_routes[0];
