/* From a finished participation to a row of the log, and back. */
#include "features/survey/survey_internal.h"

#include "base/clock.h"

#include <string.h>

static const char *const quality_codes[] = {"goed", "snel", "lokveld", "beide"};

/* Sets a system variable to the category with this code; a questionnaire without the variable does without.
 */
static void set_category(unsigned char *vector, const struct questionnaire *q, const char *variable,
                         const char *category)
{
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, q);
    int index = questionnaire_find_variable(q, slice_from_cstr(variable));
    if (index < 0) {
        return;
    }
    const struct variable *v = &variables[index];
    for (uint16_t k = 0; k < v->category_count; k++) {
        if (strcmp(v->categories[k].code, category) == 0) {
            answer_set(vector, v, (uint16_t)(ANSWER_FIRST + k));
        }
    }
}

/* Minutes as a band: a time that is kept finer would tell participants apart. */
static const char *duration_band(int64_t minutes)
{
    return minutes < 3    ? "onder-3"
           : minutes < 5  ? "3-5"
           : minutes < 10 ? "5-10"
           : minutes < 20 ? "10-20"
           : minutes < 60 ? "20-60"
                          : "60-plus";
}

/* The category that a vector holds of a variable; -1 when it holds none. */
static int stored_category(const unsigned char *vector, const struct questionnaire *q, struct slice variable)
{
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, q);
    int index = questionnaire_find_variable(q, variable);
    uint16_t slot = index < 0 ? ANSWER_NOT_ASKED : answer_get(vector, &variables[index]);
    return slot >= ANSWER_FIRST ? slot - ANSWER_FIRST : -1;
}

/* A link says more than an answer: only who came by the open one is asked for which stream they are. */
static enum survey_stream stream_of(const struct draft_state *state)
{
    return state->stream == STREAM_OPEN && state->for_organisation ? STREAM_ORGANISATION : state->stream;
}

/* A correction takes no mark away, and how long it took says nothing of how long answering took. */
static void fill_own_variables(struct visit *visit)
{
    const struct draft_state *state = &visit->state;
    const struct questionnaire *q = visit->round->questionnaire;
    unsigned char *vector = state->answers.vector;
    enum { FAST_PAGES_SUSPECT = 10 };
    unsigned quality = state->quality | (state->fast_pages >= FAST_PAGES_SUSPECT ? QUALITY_FAST : 0u);
    enum survey_channel channel =
        state->channel == CHANNEL_WEB && state->helped ? CHANNEL_HELPED : state->channel;
    if (state->base_revision > 0) {
        int stored = stored_category(vector, q, SLICE("kwaliteit"));
        quality |= stored > 0 ? (unsigned)stored : 0u;
    } else if (state->started_minute > 0) {
        int64_t minutes = visit->survey->config.now_s() / 60 - (int64_t)state->started_minute;
        set_category(vector, q, "duur", duration_band(minutes));
    }
    set_category(vector, q, "taal", survey_language_codes[state->language]);
    set_category(vector, q, "werving", survey_stream_codes[stream_of(state)]);
    set_category(vector, q, "kanaal", survey_channel_codes[channel]);
    set_category(vector, q, "kwaliteit", quality_codes[quality & 3u]);
}

static unsigned char *put(unsigned char *at, const void *bytes, size_t size)
{
    if (size > 0) {
        memcpy(at, bytes, size);
    }
    return at + size;
}

/* What the citizen answered, and nothing that may differ between two sendings of it (duration, quality,
 * language of the page). */
static void hash_payload(unsigned char out[PAYLOAD_HASH_BYTES], struct arena *arena,
                         const struct visit *visit)
{
    const struct questionnaire *q = visit->round->questionnaire;
    const struct answers *answers = &visit->state.answers;
    size_t vector_size = questionnaire_vector_size(q);
    size_t size = sizeof visit->who.response_id + vector_size;
    for (size_t t = 0; t < questionnaire_text_count(q); t++) {
        size += answers->texts[t].len > 0 ? 2 * sizeof(uint32_t) + answers->texts[t].len : 0;
    }
    unsigned char *payload = arena_alloc(arena, size);
    unsigned char *vector = put(payload, visit->who.response_id, sizeof visit->who.response_id);
    unsigned char *at = put(vector, answers->vector, vector_size);
    answers_forget_own(vector, q);
    for (uint32_t t = 0; t < questionnaire_text_count(q); t++) {
        uint32_t len = (uint32_t)answers->texts[t].len;
        if (len > 0) {
            at = put(put(put(at, &t, sizeof t), &len, sizeof len), answers->texts[t].ptr, len);
        }
    }
    crypto_keyed_hash(out, PAYLOAD_HASH_BYTES, visit->survey->config.keys, CRYPTO_KEY_PARTICIPATION,
                      "payload", (struct slice){(const char *)payload, size});
}

