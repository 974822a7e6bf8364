/* What the pages about one report share. */
#include "features/report/report_internal.h"

#include "features/survey/survey.h"

const char *report_path(const struct report_page *page, const char *more)
{
    return arena_printf(http_arena(page->ex), REPORT_PATH "/%d%s", (int)page->draft.number, more).ptr;
}

struct staff_about report_about(const struct report_page *page, const char *more)
{
    return (struct staff_about){.account = page->room->config.account,
                                .texts = "report",
                                .ex = page->ex,
                                .action = report_path(page, more),
                                .back = report_path(page, ""),
                                .revision = page->draft.revision};
}

bool report_open(struct report_page *out, enum db_status *status, const struct report_room *room,
                 struct db_tx *tx, struct http_exchange *ex, bool to_change)
{
    *out = (struct report_page){.room = room, .tx = tx, .ex = ex};
    const int32_t number = report_number(ex, "rapport");
    *status = number > 0 ? report_find(&out->draft, tx, http_arena(ex), number, to_change) : DB_OK;
    if (*status == DB_OK && out->draft.number == 0) {
        http_error(ex, 404);
    }
    return *status == DB_OK && out->draft.number > 0;
}

enum db_status report_record(const struct report_page *page, const char *action, const char *details)
{
    return staff_audit(page->tx, page->ex, action,
                       arena_printf(db_arena(page->tx), "report:%d", (int)page->draft.number).ptr, "ok",
                       details);
}

struct report_means report_means_of(const struct report_room *room, struct http_exchange *ex)
{
    return (struct report_means){.results = room->config.results,
                                 .snapshot = survey_snapshot_for(room->config.survey, ex),
                                 .keys = room->config.keys,
                                 .now_s = room->config.now_s(),
                                 .least_votes = room->config.least_votes};
}

struct slice report_outcome_text(struct arena *arena, const struct report_room *room, const char *language,
                                 const struct report_made *made)
{
    const struct locales *locales = web_locales(room->config.web);
    if (made->outcome == REPORT_TOO_LARGE) {
        return locale_format(arena, locales, language,
                             arena_printf(arena, "report.too_many.%s", made->limit->code).ptr, "n",
                             arena_printf(arena, "%d", made->limit->most).ptr, NULL);
    }
    return locale_text(locales, language,
                       made->outcome == REPORT_NO_RELEASE ? "report.no_release"
                       : made->outcome == REPORT_NO_ROUND ? "report.no_round"
                                                          : "report.failed");
}

void report_mark_invented(struct http_exchange *ex, const struct report_room *room, const json_t *document)
{
    size_t i;
    const json_t *one;
    const struct survey_snapshot *snapshot = survey_snapshot_for(room->config.survey, ex);
    json_array_foreach(report_at(document, "over.rondes"), i, one)
    {
        survey_mark(ex, survey_round_find(snapshot, slice_from_cstr(report_text(one, "ronde"))));
    }
}
