/* What http/ asks of higher rooms: who is calling, the error page, whether a form is ours. */
#include "app/app_internal.h"

static void error_page(struct http_exchange *ex, int status, void *self)
{
    const struct app *app = self;
    struct slice html;
    if (status == 403 && http_caller(ex) && http_method(ex) == HTTP_GET && account_owns_path(http_path(ex))) {
        staff_refused_page(ex, app->account);
        return;
    }
    if ((status == 500 || status == 503) && account_give_back_unsaved(ex, app->account, status)) {
        return;
    }
    web_error_page(&html, http_arena(ex), app->web, http_language(ex), status, http_request_id(ex),
                   status == 413 ? http_body_max(ex) : 0);
    http_reply_bytes(ex, status, "text/html; charset=utf-8", html);
}

static int authorise(struct http_exchange *ex, struct slice bearer, const char *scope, void *self)
{
    const struct app *app = self;
    return account_authorise(ex, bearer, scope, app->account);
}

static void about(struct http_exchange *ex, void *self)
{
    const struct app *app = self;
    survey_mark_asked(ex, app->survey);
}

static bool form_token_valid(struct http_exchange *ex, void *self)
{
    const struct app *app = self;
    return account_owns_path(http_path(ex)) ? account_form_token_valid(ex, app->account)
                                            : survey_form_token_valid(ex, app->survey);
}

struct http_hooks app_hooks(struct app *app)
{
    return (struct http_hooks){.self = app,
                               .error_page = error_page,
                               .authorise = authorise,
                               .about = about,
                               .form_token_valid = form_token_valid};
}
