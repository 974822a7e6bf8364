#include "features/survey/survey_destruction.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/out_file.h"
#include "features/audit/audit.h"
#include "features/survey/survey_retention.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DAY_S = 86400, DUE_ARENA_MAX = 256 * 1024 * 1024 };

enum statement {
    ROUNDS_DUE,
    ROUND_HOLDINGS,
    ROUND_LOCK,
    ROUND_STILL,
    ROUND_DROP,
    STATEMENT_KEEP,
    STATEMENTS_READ,
    DRAFTS_DUE,
    NO_TIME_LIMIT,
    STATEMENT_COUNT
};

const struct db_statement survey_destruction_statements[STATEMENT_COUNT + 1] = {
    [ROUNDS_DUE] =
        {"destruction_due",
         "SELECT r.id, r.code, r.consultation, (r.destruction_date - DATE '1970-01-01')::int4, "
         "zs.round_held(r.id),"
         "  coalesce(h.reason, ''), coalesce(h.note, ''), c.document::text, zs.round_archived(r.id)"
         " FROM zs.round AS r JOIN zs.consultation AS c ON c.code = r.consultation"
         " LEFT JOIN LATERAL (SELECT reason, note FROM zs.retention_hold AS a WHERE "
         "a.consultation = r.consultation"
         "   AND (a.round_id IS NULL OR a.round_id = r.id) AND a.released_at IS NULL"
         "   AND (a.until_date IS NULL OR a.until_date >= (now() AT TIME ZONE 'UTC')::date)"
         "   ORDER BY a.id LIMIT 1) AS h ON true"
         " WHERE r.status <> 'draft' AND r.closes_at <= now()"
         "  AND r.destruction_date <= (now() AT TIME ZONE 'UTC')::date"
         "  AND NOT EXISTS (SELECT FROM zs.destruction AS d WHERE d.round_id = r.id)"
         " ORDER BY r.destruction_date, r.id"},
    [ROUND_HOLDINGS] = {"destruction_holdings", "SELECT kind, counted FROM zs.round_contents($1::int4)"},
    /* No response of the round is being written, and no other process destroys it. */
    [ROUND_LOCK] = {"destruction_lock",
                    "SELECT 1::int4 FROM (SELECT pg_advisory_xact_lock(7, $1::int4)) AS locked"},
    [ROUND_STILL] = {"destruction_still",
                     "SELECT zs.round_held(r.id) OR EXISTS (SELECT FROM zs.destruction AS d"
                     "  WHERE d.round_id = r.id), zs.round_archived(r.id) FROM zs.round AS r"
                     " WHERE r.id = $1::int4 FOR UPDATE"},
    [ROUND_DROP] = {"destruction_drop",
                    "SELECT 1::int4 FROM (SELECT zs.round_partition_drop($1::int4)) AS dropped"},
    [STATEMENT_KEEP] = {"destruction_statement",
                        "INSERT INTO zs.destruction (round_id, destroyed_by, statement)"
                        " VALUES ($1::int4, $2::text, $3::text::jsonb)"},
    [STATEMENTS_READ] = {"destruction_statements",
                         "SELECT r.code, d.statement::text FROM zs.destruction AS d"
                         " JOIN zs.round AS r ON r.id = d.round_id ORDER BY d.destroyed_at, r.id"},
    [DRAFTS_DUE] = {"destruction_drafts",
                    "WITH r AS MATERIALIZED (SELECT id, status, closes_at FROM zs.round WHERE NOT "
                    "zs.round_held(id))"
                    " SELECT count(*) FROM r JOIN zs.draft AS d ON d.round_id = r.id"
                    " AND d.day < CASE WHEN r.closes_at < $1::timestamptz - make_interval(days => $3::int4) "
                    "THEN DATE 'infinity'"
                    "  WHEN r.status = 'closed' THEN DATE '1970-01-01' + $2::int4 - $3::int4"
                    "  ELSE DATE '1970-01-01' + $2::int4 - $4::int4 END"},
    [NO_TIME_LIMIT] = {"destruction_no_time_limit", "SELECT set_config('statement_timeout', '0', true)"},
};

