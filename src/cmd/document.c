#include "cmd/document.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { FAULTS_MAX = 1000 };

bool document_read(struct slice *text, struct arena *arena, const char *path, size_t bytes_max)
{
    char *bytes = arena_alloc(arena, bytes_max + 1);
    FILE *file = fopen(path, "rb");
    if (!file) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return false;
    }
    *text = (struct slice){bytes, fread(bytes, 1, bytes_max + 1, file)};
    const int failed = ferror(file);
    fclose(file);
    if (failed) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return false;
    }
    if (text->len > bytes_max) {
        fprintf(stderr, "%s: larger than %zu KiB\n", path, bytes_max / 1024);
        return false;
    }
    return true;
}

void document_errors_init(struct json_errors *errors, struct arena *arena)
{
    json_errors_init(errors, arena);
    json_errors_make_room(errors, FAULTS_MAX);
}

void document_say_faults(const struct json_errors *errors, const char *path)
{
    for (size_t i = 0; i < json_errors_kept(errors); i++) {
        fprintf(stderr, "%s#%s: %s\n", path, errors->items[i].pointer, errors->items[i].detail);
    }
}
