/* From request to reply: reads the body, holds back who is too fast, checks the form's origin, runs the
 * route, and goes on after a wait. Runs on an HTTP thread; nothing here blocks. */
#include "http/exchange.h"

#include "base/clock.h"
#include "base/log.h"
#include "http/csrf.h"
#include "http/form.h"
#include "http/upload.h"

#include <microhttpd.h>

/* ---- head ---- */

/* Whether the reply must go out before the rest of the request is read. The connection ends with it. */
static bool answer_at_once(const struct http_exchange *ex)
{
    struct slice expect;
    return ex->close || ex->announced > DISCARD_ANNOUNCED_MAX ||
           (ex->has_body && http_header(&expect, ex, "Expect"));
}

bool dispatch_headers(struct http_exchange *ex, const char *method, const char *version)
{
    sweeper_head_complete(ex->link);
    head_check(ex, method, version);
    if (!http_replied(ex)) {
        ex->stage = STAGE_BODY;
        return true;
    }
    ex->stage = STAGE_REFUSED;
    return answer_at_once(ex) ? reply_queue(ex) : true;
}

/* ---- body ---- */

static void refuse_rest(struct http_exchange *ex, int status)
{
    upload_free(ex->upload);
    buffer_free(&ex->body);
    http_error(ex, status);
    ex->stage = STAGE_REFUSED;
}

static const char *upload_fault_text(enum upload_fault fault)
{
    switch (fault) {
    case UPLOAD_MALFORMED:
        return "malformed";
    case UPLOAD_ENCODED:
        return "transfer-encoding";
    case UPLOAD_BAD_TEXT:
        return "bad-text";
    case UPLOAD_TOO_MANY:
        return "too-many-fields";
    case UPLOAD_NO_MEMORY:
        return "memory";
    case UPLOAD_OK:
        break;
    }
    return "none";
}

/* True: nothing is wrong with the parts so far. */
static bool upload_is_fine(struct http_exchange *ex, enum upload_fault fault)
{
    if (fault != UPLOAD_OK) {
        log_info("http.form-refused", "route=%s fault=%s", http_route_path(ex), upload_fault_text(fault));
        refuse_rest(ex, fault == UPLOAD_NO_MEMORY ? 503 : 400);
    }
    return fault == UPLOAD_OK;
}

static void keep(struct http_exchange *ex, struct slice piece)
{
    struct http_server *server = ex->server;
    if (ex->body_counted + piece.len > ex->route->spec->body_max) {
        refuse_rest(ex, 413);
        return;
    }
    size_t held = atomic_fetch_add(&server->body_bytes, piece.len) + piece.len;
    ex->body_counted += piece.len;
    if (held > server->config->limits.body_memory) {
        refuse_rest(ex, 503);
        return;
    }
    if (ex->upload) {
        upload_is_fine(ex, upload_take(ex->upload, piece));
        return;
    }
    /* One piece of memory for an announced body of usual size, whatever the number of reads. */
    if (ex->body.len == 0 && ex->announced > 0 && ex->announced <= DISCARD_ANNOUNCED_MAX) {
        buffer_reserve(&ex->body, (size_t)ex->announced);
    }
    buffer_append(&ex->body, piece);
    if (buffer_failed(&ex->body)) {
        refuse_rest(ex, 503);
    }
}

bool dispatch_body(struct http_exchange *ex, struct slice piece)
{
    if (ex->stage == STAGE_BODY) {
        keep(ex, piece);
        return true;
    }
    ex->discarded += piece.len;
    return ex->discarded <= DISCARD_CHUNKED_MAX;
}

/* ---- running ---- */

static const char *form_fault_text(enum form_fault fault)
{
    switch (fault) {
    case FORM_TOO_MANY:
        return "too-many-fields";
    case FORM_BAD_ESCAPE:
        return "bad-escape";
    case FORM_NUL:
        return "nul";
    case FORM_BAD_UTF8:
        return "bad-utf8";
    case FORM_OK:
        break;
    }
    return "none";
}

static bool decode_form(struct http_exchange *ex)
{
    const enum http_body_kind kind = ex->route->spec->body;
    if (ex->upload) {
        return upload_is_fine(ex, upload_end(ex->upload));
    }
    if (kind != HTTP_BODY_FORM && kind != HTTP_BODY_UPLOAD) {
        return true;
    }
    enum form_fault fault = form_decode_pairs(&ex->form, &ex->form_count, ex->arena, buffer_slice(&ex->body),
                                              HTTP_MAX_FORM_FIELDS);
    if (fault == FORM_OK) {
        return true;
    }
    log_info("http.form-refused", "route=%s fault=%s", http_route_path(ex), form_fault_text(fault));
    problem_refuse(ex, 400, NULL, "De inhoud van het formulier klopt niet.", NULL);
    return false;
}

