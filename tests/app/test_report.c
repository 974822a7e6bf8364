/* Reports: written, approved by somebody else, signed, made public, proven; and what may go wrong between. */
#include "app/example_scene.h"
#include "app/release_scene.h"
#include "app/staff.h"
#include "base/embedded.h"
#include "features/report/report.h"
#include "features/tafel/tafel.h"
#include "json/decode.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

TestSuite(report, .fini = leaks_check, .timeout = 110);

#define REPORTS "/beheer/rapporten"

static struct release_scene scene;
static struct app *app;
static struct staff writer, approver;
static struct citizen citizen;

static void begin(void)
{
    release_scene_make(&scene, RELEASE_CONSULTATION, PUBLIC_ROUND);
    people_add_random(&scene, 500);
    scene_release_now(&scene);
    app = app_up(&scene.place);
    staff_of(&writer, &scene.place, app, "sanne", ROLE_SECRETARIS, NULL);
    staff_of(&approver, &scene.place, app, "piet", ROLE_SECRETARIS, NULL);
    citizen_init(&citizen, port_of(app));
    citizen_get(&citizen, "/v1/consultaties/uitgave/tabellen?variabele=keus");
    expect_status(&citizen.reply, 200);
}

static void end(void)
{
    app_down(app);
    release_scene_remove(&scene);
}

/* Posts the fields to the form at `at`, with the revision that it shows. */
static void post(struct staff *staff, const char *at, const char *fields, int status)
{
    char all[2048];
    staff_get(staff, at);
    expect_status(&staff->reply, 200);
    snprintf(all, sizeof all, "%s&gelezen=%s", fields, staff_hidden(staff, "gelezen"));
    staff_post(staff, at, at, all);
    cr_assert_eq(staff->reply.status, status, "%s %s: %d %s", at, fields, staff->reply.status,
                 staff->reply.body);
}

#define BEGUN   "soort=ronde&ronde=" PUBLIC_ROUND "&titel=Wat+wij+hoorden"
#define TEXTS   "titel=Wat+wij+hoorden&samenvatting=Kort+en+goed.&summary=In+short.&over_cijfers=Let+op."
#define FORWARD "naar=voorgelegd"

/* Report 1, approved. */
static void approve_one(void)
{
    post(&writer, REPORTS "/nieuw", BEGUN, 303);
    post(&writer, REPORTS "/1/teksten", TEXTS, 303);
    post(&writer, REPORTS "/1/stap", FORWARD, 303);
    post(&approver, REPORTS "/1/stap", "naar=goedgekeurd", 303);
}

static void publish_one(void)
{
    approve_one();
    post(&writer, REPORTS "/1/stap", "naar=gepubliceerd&zeker=ja", 303);
}

/* What was made public, in the place's arena. */
static struct report_signed kept;
static int32_t kept_number = 1;
static enum db_status read_kept(struct db_tx *tx, void *context)
{
    struct arena *arena = context;
    const enum db_status status = report_published(&kept, tx, kept_number);
    kept.document = arena_copy(arena, kept.document);
    kept.signature = arena_copy(arena, kept.signature);
    kept.key = arena_copy(arena, kept.key);
    kept.sha256 = arena_copy(arena, kept.sha256);
    return status;
}

static json_t *kept_document(void)
{
    place_work(&scene.place, DB_ROLE_RESULTS, read_kept, scene.place.arena);
    json_t *document = json_loadb(kept.document.ptr, kept.document.len, 0, NULL);
    cr_assert_not_null(document);
    return document;
}

static enum report_genuine check(struct slice bytes, const unsigned char *key)
{
    json_t *document;
    const enum report_genuine verdict =
        report_check(&document, bytes, (const unsigned char *)kept.signature.ptr, key);
    json_decref(document);
    return verdict;
}

Test(report, comes_from_a_draft_to_everybody_by_two_people)
{
    begin();
    post(&writer, REPORTS "/nieuw", "soort=ronde&titel=x", 400);
    expect_says(&writer.reply, "Kies een ronde.");
    post(&writer, REPORTS "/nieuw", "soort=jaar&titel=x", 400);
    post(&writer, REPORTS "/nieuw", "soort=ronde&ronde=uitgave-proef&titel=x", 400);
    post(&writer, REPORTS "/nieuw", BEGUN, 303);
    expect_redirect(&writer.reply, REPORTS "/1");
    post(&writer, REPORTS "/1/stap", FORWARD, 400);
    expect_says(&writer.reply, "Schrijf eerst de samenvatting");
    post(&writer, REPORTS "/1/teksten", TEXTS "&citaten=12", 400);
    expect_says(&writer.reply, "Van 1 van deze passages");
    expect_says(&writer.reply, "Kort en goed.");
    post(&writer, REPORTS "/1/teksten", TEXTS "&citaten=een", 400);
    /* Who is second and makes a mistake too is told both. */
    staff_get(&writer, REPORTS "/1/teksten");
    staff_post(&writer, REPORTS "/1/teksten", REPORTS "/1/teksten", TEXTS "&citaten=een&gelezen=0");
    expect_status(&writer.reply, 400);
    expect_says(&writer.reply, "Iemand anders heeft dit intussen gewijzigd.");
    post(&writer, REPORTS "/1/teksten", TEXTS, 303);
    staff_get(&writer, REPORTS "/1/voorbeeld");
    expect_status(&writer.reply, 200);
    expect_says(&writer.reply, "Dit is een concept.");
    expect_says(&writer.reply, "Let op.");
    post(&writer, REPORTS "/1/stap", "naar=gepubliceerd&zeker=ja", 400);
    post(&writer, REPORTS "/1/stap", FORWARD, 303);
    post(&writer, REPORTS "/1/stap", "naar=goedgekeurd", 400);
    expect_says(&writer.reply, "Iemand anders moet het goedkeuren.");
    staff_post(&writer, REPORTS "/1/teksten", REPORTS "/1/teksten", TEXTS "&gelezen=1");
    expect_status(&writer.reply, 409);
    citizen_get(&citizen, "/rapporten");
    expect_says(&citizen.reply, "nog geen rapporten openbaar");
    citizen_get(&citizen, "/rapporten/1");
    expect_status(&citizen.reply, 404);
    post(&approver, REPORTS "/1/stap", "naar=concept", 400);
    post(&approver, REPORTS "/1/stap", "naar=concept&toelichting=Nog+niet", 303);
    post(&writer, REPORTS "/1/stap", FORWARD, 303);
    post(&approver, REPORTS "/1/stap", "naar=goedgekeurd", 303);
    /* It is asked for once more. */
    post(&writer, REPORTS "/1/stap", "naar=gepubliceerd", 200);
    expect_says(&writer.reply, "Wilt u dit rapport openbaar maken?");
    post(&writer, REPORTS "/1/stap", "naar=gepubliceerd&zeker=ja", 303);
    citizen_get(&citizen, "/rapporten");
    expect_says(&citizen.reply, "href=\"/rapporten/1\"");
    citizen_get(&citizen, "/rapporten/1");
    expect_status(&citizen.reply, 200);
    expect_says(&citizen.reply, "Kort en goed.");
    citizen_get(&citizen, "/rapporten/1?taal=en");
    expect_says(&citizen.reply, "In short.");
    expect_silent(&citizen.reply, "sanne");
    cr_expect_eq(place_count(&scene.place,
                             "SELECT count(*) FROM zs.audit_event WHERE object = 'report:1' AND "
                             "action IN ('report.begin', 'report.publish')"),
                 2);
    cr_expect_str_eq(test_sql_error(scene.place.owner, "UPDATE zs.report_document SET published_by = 'x'"),
                     "42501");
    end();
}

