/* Conversations and their codings go to other programs and come from them: whole, or not at all. */
#include "app/conversation_scene.h"

#include "base/buffer.h"
#include "base/utf8.h"
#include "features/coding/coding.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(coding_file, .fini = leaks_check, .timeout = 110);

#define LOAD_AT   GROUP_AT "/laden"
#define CODING_AT "/beheer/codering/" ROUND
/* "Let op" is no speaker. */
#define SAID                                                                                                 \
    "tekst=Moderator%3A+Welkom.%0D%0AP1%3A+Het+is+niet+natuurlijk.+%C3%89cht.%0D%0ALet+op%3A+dat+vind+ik."   \
    "%0D%0AP2%3A+Liever+niet.%0D%0AP3%3A+Geheim.%0D%0AP1%3A+Toch+wel."

enum { FILES_MAX = 32 << 20 };

static struct arena *arena;

/* Three people came; P1 may be quoted, of P3 nothing leaves. */
static void begin_group(void)
{
    scene_begin();
    plan_group();
    add_person("stand=gekomen&leeftijdsgroep=volwassen&naam=Jan+de+Vries");
    add_person("stand=gekomen&leeftijdsgroep=volwassen&naam=Els+Bakker");
    add_person("stand=gekomen&leeftijdsgroep=volwassen");
}

static void all_agree(void)
{
    add_consent(1, "&opname=ja&citaten=ja&archief=ja");
    add_consent(2, "&opname=ja&archief=ja");
    add_consent(3, "&opname=ja&citaten=ja");
}

static void load_group(void)
{
    char address[128], body[512];
    staff_post(&staff, LOAD_AT, LOAD_AT, "bron=opname&" SAID);
    expect_status(&staff.reply, 303);
    snprintf(address, sizeof address, "%s", client_header(&staff.reply, "Location"));
    staff_get(&staff, address);
    snprintf(body, sizeof body,
             "doe=laden&gelezen=%s&spreker-0=moderator&spreker-1=p1&spreker-2=geen&spreker-3=p2&spreker-4=p3",
             staff_hidden(&staff, "gelezen"));
    staff_post(&staff, address, address, body);
    snprintf(body, sizeof body,
             "doe=laden&gelezen=%s&spreker-0=moderator&spreker-1=p1&spreker-2=p2&spreker-3=p3",
             staff_hidden(&staff, "gelezen"));
    staff_post(&staff, address, address, body);
    expect_redirect(&staff.reply, GROUP_AT "/tekst");
}

static struct survey_round the_round(void)
{
    return (struct survey_round){
        .id = (int32_t)place_count(&place, "SELECT id FROM zs.round WHERE code = '" ROUND "'"),
        .code = ROUND,
        .consultation = "klein"};
}

/* ---- code books ---- */

static const char foreign_book[] =
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
    "<CodeBook xmlns=\"urn:QDA-XML:codebook:1.0\" origin=\"Ander programma\"><Codes>"
    "<Code guid=\"11111111-0000-4000-8000-000000000001\" name=\"Zorgen\" isCodable=\"true\" "
    "color=\"#AA0000\"><Description>Alles wat knaagt.</Description>"
    "<Code guid=\"11111111-0000-4000-8000-000000000002\" name=\"\xc3\x89"
    "cht eng\" isCodable=\"true\"/></Code>"
    "<Code guid=\"11111111-0000-4000-8000-000000000003\" name=\"natuurlijkheid\" isCodable=\"true\">"
    "<Code guid=\"11111111-0000-4000-8000-000000000004\" name=\"Zoals oma\" isCodable=\"true\"/></Code>"
    "</Codes></CodeBook>";

struct book_work {
    struct slice bytes;
    struct coding_book_import import;
    bool kept;
};

static enum db_status import_book(struct db_tx *tx, void *context)
{
    struct book_work *w = context;
    struct coding_file file;
    const struct survey_round round = the_round();
    cr_assert(coding_file_read(&file, arena, w->bytes), "%s", file.fault.what);
    cr_assert_not(file.is_project);
    enum db_status status = coding_book_import_plan(&w->import, tx, arena, &round, file.project);
    if (status == DB_OK && w->import.merge.document && w->import.merge.changes > 0) {
        status = coding_book_import_keep(&w->kept, &w->import, tx, &round, "onno", "browser");
    }
    return status;
}

static struct book_work take_book(struct slice bytes)
{
    struct book_work w = {.bytes = bytes};
    in_transaction(import_book, &w);
    return w;
}

static void plan_by_newest_book(void)
{
    char fields[64];
    snprintf(fields, sizeof fields, "codeboek=%d&grens=0.667&revisie=0",
             (int)place_count(&place, "SELECT max(id) FROM zs.code_book_version"));
    staff_post(&staff, CODING_AT, CODING_AT "/plan", fields);
    expect_redirect(&staff.reply, CODING_AT);
}

