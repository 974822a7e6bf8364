/* The snapshot of rounds: loaded from the database, shared by all threads, replaced as a whole. */
#include "features/survey/survey_internal.h"

#include "base/clock.h"
#include "base/log.h"
#include "features/survey/survey_form.h"

#include <stdlib.h>
#include <string.h>

/* A questionnaire version lives as long as a snapshot shows it. */
struct version {
    int32_t id;
    struct questionnaire *questionnaire;
    atomic_int references;
};

struct loaded_round {
    struct survey_round round; /* first: what the outside sees */
    struct version *version;
    struct start_counts *starts; /* one a variant of the round; kept from snapshot to snapshot */
    atomic_int *starts_references;
};

struct survey_snapshot {
    atomic_int references;
    int64_t mark;
    struct arena *arena;
    size_t count;
    struct loaded_round rounds[SURVEY_MAX_ROUNDS];
};

static void version_release(struct version *version)
{
    if (version && atomic_fetch_sub(&version->references, 1) == 1) {
        questionnaire_free(version->questionnaire);
        free(version);
    }
}

static void starts_release(struct loaded_round *round)
{
    if (round->starts_references && atomic_fetch_sub(round->starts_references, 1) == 1) {
        free(round->starts);
        free(round->starts_references);
    }
}

void survey_snapshot_release(const struct survey_snapshot *snapshot_take)
{
    struct survey_snapshot *snapshot = (struct survey_snapshot *)(uintptr_t)snapshot_take;
    if (!snapshot || atomic_fetch_sub(&snapshot->references, 1) != 1) {
        return;
    }
    for (size_t i = 0; i < snapshot->count; i++) {
        version_release(snapshot->rounds[i].version);
        starts_release(&snapshot->rounds[i]);
    }
    arena_destroy(snapshot->arena);
    free(snapshot);
}

const struct survey_snapshot *survey_snapshot_hold(struct survey *survey)
{
    pthread_mutex_lock(&survey->snapshot_lock);
    struct survey_snapshot *snapshot = survey->snapshot;
    if (snapshot) {
        atomic_fetch_add(&snapshot->references, 1);
    }
    pthread_mutex_unlock(&survey->snapshot_lock);
    return snapshot;
}

static void release_deferred(void *snapshot)
{
    survey_snapshot_release(snapshot);
}

const struct survey_snapshot *survey_snapshot_for(struct survey *survey, struct http_exchange *ex)
{
    const struct survey_snapshot *snapshot = survey_snapshot_hold(survey);
    if (snapshot) {
        arena_defer(http_arena(ex), release_deferred, (void *)(uintptr_t)snapshot);
    }
    return snapshot;
}

size_t survey_round_count(const struct survey_snapshot *snapshot)
{
    return snapshot ? snapshot->count : 0;
}

const struct survey_round *survey_round_at(const struct survey_snapshot *snapshot, size_t index)
{
    return &snapshot->rounds[index].round;
}

const struct survey_round *survey_round_find(const struct survey_snapshot *snapshot, struct slice code)
{
    for (size_t i = 0; i < survey_round_count(snapshot); i++) {
        if (slice_equal_cstr(code, snapshot->rounds[i].round.code)) {
            return &snapshot->rounds[i].round;
        }
    }
    return NULL;
}

const struct survey_round *survey_round_by_id(const struct survey_snapshot *snapshot, int32_t id)
{
    for (size_t i = 0; i < survey_round_count(snapshot); i++) {
        if (snapshot->rounds[i].round.id == id) {
            return &snapshot->rounds[i].round;
        }
    }
    return NULL;
}

void survey_mark(struct http_exchange *ex, const struct survey_round *round)
{
    if (round && round->invented) {
        http_mark_invented(ex);
    }
}

