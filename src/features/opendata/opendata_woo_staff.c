/* For the secretary: /beheer/woo, the pieces of a file and what was judged of each; the file itself. */
#include "features/opendata/opendata_woo_pages.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/out_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { DAY_S = 86400, FILE_ARENA_MAX = 256 * 1024 * 1024 };

static const char *const woo_subjects_listed[] = {"signaal", "overleg", "ronde", NULL};

static const struct staff_link links[] = {
    {WOO_PATH, "opendata.woo.link", PERMISSION_TAFEL_MANAGE, STAFF_PUBLISHING, NULL}};

/* ---- which file ---- */

/* False: there is no such kind. */
static bool subject_of(enum woo_subject *out, struct slice text)
{
    for (int s = 0; s < WOO_SUBJECTS; s++) {
        if (slice_equal_cstr(text, woo_subjects[s])) {
            *out = (enum woo_subject)s;
            return true;
        }
    }
    return false;
}

bool woo_open(struct woo_file *out, enum db_status *status, struct db_tx *tx, struct http_exchange *ex,
              struct arena *arena, struct woo_asked asked)
{
    *out = (struct woo_file){.found = false};
    *status = DB_OK;
    asked.code = http_path_param(ex, "code");
    if (subject_of(&asked.subject, http_path_param(ex, "soort"))) {
        *status = woo_read(out, tx, arena, &asked);
    }
    if (*status == DB_OK && !out->found) {
        http_error(ex, 404);
    }
    return *status == DB_OK && out->found;
}

const char *woo_path(struct http_exchange *ex, const char *more)
{
    const struct slice subject = http_path_param(ex, "soort"), code = http_path_param(ex, "code");
    return arena_printf(http_arena(ex), WOO_PATH "/%.*s/%.*s%s", SLICE_ARG(subject), SLICE_ARG(code), more)
        .ptr;
}

const char *woo_list_path(struct http_exchange *ex, int64_t number)
{
    const int64_t before = (number - 1) / WOO_LIST_PAGE * WOO_LIST_PAGE;
    return before <= 0 ? woo_path(ex, "")
                       : woo_path(ex, arena_printf(http_arena(ex), "?vanaf=%lld", (long long)before + 1).ptr);
}

/* ---- its pieces ---- */

static json_t *word(const struct http_exchange *ex, const struct opendata *opendata, const char *path)
{
    return staff_text(ex, opendata->config.account, path);
}

static json_t *piece_json(struct http_exchange *ex, const struct opendata *opendata, const char *folder,
                          const struct woo_piece *piece)
{
    const char *state = piece->assessed   ? woo_outcomes[piece->outcome]
                        : piece->outdated ? "verouderd"
                                          : "open";
    json_t *object = json_object();
    json_object_set_new(object, "nummer", json_integer((json_int_t)piece->number));
    staff_set_date(object, "dag", ex, opendata->config.account, (int64_t)piece->day * DAY_S);
    json_object_set_new(
        object, "soort",
        word(ex, opendata, arena_printf(http_arena(ex), "opendata.woo.kinds.%s", piece->kind).ptr));
    if (piece->step[0]) {
        json_object_set_new(object, "stap", json_string(piece->step));
    }
    json_object_set_new(
        object, "stand",
        word(ex, opendata, arena_printf(http_arena(ex), "opendata.woo.states.%s", state).ptr));
    json_object_set_new(
        object, "gemerkt",
        word(ex, opendata, piece->marked_open ? "opendata.woo.marked_open" : "opendata.woo.marked_closed"));
    json_object_set_new(object, "path", json_sprintf("%s/%s", folder, piece->key));
    return object;
}

/* Which pieces these are, and where the others stand. */
static void put_place(json_t *context, struct http_exchange *ex, const struct opendata *opendata,
                      const struct woo_file *file)
{
    const int64_t first = file->pieces[0].number, last = file->pieces[file->count - 1].number;
    struct arena *arena = http_arena(ex);
    const struct slice shown =
        locale_format(arena, web_locales(opendata->config.web), http_language(ex), "opendata.woo.shown",
                      "first", arena_printf(arena, "%lld", (long long)first).ptr, "last",
                      arena_printf(arena, "%lld", (long long)last).ptr, "all",
                      arena_printf(arena, "%lld", (long long)file->all).ptr, (const char *)NULL);
    json_object_set_new(context, "first", json_integer((json_int_t)first));
    json_object_set_new(context, "shown", json_stringn(shown.ptr, shown.len));
    if (first > 1) {
        json_object_set_new(context, "before_path", json_string(woo_list_path(ex, first - 1)));
    }
    if (last < file->all) {
        json_object_set_new(context, "next_path", json_string(woo_list_path(ex, last + 1)));
    }
}

