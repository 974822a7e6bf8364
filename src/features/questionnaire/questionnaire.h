/* The questionnaire as a frozen document: definition, codebook of variables, what each person sees, checking
 * of answers. Pure: no I/O, no clock; everything a person sees follows from (questionnaire, variant, seed,
 * answers). The format of the document: config/consultations/README.md. A struct questionnaire is immutable
 * after load and shared between threads. */
#ifndef ZEVENSTEM_QUESTIONNAIRE_H
#define ZEVENSTEM_QUESTIONNAIRE_H

#include "base/arena.h"
#include "base/slice.h"
#include "stats/answer.h"
#include "json/decode.h"

struct questionnaire;

/* ---- loading ---- */
/* Decodes and checks a resolved document: {"questionnaire": {...}, "explainers": {code: {...}}}. Every fault
 * is added with its JSON pointer. NULL when there was any. The caller owns it: questionnaire_free. */
struct locales;
struct questionnaire *questionnaire_load(struct json_errors *errors, const json_t *document,
                                         const struct locales *locales);
void questionnaire_free(struct questionnaire *q);
/* [a-z0-9]+(-[a-z0-9]+)*, at most 40 characters: what every code of a document is. */
bool questionnaire_is_code(struct slice code);
struct slice questionnaire_code(const struct questionnaire *q);
/* As the document says it: a text, or a whole number in digits. */
struct slice questionnaire_version(const struct questionnaire *q);

/* ---- pictures of its pages: the document carries them as base64url in "data", put there when it is
 * published ---- */
enum { QUESTIONNAIRE_PICTURE_BYTES_MAX = 512 * 1024 };
struct questionnaire_picture {
    const char *media_type;
    struct slice bytes;
};
/* name: the last part of /afbeelding/<name>. False when there is none. */
bool questionnaire_picture(struct questionnaire_picture *out, const struct questionnaire *q,
                           struct slice name);
/* Whether these bytes are a picture that a page may carry: PNG, JPEG or WebP within the limit. */
bool questionnaire_picture_known(struct slice bytes);

/* ---- the codebook: one variable = one slot = one column ---- */
enum variable_kind { VARIABLE_CATEGORY, VARIABLE_NUMBER, VARIABLE_TEXT };
/* Stevens' level of measurement: what may be computed of it. */
enum variable_level {
    LEVEL_NOMINAL, /* names: counts and shares alone */
    LEVEL_ORDINAL, /* points of a scale, with scores */
    LEVEL_NUMBER   /* the number itself */
};
/* What the variables of one question are together. */
enum variable_set {
    SET_ALONE,     /* it has but one */
    SET_MULTIPLE,  /* no or yes to each option of a question with several answers */
    SET_SERIES,    /* each item on the same scale */
    SET_RANKING,   /* who stands in place 1, 2, ... */
    SET_POINTS,    /* points to each option, together 100 */
    SET_BEST_WORST /* the most and the least of three, by turns, in seven tasks */
};
struct variable_category {
    const char *code;
    const char *label[2]; /* [0] nl, [1] en */
};
/* SHA-256 of the canonical JSON (RFC 8785) of what a question says in all languages: type, text, hint, unit,
 * options and items with their codes and labels, bounds, and whether one can say "weet ik niet". Not of where
 * it stands, of routing, tags or order. A letter more or less is another wording. */
enum { QUESTIONNAIRE_WORDING_BYTES = 32 };

