/* Texts by language. All languages have the same keys with the same placeholders, or nothing is loaded. */
#include "base/clock.h"
#include "base/log.h"
#include "web/web.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LANGUAGES_MAX = 16,
    LANGUAGE_BYTES = 12,
    PATH_BYTES = 256,
    TREE_DEPTH_MAX = 8,
    PLACEHOLDERS_MAX = 16,
    FORMAT_PAIRS_MAX = 32,
    TEXT_BYTES_MAX = 64 * 1024
};

struct language {
    char name[LANGUAGE_BYTES];
    json_t *context; /* {"t": tree} */
};

struct locales {
    struct language languages[LANGUAGES_MAX]; /* [0] is "nl" once loaded */
    size_t count;
};

static bool is_placeholder_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '_';
}

/* The next {name} at or after *at: *name is set and *at moves behind it. *stray tells of a brace that is
 * none. */
static bool next_placeholder(struct slice *name, size_t *start, size_t *at, bool *stray, struct slice text)
{
    for (size_t i = *at; i < text.len; i++) {
        if (text.ptr[i] == '}') {
            *stray = true;
        }
        if (text.ptr[i] != '{') {
            continue;
        }
        size_t end = i + 1;
        while (end < text.len && is_placeholder_byte(text.ptr[end])) {
            end++;
        }
        if (end < text.len && text.ptr[end] == '}' && end > i + 1) {
            *name = (struct slice){text.ptr + i + 1, end - i - 1};
            *start = i;
            *at = end + 1;
            return true;
        }
        *stray = true;
    }
    *at = text.len;
    return false;
}

static struct slice string_slice(const json_t *string)
{
    return (struct slice){json_string_value(string), json_string_length(string)};
}

static bool text_has_placeholder(struct slice text, struct slice wanted)
{
    struct slice name;
    size_t start, at = 0;
    bool stray = false;
    while (next_placeholder(&name, &start, &at, &stray, text)) {
        if (slice_equal(name, wanted)) {
            return true;
        }
    }
    return false;
}

static bool fault(const char *language, const char *path, const char *what)
{
    log_error("locale.load", "language=%s key=%s fault=%s", language, LOG_CSTR(path), LOG_CSTR(what));
    return false;
}

/* Every placeholder of `text` stands in `other` too. */
static bool placeholders_within(struct slice text, struct slice other)
{
    struct slice name;
    size_t start, at = 0;
    bool stray = false;
    while (next_placeholder(&name, &start, &at, &stray, text)) {
        if (!text_has_placeholder(other, name)) {
            return false;
        }
    }
    return true;
}

static bool check_text(const char *language, const char *path, const json_t *value, const json_t *other)
{
    struct slice text = string_slice(value);
    struct slice name;
    size_t start, at = 0;
    bool stray = false;
    while (next_placeholder(&name, &start, &at, &stray, text)) {
    }
    if (stray) {
        return fault(language, path, "a brace that is no placeholder");
    }
    if (text.len == 0) {
        return fault(language, path, "empty text");
    }
    if (!json_is_string(other)) {
        return fault(language, path, "not a text in the other language");
    }
    if (!placeholders_within(text, string_slice(other)) || !placeholders_within(string_slice(other), text)) {
        return fault(language, path, "other placeholders than in the other language");
    }
    return true;
}

static bool key_is_plain(const char *key)
{
    bool ok = *key != '\0';
    for (const char *c = key; *c; c++) {
        ok = ok && (is_placeholder_byte(*c) || *c == '-');
    }
    return ok;
}

/* Compares a tree with another one, key by key. Called both ways round, so that each sees what the other
 * lacks. */
