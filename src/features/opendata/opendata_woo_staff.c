/* For the secretary: /beheer/woo, the pieces of a file and what was judged of each; judging one; the file
 * itself. */
#include "features/opendata/opendata_internal.h"
#include "features/opendata/opendata_woo.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/out_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { BODY_MAX = 128 * 1024, AREA_MAX = 20000, DAY_S = 86400, HASH_TEXT = 2 * CRYPTO_SHA256_BYTES };

#define PATH "/beheer/woo"

static const char *const woo_subjects_listed[] = {"signaal", "overleg", "ronde", NULL};
static const char *const woo_outcomes_listed[] = {"openbaar", "deels", "niet", NULL};

static const struct staff_link links[] = {{PATH, "opendata.woo.link", PERMISSION_TAFEL_MANAGE}};

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

/* False: answered with 404, or *status. */
static bool open_file(struct woo_file *out, enum db_status *status, struct db_tx *tx,
                      struct http_exchange *ex)
{
    enum woo_subject subject;
    *out = (struct woo_file){.found = false};
    *status = DB_OK;
    if (subject_of(&subject, http_path_param(ex, "soort"))) {
        *status = woo_read(out, tx, http_arena(ex), subject, http_path_param(ex, "code"));
    }
    if (*status == DB_OK && !out->found) {
        http_error(ex, 404);
    }
    return *status == DB_OK && out->found;
}

static const char *file_path(struct http_exchange *ex, const char *more)
{
    const struct slice subject = http_path_param(ex, "soort"), code = http_path_param(ex, "code");
    return arena_printf(http_arena(ex), PATH "/%.*s/%.*s%s", SLICE_ARG(subject), SLICE_ARG(code), more).ptr;
}

/* ---- its pieces ---- */

static json_t *word(const struct http_exchange *ex, const struct opendata *opendata, const char *path)
{
    return staff_text(ex, opendata->config.account, path);
}

static json_t *piece_json(struct http_exchange *ex, const struct opendata *opendata, const char *folder,
                          const struct woo_piece *piece, size_t number)
{
    const char *state = piece->assessed   ? woo_outcomes[piece->outcome]
                        : piece->outdated ? "verouderd"
                                          : "open";
    json_t *object = json_object();
    json_object_set_new(object, "nummer", json_integer((json_int_t)number));
    staff_set_date(object, "dag", ex, opendata->config.account, (int64_t)piece->day * DAY_S);
    json_object_set_new(
        object, "soort",
        word(ex, opendata, arena_printf(http_arena(ex), "opendata.woo.kinds.%s", piece->kind).ptr));
    json_object_set_new(
        object, "stand",
        word(ex, opendata, arena_printf(http_arena(ex), "opendata.woo.states.%s", state).ptr));
    json_object_set_new(
        object, "gemerkt",
        word(ex, opendata, piece->marked_open ? "opendata.woo.marked_open" : "opendata.woo.marked_closed"));
    json_object_set_new(object, "path", json_sprintf("%s/%s", folder, piece->key));
    return object;
}

static enum db_status get_file(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct opendata *opendata = self;
    struct woo_file file;
    enum db_status status;
    if (!open_file(&file, &status, tx, ex)) {
        return status;
    }
    json_t *context = staff_titled(ex, opendata->config.account, "opendata.woo.file_title");
    json_t *list = json_array();
    const char *folder = file_path(ex, "");
    for (size_t i = 0; i < file.count; i++) {
        json_array_append_new(list, piece_json(ex, opendata, folder, &file.pieces[i], i + 1));
    }
    json_object_set_new(context, "name", json_string(file.name));
    json_object_set_new(context, "none", json_boolean(file.count == 0));
    json_object_set_new(context, "pieces", list);
    json_object_set_new(context, "download", json_string(file_path(ex, "/dossier")));
    json_object_set_new(context, "back_path", json_string(PATH));
    staff_render(ex, opendata->config.account, 200, "staff_woo_file", context);
    return DB_OK;
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
    json_object_set_new(context, "action", json_string(PATH));
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
        status = woo_read(&file, tx, http_arena(ex), subject, code);
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
    http_redirect(ex,
                  arena_printf(http_arena(ex), PATH "/%s/%.*s", woo_subjects[subject], SLICE_ARG(code)).ptr);
    return DB_OK;
}

/* ---- judging a piece ---- */

static const struct form_field judge_fields[] = {{"oordeel", FORM_CHOICE, false, woo_outcomes_listed},
                                                 {"grond", FORM_CHOICE, true, NULL},
                                                 {"weg", FORM_AREA, true, NULL},
                                                 {"gelezen", FORM_HIDDEN, false, NULL}};
enum { JUDGE_FIELDS = sizeof judge_fields / sizeof judge_fields[0] };

static struct woo_piece *find_piece(const struct woo_file *file, struct slice key)
{
    for (size_t i = 0; i < file->count; i++) {
        if (slice_equal_cstr(key, file->pieces[i].key)) {
            return &file->pieces[i];
        }
    }
    return NULL;
}

