/* Pages of participants: who they are under a pseudonym, what they agreed to, and withdrawing. */
#include "features/fieldwork/fieldwork_internal.h"

#include <string.h>

static const struct form_field person_fields[] = {
    {"pseudoniem", FORM_TEXT, true, NULL},
    {"naam", FORM_TEXT, true, NULL},
    {"stand", FORM_CHOICE, false, participant_standings},
    {"leeftijdsgroep", FORM_CHOICE, false, participant_ages},
    {"segment", FORM_CHOICE, true, NULL},
    {"achtergrond", FORM_OBJECT, true, NULL},
    {"vergoedingOp", FORM_DAY, true, NULL},
};
static const struct form_field consent_fields[] = {
    {"formulier", FORM_CHOICE, false, consent_forms},
    {"gegevenOp", FORM_DAY, false, NULL},
    {"wijze", FORM_CHOICE, false, consent_manners},
    {"deelname", FORM_TICK, false, NULL},
    {"opname", FORM_TICK, false, NULL},
    {"citaten", FORM_TICK, false, NULL},
    {"archief", FORM_TICK, false, NULL},
    {"contact", FORM_TICK, false, NULL},
    {"ouder", FORM_TICK, false, NULL},
};
enum {
    PERSON_FIELDS = sizeof person_fields / sizeof person_fields[0],
    CONSENT_FIELDS = sizeof consent_fields / sizeof consent_fields[0]
};

struct person {
    struct conversation conversation;
    const struct survey_round *round;
    int32_t id;
    json_t *document;
};

/* False: answered, or *status is not DB_OK. lock: nobody withdraws them meanwhile; the document is of after
 * it.
 */
static bool find_person(struct person *out, enum db_status *status, struct fieldwork *f, struct db_tx *tx,
                        struct http_exchange *ex, bool lock)
{
    uint64_t id;
    struct slice code = {NULL, 0};
    *status = DB_OK;
    *out = (struct person){.document = NULL};
    if (slice_to_u64(&id, http_path_param(ex, "deelnemer"), INT32_MAX)) {
        out->id = (int32_t)id;
        *status = participant_find(&out->document, &code, tx, http_arena(ex), out->id);
    }
    if (*status == DB_OK && !out->document) {
        http_error(ex, 404);
    }
    bool found = *status == DB_OK && out->document &&
                 fieldwork_conversation(&out->conversation, &out->round, status, f, tx, ex, code, lock);
    if (found && lock) {
        *status = participant_find(&out->document, &code, tx, http_arena(ex), out->id);
        found = *status == DB_OK && out->document;
    }
    return found;
}

static enum db_status audit_person(struct db_tx *tx, struct http_exchange *ex, const char *action, int32_t id)
{
    return staff_audit(tx, ex, action, arena_printf(db_arena(tx), "participant:%d", (int)id).ptr, "ok", NULL);
}

static const char *pseudonym(const struct person *person)
{
    const char *name = json_string_value(json_object_get(person->document, "pseudoniem"));
    return name ? name : "";
}

/* The forms of two participants look alike: each says whose it is. */
static json_t *titled(struct http_exchange *ex, const struct fieldwork *f, const char *title,
                      const struct person *person)
{
    json_t *context = json_object();
    fieldwork_put_formatted(context, "title", ex, f, title,
                            (const char *const[]){"person", pseudonym(person), NULL});
    return context;
}

