/* What every page of the survey has in common. */
#include "features/survey/survey_internal.h"

#include "features/survey/survey_form.h"
#include "features/survey/survey_token.h"

#include <stdio.h>
#include <string.h>

static const char *const languages[] = {"nl", "en"};

struct slice survey_text(const struct visit *visit, const char *path)
{
    return locale_text(web_locales(visit->survey->config.web), languages[visit->language], path);
}

/* A token is good for one participation and one path; without a participation for the path alone. */
static struct slice token_subject(struct arena *arena, const struct visit *visit, struct slice path)
{
    char id[2 * sizeof visit->who.draft_id + 1] = "";
    if (visit->round) {
        crypto_hex(id, visit->who.draft_id, sizeof visit->who.draft_id);
    }
    return arena_printf(arena, "%s %.*s", id, SLICE_ARG(path));
}

const char *survey_token_for(struct http_exchange *ex, const struct visit *visit, const char *path)
{
    struct arena *arena = http_arena(ex);
    char *token = arena_alloc(arena, FORM_TOKEN_BYTES);
    form_token_make(token, visit->survey->config.keys, token_subject(arena, visit, slice_from_cstr(path)),
                    visit->survey->config.now_s());
    return token;
}

const char *survey_form_token(struct http_exchange *ex, struct survey *survey, const char *path)
{
    struct visit visit;
    visit_anonymous(&visit, survey, ex);
    return survey_token_for(ex, &visit, path);
}

int64_t survey_form_age(struct http_exchange *ex, const struct visit *visit)
{
    struct slice token;
    if (!http_form_value(&token, ex, "token")) {
        return -1;
    }
    return form_token_age(visit->survey->config.keys, token_subject(http_arena(ex), visit, http_path(ex)),
                          token, visit->survey->config.now_s());
}

int64_t survey_form_token_age(struct http_exchange *ex, struct survey *survey)
{
    struct visit visit;
    visit_anonymous(&visit, survey, ex);
    return survey_form_age(ex, &visit);
}

static bool form_is_ours(struct http_exchange *ex, const struct visit *visit)
{
    struct slice token;
    return http_form_value(&token, ex, "token") &&
           form_token_ours(visit->survey->config.keys, token_subject(http_arena(ex), visit, http_path(ex)),
                           token);
}

bool survey_form_token_valid(struct http_exchange *ex, struct survey *survey)
{
    struct visit visit;
    /* First as a form that belongs to no participation: starting anew, or an offer, which must not be looked
     * at beside who sent it. */
    visit_anonymous(&visit, survey, ex);
    return form_is_ours(ex, &visit) || (visit_of_cookie(&visit, survey, ex) && form_is_ours(ex, &visit));
}

json_t *survey_text_json(const struct visit *visit, const char *path)
{
    struct slice text = survey_text(visit, path);
    return json_stringn(text.ptr, text.len);
}

json_t *survey_titled(const struct visit *visit, const char *title_path)
{
    json_t *context = json_object();
    json_object_set_new(context, "title", survey_text_json(visit, title_path));
    return context;
}

void survey_set_code(json_t *context, struct http_exchange *ex, const struct visit *visit)
{
    char code[CODE_TEXT_BYTES];
    code_format(code, &visit->code);
    json_object_set_new(context, "code", json_string(code));
    json_object_set_new(context, "code_shown", json_true());
    json_object_set_new(context, "resume_url",
                        json_string(arena_printf(http_arena(ex), "%s/verder", http_public_url(ex)).ptr));
}

void survey_set_date(json_t *context, struct http_exchange *ex, const struct visit *visit, const char *key,
                     int64_t unix_s)
{
    struct slice date = locale_date(http_arena(ex), web_locales(visit->survey->config.web),
                                    visit->language ? "en" : "nl", unix_s);
    json_object_set_new(context, key, json_stringn(date.ptr, date.len));
}

