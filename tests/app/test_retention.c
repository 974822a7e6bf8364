/* What has had its time is destroyed, once, with a statement; a hold keeps it; and what was erased stays
 * erased when a backup comes back. */
#include "app/example_scene.h"

#include "features/account/account.h"

#include "base/embedded.h"
#include "base/fault.h"
#include "base/log.h"
#include "web/web.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(retention, .fini = leaks_check, .timeout = 110);

static struct place place;
static struct app *app;
static char folder[64];

static void begin(void)
{
    place_make(&place, SMALL_CONSULTATION);
    snprintf(folder, sizeof folder, "/tmp/zs-retention-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    app = app_up(&place);
}

static const char *in_folder(const char *name)
{
    static char path[2][256];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
    return path[turn];
}

static void end(void)
{
    char command[128];
    if (app) {
        app_down(app);
    }
    place_remove(&place);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    cr_assert_eq(system(command), 0);
}

static void take_part(struct citizen *citizen, const char *why)
{
    citizen_init(citizen, port_of(app));
    citizen_take_part(citizen, ROUND, "goed", why);
}

/* As when its time has passed: by the database's clock. */
static void make_due(void)
{
    test_sql(
        place.owner,
        "UPDATE zs.round SET opens_at = now() - interval '9 days', closes_at = now() - interval '8 days',"
        " destruction_date = (now() AT TIME ZONE 'UTC')::date WHERE code = '" ROUND "'");
}

struct told {
    int done, held, others;
};

static bool tell(const struct due_round *round, enum destroy_outcome outcome, void *context)
{
    struct told *told = context;
    (void)round;
    told->done += outcome == DESTROY_DONE;
    told->held += outcome == DESTROY_HELD;
    told->others += outcome == DESTROY_FAILED || outcome == DESTROY_ELSEWHERE;
    return true;
}

static struct told destroy(void)
{
    struct told told = {0};
    rounds_destroy(place_connection(&place), clock_now(), "beheerder", "command", "een proef", tell, &told);
    return told;
}

static int64_t kept_of_round(void)
{
    return place_count(&place,
                       "SELECT (SELECT count(*) FROM zs.response) + (SELECT count(*) FROM zs.passage) +"
                       " (SELECT count(*) FROM zs.draft) + (SELECT count(*) FROM zs.contact_offer) +"
                       " (SELECT count(*) FROM zs.weight_version)");
}

static enum db_status list_work(struct db_tx *tx, void *context)
{
    struct destruction **list = context;
    size_t count;
    enum db_status status = destructions(list, &count, tx, place.arena);
    cr_assert_eq(count, 1);
    return status;
}

struct listing {
    struct destruction *list;
    size_t count;
};

static enum db_status list_all(struct db_tx *tx, void *context)
{
    struct listing *all = context;
    return destructions(&all->list, &all->count, tx, place.arena);
}

/* ---- destroying ---- */

Test(retention, a_due_round_is_destroyed_once_with_a_statement)
{
    static struct citizen citizen, other;
    struct destruction *list;
    size_t written;
    int why;
    begin();
    take_part(&citizen, "omdat");
    take_part(&other, "daarom");
    citizen_init(&other, port_of(app));
    citizen_begin(&other, ROUND, "volledig", "");
    test_sql(place.owner, "INSERT INTO zs.contact_offer (round_id, sealed) SELECT id, '\\x01' FROM zs.round "
                          "WHERE code = '" ROUND "'");
    struct told told = destroy();
    cr_expect_eq(told.done + told.held + told.others, 0, "not due yet");
    make_due();
    told = destroy();
    cr_expect_eq(told.done, 1);
    cr_expect_eq(kept_of_round(), 0);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM pg_class AS c JOIN zs.round AS r ON c.relname = "
                                     "'response_' || r.id WHERE r.code = '" ROUND "'"),
                 0);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.round WHERE status = 'closed'"), 1,
                 "it was left open");
    told = destroy();
    cr_expect_eq(told.done + told.held + told.others, 0, "again: nothing is left to do");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.destruction"), 1);
    cr_expect_eq(
        place_count(&place,
                    "SELECT (statement->'vernietigd'->>'inzendingen')::int * 100"
                    " + (statement->'vernietigd'->>'openAntwoorden')::int * 10"
                    " + (statement->'vernietigd'->>'verzegeldeAanmeldingen')::int FROM zs.destruction"),
        221);
    cr_expect_eq(
        place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action = 'retention.destroy'"), 1);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.erasure WHERE response_id IS NULL"), 1);

    struct db_conn *conn = place_connection(&place);
    cr_assert_eq(db_transaction_read_only(conn, "list", DB_ROLE_STAFF, list_work, &list), DB_OK);
    cr_expect(destructions_write(&written, &why, place.arena, folder, list, 1));
    cr_expect_eq(written, 1);
    cr_expect(destructions_write(&written, &why, place.arena, folder, list, 1));
    cr_expect_eq(written, 0, "the files are there");
    cr_expect_eq(access(in_folder("verklaring-van-vernietiging-" ROUND ".json"), R_OK), 0);
    const char *text = arena_cstr(place.arena, destruction_text(place.arena, list[0].statement));
    cr_expect(strstr(text, "VERKLARING VAN VERNIETIGING"));
    cr_expect(strstr(text, "- ingezonden antwoorden: 2\n"), "%s", text);
    cr_expect(strstr(text, "Vernietigd door: beheerder"));
    end();
}

