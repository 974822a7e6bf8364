/* Best-worst: the score of an item is how often somebody called it the best less how often the worst, over
 * how often it was shown. Its variance needs how these choices go together in one person: the sum of the
 * squares is that of each choice alone and of each two of them, and any two tasks share one item, so
 * cross-tables of two choices tell it all. */
#include "features/results/results_ranking_internal.h"

#include <math.h>

enum { ITEMS_MAX = 16, CHOICES_MAX = 2 * 16, SIDES = 2 };

/* Sums over the people of a line; s is best less worst of an item. */
struct item_sums {
    double weight;      /* sum of w s */
    double once;        /* sum of w^2 s */
    double squared;     /* sum of w^2 s^2 */
    double best, worst; /* people */
};

struct line_sums {
    uint32_t code;
    struct sums base;
    struct item_sums items[ITEMS_MAX];
};

struct best_worst_work {
    const struct ranking *r;
    struct tabulate_filter begun; /* who did the first task */
    struct line_sums *lines;
    size_t line_count;
    size_t items;
};

static double sign(size_t choice)
{
    return choice % SIDES == 0 ? 1 : -1;
}

/* Whether the item is one of the task that this choice is of. */
static bool *shown_in(const struct best_worst_work *work, size_t choice)
{
    const struct survey_round *round = work->r->call->round;
    uint32_t size = ANSWER_FIRST + (uint32_t)work->items;
    bool *held = arena_array(work->r->call->arena, size, sizeof *held);
    questionnaire_held_codes(held, size, round->questionnaire, work->r->first_index + choice, round->variants,
                             (size_t)round->variant_count);
    return held + ANSWER_FIRST;
}

static void begin_lines(struct best_worst_work *work, const struct counted *counted)
{
    uint32_t *codes;
    work->line_count = ranking_lines(&codes, work->r, counted);
    work->lines = arena_array(work->r->call->arena, work->line_count, sizeof *work->lines);
    for (size_t l = 0; l < work->line_count; l++) {
        work->lines[l].code = codes[l];
    }
}

static enum figures_status add_choice(struct best_worst_work *work, size_t choice)
{
    const size_t axis = work->r->first_index + choice;
    struct counted counted;
    enum figures_status status = ranking_count(&counted, work->r, &axis, 1, &work->begun);
    const struct table *table = counted.table;
    if (status == FIGURES_OK && choice == 0) {
        begin_lines(work, &counted);
    }
    for (size_t l = 0; status == FIGURES_OK && l < work->line_count; l++) {
        struct line_sums *line = &work->lines[l];
        for (uint32_t code = 0; choice == 0 && code < table->sizes[0]; code++) {
            sums_add(&line->base, ranking_cell(work->r, table, code, line->code));
        }
        for (size_t i = 0; i < work->items; i++) {
            struct sums chosen = ranking_cell(work->r, table, ANSWER_FIRST + i, line->code);
            line->items[i].weight += sign(choice) * chosen.weight;
            line->items[i].once += sign(choice) * chosen.weight_squared;
            line->items[i].squared += chosen.weight_squared;
            *(choice % SIDES == 0 ? &line->items[i].best : &line->items[i].worst) += chosen.n;
        }
    }
    counted_free(&counted);
    return status;
}

/* Both choices name the item: twice in the square of the sum. */
static enum figures_status add_pair(struct best_worst_work *work, size_t a, size_t b, size_t item)
{
    const size_t axes[] = {work->r->first_index + a, work->r->first_index + b};
    struct counted counted;
    enum figures_status status = ranking_count(&counted, work->r, axes, 2, &work->begun);
    const struct table *table = counted.table;
    size_t at = status == FIGURES_OK ? (ANSWER_FIRST + item) * table->sizes[1] + ANSWER_FIRST + item : 0;
    for (size_t l = 0; status == FIGURES_OK && l < work->line_count; l++) {
        work->lines[l].items[item].squared +=
            2 * sign(a) * sign(b) * ranking_cell(work->r, table, at, work->lines[l].code).weight_squared;
    }
    counted_free(&counted);
    return status;
}

static enum figures_status add_pairs(struct best_worst_work *work, size_t choices)
{
    enum figures_status status = FIGURES_OK;
    for (size_t a = 0; status == FIGURES_OK && a < choices; a++) {
        const bool *first = shown_in(work, a);
        for (size_t b = (a / SIDES + 1) * SIDES; status == FIGURES_OK && b < choices; b++) {
            const bool *second = shown_in(work, b);
            for (size_t i = 0; status == FIGURES_OK && i < work->items; i++) {
                if (first[i] && second[i]) {
                    status = add_pair(work, a, b, i);
                }
            }
        }
    }
    return status;
}

static size_t times_shown(const struct best_worst_work *work, size_t item, size_t choices)
{
    size_t times = 0;
    for (size_t choice = 0; choice < choices; choice += SIDES) {
        times += shown_in(work, choice)[item];
    }
    return times;
}

static void add_line(const struct best_worst_work *work, const struct line_sums *line, size_t choices)
{
    const struct ranking *r = work->r;
    double n = line->base.n, total = line->base.weight;
    bool shown = ranking_enough(r, line->base);
    for (size_t i = 0; i < work->items; i++) {
        shown = shown && line->items[i].best >= r->threshold && line->items[i].worst >= r->threshold;
    }
    for (size_t i = 0; i < work->items; i++) {
        const struct item_sums *item = &line->items[i];
        struct figures_record record = ranking_record(r, line->code, "saldo");
        double times = (double)times_shown(work, i, choices);
        double mean = total > 0 ? item->weight / total : 0;
        double squares = item->squared - 2 * mean * item->once + mean * mean * line->base.weight_squared;
        struct rank_estimate score = {mean / times, n / (n - 1) * squares / (total * total * times * times)};
        ranking_put_item(&record, &r->first->categories[i]);
        ranking_put_base(&record, r, line->base);
        record.figure = shown && total > 0 && n > 1 ? ranking_figure(score, -1, 1) : ranking_withheld;
        records_add(r->records, &record);
    }
}

enum figures_status ranking_add_best_worst(const struct ranking *r)
{
    struct best_worst_work work = {.r = r, .items = r->first->category_count};
    size_t choices = r->first->set_count;
    uint16_t *begun = arena_array(r->call->arena, work.items, sizeof *begun);
    if (work.items > ITEMS_MAX || choices > CHOICES_MAX) {
        return FIGURES_TOO_LARGE;
    }
    for (size_t i = 0; i < work.items; i++) {
        begun[i] = (uint16_t)(ANSWER_FIRST + i);
    }
    work.begun = (struct tabulate_filter){r->first_index, begun, work.items};
    enum figures_status status = FIGURES_OK;
    for (size_t choice = 0; status == FIGURES_OK && choice < choices; choice++) {
        status = add_choice(&work, choice);
    }
    if (status == FIGURES_OK) {
        status = add_pairs(&work, choices);
    }
    for (size_t l = 0; status == FIGURES_OK && l < work.line_count; l++) {
        add_line(&work, &work.lines[l], choices);
    }
    return status;
}
