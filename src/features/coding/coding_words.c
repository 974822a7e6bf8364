/* Texts are made findable by their words some time after they came in: nothing is added to the way of a
 * response.
 */
#include "features/coding/coding_internal.h"

#include "base/log.h"

enum { AT_ONCE = 2000, MINUTE_S = 60, ROUNDS_MAX = 200 };

const struct db_statement coding_words_statements[] = {
    {"coding_words_fill", "SELECT zs.passage_words_fill($1::int4)"},
    {NULL, NULL},
};

bool coding_upkeep_due(const struct coding *c)
{
    return c->config.now_s() >= atomic_load(&c->upkeep_at);
}

static enum db_status fill(struct db_tx *tx, void *context)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_int32(&p, AT_ONCE);
    enum db_status status = db_run_one(&row, tx, &coding_words_statements[0], &p);
    *(int32_t *)context = status == DB_OK ? db_get_int32(row, 0, 0) : 0;
    return status;
}

/* In short transactions: nobody waits long for a text that is being read. */
void coding_upkeep(struct coding *c, struct db_conn *conn)
{
    int32_t filled = 1;
    int64_t sum = 0;
    enum db_status status = DB_OK;
    for (int i = 0; i < ROUNDS_MAX && status == DB_OK && filled > 0; i++) {
        status = db_transaction(conn, "passage-words", DB_ROLE_STAFF, fill, &filled);
        sum += status == DB_OK ? filled : 0;
    }
    atomic_store(&c->upkeep_at, c->config.now_s() + MINUTE_S);
    if (sum > 0) {
        log_info("coding.words", "texts=%lld", (long long)sum);
    }
}
