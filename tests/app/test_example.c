/* The example of invented data in a database: by the ways of real data, once, and in nothing that is real. */
#include "app/example_scene.h"
#include "app/one_citizen.h"
#include "app/staff.h"
#include "features/coding/coding.h"
#include "features/coding/coding_book_version.h"
#include "features/coding/coding_measure.h"
#include "features/coding/coding_project.h"
#include "features/tafel/tafel.h"
#include "unit/formats/qda_support.h"

#include <zip.h>

TestSuite(example, .fini = leaks_check, .timeout = 110);

static enum example_outcome load(void)
{
    return example_scene_load(&place, (struct example_size){.people = 240, .interviews = 8, .groups = 2});
}

static int64_t count(const char *sql)
{
    return place_count(&place, sql);
}

Test(example, is_loaded_in_all_three_methods_and_not_twice)
{
    begin();
    cr_assert_eq(load(), EXAMPLE_LOADED);
    cr_expect_eq(count("SELECT count(*) FROM zs.response"), 240);
    cr_expect_eq(count("SELECT count(*) FROM zs.conversation"), 10);
    cr_expect_eq(count("SELECT count(*) FROM zs.participant WHERE standing = 'gekomen'"), 8 + 2 * 7);
    cr_expect_eq(count("SELECT count(*) FROM zs.coding_task WHERE done_at IS NULL"), 0);
    cr_expect_gt(count("SELECT count(*) FROM zs.coding WHERE ended_at IS NULL AND method = 'enquete'"), 10);
    cr_expect_gt(count("SELECT count(*) FROM zs.coding WHERE ended_at IS NULL AND method = 'focusgroep'"),
                 100);
    cr_expect_gt(count("SELECT count(*) FROM zs.adjudication"), 5);
    /* Who withdrew left nothing: no text that can be read, no coding. */
    cr_expect_eq(count("SELECT count(*) FROM zs.participant WHERE withdrawn_day IS NOT NULL"), 2);
    cr_expect_eq(
        count("SELECT count(*) FROM zs.coding AS c JOIN zs.participant AS p ON p.id = c.participant_id"
              " WHERE p.withdrawn_day IS NOT NULL AND c.ended_at IS NULL"),
        0);
    /* Its coders have no password: none was handed out that somebody should use. */
    cr_expect_eq(count("SELECT count(*) FROM zs.account WHERE name LIKE 'voorbeeld%'"), 3);
    cr_expect_eq(count("SELECT count(*) FROM zs.account_password"), 0);
    /* Planned, with more people than are needed, and brought as people bring texts. */
    cr_expect_eq(count("SELECT count(*) FROM zs.conversation WHERE segment_id IS NULL"), 0);
    cr_expect_eq(count("SELECT sum(s.participants) FROM zs.composition_segment AS s"), 8 + 2 * 7);
    cr_expect_eq(
        count("SELECT count(*) FROM zs.composition_plan WHERE mix_reason <> '' AND (kind = 'interview' OR "
              "over_recruit > 0)"),
        2);
    cr_expect_eq(
        count("SELECT count(DISTINCT format) FROM zs.transcript_version WHERE format IN ('vtt', 'srt', "
              "'txt', 'odt', 'docx')"),
        5);
    /* Nobody's data but what was made up. */
    cr_expect_eq(
        count("SELECT count(*) FROM zs.round WHERE code LIKE 'voorbeeld-verzonnen-_' AND status = 'closed'"),
        2);
    const int64_t codings = count("SELECT count(*) FROM zs.coding");
    cr_assert_eq(load(), EXAMPLE_LOADED);
    cr_expect_eq(count("SELECT count(*) FROM zs.response"), 240);
    cr_expect_eq(count("SELECT count(*) FROM zs.conversation"), 10);
    cr_expect_eq(count("SELECT count(*) FROM zs.coding"), codings);
    end();
}

static enum db_status meet(struct db_tx *tx, void *made)
{
    return tafel_example_load(made, tx, clock_now());
}

