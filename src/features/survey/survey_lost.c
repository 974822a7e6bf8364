/* A posted page that cannot be kept: nobody loses what they typed. */
#include "features/survey/survey_form.h"

#include <stdio.h>

/* What a form holds beside what the page itself put there. */
static json_t *typed_values(struct http_exchange *ex)
{
    size_t count;
    const struct http_field *fields = http_form(&count, ex);
    json_t *typed = json_array();
    for (size_t i = 0; i < count; i++) {
        bool own = slice_equal_cstr(fields[i].name, "token") || slice_equal_cstr(fields[i].name, "website") ||
                   slice_equal_cstr(fields[i].name, "actie") || slice_equal_cstr(fields[i].name, "terug");
        if (!own && fields[i].value.len > 0) {
            json_array_append_new(typed, json_stringn(fields[i].value.ptr, fields[i].value.len));
        }
    }
    return typed;
}

static void set_text(json_t *context, const struct visit *visit, const char *key, const char *path)
{
    struct slice text = survey_text(visit, path);
    json_object_set_new(context, key, json_stringn(text.ptr, text.len));
}

/* Its status, what the locales call it, the text of its link, and where that leads. */
static const struct {
    int status;
    const char *texts, *link, *path;
} reasons[] = {
    [GIVE_BACK_NO_COOKIE] = {400, "lost", "resume", "/verder"},
    [GIVE_BACK_NO_DRAFT] = {400, "gone", "look", "/ontvangst"},
    [GIVE_BACK_CLOSED] = {409, "closed_meanwhile", "look", "/gesloten"},
    [GIVE_BACK_NOT_ASKED] = {409, "not_asked", "look", "/controle"},
};

static void set_reason(json_t *context, const struct visit *visit, const char *key, enum give_back why,
                       const char *text)
{
    char path[64];
    snprintf(path, sizeof path, "%s.%s", reasons[why].texts, text);
    set_text(context, visit, key, path);
}

void survey_give_back(struct http_exchange *ex, const struct visit *visit, enum give_back why)
{
    json_t *typed = typed_values(ex);
    bool any_typed = json_array_size(typed) > 0;
    if (!any_typed && why != GIVE_BACK_NO_COOKIE) {
        json_decref(typed);
        http_redirect(ex, reasons[why].path);
        return;
    }
    json_t *context = json_object();
    set_reason(context, visit, "title", why, "title");
    set_reason(context, visit, "text", why, "text");
    set_reason(context, visit, "go_on", why, reasons[why].link);
    json_object_set_new(context, "go_on_path", json_string(reasons[why].path));
    json_object_set_new(context, "any_typed", json_boolean(any_typed));
    json_object_set_new(context, "typed", typed);
    survey_render(ex, visit, reasons[why].status, "lost", context);
}
