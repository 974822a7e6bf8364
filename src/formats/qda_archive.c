/* The ZIP of a project: looked over before anything of it is read, and never unpacked to disk. */
#include "formats/qda_internal.h"

#include "base/buffer.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

enum {
    SMALLEST_ZIP = 22,
    /* Pictures, recordings and texts with layout may come along. */
    ARCHIVE_MEMBERS_MAX = 4 * QDA_MEMBERS_MAX,
    PATH_MAX_BYTES = 256,
    READ_BYTES = 64 * 1024
};

struct member {
    const char *name; /* with slashes and small letters */
    zip_uint64_t at;
};

struct qda_archive {
    struct qda_fault *fault;
    struct arena *arena;
    zip_t *zip;
    struct member *members; /* by name */
    size_t count;
    zip_file_t *project; /* being read */
    size_t texts_bytes;  /* of all texts that were read */
    size_t texts_max;
};

static int compare(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    return strcmp(x->name, y->name);
}

/* The name with slashes and small letters (of ASCII): as file systems that pay no regard to case see it. NULL
 * when it leads out of the folder: from the root, to a drive, or up. */
static const char *plain_name(struct arena *arena, struct slice name)
{
    char *plain = arena_cstr(arena, name);
    for (char *c = plain; *c; c++) {
        *c = *c == '\\' ? '/' : *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
    }
    if (name.len == 0 || plain[0] == '/' || strchr(plain, ':') || strlen(plain) != name.len) {
        return NULL;
    }
    struct slice rest = slice_from_cstr(plain);
    while (rest.len > 0) {
        struct slice part;
        slice_cut(&part, &rest, rest, '/');
        if (slice_equal_cstr(part, "..")) {
            return NULL;
        }
    }
    return plain;
}

static void look_at(struct qda_archive *archive, zip_uint64_t at)
{
    zip_stat_t stat;
    zip_stat_init(&stat);
    if (zip_stat_index(archive->zip, at, ZIP_FL_ENC_RAW, &stat) != 0 || !(stat.valid & ZIP_STAT_NAME)) {
        qda_fail(archive->fault, QDA_ZIP_BROKEN, 0, SLICE(""));
        return;
    }
    const struct slice name = slice_from_cstr(stat.name);
    const char *plain = plain_name(archive->arena, name);
    if (!plain) {
        qda_fail(archive->fault, QDA_ZIP_PATH, 0, name);
    } else if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) && stat.encryption_method != ZIP_EM_NONE) {
        qda_fail(archive->fault, QDA_ZIP_ENCRYPTED, 0, name);
    } else {
        archive->members[archive->count++] = (struct member){plain, at};
    }
}

static void look_over(struct qda_archive *archive)
{
    const zip_int64_t entries = zip_get_num_entries(archive->zip, 0);
    if (entries > ARCHIVE_MEMBERS_MAX) {
        qda_fail(archive->fault, QDA_ZIP_TOO_MANY, 0, SLICE(""));
        return;
    }
    archive->members = arena_array(archive->arena, (size_t)entries, sizeof *archive->members);
    for (zip_int64_t i = 0; i < entries && archive->fault->status == QDA_OK; i++) {
        look_at(archive, (zip_uint64_t)i);
    }
    if (archive->count > 0) {
        qsort(archive->members, archive->count, sizeof *archive->members, compare);
    }
    for (size_t i = 1; i < archive->count; i++) {
        if (compare(&archive->members[i - 1], &archive->members[i]) == 0) {
            qda_fail(archive->fault, QDA_ZIP_TWICE, 0, slice_from_cstr(archive->members[i].name));
        }
    }
}

struct qda_archive *qda_archive_open(struct qda_fault *fault, struct arena *arena, struct slice file,
                                     size_t texts_max)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source =
        file.len >= SMALLEST_ZIP ? zip_source_buffer_create(file.ptr, file.len, 0, &error) : NULL;
    zip_t *zip = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
    if (!zip && source) {
        zip_source_free(source);
    }
    zip_error_fini(&error);
    if (!zip) {
        qda_fail(fault, QDA_NO_ZIP, 0, SLICE(""));
        return NULL;
    }
    struct qda_archive *archive = arena_alloc(arena, sizeof *archive);
    *archive = (struct qda_archive){.fault = fault, .arena = arena, .zip = zip, .texts_max = texts_max};
    look_over(archive);
    if (fault->status != QDA_OK) {
        qda_archive_close(archive);
        return NULL;
    }
    return archive;
}