Test(report, is_genuine_to_the_byte)
{
    static struct client_reply reply;
    unsigned char key[CRYPTO_VERIFYING_KEY_BYTES], other[CRYPTO_VERIFYING_KEY_BYTES];
    begin();
    publish_one();
    json_t *document = kept_document();
    crypto_verifying_key(key, scene.place.keys);
    cr_expect_eq(check(kept.document, key), REPORT_GENUINE);
    api_call(&reply, port_of(app), NULL, "GET", "/v1/rapporten/1", "", NULL);
    expect_status(&reply, 200);
    cr_expect_eq(reply.body_len, kept.document.len);
    cr_expect(slice_starts_with(kept.document, slice_from_cstr(reply.body)));
    /* It is canonical: written again it is the same. */
    struct slice again;
    cr_assert(json_canonical_text(&again, scene.place.arena, document, REPORT_BYTES_MAX));
    cr_expect(slice_equal(again, kept.document));
    /* Any one byte. */
    char *bytes = arena_cstr(scene.place.arena, kept.document);
    for (size_t at = 0; at < kept.document.len; at += 1 + kept.document.len / 40) {
        bytes[at] ^= 1;
        const enum report_genuine verdict = check((struct slice){bytes, kept.document.len}, key);
        cr_expect(verdict == REPORT_ALTERED || verdict == REPORT_NO_REPORT, "byte %zu: %d", at, verdict);
        bytes[at] ^= 1;
    }
    /* Another key: of whoever signed it, whole; of nobody, altered. */
    unsigned char secret[CRYPTO_SECRET_BYTES] = {7};
    struct crypto_keys *theirs = crypto_keys_from_bytes(secret);
    struct report_signed forged;
    crypto_verifying_key(other, theirs);
    cr_expect_eq(check(kept.document, other), REPORT_OTHER_KEY);
    cr_assert(report_sign(&forged, scene.place.arena, theirs, document));
    kept.signature = forged.signature;
    cr_expect_eq(check(forged.document, key), REPORT_ALTERED, "it says that it is ours");
    /* Of a newer program. */
    json_object_set_new(document, "schemaVersie", json_integer(REPORT_SCHEMA + 1));
    cr_assert(report_sign(&forged, scene.place.arena, scene.place.keys, document));
    kept.signature = forged.signature;
    cr_expect_eq(check(forged.document, key), REPORT_NEWER);
    crypto_keys_free(theirs);
    json_decref(document);
    end();
}

static void prove(struct report_proof *proof, const json_t *document)
{
    cr_assert_eq(report_prove(proof, scene.place.arena, scene.conn, scene.results, scene.snapshot, document,
                              kept.document, clock_now()),
                 DB_OK);
}

static bool says(const char *const *list, size_t count, const char *words)
{
    bool found = false;
    for (size_t i = 0; i < count; i++) {
        found = found || strstr(list[i], words);
    }
    return found;
}

Test(report, is_proven_by_its_release_and_tells_apart_what_changed)
{
    struct report_proof proof;
    begin();
    publish_one();
    json_t *document = kept_document();
    prove(&proof, document);
    cr_expect_eq(proof.fault_count, 0, "%s", proof.faults[0]);
    cr_expect_eq(proof.change_count, 0, "%s", proof.changes[0]);
    cr_expect_gt(proof.tables, 50);
    cr_expect_eq(proof.releases, 1);
    /* A newer release, a withdrawn report. */
    people_add_random(&scene, 400);
    scene_release_now(&scene);
    post(&writer, REPORTS "/1/stap", "naar=ingetrokken&zeker=ja", 400);
    post(&writer, REPORTS "/1/stap", "naar=ingetrokken&toelichting=Een+fout+in+de+tekst&zeker=ja", 303);
    prove(&proof, document);
    cr_expect_eq(proof.fault_count, 0, "%s", proof.faults[0]);
    cr_expect(says(proof.changes, proof.change_count, "was superseded by release 2"));
    cr_expect(says(proof.changes, proof.change_count, "was withdrawn: Een fout in de tekst"));
    citizen_get(&citizen, "/rapporten/1");
    expect_says(&citizen.reply, "Een fout in de tekst");
    citizen_get(&citizen, "/v1/rapporten");
    expect_says(&citizen.reply, "\"stand\":\"ingetrokken\"");
    /* The protection became stricter: what it would hide is said, and no fault. */
    cr_assert_not_null(scene.results);
    results_destroy(scene.results);
    const struct results_config strict = {
        .keys = scene.place.keys, .survey = scene.survey, .threshold = 60, .now_s = clock_now};
    scene.results = results_create(&strict);
    prove(&proof, document);
    cr_expect_eq(proof.fault_count, 0, "%s", proof.faults[0]);
    cr_expect(says(proof.changes, proof.change_count, "would not be shown under the protection of now"));
    /* Figures that are none of the release, whoever signed them; a release that is stored otherwise. */
    json_t *part =
        json_array_get(report_at(report_section_of(document, "cijfers", PUBLIC_ROUND), "delen"), 0);
    json_t *table = json_array_get(json_object_get(part, "tabellen"), 3);
    json_object_set_new(json_array_get(json_object_get(table, "rijen"), 0), "basis", json_integer(12345));
    json_object_set_new(json_array_get(json_object_get(document, "uitgaven"), 0), "sha256",
                        json_string("0000"));
    results_destroy(scene.results);
    const struct results_config as_before = {
        .keys = scene.place.keys, .survey = scene.survey, .threshold = 10, .now_s = clock_now};
    scene.results = results_create(&as_before);
    prove(&proof, document);
    cr_expect(says(proof.faults, proof.fault_count, "1 tables are not as in the release"));
    cr_expect(says(proof.faults, proof.fault_count, "is not stored as the report names it"));
    json_decref(document);
    end();
}

/* Release 2, and the service knows it. */
static void release_again(void)
{
    people_add_random(&scene, 400);
    scene_release_now(&scene);
    for (int tries = 0; tries < 100; tries++) {
        citizen_get(&citizen, "/v1/consultaties/uitgave/tabellen?variabele=keus");
        if (strstr(citizen.reply.body, "\"uitgave\":2")) {
            break;
        }
        usleep(100 * 1000);
    }
}

/* Who approved has read the figures of another release. */
Test(report, is_not_made_public_with_figures_that_nobody_approved)
{
    begin();
    approve_one();
    release_again();
    post(&writer, REPORTS "/1/stap", "naar=gepubliceerd&zeker=ja", 400);
    expect_says(&writer.reply, "is er een nieuwere uitgave");
    cr_expect_eq(place_count(&scene.place, "SELECT count(*) FROM zs.report_document"), 0);
    post(&writer, REPORTS "/1/stap", "naar=concept&toelichting=Nieuwe+uitgave", 303);
    post(&writer, REPORTS "/1/stap", FORWARD, 303);
    post(&approver, REPORTS "/1/stap", "naar=goedgekeurd", 303);
    post(&writer, REPORTS "/1/stap", "naar=gepubliceerd&zeker=ja", 303);
    end();
}

