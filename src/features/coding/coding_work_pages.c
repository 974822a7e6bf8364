/* A coder's own pages: what there is to do, and one passage with all that can be said of it. Plain forms:
 * sentences are boxes to tick, so that a keyboard is enough. */
#include "features/coding/coding_task_page.h"

/* ---- the queue ---- */

static enum db_status get_queue(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct coding *c = self;
    int64_t all, done, next;
    json_t *tasks = NULL, *task;
    size_t i;
    const struct survey_round *round = coding_round(c, ex, PERMISSION_CODING_DO);
    if (!round) {
        return DB_OK;
    }
    const int32_t account = staff_caller(ex)->account_id;
    enum db_status status = coding_task_count(&all, &done, tx, round->id, account);
    status = status == DB_OK ? coding_task_next(&next, tx, round->id, account, 0) : status;
    status = status == DB_OK ? coding_task_list(&tasks, tx, round->id, account) : status;
    if (status != DB_OK) {
        return status;
    }
    json_array_foreach(tasks, i, task)
    {
        json_object_set_new(task, "n", json_integer((json_int_t)i + 1));
    }
    json_t *context = coding_titled(ex, c, "coding.queue_title");
    json_object_set_new(context, "round", json_string(round->code));
    json_object_set_new(context, "all", json_integer(all));
    json_object_set_new(context, "done", json_integer(done));
    json_object_set_new(context, "none", json_boolean(all == 0));
    json_object_set_new(context, "finished", json_boolean(all > 0 && next == 0));
    if (next > 0) {
        json_object_set_new(context, "next", json_integer(next));
    }
    json_object_set_new(context, "any", json_boolean(all > 0));
    json_object_set_new(context, "tasks", tasks);
    json_object_set_new(context, "back_path", json_string(coding_path(ex, round, "")));
    staff_render(ex, c->config.account, 200, "staff_coding_queue", context);
    return DB_OK;
}

/* ---- one passage ---- */

/* The task as it is now, with the sentences of its text. False: answered, or *status. */
static bool read_task(struct coding_task_page *page, enum db_status *status, int64_t id)
{
    struct arena *arena = http_arena(page->ex);
    *status = coding_task_read(&page->task, page->tx, arena, id, staff_caller(page->ex)->account_id);
    if (*status == DB_OK && !page->task.found) {
        http_error(page->ex, 404);
    }
    if (*status != DB_OK || !page->task.found) {
        return false;
    }
    page->sentence_count =
        unicode_sentences(&page->sentences, arena, page->task.body,
                          slice_equal_cstr(page->task.language, "en") ? UNICODE_ENGLISH : UNICODE_DUTCH);
    return true;
}

/* False: answered, or *status. */
static bool open_task(struct coding_task_page *page, enum db_status *status, struct coding *c,
                      struct db_tx *tx, struct http_exchange *ex)
{
    int64_t id;
    struct codebook_version version;
    *page = (struct coding_task_page){.c = c, .ex = ex, .tx = tx};
    *status = DB_OK;
    if (!coding_path_number(&id, ex, "taak")) {
        http_error(ex, 404);
        return false;
    }
    if (!read_task(page, status, id)) {
        return false;
    }
    page->round = coding_round_by_id(c, ex, page->task.round, PERMISSION_CODING_DO);
    if (!page->round) {
        return false;
    }
    *status = codebook_get(&page->book, &version, tx, http_arena(ex), page->task.book_version);
    if (*status == DB_OK && !page->book) {
        *status = DB_FAILED;
    }
    return *status == DB_OK;
}

static const json_t *mark_of(const json_t *marks, int64_t id)
{
    size_t i;
    const json_t *mark;
    json_array_foreach(marks, i, mark)
    {
        if (json_integer_value(json_object_get(mark, "codering")) == id) {
            return mark;
        }
    }
    return NULL;
}

static enum db_status get_passage(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct coding_task_page page;
    struct slice text;
    uint64_t changing = 0;
    enum db_status status;
    if (!open_task(&page, &status, self, tx, ex)) {
        return status;
    }
    status = coding_marks_of(&page.marks, tx, page.task.passage, page.task.coder);
    if (status == DB_OK) {
        const bool asked = http_query(&text, ex, "codering") && slice_to_u64(&changing, text, INT64_MAX);
        const struct coding_shown shown = {.mark = asked ? mark_of(page.marks, (int64_t)changing) : NULL};
        status = coding_task_show(&page, &shown, coding_titled(ex, self, "coding.task_title"), 200);
    }
    json_decref(page.marks);
    return status;
}

/* ---- saving ---- */

static void tell_faults(json_t *context, const struct coding_task_page *page, unsigned faults)
{
    static const struct {
        unsigned fault;
        const char *field, *text;
    } told[] = {
        {CODING_BAD_SPAN, "zinnen", "coding.fault_span"},
        {CODING_NOT_THERE, "woorden", "coding.fault_not_there"},
        {CODING_NOT_ONCE, "woorden", "coding.fault_not_once"},
        {CODING_NO_CODE, "codes", "coding.fault_no_code"},
        {CODING_BAD_CODE, "codes", "coding.fault_code"},
        {CODING_BAD_OTHER, "uiting", "coding.fault_other"},
        {CODING_LONG_MEMO, "memo", "coding.fault_memo"},
    };
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        if ((faults & told[i].fault) != 0) {
            staff_fault(context, page->ex, page->c->config.account, told[i].field, told[i].text);
        }
    }
}