/* Either may be empty: none. */
static void mark_either(struct http_exchange *ex, struct survey *survey, struct slice code,
                        struct slice consultation)
{
    if (code.len == 0 && consultation.len == 0) {
        return;
    }
    const struct survey_snapshot *snapshot = survey_snapshot_hold(survey);
    for (size_t i = 0; i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        if (slice_equal_cstr(code, round->code) || slice_equal_cstr(consultation, round->consultation)) {
            survey_mark(ex, round);
        }
    }
    survey_snapshot_release(snapshot);
}

void survey_mark_consultation(struct http_exchange *ex, struct survey *survey, struct slice consultation)
{
    mark_either(ex, survey, (struct slice){NULL, 0}, consultation);
}

/* What the address names so: in its path, or else in its query. */
static struct slice named(const struct http_exchange *ex, const char *key)
{
    struct slice asked = http_path_param(ex, key);
    return asked.len > 0 || http_query(&asked, ex, key) ? asked : (struct slice){NULL, 0};
}

void survey_mark_asked(struct http_exchange *ex, struct survey *survey)
{
    mark_either(ex, survey, named(ex, "ronde"), named(ex, "consultatie"));
}

bool survey_round_keeps(const struct survey_round *round, int64_t now_s)
{
    return round->held || clock_day(now_s) < round->destruction_day;
}

bool survey_round_accepts(const struct survey_round *round, int64_t now_s)
{
    return round->status == ROUND_OPEN && now_s >= round->opens_at && now_s < round->closes_at;
}

bool survey_round_tells(const struct survey_round *round, bool analysts, int64_t now_s)
{
    return !survey_round_accepts(round, now_s) || round->interim == INTERIM_PUBLIC ||
           (round->interim == INTERIM_ANALYSTS && analysts);
}

struct start_counts *survey_start_counts(const struct survey_snapshot *snapshot,
                                         const struct survey_round *round, int variant)
{
    for (size_t i = 0; i < snapshot->count; i++) {
        if (&snapshot->rounds[i].round == round) {
            for (int v = 0; v < round->variant_count; v++) {
                if (round->variants[v] == variant) {
                    return &snapshot->rounds[i].starts[v];
                }
            }
        }
    }
    return NULL;
}

/* ---- loading ---- */

static json_t *parse_document(struct arena *arena, struct slice text, const char *what)
{
    struct json_errors errors;
    json_errors_init(&errors, arena);
    json_t *document = json_parse(&errors, arena, text);
    if (!document) {
        log_error("survey.round-document", "what=%s", what);
    }
    return document;
}

/* The version by id: from the snapshot before when it is there, else loaded. A reference of the caller's own.
 */
static struct version *version_hold(struct survey *survey, const struct survey_snapshot *before,
                                    struct arena *arena, int32_t id, struct slice document_text)
{
    for (size_t i = 0; i < survey_round_count(before); i++) {
        struct version *version = before->rounds[i].version;
        if (version->id == id) {
            atomic_fetch_add(&version->references, 1);
            return version;
        }
    }
    struct json_errors errors;
    json_errors_init(&errors, arena);
    json_t *document = json_parse(&errors, arena, document_text);
    struct questionnaire *questionnaire =
        document ? questionnaire_load(&errors, document, web_locales(survey->config.web)) : NULL;
    if (!questionnaire) {
        log_error("survey.version", "id=%d faults=%zu first=%s", id, errors.count,
                  LOG_CSTR(errors.count > 0 ? errors.items[0].pointer : ""));
        return NULL;
    }
    struct version *version = calloc(1, sizeof *version);
    if (!version) {
        questionnaire_free(questionnaire);
        return NULL;
    }
    version->id = id;
    version->questionnaire = questionnaire;
    atomic_init(&version->references, 1);
    return version;
}

/* Counters outlive a snapshot, so that a change of one round does not make all assignments start anew. */
static bool starts_hold(struct loaded_round *round, const struct survey_snapshot *before)
{
    for (size_t i = 0; i < survey_round_count(before); i++) {
        const struct loaded_round *old = &before->rounds[i];
        if (old->round.id == round->round.id && old->version == round->version) {
            round->starts = old->starts;
            round->starts_references = old->starts_references;
            atomic_fetch_add(round->starts_references, 1);
            return true;
        }
    }
    round->starts = calloc((size_t)round->round.variant_count, sizeof *round->starts);
    round->starts_references = malloc(sizeof *round->starts_references);
    if (!round->starts || !round->starts_references) {
        free(round->starts);
        free(round->starts_references);
        round->starts_references = NULL;
        return false;
    }
    atomic_init(round->starts_references, 1);
    return true;
}