/* person NULL: a new one. */
static enum db_status show_person_form(struct db_tx *tx, struct http_exchange *ex, struct fieldwork *f,
                                       const struct survey_round *round, const struct conversation *c,
                                       const char *action, const struct person *person, const json_t *values,
                                       const struct json_errors *errors)
{
    const bool is_new = !person;
    json_t *segments;
    const char *kind = json_string_value(json_object_get(c->document, "soort"));
    enum db_status status = fieldwork_segments(&segments, tx, http_arena(ex), round->id, kind);
    json_t *options = json_pack("{s:o,s:o}", "segment", segments, "achtergrond",
                                fieldwork_background_options(round, fieldwork_language(ex)));
    json_t *context = is_new ? fieldwork_titled(ex, f, "fieldwork.person_new_title")
                             : titled(ex, f, "fieldwork.person_title", person);
    fieldwork_put_text(context, "intro", ex, f, "fieldwork.person_intro");
    json_object_set_new(context, "back_path", json_string(conversation_address(ex, c, "")));
    fieldwork_show_form(ex, f, "fieldwork", context, action, "fieldwork.save",
                        is_new ? person_fields : person_fields + 1,
                        is_new ? (size_t)PERSON_FIELDS : (size_t)PERSON_FIELDS - 1, values, options, errors);
    json_decref(options);
    return status;
}

static enum db_status get_new_person(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct conversation c;
    const struct survey_round *round;
    enum db_status status;
    if (fieldwork_conversation(&c, &round, &status, self, tx, ex, http_path_param(ex, "gesprek"), false)) {
        status = show_person_form(tx, ex, self, round, &c, arena_cstr(http_arena(ex), http_path(ex)), NULL,
                                  NULL, NULL);
    }
    return status;
}

static enum db_status save_person(struct db_tx *tx, struct http_exchange *ex, struct fieldwork *f,
                                  const struct survey_round *round, const struct conversation *c,
                                  const struct person *person)
{
    struct json_errors errors;
    bool saved;
    const bool is_new = !person;
    int32_t id = person ? person->id : 0;
    json_errors_init(&errors, http_arena(ex));
    json_t *document = form_read(ex, is_new ? person_fields : person_fields + 1,
                                 is_new ? (size_t)PERSON_FIELDS : (size_t)PERSON_FIELDS - 1);
    enum db_status status = participant_save(&saved, &id, &errors, tx, f->config.keys, c, round, document);
    if (status == DB_OK && saved) {
        status = audit_person(tx, ex, is_new ? "participant.add" : "participant.change", id);
        http_redirect(ex, is_new
                              ? arena_printf(http_arena(ex), PARTICIPANT_PATH "/%d/toestemming", (int)id).ptr
                              : conversation_address(ex, c, ""));
    } else if (status == DB_OK) {
        status = show_person_form(tx, ex, f, round, c, arena_cstr(http_arena(ex), http_path(ex)), person,
                                  document, &errors);
    }
    json_decref(document);
    return status;
}

static enum db_status post_new_person(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct conversation c;
    const struct survey_round *round;
    enum db_status status;
    return fieldwork_conversation(&c, &round, &status, self, tx, ex, http_path_param(ex, "gesprek"), true)
               ? save_person(tx, ex, self, round, &c, NULL)
               : status;
}

static enum db_status get_person(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct fieldwork *f = self;
    struct person person;
    struct participant_name *names;
    size_t count, i;
    enum db_status status;
    if (!find_person(&person, &status, f, tx, ex, false)) {
        return status;
    }
    json_t *values = json_copy(person.document);
    if (account_may(staff_caller(ex), PERMISSION_PARTICIPANT_NAME, person.round->consultation)) {
        status =
            participant_names(&names, &count, tx, http_arena(ex), f->config.keys, person.conversation.id);
        for (i = 0; status == DB_OK && i < count; i++) {
            if (names[i].participant == person.id) {
                json_object_set_new(values, "naam", json_stringn(names[i].name.ptr, names[i].name.len));
                status = audit_person(tx, ex, "participant.name", person.id);
            }
        }
    }
    if (status == DB_OK) {
        status = show_person_form(tx, ex, f, person.round, &person.conversation,
                                  arena_cstr(http_arena(ex), http_path(ex)), &person, values, NULL);
    }
    json_decref(values);
    return status;
}

static enum db_status post_person(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct person person;
    enum db_status status;
    return find_person(&person, &status, self, tx, ex, true)
               ? save_person(tx, ex, self, person.round, &person.conversation, &person)
               : status;
}

/* ---- consent ---- */

