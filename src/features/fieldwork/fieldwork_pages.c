/* Pages of conversations: rounds, the list of one, planning and changing one, recordings, the plan of who
 * should come. */
#include "features/fieldwork/fieldwork_internal.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

static const struct form_field conversation_fields[] = {
    {"soort", FORM_CHOICE, false, conversation_kinds},
    {"leidraad", FORM_HIDDEN, false, NULL},
    {"segment", FORM_CHOICE, true, NULL},
    {"status", FORM_CHOICE, true, conversation_statuses},
    {"datum", FORM_DAY, false, NULL},
    {"provincie", FORM_CHOICE, true, NULL},
    {"taal", FORM_CHOICE, false, conversation_languages},
    {"vorm", FORM_CHOICE, false, conversation_settings},
    {"gespreksleider", FORM_TEXT, false, NULL},
    {"notulist", FORM_TEXT, true, NULL},
    {"plaats", FORM_TEXT, true, NULL},
    {"toegankelijkheid", FORM_TICKS, true, conversation_access},
    {"toeschouwers", FORM_NUMBER, true, NULL},
    {"brievenOp", FORM_DAY, true, NULL},
    {"vergoeding", FORM_CHOICE, true, conversation_incentives},
    {"vergoedingCent", FORM_NUMBER, true, NULL},
    {"revisie", FORM_HIDDEN, true, NULL},
    {"gesteld", FORM_TICKS, true, NULL},
};
enum {
    FIELD_COUNT = sizeof conversation_fields / sizeof conversation_fields[0],
    NEW_COUNT = FIELD_COUNT - 2
};

/* The table for a new conversation (kind and guide to choose) or one that stands (its kind stays). */
static size_t fields_for(struct form_field out[FIELD_COUNT], bool is_new)
{
    size_t count = 0;
    for (size_t i = is_new ? 0 : 1; i < (is_new ? (size_t)NEW_COUNT : (size_t)FIELD_COUNT); i++) {
        out[count] = conversation_fields[i];
        if (strcmp(out[count].name, "leidraad") == 0) {
            out[count].kind = FORM_CHOICE;
        }
        count++;
    }
    return count;
}

/* Posted numbers of a choice are text to form_read. */
static void number_choice(json_t *document, const char *name)
{
    uint64_t number;
    const json_t *value = json_object_get(document, name);
    if (json_is_string(value) &&
        slice_to_u64(&number, slice_from_cstr(json_string_value(value)), INT32_MAX)) {
        json_object_set_new(document, name, json_integer((json_int_t)number));
    }
}

static enum db_status options_for(json_t **out, struct db_tx *tx, struct http_exchange *ex,
                                  const struct survey_round *round, const char *kind, const json_t *guide)
{
    struct guide_version *guides;
    size_t count, i;
    json_t *list = json_array(), *provinces = json_array(), *parts = json_array(), *segments, *more;
    const struct variable *v = fieldwork_provinces(round->questionnaire);
    enum db_status status = guide_list(&guides, &count, tx, slice_from_cstr(round->consultation));
    for (i = 0; status == DB_OK && i < count; i++) {
        const char *code = arena_printf(http_arena(ex), "%d", (int)guides[i].id).ptr;
        const char *label =
            arena_printf(http_arena(ex), "%.*s (%d)", SLICE_ARG(guides[i].title), (int)guides[i].number).ptr;
        json_array_append_new(list, json_pack("{s:s,s:s}", "code", code, "label", label));
    }
    for (i = 0; v && i < v->category_count; i++) {
        json_array_append_new(provinces, json_pack("{s:s,s:s}", "code", v->categories[i].code, "label",
                                                   v->categories[i].label[fieldwork_language(ex)]));
    }
    const json_t *part;
    json_array_foreach(json_object_get(guide, "parts"), i, part)
    {
        json_array_append_new(parts, json_pack("{s:O,s:O}", "code", json_object_get(part, "code"), "label",
                                               json_object_get(part, "title")));
    }
    *out = json_pack("{s:o,s:o,s:o}", "leidraad", list, "provincie", provinces, "gesteld", parts);
    if (status == DB_OK) {
        status = fieldwork_segments(&segments, tx, http_arena(ex), round->id, kind ? kind : "interview");
        json_object_set_new(*out, "segment", segments);
    }
    if (status == DB_OK && !kind) {
        status = fieldwork_segments(&more, tx, http_arena(ex), round->id, "focusgroep");
        json_array_extend(json_object_get(*out, "segment"), more);
        json_decref(more);
    }
    return status;
}

