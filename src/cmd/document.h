/* Documents that people write and commands read: guides, code books, the agenda. */
#ifndef ZEVENSTEM_CMD_DOCUMENT_H
#define ZEVENSTEM_CMD_DOCUMENT_H

#include "base/arena.h"
#include "db/db.h"
#include "json/decode.h"

struct cmd_session;

enum { DOCUMENT_ARENA_MAX = 64 * 1024 * 1024 };

/* The whole file, of at most bytes_max. False: said why not on standard error. */
bool document_read(struct slice *text, struct arena *arena, const char *path, size_t bytes_max);
/* With room for as many faults as somebody wants to see at once. */
void document_errors_init(struct json_errors *errors, struct arena *arena);
/* Each on a line of standard error, with its JSON pointer. */
void document_say_faults(const struct json_errors *errors, const char *path);

/* A command whose documents are kept as versions that never change: check FILE..., publish FILE, list; the
 * last two with --consultation CODE where the documents are one consultation's. */
struct document_command {
    const char *usage;
    bool of_consultation;
    /* Reads the file and says on a line what is in it. False: said on standard error what is wrong. */
    bool (*check)(struct arena *arena, const char *path);
    /* Checks it, keeps it, and says what came of it. Exit status. consultation NULL unless of_consultation.
     */
    int (*publish)(struct cmd_session *session, const char *path, const char *consultation);
    int (*list)(struct cmd_session *session, const char *consultation);
};
int document_command(int argc, char **argv, const struct document_command *command);
/* A version on a line of a list. code empty: all are of one document. */
void document_say_version(struct slice code, int32_t number, int64_t created_at, struct slice title);

#endif
