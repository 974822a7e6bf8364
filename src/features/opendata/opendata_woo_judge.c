/* Judging a piece of a file under the Woo: what of it is given, on which ground something stays back, and
 * what is taken out, a line each. */
#include "features/opendata/opendata_woo_pages.h"

#include "base/utf8.h"

enum { AREA_MAX = 20000, HASH_TEXT = 2 * CRYPTO_SHA256_BYTES };

static const char *const woo_outcomes_listed[] = {"openbaar", "deels", "niet", NULL};
static const struct form_field judge_fields[] = {{"oordeel", FORM_CHOICE, false, woo_outcomes_listed},
                                                 {"grond", FORM_CHOICE, true, NULL},
                                                 {"weg", FORM_AREA, true, NULL},
                                                 {"gelezen", FORM_HIDDEN, false, NULL}};
enum { JUDGE_FIELDS = sizeof judge_fields / sizeof judge_fields[0] };

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
        json_object_set_new(context, "said", staff_text(ex, opendata->config.account, said));
    }
    json_object_set_new(context, "text", json_stringn(piece->text.ptr, piece->text.len));
    json_object_set_new(context, "action",
                        json_string(woo_path(ex, arena_printf(http_arena(ex), "/%s", piece->key).ptr)));
    json_object_set_new(context, "button", staff_text(ex, opendata->config.account, "opendata.woo.judge"));
    json_object_set_new(context, "back_path", json_string(woo_list_path(ex, piece->number)));
    staff_render(ex, opendata->config.account,
                 errors && errors->count > 0 ? 400
                 : said                      ? 409
                                             : 200,
                 "staff_woo_piece", context);
}

/* The piece of the path, with its text. False: answered with 404, or *status. */
static bool open_piece(struct woo_piece **out, enum db_status *status, struct db_tx *tx,
                       struct http_exchange *ex)
{
    struct woo_file file;
    const struct woo_asked asked = {.piece = http_path_param(ex, "stuk"), .most = INT32_MAX, .texts = true};
    const bool opened = woo_open(&file, status, tx, ex, http_arena(ex), asked);
    if (opened && file.count == 0) {
        http_error(ex, 404);
    }
    *out = opened && file.count > 0 ? file.pieces : NULL;
    return *out != NULL;
}

static enum db_status get_piece(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct woo_piece *piece;
    enum db_status status;
    if (!open_piece(&piece, &status, tx, ex)) {
        return status;
    }
    if (!piece->assessed) {
        status = woo_propose(piece, tx, http_arena(ex));
    }
    if (status == DB_OK) {
        show_judge(ex, self, piece, NULL, NULL, NULL);
    }
    return status;
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

static void forget(void *object)
{
    json_decref(object);
}

static enum db_status post_piece(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct woo_piece *piece;
    struct judged judged;
    struct json_errors errors;
    struct slice read = {"", 0};
    enum db_status status;
    if (!open_piece(&piece, &status, tx, ex)) {
        return status;
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
    http_redirect(ex, woo_list_path(ex, piece->number));
    return status;
}

const struct route woo_judge_routes[] = {
    WOO_GET(WOO_PATH "/{soort}/{code}/{stuk}", get_piece),
    WOO_POST(WOO_PATH "/{soort}/{code}/{stuk}", post_piece),
};
const size_t woo_judge_route_count = sizeof woo_judge_routes / sizeof woo_judge_routes[0];
