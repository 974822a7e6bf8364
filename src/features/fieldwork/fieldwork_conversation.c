#include "features/fieldwork/fieldwork_conversation.h"

#include "features/fieldwork/fieldwork_guide.h"

#include "base/clock.h"
#include "features/questionnaire/questionnaire.h"
#include "features/survey/survey.h"

#include <string.h>

const char *const conversation_kinds[] = {"interview", "focusgroep", NULL};
const char *const conversation_statuses[] = {"gepland", "gehouden", "vervallen", NULL};
const char *const conversation_settings[] = {"live", "telefoon", "video", NULL};
const char *const conversation_access[] = {"rolstoel",    "ringleiding", "tolk",
                                           "gebarentolk", "prikkelarm",  NULL};
const char *const conversation_incentives[] = {"geen", "cadeaubon", "contant", "reiskosten", "gift", NULL};
const char *const conversation_languages[] = {"nl", "en", "fy", "pap", NULL};
const char *const recording_kinds[] = {"geluid", "beeld", "aantekeningen", NULL};

enum statement {
    ROUND_LOCK,
    LOOK_UP,
    INSERT,
    UPDATE,
    LOCK,
    READ,
    RECORDING_INSERT,
    RECORDING_DESTROYED,
    RECORDING_LIST,
    STATEMENT_COUNT
};