Test(coding_file, brings_a_code_book_beside_the_seven_values)
{
    arena = arena_create(CODING_IMPORT_ARENA_MAX);
    scene_begin();
    const struct book_work w = take_book(slice_from_cstr(foreign_book));
    cr_expect(w.kept);
    cr_expect_eq(w.import.number, 2);
    cr_expect_eq(w.import.merge.counts[CODING_MERGE_ADDED], 3);
    cr_expect_eq(w.import.merge.faults, 0);
    expect_sql("SELECT string_agg(c->>'code' || ':' || (c->>'title') || ':' || (c->>'definition') || ':' || "
               "coalesce(c->>'colour', '') || ':' || coalesce(c->'codes'->0->>'code', ''), ' ') FROM "
               "zs.code_book_version, jsonb_array_elements(document->'codes') AS c WHERE c ? 'guid'",
               "zorgen:Zorgen:Alles wat knaagt.:#AA0000:echt-eng");
    /* Under the value whose name it has. */
    expect_sql("SELECT c->>'code' || ' ' || (c->>'guid') FROM zs.code_book_version, "
               "jsonb_array_elements(document->'values') AS v, jsonb_array_elements(v->'codes') AS c WHERE "
               "v->>'code' = 'natuurlijkheid' AND c ? 'guid'",
               "zoals-oma 11111111-0000-4000-8000-000000000004");
    /* The values are the vision's, whatever a file calls them. */
    expect_sql("SELECT string_agg(v->>'title', ',' ORDER BY n) FROM zs.code_book_version, "
               "jsonb_array_elements(document->'values') WITH ORDINALITY AS y (v, n)",
               "Brede welvaart,Veiligheid,Gezondheid van mens, dier en "
               "milieu,Natuurlijkheid,Keuzevrijheid,Rechtvaardigheid,Legitimiteit");
    /* Again there is nothing to keep. */
    const struct book_work again = take_book(slice_from_cstr(foreign_book));
    cr_expect_eq(again.import.merge.changes, 0);
    cr_expect_not(again.kept);
    expect_sql("SELECT count(*)::text FROM zs.code_book_version", "1");
    scene_end();
    arena_destroy(arena);
}

/* ---- out ---- */

struct export
{
    struct buffer qdpx, qdc;
    struct coding_left_out left_out;
};

static bool gather(const void *bytes, size_t size, void *self)
{
    buffer_append(self, (struct slice){bytes, size});
    return !buffer_failed(self);
}

static enum db_status take_out(struct db_tx *tx, void *context)
{
    struct export *out = context;
    struct coding_plan plan;
    struct codebook_version version;
    struct qda_project project;
    struct qda_fault fault;
    const struct codebook *book;
    const struct survey_round round = the_round();
    cr_assert_eq(coding_plan_read(&plan, tx, round.id), DB_OK);
    cr_assert_eq(codebook_get(&book, &version, tx, arena, plan.book_version), DB_OK);
    cr_assert_eq(coding_project_load(&project, &out->left_out, tx, place.keys, arena, &round, book), DB_OK);
    cr_assert_eq(
        qda_write_project(&fault, &project, (struct dataset_output){.write = gather, .self = &out->qdpx}),
        QDA_OK, "%s", fault.what);
    cr_assert_eq(
        qda_write_codebook(&fault, &project, (struct dataset_output){.write = gather, .self = &out->qdc}),
        QDA_OK, "%s", fault.what);
    return DB_OK;
}

static void export_round(struct export *out)
{
    buffer_init(&out->qdpx, FILES_MAX);
    buffer_init(&out->qdc, FILES_MAX);
    in_transaction(take_out, out);
}

static void export_free(struct export *out)
{
    buffer_free(&out->qdpx);
    buffer_free(&out->qdc);
}

/* ---- in ---- */

struct load {
    struct slice bytes;
    bool leave_out, dry_run;
    struct coding_import_plan plan;
};

static enum db_status run_load(struct db_tx *tx, void *context)
{
    struct load *l = context;
    static struct coding_file file;
    static struct survey_round round;
    round = the_round();
    cr_assert(coding_file_read(&file, arena, l->bytes), "%s", file.fault.what);
    const struct coding_import import = {.round = &round,
                                         .file = &file,
                                         .of_recording = true,
                                         .leave_out = l->leave_out,
                                         .actor = "onno",
                                         .arena = arena};
    enum db_status status = coding_import_plan(&l->plan, tx, &import);
    cr_assert(l->plan.planned);
    return status == DB_OK && !l->plan.blocked && !l->dry_run ? coding_import_load(&l->plan, tx, &import)
                                                              : status;
}

static struct coding_import_plan load_file(struct slice bytes, bool leave_out)
{
    struct load l = {.bytes = bytes, .leave_out = leave_out};
    in_transaction(run_load, &l);
    return l.plan;
}

