/* "Vindt u dit een duidelijk antwoord?": POST /signalen/{signaal}/antwoorden/{antwoord}/oordeel. An open
 * vote: whoever wants votes, as often as they like within what a bucket lets through, so that it is a count
 * and never an estimate; the page says so. Nothing is kept of who did. */
#include "features/tafel/tafel_feedback.h"

#include "features/survey/survey.h"

#include <string.h>

enum { VOTE_BODY = 4096, TOKEN_AGE_MAX_S = 12 * 3600 };

#define VOTE_PATH "/signalen/%d/antwoorden/%d/oordeel"

void feedback_add_vote_forms(json_t *forwards, struct http_exchange *ex, const struct tafel *tafel,
                             int32_t signal)
{
    size_t i;
    json_t *forward;
    json_array_foreach(forwards, i, forward)
    {
        json_t *answer = json_object_get(forward, "antwoord");
        const int number = (int)json_integer_value(json_object_get(answer, "nummer"));
        if (answer) {
            const char *path = arena_printf(http_arena(ex), VOTE_PATH, (int)signal, number).ptr;
            json_object_set_new(answer, "vote_path", json_string(path));
            json_object_set_new(answer, "vote_token",
                                json_string(survey_form_token(ex, tafel->config.survey, path)));
        }
    }
}

static int32_t number_of(const struct http_exchange *ex, const char *param)
{
    uint64_t number = 0;
    return slice_to_u64(&number, http_path_param(ex, param), INT32_MAX) ? (int32_t)number : 0;
}

static enum db_status post_vote(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct tafel *tafel = self;
    struct slice said = {NULL, 0};
    bool counted;
    const int32_t signal = number_of(ex, "signaal"), answer = number_of(ex, "antwoord");
    const int64_t age = survey_form_token_age(ex, tafel->config.survey);
    const bool is_clear = http_form_value(&said, ex, "duidelijk") && slice_equal_cstr(said, "ja");
    if (age < 0 || age > TOKEN_AGE_MAX_S || (!is_clear && !slice_equal_cstr(said, "nee"))) {
        http_error(ex, 400);
        return DB_OK;
    }
    const enum db_status status = feedback_vote(&counted, tx, signal, answer, is_clear);
    if (status == DB_OK && counted) {
        http_redirect(ex, arena_printf(http_arena(ex), "/signalen/%d?oordeel=dank", (int)signal).ptr);
    } else if (status == DB_OK) {
        http_error(ex, 404);
    }
    return status;
}

const struct route feedback_vote_routes[] = {
    {.http = {.method = HTTP_POST,
              .path = "/signalen/{signaal}/antwoorden/{antwoord}/oordeel",
              .surface = HTTP_PAGE,
              .body = HTTP_BODY_FORM,
              .body_max = VOTE_BODY,
              .csrf = HTTP_CSRF_REQUIRED,
              .rate = "vote"},
     .on_job = post_vote,
     .role = DB_ROLE_INTAKE},
};
const size_t feedback_vote_route_count = sizeof feedback_vote_routes / sizeof feedback_vote_routes[0];