Test(retention, a_run_that_breaks_off_leaves_a_round_whole)
{
    static struct citizen citizen;
    begin();
    take_part(&citizen, "omdat");
    make_due();
    int64_t kept = kept_of_round();
    cr_assert(fault_configure(SLICE("destroy.before-commit=error")));
    struct told told = destroy();
    cr_expect_eq(told.others, 1);
    cr_expect_eq(kept_of_round(), kept, "all or nothing");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.destruction"), 0);
    cr_assert(fault_configure((struct slice){NULL, 0}));
    told = destroy();
    cr_expect_eq(told.done, 1);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.destruction"), 1);
    cr_expect_eq(kept_of_round(), 0);
    end();
}

/* Every table that names a round, or what is of one, and has a row: "name=rows name=rows ...". */
#define OF_ROUNDS(but)                                                                                       \
    "WITH RECURSIVE named AS (SELECT 'zs.round'::regclass::oid AS id UNION"                                  \
    "  SELECT c.conrelid FROM pg_constraint AS c JOIN named AS n ON c.confrelid = n.id WHERE c.contype = "   \
    "'f'"                                                                                                    \
    "), found AS (SELECT id FROM named UNION SELECT attrelid FROM pg_attribute WHERE attname IN"             \
    "  ('round_id', 'passage_id', 'response_id', 'conversation_id', 'participant_id', 'turn_id'))"           \
    " SELECT coalesce(string_agg(relname || '=' || rows, ' ' ORDER BY relname), '') FROM (SELECT c.relname," \
    "  (xpath('//n/text()', query_to_xml(format('SELECT count(*) AS n FROM zs.%I', c.relname), false, true," \
    "  '')))[1]::text::bigint AS rows FROM found AS f JOIN pg_class AS c ON c.oid = f.id"                    \
    "  WHERE c.relnamespace = 'zs'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition"       \
    "  AND c.relname NOT IN (" but ")) AS t WHERE rows > 0"

/* What holds no person and stays: the round itself and what was decided about it, what was published of it,
 * that it was destroyed; and of evidence, that there was some, by a number that finds nothing any more. */
#define STAYS                                                                                                \
    "'round', 'coding_plan', 'destruction', 'erasure', 'release', 'release_part', 'release_figures', "       \
    "'signal_evidence', 'value_judgement', 'value_map', 'value_map_quote', 'inclusion_root', "               \
    "'publication', "                                                                                        \
    "'publication_file', 'publication_piece', 'archive_round', 'report', 'report_step', 'report_document', " \
    "'framework_passage'"

/* A table that is added and names what is of a round is destroyed with it, or stands above with a reason.
 */
