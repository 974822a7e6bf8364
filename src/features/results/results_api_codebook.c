/* GET /v1/consultaties/{consultatie}/codeboek: the variables of a round. No results, so no embargo and no
 * key. */
#include "features/results/results_api.h"

enum { MAX_AGE_S = 60 };

void results_get_codebook(struct http_exchange *ex, void *self)
{
    const struct results *results = self;
    const struct survey_snapshot *snapshot = survey_snapshot_for(results->config.survey, ex);
    struct slice text = {NULL, 0};
    if (http_query(&text, ex, "ronde") && !text.ptr) {
        text = SLICE("");
    }
    const struct survey_round *round =
        results_query_round(snapshot, http_path_param(ex, "consultatie"), text, results->config.now_s());
    if (!round) {
        http_error(ex, 404);
        return;
    }
    json_t *body = questionnaire_codebook_json(round->questionnaire);
    json_object_set_new(body, "consultatie", json_string(round->consultation));
    json_object_set_new(body, "ronde", json_string(round->code));
    http_reply_json(ex, 200, body);
    http_set_header(ex, "ETag",
                    arena_printf(http_arena(ex), "\"v%d-%s\"", (int)round->version_id, round->code).ptr);
    http_set_header(ex, "Cache-Control", arena_printf(http_arena(ex), "public, max-age=%d", MAX_AGE_S).ptr);
}
