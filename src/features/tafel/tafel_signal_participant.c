/* Which public signals a participant's words fed, for the page that their code opens. */
#include "features/tafel/tafel_internal.h"
#include "features/tafel/tafel_signal_pages.h"

enum statement { FED, STATEMENT_COUNT };

const struct db_statement signal_participant_statements[STATEMENT_COUNT + 1] = {
    [FED] = {"signal_participant", "SELECT s.signal_id, s.title FROM zs.member_check_signals($1::bytea, "
                                   "$2::date) AS s"},
};

enum db_status tafel_signals_of_participant(json_t *signals, struct db_tx *tx, struct slice code_hash,
                                            int32_t today)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_bytes(&p, code_hash);
    db_put_day(&p, today);
    const enum db_status status = db_run(&rows, tx, &signal_participant_statements[FED], &p);
    for (size_t i = 0; status == DB_OK && i < db_rows(rows); i++) {
        const struct slice title = db_get_text(rows, i, 1);
        json_array_append_new(
            signals, json_pack("{s:s,s:s%}", "path",
                               arena_printf(db_arena(tx), "/signalen/%d", (int)db_get_int32(rows, i, 0)).ptr,
                               "title", title.ptr, title.len));
    }
    return status;
}
