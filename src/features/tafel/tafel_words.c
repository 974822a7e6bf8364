#include "features/tafel/tafel_words.h"

#include "base/clock.h"

#include <string.h>

enum { DAY_S = 86400 };

struct speaker {
    struct http_exchange *ex;
    const struct web *web;
    const struct tafel_word_list *list;
};

static struct slice word_of(const struct speaker *s, const json_t *code)
{
    struct slice word = {NULL, 0};
    if (json_is_string(code)) {
        locale_find(
            &word, web_locales(s->web), http_language(s->ex),
            arena_printf(http_arena(s->ex), "%s.options.%s", s->list->texts, json_string_value(code)));
    }
    return word;
}

static void put(const struct speaker *s, json_t *object, const char *member, const char *end,
                struct slice text)
{
    json_object_set_new(object, arena_printf(http_arena(s->ex), "%s_%s", member, end).ptr,
                        json_stringn(text.ptr, text.len));
}

static void add_word(const struct speaker *s, json_t *object, const char *member)
{
    size_t i;
    const json_t *item, *value = json_object_get(object, member);
    struct slice all = word_of(s, value);
    json_array_foreach(value, i, item)
    {
        const struct slice word = word_of(s, item);
        if (word.len > 0) {
            all = arena_printf(http_arena(s->ex), "%.*s%s%.*s", SLICE_ARG(all), all.len > 0 ? ", " : "",
                               SLICE_ARG(word));
        }
    }
    if (all.len > 0) {
        put(s, object, member, "woord", all);
    }
}

static void add_day(const struct speaker *s, json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    int64_t unix_s;
    int32_t day;
    if (!text) {
        return;
    }
    if (!clock_parse_rfc3339(&unix_s, slice_from_cstr(text))) {
        unix_s = clock_parse_day(&day, slice_from_cstr(text)) ? (int64_t)day * DAY_S : 0;
    }
    put(s, object, member, "woord",
        locale_date(http_arena(s->ex), web_locales(s->web), http_language(s->ex), unix_s));
}

static void add_number(const struct speaker *s, json_t *object, const char *member, bool sign)
{
    const json_t *value = json_object_get(object, member);
    if (!json_is_real(value)) {
        return;
    }
    char *text = arena_cstr(http_arena(s->ex),
                            arena_printf(http_arena(s->ex), sign ? "%+.1f" : "%.1f", json_real_value(value)));
    char *point = strchr(text, '.');
    if (point && strcmp(http_language(s->ex), "nl") == 0) {
        *point = ',';
    }
    put(s, object, member, "tekst", slice_from_cstr(text));
}

static void say(const struct speaker *s, json_t *value)
{
    const struct tafel_word_list *list = s->list;
    size_t i;
    json_t *item;
    const char *key;
    json_array_foreach(value, i, item)
    {
        say(s, item);
    }
    if (!json_is_object(value)) {
        return;
    }
    json_object_foreach(value, key, item)
    {
        say(s, item);
    }
    for (i = 0; list->members && list->members[i]; i++) {
        add_word(s, value, list->members[i]);
    }
    for (i = 0; list->days && list->days[i]; i++) {
        add_day(s, value, list->days[i]);
    }
    for (i = 0; list->numbers && list->numbers[i]; i++) {
        add_number(s, value, list->numbers[i], false);
    }
    for (i = 0; list->differences && list->differences[i]; i++) {
        add_number(s, value, list->differences[i], true);
    }
}

void tafel_say_words(json_t *value, struct http_exchange *ex, const struct web *web,
                     const struct tafel_word_list *list)
{
    const struct speaker speaker = {ex, web, list};
    say(&speaker, value);
}