void qda_archive_close(struct qda_archive *archive)
{
    if (archive) {
        if (archive->project) {
            zip_fclose(archive->project);
        }
        zip_discard(archive->zip);
    }
}

/* Opens a member, found by its plain name. NULL when there is none, or, with a fault, when it is broken. */
static zip_file_t *open_member(struct qda_archive *archive, const char *name)
{
    const struct member key = {.name = plain_name(archive->arena, slice_from_cstr(name))};
    const struct member *found = key.name && archive->count > 0
                                     ? bsearch(&key, archive->members, archive->count, sizeof key, compare)
                                     : NULL;
    zip_file_t *file = found ? zip_fopen_index(archive->zip, found->at, 0) : NULL;
    if (found && !file) {
        qda_fail(archive->fault, QDA_ZIP_BROKEN, 0, slice_from_cstr(name));
    }
    return file;
}

bool qda_archive_begin(struct qda_archive *archive)
{
    archive->project = open_member(archive, "project.qde");
    if (!archive->project) {
        qda_fail(archive->fault, QDA_NO_PROJECT, 0, SLICE(""));
    }
    return archive->project != NULL;
}

int qda_archive_read(struct qda_archive *archive, char *bytes, int size)
{
    return (int)zip_fread(archive->project, bytes, (zip_uint64_t)size);
}

/* The whole member, which is closed, of at most `most` bytes; libzip holds the checksum against it at its
 * end. */
static enum qda_status read_all(struct slice *out, struct qda_archive *archive, zip_file_t *file_take,
                                size_t most, struct slice name)
{
    struct buffer bytes;
    buffer_init(&bytes, most + READ_BYTES);
    zip_int64_t got = 1;
    while (got > 0 && bytes.len <= most) {
        char *room = buffer_reserve(&bytes, READ_BYTES);
        got = room ? zip_fread(file_take, room, READ_BYTES) : -1;
        if (got > 0) {
            buffer_commit(&bytes, (size_t)got);
        }
    }
    zip_fclose(file_take);
    if (bytes.len > most) {
        qda_fail(archive->fault, QDA_UNPACKED_TOO_BIG, 0, name);
    } else if (got < 0) {
        qda_fail(archive->fault, QDA_ZIP_BROKEN, 0, name);
    } else {
        *out = arena_copy(archive->arena, buffer_slice(&bytes));
    }
    buffer_free(&bytes);
    return archive->fault->status;
}

/* "internal://x.txt" is sources/x.txt; some write it with another number of slashes, or without the scheme.
 * The folder is flat. */
static bool member_of_path(char out[PATH_MAX_BYTES], struct slice path)
{
    static const struct slice scheme = SLICE_INIT("internal:"), folder = SLICE_INIT("sources/");
    if (path.len >= scheme.len && slice_equal_nocase((struct slice){path.ptr, scheme.len}, scheme)) {
        path = (struct slice){path.ptr + scheme.len, path.len - scheme.len};
        while (slice_starts_with(path, SLICE("/"))) {
            path = (struct slice){path.ptr + 1, path.len - 1};
        }
    }
    if (path.len >= folder.len && slice_equal_nocase((struct slice){path.ptr, folder.len}, folder)) {
        path = (struct slice){path.ptr + folder.len, path.len - folder.len};
    }
    if (path.len == 0 || path.len + folder.len >= PATH_MAX_BYTES || memchr(path.ptr, '/', path.len) ||
        memchr(path.ptr, '\\', path.len) || memchr(path.ptr, ':', path.len) || slice_equal_cstr(path, "..")) {
        return false;
    }
    memcpy(out, folder.ptr, folder.len);
    memcpy(out + folder.len, path.ptr, path.len);
    out[folder.len + path.len] = '\0';
    return true;
}

enum qda_status qda_archive_text(struct slice *text, struct qda_archive *archive, size_t line,
                                 struct slice path)
{
    char name[PATH_MAX_BYTES];
    if (!member_of_path(name, path)) {
        return qda_fail(archive->fault, QDA_SOURCE_PATH, line, path);
    }
    zip_file_t *file = open_member(archive, name);
    if (!file) {
        return qda_fail(archive->fault, QDA_SOURCE_ABSENT, line, path);
    }
    const size_t left = archive->texts_max - archive->texts_bytes;
    if (read_all(text, archive, file, left < QDA_TEXT_MAX ? left : QDA_TEXT_MAX, path) == QDA_OK) {
        archive->texts_bytes += text->len;
    }
    return archive->fault->status;
}
