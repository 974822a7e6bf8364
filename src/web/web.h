/* Pages: Mustache templates over JSON contexts, texts by language, Markdown, assets. Knows HTTP only as bytes
 * to send. page.h puts them together; most callers need only that. */
#ifndef ZEVENSTEM_WEB_WEB_H
#define ZEVENSTEM_WEB_WEB_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/embedded.h"
#include "base/slice.h"

#include <jansson.h>

/* ---- templates: the Mustache specification's core modules (interpolation, sections, inverted, partials,
 * comments, delimiters). Stricter than it in one point: an unknown partial is a fault at load. Where it
 * leaves a choice: an empty string is false in a section, the number 0 is true; numbers are written in their
 * shortest form, true and false as words; writing an object or a list as text is our bug and fails. ---- */
struct template_set;
/* Parses every file (name without folder and ".mustache"); partials are found in the same set. NULL with a
 * log line that names file and line of each fault: bad tags, sections that cross or nest deeper than 32, two
 * files of one name. */
struct template_set *template_set_load(const struct embedded_file *files);
/* The same from memory, for tests: names and texts ended by NULL. */
struct template_set *template_set_from_texts(const char *const *names_and_texts);
void template_set_free(struct template_set *set);
/* What is known beforehand: the tags that write a text found in `texts`, an object whose names no context
 * has, get that text for good. The set renders as it did with `texts` as its first context, which it still
 * needs where a section is named after one of them. Before the set is shared. */
void template_set_bind(struct template_set *set, const json_t *texts);
/* Renders `name` with a stack of contexts, the first searched last (so: texts, page, ...); "." is the last.
 * Escapes & < > " ' in {{ }}, nothing in {{{ }}}. False when the template is unknown, contexts (96) or
 * partials (48) nest too deep, or out failed; out then holds rubbish. Contexts are borrowed and only read.
 * Thread-safe. */
bool template_render(struct buffer *out, const struct template_set *set, const char *name,
                     const json_t *const *contexts, size_t context_count);
/* Shows every name in the set to `visit`, so that names can be checked at load. False when any visit was. */
typedef bool (*template_name_visitor)(const char *file, unsigned line, struct slice name, void *context);
bool template_set_each_name(const struct template_set *set, template_name_visitor visit, void *context);

/* Appends text with & < > " ' as entities: for the few places that write HTML without a template. */
void web_escape(struct buffer *out, struct slice text);

/* ---- texts by language: config/locales/<lang>.json, nested objects of strings. A string may hold
 * {placeholders}. ---- */
struct locales;
/* NULL with a log line for each fault: malformed file, a leaf that is not a string, an empty string, a stray
 * brace, languages that differ in keys or in placeholders, no "nl". */
struct locales *locales_load(const struct embedded_file *files);
void locales_free(struct locales *locales);
/* Whether there is a file for it. Elsewhere an unknown language reads as "nl". */
bool locales_has(const struct locales *locales, const char *language);
/* The whole tree of a language, borrowed: push it as the first context, {{t.start.knop}} (root key "t"). */
const json_t *locale_context(const struct locales *locales, const char *language);
/* One text by dotted path; false when the path leads to no text. */
bool locale_find(struct slice *text, const struct locales *locales, const char *language, struct slice path);
/* The same; a missing path is our bug: logged, and the path itself is given (it must outlive
 * the result). */
struct slice locale_text(const struct locales *locales, const char *language, const char *path);
/* With {name} placeholders filled from pairs of name and value (const char *), ended by NULL. In the arena. A
 * placeholder without value stays as written. */
struct slice locale_format(struct arena *arena, const struct locales *locales, const char *language,
                           const char *path, ...) __attribute__((sentinel));
/* The same from an array of name, value, name, value, ..., NULL. */
struct slice locale_format_pairs(struct arena *arena, const struct locales *locales, const char *language,
                                 const char *path, const char *const *names_and_values);
/* "24 november 2026" or "24 November 2026", in the European Netherlands. */
struct slice locale_date(struct arena *arena, const struct locales *locales, const char *language,
                         int64_t unix_s);
/* "24 november 2026, 16.33 uur" or "24 November 2026, 16:33", there too. */
struct slice locale_moment(struct arena *arena, const struct locales *locales, const char *language,
                           int64_t unix_s);

/* ---- Markdown (CommonMark by cmark) with the design system's classes. "#" becomes a heading of
 * first_heading_level (1..6), deeper ones follow, never past 6. Raw HTML is shown as text. Links only to
 * http(s), mailto, tel and paths of this site, images only from paths of this site; others leave their text.
 * The result is safe to put in a page as it is ({{{..._html}}}). Empty when it passed 4 MiB. ---- */
struct slice web_markdown(struct arena *arena, struct slice markdown, int first_heading_level);

/* ---- assets: build/assets/<name>.<hash8>.<ext> and <...>.gz, immutable by name ---- */
struct assets;
/* files: embedded_assets. Never NULL. Keeps the table. */
struct assets *assets_load(const struct embedded_file *files);
void assets_free(struct assets *assets);
/* Path for use in a page, "/assets/zevenstem.3f2a91c4.css", by plain name "zevenstem.css"; NULL when unknown.
 */
const char *assets_path(const struct assets *assets, const char *plain_name);
/* By path segment after /assets/; false when unknown. *gzip: these are the precompressed bytes (wanted, and
 * there), to be sent with Content-Encoding: gzip. A ".gz" name of its own is unknown. Bytes live as long as
 * the program. */
bool assets_find(struct slice *bytes, const char **content_type, bool *gzip, const struct assets *assets,
                 struct slice segment, bool wants_gzip);

#endif
