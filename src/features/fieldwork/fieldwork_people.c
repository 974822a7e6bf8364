#include "features/fieldwork/fieldwork_people.h"

#include "base/clock.h"
#include "features/fieldwork/fieldwork_consent.h"

#include <string.h>

const char *const participant_standings[] = {"uitgenodigd",  "reserve",  "gekomen",
                                             "niet-gekomen", "afgemeld", NULL};
const char *const participant_ages[] = {"onder-16", "16-17", "volwassen", NULL};
const char *const consent_manners[] = {"papier", "mondeling", "digitaal", NULL};
const char *const consent_lack_names[CONSENT_LACKS] = {
    NULL, "withdrawn", "not_present", "not_asked", "refused", "no_parent", "no_recording",
};

enum { NAME_MAX = 100, KEY_BYTES = 32 };

enum statement { READ, INSERT, UPDATE, NAME_SET, NAMES, CONSENT, WITHDRAW, SEGMENT, STATEMENT_COUNT };

const struct db_statement fieldwork_people_statements[STATEMENT_COUNT + 1] = {
    /* One by its number, or all of a conversation. */
    [READ] =
        {"participant_read",
         "SELECT c.code, "
         "json_strip_nulls(json_build_object('deelnemer', p.id, 'gesprek', c.code, 'pseudoniem', p.pseudonym,"
         " 'segment', s.code, 'stand', p.standing, 'reserve', p.was_reserve, 'leeftijdsgroep', p.age,"
         " 'achtergrond', p.background, 'vergoedingOp', p.incentive_given_day, 'ingetrokkenOp', "
         "p.withdrawn_day,"
         " 'toestemming', (SELECT json_build_object('formulier', n.form_version, 'gegevenOp', n.given_day,"
         "   'wijze', n.manner, 'ouder', n.by_parent, 'deelname', n.takes_part, 'opname', n.recording,"
         "   'citaten', n.quotes, 'archief', n.archive, 'contact', n.contact) FROM zs.consent AS n"
         "   WHERE n.participant_id = p.id ORDER BY n.id DESC LIMIT 1)))"
         "::text"
         " FROM zs.participant AS p JOIN zs.conversation AS c ON c.id = p.conversation_id"
         " LEFT JOIN zs.composition_segment AS s ON s.id = p.segment_id"
         " WHERE ($1::int4 IS NULL OR p.id = $1::int4)"
         " AND ($2::int4 IS NULL OR p.conversation_id = $2::int4)"
         " ORDER BY substring(p.pseudonym FROM 2)::int, p.id"},
    [INSERT] =
        {"participant_insert",
         "INSERT INTO zs.participant (conversation_id, pseudonym, segment_id, standing, was_reserve, age, "
         "background, incentive_given_day) SELECT $1::int4, coalesce($2::text, 'P' || next.number), "
         "$3::int4, $4::text, $4::text = 'reserve', $5::text, $6::text::jsonb, $7::date"
         /* Behind the highest number; at 999, the last there is, the lowest that nobody has. */
         " FROM (SELECT min(n.number) AS number FROM generate_series(1, 999) AS n (number), (SELECT "
         "coalesce(max(substring(pseudonym FROM 2)::int), 0) AS number FROM zs.participant WHERE "
         "conversation_id = $1::int4) AS highest WHERE n.number > highest.number OR (highest.number >= 999 "
         "AND "
         "NOT EXISTS (SELECT FROM zs.participant AS p WHERE p.conversation_id = $1::int4 AND p.pseudonym = "
         "'P' || n.number))) AS next WHERE $2::text IS NOT NULL OR next.number IS NOT NULL"
         " ON CONFLICT (conversation_id, pseudonym) DO NOTHING RETURNING id"},
    [UPDATE] =
        {"participant_update",
         "UPDATE zs.participant SET segment_id = $2::int4, standing = $3::text, was_reserve = was_reserve "
         "OR $3::text = 'reserve', age = $4::text, background = $5::text::jsonb, incentive_given_day = "
         "$6::date WHERE id = $1::int4 AND withdrawn_day IS NULL"},
    [NAME_SET] = {"participant_name_set",
                  "INSERT INTO zs.participant_name (participant_id, sealed) VALUES ($1::int4, $2::bytea)"
                  " ON CONFLICT (participant_id) DO UPDATE SET sealed = excluded.sealed"},
    [NAMES] = {"participant_names",
               "SELECT p.id, p.pseudonym, n.sealed FROM zs.participant AS p JOIN zs.participant_name AS n ON "
               "n.participant_id = p.id WHERE p.conversation_id = $1::int4 ORDER BY p.id"},
    [CONSENT] =
        {"consent_insert",
         "INSERT INTO zs.consent (participant_id, form_version, given_day, manner, by_parent, takes_part, "
         "recording, quotes, archive, contact, noted_by) VALUES ($1::int4, $2::text, $3::date, $4::text, "
         "$5::bool, $6::bool, $7::bool, $8::bool, $9::bool, $10::bool, $11::text)"},
    [WITHDRAW] = {"participant_withdraw", "SELECT coalesce(zs.participant_withdraw($1::int4, $2::text), -1)"},
    [SEGMENT] =
        {"participant_segment",
         "SELECT s.id FROM zs.composition_segment AS s JOIN zs.composition_plan AS p ON p.id = s.plan_id"
         " JOIN zs.conversation AS c ON c.round_id = p.round_id AND c.kind = p.kind WHERE c.id = "
         "$1::int4 AND s.code = $2::text"},
};

