/* The edge of config.c: the file. */
#include "app/config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* The whole file in the arena; false with errno. Reads one byte past the limit, so that too large is seen as
 * such. */
static bool read_file(struct slice *out, struct arena *arena, const char *path)
{
    bool ok = false;
    char *bytes = arena_alloc(arena, CONFIG_MAX_BYTES + 1);
    size_t size = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    while (size < CONFIG_MAX_BYTES + 1) {
        ssize_t n = read(fd, bytes + size, CONFIG_MAX_BYTES + 1 - size);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            goto cleanup;
        }
        if (n == 0) {
            break;
        }
        size += (size_t)n;
    }
    *out = (struct slice){bytes, size};
    ok = true;
cleanup:;
    int why = errno;
    close(fd);
    errno = why;
    return ok;
}

bool config_load(struct zs_config *out, struct buffer *faults, struct arena *arena, const char *path)
{
    struct slice text;
    if (!read_file(&text, arena, path)) {
        buffer_printf(faults, "%s: %s\n", path, strerror(errno));
        return false;
    }
    struct buffer found;
    buffer_init(&found, (size_t)CONFIG_MAX_FAULTS * 1024);
    bool ok = config_parse(out, &found, arena, text);
    struct slice rest = buffer_slice(&found);
    while (rest.len > 0) {
        struct slice line;
        slice_cut(&line, &rest, rest, '\n');
        buffer_printf(faults, "%s:%.*s\n", path, SLICE_ARG(line));
    }
    buffer_free(&found);
    return ok;
}
