/* zevenstem report notify: texts, and nobody they go to. `zevenstem offer notify` puts names to them, on the
 * machine of whoever holds the coordinator's key. */
#include "cmd/report_notify.h"

#include "base/clock.h"
#include "cmd/offer_file.h"
#include "cmd/session.h"
#include "features/results/results.h"
#include "features/tafel/tafel.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static const char *const languages[] = {"nl", "en"};
enum { LANGUAGES = 2, TEXTS_ARENA_MAX = 64 * 1024 * 1024 };

struct reading {
    struct feedback_notice notice;
    struct arena *arena;
    struct results *results;
};

static enum db_status read_work(struct db_tx *tx, void *context)
{
    struct reading *reading = context;
    return feedback_notice_read(&reading->notice, tx, reading->arena, reading->results);
}

static bool write_text(const struct reading *reading, const char *folder, enum notify_way way, int language)
{
    const char *path =
        arena_printf(reading->arena, "%s/%s.%s.txt", folder, notify_ways[way], languages[language]).ptr;
    const struct slice text = feedback_notice_text(reading->arena, &reading->notice, way, language);
    FILE *file = offer_file_create(path);
    return file && offer_file_finish(file, path, fwrite(text.ptr, 1, text.len, file) == text.len);
}

static int write_texts(const struct reading *reading, const char *folder)
{
    if (mkdir(folder, 0700) != 0) {
        fprintf(stderr, "%s: %s\n", folder, strerror(errno));
        return CMD_FAILED;
    }
    for (enum notify_way way = NOTIFY_EMAIL; way < NOTIFY_WAYS; way++) {
        for (int language = 0; language < LANGUAGES; language++) {
            if (!write_text(reading, folder, way, language)) {
                return CMD_FAILED;
            }
        }
    }
    printf("texts about %s written to %s: read them before they are sent\n", reading->notice.round->code,
           folder);
    return CMD_OK;
}

static int notify_of(struct cmd_session *session, struct cmd_rounds *rounds, const char *round_code,
                     const char *folder)
{
    const struct survey_round *round = survey_round_find(rounds->snapshot, slice_from_cstr(round_code));
    if (!round || round->status == ROUND_DRAFT || round->pilot) {
        fprintf(stderr, "there is no round %s that was opened and counts\n", round_code);
        return CMD_FAILED;
    }
    const struct results_config config = cmd_results_config(session, rounds);
    struct reading reading = {.notice = {.locales = web_locales(rounds->web),
                                         .round = round,
                                         .public_url = session->config.server.public_url},
                              .arena = arena_create(TEXTS_ARENA_MAX),
                              .results = results_create(&config)};
    enum db_status status = reading.results ? results_refresh(reading.results, session->conn) : DB_FAILED;
    if (status == DB_OK) {
        status =
            db_transaction_read_only(session->conn, "report-notify", DB_ROLE_RESULTS, read_work, &reading);
    }
    const int result =
        status == DB_OK ? write_texts(&reading, folder) : cmd_say_failure("reading what was done", status);
    results_destroy(reading.results);
    arena_destroy(reading.arena);
    return result;
}

int report_notify(const char *round_code, const char *folder, const char *config)
{
    struct cmd_session session;
    struct cmd_rounds rounds;
    int status = cmd_session_open(&session, config);
    if (status == CMD_GO) {
        status = cmd_rounds_open(&rounds, &session);
        if (status == CMD_GO) {
            status = notify_of(&session, &rounds, round_code, folder);
        }
        cmd_rounds_close(&rounds);
    }
    cmd_session_close(&session);
    return status;
}
