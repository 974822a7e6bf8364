/* The ledger of erasures as a file, kept beside the backups: after a restore it says what has to be erased
 * again.
 *
 * Text, one entry a line, LF, fields apart by one space:
 *
 *     zevenstem-ledger 1 <fingerprint of the root secret, 32 hex digits>
 *     <chain> withdrawn <round> <response id, 32 hex digits> <YYYY-MM-DD>
 *     <chain> withdrawn *bericht <key of a message to the table, 32 hex digits> <YYYY-MM-DD>
 *     <chain> destroyed <round> - <YYYY-MM-DD>
 *     <chain> end <entries so far>
 *
 * chain is the SHA-256, in 64 hex digits, of the 64 digits of the line before (64 zeros before the first)
 * and, right behind them, what stands after this line's chain and space. Lines are only ever added, an `end`
 * behind each addition: a file whose last line is no `end` was torn, one with a chain that does not follow
 * was changed. A file that was cut off exactly behind an `end` is an older copy of itself, which nothing
 * inside it can tell. It holds ids, which are useless without the database. */
#ifndef ZEVENSTEM_SURVEY_LEDGER_H
#define ZEVENSTEM_SURVEY_LEDGER_H

#include "base/arena.h"
#include "base/slice.h"
#include "crypto/crypto.h"

enum { LEDGER_ROUND_MAX = 64, LEDGER_ID_BYTES = 16, LEDGER_BYTES_MAX = 256 * 1024 * 1024 };

struct ledger_entry {
    char round[LEDGER_ROUND_MAX + 1];  /* its code, NUL behind it */
    unsigned char id[LEDGER_ID_BYTES]; /* zeros when destroyed */
    bool destroyed;                    /* the round, not a response */
    int32_t day;                       /* since 1970-01-01 */
};

enum ledger_state {
    LEDGER_WHOLE, /* ends with its `end` */
    LEDGER_TORN,  /* all lines are good but the last, or the `end` is missing: the entries are those that are
                     good */
    LEDGER_FOREIGN, /* of another root secret */
    LEDGER_CHANGED  /* line `fault_line` does not follow from the one before, or is no line of a ledger */
};

struct ledger {
    enum ledger_state state;
    size_t fault_line; /* from 1; 0: none */
    size_t good_bytes; /* up to the last good line */
    char chain[65];    /* of the last good line */
    struct ledger_entry *entries;
    size_t count;
};

/* Reads the text of a ledger. The empty text is a whole ledger without entries. */
void ledger_read(struct ledger *out, struct arena *arena, struct slice text,
                 const unsigned char fingerprint[CRYPTO_FINGERPRINT_BYTES]);
/* What to write behind good_bytes so that these entries are added: the head when the ledger is empty, lines,
 * and the `end`. In the arena. */
struct slice ledger_addition(struct arena *arena, const struct ledger *ledger,
                             const struct ledger_entry *entries, size_t count,
                             const unsigned char fingerprint[CRYPTO_FINGERPRINT_BYTES]);
/* Orders by round, then id; for qsort and bsearch. The day does not count. */
int ledger_compare(const void *a, const void *b);

/* ---- the file ---- */
enum ledger_file { LEDGER_FILE_OK, LEDGER_FILE_MISSING, LEDGER_FILE_UNREADABLE /* errno says why */ };
/* In the arena. */
enum ledger_file ledger_load(struct slice *text, struct arena *arena, const char *path);
/* The file open and locked against other writers, made (mode 0600) when it is not there. -1: errno says why.
 */
int ledger_lock(const char *path);
/* The whole of a locked file, in the arena. False: errno says why. */
bool ledger_load_locked(struct slice *text, struct arena *arena, int fd);
/* Cuts what is behind good_bytes, adds, and syncs: file and folder. False: errno says why. */
bool ledger_add_locked(int fd, const char *path, const struct ledger *ledger, struct slice addition);
/* Unlocks and closes. */
void ledger_unlock(int fd);

#endif