static enum db_status run_of_round(struct db_result **out, struct db_tx *tx, enum statement which,
                                   int32_t round)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    return db_run(out, tx, &survey_destruction_statements[which], &p);
}

/* ---- what is due ---- */

static enum db_status count_holdings(struct round_holdings *out, struct db_tx *tx, struct arena *arena,
                                     int32_t round)
{
    struct db_result *rows;
    enum db_status status = run_of_round(&rows, tx, ROUND_HOLDINGS, round);
    *out = (struct round_holdings){.count = status == DB_OK ? db_rows(rows) : 0};
    out->items = arena_array(arena, out->count + 1, sizeof *out->items);
    for (size_t i = 0; i < out->count; i++) {
        out->items[i] =
            (struct round_holding){arena_cstr(arena, db_get_text(rows, i, 0)), db_get_int64(rows, i, 1)};
    }
    return status;
}

int64_t round_holding(const struct round_holdings *holdings, const char *kind)
{
    for (size_t i = 0; i < holdings->count; i++) {
        if (strcmp(holdings->items[i].kind, kind) == 0) {
            return holdings->items[i].counted;
        }
    }
    return 0;
}

enum db_status rounds_due(struct due_round **out, size_t *count, struct db_tx *tx, struct arena *arena)
{
    struct db_result *rows;
    enum db_status status = db_run(NULL, tx, &survey_destruction_statements[NO_TIME_LIMIT], NULL);
    status = status == DB_OK ? db_run(&rows, tx, &survey_destruction_statements[ROUNDS_DUE], NULL) : status;
    *count = status == DB_OK ? db_rows(rows) : 0;
    *out = arena_array(arena, *count + 1, sizeof **out);
    for (size_t i = 0; i < *count && status == DB_OK; i++) {
        struct due_round *round = &(*out)[i];
        *round = (struct due_round){.id = db_get_int32(rows, i, 0),
                                    .code = arena_cstr(arena, db_get_text(rows, i, 1)),
                                    .consultation = arena_cstr(arena, db_get_text(rows, i, 2)),
                                    .destruction_day = db_get_int32(rows, i, 3),
                                    .held = db_get_bool(rows, i, 4),
                                    .hold_reason = arena_cstr(arena, db_get_text(rows, i, 5)),
                                    .hold_note = arena_cstr(arena, db_get_text(rows, i, 6)),
                                    .document = arena_cstr(arena, db_get_text(rows, i, 7)),
                                    .archived = db_get_bool(rows, i, 8)};
        status = count_holdings(&round->holdings, tx, arena, round->id);
    }
    return status;
}

enum db_status drafts_due(int64_t *out, struct db_tx *tx, int64_t now_s)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_timestamp(&p, now_s);
    db_put_int32(&p, clock_day(now_s));
    db_put_int32(&p, DRAFT_DAYS_AFTER_CLOSING);
    db_put_int32(&p, DRAFT_DAYS_UNTOUCHED);
    enum db_status status = db_run_one(&row, tx, &survey_destruction_statements[DRAFTS_DUE], &p);
    *out = status == DB_OK ? db_get_int64(row, 0, 0) : 0;
    return status;
}

/* ---- the statement ---- */

static struct slice day_text(struct arena *arena, int32_t day)
{
    char text[CLOCK_RFC3339_BYTES];
    clock_format_rfc3339(text, (int64_t)day * DAY_S);
    return arena_printf(arena, "%.10s", text);
}

static void set_text(json_t *object, const char *key, struct slice text)
{
    json_object_set_new(object, key, json_stringn(text.ptr, text.len));
}

