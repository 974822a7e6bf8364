#include "features/opendata/opendata_archive.h"

#include "base/clock.h"
#include "features/opendata/opendata_contents.h"
#include "features/opendata/opendata_internal.h"
#include "features/opendata/opendata_mdto.h"
#include "features/opendata/opendata_package.h"
#include "features/tafel/tafel.h"

#include <string.h>

enum { MDTO_BYTES_MAX = 1024 * 1024 };
#define ARCHIVE_BYTES_MAX ((size_t)1024 * 1024 * 1024)

enum statement {
    MARKS_READ,
    CONSULTATION_READ,
    QUESTIONNAIRES_READ,
    CODE_BOOKS_READ,
    SIGNALS_READ,
    PACKAGE_STORE,
    ROUND_STORE,
    STATEMENT_COUNT
};

const struct db_statement archive_statements[STATEMENT_COUNT + 1] = {
    [MARKS_READ] =
        {"archive_marks",
         "SELECT round_id, log_pos, release_number, changed_at::text FROM zs.archive_marks($1::text)"},
    [CONSULTATION_READ] =
        {"archive_consultation",
         "SELECT document::text FROM zs.consultation WHERE code = $1::text AND NOT invented"},
    [QUESTIONNAIRES_READ] = {"archive_questionnaires",
                             "SELECT q.code, q.number, q.document::text FROM zs.questionnaire_version AS q"
                             " WHERE q.consultation = $1::text AND q.frozen_at IS NOT NULL"
                             " ORDER BY q.code, q.number"},
    [CODE_BOOKS_READ] = {"archive_code_books", "SELECT code, number, document::text FROM zs.code_book_version"
                                               " WHERE consultation = $1::text ORDER BY code, number"},
    [SIGNALS_READ] = {"archive_signals",
                      "SELECT id FROM zs.signal WHERE consultation = $1::text ORDER BY id"},
    [PACKAGE_STORE] = {"archive_package_store",
                       "INSERT INTO zs.archive_package (consultation, made_by, size, sha256)"
                       " VALUES ($1::text, $2::text, $3::int8, $4::bytea) RETURNING id"},
    [ROUND_STORE] =
        {"archive_round_store",
         "INSERT INTO zs.archive_round (package_id, round_id, log_pos, release_number, changed_at)"
         " VALUES ($1::int4, $2::int4, $3::int8, $4::int4, $5::text::timestamptz)"},
};

struct mark {
    int32_t round_id, release;
    int64_t position;
    struct slice changed_at;
};
struct document {
    struct slice code, text;
    int32_t number;
};
struct making {
    struct opendata *opendata;
    const struct survey_snapshot *snapshot;
    const char *consultation, *actor;
    struct arena *arena;
    struct package *package;
    struct archive_report *report;
    struct slice document; /* of the consultation; empty: there is none */
    struct mark *marks;
    size_t mark_count;
    struct document *questionnaires, *books;
    size_t questionnaire_count, book_count;
    int32_t *signals;
    json_t **signal_files, **notes, **forwards; /* [signal] */
    size_t signal_count;
    bool whole;
};

/* ---- reading: first how far everything is, so that nothing later counts as archived ---- */

static enum db_status run(struct db_result **rows, struct making *m, struct db_tx *tx, enum statement which)
{
    struct db_params p = db_params(tx);
    db_put_text(&p, slice_from_cstr(m->consultation));
    return db_run(rows, tx, &archive_statements[which], &p);
}

static enum db_status read_marks(struct making *m, struct db_tx *tx)
{
    struct db_result *rows;
    const enum db_status status = run(&rows, m, tx, MARKS_READ);
    m->mark_count = status == DB_OK ? db_rows(rows) : 0;
    m->marks = arena_array(m->arena, m->mark_count + 1, sizeof *m->marks);
    for (size_t i = 0; i < m->mark_count; i++) {
        m->marks[i] = (struct mark){.round_id = db_get_int32(rows, i, 0),
                                    .position = db_get_int64(rows, i, 1),
                                    .release = db_get_int32(rows, i, 2),
                                    .changed_at = arena_copy(m->arena, db_get_text(rows, i, 3))};
    }
    return status;
}

