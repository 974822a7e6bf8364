/* A posted page that cannot be kept, because its participation is not at hand or not there any more: nobody
 * loses what they typed. */
#include "features/survey/survey_form.h"

/* What a form holds beside what the page itself put there. */
static json_t *typed_values(struct http_exchange *ex)
{
    size_t count;
    const struct http_field *fields = http_form(&count, ex);
    json_t *typed = json_array();
    for (size_t i = 0; i < count; i++) {
        bool own = slice_equal_cstr(fields[i].name, "token") || slice_equal_cstr(fields[i].name, "website") ||
                   slice_equal_cstr(fields[i].name, "actie");
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

/* What was typed and could not be kept, to copy, with how to go on. */
static void give_back(struct http_exchange *ex, const struct visit *visit, json_t *typed_take, bool gone)
{
    json_t *context = json_object();
    set_text(context, visit, "title", gone ? "gone.title" : "lost.title");
    set_text(context, visit, "text", gone ? "gone.text" : "lost.text");
    set_text(context, visit, "go_on", gone ? "gone.look" : "lost.resume");
    json_object_set_new(context, "go_on_path", json_string(gone ? "/ontvangst" : "/verder"));
    json_object_set_new(context, "any_typed", json_boolean(json_array_size(typed_take) > 0));
    json_object_set_new(context, "typed", typed_take);
    survey_render(ex, visit, 400, "lost", context);
}

void survey_lost(struct http_exchange *ex, const struct visit *visit)
{
    give_back(ex, visit, typed_values(ex), false);
}

void survey_gone(struct http_exchange *ex, const struct visit *visit)
{
    json_t *typed = typed_values(ex);
    if (json_array_size(typed) > 0) {
        give_back(ex, visit, typed, true);
    } else {
        json_decref(typed);
        http_redirect(ex, "/ontvangst");
    }
}
