/* Renders one template from texts with one JSON context, for assertions. */
#ifndef ZEVENSTEM_TESTS_WEB_RENDER_HELPER_H
#define ZEVENSTEM_TESTS_WEB_RENDER_HELPER_H

#include "base/log.h"
#include "web/web.h"

#include <criterion/criterion.h>
#include <string.h>

enum { RENDER_BYTES_MAX = 1024 * 1024 };

/* The result is the caller's (free it); NULL when loading or rendering failed. */
static inline char *render_texts(const char *const *names_and_texts, const char *name, const json_t *context)
{
    struct template_set *set = template_set_from_texts(names_and_texts);
    if (!set) {
        return NULL;
    }
    struct buffer out;
    buffer_init(&out, RENDER_BYTES_MAX);
    const json_t *contexts[] = {context};
    char *text = NULL;
    if (template_render(&out, set, name, contexts, 1)) {
        text = strndup(out.ptr ? out.ptr : "", out.len);
    }
    buffer_free(&out);
    template_set_free(set);
    return text;
}

static inline char *render(const char *template_text, const char *json)
{
    const char *const texts[] = {"t", template_text, NULL, NULL};
    json_error_t error;
    json_t *context = json_loads(json, JSON_DECODE_ANY, &error);
    cr_assert_not_null(context, "%s", error.text);
    char *text = render_texts(texts, "t", context);
    json_decref(context);
    return text;
}

#define expect_render(template_text, json, expected)                                                         \
    do {                                                                                                     \
        char *rendered_ = render(template_text, json);                                                       \
        cr_expect_not_null(rendered_);                                                                       \
        cr_expect_str_eq(rendered_ ? rendered_ : "(failed)", expected);                                      \
        free(rendered_);                                                                                     \
    } while (0)

static inline void expect_refused(const char *template_text)
{
    const char *const texts[] = {"t", template_text, NULL, NULL};
    log_set_level(LOG_SILENT);
    struct template_set *set = template_set_from_texts(texts);
    log_set_level(LOG_INFO);
    cr_expect_null(set, "should be refused: %s", template_text);
    template_set_free(set);
}

#endif
