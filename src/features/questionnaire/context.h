/* What the files that make contexts for templates and objects for the API share. A context is a JSON object
 * whose texts are copied; the arena releases it.
 *
 * Mustache looks a name up outwards when the innermost object lacks it. Objects that lie within each other
 * therefore never use one name for two things: what may be absent inside has a name of its own. */
#ifndef ZEVENSTEM_QUESTIONNAIRE_CONTEXT_H
#define ZEVENSTEM_QUESTIONNAIRE_CONTEXT_H

#include "features/questionnaire/model.h"

/* Texts of the document and of the locales were checked when they were loaded; keys are literals. */
#define PUT(object, key, value)      json_object_setn_new_nocheck(object, "" key, sizeof(key) - 1, value)
#define PUT_TEXT(object, key, cstr)  context_put_slice(object, "" key, sizeof(key) - 1, slice_from_cstr(cstr))
#define PUT_SLICE(object, key, text) context_put_slice(object, "" key, sizeof(key) - 1, text)
#define PUT_FLAG(object, key, flag)  context_put_flag(object, "" key, sizeof(key) - 1, flag)

/* An empty text is left out, and so is a flag that is false: a missing name is false in a template. */
static inline void context_put_slice(json_t *object, const char *key, size_t key_len, struct slice text)
{
    if (text.len > 0) {
        json_object_setn_new_nocheck(object, key, key_len, json_stringn_nocheck(text.ptr, text.len));
    }
}
static inline void context_put_flag(json_t *object, const char *key, size_t key_len, bool flag)
{
    if (flag) {
        json_object_setn_new_nocheck(object, key, key_len, json_true());
    }
}

/* {"nl": ..., "en": ...}: what the API shows of a text. */
static inline json_t *context_both(const char *const by[LANGUAGES])
{
    json_t *object = json_object();
    PUT_TEXT(object, "nl", by[0]);
    PUT_TEXT(object, "en", by[1]);
    return object;
}
#define PUT_BOTH(object, key, text)                                                                          \
    do {                                                                                                     \
        if ((text).by[0]) {                                                                                  \
            PUT(object, key, context_both((text).by));                                                       \
        }                                                                                                    \
    } while (0)

static inline void context_release(void *json)
{
    json_decref(json);
}
/* The arena releases it from now on; it is handed back. */
static inline json_t *context_keep(struct arena *arena, json_t *context_take)
{
    arena_defer(arena, context_release, context_take);
    return context_take;
}

static inline const char *language_code(int language)
{
    return language ? "en" : "nl";
}

/* One reader of one questionnaire: who they are, what they answered, what they sent just now. */
struct view {
    struct arena *arena;
    const struct questionnaire *q;
    const struct presentation *p;
    const struct answers *a;
    int language;
    const struct answer_field *posted; /* NULL: what is stored is shown */
    size_t posted_count;
    const struct page_result *result; /* NULL: no errors */
};
static inline const char *view_text(const struct view *v, const char *path)
{
    return arena_cstr(v->arena, locale_text(v->q->locales, language_code(v->language), path));
}

/* ---- questions as form components (context_question.c) ---- */
/* One page item for the template: see src/web/templates/form_item.mustache for its names. alone: its text is
 * the page's h1. follows: a question stands before it on the page. */
json_t *question_component(const struct view *v, const struct question *question,
                           const struct page_item *item, bool alone, bool follows);
/* Which items of a series a page shows to this person, in their order; of the variant only. */
size_t series_items(uint8_t out[MAX_OPTIONS], const struct view *v, const struct question *question,
                    const struct page_item *item);

/* ---- orders (context.c) ---- */
/* The items in this person's order: questions may change places among themselves. Returns their number. */
size_t page_order(uint8_t out[MAX_OPTIONS], const struct questionnaire *q, const struct answers *a,
                  const struct page *page);

/* Sections in the order of the flow: of this person (the drawn instances only), or all in written order when
 * p is NULL. In the arena. */
size_t flow_sections(int **out, struct arena *arena, const struct questionnaire *q,
                     const struct presentation *p);

/* ---- explainers (context_explainer.c) ---- */
/* What a template shows of an explainer. The caller owns it. */
json_t *explainer_object(const struct explainer *explainer, int language);

#endif
