/* How far signals came, as a picture with its table. Not passing one on takes a decision, as weighing does:
 * who says no has looked at it, so that such a signal came as far as being weighed. */
#include "features/tafel/tafel_kept.h"
#include "features/tafel/tafel_signal_pages.h"

#include "web/chart.h"

enum { STAGES = SIGNAL_REPORTED + 1, FLOW_BYTES = 32 * 1024 };

struct stage {
    int64_t parts[CHART_FLOW_PARTS];
};

static int64_t came_to(const struct stage *stage)
{
    return stage->parts[CHART_WENT_ON] + stage->parts[CHART_IS_HERE] + stage->parts[CHART_ENDED];
}

/* From the last stage on: what came to one went on from the one before it. The last is the end: what is there
 * has gone all the way. */
static void stages_of(struct stage stages[STAGES], const struct signal_count counts[SIGNAL_STATES])
{
    for (unsigned i = STAGES; i-- > 0;) {
        const bool last = i + 1 == STAGES;
        stages[i] = (struct stage){.parts = {[CHART_WENT_ON] = last ? counts[i].all : came_to(&stages[i + 1]),
                                             [CHART_IS_HERE] = last ? 0 : counts[i].all}};
        if (i == SIGNAL_WEIGHED) {
            stages[i].parts[CHART_ENDED] = counts[SIGNAL_DECLINED].all;
        }
    }
}

static struct slice number_text(struct http_exchange *ex, int64_t number)
{
    return arena_printf(http_arena(ex), "%lld", (long long)number);
}

static struct slice word(struct http_exchange *ex, const struct tafel *tafel, const char *path)
{
    return locale_text(web_locales(tafel->config.web), http_language(ex), path);
}

static void draw(json_t *flow, const struct stage stages[STAGES], const struct slice *labels,
                 struct http_exchange *ex, const struct tafel *tafel)
{
    struct chart_stage drawn[STAGES];
    struct buffer html;
    const double all = (double)came_to(&stages[0]);
    for (unsigned i = 0; i < STAGES; i++) {
        drawn[i] = (struct chart_stage){.label = labels[i], .text = number_text(ex, came_to(&stages[i]))};
        for (unsigned part = 0; part < CHART_FLOW_PARTS; part++) {
            drawn[i].parts[part] = (struct chart_part){100 * (double)stages[i].parts[part] / all,
                                                       number_text(ex, stages[i].parts[part])};
        }
    }
    const struct chart_flow chart = {.head = {.id = SLICE("stroom"),
                                              .title = word(ex, tafel, "tafel.signal.flow.title"),
                                              .note = word(ex, tafel, "tafel.signal.flow.note")},
                                     .keys = {word(ex, tafel, "tafel.signal.flow.on"),
                                              word(ex, tafel, "tafel.signal.flow.here"),
                                              word(ex, tafel, "tafel.signal.flow.ended")},
                                     .stages = drawn,
                                     .stage_count = STAGES};
    buffer_init(&html, FLOW_BYTES);
    if (chart_draw_flow(&html, &chart)) {
        const struct slice text = buffer_slice(&html);
        json_object_set_new(flow, "chart_html", json_stringn(text.ptr, text.len));
    }
    buffer_free(&html);
}

void signal_put_flow(json_t *context, const struct signal_count counts[SIGNAL_STATES],
                     struct http_exchange *ex, const struct tafel *tafel, const char *texts)
{
    struct stage stages[STAGES];
    struct slice labels[STAGES];
    json_t *rows = json_array();
    stages_of(stages, counts);
    if (came_to(&stages[0]) == 0) {
        json_decref(rows);
        return;
    }
    for (unsigned i = 0; i < STAGES; i++) {
        labels[i] = word(ex, tafel, arena_printf(http_arena(ex), "%s.%s", texts, signal_states[i]).ptr);
        json_array_append_new(rows, json_pack("{s:s%,s:I,s:I,s:I,s:I}", "woord", labels[i].ptr, labels[i].len,
                                              "gekomen", (json_int_t)came_to(&stages[i]), "verder",
                                              (json_int_t)stages[i].parts[CHART_WENT_ON], "hier",
                                              (json_int_t)stages[i].parts[CHART_IS_HERE], "niet",
                                              (json_int_t)stages[i].parts[CHART_ENDED]));
    }
    json_t *flow = json_pack("{s:o}", "standen", rows);
    draw(flow, stages, labels, ex, tafel);
    json_object_set_new(context, "stroom", flow);
    json_object_set_new(context, "with_charts", json_true());
}
