/* Answers that are nearly the same, by question: how many there are of each, when they came and by which way,
 * and looking for them anew. */
#include "features/coding/coding_campaign.h"
#include "features/coding/coding_internal.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "crypto/crypto.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CAMPAIGNS_PATH CODING_PATH "/{ronde}/campagnes"
enum { EXAMPLE_CHARACTERS = 160 };

/* ---- what pages share ---- */

static const struct variable *open_question(const struct survey_round *round, struct slice code)
{
    size_t count;
    const struct variable *all = questionnaire_variables(&count, round->questionnaire);
    const int at = questionnaire_find_variable(round->questionnaire, code);
    return at >= 0 && all[at].kind == VARIABLE_TEXT ? &all[at] : NULL;
}

static const char *title_of(const struct http_exchange *ex, const struct variable *question)
{
    const char *label = question->label[coding_language(ex)];
    return label ? label : question->code;
}

static const json_t *search_of(const json_t *searches, const char *question)
{
    size_t i;
    const json_t *search;
    json_array_foreach((json_t *)(uintptr_t)searches, i, search)
    {
        if (strcmp(json_string_value(json_object_get(search, "vraag")), question) == 0) {
            return search;
        }
    }
    return NULL;
}

static int number_of(const json_t *object, const char *name)
{
    return (int)json_integer_value(json_object_get(object, name));
}

static struct slice text_of(const json_t *object, const char *name)
{
    const json_t *text = json_object_get(object, name);
    return json_is_string(text) ? (struct slice){json_string_value(text), json_string_length(text)}
                                : SLICE("");
}

/* Under the rules of every page: likely personal data is not shown. */
static struct slice shown(struct http_exchange *ex, const json_t *group)
{
    return campaign_hidden(http_arena(ex), text_of(group, "tekst"));
}

static const char *share_of(struct http_exchange *ex, int part, int all)
{
    if (all <= 0) {
        return "–";
    }
    const char *share = coding_decimal(ex, 100.0 * part / all, 1);
    return arena_printf(http_arena(ex), "%s%%", share).ptr;
}

/* ---- all questions of a round ---- */

static json_t *group_row(struct http_exchange *ex, const json_t *group, int texts)
{
    const struct slice text = shown(ex, group);
    const size_t end = utf8_offset(text, EXAMPLE_CHARACTERS);
    json_t *row = json_deep_copy(group);
    json_object_set_new(row, "tekst", json_stringn(text.ptr, end));
    json_object_set_new(row, "more", json_boolean(end < text.len));
    json_object_set_new(row, "share", json_string(share_of(ex, number_of(group, "aantal"), texts)));
    json_object_set_new(row, "one_day",
                        json_boolean(slice_equal(text_of(group, "eerste"), text_of(group, "laatste"))));
    return row;
}

static enum db_status put_question(json_t *list, struct db_tx *tx, struct http_exchange *ex,
                                   const struct variable *question, const json_t *search)
{
    json_t *groups = NULL, *group, *rows = json_array();
    size_t i;
    json_t *out = json_pack("{s:s,s:s,s:b}", "code", question->code, "title", title_of(ex, question),
                            "searched", (int)(search != NULL));
    json_array_append_new(list, out);
    json_object_set_new(out, "groups", rows);
    if (!search) {
        return DB_OK;
    }
    enum db_status status = campaign_groups(&groups, tx, number_of(search, "id"));
    json_array_foreach(groups, i, group)
    {
        json_array_append_new(rows, group_row(ex, group, number_of(search, "teksten")));
    }
    json_decref(groups);
    json_object_set_new(out, "search", json_deep_copy(search));
    json_object_set_new(
        out, "threshold",
        json_string(coding_decimal(ex, json_number_value(json_object_get(search, "drempel")), 2)));
    json_object_set_new(
        out, "share",
        json_string(share_of(ex, number_of(search, "inGroepen"), number_of(search, "teksten"))));
    json_object_set_new(out, "later", json_boolean(number_of(search, "later") > 0));
    json_object_set_new(out, "any", json_boolean(json_array_size(rows) > 0));
    json_object_set_new(out, "cut", json_boolean(number_of(search, "groepen") > CAMPAIGN_GROUPS_SHOWN));
    return status;
}