Test(example, shows_the_table_at_work_and_not_twice)
{
    bool made = false;
    begin();
    test_sql(place.owner,
             "INSERT INTO zs.consultation (code, document) VALUES ('voorbeeld-verzonnen', '{}')");
    place_work(&place, DB_ROLE_STAFF, meet, &made);
    cr_assert(made);
    cr_expect_eq(count("SELECT count(*) FROM zs.tafel_member"), 6);
    cr_expect_eq(count("SELECT count(*) FROM zs.meeting_item WHERE decision IS NOT NULL AND members = 5 AND "
                       "sides = 4"),
                 4);
    cr_expect_eq(count("SELECT count(DISTINCT state) FROM zs.signal"), 3, "one of each decision");
    cr_expect_eq(count("SELECT count(*) FROM zs.signal_step WHERE ground = 'overleg' AND meeting_item_id IS "
                       "NOT NULL"),
                 2);
    citizen_get(&citizen, "/besluitenlijsten/1");
    expect_says(&citizen.reply, "besproken: de tafel geeft dit door");
    expect_silent(&citizen.reply, "Verzonnen lid");
    /* A sheet with two versions, which rest on a mandate and on that meeting. */
    cr_expect_eq(count("SELECT count(DISTINCT ground) FROM zs.framework_version WHERE state = 'vastgesteld'"),
                 2);
    citizen_get(&citizen, "/afwegingskaders/kweekvlees?consultatie=voorbeeld-verzonnen");
    expect_says(&citizen.reply, "De tafel stelt dit vast. Een etiket en hulp voor boeren zijn nodig.");
    citizen_get(&citizen,
                "/afwegingskaders/kweekvlees/vergelijken?consultatie=voorbeeld-verzonnen&van=1&naar=2");
    expect_says(&citizen.reply, "Boeren verliezen werk.");
    place_work(&place, DB_ROLE_STAFF, meet, &made);
    cr_expect_not(made);
    cr_expect_eq(count("SELECT count(*) FROM zs.tafel_table"), 1);
    end();
}

/* ---- to other programs ---- */

struct taking_out {
    struct arena *arena;
    struct buffer csv;
    struct qda_project project;
    struct coding_left_out left_out;
};

static bool gather(const void *bytes, size_t size, void *self)
{
    buffer_append(self, (struct slice){bytes, size});
    return !buffer_failed(self);
}

static enum db_status take_out(struct db_tx *tx, void *context)
{
    struct taking_out *out = context;
    struct codebook_version version;
    const struct codebook *book;
    const struct survey_round round = {
        .id = (int32_t)count("SELECT id FROM zs.round WHERE code = 'voorbeeld-verzonnen-2'"),
        .consultation = "voorbeeld-verzonnen",
        .invented = true};
    enum db_status status = codebook_get(
        &book, &version, tx, out->arena,
        (int32_t)count("SELECT book_version FROM zs.coding_plan ORDER BY round_id DESC LIMIT 1"));
    cr_assert_eq(status, DB_OK);
    bool failed;
    size_t rows, waiting;
    buffer_init(&out->csv, 32 << 20);
    status = coding_csv_write(&failed, &rows, &waiting, tx, place.keys, &round,
                              (struct coding_csv){.write = gather, .self = &out->csv});
    cr_assert_eq(status, DB_OK);
    cr_expect_gt(rows, 100);
    return coding_project_load(&out->project, &out->left_out, tx, place.keys, out->arena, &round, book);
}

/* The project in a file. */
static struct slice project_xml(struct arena *arena, struct slice file)
{
    zip_error_t error;
    zip_stat_t stat;
    zip_source_t *source = zip_source_buffer_create(file.ptr, file.len, 0, &error);
    zip_t *zip = zip_open_from_source(source, ZIP_RDONLY, &error);
    cr_assert_not_null(zip);
    cr_assert_eq(zip_stat(zip, "project.qde", 0, &stat), 0);
    char *text = arena_alloc(arena, stat.size + 1);
    zip_file_t *member = zip_fopen(zip, "project.qde", 0);
    cr_assert_eq(zip_fread(member, text, stat.size), (zip_int64_t)stat.size);
    zip_fclose(member);
    zip_discard(zip);
    return (struct slice){text, stat.size};
}

