/* The questionnaire in memory: what the feature's own files share. Everything is immutable after load. Texts
 * point into the document (held by the questionnaire) or its arena. */
#ifndef ZEVENSTEM_QUESTIONNAIRE_MODEL_H
#define ZEVENSTEM_QUESTIONNAIRE_MODEL_H

#include "features/questionnaire/questionnaire.h"
#include "web/web.h"

enum {
    MAX_VARIANTS = 8,
    MAX_PICTURES = 64,
    MAX_OPTIONS = 64,  /* of a question; items of a series; instances of a module */
    MAX_VECTOR = 4096, /* bytes of an answer vector */
    MAX_CODE = 40,     /* characters of a code */
    LANGUAGES = 2
};

struct text {
    const char *by[LANGUAGES]; /* nl, en; NULL when absent */
};

struct tag_list {
    const struct variable_tag *items;
    size_t count;
};

struct option {
    const char *code;
    struct text label, hint;
    struct tag_list tags;
    uint32_t text_limit; /* > 0: an open box beside it */
    int text_variable;   /* of that box; -1 */
    bool apart;          /* set apart after "of"; never in the random order */
    bool none;           /* "geen van deze": excludes all others; set apart as well */
    bool too_young;
    const char *level; /* of a diploma: the CBS level; NULL */
};

enum condition_kind {
    CONDITION_IN,       /* the answer is one of the listed */
    CONDITION_NOT_IN,   /* asked and answered, with none of the listed */
    CONDITION_ANSWERED, /* anything but left open */
    CONDITION_DRAWN,    /* this instance is the n-th that the person got */
    CONDITION_ANY_TEXT, /* some free text was given */
    CONDITION_ALL,
    CONDITION_ANY,
    CONDITION_NOT
};
struct condition {
    enum condition_kind kind;
    int question;     /* that it is about; ANY_TEXT: the first one that no longer counts */
    uint64_t options; /* bit per option index */
    bool dont_know;   /* "weet-ik-niet" is listed */
    int drawn;        /* 1-based */
    struct condition *children;
    size_t count;
};

enum question_type {
    QUESTION_SINGLE,
    QUESTION_MULTIPLE,
    QUESTION_SCALE,
    QUESTION_SERIES,
    QUESTION_RANKING,
    QUESTION_POINTS,
    QUESTION_BEST_WORST,
    QUESTION_NUMBER,
    QUESTION_TEXT,
    QUESTION_POSTCODE,
    QUESTION_AGE,
    QUESTION_GENDER,
    QUESTION_EDUCATION
};

enum options_from { OPTIONS_OWN, OPTIONS_CHOSEN, OPTIONS_UNASSIGNED };

/* An item of a series is an option whose label is its wording. */
struct question {
    const char *code;       /* with the instance's prefix */
    const char *local_code; /* as written */
    enum question_type type;
    int instance; /* index in q->instances; -1 outside modules */
    struct text text, hint, unit;
    struct tag_list tags;
    bool optional_mark, dont_know, random, background, locked;
    const char **equivalent; /* versions in which it is declared to ask the same */
    size_t equivalent_count;
    struct option *options; /* points of a scale included */
    size_t option_count;
    bool reversible;      /* scale points: reversed for a half of the people */
    bool least_first;     /* scale points: as written, the least of what it measures stands first */
    struct option *items; /* SERIES */
    size_t item_count;
    size_t per_page;  /* SERIES, BEST_WORST: parts that a page shows */
    int64_t min, max; /* MULTIPLE: how many (0: no bound); NUMBER: value */
    int top;          /* RANKING */
    uint32_t limit;   /* TEXT, code points */
    int rows;
    enum options_from from;
    int from_question, from_module;
    size_t from_count; /* of the options, those that come from there: they stand first */
    struct condition *show_if;
    unsigned routing_cost;             /* steps to know whether it is asked: bounded at load */
    int page;                          /* the first page it stands on */
    int first_variable;                /* index of its first; the rest follow in order */
    size_t variable_count;             /* those of open boxes and of its order apart */
    size_t slots_from, slots_to;       /* bytes of the vector that hold them, boxes included */
    int order_variable;                /* -1 */
    uint64_t in_variant[MAX_VARIANTS]; /* 0: not asked; SERIES: bit per item; others: all ones */
    unsigned char wording[QUESTIONNAIRE_WORDING_BYTES];
};

enum page_item_kind { PAGE_TEXT, PAGE_EXPLAINER, PAGE_QUESTION };
struct page_item {
    enum page_item_kind kind;
    int question;
    size_t from, to;              /* which parts of the question: SERIES, of the items in this person's order;
                                     BEST_WORST, of the tasks */
    struct slice html[LANGUAGES]; /* TEXT */
    int explainer;
};

