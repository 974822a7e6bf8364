/* Who said it: in how many groups and interviews, who spoke how much, and whether all was heard. Persons and
 * conversations are counted, never utterances. */
#include "features/coding/coding_heard.h"
#include "features/coding/coding_internal.h"
#include "features/coding/coding_voices.h"

#include "stats/saturation.h"

enum statement { CONVERSATIONS, SAID, PEOPLE, STATEMENT_COUNT };

const struct db_statement coding_voices_statements[STATEMENT_COUNT + 1] = {
    [CONVERSATIONS] = {"coding_voices_conversations",
                       "SELECT c.id, c.code, c.kind = 'focusgroep' FROM zs.conversation "
                       "AS c JOIN zs.transcript_version AS v ON v.conversation_id = c.id AND v.is_current "
                       "WHERE c.round_id = $1::int4 ORDER BY c.day, c.id"},
    /* A person counts once, however often they said it. */
    [SAID] = {"coding_voices_said",
              "SELECT s.conversation_id, s.participant_id, s.value_bits, coalesce(s.direction, ''), "
              "array_to_string(s.codes, ' ') FROM (SELECT DISTINCT conversation_id, participant_id, "
              "value_bits, direction, codes FROM zs.coding WHERE round_id = $1::int4 AND ended_at IS NULL "
              "AND counts AND participant_id = ANY (ARRAY(SELECT o.participant_id FROM zs.participant_open "
              "AS o WHERE o.round_id = $1::int4 AND o.is_open))) AS s"},
    /* Of those whose words may be used: who withdrew did not say nothing. */
    [PEOPLE] =
        {"coding_voices_people",
         "SELECT o.conversation_id, p.pseudonym, coalesce(t.length, 0)::int4 FROM zs.participant_open "
         "AS o JOIN zs.participant AS p ON p.id = o.participant_id LEFT JOIN (SELECT e.participant_id, "
         "sum(length(e.body)) AS length FROM zs.evidence AS e WHERE e.round_id = $1::int4 AND e.kind = "
         "'uitspraak' AND e.participant_id IS NOT NULL GROUP BY e.participant_id) AS t ON "
         "t.participant_id = p.id WHERE o.round_id = $1::int4 AND o.is_open ORDER BY "
         "o.conversation_id, p.id"},
};

struct scene {
    struct arena *arena;
    const struct codebook *book;
    const struct db_result *rows; /* of the conversations */
    size_t count;
    bool *is_group;
    struct coding_voices *voices; /* by value */
    bool *mentioned;              /* conversations x entries of the tree */
};

static bool place_of(uint32_t *at, const struct scene *s, int32_t id)
{
    for (size_t i = 0; i < s->count; i++) {
        if (db_get_int32(s->rows, i, 0) == id) {
            *at = (uint32_t)i;
            return true;
        }
    }
    return false;
}

static enum db_status load(struct scene *s, struct db_tx *tx, int32_t round)
{
    struct db_result *conversations, *rows;
    struct db_params p = db_params(tx);
    size_t said_count = 0;
    db_put_int32(&p, round);
    enum db_status status = db_run(&conversations, tx, &coding_voices_statements[CONVERSATIONS], &p);
    status = status == DB_OK ? db_run(&rows, tx, &coding_voices_statements[SAID], &p) : status;
    if (status != DB_OK) {
        return status;
    }
    s->rows = conversations;
    s->count = db_rows(conversations);
    s->is_group = arena_array(s->arena, s->count + 1, sizeof *s->is_group);
    s->voices = arena_array(s->arena, s->count * CODING_VALUES + 1, sizeof *s->voices);
    s->mentioned =
        arena_array(s->arena, s->count * s->book->axes[CODEBOOK_TREE].count + 1, sizeof *s->mentioned);
    for (size_t i = 0; i < s->count; i++) {
        s->is_group[i] = db_get_bool(conversations, i, 2);
    }
    struct coding_said *said = arena_array(s->arena, db_rows(rows) * CODING_VALUES + 1, sizeof *said);
    for (size_t i = 0; i < db_rows(rows); i++) {
        uint32_t at;
        if (!place_of(&at, s, db_get_int32(rows, i, 0))) {
            continue;
        }
        coding_mention(s->mentioned, s->book, at, db_get_text(rows, i, 4));
        for (uint32_t value = 0; value < CODING_VALUES; value++) {
            if ((db_get_int16(rows, i, 2) & 1 << value) != 0) {
                said[said_count++] = (struct coding_said){at, (uint32_t)db_get_int32(rows, i, 1), value,
                                                          coding_direction_of(db_get_text(rows, i, 3))};
            }
        }
    }
    return coding_voices_count(s->voices, s->arena, said, said_count, s->count, CODING_VALUES) ? DB_OK
                                                                                               : DB_FAILED;
}