const struct db_statement fieldwork_conversation_statements[STATEMENT_COUNT + 1] = {
    /* Numbers are drawn by one at a time. */
    [ROUND_LOCK] = {"conversation_lock", "SELECT pg_advisory_xact_lock(12, $1::int4) IS NULL"},
    [LOOK_UP] =
        {"conversation_look_up",
         "SELECT EXISTS (SELECT FROM zs.guide_version AS g WHERE g.id = $1::int4 AND g.consultation = "
         "$2::text AND g.document->'kinds' ? $3::text),"
         " (SELECT s.id FROM zs.composition_segment AS s JOIN zs.composition_plan AS p ON p.id = "
         "s.plan_id WHERE p.round_id = $4::int4 AND p.kind = $3::text AND s.code = $5::text)"},
    [INSERT] = {"conversation_insert",
                "INSERT INTO zs.conversation (guide_version, segment_id, status, day, province, language, "
                "setting, moderator, note_taker, venue, access, observers, letters_sent_day, incentive, "
                "incentive_cents, asked_parts, round_id, kind, created_by, code)"
                " SELECT $1::int4, $2::int4, $3::text, $4::date, $5::text, $6::text, $7::text, $8::text, "
                "$9::text, $10::text, $11::text[], $12::int2, $13::date, $14::text, $15::int4, $16::text[],"
                " r.id, $18::text, $19::text, r.code || '-' || $18::text || '-' ||"
                " (1 + coalesce((SELECT max(substring(code FROM '[0-9]+$')::int) FROM zs.conversation WHERE "
                "round_id = r.id AND kind = $18::text), 0))"
                " FROM zs.round AS r WHERE r.id = $17::int4 RETURNING code"},
    [UPDATE] =
        {"conversation_update",
         "UPDATE zs.conversation SET guide_version = $1::int4, segment_id = $2::int4, status = $3::text, "
         "day = $4::date, province = $5::text, language = $6::text, setting = $7::text, moderator = "
         "$8::text, note_taker = $9::text, venue = $10::text, access = $11::text[], observers = "
         "$12::int2, letters_sent_day = $13::date, incentive = $14::text, incentive_cents = $15::int4, "
         "asked_parts = $16::text[], revision = revision + 1 WHERE id = $17::int4 AND revision = "
         "$18::int4"},
    /* Until the transaction ends, nobody else loads, redacts or withdraws. */
    [LOCK] = {"conversation_lock_one", "SELECT id FROM zs.conversation WHERE code = $1::text FOR UPDATE"},
    /* One by its code, or all of a round. */
    [READ] =
        {"conversation_read",
         "SELECT c.id, c.round_id, r.consultation, r.code, c.guide_version,"
         " json_strip_nulls(json_build_object('gesprek', c.code, 'ronde', r.code, 'soort', c.kind,"
         " 'leidraad', c.guide_version, 'leidraadTitel', g.document->>'title', 'leidraadVersie', g.number,"
         " 'segment', s.code, 'status', c.status, 'datum', c.day, 'provincie', c.province, 'taal', "
         "c.language,"
         " 'vorm', c.setting, 'gespreksleider', c.moderator, 'notulist', c.note_taker, 'plaats', c.venue,"
         " 'toegankelijkheid', to_json(c.access), 'toeschouwers', c.observers, 'brievenOp', "
         "c.letters_sent_day,"
         " 'vergoeding', c.incentive, 'vergoedingCent', c.incentive_cents, 'gesteld', to_json(c.asked_parts),"
         " 'revisie', c.revision, 'transcriptVersie', v.number,"
         " 'deelnemers', (SELECT count(*) FROM zs.participant AS p WHERE p.conversation_id = c.id"
         "   AND p.standing IN ('uitgenodigd', 'gekomen'))))::text"
         " FROM zs.conversation AS c JOIN zs.round AS r ON r.id = c.round_id"
         " JOIN zs.guide_version AS g ON g.id = c.guide_version"
         " LEFT JOIN zs.composition_segment AS s ON s.id = c.segment_id"
         " LEFT JOIN zs.transcript_version AS v ON v.conversation_id = c.id AND v.is_current"
         " WHERE ($1::text IS NULL OR c.code = $1::text) AND ($2::int4 IS NULL OR c.round_id = $2::int4)"
         " ORDER BY c.day DESC, c.id DESC"},
    [RECORDING_INSERT] = {"recording_insert",
                          "INSERT INTO zs.recording (round_id, conversation_id, conversation_code, kind, "
                          "kept_at, destroy_by, noted_by) SELECT round_id, id, code, $2::text, $3::text, "
                          "$4::date, $5::text FROM zs.conversation WHERE id = $1::int4"},
    [RECORDING_DESTROYED] = {"recording_destroyed",
                             "SELECT consultation, conversation_code FROM zs.recording_destroyed($1::int4, "
                             "$2::date, $3::text)"},
    [RECORDING_LIST] =
        {"recording_list",
         "SELECT coalesce(json_agg(json_strip_nulls(json_build_object('opname', n.id, "
         "'gesprek', n.conversation_code, 'bestaat', n.conversation_id IS NOT NULL, "
         "'consultatie', r.consultation, 'soort', n.kind, 'plaats', n.kept_at, "
         "'vernietigenVoor', n.destroy_by, 'vernietigdOp', n.destroyed_day)) ORDER BY "
         "n.destroy_by, n.id), '[]')::text FROM zs.recording AS n JOIN zs.round AS r ON r.id = "
         "n.round_id WHERE CASE WHEN $1::int4 > 0 THEN n.conversation_id = $1::int4 ELSE "
         "n.destroyed_day IS NULL AND n.destroy_by <= $2::date END"},
};

/* ---- small rules ---- */

bool fieldwork_day(int32_t *day, struct slice text)
{
    return clock_parse_day(day, text);
}

bool fieldwork_is_background(const struct variable *variable)
{
    return variable->background && variable->kind == VARIABLE_CATEGORY && variable->category_count > 0 &&
           !variable->system;
}

const struct variable *fieldwork_provinces(const struct questionnaire *q)
{
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, q);
    int at = questionnaire_find_variable(q, SLICE("postcode"));
    at = at >= 0 ? at : questionnaire_find_variable(q, SLICE("provincie"));
    return at >= 0 && fieldwork_is_background(&variables[at]) ? &variables[at] : NULL;
}

bool fieldwork_has_category(const struct variable *variable, struct slice code)
{
    for (uint16_t i = 0; i < variable->category_count; i++) {
        if (slice_equal_cstr(code, variable->categories[i].code)) {
            return true;
        }
    }
    return false;
}

