/* Files under the Wet open overheid: every piece about a signal, a meeting or a round in order, with what
 * somebody judged of each: given in full, in part, or not, on which ground. What is taken out is gone from
 * what is written, with the ground in its place; the piece itself stays as it is. What nobody judged is not
 * given. */
#ifndef ZEVENSTEM_OPENDATA_WOO_H
#define ZEVENSTEM_OPENDATA_WOO_H

#include "db/db.h"
#include "formats/dataset.h"

struct crypto_keys;

extern const struct db_statement woo_statements[];

enum { WOO_BYTES_MAX = 64 * 1024 * 1024 /* of the texts of a whole file */ };

enum woo_subject { WOO_SIGNAL, WOO_MEETING, WOO_ROUND, WOO_SUBJECTS };
extern const char *const woo_subjects[WOO_SUBJECTS]; /* "signaal", ... in addresses */

enum woo_outcome { WOO_OPEN, WOO_PART, WOO_CLOSED, WOO_OUTCOMES };
extern const char *const woo_outcomes[WOO_OUTCOMES]; /* "openbaar", "deels", "niet" */

/* The grounds of articles 5.1 and 5.2. NULL: there is no such. */
struct woo_ground {
    const char *code, *text; /* "5.1.2.e", and what it protects */
};
extern const struct woo_ground woo_grounds[];
extern const size_t woo_ground_count;
const struct woo_ground *woo_ground_find(struct slice code);

/* [from, to) in code points. */
struct woo_span {
    size_t from, to;
    const char *ground;
};
struct woo_piece {
    int64_t number;                /* of the file's pieces, from 1 */
    const char *key;               /* "bespreking-12" */
    const char *kind;              /* "bespreking" */
    int32_t day;                   /* days since 1970-01-01 */
    const char *sender, *receiver; /* by role: never a name of a person */
    const char *step;              /* of a step, whatever was asked for: "Van opgevangen naar gewogen"; "" */
    struct slice text;             /* empty where it was not asked for */
    bool marked_open;              /* by the mark that it has of old */
    bool assessed;                 /* somebody did, of the text as it is */
    bool outdated;                 /* somebody did, of a text that it was */
    enum woo_outcome outcome;
    const char *ground;     /* of what is not given; NULL: none */
    struct woo_span *spans; /* what is taken out */
    size_t span_count;
};
struct woo_file {
    enum woo_subject subject;
    const char *name;         /* "signaal 12": number or code */
    struct woo_piece *pieces; /* in order of their day */
    size_t count;
    int64_t all; /* how many there are; 0 where none was read */
    bool found;
    bool too_large; /* no pieces: their texts are more than WOO_BYTES_MAX */
};
/* Which of its pieces are read, and whether with their texts. */
struct woo_asked {
    enum woo_subject subject;
    struct slice code;  /* a number, or the code of a round */
    struct slice piece; /* its key: that one alone; empty: all */
    int64_t from, most; /* how many are left out before, and how many come then */
    bool texts;
};
/* All pieces and texts of a subject. */
struct woo_asked woo_whole(enum woo_subject subject, struct slice code);
/* As staff, in the arena. *found false: there is no such subject. */
enum db_status woo_read(struct woo_file *out, struct db_tx *tx, struct arena *arena,
                        const struct woo_asked *asked);
/* Of a piece that nobody assessed, with its text: names are proposed to be taken out wherever they stand. */
enum db_status woo_propose(struct woo_piece *piece, struct db_tx *tx, struct arena *arena);
/* What somebody judged; audited (woo.assess). The spans are of piece->text. */
enum db_status woo_assess(struct db_tx *tx, const struct woo_piece *piece, enum woo_outcome outcome,
                          const char *ground, const struct woo_span *spans, size_t count, const char *by,
                          const char *origin);

/* ---- pure ---- */
/* Every place where one of the texts stands as a word of its own, the first first, without overlaps. */
void woo_find(struct woo_span **out, size_t *count, struct arena *arena, struct slice text,
              const struct slice *words, size_t word_count, const char *ground);
/* Whether this one does. */
bool woo_stands_in(struct slice text, struct slice word);
/* What the spans of a piece hold, each text once, a line each: woo_find of these lines gives them again. */
struct slice woo_lines(struct arena *arena, const struct woo_piece *piece);
/* The text without the spans, "[5.1.2.e]" in the place of each. In the arena. */
struct slice woo_redact(struct arena *arena, struct slice text, const struct woo_span *spans, size_t count);
/* What is given of a piece: empty where nothing is. */
struct slice woo_given(struct arena *arena, const struct woo_piece *piece);

/* ---- the file ---- */
/* A ZIP: the pieces as HTML and JSON, the inventory as CSV and ODS, a signed list. Only DATASET_OK means that
 * it is whole. */
enum dataset_status woo_write(struct arena *arena, const struct woo_file *file,
                              const struct crypto_keys *keys, int64_t now_s, struct dataset_output output);

#endif