/* ---- rounds ---- */

static enum db_status get_rounds(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct fieldwork *f = self;
    const struct survey_snapshot *snapshot = survey_snapshot_for(f->config.survey, ex);
    json_t *context = fieldwork_titled(ex, f, "fieldwork.title");
    json_t *rounds = json_array(), *due, *shown = json_array();
    size_t i;
    json_t *item;
    for (i = 0; snapshot && i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        if (account_may(staff_caller(ex), PERMISSION_FIELDWORK_MANAGE, round->consultation)) {
            const char *title = round->title[fieldwork_language(ex)];
            json_array_append_new(
                rounds, json_pack("{s:s,s:s}", "code", round->code, "label", title ? title : round->code));
        }
    }
    enum db_status status = recording_list(&due, tx, http_arena(ex), 0, clock_day(f->config.now_s()));
    json_array_foreach(due, i, item)
    {
        if (account_may(staff_caller(ex), PERMISSION_FIELDWORK_MANAGE,
                        json_string_value(json_object_get(item, "consultatie")))) {
            json_array_append(shown, item);
        }
    }
    json_object_set_new(context, "none", json_boolean(json_array_size(rounds) == 0));
    json_object_set_new(context, "rounds", rounds);
    json_object_set_new(context, "any_due", json_boolean(json_array_size(shown) > 0));
    json_object_set_new(context, "due", shown);
    staff_render(ex, f->config.account, 200, "staff_fieldwork", context);
    return status;
}

/* ---- the conversations of a round ---- */

static enum db_status get_list(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct fieldwork *f = self;
    size_t i;
    json_t *list, *item;
    const struct survey_round *round = fieldwork_round(f, ex, http_path_param(ex, "ronde"));
    if (!round) {
        return DB_OK;
    }
    enum db_status status = conversation_list(&list, tx, http_arena(ex), round->id);
    json_t *shown = json_array();
    json_array_foreach(list, i, item)
    {
        json_t *copy = json_copy(item);
        json_object_set_new(copy, "kind_word",
                            fieldwork_word(ex, f, json_string_value(json_object_get(item, "soort"))));
        json_object_set_new(copy, "status_word",
                            fieldwork_word(ex, f, json_string_value(json_object_get(item, "status"))));
        json_array_append_new(shown, copy);
    }
    json_t *context = fieldwork_titled(ex, f, "fieldwork.list_title");
    json_object_set_new(context, "round", json_string(round->code));
    json_object_set_new(context, "any", json_boolean(json_array_size(shown) > 0));
    json_object_set_new(context, "conversations", shown);
    json_object_set_new(context, "back_path", json_string(FIELDWORK_PATH));
    json_object_set_new(context, "with_charts", json_true());
    staff_render(ex, f->config.account, 200, "staff_conversations", context);
    return status;
}

static enum db_status show_new(struct db_tx *tx, struct http_exchange *ex, struct fieldwork *f,
                               const struct survey_round *round, const json_t *values,
                               const struct json_errors *errors)
{
    struct form_field fields[FIELD_COUNT];
    json_t *options;
    size_t count = fields_for(fields, true);
    const char *back = arena_printf(http_arena(ex), FIELDWORK_PATH "/%s", round->code).ptr;
    enum db_status status = options_for(&options, tx, ex, round, NULL, NULL);
    json_t *context = fieldwork_titled(ex, f, "fieldwork.new_title");
    json_object_set_new(context, "back_path", json_string(back));
    if (json_array_size(json_object_get(options, "leidraad")) == 0) {
        fieldwork_put_text(context, "intro", ex, f, "fieldwork.no_guide");
    }
    fieldwork_show_form(ex, f, "fieldwork", context, arena_printf(http_arena(ex), "%s/nieuw", back).ptr,
                        "fieldwork.save", fields, count, values, options, errors);
    json_decref(options);
    return status;
}

static enum db_status get_new(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct survey_round *round = fieldwork_round(self, ex, http_path_param(ex, "ronde"));
    return round ? show_new(tx, ex, self, round, NULL, NULL) : DB_OK;
}