/* ---- decoding ---- */

struct draft {
    struct slice kind, status, day, province, language, setting, moderator, note_taker, venue, letters,
        incentive, segment;
    int64_t guide, observers, cents, revision;
    json_t *access, *asked;
    int32_t day_number, letters_day;
    bool has_segment, has_province, has_note_taker, has_venue, has_letters, has_asked;
    int32_t segment_id; /* 0: none */
};

static void check_day(int32_t *day, struct json_errors *errors, const char *pointer, struct slice text)
{
    if (!fieldwork_day(day, text)) {
        json_errors_add(errors, pointer, "datum", "Geef een dag als 2027-01-31.");
    }
}

static struct slice *texts_of(size_t *count, struct arena *arena, const json_t *list)
{
    *count = json_array_size(list);
    struct slice *out = arena_array(arena, *count + 1, sizeof *out);
    for (size_t i = 0; i < *count; i++) {
        const json_t *item = json_array_get(list, i);
        out[i] = json_is_string(item) ? (struct slice){json_string_value(item), json_string_length(item)}
                                      : (struct slice){"", 0};
    }
    return out;
}

static void check_access(struct json_errors *errors, struct arena *arena, const json_t *list)
{
    size_t count;
    const struct slice *codes = texts_of(&count, arena, list);
    for (size_t i = 0; i < count; i++) {
        bool known = false;
        for (size_t k = 0; conversation_access[k]; k++) {
            known = known || slice_equal_cstr(codes[i], conversation_access[k]);
        }
        if (!known) {
            json_errors_add(errors, arena_printf(arena, "/toegankelijkheid/%zu", i).ptr, "keuze",
                            "Kies rolstoel, ringleiding, tolk, gebarentolk of prikkelarm.");
        }
    }
}

static void check_draft(struct draft *d, struct json_errors *errors, struct arena *arena,
                        const struct survey_round *round)
{
    const struct variable *provinces = fieldwork_provinces(round->questionnaire);
    check_day(&d->day_number, errors, "/datum", d->day);
    if (d->has_letters) {
        check_day(&d->letters_day, errors, "/brievenOp", d->letters);
    }
    if (d->has_province && (!provinces || !fieldwork_has_category(provinces, d->province))) {
        json_errors_add(errors, "/provincie", "keuze", "Kies een provincie zoals de vragenlijst die noemt.");
    }
    for (size_t i = 0; i < d->language.len; i++) {
        if (d->language.ptr[i] < 'a' || d->language.ptr[i] > 'z') {
            json_errors_add(errors, "/taal", "keuze", "Geef een taalcode van twee of drie kleine letters.");
            break;
        }
    }
    check_access(errors, arena, d->access);
    if (slice_equal_cstr(d->incentive, "geen") != (d->cents == 0)) {
        json_errors_add(errors, "/vergoedingCent", "bereik",
                        "Kies geen vergoeding en 0 cent, of een vergoeding en wat zij waard is.");
    }
    if (d->day_number > round->destruction_day) {
        json_errors_add(errors, "/datum", "bereik",
                        "Kies een dag voor de dag waarop de ronde wordt vernietigd.");
    }
}

