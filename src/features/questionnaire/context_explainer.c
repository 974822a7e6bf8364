/* Explainers: in the form, and as pages of their own. */
#include "features/questionnaire/context.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static json_t *texts(const struct text *list, size_t count, int language)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(array, json_string_nocheck(list[i].by[language]));
    }
    return array;
}

json_t *explainer_object(const struct explainer *explainer, int language)
{
    json_t *object = json_object();
    PUT_TEXT(object, "code", explainer->code);
    PUT_TEXT(object, "title", explainer->title.by[language]);
    PUT_TEXT(object, "one_line", explainer->one_line.by[language]);
    PUT_SLICE(object, "what_html", explainer->what[language]);
    PUT_SLICE(object, "exists_html", explainer->exists[language]);
    PUT_SLICE(object, "unknown_html", explainer->unknown[language]);
    PUT_SLICE(object, "who_decides_html", explainer->decides[language]);
    PUT_FLAG(object, "has_hopes", explainer->hope_count > 0);
    PUT(object, "hopes", texts(explainer->hopes, explainer->hope_count, language));
    PUT(object, "worries", texts(explainer->worries, explainer->worry_count, language));
    return object;
}

/* The store does not keep the order of a document's members: a list for people goes by title. */
struct listed {
    const struct explainer *explainer;
    const char *title;
};

static int by_title(const void *a, const void *b)
{
    return strcasecmp(((const struct listed *)a)->title, ((const struct listed *)b)->title);
}

json_t *questionnaire_explainers_context(struct arena *arena, const struct questionnaire *q, const char *kind,
                                         int language)
{
    json_t *list = json_array();
    struct listed *found = arena_array(arena, q->explainer_count, sizeof *found);
    size_t count = 0;
    for (size_t i = 0; i < q->explainer_count; i++) {
        if (strcmp(q->explainers[i].kind, kind) == 0) {
            found[count++] = (struct listed){&q->explainers[i], q->explainers[i].title.by[language]};
        }
    }
    qsort(found, count, sizeof *found, by_title);
    for (size_t i = 0; i < count; i++) {
        json_t *line = json_object();
        PUT_TEXT(line, "code", found[i].explainer->code);
        PUT_TEXT(line, "title", found[i].title);
        PUT_TEXT(line, "one_line", found[i].explainer->one_line.by[language]);
        json_array_append_new(list, line);
    }
    return context_keep(arena, list);
}

/* "2026-11-24" as people write it; as it stands when it is no such date. */
static struct slice written_date(struct arena *arena, const struct questionnaire *q, const char *date,
                                 int language)
{
    struct slice year;
    struct slice month;
    struct slice day;
    uint64_t numbers[3];
    char path[24];
    slice_cut(&year, &day, slice_from_cstr(date), '-');
    slice_cut(&month, &day, day, '-');
    if (!slice_to_u64(&numbers[0], year, 9999) || !slice_to_u64(&numbers[1], month, 12) || numbers[1] == 0 ||
        !slice_to_u64(&numbers[2], day, 31)) {
        return slice_from_cstr(date);
    }
    snprintf(path, sizeof path, "date.month_%d", (int)numbers[1]);
    const char *name = arena_cstr(
        arena, locale_text(q->locales, language_code(language), arena_cstr(arena, slice_from_cstr(path))));
    return locale_format(arena, q->locales, language_code(language), "date.long", "day",
                         arena_printf(arena, "%d", (int)numbers[2]).ptr, "month", name, "year",
                         arena_printf(arena, "%d", (int)numbers[0]).ptr, NULL);
}

json_t *questionnaire_explainer_context(struct arena *arena, const struct questionnaire *q, struct slice code,
                                        int language)
{
    for (size_t i = 0; i < q->explainer_count; i++) {
        const struct explainer *explainer = &q->explainers[i];
        if (slice_equal_cstr(code, explainer->code)) {
            json_t *context = explainer_object(explainer, language);
            PUT(context, "sources", json_deep_copy(explainer->sources));
            PUT_TEXT(context, "checked_by", explainer->checked_by);
            PUT_SLICE(context, "checked_on", written_date(arena, q, explainer->checked_on, language));
            return context_keep(arena, context);
        }
    }
    return NULL;
}
