/* What the survey costs without HTTP: the same items, checks and batch kinds as the service has.
 *
 * store CONFIG ROUND codes COUNT                    codes that fit BODY, one a line
 * store CONFIG ROUND prepare BODY COUNT             from the bytes of a response to an item for its batch
 * store CONFIG ROUND responses BODY SECONDS QUEUED  as many responses as go in, always QUEUED of them waiting
 * store CONFIG ROUND drafts BYTES SECONDS QUEUED    drafts read and saved again, always QUEUED of them
 * waiting
 *
 * One line of JSON, but for codes. BODY is a file with one response as the API takes it (lib/response.mjs).
 */
#include "features/questionnaire/model.h"
#include "features/survey/survey_internal.h"

#include "app/app.h"
#include "base/clock.h"
#include "cmd/session.h"
#include "http/exchange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    ARENA_MAX = 1 << 20,
    QUEUED_MAX = SURVEY_BATCH_ITEMS,
    DRAFTS = 16384,
    DRAFT_PAGE = 32000,
    DEADLINE_US = 60 * 1000000
};

struct bench {
    struct cmd_session session;
    struct web *web;
    struct survey *survey;
    const struct survey_snapshot *snapshot;
    const struct survey_round *round;
    struct db_batcher *reader, *writer;
    int64_t ends_at;
    pthread_mutex_t lock;
    pthread_cond_t idle;
    size_t queued;
    uint64_t random;
    struct slice sealed; /* of every draft */
    size_t done;         /* the writer thread's own, while it runs */
    atomic_size_t failed;
};

static void stop_with(const char *what)
{
    fprintf(stderr, "store: %s\n", what);
    exit(1);
}

static void fill_random(uint64_t *state, unsigned char *out, size_t size)
{
    for (size_t i = 0; i < size; i += sizeof *state) {
        uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
        z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
        z ^= z >> 31;
        memcpy(out + i, &z, sizeof z);
    }
}

/* ---- codes ---- */

/* What BODY chooses to write about: somebody who was assigned it is not offered it. */
static const char chosen[] = "gentherapie";

static bool may_choose(const struct questionnaire *q, const struct presentation *p)
{
    for (int d = 0; d < p->draw_count; d++) {
        if (strcmp(q->instances[p->drawn[d]].code, chosen) == 0) {
            return false;
        }
    }
    return true;
}

static void draw_code(struct participation_code *code, struct bench *bench)
{
    const struct questionnaire *q = bench->round->questionnaire;
    struct participation who;
    struct presentation presentation;
    do {
        code_generate(code);
        code_derive(&who, bench->session.keys, slice_from_cstr(bench->round->code), code);
        presentation_derive(&presentation, q, bench->round->variants[0], who.seed);
    } while (!may_choose(q, &presentation));
}

static void write_codes(struct bench *bench, long count)
{
    for (long i = 0; i < count; i++) {
        struct participation_code code;
        char text[CODE_TEXT_BYTES];
        draw_code(&code, bench);
        code_format(text, &code);
        puts(text);
    }
}

/* ---- a response, from its bytes ---- */

static struct slice read_body(struct arena *arena, const char *path)
{
    char bytes[SURVEY_RESPONSE_BYTES];
    FILE *file = fopen(path, "rb");
    if (!file) {
        stop_with(path);
        return (struct slice){NULL, 0};
    }
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    return arena_copy(arena, (struct slice){bytes, size});
}

/* What post_response does before the item is queued. */
static void prepare(struct response_item *item, struct bench *bench, struct arena *arena, struct slice body,
                    const struct participation_code *code)
{
    struct visit visit = {.survey = bench->survey};
    struct json_errors errors;
    json_errors_init(&errors, arena);
    visit_of_code(&visit, bench->survey, bench->snapshot, bench->round, code);
    visit.state = (struct draft_state){
        .variant = bench->round->variants[0], .stream = STREAM_OPEN, .channel = CHANNEL_API};
    if (!survey_decode_response(&visit, &errors, arena, body, DECODE_NEW)) {
        stop_with("the response was refused");
    }
    response_item_fill(item, arena, &visit);
}