static enum db_status read_documents(struct document **out, size_t *count, struct making *m, struct db_tx *tx,
                                     enum statement which)
{
    struct db_result *rows;
    const enum db_status status = run(&rows, m, tx, which);
    *count = status == DB_OK ? db_rows(rows) : 0;
    *out = arena_array(m->arena, *count + 1, sizeof **out);
    for (size_t i = 0; i < *count; i++) {
        (*out)[i] = (struct document){.code = arena_copy(m->arena, db_get_text(rows, i, 0)),
                                      .number = db_get_int32(rows, i, 1),
                                      .text = arena_copy(m->arena, db_get_text(rows, i, 2))};
    }
    return status;
}

static enum db_status read_signals(struct making *m, struct db_tx *tx)
{
    struct db_result *rows;
    enum db_status status = run(&rows, m, tx, SIGNALS_READ);
    m->signal_count = status == DB_OK ? db_rows(rows) : 0;
    m->signals = arena_array(m->arena, m->signal_count + 1, sizeof *m->signals);
    m->notes = arena_array(m->arena, m->signal_count + 1, sizeof *m->notes);
    m->forwards = arena_array(m->arena, m->signal_count + 1, sizeof *m->forwards);
    m->signal_files = arena_array(m->arena, m->signal_count + 1, sizeof *m->signal_files);
    for (size_t i = 0; status == DB_OK && i < m->signal_count; i++) {
        m->signals[i] = db_get_int32(rows, i, 0);
        status = signal_notes(&m->notes[i], tx, m->arena, m->signals[i], 0);
        status = status == DB_OK
                     ? forward_list(&m->forwards[i], tx, m->arena, m->signals[i], 0, clock_unix_s())
                     : status;
    }
    return status;
}

static enum db_status read_work(struct db_tx *tx, void *context)
{
    struct making *m = context;
    struct db_result *rows;
    enum db_status status = read_marks(m, tx);
    status = status == DB_OK ? run(&rows, m, tx, CONSULTATION_READ) : status;
    if (status != DB_OK || db_rows(rows) == 0) {
        return status;
    }
    m->document = arena_copy(m->arena, db_get_text(rows, 0, 0));
    status = read_documents(&m->questionnaires, &m->questionnaire_count, m, tx, QUESTIONNAIRES_READ);
    status = status == DB_OK ? read_documents(&m->books, &m->book_count, m, tx, CODE_BOOKS_READ) : status;
    return status == DB_OK ? read_signals(m, tx) : status;
}

static int32_t newest_published(const struct making *m, int32_t round_id)
{
    size_t count;
    const struct publication **list = publications(&count, m->arena, m->opendata, round_id);
    return count > 0 ? list[count - 1]->number : 0;
}

/* Every newest release is published: its files are what the archive gets of the answers. A round that still
 * takes answers, and of which nobody may be told, counts as archived up to what was published of it. */
static bool all_published(struct making *m)
{
    const int64_t now_s = m->opendata->config.now_s();
    for (size_t i = 0; i < m->mark_count; i++) {
        struct mark *mark = &m->marks[i];
        const struct survey_round *round = survey_round_by_id(m->snapshot, mark->round_id);
        if (mark->release == 0 || publication_find(m->opendata, mark->round_id, mark->release)) {
            continue;
        }
        if (!round || survey_round_tells(round, false, now_s)) {
            return false;
        }
        mark->release = newest_published(m, mark->round_id);
    }
    return true;
}

/* ---- the parts ---- */

static void add_document(struct making *m, const char *folder, const struct document *document)
{
    json_t *value = json_loadb(document->text.ptr, document->text.len, 0, NULL);
    package_add_json(
        m->package,
        arena_printf(m->arena, "%s/%.*s-v%d.json", folder, SLICE_ARG(document->code), (int)document->number)
            .ptr,
        value);
    json_decref(value);
}

