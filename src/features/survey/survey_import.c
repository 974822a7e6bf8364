#include "features/survey/survey_import.h"

#include "base/clock.h"
#include "features/survey/survey_import_codes.h"
#include "features/survey/survey_import_csv.h"
#include "formats/records.h"

#include <errno.h>
#include <string.h>

enum {
    LINE_ARENA_MAX = 16 * 1024 * 1024,
    BATCH_ARENA_MAX = 256 * 1024 * 1024,
    FILE_ARENA_MAX = 4 * 1024 * 1024,
    ITEM_DEADLINE_US = 60 * 1000 * 1000
};

/* One record on its way through the batcher. Its lane item has no exchange. */
struct import_item {
    struct response_item response; /* first: its lane item is the batch item */
    struct import *import;
    size_t line;
    bool made_code;
    enum db_status status;
};

struct import {
    const struct survey_import_config *config;
    struct survey_import_counts *counts;
    struct db_batch_kind kind;
    struct db_batcher *batcher; /* NULL in a dry run */
    struct records *records;
    struct arena *file_arena;
    bool is_csv;
    struct import_columns columns;
    struct slice header; /* of a CSV file */
    struct import_codes *codes;
    /* the batch that gathers */
    struct arena *batch_arena;
    struct import_item *items[SURVEY_BATCH_ITEMS];
    size_t item_count;
    /* shared with the writer thread */
    pthread_mutex_t lock;
    pthread_cond_t settled;
    size_t under_way;
};

static void refuse(struct import *import, size_t line, const struct json_errors *errors)
{
    import->counts->refused++;
    import->config->refused(line, errors, import->config->self);
}

static void refuse_for(struct import *import, size_t line, const char *code, const char *detail)
{
    struct arena *arena = arena_create(LINE_ARENA_MAX);
    struct json_errors *errors = arena_alloc(arena, sizeof *errors);
    json_errors_init(errors, arena);
    errors->in_english = import->config->in_english;
    json_errors_add(errors, "", code, "%s", detail);
    refuse(import, line, errors);
    arena_destroy(arena);
}

/* ---- a batch ---- */

static void finished(struct db_batch_item *batch, enum db_status status)
{
    struct import_item *item = (struct import_item *)(void *)batch;
    struct import *import = item->import;
    item->status = status;
    pthread_mutex_lock(&import->lock);
    import->under_way--;
    pthread_cond_signal(&import->settled);
    pthread_mutex_unlock(&import->lock);
}

static void wait_for_all(struct import *import)
{
    pthread_mutex_lock(&import->lock);
    while (import->under_way > 0) {
        pthread_cond_wait(&import->settled, &import->lock);
    }
    pthread_mutex_unlock(&import->lock);
}

static void count_outcome(struct import *import, const struct import_item *item)
{
    switch (item->response.response.outcome) {
    case INTAKE_ACCEPTED:
        import->counts->accepted++;
        import->counts->made += item->made_code;
        return;
    case INTAKE_REPEATED:
        import->counts->repeated++;
        return;
    case INTAKE_DIFFERENT:
        refuse_for(import, item->line, "andere-antwoorden",
                   "Met deze deelnamecode is al een andere inzending gedaan.");
        return;
    case INTAKE_WITHDRAWN:
        refuse_for(import, item->line, "ingetrokken", "De inzending met deze deelnamecode is ingetrokken.");
        return;
    }
}

/* The first failure of the batch, after every record of it was counted. */
static enum db_status count_batch(struct import *import)
{
    enum db_status failure = DB_OK;
    for (size_t i = 0; i < import->item_count; i++) {
        const struct import_item *item = import->items[i];
        if (item->status == DB_OK) {
            count_outcome(import, item);
        } else if (item->status == DB_CONSTRAINT) {
            refuse_for(import, item->line, "database", "De database nam deze inzending niet aan.");
        } else {
            import->counts->unknown++;
            failure = failure == DB_OK ? item->status : failure;
        }
    }
    return failure;
}

/* Stores what gathered and waits for it. */
static enum db_status flush(struct import *import, size_t line)
{
    enum db_status status = DB_OK;
    int64_t deadline = clock_monotonic_us() + ITEM_DEADLINE_US;
    import->under_way = import->item_count;
    for (size_t i = 0; import->batcher && i < import->item_count; i++) {
        struct db_batch_item *batch = &import->items[i]->response.lane.batch;
        batch->finished = finished;
        batch->deadline_us = deadline;
        if (!db_batcher_submit(import->batcher, batch)) {
            finished(batch, DB_UNAVAILABLE);
        }
    }
    if (import->batcher) {
        wait_for_all(import);
        status = count_batch(import);
    } else {
        import->counts->accepted += import->item_count;
    }
    import->item_count = 0;
    arena_destroy(import->batch_arena);
    import->batch_arena = NULL;
    import->config->progress(line, import->counts, import->config->self);
    return status;
}

