/* Pages of the plan: who should come, and who came. */
#include "features/fieldwork/fieldwork_internal.h"

#include <string.h>

static const struct form_field plan_fields[] = {
    {"soort", FORM_CHOICE, false, conversation_kinds},
    {"samenstelling", FORM_CHOICE, false, plan_mixes},
    {"reden", FORM_AREA, false, NULL},
    {"overwerving", FORM_NUMBER, true, NULL},
};
static const struct form_field segment_fields[] = {
    {"soort", FORM_CHOICE, false, conversation_kinds},
    {"segment", FORM_TEXT, false, NULL},
    {"titel", FORM_TEXT, false, NULL},
    {"doelgroep", FORM_CHOICE, false, segment_populations},
    {"kenmerken", FORM_OBJECT, true, NULL},
    {"gesprekken", FORM_NUMBER, false, NULL},
    {"mensen", FORM_NUMBER, false, NULL},
    {"reservesNodig", FORM_NUMBER, true, NULL},
};
enum {
    PLAN_FIELDS = sizeof plan_fields / sizeof plan_fields[0],
    SEGMENT_FIELDS = sizeof segment_fields / sizeof segment_fields[0]
};

static enum db_status get_plan(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct fieldwork *f = self;
    size_t i, j;
    json_t *plans, *plan, *segment;
    const struct survey_round *round = fieldwork_round(f, ex, http_path_param(ex, "ronde"));
    if (!round) {
        return DB_OK;
    }
    enum db_status status = plan_overview(&plans, tx, http_arena(ex), round->id);
    json_array_foreach(plans, i, plan)
    {
        const char *kind = json_string_value(json_object_get(plan, "soort"));
        json_object_set_new(plan, "kind_word", fieldwork_word(ex, f, kind));
        json_object_set_new(
            plan, "caption",
            staff_text(ex, f->config.account,
                       arena_printf(http_arena(ex), "fieldwork.plan_caption.%s", kind ? kind : "").ptr));
        json_object_set_new(plan, "mix_word",
                            fieldwork_word(ex, f, json_string_value(json_object_get(plan, "samenstelling"))));
        json_array_foreach(json_object_get(plan, "segmenten"), j, segment)
        {
            json_int_t short_of = json_integer_value(json_object_get(segment, "mensen")) -
                                  json_integer_value(json_object_get(segment, "gekomen"));
            json_object_set_new(segment, "nogNodig", json_integer(short_of > 0 ? short_of : 0));
        }
    }
    json_t *context = fieldwork_titled(ex, f, "fieldwork.plan_title");
    json_object_set_new(context, "round", json_string(round->code));
    json_object_set(context, "plans", plans ? plans : json_null());
    json_object_set_new(context, "none", json_boolean(json_array_size(plans) == 0));
    json_object_set_new(context, "back_path",
                        json_string(arena_printf(http_arena(ex), FIELDWORK_PATH "/%s", round->code).ptr));
    json_object_set_new(context, "with_charts", json_true());
    staff_render(ex, f->config.account, 200, "staff_plan", context);
    return status;
}

/* A form of the plan: of a plan, or of a group in it. Of one that is there the path names the kind (and
 * code), which stay. */
struct plan_form {
    const struct survey_round *round;
    bool is_segment, is_new;
    json_t *values; /* of the one that is there; in the arena */
};

/* False: answered, or *status is not DB_OK. */
static bool find_plan_form(struct plan_form *out, enum db_status *status, struct fieldwork *f,
                           struct db_tx *tx, struct http_exchange *ex, bool is_segment)
{
    json_t *overview = NULL;
    const struct slice kind = http_path_param(ex, "soort");
    *status = DB_OK;
    *out = (struct plan_form){.round = fieldwork_round(f, ex, http_path_param(ex, "ronde")),
                              .is_segment = is_segment,
                              .is_new = kind.len == 0};
    if (!out->round || out->is_new) {
        return out->round != NULL;
    }
    *status = plan_overview(&overview, tx, http_arena(ex), out->round->id);
    const json_t *plan = *status == DB_OK ? plan_of(overview, kind) : NULL;
    const json_t *one = is_segment ? plan_segment_of(plan, http_path_param(ex, "segment")) : plan;
    out->values = (json_t *)(uintptr_t)one;
    if (*status == DB_OK && !one) {
        http_error(ex, 404);
    }
    return one != NULL;
}

/* What the path does not name already. */
static size_t plan_form_fields(const struct form_field **fields, const struct plan_form *form)
{
    const size_t named = form->is_new ? 0 : form->is_segment ? 2 : 1;
    *fields = (form->is_segment ? segment_fields : plan_fields) + named;
    return (form->is_segment ? (size_t)SEGMENT_FIELDS : (size_t)PLAN_FIELDS) - named;
}

