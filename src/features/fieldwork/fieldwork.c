#include "features/fieldwork/fieldwork_internal.h"

#include "web/web.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct staff_link links[] = {{FIELDWORK_PATH, "fieldwork.link", PERMISSION_FIELDWORK_MANAGE}};

struct fieldwork *fieldwork_create(const struct fieldwork_config *config)
{
    struct fieldwork *fieldwork = calloc(1, sizeof *fieldwork);
    if (fieldwork) {
        fieldwork->config = *config;
    }
    return fieldwork;
}

void fieldwork_start(struct fieldwork *f)
{
    struct lanes *lanes = f->config.lanes;
    lanes_add(lanes, fieldwork_page_routes, fieldwork_page_route_count, f);
    lanes_add(lanes, fieldwork_people_routes, fieldwork_people_route_count, f);
    lanes_add(lanes, fieldwork_plan_routes, fieldwork_plan_route_count, f);
    lanes_add(lanes, fieldwork_print_routes, fieldwork_print_route_count, f);
    staff_add_links(f->config.account, links, sizeof links / sizeof links[0]);
}

void fieldwork_destroy(struct fieldwork *fieldwork)
{
    free(fieldwork);
}

/* ---- what pages share ---- */

int fieldwork_language(const struct http_exchange *ex)
{
    return strcmp(http_language(ex), "en") == 0;
}

const struct survey_round *fieldwork_round(struct fieldwork *f, struct http_exchange *ex, struct slice code)
{
    const struct survey_snapshot *snapshot = survey_snapshot_for(f->config.survey, ex);
    const struct survey_round *round = snapshot ? survey_round_find(snapshot, code) : NULL;
    if (!round) {
        http_error(ex, 404);
        return NULL;
    }
    if (!account_may(staff_caller(ex), PERMISSION_FIELDWORK_MANAGE, round->consultation)) {
        http_error(ex, 403);
        return NULL;
    }
    return round;
}

bool fieldwork_conversation(struct conversation *out, const struct survey_round **round,
                            enum db_status *status, struct fieldwork *f, struct db_tx *tx,
                            struct http_exchange *ex, struct slice code, bool lock)
{
    *status = conversation_find(out, tx, http_arena(ex), code, lock);
    if (*status != DB_OK) {
        return false;
    }
    if (!out->found) {
        http_error(ex, 404);
        return false;
    }
    *round = fieldwork_round(f, ex, out->round);
    return *round != NULL;
}

json_t *fieldwork_titled(const struct http_exchange *ex, const struct fieldwork *f, const char *title)
{
    return json_pack("{s:o}", "title", staff_text(ex, f->config.account, title));
}

void fieldwork_put_text(json_t *context, const char *key, const struct http_exchange *ex,
                        const struct fieldwork *f, const char *path)
{
    json_object_set_new(context, key, staff_text(ex, f->config.account, path));
}

json_t *fieldwork_word(const struct http_exchange *ex, const struct fieldwork *f, const char *code)
{
    char path[80];
    struct slice text;
    snprintf(path, sizeof path, "fieldwork.options.%s", code ? code : "");
    return locale_find(&text, web_locales(f->config.web), http_language(ex), slice_from_cstr(path))
               ? json_stringn(text.ptr, text.len)
               : json_string(code ? code : "");
}

void fieldwork_show_form(struct http_exchange *ex, const struct fieldwork *f, json_t *context_take,
                         const char *action, const char *button, const struct form_field *fields,
                         size_t count, const json_t *values, const json_t *options,
                         const struct json_errors *errors)
{
    form_show(context_take, ex, web_locales(f->config.web), fields, count, values, options, errors);
    json_object_set_new(context_take, "action", json_string(action));
    fieldwork_put_text(context_take, "button", ex, f, button);
    if (errors && errors->count > 0 && errors->items[0].pointer[0] == '\0') {
        json_object_set_new(context_take, "said", json_string(errors->items[0].detail));
    }
    staff_render(ex, f->config.account, errors && errors->count > 0 ? 400 : 200, "staff_form", context_take);
}

enum db_status fieldwork_segments(json_t **out, struct db_tx *tx, struct arena *arena, int32_t round,
                                  const char *kind)
{
    size_t i, j;
    const json_t *plan, *segment;
    json_t *plans;
    enum db_status status = plan_overview(&plans, tx, arena, round);
    *out = json_array();
    json_array_foreach(status == DB_OK ? plans : NULL, i, plan)
    {
        const char *its = json_string_value(json_object_get(plan, "soort"));
        json_array_foreach(its && strcmp(its, kind) == 0 ? json_object_get(plan, "segmenten") : NULL, j,
                           segment)
        {
            json_array_append_new(*out, json_pack("{s:O,s:O}", "code", json_object_get(segment, "segment"),
                                                  "label", json_object_get(segment, "titel")));
        }
    }
    return status;
}

json_t *fieldwork_background_options(const struct survey_round *round, int language)
{
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, round->questionnaire);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct variable *v = &variables[i];
        if (!fieldwork_is_background(v) || v->set != SET_ALONE) {
            continue;
        }
        json_t *answers = json_array();
        for (uint16_t k = 0; k < v->category_count; k++) {
            json_array_append_new(answers, json_pack("{s:s,s:s}", "code", v->categories[k].code, "label",
                                                     v->categories[k].label[language]));
        }
        json_array_append_new(list, json_pack("{s:s,s:s,s:o}", "code", v->code, "label",
                                              v->asked[language] ? v->asked[language] : v->code, "options",
                                              answers));
    }
    return list;
}
