#include "features/results/results_progress.h"

#include "base/clock.h"
#include "base/log.h"
#include "features/results/results_internal.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { REST_TIMES = 49 }; /* as long as a count took, so many times nothing */

struct tally {
    int32_t round_id;
    struct round_day *days;
    size_t day_count, day_room;
    struct round_page *pages;
    size_t page_count;
    int64_t position;
    bool whole; /* the log was read to its end, and drafts were counted */
    /* of whoever reads on alone */
    int64_t pages_due_us; /* monotonic */
};

struct progress {
    pthread_mutex_t lock; /* of what tallies hold */
    struct tally tallies[RESULTS_MAX_ROUNDS];
    size_t count;
};

struct progress *progress_create(void)
{
    struct progress *progress = calloc(1, sizeof *progress);
    if (progress) {
        pthread_mutex_init(&progress->lock, NULL);
    }
    return progress;
}

void progress_destroy(struct progress *progress)
{
    if (!progress) {
        return;
    }
    for (size_t i = 0; i < progress->count; i++) {
        free(progress->tallies[i].days);
        free(progress->tallies[i].pages);
    }
    pthread_mutex_destroy(&progress->lock);
    free(progress);
}

static struct tally *find_tally(struct progress *progress, int32_t round_id)
{
    for (size_t i = 0; i < progress->count; i++) {
        if (progress->tallies[i].round_id == round_id) {
            return &progress->tallies[i];
        }
    }
    return NULL;
}

/* With the lock. NULL: no room. */
static struct tally *make_tally(struct progress *progress, int32_t round_id)
{
    struct tally *tally = find_tally(progress, round_id);
    if (!tally && progress->count < RESULTS_MAX_ROUNDS) {
        tally = &progress->tallies[progress->count++];
        tally->round_id = round_id;
    }
    return tally;
}

/* ---- days ---- */

/* The day's place, made when it is not there: days come almost in order, so it is near the end. */
static struct round_day *day_of(struct tally *tally, int32_t day)
{
    size_t at = tally->day_count;
    while (at > 0 && tally->days[at - 1].day > day) {
        at--;
    }
    if (at > 0 && tally->days[at - 1].day == day) {
        return &tally->days[at - 1];
    }
    if (tally->day_count == tally->day_room) {
        const size_t room = tally->day_room ? 2 * tally->day_room : 64;
        struct round_day *days = realloc(tally->days, room * sizeof *days);
        if (!days) {
            return NULL;
        }
        tally->days = days;
        tally->day_room = room;
    }
    memmove(&tally->days[at + 1], &tally->days[at], (tally->day_count - at) * sizeof *tally->days);
    tally->days[at] = (struct round_day){.day = day};
    tally->day_count++;
    return &tally->days[at];
}

/* With the lock. False: no memory, and the tally says less than there is: it is begun anew. */
static bool add_days(struct tally *tally, const struct round_day *days, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct round_day *day = day_of(tally, days[i].day);
        if (!day) {
            tally->day_count = 0;
            tally->position = 0;
            return false;
        }
        day->sent += days[i].sent;
        day->withdrawn += days[i].withdrawn;
    }
    return true;
}

/* ---- reading on ---- */

struct turn {
    struct progress *progress;
    struct tally *tally;
    int32_t today;
    bool at_end;
};

static enum db_status read_piece(struct db_tx *tx, void *context)
{
    struct turn *turn = context;
    struct round_piece piece;
    enum db_status status = round_log_piece(&piece, tx, turn->tally->round_id, turn->tally->position);
    if (status != DB_OK) {
        return status;
    }
    /* The last thing that can fail: what is added here is not read again. */
    pthread_mutex_lock(&turn->progress->lock);
    if (add_days(turn->tally, piece.days, piece.day_count)) {
        turn->tally->position = piece.position;
    } else {
        status = DB_FAILED;
    }
    pthread_mutex_unlock(&turn->progress->lock);
    turn->at_end = piece.lines < ROUND_LOG_PIECE;
    return status;
}

static enum db_status count_pages(struct db_tx *tx, void *context)
{
    struct turn *turn = context;
    struct round_page *pages;
    size_t count;
    enum db_status status = round_pages_of(&pages, &count, tx, turn->tally->round_id, turn->today);
    if (status != DB_OK) {
        return status;
    }
    struct round_page *kept = calloc(count + 1, sizeof *kept);
    if (!kept) {
        return DB_FAILED;
    }
    for (size_t i = 0; i < count; i++) {
        kept[i] = pages[i];
    }
    pthread_mutex_lock(&turn->progress->lock);
    free(turn->tally->pages);
    turn->tally->pages = kept;
    turn->tally->page_count = count;
    turn->tally->whole = true;
    pthread_mutex_unlock(&turn->progress->lock);
    return DB_OK;
}

static enum db_status read_round(struct turn *turn, struct db_conn *conn)
{
    enum db_status status = db_transaction_read_only(conn, "progress-log", DB_ROLE_RESULTS, read_piece, turn);
    const int64_t begun = clock_monotonic_us();
    if (status != DB_OK || !turn->at_end || begun < turn->tally->pages_due_us) {
        return status;
    }
    status = db_transaction_read_only(conn, "progress-pages", DB_ROLE_RESULTS, count_pages, turn);
    const int64_t done = clock_monotonic_us();
    turn->tally->pages_due_us = done + REST_TIMES * (done - begun);
    return status;
}

static void forget(struct progress *progress, int32_t round_id)
{
    pthread_mutex_lock(&progress->lock);
    struct tally *tally = find_tally(progress, round_id);
    if (tally) {
        free(tally->days);
        free(tally->pages);
        *tally = (struct tally){.round_id = round_id};
    }
    pthread_mutex_unlock(&progress->lock);
}

void progress_read_on(struct progress *progress, struct db_conn *conn, const struct survey_snapshot *snapshot,
                      int64_t now_s)
{
    const int32_t today = clock_day(now_s);
    for (size_t i = 0; i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        if (round->status == ROUND_DRAFT) {
            continue;
        }
        if (today >= round->destruction_day) {
            forget(progress, round->id);
            continue;
        }
        pthread_mutex_lock(&progress->lock);
        struct turn turn = {progress, make_tally(progress, round->id), today, false};
        pthread_mutex_unlock(&progress->lock);
        if (turn.tally && read_round(&turn, conn) != DB_OK) {
            log_error("results.progress", "round=%s", round->code);
            return;
        }
    }
}

/* ---- reading ---- */

static void *copied(struct arena *arena, const void *items, size_t count, size_t size)
{
    void *copy = arena_array(arena, count, size);
    if (count > 0) {
        memcpy(copy, items, count * size);
    }
    return copy;
}

bool progress_of(struct round_progress *out, struct arena *arena, struct progress *progress, int32_t round_id)
{
    *out = (struct round_progress){.sent = 0};
    pthread_mutex_lock(&progress->lock);
    const struct tally *tally = find_tally(progress, round_id);
    const bool whole = tally && tally->whole;
    if (whole) {
        out->day_count = tally->day_count;
        out->page_count = tally->page_count;
        out->days = copied(arena, tally->days, tally->day_count, sizeof *out->days);
        out->pages = copied(arena, tally->pages, tally->page_count, sizeof *out->pages);
    }
    pthread_mutex_unlock(&progress->lock);
    for (size_t i = 0; i < out->day_count; i++) {
        out->sent += out->days[i].sent;
        out->withdrawn += out->days[i].withdrawn;
    }
    for (size_t i = 0; i < out->page_count; i++) {
        out->drafts += out->pages[i].drafts;
    }
    return whole;
}