static json_t *ground_options(void)
{
    json_t *list = json_array();
    for (size_t i = 0; i < woo_ground_count; i++) {
        json_array_append_new(list,
                              json_pack("{s:s,s:o}", "code", woo_grounds[i].code, "label",
                                        json_sprintf("%s: %s", woo_grounds[i].code, woo_grounds[i].text)));
    }
    return json_pack("{s:o}", "grond", list);
}

static const char *text_mark(struct http_exchange *ex, const struct woo_piece *piece)
{
    unsigned char sha256[CRYPTO_SHA256_BYTES];
    char hex[HASH_TEXT + 1];
    crypto_sha256(sha256, piece->text);
    crypto_hex(hex, sha256, sizeof sha256);
    return arena_printf(http_arena(ex), "%s", hex).ptr;
}

static json_t *values_of(struct http_exchange *ex, const struct woo_piece *piece)
{
    json_t *values = json_object();
    if (piece->assessed || piece->span_count > 0) {
        json_object_set_new(values, "oordeel", json_string(woo_outcomes[piece->outcome]));
    }
    if (piece->ground) {
        json_object_set_new(values, "grond", json_string(piece->ground));
    }
    const struct slice lines = woo_lines(http_arena(ex), piece);
    json_object_set_new(values, "weg", json_stringn(lines.ptr, lines.len));
    return values;
}

static void show_judge(struct http_exchange *ex, const struct opendata *opendata,
                       const struct woo_piece *piece, const json_t *posted, const struct json_errors *errors,
                       const char *said)
{
    json_t *context = staff_titled(ex, opendata->config.account, "opendata.woo.piece_title");
    json_t *values = posted ? json_copy((json_t *)(uintptr_t)posted) : values_of(ex, piece);
    json_t *options = ground_options();
    json_object_set_new(values, "gelezen", json_string(text_mark(ex, piece)));
    form_show_of(context, "opendata.woo", ex, web_locales(opendata->config.web), judge_fields, JUDGE_FIELDS,
                 values, options, errors);
    json_decref(values);
    json_decref(options);
    if (said) {
        json_object_set_new(context, "said", word(ex, opendata, said));
    }
    json_object_set_new(context, "text", json_stringn(piece->text.ptr, piece->text.len));
    json_object_set_new(context, "action",
                        json_string(file_path(ex, arena_printf(http_arena(ex), "/%s", piece->key).ptr)));
    json_object_set_new(context, "button", word(ex, opendata, "opendata.woo.judge"));
    json_object_set_new(context, "back_path", json_string(file_path(ex, "")));
    staff_render(ex, opendata->config.account,
                 errors && errors->count > 0 ? 400
                 : said                      ? 409
                                             : 200,
                 "staff_woo_piece", context);
}

static enum db_status get_piece(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct woo_file file;
    enum db_status status;
    if (!open_file(&file, &status, tx, ex)) {
        return status;
    }
    const struct woo_piece *piece = find_piece(&file, http_path_param(ex, "stuk"));
    if (piece) {
        show_judge(ex, self, piece, NULL, NULL, NULL);
    } else {
        http_error(ex, 404);
    }
    return DB_OK;
}

struct judged {
    enum woo_outcome outcome;
    const char *ground;
    struct woo_span *spans;
    size_t span_count;
};

/* The places of each line; a fault for one that stands nowhere. */
static void find_lines(struct judged *out, struct json_errors *errors, struct http_exchange *ex,
                       const struct woo_piece *piece, struct slice lines)
{
    struct slice *words = arena_array(http_arena(ex), lines.len + 1, sizeof *words);
    size_t count = 0;
    while (lines.len > 0) {
        struct slice line;
        slice_cut(&line, &lines, lines, '\n');
        line = slice_trim(line);
        if (line.len == 0) {
            continue;
        }
        words[count++] = line;
        if (!woo_stands_in(piece->text, line)) {
            json_errors_add(errors, "/weg", "onbekend",
                            "Dit staat zo niet in het stuk: %.*s. Neem ten minste drie tekens over, precies "
                            "zoals het er staat.",
                            SLICE_ARG(line));
        }
    }
    woo_find(&out->spans, &out->span_count, http_arena(ex), piece->text, words, count, out->ground);
}