/* Two people coded; what P3 said too, and what the second reads otherwise. */
static void code_group(void)
{
    struct staff karel;
    staff_of(&karel, &place, app, "karel", ROLE_CODEUR, NULL);
    test_sql(
        place.owner,
        "INSERT INTO zs.coder (account_id, name) SELECT id, name FROM zs.account;"
        "INSERT INTO zs.coding_batch (round_id, number, source, share, created_by) SELECT round_id, 1, "
        "'ingelezen', 0, 'a' FROM zs.conversation;"
        "INSERT INTO zs.coding_task (batch_id, round_id, passage_id, coder_id, position, place) SELECT 1, "
        "e.round_id, e.id, k.id, row_number() OVER (PARTITION BY e.id ORDER BY k.id), 1 FROM zs.evidence AS "
        "e, zs.coder AS k WHERE e.speaker = 'deelnemer';"
        "INSERT INTO zs.coding (round_id, passage_id, coder_id, book_version, start_at, end_at, value_bits, "
        "counts, codes, facet, direction, memo, method, conversation_id, participant_id, created_at) SELECT "
        "t.round_id, t.passage_id, t.coder_id, p.book_version, 1, 7, 8, t.position = 1, CASE t.position WHEN "
        "1 THEN '{natuurlijkheid,echt-eng}'::text[] ELSE '{zoals-oma}' END, CASE t.position WHEN 1 THEN "
        "'mens' END, 'tegen', CASE t.position WHEN 2 THEN 'twijfel <&>' END, e.method, e.conversation_id, "
        "e.participant_id, timestamptz '2026-01-16 10:00:00.25Z' + e.place * interval '1 min' FROM "
        "zs.coding_task AS t JOIN zs.evidence AS e ON e.id = t.passage_id JOIN zs.coding_plan AS p ON "
        "p.round_id = t.round_id");
}

static struct slice kept(struct buffer *buffer)
{
    return arena_copy(arena, buffer_slice(buffer));
}

static bool holds(struct slice bytes, const char *words)
{
    return memmem(bytes.ptr, bytes.len, words, strlen(words)) != NULL;
}

/* All that is in it, unpacked. */
static struct slice texts_of(struct slice bytes)
{
    struct coding_file file;
    struct buffer all;
    buffer_init(&all, FILES_MAX);
    cr_assert(coding_file_read(&file, arena, bytes));
    for (size_t i = 0; i < file.project->source_count; i++) {
        buffer_append(&all, file.project->sources[i].text);
        buffer_append(&all, file.project->sources[i].description);
    }
    for (size_t i = 0; i < file.project->user_count; i++) {
        buffer_append(&all, file.project->users[i].name);
    }
    const struct slice out = kept(&all);
    buffer_free(&all);
    return out;
}

Test(coding_file, of_a_round_read_into_another_database_is_the_same)
{
    struct export first, again;
    arena = arena_create(CODING_IMPORT_ARENA_MAX);
    begin_group();
    all_agree();
    load_group();
    take_book(slice_from_cstr(foreign_book));
    plan_by_newest_book();
    code_group();
    export_round(&first);
    const struct slice qdpx = kept(&first.qdpx), qdc = kept(&first.qdc), texts = texts_of(qdpx);
    scene_end();
    export_free(&first);

    /* Nobody's name, and nothing of who did not agree. */
    cr_expect(holds(texts, "P1: Het is niet natuurlijk. \xc3\x89"
                           "cht.\nLet op: dat vind ik.\nP2: Liever niet.\nP3: "
                           "[weggelaten op verzoek]\nP1: Toch wel.\n"));
    cr_expect(holds(texts,
                    "Letterlijk citeren mag van: P1.\nLetterlijk citeren mag niet van: P2.\nWeggelaten "
                    "is wat is gezegd door: P3."));
    cr_expect(holds(texts, "Codeur 1Codeur 2"));
    cr_expect_not(holds(texts, "Geheim") || holds(texts, "Vries") || holds(texts, "karel") ||
                  holds(texts, "onno"));
    cr_expect_eq(first.left_out.turns, 1);
    cr_expect_eq(first.left_out.codings, 2);

    begin_group();
    all_agree();
    cr_expect(take_book(qdc).kept);
    plan_by_newest_book();
    const struct coding_import_plan plan = load_file(qdpx, false);
    cr_expect_not(plan.blocked);
    cr_expect_eq(plan.texts, 1);
    cr_expect_eq(plan.turns, 6 - 1);
    cr_expect_eq(plan.codings, 6);
    expect_sql(
        "SELECT string_agg(kind || ' ' || speaker || ' ' || body, ' | ' ORDER BY place) FROM zs.evidence",
        "uitspraak moderator Welkom. | uitspraak deelnemer Het is niet natuurlijk. \xc3\x89"
        "cht.\nLet op: dat "
        "vind ik. | uitspraak deelnemer Liever niet. | weggelaten deelnemer [weggelaten op verzoek] | "
        "uitspraak deelnemer Toch wel.");
    expect_sql(
        "SELECT string_agg(position || ' ' || (done_at IS NOT NULL), ',' ORDER BY passage_id, position) "
        "FROM zs.coding_task",
        "1 true,2 true,1 true,2 true,1 true,2 true");
    expect_sql("SELECT count(*) FILTER (WHERE counts) || ' ' || count(*) || ' ' || min(method) || ' ' || "
               "count(participant_id) || ' ' || sum(value_bits) FROM zs.coding",
               "3 6 focusgroep 6 48");
    export_round(&again);
    cr_expect(slice_equal(buffer_slice(&again.qdc), qdc), "the code book is the same");
    cr_expect(slice_equal(buffer_slice(&again.qdpx), qdpx), "the project is the same");
    export_free(&again);

    /* Read in twice, nothing stands twice. */
    const struct coding_import_plan twice = load_file(qdpx, false);
    cr_expect_not(twice.blocked);
    cr_expect_eq(twice.codings, 0);
    cr_expect_eq(twice.lost[CODING_LOST_KNOWN], 6);
    cr_expect_eq(twice.sources[0].state, CODING_SOURCE_THERE);
    expect_sql("SELECT count(*) || ' ' || (SELECT count(*) FROM zs.coder) FROM zs.coding", "6 2");
    scene_end();
    arena_destroy(arena);
}

