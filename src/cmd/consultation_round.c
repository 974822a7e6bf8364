/* zevenstem consultation open|close|amend ROUND */
#include "base/clock.h"
#include "cmd/actor.h"
#include "cmd/consultation.h"
#include "cmd/session.h"
#include "features/survey/survey.h"

#include <stdio.h>
#include <string.h>

enum { DAY_S = 86400 };

/* ---- open, close ---- */

struct change {
    struct slice code;
    enum round_change outcome;
};

static enum db_status open_work(struct db_tx *tx, void *context)
{
    struct change *change = context;
    const struct round_act act = {cmd_actor(), "command"};
    return round_open(&change->outcome, tx, change->code, &act);
}

static enum db_status close_work(struct db_tx *tx, void *context)
{
    struct change *change = context;
    const struct round_act act = {cmd_actor(), "command"};
    return round_close(&change->outcome, tx, change->code, clock_unix_s(), &act);
}

/* A closed round never opens again: who closes one that still takes answers has to mean it. CMD_GO: may be
 * closed, or it is for round_close to say that it is not. */
static int may_close(struct cmd_session *session, const char *code)
{
    struct cmd_rounds rounds;
    int status = cmd_rounds_open(&rounds, session);
    const struct survey_round *round =
        status == CMD_GO ? survey_round_find(rounds.snapshot, slice_from_cstr(code)) : NULL;
    if (round && round->status == ROUND_OPEN && round->closes_at > clock_unix_s()) {
        char closes[CLOCK_RFC3339_BYTES];
        clock_format_rfc3339(closes, round->closes_at);
        fprintf(stderr,
                "round %s is to take answers until %s, and closes then by itself. A closed round never opens "
                "again: say --now to close it at once, or amend --closes-at for another time\n",
                code, closes);
        status = CMD_FAILED;
    }
    cmd_rounds_close(&rounds);
    return status;
}

static int change_round(struct cmd_session *session, const char *code, bool open)
{
    struct change work = {.code = slice_from_cstr(code)};
    const char *verb = open ? "open" : "closed";
    enum db_status status =
        db_transaction(session->conn, "round-change", DB_ROLE_STAFF, open ? open_work : close_work, &work);
    if (status != DB_OK) {
        return cmd_say_failure("changing the round", status);
    }
    switch (work.outcome) {
    case ROUND_CHANGED:
        printf("round %s is %s\n", code, verb);
        return CMD_OK;
    case ROUND_WAS_SO:
        printf("round %s was %s already\n", code, verb);
        return CMD_OK;
    case ROUND_UNKNOWN:
        fprintf(stderr, "there is no round %s; publish its consultation first\n", code);
        return CMD_FAILED;
    case ROUND_NOT_POSSIBLE:
        break;
    }
    fprintf(stderr,
            open ? "round %s was closed; a closed round cannot be opened again\n" : "round %s is not open\n",
            code);
    return CMD_FAILED;
}

int cmd_round_open(struct cmd_session *session, const char *code)
{
    return change_round(session, code, true);
}

int cmd_round_close(struct cmd_session *session, const char *code, bool now)
{
    const int may = now ? CMD_GO : may_close(session, code);
    return may == CMD_GO ? change_round(session, code, false) : may;
}

/* ---- amend ---- */

struct amend {
    struct slice code;
    struct round_amendment amendment;
    enum round_change outcome;
};

static enum db_status amend_work(struct db_tx *tx, void *context)
{
    struct amend *amend = context;
    const struct round_act act = {cmd_actor(), "command"};
    return round_amend(&amend->outcome, tx, amend->code, &amend->amendment, clock_unix_s(), &act);
}