static bool check_tree(const char *language, char path[PATH_BYTES], size_t depth, json_t *tree,
                       const json_t *other)
{
    bool ok = true;
    size_t length = strlen(path);
    const char *key;
    json_t *value;
    if (depth > TREE_DEPTH_MAX) {
        return fault(language, path, "nested too deep");
    }
    json_object_foreach(tree, key, value)
    {
        int n = snprintf(path + length, PATH_BYTES - length, "%s%s", length ? "." : "", key);
        const json_t *counterpart = json_object_get(other, key);
        if (n < 0 || (size_t)n >= PATH_BYTES - length) {
            ok = fault(language, path, "key too long");
        } else if (!key_is_plain(key)) {
            ok = fault(language, path, "a key is made of a-z, 0-9, _ and -");
        } else if (!counterpart) {
            ok = fault(language, path, "missing in another language");
        } else if (json_is_object(value)) {
            ok = (json_is_object(counterpart) ? check_tree(language, path, depth + 1, value, counterpart)
                                              : fault(language, path, "not a group in the other language")) &&
                 ok;
        } else if (!json_is_string(value)) {
            ok = fault(language, path, "neither text nor group");
        } else {
            ok = check_text(language, path, value, counterpart) && ok;
        }
        path[length] = '\0';
    }
    return ok;
}

static bool load_file(struct locales *locales, const struct embedded_file *file)
{
    const char *base = strrchr(file->name, '/');
    struct slice name = slice_from_cstr(base ? base + 1 : file->name);
    struct slice language, extension;
    slice_cut(&language, &extension, name, '.');
    if (!slice_equal_cstr(extension, "json") || language.len == 0 || language.len >= LANGUAGE_BYTES ||
        locales->count == LANGUAGES_MAX) {
        log_error("locale.load", "file=%s fault=\"not a <language>.json, or too many\"",
                  LOG_CSTR(file->name));
        return false;
    }
    json_error_t error;
    json_t *tree = json_loadb((const char *)file->bytes, file->size, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(tree)) {
        log_error("locale.load", "file=%s line=%d fault=%s", LOG_CSTR(file->name), error.line,
                  LOG_CSTR(tree ? "not an object" : error.text));
        json_decref(tree);
        return false;
    }
    struct language *slot = &locales->languages[locales->count++];
    memcpy(slot->name, language.ptr, language.len);
    slot->name[language.len] = '\0';
    slot->context = json_pack("{s:o}", "t", tree);
    return slot->context != NULL;
}

static bool check_all(struct locales *locales)
{
    size_t dutch = 0;
    while (dutch < locales->count && strcmp(locales->languages[dutch].name, "nl") != 0) {
        dutch++;
    }
    if (dutch == locales->count) {
        return fault("nl", "", "no file for this language");
    }
    struct language first = locales->languages[dutch];
    locales->languages[dutch] = locales->languages[0];
    locales->languages[0] = first;
    json_t *reference = json_object_get(first.context, "t");
    char path[PATH_BYTES] = "";
    bool ok = locales->count > 1 || check_tree("nl", path, 1, reference, reference);
    for (size_t i = 1; i < locales->count; i++) {
        json_t *tree = json_object_get(locales->languages[i].context, "t");
        ok = check_tree("nl", path, 1, reference, tree) && ok;
        ok = check_tree(locales->languages[i].name, path, 1, tree, reference) && ok;
    }
    return ok;
}

struct locales *locales_load(const struct embedded_file *files)
{
    struct locales *locales = calloc(1, sizeof *locales);
    bool ok = locales != NULL;
    for (; ok && files->name; files++) {
        ok = load_file(locales, files);
    }
    if (!ok || !check_all(locales)) {
        locales_free(locales);
        return NULL;
    }
    return locales;
}

void locales_free(struct locales *locales)
{
    if (!locales) {
        return;
    }
    for (size_t i = 0; i < locales->count; i++) {
        json_decref(locales->languages[i].context);
    }
    free(locales);
}

static const struct language *find_language(const struct locales *locales, const char *language)
{
    for (size_t i = 0; language && i < locales->count; i++) {
        if (strcmp(locales->languages[i].name, language) == 0) {
            return &locales->languages[i];
        }
    }
    return NULL;
}

bool locales_has(const struct locales *locales, const char *language)
{
    return find_language(locales, language) != NULL;
}