static enum db_status post_new(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct fieldwork *f = self;
    struct form_field fields[FIELD_COUNT];
    struct json_errors errors;
    struct slice code;
    enum conversation_outcome outcome;
    const struct survey_round *round = fieldwork_round(f, ex, http_path_param(ex, "ronde"));
    if (!round) {
        return DB_OK;
    }
    json_errors_init(&errors, http_arena(ex));
    json_t *document = form_read(ex, fields, fields_for(fields, true));
    number_choice(document, "leidraad");
    enum db_status status =
        conversation_create(&outcome, &code, &errors, tx, round, document, staff_caller(ex)->label);
    if (status == DB_OK && outcome == CONVERSATION_SAVED) {
        status =
            staff_audit(tx, ex, "conversation.plan",
                        arena_printf(db_arena(tx), "conversation:%.*s", SLICE_ARG(code)).ptr, "ok", NULL);
        http_redirect(ex, arena_printf(http_arena(ex), CONVERSATION_PATH "/%.*s", SLICE_ARG(code)).ptr);
    } else if (status == DB_OK) {
        status = show_new(tx, ex, f, round, document, &errors);
    }
    json_decref(document);
    return status;
}

/* ---- one conversation ---- */

static json_t *participant_rows(const struct http_exchange *ex, const struct fieldwork *f, const json_t *list)
{
    size_t i;
    json_t *item, *rows = json_array();
    json_array_foreach((json_t *)(uintptr_t)list, i, item)
    {
        json_t *row = json_copy(item);
        enum consent_lack lack = consent_lacks(item, true);
        json_object_set_new(row, "standing_word",
                            fieldwork_word(ex, f, json_string_value(json_object_get(item, "stand"))));
        if (lack == CONSENT_ENOUGH || lack == CONSENT_NOT_PRESENT) {
            fieldwork_put_text(row, "consent_word", ex, f,
                               json_object_get(item, "toestemming") ? "fieldwork.consent_enough"
                                                                    : "fieldwork.consent_later");
        } else {
            char path[64];
            snprintf(path, sizeof path, "fieldwork.lacks.%s", consent_lack_names[lack]);
            fieldwork_put_text(row, "consent_word", ex, f, path);
        }
        json_array_append_new(rows, row);
    }
    return rows;
}

/* What a field that is shown says, in words. */
static const char *field_says(struct arena *arena, const json_t *field)
{
    size_t i, chosen = 0;
    const json_t *option;
    const char *text = json_string_value(json_object_get(field, "value"));
    const json_t *options = json_object_get(field, "options");
    struct slice words = SLICE("");
    json_array_foreach(options, i, option)
    {
        if (json_is_true(json_object_get(option, "selected"))) {
            words = arena_printf(arena, "%.*s%s%s", SLICE_ARG(words), chosen++ > 0 ? ", " : "",
                                 json_string_value(json_object_get(option, "label")));
        }
    }
    return chosen > 0 ? words.ptr : json_array_size(options) == 0 && text ? text : "-";
}

/* [{label, says}]: where what stands differs from what was typed (typed: fields as they are shown). */
static json_t *what_stands(struct http_exchange *ex, const struct fieldwork *f, const json_t *typed,
                           const struct form_field *fields, size_t count, const json_t *document,
                           const json_t *options)
{
    size_t i;
    const json_t *field;
    json_t *context = json_object(), *rows = json_array();
    form_show(context, ex, web_locales(f->config.web), fields, count, document, options, NULL);
    json_array_foreach(json_object_get(context, "fields"), i, field)
    {
        const char *says = field_says(http_arena(ex), field);
        if (fields[i].kind != FORM_HIDDEN &&
            strcmp(says, field_says(http_arena(ex), json_array_get(typed, i))) != 0) {
            json_array_append_new(
                rows, json_pack("{s:O,s:s}", "label", json_object_get(field, "label"), "says", says));
        }
    }
    json_decref(context);
    return rows;
}