static json_t *values_of(const struct scene *s, unsigned below)
{
    json_t *list = json_array();
    for (size_t value = 0; value < CODING_VALUES; value++) {
        struct coding_reach reach;
        const struct slice title = s->book->axes[CODEBOOK_TREE].items[s->book->values[value]].title;
        coding_reach_count(&reach, s->voices, s->is_group, NULL, s->count, CODING_VALUES, value);
        json_array_append_new(list, json_pack("{s:s%,s:i,s:i,s:i,s:i,s:i,s:b}", "title", title.ptr, title.len,
                                              "with", (int)reach.groups_with, "groups", (int)reach.groups,
                                              "divided", (int)reach.groups_divided, "interviews_with",
                                              (int)reach.interviews_with, "interviews", (int)reach.interviews,
                                              "below", (int)((below & 1U << value) != 0)));
    }
    return list;
}

/* Whether it was reached and after how many, for sub-themes in the order of the conversations. */
static void put_saturation(json_t *context, const struct scene *s, struct http_exchange *ex)
{
    const size_t codes = s->book->axes[CODEBOOK_TREE].count;
    const struct saturation_rule rule = {CODING_SATURATION_BASE, CODING_SATURATION_RUN,
                                         CODING_SATURATION_THRESHOLD};
    struct saturation found;
    uint32_t *fresh = arena_array(s->arena, s->count + 1, sizeof *fresh);
    json_t *list = json_array();
    saturation_fresh(fresh, s->mentioned, s->count, codes);
    for (size_t i = 0; i < s->count; i++) {
        const struct slice code = db_get_text(s->rows, i, 1);
        json_array_append_new(list,
                              json_pack("{s:s%,s:i}", "code", code.ptr, code.len, "fresh", (int)fresh[i]));
    }
    json_object_set_new(context, "fresh", list);
    if (saturation_find(&found, fresh, s->count, &rule)) {
        json_object_set_new(context, "measured", json_true());
        json_object_set_new(context, "reached", json_boolean(found.reached));
        json_object_set_new(context, "at", json_integer((json_int_t)found.before));
        json_object_set_new(context, "ratio", json_string(coding_percent(ex, found.ratio)));
    }
}

/* "P1: 24%", of each participant. */
static json_t *shares_of(struct http_exchange *ex, const struct db_result *people, size_t first,
                         const struct coding_turn_share *shares, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, json_string(arena_printf(http_arena(ex), "%.*s: %s",
                                                             SLICE_ARG(db_get_text(people, first + i, 1)),
                                                             coding_percent(ex, shares[i].share))
                                                    .ptr));
    }
    return list;
}

/* Values that somebody in the conversation was for and another against. */
static json_t *divided_over(const struct scene *s, size_t conversation, unsigned below)
{
    json_t *list = json_array();
    for (size_t value = 0; value < CODING_VALUES; value++) {
        if (s->voices[conversation * CODING_VALUES + value].dissent) {
            const struct slice title = s->book->axes[CODEBOOK_TREE].items[s->book->values[value]].title;
            json_array_append_new(list, json_pack("{s:s%,s:b}", "title", title.ptr, title.len, "below",
                                                  (int)((below & 1U << value) != 0)));
        }
    }
    return list;
}