static double own_cpu_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void measure_preparing(struct bench *bench, const char *path, long count)
{
    struct slice body = read_body(bench->session.arena, path);
    struct participation_code *codes = calloc((size_t)count, sizeof *codes);
    for (long i = 0; codes && i < count; i++) {
        draw_code(&codes[i], bench);
    }
    double began = own_cpu_us();
    for (long i = 0; codes && i < count; i++) {
        struct response_item item;
        struct arena *arena = arena_create(ARENA_MAX);
        prepare(&item, bench, arena, body, &codes[i]);
        arena_destroy(arena);
    }
    printf("{\"us_each\": %.3f}\n", (own_cpu_us() - began) / (double)count);
    free(codes);
}

/* ---- a closed loop of items ---- */

static void leave(struct bench *bench)
{
    pthread_mutex_lock(&bench->lock);
    bench->queued--;
    pthread_cond_signal(&bench->idle);
    pthread_mutex_unlock(&bench->lock);
}

static void wait_until_idle(struct bench *bench)
{
    pthread_mutex_lock(&bench->lock);
    while (bench->queued > 0) {
        pthread_cond_wait(&bench->idle, &bench->lock);
    }
    pthread_mutex_unlock(&bench->lock);
}

static void submit(struct bench *bench, struct db_batcher *batcher, struct lane_item *item)
{
    item->batch.deadline_us = clock_monotonic_us() + DEADLINE_US;
    if (!db_batcher_submit(batcher, &item->batch)) {
        bench->failed++;
        leave(bench);
    }
}

static void report(const struct bench *bench, double seconds)
{
    struct db_batcher_stats stats = db_batcher_stats(bench->writer);
    if (bench->failed > 0 || stats.retries > 0) {
        stop_with("some items failed");
    }
    printf("{\"per_s\": %.2f, \"done\": %zu, \"batches\": %llu}\n", (double)bench->done / seconds,
           bench->done, (unsigned long long)stats.batches);
}

/* ---- responses ---- */

struct response_slot {
    struct response_item item; /* first: the batcher gives its lane item back */
    struct bench *bench;
    uint64_t random;
    struct passage_new passages[8];
};

static void send_response(struct response_slot *slot)
{
    fill_random(&slot->random, slot->item.response_id, sizeof slot->item.response_id);
    fill_random(&slot->random, slot->item.draft_id, sizeof slot->item.draft_id);
    submit(slot->bench, slot->bench->writer, &slot->item.lane);
}

static void response_done(struct db_batch_item *item, enum db_status status)
{
    struct response_slot *slot = (struct response_slot *)(void *)item;
    struct bench *bench = slot->bench;
    bool good = status == DB_OK && slot->item.response.outcome == INTAKE_ACCEPTED;
    bench->done += good;
    bench->failed += !good;
    if (good && clock_monotonic_us() < bench->ends_at) {
        send_response(slot);
    } else {
        leave(bench);
    }
}

static struct response_slot *make_slot(struct bench *bench, struct slice body)
{
    struct arena *arena = bench->session.arena;
    struct response_slot *slot = arena_alloc(arena, sizeof *slot);
    struct participation_code code;
    draw_code(&code, bench);
    prepare(&slot->item, bench, arena, body, &code);
    slot->bench = bench;
    crypto_random(&slot->random, sizeof slot->random);
    slot->item.lane.batch.finished = response_done;
    slot->item.response.response_id.ptr = (const char *)slot->item.response_id;
    slot->item.response.draft_id.ptr = (const char *)slot->item.draft_id;
    if (slot->item.passage_count > sizeof slot->passages / sizeof slot->passages[0]) {
        stop_with("too many texts");
    }
    memcpy(slot->passages, slot->item.passages, slot->item.passage_count * sizeof *slot->passages);
    for (size_t i = 0; i < slot->item.passage_count; i++) {
        slot->passages[i].response_id = slot->item.response.response_id;
    }
    slot->item.passages = slot->passages;
    return slot;
}

