/* What a file of another program would do, before it is loaded; and what is wrong with it. */
#include "features/coding/coding_file_step.h"

#include <stdio.h>
#include <string.h>

enum { LIST_MAX = 200 /* lines of a list on a page */ };

static json_t *text_of(struct slice text)
{
    return json_stringn(text.ptr ? text.ptr : "", text.len);
}

static json_t *word(const struct http_exchange *ex, const struct coding_file_step *step, const char *group,
                    const char *key)
{
    char path[96];
    snprintf(path, sizeof path, "coding.exchange.%s.%s", group, key);
    return staff_text(ex, step->coding->config.account, path);
}

static json_t *sources_of(const struct http_exchange *ex, const struct coding_file_step *step)
{
    static const char *const states[] = {[CODING_SOURCE_TEXT] = "text",
                                         [CODING_SOURCE_THERE] = "there",
                                         [CODING_SOURCE_ANSWER] = "answer",
                                         [CODING_SOURCE_REFUSED] = "refused"};
    json_t *list = json_array();
    for (int refused = 1; refused >= 0; refused--) { /* those first */
        for (size_t i = 0; i < step->plan.source_count && json_array_size(list) < LIST_MAX; i++) {
            const struct coding_import_source *source = &step->plan.sources[i];
            if ((source->state == CODING_SOURCE_REFUSED) != (refused == 1)) {
                continue;
            }
            json_t *row =
                json_pack("{s:o,s:o,s:o,s:I,s:I}", "name", text_of(source->name), "state",
                          word(ex, step, "states", states[source->state]), "what", text_of(source->what),
                          "turns", (json_int_t)source->turns, "codings", (json_int_t)source->codings);
            if (source->why != CODING_WHY_NONE) {
                json_object_set_new(row, "why", word(ex, step, "why", coding_source_words[source->why]));
            }
            if (source->line > 0) {
                json_object_set_new(row, "line", json_integer((json_int_t)source->line));
            }
            json_array_append_new(list, row);
        }
    }
    return list;
}

static json_t *users_of(const struct http_exchange *ex, const struct coding_file_step *step)
{
    static const char *const kinds[] = {
        [CODING_USER_HERE] = "here", [CODING_USER_ACCOUNT] = "account", [CODING_USER_OUTSIDE] = "outside"};
    json_t *list = json_array();
    for (size_t i = 0; i < step->plan.user_count && json_array_size(list) < LIST_MAX; i++) {
        const struct coding_import_user *user = &step->plan.users[i];
        if (user->codings > 0) {
            json_array_append_new(list, json_pack("{s:o,s:o,s:o,s:I}", "name", text_of(user->name), "becomes",
                                                  text_of(user->becomes), "kind",
                                                  word(ex, step, "users", kinds[user->kind]), "codings",
                                                  (json_int_t)user->codings));
        }
    }
    return list;
}

/* Those that somebody should look at: unknown, or known by their name. */
static json_t *codes_of(const struct http_exchange *ex, const struct coding_file_step *step)
{
    json_t *list = json_array();
    for (size_t i = 0; i < step->plan.code_count && json_array_size(list) < LIST_MAX; i++) {
        const struct coding_import_code *code = &step->plan.codes[i];
        if (code->title.len == 0 || code->by_name) {
            json_array_append_new(list,
                                  json_pack("{s:o,s:o,s:o,s:I}", "name", text_of(code->name), "title",
                                            text_of(code->title), "what",
                                            word(ex, step, "codes", code->by_name ? "by_name" : "unknown"),
                                            "codings", (json_int_t)code->codings));
        }
    }
    return list;
}

static json_t *lost_of(const struct http_exchange *ex, const struct coding_file_step *step)
{
    json_t *list = json_array();
    for (size_t i = 0; i < CODING_LOST_WHYS; i++) {
        if (step->plan.lost[i] > 0) {
            json_array_append_new(list, json_pack("{s:I,s:o}", "count", (json_int_t)step->plan.lost[i], "why",
                                                  word(ex, step, "lost", coding_lost_words[i])));
        }
    }
    return list;
}

static json_t *merged_of(const struct http_exchange *ex, const struct coding_file_step *step)
{
    static const char *const keys[CODING_MERGE_KINDS] = {
        [CODING_MERGE_ADDED] = "added",       [CODING_MERGE_CHANGED] = "changed",
        [CODING_MERGE_MOVED] = "moved",       [CODING_MERGE_STAYS] = "stays",
        [CODING_MERGE_OURS] = "ours",         [CODING_MERGE_FIXED] = "fixed",
        [CODING_MERGE_NO_NAME] = "no_name",   [CODING_MERGE_LONG_NAME] = "long_name",
        [CODING_MERGE_TOO_DEEP] = "too_deep", [CODING_MERGE_LONG_DEFINITION] = "long_definition",
        [CODING_MERGE_TOO_MANY] = "too_many",
    };
    json_t *list = json_array();
    const struct coding_merge *merge = &step->book.merge;
    for (int faults = 1; faults >= 0; faults--) {
        for (size_t i = 0; i < merge->item_count && json_array_size(list) < LIST_MAX; i++) {
            const struct coding_merge_item *item = &merge->items[i];
            if (keys[item->what] && (item->what >= CODING_MERGE_FIXED) == (faults == 1)) {
                json_array_append_new(list, json_pack("{s:o,s:o}", "name", text_of(item->title), "what",
                                                      word(ex, step, "merge", keys[item->what])));
            }
        }
    }
    return list;
}