static json_t *holdings_json(const struct round_holdings *h)
{
    json_t *counts = json_object();
    for (size_t i = 0; i < h->count; i++) {
        json_object_set_new(counts, h->items[i].kind, json_integer((json_int_t)h->items[i].counted));
    }
    return counts;
}

static struct slice statement_json(struct arena *arena, const struct due_round *round, int64_t now_s,
                                   const char *actor, const char *without_archive)
{
    char now[CLOCK_RFC3339_BYTES];
    json_t *statement = json_object();
    json_t *document = json_loads(round->document, 0, NULL);
    const struct slice day = day_text(arena, round->destruction_day);
    clock_format_rfc3339(now, now_s);
    json_object_set_new(statement, "soort", json_string("verklaring-van-vernietiging"));
    json_object_set_new(statement, "consultatie", json_string(round->consultation));
    json_object_set_new(statement, "ronde", json_string(round->code));
    json_object_set(statement, "titel", json_object_get(json_object_get(document, "title"), "nl"));
    json_object_set(statement, "verwerkingsverantwoordelijke",
                    json_object_get(json_object_get(document, "controller"), "nl"));
    set_text(statement, "vernietigingsdatum", day);
    json_object_set_new(statement, "vernietigdOp", json_string(now));
    json_object_set_new(statement, "vernietigdDoor", json_string(actor));
    set_text(
        statement, "grond",
        arena_printf(arena,
                     "De bewaartermijn is voorbij: de privacyverklaring noemt %.*s als vernietigingsdatum "
                     "(AVG, artikel 5, eerste lid, onder e; Archiefwet 1995, artikel 3).",
                     SLICE_ARG(day)));
    json_object_set(statement, "selectielijst", json_object_get(document, "selection_list"));
    json_object_set_new(
        statement, "wijze",
        json_string("De tabel met antwoorden is verwijderd; wat elders van de ronde stond, is gewist. "
                    "Reservekopieën vervallen na hun eigen termijn; bij terugzetten wordt opnieuw gewist."));
    if (!round->archived) {
        json_object_set_new(statement, "zonderArchiefpakket", json_string(without_archive));
    }
    json_object_set_new(statement, "vernietigd", holdings_json(&round->holdings));
    json_object_set_new(
        statement, "blijft",
        json_string(
            "Vragenlijst, gepubliceerde uitgaven en ondertekende rapportages: daarin staan geen personen."));
    char *text = json_dumps(statement, JSON_COMPACT);
    struct slice kept = arena_copy(arena, slice_from_cstr(text ? text : "{}"));
    free(text);
    json_decref(document);
    json_decref(statement);
    return kept;
}

static const char *member(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "-";
}

/* What a statement may count, in the order in which a person reads it: of a round (zs.round_contents), and of
 * messages to the table. */
static const struct {
    const char *key, *words;
} kinds[] = {{"inzendingen", "ingezonden antwoorden"},
             {"regelsLogboek", "regels van het logboek van inzendingen"},
             {"openAntwoorden", "open antwoorden"},
             {"gewijzigdeTeksten", "aantekeningen over gewijzigde teksten"},
             {"concepten", "antwoorden die niet zijn verstuurd"},
             {"verzegeldeAanmeldingen", "verzegelde aanmeldingen"},
             {"opmerkingenProef", "tijden en opmerkingen van de proef"},
             {"weegversies", "versies van de weging"},
             {"gesprekken", "gesprekken"},
             {"deelnemers", "deelnemers aan gesprekken"},
             {"namen", "namen van deelnemers, verzegeld"},
             {"toestemmingen", "toestemmingen"},
             {"uitspraken", "uitspraken en aantekeningen uit gesprekken"},
             {"regelsGesprekken", "regels van uitgeschreven gesprekken, ook die al leeg waren"},
             {"uitgeschrevenVersies", "versies van uitgeschreven gesprekken"},
             {"bestandenInVoorbereiding", "bestanden die nog niet geladen waren"},
             {"samenvattingen", "samenvattingen van gesprekken"},
             {"reactiesOpSamenvattingen", "codes en reacties bij samenvattingen"},
             {"plannenSamenstelling", "plannen voor wie meedoet"},
             {"opnamenVernietigd", "regels over opnamen die al vernietigd waren"},
             {"coderingen", "coderingen"},
             {"coderingenVervallen", "coderingen die hun tekst kwijt waren"},
             {"besluitenCodering", "besluiten over coderingen die verschillen"},
             {"codeertaken", "taken van codeurs"},
             {"steekproevenCodering", "trekkingen van teksten om te coderen"},
             {"zoektochtenGelijkend", "zoektochten naar antwoorden die op elkaar lijken"},
             {"beoordeeldPersoonsgegeven", "besluiten dat iets geen persoonsgegeven is"},
             {"afgeleideRegels", "regels die hieruit waren afgeleid"},
             {"berichtenBurgers", "berichten van burgers"},
             {"berichtenOrganisaties", "berichten van organisaties, met hun naam"},
             {"berichtenIngetrokken", "berichten die hun afzender al had ingetrokken"}};