Test(retention, all_that_was_made_of_a_round_goes_with_it)
{
    static const char *const derived[] = {"adjudication", "coding",  "coding_task", "conversation",
                                          "participant",  "passage", "response",    "turn"};
    begin();
    app_down(app); /* it would release the rounds, and destroy them */
    app = NULL;
    cr_assert_eq(
        example_scene_load(&place, (struct example_size){.people = 240, .interviews = 8, .groups = 2}),
        EXAMPLE_LOADED);
    test_sql(
        place.owner,
        "SELECT zs.passage_words_fill(100000);"
        "INSERT INTO zs.signal (source, title, body, created_by, changed_by) VALUES ('burgerconsultatie', "
        "'Zorg', 'Zorg over kosten', 'test', 'test');"
        "INSERT INTO zs.signal_evidence (signal_id, kind, round_id, why, asked, passage_id, created_by)"
        " SELECT s.id, 'passage', e.round_id, 'Dit', '{}', e.id, 'test' FROM zs.signal AS s,"
        " (SELECT * FROM zs.evidence WHERE kind <> 'weggelaten' LIMIT 1) AS e");
    const char *before = test_sql_text(place.owner, OF_ROUNDS("''"));
    for (size_t i = 0; i < sizeof derived / sizeof derived[0]; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s=", derived[i]);
        cr_expect(strstr(before, name), "%s: %s", derived[i], before);
    }
    test_sql(place.owner, "UPDATE zs.round SET opens_at = now() - interval '9 days', closes_at = now() - "
                          "interval '8 days', destruction_date = (now() AT TIME ZONE 'UTC')::date");
    cr_expect_geq(destroy().done, 2);
    cr_expect_str_eq(test_sql_text(place.owner, OF_ROUNDS(STAYS)), "");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.signal_evidence AS s WHERE EXISTS (SELECT FROM "
                                     "zs.evidence AS e WHERE e.id = s.passage_id)"),
                 0);
    end();
}

/* Every table of the catalogue that names a round, or what is of one, whether it has rows or not. */
#define NAMES_ROUNDS                                                                                         \
    "WITH RECURSIVE named AS (SELECT 'zs.round'::regclass::oid AS id UNION"                                  \
    "  SELECT c.conrelid FROM pg_constraint AS c JOIN named AS n ON c.confrelid = n.id WHERE c.contype = "   \
    "'f'"                                                                                                    \
    "), found AS (SELECT id FROM named UNION SELECT attrelid FROM pg_attribute WHERE attname IN"             \
    "  ('round_id', 'passage_id', 'response_id', 'conversation_id', 'participant_id', 'turn_id')),"          \
    " tables AS (SELECT c.relname::text AS name FROM found AS f JOIN pg_class AS c ON c.oid = f.id"          \
    "  WHERE c.relnamespace = 'zs'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition) "

/* What is of no round, or tells what people of the table did with it: decisions, plans and orders, of which a
 * destruction empties nothing. */
#define OF_THE_TABLE                                                                                         \
    "'api_key', 'retention_hold', 'message', 'message_step', 'signal', 'signal_note', 'signal_step', "       \
    "'signal_forward', 'signal_link', 'signal_answer', 'signal_suggestion', 'meeting_item', "                \
    "'meeting_interest', 'recommendation', 'research_question', 'research_points', 'case_step', "            \
    "'case_evidence'"

/* The statement counts what went: every table that a destruction empties is in a kind of it, and the numbers
 * are what was there. */