/* A copy in the batch's arena: what decoding needed besides goes with the line. */
static void keep(struct import *import, size_t line, const struct response_item *filled, bool made_code)
{
    if (!import->batch_arena) {
        import->batch_arena = arena_create(BATCH_ARENA_MAX);
    }
    struct arena *arena = import->batch_arena;
    struct import_item *item = arena_alloc(arena, sizeof *item);
    struct response_item *kept = &item->response;
    struct passage_new *passages = arena_array(arena, filled->passage_count, sizeof *passages);
    *kept = *filled;
    kept->response.response_id.ptr = (const char *)kept->response_id;
    kept->response.draft_id.ptr = (const char *)kept->draft_id;
    kept->response.payload_hash.ptr = (const char *)kept->payload_hash;
    kept->response.answers = arena_copy(arena, filled->response.answers);
    for (size_t i = 0; i < filled->passage_count; i++) {
        passages[i] = filled->passages[i];
        passages[i].response_id = kept->response.response_id;
        passages[i].body = arena_copy(arena, filled->passages[i].body);
    }
    kept->passages = passages;
    item->import = import;
    item->line = line;
    item->made_code = made_code;
    import->items[import->item_count++] = item;
}

/* ---- a record ---- */

/* Takes the member `deelnamecode` out of the members. False with an error added when it is no code. */
static bool take_code(struct participation_code *code, bool *found, struct flat_member *left, size_t *count,
                      struct json_errors *errors, const struct flat_member *members)
{
    size_t kept = 0;
    bool good = true;
    *found = false;
    for (size_t i = 0; i < *count; i++) {
        if (!slice_equal_cstr(members[i].name, "deelnamecode")) {
            left[kept++] = members[i];
        } else if (members[i].value.kind != FLAT_NULL) {
            good = members[i].value.kind == FLAT_STRING && code_parse(code, members[i].value.string);
            *found = true;
        }
    }
    *count = kept;
    if (!good) {
        json_errors_add(errors, "/deelnamecode", "vorm", "Een deelnamecode heeft 16 tekens.");
    }
    return good;
}

static bool decode(struct visit *visit, bool *made_code, struct import *import, struct json_errors *errors,
                   struct arena *arena, struct slice record, const struct flat_member *members, size_t count)
{
    const struct survey_import_config *config = import->config;
    struct participation_code code;
    struct flat_member *left = arena_array(arena, count, sizeof *left);
    bool found;
    bool good = take_code(&code, &found, left, &count, errors, members);
    if ((!found || !good) && !import_codes_next(&code, import->codes, import->header, record)) {
        json_errors_add(errors, "", "geheugen", "Er is geen geheugen meer voor deze inzending.");
        code_generate(&code);
        good = false;
    }
    *made_code = !found;
    visit_of_code(visit, config->survey, config->snapshot, config->round, &code);
    visit->state = (struct draft_state){
        .variant = config->round->variants[0], .stream = STREAM_OPEN, .channel = config->channel};
    enum decode_kind kind =
        found && config->channel != CHANNEL_PAPER ? DECODE_IMPORT : DECODE_IMPORT_ELSEWHERE;
    return survey_decode_members(visit, errors, arena, left, count, kind) && good;
}

/* A member that holds an object or a list is refused for that before its name is looked at. Where there is no
 * variable of that name either, that is what helps. */
static void name_unknown(struct json_errors *errors, const struct survey_round *round)
{
    static const char *const others[] = {"/deelnamecode", "/variant", "/werving", "/taal"};
    for (size_t i = 0; i < json_errors_kept(errors); i++) {
        struct json_error_item *item = &errors->items[i];
        bool known = item->pointer[0] != '/' || strcmp(item->code, "type") != 0;
        for (size_t o = 0; o < sizeof others / sizeof others[0]; o++) {
            known = known || strcmp(item->pointer, others[o]) == 0;
        }
        if (!known &&
            questionnaire_find_variable(round->questionnaire, slice_from_cstr(item->pointer + 1)) < 0) {
            item->code = "onbekend-veld";
            item->detail =
                json_errors_words(errors, "Deze variabele staat niet in het codeboek van de ronde.");
        }
    }
}

/* Checks a record and keeps it for its batch, or refuses it. False: its code could not be kept. */
static bool take_record(struct import *import, size_t line, struct slice record)
{
    struct arena *arena = arena_create(LINE_ARENA_MAX);
    struct json_errors *errors = arena_alloc(arena, sizeof *errors);
    const struct survey_import_config *config = import->config;
    struct visit visit = {.survey = NULL};
    struct response_item item = {.passages = NULL};
    char code[CODE_TEXT_BYTES];
    size_t count;
    bool made_code;
    bool kept = true;
    json_errors_init(errors, arena);
    errors->in_english = config->in_english;
    const struct flat_member *members =
        import->is_csv ? import_read_row(&count, errors, arena, &import->columns, record)
                       : flat_parse(&count, errors, arena, record, survey_members_max(config->round) + 1);
    name_unknown(errors, config->round);
    if (!members || !decode(&visit, &made_code, import, errors, arena, record, members, count)) {
        refuse(import, line, errors);
    } else {
        response_item_fill(&item, arena, &visit);
        code_format(code, &visit.code);
        kept = config->dry_run || !made_code || config->made_code(line, code, config->self);
        if (kept) {
            keep(import, line, &item, made_code);
        }
    }
    arena_destroy(arena);
    return kept;
}