static void collect_passages(struct response_item *item, struct arena *arena, const struct visit *visit)
{
    const struct questionnaire *q = visit->round->questionnaire;
    const struct answers *answers = &visit->state.answers;
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, q);
    struct passage_new *passages = arena_array(arena, questionnaire_text_count(q), sizeof *passages);
    size_t n = 0;
    for (size_t t = 0; t < questionnaire_text_count(q); t++) {
        if (answers->texts[t].len > 0) {
            passages[n++] =
                (struct passage_new){.round_id = visit->round->id,
                                     .response_id = item->response.response_id,
                                     .variable = variables[questionnaire_text_variable(q, t)].code,
                                     .language = survey_language_codes[visit->state.language],
                                     .body = answers->texts[t]};
        }
    }
    item->passages = passages;
    item->passage_count = n;
}

void response_item_fill(struct response_item *item, struct arena *arena, struct visit *visit)
{
    const struct questionnaire *q = visit->round->questionnaire;
    answers_settle(&visit->state.answers, arena, q, &visit->presentation);
    fill_own_variables(visit);
    memcpy(item->response_id, visit->who.response_id, sizeof item->response_id);
    memcpy(item->draft_id, visit->who.draft_id, sizeof item->draft_id);
    hash_payload(item->payload_hash, arena, visit);
    item->response = (struct response_new){
        .round_id = visit->round->id,
        .response_id = {(const char *)item->response_id, sizeof item->response_id},
        .draft_id = {(const char *)item->draft_id, sizeof item->draft_id},
        .version_id = visit->round->version_id,
        .stream = (int16_t)stream_of(&visit->state),
        .channel =
            (int16_t)(visit->state.channel == CHANNEL_WEB && visit->state.helped ? CHANNEL_HELPED
                                                                                 : visit->state.channel),
        .answers = {(const char *)visit->state.answers.vector, questionnaire_vector_size(q)},
        .payload_hash = {(const char *)item->payload_hash, sizeof item->payload_hash}};
    collect_passages(item, arena, visit);
}

bool response_answers(struct answers *out, struct arena *arena, const struct questionnaire *q,
                      const struct response_row *row, const struct passage_row *passages,
                      size_t passage_count)
{
    size_t size = questionnaire_vector_size(q);
    if (row->answers.len != size) {
        return false;
    }
    out->vector = arena_alloc(arena, size);
    memcpy(out->vector, row->answers.ptr, size);
    out->texts = arena_array(arena, questionnaire_text_count(q), sizeof *out->texts);
    for (size_t i = 0; i < passage_count; i++) {
        int text = questionnaire_text_index(q, questionnaire_find_variable(q, passages[i].variable));
        if (text >= 0) {
            out->texts[text] = arena_copy(arena, passages[i].body);
        }
    }
    return true;
}

void visit_present_stored(struct visit *visit, const unsigned char *vector)
{
    const struct questionnaire *q = visit->round->questionnaire;
    int variant = stored_category(vector, q, SLICE("variant"));
    if (variant >= 0 && (size_t)variant < questionnaire_variant_count(q)) {
        visit->state.variant = variant;
    }
    visit->state.language = stored_category(vector, q, SLICE("taal")) == 1 ? 1 : 0;
    presentation_restore(&visit->presentation, q, visit->state.variant, visit->who.seed, vector);
}

enum db_status survey_withdraw(bool *found, struct db_tx *tx, const struct visit *visit)
{
    struct slice id = {(const char *)visit->who.response_id, sizeof visit->who.response_id};
    struct response_row row = {.found = false};
    int32_t today = clock_day(visit->survey->config.now_s());
    struct draft_write draft = {.draft_id = {(const char *)visit->who.draft_id, sizeof visit->who.draft_id},
                                .remove = true};
    *found = false;
    enum db_status status = sql_round_lock(tx, visit->round->id);
    if (status == DB_OK) {
        status = sql_response_read(&row, tx, visit->round->id, id);
    }
    if (status != DB_OK || !row.found || !survey_round_keeps(visit->round, visit->survey->config.now_s())) {
        return status;
    }
    *found = true;
    if (row.kind == RESPONSE_WITHDRAWN) {
        return DB_OK;
    }
    struct response_new empty = {.round_id = visit->round->id,
                                 .response_id = id,
                                 .version_id = row.version_id,
                                 .stream = row.stream,
                                 .channel = row.channel};
    status = sql_response_amend(tx, &empty, RESPONSE_WITHDRAWN, row.revision, NULL, 0, today);
    return status == DB_OK ? sql_draft_write(tx, &draft, 1, today) : status;
}
