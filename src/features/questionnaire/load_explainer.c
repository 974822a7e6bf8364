/* Explainers: documents of their own, with as much room for hopes as for worries. */
#include "features/questionnaire/load.h"

#include "base/clock.h"
#include "base/utf8.h"

#include <string.h>

enum { MAX_SIDES = 8, MAX_LENGTH_DIFFERENCE = 20 /* percent */ };

int load_find_explainer(const struct questionnaire *q, const char *code)
{
    for (size_t i = 0; i < q->explainer_count; i++) {
        if (strcmp(q->explainers[i].code, code) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static size_t load_sides(struct text *out, struct loader *l, const char *pointer, const json_t *list)
{
    size_t count = json_array_size(list) < MAX_SIDES ? json_array_size(list) : MAX_SIDES;
    for (size_t i = 0; i < count; i++) {
        out[i] = load_text(l, load_index(l, pointer, i), json_array_get(list, i));
    }
    return count;
}

static size_t length_of(const struct text *texts, size_t count, int language)
{
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        length += texts[i].by[language] ? utf8_length(slice_from_cstr(texts[i].by[language])) : 0;
    }
    return length;
}

static void check_balance(struct loader *l, const char *pointer, const struct explainer *e)
{
    if (e->hope_count != e->worry_count) {
        load_fault(l, pointer, "evenwicht", "Geef evenveel hopes als worries.");
        return;
    }
    for (int language = 0; language < LANGUAGES; language++) {
        size_t hopes = length_of(e->hopes, e->hope_count, language);
        size_t worries = length_of(e->worries, e->worry_count, language);
        size_t longer = hopes > worries ? hopes : worries;
        size_t shorter = hopes > worries ? worries : hopes;
        if ((longer - shorter) * 100 > shorter * MAX_LENGTH_DIFFERENCE) {
            json_errors_add(
                l->errors, pointer, "evenwicht",
                "Hopes en worries verschillen meer dan 20 procent in lengte (%s): %zu en %zu tekens.",
                language ? "en" : "nl", hopes, worries);
        }
    }
}

/* A title, who published it and when: what a reader needs to find it. */
static void check_sources(struct loader *l, const char *pointer, const json_t *list)
{
    size_t index;
    json_t *source;
    json_array_foreach((json_t *)(uintptr_t)list, index, source)
    {
        struct slice title, publisher;
        struct slice url = {NULL, 0};
        int64_t year;
        const char *at = load_index(l, pointer, index);
        const struct json_field fields[] = {
            {.name = "title", .kind = JSON_KIND_STRING, .min = 1, .max = 500, .out = &title},
            {.name = "publisher", .kind = JSON_KIND_STRING, .min = 1, .max = 200, .out = &publisher},
            {.name = "year", .kind = JSON_KIND_INT, .min = 1500, .max = 2999, .out = &year},
            {.name = "url", .kind = JSON_KIND_STRING, .optional = true, .min = 1, .max = 2000, .out = &url}};
        load_object(l, at, source, fields, sizeof fields / sizeof fields[0]);
        bool is_web = slice_starts_with(url, SLICE("https://")) || slice_starts_with(url, SLICE("http://"));
        if (url.ptr && (!is_web || memchr(url.ptr, ' ', url.len))) {
            load_fault(l, load_pointer(l, at, "url"), "vorm", "Begin dit adres met https:// of http://.");
        }
    }
}

/* An application is explained from all sides; a value or a term has none. */
static void check_sides(struct loader *l, const char *pointer, const json_t *object, bool application)
{
    static const char *const sides[] = {"exists_already", "hopes", "worries", "unknown", "who_decides"};
    for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++) {
        bool given = json_object_get(object, sides[i]) != NULL;
        if (given != application) {
            load_fault(l, load_pointer(l, pointer, sides[i]), given ? "vorm" : "ontbreekt",
                       given ? "Dit hoort alleen bij een toepassing."
                             : "Bij een toepassing hoort dit erbij.");
        }
    }
}

static void check_day(struct loader *l, const char *pointer, struct slice day)
{
    int32_t ignored;
    if (day.ptr && !clock_parse_day(&ignored, day)) {
        load_fault(l, pointer, "datum", "Schrijf deze datum als 2026-11-01.");
    }
}

/* Nothing when the part is absent. */
static void load_part(struct slice out[LANGUAGES], struct loader *l, const char *pointer, const json_t *text)
{
    if (text) {
        load_html(out, l, pointer, text, 3, NULL);
    }
}

static void load_one(struct loader *l, const char *pointer, const json_t *object)
{
    static const char *const kinds[] = {"application", "value", "term", NULL};
    struct explainer *e = &l->q->explainers[l->q->explainer_count];
    struct slice code = {NULL, 0};
    struct slice kind = {NULL, 0};
    struct slice checked_by = {NULL, 0};
    struct slice checked_on = {NULL, 0};
    json_t *title = NULL, *one_line = NULL, *what = NULL, *exists = NULL, *unknown = NULL, *decides = NULL;
    json_t *hopes = NULL, *worries = NULL, *sources = NULL;
    const struct json_field fields[] = {
        {.name = "code", .kind = JSON_KIND_STRING, .out = &code},
        {.name = "kind", .kind = JSON_KIND_STRING, .one_of = kinds, .out = &kind},
        {.name = "title", .kind = JSON_KIND_OBJECT, .out = &title},
        {.name = "one_line", .kind = JSON_KIND_OBJECT, .out = &one_line},
        {.name = "what", .kind = JSON_KIND_OBJECT, .out = &what},
        {.name = "exists_already", .kind = JSON_KIND_OBJECT, .optional = true, .out = &exists},
        {.name = "hopes",
         .kind = JSON_KIND_ARRAY,
         .optional = true,
         .min = 1,
         .max = MAX_SIDES,
         .out = &hopes},
        {.name = "worries",
         .kind = JSON_KIND_ARRAY,
         .optional = true,
         .min = 1,
         .max = MAX_SIDES,
         .out = &worries},
        {.name = "unknown", .kind = JSON_KIND_OBJECT, .optional = true, .out = &unknown},
        {.name = "who_decides", .kind = JSON_KIND_OBJECT, .optional = true, .out = &decides},
        {.name = "sources", .kind = JSON_KIND_ARRAY, .min = 1, .max = 20, .out = &sources},
        {.name = "checked_by", .kind = JSON_KIND_STRING, .min = 1, .max = 200, .out = &checked_by},
        {.name = "checked_on", .kind = JSON_KIND_STRING, .out = &checked_on},
    };
    if (!load_object(l, pointer, object, fields, sizeof fields / sizeof fields[0])) {
        return;
    }
    e->code = load_code(l, load_pointer(l, pointer, "code"), code);
    e->kind = kind.ptr;
    e->title = load_text(l, load_pointer(l, pointer, "title"), title);
    e->one_line = load_text(l, load_pointer(l, pointer, "one_line"), one_line);
    load_part(e->what, l, load_pointer(l, pointer, "what"), what);
    load_part(e->exists, l, load_pointer(l, pointer, "exists_already"), exists);
    load_part(e->unknown, l, load_pointer(l, pointer, "unknown"), unknown);
    load_part(e->decides, l, load_pointer(l, pointer, "who_decides"), decides);
    e->hope_count = load_sides(e->hopes, l, load_pointer(l, pointer, "hopes"), hopes);
    e->worry_count = load_sides(e->worries, l, load_pointer(l, pointer, "worries"), worries);
    e->sources = sources;
    e->checked_by = checked_by.ptr;
    e->checked_on = checked_on.ptr;
    check_balance(l, pointer, e);
    check_sources(l, load_pointer(l, pointer, "sources"), sources);
    check_day(l, load_pointer(l, pointer, "checked_on"), checked_on);
    if (kind.ptr) {
        check_sides(l, pointer, object, slice_equal_cstr(kind, "application"));
    }
    if (e->code) {
        l->q->explainer_count++;
    }
}

void load_explainers(struct loader *l, const json_t *explainers)
{
    const char *code;
    json_t *object;
    l->q->explainers = arena_array(l->q->arena, json_object_size(explainers), sizeof *l->q->explainers);
    json_object_foreach((json_t *)(uintptr_t)explainers, code, object)
    {
        load_one(l, load_pointer(l, "/explainers", code), object);
    }
}