/* kind is asked for only when there is none yet. */
static void decode(struct draft *d, struct json_errors *errors, struct arena *arena,
                   const struct survey_round *round, const json_t *document, bool is_new)
{
    size_t before = errors->count;
    const struct json_field fields[] = {
        {"soort", JSON_KIND_STRING, !is_new, 0, 0, conversation_kinds, &d->kind, NULL},
        {"revisie", JSON_KIND_INT, is_new, 0, INT32_MAX, NULL, &d->revision, NULL},
        {"leidraad", JSON_KIND_INT, false, 1, INT32_MAX, NULL, &d->guide, NULL},
        {"segment", JSON_KIND_STRING, true, 1, 40, NULL, &d->segment, &d->has_segment},
        {"status", JSON_KIND_STRING, true, 0, 0, conversation_statuses, &d->status, NULL},
        {"datum", JSON_KIND_STRING, false, 1, 10, NULL, &d->day, NULL},
        {"provincie", JSON_KIND_STRING, true, 1, 40, NULL, &d->province, &d->has_province},
        {"taal", JSON_KIND_STRING, false, 2, 3, NULL, &d->language, NULL},
        {"vorm", JSON_KIND_STRING, false, 0, 0, conversation_settings, &d->setting, NULL},
        {"gespreksleider", JSON_KIND_STRING, false, 1, 100, NULL, &d->moderator, NULL},
        {"notulist", JSON_KIND_STRING, true, 1, 100, NULL, &d->note_taker, &d->has_note_taker},
        {"plaats", JSON_KIND_STRING, true, 1, 500, NULL, &d->venue, &d->has_venue},
        {"toegankelijkheid", JSON_KIND_ARRAY, true, 0, 10, NULL, &d->access, NULL},
        {"toeschouwers", JSON_KIND_INT, true, 0, 50, NULL, &d->observers, NULL},
        {"brievenOp", JSON_KIND_STRING, true, 1, 10, NULL, &d->letters, &d->has_letters},
        {"vergoeding", JSON_KIND_STRING, true, 0, 0, conversation_incentives, &d->incentive, NULL},
        {"vergoedingCent", JSON_KIND_INT, true, 0, 100000, NULL, &d->cents, NULL},
        {"gesteld", JSON_KIND_ARRAY, true, 0, 40, NULL, &d->asked, &d->has_asked},
    };
    *d = (struct draft){.status = SLICE("gepland"), .incentive = SLICE("geen")};
    if (json_decode(errors, "", document, fields, sizeof fields / sizeof fields[0]) &&
        errors->count == before) {
        check_draft(d, errors, arena, round);
    }
}

/* What was asked are parts of the guide that is followed. */
static enum db_status check_asked(const struct draft *d, struct json_errors *errors, struct db_tx *tx)
{
    size_t count;
    const json_t *guide = NULL;
    struct guide_version version;
    struct slice consultation;
    struct arena *arena = db_arena(tx);
    const struct slice *asked = texts_of(&count, arena, d->asked);
    if (count == 0) {
        return DB_OK;
    }
    enum db_status status = guide_find(&guide, &consultation, &version, tx, arena, (int32_t)d->guide);
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        if (!guide_has_part(guide, asked[i])) {
            json_errors_add(errors, arena_printf(arena, "/gesteld/%zu", i).ptr, "onbekend",
                            "Kies onderdelen van de leidraad van dit gesprek.");
        }
    }
    return status;
}

static enum db_status look_up(struct draft *d, struct json_errors *errors, struct db_tx *tx,
                              const struct survey_round *round)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_int32(&p, (int32_t)d->guide);
    db_put_text(&p, slice_from_cstr(round->consultation));
    db_put_text(&p, d->kind);
    db_put_int32(&p, round->id);
    db_put_text(&p, d->has_segment ? d->segment : SLICE(""));
    enum db_status status = db_run_one(&row, tx, &fieldwork_conversation_statements[LOOK_UP], &p);
    if (status != DB_OK) {
        return status;
    }
    if (!db_get_bool(row, 0, 0)) {
        json_errors_add(errors, "/leidraad", "onbekend",
                        "Kies een leidraad van deze consultatie die voor dit soort gesprek is.");
    }
    d->segment_id = db_is_null(row, 0, 1) ? 0 : db_get_int32(row, 0, 1);
    if (d->has_segment && d->segment_id == 0) {
        json_errors_add(errors, "/segment", "onbekend", "Kies een groep uit het plan van deze ronde.");
    }
    return db_get_bool(row, 0, 0) ? check_asked(d, errors, tx) : DB_OK;
}

static void put_optional(struct db_params *p, bool there, struct slice text)
{
    if (there) {
        db_put_text(p, text);
    } else {
        db_put_null(p);
    }
}