/* ---- the rule ---- */

static bool says(const json_t *object, const char *member, const char *text)
{
    const char *value = json_string_value(json_object_get(object, member));
    return value && strcmp(value, text) == 0;
}

enum consent_lack consent_lacks(const json_t *participant, bool of_recording)
{
    const json_t *consent = json_object_get(participant, "toestemming");
    if (json_object_get(participant, "ingetrokkenOp")) {
        return CONSENT_WITHDRAWN;
    }
    if (!says(participant, "stand", "gekomen")) {
        return CONSENT_NOT_PRESENT;
    }
    if (!consent) {
        return CONSENT_NOT_ASKED;
    }
    if (!json_is_true(json_object_get(consent, "deelname"))) {
        return CONSENT_REFUSED;
    }
    if (says(participant, "leeftijdsgroep", "onder-16") && !json_is_true(json_object_get(consent, "ouder"))) {
        return CONSENT_NO_PARENT;
    }
    if (of_recording && !json_is_true(json_object_get(consent, "opname"))) {
        return CONSENT_NO_RECORDING;
    }
    return CONSENT_ENOUGH;
}

json_t *consent_closed(const json_t *participants, bool of_recording)
{
    size_t i;
    const json_t *item;
    json_t *closed = json_object();
    json_array_foreach(participants, i, item)
    {
        if (consent_lacks(item, of_recording) != CONSENT_ENOUGH) {
            json_object_set_new(closed, json_string_value(json_object_get(item, "pseudoniem")), json_true());
        }
    }
    return closed;
}

/* ---- reading ---- */

static json_t *parsed(struct arena *arena, struct slice text)
{
    struct json_errors errors;
    json_errors_init(&errors, arena);
    return json_parse(&errors, arena, text);
}

enum db_status participant_list(json_t **out, struct db_tx *tx, struct arena *arena, int32_t conversation)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_null(&p);
    db_put_int32(&p, conversation);
    enum db_status status = db_run(&rows, tx, &fieldwork_people_statements[READ], &p);
    *out = parsed(arena, SLICE("[]"));
    for (size_t i = 0; status == DB_OK && i < db_rows(rows); i++) {
        json_array_append(*out, parsed(arena, db_get_text(rows, i, 1)));
    }
    return status;
}

enum db_status participant_find(json_t **out, struct slice *conversation, struct db_tx *tx,
                                struct arena *arena, int32_t id)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, id);
    db_put_null(&p);
    enum db_status status = db_run(&rows, tx, &fieldwork_people_statements[READ], &p);
    bool found = status == DB_OK && db_rows(rows) == 1;
    *conversation = found ? arena_copy(arena, db_get_text(rows, 0, 0)) : (struct slice){NULL, 0};
    *out = found ? parsed(arena, db_get_text(rows, 0, 1)) : NULL;
    return status;
}

