/* What every page of the survey has in common. */
#include "features/survey/survey_internal.h"

#include "features/survey/survey_form.h"
#include "features/survey/survey_token.h"

#include <stdio.h>
#include <string.h>

enum { LANGUAGE_COOKIE_S = 180 * 24 * 3600 };

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

int64_t survey_form_age(struct http_exchange *ex, const struct visit *visit)
{
    struct slice token;
    if (!http_form_value(&token, ex, "token")) {
        return -1;
    }
    return form_token_age(visit->survey->config.keys, token_subject(http_arena(ex), visit, http_path(ex)),
                          token, visit->survey->config.now_s());
}

bool survey_form_token_valid(struct http_exchange *ex, struct survey *survey)
{
    struct visit visit;
    /* First as a form that belongs to no participation: starting anew, or an offer, which must not be looked
     * at beside who sent it. */
    visit_anonymous(&visit, survey, ex);
    return survey_form_age(ex, &visit) >= 0 ||
           (visit_of_cookie(&visit, survey, ex) && survey_form_age(ex, &visit) >= 0);
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
        http_set_cookie(ex, "taal", languages[visit->language], LANGUAGE_COOKIE_S);
    }
    set_text(context_take, "form_token", survey_token_for(ex, visit, arena_cstr(arena, path)));
    set_text(context_take, "path", arena_cstr(arena, path));
    if (visit->round) {
        char forget_token[FORM_TOKEN_BYTES];
        form_token_make(forget_token, survey->config.keys, token_subject(arena, visit, SLICE("/wissen")),
                        survey->config.now_s());
        set_consultation(context_take, visit, visit->round);
        set_text(context_take, "forget_path", "/wissen");
        set_text(context_take, "forget_token", survey_token_for(ex, visit, "/wissen"));
        set_text(context_take, "robots", "noindex");
    }
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