const char *destruction_kind_words(const char *kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].key, kind) == 0) {
            return kinds[i].words;
        }
    }
    return NULL;
}

/* A text of the consultation may be Markdown: a link is left as what it says. */
static struct slice without_links(struct arena *arena, struct slice text)
{
    char *out = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        const bool leads = text.ptr[i] == ']' && i + 1 < text.len && text.ptr[i + 1] == '(';
        const char *end = leads ? memchr(text.ptr + i, ')', text.len - i) : NULL;
        if (end) {
            i = (size_t)(end - text.ptr);
        } else if (text.ptr[i] != '[') {
            out[len++] = text.ptr[i];
        }
    }
    return (struct slice){out, len};
}

/* What it is about: a line for each member that is there. */
static struct slice head_text(struct arena *arena, const json_t *s)
{
    static const struct {
        const char *key, *words;
    } lines[] = {{"onderwerp", "Onderwerp"},
                 {"consultatie", "Consultatie"},
                 {"titel", "Titel"},
                 {"ronde", "Ronde"},
                 {"nummers", "Nummers"},
                 {"ontvangen", "Ontvangen"},
                 {"verwerkingsverantwoordelijke", "Verwerkingsverantwoordelijke"}};
    struct slice text = SLICE("VERKLARING VAN VERNIETIGING\n\n");
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (json_is_string(json_object_get(s, lines[i].key))) {
            text = arena_printf(arena, "%.*s%s: %.*s\n", SLICE_ARG(text), lines[i].words,
                                SLICE_ARG(without_links(arena, slice_from_cstr(member(s, lines[i].key)))));
        }
    }
    return text;
}

struct slice destruction_text(struct arena *arena, const char *statement)
{
    json_t *s = json_loads(statement, 0, NULL);
    struct slice text = {NULL, 0};
    if (!s) {
        return text;
    }
    const json_t *counts = json_object_get(s, "vernietigd");
    text = arena_printf(arena, "%.*s\nVernietigd is:\n", SLICE_ARG(head_text(arena, s)));
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const json_t *count = json_object_get(counts, kinds[i].key);
        /* What there was; of a round always how many answered. */
        if (json_integer_value(count) > 0 || (count && i == 0)) {
            text = arena_printf(arena, "%.*s- %s: %lld\n", SLICE_ARG(text), kinds[i].words,
                                (long long)json_integer_value(count));
        }
    }
    text = arena_printf(arena,
                        "%.*s\nGrond: %s\nSelectielijst: %s\nWijze: %s\nVernietigd op: %s\nVernietigd door: "
                        "%s\n\nBlijft: %s\n",
                        SLICE_ARG(text), member(s, "grond"), member(s, "selectielijst"), member(s, "wijze"),
                        member(s, "vernietigdOp"), member(s, "vernietigdDoor"), member(s, "blijft"));
    json_decref(s);
    return text;
}

