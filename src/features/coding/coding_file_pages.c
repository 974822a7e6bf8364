/* A coded round to other programs and back: the page, and loading a file that comes. A file does not wait
 * here: it holds what people said. So it is sent to be looked at, and sent again to be loaded. It is read on
 * a slow thread, since it takes seconds and much memory. */
#include "features/coding/coding_file_step.h"

#include <stddef.h>
#include <stdio.h>

enum { IMPORT_BODY = CODING_IMPORT_FILE_MAX + 64 * 1024 };

static void release_arena(void *arena)
{
    arena_destroy(arena);
}

struct coding_file_step *coding_file_step_of(void *slow)
{
    return (struct coding_file_step *)(void *)((char *)slow - offsetof(struct coding_file_step, slow));
}

struct coding_file_step *coding_file_begin(struct http_exchange *ex, struct coding *c)
{
    struct coding_file_step *step = arena_alloc(http_arena(ex), sizeof *step);
    step->coding = c;
    step->fd = -1;
    step->round = coding_round(c, ex, PERMISSION_CODING_MANAGE);
    step->arena = arena_create(QDA_ARENA_MAX);
    arena_defer(http_arena(ex), release_arena, step->arena);
    return step;
}

/* ---- the page ---- */

json_t *coding_file_page(struct http_exchange *ex, struct coding *c, const struct survey_round *round)
{
    json_t *context = coding_titled(ex, c, "coding.exchange.title");
    json_object_set_new(context, "round", json_string(round->code));
    json_object_set_new(context, "back_path", json_string(coding_path(ex, round, "")));
    return context;
}

enum db_status coding_file_show_page(struct db_tx *tx, struct http_exchange *ex, struct coding *c,
                                     const struct survey_round *round, json_t *context_take, int answer)
{
    struct coding_plan plan;
    enum db_status status = coding_plan_read(&plan, tx, round->id);
    if (status != DB_OK) {
        json_decref(context_take);
        return status;
    }
    json_object_set_new(context_take, "planned", json_boolean(plan.found));
    staff_render(ex, c->config.account, answer, "staff_coding_exchange", context_take);
    return DB_OK;
}

static enum db_status get_page(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct survey_round *round = coding_round(self, ex, PERMISSION_CODING_MANAGE);
    return round ? coding_file_show_page(tx, ex, self, round, coding_file_page(ex, self, round), 200) : DB_OK;
}

/* The guard let somebody in, and the round is theirs; what follows begins on the HTTP thread. */
static enum db_status admit(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    (void)tx;
    coding_round(self, ex, PERMISSION_CODING_MANAGE);
    return DB_OK;
}

void coding_file_done(struct http_exchange *ex, void *item)
{
    const struct coding_file_step *step = item;
    if (step->work.status != DB_OK) {
        lane_answer_failure(ex, step->work.status);
    }
}

/* ---- in: the steps ---- */

static enum db_status import_book(struct db_tx *tx, struct coding_file_step *step)
{
    struct http_exchange *ex = step->work.exchange;
    enum db_status status =
        coding_book_import_plan(&step->book, tx, step->arena, step->round, step->file.project);
    const struct coding_merge *merge = &step->book.merge;
    if (status != DB_OK || !step->load || merge->faults > 0 || merge->changes == 0) {
        return status == DB_OK ? coding_file_show_preview(tx, step, merge->faults > 0 ? 400 : 200, NULL)
                               : status;
    }
    status = coding_book_import_keep(&step->kept, &step->book, tx, step->round, staff_caller(ex)->label,
                                     "browser");
    if (status == DB_OK && !step->kept) {
        return coding_file_show_preview(tx, step, 409, "coding.exchange.book_meanwhile");
    }
    if (status == DB_OK) {
        http_redirect(ex, arena_printf(http_arena(ex), "/beheer/codeboeken/%d", (int)step->book.kept.id).ptr);
    }
    return status;
}

static enum db_status import_project(struct db_tx *tx, struct coding_file_step *step)
{
    struct http_exchange *ex = step->work.exchange;
    const struct coding_import import = {.round = step->round,
                                         .file = &step->file,
                                         .of_recording = step->of_recording,
                                         .leave_out = step->leave_out,
                                         .actor = staff_caller(ex)->label,
                                         .arena = step->arena};
    enum db_status status = coding_import_plan(&step->plan, tx, &import);
    if (status == DB_OK && !step->plan.planned) {
        return coding_file_show_fault(tx, step, "coding.exchange.not_planned", "", 0);
    }
    if (status != DB_OK || !step->load || step->plan.blocked) {
        return status == DB_OK ? coding_file_show_preview(tx, step, step->plan.blocked ? 400 : 200, NULL)
                               : status;
    }
    status = coding_import_load(&step->plan, tx, &import);
    if (status == DB_OK) {
        http_redirect(ex, coding_path(ex, step->round, ""));
        status = coding_audit(tx, ex, "coding.import", step->round,
                              arena_printf(db_arena(tx), CODING_IMPORT_DETAILS, step->sha256,
                                           step->plan.texts, step->plan.turns, step->plan.codings)
                                  .ptr);
    }
    return status;
}