static enum db_status show_campaigns(struct db_tx *tx, struct http_exchange *ex, struct coding *c,
                                     const struct survey_round *round, json_t *context_take, int answer)
{
    size_t count;
    json_t *searches = NULL, *questions = json_array(), *context = context_take;
    const struct variable *all = questionnaire_variables(&count, round->questionnaire);
    enum db_status status = campaign_searches(&searches, tx, round->id);
    for (size_t i = 0; i < count && status == DB_OK; i++) {
        if (all[i].kind == VARIABLE_TEXT) {
            status = put_question(questions, tx, ex, &all[i], search_of(searches, all[i].code));
        }
    }
    json_decref(searches);
    json_object_set_new(context, "round", json_string(round->code));
    json_object_set_new(context, "none", json_boolean(json_array_size(questions) == 0));
    json_object_set_new(context, "questions", questions);
    json_object_set_new(
        context, "may_manage",
        json_boolean(account_may(staff_caller(ex), PERMISSION_CODING_MANAGE, round->consultation)));
    json_object_set_new(context, "back_path", json_string(coding_path(ex, round, "")));
    json_object_set_new(context, "with_charts", json_true());
    if (status != DB_OK) {
        json_decref(context);
        return status;
    }
    staff_render(ex, c->config.account, answer, "staff_coding_campaigns", context);
    return coding_audit(tx, ex, "coding.campaigns", round, NULL);
}

static enum db_status get_campaigns(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct survey_round *round = coding_round(self, ex, PERMISSION_CODING_VIEW);
    return round ? show_campaigns(tx, ex, self, round, coding_titled(ex, self, "coding.campaigns_title"), 200)
                 : DB_OK;
}

/* ---- one group ---- */

static json_t *ways_of(const struct http_exchange *ex, const struct coding *c, const json_t *ways)
{
    size_t i;
    const json_t *way;
    json_t *list = json_array();
    json_array_foreach((json_t *)(uintptr_t)ways, i, way)
    {
        char stream[64], channel[64];
        snprintf(stream, sizeof stream, "coding.streams.%d", number_of(way, "stroom"));
        snprintf(channel, sizeof channel, "coding.channels.%d", number_of(way, "kanaal"));
        json_array_append_new(
            list, json_pack("{s:o,s:o,s:i}", "stream", staff_text(ex, c->config.account, stream), "channel",
                            staff_text(ex, c->config.account, channel), "count", number_of(way, "aantal")));
    }
    return list;
}

static enum db_status show_group(struct db_tx *tx, struct http_exchange *ex, struct coding *c,
                                 const struct survey_round *round, const struct variable *question,
                                 const json_t *search, int64_t number)
{
    json_t *group;
    enum db_status status = campaign_group(&group, tx, number_of(search, "id"), (int32_t)number);
    if (status != DB_OK) {
        return status;
    }
    const int size = number_of(group, "aantal");
    if (size < 2) {
        json_decref(group);
        http_error(ex, 404);
        return DB_OK;
    }
    const struct slice text = shown(ex, group);
    json_t *context = coding_titled(ex, c, "coding.campaign_title");
    json_object_set_new(context, "round", json_string(round->code));
    json_object_set_new(context, "question", json_string(title_of(ex, question)));
    json_object_set_new(context, "number", json_integer(number));
    json_object_set_new(context, "size", json_integer(size));
    json_object_set_new(context, "texts", json_integer(number_of(search, "teksten")));
    json_object_set_new(context, "share", json_string(share_of(ex, size, number_of(search, "teksten"))));
    json_object_set_new(context, "text", json_stringn(text.ptr, text.len));
    json_object_set(context, "days", json_object_get(group, "dagen"));
    json_object_set_new(context, "ways", ways_of(ex, c, json_object_get(group, "herkomst")));
    json_object_set_new(context, "estimates_path",
                        json_string(coding_path(ex, round,
                                                arena_printf(http_arena(ex), "/schattingen?zonder=%d.%d",
                                                             number_of(search, "id"), (int)number)
                                                    .ptr)));
    json_object_set_new(context, "back_path", json_string(coding_path(ex, round, "/campagnes")));
    json_object_set_new(context, "with_charts", json_true());
    json_decref(group);
    staff_render(ex, c->config.account, 200, "staff_coding_campaign", context);
    return coding_audit(tx, ex, "coding.campaign", round, NULL);
}