static void render_file(struct http_exchange *ex, const struct opendata *opendata,
                        const struct woo_file *file, const char *said)
{
    json_t *context = staff_titled(ex, opendata->config.account, "opendata.woo.file_title");
    json_t *list = json_array();
    const char *folder = woo_path(ex, "");
    for (size_t i = 0; i < file->count; i++) {
        json_array_append_new(list, piece_json(ex, opendata, folder, &file->pieces[i]));
    }
    if (file->count > 0) {
        put_place(context, ex, opendata, file);
    }
    if (said) {
        json_object_set_new(context, "said", word(ex, opendata, said));
    }
    json_object_set_new(context, "name", json_string(file->name));
    json_object_set_new(context, "none", json_boolean(file->count == 0));
    json_object_set_new(context, "pieces", list);
    json_object_set_new(context, "download", json_string(woo_path(ex, "/dossier")));
    json_object_set_new(context, "back_path", json_string(WOO_PATH));
    staff_render(ex, opendata->config.account, said ? 409 : 200, "staff_woo_file", context);
}

/* A page of the list. said: what went wrong, a path of the locales; NULL: nothing did. */
static enum db_status show_file(struct db_tx *tx, struct http_exchange *ex, const struct opendata *opendata,
                                int64_t before, const char *said)
{
    struct woo_file file;
    enum db_status status;
    const struct woo_asked asked = {.piece = SLICE(""), .from = before, .most = WOO_LIST_PAGE};
    if (!woo_open(&file, &status, tx, ex, http_arena(ex), asked)) {
        return status;
    }
    if (file.count == 0 && before > 0) {
        http_error(ex, 404);
    } else {
        render_file(ex, opendata, &file, said);
    }
    return DB_OK;
}

static enum db_status get_file(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct slice asked;
    uint64_t from = 1;
    if (http_query(&asked, ex, "vanaf") && (!slice_to_u64(&from, asked, INT32_MAX) || from == 0)) {
        http_error(ex, 404);
        return DB_OK;
    }
    return show_file(tx, ex, self, (int64_t)(from - 1) / WOO_LIST_PAGE * WOO_LIST_PAGE, NULL);
}

/* ---- choosing one ---- */

static const struct form_field choose_fields[] = {{"soort", FORM_CHOICE, false, woo_subjects_listed},
                                                  {"code", FORM_TEXT, false, NULL}};

static void show_choose(struct http_exchange *ex, const struct opendata *opendata, const json_t *values,
                        const struct json_errors *errors)
{
    json_t *context = staff_titled(ex, opendata->config.account, "opendata.woo.title");
    form_show_of(context, "opendata.woo", ex, web_locales(opendata->config.web), choose_fields,
                 sizeof choose_fields / sizeof choose_fields[0], values, NULL, errors);
    json_object_set_new(context, "intro", word(ex, opendata, "opendata.woo.lead"));
    json_object_set_new(context, "action", json_string(WOO_PATH));
    json_object_set_new(context, "button", word(ex, opendata, "opendata.woo.choose"));
    staff_render(ex, opendata->config.account, errors ? 400 : 200, "staff_form", context);
}

static enum db_status get_choose(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    (void)tx;
    show_choose(ex, self, NULL, NULL);
    return DB_OK;
}

static void forget(void *object)
{
    json_decref(object);
}