static struct db_params draft_params(struct db_tx *tx, const struct draft *d)
{
    size_t count;
    struct db_params p = db_params(tx);
    db_put_int32(&p, (int32_t)d->guide);
    if (d->segment_id > 0) {
        db_put_int32(&p, d->segment_id);
    } else {
        db_put_null(&p);
    }
    db_put_text(&p, d->status);
    db_put_day(&p, d->day_number);
    put_optional(&p, d->has_province, d->province);
    db_put_text(&p, d->language);
    db_put_text(&p, d->setting);
    db_put_text(&p, d->moderator);
    put_optional(&p, d->has_note_taker, d->note_taker);
    put_optional(&p, d->has_venue, d->venue);
    const struct slice *access = texts_of(&count, db_arena(tx), d->access);
    db_put_text_array(&p, access, count);
    db_put_int16(&p, (int16_t)d->observers);
    if (d->has_letters) {
        db_put_day(&p, d->letters_day);
    } else {
        db_put_null(&p);
    }
    db_put_text(&p, d->incentive);
    db_put_int32(&p, (int32_t)d->cents);
    if (d->has_asked) {
        const struct slice *asked = texts_of(&count, db_arena(tx), d->asked);
        db_put_text_array(&p, asked, count);
    } else {
        db_put_null(&p);
    }
    return p;
}

/* ---- one conversation ---- */

enum db_status conversation_create(enum conversation_outcome *outcome, struct slice *code,
                                   struct json_errors *errors, struct db_tx *tx,
                                   const struct survey_round *round, const json_t *document,
                                   const char *actor)
{
    struct draft draft;
    struct db_result *row;
    enum db_status status = DB_OK;
    *outcome = CONVERSATION_FAULTY;
    decode(&draft, errors, db_arena(tx), round, document, true);
    status = errors->count == 0 ? look_up(&draft, errors, tx, round) : DB_OK;
    if (status != DB_OK || errors->count > 0) {
        return status;
    }
    struct db_params lock = db_params(tx);
    db_put_int32(&lock, round->id);
    status = db_run(NULL, tx, &fieldwork_conversation_statements[ROUND_LOCK], &lock);
    struct db_params p = draft_params(tx, &draft);
    db_put_int32(&p, round->id);
    db_put_text(&p, draft.kind);
    db_put_text(&p, slice_from_cstr(actor));
    status = status == DB_OK ? db_run_one(&row, tx, &fieldwork_conversation_statements[INSERT], &p) : status;
    if (status == DB_OK) {
        *code = db_get_text(row, 0, 0);
        *outcome = CONVERSATION_SAVED;
    }
    return status;
}

enum db_status conversation_change(enum conversation_outcome *outcome, struct json_errors *errors,
                                   struct db_tx *tx, const struct survey_round *round,
                                   const struct conversation *conversation, const json_t *document)
{
    struct draft draft;
    struct db_result *done;
    const json_t *kind = json_object_get(conversation->document, "soort");
    *outcome = CONVERSATION_FAULTY;
    decode(&draft, errors, db_arena(tx), round, document, false);
    draft.kind = slice_from_cstr(json_string_value(kind));
    enum db_status status = errors->count == 0 ? look_up(&draft, errors, tx, round) : DB_OK;
    if (status != DB_OK || errors->count > 0) {
        return status;
    }
    struct db_params p = draft_params(tx, &draft);
    db_put_int32(&p, conversation->id);
    db_put_int32(&p, (int32_t)draft.revision);
    status = db_run(&done, tx, &fieldwork_conversation_statements[UPDATE], &p);
    if (status == DB_OK) {
        *outcome = db_affected(done) == 1 ? CONVERSATION_SAVED : CONVERSATION_CONFLICT;
    }
    return status;
}

static json_t *parsed(struct arena *arena, struct slice text)
{
    struct json_errors errors;
    json_errors_init(&errors, arena);
    return json_parse(&errors, arena, text);
}