static enum round_status status_from_text(struct slice text)
{
    return slice_equal_cstr(text, "open")     ? ROUND_OPEN
           : slice_equal_cstr(text, "closed") ? ROUND_CLOSED
                                              : ROUND_DRAFT;
}

static enum round_interim interim_from_text(struct slice text)
{
    return slice_equal_cstr(text, "analisten")  ? INTERIM_ANALYSTS
           : slice_equal_cstr(text, "openbaar") ? INTERIM_PUBLIC
                                                : INTERIM_CLOSED;
}

/* Variants that the round offers; all of the questionnaire's when the round names none. */
static void read_variants(struct survey_round *round, const json_t *document)
{
    const json_t *wanted = json_object_get(document, "variants");
    size_t index;
    json_t *item;
    json_array_foreach(wanted, index, item)
    {
        int variant =
            questionnaire_find_variant(round->questionnaire, slice_from_cstr(json_string_value(item)));
        if (variant >= 0 && round->variant_count < 8) {
            round->variants[round->variant_count++] = variant;
        }
    }
    for (size_t v = 0; round->variant_count < 8 && json_array_size(wanted) == 0 &&
                       v < questionnaire_variant_count(round->questionnaire);
         v++) {
        round->variants[round->variant_count++] = (int)v;
    }
}

/* The consultation's own key, else the service's. Publishing refused what is no key: here it is as if it were
 * not there.
 */
static const unsigned char *read_coordinator_key(const struct survey *survey, struct arena *arena,
                                                 const json_t *document)
{
    unsigned char *key = arena_alloc(arena, CRYPTO_PUBLIC_KEY_BYTES);
    const char *own = json_string_value(json_object_get(document, "coordinator_public_key"));
    struct slice text = slice_from_cstr(own ? own : survey->config.coordinator_public_key);
    return text.len > 0 && crypto_public_key_parse(key, text) ? key : NULL;
}

/* Wherever the title of invented data goes, it says so. */
static void say_invented(struct arena *arena, const struct survey *survey, const json_t *document)
{
    json_t *title = json_object_get(document, "title");
    const char *language;
    json_t *words;
    void *next;
    json_object_foreach_safe(title, next, language, words)
    {
        const struct slice said = arena_printf(
            arena, "%s (%.*s)", json_string_value(words),
            SLICE_ARG(locale_text(web_locales(survey->config.web), language, "shell.invented_data")));
        json_object_set_new(title, language, json_stringn(said.ptr, said.len));
    }
}