struct page {
    const char *code; /* "<section>.<page>[.<part>]" */
    int section;
    struct text title;
    struct page_item *items;
    size_t item_count;
    struct condition *show_if;
    int instance;
    bool random; /* order of its questions */
    int order_variable;
    bool explains; /* shows the explainer of its instance */
    bool first_of_section;
    bool intro; /* the section's introduction: shown when any other page of the section is */
};

/* A block, or one instance of a module. */
struct section {
    const char *code;
    struct text title;
    struct slice intro[LANGUAGES];
    bool skip_all;
    int instance; /* -1 for a block */
    size_t first_page, page_count;
};

struct instance {
    const char *code;
    int module;
    int section;
    int explainer;
    int order_variable; /* uitlegvolgorde; -1 */
    /* Its questions, which stand together, and the bytes of the vector that hold their slots and orders. */
    size_t first_question, question_count;
    size_t slots_from, slots_to;
    const json_t *texts;
    struct text label; /* of its explainer's title, else its code */
};

struct module {
    const char *code;
    struct text title;
    int first_instance;
    size_t instance_count;
    int pools[QUESTIONNAIRE_MAX_DRAWS][MAX_OPTIONS]; /* instances of each draw */
    size_t pool_size[QUESTIONNAIRE_MAX_DRAWS];
    size_t draw_count;
    int assigned_variable[QUESTIONNAIRE_MAX_DRAWS];
};

struct flow_part {
    bool is_module;
    int index; /* of section or module */
};
struct flow_entry {
    struct flow_part parts[8];
    size_t count;
    bool random;
};

struct variant {
    const char *code;
    struct text title;
    int minutes;
    int draws; /* instances shown */
    bool all;  /* every question, and the pages without questions */
};

struct explainer {
    const char *code, *kind;
    struct text title, one_line;
    struct slice what[LANGUAGES], exists[LANGUAGES], unknown[LANGUAGES], decides[LANGUAGES];
    struct text hopes[8], worries[8];
    size_t hope_count, worry_count;
    const json_t *sources;
    const char *checked_by, *checked_on;
};

struct picture {
    const char *name;
    struct questionnaire_picture shown;
};

struct questionnaire {
    struct arena *arena;
    json_t *document;
    const struct locales *locales;
    const char *code, *version;
    struct text title;
    struct variable *variables;
    size_t variable_count, variable_room;
    int *text_index; /* per variable; -1 */
    size_t text_count;
    int *text_variable; /* by text: index of the variable */
    int *own_variables; /* indexes of the system variables */
    size_t own_count;
    int *text_question; /* by text: index of the question that it belongs to */
    int *question_of;   /* per variable: index of the question that it is an answer to; -1 */
    size_t vector_size;
    struct question *questions;
    size_t question_count, question_room;
    struct page *pages;
    size_t page_count, page_room;
    struct section *sections;
    size_t section_count, section_room;
    struct instance *instances;
    size_t instance_count, instance_room;
    struct module modules[4];
    size_t module_count;
    struct flow_entry *flow;
    size_t flow_count;
    struct picture pictures[MAX_PICTURES];
    size_t picture_count;
    struct variant variants[MAX_VARIANTS];
    size_t variant_count;
    struct explainer *explainers;
    size_t explainer_count;
    struct postcode_range {
        int first, last, category;
    } * postcodes;
    size_t postcode_count;
    int variable_variant, variable_direction, variable_blocks;
    struct {
        const char **codes;
        int *indexes;
        size_t mask;
    } lookup; /* variable code -> index */
};

/* ---- orders (present.c) ---- */
/* Rows of a balanced Latin square of n: n for even n, 2n for odd, 1 for n < 2. */
size_t order_rows(size_t n);
/* Row `row` as a permutation of 0..n-1 (Williams 1949): over all rows every element stands equally often in
 * each place and follows every other equally often. */
void order_row(uint8_t *out, size_t n, size_t row);
/* This person's row for an order named `code`. */
size_t presentation_order(const struct presentation *p, const char *code, size_t n);
bool presentation_reversed(const struct presentation *p);
/* Option indexes in this person's order: random ones by their row or reversed scale points by direction,
 * those set apart last. */
size_t presentation_options(uint8_t out[MAX_OPTIONS], const struct questionnaire *q,
                            const struct presentation *p, const struct question *question);
/* How many options take part in a random order. */
size_t presentation_movable(const struct question *question);
size_t presentation_items(uint8_t out[MAX_OPTIONS], const struct presentation *p,
                          const struct question *question);
/* 0-based place in which the person got this instance; -1 when not. */
int presentation_place(const struct presentation *p, int instance);

/* ---- routing (routing.c) ---- */
bool condition_holds(const struct condition *condition, const struct questionnaire *q,
                     const struct presentation *p, const struct answers *a, int instance);
/* Whether this person is asked it, given the answers so far. An answer to what is itself no longer asked
 * counts as left open. */