static void measure_responses(struct bench *bench, const char *path, double seconds)
{
    static struct response_slot *slots[QUEUED_MAX];
    struct slice body = read_body(bench->session.arena, path);
    struct db_batch_kind kind = survey_response_kind(bench->survey);
    size_t count = bench->queued;
    for (size_t i = 0; i < count; i++) {
        slots[i] = make_slot(bench, body);
    }
    bench->writer = db_batcher_start(&kind, &bench->session.database);
    int64_t began = clock_monotonic_us();
    bench->ends_at = began + (int64_t)(seconds * 1e6);
    for (size_t i = 0; bench->writer && i < count; i++) {
        send_response(slots[i]);
    }
    wait_until_idle(bench);
    report(bench, (double)(clock_monotonic_us() - began) / 1e6);
    db_batcher_stop(bench->writer);
}

/* ---- drafts: each is read and then saved as one revision further, as a page of the form does ---- */

struct draft_slot {
    struct draft_read_item read; /* first */
    struct draft_write_item write;
    struct bench *bench;
    struct http_exchange exchange; /* holds the arena that what was read is put into */
    size_t turn;                   /* number of its draft */
    bool fresh;                    /* the first time round: the drafts are made */
};

static struct draft_slot *slot_of_write(struct db_batch_item *item)
{
    return (struct draft_slot *)(void *)((char *)item - offsetof(struct draft_slot, write));
}

static void name_draft(unsigned char id[16], size_t number)
{
    unsigned char text[sizeof number];
    unsigned char hash[CRYPTO_SHA256_BYTES];
    memcpy(text, &number, sizeof number);
    crypto_sha256(hash, (struct slice){(const char *)text, sizeof text});
    memcpy(id, hash, 16);
}

static void save(struct draft_slot *slot, int32_t expected)
{
    struct bench *bench = slot->bench;
    memcpy(slot->write.draft_id, slot->read.draft_id, sizeof slot->write.draft_id);
    slot->write.round_id = bench->round->id;
    slot->write.expected_revision = expected;
    slot->write.page = DRAFT_PAGE;
    slot->write.sealed = bench->sealed;
    submit(bench, bench->writer, &slot->write.lane);
}

static void next_draft(struct draft_slot *slot)
{
    name_draft(slot->read.draft_id, slot->turn % DRAFTS);
    arena_destroy(slot->exchange.arena);
    slot->exchange.arena = arena_create(ARENA_MAX);
    slot->read.lane.exchange = &slot->exchange;
    if (slot->fresh) {
        save(slot, 0);
    } else {
        submit(slot->bench, slot->bench->reader, &slot->read.lane);
    }
}

static void draft_read(struct db_batch_item *item, enum db_status status)
{
    struct draft_slot *slot = (struct draft_slot *)(void *)item;
    if (status == DB_OK && slot->read.revision > 0 && slot->read.sealed.len == slot->bench->sealed.len) {
        save(slot, slot->read.revision);
    } else {
        slot->bench->failed++;
        leave(slot->bench);
    }
}

static void draft_written(struct db_batch_item *item, enum db_status status)
{
    struct draft_slot *slot = slot_of_write(item);
    struct bench *bench = slot->bench;
    bool good = status == DB_OK && slot->write.written;
    bench->done += good;
    bench->failed += !good;
    slot->turn += QUEUED_MAX;
    bool more = slot->fresh ? slot->turn < DRAFTS : clock_monotonic_us() < bench->ends_at;
    if (good && more) {
        next_draft(slot);
    } else {
        leave(bench);
    }
}

static void run_drafts(struct bench *bench, struct draft_slot *slots, size_t count, bool fresh,
                       int64_t ends_at)
{
    bench->done = 0;
    bench->ends_at = ends_at;
    pthread_mutex_lock(&bench->lock);
    bench->queued = count;
    pthread_mutex_unlock(&bench->lock);
    for (size_t i = 0; i < count; i++) {
        slots[i].turn = i;
        slots[i].fresh = fresh;
        next_draft(&slots[i]);
    }
    wait_until_idle(bench);
}

