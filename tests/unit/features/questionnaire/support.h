/* One loaded questionnaire and one participation in it, for the tests of this folder. */
#ifndef ZEVENSTEM_TESTS_QUESTIONNAIRE_SUPPORT_H
#define ZEVENSTEM_TESTS_QUESTIONNAIRE_SUPPORT_H

#include "features/questionnaire/questionnaire.h"
#include "support/leaks.h"
#include "web/web.h"

#include <criterion/criterion.h>
#include <string.h>

#define COMPLETE    "tests/unit/features/questionnaire/fixtures/complete.json"
#define REAL_FOLDER "config/"

struct scene {
    struct arena *arena;
    struct locales *locales;
    struct json_errors errors;
    struct questionnaire *q;
    struct presentation p;
    struct answers a;
};

/* A document of fixtures, parsed. The caller owns it. */
json_t *scene_read(const char *path);
/* Everything but the questionnaire: for documents that are to be refused. */
void scene_prepare(struct scene *s);
/* Loads `path`, which must be without fault. */
void scene_open(struct scene *s, const char *path);
/* The same from a document, which is taken. */
void scene_open_document(struct scene *s, json_t *document_take);
/* The questionnaire of 2026 as the service resolves it: with the explainers that the consultation names. */
void scene_open_real(struct scene *s);
void scene_close(struct scene *s);

/* A participation of the nth seed in a variant. */
void scene_begin(struct scene *s, const char *variant, uint64_t nth);
/* The same of the first seed that gives these instances in this order; "" for one that is not used. */
void scene_begin_with(struct scene *s, const char *variant, const char *first, const char *second);
void scene_seed(unsigned char seed[16], uint64_t nth);

uint16_t scene_page(const struct scene *s, const char *code);
/* Whether the page is among the person's pages now. */
bool scene_has_page(const struct scene *s, const char *code);
/* Posts a page in Dutch. fields: lines of name=value. */
struct page_result scene_post(struct scene *s, const char *page, const char *fields);
/* Posts what must be accepted. */
void scene_answer(struct scene *s, const char *page, const char *fields);
/* Posts what must be refused with one error, whose message holds `words`, and must change nothing. */
void scene_refuse(struct scene *s, const char *page, const char *fields, const char *words);

/* The slot of a variable. */
uint16_t scene_slot(const struct scene *s, const char *variable);
/* What a slot stands for: "-" not asked, "" none, "?" don't know, a category's code or a number. In the
 * arena. */
const char *scene_value(const struct scene *s, const char *variable);
const char *scene_text(const struct scene *s, const char *variable);

#define expect_value(scene, variable, expected)                                                              \
    cr_expect_str_eq(scene_value(scene, variable), expected, "%s is \"%s\", not \"%s\"", variable,           \
                     scene_value(scene, variable), expected)

#endif