static void read_judged(struct judged *out, struct json_errors *errors, struct slice *read,
                        struct http_exchange *ex, const struct woo_piece *piece, const json_t *values)
{
    struct slice outcome = {NULL, 0}, ground = {"", 0}, lines = {"", 0};
    const struct json_field fields[] = {
        {.name = "oordeel", .kind = JSON_KIND_STRING, .min = 1, .max = 10, .out = &outcome},
        {.name = "grond", .kind = JSON_KIND_STRING, .optional = true, .max = 10, .out = &ground},
        {.name = "weg", .kind = JSON_KIND_STRING, .optional = true, .max = AREA_MAX, .out = &lines},
        {.name = "gelezen", .kind = JSON_KIND_STRING, .max = HASH_TEXT, .out = read}};
    *out = (struct judged){.outcome = WOO_OUTCOMES};
    json_decode(errors, "", values, fields, sizeof fields / sizeof fields[0]);
    for (int o = 0; outcome.ptr && o < WOO_OUTCOMES; o++) {
        out->outcome = slice_equal_cstr(outcome, woo_outcomes[o]) ? (enum woo_outcome)o : out->outcome;
    }
    if (errors->count == 0 && out->outcome == WOO_OUTCOMES) {
        json_errors_add(errors, "/oordeel", "keuze", "Kies wat u van dit stuk geeft.");
    }
    const struct woo_ground *known = woo_ground_find(ground);
    out->ground = known ? known->code : NULL;
    if (errors->count > 0 || out->outcome == WOO_OPEN) {
        return;
    }
    if (!known) {
        json_errors_add(errors, "/grond", "ontbreekt", "Kies het artikel waarom iets wegblijft.");
    } else if (out->outcome == WOO_PART) {
        find_lines(out, errors, ex, piece, lines);
        if (errors->count == 0 && out->span_count == 0) {
            json_errors_add(errors, "/weg", "ontbreekt", "Schrijf wat u weglaat, een stukje per regel.");
        }
    }
}

static enum db_status post_piece(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct woo_file file;
    struct judged judged;
    struct json_errors errors;
    struct slice read = {"", 0};
    enum db_status status;
    if (!open_file(&file, &status, tx, ex)) {
        return status;
    }
    const struct woo_piece *piece = find_piece(&file, http_path_param(ex, "stuk"));
    if (!piece) {
        http_error(ex, 404);
        return DB_OK;
    }
    json_t *values = form_read(ex, judge_fields, JUDGE_FIELDS);
    arena_defer(http_arena(ex), forget, values);
    json_errors_init(&errors, http_arena(ex));
    read_judged(&judged, &errors, &read, ex, piece, values);
    const bool same = slice_equal_cstr(read, text_mark(ex, piece));
    if (errors.count > 0 || !same) {
        show_judge(ex, self, piece, values, &errors, same ? NULL : "opendata.woo.changed");
        return DB_OK;
    }
    status = woo_assess(tx, piece, judged.outcome, judged.ground, judged.spans, judged.span_count,
                        staff_caller(ex)->label, "web");
    http_redirect(ex, file_path(ex, ""));
    return status;
}

/* ---- the file itself ---- */

static bool write_fd(const void *bytes, size_t size, void *self)
{
    const int *fd = self;
    const char *at = bytes;
    while (size > 0) {
        const ssize_t written = write(*fd, at, size);
        if (written < 0 && errno != EINTR) {
            log_warn("opendata.woo", "reason=\"%s\"", strerror(errno));
            return false;
        }
        at += written > 0 ? written : 0;
        size -= written > 0 ? (size_t)written : 0;
    }
    return true;
}

static enum db_status get_zip(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct opendata *opendata = self;
    struct woo_file file;
    enum db_status status;
    if (!open_file(&file, &status, tx, ex)) {
        return status;
    }
    int fd = out_file_nameless(opendata->config.folder, http_arena(ex));
    struct arena *arena = arena_create((size_t)256 * 1024 * 1024);
    const enum dataset_status written =
        fd < 0 ? DATASET_OUTPUT_FAILED
               : woo_write(arena, &file, opendata->config.keys, opendata->config.now_s(),
                           (struct dataset_output){.write = write_fd, .self = &fd});
    arena_destroy(arena);
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

#define WOO_GET(PATTERN, HANDLER)  STAFF_SHOWS(PATTERN, HANDLER, PERMISSION_TAFEL_MANAGE, "taal")
#define WOO_POST(PATTERN, HANDLER) STAFF_TAKES(PATTERN, HANDLER, PERMISSION_TAFEL_MANAGE, BODY_MAX)

static const struct route routes[] = {
    WOO_GET(PATH, get_choose),
    WOO_POST(PATH, post_choose),
    WOO_GET(PATH "/{soort}/{code}", get_file),
    {.http = {.method = HTTP_GET,
              .path = PATH "/{soort}/{code}/dossier",
              .surface = HTTP_PAGE,
              .query = "taal",
              .produces = "application/zip",
              .scope = PERMISSION_TAFEL_MANAGE},
     .on_job = get_zip,
     .role = DB_ROLE_STAFF},
    WOO_GET(PATH "/{soort}/{code}/{stuk}", get_piece),
    WOO_POST(PATH "/{soort}/{code}/{stuk}", post_piece),
};

void woo_start(struct opendata *opendata)
{
    lanes_add(opendata->config.lanes, routes, sizeof routes / sizeof routes[0], opendata);
    staff_add_links(opendata->config.account, links, sizeof links / sizeof links[0]);
}