Test(retention, the_statement_counts_every_table_that_a_destruction_empties)
{
    struct destruction *list;
    size_t count = 0;
    begin();
    app_down(app);
    app = NULL;
    cr_assert_eq(
        example_scene_load(&place, (struct example_size){.people = 240, .interviews = 8, .groups = 2}),
        EXAMPLE_LOADED);
    cr_expect_str_eq(test_sql_text(place.owner, NAMES_ROUNDS
                                   "SELECT coalesce(string_agg(name, ' ' ORDER BY name), '') FROM tables "
                                   "WHERE name NOT IN (" STAYS ", " OF_THE_TABLE ") AND name NOT IN "
                                   "(SELECT unnest(of_tables) FROM zs.round_contents(0))"),
                     "");
    cr_expect_str_eq(test_sql_text(place.owner, NAMES_ROUNDS
                                   "SELECT coalesce(string_agg(k.name, ' ' ORDER BY k.name), '') FROM "
                                   "(SELECT unnest(of_tables) AS name FROM zs.round_contents(0)) AS k "
                                   "WHERE k.name NOT IN (SELECT name FROM tables)"),
                     "", "is counted, and there is no such table");
    test_sql(
        place.owner,
        "SELECT zs.passage_words_fill(100000);"
        "INSERT INTO zs.draft (draft_id, round_id, revision, page, day, sealed) SELECT decode(md5(r.code), "
        "'hex'), r.id, 1, 1, current_date, '\\x00' FROM zs.round AS r;"
        "INSERT INTO zs.contact_offer (round_id, sealed) SELECT r.id, '\\x01' FROM zs.round AS r;"
        "INSERT INTO zs.personal_kept (passage_id, start_at, end_at, kept_by) SELECT p.id, 0, 1, 'test' FROM "
        "zs.passage AS p LIMIT 3;"
        "INSERT INTO zs.personal_kept (passage_id, start_at, end_at, kept_by) SELECT t.id, 0, 1, 'test' FROM "
        "zs.turn AS t LIMIT 2;"
        "INSERT INTO zs.conversation_summary (conversation_id, body, open_until, written_by) SELECT c.id, "
        "'Zo was het.', current_date, 'test' FROM zs.conversation AS c ON CONFLICT DO NOTHING;"
        "INSERT INTO zs.composition_plan (round_id, kind, mix, mix_reason, changed_by) SELECT min(r.id), "
        "'focusgroep', 'homogeen', 'Zo', 'test' FROM zs.round AS r ON CONFLICT DO NOTHING");
    /* Each table with how many rows it has now. */
    test_sql(place.owner, "CREATE TABLE zs.test_before AS SELECT k.kind, sum((xpath('//n/text()', "
                          "query_to_xml(format('SELECT count(*) AS n FROM zs.%I', t.name), false, true, "
                          "'')))[1]::text::bigint) AS rows FROM zs.round_contents(0) AS k CROSS JOIN LATERAL "
                          "unnest(k.of_tables) AS t (name) GROUP BY k.kind");
    test_sql(place.owner, "UPDATE zs.round SET opens_at = now() - interval '9 days', closes_at = now() - "
                          "interval '8 days', destruction_date = (now() AT TIME ZONE 'UTC')::date");
    cr_expect_geq(destroy().done, 2);
    cr_expect_str_eq(
        test_sql_text(place.owner,
                      "SELECT coalesce(string_agg(concat_ws(' ', b.kind, b.rows, s.stated), ', '), '') FROM "
                      "zs.test_before AS b LEFT JOIN (SELECT c.key, sum(c.value::bigint) AS stated FROM "
                      "zs.destruction AS d CROSS JOIN LATERAL jsonb_each_text(d.statement->'vernietigd') AS "
                      "c GROUP BY c.key) AS s ON s.key = b.kind WHERE b.rows IS DISTINCT FROM s.stated"),
        "", "stated otherwise than it was");
    for (const char *const *kind =
             (const char *const[]){"coderingen", "codeertaken", "besluitenCodering", "afgeleideRegels",
                                   "toestemmingen", "samenvattingen", "beoordeeldPersoonsgegeven", NULL};
         *kind; kind++) {
        char sql[160];
        snprintf(sql, sizeof sql, "SELECT rows FROM zs.test_before WHERE kind = '%s'", *kind);
        cr_expect_gt(place_count(&place, sql), 0, "%s", *kind);
    }
    /* And a person reads every one of them. */
    struct db_conn *conn = place_connection(&place);
    struct listing all = {0};
    cr_assert_eq(db_transaction_read_only(conn, "list", DB_ROLE_STAFF, list_all, &all), DB_OK);
    list = all.list;
    count = all.count;
    cr_assert_geq(count, 2);
    const char *text = arena_cstr(place.arena, destruction_text(place.arena, list[0].statement));
    json_t *statement = json_loads(list[0].statement, 0, NULL);
    const char *key;
    json_t *value;
    json_object_foreach(json_object_get(statement, "vernietigd"), key, value)
    {
        const char *words = destruction_kind_words(key);
        /* What is not ours to destroy, and what there was none of, is in no text that says what was. */
        cr_expect_eq(words == NULL, strcmp(key, "opnamenNogElders") == 0, "%s", key);
        cr_expect(!words || json_integer_value(value) == 0 || strstr(text, words), "%s is not in %s", key,
                  text);
    }
    json_decref(statement);
    test_sql(place.owner, "DROP TABLE zs.test_before");
    end();
}

Test(retention, the_service_does_it_by_itself)
{
    static struct citizen citizen;
    begin();
    take_part(&citizen, "omdat");
    app_down(app);
    make_due();
    place.config.retention.statements_folder = folder;
    app = app_up(&place);
    cr_expect_eq(test_sql_wait(place.owner,
                               "SELECT count(*) FROM zs.destruction WHERE destroyed_by = 'system'", 1, 10000),
                 1);
    for (int waited = 0;
         access(in_folder("verklaring-van-vernietiging-" ROUND ".txt"), R_OK) != 0 && waited < 5000;
         waited += 20) {
        client_sleep_ms(20);
    }
    cr_expect_eq(access(in_folder("verklaring-van-vernietiging-" ROUND ".txt"), R_OK), 0);
    end();
}

