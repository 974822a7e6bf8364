#include "cmd/offer_file.h"

#include "cmd/english.h"
#include "formats/records.h"
#include "json/decode.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { LINE_BYTES_MAX = 16 * 1024 };

struct reading {
    sealed_offer_visitor visit;
    void *context;
    int64_t promised; /* by the last line; below 0: not come to yet */
    int64_t count;
};

static struct slice member(const json_t *object, const char *name)
{
    const json_t *text = json_object_get(object, name);
    return json_is_string(text) ? (struct slice){json_string_value(text), json_string_length(text)}
                                : (struct slice){0};
}

/* An offer, or the last line. */
static bool read_line(struct reading *reading, struct slice line, size_t number)
{
    struct arena *arena = arena_create(OFFER_ARENA_MAX);
    struct json_errors errors;
    cmd_errors_init(&errors, arena);
    const json_t *object = json_parse(&errors, arena, line);
    const json_t *offers = json_object_get(object, "offers");
    unsigned char *bytes = arena_alloc(arena, OFFER_SEALED_BYTES_MAX);
    size_t size = 0;
    bool good;
    if (json_is_integer(offers)) {
        reading->promised = json_integer_value(offers);
        good = true;
    } else if (crypto_unbase64url(bytes, OFFER_SEALED_BYTES_MAX, &size, member(object, "sealed")) &&
               size > 0) {
        const struct sealed_offer offer = {.round = member(object, "round"),
                                           .purpose = member(object, "purpose"),
                                           .sealed = {(const char *)bytes, size}};
        reading->count++;
        good = reading->visit(&offer, reading->context);
    } else {
        fprintf(stderr, "line %zu is not a line of an export\n", number);
        good = false;
    }
    arena_destroy(arena);
    return good;
}

static bool read_lines(struct reading *reading, struct records *lines)
{
    struct slice line;
    size_t number = 0;
    enum records_status status;
    while ((status = records_next(&line, &number, lines)) == RECORDS_NEXT && reading->promised < 0) {
        if (!read_line(reading, line, number)) {
            return false;
        }
    }
    if (status == RECORDS_END && reading->promised == reading->count) {
        return true;
    }
    fputs("the export is not whole: its last line, and nothing after it, says how many offers there are\n",
          stderr);
    return false;
}

bool offer_file_each(const char *path, sealed_offer_visitor visit, void *context)
{
    struct reading reading = {.visit = visit, .context = context, .promised = -1};
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return false;
    }
    struct records *lines = records_create(fd, LINE_BYTES_MAX);
    const bool good = lines && read_lines(&reading, lines);
    records_free(lines);
    close(fd);
    return good;
}

FILE *offer_file_create(const char *path)
{
    const int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (!file) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
    }
    return file;
}

bool offer_file_finish(FILE *file_take, const char *path, bool good)
{
    bool written = good && fflush(file_take) == 0 && fsync(fileno(file_take)) == 0;
    written = fclose(file_take) == 0 && written;
    if (!written) {
        unlink(path);
        fprintf(stderr, "%s could not be written whole; it was removed\n", path);
    }
    return written;
}