static void measure_drafts(struct bench *bench, size_t size, double seconds)
{
    size_t count = bench->queued;
    struct draft_slot *slots = calloc(QUEUED_MAX, sizeof *slots);
    struct db_batch_kind read_kind = survey_draft_read_kind(bench->survey);
    struct db_batch_kind write_kind = survey_draft_write_kind(bench->survey);
    unsigned char *sealed = arena_alloc(bench->session.arena, size + 8);
    fill_random(&bench->random, sealed, size);
    bench->sealed = (struct slice){(const char *)sealed, size};
    bench->reader = db_batcher_start(&read_kind, &bench->session.database);
    bench->writer = db_batcher_start(&write_kind, &bench->session.database);
    if (!slots || !bench->reader || !bench->writer) {
        stop_with("cannot start");
        return;
    }
    for (size_t i = 0; i < QUEUED_MAX; i++) {
        slots[i].bench = bench;
        slots[i].read.lane.batch.finished = draft_read;
        slots[i].write.lane.batch.finished = draft_written;
    }
    run_drafts(bench, slots, QUEUED_MAX, true, INT64_MAX);
    if (bench->done != DRAFTS) {
        stop_with("the drafts could not be made: they are there already, or something failed");
    }
    int64_t began = clock_monotonic_us();
    run_drafts(bench, slots, count, false, began + (int64_t)(seconds * 1e6));
    report(bench, (double)(clock_monotonic_us() - began) / 1e6);
    db_batcher_stop(bench->reader);
    db_batcher_stop(bench->writer);
    for (size_t i = 0; i < QUEUED_MAX; i++) {
        arena_destroy(slots[i].exchange.arena);
    }
    free(slots);
}

/* ---- start and end ---- */

static void open_round(struct bench *bench, const char *config, const char *round)
{
    const struct web_config web = {.templates = embedded_templates,
                                   .locales = embedded_locales,
                                   .assets = embedded_assets,
                                   .organisation = ""};
    if (cmd_session_open(&bench->session, config) != CMD_GO) {
        exit(1);
    }
    bench->web = web_create(&web);
    const struct survey_config survey = {
        .keys = bench->session.keys, .web = bench->web, .public_url = "", .now_s = clock_unix_s};
    bench->survey = bench->web ? survey_create(&survey) : NULL;
    if (!bench->survey || survey_refresh(bench->survey, bench->session.conn) != DB_OK) {
        stop_with("no rounds");
    }
    bench->snapshot = survey_snapshot_hold(bench->survey);
    bench->round = survey_round_find(bench->snapshot, slice_from_cstr(round));
    if (!bench->round) {
        stop_with("no such round");
    }
    crypto_random(&bench->random, sizeof bench->random);
}

static void close_round(struct bench *bench)
{
    struct web *web = bench->web;
    survey_snapshot_release(bench->snapshot);
    survey_destroy(bench->survey);
    web_destroy(web);
    cmd_session_close(&bench->session);
}

int main(int argc, char **argv)
{
    struct bench bench = {.lock = PTHREAD_MUTEX_INITIALIZER, .idle = PTHREAD_COND_INITIALIZER};
    const char *what = argc > 3 ? argv[3] : "";
    bool codes = strcmp(what, "codes") == 0 && argc == 5;
    bool preparing = strcmp(what, "prepare") == 0 && argc == 6;
    bool responses = strcmp(what, "responses") == 0 && argc == 7;
    bool drafts = strcmp(what, "drafts") == 0 && argc == 7;
    if (!codes && !preparing && !responses && !drafts) {
        fputs("store: see the head of tests/bench/store.c\n", stderr);
        return 2;
    }
    bench.queued = responses || drafts ? strtoul(argv[6], NULL, 10) : 0;
    if ((responses || drafts) && (bench.queued < 1 || bench.queued > QUEUED_MAX)) {
        stop_with("how many queued?");
    }
    open_round(&bench, argv[1], argv[2]);
    if (codes) {
        write_codes(&bench, strtol(argv[4], NULL, 10));
    } else if (preparing) {
        measure_preparing(&bench, argv[4], strtol(argv[5], NULL, 10));
    } else if (responses) {
        measure_responses(&bench, argv[4], strtod(argv[5], NULL));
    } else {
        measure_drafts(&bench, strtoul(argv[4], NULL, 10), strtod(argv[5], NULL));
    }
    close_round(&bench);
    return 0;
}