/* One row of sql_rounds_read; false (logged) when its documents cannot be used: the other rounds go on. */
static bool load_round(struct survey *survey, struct loaded_round *out, struct arena *arena,
                       const struct survey_snapshot *before, const struct db_result *rows, size_t row)
{
    struct survey_round *round = &out->round;
    round->id = db_get_int32(rows, row, 0);
    round->code = arena_cstr(arena, db_get_text(rows, row, 1));
    round->consultation = arena_cstr(arena, db_get_text(rows, row, 2));
    round->status = status_from_text(db_get_text(rows, row, 3));
    round->opens_at = db_get_timestamp(rows, row, 4);
    round->closes_at = db_get_timestamp(rows, row, 5);
    round->destruction_day = db_get_int32(rows, row, 6);
    round->pilot = db_get_bool(rows, row, 7);
    round->held = db_get_bool(rows, row, 14);
    round->closing_told = db_get_bool(rows, row, 15);
    round->closed_at = db_is_null(rows, row, 16) ? 0 : db_get_timestamp(rows, row, 16);
    round->invented = db_get_bool(rows, row, 17);
    round->interim = interim_from_text(db_get_text(rows, row, 8));
    round->version_id = db_get_int32(rows, row, 9);
    round->version_number = db_get_int32(rows, row, 10);
    out->version = version_hold(survey, before, arena, round->version_id, db_get_text(rows, row, 11));
    json_t *document = parse_document(arena, db_get_text(rows, row, 12), round->code);
    json_t *own = parse_document(arena, db_get_text(rows, row, 13), round->code);
    if (!out->version || !document || !own) {
        version_release(out->version);
        out->version = NULL;
        return false;
    }
    const json_t *title = json_object_get(own, "title");
    round->questionnaire = out->version->questionnaire;
    if (round->invented) {
        say_invented(arena, survey, document);
        say_invented(arena, survey, own);
    }
    round->document = document;
    round->own = own;
    round->paper_days = (int)json_integer_value(json_object_get(own, "paper_days"));
    round->title[0] = json_string_value(json_object_get(title, "nl"));
    round->title[1] = json_string_value(json_object_get(title, "en"));
    round->coordinator_key = read_coordinator_key(survey, arena, document);
    read_variants(round, own);
    return starts_hold(out, before);
}

struct refresh {
    struct survey *survey;
    const struct survey_snapshot *before;
    struct survey_snapshot *loaded; /* NULL: nothing changed */
};

static enum db_status refresh_work(struct db_tx *tx, void *context)
{
    struct refresh *refresh = context;
    struct db_result *rows;
    int64_t mark;
    survey_snapshot_release(refresh->loaded);
    refresh->loaded = NULL;
    enum db_status status = sql_rounds_mark(&mark, tx);
    if (status != DB_OK || (refresh->before && refresh->before->mark == mark)) {
        return status;
    }
    status = sql_rounds_read(&rows, tx);
    if (status != DB_OK) {
        return status;
    }
    struct survey_snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (!snapshot) {
        return DB_FAILED;
    }
    atomic_init(&snapshot->references, 1);
    snapshot->mark = mark;
    snapshot->arena = arena_create((size_t)256 * 1024 * 1024);
    refresh->loaded = snapshot;
    for (size_t row = 0; row < db_rows(rows) && snapshot->count < SURVEY_MAX_ROUNDS; row++) {
        if (load_round(refresh->survey, &snapshot->rounds[snapshot->count], snapshot->arena, refresh->before,
                       rows, row)) {
            snapshot->count++;
        }
    }
    return DB_OK;
}

enum db_status survey_refresh(struct survey *survey, struct db_conn *conn)
{
    struct refresh refresh = {.survey = survey, .before = survey_snapshot_hold(survey)};
    enum db_status status = db_transaction_read_only(conn, "rounds", DB_ROLE_INTAKE, refresh_work, &refresh);
    if (status == DB_OK && refresh.loaded) {
        pthread_mutex_lock(&survey->snapshot_lock);
        struct survey_snapshot *old = survey->snapshot;
        survey->snapshot = refresh.loaded;
        pthread_mutex_unlock(&survey->snapshot_lock);
        lanes_changed(survey->config.lanes);
        survey_snapshot_release(old);
        log_info("survey.rounds", "rounds=%zu mark=%lld", refresh.loaded->count,
                 (long long)refresh.loaded->mark);
    } else {
        survey_snapshot_release(refresh.loaded);
    }
    survey_snapshot_release(refresh.before);
    return status;
}

enum survey_stream survey_stream_of_link(const struct survey_round *round, struct slice link)
{
    static const char *const names[] = {"open", "uitnodiging", "panel", "organisatie"};
    const json_t *links = json_object_get(round->own, "links");
    const char *key;
    json_t *stream;
    json_object_foreach((json_t *)(uintptr_t)links, key, stream)
    {
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            if (slice_equal_cstr(link, key) && json_is_string(stream) &&
                strcmp(json_string_value(stream), names[i]) == 0) {
                return (enum survey_stream)i;
            }
        }
    }
    return STREAM_OPEN;
}