/* ---- a file ---- */

static bool is_blank(struct slice record)
{
    return slice_trim(record).len == 0;
}

static enum survey_import_end bad_file(struct import *import, size_t line, const char *detail)
{
    refuse_for(import, line, "bestand", detail);
    return IMPORT_BAD_FILE;
}

/* Finds out what the file is; takes the header of a CSV file. IMPORT_DONE: its records may be read. */
static enum survey_import_end begin_file(struct import *import)
{
    struct slice record;
    size_t line;
    char first = records_peek(import->records);
    if (first == 0 && records_failed(import->records) != 0) {
        return IMPORT_READ_FAILED;
    }
    import->is_csv = first != '{';
    if (first == 0 || first == '[') {
        return bad_file(import, 1,
                        first == 0
                            ? "Het bestand is leeg."
                            : "Zet elke inzending als object op een eigen regel, zonder lijst eromheen.");
    }
    if (!import->is_csv) {
        return IMPORT_DONE;
    }
    records_set_quoted(import->records, true);
    enum records_status status;
    do {
        status = records_next(&record, &line, import->records);
    } while (status == RECORDS_NEXT && is_blank(record));
    if (status == RECORDS_FAILED) {
        return IMPORT_READ_FAILED;
    }
    if (status != RECORDS_NEXT) {
        return bad_file(import, line, "De eerste regel is niet te lezen als namen van variabelen.");
    }
    struct json_errors *errors = arena_alloc(import->file_arena, sizeof *errors);
    json_errors_init(errors, import->file_arena);
    errors->in_english = import->config->in_english;
    import->header = arena_copy(import->file_arena, record);
    if (!import_read_header(&import->columns, errors, import->file_arena, import->config->round,
                            import->header)) {
        refuse(import, line, errors);
        return IMPORT_BAD_FILE;
    }
    return IMPORT_DONE;
}

/* Everything up to the end of the file; the last batch is left to be flushed. */
static enum survey_import_end read_file(struct import *import, enum db_status *status, size_t *line)
{
    struct slice record;
    for (;;) {
        switch (records_next(&record, line, import->records)) {
        case RECORDS_NEXT:
            if (!is_blank(record) && !take_record(import, *line, record)) {
                return IMPORT_NO_CODES;
            }
            break;
        case RECORDS_TOO_LONG:
            refuse_for(import, *line, "te-lang", "Deze regel is langer dan 64 KiB.");
            break;
        case RECORDS_UNCLOSED:
            refuse_for(import, *line, "csv",
                       "Een aanhalingsteken wordt niet gesloten. Wat erna komt, is niet gelezen.");
            break;
        case RECORDS_END:
            return IMPORT_DONE;
        case RECORDS_FAILED:
            return IMPORT_READ_FAILED;
        }
        if (import->item_count == SURVEY_BATCH_ITEMS) {
            *status = flush(import, *line);
            if (*status != DB_OK) {
                return IMPORT_DATABASE;
            }
        }
    }
}

enum survey_import_end survey_import(struct survey_import_counts *counts, enum db_status *status,
                                     const struct survey_import_config *config, int fd)
{
    struct import import = {
        .config = config,
        .counts = counts,
        .kind = survey_response_kind(config->survey),
        .records = records_create(fd, SURVEY_RESPONSE_BYTES),
        .file_arena = arena_create(FILE_ARENA_MAX),
        .codes = import_codes_create(config->survey->config.keys, config->round->code, config->batch),
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .settled = PTHREAD_COND_INITIALIZER};
    enum survey_import_end end = IMPORT_DATABASE;
    size_t line = 0;
    int why = 0;
    *counts = (struct survey_import_counts){0};
    *status = DB_FAILED;
    import.batcher = config->dry_run ? NULL : db_batcher_start(&import.kind, config->database);
    if (!import.records || !import.codes || (!import.batcher && !config->dry_run)) {
        goto cleanup;
    }
    *status = DB_OK;
    end = begin_file(&import);
    end = end == IMPORT_DONE ? read_file(&import, status, &line) : end;
    why = end == IMPORT_READ_FAILED ? records_failed(import.records) : errno;
    if (import.item_count > 0) {
        enum db_status last = flush(&import, line);
        if (last != DB_OK) {
            *status = last;
            end = IMPORT_DATABASE;
        }
    }
cleanup:
    db_batcher_stop(import.batcher);
    import_codes_free(import.codes);
    records_free(import.records);
    arena_destroy(import.file_arena);
    arena_destroy(import.batch_arena);
    errno = why;
    return end;
}