static enum db_status get_group(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    json_t *searches;
    int64_t number = 0;
    const struct survey_round *round = coding_round(self, ex, PERMISSION_CODING_VIEW);
    if (!round) {
        return DB_OK;
    }
    const struct variable *question = open_question(round, http_path_param(ex, "vraag"));
    if (!question || !coding_path_number(&number, ex, "groep") || number > INT32_MAX) {
        http_error(ex, 404);
        return DB_OK;
    }
    enum db_status status = campaign_searches(&searches, tx, round->id);
    if (status != DB_OK) {
        return status;
    }
    const json_t *search = search_of(searches, question->code);
    if (search) {
        status = show_group(tx, ex, self, round, question, search, number);
    } else {
        http_error(ex, 404);
    }
    json_decref(searches);
    return status;
}

/* ---- looking anew: read, compare on the slow lane, keep ---- */

struct looking {
    struct lane_slow slow;
    struct lane_work work;
    struct coding *coding;
    const struct survey_round *round;
    struct campaign_search *search;
    bool compared;
};

/* "0,7": from 0.3, below which texts of different people are alike, to 1. */
static bool read_threshold(double *out, const struct http_exchange *ex)
{
    struct slice text;
    char number[8];
    char *end;
    *out = DUPLICATES_THRESHOLD;
    if (!http_form_value(&text, ex, "drempel") || slice_trim(text).len == 0) {
        return true;
    }
    text = slice_trim(text);
    if (text.len >= sizeof number) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        number[i] = text.ptr[i] == ',' ? '.' : text.ptr[i];
        if (number[i] != '.' && (number[i] < '0' || number[i] > '9')) {
            return false;
        }
    }
    number[text.len] = '\0';
    *out = strtod(number, &end);
    return *end == '\0' && *out >= 0.3 && *out <= 1;
}

/* Whether the form is right, before anything is read: in the guard's transaction. */
static enum db_status admit_search(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    double threshold;
    struct slice code = {"", 0};
    struct coding *c = self;
    const struct survey_round *round = coding_round(c, ex, PERMISSION_CODING_MANAGE);
    if (!round) {
        return DB_OK;
    }
    json_t *context = coding_titled(ex, c, "coding.campaigns_title");
    http_form_value(&code, ex, "vraag");
    if (!open_question(round, code)) {
        staff_fault(context, ex, c->config.account, "vraag", "coding.fault_question_open");
    }
    if (!read_threshold(&threshold, ex)) {
        staff_fault(context, ex, c->config.account, "drempel", "coding.fault_threshold");
    }
    if (json_object_get(context, "error_summary")) {
        return show_campaigns(tx, ex, c, round, context, 400);
    }
    json_decref(context);
    return DB_OK;
}

static struct looking *looking_of(void *slow)
{
    return (struct looking *)(void *)((char *)slow - offsetof(struct looking, slow));
}

static enum db_status keep_found(struct db_tx *tx, struct lane_work *work)
{
    struct looking *looking = (struct looking *)(void *)((char *)work - offsetof(struct looking, work));
    struct http_exchange *ex = work->exchange;
    int32_t number;
    http_reply_reset(ex);
    enum db_status status = campaign_search_keep(&number, looking->search, tx);
    if (status == DB_OK) {
        http_redirect(ex, coding_path(ex, looking->round, "/campagnes"));
        status = coding_audit(tx, ex, "coding.campaign-search", looking->round,
                              arena_printf(db_arena(tx), "{\"number\": %d, \"texts\": %zu}", (int)number,
                                           campaign_search_texts(looking->search))
                                  .ptr);
    }
    return status;
}