/* What a variable measures; a member is NULL where it says nothing. */
struct variable_tag {
    const char *value, *dimension, *facet, *application;
};
struct variable {
    const char *code;
    enum variable_kind kind;
    uint32_t offset;         /* byte offset of its slot in the answer vector */
    uint8_t width;           /* 1 or 2 bytes, little-endian */
    uint16_t category_count; /* slot value ANSWER_FIRST + k is category k; NUMBER: number k */
    const struct variable_category *categories;
    int32_t number_max; /* NUMBER */
    enum variable_level level;
    const uint8_t *scores; /* ORDINAL: of each category, 1 for the least of what the scale measures up to the
                              number of its points for the most; NULL for other levels */
    enum variable_set set;
    size_t set_first, set_count; /* those of its question, open boxes apart; itself alone for SET_ALONE */
    const char *picks_from;      /* code of the question out of whose chosen options this one picks; NULL */
    uint32_t text_limit;         /* TEXT, code points */
    bool system;                 /* the service's own: not answered by the citizen */
    const char *label[2];        /* the wording shown, items and options included */
    const char *asked[2];        /* the question alone; NULL for system variables */
    const char *part[2];         /* the item, option or place alone; NULL where it is the whole question */
    const char *question;        /* code of its question; NULL for system variables */
    const char *value, *dimension, *facet,
        *application;                /* of its first tag, gaps filled from the next; NULL when absent */
    const struct variable_tag *tags; /* all of them: of the option or item, then of the question */
    size_t tag_count;
    bool background; /* in block achtergrond: may be a dimension of tables */
    bool locked;     /* kept equal for trends */
    /* Versions of the same questionnaire in which its question, though in other words, is declared to ask the
     * same. As questionnaire_version names them; NULL for none. */
    const char *const *equivalent;
    size_t equivalent_count;
    const unsigned char
        *wording; /* of its question, QUESTIONNAIRE_WORDING_BYTES; NULL for system variables */
};
const struct variable *questionnaire_variables(size_t *count, const struct questionnaire *q);
/* -1 when unknown. */
int questionnaire_find_variable(const struct questionnaire *q, struct slice code);
/* Bytes of an answer vector; at most 4096. */
size_t questionnaire_vector_size(const struct questionnaire *q);
/* held[code]: whether a response of one of these variants can hold that code of a variable, by the
 * questionnaire alone: who may be left unasked, who can say "weet ik niet", which answers nobody may give.
 * What is stored is never anything else; that nobody gave it is another matter. */
void questionnaire_held_codes(bool *held, uint32_t code_count, const struct questionnaire *q, size_t variable,
                              const int *variants, size_t variant_count);
/* Whether any of these variants asks the question of this variable. System variables are in all of them. */
bool questionnaire_asks(const struct questionnaire *q, size_t variable, const int *variants,
                        size_t variant_count);
/* To whom these variants put the question of a variable, in a sentence; empty when to everybody. In the
 * arena. language: 0 nl, 1 en. (asked_words.c) */
struct slice questionnaire_asked_words(struct arena *arena, const struct questionnaire *q, size_t variable,
                                       const int *variants, size_t variant_count, int language);
/* The system variables that tell what chance varied about the question of a variable: direction of its scale,
 * orders of its options or items, of its page, of the explanation before it, of the parts of the
 * questionnaire (not for background, which is a fact). How many stand in out. */
enum { QUESTIONNAIRE_ARRANGEMENTS_MAX = 5 };
size_t questionnaire_arrangements(size_t *out, size_t max, const struct questionnaire *q, size_t variable);
uint16_t answer_get(const unsigned char *vector, const struct variable *v);
void answer_set(unsigned char *vector, const struct variable *v, uint16_t slot);
/* The core questions: those that the questionnaire locks, each with the digest of its wording in hex:
 * {question code, with the instance's prefix: 64 digits}. The caller owns it. (wording.c) */
json_t *questionnaire_core(const struct questionnaire *q);
/* The codebook, Dutch member names, for the API and exports. The caller owns it. */
json_t *questionnaire_codebook_json(const struct questionnaire *q);

/* ---- what a person sees ---- */
enum { QUESTIONNAIRE_MAX_DRAWS = 4 };
/* Everything random about one participation, from the seed alone. */
struct presentation {
    int variant;                        /* index in variants */
    int drawn[QUESTIONNAIRE_MAX_DRAWS]; /* instance index per draw, in the order shown; -1: not used */
    int draw_count;
    unsigned char seed[16];
};
int questionnaire_find_variant(const struct questionnaire *q, struct slice code); /* -1 when unknown */
size_t questionnaire_variant_count(const struct questionnaire *q);
const char *questionnaire_variant_code(const struct questionnaire *q, int variant);
const char *questionnaire_variant_title(const struct questionnaire *q, int variant, int language);
int questionnaire_variant_minutes(const struct questionnaire *q, int variant);
void presentation_derive(struct presentation *out, const struct questionnaire *q, int variant,
                         const unsigned char seed[16]);
/* The same for answers that are there: with the instances that their vector says were assigned, which may
 * come from elsewhere than the seed. */
void presentation_restore(struct presentation *out, const struct questionnaire *q, int variant,
                          const unsigned char seed[16], const unsigned char *vector);
/* Which cell of the design (combination of drawn instances, order apart) a presentation is; 0..count-1. To
 * balance, draw codes until the cell is among the least started. */
size_t presentation_cell(const struct questionnaire *q, const struct presentation *p);
size_t presentation_cell_count(const struct questionnaire *q, int variant);