static enum db_status show_conversation(struct db_tx *tx, struct http_exchange *ex, struct fieldwork *f,
                                        const struct survey_round *round, const struct conversation *c,
                                        const json_t *values, const struct json_errors *errors,
                                        const char *said)
{
    struct form_field fields[FIELD_COUNT];
    struct guide_version version;
    struct slice consultation;
    const json_t *guide;
    json_t *options = NULL, *people = NULL, *recordings = NULL;
    size_t count = fields_for(fields, false);
    const char *kind = json_string_value(json_object_get(c->document, "soort"));
    json_t *context = fieldwork_titled(ex, f, "fieldwork.conversation_title");
    enum db_status status = guide_find(&guide, &consultation, &version, tx, http_arena(ex), c->guide);
    status = status == DB_OK ? options_for(&options, tx, ex, round, kind, guide) : status;
    status = status == DB_OK ? participant_list(&people, tx, http_arena(ex), c->id) : status;
    status = status == DB_OK ? recording_list(&recordings, tx, http_arena(ex), c->id, 0) : status;
    form_show(context, ex, web_locales(f->config.web), fields, count, values ? values : c->document, options,
              errors);
    json_object_set(context, "conversation", c->document);
    json_object_set_new(context, "kind_word", fieldwork_word(ex, f, kind));
    json_object_set_new(context, "participants", participant_rows(ex, f, people));
    json_object_set_new(context, "any_participants", json_boolean(json_array_size(people) > 0));
    json_object_set(context, "recordings", recordings ? recordings : json_null());
    json_object_set_new(context, "any_recordings", json_boolean(json_array_size(recordings) > 0));
    json_object_set_new(context, "back_path",
                        json_string(arena_printf(http_arena(ex), FIELDWORK_PATH "/%s", round->code).ptr));
    json_object_set_new(context, "with_charts", json_true());
    if (said) {
        json_t *stands =
            what_stands(ex, f, json_object_get(context, "fields"), fields, count, c->document, options);
        fieldwork_put_text(context, "said", ex, f, said);
        json_object_set_new(context, "any_stands", json_boolean(json_array_size(stands) > 0));
        json_object_set_new(context, "stands", stands);
    }
    staff_render(ex, f->config.account,
                 errors && errors->count > 0 ? 400
                 : said                      ? 409
                                             : 200,
                 "staff_conversation", context);
    json_decref(options);
    return status;
}

static enum db_status get_conversation(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct conversation c;
    const struct survey_round *round;
    enum db_status status;
    return fieldwork_conversation(&c, &round, &status, self, tx, ex, http_path_param(ex, "gesprek"), false)
               ? show_conversation(tx, ex, self, round, &c, NULL, NULL, NULL)
               : status;
}

static enum db_status post_conversation(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct fieldwork *f = self;
    struct form_field fields[FIELD_COUNT];
    struct json_errors errors;
    struct conversation c;
    const struct survey_round *round;
    enum conversation_outcome outcome;
    enum db_status status;
    if (!fieldwork_conversation(&c, &round, &status, f, tx, ex, http_path_param(ex, "gesprek"), true)) {
        return status;
    }
    json_errors_init(&errors, http_arena(ex));
    json_t *document = form_read(ex, fields, fields_for(fields, false));
    number_choice(document, "leidraad");
    if (json_array_size(json_object_get(document, "gesteld")) == 0) {
        json_object_del(document, "gesteld"); /* not said yet, rather than that nothing was asked */
    }
    status = conversation_change(&outcome, &errors, tx, round, &c, document);
    if (status == DB_OK && outcome == CONVERSATION_SAVED) {
        status = audit_conversation(tx, ex, "conversation.change", &c);
        http_redirect(ex, arena_cstr(http_arena(ex), http_path(ex)));
    } else if (status == DB_OK) {
        if (outcome == CONVERSATION_CONFLICT) {
            /* They see what stands: saving once more is meant. */
            json_object_set(document, "revisie", json_object_get(c.document, "revisie"));
        }
        status = show_conversation(tx, ex, f, round, &c, document, &errors,
                                   outcome == CONVERSATION_CONFLICT ? "fieldwork.conflict" : NULL);
    }
    json_decref(document);
    return status;
}

/* ---- recordings ---- */

static const struct form_field recording_fields[] = {
    {"opnamesoort", FORM_CHOICE, false, recording_kinds},
    {"bewaarplaats", FORM_TEXT, false, NULL},
    {"vernietigenVoor", FORM_DAY, false, NULL},
};
enum { RECORDING_FIELDS = sizeof recording_fields / sizeof recording_fields[0] };