/* ---- destroying ---- */

static enum db_status keep_statement(struct db_tx *tx, const struct due_round *round, int64_t now_s,
                                     const char *actor, const char *without_archive)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, round->id);
    db_put_text(&p, slice_from_cstr(actor));
    db_put_text(&p, statement_json(db_arena(tx), round, now_s, actor, without_archive));
    return db_run(NULL, tx, &survey_destruction_statements[STATEMENT_KEEP], &p);
}

static enum db_status record(struct db_tx *tx, const struct due_round *round, const char *actor,
                             const char *origin, const char *without_archive)
{
    const struct round_holdings *h = &round->holdings;
    json_t *details = json_pack(
        "{s:I,s:I,s:I,s:I,s:I,s:I,s:b}", "responses", (json_int_t)round_holding(h, "inzendingen"), "passages",
        (json_int_t)round_holding(h, "openAntwoorden"), "drafts", (json_int_t)round_holding(h, "concepten"),
        "offers", (json_int_t)round_holding(h, "verzegeldeAanmeldingen"), "conversations",
        (json_int_t)round_holding(h, "gesprekken"), "codings", (json_int_t)round_holding(h, "coderingen"),
        "archived", round->archived);
    if (!round->archived) {
        json_object_set_new(details, "without_archive", json_string(without_archive));
    }
    char *text = json_dumps(details, JSON_COMPACT);
    const struct slice kept = arena_copy(db_arena(tx), slice_from_cstr(text ? text : "{}"));
    json_decref(details);
    free(text);
    const struct audit_event event = {.action = "retention.destroy",
                                      .object = arena_printf(db_arena(tx), "round:%s", round->code).ptr,
                                      .result = "ok",
                                      .origin = origin,
                                      .actor = actor,
                                      .details = arena_cstr(db_arena(tx), kept)};
    return audit_record(tx, &event);
}

enum db_status round_destroy(bool *done, struct db_tx *tx, const struct due_round *due, int64_t now_s,
                             const char *actor, const char *origin, const char *without_archive)
{
    struct db_result *still;
    struct due_round round = *due;
    *done = false;
    enum db_status status = db_run(NULL, tx, &survey_destruction_statements[NO_TIME_LIMIT], NULL);
    status = status == DB_OK ? run_of_round(NULL, tx, ROUND_LOCK, round.id) : status;
    status = status == DB_OK ? run_of_round(&still, tx, ROUND_STILL, round.id) : status;
    if (status != DB_OK || db_rows(still) == 0 || db_get_bool(still, 0, 0)) {
        return status;
    }
    round.archived = db_get_bool(still, 0, 1);
    if (!round.archived && !without_archive) {
        return DB_OK; /* something changed since it was found due */
    }
    status = count_holdings(&round.holdings, tx, db_arena(tx), round.id);
    status = status == DB_OK ? run_of_round(NULL, tx, ROUND_DROP, round.id) : status;
    status = status == DB_OK ? keep_statement(tx, &round, now_s, actor, without_archive) : status;
    status = status == DB_OK ? record(tx, &round, actor, origin, without_archive) : status;
    *done = status == DB_OK;
    return status == DB_OK && fault_hit("destroy.before-commit") ? DB_FAILED : status;
}

struct due_list {
    struct arena *arena; /* outlives the transaction */
    struct due_round *rounds;
    size_t count;
};

static enum db_status list_due(struct db_tx *tx, void *context)
{
    struct due_list *list = context;
    return rounds_due(&list->rounds, &list->count, tx, list->arena);
}

struct destroying {
    const struct due_round *round;
    int64_t now_s;
    const char *actor, *origin, *without_archive;
    bool done;
};