static enum db_status post_choose(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct opendata *opendata = self;
    struct json_errors errors;
    struct woo_file file = {.found = false};
    struct slice kind = {NULL, 0}, code = {NULL, 0};
    enum woo_subject subject = WOO_SIGNAL;
    enum db_status status = DB_OK;
    json_t *values = form_read(ex, choose_fields, sizeof choose_fields / sizeof choose_fields[0]);
    const struct json_field fields[] = {
        {.name = "soort", .kind = JSON_KIND_STRING, .min = 1, .max = 20, .out = &kind},
        {.name = "code", .kind = JSON_KIND_STRING, .min = 1, .max = 64, .out = &code}};
    arena_defer(http_arena(ex), forget, values);
    json_errors_init(&errors, http_arena(ex));
    json_decode(&errors, "", values, fields, sizeof fields / sizeof fields[0]);
    if (errors.count == 0 && subject_of(&subject, kind)) {
        const struct woo_asked asked = {.subject = subject, .code = code, .piece = SLICE(""), .most = 1};
        status = woo_read(&file, tx, http_arena(ex), &asked);
    }
    if (status != DB_OK) {
        return status;
    }
    if (errors.count == 0 && !file.found) {
        json_errors_add(&errors, "/code", "onbekend",
                        "Noem het nummer van een signaal of overleg, of de code van een ronde.");
    }
    if (errors.count > 0) {
        show_choose(ex, opendata, values, &errors);
        return DB_OK;
    }
    http_redirect(
        ex, arena_printf(http_arena(ex), WOO_PATH "/%s/%.*s", woo_subjects[subject], SLICE_ARG(code)).ptr);
    return DB_OK;
}

/* ---- the file itself ---- */

static bool write_fd(const void *bytes, size_t size, void *self)
{
    const int *fd = self;
    const char *at = bytes;
    while (size > 0) {
        const ssize_t written = write(*fd, at, size);
        if (written < 0 && errno != EINTR) {
            log_warn("opendata.woo", "reason=%s", LOG_CSTR(strerror(errno)));
            return false;
        }
        at += written > 0 ? written : 0;
        size -= written > 0 ? (size_t)written : 0;
    }
    return true;
}

/* In the arena: a file may be larger than what a request may use. */
static enum db_status send_zip(struct db_tx *tx, struct http_exchange *ex, const struct opendata *opendata,
                               struct arena *arena)
{
    struct woo_file file;
    enum db_status status;
    if (!woo_open(&file, &status, tx, ex, arena, woo_whole(WOO_SIGNAL, SLICE("")))) {
        return status;
    }
    if (file.too_large) {
        return show_file(tx, ex, opendata, 0, "opendata.woo.too_large");
    }
    int fd = out_file_nameless(opendata->config.folder, http_arena(ex));
    const enum dataset_status written =
        fd < 0 ? DATASET_OUTPUT_FAILED
               : woo_write(arena, &file, opendata->config.keys, opendata->config.now_s(),
                           (struct dataset_output){.write = write_fd, .self = &fd});
    const off_t size = written == DATASET_OK ? lseek(fd, 0, SEEK_END) : -1;
    if (size < 0) {
        if (fd >= 0) {
            close(fd);
        }
        return DB_UNAVAILABLE;
    }
    http_reply_file(ex, 200, "application/zip", fd, (uint64_t)size);
    http_set_header(
        ex, "Content-Disposition",
        arena_printf(http_arena(ex), "attachment; filename=\"dossier-%s.zip\"", woo_subjects[file.subject])
            .ptr);
    return staff_audit(tx, ex, "woo.file",
                       arena_printf(db_arena(tx), "%.*s:%.*s", SLICE_ARG(http_path_param(ex, "soort")),
                                    SLICE_ARG(http_path_param(ex, "code")))
                           .ptr,
                       "ok", NULL);
}

static enum db_status get_zip(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct arena *arena = arena_create(FILE_ARENA_MAX);
    const enum db_status status = send_zip(tx, ex, self, arena);
    arena_destroy(arena);
    return status;
}

static const struct route routes[] = {
    WOO_GET(WOO_PATH, get_choose),
    WOO_POST(WOO_PATH, post_choose),
    STAFF_SHOWS(WOO_PATH "/{soort}/{code}", get_file, PERMISSION_TAFEL_MANAGE, "taal,vanaf"),
    {.http = {.method = HTTP_GET,
              .path = WOO_PATH "/{soort}/{code}/dossier",
              .surface = HTTP_PAGE,
              .query = "taal",
              .produces = "application/zip",
              .scope = PERMISSION_TAFEL_MANAGE},
     .on_job = get_zip,
     .role = DB_ROLE_STAFF},
};

void woo_start(struct opendata *opendata)
{
    lanes_add(opendata->config.lanes, routes, sizeof routes / sizeof routes[0], opendata);
    lanes_add(opendata->config.lanes, woo_judge_routes, woo_judge_route_count, opendata);
    staff_add_links(opendata->config.account, links, sizeof links / sizeof links[0]);
}