/* ---- of another program ---- */

static struct qda_guid guid(unsigned char number)
{
    return (struct qda_guid){{0x22, [7] = 0x40, [8] = 0x80, [15] = number}};
}

/* A project of one text, with a code by its name and selections of these words, by this user. */
static struct slice foreign(const char *name, const char *text, const char *code, const char *user,
                            const char *const *words)
{
    struct buffer file;
    struct qda_fault fault;
    struct qda_selection selections[4];
    struct qda_coding codings[4];
    struct qda_user users[] = {{.guid = guid(1), .name = slice_from_cstr(user)}};
    struct qda_code codes[] = {{.guid = guid(2),
                                .name = slice_from_cstr(code),
                                .parent = QDA_NONE,
                                .colour = QDA_NO_COLOUR,
                                .codable = true}};
    struct qda_source source = {.guid = guid(3),
                                .name = slice_from_cstr(name),
                                .text = slice_from_cstr(text),
                                .created = {0, QDA_NO_TIME},
                                .modified = {QDA_NONE, QDA_NO_TIME},
                                .selections = selections};
    for (size_t i = 0; words[i]; i++) {
        const char *at = strstr(text, words[i]);
        cr_assert_not_null(at, "%s", words[i]);
        const uint32_t start = (uint32_t)utf8_length((struct slice){text, (size_t)(at - text)});
        codings[i] = (struct qda_coding){
            .guid = guid((unsigned char)(100 + i)), .code = 0, .created = {0, 1760000000}};
        selections[i] =
            (struct qda_selection){.guid = guid((unsigned char)(50 + i)),
                                   .start = start,
                                   .end = start + (uint32_t)utf8_length(slice_from_cstr(words[i])),
                                   .created = {0, QDA_NO_TIME},
                                   .modified = {QDA_NONE, QDA_NO_TIME},
                                   .codings = {&codings[i], 1}};
        source.selection_count++;
    }
    struct qda_project project = {.name = SLICE("Ander"),
                                  .origin = SLICE("Ander programma"),
                                  .created = {QDA_NONE, QDA_NO_TIME},
                                  .modified = {QDA_NONE, QDA_NO_TIME},
                                  .users = users,
                                  .user_count = 1,
                                  .codes = codes,
                                  .code_count = 1,
                                  .sources = &source,
                                  .source_count = 1};
    buffer_init(&file, FILES_MAX);
    cr_assert_eq(qda_write_project(&fault, &project, (struct dataset_output){.write = gather, .self = &file}),
                 QDA_OK, "%s", fault.what);
    const struct slice bytes = kept(&file);
    buffer_free(&file);
    return bytes;
}

#define NAMED GROUP ".docx"
static const char said[] = "Moderator:\nWelkom.\n\nP1: Het is niet natuurlijk.\n\nP2:\tLiever niet.\n";
static const char *const across[] = {"natuurlijk.\n\nP2:\tLiever", NULL};
static const char *const nothing[] = {"Moderator:", NULL};
static const char *const none[] = {NULL};

static void begin_foreign(void)
{
    arena = arena_create(CODING_IMPORT_ARENA_MAX);
    begin_group();
    take_book(slice_from_cstr(foreign_book));
    plan_by_newest_book();
}

static void end_foreign(void)
{
    scene_end();
    arena_destroy(arena);
}

#define NOTHING_LOADED                                                                                       \
    "SELECT (SELECT count(*) FROM zs.transcript_version) || ' ' || (SELECT count(*) FROM zs.turn) || ' ' "   \
    "|| "                                                                                                    \
    "(SELECT count(*) FROM zs.coding) || ' ' || (SELECT count(*) FROM zs.coding_batch) || ' ' || (SELECT "   \
    "count(*) FROM zs.coder)"

