/* Coding the example: two coders, blind to each other and each with habits of their own, a third who decides
 * on most of what they differ on, and then people who withdraw. */
#include "features/example/example_internal.h"

#include "features/account/account.h"
#include "features/fieldwork/fieldwork.h"

#include <stdio.h>
#include <string.h>

enum { CODERS = 2, STAFF = CODERS + 1, TASKS_A_TIME = 200, MARK_FIELDS = 8, DOUBLES_MAX = 20000 };

static const char *const names[STAFF] = {EXAMPLE_CONSULTATION ".codeur-1", EXAMPLE_CONSULTATION ".codeur-2",
                                         EXAMPLE_CONSULTATION ".codeur-3"};
static const double bar = 0.667;

struct coding_work {
    const struct example_loading *loading;
    const struct codebook *book;
    int32_t accounts[STAFF];
    int32_t round;
    size_t coder;   /* whose tasks are done */
    int64_t after;  /* the task done last */
    size_t done;    /* in this transaction */
    size_t coded;   /* of all */
    size_t decided; /* passages */
    json_t *doubles;
    size_t next_double;
    bool good;
};

/* ---- who codes, and what ---- */

static enum db_status find_people(struct coding_work *w, struct db_tx *tx)
{
    json_t *people;
    size_t k;
    const json_t *person;
    enum db_status status = coding_people(&people, tx, SLICE(EXAMPLE_CONSULTATION));
    for (size_t i = 0; status == DB_OK && i < STAFF; i++) {
        w->accounts[i] = 0;
        json_array_foreach(people, k, person)
        {
            if (strcmp(json_string_value(json_object_get(person, "naam")), names[i]) == 0) {
                w->accounts[i] = (int32_t)json_integer_value(json_object_get(person, "account"));
            }
        }
    }
    if (status == DB_OK) {
        json_decref(people);
    }
    return status;
}

/* Accounts without a password: an administrator who wants to sign in as one gives it a new one. */
static enum db_status add_people(struct db_tx *tx, int64_t now_s)
{
    const struct account_act act = {.actor = "voorbeeld", .origin = "command", .now_s = now_s};
    enum db_status status = DB_OK;
    for (size_t i = 0; status == DB_OK && i < STAFF; i++) {
        enum account_change outcome;
        status = account_add(&outcome, NULL, tx, slice_from_cstr(names[i]), ROLE_CODEUR,
                             SLICE(EXAMPLE_CONSULTATION), &act);
    }
    return status;
}

static enum db_status draw(struct coding_work *w, struct db_tx *tx, const char *variable, uint32_t wanted,
                           double share)
{
    struct coding_drawing drawing = {.variable = slice_from_cstr(variable),
                                     .wanted = wanted,
                                     .share = share,
                                     .accounts = w->accounts,
                                     .account_count = CODERS};
    enum coding_draw_outcome outcome;
    size_t drawn;
    const uint64_t seed = example_stream(w->loading->config->seed, variable, 0);
    memcpy(drawing.seed, &seed, sizeof seed);
    return coding_draw_batch(&outcome, &drawn, tx, w->round, &drawing, "voorbeeld");
}

static enum db_status plan_work(struct db_tx *tx, void *context)
{
    static const struct {
        const char *variable;
        uint32_t wanted;
        double share;
    } drawings[] = {{"", 0, 1}, {"zorg-open", 250, .4}, {"kans-open", 200, .3}, {"kweekvlees_waarom", 60, 1}};
    struct coding_work *w = context;
    struct coding_plan plan;
    bool saved;
    enum db_status status = find_people(w, tx);
    if (status == DB_OK && w->accounts[0] == 0) {
        status = add_people(tx, w->loading->config->now_s);
        status = status == DB_OK ? find_people(w, tx) : status;
    }
    status = status == DB_OK ? coding_plan_read(&plan, tx, w->round) : status;
    if (status != DB_OK || plan.found) {
        return status;
    }
    plan = (struct coding_plan){.book_version = w->loading->book, .bar = bar};
    status = coding_plan_save(&saved, tx, w->round, &plan, "voorbeeld");
    for (size_t i = 0; status == DB_OK && i < sizeof drawings / sizeof drawings[0]; i++) {
        status = draw(w, tx, drawings[i].variable, drawings[i].wanted, drawings[i].share);
    }
    return status;
}

/* ---- one passage ---- */

/* What this coder makes of what stands there: mostly the same; a value that is hard to tell more often
 * another, and a half-hearted yes or no sometimes conditional. NULL: overlooked. */
struct habit {
    double overlooks, overlooks_hard, other_direction;
    const char *hard_becomes; /* a code of another value */
};
static const struct habit habits[CODERS] = {{.03, .2, .04, "macht-en-patenten"},
                                            {.06, .45, .08, "testen-en-toezicht"}};

