/* On the page of a question: the same question in earlier rounds, where its wording was the same. */
#include "features/results/results_measures.h"
#include "features/results/results_rounds.h"
#include "features/results/results_web.h"

#include "base/clock.h"

#include <string.h>

enum { TREND_ROUNDS_MAX = 12 };

/* Released rounds in which this is the same question, oldest first; the page's own is the last. */
static size_t find_rounds(const struct survey_round **out, const struct results_page *page, const char *code)
{
    const struct survey_round *found[TREND_ROUNDS_MAX] = {page->round};
    size_t count = 1;
    while (count < TREND_ROUNDS_MAX) {
        const struct survey_round *next = NULL;
        for (size_t i = 0; i < survey_round_count(page->snapshot); i++) {
            const struct survey_round *round = survey_round_at(page->snapshot, i);
            if (strcmp(round->consultation, page->consultation) == 0 &&
                rounds_older(round, found[count - 1]) && (!next || rounds_older(next, round)) &&
                page_has_release(page, round)) {
                next = round;
            }
        }
        if (!next || !rounds_comparable(next, found[count - 1], code)) {
            break;
        }
        found[count++] = next;
    }
    for (size_t i = 0; i < count; i++) {
        out[i] = found[count - 1 - i];
    }
    return count;
}

/* The page's people, in another round. */
static bool read_round(struct panel_row *out, struct results_page *page, const struct survey_round *round,
                       const struct figures *figures)
{
    struct figures_query query;
    struct figures *found = arena_alloc(page->maker.arena, sizeof *found);
    json_t *errors = json_array();
    const struct query_texts texts = {.variable = slice_from_cstr(figures->variable->code),
                                      .stream = slice_from_cstr(page->stream)};
    const bool good = results_query_read(&query, errors, page->maker.arena, page->view, round, &texts);
    json_decref(errors);
    query.weighted = page->weighted;
    if (!good || page_figures(found, NULL, page, &query) != FIGURES_OK) {
        return false;
    }
    *out = (struct panel_row){.label = round->title[page->maker.language],
                              .href = arena_printf(page->maker.arena, "/uitkomsten/%s/vraag/%s?ronde=%s",
                                                   page->consultation, figures->variable->code, round->code)
                                          .ptr,
                              .figures = found,
                              .line = &found->lines[found->line_count - 1],
                              .moment = page_month(page, round->opens_at),
                              .at = (double)round->opens_at};
    return true;
}

/* Each round against the one before, in the answers that the panel draws. */
static void compare_rounds(struct panel *panel, const struct results_page *page)
{
    const struct figures *figures = panel->rows[0].figures;
    const size_t *order = panel_order(&page->maker, figures);
    struct panel_difference *items =
        arena_array(page->maker.arena, panel->row_count * figures->answer_count, sizeof *items);
    for (size_t i = 0; i < figures->answer_count; i++) {
        const struct figures_answer *answer = &figures->answers[order[i]];
        for (size_t r = 1; r < panel->row_count && answer->in_base; r++) {
            const struct panel_row *now = &panel->rows[r], *before = &panel->rows[r - 1];
            if (panel->answer && strcmp(panel->answer, answer->name) != 0) {
                continue;
            }
            items[panel->difference_count++] = (struct panel_difference){
                .one = now->label,
                .other = before->label,
                .answer = panel_answer_label(answer, page->maker.language),
                .figure = figure_difference(&now->line->cells[order[i]].share,
                                            &before->line->cells[order[i]].share, page->view)};
        }
    }
    panel->differences = items;
}

void page_put_trend(struct results_page *page, const struct figures *figures)
{
    const struct survey_round *rounds[TREND_ROUNDS_MAX];
    struct panel_row rows[TREND_ROUNDS_MAX];
    size_t count = 0;
    const size_t found = find_rounds(rounds, page, figures->variable->code);
    for (size_t i = 0; i < found; i++) {
        /* Time goes on: of rounds that opened at the same moment one is drawn. */
        const bool later = count == 0 || (double)rounds[i]->opens_at > rows[count - 1].at;
        count += later && read_round(&rows[count], page, rounds[i], figures);
    }
    if (count < 2 || !figures->query.shares) {
        return;
    }
    struct panel panel = {.id = "tijd",
                          .heading = page_text(page, "results.over_time"),
                          .rows_are = page_text(page, "results.one_round"),
                          .about =
                              arena_printf(page->maker.arena, "%s: %s", page_text(page, "results.over_time"),
                                           figures->variable->label[page->maker.language])
                                  .ptr,
                          .over_time = true,
                          .answer = panel_find_answer(figures, "ja") < figures->answer_count ? "ja" : NULL,
                          .rows = rows,
                          .row_count = count};
    compare_rounds(&panel, page);
    page_put_panel(page, &panel, NULL);
}