static void expect_refused(struct slice bytes, enum coding_source_why why, const char *what)
{
    const struct coding_import_plan plan = load_file(bytes, false);
    cr_expect(plan.blocked);
    cr_expect_eq(plan.sources[0].state, CODING_SOURCE_REFUSED);
    cr_expect_eq(plan.sources[0].why, why, "%d", (int)plan.sources[0].why);
    cr_expect(slice_equal_cstr(plan.sources[0].what, what), "%.*s", SLICE_ARG(plan.sources[0].what));
    expect_sql(NOTHING_LOADED, "0 0 0 0 0");
}

Test(coding_file, loads_nothing_of_whom_no_consent_is_noted)
{
    begin_foreign();
    const struct slice bytes = foreign(NAMED, said, "Natuurlijkheid", "Ans", across);
    expect_refused(bytes, CODING_WHY_CONSENT, "P1, P2, P3");
    add_consent(1, "&opname=ja");
    add_consent(2, "&opname=ja");
    add_consent(3, ""); /* not to be recorded */
    expect_refused(bytes, CODING_WHY_CONSENT, "P3");
    add_consent(3, "&opname=ja");
    const struct coding_import_plan plan = load_file(bytes, false);
    cr_expect_not(plan.blocked);
    end_foreign();
}

Test(coding_file, says_of_each_text_why_it_cannot_come)
{
    begin_foreign();
    all_agree();
    expect_refused(foreign("ergens anders", said, "Natuurlijkheid", "Ans", across), CODING_WHY_NOWHERE, "");
    expect_refused(foreign(NAMED, "P1: Ja.\nJan: Nee.\nElise: Hm.\n", "Natuurlijkheid", "Ans", none),
                   CODING_WHY_SPEAKER, "Jan, Elise");
    expect_refused(foreign(NAMED, "Zomaar een verhaal.\nP1: Ja.\n", "Natuurlijkheid", "Ans", none),
                   CODING_WHY_NO_SPEAKER, "");
    expect_refused(foreign(NAMED, "   ", "Natuurlijkheid", "Ans", none), CODING_WHY_UNREADABLE, "");
    /* A code that is not in the book. */
    const struct coding_import_plan unknown = load_file(foreign(NAMED, said, "Onzin", "Ans", across), false);
    cr_expect(unknown.blocked);
    cr_expect_eq(unknown.lost[CODING_LOST_UNKNOWN], 1);
    cr_expect_eq(unknown.codes[0].title.len, 0);
    expect_sql(NOTHING_LOADED, "0 0 0 0 0");
    /* Without it the rest may come. */
    const struct coding_import_plan rest = load_file(foreign(NAMED, said, "Onzin", "Ans", across), true);
    cr_expect_not(rest.blocked);
    cr_expect_eq(rest.texts, 1);
    cr_expect_eq(rest.codings, 0);
    expect_sql("SELECT string_agg(body, ' | ' ORDER BY place) FROM zs.evidence",
               "Welkom. | Het is niet natuurlijk. | Liever niet.");
    /* Another text stands there now. */
    const struct coding_import_plan other =
        load_file(foreign(NAMED, "P1: Het is heel natuurlijk.\n", "Natuurlijkheid", "Ans", none), false);
    cr_expect_eq(other.sources[0].why, CODING_WHY_OTHER_TEXT);
    cr_expect_eq(other.sources[0].line, 1);
    end_foreign();
}

Test(coding_file, is_coded_turn_by_turn_by_who_is_known)
{
    begin_foreign();
    all_agree();
    const struct coding_import_plan plan =
        load_file(foreign(NAMED, said, "NATUURLIJKHEID", "onno", across), false);
    cr_expect_not(plan.blocked);
    cr_expect_eq(plan.users[0].kind, CODING_USER_ACCOUNT);
    cr_expect(plan.codes[0].by_name);
    expect_sql(
        "SELECT string_agg(substr(e.body, c.start_at + 1, c.end_at - c.start_at), '|' ORDER BY e.place) "
        "FROM zs.coding AS c JOIN zs.evidence AS e ON e.id = c.passage_id",
        "natuurlijk.|Liever");
    expect_sql(
        "SELECT k.name || ' ' || (k.account_id IS NOT NULL) || ' ' || "
        "to_char(min(c.created_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') FROM zs.coding AS c JOIN "
        "zs.coder AS k ON k.id = c.coder_id GROUP BY k.id",
        "onno true 2025-10-09 08:53:20");
    /* Who speaks is no saying; and somebody from outside has no name. */
    const struct coding_import_plan more =
        load_file(foreign(NAMED, said, "Natuurlijkheid", "Ans van Buiten", nothing), false);
    cr_expect_not(more.blocked);
    cr_expect_eq(more.lost[CODING_LOST_SPEECHLESS], 1);
    cr_expect_eq(more.codings, 0);
    load_file(foreign(NAMED, said, "Natuurlijkheid", "Ans van Buiten", across), false);
    expect_sql("SELECT name FROM zs.coder WHERE account_id IS NULL", "Codeur 22000000");
    expect_sql("SELECT string_agg(counts::text, ' ' ORDER BY passage_id, id) FROM zs.coding",
               "true false true false");
    end_foreign();
}