static void show_consent(struct http_exchange *ex, struct fieldwork *f, const struct person *person,
                         const json_t *values, const struct json_errors *errors)
{
    json_t *context = titled(ex, f, "fieldwork.consent_title", person);
    fieldwork_put_text(context, "intro", ex, f, "fieldwork.consent_intro");
    json_object_set_new(context, "back_path",
                        json_string(conversation_address(ex, &person->conversation, "")));
    fieldwork_show_form(ex, f, "fieldwork", context,
                        arena_printf(http_arena(ex), PARTICIPANT_PATH "/%d/toestemming", (int)person->id).ptr,
                        "fieldwork.save", consent_fields, CONSENT_FIELDS, values, NULL, errors);
}

static enum db_status get_consent(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct person person;
    enum db_status status;
    if (find_person(&person, &status, self, tx, ex, false)) {
        show_consent(ex, self, &person, json_object_get(person.document, "toestemming"), NULL);
    }
    return status;
}

static enum db_status post_consent(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct fieldwork *f = self;
    struct person person;
    struct json_errors errors;
    enum db_status status;
    bool noted;
    if (!find_person(&person, &status, f, tx, ex, true)) {
        return status;
    }
    json_errors_init(&errors, http_arena(ex));
    json_t *document = form_read(ex, consent_fields, CONSENT_FIELDS);
    status = consent_note(&noted, &errors, tx, person.id, person.document, document, f->config.now_s(),
                          staff_caller(ex)->label);
    if (status == DB_OK && noted) {
        status = audit_person(tx, ex, "consent.note", person.id);
        http_redirect(ex, conversation_address(ex, &person.conversation, ""));
    } else if (status == DB_OK) {
        show_consent(ex, f, &person, document, &errors);
    }
    json_decref(document);
    return status;
}

/* ---- withdrawing ---- */

static enum db_status post_withdraw(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct staff_question sure = {.title = "fieldwork.withdraw_title",
                                  .text = "fieldwork.withdraw_text",
                                  .button = "fieldwork.withdraw_button",
                                  .back_path = FIELDWORK_PATH};
    struct fieldwork *f = self;
    struct person person;
    enum db_status status;
    int32_t turns;
    if (!find_person(&person, &status, f, tx, ex, true)) {
        return status;
    }
    sure.named = pseudonym(&person);
    sure.back_path = conversation_address(ex, &person.conversation, "");
    /* Withdrawing deletes the name by which it is found in what others said. */
    if (json_object_get(person.conversation.document, "transcriptVersie")) {
        sure.first = "fieldwork.withdraw_first";
        sure.first_path = conversation_address(ex, &person.conversation, "/persoonsgegevens");
    }
    if (!staff_confirmed(ex, f->config.account, &sure)) {
        return status;
    }
    status = participant_withdraw(&turns, tx, person.id, staff_caller(ex)->label);
    if (status == DB_OK && turns >= 0) {
        status = audit_person(tx, ex, "participant.withdraw", person.id);
    }
    http_redirect(ex, conversation_address(ex, &person.conversation, ""));
    return status;
}

const struct route fieldwork_people_routes[] = {
    FIELDWORK_GET(CONVERSATION_PATH "/{gesprek}/deelnemers", get_new_person),
    FIELDWORK_POST(CONVERSATION_PATH "/{gesprek}/deelnemers", post_new_person, FIELDWORK_BODY),
    FIELDWORK_GET(PARTICIPANT_PATH "/{deelnemer}", get_person),
    FIELDWORK_POST(PARTICIPANT_PATH "/{deelnemer}", post_person, FIELDWORK_BODY),
    FIELDWORK_GET(PARTICIPANT_PATH "/{deelnemer}/toestemming", get_consent),
    FIELDWORK_POST(PARTICIPANT_PATH "/{deelnemer}/toestemming", post_consent, FIELDWORK_BODY),
    FIELDWORK_POST(PARTICIPANT_PATH "/{deelnemer}/intrekking", post_withdraw, FIELDWORK_BODY),
};
const size_t fieldwork_people_route_count =
    sizeof fieldwork_people_routes / sizeof fieldwork_people_routes[0];