bool cmd_amendment_read(struct round_amendment *out, const char *closes_at, const char *interim)
{
    *out = (struct round_amendment){.closes_at = 0};
    if (!closes_at && !interim) {
        fputs("say what to change: --closes-at, --interim or both\n", stderr);
        return false;
    }
    if (closes_at && !clock_parse_rfc3339(&out->closes_at, slice_from_cstr(closes_at))) {
        fprintf(stderr, "--closes-at %s is no time as 2027-02-14T23:00:00Z\n", closes_at);
        return false;
    }
    if (interim && strcmp(interim, "gesloten") != 0 && strcmp(interim, "analisten") != 0 &&
        strcmp(interim, "openbaar") != 0) {
        fprintf(stderr, "--interim is gesloten, analisten or openbaar, not %s\n", interim);
        return false;
    }
    out->interim = interim ? slice_from_cstr(interim) : (struct slice){NULL, 0};
    return true;
}

static bool is_interim(enum round_interim interim, struct slice text)
{
    static const char *const words[] = {"gesloten", "analisten", "openbaar"};
    return slice_equal_cstr(text, words[interim]);
}

static bool was_so(const struct survey_round *round, const struct round_amendment *amendment)
{
    return (amendment->closes_at == 0 || amendment->closes_at == round->closes_at) &&
           (amendment->interim.len == 0 || is_interim(round->interim, amendment->interim));
}

/* Why round_amend changed nothing: the first reason that holds. */
static const char *not_amended(struct arena *arena, const struct survey_round *round,
                               const struct round_amendment *amendment, int64_t now_s)
{
    const int64_t closes_at = amendment->closes_at;
    char text[CLOCK_RFC3339_BYTES];
    if (round->status != ROUND_OPEN) {
        return round->status == ROUND_DRAFT ? "it is not open yet" : "it is closed";
    }
    if (round->closes_at <= now_s) {
        clock_format_rfc3339(text, round->closes_at);
        return arena_printf(arena, "it was over at %s", text).ptr;
    }
    if (closes_at != 0 && closes_at <= now_s) {
        return "that time has passed";
    }
    if (closes_at != 0 && closes_at <= round->opens_at) {
        clock_format_rfc3339(text, round->opens_at);
        return arena_printf(arena, "it opens no earlier than %s", text).ptr;
    }
    if (closes_at != 0 && closes_at >= (int64_t)round->destruction_day * DAY_S) {
        clock_format_rfc3339(text, (int64_t)round->destruction_day * DAY_S);
        return arena_printf(arena, "its answers are destroyed on %.10s", text).ptr;
    }
    return "somebody else changed it meanwhile; try again";
}

/* Says why. CMD_OK where it was so already. */
static int say_not_amended(struct cmd_session *session, const char *code,
                           const struct round_amendment *amendment)
{
    struct cmd_rounds rounds;
    int status = cmd_rounds_open(&rounds, session);
    const struct survey_round *round =
        status == CMD_GO ? survey_round_find(rounds.snapshot, slice_from_cstr(code)) : NULL;
    const bool runs = round && round->status == ROUND_OPEN && round->closes_at > clock_unix_s();
    if (runs && was_so(round, amendment)) {
        printf("round %s was so already\n", code);
        status = CMD_OK;
    } else if (round) {
        fprintf(stderr, "round %s stays as it is: %s\n", code,
                not_amended(session->arena, round, amendment, clock_unix_s()));
    }
    cmd_rounds_close(&rounds);
    return status == CMD_GO ? CMD_FAILED : status;
}

int cmd_round_amend(struct cmd_session *session, const char *code, const struct round_amendment *amendment)
{
    struct amend work = {.code = slice_from_cstr(code), .amendment = *amendment};
    enum db_status status = db_transaction(session->conn, "round-amend", DB_ROLE_STAFF, amend_work, &work);
    if (status != DB_OK) {
        return cmd_say_failure("changing the round", status);
    }
    if (work.outcome == ROUND_CHANGED) {
        printf("round %s was changed; its start page says so\n", code);
        return CMD_OK;
    }
    if (work.outcome != ROUND_UNKNOWN) {
        return say_not_amended(session, code, amendment);
    }
    fprintf(stderr, "there is no round %s; publish its consultation first\n", code);
    return CMD_FAILED;
}