/* ---- holds ---- */

struct holding {
    const char *subject;
    int32_t id;
    bool found;
};

static enum db_status hold_work(struct db_tx *tx, void *context)
{
    struct holding *holding = context;
    const struct hold_order order = {.subject = slice_from_cstr(holding->subject),
                                     .reason = SLICE("woo"),
                                     .note = SLICE("Verzoek 2027-14"),
                                     .actor = "beheerder"};
    return hold_place(&holding->id, tx, &order);
}

static enum db_status release_work(struct db_tx *tx, void *context)
{
    struct holding *holding = context;
    return hold_release(&holding->found, tx, holding->id, "beheerder");
}

static int32_t hold(const char *subject)
{
    struct holding holding = {.subject = subject};
    place_work(&place, DB_ROLE_STAFF, hold_work, &holding);
    return holding.id;
}

static bool release(int32_t id)
{
    struct holding holding = {.id = id};
    place_work(&place, DB_ROLE_STAFF, release_work, &holding);
    return holding.found;
}

Test(retention, a_hold_keeps_it_and_citizens_still_withdraw)
{
    static struct citizen citizen, other;
    begin();
    take_part(&citizen, "omdat");
    take_part(&other, "daarom");
    cr_expect_eq(hold("bestaat-niet"), 0);
    int32_t of_round = hold(ROUND), of_all = hold("klein");
    cr_assert(of_round > 0 && of_all > 0);
    make_due();
    struct told told = destroy();
    cr_expect_eq(told.held, 1);
    cr_expect_eq(told.done, 0);
    /* The database itself refuses. */
    cr_expect_str_eq(test_sql_error(place.owner, "SELECT zs.round_partition_drop(id) FROM zs.round"),
                     "23000");
    wait_for_status(port_of(app), "/gereed", 200, 5000);
    client_sleep_ms(2500); /* the instance has seen hold and date */
    citizen_withdraw(&citizen);
    expect_redirect(&citizen.reply, "/ontvangst");
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.response WHERE kind = 3"), 1);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.passage"), 1);
    cr_expect(release(of_round));
    cr_expect_not(release(of_round), "once");
    cr_expect_eq(destroy().held, 1, "the other one stands");
    cr_expect(release(of_all));
    cr_expect_eq(destroy().done, 1);
    cr_expect_eq(kept_of_round(), 0);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE action IN ('retention.hold', "
                                     "'retention.release-hold')"),
                 4);
    end();
}

struct drafts {
    int64_t now_s, due, erased;
};

static enum db_status drafts_work(struct db_tx *tx, void *context)
{
    struct drafts *d = context;
    const enum db_status status = drafts_due(&d->due, tx, d->now_s);
    return status == DB_OK ? drafts_expire(&d->erased, tx, d->now_s, 10) : status;
}

Test(retention, a_hold_keeps_what_was_not_sent_too)
{
    static struct citizen citizen;
    struct drafts drafts = {.now_s = clock_now() + (int64_t)91 * DAY_S};
    begin();
    citizen_init(&citizen, port_of(app));
    citizen_begin(&citizen, ROUND, "volledig", "");
    const int32_t of_round = hold(ROUND);
    place_work(&place, DB_ROLE_INTAKE, drafts_work, &drafts);
    cr_expect_eq(drafts.due, 0);
    cr_expect_eq(drafts.erased, 0);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.draft"), 1);
    cr_expect(release(of_round));
    place_work(&place, DB_ROLE_INTAKE, drafts_work, &drafts);
    cr_expect_eq(drafts.due, 1);
    cr_expect_eq(drafts.erased, 1);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.draft"), 0);
    end();
}

Test(retention, a_hold_ends_with_its_last_day)
{
    static struct citizen citizen;
    begin();
    take_part(&citizen, "omdat");
    hold(ROUND);
    make_due();
    test_sql(place.owner, "UPDATE zs.retention_hold SET until_date = (now() AT TIME ZONE 'UTC')::date");
    cr_expect_eq(destroy().held, 1);
    test_sql(place.owner, "UPDATE zs.retention_hold SET until_date = (now() AT TIME ZONE 'UTC')::date - 1");
    cr_expect_eq(destroy().done, 1);
    end();
}

/* ---- staff who help by telephone ---- */

struct helping {
    struct survey *survey;
    struct slice typed;
    struct help_view view;
    bool found;
};

static const struct account_grant everywhere = {ROLE_BEHEERDER, EVERY_CONSULTATION};
static const struct account_caller helper = {
    .account_id = 1, .label = "j.jansen", .grants = &everywhere, .grant_count = 1};