static void show_recording(struct http_exchange *ex, struct fieldwork *f, const struct conversation *c,
                           const json_t *values, const struct json_errors *errors)
{
    const char *code = json_string_value(json_object_get(c->document, "gesprek"));
    const char *back = arena_printf(http_arena(ex), CONVERSATION_PATH "/%s", code).ptr;
    json_t *context = fieldwork_titled(ex, f, "fieldwork.recording_title");
    fieldwork_put_text(context, "intro", ex, f, "fieldwork.recording_intro");
    json_object_set_new(context, "back_path", json_string(back));
    fieldwork_show_form(ex, f, "fieldwork", context, arena_printf(http_arena(ex), "%s/opnamen", back).ptr,
                        "fieldwork.save", recording_fields, RECORDING_FIELDS, values, NULL, errors);
}

static enum db_status get_recording(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct conversation c;
    const struct survey_round *round;
    enum db_status status;
    if (fieldwork_conversation(&c, &round, &status, self, tx, ex, http_path_param(ex, "gesprek"), false)) {
        show_recording(ex, self, &c, NULL, NULL);
    }
    return status;
}

static enum db_status post_recording(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct conversation c;
    struct json_errors errors;
    const struct survey_round *round;
    enum db_status status;
    bool noted;
    if (!fieldwork_conversation(&c, &round, &status, self, tx, ex, http_path_param(ex, "gesprek"), true)) {
        return status;
    }
    json_errors_init(&errors, http_arena(ex));
    json_t *document = form_read(ex, recording_fields, RECORDING_FIELDS);
    status = recording_note(&noted, &errors, tx, &c, round, document, staff_caller(ex)->label);
    if (status == DB_OK && noted) {
        const char *code = json_string_value(json_object_get(c.document, "gesprek"));
        status = audit_conversation(tx, ex, "recording.note", &c);
        http_redirect(ex, arena_printf(http_arena(ex), CONVERSATION_PATH "/%s", code).ptr);
    } else if (status == DB_OK) {
        show_recording(ex, self, &c, document, &errors);
    }
    json_decref(document);
    return status;
}

static enum db_status post_destroyed(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    static const struct staff_question sure = {.title = "fieldwork.destroyed_title",
                                               .text = "fieldwork.destroyed_text",
                                               .button = "fieldwork.destroyed_button",
                                               .back_path = FIELDWORK_PATH};
    struct fieldwork *f = self;
    uint64_t id;
    struct slice consultation, conversation;
    if (!slice_to_u64(&id, http_path_param(ex, "opname"), INT32_MAX)) {
        http_error(ex, 404);
        return DB_OK;
    }
    if (!staff_confirmed(ex, f->config.account, &sure)) {
        return DB_OK;
    }
    enum db_status status = recording_destroyed(&consultation, &conversation, tx, (int32_t)id,
                                                clock_day(f->config.now_s()), staff_caller(ex)->label);
    if (status != DB_OK) {
        return status;
    }
    bool found = consultation.len > 0;
    if (!found || !account_may(staff_caller(ex), PERMISSION_FIELDWORK_MANAGE,
                               arena_cstr(http_arena(ex), consultation))) {
        http_error(ex, found ? 403 : 404);
        return DB_ROLLBACK;
    }
    http_redirect(ex, FIELDWORK_PATH);
    return staff_audit(tx, ex, "recording.destroyed",
                       arena_printf(db_arena(tx), "conversation:%.*s", SLICE_ARG(conversation)).ptr, "ok",
                       NULL);
}

const struct route fieldwork_page_routes[] = {
    FIELDWORK_GET(FIELDWORK_PATH, get_rounds),
    FIELDWORK_GET(FIELDWORK_PATH "/{ronde}", get_list),
    FIELDWORK_GET(FIELDWORK_PATH "/{ronde}/nieuw", get_new),
    FIELDWORK_POST(FIELDWORK_PATH "/{ronde}/nieuw", post_new, FIELDWORK_BODY),
    FIELDWORK_GET(CONVERSATION_PATH "/{gesprek}", get_conversation),
    FIELDWORK_POST(CONVERSATION_PATH "/{gesprek}", post_conversation, FIELDWORK_BODY),
    FIELDWORK_GET(CONVERSATION_PATH "/{gesprek}/opnamen", get_recording),
    FIELDWORK_POST(CONVERSATION_PATH "/{gesprek}/opnamen", post_recording, FIELDWORK_BODY),
    FIELDWORK_POST("/beheer/opnamen/{opname}/vernietigd", post_destroyed, FIELDWORK_BODY),
};
const size_t fieldwork_page_route_count = sizeof fieldwork_page_routes / sizeof fieldwork_page_routes[0];