Test(coding_file, that_was_withdrawn_meanwhile_is_not_coded)
{
    begin_foreign();
    all_agree();
    load_file(foreign(NAMED, said, "Natuurlijkheid", "onno", none), false);
    test_sql(place.owner, "SELECT zs.participant_withdraw(2, 'a')");
    /* The file has words that stand here no more: none of it may come back. */
    const struct coding_import_plan plan =
        load_file(foreign(NAMED, said, "Natuurlijkheid", "onno", across), false);
    cr_expect(plan.blocked);
    cr_expect_eq(plan.sources[0].why, CODING_WHY_OTHER_TEXT);
    expect_sql("SELECT count(*)::text FROM zs.coding", "0");
    end_foreign();
}

/* ---- on the page ---- */

#define EXCHANGE_AT CODING_AT "/uitwisselen"
#define IN_AT       CODING_AT "/invoer"
#define OUT_AT      CODING_AT "/uitvoer"

static struct slice body_of(const struct client_reply *reply)
{
    return (struct slice){reply->body, reply->body_len};
}

Test(coding_file, is_looked_at_before_it_is_loaded)
{
    char fields[160];
    begin_foreign();
    const struct slice bytes = foreign(NAMED, said, "Natuurlijkheid", "Ans <b>", across);
    staff_get(&staff, CODING_AT);
    expect_says(&staff.reply, EXCHANGE_AT);
    staff_upload(&staff, EXCHANGE_AT, IN_AT, "bron=opname&doe=nakijken", "project.qdpx", bytes);
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "er is geen toestemming vastgelegd");
    expect_says(&staff.reply, "P1, P2, P3");
    expect_silent(&staff.reply, "value=\"inlezen\"");
    all_agree();
    staff_upload(&staff, EXCHANGE_AT, IN_AT, "bron=opname&doe=nakijken", "project.qdpx", bytes);
    expect_status(&staff.reply, 200);
    expect_says(&staff.reply, "Wordt de tekst van het gesprek");
    expect_says(&staff.reply, "Ans &lt;b&gt;");
    expect_says(&staff.reply, "value=\"inlezen\"");
    expect_sql(NOTHING_LOADED, "0 0 0 0 0");
    snprintf(fields, sizeof fields, "bron=opname&doe=inlezen&gezien=%s", staff_hidden(&staff, "gezien"));
    /* Another file than was looked at is looked at first. */
    staff_upload(&staff, EXCHANGE_AT, IN_AT, fields, "project.qdpx",
                 foreign(NAMED, said, "Natuurlijkheid", "Ans", none));
    expect_status(&staff.reply, 200);
    expect_sql(NOTHING_LOADED, "0 0 0 0 0");
    staff_upload(&staff, EXCHANGE_AT, IN_AT, fields, "project.qdpx", bytes);
    expect_redirect(&staff.reply, CODING_AT);
    expect_sql(NOTHING_LOADED, "1 3 2 1 1");
    expect_sql("SELECT object || ' ' || actor || ' ' || (details->>'teksten') || ' ' || "
               "(details->>'coderingen') FROM zs.audit_event WHERE action = 'coding.import'",
               "round:" ROUND " onno 1 2");
    staff_get(&staff, CODING_AT);
    expect_says(&staff.reply, "Ingelezen");
    end_foreign();
}

Test(coding_file, of_a_code_book_shows_what_changes)
{
    char fields[160];
    arena = arena_create(CODING_IMPORT_ARENA_MAX);
    scene_begin();
    const struct slice bytes = slice_from_cstr(foreign_book);
    staff_upload(&staff, EXCHANGE_AT, IN_AT, "doe=nakijken", "boek.qdc", bytes);
    expect_status(&staff.reply, 200);
    expect_says(&staff.reply, "Zoals oma");
    expect_says(&staff.reply, "Nieuw");
    expect_sql("SELECT count(*)::text FROM zs.code_book_version", "0");
    snprintf(fields, sizeof fields, "doe=inlezen&gezien=%s", staff_hidden(&staff, "gezien"));
    staff_upload(&staff, EXCHANGE_AT, IN_AT, fields, "boek.qdc", bytes);
    expect_redirect(&staff.reply, "/beheer/codeboeken/1");
    staff_get(&staff, "/beheer/codeboeken/1");
    expect_says(&staff.reply, "Alles wat knaagt.");
    scene_end();
    arena_destroy(arena);
}

