#include "features/survey/survey_ledger.h"

#include "base/buffer.h"
#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHAIN_DIGITS = 64, DAY_S = 86400, LINE_MAX_BYTES = 512 };

static const char head_word[] = "zevenstem-ledger 1 ";

static struct slice head_of(struct arena *arena, const unsigned char *fingerprint)
{
    char hex[2 * CRYPTO_FINGERPRINT_BYTES + 1];
    crypto_hex(hex, fingerprint, CRYPTO_FINGERPRINT_BYTES);
    return arena_printf(arena, "%s%s", head_word, hex);
}

/* In place: chain becomes that of the line that says `rest` behind it. */
static void chain_on(char chain[CHAIN_DIGITS + 1], struct slice rest)
{
    char text[CHAIN_DIGITS + LINE_MAX_BYTES];
    unsigned char hash[CRYPTO_SHA256_BYTES];
    memcpy(text, chain, CHAIN_DIGITS);
    memcpy(text + CHAIN_DIGITS, rest.ptr, rest.len);
    crypto_sha256(hash, (struct slice){text, CHAIN_DIGITS + rest.len});
    crypto_hex(chain, hash, sizeof hash);
}

/* ---- reading ---- */

static bool read_entry(struct ledger_entry *entry, struct slice rest)
{
    struct slice verb, round, id;
    *entry = (struct ledger_entry){.destroyed = slice_starts_with(rest, SLICE("destroyed "))};
    if (!slice_cut(&verb, &rest, rest, ' ') || !slice_cut(&round, &rest, rest, ' ') ||
        !slice_cut(&id, &rest, rest, ' ') || round.len == 0 || round.len > LEDGER_ROUND_MAX ||
        !clock_parse_day(&entry->day, rest)) {
        return false;
    }
    memcpy(entry->round, round.ptr, round.len);
    return entry->destroyed
               ? slice_equal_cstr(id, "-")
               : slice_equal_cstr(verb, "withdrawn") && crypto_unhex(entry->id, sizeof entry->id, id);
}

/* One line behind the head. False: it is not what follows. *is_end: it closes an addition. */
static bool read_line(struct ledger *ledger, bool *is_end, struct slice line)
{
    struct slice chain, rest;
    char expected[CHAIN_DIGITS + 1];
    memcpy(expected, ledger->chain, sizeof expected);
    if (line.len > LINE_MAX_BYTES || !slice_cut(&chain, &rest, line, ' ')) {
        return false;
    }
    chain_on(expected, rest);
    *is_end = slice_starts_with(rest, SLICE("end "));
    uint64_t count = 0;
    bool good =
        slice_equal_cstr(chain, expected) &&
        (*is_end ? slice_to_u64(&count, (struct slice){rest.ptr + 4, rest.len - 4}, LEDGER_BYTES_MAX) &&
                       count == ledger->count
                 : read_entry(&ledger->entries[ledger->count], rest));
    if (good) {
        ledger->count += !*is_end;
        memcpy(ledger->chain, expected, sizeof expected);
    }
    return good;
}

static size_t count_lines(struct slice text)
{
    size_t lines = 0;
    for (size_t i = 0; i < text.len; i++) {
        lines += text.ptr[i] == '\n';
    }
    return lines;
}

static bool is_last_and_torn(struct slice rest)
{
    return memchr(rest.ptr, '\n', rest.len) == NULL;
}

void ledger_read(struct ledger *out, struct arena *arena, struct slice text,
                 const unsigned char fingerprint[CRYPTO_FINGERPRINT_BYTES])
{
    const struct slice head = head_of(arena, fingerprint);
    struct slice rest = text;
    bool closed = false;
    size_t number = 0;
    *out = (struct ledger){.state = LEDGER_WHOLE};
    memset(out->chain, '0', CHAIN_DIGITS);
    out->entries = arena_array(arena, count_lines(text) + 1, sizeof *out->entries);
    while (rest.len > 0) {
        struct slice line, after;
        number++;
        if (is_last_and_torn(rest)) {
            out->state = LEDGER_TORN;
            out->fault_line = number;
            return;
        }
        slice_cut(&line, &after, rest, '\n');
        if (number == 1 && !slice_equal(line, head)) {
            out->state =
                slice_starts_with(line, slice_from_cstr(head_word)) ? LEDGER_FOREIGN : LEDGER_CHANGED;
            out->fault_line = number;
            return;
        }
        if (number > 1 && !read_line(out, &closed, line)) {
            out->state = LEDGER_CHANGED;
            out->fault_line = number;
            return;
        }
        rest = after;
        out->good_bytes = text.len - rest.len;
    }
    if (number > 0 && !closed) {
        out->state = LEDGER_TORN;
        out->fault_line = number + 1;
    }
}