static enum db_status destroy_work(struct db_tx *tx, void *context)
{
    struct destroying *d = context;
    return round_destroy(&d->done, tx, d->round, d->now_s, d->actor, d->origin, d->without_archive);
}

enum db_status rounds_destroy(
    struct db_conn *conn, int64_t now_s, const char *actor, const char *origin, const char *without_archive,
    bool (*each)(const struct due_round *round, enum destroy_outcome outcome, void *context), void *context)
{
    struct due_list list = {.arena = arena_create(DUE_ARENA_MAX)};
    enum db_status first = db_transaction_read_only(conn, "retention-due", DB_ROLE_STAFF, list_due, &list);
    bool go_on = first == DB_OK;
    for (size_t i = 0; go_on && i < list.count; i++) {
        struct destroying d = {&list.rounds[i], now_s, actor, origin, without_archive, false};
        enum destroy_outcome outcome = list.rounds[i].held ? DESTROY_HELD : DESTROY_UNARCHIVED;
        if (!list.rounds[i].held && (list.rounds[i].archived || without_archive)) {
            enum db_status status =
                db_transaction(conn, "retention-destroy", DB_ROLE_STAFF, destroy_work, &d);
            outcome = status != DB_OK ? DESTROY_FAILED : d.done ? DESTROY_DONE : DESTROY_ELSEWHERE;
            first = first == DB_OK ? status : first;
        }
        log_info("retention.round", "round=%s outcome=%d responses=%lld", list.rounds[i].code, (int)outcome,
                 (long long)round_holding(&list.rounds[i].holdings, "inzendingen"));
        go_on = !each || each(&list.rounds[i], outcome, context);
    }
    arena_destroy(list.arena);
    return first;
}

/* ---- files ---- */

enum db_status destructions(struct destruction **out, size_t *count, struct db_tx *tx, struct arena *arena)
{
    struct db_result *rows;
    enum db_status status = db_run(&rows, tx, &survey_destruction_statements[STATEMENTS_READ], NULL);
    *count = status == DB_OK ? db_rows(rows) : 0;
    *out = arena_array(arena, *count + 1, sizeof **out);
    for (size_t i = 0; i < *count; i++) {
        (*out)[i] = (struct destruction){.subject = arena_cstr(arena, db_get_text(rows, i, 0)),
                                         .statement = arena_cstr(arena, db_get_text(rows, i, 1))};
    }
    return status;
}

static bool write_file(int *why, struct arena *arena, const char *path, struct slice text)
{
    struct out_file file;
    bool good = out_file_open(&file, arena, path) && out_file_write(&file, text) && out_file_sync(&file) &&
                out_file_finish(&file);
    if (!good) {
        *why = file.why;
        out_file_drop(&file);
    }
    return good;
}

void destructions_tell(struct log_again *told, const char *folder, int why)
{
    unsigned times;
    if (log_again(&times, told, DESTRUCTION_TOLD_ONCE_IN_US)) {
        log_error("retention.statement", "folder=%s says=%s times=%u", LOG_CSTR(folder),
                  LOG_CSTR(strerror(why)), times);
    }
}

bool destructions_write(size_t *written, int *why, struct arena *arena, const char *folder,
                        const struct destruction *list, size_t count)
{
    bool good = true;
    *written = 0;
    for (size_t i = 0; i < count; i++) {
        const char *stem =
            arena_printf(arena, "%s/verklaring-van-vernietiging-%s", folder, list[i].subject).ptr;
        const char *text = arena_printf(arena, "%s.txt", stem).ptr;
        const char *json = arena_printf(arena, "%s.json", stem).ptr;
        /* The text comes last: where it is, both are. */
        if (access(text, F_OK) == 0) {
            continue;
        }
        bool kept = write_file(why, arena, json, arena_printf(arena, "%s\n", list[i].statement)) &&
                    write_file(why, arena, text, destruction_text(arena, list[i].statement));
        *written += kept;
        good = good && kept;
    }
    return good;
}