Test(example, of_a_coded_round_is_a_project_that_holds_against_the_schema)
{
    struct taking_out out = {.arena = arena_create(QDA_ARENA_MAX)};
    struct buffer file;
    begin();
    cr_assert_eq(load(), EXAMPLE_LOADED);
    place_work(&place, DB_ROLE_STAFF, take_out, &out);
    cr_expect_gt(out.project.source_count, 10);
    cr_expect_gt(out.left_out.turns, 0, "not everybody lets what they said be archived");
    /* Of invented data everything says so. */
    cr_expect(slice_starts_with(out.project.description, SLICE("Verzonnen gegevens.")));
    struct slice lines = buffer_slice(&out.csv), line;
    for (bool more = true, first = true; more && lines.len > 0; first = false) {
        more = slice_cut(&line, &lines, lines, '\n');
        const struct slice end = first ? SLICE(",ingehouden,onder_de_grens,verzonnen\r") : SLICE(",ja\r");
        /* A text of two lines is within quotes. */
        const bool whole = line.len > 0 && line.ptr[line.len - 1] == '\r';
        cr_expect(!whole || slice_equal((struct slice){line.ptr + line.len - end.len, end.len}, end), "%.*s",
                  SLICE_ARG(line));
    }
    buffer_free(&out.csv);
    write_project(&file, &out.project);
    const struct slice xml = project_xml(out.arena, buffer_slice(&file));
    cr_expect_gt(xml.len, 10000);
    cr_expect(schema_holds("Project.xsd", xml));
    buffer_free(&file);
    write_codebook(&file, &out.project);
    cr_expect(schema_holds("Codebook.xsd", buffer_slice(&file)));
    buffer_free(&file);
    arena_destroy(out.arena);
    end();
}

static int64_t people_found(struct staff *staff, const char *query)
{
    char address[300];
    snprintf(address, sizeof address, "/beheer/codering/voorbeeld-verzonnen-2/terugvinden?%s", query);
    staff_get(staff, address);
    expect_status(&staff->reply, 200);
    const char *at = strstr(staff->reply.body, "Mensen: <strong>");
    cr_assert_not_null(at, "%s", query);
    return strtoll(at + strlen("Mensen: <strong>"), NULL, 10);
}

#define VOICES  "/beheer/codering/voorbeeld-verzonnen-2/stemmen"
#define GROUP_1 "(SELECT id FROM zs.conversation WHERE code = 'voorbeeld-verzonnen-2-focusgroep-1')"

/* By how much each said; and about which values somebody was for and another against. */
static void expect_balance(struct staff *staff)
{
    static char share[300], silent[300];
    const char *last = "(SELECT max(participant_id) FROM zs.participant_open WHERE is_open AND "
                       "conversation_id = " GROUP_1 ")";
    char sql[1200];
    snprintf(
        sql, sizeof sql,
        "SELECT p.pseudonym || ': ' || round(100.0 * sum(length(e.body)) FILTER (WHERE e.participant_id "
        "= p.id) / sum(length(e.body))) || '%%' FROM zs.participant AS p JOIN zs.evidence AS e ON "
        "e.conversation_id = p.conversation_id AND e.kind = 'uitspraak' AND e.participant_id IS NOT NULL "
        "WHERE p.id = %s GROUP BY p.pseudonym",
        last);
    snprintf(share, sizeof share, "%s", test_sql_text(place.owner, sql));
    staff_get(staff, VOICES);
    expect_status(&staff->reply, 200);
    expect_says(&staff->reply, share);
    expect_says(&staff->reply, "Verdeeld over");
    expect_silent(&staff->reply, "}}");
    test_sql(place.owner, "UPDATE zs.coding_plan SET bar = 1");
    staff_get(staff, VOICES);
    expect_says(&staff->reply, "</span> <strong>Onder de grens.</strong></div>");
    test_sql(place.owner, "UPDATE zs.coding SET direction = NULL WHERE conversation_id = " GROUP_1
                          " AND ended_at IS NULL");
    staff_get(staff, VOICES);
    expect_says(&staff->reply, "<td class=\"utrecht-table__cell\">niets</td>");
    /* Who withdrew did not say nothing: they are not counted. */
    snprintf(sql, sizeof sql, "SELECT zs.participant_withdraw(%s, 'a')", last);
    snprintf(silent, sizeof silent, "%s",
             test_sql_text(place.owner, "SELECT format('focusgroep-1</th><td class=\"utrecht-table__cell\">%s"
                                        "</td><td class=\"utrecht-table__cell\">0</td>', count(*) - 1) FROM "
                                        "zs.participant_open WHERE is_open AND conversation_id = " GROUP_1));
    test_sql(place.owner, sql);
    staff_get(staff, VOICES);
    expect_silent(&staff->reply, share);
    expect_says(&staff->reply, silent);
}