static bool check_origin(struct http_exchange *ex)
{
    if (ex->route->spec->csrf != HTTP_CSRF_REQUIRED) {
        return true;
    }
    const struct http_hooks *hooks = &ex->server->config->hooks;
    struct slice site;
    struct slice origin;
    bool has_site = http_header(&site, ex, "Sec-Fetch-Site");
    bool has_origin = http_header(&origin, ex, "Origin");
    bool ours = false;
    switch (csrf_decide(has_site ? &site : NULL, has_origin ? &origin : NULL, ex->server->origin)) {
    case CSRF_OURS:
        ours = true;
        break;
    case CSRF_FOREIGN:
        break;
    case CSRF_ASK_TOKEN:
        ours = hooks->form_token_valid && hooks->form_token_valid(ex, hooks->self);
        break;
    }
    if (!ours) {
        log_info("http.csrf-refused", "route=%s", http_route_path(ex));
        http_error(ex, 403);
    }
    return ours;
}

/* running is raised before refusing is read, and refusing set before running is read (server.c): of the two
 * threads at least one sees the other, so nothing runs once the server found nothing running. */
static bool may_run(struct http_exchange *ex)
{
    atomic_fetch_add(&ex->server->running, 1);
    ex->counted_running = true;
    if (!atomic_load(&ex->server->refusing)) {
        return true;
    }
    http_error(ex, 503);
    return false;
}

/* What would answer another question than was meant, where the name of a parameter was mistyped. */
static bool answers_question(int status)
{
    return status < 400 || status == 404 || status == 409 || status == 410;
}

/* After run or a continuation: reply, or wait for http_resume. */
static bool conclude(struct http_exchange *ex)
{
    if (ex->stage == STAGE_WAITING) {
        return true; /* from here on the exchange belongs to whoever resumes it */
    }
    if (!http_replied(ex)) {
        log_error("http.no-reply", "route=%s", http_route_path(ex));
        http_error(ex, 500);
    }
    if (http_query_misnamed(ex) && answers_question(http_reply_status(ex))) {
        http_reply_reset(ex);
        http_query_good(ex, NULL);
    }
    return reply_queue(ex);
}

static void run_route(struct http_exchange *ex, void *context)
{
    (void)context;
    ex->route->spec->run(ex, ex->route->spec->cookie);
}

static void wake(void *context)
{
    http_resume(context);
}

static void wait_us(struct http_exchange *ex, int64_t us, void (*then)(struct http_exchange *, void *),
                    void *context)
{
    ex->timer = (struct sweeper_timer){.due_us = clock_monotonic_us() + us, .wake = wake, .context = ex};
    http_suspend(ex, then, context);
    if (!sweeper_delay(ex->server->sweeper, &ex->timer)) {
        http_resume(ex); /* too many wait already: this one is served now */
    }
}

static bool resume_here(struct http_exchange *ex)
{
    void (*then)(struct http_exchange *, void *) = ex->then;
    ex->then = NULL;
    ex->stage = STAGE_BODY;
    then(ex, ex->then_context);
    return conclude(ex);
}

bool dispatch_end(struct http_exchange *ex)
{
    switch (ex->stage) {
    case STAGE_REFUSED:
        return reply_queue(ex);
    case STAGE_WAITING:
        return resume_here(ex);
    case STAGE_BODY:
        break;
    case STAGE_HEADERS:
    case STAGE_ENDED:
        return false;
    }
    sweeper_request_complete(ex->link);
    if (!may_run(ex) || !decode_form(ex) || !check_origin(ex)) {
        return reply_queue(ex);
    }
    if (ex->delay_us > 0) {
        /* The limit slows before it refuses. Served early or not, its client's bucket is in debt. */
        wait_us(ex, ex->delay_us, run_route, NULL);
    } else {
        run_route(ex, NULL);
    }
    return conclude(ex);
}

/* ---- waiting ---- */

void http_suspend(struct http_exchange *ex, void (*then)(struct http_exchange *ex, void *context),
                  void *context)
{
    ex->then = then;
    ex->then_context = context;
    ex->stage = STAGE_WAITING;
    MHD_suspend_connection(ex->connection);
}

void http_resume(struct http_exchange *ex)
{
    /* The exchange may be answered and gone before libmicrohttpd returns, the server must not. */
    struct http_server *server = ex->server;
    atomic_fetch_add(&server->resuming, 1);
    MHD_resume_connection(ex->connection);
    atomic_fetch_sub(&server->resuming, 1);
}

void http_wait(struct http_exchange *ex, int ms, void (*then)(struct http_exchange *ex, void *context),
               void *context)
{
    wait_us(ex, (int64_t)ms * 1000, then, context);
}
