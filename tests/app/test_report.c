/* Reports: written, approved by somebody else, signed, made public; and what may go wrong between. */
#include "app/report_scene.h"
#include "features/tafel/tafel.h"
#include "json/decode.h"

#include <stdio.h>
#include <stdlib.h>

TestSuite(report, .fini = leaks_check, .timeout = 110);

Test(report, comes_from_a_draft_to_everybody_by_two_people)
{
    reports_begin();
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
    /* A remark about what it has, and about nothing that only a report of a year has. */
    expect_says(&writer.reply, "name=\"over_signalen\"");
    expect_says(&writer.reply, "name=\"over_verantwoording\"");
    expect_silent(&writer.reply, "name=\"over_agenda\"");
    expect_silent(&writer.reply, "name=\"over_herijking\"");
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
    /* It waits for who had no hand in it, and approving is offered to nobody else. */
    static const char *const waits =
        "href=\"/beheer/rapporten\">Rapporten die op uw goedkeuring wachten: 1</a>";
    static const char *const seen[] = {"/beheer", "/beheer/tafel"};
    for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++) {
        staff_get(&writer, seen[i]);
        expect_silent(&writer.reply, waits);
        staff_get(&approver, seen[i]);
        expect_says(&approver.reply, waits);
    }
    staff_get(&writer, REPORTS "/1/stap");
    expect_silent(&writer.reply, "value=\"goedgekeurd\"");
    staff_get(&approver, REPORTS "/1/stap");
    expect_says(&approver.reply, "value=\"goedgekeurd\"");
    post(&writer, REPORTS "/1/stap", "naar=goedgekeurd", 400);
    expect_says(&writer.reply, "Iemand anders moet het goedkeuren.");
    staff_post(&writer, REPORTS "/1/teksten", REPORTS "/1/teksten", TEXTS "&gelezen=1");
    expect_status(&writer.reply, 409);
    citizen_get(&visitor, "/rapporten");
    expect_says(&visitor.reply, "nog geen rapporten openbaar");
    citizen_get(&visitor, "/rapporten/1");
    expect_status(&visitor.reply, 404);
    post(&approver, REPORTS "/1/stap", "naar=concept", 400);
    post(&approver, REPORTS "/1/stap", "naar=concept&toelichting=Nog+niet", 303);
    post(&writer, REPORTS "/1/stap", FORWARD, 303);
    post(&approver, REPORTS "/1/stap", "naar=goedgekeurd", 303);
    /* It is asked for once more. */
    post(&writer, REPORTS "/1/stap", "naar=gepubliceerd", 200);
    expect_says(&writer.reply, "Wilt u dit rapport openbaar maken?");
    post(&writer, REPORTS "/1/stap", "naar=gepubliceerd&zeker=ja", 303);
    citizen_get(&visitor, "/rapporten");
    expect_says(&visitor.reply, "href=\"/rapporten/1\"");
    citizen_get(&visitor, "/rapporten/1");
    expect_status(&visitor.reply, 200);
    expect_says(&visitor.reply, "Kort en goed.");
    citizen_get(&visitor, "/rapporten/1?taal=en");
    expect_says(&visitor.reply, "In short.");
    expect_silent(&visitor.reply, "sanne");
    cr_expect_eq(place_count(&scene.place,
                             "SELECT count(*) FROM zs.audit_event WHERE object = 'report:1' AND "
                             "action IN ('report.begin', 'report.publish')"),
                 2);
    cr_expect_str_eq(test_sql_error(scene.place.owner, "UPDATE zs.report_document SET published_by = 'x'"),
                     "42501");
    reports_end();
}

/* Who is missing, as the page of who took part tells it: each margin of one variable, of each stream. */
Test(report, tells_who_is_missing_as_far_as_the_release_tells)
{
    size_t i, k, shown = 0;
    const json_t *one, *group;
    reports_begin();
    publish_one();
    json_t *document = kept_document();
    json_array_foreach(json_object_get(report_section_of(document, "respons", PUBLIC_ROUND), "wie"), i, one)
    {
        json_array_foreach(json_object_get(one, "groepen"), k, group)
        {
            const json_t *row = json_array_get(json_object_get(group, "rijen"), 0);
            cr_expect_not_null(report_at(row, "aandeel"));
            cr_expect_not_null(report_at(row, "verwacht"));
            shown++;
        }
    }
    cr_expect_gt(shown, 0);
    citizen_get(&visitor, "/rapporten/1");
    expect_silent(&visitor.reply, "niet bekend hoe de groepen");
    expect_silent(&visitor.reply, "summed over postcodes");
    cr_expect(strstr(whole_page("/rapporten/1"), "komt van het CBS en gaat over"));
    json_decref(document);
    reports_end();
}

static enum report_genuine check(struct slice bytes, const unsigned char *key)
{
    json_t *document;
    const enum report_genuine verdict =
        report_check(&document, bytes, (const unsigned char *)kept.signature.ptr, key);
    json_decref(document);
    return verdict;
}

