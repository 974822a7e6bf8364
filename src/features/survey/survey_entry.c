/* Staff type over what came on paper or by telephone; paper that came in time also after the round closed
 * (survey_paper.h). The round, how and by which stream it came, the day on which paper came in, the variant
 * and the topics are chosen once and go along from form to form. The form carries the code that its response
 * will have, drawn when it was shown and under a MAC: posted twice it is one response. */
#include "features/survey/survey_entry.h"

#include "base/clock.h"
#include "json/flat.h"

#include <string.h>

enum { ENTRY_BODY = 64 * 1024, DAY_S = 86400 };
#define ENTRY_QUERY "taal,kanaal,werving,ontvangen,versie,onderwerp_1,onderwerp_2,onderwerp_3,onderwerp_4"

static struct slice chosen(const struct http_exchange *ex, const char *name)
{
    struct slice value = {NULL, 0};
    if (http_method(ex) == HTTP_GET) {
        http_query(&value, ex, name);
    } else {
        http_form_value(&value, ex, name);
    }
    return value;
}

/* 0: it is no day on which paper that may be entered now can have come in. */
static int32_t read_received(const struct entry *entry)
{
    const struct visit *visit = &entry->visit;
    int32_t day, first, last;
    if (!clock_parse_day(&day, entry->received_text)) {
        return 0;
    }
    survey_round_paper_came(&first, &last, visit->round, visit->survey->config.now_s());
    return day >= first && day <= last ? day : 0;
}

static void read_how_it_came(struct entry *entry, struct http_exchange *ex)
{
    struct draft_state *state = &entry->visit.state;
    const int stream = survey_code_index(survey_stream_codes, chosen(ex, "werving"));
    const bool phone = slice_equal_cstr(chosen(ex, "kanaal"), survey_channel_codes[CHANNEL_PHONE]);
    entry->stream_known = entry_has_stream(entry->visit.round, stream);
    state->stream = entry->stream_known ? (enum survey_stream)stream : STREAM_OPEN;
    state->channel = phone && !entry->late ? CHANNEL_PHONE : CHANNEL_PAPER;
    if (state->channel == CHANNEL_PAPER) {
        entry->received_text = chosen(ex, "ontvangen");
        entry->received_day = read_received(entry);
    }
}

static bool known_how(const struct entry *entry)
{
    return entry->stream_known && (entry->visit.state.channel == CHANNEL_PHONE || entry->received_day != 0);
}

/* False, answered: no such round, over, or not theirs. */
static bool entry_begin(struct entry *entry, struct http_exchange *ex, struct survey *survey)
{
    struct visit *visit = &entry->visit;
    visit_anonymous(visit, survey, ex);
    visit->round = survey_round_find(visit->snapshot, http_path_param(ex, "ronde"));
    if (!visit->round || !survey_round_incomplete(visit->round, survey->config.now_s())) {
        http_error(ex, 404);
        return false;
    }
    if (!account_may(staff_caller(ex), PERMISSION_RESPONSE_ENTER, visit->round->consultation)) {
        http_error(ex, 403);
        return false;
    }
    const struct questionnaire *q = visit->round->questionnaire;
    int variant = survey_variant_named(visit->round, chosen(ex, "versie"));
    visit->state = (struct draft_state){
        .variant = variant >= 0 ? variant : visit->round->variants[0],
        .language = visit->language,
    };
    entry->late = !survey_round_accepts(visit->round, survey->config.now_s());
    read_how_it_came(entry, ex);
    entry->chosen = variant >= 0;
    presentation_derive(&visit->presentation, q, visit->state.variant, visit->who.seed);
    for (int d = 0; d < visit->presentation.draw_count; d++) {
        entry->topics[d] = chosen(ex, entry_topic_names[d]);
    }
    entry->whole = entry->chosen && known_how(entry) &&
                   questionnaire_entry_assign(&visit->presentation, q, entry->topics);
    return true;
}

static void take_code(struct visit *visit, const struct participation_code *code)
{
    visit_of_code(visit, visit->survey, visit->snapshot, visit->round, code);
}

