#include "features/tafel/tafel_feedback_notify.h"

#include "base/buffer.h"
#include "features/tafel/tafel_feedback.h"
#include "features/tafel/tafel_value_map_words.h"

#include <string.h>

enum { TOLD_MAX = 10 /* signals */, TEXT_BYTES_MAX = 64 * 1024 };

const char *const notify_ways[NOTIFY_WAYS + 1] = {"email", "brief", "telefoon", NULL};

static void forget(void *object)
{
    json_decref(object);
}

enum db_status feedback_notice_read(struct feedback_notice *notice, struct db_tx *tx, struct arena *arena,
                                    struct results *results)
{
    json_t *signals = NULL;
    const struct feedback_filter filter = {.consultation = slice_from_cstr(notice->round->consultation),
                                           .value = SLICE(""),
                                           .application = SLICE(""),
                                           .most = TOLD_MAX};
    json_t *heard = feedback_heard_read(results, notice->round);
    if (heard) {
        arena_defer(arena, forget, heard);
    }
    notice->heard = heard;
    const enum db_status status = feedback_signals(&signals, tx, arena, &filter);
    notice->signals = signals;
    return status;
}

/* ---- words ---- */

static const char *word(const struct map_words *w, const char *path, const char *code)
{
    return arena_cstr(w->arena,
                      locale_text(w->locales, w->language, arena_printf(w->arena, "%s.%s", path, code).ptr));
}

/* The lines under "what did we hear". */
static const char *heard_lines(const struct feedback_notice *notice, const struct map_words *w)
{
    size_t i;
    const json_t *line, *values = json_object_get(notice->heard, "belangrijkst");
    if (json_array_size(values) == 0) {
        return word(w, "tafel.feedback.notify", "heard_nothing");
    }
    const char *lines = word(w, "tafel.feedback", "most_important");
    json_array_foreach(values, i, line)
    {
        lines = arena_printf(w->arena, "%s\n- %s: %s %%", lines,
                             word(w, "tafel.signal.options", map_text(line, "waarde")),
                             map_number(w, json_number_value(json_object_get(line, "aandeel")),
                                        (int)json_integer_value(json_object_get(line, "decimalen")), false))
                    .ptr;
    }
    return arena_printf(w->arena, "%s\n%s", lines, word(w, "tafel.feedback", "not_all")).ptr;
}

/* The last thing that was said about it: an answer, or why it went no further. */
static const char *last_said(const json_t *signal, const struct map_words *w)
{
    const json_t *events = json_object_get(signal, "gebeurtenissen");
    for (size_t i = json_array_size(events); i > 0; i--) {
        const json_t *event = json_array_get(events, i - 1);
        const char *what = map_text(event, "wat"), *told = map_text(event, "toelichting");
        if (strcmp(what, "antwoord") == 0) {
            return arena_printf(w->arena, "\n  %s %s: %s. %s", word(w, "tafel.feedback.event", what),
                                map_text(event, "geadresseerde"),
                                word(w, "tafel.signal.options", map_text(event, "uitkomst")), told)
                .ptr;
        }
        if ((strcmp(what, "klaar") == 0 || strcmp(what, "niet-doorgegeven") == 0) && told[0]) {
            return arena_printf(w->arena, "\n  %s", told).ptr;
        }
    }
    return "";
}

static const char *done_lines(const struct feedback_notice *notice, const struct map_words *w)
{
    size_t i;
    const json_t *signal;
    const char *lines = "";
    json_array_foreach(notice->signals, i, signal)
    {
        lines = arena_printf(w->arena, "%s%s- %s. %s%s", lines, i > 0 ? "\n" : "", map_text(signal, "titel"),
                             word(w, "tafel.feedback.state", map_text(signal, "stand")), last_said(signal, w))
                    .ptr;
    }
    return lines[0] ? lines : word(w, "tafel.feedback.notify", "done_nothing");
}

struct slice feedback_notice_text(struct arena *arena, const struct feedback_notice *notice,
                                  enum notify_way way, int language)
{
    const struct map_words w = {arena, notice->locales, language == 1 ? "en" : "nl"};
    const char *title = feedback_title(notice->round, language);
    const char *link = arena_printf(arena, "%s/consultaties/%s/" FEEDBACK_PART, notice->public_url,
                                    notice->round->consultation)
                           .ptr;
    const char *subject = MAP_FORMAT(&w, "tafel.feedback.notify.subject", "title", title);
    const char *path = arena_printf(arena, "tafel.feedback.notify.%s", notify_ways[way]).ptr;
    const char *body =
        MAP_FORMAT(&w, path, "title", title, "link", link, "heard", heard_lines(notice, &w), "done",
                   done_lines(notice, &w), "decides", word(&w, "tafel.signal", "who_decides"));
    return arena_printf(arena, "%s\n\n%s\n", subject, body);
}
