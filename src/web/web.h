/* Pages: Mustache templates over JSON contexts, texts by language, Markdown, assets. Knows HTTP only as bytes to send. */
#ifndef ZEVENSTEM_WEB_WEB_H
#define ZEVENSTEM_WEB_WEB_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/embedded.h"
#include "base/slice.h"

#include <jansson.h>

/* ---- templates (the Mustache specification's core: interpolation, sections, inverted, partials, comments, delimiters) ---- */
struct template_set;
/* Parses every file (name without folder and ".mustache"); partials are found in the same set. NULL with a log line that names file
 * and line of a fault. Strict: an unknown partial is a fault at load. */
struct template_set *template_set_load(const struct embedded_file *files);
/* The same from memory, for tests: names and texts ended by NULL. */
struct template_set *template_set_from_texts(const char *const *names_and_texts);
void template_set_free(struct template_set *set);
/* Renders `name` with a stack of contexts, the first searched last (so: texts, page, ...). Escapes & < > " ' in {{ }}. False when the
 * template is unknown or out failed. Contexts are borrowed. Thread-safe. */
bool template_render(struct buffer *out, const struct template_set *set, const char *name, const json_t *const *contexts,
                     size_t context_count);

/* ---- texts by language: config/locales/<lang>.json, nested objects of strings ---- */
struct locales;
/* NULL with a log line when a file is malformed or the languages differ in keys or in placeholders. */
struct locales *locales_load(const struct embedded_file *files);
void locales_free(struct locales *locales);
/* The whole tree of a language, borrowed: push it as the first context, {{t.start.knop}} (root key "t"). */
const json_t *locale_context(const struct locales *locales, const char *language);
/* One text by dotted path; a missing path is our bug: logged, and the path itself is given. */
struct slice locale_text(const struct locales *locales, const char *language, const char *path);
/* With {name} placeholders filled from pairs of name and value, ended by NULL. In the arena. */
struct slice locale_format(struct arena *arena, const struct locales *locales, const char *language, const char *path, ...)
    __attribute__((sentinel));
/* "24 november 2026" or "24 November 2026", in the European Netherlands. */
struct slice locale_date(struct arena *arena, const struct locales *locales, const char *language, int64_t unix_s);

/* ---- Markdown (cmark, safe: no raw HTML, no data: or javascript: links) with the design system's classes ---- */
struct slice web_markdown(struct arena *arena, struct slice markdown, int first_heading_level);

/* ---- assets: hashed, precompressed, immutable ---- */
/* Path for use in a page, "/assets/zevenstem.3f2a91c4.css", by plain name "zevenstem.css"; NULL when unknown. */
const char *web_asset_path(const char *plain_name);
/* By path segment after /assets/; false when unknown. gzip: the precompressed form, wanted by the client and there. */
bool web_asset_find(struct slice *bytes, const char **content_type, bool *gzip, struct slice segment, bool wants_gzip);

#endif