/* The code that the form carries; false when we did not put it there. */
static bool code_of_form(struct visit *visit, const struct http_exchange *ex)
{
    struct participation_code code;
    unsigned char ours[ENTRY_MAC_BYTES];
    unsigned char theirs[ENTRY_MAC_BYTES];
    if (!code_parse(&code, chosen(ex, "code")) ||
        !crypto_unhex(theirs, ENTRY_MAC_BYTES, chosen(ex, "zegel"))) {
        return false;
    }
    take_code(visit, &code);
    entry_seal(ours, ex, visit);
    return crypto_equal(ours, theirs, ENTRY_MAC_BYTES);
}

static void draw_code(struct visit *visit)
{
    struct participation_code code;
    code_generate(&code);
    take_code(visit, &code);
}

static enum db_status get_form(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct entry *entry = arena_alloc(http_arena(ex), sizeof *entry);
    (void)tx;
    if (entry_begin(entry, ex, self)) {
        draw_code(&entry->visit);
        entry_show(ex, entry, entry->chosen && !known_how(entry) ? 400 : 200, NULL, SLICE(""));
    }
    return DB_OK;
}

/* ---- the rounds to choose from ---- */

static json_t *round_to_choose(struct http_exchange *ex, const struct survey *survey,
                               const struct survey_round *round, int language)
{
    const char *title = round->title[language];
    json_t *item = json_pack("{s:s,s:s}", "code", round->code, "label", title ? title : round->code);
    if (survey_round_takes_paper(round, survey->config.now_s())) {
        staff_set_date(item, "late_until", ex, survey->config.account,
                       (int64_t)survey_round_paper_day(round) * DAY_S);
    }
    return item;
}

static enum db_status get_rounds(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct survey *survey = self;
    struct entry entry = {.whole = false};
    json_t *context = json_object();
    json_t *rounds = json_array();
    (void)tx;
    visit_anonymous(&entry.visit, survey, ex);
    for (size_t i = 0; i < survey_round_count(entry.visit.snapshot); i++) {
        const struct survey_round *round = survey_round_at(entry.visit.snapshot, i);
        if (survey_round_incomplete(round, survey->config.now_s()) &&
            account_may(staff_caller(ex), PERMISSION_RESPONSE_ENTER, round->consultation)) {
            json_array_append_new(rounds, round_to_choose(ex, survey, round, entry.visit.language));
        }
    }
    json_object_set_new(context, "title", staff_text(ex, survey->config.account, "entry.title"));
    json_object_set_new(context, "none", json_boolean(json_array_size(rounds) == 0));
    json_object_set_new(context, "rounds", rounds);
    staff_render(ex, survey->config.account, 200, "staff_entry_rounds", context);
    return DB_OK;
}

/* ---- taking a form ---- */

/* Reads and checks what was posted: the same checks as of every response. Null: answered. */
static struct entry *take(struct http_exchange *ex, struct survey *survey)
{
    struct arena *arena = http_arena(ex);
    struct entry *entry = arena_alloc(arena, sizeof *entry);
    struct visit *visit = &entry->visit;
    size_t topic_count;
    size_t typed_count;
    if (!entry_begin(entry, ex, survey)) {
        return NULL;
    }
    const struct http_field *form = http_form(&entry->field_count, ex);
    struct answer_field *fields = arena_array(arena, entry->field_count, sizeof *fields);
    for (size_t i = 0; i < entry->field_count; i++) {
        fields[i] = (struct answer_field){form[i].name, form[i].value};
    }
    entry->fields = fields;
    json_errors_init(&entry->errors, arena);
    if (!entry->whole || !code_of_form(visit, ex)) {
        draw_code(visit);
        entry_show(ex, entry, 400, "entry.not_ours", SLICE(""));
        return NULL;
    }
    const struct questionnaire *q = visit->round->questionnaire;
    const struct flat_member *topics =
        questionnaire_topic_members(&topic_count, arena, q, &visit->presentation);
    const struct flat_member *typed = questionnaire_entry_members(
        &typed_count, &entry->errors, arena, q, &visit->presentation, entry->fields, entry->field_count);
    struct flat_member *members = arena_array(arena, topic_count + typed_count, sizeof *members);
    for (size_t i = 0; i < topic_count + typed_count; i++) {
        members[i] = i < topic_count ? topics[i] : typed[i - topic_count];
    }
    /* What came on paper was shown in written order, not in the one that follows from the code. */
    if (!survey_decode_members(visit, &entry->errors, arena, members, topic_count + typed_count,
                               DECODE_IMPORT_ELSEWHERE) ||
        entry->errors.count > 0) {
        entry_show(ex, entry, 400, NULL, SLICE(""));
        return NULL;
    }
    return entry;
}