/* Whether anything was filled in at all: who only says "done" says nothing else. */
static bool says_something(const struct http_field *fields, size_t count)
{
    static const char *const names[] = {"zin",      "woorden",    "code",     "memo",     "facet", "uiting",
                                        "richting", "toepassing", "herkomst", "codering", NULL};
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; names[k]; k++) {
            if (slice_equal_cstr(fields[i].name, names[k]) && slice_trim(fields[i].value).len > 0) {
                return true;
            }
        }
    }
    return false;
}

static enum db_status show_again(struct coding_task_page *page, unsigned faults, const char *said, int answer)
{
    struct coding_shown shown = {.fields = NULL};
    json_t *context = coding_titled(page->ex, page->c, "coding.task_title");
    int64_t changing;
    shown.fields = http_form(&shown.count, page->ex);
    enum db_status status = coding_marks_of(&page->marks, page->tx, page->task.passage, page->task.coder);
    if (status != DB_OK) {
        json_decref(context);
        return status;
    }
    shown.mark = coding_form_number(&changing, page->ex, "codering", INT64_MAX)
                     ? mark_of(page->marks, changing)
                     : NULL;
    tell_faults(context, page, faults);
    if (said) {
        coding_put_text(context, "said", page->ex, page->c, said);
    }
    status = coding_task_show(page, &shown, context, answer);
    json_decref(page->marks);
    return status;
}

/* Somebody was first, who may have changed the text too: what stands now is shown, with what was filled in.
 */
static enum db_status tell_conflict(struct coding_task_page *page)
{
    enum db_status status;
    if (!read_task(page, &status, page->task.id)) {
        return status;
    }
    return show_again(page, 0, page->task.decided ? "coding.task_decided" : "coding.task_conflict", 409);
}

static enum db_status go_on(struct coding_task_page *page, bool to_next)
{
    int64_t next = 0;
    enum db_status status = DB_OK;
    if (to_next) {
        status = coding_task_next(&next, page->tx, page->round->id, staff_caller(page->ex)->account_id,
                                  page->task.id);
    }
    if (to_next && next == 0) {
        http_redirect(page->ex, coding_path(page->ex, page->round, "/werk"));
    } else {
        http_redirect(page->ex, arena_printf(http_arena(page->ex), "/beheer/coderen/%lld",
                                             (long long)(to_next ? next : page->task.id))
                                    .ptr);
    }
    return status;
}

static enum db_status write_mark(struct coding_task_page *page, const struct coding_input *input)
{
    size_t prompted_count;
    bool found;
    const struct slice *prompted = coding_prompted(&prompted_count, http_arena(page->ex), &page->task,
                                                   page->round->questionnaire, page->book);
    enum db_status status = coding_mark_save(&found, page->tx, &page->task, input, prompted, prompted_count,
                                             staff_caller(page->ex)->label);
    if (status == DB_OK && !found) {
        http_error(page->ex, 404);
        return DB_ROLLBACK;
    }
    return status == DB_OK ? coding_audit(page->tx, page->ex, "coding.save", page->round, NULL) : status;
}

static enum db_status post_passage(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct coding_task_page page;
    struct coding_input input;
    struct slice what = {"", 0};
    size_t count;
    int64_t revision = 0;
    bool ours;
    enum db_status status;
    if (!open_task(&page, &status, self, tx, ex)) {
        return status;
    }
    const struct http_field *fields = http_form(&count, ex);
    http_form_value(&what, ex, "doe");
    const bool done = slice_equal_cstr(what, "klaar");
    const bool writes = !done || says_something(fields, count);
    if (writes) {
        const unsigned faults = coding_input_read(&input, http_arena(ex), fields, count, page.book,
                                                  page.task.body, page.sentences, page.sentence_count);
        if (faults != 0) {
            return show_again(&page, faults, NULL, 400);
        }
    }
    coding_form_number(&revision, ex, "revisie", INT32_MAX);
    status = coding_task_claim(&ours, tx, &page.task, revision, done ? 1 : -1);
    if (status == DB_OK && !ours) {
        return tell_conflict(&page);
    }
    status = status == DB_OK && writes ? write_mark(&page, &input) : status;
    if (status == DB_OK && done) {
        status = coding_audit(tx, ex, "coding.done", page.round, NULL);
    }
    return status == DB_OK ? go_on(&page, done) : status;
}

static enum db_status post_removal(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct coding_task_page page;
    int64_t revision = 0, mark = 0;
    bool ours, found = false;
    enum db_status status;
    if (!open_task(&page, &status, self, tx, ex)) {
        return status;
    }
    coding_form_number(&revision, ex, "revisie", INT32_MAX);
    coding_form_number(&mark, ex, "weg", INT64_MAX);
    status = coding_task_claim(&ours, tx, &page.task, revision, -1);
    if (status == DB_OK && !ours) {
        return tell_conflict(&page);
    }
    status =
        status == DB_OK ? coding_mark_remove(&found, tx, &page.task, mark, staff_caller(ex)->label) : status;
    if (status == DB_OK && !found) {
        http_error(ex, 404);
        return DB_ROLLBACK;
    }
    status = status == DB_OK ? coding_audit(tx, ex, "coding.remove", page.round, NULL) : status;
    return status == DB_OK ? go_on(&page, false) : status;
}

const struct route coding_work_routes[] = {
    CODING_GET(CODING_PATH "/{ronde}/werk", get_queue, PERMISSION_CODING_DO, ""),
    CODING_GET("/beheer/coderen/{taak}", get_passage, PERMISSION_CODING_DO, ",codering"),
    CODING_POST("/beheer/coderen/{taak}", post_passage, PERMISSION_CODING_DO),
    CODING_POST("/beheer/coderen/{taak}/weg", post_removal, PERMISSION_CODING_DO),
};
const size_t coding_work_route_count = sizeof coding_work_routes / sizeof coding_work_routes[0];
