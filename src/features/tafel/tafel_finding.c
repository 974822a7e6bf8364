/* Where passages are found again by whoever needs their numbers as evidence. */
#include "features/tafel/tafel_internal.h"
#include "features/tafel/tafel_value_map_view.h"

#include <string.h>

enum { LINKS_MAX = 12 };

static void forget(void *object)
{
    json_decref(object);
}

static void add(json_t *links, struct http_exchange *ex, const struct web *web,
                const struct survey_round *round, const char *application)
{
    struct arena *arena = http_arena(ex);
    const char *title = round->title[strcmp(http_language(ex), "en") == 0];
    const struct slice begin = locale_text(web_locales(web), http_language(ex), "tafel.signal.find_link");
    const char *named = application ? map_title(arena, round, "application", application,
                                                strcmp(http_language(ex), "en") == 0)
                                    : NULL;
    if (json_array_size(links) < LINKS_MAX) {
        json_array_append_new(
            links, json_pack("{s:s,s:s}", "href",
                             arena_printf(arena, "/beheer/codering/%s/terugvinden%s%s", round->code,
                                          application ? "?toepassing=" : "", application ? application : "")
                                 .ptr,
                             "text",
                             arena_printf(arena, "%.*s %s%s%s", SLICE_ARG(begin), title ? title : round->code,
                                          application ? ", " : "",
                                          named         ? named
                                          : application ? application
                                                        : "")
                                 .ptr));
    }
}

/* Whether there is anything to find: without a plan nothing was coded. A failure is the transaction's. */
static bool is_coded(struct db_tx *tx, const struct survey_round *round)
{
    struct coding_plan plan;
    return coding_plan_read(&plan, tx, round->id) == DB_OK && plan.found;
}

const json_t *tafel_finding_links(struct db_tx *tx, struct http_exchange *ex, struct survey *survey,
                                  const struct web *web, const char *consultation, const json_t *applications)
{
    size_t k;
    const json_t *application;
    const struct survey_snapshot *snapshot = survey_snapshot_for(survey, ex);
    json_t *links = json_array();
    arena_defer(http_arena(ex), forget, links);
    for (size_t i = 0; snapshot && i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        if (round->status == ROUND_DRAFT || round->pilot ||
            (consultation && consultation[0] && strcmp(round->consultation, consultation) != 0) ||
            !account_may(staff_caller(ex), PERMISSION_CODING_FIND, round->consultation) ||
            !is_coded(tx, round)) {
            continue;
        }
        json_array_foreach((json_t *)(uintptr_t)applications, k, application)
        {
            add(links, ex, web, round, json_string_value(application));
        }
        if (json_array_size(applications) == 0) {
            add(links, ex, web, round, NULL);
        }
    }
    return links;
}
