#include "features/audit/audit.h"

const struct db_statement audit_statements[] = {
    {"audit_record", "INSERT INTO zs.audit_event (actor, action, object, result, origin, details)"
                     " VALUES ($1::text, $2::text, $3::text, $4::text, $5::text, $6::text::jsonb)"},
    {NULL, NULL},
};

enum db_status audit_record(struct db_tx *tx, const struct audit_event *event)
{
    struct db_params p = db_params(tx);
    db_put_text(&p, slice_from_cstr(event->actor));
    db_put_text(&p, slice_from_cstr(event->action));
    db_put_text(&p, slice_from_cstr(event->object));
    db_put_text(&p, slice_from_cstr(event->result));
    db_put_text(&p, slice_from_cstr(event->origin));
    if (event->details) {
        db_put_text(&p, slice_from_cstr(event->details));
    } else {
        db_put_null(&p);
    }
    return db_run(NULL, tx, &audit_statements[0], &p);
}