static enum db_status add_publication(struct making *m, struct db_tx *tx, const char *round,
                                      const struct publication *publication)
{
    const char *folder =
        arena_printf(m->arena, "tabellen/%s/uitgave-%d", round, (int)publication->number).ptr;
    const enum db_status status =
        package_add_publication(&m->whole, m->package, tx, m->arena, folder, publication);
    package_add(m->package, arena_printf(m->arena, "%s/" PUBLICATION_MANIFEST, folder).ptr,
                "application/json", publication->manifest);
    package_add(m->package, arena_printf(m->arena, "%s/" PUBLICATION_SIGNATURE, folder).ptr,
                "application/octet-stream", publication->signature);
    m->report->publications++;
    return status;
}

static enum db_status read_signal_files(struct making *m, struct db_tx *tx)
{
    const struct signal_public asked = {.all = true, .most = 1, .today = clock_day_nl(clock_unix_s())};
    enum db_status status = DB_OK;
    for (size_t i = 0; status == DB_OK && i < m->signal_count; i++) {
        status = signal_public_find(&m->signal_files[i], tx, m->arena, m->signals[i], &asked);
    }
    return status;
}

static void add_signals(struct making *m)
{
    for (size_t i = 0; i < m->signal_count; i++) {
        if (m->signal_files[i]) {
            json_t *file = json_copy(m->signal_files[i]);
            json_object_set(file, "bespreking", m->notes[i]);
            json_object_set(file, "doorgeleidingen", m->forwards[i]);
            package_add_json(
                m->package, arena_printf(m->arena, "signalen/signaal-%d.json", (int)m->signals[i]).ptr, file);
            json_decref(file);
            m->report->signals++;
        }
    }
}

/* The transaction is not run again once a part was written: what was lost is told as a failure. */
static enum db_status parts_work(struct db_tx *tx, void *context)
{
    struct making *m = context;
    size_t so_far;
    package_parts(&so_far, m->package);
    enum db_status status = so_far > 0 ? DB_FAILED : read_signal_files(m, tx);
    if (status != DB_OK) {
        return status;
    }
    for (size_t i = 0; i < m->questionnaire_count; i++) {
        add_document(m, "vragenlijst", &m->questionnaires[i]);
    }
    for (size_t i = 0; i < m->book_count; i++) {
        add_document(m, "codeboek", &m->books[i]);
    }
    for (size_t i = 0; status == DB_OK && i < m->mark_count; i++) {
        size_t count;
        const struct survey_round *round = survey_round_by_id(m->snapshot, m->marks[i].round_id);
        const struct publication **list = publications(&count, m->arena, m->opendata, m->marks[i].round_id);
        m->report->rounds++;
        for (size_t p = 0; status == DB_OK && round && p < count; p++) {
            status = add_publication(m, tx, round->code, list[p]);
        }
    }
    return status == DB_OK ? package_add_reports(m->package, &m->report->reports, tx, m->arena, "rapportages",
                                                 m->consultation, "", true)
                           : status;
}

/* ---- what it is ---- */

static const char *text_of(const json_t *document, const char *member)
{
    const json_t *value = json_object_get(document, member);
    const char *text =
        json_is_object(value) ? json_string_value(json_object_get(value, "nl")) : json_string_value(value);
    return text ? text : "";
}

