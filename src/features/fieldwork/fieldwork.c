#include "features/fieldwork/fieldwork_internal.h"

#include "base/log.h"
#include "web/web.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct staff_link links[] = {
    {FIELDWORK_PATH, "fieldwork.link", PERMISSION_FIELDWORK_MANAGE, STAFF_RESEARCH, NULL}};

struct fieldwork *fieldwork_create(const struct fieldwork_config *config)
{
    struct fieldwork *fieldwork = calloc(1, sizeof *fieldwork);
    if (fieldwork) {
        fieldwork->config = *config;
    }
    return fieldwork;
}

void fieldwork_tell_fed(struct fieldwork *fieldwork, fieldwork_fed fed)
{
    fieldwork->fed = fed;
}

void fieldwork_start(struct fieldwork *f)
{
    struct lanes *lanes = f->config.lanes;
    lanes_add(lanes, fieldwork_page_routes, fieldwork_page_route_count, f);
    lanes_add(lanes, fieldwork_people_routes, fieldwork_people_route_count, f);
    lanes_add(lanes, fieldwork_plan_routes, fieldwork_plan_route_count, f);
    lanes_add(lanes, fieldwork_print_routes, fieldwork_print_route_count, f);
    lanes_add(lanes, fieldwork_load_routes, fieldwork_load_route_count, f);
    lanes_add(lanes, fieldwork_speaker_routes, fieldwork_speaker_route_count, f);
    lanes_add(lanes, fieldwork_transcript_routes, fieldwork_transcript_route_count, f);
    lanes_add(lanes, fieldwork_personal_routes, fieldwork_personal_route_count, f);
    lanes_add(lanes, fieldwork_check_routes, fieldwork_check_route_count, f);
    lanes_add(lanes, fieldwork_api_routes, fieldwork_api_route_count, f);
    lanes_add(lanes, fieldwork_api_revise_routes, fieldwork_api_revise_route_count, f);
    staff_add_links(f->config.account, links, sizeof links / sizeof links[0]);
}

bool fieldwork_upkeep_due(const struct fieldwork *f)
{
    return f->config.now_s() >= atomic_load(&f->upkeep_at);
}

struct expiry {
    int64_t now_s, gone;
};

static enum db_status expire(struct db_tx *tx, void *context)
{
    struct expiry *expiry = context;
    return transcript_drafts_expire(&expiry->gone, tx, expiry->now_s);
}

void fieldwork_upkeep(struct fieldwork *f, struct db_conn *conn)
{
    enum { HOUR_S = 3600, TRY_AGAIN_S = 60 };
    struct expiry expiry = {.now_s = f->config.now_s()};
    enum db_status status = db_transaction(conn, "transcript-draft-expire", DB_ROLE_STAFF, expire, &expiry);
    atomic_store(&f->upkeep_at, expiry.now_s + (status == DB_OK ? HOUR_S : TRY_AGAIN_S));
    if (status == DB_OK && expiry.gone > 0) {
        log_info("fieldwork.drafts-expired", "drafts=%lld", (long long)expiry.gone);
    }
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

static const struct survey_round *round_for(struct fieldwork *f, struct http_exchange *ex, struct slice code,
                                            const char *permission)
{
    const struct survey_snapshot *snapshot = survey_snapshot_for(f->config.survey, ex);
    const struct survey_round *round = snapshot ? survey_round_find(snapshot, code) : NULL;
    if (!round) {
        http_error(ex, 404);
        return NULL;
    }
    if (!account_may(staff_caller(ex), permission, round->consultation)) {
        http_error(ex, 403);
        return NULL;
    }
    survey_mark(ex, round);
    return round;
}

const struct survey_round *fieldwork_round(struct fieldwork *f, struct http_exchange *ex, struct slice code)
{
    return round_for(f, ex, code, PERMISSION_FIELDWORK_MANAGE);
}

static bool find(struct conversation *out, const struct survey_round **round, enum db_status *status,
                 struct fieldwork *f, struct db_tx *tx, struct http_exchange *ex, struct slice code,
                 const char *permission, bool lock)
{
    *status = conversation_find(out, tx, http_arena(ex), code, lock);
    if (*status != DB_OK) {
        return false;
    }
    if (!out->found) {
        http_error(ex, 404);
        return false;
    }
    *round = round_for(f, ex, out->round, permission);
    return *round != NULL;
}

bool fieldwork_conversation(struct conversation *out, const struct survey_round **round,
                            enum db_status *status, struct fieldwork *f, struct db_tx *tx,
                            struct http_exchange *ex, struct slice code, bool lock)
{
    return find(out, round, status, f, tx, ex, code, PERMISSION_FIELDWORK_MANAGE, lock);
}

bool fieldwork_conversation_for(struct conversation *out, const struct survey_round **round,
                                enum db_status *status, struct fieldwork *f, struct db_tx *tx,
                                struct http_exchange *ex, const char *permission)
{
    return find(out, round, status, f, tx, ex, http_path_param(ex, "gesprek"), permission, false);
}

const char *conversation_code(const struct conversation *c)
{
    return json_string_value(json_object_get(c->document, "gesprek"));
}

const char *conversation_address(struct http_exchange *ex, const struct conversation *c, const char *below)
{
    return arena_printf(http_arena(ex), CONVERSATION_PATH "/%s%s", conversation_code(c), below).ptr;
}

enum db_status audit_conversation(struct db_tx *tx, struct http_exchange *ex, const char *action,
                                  const struct conversation *c)
{
    return staff_audit(tx, ex, action,
                       arena_printf(db_arena(tx), "conversation:%s", conversation_code(c)).ptr, "ok", NULL);
}

json_t *fieldwork_clock(int32_t ms)
{
    char text[24] = "";
    const int s = ms / 1000;
    if (ms >= 0 && s < 3600) {
        snprintf(text, sizeof text, "%d:%02d", s / 60, s % 60);
    } else if (ms >= 0) {
        snprintf(text, sizeof text, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
    }
    return json_string(text);
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

void fieldwork_put_formatted(json_t *context, const char *key, struct http_exchange *ex,
                             const struct fieldwork *f, const char *path, const char *const *pairs)
{
    const struct slice text =
        locale_format_pairs(http_arena(ex), web_locales(f->config.web), http_language(ex), path, pairs);
    json_object_set_new(context, key, json_stringn(text.ptr, text.len));
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

void fieldwork_show_form(struct http_exchange *ex, const struct fieldwork *f, const char *texts,
                         json_t *context_take, const char *action, const char *button,
                         const struct form_field *fields, size_t count, const json_t *values,
                         const json_t *options, const struct json_errors *errors)
{
    form_show_of(context_take, texts, ex, web_locales(f->config.web), fields, count, values, options, errors);
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