int ledger_compare(const void *a, const void *b)
{
    const struct ledger_entry *left = a, *right = b;
    int order = strcmp(left->round, right->round);
    order = order ? order : memcmp(left->id, right->id, sizeof left->id);
    return order ? order : (int)left->destroyed - (int)right->destroyed;
}

/* ---- adding ---- */

static void put_line(struct buffer *out, char chain[CHAIN_DIGITS + 1], struct slice rest)
{
    chain_on(chain, rest);
    buffer_printf(out, "%s %.*s\n", chain, SLICE_ARG(rest));
}

struct slice ledger_addition(struct arena *arena, const struct ledger *ledger,
                             const struct ledger_entry *entries, size_t count,
                             const unsigned char fingerprint[CRYPTO_FINGERPRINT_BYTES])
{
    struct buffer out;
    char chain[CHAIN_DIGITS + 1];
    memcpy(chain, ledger->chain, sizeof chain);
    buffer_init(&out, LEDGER_BYTES_MAX);
    if (ledger->good_bytes == 0) {
        struct slice head = head_of(arena, fingerprint);
        buffer_printf(&out, "%.*s\n", SLICE_ARG(head));
    }
    for (size_t i = 0; i < count; i++) {
        char id[2 * LEDGER_ID_BYTES + 1] = "-", day[CLOCK_RFC3339_BYTES], rest[LINE_MAX_BYTES];
        clock_format_rfc3339(day, (int64_t)entries[i].day * DAY_S);
        if (!entries[i].destroyed) {
            crypto_hex(id, entries[i].id, sizeof entries[i].id);
        }
        int length = snprintf(rest, sizeof rest, "%s %s %s %.10s",
                              entries[i].destroyed ? "destroyed" : "withdrawn", entries[i].round, id, day);
        put_line(&out, chain, (struct slice){rest, (size_t)length});
    }
    put_line(&out, chain, arena_printf(arena, "end %zu", ledger->count + count));
    struct slice text = arena_copy(arena, buffer_slice(&out));
    buffer_free(&out);
    return text;
}

/* ---- the file ---- */

bool ledger_load_locked(struct slice *text, struct arena *arena, int fd)
{
    struct stat about;
    if (fstat(fd, &about) != 0) {
        return false;
    }
    if (about.st_size > LEDGER_BYTES_MAX || !S_ISREG(about.st_mode)) {
        errno = S_ISREG(about.st_mode) ? EFBIG : EINVAL;
        return false;
    }
    size_t size = (size_t)about.st_size, got = 0;
    char *bytes = arena_alloc(arena, size + 1);
    while (got < size) {
        ssize_t n = pread(fd, bytes + got, size - got, (off_t)got);
        if (n < 0 && errno != EINTR) {
            return false;
        }
        if (n == 0) {
            break;
        }
        got += n > 0 ? (size_t)n : 0;
    }
    *text = (struct slice){bytes, got};
    return true;
}

enum ledger_file ledger_load(struct slice *text, struct arena *arena, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return errno == ENOENT ? LEDGER_FILE_MISSING : LEDGER_FILE_UNREADABLE;
    }
    bool good = ledger_load_locked(text, arena, fd);
    int why = errno;
    close(fd);
    errno = why;
    return good ? LEDGER_FILE_OK : LEDGER_FILE_UNREADABLE;
}

int ledger_lock(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0 && flock(fd, LOCK_EX) != 0) {
        int why = errno;
        close(fd);
        errno = why;
        fd = -1;
    }
    return fd;
}

static bool sync_folder_of(const char *path)
{
    char folder[4096] = ".";
    const char *slash = strrchr(path, '/');
    if (slash && (size_t)(slash - path) < sizeof folder - 1) {
        size_t len = slash == path ? 1 : (size_t)(slash - path);
        memcpy(folder, path, len);
        folder[len] = '\0';
    }
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return good;
}

bool ledger_add_locked(int fd, const char *path, const struct ledger *ledger, struct slice addition)
{
    off_t at = (off_t)ledger->good_bytes;
    if (ftruncate(fd, at) != 0) {
        return false;
    }
    while (addition.len > 0) {
        ssize_t n = pwrite(fd, addition.ptr, addition.len, at);
        if (n < 0 && errno != EINTR) {
            return false;
        }
        size_t done = n > 0 ? (size_t)n : 0;
        at += (off_t)done;
        addition = (struct slice){addition.ptr + done, addition.len - done};
    }
    return fsync(fd) == 0 && sync_folder_of(path);
}

void ledger_unlock(int fd)
{
    close(fd); /* which ends the lock */
}