const json_t *locale_context(const struct locales *locales, const char *language)
{
    const struct language *found = find_language(locales, language);
    return found ? found->context : locales->languages[0].context;
}

bool locale_find(struct slice *text, const struct locales *locales, const char *language, struct slice path)
{
    const json_t *value = json_object_get(locale_context(locales, language), "t");
    struct slice rest = path;
    struct slice part;
    bool more = true;
    while (more && value) {
        more = slice_cut(&part, &rest, rest, '.');
        value = json_object_getn(value, part.ptr, part.len);
    }
    if (!json_is_string(value)) {
        return false;
    }
    *text = string_slice(value);
    return true;
}

struct slice locale_text(const struct locales *locales, const char *language, const char *path)
{
    struct slice text;
    if (!locale_find(&text, locales, language, slice_from_cstr(path))) {
        log_error("locale.text", "language=%s missing=%s", language ? language : "", LOG_CSTR(path));
        return slice_from_cstr(path);
    }
    return text;
}

struct slice locale_format_pairs(struct arena *arena, const struct locales *locales, const char *language,
                                 const char *path, const char *const *names_and_values)
{
    struct slice text = locale_text(locales, language, path);
    struct buffer out;
    buffer_init(&out, TEXT_BYTES_MAX);
    struct slice name;
    size_t start, copied = 0, at = 0;
    bool stray = false;
    while (next_placeholder(&name, &start, &at, &stray, text)) {
        for (const char *const *pair = names_and_values; pair[0]; pair += 2) {
            if (slice_equal_cstr(name, pair[0])) {
                buffer_append(&out, (struct slice){text.ptr + copied, start - copied});
                buffer_append_cstr(&out, pair[1]);
                copied = at;
                break;
            }
        }
    }
    buffer_append(&out, (struct slice){text.ptr + copied, text.len - copied});
    if (buffer_failed(&out)) {
        log_error("locale.format", "key=%s fault=\"text too long\"", LOG_CSTR(path));
    }
    struct slice filled = arena_copy(arena, buffer_slice(&out));
    buffer_free(&out);
    return filled;
}

struct slice locale_format(struct arena *arena, const struct locales *locales, const char *language,
                           const char *path, ...)
{
    const char *pairs[2 * FORMAT_PAIRS_MAX + 1];
    size_t count = 0;
    va_list args;
    va_start(args, path);
    const char *name;
    while (count < 2 * FORMAT_PAIRS_MAX && (name = va_arg(args, const char *)) != NULL) {
        pairs[count++] = name;
        pairs[count++] = va_arg(args, const char *);
    }
    va_end(args);
    pairs[count] = NULL;
    return locale_format_pairs(arena, locales, language, path, pairs);
}

struct slice locale_date(struct arena *arena, const struct locales *locales, const char *language,
                         int64_t unix_s)
{
    static const char *const months[] = {"date.month_1", "date.month_2",  "date.month_3",  "date.month_4",
                                         "date.month_5", "date.month_6",  "date.month_7",  "date.month_8",
                                         "date.month_9", "date.month_10", "date.month_11", "date.month_12"};
    struct clock_civil date = clock_civil_nl(unix_s);
    char day[16], year[16];
    snprintf(day, sizeof day, "%d", date.day);
    snprintf(year, sizeof year, "%d", date.year);
    const char *month = arena_cstr(arena, locale_text(locales, language, months[date.month - 1]));
    return locale_format(arena, locales, language, "date.long", "day", day, "month", month, "year", year,
                         NULL);
}

struct slice locale_moment(struct arena *arena, const struct locales *locales, const char *language,
                           int64_t unix_s)
{
    const struct clock_civil at = clock_civil_nl(unix_s);
    char hour[16], minute[16];
    snprintf(hour, sizeof hour, "%d", at.hour);
    snprintf(minute, sizeof minute, "%02d", at.minute);
    return locale_format(arena, locales, language, "date.moment", "date",
                         locale_date(arena, locales, language, unix_s).ptr, "hour", hour, "minute", minute,
                         NULL);
}