/* Nor with anything else that nobody approved. Votes on an answer are counted on. */
Test(report, is_made_public_as_it_was_approved_or_not_at_all)
{
    begin();
    test_sql(scene.place.owner,
             "INSERT INTO zs.signal (source, title, body, is_public, consultation, created_by, changed_by) "
             "VALUES ('kamer', 'Een signaal', 'Zo zegt men.', true, 'uitgave', 'a', 'a')");
    approve_one();
    cr_expect_eq(place_count(&scene.place, "SELECT count(*) FROM zs.report_step WHERE to_state = "
                                           "'goedgekeurd' AND length(approved->>'sha256') = 64"),
                 1);
    cr_expect_eq(place_count(&scene.place,
                             "SELECT count(*) FROM zs.audit_event AS a JOIN zs.report_step AS s "
                             "ON a.details->>'sha256' = s.approved->>'sha256' WHERE a.action = "
                             "'report.step'"),
                 1);
    test_sql(scene.place.owner, "UPDATE zs.signal SET body = 'Zo zei men.'");
    post(&writer, REPORTS "/1/stap", "naar=gepubliceerd&zeker=ja", 400);
    expect_says(&writer.reply, "Sinds de goedkeuring is dit veranderd: Signalen en wat ermee is gedaan.");
    expect_says(&writer.reply, "laat het opnieuw goedkeuren");
    cr_expect_eq(place_count(&scene.place, "SELECT count(*) FROM zs.report_document"), 0);
    post(&writer, REPORTS "/1/stap", "naar=concept&toelichting=Een+signaal+veranderde", 303);
    post(&writer, REPORTS "/1/stap", FORWARD, 303);
    post(&approver, REPORTS "/1/stap", "naar=goedgekeurd", 303);
    post(&writer, REPORTS "/1/stap", "naar=gepubliceerd&zeker=ja", 303);
    cr_expect_str_eq(
        test_sql_error(scene.place.owner,
                       "INSERT INTO zs.report_step (report_id, from_state, to_state, created_by) "
                       "VALUES (1, 'voorgelegd', 'goedgekeurd', 'a')"),
        "23514");
    end();
}

/* Who approves has the release before them that was put forward. */
Test(report, is_not_approved_on_another_release_than_was_put_forward)
{
    begin();
    post(&writer, REPORTS "/nieuw", BEGUN, 303);
    post(&writer, REPORTS "/1/teksten", TEXTS, 303);
    post(&writer, REPORTS "/1/stap", FORWARD, 303);
    release_again();
    post(&approver, REPORTS "/1/stap", "naar=goedgekeurd", 400);
    expect_says(&approver.reply, "is er een nieuwere uitgave");
    end();
}

/* ---- every number is the API's ---- */

static double number_of(const json_t *value)
{
    return json_is_string(value) ? strtod(json_string_value(value), NULL)
           : json_is_real(value) ? json_real_value(value)
                                 : (double)json_integer_value(value);
}

static size_t walked;

/* Both say the same, number by number; a fraction is a text in the one. */
static void expect_same(const json_t *ours, const json_t *theirs, const char *where)
{
    const char *name;
    size_t i;
    json_t *member;
    if (json_is_object(theirs)) {
        cr_expect_eq(json_object_size(ours), json_object_size(theirs), "%s", where);
        json_object_foreach((json_t *)(uintptr_t)theirs, name, member)
        {
            const char *deeper = arena_printf(scene.place.arena, "%s.%s", where, name).ptr;
            expect_same(json_object_get(ours, name), member, deeper);
        }
    } else if (json_is_array(theirs)) {
        cr_expect_eq(json_array_size(ours), json_array_size(theirs), "%s", where);
        json_array_foreach((json_t *)(uintptr_t)theirs, i, member)
        {
            expect_same(json_array_get(ours, i), member, where);
        }
    } else if (json_is_number(theirs)) {
        cr_expect(ours && !json_is_null(ours), "%s", where);
        cr_expect(number_of(ours) == number_of(theirs), "%s: %f %f", where, number_of(ours),
                  number_of(theirs));
        walked++;
    } else {
        cr_expect(json_equal(ours, theirs), "%s", where);
    }
}

/* In the page as people read it in English: "1,003", "43.2". */
static const char *as_read(const json_t *value)
{
    const char *text = json_is_string(value) ? json_string_value(value) : NULL;
    const char *point = text ? strchr(text, '.') : NULL;
    return figures_number_text(scene.place.arena, number_of(value), point ? (int)strlen(point + 1) : 0, 1)
        .ptr;
}

static void expect_on_page(const char *page, const json_t *object, const char *name)
{
    struct arena *arena = scene.place.arena;
    const json_t *value = json_object_get(object, name);
    const char *limit = report_text(object, arena_printf(arena, "%sGrens", name).ptr);
    if (value && !json_is_null(value)) {
        const char *words = strcmp(limit, "ten-minste") == 0    ? "at least "
                            : strcmp(limit, "ten-hoogste") == 0 ? "at most "
                                                                : "";
        const char *cell = arena_printf(arena, "cell--numeric-column\">%s%s<", words, as_read(value)).ptr;
        cr_expect(strstr(page, cell), "%s is not on the page", cell);
    }
}