Test(coding_file, that_is_bad_says_why_and_loads_nothing)
{
    static const char bomb[] =
        "<?xml version=\"1.0\"?><!DOCTYPE CodeBook [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>"
        "<CodeBook xmlns=\"urn:QDA-XML:codebook:1.0\"><Codes/></CodeBook>";
    static const struct {
        const char *bytes, *words;
    } files[] = {
        {"", "Kies een bestand dat niet leeg is"},
        {bomb, "iets dat andere bestanden kan ophalen"},
        {"<CodeBook xmlns=\"urn:QDA-XML:codebook:2.0\"><Codes/></CodeBook>", "van een nieuwere versie"},
        {"<CodeBook xmlns=\"urn:QDA-XML:codebook:1.0\"><Codes><Code", "beschadigd"},
        {"PK\x03\x04 en verder niets", "geen heel projectbestand"},
    };
    begin_foreign();
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        staff_upload(&staff, EXCHANGE_AT, IN_AT, "doe=nakijken", "x", slice_from_cstr(files[i].bytes));
        expect_status(&staff.reply, 400);
        expect_says(&staff.reply, files[i].words);
        expect_says(&staff.reply, "href=\"#bestand\"");
    }
    /* 50 MB is refused with the limit. */
    struct buffer large;
    buffer_init(&large, 64 << 20);
    memset(buffer_reserve(&large, 50 << 20), ' ', 50 << 20);
    buffer_commit(&large, 50 << 20);
    staff_upload(&staff, EXCHANGE_AT, IN_AT, "doe=nakijken", "x", buffer_slice(&large));
    buffer_free(&large);
    expect_status(&staff.reply, 413);
    expect_says(&staff.reply, "20 MB");
    expect_sql(NOTHING_LOADED, "0 0 0 0 0");
    end_foreign();
}

Test(coding_file, is_taken_along_with_a_reason)
{
    static struct staff coder;
    begin_foreign();
    all_agree();
    load_group();
    code_group();
    staff_post(&staff, EXCHANGE_AT, OUT_AT, "vorm=pdf&doel=+");
    expect_status(&staff.reply, 400);
    expect_says(&staff.reply, "href=\"#vorm\"");
    expect_says(&staff.reply, "href=\"#doel\"");
    staff_post(&staff, EXCHANGE_AT, OUT_AT, "vorm=qdpx&doel=Tweede+lezing");
    expect_status(&staff.reply, 200);
    cr_expect_str_eq(client_header(&staff.reply, "Content-Type"), "application/zip");
    cr_expect_str_eq(client_header(&staff.reply, "Content-Disposition"),
                     "attachment; filename=\"" ROUND ".qdpx\"");
    const struct slice texts = texts_of(body_of(&staff.reply));
    cr_expect(holds(texts, "P1: Het is niet natuurlijk.") && !holds(texts, "Geheim"));
    staff_post(&staff, EXCHANGE_AT, OUT_AT, "vorm=qdc&doel=x");
    expect_says(&staff.reply, "Zoals oma");
    staff_post(&staff, EXCHANGE_AT, OUT_AT, "vorm=csv&doel=x");
    expect_says(&staff.reply, "Codeur 1");
    expect_silent(&staff.reply, "Geheim");
    expect_silent(&staff.reply, "karel");
    expect_sql("SELECT string_agg(details->>'formaat' || ' ' || (details->>'doel'), ',' ORDER BY id) FROM "
               "zs.audit_event WHERE action = 'coding.export'",
               "qdpx Tweede lezing,qdc x,csv x");
    staff_of(&coder, &place, app, "cora", ROLE_CODEUR, NULL);
    staff_get(&coder, EXCHANGE_AT);
    expect_status(&coder.reply, 403);
    end_foreign();
}

/* P2 is Els Bakker. What stands in the place of her name is as long as it. */
static void name_somebody(const char *with)
{
    char sql[400];
    snprintf(sql, sizeof sql,
             "UPDATE zs.turn SET body = '%s' WHERE participant_id = (SELECT id FROM zs.participant WHERE "
             "pseudonym = 'P2')",
             with);
    test_sql(place.owner, sql);
}

Test(coding_file, holds_back_what_somebody_still_has_to_decide_about)
{
    struct export out;
    begin_foreign();
    all_agree();
    load_group();
    code_group();
    name_somebody("Zoals Bakker zei.");
    export_round(&out);
    const struct slice first = kept(&out.qdpx);
    const struct slice texts = texts_of(first);
    cr_expect_eq(out.left_out.turns, 1, "of who did not agree to that");
    cr_expect_eq(out.left_out.waiting, 1);
    cr_expect_eq(out.left_out.codings, 4);
    cr_expect(holds(texts, "P2: [weggelaten op verzoek]") && !holds(texts, "Bakker"));
    cr_expect(holds(texts, "Letterlijk citeren mag niet van: P2"), "no other reason is told");
    export_free(&out);
    struct coding_file file;
    cr_assert(coding_file_read(&file, arena, first));
    cr_expect(slice_equal_cstr(file.project->description,
                               "Ingehouden: 1 tekst, omdat er persoonsgegevens in kunnen staan waarover nog "
                               "niemand heeft besloten."),
              "%.*s", SLICE_ARG(file.project->description));
    /* It is the text that stands here, and is known as that. */
    const struct coding_import_plan plan = load_file(first, false);
    cr_expect_not(plan.blocked);
    cr_expect_eq(plan.sources[0].state, CODING_SOURCE_THERE);
    cr_expect_eq(plan.codings, 0);
    staff_post(&staff, EXCHANGE_AT, OUT_AT, "vorm=csv&doel=x");
    expect_silent(&staff.reply, "Zoals");
    expect_silent(&staff.reply, "twijfel &lt;");
    expect_says(&staff.reply, ",,persoonsgegevens,\r\n");
    expect_says(&staff.reply, ",,archief,\r\n");
    expect_sql("SELECT string_agg(details->>'ingehouden', ',') FROM zs.audit_event WHERE action = "
               "'coding.export'",
               "1");
    staff_get(&staff, EXCHANGE_AT);
    expect_says(&staff.reply, "persoonsgegevens");
    /* It is her trade: somebody says so. */
    test_sql(place.owner,
             "INSERT INTO zs.personal_kept (passage_id, start_at, end_at, kept_by) SELECT id, 6, 12, "
             "'onno' FROM zs.turn WHERE body LIKE '%Bakker%'");
    export_round(&out);
    cr_expect_eq(out.left_out.waiting, 0);
    cr_expect(holds(texts_of(kept(&out.qdpx)), "P2: Zoals Bakker zei."));
    export_free(&out);
    end_foreign();
}