/* One focus group: people [first, first + count). NULL: nobody is left of it. */
static json_t *balance_of(const struct scene *s, struct http_exchange *ex, const struct db_result *people,
                          size_t conversation, size_t first, size_t count, unsigned below)
{
    const struct slice code = db_get_text(s->rows, conversation, 1);
    struct coding_turn *turns = arena_array(s->arena, count + 1, sizeof *turns);
    struct coding_turn_share *shares = arena_array(s->arena, count + 1, sizeof *shares);
    struct coding_balance balance;
    size_t spoke = 0;
    for (size_t i = 0; i < count; i++) {
        const uint32_t length = (uint32_t)db_get_int32(people, first + i, 2);
        if (length > 0) {
            turns[spoke++] = (struct coding_turn){(uint32_t)i, length};
        }
    }
    if (count == 0 || !coding_turns_count(shares, &balance, turns, spoke, count)) {
        return NULL;
    }
    json_t *divided = divided_over(s, conversation, below);
    return json_pack("{s:s%,s:i,s:i,s:s,s:s,s:o,s:b,s:o}", "code", code.ptr, code.len, "people", (int)count,
                     "silent", (int)balance.silent, "largest", coding_percent(ex, balance.largest),
                     "evenness", coding_decimal(ex, balance.evenness, 2), "shares",
                     shares_of(ex, people, first, shares, count), "any_divided",
                     (int)(json_array_size(divided) > 0), "divided", divided);
}

/* Who spoke how much, and about what they differed: a line for each focus group. */
static enum db_status put_balance(json_t *context, const struct scene *s, struct db_tx *tx,
                                  struct http_exchange *ex, int32_t round, unsigned below)
{
    struct db_result *people;
    struct db_params p = db_params(tx);
    json_t *list = json_array();
    db_put_int32(&p, round);
    enum db_status status = db_run(&people, tx, &coding_voices_statements[PEOPLE], &p);
    const size_t all = status == DB_OK ? db_rows(people) : 0;
    for (size_t c = 0; status == DB_OK && c < s->count; c++) {
        const int32_t id = db_get_int32(s->rows, c, 0);
        size_t first = 0, count = 0;
        while (first < all && db_get_int32(people, first, 0) != id) {
            first++;
        }
        while (first + count < all && db_get_int32(people, first + count, 0) == id) {
            count++;
        }
        json_t *line = s->is_group[c] ? balance_of(s, ex, people, c, first, count, below) : NULL;
        if (line) {
            json_array_append_new(list, line);
        }
    }
    json_object_set_new(context, "any_balance", json_boolean(json_array_size(list) > 0));
    json_object_set_new(context, "balance", list);
    return status;
}

static enum db_status get_voices(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct coding *c = self;
    struct coding_view view;
    unsigned below = 0;
    enum db_status status;
    if (!coding_view_open(&view, &status, c, tx, ex, PERMISSION_CODING_VIEW)) {
        return status;
    }
    struct scene scene = {.arena = http_arena(ex), .book = view.book};
    status = load(&scene, tx, view.round->id);
    status = status == DB_OK ? coding_below_bar(&below, c, tx, view.round->id, view.plan.bar) : status;
    if (status != DB_OK) {
        return status;
    }
    json_t *context = coding_titled(ex, c, "coding.voices_title");
    status = put_balance(context, &scene, tx, ex, view.round->id, below);
    if (status != DB_OK) {
        json_decref(context);
        return status;
    }
    put_saturation(context, &scene, ex);
    json_object_set_new(context, "round", json_string(view.round->code));
    json_object_set_new(context, "any", json_boolean(scene.count > 0));
    json_object_set_new(context, "values", values_of(&scene, below));
    json_object_set_new(context, "back_path", json_string(coding_path(ex, view.round, "")));
    json_object_set_new(context, "with_charts", json_true());
    staff_render(ex, c->config.account, 200, "staff_coding_voices", context);
    return coding_audit(tx, ex, "coding.voices", view.round, NULL);
}

const struct route coding_voices_routes[] = {
    CODING_GET(CODING_PATH "/{ronde}/stemmen", get_voices, PERMISSION_CODING_VIEW, ""),
};
const size_t coding_voices_route_count = sizeof coding_voices_routes / sizeof coding_voices_routes[0];