/* ---- names ---- */

static struct slice bound_to(struct arena *arena, int32_t participant)
{
    return arena_printf(arena, "participant %d", (int)participant);
}

static void name_key(unsigned char key[KEY_BYTES], const struct crypto_keys *keys)
{
    crypto_keyed_hash(key, KEY_BYTES, keys, CRYPTO_KEY_NAME, "participant-name", SLICE(""));
}

static enum db_status name_set(struct db_tx *tx, const struct crypto_keys *keys, int32_t participant,
                               struct slice name)
{
    unsigned char key[KEY_BYTES];
    struct arena *arena = db_arena(tx);
    name_key(key, keys);
    struct slice sealed = crypto_seal(arena, key, name, bound_to(arena, participant));
    crypto_wipe(key, sizeof key);
    struct db_params p = db_params(tx);
    db_put_int32(&p, participant);
    db_put_bytes(&p, sealed);
    return db_run(NULL, tx, &fieldwork_people_statements[NAME_SET], &p);
}

enum db_status participant_names(struct participant_name **out, size_t *count, struct db_tx *tx,
                                 struct arena *arena, const struct crypto_keys *keys, int32_t conversation)
{
    struct db_result *rows;
    unsigned char key[KEY_BYTES];
    struct db_params p = db_params(tx);
    db_put_int32(&p, conversation);
    enum db_status status = db_run(&rows, tx, &fieldwork_people_statements[NAMES], &p);
    size_t room = status == DB_OK ? db_rows(rows) : 0;
    *out = arena_array(arena, room + 1, sizeof **out);
    *count = 0;
    name_key(key, keys);
    for (size_t i = 0; i < room; i++) {
        struct participant_name *one = &(*out)[*count];
        one->participant = db_get_int32(rows, i, 0);
        one->pseudonym = arena_copy(arena, db_get_text(rows, i, 1));
        *count +=
            crypto_open(&one->name, arena, key, db_get_bytes(rows, i, 2), bound_to(arena, one->participant));
    }
    crypto_wipe(key, sizeof key);
    return status;
}

/* ---- saving ---- */

struct draft {
    struct slice pseudonym, name, segment, standing, age, incentive;
    json_t *background;
    bool has_pseudonym, has_name, has_segment, has_incentive;
    int32_t incentive_day, segment_id;
    struct slice background_text;
};

static void check_background(struct draft *d, struct json_errors *errors, struct arena *arena,
                             const struct survey_round *round)
{
    size_t count;
    const char *name;
    json_t *value;
    const struct variable *variables = questionnaire_variables(&count, round->questionnaire);
    json_object_foreach(d->background, name, value)
    {
        int at = questionnaire_find_variable(round->questionnaire, slice_from_cstr(name));
        const char *pointer = json_pointer_append(arena, "/achtergrond", name);
        if (at < 0 || !fieldwork_is_background(&variables[at])) {
            json_errors_add(errors, pointer, "onbekend-veld",
                            "Laat dit weg: het is geen achtergrondvraag van de vragenlijst.");
        } else if (!json_is_string(value) ||
                   !fieldwork_has_category(&variables[at], slice_from_cstr(json_string_value(value)))) {
            json_errors_add(errors, pointer, "keuze", "Kies een antwoord dat de vragenlijst kent.");
        }
    }
    char *text = json_dumps(d->background, JSON_COMPACT);
    d->background_text = text ? arena_copy(arena, slice_from_cstr(text)) : SLICE("{}");
    free(text);
}

static bool is_pseudonym(struct slice text)
{
    bool good = text.len >= 2 && text.len <= 4 && text.ptr[0] >= 'A' && text.ptr[0] <= 'Z';
    for (size_t i = 1; i < text.len; i++) {
        good = good && text.ptr[i] >= '0' && text.ptr[i] <= '9';
    }
    return good;
}