static enum db_status help_read(struct db_tx *tx, void *context)
{
    struct helping *h = context;
    return survey_help_read(&h->view, tx, place.arena, h->survey, h->typed, &helper, "web");
}

static enum db_status help_withdraw(struct db_tx *tx, void *context)
{
    struct helping *h = context;
    return survey_help_withdraw(&h->found, tx, place.arena, h->survey, h->typed, &helper, "web");
}

Test(retention, staff_reads_back_and_withdraws_by_the_code_that_a_citizen_says)
{
    static struct citizen citizen;
    begin();
    take_part(&citizen, "een+eigen+reden");
    const struct web_config pages = {.templates = embedded_templates,
                                     .locales = embedded_locales,
                                     .assets = embedded_assets,
                                     .organisation = ""};
    struct web *web = web_create(&pages);
    const struct survey_config config = {
        .keys = place.keys, .web = web, .public_url = "", .now_s = clock_now};
    struct helping h = {.survey = survey_create(&config), .typed = slice_from_cstr(citizen_code(&citizen))};
    struct db_conn *conn = place_connection(&place);
    cr_assert_eq(survey_refresh(h.survey, conn), DB_OK);
    cr_assert_eq(db_transaction(conn, "help", DB_ROLE_INTAKE, help_read, &h), DB_OK);
    cr_expect_eq(h.view.standing, HELP_STANDS);
    cr_expect_str_eq(h.view.round, ROUND);
    char *shown = json_dumps(h.view.sections, 0);
    cr_expect(strstr(shown, "een eigen reden"), "%s", shown);
    free(shown);
    cr_assert_eq(db_transaction(conn, "help", DB_ROLE_INTAKE, help_withdraw, &h), DB_OK);
    cr_expect(h.found);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.passage"), 0);
    cr_assert_eq(db_transaction(conn, "help", DB_ROLE_INTAKE, help_read, &h), DB_OK);
    cr_expect_eq(h.view.standing, HELP_WITHDRAWN);
    h.typed = SLICE("0000-0000-0000-0000");
    cr_assert_eq(db_transaction(conn, "help", DB_ROLE_INTAKE, help_read, &h), DB_OK);
    cr_expect_eq(h.view.standing, HELP_UNKNOWN);
    cr_assert_eq(db_transaction(conn, "help", DB_ROLE_INTAKE, help_withdraw, &h), DB_OK);
    cr_expect_not(h.found);
    /* That it was done, never what: five lines, two of them refused, and no code in any. */
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event WHERE actor = 'j.jansen'"), 5);
    cr_expect_eq(
        place_count(&place,
                    "SELECT count(*) FROM zs.audit_event WHERE actor = 'j.jansen' AND result = 'refused'"),
        2);
    cr_expect_eq(place_count(&place, "SELECT count(*) FROM zs.audit_event AS a WHERE a::text LIKE '%reden%' "
                                     "OR a::text LIKE '%0000-%'"),
                 0);
    survey_destroy(h.survey);
    web_destroy(web);
    end();
}

/* ---- a backup comes back ---- */