/* ---- what could not follow a text ---- */

#define LOST_AT CODING_AT "/verloren"

Test(coding_file, lists_what_could_not_follow_a_text_for_its_coder_and_who_decides)
{
    char path[200], fields[64];
    struct staff karel, carla;
    arena = arena_create(CODING_IMPORT_ARENA_MAX);
    begin_group();
    all_agree();
    load_group();
    take_book(slice_from_cstr(foreign_book));
    plan_by_newest_book();
    code_group();
    staff_get(&staff, CODING_AT);
    expect_says(&staff.reply, "niet meegingen met hun tekst: 0</a>");
    staff_get(&staff, LOST_AT);
    expect_says(&staff.reply, "Alle coderingen gingen mee.");
    /* Code points 1 to 7 of it were coded, by two. */
    snprintf(path, sizeof path, GROUP_AT "/tekst/%s/verbeteren",
             test_sql_text(place.owner, "SELECT id::text FROM zs.turn WHERE body = 'Liever niet.'"));
    staff_post(&staff, path, path, "tekst=Lever+is+niet+vies.&reden=Verkeerd+verstaan");
    staff_get(&staff, CODING_AT);
    expect_says(&staff.reply, "niet meegingen met hun tekst: 2</a>");
    staff_get(&staff, LOST_AT);
    expect_says(&staff.reply, "De tekst is verbeterd.");
    expect_says(&staff.reply, GROUP ", P2");
    expect_says(&staff.reply, "is niet vies.</blockquote>");
    expect_says(&staff.reply, "<span lang=\"nl\">\xc3\x89"
                              "cht eng</span>");
    expect_says(&staff.reply, "Zoals oma");
    expect_says(&staff.reply, GROUP_AT "/tekst?vanaf=3");

    /* A coder sees their own, and takes away no other's. */
    staff_of(&carla, &place, app, "carla", ROLE_CODEUR, NULL);
    staff_get(&carla, LOST_AT);
    expect_says(&carla.reply, "Alle coderingen gingen mee.");
    staff_init(&karel, port_of(app));
    staff_login(&karel, "karel", PASSWORD);
    staff_get(&karel, LOST_AT);
    expect_says(&karel.reply, "Zoals oma");
    expect_silent(&karel.reply, "cht eng</span>");
    snprintf(fields, sizeof fields, "regel=%s",
             test_sql_text(place.owner, "SELECT q.id::text FROM zs.coding_lost AS q JOIN zs.coder AS k ON "
                                        "k.id = q.coder_id WHERE k.name = 'onno'"));
    staff_post(&karel, LOST_AT, LOST_AT, fields);
    expect_sql("SELECT count(*)::text FROM zs.coding_lost", "2");
    staff_get(&karel, LOST_AT);
    snprintf(fields, sizeof fields, "regel=%s", staff_hidden(&karel, "regel"));
    staff_post(&karel, LOST_AT, LOST_AT, fields);
    expect_redirect(&karel.reply, LOST_AT);
    staff_post(&karel, LOST_AT, LOST_AT, fields);
    expect_redirect(&karel.reply, LOST_AT);
    staff_post(&karel, LOST_AT, LOST_AT, "regel=x");
    expect_status(&karel.reply, 400);
    expect_sql(
        "SELECT string_agg(k.name, ' ') FROM zs.coding_lost AS q JOIN zs.coder AS k ON k.id = q.coder_id",
        "onno");
    expect_sql(
        "SELECT string_agg(action, ' ' ORDER BY id) FROM zs.audit_event WHERE action = 'coding.lost-done'",
        "coding.lost-done");

    /* Of who no longer agrees it says nothing. */
    add_consent(2, "");
    staff_get(&staff, LOST_AT);
    expect_says(&staff.reply, "Alle coderingen gingen mee.");
    scene_end();
    arena_destroy(arena);
}