static bool is_hard(const struct codebook *book, const char *code)
{
    const int at = codebook_find(book, CODEBOOK_TREE, slice_from_cstr(code));
    return at >= 0 && book->axes[CODEBOOK_TREE].items[at].value == 6;
}

static size_t fields_of(struct http_field fields[MARK_FIELDS], struct arena *arena,
                        const struct coding_work *w, const json_t *mark, uint64_t *state)
{
    static const char *const members[] = {"uiting", "toepassing"};
    const struct habit *habit = &habits[w->coder];
    const char *code = json_string_value(json_object_get(mark, "code"));
    const char *direction = json_string_value(json_object_get(mark, "richting"));
    const bool hard = is_hard(w->book, code);
    size_t n = 0;
    if (hard && example_chance(state, habit->overlooks_hard)) {
        code = habit->hard_becomes;
    } else if (example_chance(state, habit->overlooks)) {
        return 0;
    }
    if (example_chance(state, habit->other_direction)) {
        direction = "onder-voorwaarden";
    }
    const json_int_t from = json_integer_value(json_object_get(mark, "van")),
                     to = json_integer_value(json_object_get(mark, "tot"));
    fields[n++] = (struct http_field){SLICE("van"), arena_printf(arena, "%lld", (long long)from)};
    fields[n++] = (struct http_field){SLICE("tot"), arena_printf(arena, "%lld", (long long)to)};
    fields[n++] = (struct http_field){SLICE("code"), slice_from_cstr(code)};
    fields[n++] = (struct http_field){SLICE("richting"), slice_from_cstr(direction)};
    fields[n++] = (struct http_field){SLICE("herkomst"), SLICE("nederland")};
    for (size_t i = 0; i < 2; i++) {
        fields[n++] =
            (struct http_field){slice_from_cstr(members[i]),
                                slice_from_cstr(json_string_value(json_object_get(mark, members[i])))};
    }
    return n;
}

static enum db_status code_task(struct coding_work *w, struct db_tx *tx, int64_t id)
{
    struct arena *arena = db_arena(tx);
    struct coding_task task;
    struct coding_input input;
    struct http_field fields[MARK_FIELDS];
    size_t i, prompted_count;
    const json_t *mark;
    bool ours, found;
    enum db_status status = coding_task_read(&task, tx, arena, id, w->accounts[w->coder]);
    status = status == DB_OK && task.found ? coding_task_claim(&ours, tx, &task, task.revision, 1) : status;
    if (status != DB_OK || !task.found || !ours) {
        return status;
    }
    uint64_t state = example_stream(w->loading->config->seed, arena_cstr(arena, task.body), w->coder);
    const json_t *marks =
        json_object_get(json_object_get(w->loading->made, "coderingen"), arena_cstr(arena, task.body));
    const struct questionnaire *q = w->loading->rounds[EXAMPLE_ROUNDS - 1]->questionnaire;
    const struct slice *prompted = coding_prompted(&prompted_count, arena, &task, q, w->book);
    json_array_foreach((json_t *)(uintptr_t)marks, i, mark)
    {
        const size_t count = fields_of(fields, arena, w, mark, &state);
        if (status != DB_OK || count == 0) {
            continue;
        }
        if (coding_input_read(&input, arena, fields, count, w->book, task.body, NULL, 0) != 0) {
            w->good = false;
            continue;
        }
        status = coding_mark_save(&found, tx, &task, &input, prompted, prompted_count, names[w->coder]);
        w->coded++;
    }
    return status;
}

static enum db_status tasks_work(struct db_tx *tx, void *context)
{
    struct coding_work *w = context;
    int64_t task = w->after;
    const size_t before = w->coded;
    enum db_status status = DB_OK;
    w->done = 0;
    for (size_t i = 0; status == DB_OK && i < TASKS_A_TIME; i++) {
        status = coding_task_next(&task, tx, w->round, w->accounts[w->coder], task);
        if (status != DB_OK || task == 0) {
            break;
        }
        status = code_task(w, tx, task);
        w->done++;
    }
    w->coded = status == DB_OK ? w->coded : before;
    w->after = status == DB_OK ? task : w->after;
    return status;
}

static enum db_status code_all(struct coding_work *w)
{
    enum db_status status = DB_OK;
    for (w->coder = 0; status == DB_OK && w->coder < CODERS; w->coder++) {
        w->after = 0;
        do {
            status = db_transaction(w->loading->config->conn, "example-code", DB_ROLE_STAFF, tasks_work, w);
        } while (status == DB_OK && w->done == TASKS_A_TIME);
    }
    return status;
}

/* ---- deciding ---- */