/* Recorded before it is written: no response is entered of which there is no line. */
static enum db_status post_form(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct entry *entry = take(ex, self);
    if (!entry) {
        return DB_OK;
    }
    const struct visit *visit = &entry->visit;
    return staff_audit(
        tx, ex, "response.enter", arena_printf(db_arena(tx), "round:%s", visit->round->code).ptr, "ok",
        arena_printf(db_arena(tx), "{\"kanaal\":\"%s\"%s}", survey_channel_codes[visit->state.channel],
                     entry->late ? ",\"na_sluiting\":true" : "")
            .ptr);
}

/* The next form, empty, with the same choices. */
static void show_next(struct http_exchange *ex, const struct entry *done)
{
    struct entry *next = arena_alloc(http_arena(ex), sizeof *next);
    char code[CODE_TEXT_BYTES];
    *next = *done;
    next->fields = NULL;
    next->field_count = 0;
    json_errors_init(&next->errors, http_arena(ex));
    code_format(code, &done->visit.code);
    draw_code(&next->visit);
    entry_show(ex, next, 200, NULL, slice_from_cstr(code));
}

static void was_written(struct http_exchange *ex, void *item)
{
    const struct entry *entry = (struct entry *)((char *)item - offsetof(struct entry, item));
    if (entry->item.lane.status != DB_OK) {
        http_set_retry_after(ex, 5);
        entry_show(ex, entry, 503, "entry.busy", SLICE(""));
        return;
    }
    switch (entry->item.response.outcome) {
    case INTAKE_ACCEPTED:
    case INTAKE_REPEATED:
        show_next(ex, entry);
        break;
    case INTAKE_DIFFERENT:
        entry_show(ex, entry, 409, "entry.different", SLICE(""));
        break;
    case INTAKE_WITHDRAWN:
        entry_show(ex, entry, 409, "entry.withdrawn", SLICE(""));
        break;
    }
}

static void write_form(struct http_exchange *ex, void *self)
{
    struct survey *survey = self;
    struct entry *entry = take(ex, survey);
    if (entry) {
        response_item_fill(&entry->item, http_arena(ex), &entry->visit);
        entry->item.enter = true;
        entry->item.stated_day = entry->received_day;
        lane_submit(survey->config.lanes, survey->corrector, ex, &entry->item.lane, was_written);
    }
}

const struct route survey_entry_routes[] = {
    {.http = {.method = HTTP_GET,
              .path = ENTRY_PATH,
              .surface = HTTP_PAGE,
              .query = "taal",
              .scope = PERMISSION_RESPONSE_ENTER},
     .on_job = get_rounds,
     .role = DB_ROLE_STAFF},
    {.http = {.method = HTTP_GET,
              .path = ENTRY_PATH "/{ronde}",
              .surface = HTTP_PAGE,
              .query = ENTRY_QUERY,
              .scope = PERMISSION_RESPONSE_ENTER},
     .on_job = get_form,
     .role = DB_ROLE_STAFF},
    {.http = {.method = HTTP_POST,
              .path = ENTRY_PATH "/{ronde}",
              .surface = HTTP_PAGE,
              .body = HTTP_BODY_FORM,
              .body_max = ENTRY_BODY,
              .csrf = HTTP_CSRF_REQUIRED,
              .scope = PERMISSION_RESPONSE_ENTER},
     .on_job = post_form,
     .after = write_form,
     .role = DB_ROLE_STAFF},
};
const size_t survey_entry_route_count = sizeof survey_entry_routes / sizeof survey_entry_routes[0];

const struct staff_link survey_entry_links[] = {
    {ENTRY_PATH, "entry.link", PERMISSION_RESPONSE_ENTER, STAFF_RESEARCH, NULL}};
const size_t survey_entry_link_count = sizeof survey_entry_links / sizeof survey_entry_links[0];