static void kept(struct http_exchange *ex, void *work)
{
    const struct lane_work *done = work;
    if (done->status != DB_OK) {
        lane_answer_failure(ex, done->status);
    }
}

static void compare_texts(struct lane_slow *slow)
{
    struct looking *looking = looking_of(slow);
    looking->compared = campaign_search_compare(looking->search, NULL, NULL);
}

static void compared(struct http_exchange *ex, void *slow)
{
    struct looking *looking = looking_of(slow);
    if (!looking->slow.accepted || !looking->compared) {
        http_error(ex, 503);
        return;
    }
    looking->work = (struct lane_work){.name = "campaign-keep", .role = DB_ROLE_STAFF, .run = keep_found};
    lane_transact(looking->coding->config.lanes, ex, &looking->work, kept);
}

static enum db_status read_texts(struct db_tx *tx, struct lane_work *work)
{
    struct looking *looking = (struct looking *)(void *)((char *)work - offsetof(struct looking, work));
    return campaign_search_read(looking->search, tx);
}

static void texts_read(struct http_exchange *ex, void *work)
{
    struct looking *looking = (struct looking *)(void *)((char *)work - offsetof(struct looking, work));
    if (looking->work.status != DB_OK) {
        lane_answer_failure(ex, looking->work.status);
        return;
    }
    looking->slow.run = compare_texts;
    lane_compute(looking->coding->config.lanes, LANE_MINUTES, ex, &looking->slow, compared);
}

static void free_search(void *search)
{
    campaign_search_free(search);
}

static void search_next(struct http_exchange *ex, void *self)
{
    struct looking *looking = arena_alloc(http_arena(ex), sizeof *looking);
    struct duplicates_rule rule = {.least = DUPLICATES_LEAST};
    struct slice code = {"", 0};
    uint32_t seed;
    crypto_random(&seed, sizeof seed);
    rule.seed = seed;
    looking->coding = self;
    const struct survey_snapshot *snapshot = survey_snapshot_for(looking->coding->config.survey, ex);
    looking->round = snapshot ? survey_round_find(snapshot, http_path_param(ex, "ronde")) : NULL;
    http_form_value(&code, ex, "vraag");
    read_threshold(&rule.threshold, ex);
    looking->search = looking->round
                          ? campaign_search_create(looking->round->id, code, &rule, staff_caller(ex)->label)
                          : NULL;
    if (!looking->search) {
        http_error(ex, 503);
        return;
    }
    arena_defer(http_arena(ex), free_search, looking->search);
    looking->work = (struct lane_work){.name = "campaign-read", .role = DB_ROLE_STAFF, .run = read_texts};
    lane_transact(looking->coding->config.lanes, ex, &looking->work, texts_read);
}

const struct route coding_campaign_routes[] = {
    CODING_GET(CAMPAIGNS_PATH, get_campaigns, PERMISSION_CODING_VIEW, ""),
    CODING_GET(CAMPAIGNS_PATH "/{vraag}/{groep}", get_group, PERMISSION_CODING_VIEW, ""),
    {.http = {.method = HTTP_POST,
              .path = CAMPAIGNS_PATH,
              .surface = HTTP_PAGE,
              .body = HTTP_BODY_FORM,
              .body_max = CODING_BODY,
              .csrf = HTTP_CSRF_REQUIRED,
              .scope = PERMISSION_CODING_MANAGE},
     .on_job = admit_search,
     .after = search_next,
     .role = DB_ROLE_STAFF},
};
const size_t coding_campaign_route_count = sizeof coding_campaign_routes / sizeof coding_campaign_routes[0];
