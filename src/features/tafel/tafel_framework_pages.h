/* What the pages about the assessment framework share. */
#ifndef ZEVENSTEM_TAFEL_FRAMEWORK_PAGES_H
#define ZEVENSTEM_TAFEL_FRAMEWORK_PAGES_H

#include "features/tafel/tafel_framework_sql.h"
#include "features/tafel/tafel_kept.h"

#define FRAMEWORK_PATH        "/beheer/afwegingskaders"
#define FRAMEWORK_PUBLIC_PATH "/afwegingskaders"

extern const struct route framework_routes[], framework_api_routes[], framework_staff_routes[],
    framework_section_routes[], framework_version_routes[];
extern const size_t framework_route_count, framework_api_route_count, framework_staff_route_count,
    framework_section_route_count, framework_version_route_count;

extern const struct kept_kind framework_kind;
/* kept_open, and what is shown of invented data says so. */
bool framework_open(struct kept_page *out, enum db_status *status, const struct tafel *tafel,
                    struct db_tx *tx, struct http_exchange *ex, bool to_change);
enum framework_state framework_state_of(const struct kept_page *page);
/* "overheid": its word on pages, by a text of the locales "tafel.framework.options.CODE". */
const char *framework_word(struct http_exchange *ex, const struct tafel *tafel, const char *code);

/* ---- a sheet that is being written ---- */

/* The content of a section as it stands; NULL: nothing was written. revision 0 then. */
json_t *framework_content(int32_t *revision, const struct kept_page *page, enum framework_section section);
/* All of it in the shape of a version's document, in the exchange's arena, without what is drawn from
 * elsewhere: a list is its entries, without their passages. */
json_t *framework_concept(const struct kept_page *page);

/* Decisions of meetings whose list is adopted, for a choice: [{code, label}]. version: of meetings that can
 * have seen this one; 0: all. The caller owns it. */
enum db_status framework_decision_options(json_t **options, const struct kept_page *page, int32_t version);

/* The version that lies before somebody; NULL: none does. */
const json_t *framework_before_somebody(const struct kept_page *page);
/* A text of the locales that says why the caller is no second person of that version; NULL: they are one. */
const char *framework_own_hand(const struct kept_page *page);

/* ---- putting forward (tafel_framework_freeze.c) ---- */

/* Puts in the concept what is drawn from elsewhere: the evidence by method as the newest public value map of
 * the chosen round has it, and the decision that the conclusion rests on. Nothing that is not public comes
 * in. *why: a text of the locales that says why there is no evidence; NULL: there is, or none was asked. */
enum db_status framework_freeze(const char **why, json_t *concept, const struct kept_page *page);
/* One of framework_decisions as a conclusion keeps it: its words only where the item is on the public list.
 * The caller owns it. */
json_t *framework_decision(const json_t *found);
/* What the arguments of the concept rest on. *gone: the passages of it that may not be used (any more), as
 * "12, 15"; empty: none. */
enum db_status framework_proofs(struct framework_proof **out, size_t *count, struct slice *gone,
                                const struct kept_page *page);

/* ---- words (tafel_framework_words.c) ---- */

/* Of a document the sections in the page's language: [{code, titel, none, any, regels[] {kop, kop_nl, woord,
 * antwoord, tekst, meer_pad, deel, rust, ingetrokken, citaten[] {tekst, taal}, any_nummers, nummers[]
 * {nummer, weg}}, and of the evidence any_cells, from, map_path, about[] and what value_map_rows takes}]. The
 * caller owns it. */
json_t *framework_words(const json_t *document, struct http_exchange *ex, const struct tafel *tafel);
/* A version for the template framework_body: its sections, when and by whom it was approved. */
void framework_put_version(json_t *context, const json_t *document, struct http_exchange *ex,
                           const struct tafel *tafel);
/* What differs between two documents: [{code, titel, zelfde, stukken[] {tekst, weg, nieuw}}]. The caller owns
 * it. */
json_t *framework_differences(const json_t *older, const json_t *newer, struct http_exchange *ex,
                              const struct tafel *tafel);

/* ---- which sheets are public, in memory (tafel_framework_shelf.c) ---- */

struct framework_shelf;
struct framework_shelf *framework_shelf_create(void); /* NULL when out of memory */
void framework_shelf_destroy(struct framework_shelf *shelf);
bool framework_shelf_has(struct framework_shelf *shelf, const char *consultation, struct slice application);
/* What is there now, and whether that differs from before; for who approves, and each minute. */
enum db_status framework_shelf_read(bool *changed, struct framework_shelf *shelf, struct db_tx *tx);
/* Where the sheet of an application is to be read, in the arena; NULL: there is none. */
const char *framework_public_path(struct arena *arena, const struct tafel *tafel, const char *consultation,
                                  struct slice application);

#endif