static void show_plan_form(struct http_exchange *ex, struct fieldwork *f, const struct plan_form *form,
                           const json_t *values, const struct json_errors *errors)
{
    const struct form_field *fields;
    const size_t count = plan_form_fields(&fields, form);
    const char *back = arena_printf(http_arena(ex), FIELDWORK_PATH "/%s/plan", form->round->code).ptr;
    json_t *options =
        json_pack("{s:o}", "kenmerken", fieldwork_background_options(form->round, fieldwork_language(ex)));
    const char *title = form->is_segment && form->is_new ? "fieldwork.segment_title"
                        : form->is_segment               ? "fieldwork.segment_change_title"
                        : form->is_new                   ? "fieldwork.plan_form_title"
                                                         : "fieldwork.plan_change_title";
    json_t *context = fieldwork_titled(ex, f, title);
    json_object_set_new(context, "back_path", json_string(back));
    fieldwork_show_form(ex, f, form->is_segment ? "fieldwork.group" : "fieldwork", context,
                        arena_cstr(http_arena(ex), http_path(ex)), "fieldwork.save", fields, count, values,
                        options, errors);
    json_decref(options);
}

static enum db_status get_plan_or_segment(struct db_tx *tx, struct http_exchange *ex, struct fieldwork *f,
                                          bool is_segment)
{
    struct plan_form form;
    enum db_status status;
    if (find_plan_form(&form, &status, f, tx, ex, is_segment)) {
        show_plan_form(ex, f, &form, form.values, NULL);
    }
    return status;
}

static enum db_status get_plan_form(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    return get_plan_or_segment(tx, ex, self, false);
}

static enum db_status get_segment_form(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    return get_plan_or_segment(tx, ex, self, true);
}

static void name_by_path(json_t *document, const struct http_exchange *ex, const char *name)
{
    const struct slice value = http_path_param(ex, name);
    json_object_set_new(document, name, json_stringn(value.ptr, value.len));
}

static enum db_status post_plan_or_segment(struct db_tx *tx, struct http_exchange *ex, struct fieldwork *f,
                                           bool is_segment)
{
    struct json_errors errors;
    struct plan_form form;
    const struct form_field *fields;
    enum db_status status;
    bool saved;
    if (!find_plan_form(&form, &status, f, tx, ex, is_segment)) {
        return status;
    }
    json_errors_init(&errors, http_arena(ex));
    const size_t count = plan_form_fields(&fields, &form);
    json_t *document = form_read(ex, fields, count);
    if (!form.is_new) {
        name_by_path(document, ex, "soort");
    }
    if (!form.is_new && is_segment) {
        name_by_path(document, ex, "segment");
    }
    status = is_segment
                 ? plan_segment_save(&saved, &errors, tx, form.round, document, form.is_new)
                 : plan_save(&saved, &errors, tx, form.round, document, form.is_new, staff_caller(ex)->label);
    if (status == DB_OK && saved) {
        status = staff_audit(tx, ex, is_segment ? "plan.segment" : "plan.save",
                             arena_printf(db_arena(tx), "round:%s", form.round->code).ptr, "ok", NULL);
        http_redirect(ex, arena_printf(http_arena(ex), FIELDWORK_PATH "/%s/plan", form.round->code).ptr);
    } else if (status == DB_OK) {
        show_plan_form(ex, f, &form, document, &errors);
    }
    json_decref(document);
    return status;
}

static enum db_status post_plan_form(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    return post_plan_or_segment(tx, ex, self, false);
}

static enum db_status post_segment_form(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    return post_plan_or_segment(tx, ex, self, true);
}

const struct route fieldwork_plan_routes[] = {
    FIELDWORK_GET(FIELDWORK_PATH "/{ronde}/plan", get_plan),
    FIELDWORK_GET(FIELDWORK_PATH "/{ronde}/plan/opzet", get_plan_form),
    FIELDWORK_POST(FIELDWORK_PATH "/{ronde}/plan/opzet", post_plan_form, FIELDWORK_BODY),
    FIELDWORK_GET(FIELDWORK_PATH "/{ronde}/plan/groep", get_segment_form),
    FIELDWORK_POST(FIELDWORK_PATH "/{ronde}/plan/groep", post_segment_form, FIELDWORK_BODY),
    FIELDWORK_GET(FIELDWORK_PATH "/{ronde}/plan/opzet/{soort}", get_plan_form),
    FIELDWORK_POST(FIELDWORK_PATH "/{ronde}/plan/opzet/{soort}", post_plan_form, FIELDWORK_BODY),
    FIELDWORK_GET(FIELDWORK_PATH "/{ronde}/plan/groep/{soort}/{segment}", get_segment_form),
    FIELDWORK_POST(FIELDWORK_PATH "/{ronde}/plan/groep/{soort}/{segment}", post_segment_form, FIELDWORK_BODY),
};
const size_t fieldwork_plan_route_count = sizeof fieldwork_plan_routes / sizeof fieldwork_plan_routes[0];