Test(report, is_genuine_to_the_byte)
{
    static struct client_reply reply;
    unsigned char key[CRYPTO_VERIFYING_KEY_BYTES], other[CRYPTO_VERIFYING_KEY_BYTES];
    reports_begin();
    publish_one();
    json_t *document = kept_document();
    crypto_verifying_key(key, scene.place.keys);
    cr_expect_eq(check(kept.document, key), REPORT_GENUINE);
    api_call(&reply, port_of(service), NULL, "GET", "/v1/rapporten/1", "", NULL);
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
    reports_end();
}

/* Who approved has read the figures of another release. */
Test(report, is_not_made_public_with_figures_that_nobody_approved)
{
    reports_begin();
    approve_one();
    release_again();
    post(&writer, REPORTS "/1/stap", "naar=gepubliceerd&zeker=ja", 400);
    expect_says(&writer.reply, "is er een nieuwere uitgave");
    cr_expect_eq(place_count(&scene.place, "SELECT count(*) FROM zs.report_document"), 0);
    post(&writer, REPORTS "/1/stap", "naar=concept&toelichting=Nieuwe+uitgave", 303);
    post(&writer, REPORTS "/1/stap", FORWARD, 303);
    post(&approver, REPORTS "/1/stap", "naar=goedgekeurd", 303);
    post(&writer, REPORTS "/1/stap", "naar=gepubliceerd&zeker=ja", 303);
    reports_end();
}

/* Nor with anything else that nobody approved. Votes on an answer are counted on. */
Test(report, is_made_public_as_it_was_approved_or_not_at_all)
{
    reports_begin();
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
    reports_end();
}

/* Who approves has the release before them that was put forward. */
Test(report, is_not_approved_on_another_release_than_was_put_forward)
{
    reports_begin();
    post(&writer, REPORTS "/nieuw", BEGUN, 303);
    post(&writer, REPORTS "/1/teksten", TEXTS, 303);
    post(&writer, REPORTS "/1/stap", FORWARD, 303);
    release_again();
    post(&approver, REPORTS "/1/stap", "naar=goedgekeurd", 400);
    expect_says(&approver.reply, "is er een nieuwere uitgave");
    reports_end();
}

/* ---- every number is the API's ---- */

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

static void walk_table(const json_t *part, const json_t *table, const char *page, const char *itself)
{
    static struct client_reply reply;
    struct arena *arena = scene.place.arena;
    const char *code = report_text(table, "variabele.code");
    const json_t *line = json_array_get(json_object_get(table, "rijen"), 0), *cell;
    json_t *unused, *estimate;
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
    api_call(&reply, port_of(service), NULL, "GET",
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
    api_call(&csv, port_of(service), NULL, "GET",
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
    json_object_foreach(json_object_get((json_t *)(uintptr_t)line, "maten"), measure, estimate)
    {
        const json_t *value = json_object_get(estimate, "waarde");
        const char *row =
            arena_printf(arena, ",%s,,,,,%s,", measure,
                         json_is_string(value) ? json_string_value(value)
                         : json_is_integer(value)
                             ? arena_printf(arena, "%lld", (long long)json_integer_value(value)).ptr
                             : "")
                .ptr;
        cr_expect(strstr(csv.body, row), "%s: %s is not in %s", code, row, csv.body);
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
    reports_begin();
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
    /* As it would be made public now: the report itself, and the page of every figure, which tells of no
     * signal. */
    staff_get(&writer, REPORTS "/1/voorbeeld");
    expect_status(&writer.reply, 200);
    expect_says(&writer.reply, "<h2 class=\"nl-heading nl-heading--level-2\" id=\"deel-1\">");
    staff_get(&writer, REPORTS "/1/voorbeeld/cijfers");
    expect_status(&writer.reply, 200);
    expect_says(&writer.reply, "Dit is een concept");
    expect_says(&writer.reply, "Alle cijfers komen uit uitgave 1.");
    cr_expect_null(strstr(writer.reply.body, "Signaal 250"));
    reports_end();
}

Test(report, has_every_number_that_the_api_has)
{
    static struct client_reply reply;
    size_t p, t;
    const json_t *part, *table;
    reports_begin();
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
    api_call(&reply, port_of(service), NULL, "GET", "/rapporten/1/tabellen/nergens", "Accept: text/csv\r\n",
             NULL);
    expect_status(&reply, 404);
    json_decref(document);
    reports_end();
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
    reports_begin();
    publish_one();
    json_t *document = kept_document();
    const json_t *line = json_array_get(json_object_get(table_named(document, "rij_r02"), "rijen"), 0);
    cr_assert_eq(json_object_del(json_object_get(line, "maten"), "netto"), 0);
    place_work(&scene.place, DB_ROLE_STAFF, publish_second, document);
    json_decref(document);
    const size_t before = count_of(whole_page("/rapporten/1/cijfers"), "<table"),
                 after = count_of(whole_page("/rapporten/2/cijfers"), "<table");
    cr_expect_eq(after, before + 2, "%zu and %zu tables", before, after);
    reports_end();
}