/* By band of age, or by two of them at once, as "women over 65" is. */
Test(example, finds_again_what_people_of_several_ages_said)
{
    static struct staff staff;
    begin();
    cr_assert_eq(load(), EXAMPLE_LOADED);
    app_down(app);
    app = app_up(&place);
    staff_of(&staff, &place, app, "onno", ROLE_ONDERZOEKER, NULL);
    for (int i = 0; i < 2; i++) {
        char query[200];
        const char *method = i == 0 ? "" : "&methode=focusgroep";
        int64_t apart = 0;
        for (int band = 0; band < 2; band++) {
            snprintf(query, sizeof query, "groep=gender:vrouw&groep2=leeftijd:%s%s",
                     band == 0 ? "65-74" : "75-plus", method);
            apart += people_found(&staff, query);
        }
        snprintf(query, sizeof query, "groep=leeftijd:65-74&groep2=gender:vrouw&groep3=leeftijd:75-plus%s",
                 method);
        cr_expect_eq(people_found(&staff, query), apart, "%s", query);
        cr_expect(i == 1 || apart > 1, "somebody is of these");
    }
    expect_balance(&staff);
    end();
}

Test(example, comes_in_no_consultation_that_is_real)
{
    begin();
    test_sql(place.owner,
             "INSERT INTO zs.consultation (code, document) VALUES ('voorbeeld-verzonnen', '{}')");
    cr_expect_eq(load(), EXAMPLE_REAL);
    cr_expect_eq(count("SELECT count(*) FROM zs.response"), 0);
    cr_expect_eq(count("SELECT count(*) FROM zs.round WHERE consultation = 'voorbeeld-verzonnen'"), 0);
    end();
}

/* ---- what is measured ---- */

static int32_t measured_round;

static enum db_status measure(struct db_tx *tx, void *passages)
{
    struct coding_measure measured;
    const enum db_status status = coding_measure_round(&measured, tx, measured_round, 0.8, 10);
    *(int64_t *)passages = measured.any ? (int64_t)measured.passages : 0;
    return status;
}

static int64_t passages_measured(void)
{
    int64_t passages = -1;
    place_work(&place, DB_ROLE_STAFF, measure, &passages);
    return passages;
}

/* Agreement reads texts by a way of its own, since the view is slow for so many: it must find the same. */
#define CODED_TWICE                                                                                          \
    "SELECT count(*) FROM zs.evidence AS e WHERE (SELECT count(*) FROM zs.coding_task AS t WHERE "           \
    "t.passage_id = e.id AND t.done_at IS NOT NULL) > 1 AND e.round_id = "                                   \
    "(SELECT max(round_id) FROM zs.conversation)"

Test(example, has_agreement_measured_over_the_texts_that_stand)
{
    begin();
    cr_assert_eq(load(), EXAMPLE_LOADED);
    measured_round = (int32_t)count("SELECT max(round_id) FROM zs.conversation");
    const int64_t all = passages_measured();
    cr_expect_gt(all, 100);
    cr_expect_eq(all, count(CODED_TWICE));
    /* Somebody does not agree any more; words of another are destroyed; a transcript has a newer version. */
    test_sql(
        place.owner,
        "INSERT INTO zs.consent (participant_id, form_version, given_day, manner, by_parent, takes_part, "
        "recording, quotes, archive, contact, noted_by) SELECT min(participant_id), '1', '2027-01-16', "
        "'papier', false, false, false, false, false, false, 'x' FROM zs.evidence AS e JOIN "
        "zs.coding_task AS t ON t.passage_id = e.id AND t.position > 1");
    const int64_t fewer = passages_measured();
    cr_expect_lt(fewer, all);
    cr_expect_eq(fewer, count(CODED_TWICE));
    test_sql(
        place.owner,
        "UPDATE zs.turn SET body = NULL, destroyed_day = '2027-01-16', destroyed_reason = 'geredigeerd' "
        "WHERE id "
        "= (SELECT max(e.id) FROM zs.evidence AS e JOIN "
        "zs.coding_task AS t ON t.passage_id = e.id AND t.position > 1 WHERE e.conversation_id IS NOT NULL)");
    cr_expect_eq(passages_measured(), fewer - 1);
    cr_expect_eq(count(CODED_TWICE), fewer - 1);
    test_sql(place.owner,
             "UPDATE zs.transcript_version SET is_current = false WHERE conversation_id = (SELECT "
             "min(e.conversation_id) FROM zs.evidence AS e JOIN zs.coding_task AS t ON t.passage_id = e.id "
             "AND t.position > 1)");
    const int64_t fewest = passages_measured();
    cr_expect_lt(fewest, fewer - 1);
    cr_expect_eq(fewest, count(CODED_TWICE));
    end();
}