static void decode(struct draft *d, struct json_errors *errors, struct arena *arena,
                   const struct survey_round *round, const json_t *document)
{
    const struct json_field fields[] = {
        {"pseudoniem", JSON_KIND_STRING, true, 1, 4, NULL, &d->pseudonym, &d->has_pseudonym},
        {"naam", JSON_KIND_STRING, true, 1, NAME_MAX, NULL, &d->name, &d->has_name},
        {"segment", JSON_KIND_STRING, true, 1, 40, NULL, &d->segment, &d->has_segment},
        {"stand", JSON_KIND_STRING, false, 0, 0, participant_standings, &d->standing, NULL},
        {"leeftijdsgroep", JSON_KIND_STRING, false, 0, 0, participant_ages, &d->age, NULL},
        {"achtergrond", JSON_KIND_OBJECT, true, 0, 0, NULL, &d->background, NULL},
        {"vergoedingOp", JSON_KIND_STRING, true, 1, 10, NULL, &d->incentive, &d->has_incentive},
    };
    *d = (struct draft){.background_text = SLICE("{}")};
    if (!json_decode(errors, "", document, fields, sizeof fields / sizeof fields[0])) {
        return;
    }
    if (d->has_pseudonym && !is_pseudonym(d->pseudonym)) {
        json_errors_add(errors, "/pseudoniem", "code",
                        "Geef een hoofdletter met een nummer, zoals P3. Gebruik geen naam of initialen.");
    }
    if (d->has_incentive && !fieldwork_day(&d->incentive_day, d->incentive)) {
        json_errors_add(errors, "/vergoedingOp", "datum", "Geef een dag als 2027-01-31.");
    }
    if (d->background) {
        check_background(d, errors, arena, round);
    }
}

static enum db_status find_segment(struct draft *d, struct json_errors *errors, struct db_tx *tx,
                                   int32_t conversation)
{
    struct db_result *rows;
    if (!d->has_segment) {
        return DB_OK;
    }
    struct db_params p = db_params(tx);
    db_put_int32(&p, conversation);
    db_put_text(&p, d->segment);
    enum db_status status = db_run(&rows, tx, &fieldwork_people_statements[SEGMENT], &p);
    if (status == DB_OK && db_rows(rows) == 1) {
        d->segment_id = db_get_int32(rows, 0, 0);
    } else if (status == DB_OK) {
        json_errors_add(errors, "/segment", "onbekend", "Kies een groep uit het plan van deze ronde.");
    }
    return status;
}

static void put_rest(struct db_params *p, const struct draft *d)
{
    if (d->segment_id > 0) {
        db_put_int32(p, d->segment_id);
    } else {
        db_put_null(p);
    }
    db_put_text(p, d->standing);
    db_put_text(p, d->age);
    db_put_text(p, d->background_text);
    if (d->has_incentive) {
        db_put_day(p, d->incentive_day);
    } else {
        db_put_null(p);
    }
}

static enum db_status write(int32_t *id, struct json_errors *errors, struct db_tx *tx, const struct draft *d,
                            int32_t conversation)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    bool is_new = *id == 0;
    db_put_int32(&p, is_new ? conversation : *id);
    if (is_new && d->has_pseudonym) {
        db_put_text(&p, d->pseudonym);
    } else if (is_new) {
        db_put_null(&p);
    }
    put_rest(&p, d);
    enum db_status status = db_run(&rows, tx, &fieldwork_people_statements[is_new ? INSERT : UPDATE], &p);
    if (status == DB_OK && is_new && db_rows(rows) == 1) {
        *id = db_get_int32(rows, 0, 0);
    } else if (status == DB_OK && is_new) {
        json_errors_add(errors, "/pseudoniem", "dubbel",
                        "Kies een ander pseudoniem: dit is in dit gesprek al gebruikt.");
    } else if (status == DB_OK && db_affected(rows) == 0) {
        json_errors_add(errors, "", "ingetrokken", "Deze deelnemer heeft zich teruggetrokken.");
    }
    return status;
}

