/* Coming and going on any computer: come back with a code, clear a shared computer, and pages that only tell.
 */
#include "features/survey/survey_form.h"
#include "features/survey/survey_internal.h"

/* ---- come back with a code ---- */

/* What was entered in vain, to mend. */
static void show_wrong_code(struct http_exchange *ex, const struct visit *visit, struct slice typed)
{
    const char *why = slice_trim(typed).len > 0 ? "resume.wrong_code" : "resume.no_code";
    json_t *context = survey_titled(visit, "resume.title");
    json_t *value = json_stringn(typed.ptr ? typed.ptr : "", typed.len);
    json_object_set_new(context, "typed", value ? value : json_string(""));
    json_t *item = json_object();
    json_object_set_new(item, "href", json_string("#code"));
    json_object_set_new(item, "text", survey_text_json(visit, why));
    json_object_set_new(context, "error_summary", json_pack("{s:[o]}", "items", item));
    json_object_set_new(context, "wrong", survey_text_json(visit, why));
    survey_render(ex, visit, 400, "resume", context);
}

/* Somebody whom another page sent here is told why (SURVEY_ASK_CODE). */
static void get_enter_code(struct http_exchange *ex, void *self)
{
    struct visit visit;
    struct slice from;
    visit_anonymous(&visit, self, ex);
    json_t *context = survey_titled(&visit, "resume.title");
    json_object_set_new(context, "sent_here",
                        json_boolean(http_query(&from, ex, "terug") && slice_equal_cstr(from, "code")));
    survey_render(ex, &visit, 200, "resume", context);
}

/* Looks the code up in every round at once. A code that is no code is looked up all the same, so that both
 * take as long. */
static enum db_status post_enter_code(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct visit visit;
    struct participation_code code;
    struct slice typed = {NULL, 0};
    struct visit own;
    bool found, is_draft;
    visit_anonymous(&visit, self, ex);
    http_form_value(&typed, ex, "code");
    if (!code_parse(&code, typed)) {
        code_generate(&code);
    }
    enum db_status status = visit_find(&own, &found, &is_draft, tx, http_arena(ex), &visit, &code);
    if (status != DB_OK) {
        return status;
    }
    if (found) {
        participation_cookie_set(ex, &own, is_draft ? STAGE_BEGUN : STAGE_SENT);
        http_redirect(ex, is_draft ? "/bewaard?terug=code" : "/ontvangst");
        return DB_OK;
    }
    show_wrong_code(ex, &visit, typed);
    return DB_OK;
}

/* ---- clear a shared computer ---- */

static void post_forget(struct http_exchange *ex, void *self)
{
    (void)self;
    participation_cookie_clear(ex);
    http_set_header(ex, "Clear-Site-Data", "\"cache\", \"cookies\", \"storage\"");
    http_redirect(ex, "/gewist");
}

static void get_plain(struct http_exchange *ex, void *self, const char *template_name, const char *title)
{
    struct visit visit;
    visit_anonymous(&visit, self, ex);
    survey_render(ex, &visit, 200, template_name, survey_titled(&visit, title));
}

static void get_forgotten(struct http_exchange *ex, void *self)
{
    get_plain(ex, self, "forgotten", "forgotten.title");
}

static void get_thanks_too_young(struct http_exchange *ex, void *self)
{
    get_plain(ex, self, "too_young", "too_young.title");
}

static void get_closed(struct http_exchange *ex, void *self)
{
    get_plain(ex, self, "closed", "closed.title");
}

const struct route survey_resume_routes[] = {
    {.http = {.method = HTTP_GET, .path = "/verder", .surface = HTTP_PAGE, .query = "taal,terug"},
     .on_inline = get_enter_code},
    {SURVEY_POST("/verder", "code"), .on_job = post_enter_code, .role = DB_ROLE_INTAKE, .read_only = true},
    {SURVEY_POST("/wissen", NULL), .on_inline = post_forget},
    SURVEY_GET("/gewist", get_forgotten),
    SURVEY_GET("/bedankt", get_thanks_too_young),
    SURVEY_GET("/gesloten", get_closed),
};
const size_t survey_resume_route_count = sizeof survey_resume_routes / sizeof survey_resume_routes[0];