__attribute__((format(printf, 1, 2))) static void shell(const char *format, ...)
{
    char command[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(command, sizeof command, format, args);
    va_end(args);
    cr_assert_eq(system(command), 0, "%s", command);
}

static struct erasure_report write_ledger(const char *path)
{
    struct erasure_report report;
    erasures_write(&report, place_connection(&place), place.keys, path);
    return report;
}

static bool may_serve(void)
{
    struct app *tried = app_create(&place.config);
    cr_assert_not_null(tried);
    app_set_clock(tried, clock_now);
    bool may = app_check_database(tried, 10);
    app_destroy(tried);
    return may;
}

static struct erasure_report replay(const char *path, bool torn)
{
    struct erasure_report report;
    erasures_replay(&report, place_connection(&place), place.keys, path, torn, "beheerder", NULL);
    return report;
}

Test(retention, what_was_withdrawn_after_the_backup_is_erased_again_before_serving)
{
    static struct citizen before, after, stays, redacted;
    struct test_database restored;
    char ledger[128], dump[128];
    begin();
    snprintf(ledger, sizeof ledger, "%s", in_folder("ledger"));
    snprintf(dump, sizeof dump, "%s", in_folder("dump"));
    place.config.retention.ledger_file = ledger;
    take_part(&before, "ingetrokken na de kopie");
    take_part(&stays, "blijft");
    take_part(&redacted, "Bel 06-12345678.");
    shell("pg_dump -Fc -d '%s' -f %s", place.owner, dump);
    citizen_withdraw(&before);
    take_part(&after, "kwam na de kopie");
    citizen_withdraw(&after);
    test_sql(place.owner, "SELECT zs.passage_redact(id, 'Bel [telefoonnummer].', '{4}', '{11}', '{17}', "
                          "'{telefoon}') FROM zs.passage WHERE body LIKE 'Bel%'");
    struct erasure_report report = write_ledger(ledger);
    cr_expect_eq(report.outcome, ERASURE_OK);
    cr_expect_eq(report.added, 3);
    cr_expect_eq(write_ledger(ledger).added, 0, "once");
    cr_expect(may_serve(), "this database is level");
    app_down(app);
    app = NULL;

    test_database_create(&restored, false);
    shell("pg_restore --exit-on-error -d '%s' %s", restored.owner, dump);
    place.config.database.url = restored.service;
    cr_expect_eq(test_sql_number(restored.owner, "SELECT count(*) FROM zs.passage"), 3,
                 "the backup brought the texts back");
    cr_expect_not(may_serve(), "behind the ledger");
    report = replay(ledger, false);
    cr_expect_eq(report.outcome, ERASURE_OK);
    cr_expect_eq(report.responses, 2);
    cr_expect_eq(report.behind, 0);
    cr_expect_eq(test_sql_number(restored.owner, "SELECT count(*) FROM zs.passage"), 1);
    cr_expect_eq(test_sql_number(restored.owner, "SELECT count(*) FROM zs.passage WHERE body = 'blijft'"), 1);
    cr_expect_eq(
        test_sql_number(restored.owner, "SELECT count(*) FROM zs.response WHERE answers IS NOT NULL"), 2,
        "of who was redacted the text alone is gone");
    cr_expect_eq(replay(ledger, false).responses, 0, "again: nothing is left to do");
    cr_expect_eq(test_sql_number(restored.owner,
                                 "SELECT count(*) FROM zs.audit_event WHERE action = 'retention.replay'"),
                 2);
    cr_expect(may_serve());

    app = app_up(&place);
    before.port = port_of(app);
    stays.port = port_of(app);
    citizen_get(&before, "/ontvangst");
    expect_status(&before.reply, 200);
    expect_silent(&before.reply, "ingetrokken na de kopie");
    citizen_get(&stays, "/ontvangst");
    expect_says(&stays.reply, "blijft");
    /* What is withdrawn now goes on the same ledger. */
    citizen_withdraw(&stays);
    cr_expect_eq(write_ledger(ledger).added, 1);
    app_down(app);
    app = NULL;
    test_database_drop(&restored);
    end();
}

Test(retention, a_destroyed_round_that_came_back_is_destroyed_again)
{
    static struct citizen citizen;
    struct test_database restored;
    char ledger[128], dump[128];
    begin();
    snprintf(ledger, sizeof ledger, "%s", in_folder("ledger"));
    snprintf(dump, sizeof dump, "%s", in_folder("dump"));
    place.config.retention.ledger_file = ledger;
    take_part(&citizen, "omdat");
    app_down(app); /* at the turn of an hour it would destroy the round itself */
    app = NULL;
    make_due();
    shell("pg_dump -Fc -d '%s' -f %s", place.owner, dump);
    cr_assert_eq(destroy().done, 1);
    cr_assert_eq(write_ledger(ledger).added, 1);
    test_database_create(&restored, false);
    shell("pg_restore --exit-on-error -d '%s' %s", restored.owner, dump);
    place.config.database.url = restored.service;
    cr_expect_not(may_serve());
    cr_expect_eq(replay(ledger, false).rounds, 1);
    cr_expect_eq(test_sql_number(restored.owner, "SELECT count(*) FROM zs.passage"), 0);
    cr_expect(may_serve());
    test_database_drop(&restored);
    end();
}

Test(retention, a_ledger_that_was_changed_or_torn_is_not_taken_for_whole)
{
    static struct citizen citizen;
    char ledger[128];
    begin();
    snprintf(ledger, sizeof ledger, "%s", in_folder("ledger"));
    place.config.retention.ledger_file = ledger;
    take_part(&citizen, "omdat");
    citizen_withdraw(&citizen);
    cr_assert_eq(write_ledger(ledger).added, 1);
    shell("cp %s %s.whole", ledger, ledger);
    shell("truncate -s -5 %s", ledger);
    cr_expect_eq(replay(ledger, false).outcome, ERASURE_TORN);
    cr_expect_eq(replay(ledger, true).outcome, ERASURE_OK);
    cr_expect_eq(write_ledger(ledger).outcome, ERASURE_OK, "mended");
    cr_expect_eq(replay(ledger, false).outcome, ERASURE_OK);
    shell("sed -i s/withdrawn/destroyed/ %s", ledger);
    cr_expect_eq(replay(ledger, true).outcome, ERASURE_CHANGED);
    cr_expect_eq(write_ledger(ledger).outcome, ERASURE_CHANGED, "nothing is added to what somebody changed");
    cr_expect_not(may_serve());
    cr_expect_eq(replay("/tmp/no-such-ledger", false).outcome, ERASURE_MISSING);
    end();
}

/* ---- what people are told beforehand ---- */

Test(retention, the_privacy_page_says_from_which_day_on)
{
    static struct citizen citizen;
    begin();
    citizen_init(&citizen, port_of(app));
    citizen_get(&citizen, "/privacy");
    expect_says(&citizen.reply, "vanaf 1 januari 2028 wissen wij alle antwoorden.");
    expect_says(&citizen.reply, "fg@voorbeeld.nl");
    end();
}

/* A round that is planned is told of where the last one closed; the API tells of what kind a round is. */
Test(retention, the_next_round_is_announced_when_none_is_open)
{
    static struct citizen citizen;
    static struct client_reply reply;
    begin();
    test_sql(
        place.owner,
        "UPDATE zs.round SET status = 'closed', document = document || '{\"kind\": \"puls\"}' WHERE status = "
        "'open';"
        "INSERT INTO zs.round (code, consultation, questionnaire_version, opens_at, closes_at, "
        "destruction_date)"
        " SELECT 'klein-volgende', consultation, questionnaire_version, '2027-09-01T10:00:00Z', '2027-10-01',"
        " '2028-10-01' FROM zs.round WHERE code = '" ROUND "'");
    citizen_init(&citizen, port_of(app));
    for (int waited = 0; waited < 5000; waited += 100) {
        citizen_get(&citizen, "/");
        if (strstr(citizen.reply.body, "volgende ronde")) {
            break;
        }
        client_sleep_ms(100);
    }
    expect_says(&citizen.reply, "De volgende ronde begint op 1 september 2027.");
    api_call(&reply, port_of(app), "", "GET", "/v1/rondes/" ROUND, "", NULL);
    json_t *body = reply_json(&reply);
    cr_expect_str_eq(json_string_value(json_object_get(body, "soort")), "puls");
    json_decref(body);
    end();
}

/* Each part of the notice, taken out by itself, is missed by its pointer. */
Test(retention, a_consultation_without_its_notice_is_no_consultation)
{
    static const char *const members[] = {"purpose",   "legal_basis", "controller", "data_protection_officer",
                                          "retention", "rights",      "complaint"};
    struct locales *locales = locales_load(embedded_locales);
    json_t *original = json_load_file(SMALL_CONSULTATION, 0, NULL);
    const char *path = "tests/app/fixtures/.retention-check.json";
    cr_assert(crypto_start() && locales && original);
    for (size_t i = 0; i <= sizeof members / sizeof members[0]; i++) {
        struct arena *arena = arena_create((size_t)64 * 1024 * 1024);
        struct json_errors errors;
        struct consultation_bundle bundle;
        char pointer[160];
        json_t *document = json_deep_copy(original);
        bool whole = i == sizeof members / sizeof members[0];
        if (whole) {
            json_object_set_new(json_object_get(document, "data_protection_officer"), "nl",
                                json_string("Er is een functionaris."));
        } else {
            json_object_del(document, members[i]);
        }
        cr_assert_eq(json_dump_file(document, path, 0), 0);
        json_errors_init(&errors, arena);
        cr_expect_not(consultation_bundle_read(&bundle, &errors, arena, path, locales));
        snprintf(pointer, sizeof pointer, "%s#/%s", path, whole ? "data_protection_officer/nl" : members[i]);
        cr_assert_eq(errors.count, 1, "%s: %zu", pointer, errors.count);
        cr_expect_str_eq(errors.items[0].pointer, pointer);
        json_decref(document);
        arena_destroy(arena);
    }
    unlink(path);
    json_decref(original);
    locales_free(locales);
}