static enum db_status decide_one(struct coding_work *w, struct db_tx *tx, int64_t passage, int32_t decider)
{
    struct coding_double both;
    enum coding_decision outcome;
    int64_t take[CODING_TAKE_MAX];
    size_t count = 0, i;
    const json_t *mark;
    enum db_status status = coding_double_read(&both, tx, db_arena(tx), passage);
    if (status != DB_OK || !both.found) {
        return status;
    }
    /* The first coder is right more often than not. */
    uint64_t state = example_stream(w->loading->config->seed, "besluit", (size_t)passage);
    const size_t right = example_chance(&state, .75) ? 0 : 1;
    json_array_foreach(json_object_get(json_array_get(both.coders, right), "coderingen"), i, mark)
    {
        if (count < CODING_TAKE_MAX) {
            take[count++] = json_integer_value(json_object_get(mark, "codering"));
        }
    }
    status =
        coding_decide(&outcome, tx, passage, both.revision, take, count, SLICE(""), decider, names[CODERS]);
    json_decref(both.coders);
    w->decided += status == DB_OK && outcome == CODING_DECIDED;
    return status;
}

static enum db_status decide_work(struct db_tx *tx, void *context)
{
    struct coding_work *w = context;
    int32_t decider;
    struct coding_doubles doubles;
    size_t i;
    const json_t *passage;
    enum db_status status = coding_coder_of(&decider, tx, w->accounts[CODERS]);
    status = status == DB_OK ? coding_double_list(&doubles, tx, w->round, 0, INT32_MAX) : status;
    if (status != DB_OK) {
        return status;
    }
    w->decided = 0;
    json_array_foreach(doubles.list, i, passage)
    {
        const bool differs = json_is_true(json_object_get(passage, "verschilt"));
        const bool decided = json_is_true(json_object_get(passage, "beslist"));
        const json_int_t id = json_integer_value(json_object_get(passage, "passage"));
        /* Two of three are decided; the others wait. */
        const bool waits = example_stream(w->loading->config->seed, "wacht", (size_t)id) % 3 == 0;
        if (status == DB_OK && differs && !decided && !waits) {
            status = decide_one(w, tx, id, decider);
        }
    }
    json_decref(doubles.list);
    return status;
}

/* ---- who withdraws ---- */

static enum db_status withdraw_from(struct coding_work *w, struct db_tx *tx, const json_t *conversation,
                                    const json_t *entries)
{
    struct conversation found;
    json_t *people;
    int32_t turns;
    size_t i;
    const json_t *entry;
    struct arena *arena = w->loading->arena;
    const char *code = json_string_value(json_object_get(conversation, "gesprek"));
    enum db_status status = conversation_find(&found, tx, arena, slice_from_cstr(code), true);
    status = status == DB_OK ? participant_list(&people, tx, arena, found.id) : status;
    json_array_foreach((json_t *)(uintptr_t)entries, i, entry)
    {
        const json_t *person = status == DB_OK ? json_array_get(people, i) : NULL;
        if (person && json_is_true(json_object_get(entry, "trektTerug"))) {
            status = participant_withdraw(
                &turns, tx, (int32_t)json_integer_value(json_object_get(person, "deelnemer")), "voorbeeld");
        }
    }
    return status;
}

/* What somebody said is one document of what was made; its conversation has the same kind and day. */
static enum db_status withdraw_work(struct db_tx *tx, void *context)
{
    struct coding_work *w = context;
    json_t *conversations;
    size_t i, k;
    const json_t *talk, *conversation;
    enum db_status status = conversation_list(&conversations, tx, w->loading->arena, w->round);
    json_array_foreach(json_object_get(w->loading->made, "gesprekken"), i, talk)
    {
        const json_t *wanted = json_object_get(talk, "gesprek");
        json_array_foreach(status == DB_OK ? conversations : NULL, k, conversation)
        {
            if (status == DB_OK &&
                json_equal(json_object_get(wanted, "soort"), json_object_get(conversation, "soort")) &&
                json_equal(json_object_get(wanted, "datum"), json_object_get(conversation, "datum"))) {
                status = withdraw_from(w, tx, conversation, json_object_get(talk, "deelnemers"));
            }
        }
    }
    return status;
}

enum db_status example_load_codes(bool *good, const struct example_loading *loading)
{
    struct json_errors errors;
    json_errors_init(&errors, loading->arena);
    struct coding_work w = {.loading = loading,
                            .book = codebook_load(&errors, loading->arena, codebook_embedded()),
                            .round = loading->rounds[EXAMPLE_ROUNDS - 1]->id,
                            .good = true};
    struct db_conn *conn = loading->config->conn;
    enum db_status status = db_transaction(conn, "example-plan", DB_ROLE_STAFF, plan_work, &w);
    status = status == DB_OK ? code_all(&w) : status;
    status =
        status == DB_OK ? db_transaction(conn, "example-decide", DB_ROLE_STAFF, decide_work, &w) : status;
    status =
        status == DB_OK ? db_transaction(conn, "example-withdraw", DB_ROLE_STAFF, withdraw_work, &w) : status;
    *good = w.good;
    if (status == DB_OK) {
        example_tell(loading, "codings: %zu, by two coders; %zu passages decided by a third", w.coded,
                     w.decided);
    }
    return status;
}