/* ---- a participation's answers ---- */
struct answers {
    unsigned char *vector; /* questionnaire_vector_size bytes */
    struct slice *texts;   /* one a TEXT variable (index: text_index); empty when none */
};
/* All ANSWER_NOT_ASKED, but the system variables that follow from p (variant, scale direction, orders,
 * assigned). In the arena. */
struct answers answers_begin(struct arena *arena, const struct questionnaire *q,
                             const struct presentation *p);
size_t questionnaire_text_count(const struct questionnaire *q);
int questionnaire_text_index(const struct questionnaire *q, int variable); /* -1 when it is no text */
/* The other way about: the variable of text 0..questionnaire_text_count-1. */
int questionnaire_text_variable(const struct questionnaire *q, size_t text);
/* Sets the system variables to ANSWER_NOT_ASKED in a vector of q: what is left is what a person answered. */
void answers_forget_own(unsigned char *vector, const struct questionnaire *q);
/* Compact form for the sealed draft: vector, texts, seen pages. Versioned; open refuses what does not fit q.
 */
struct slice answers_pack(struct arena *arena, const struct questionnaire *q, const struct answers *a);
bool answers_unpack(struct answers *out, struct arena *arena, const struct questionnaire *q,
                    struct slice packed);

/* ---- pages ---- */
/* The pages of this person in order, given the answers so far (routing): an array of page handles 0..n-1.
 * Recomputed after each answer. */
struct page_list {
    const uint16_t *pages; /* handles */
    size_t count;
};
struct page_list questionnaire_pages(struct arena *arena, const struct questionnaire *q,
                                     const struct presentation *p, const struct answers *a);
/* All that this person could still get, whatever they answer: what "step 3 of 44" counts, so that the total
 * never moves. Numbers may be skipped. */
struct page_list questionnaire_possible_pages(struct arena *arena, const struct questionnaire *q,
                                              const struct presentation *p);
/* Stable name of a page for hidden fields and links, e.g. "kweekvlees.ta3.1". -1 when unknown. */
const char *questionnaire_page_code(const struct questionnaire *q, uint16_t page);
int questionnaire_find_page(const struct questionnaire *q, struct slice code);

/* One field as posted: name and value. */
struct answer_field {
    struct slice name, value;
};
struct answer_error {
    const char *field;    /* name of the first input of the group, for the link of the error summary */
    const char *question; /* code */
    struct slice message; /* in the reader's language, says what to do */
};
struct page_result {
    const struct answer_error *errors;
    size_t error_count;
    bool too_young; /* nothing may be stored */
    /* Not NULL: a button within the page was pressed; the same page again, at this field. */
    const char *stay;
};
/* Checks one posted page and writes its variables into `a` (shown and left open: ANSWER_NONE). On errors `a`
 * is unchanged. Fields it does not know are ignored but for those of this page's questions. language: 0 nl, 1
 * en. */
struct page_result questionnaire_answer_page(struct answers *a, struct arena *arena,
                                             const struct questionnaire *q, const struct presentation *p,
                                             uint16_t page, int language, const struct answer_field *fields,
                                             size_t field_count);
/* Sets to ANSWER_NOT_ASKED what routing no longer asks, and drops its texts. Call before sending. */
void answers_settle(struct answers *a, struct arena *arena, const struct questionnaire *q,
                    const struct presentation *p);

/* The context of a page for the template `form_page`: title, items with options in this person's order,
 * chosen values (posted fields win over answers when given), errors. Owned by the arena. */
json_t *questionnaire_page_context(struct arena *arena, const struct questionnaire *q,
                                   const struct presentation *p, const struct answers *a, uint16_t page,
                                   int language, const struct answer_field *posted, size_t posted_count,
                                   const struct page_result *result);
/* The check-answers list and the receipt: [{"title", "rows": [{"question", "answer" | "answers", "page",
 * "empty"}]}]. */
json_t *questionnaire_summary_context(struct arena *arena, const struct questionnaire *q,
                                      const struct presentation *p, const struct answers *a, int language);
/* Whether any free text was given (then permission to quote is asked). */
bool answers_have_text(const struct questionnaire *q, const struct answers *a);

/* ---- a whole response at once: API, import ---- */
/* One member of the flat object: variable code and value. */
struct flat_member;
/* Checks every member: unknown variable, wrong type, code out of range, text over its limit, not asked by
 * routing or not assigned, sums, ranks. All errors at once (pointer "/antwoorden/<variable>"). System
 * variables are refused unless allow_system (import with its own assignment). Writes the vector and texts.
 * False when there was an error. */