/* All of it: a page is longer than what a reply keeps. */
static const char *whole_page(const char *target)
{
    enum { MOST = 8 * 1024 * 1024 };
    const struct sockaddr_in at = {
        .sin_family = AF_INET, .sin_port = htons(port_of(app)), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct arena *arena = scene.place.arena;
    const struct slice asked =
        arena_printf(arena, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", target);
    char *page = arena_alloc(arena, MOST);
    size_t len = 0;
    ssize_t got;
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(connect(fd, (const struct sockaddr *)&at, sizeof at), 0);
    cr_assert_eq(write(fd, asked.ptr, asked.len), (ssize_t)asked.len);
    while (len + 1 < MOST && (got = read(fd, page + len, MOST - len - 1)) > 0) {
        len += (size_t)got;
    }
    close(fd);
    page[len] = '\0';
    cr_assert(strstr(page, "</html>"), "%.300s", page);
    return page;
}

static void walk_table(const json_t *part, const json_t *table, const char *page, const char *itself)
{
    static struct client_reply reply;
    struct arena *arena = scene.place.arena;
    const char *code = report_text(table, "variabele.code");
    const json_t *line = json_array_get(json_object_get(table, "rijen"), 0), *cell;
    json_t *unused;
    const char *measure;
    size_t i;
    char measures[128] = "aandelen";
    if (json_array_size(json_object_get(line, "cellen")) == 0) {
        measures[0] = '\0';
    }
    json_object_foreach(json_object_get((json_t *)(uintptr_t)line, "maten"), measure, unused)
    {
        snprintf(measures + strlen(measures), sizeof measures - strlen(measures), "%s%s",
                 measures[0] ? "," : "", measure);
    }
    api_call(&reply, port_of(app), NULL, "GET",
             arena_printf(arena,
                          "/v1/consultaties/uitgave/tabellen?variabele=%s&ronde=" PUBLIC_ROUND
                          "&werving=%s&gewogen=%s&maat=%s",
                          code, report_text(part, "over.werving"),
                          json_is_true(report_at(part, "over.gewogen")) ? "true" : "false", measures)
                 .ptr,
             "", NULL);
    cr_assert_eq(reply.status, 200, "%s: %s", code, reply.body);
    json_t *theirs = reply_json(&reply);
    expect_same(json_object_get(table, "rijen"), json_object_get(theirs, "rijen"), code);
    json_decref(theirs);
    /* On the page, and in the file. */
    static struct client_reply csv;
    api_call(&csv, port_of(app), NULL, "GET",
             arena_printf(arena, "/rapporten/1/tabellen/" PUBLIC_ROUND ".%s.%s",
                          report_text(part, "over.werving"), code)
                 .ptr,
             "Accept: text/csv\r\n", NULL);
    cr_assert_eq(csv.status, 200, "%s", code);
    expect_on_page(page, line, "basis");
    if (itself && report_at(line, "maten.top2")) {
        expect_on_page(itself, report_at(line, "maten.top2"), "waarde");
        expect_on_page(itself, report_at(line, "maten.netto"), "waarde");
    }
    json_array_foreach(json_object_get((json_t *)(uintptr_t)line, "cellen"), i, cell)
    {
        const json_t *share = json_object_get(cell, "percentage");
        const json_t *count = json_object_get(cell, "aantal");
        const json_t *fewer = json_object_get(cell, "aantalMinderDan");
        cr_expect(!fewer || json_equal(fewer, report_at(part, "over.minderDan")), "%s: fewer than what?",
                  code);
        expect_on_page(page, cell, "percentage");
        if (json_is_integer(count) && !json_is_null(share)) {
            const char *row =
                arena_printf(arena, ",%lld,,%s,", (long long)json_integer_value(count),
                             json_is_string(share)
                                 ? json_string_value(share)
                                 : arena_printf(arena, "%lld", (long long)json_integer_value(share)).ptr)
                    .ptr;
            cr_expect(strstr(csv.body, row), "%s: %s is not in %s", code, row, csv.body);
        }
    }
}

/* More signals than are read at once: each with its own steps, and where it went. */
static void add_signals(void)
{
    test_sql(
        scene.place.owner,
        "INSERT INTO zs.signal (source, title, body, consultation, is_public, created_by, changed_by) SELECT "
        "'media', 'Signaal ' || n, 'Er is iets', 'uitgave', n <> 7, 's', 's' FROM generate_series(1, 250) AS "
        "n;"
        "INSERT INTO zs.signal_step (signal_id, from_state, to_state, told, created_by) SELECT id, "
        "'opgevangen', 'gewogen', 'Stap van ' || id, 's' FROM zs.signal;"
        "INSERT INTO zs.signal_forward (signal_id, kind, addressee, question, role, due_day, created_by) "
        "SELECT s.id, 'departement', 'Ministerie ' || s.id || '-' || k, 'Wat doet u?', 'kaders-stellen', "
        "current_date, 's' FROM zs.signal AS s, generate_series(1, 2) AS k WHERE s.id % 50 = 0 ORDER BY k, "
        "s.id;"
        "INSERT INTO zs.signal_link (forward_id, token_hash, expires_at, used_at, created_by) SELECT id, "
        "sha256(int8send(id)), now(), now(), 's' FROM zs.signal_forward;"
        "INSERT INTO zs.signal_answer (forward_id, link_id, outcome, reason, answered_by, answered_at) "
        "SELECT "
        "l.forward_id, l.id, 'deels', 'Antwoord aan ' || f.addressee, 'x', now() FROM zs.signal_link AS l "
        "JOIN "
        "zs.signal_forward AS f ON f.id = l.forward_id WHERE f.addressee LIKE '%-1'");
}

static void expect_forwards(const json_t *forwards, int number)
{
    char text[64];
    cr_assert_eq(json_array_size(forwards), number % 50 == 0 ? 2U : 0U, "%d", number);
    for (size_t k = 0; k < json_array_size(forwards); k++) {
        const json_t *forward = json_array_get(forwards, k);
        snprintf(text, sizeof text, "Ministerie %d-%zu", number, k + 1);
        cr_expect_str_eq(report_text(forward, "geadresseerde"), text);
        snprintf(text, sizeof text, "Antwoord aan Ministerie %d-%zu", number, k + 1);
        cr_expect_str_eq(report_text(forward, "antwoord.redenen"), k == 0 ? text : "");
    }
}

Test(report, has_every_public_signal_with_where_it_went)
{
    begin();
    add_signals();
    publish_one();
    json_t *document = kept_document();
    const json_t *signals = json_object_get(report_section_of(document, "signalen", NULL), "signalen");
    cr_assert_eq(json_array_size(signals), 249);
    for (size_t i = 0; i < json_array_size(signals); i++) {
        char text[32];
        const json_t *signal = json_array_get(signals, i);
        const int number = 250 - (int)i - (i > 242 ? 1 : 0); /* the newest first, without 7 */
        cr_assert_eq(json_integer_value(json_object_get(signal, "nummer")), number);
        snprintf(text, sizeof text, "Stap van %d", number);
        cr_expect_str_eq(report_text(json_array_get(json_object_get(signal, "stappen"), 0), "toelichting"),
                         text);
        expect_forwards(json_object_get(signal, "doorgeleidingen"), number);
    }
    json_decref(document);
    end();
}

Test(report, has_every_number_that_the_api_has)
{
    static struct client_reply reply;
    size_t p, t;
    const json_t *part, *table;
    begin();
    publish_one();
    json_t *document = kept_document();
    const char *page = whole_page("/rapporten/1/cijfers?taal=en"),
               *itself = whole_page("/rapporten/1?taal=en");
    const json_t *figures = report_section_of(document, "cijfers", PUBLIC_ROUND);
    cr_expect_gt(json_array_size(json_object_get(figures, "delen")), 0);
    json_array_foreach(json_object_get(figures, "delen"), p, part)
    {
        json_array_foreach(json_object_get(part, "tabellen"), t, table)
        {
            walk_table(part, table, page, p == 0 ? itself : NULL);
        }
    }
    cr_expect_gt(walked, 1000, "%zu numbers", walked);
    api_call(&reply, port_of(app), NULL, "GET", "/rapporten/1/tabellen/nergens", "Accept: text/csv\r\n",
             NULL);
    expect_status(&reply, 404);
    json_decref(document);
    end();
}

static size_t count_of(const char *text, const char *words)
{
    size_t count = 0;
    for (const char *at = strstr(text, words); at; at = strstr(at + 1, words)) {
        count++;
    }
    return count;
}

static enum db_status publish_second(struct db_tx *tx, void *context)
{
    int32_t number;
    struct report_signed document;
    const struct report_beginning beginning = {.kind = REPORT_OF_ROUND,
                                               .round_id = scene.round->id,
                                               .consultation = SLICE(""),
                                               .title = SLICE("Twee")};
    cr_assert(report_sign(&document, scene.place.arena, scene.place.keys, context));
    const enum db_status status = report_begin(&number, tx, &beginning, "a");
    return status == DB_OK ? report_publish(tx, number, &document, "a") : status;
}

static json_t *table_named(const json_t *document, const char *variable)
{
    size_t i;
    json_t *table;
    const json_t *parts = report_at(report_section_of(document, "cijfers", PUBLIC_ROUND), "delen");
    json_array_foreach(json_object_get(json_array_get(parts, 0), "tabellen"), i, table)
    {
        if (strcmp(report_text(table, "variabele.code"), variable) == 0) {
            return table;
        }
    }
    return NULL;
}

/* Questions stand in one table where all of their columns are the same, measures too. */
Test(report, puts_no_figure_under_the_heading_of_another)
{
    begin();
    publish_one();
    json_t *document = kept_document();
    const json_t *line = json_array_get(json_object_get(table_named(document, "rij_r02"), "rijen"), 0);
    cr_assert_eq(json_object_del(json_object_get(line, "maten"), "netto"), 0);
    place_work(&scene.place, DB_ROLE_STAFF, publish_second, document);
    json_decref(document);
    const size_t before = count_of(whole_page("/rapporten/1/cijfers"), "<table"),
                 after = count_of(whole_page("/rapporten/2/cijfers"), "<table");
    cr_expect_eq(after, before + 2, "%zu and %zu tables", before, after);
    end();
}

/* ---- all that a report may hold, on invented data ---- */

#define EXAMPLE_ROUND "voorbeeld-verzonnen-2"
#define MAP           "/beheer/waardenkaart/" EXAMPLE_ROUND

static struct place example;

static void release_example(void)
{
    struct release_report report;
    enum release_outcome outcome;
    const struct web_config config = {.templates = embedded_templates,
                                      .locales = embedded_locales,
                                      .assets = embedded_assets,
                                      .organisation = ""};
    struct web *web = web_create(&config);
    const struct survey_config of = {.keys = example.keys, .web = web, .public_url = "", .now_s = clock_now};
    struct survey *survey = survey_create(&of);
    cr_assert_eq(survey_refresh(survey, place_connection(&example)), DB_OK);
    const struct survey_snapshot *snapshot = survey_snapshot_hold(survey);
    for (size_t i = 0; i < EXAMPLE_ROUNDS; i++) {
        const struct release_request request = {.keys = example.keys,
                                                .settings = {10, 5, 2},
                                                .now_s = clock_now(),
                                                .actor = "test",
                                                .origin = "command"};
        const struct survey_round *round = survey_round_find(snapshot, slice_from_cstr(example_rounds[i]));
        cr_assert_eq(release_make(&outcome, &report, place_connection(&example), round, &request), DB_OK);
        cr_assert_eq(outcome, RELEASE_MADE, "%s", example_rounds[i]);
    }
    survey_snapshot_release(snapshot);
    survey_destroy(survey);
    web_destroy(web);
}

/* Two passages that may be quoted, of different people: "12 45". */
static const char *two_quotes(void)
{
    return arena_cstr(example.arena,
                      slice_from_cstr(test_sql_text(
                          example.owner, "SELECT string_agg(x.id::text, '+') FROM (SELECT min(id) AS id FROM "
                                         "zs.evidence WHERE kind = 'uitspraak' AND quotes GROUP BY "
                                         "participant_id ORDER BY 1 LIMIT 2) AS x")));
}

static void begin_example(void)
{
    char yes[512];
    place_make(&example, SMALL_CONSULTATION);
    const struct example_size size = {.people = 3000, .interviews = 7, .groups = 2};
    clock_set(INT64_C(1800000000));
    cr_assert_eq(example_scene_load(&example, size), EXAMPLE_LOADED);
    release_example();
    app = app_up(&example);
    staff_of(&writer, &example, app, "sanne", ROLE_SECRETARIS, NULL);
    staff_of(&approver, &example, app, "piet", ROLE_SECRETARIS, NULL);
    citizen_init(&citizen, port_of(app));
    staff_wait_until_says(&writer, MAP, "zs-heat");
    /* Asked whether it is sure, with the quotes that would be on the map; and yes, of those quotes. */
    staff_post(&writer, MAP, MAP "/publiceren", "");
    expect_status(&writer.reply, 200);
    snprintf(yes, sizeof yes, "token=%s&zeker=ja&gezien=%s", staff_token(&writer),
             staff_hidden(&writer, "gezien"));
    staff_exchange(&writer, "POST", MAP "/publiceren", yes);
    expect_status(&writer.reply, 303);
    staff_post(&writer, "/beheer/signalen/nieuw", "/beheer/signalen/nieuw",
               "bron=kamer&titel=Mensen+willen+weten&tekst=Dat+zeggen+zij.&openbaar=ja&gelezen=0"
               "&consultatie=voorbeeld-verzonnen");
    post(
        &writer, "/beheer/ander-onderzoek/nieuw",
        "wie=Het+Instituut&titel=Een+eerder+rapport&jaar=2024&methode=Online&bevolking=1200+mensen&vraag=Wat+"
        "vindt+u%3F&uitkomst=43+procent&bladzijde=12",
        303);
}

static json_t *example_document(int number)
{
    kept_number = number;
    place_work(&example, DB_ROLE_RESULTS, read_kept, example.arena);
    json_t *document = json_loadb(kept.document.ptr, kept.document.len, 0, NULL);
    cr_assert_not_null(document);
    return document;
}

static enum db_status read_map(struct db_tx *tx, void *context)
{
    struct published_map *map = context;
    const enum db_status status = value_map_published(map, tx, 0);
    map->document = arena_copy(example.arena, map->document);
    return status;
}

static void withdraw_one_consent(const char *quotes)
{
    char sql[800];
    snprintf(
        sql, sizeof sql,
        "INSERT INTO zs.consent (participant_id, form_version, given_day, manner, by_parent, takes_part, "
        "recording, quotes, archive, contact, noted_by) SELECT participant_id, '1', '2027-01-16', 'papier', "
        "false, true, true, false, false, false, 'x' FROM zs.evidence WHERE id = %d",
        atoi(quotes));
    test_sql(example.owner, sql);
}

/* What may hold personal data is not quoted before somebody looked at it. */
static void refuse_while_personal(const char *fields, const char *quotes)
{
    char sql[200];
    snprintf(sql, sizeof sql, "UPDATE zs.turn SET body = body || ' Bel 06-12345678.' WHERE id = %d",
             atoi(quotes));
    test_sql(example.owner, sql);
    post(&writer, REPORTS "/1/teksten", fields, 400);
    expect_says(&writer.reply, "persoonsgegevens");
    snprintf(sql, sizeof sql,
             "UPDATE zs.turn SET body = replace(body, ' Bel 06-12345678.', '') WHERE id = %d", atoi(quotes));
    test_sql(example.owner, sql);
}

/* Puts it forward, has it approved and makes it public. quote: a passage that it is made to quote behind the
 * back of the form; NULL: none. */
static void publish_example_with(int number, const char *quote)
{
    char sql[120];
    const char *at = arena_printf(example.arena, REPORTS "/%d", number).ptr;
    const char *step = arena_printf(example.arena, "%s/stap", at).ptr;
    post(&writer, arena_printf(example.arena, "%s/teksten", at).ptr,
         "titel=Het+rapport&samenvatting=Kort.&summary=Short.", 303);
    if (quote) {
        snprintf(sql, sizeof sql, "UPDATE zs.report SET quotes = ARRAY[%d] WHERE id = %d", atoi(quote),
                 number);
        test_sql(example.owner, sql);
    }
    post(&writer, step, FORWARD, 303);
    post(&approver, step, "naar=goedgekeurd", 303);
    post(&writer, step, "naar=gepubliceerd&zeker=ja", 303);
}

static void publish_example(int number)
{
    publish_example_with(number, NULL);
}

#define SOURCES "/beheer/ander-onderzoek"
#define FOUND                                                                                                \
    "wie=Het+Bureau&titel=Over+vlees&jaar=2025&methode=Online&bevolking=900+mensen&vraag=Eet+u+dit%3F&"      \
    "bladzijde=3&uitkomst=77+procent"

/* What others found about one application stands under that one alone. */
static void tell_of_one_application(void)
{
    staff_get(&writer, SOURCES "/nieuw");
    expect_says(&writer.reply, "name=\"toepassingen\" value=\"kweekvlees\"");
    expect_says(&writer.reply, "<option value=\"voorbeeld-verzonnen\"");
    post(&writer, SOURCES "/nieuw", FOUND "&toepassingen=maanreis", 400);
    expect_says(&writer.reply, "Kies uit de lijst.");
    post(&writer, SOURCES "/nieuw", FOUND "&consultatie=ergens", 400);
    post(&writer, SOURCES "/nieuw", FOUND "&toepassingen=kweekvlees&consultatie=voorbeeld-verzonnen", 303);
    expect_redirect(&writer.reply, SOURCES "/2");
    staff_get(&writer, SOURCES "/2");
    expect_says(&writer.reply, "Kweekvlees");
    expect_says(&writer.reply, "voorbeeld-verzonnen");
    staff_get(&writer, SOURCES "/2/wijzigen");
    expect_says(&writer.reply, "name=\"toepassingen\" value=\"kweekvlees\" checked");
    citizen_get(&citizen, "/waardenkaart/" EXAMPLE_ROUND);
    expect_says(&citizen.reply, "77 procent");
    citizen_get(&citizen, "/waardenkaart/" EXAMPLE_ROUND "/kweekvlees");
    expect_says(&citizen.reply, "77 procent");
    expect_says(&citizen.reply, "44 procent");
    citizen_get(&citizen, "/waardenkaart/" EXAMPLE_ROUND "/gentherapie");
    expect_says(&citizen.reply, "44 procent");
    expect_silent(&citizen.reply, "77 procent");
    cr_expect_eq(place_count(&example, "SELECT count(*) FROM zs.external_source_version WHERE source_id = 2 "
                                       "AND applications = '{kweekvlees}' AND consultation = "
                                       "'voorbeeld-verzonnen'"),
                 1);
}

/* What was invented stands only in a report about it, which says so. Reports 3 and 4. */
static void leave_out_what_was_invented(void)
{
    char fields[200];
    test_sql(
        example.owner,
        "INSERT INTO zs.signal (source, title, body, is_public, created_by, changed_by) VALUES ('kamer', "
        "'Een echt signaal', 'Dat zei iemand.', true, 'a', 'a'); UPDATE zs.signal SET created_at = (SELECT "
        "opens_at FROM zs.round WHERE code = '" EXAMPLE_ROUND "')");
    const int year = (int)place_count(&example, "SELECT extract(year FROM opens_at)::int FROM zs.round WHERE "
                                                "code = '" EXAMPLE_ROUND "'");
    post(&writer, REPORTS "/nieuw", "soort=jaar&jaar=2026&titel=x&consultatie=nergens", 400);
    expect_says(&writer.reply, "Kies uit de lijst.");
    snprintf(fields, sizeof fields, "soort=jaar&jaar=%d&titel=Alles", year);
    post(&writer, REPORTS "/nieuw", fields, 303);
    publish_example(3);
    json_t *document = example_document(3);
    cr_expect_eq(json_array_size(report_at(document, "over.rondes")), 0);
    const json_t *signals = json_object_get(report_section_of(document, "signalen", NULL), "signalen");
    cr_expect_eq(json_array_size(signals), 1);
    cr_expect_str_eq(report_text(json_array_get(signals, 0), "titel"), "Een echt signaal");
    cr_expect_eq(
        json_array_size(json_object_get(report_section_of(document, "ander-onderzoek", NULL), "bronnen")), 1);
    json_decref(document);
    snprintf(fields, sizeof fields, "soort=jaar&jaar=%d&titel=Verzonnen&consultatie=voorbeeld-verzonnen",
             year);
    post(&writer, REPORTS "/nieuw", fields, 303);
    publish_example(4);
    document = example_document(4);
    cr_expect(json_is_true(report_at(document, "over.verzonnen")));
    cr_expect_geq(json_array_size(report_at(document, "over.rondes")), 1);
    signals = json_object_get(report_section_of(document, "signalen", NULL), "signalen");
    cr_expect_geq(json_array_size(signals), 1);
    cr_expect_str_eq(report_text(json_array_get(signals, 0), "consultatie"), "voorbeeld-verzonnen");
    json_decref(document);
    citizen_get(&citizen, "/rapporten/4");
    expect_says(&citizen.reply, "<strong id=\"verzonnen\">");
}

/* A report quotes nobody of another round or consultation. Reports 5 and 6. */
static void refuse_quotes_of_elsewhere(const char *quotes)
{
    char fields[300];
    snprintf(fields, sizeof fields, "titel=x&samenvatting=Kort.&summary=Short.&citaten=%s", quotes);
    post(&writer, REPORTS "/nieuw", "soort=jaar&jaar=2030&titel=Alles", 303);
    post(&writer, REPORTS "/nieuw", "soort=ronde&ronde=voorbeeld-verzonnen-1&titel=Eerder", 303);
    for (int number = 5; number <= 6; number++) {
        post(&writer, arena_printf(example.arena, REPORTS "/%d/teksten", number).ptr, fields, 400);
        expect_says(&writer.reply, "een andere ronde of consultatie");
        /* Nor where one got in by another way. The first of them was withdrawn. */
        publish_example_with(number, strchr(quotes, '+') + 1);
        json_t *document = example_document(number);
        const json_t *quoted = report_section_of(document, "citaten", NULL);
        cr_expect_eq(json_array_size(json_object_get(quoted, "citaten")), 0);
        cr_expect_eq(json_integer_value(json_object_get(quoted, "vervallen")), 1);
        json_decref(document);
    }
}

static enum db_status keep_agenda(struct db_tx *tx, void *context)
{
    struct json_errors errors;
    enum agenda_outcome outcome;
    const struct agenda *older;
    json_t *document = json_load_file("config/agenda/uitvoeringsagenda-2026.json", 0, NULL);
    char *text = json_dumps(document, 0);
    const struct slice copy = arena_copy(db_arena(tx), slice_from_cstr(text));
    (void)context;
    free(text);
    json_decref(document);
    json_errors_init(&errors, db_arena(tx));
    const struct agenda *agenda = agenda_load(&errors, db_arena(tx), copy);
    cr_assert_not_null(agenda);
    return agenda_keep(&outcome, &older, &errors, db_arena(tx), tx, agenda, copy, "beheerder", "command");
}

/* A quote that may not be used any more is not made public, though it was approved; and that is on the
 * record. */
Test(report, leaves_out_a_quote_whose_consent_was_withdrawn_meanwhile)
{
    char fields[300];
    begin_example();
    test_sql(
        example.owner,
        "INSERT INTO zs.framework (consultation, application, title, state, created_by, changed_by) VALUES "
        "('voorbeeld-verzonnen', 'kweekvlees', 'Kweekvlees', 'vastgesteld', 'a', 'a');"
        "INSERT INTO zs.framework_version (framework_id, number, document, state, put_forward_by, ground, "
        "decided_at, decided_by) SELECT f.id, 1, '{\"argumenten\": [{\"nummer\": 1, \"kant\": \"voor\", "
        "\"tekst\": \"Minder dieren\"}], \"conclusie\": {\"tekst\": \"Nog niet\"}, \"afwijkend\": []}', "
        "'vastgesteld', 'a', 'tweede-persoon', now(), 'b' FROM zs.framework AS f");
    const char *quotes = two_quotes();
    cr_assert(strchr(quotes, '+'), "%s", quotes);
    post(&writer, REPORTS "/nieuw", "soort=ronde&ronde=" EXAMPLE_ROUND "&titel=Wat+wij+hoorden", 303);
    snprintf(fields, sizeof fields, "titel=Wat+wij+hoorden&samenvatting=Kort.&summary=Short.&citaten=%s",
             quotes);
    refuse_while_personal(fields, quotes);
    post(&writer, REPORTS "/1/teksten", fields, 303);
    post(&writer, REPORTS "/1/stap", FORWARD, 303);
    post(&approver, REPORTS "/1/stap", "naar=goedgekeurd", 303);
    withdraw_one_consent(quotes);
    post(&writer, REPORTS "/1/stap", "naar=gepubliceerd&zeker=ja", 303);
    json_t *document = example_document(1);
    const json_t *quoted = report_section_of(document, "citaten", NULL);
    cr_expect_eq(json_array_size(json_object_get(quoted, "citaten")), 1);
    cr_expect_eq(json_integer_value(json_object_get(quoted, "vervallen")), 1);
    cr_expect_eq(place_count(&example, "SELECT count(*) FROM zs.audit_event WHERE action = 'report.publish' "
                                       "AND details->>'citatenVervallen' = '1'"),
                 1);
    /* All sections that there is something for. */
    for (const char *const *section =
             (const char *const[]){"respons", "waardenkaart", "methoden", "trends", "cijfers", "signalen",
                                   "ander-onderzoek", "verantwoording", NULL};
         *section; section++) {
        cr_expect_not_null(report_section_of(document, *section, NULL), "%s", *section);
    }
    cr_expect_null(report_section_of(document, "departementen", NULL));
    /* A sheet of the example, without the words of people: those are looked up when it is read. */
    const json_t *sheets =
        json_object_get(report_section_of(document, "afwegingskaders", NULL), "afwegingskaders");
    const json_t *arguments = json_object_get(json_array_get(sheets, 0), "argumenten");
    cr_expect_gt(json_array_size(arguments), 0);
    cr_expect_null(json_object_get(json_array_get(arguments, 0), "passages"));
    citizen_get(&citizen, "/rapporten/1");
    expect_status(&citizen.reply, 200);
    expect_says(&citizen.reply, "<strong id=\"verzonnen\">");
    /* The value map, number by number. */
    struct published_map map;
    place_work(&example, DB_ROLE_RESULTS, read_map, &map);
    json_t *theirs = json_loadb(map.document.ptr, map.document.len, 0, NULL);
    cr_assert_not_null(theirs);
    scene.place.arena = example.arena;
    walked = 0;
    expect_same(report_at(report_section_of(document, "waardenkaart", NULL), "kaart"), theirs, "kaart");
    cr_expect_gt(walked, 100);
    json_decref(theirs);
    json_decref(document);
    /* A year, with what was changed in what others found. */
    post(
        &writer, "/beheer/ander-onderzoek/1/wijzigen",
        "wie=Het+Instituut&titel=Een+eerder+rapport&jaar=2024&methode=Online&bevolking=1200+mensen&vraag=Wat+"
        "vindt+u%3F&uitkomst=44+procent&bladzijde=12",
        303);
    /* Beside our own figures on the map. */
    citizen_get(&citizen, "/waardenkaart/" EXAMPLE_ROUND);
    expect_says(&citizen.reply, "44 procent");
    staff_get(&writer, "/beheer/ander-onderzoek/1");
    expect_says(&writer.reply, "43 procent");
    post(&writer, "/beheer/ander-onderzoek/1/wijzigen", "wie=x&adres=javascript:1", 400);
    tell_of_one_application();
    place_work(&example, DB_ROLE_STAFF, keep_agenda, NULL);
    test_sql(
        example.owner,
        "INSERT INTO zs.agenda_advice (item, version, advice, reason, created_by) SELECT x.item, v.number + "
        "x.later, x.advice, x.reason, 's' FROM (SELECT max(number) AS number FROM zs.agenda_version) AS v, "
        "(VALUES (1, '1a.1', 'houden', 'Eerst', 0), (2, '1a.1', 'stoppen', 'Toen', 0), (3, '1b.1', 'houden', "
        "'Nu', 0), (4, '1b.1', 'stoppen', 'Van een andere versie', 1)) AS x (n, item, advice, reason, later) "
        "ORDER BY x.n");
    post(&writer, REPORTS "/nieuw", "soort=jaar&jaar=2026&titel=Het+jaar", 303);
    post(&writer, REPORTS "/2/teksten", "titel=Het+jaar&samenvatting=Kort.&summary=Short.", 303);
    post(&writer, REPORTS "/2/stap", FORWARD, 303);
    post(&approver, REPORTS "/2/stap", "naar=goedgekeurd", 303);
    post(&approver, REPORTS "/2/stap", "naar=gepubliceerd&zeker=ja", 303);
    document = example_document(2);
    for (const char *const *section =
             (const char *const[]){"signalen", "departementen", "veranderd", "herijking", "aanbevelingen",
                                   "onderzoeksagenda", "ander-onderzoek", NULL};
         *section; section++) {
        cr_expect_not_null(report_section_of(document, *section, NULL), "%s", *section);
    }
    const json_t *advice = json_object_get(report_section_of(document, "herijking", NULL), "adviezen");
    cr_expect_eq(json_array_size(advice), 1);
    cr_expect_str_eq(report_text(json_array_get(advice, 0), "onderdeel"), "1a.1");
    cr_expect_str_eq(report_text(json_array_get(advice, 0), "reden"), "Toen");
    cr_expect_str_eq(
        report_text(json_array_get(
                        json_object_get(report_section_of(document, "ander-onderzoek", NULL), "bronnen"), 0),
                    "uitkomst"),
        "44 procent");
    json_decref(document);
    leave_out_what_was_invented();
    refuse_quotes_of_elsewhere(quotes);
    app_down(app);
    place_remove(&example);
}

/* ---- a report of a year ---- */

/* As it would be made now, of what is known at scene. The caller owns it. */
struct making {
    struct report_draft draft;
    struct report_made made;
};
static enum db_status make_in_tx(struct db_tx *tx, void *context)
{
    struct making *making = context;
    const struct report_means means = {.results = scene.results,
                                       .snapshot = scene.snapshot,
                                       .keys = scene.place.keys,
                                       .now_s = clock_now(),
                                       .least_votes = 10};
    return report_make(&making->made, tx, &means, &making->draft);
}

static json_t *made_of_year(int32_t year)
{
    struct making making = {.draft = {.number = 1,
                                      .kind = REPORT_OF_YEAR,
                                      .year = year,
                                      .title = SLICE("Het jaar"),
                                      .round = SLICE(""),
                                      .consultation = SLICE(""),
                                      .foreword = SLICE(""),
                                      .summary = SLICE(""),
                                      .summary_en = SLICE("")}};
    place_work(&scene.place, DB_ROLE_STAFF, make_in_tx, &making);
    cr_assert_eq(making.made.outcome, REPORT_MADE);
    json_decref(making.made.releases);
    json_decref(making.made.quoted);
    return making.made.document;
}

static void add_forward(const char *op, const char *due, const char *answered, const char *change)
{
    char sql[1200];
    snprintf(sql, sizeof sql,
             "INSERT INTO zs.signal_forward (signal_id, kind, addressee, question, role, due_day, state, "
             "created_at, created_by) VALUES (1, 'departement', 'Het ministerie', 'Wat gaat u doen?', "
             "'faciliteren', '%s', '%s', '%s', 'a')",
             due, answered ? "geantwoord" : "gevraagd", op);
    test_sql(scene.place.owner, sql);
    if (answered) {
        snprintf(
            sql, sizeof sql,
            "INSERT INTO zs.signal_link (forward_id, token_hash, expires_at, created_by) SELECT max(id), "
            "decode(md5(max(id)::text) || md5(max(id)::text), 'hex'), '2030-01-01', 'a' FROM "
            "zs.signal_forward; INSERT INTO zs.signal_answer (forward_id, link_id, outcome, reason, change, "
            "answered_by, answered_at) SELECT l.forward_id, l.id, 'deels', 'Zo is het.', '%s', 'a', '%s' "
            "FROM "
            "zs.signal_link AS l ORDER BY l.id DESC LIMIT 1",
            change, answered);
        test_sql(scene.place.owner, sql);
    }
}

#define SIGNAL                                                                                               \
    "INSERT INTO zs.signal (source, title, body, is_public, state, consultation, created_at, created_by, "   \
    "changed_by) VALUES ('kamer', '%s', 'Zo zegt men.', true, '%s', %s, '%s', 'a', 'a')"

static void add_signal(const char *title, const char *state, const char *consultation, const char *on)
{
    char sql[600];
    snprintf(sql, sizeof sql, SIGNAL, title, state, consultation, on);
    test_sql(scene.place.owner, sql);
}

/* What was asked of others, and what they did, is that of the year: what was open at its end was open,
 * whatever came after. */
Test(report, of_a_year_tells_of_that_year)
{
    release_scene_make(&scene, RELEASE_CONSULTATION, PUBLIC_ROUND);
    clock_set(INT64_C(1800000000)); /* 2027-01-15 */
    add_signal("Een signaal", "doorgeleid", "NULL", "2025-06-01");
    add_forward("2025-07-01", "2025-09-01", "2025-12-31T12:00:00Z", "Van het jaar ervoor");
    add_forward("2025-07-01", "2026-03-01", "2026-05-01T12:00:00Z", "Van dit jaar");
    add_forward("2026-02-01", "2026-06-01", "2027-01-10T12:00:00Z", "Van daarna");
    add_forward("2026-12-01", "2027-01-10", NULL, NULL);
    add_forward("2027-01-05", "2027-01-10", NULL, NULL);
    add_signal("Van later", "opgevangen", "NULL", "2027-01-02");
    add_signal("Was al klaar", "niet-doorgeleid", "NULL", "2025-01-02");
    test_sql(
        scene.place.owner,
        "INSERT INTO zs.signal_step (signal_id, from_state, to_state, created_at, created_by) VALUES (3, "
        "'opgevangen', 'niet-doorgeleid', '2025-12-31 12:00', 'a')");
    json_t *document = made_of_year(2026);
    const json_t *one = json_array_get(
        json_object_get(report_section_of(document, "departementen", NULL), "geadresseerden"), 0);
    cr_expect_str_eq(report_text(one, "naam"), "Het ministerie");
    cr_expect_eq(json_integer_value(json_object_get(one, "doorgeleid")), 2);
    cr_expect_eq(json_integer_value(json_object_get(one, "vanEerder")), 1);
    cr_expect_eq(json_integer_value(json_object_get(one, "beantwoord")), 1);
    cr_expect_eq(json_integer_value(json_object_get(one, "teLaat")), 1, "due after the year is not late");
    cr_expect_eq(json_array_size(json_object_get(one, "openstaand")), 2);
    const json_t *changes = json_object_get(report_section_of(document, "veranderd", NULL), "veranderingen");
    cr_expect_eq(json_array_size(changes), 1);
    cr_expect_str_eq(report_text(json_array_get(changes, 0), "watVerandert"), "Van dit jaar");
    const json_t *signals = json_object_get(report_section_of(document, "signalen", NULL), "signalen");
    cr_expect_eq(json_array_size(signals), 1);
    cr_expect_str_eq(report_text(json_array_get(signals, 0), "titel"), "Een signaal");
    json_decref(document);
    /* Of the year that runs, what is late is late now. */
    document = made_of_year(2027);
    one = json_array_get(
        json_object_get(report_section_of(document, "departementen", NULL), "geadresseerden"), 0);
    cr_expect_eq(json_integer_value(json_object_get(one, "doorgeleid")), 1);
    cr_expect_eq(json_integer_value(json_object_get(one, "vanEerder")), 2);
    cr_expect_eq(json_integer_value(json_object_get(one, "beantwoord")), 1);
    cr_expect_eq(json_integer_value(json_object_get(one, "teLaat")), 2);
    json_decref(document);
    release_scene_remove(&scene);
}

/* ---- how much fits ---- */

static void expect_too_much(const char *words)
{
    staff_wait_until_says(&writer, REPORTS "/1/voorbeeld", words);
    expect_status(&writer.reply, 409);
}

/* A report of which a part would be missing is none: it says what there is too much of. */
Test(report, is_not_cut_where_there_is_too_much)
{
    begin();
    post(&writer, REPORTS "/nieuw", "soort=jaar&jaar=2026&titel=Het+jaar", 303);
    post(&writer, REPORTS "/1/teksten", TEXTS, 303);
    test_sql(scene.place.owner,
             "INSERT INTO zs.signal (source, title, body, is_public, created_at, created_by, changed_by) "
             "SELECT 'kamer', 'x', 'y', true, '2026-03-01', 'a', 'a' FROM generate_series(1, 2001)");
    expect_too_much("meer dan 2000 signalen");
    post(&writer, REPORTS "/1/stap", FORWARD, 400);
    expect_says(&writer.reply, "meer dan 2000 signalen");
    test_sql(scene.place.owner, "DELETE FROM zs.signal WHERE id > 1");
    test_sql(
        scene.place.owner,
        "INSERT INTO zs.recommendation (title, owner, is_public, created_by, changed_by, procedure, "
        "unclear, for_whom, proposal) SELECT 'x', '', true, 'a', 'a', 'burgerconsultatie', 'y', 'z', 'w' "
        "FROM generate_series(1, 501)");
    expect_too_much("meer dan 500 aanbevelingen");
    test_sql(scene.place.owner, "DELETE FROM zs.recommendation");
    test_sql(scene.place.owner,
             "INSERT INTO zs.round OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(r, "
             "jsonb_build_object('id', 100 + n, 'code', 'uitgave-' || (100 + n), 'opens_at', "
             "'2026-03-01T12:00:00Z'))).* FROM zs.round AS r, generate_series(1, 17) AS n WHERE r.code = "
             "'" PUBLIC_ROUND "'");
    expect_too_much("meer dan 16 rondes");
    end();
}