static struct mdto_object describe(struct making *m, const json_t *document)
{
    const struct catalogue_facts *facts = &m->opendata->config.facts;
    int64_t first = INT64_MAX, last = 0;
    for (size_t i = 0; i < m->mark_count; i++) {
        const struct survey_round *round = survey_round_by_id(m->snapshot, m->marks[i].round_id);
        first = round && round->opens_at < first ? round->opens_at : first;
        last = round && round->closes_at > last ? round->closes_at : last;
    }
    return (struct mdto_object){
        .identifier = m->consultation,
        .source = m->opendata->config.public_url,
        .name = text_of(document, "title")[0] ? text_of(document, "title") : m->consultation,
        .description = text_of(document, "summary")[0] ? text_of(document, "summary") : m->consultation,
        .first_day = last > 0 ? package_day(m->arena, first) : NULL,
        .last_day = last > 0 ? package_day(m->arena, last - 1) : NULL,
        .organisation = facts->organisation[0] ? facts->organisation : text_of(document, "controller"),
        .organisation_id = facts->organisation_id,
        .selection_list = text_of(document, "selection_list")};
}

static void add_metadata(struct making *m, const struct mdto_object *object, int64_t now_s)
{
    struct buffer xml;
    char made_at[CLOCK_RFC3339_BYTES];
    size_t count;
    const struct package_part *parts = package_parts(&count, m->package);
    clock_format_rfc3339(made_at, now_s);
    buffer_init(&xml, MDTO_BYTES_MAX);
    mdto_write_object(&xml, object);
    package_add_buffer(m->package, "metagegevens/consultatie.mdto.xml", "application/xml", &xml);
    for (size_t i = 0; i < count; i++) {
        buffer_clear(&xml);
        mdto_write_file(&xml, object, &parts[i], made_at);
        package_add_buffer(m->package,
                           arena_printf(m->arena, "metagegevens/%s.bestand.mdto.xml", parts[i].name).ptr,
                           "application/xml", &xml);
    }
    buffer_free(&xml);
}

static void add_readme(struct making *m, const struct mdto_object *object)
{
    package_add(
        m->package, "LEESMIJ.txt", "text/plain; charset=utf-8",
        arena_printf(
            m->arena,
            "Archiefpakket van de consultatie %s\n%s\n\n"
            "vragenlijst/   elke vragenlijst zoals die is gesteld (JSON)\n"
            "codeboek/      codeboeken waarmee gesprekken en open antwoorden zijn gecodeerd (JSON)\n"
            "tabellen/      per ronde en uitgave alle beschermde tabellen (CSV met CSVW, JSON-regels) met "
            "het\n"
            "               codeboek van vragen en antwoorden (DDI-Codebook 2.5) en de ondertekende lijst\n"
            "rapportages/   rapportages van de maatschappelijke tafel zoals zij zijn gepubliceerd (JSON), "
            "elk met de\n"
            "               handtekening; ook die zijn ingetrokken\n"
            "signalen/      per signaal de tekst, de stappen, het bewijs, de bespreking, en aan wie het is\n"
            "               doorgegeven met wat zij antwoordden (JSON)\n"
            "metagegevens/  MDTO-XML 1.0.1 van het geheel en van elk bestand\n"
            "consultatie.json  wat aan deelnemers is verteld\n\n"
            "Antwoorden van personen staan er niet in. De map signalen noemt medewerkers bij naam.\n\n"
            "Is alles er nog?   sha256sum -c SHA256SUMS\n"
            "Is het echt?       manifest.json.sig is de handtekening (Ed25519) onder manifest.json;\n"
            "                   openssl pkeyutl -verify -pubin -inkey sleutel.pem -rawin -in manifest.json\n"
            "                   -sigfile manifest.json.sig\n",
            m->consultation, object->name));
}

/* ---- all of it ---- */

