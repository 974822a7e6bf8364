/* shell_preview OUT_DIR PREVIEW_DIR: renders the shell without a service, so that style sheet, shell and
 * error pages can be looked at and tested alone. Every PREVIEW_DIR/<name>.json gives one page,
 * OUT_DIR/<name>.html:
 *     {"template": "...", "language": "nl", "context": {...}}      or      {"status": 404, "language": "en"}
 * Its templates are those of the product and PREVIEW_DIR/preview_<name>.mustache. "markdown" in a context
 * becomes "body_html", "charts" the list of charts of preview_charts.h. */
#include "base/log.h"
#include "browser/preview_charts.h"
#include "web/page.h"
#include "web/web.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILES_MAX = 200, FILE_BYTES_MAX = 1024 * 1024, ARENA_BYTES_MAX = 64 * 1024 * 1024 };

static bool read_file(struct slice *text, struct arena *arena, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        return false;
    }
    char *bytes = arena_alloc(arena, FILE_BYTES_MAX + 1);
    text->ptr = bytes;
    text->len = fread(bytes, 1, FILE_BYTES_MAX, file);
    bool ok = !ferror(file) && feof(file);
    fclose(file);
    return ok;
}

static bool has_suffix(const char *name, const char *suffix)
{
    size_t length = strlen(name);
    size_t tail = strlen(suffix);
    return length > tail && strcmp(name + length - tail, suffix) == 0;
}

/* The product's templates and those of the folder, as one table. */
static bool collect_templates(struct embedded_file all[FILES_MAX + 1], struct arena *arena,
                              const char *folder)
{
    size_t count = 0;
    for (const struct embedded_file *file = embedded_templates; file->name && count < FILES_MAX; file++) {
        all[count++] = *file;
    }
    DIR *entries = opendir(folder);
    bool ok = entries != NULL;
    struct dirent *entry;
    while (ok && count < FILES_MAX && (entry = readdir(entries)) != NULL) {
        if (has_suffix(entry->d_name, ".mustache")) {
            struct slice path = arena_printf(arena, "%s/%s", folder, entry->d_name);
            struct slice text;
            ok = read_file(&text, arena, path.ptr);
            all[count++] = (struct embedded_file){path.ptr, (const unsigned char *)text.ptr, text.len};
        }
    }
    if (entries) {
        closedir(entries);
    }
    all[count] = (struct embedded_file){NULL, NULL, 0};
    return ok;
}

static bool render_one(const struct web *web, const char *out_dir, const char *folder, const char *file_name)
{
    struct arena *arena = arena_create(ARENA_BYTES_MAX);
    struct slice path = arena_printf(arena, "%s/%s", folder, file_name);
    json_error_t error;
    json_t *page = json_load_file(path.ptr, 0, &error);
    bool ok = page != NULL;
    if (!ok) {
        fprintf(stderr, "%s:%d: %s\n", path.ptr, error.line, error.text);
    }
    const char *language = json_string_value(json_object_get(page, "language"));
    json_t *context = json_object_get(page, "context");
    const char *markdown = json_string_value(json_object_get(context, "markdown"));
    struct slice html = {NULL, 0};
    if (ok && markdown) {
        struct slice body = web_markdown(arena, slice_from_cstr(markdown), 2);
        json_object_set_new(context, "body_html", json_stringn(body.ptr, body.len));
    }
    if (ok && json_object_get(context, "charts")) {
        ok = json_object_set_new(context, "charts", preview_charts()) == 0;
    }
    if (ok && json_object_get(page, "status")) {
        int status = (int)json_integer_value(json_object_get(page, "status"));
        web_error_page(&html, arena, web, language, status, "6f1c09d2a4b83e57", 0);
    } else if (ok) {
        ok = web_page_render(&html, arena, web, language,
                             json_string_value(json_object_get(page, "template")), context);
    }
    struct slice out_path =
        arena_printf(arena, "%s/%.*s.html", out_dir, (int)(strlen(file_name) - 5), file_name);
    FILE *out = ok ? fopen(out_path.ptr, "wb") : NULL;
    ok = out && fwrite(html.ptr, 1, html.len, out) == html.len;
    ok = out && fclose(out) == 0 && ok;
    json_decref(page);
    arena_destroy(arena);
    return ok;
}

static bool render_all(const struct web *web, const char *out_dir, const char *folder)
{
    DIR *entries = opendir(folder);
    bool ok = entries != NULL;
    struct dirent *entry;
    while (ok && (entry = readdir(entries)) != NULL) {
        ok = !has_suffix(entry->d_name, ".json") || render_one(web, out_dir, folder, entry->d_name);
    }
    if (entries) {
        closedir(entries);
    }
    return ok;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: shell_preview OUT_DIR PREVIEW_DIR\n");
        return 2;
    }
    struct arena *arena = arena_create(ARENA_BYTES_MAX);
    struct embedded_file templates[FILES_MAX + 1];
    bool ok = collect_templates(templates, arena, argv[2]);
    const struct web_config config = {.templates = templates,
                                      .locales = embedded_locales,
                                      .assets = embedded_assets,
                                      .organisation = "Voorbeeldministerie"};
    struct web *web = ok ? web_create(&config) : NULL;
    ok = web && render_all(web, argv[1], argv[2]);
    web_destroy(web);
    arena_destroy(arena);
    return ok ? 0 : 1;
}