bool question_asked(const struct questionnaire *q, const struct presentation *p, const struct answers *a,
                    const struct question *question);
/* Whether option `index` is offered: OPTIONS_CHOSEN and OPTIONS_UNASSIGNED offer a part. */
bool option_offered(const struct questionnaire *q, const struct presentation *p, const struct answers *a,
                    const struct question *question, size_t index);
bool page_shown(const struct questionnaire *q, const struct presentation *p, const struct answers *a,
                uint16_t page);
/* The first of questionnaire_pages; -1 when there is none. */
int first_page(struct arena *arena, const struct questionnaire *q, const struct presentation *p,
               const struct answers *a);

/* ---- variables of a question (codebook.c) ---- */
/* How many variables it has, those of open boxes and of its order apart. */
static inline size_t question_variable_count(const struct question *question)
{
    return question->variable_count;
}
/* Lays out all variables; false when the vector would be too long. */
/* Fills `wording` of every question (wording.c). False when a question says more than a digest takes in. */
bool wordings_seal(struct questionnaire *q);
bool codebook_build(struct questionnaire *q, struct json_errors *errors);
/* Makes variables findable by code (codebook_find.c); a code that stands twice is a fault. */
void codebook_index(struct questionnaire *q, struct json_errors *errors);
static inline uint16_t slot_get(const struct questionnaire *q, const struct answers *a, int variable)
{
    return answer_get(a->vector, &q->variables[variable]);
}
static inline void slot_set(const struct questionnaire *q, struct answers *a, int variable, uint16_t slot)
{
    answer_set(a->vector, &q->variables[variable], slot);
}
/* One task of best-worst: three options of seven (the Fano plane). */
enum { FANO_TASKS = 7, FANO_OPTIONS = 3 };
extern const uint8_t fano[FANO_TASKS][FANO_OPTIONS];
/* What a question can be divided into over pages: the items of a series, the tasks of best-worst; else 1. */
static inline size_t question_part_count(const struct question *question)
{
    return question->type == QUESTION_SERIES       ? question->item_count
           : question->type == QUESTION_BEST_WORST ? FANO_TASKS
                                                   : 1;
}

/* ---- checking one question (answer_check.c): the same for form and API ---- */
/* What somebody gave for one question, before it is checked; -1 in `choice` is open, -2 don't know. */
enum { CHOICE_OPEN = -1, CHOICE_DONT_KNOW = -2 };
/* "1.000" or "1,000", as people write it; for numbers below a million. */
const char *grouped_number(struct arena *arena, int64_t number, int language);
/* <question code>_anders: the choice beside an input in which something is typed: don't know, or where else.
 */
#define OTHERWISE_SUFFIX "_anders"
/* <question code>_zet=<move>:<option>: a button of a ranking. Moves: kies, omhoog, omlaag, weg. */
#define RANK_MOVE_SUFFIX "_zet"
enum answer_fault {
    FAULT_NONE,
    FAULT_TOO_FEW,
    FAULT_TOO_MANY,
    FAULT_NONE_AND_OTHER,
    FAULT_DOUBLE, /* one option in two ranks, or best and worst alike */
    FAULT_GAP,    /* a rank is open before one that is filled */
    FAULT_SUM,    /* points */
    FAULT_RANGE,  /* number */
    FAULT_TOO_LONG,
    FAULT_OPTION, /* not offered */
    FAULT_FORM    /* not of the form: no number, no postcode */
};
struct given {
    int choices[MAX_OPTIONS * 2];   /* per variable of the question: option index, points or number; for
                                       MULTIPLE 1 ticked, 0 not */
    bool dont_know;                 /* of the question as a whole */
    struct slice text;              /* TEXT */
    struct slice open[MAX_OPTIONS]; /* open boxes by option */
};
/* Checks what was given against the question and what is offered. shown: its variables that could be
 * answered, as bits. *number gets what an error text counts (characters, points, options). */
enum answer_fault given_check(const struct given *given, const struct questionnaire *q,
                              const struct presentation *p, const struct answers *a,
                              const struct question *question, uint64_t shown, int64_t *number);
/* The option whose open box holds more than its limit; -1. */
int given_long_box(const struct given *given, const struct question *question);
/* Writes it into the answers (after a check without fault): the variables among shown, and open boxes. */
void given_store(struct answers *a, struct arena *arena, const struct questionnaire *q,
                 const struct question *question, const struct given *given, uint64_t shown);
/* Category of a four-digit postcode (with or without letters); -1 when it is none of the ranges; -2 when it
 * has not the form. */
int postcode_category(const struct questionnaire *q, struct slice text);
/* Reads config/reference/pc4-provincie.csv into q->postcodes; false when it is not among the embedded files
 * or malformed. */
bool postcode_load(struct questionnaire *q);
enum { PROVINCES = 12 };
extern const struct variable_category province_categories[PROVINCES];

#endif
