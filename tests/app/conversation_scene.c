#include "app/conversation_scene.h"

#include <stdio.h>
#include <stdlib.h>

#define GUIDE "config/guides/focusgroep-biotechnologie.json"
struct staff staff;

static enum db_status keep_guide(struct db_tx *tx, void *context)
{
    struct json_errors errors;
    struct guide_version version;
    enum guide_outcome outcome;
    char *text = context;
    json_errors_init(&errors, db_arena(tx));
    const json_t *document = guide_read(&errors, db_arena(tx), slice_from_cstr(text));
    cr_assert_not_null(document);
    enum db_status status =
        guide_keep(&outcome, &version, tx, SLICE("klein"), document, "beheerder", "command");
    cr_assert_eq(outcome, GUIDE_KEPT);
    /* The same document is the version that it was. */
    status = status == DB_OK
                 ? guide_keep(&outcome, &version, tx, SLICE("klein"), document, "beheerder", "command")
                 : status;
    cr_assert_eq(outcome, GUIDE_KNOWN);
    cr_assert_eq(version.number, 1);
    return status;
}

void in_transaction(db_work run, void *context)
{
    place_work(&place, DB_ROLE_STAFF, run, context);
}

static void add_guide(void)
{
    json_t *document = json_load_file(GUIDE, 0, NULL);
    char *text = json_dumps(document, 0);
    in_transaction(keep_guide, text);
    json_decref(document);
    free(text);
}

void scene_begin(void)
{
    place_make(&place, SMALL_CONSULTATION);
    add_guide();
    app = app_up(&place);
    staff_of(&staff, &place, app, "onno", ROLE_ONDERZOEKER, NULL);
}

void scene_end(void)
{
    app_down(app);
    place_remove(&place);
}

void plan_group(void)
{
    staff_post(&staff, ROUND_AT "/nieuw", ROUND_AT "/nieuw", PLANNED);
    expect_redirect(&staff.reply, GROUP_AT);
}

void add_person(const char *fields)
{
    staff_post(&staff, GROUP_AT "/deelnemers", GROUP_AT "/deelnemers", fields);
    expect_status(&staff.reply, 303);
}

void expect_sql(const char *sql, const char *wanted)
{
    const char *got = test_sql_text(place.owner, sql);
    cr_expect_str_eq(got, wanted, "%s\n gave %s", sql, got);
}

void add_consent(int participant, const char *ticks)
{
    char path[64], fields[200];
    snprintf(path, sizeof path, "/beheer/deelnemers/%d/toestemming", participant);
    snprintf(fields, sizeof fields, "formulier=1&gegevenOp=2027-01-14&wijze=papier&deelname=ja%s", ticks);
    staff_post(&staff, path, path, fields);
    expect_status(&staff.reply, 303);
}
