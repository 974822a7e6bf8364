/* What makes sentences of a value map's JSON: shared by its two files (a cell: tafel_value_map_words.c; the
 * map: tafel_value_map_about.c). */
#ifndef ZEVENSTEM_TAFEL_VALUE_MAP_WORDS_H
#define ZEVENSTEM_TAFEL_VALUE_MAP_WORDS_H

#include "features/tafel/tafel_value_map_view.h"

struct map_words {
    struct arena *arena;
    const struct locales *locales;
    const char *language;
};
struct map_words map_words_of(struct http_exchange *ex, const struct web *web);

/* Texts are the arena's, or the JSON's. */
#define MAP_FORMAT(w, path, ...)                                                                             \
    locale_format((w)->arena, (w)->locales, (w)->language, path, __VA_ARGS__, NULL).ptr
/* The text of a code: "tafel.map.GROUP.CODE". */
const char *map_word(const struct map_words *w, const char *group, const char *code);
/* "" where there is none. */
const char *map_text(const json_t *object, const char *member);
/* A whole number. */
const char *map_count(const struct map_words *w, const json_t *object, const char *member);
const char *map_number(const struct map_words *w, double x, int decimals, bool sign);
/* Of titles as questionnaire_explainers_context gives them; instead: where the code is none of them. */
const char *map_title_of(const json_t *titles, const char *code, const char *instead);
/* Coders agree too little about it: every table of what conversations say of it says so. */
bool map_value_below(const json_t *map, const char *value);

#endif