enum db_status participant_save(bool *saved, int32_t *id, struct json_errors *errors, struct db_tx *tx,
                                const struct crypto_keys *keys, const struct conversation *conversation,
                                const struct survey_round *round, const json_t *document)
{
    struct draft draft;
    *saved = false;
    decode(&draft, errors, db_arena(tx), round, document);
    enum db_status status = errors->count == 0 ? find_segment(&draft, errors, tx, conversation->id) : DB_OK;
    if (status == DB_OK && errors->count == 0) {
        status = write(id, errors, tx, &draft, conversation->id);
    }
    if (status == DB_OK && errors->count == 0 && draft.has_name) {
        status = name_set(tx, keys, *id, draft.name);
    }
    *saved = status == DB_OK && errors->count == 0;
    return status;
}

/* ---- consent ---- */

enum db_status consent_note(bool *noted, struct json_errors *errors, struct db_tx *tx, int32_t participant,
                            const json_t *participant_document, const json_t *document, int64_t now_s,
                            const char *actor)
{
    struct slice form, day_text, manner;
    bool by_parent = false, takes_part = false, recording = false, quotes = false, archive = false,
         contact = false;
    int32_t day = 0;
    const struct json_field fields[] = {
        {"formulier", JSON_KIND_STRING, false, 1, 40, NULL, &form, NULL},
        {"gegevenOp", JSON_KIND_STRING, false, 1, 10, NULL, &day_text, NULL},
        {"wijze", JSON_KIND_STRING, false, 0, 0, consent_manners, &manner, NULL},
        {"ouder", JSON_KIND_BOOL, true, 0, 0, NULL, &by_parent, NULL},
        {"deelname", JSON_KIND_BOOL, false, 0, 0, NULL, &takes_part, NULL},
        {"opname", JSON_KIND_BOOL, true, 0, 0, NULL, &recording, NULL},
        {"citaten", JSON_KIND_BOOL, true, 0, 0, NULL, &quotes, NULL},
        {"archief", JSON_KIND_BOOL, true, 0, 0, NULL, &archive, NULL},
        {"contact", JSON_KIND_BOOL, true, 0, 0, NULL, &contact, NULL},
    };
    *noted = false;
    if (!json_decode(errors, "", document, fields, sizeof fields / sizeof fields[0])) {
        return DB_OK;
    }
    if (!consent_form_known(form)) {
        json_errors_add(errors, "/formulier", "onbekend", "Kies een versie van het formulier die er is.");
    }
    if (!fieldwork_day(&day, day_text) || day > clock_day(now_s) + 1) {
        json_errors_add(errors, "/gegevenOp", "datum", "Geef de dag waarop dit is gezegd of getekend.");
    }
    if (!takes_part && (recording || quotes || archive || contact)) {
        json_errors_add(errors, "/deelname", "keuze",
                        "Wie niet meedoet, geeft ook geen andere toestemming: haal die vinkjes weg.");
    }
    if (takes_part && says(participant_document, "leeftijdsgroep", "onder-16") && !by_parent) {
        json_errors_add(errors, "/ouder", "keuze",
                        "Deze deelnemer is jonger dan 16: een ouder of voogd moet tekenen.");
    }
    if (json_object_get(participant_document, "ingetrokkenOp")) {
        json_errors_add(errors, "", "ingetrokken", "Deze deelnemer heeft zich teruggetrokken.");
    }
    if (errors->count > 0) {
        return DB_OK;
    }
    struct db_params p = db_params(tx);
    db_put_int32(&p, participant);
    db_put_text(&p, form);
    db_put_day(&p, day);
    db_put_text(&p, manner);
    db_put_bool(&p, by_parent);
    db_put_bool(&p, takes_part);
    db_put_bool(&p, recording);
    db_put_bool(&p, quotes);
    db_put_bool(&p, archive);
    db_put_bool(&p, contact);
    db_put_text(&p, slice_from_cstr(actor));
    *noted = true;
    return db_run(NULL, tx, &fieldwork_people_statements[CONSENT], &p);
}

enum db_status participant_withdraw(int32_t *turns, struct db_tx *tx, int32_t participant, const char *actor)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_int32(&p, participant);
    db_put_text(&p, slice_from_cstr(actor));
    enum db_status status = db_run_one(&row, tx, &fieldwork_people_statements[WITHDRAW], &p);
    *turns = status == DB_OK ? db_get_int32(row, 0, 0) : -1;
    return status;
}