static enum db_status note_work(struct db_tx *tx, void *context)
{
    struct making *m = context;
    struct db_result *row;
    char sha256[2 * CRYPTO_SHA256_BYTES + 1];
    struct db_params p = db_params(tx);
    crypto_hex(sha256, m->report->sha256, sizeof m->report->sha256);
    db_put_text(&p, slice_from_cstr(m->consultation));
    db_put_text(&p, slice_from_cstr(m->actor));
    db_put_int64(&p, (int64_t)m->report->size);
    db_put_bytes(&p, (struct slice){(const char *)m->report->sha256, sizeof m->report->sha256});
    enum db_status status = db_run_one(&row, tx, &archive_statements[PACKAGE_STORE], &p);
    for (size_t i = 0; status == DB_OK && i < m->mark_count; i++) {
        struct db_params q = db_params(tx);
        db_put_int32(&q, db_get_int32(row, 0, 0));
        db_put_int32(&q, m->marks[i].round_id);
        db_put_int64(&q, m->marks[i].position);
        db_put_int32(&q, m->marks[i].release);
        db_put_text(&q, m->marks[i].changed_at);
        status = db_run(NULL, tx, &archive_statements[ROUND_STORE], &q);
    }
    if (status != DB_OK) {
        return status;
    }
    const struct audit_event event = {
        .action = "archive.make",
        .object = arena_printf(db_arena(tx), "consultation:%s", m->consultation).ptr,
        .result = "ok",
        .origin = "command",
        .actor = m->actor,
        .details = arena_printf(db_arena(tx), "{\"bytes\": %llu, \"sha256\": \"%s\"}",
                                (unsigned long long)m->report->size, sha256)
                       .ptr};
    return audit_record(tx, &event);
}

static enum db_status write_parts(struct making *m, struct db_conn *conn, const json_t *document,
                                  int64_t now_s)
{
    const enum db_status status =
        db_transaction_read_only(conn, "archive-parts", DB_ROLE_RESULTS, parts_work, m);
    if (status != DB_OK || !m->whole) {
        return status == DB_OK ? DB_FAILED : status;
    }
    const struct mdto_object object = describe(m, document);
    package_add_json(m->package, "consultatie.json", document);
    add_signals(m);
    add_readme(m, &object);
    add_metadata(m, &object, now_s);
    return DB_OK;
}

static enum db_status make(enum archive_outcome *outcome, struct making *m, struct db_conn *conn,
                           const struct archive_target *target)
{
    const int64_t now_s = clock_unix_s();
    json_t *document = json_loadb(m->document.ptr, m->document.len, 0, NULL);
    json_t *about = json_pack("{s:s}", "consultatie", m->consultation);
    m->package =
        package_create(m->arena, m->opendata->config.keys, "zevenstem-archiefpakket", now_s, target->output);
    enum db_status status = m->package ? write_parts(m, conn, document, now_s) : DB_FAILED;
    if (status == DB_OK) {
        package_parts(&m->report->parts, m->package);
        const bool whole = package_end(&m->report->size, m->report->sha256, m->package, about) == DATASET_OK;
        *outcome = whole && target->keep(target->self) ? ARCHIVE_MADE : ARCHIVE_OUTPUT;
    }
    package_destroy(m->package);
    json_decref(about);
    json_decref(document);
    return status;
}

enum db_status archive_make(enum archive_outcome *outcome, struct archive_report *report,
                            struct opendata *opendata, struct db_conn *conn,
                            const struct survey_snapshot *snapshot, const char *consultation,
                            const char *actor, const struct archive_target *target)
{
    *report = (struct archive_report){.size = 0};
    *outcome = ARCHIVE_NONE;
    struct making m = {.opendata = opendata,
                       .snapshot = snapshot,
                       .consultation = consultation,
                       .actor = actor,
                       .arena = arena_create(ARCHIVE_BYTES_MAX),
                       .report = report,
                       .whole = true};
    enum db_status status = db_transaction_read_only(conn, "archive-read", DB_ROLE_STAFF, read_work, &m);
    if (status == DB_OK && m.document.ptr && !all_published(&m)) {
        *outcome = ARCHIVE_UNPUBLISHED;
    } else if (status == DB_OK && m.document.ptr) {
        status = make(outcome, &m, conn, target);
    }
    if (status == DB_OK && *outcome == ARCHIVE_MADE) {
        status = db_transaction(conn, "archive-note", DB_ROLE_STAFF, note_work, &m);
    }
    arena_destroy(m.arena);
    return status;
}