bool questionnaire_answer_flat(struct answers *a, struct json_errors *errors, struct arena *arena,
                               const struct questionnaire *q, const struct presentation *p,
                               const struct flat_member *members, size_t count, const char *pointer,
                               bool allow_system);
/* For import of responses that were assigned elsewhere: p with the instances that the members
 * `<module>_toegewezen_<n>` name, in that order. A fault when only some of those that the variant has are
 * named, or one twice. Members that name no instance are left for questionnaire_answer_flat to refuse. None
 * named: *named is false and p is given back. */
struct presentation presentation_assigned(bool *named, struct json_errors *errors,
                                          const struct questionnaire *q, const struct presentation *p,
                                          const struct flat_member *members, size_t count,
                                          const char *pointer);
/* The answers as such an object (read back): {"variable": "code" | number | true | text}. The caller owns it.
 */
json_t *answers_to_json(const struct questionnaire *q, const struct answers *a);
/* ---- a response from paper or telephone, typed by staff (entry.c) ---- */
/* Each question has the number that it has on paper, and answers are typed as the number of their box, from 1
 * in written order. Of the questions of p: its variant, its topics. Inputs: "v<n>" for question n; a series,
 * points and best-worst have one a part, "v<n>_<part>"; what is written beside option k is "v<n>_tekst_<k>".
 * Several answers and rankings: numbers with spaces between. Empty: left open. 99: weet ik niet, where the
 * question has it; "?" where a number is asked. A postcode is typed as it is written. */
enum { ENTRY_DONT_KNOW = 99 };
/* What was typed as members for questionnaire_answer_flat. What is no such number is a fault, with the
 * pointer of its variable and the code "nummer"; nothing else is checked here. In the arena. */
const struct flat_member *questionnaire_entry_members(size_t *count, struct json_errors *errors,
                                                      struct arena *arena, const struct questionnaire *q,
                                                      const struct presentation *p,
                                                      const struct answer_field *fields, size_t field_count);
/* The members that say which topics p has. In the arena. */
const struct flat_member *questionnaire_topic_members(size_t *count, struct arena *arena,
                                                      const struct questionnaire *q,
                                                      const struct presentation *p);
/* For the template `staff_entry`: {"questions": [{"number", "question", "section", "boxes": [{"n", "label"}],
 * "inputs": [{"name", "part", "typed", "area", "wide", "first", "wrong"}]}], "error_summary"}; section and
 * the last where there is one; first: the one where typing begins. errors, with pointers of variables, may be
 * NULL. The arena owns it. */
json_t *questionnaire_entry_context(struct arena *arena, const struct questionnaire *q,
                                    const struct presentation *p, int language,
                                    const struct answer_field *fields, size_t field_count,
                                    const struct json_errors *errors);
/* [{"name": "onderwerp_1", "n": 1, "options": [{"code", "label", "selected"}]}]: what the variant needs to
 * know of the topics of somebody. chosen: codes by draw, empty for none. The arena owns it. */
json_t *questionnaire_entry_topics(struct arena *arena, const struct questionnaire *q,
                                   const struct presentation *p, int language, const struct slice *chosen);
/* p with those topics in place of its own. False (p untouched): one is missing, unknown, or stands twice. */
bool questionnaire_entry_assign(struct presentation *p, const struct questionnaire *q,
                                const struct slice *chosen);
/* The questionnaire as this person (p given) or everybody (p NULL) gets it, Dutch member names, for the API.
 */
json_t *questionnaire_json(const struct questionnaire *q, const struct presentation *p);

/* ---- explanations as pages of their own ---- */
/* [{"code", "title", "one_line"}] of a kind ("application", "value", "term"), for a list. Owned by the arena.
 */
json_t *questionnaire_explainers_context(struct arena *arena, const struct questionnaire *q, const char *kind,
                                         int language);
/* One explainer for the template `explainer`: title, one_line, what_html, exists_html, hopes[], worries[],
 * unknown_html, who_decides_html, sources[], checked_by, checked_on. NULL when there is no such code. Owned
 * by the arena. */
json_t *questionnaire_explainer_context(struct arena *arena, const struct questionnaire *q, struct slice code,
                                        int language);
/* The whole questionnaire for the template `paper` (print, fill in by hand): every block and module instance,
 * all options in written order. Owned by the arena. */
json_t *questionnaire_paper_context(struct arena *arena, const struct questionnaire *q, int language);

#endif