static void put_left_out(json_t *context, const struct coding_file_step *step)
{
    json_t *list = json_array();
    for (size_t i = 0; i < step->file.report.left_out_count; i++) {
        json_array_append_new(list,
                              json_pack("{s:o,s:I}", "name", text_of(step->file.report.left_out[i].name),
                                        "count", (json_int_t)step->file.report.left_out[i].count));
    }
    json_object_set_new(context, "any_not_taken", json_boolean(json_array_size(list) > 0));
    json_object_set_new(context, "not_taken", list);
}

static void put_list(json_t *context, const char *name, json_t *list_take)
{
    char any[32];
    snprintf(any, sizeof any, "any_%s", name);
    json_object_set_new(context, any, json_boolean(json_array_size(list_take) > 0));
    json_object_set_new(context, name, list_take);
}

static void put_book(json_t *context, const struct http_exchange *ex, const struct coding_file_step *step)
{
    const struct coding_merge *merge = &step->book.merge;
    json_object_set_new(context, "book", json_true());
    json_object_set_new(context, "book_title", text_of(step->book.title));
    json_object_set_new(context, "book_number", json_integer(step->book.number));
    json_object_set_new(context, "may_load", json_boolean(merge->faults == 0 && merge->changes > 0));
    json_object_set_new(context, "nothing", json_boolean(merge->faults == 0 && merge->changes == 0));
    json_object_set_new(context, "blocked", json_boolean(merge->faults > 0));
    put_list(context, "merged", merged_of(ex, step));
}

static void put_project(json_t *context, const struct http_exchange *ex, const struct coding_file_step *step)
{
    const struct coding_import_plan *plan = &step->plan;
    const bool any = plan->texts > 0 || plan->codings > 0;
    json_object_set_new(context, "project", json_true());
    json_object_set_new(context, "texts", json_integer((json_int_t)plan->texts));
    json_object_set_new(context, "turns", json_integer((json_int_t)plan->turns));
    json_object_set_new(context, "codings", json_integer((json_int_t)plan->codings));
    json_object_set_new(context, "may_load", json_boolean(!plan->blocked && any));
    json_object_set_new(context, "nothing", json_boolean(!plan->blocked && !any));
    json_object_set_new(context, "blocked", json_boolean(plan->blocked));
    json_object_set_new(context, "more_sources", json_boolean(plan->source_count > LIST_MAX));
    put_list(context, "sources", sources_of(ex, step));
    put_list(context, "users", users_of(ex, step));
    put_list(context, "codes", codes_of(ex, step));
    put_list(context, "lost", lost_of(ex, step));
}

static void put_chosen(json_t *context, const struct coding_file_step *step)
{
    json_object_set_new(context, "of_notes", json_boolean(!step->of_recording));
    json_object_set_new(context, "leave_out", json_boolean(step->leave_out));
}

enum db_status coding_file_show_fault(struct db_tx *tx, struct coding_file_step *step, const char *text,
                                      const char *detail, size_t line)
{
    struct http_exchange *ex = step->work.exchange;
    json_t *context = coding_file_page(ex, step->coding, step->round);
    put_chosen(context, step);
    staff_fault(context, ex, step->coding->config.account, "bestand", text);
    if (detail[0]) {
        json_object_set_new(context, "fault_what", json_string(detail));
    }
    if (line > 0) {
        json_object_set_new(context, "fault_line", json_integer((json_int_t)line));
    }
    return coding_file_show_page(tx, ex, step->coding, step->round, context, 400);
}

enum db_status coding_file_show_preview(struct db_tx *tx, struct coding_file_step *step, int answer,
                                        const char *said)
{
    struct http_exchange *ex = step->work.exchange;
    json_t *context = coding_file_page(ex, step->coding, step->round);
    put_chosen(context, step);
    json_object_set_new(context, "preview", json_true());
    json_object_set_new(context, "sha256", json_string(step->sha256));
    json_object_set_new(context, "file_name", text_of(step->file_name));
    put_left_out(context, step);
    if (step->file.is_project) {
        put_project(context, ex, step);
    } else {
        put_book(context, ex, step);
    }
    if (said) {
        coding_put_text(context, "said", ex, step->coding, said);
    }
    return coding_file_show_page(tx, ex, step->coding, step->round, context, answer);
}
