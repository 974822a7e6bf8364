/* Guides (gespreksleidraden): what a conversation follows. A document of our own (config/guides/README.md and
 * guide.schema.json tell its form), checked as a whole, kept as versions that never change. Reading and
 * showing are pure. */
#ifndef ZEVENSTEM_FIELDWORK_GUIDE_H
#define ZEVENSTEM_FIELDWORK_GUIDE_H

#include "db/db.h"
#include "json/decode.h"

extern const struct db_statement fieldwork_guide_statements[];

enum { GUIDE_BYTES_MAX = 1024 * 1024 };

/* The phases of a conversation, in this order (Krueger and Casey): everybody says something easy (opening),
 * comes to the subject (introductie), towards what it is about (overgang), what it is about (kern), and what
 * matters most, and was anything missed (afsluiting). NULL-ended. */
extern const char *const guide_phases[];

/* Parses and checks; every fault is added with its JSON pointer. NULL when there was any. The arena owns the
 * document. Beyond what the schema says:
 *   - phases come in order, each at least once, the first part opens and the last closes;
 *   - codes are used once each; what a part refers to is there, and every vignette and stimulus is used;
 *   - minutes of the parts add up to those of the guide;
 *   - every question of the kern is tied to a value or an application, and every value of the seven is come
 * to by some question, stimulus or vignette;
 *   - the last question of an afsluiting asks for what was missed: it is marked "missed". */
const json_t *guide_read(struct json_errors *errors, struct arena *arena, struct slice text);

/* For the template `guide`: title, intended, minutes, language, parts[] {n, code, title, phase_title, from,
 * to, minutes, say, questions[] {n, text, probes[], about}, vignette {title, text}, stimuli[] {title, text}}.
 * phase_titles: words for guide_phases. The caller owns it. */
json_t *guide_context(const json_t *document, const json_t *phase_titles);
/* Whether a guide has a part of this code. */
bool guide_has_part(const json_t *document, struct slice code);

enum guide_outcome {
    GUIDE_KEPT,
    GUIDE_KNOWN /* this very document was kept before */,
    GUIDE_NO_CONSULTATION
};
struct guide_version {
    int32_t id;
    struct slice code;
    int32_t number;
    struct slice title; /* empty where it was not asked for */
    int64_t created_at;
};
/* Keeps a checked document as a new version, unless it is one; *out has id, code and number in either case.
 * As staff; audited. */
enum db_status guide_keep(enum guide_outcome *outcome, struct guide_version *out, struct db_tx *tx,
                          struct slice consultation, const json_t *document, const char *actor,
                          const char *origin);
/* All of a consultation, the newest first; lives with the transaction. */
enum db_status guide_list(struct guide_version **out, size_t *count, struct db_tx *tx,
                          struct slice consultation);
/* *document NULL: no such version. consultation is set too. The arena owns the document. */
enum db_status guide_find(const json_t **document, struct slice *consultation, struct guide_version *out,
                          struct db_tx *tx, struct arena *arena, int32_t id);

#endif