static enum db_status import_step(struct db_tx *tx, struct lane_work *work)
{
    struct coding_file_step *step = (struct coding_file_step *)(void *)work;
    char path[96];
    http_reply_reset(work->exchange);
    if (step->bytes.len == 0) {
        return coding_file_show_fault(tx, step, "coding.exchange.fault_no_file", "", 0);
    }
    if (!step->readable) {
        const struct qda_fault *fault = &step->file.fault;
        snprintf(path, sizeof path, "coding.exchange.faults.%s", coding_fault_key(fault->status));
        return coding_file_show_fault(tx, step, path, fault->what, fault->line);
    }
    return step->file.is_project ? import_project(tx, step) : import_book(tx, step);
}

static void read_step(struct lane_slow *slow)
{
    struct coding_file_step *step = coding_file_step_of(slow);
    unsigned char hash[CRYPTO_SHA256_BYTES];
    struct slice seen = {"", 0};
    crypto_sha256(hash, step->bytes);
    crypto_hex(step->sha256, hash, sizeof hash);
    http_form_value(&seen, slow->exchange, "gezien");
    step->load =
        step->load && slice_equal_cstr(seen, step->sha256); /* what was looked at is what is loaded */
    step->readable = step->bytes.len > 0 && coding_file_read(&step->file, step->arena, step->bytes);
}

static void was_read(struct http_exchange *ex, void *item)
{
    struct coding_file_step *step = coding_file_step_of(item);
    if (!step->slow.accepted) {
        http_error(ex, 503);
        return;
    }
    step->work.name = "coding-import";
    step->work.role = DB_ROLE_STAFF;
    step->work.run = import_step;
    lane_transact(step->coding->config.lanes, ex, &step->work, coding_file_done);
}

static void import_next(struct http_exchange *ex, void *self)
{
    struct coding_file_step *step = coding_file_begin(ex, self);
    struct http_file file = {{"", 0}, {"", 0}, {"", 0}};
    struct slice source = {"", 0}, rest = {"", 0}, act = {"", 0};
    if (!step->round) {
        return;
    }
    http_form_file(&file, ex, "bestand");
    http_form_value(&source, ex, "bron");
    http_form_value(&rest, ex, "weglaten");
    http_form_value(&act, ex, "doe");
    step->bytes = file.bytes;
    step->file_name = file.file_name;
    step->of_recording = !slice_equal_cstr(source, "aantekening");
    step->leave_out = slice_equal_cstr(rest, "ja");
    step->load = slice_equal_cstr(act, "inlezen");
    step->slow.run = read_step;
    lane_compute(step->coding->config.lanes, LANE_WHILE, ex, &step->slow, was_read);
}

const struct route coding_file_routes[] = {
    CODING_GET(CODING_PATH "/{ronde}/uitwisselen", get_page, PERMISSION_CODING_MANAGE, ""),
    {.http = {.method = HTTP_POST,
              .path = CODING_PATH "/{ronde}/uitvoer",
              .surface = HTTP_PAGE,
              .body = HTTP_BODY_FORM,
              .body_max = CODING_BODY,
              .csrf = HTTP_CSRF_REQUIRED,
              .produces = "text/html,application/zip,application/xml,text/csv",
              .scope = PERMISSION_CODING_MANAGE},
     .on_job = admit,
     .after = coding_file_export_next,
     .role = DB_ROLE_STAFF},
    {.http = {.method = HTTP_POST,
              .path = CODING_PATH "/{ronde}/invoer",
              .surface = HTTP_PAGE,
              .body = HTTP_BODY_UPLOAD,
              .body_max = IMPORT_BODY,
              .csrf = HTTP_CSRF_REQUIRED,
              .scope = PERMISSION_CODING_MANAGE},
     .on_job = admit,
     .after = import_next,
     .role = DB_ROLE_STAFF},
};
const size_t coding_file_route_count = sizeof coding_file_routes / sizeof coding_file_routes[0];