enum db_status conversation_find(struct conversation *out, struct db_tx *tx, struct arena *arena,
                                 struct slice code, bool lock)
{
    struct db_result *rows = NULL;
    struct db_params p = db_params(tx);
    db_put_text(&p, code);
    enum db_status status = lock ? db_run(NULL, tx, &fieldwork_conversation_statements[LOCK], &p) : DB_OK;
    db_put_null(&p);
    status = status == DB_OK ? db_run(&rows, tx, &fieldwork_conversation_statements[READ], &p) : status;
    *out = (struct conversation){.found = status == DB_OK && db_rows(rows) == 1};
    if (out->found) {
        out->id = db_get_int32(rows, 0, 0);
        out->round_id = db_get_int32(rows, 0, 1);
        out->consultation = arena_copy(arena, db_get_text(rows, 0, 2));
        out->round = arena_copy(arena, db_get_text(rows, 0, 3));
        out->guide = db_get_int32(rows, 0, 4);
        out->document = parsed(arena, db_get_text(rows, 0, 5));
    }
    return status;
}

enum db_status conversation_list(json_t **out, struct db_tx *tx, struct arena *arena, int32_t round)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_null(&p);
    db_put_int32(&p, round);
    enum db_status status = db_run(&rows, tx, &fieldwork_conversation_statements[READ], &p);
    *out = parsed(arena, SLICE("[]"));
    for (size_t i = 0; status == DB_OK && i < db_rows(rows); i++) {
        json_array_append(*out, parsed(arena, db_get_text(rows, i, 5)));
    }
    return status;
}

/* ---- recordings ---- */

enum db_status recording_note(bool *noted, struct json_errors *errors, struct db_tx *tx,
                              const struct conversation *conversation, const struct survey_round *round,
                              const json_t *document, const char *actor)
{
    struct slice kind, kept_at, by;
    int32_t day = 0;
    const struct json_field fields[] = {
        {"opnamesoort", JSON_KIND_STRING, false, 0, 0, recording_kinds, &kind, NULL},
        {"bewaarplaats", JSON_KIND_STRING, false, 1, 500, NULL, &kept_at, NULL},
        {"vernietigenVoor", JSON_KIND_STRING, false, 1, 10, NULL, &by, NULL},
    };
    *noted = false;
    if (!json_decode(errors, "", document, fields, sizeof fields / sizeof fields[0])) {
        return DB_OK;
    }
    check_day(&day, errors, "/vernietigenVoor", by);
    if (errors->count == 0 && day > round->destruction_day) {
        json_errors_add(errors, "/vernietigenVoor", "bereik",
                        "Kies een dag die niet na de vernietiging van de ronde valt.");
    }
    if (errors->count > 0) {
        return DB_OK;
    }
    struct db_params p = db_params(tx);
    db_put_int32(&p, conversation->id);
    db_put_text(&p, kind);
    db_put_text(&p, kept_at);
    db_put_day(&p, day);
    db_put_text(&p, slice_from_cstr(actor));
    *noted = true;
    return db_run(NULL, tx, &fieldwork_conversation_statements[RECORDING_INSERT], &p);
}

enum db_status recording_destroyed(struct slice *consultation, struct slice *conversation, struct db_tx *tx,
                                   int32_t id, int32_t day, const char *actor)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, id);
    db_put_day(&p, day);
    db_put_text(&p, slice_from_cstr(actor));
    enum db_status status = db_run(&rows, tx, &fieldwork_conversation_statements[RECORDING_DESTROYED], &p);
    bool found = status == DB_OK && db_rows(rows) == 1;
    *consultation = found ? db_get_text(rows, 0, 0) : SLICE("");
    *conversation = found ? db_get_text(rows, 0, 1) : SLICE("");
    return status;
}

enum db_status recording_list(json_t **out, struct db_tx *tx, struct arena *arena, int32_t conversation,
                              int32_t day)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_int32(&p, conversation);
    db_put_day(&p, day);
    enum db_status status = db_run_one(&row, tx, &fieldwork_conversation_statements[RECORDING_LIST], &p);
    *out = status == DB_OK ? parsed(arena, db_get_text(row, 0, 0)) : NULL;
    return status;
}
