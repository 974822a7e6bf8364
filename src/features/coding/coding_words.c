/* Texts are made findable by their words some time after they came in: nothing is added to the way of a
 * response.
 */
#include "features/coding/coding_internal.h"

#include "base/clock.h"
#include "base/log.h"

enum {
    AT_ONCE = 200,
    MINUTE_S = 60,
    HOUR_S = 3600,
    /* Of each second, while there is more to do: it takes from what is asked now, and can wait. */
    WORK_US = 200 * 1000
};

const struct db_statement coding_words_statements[] = {
    {"coding_words_fill", "SELECT filled, last FROM zs.passage_words_fill_from($1::int4, $2::int8)"},
    {NULL, NULL},
};

bool coding_upkeep_due(const struct coding *c)
{
    return c->config.now_s() >= atomic_load(&c->upkeep_at);
}

struct step {
    int64_t after;
    int32_t filled;
};

static enum db_status fill(struct db_tx *tx, void *context)
{
    struct step *step = context;
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_int32(&p, AT_ONCE);
    db_put_int64(&p, step->after);
    enum db_status status = db_run_one(&row, tx, &coding_words_statements[0], &p);
    step->filled = status == DB_OK ? db_get_int32(row, 0, 0) : 0;
    if (status == DB_OK && !db_is_null(row, 0, 1)) {
        step->after = db_get_int64(row, 0, 1);
    }
    return status;
}

/* Where the next look begins: ids are drawn before their transactions commit, so where the look before the
 * last ended; and each hour at the first, for a text that was locked. */
static void begin_look(struct coding_words *words, int64_t now_s)
{
    const int64_t ended = words->after;
    const bool all = now_s >= words->look_at_all_s;
    words->look_at_all_s = all ? now_s + HOUR_S : words->look_at_all_s;
    words->after = all ? 0 : words->ended_before;
    words->ended_before = ended;
}

void coding_upkeep(struct coding *c, struct db_conn *conn)
{
    struct coding_words *words = &c->words;
    const int64_t until_us = clock_monotonic_us() + WORK_US;
    struct step step = {.filled = 1};
    int64_t sum = 0;
    enum db_status status = DB_OK;
    if (!words->looking) {
        begin_look(words, c->config.now_s());
    }
    step.after = words->after;
    while (status == DB_OK && step.filled > 0 && clock_monotonic_us() < until_us) {
        status = db_transaction(conn, "passage-words", DB_ROLE_STAFF, fill, &step);
        sum += status == DB_OK ? step.filled : 0;
    }
    words->after = step.after;
    words->looking = status == DB_OK && step.filled > 0;
    atomic_store(&c->upkeep_at, c->config.now_s() + (words->looking ? 1 : MINUTE_S));
    if (sum > 0) {
        log_info("coding.words", "texts=%lld", (long long)sum);
    }
}