/* The text of a document's member in the page's language; NULL when it has none. */
static const char *document_text(const struct visit *visit, const json_t *object, const char *member)
{
    return json_string_value(json_object_get(json_object_get(object, member), languages[visit->language]));
}

void survey_set_document_text(json_t *context, const char *key, const struct visit *visit,
                              const json_t *object, const char *member)
{
    const char *text = document_text(visit, object, member);
    if (text) {
        json_object_set_new(context, key, json_string(text));
    }
}

void survey_set_document_html(json_t *context, const char *key, struct http_exchange *ex,
                              const struct visit *visit, const json_t *object, const char *member)
{
    const char *text = document_text(visit, object, member);
    if (text) {
        struct slice html = web_markdown(http_arena(ex), slice_from_cstr(text), 2);
        json_object_set_new(context, key, json_stringn(html.ptr, html.len));
    }
}

/* Codes of links and rounds; anything else is not taken over into an address. */
static bool is_plain(struct slice value)
{
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
              c == '_' || c == '.')) {
            return false;
        }
    }
    return value.len > 0;
}

/* Where this page is, for the link to the other language: how somebody came and where they return to must
 * survive it. */
static const char *address_of(struct http_exchange *ex)
{
    static const char *const kept[] = {"ronde", "terug", "via"};
    const char *address = arena_cstr(http_arena(ex), http_path(ex));
    const char *joint = "?";
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        struct slice value;
        if (http_query(&value, ex, kept[i]) && is_plain(value)) {
            address =
                arena_printf(http_arena(ex), "%s%s%s=%.*s", address, joint, kept[i], SLICE_ARG(value)).ptr;
            joint = "&";
        }
    }
    return address;
}

static void set_text(json_t *object, const char *key, const char *text)
{
    if (text && !json_object_get(object, key)) {
        json_object_set_new(object, key, json_string(text));
    }
}

static void set_consultation(json_t *context, const struct visit *visit, const struct survey_round *round)
{
    const json_t *title = json_object_get(round->document, "title");
    set_text(context, "consultation", json_string_value(json_object_get(title, languages[visit->language])));
    set_text(context, "consultation_code", round->consultation);
    set_text(context, "round", round->code);
}

void survey_render(struct http_exchange *ex, const struct visit *visit, int status, const char *template_name,
                   json_t *context_take)
{
    struct survey *survey = visit->survey;
    struct arena *arena = http_arena(ex);
    struct slice path = http_path(ex);
    struct slice html;
    struct slice chosen_language;
    if (http_query(&chosen_language, ex, "taal")) {
        http_keep_language(ex, languages[visit->language]);
    }
    set_text(context_take, "form_token", survey_token_for(ex, visit, arena_cstr(arena, path)));
    set_text(context_take, "path", address_of(ex));
    /* Pages that belong to no participation carry the name of what is going on now. */
    const struct survey_round *round =
        visit->round ? visit->round : survey_current_round(visit, (struct slice){NULL, 0});
    if (round) {
        set_consultation(context_take, visit, round);
        survey_mark(ex, round);
    }
    if (visit->round) {
        set_text(context_take, "forget_path", "/wissen");
        if (!json_object_get(context_take, "code_shown") && !json_object_get(context_take, "nothing_kept")) {
            set_text(context_take, "code_path", "/bewaard"); /* before the computer forgets it */
        }
        set_text(context_take, "forget_token", survey_token_for(ex, visit, "/wissen"));
        set_text(context_take, "robots", "noindex");
    }
    web_mark_invented(context_take, http_is_invented(ex));
    if (web_page_render(&html, arena, survey->config.web, languages[visit->language], template_name,
                        context_take)) {
        http_reply_bytes(ex, status, "text/html; charset=utf-8", html);
    } else {
        http_error(ex, 500);
    }
    json_decref(context_take);
}

void survey_busy(struct http_exchange *ex, const struct visit *visit, enum db_status status)
{
    (void)visit;
    lane_answer_failure(ex, status);
}
