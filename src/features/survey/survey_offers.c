#include "features/survey/survey_offers.h"

#include "features/audit/audit.h"

enum statement { OFFER_INSERT, OFFERS_SHUFFLE, NO_TIME_LIMIT, STATEMENT_COUNT };

const struct db_statement survey_offer_statements[STATEMENT_COUNT + 1] = {
    [OFFER_INSERT] = {"offer_insert", "INSERT INTO zs.contact_offer (round_id, purpose, sealed)"
                                      " VALUES ($1::int4, $2::text, $3::bytea)"},
    [OFFERS_SHUFFLE] = {"offers_shuffle", "SELECT 1::int4 FROM (SELECT zs.contact_offers_shuffle()) AS done"},
    [NO_TIME_LIMIT] = {"offers_no_time_limit", "SELECT set_config('statement_timeout', '0', true)"},
};

/* The order of random ids. */
static const struct db_statement copy_offers = {
    "offers_copy", "COPY (SELECT r.code, o.purpose, o.sealed FROM zs.contact_offer AS o"
                   " JOIN zs.round AS r ON r.id = o.round_id ORDER BY o.id) TO STDOUT (FORMAT binary)"};

enum db_status survey_offer_keep(struct db_tx *tx, int32_t round_id, bool conversation, struct slice sealed)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, round_id);
    db_put_text(&p, conversation ? SLICE("conversation") : SLICE("results"));
    db_put_bytes(&p, sealed);
    return db_run(NULL, tx, &survey_offer_statements[OFFER_INSERT], &p);
}

struct each {
    sealed_offer_visitor visit;
    void *context;
    size_t count;
};

static bool show_row(const struct slice *fields, int count, void *context)
{
    struct each *each = context;
    (void)count;
    const struct sealed_offer offer = {.round = fields[0], .purpose = fields[1], .sealed = fields[2]};
    each->count++;
    return each->visit(&offer, each->context);
}

enum db_status survey_offers_each(size_t *count, struct db_tx *tx, sealed_offer_visitor visit, void *context,
                                  const char *actor)
{
    struct each each = {.visit = visit, .context = context};
    enum db_status status = db_run(NULL, tx, &survey_offer_statements[NO_TIME_LIMIT], NULL);
    if (status == DB_OK) {
        status = db_copy_out(tx, &copy_offers, show_row, &each);
    }
    if (status != DB_OK) {
        return status;
    }
    *count = each.count;
    const struct audit_event event = {.action = "offer.export",
                                      .object = "offers",
                                      .result = "ok",
                                      .origin = "command",
                                      .actor = actor,
                                      .details =
                                          arena_printf(db_arena(tx), "{\"offers\": %zu}", each.count).ptr};
    return audit_record(tx, &event);
}

bool survey_offer_open(struct slice *letter, struct arena *arena, const struct crypto_keypair *keypair,
                       struct slice sealed)
{
    struct slice padded;
    if (!crypto_open_sealed(&padded, arena, keypair, sealed)) {
        return false;
    }
    *letter = slice_trim(padded);
    return true;
}

enum db_status survey_offers_shuffle(struct db_tx *tx)
{
    static const struct audit_event event = {
        .action = "offer.shuffle", .object = "offers", .result = "ok", .origin = "job", .actor = "system"};
    enum db_status status = db_run(NULL, tx, &survey_offer_statements[NO_TIME_LIMIT], NULL);
    if (status == DB_OK) {
        status = db_run(NULL, tx, &survey_offer_statements[OFFERS_SHUFFLE], NULL);
    }
    return status == DB_OK ? audit_record(tx, &event) : status;
}
