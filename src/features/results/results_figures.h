/* The figures that answer one question about one round. Both views make them (results_analyst.c out of the
 * live columns, results_public.c out of a release), and every output is written from them: JSON, CSV, page,
 * chart, workbook. What comes after this structure computes no number and hides none: it only writes them
 * down. So figures are the same everywhere within a view, and nothing can leak by another door.
 *
 * Everything lives in one arena, the caller's. Texts are borrowed from the round's questionnaire. */
#ifndef ZEVENSTEM_RESULTS_FIGURES_H
#define ZEVENSTEM_RESULTS_FIGURES_H

#include "base/arena.h"
#include "features/survey/survey.h"
#include "stats/answer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FIGURES_GROUPS_MAX = 3, /* of any kind in the analysts' view; the public's lattice has fewer */
    FIGURES_FILTERS_MAX = 12,
    /* Of one table, totals included; more is FIGURES_TOO_LARGE. */
    FIGURES_CELLS_MAX = 100000,
    FIGURES_LINES_MAX = 20000,
    FIGURES_BYTES_MAX = 48 * 1024 * 1024 /* no figures take more of an arena */
};

enum figures_view {
    FIGURES_ANALYST, /* analist: true numbers of this moment, small cells withheld */
    FIGURES_PUBLIC,  /* openbaar: a release, every number perturbed */
};

/* Whom the shares are of. Who was not asked is in none. */
enum figures_base {
    FIGURES_BASE_ANSWERED, /* gave an answer, "weet ik niet" included */
    FIGURES_BASE_OPINION,  /* gave an answer other than "weet ik niet" */
    FIGURES_BASE_ASKED,    /* got the question: "geen antwoord" is an answer too */
};

/* What a line says besides its shares. None counts who has no score: "weet ik niet", "geen antwoord". */
enum figures_measure {
    FIGURES_MEAN,      /* of the scores of a scale, or of a number */
    FIGURES_NET,       /* top two less bottom two of a scale of four points or more, in percentage points */
    FIGURES_TOP_TWO,   /* share of the top two of such a scale, in percent */
    FIGURES_AGREEMENT, /* van der Eijk's A, -1 to 1, of a scale of three points or more */
    FIGURES_MEASURES,
};

struct figures_filter {
    size_t variable;
    const uint16_t *codes; /* of the columns */
    size_t count;
};

struct figures_query {
    enum figures_view view;
    const struct survey_round *round;
    size_t variable;
    size_t groups[FIGURES_GROUPS_MAX];
    size_t group_count;
    struct figures_filter filters[FIGURES_FILTERS_MAX]; /* stream, channel and quality among them */
    size_t filter_count;
    enum figures_base base;
    bool weighted;
    bool measures[FIGURES_MEASURES]; /* wanted; of the others no line says anything (FIGURE_NONE) */
    /* The share of each answer is wanted. Without it a number is not listed value by value (FIGURES_GIVEN
     * stands for all of them), so that its mean is not withheld for the few that any one value has. */
    bool shares;
    bool agreement_alone; /* no interval for agreements: it takes most of the time of a small table */
    /* Analysts' view: a measure of a scale of which answers are withheld is estimated from those that are
     * shown (results_hidden.h), rather than withheld. The public's view always does. */
    bool hidden_shared;
};

enum figure_mark {
    FIGURE_SHOWN,
    FIGURE_WITHHELD,   /* too few people: analysts' view, or a universe that is not open */
    FIGURE_FEWER,      /* public: fewer than figures.fewer; of a share: below its value */
    FIGURE_UNRELIABLE, /* a share or mean of too few to print one */
    FIGURE_NONE,       /* there is no such figure: nobody in the base, or the measure does not fit */
};

/* A figure as it may be shown. Value, error and interval are 0 unless the mark says that there is one.
 *
 * Digits. Whoever prints it for people (page, chart, workbook) uses `digits` and no others. So do JSON and
 * CSV of the public's view, where every digit has been protected. JSON and CSV of the analysts' view give the
 * number in full, so that it can be held against another program's. */
struct figure {
    enum figure_mark mark;
    bool limited;  /* by the rule of three: what stands here is the limit, "at most" or "at least" */
    bool interval; /* low and high are there */
    uint8_t digits;
    unsigned flags;   /* ESTIMATE_... of stats/estimate.h: reasons for care; analysts' view only */
    double value;     /* count: people. Share: percent, 0 to 100. Mean: score. Net: percentage points. */
    double error;     /* standard error, in the unit of value; 0 where none is given */
    double low, high; /* 95 % */
    double shared;    /* percent of its base, at most, whose answers are withheld: they share them
                         (hidden_shared);    0 where none are, and in the public's view */
};

/* One answer in one line. */
struct figures_cell {
    struct figure count;
    struct figure share; /* of the base */
};

/* Everybody, or the people of a group. */
struct figures_line {
    uint32_t groups[FIGURES_GROUPS_MAX];             /* code a group variable; FIGURES_ALL for everybody */
    const char *group_names[FIGURES_GROUPS_MAX];     /* as figures_answer.name; "alle" */
    const char *group_labels[FIGURES_GROUPS_MAX][2]; /* NULL where the name says it; of "alle" too */
    int32_t release;      /* public: that the line was counted for, lower than the table's when it was carried
                             over;      0 where nothing is shown, and in the analysts' view */
    struct figure people; /* who got the question, whatever they answered */
    struct figure base;   /* people that the shares are of */
    struct figure weight; /* sum of the weights of the base; analysts' view only */
    struct figure effective_n;   /* Kish's of the base; that of a share may be lower (stats/estimate.h) */
    struct figure design_effect; /* base / effective_n */
    struct figure measures[FIGURES_MEASURES];
    struct figures_cell *cells; /* one a listed answer */
};
#define FIGURES_ALL UINT32_MAX
/* Any number, whichever. */
#define FIGURES_GIVEN (UINT32_MAX - 1)

/* An answer that the table lists: a code that the question can give. */
struct figures_answer {
    uint32_t code;        /* of the columns, or FIGURES_GIVEN */
    const char *name;     /* in addresses and files: the category's code, "weet-ik-niet", "12" */
    const char *label[2]; /* NULL where the name says it (a number) */
    bool in_base;
    bool has_score;
    double score; /* what means are of */
};

struct figures {
    struct figures_query query; /* what was asked, resolved */
    const struct variable *variable;
    const struct variable *groups[FIGURES_GROUPS_MAX];
    size_t answer_count;
    struct figures_answer *answers;
    size_t line_count;
    struct figures_line *lines; /* groups in codebook order, the last runs fastest, each one's "alle" last */
    bool scale; /* the answers with a score are points of one, in the order listed: diverging bars make sense
                 */

    /* ---- what has to stand with every figure ---- */
    uint64_t threshold;  /* k */
    uint64_t fewer;      /* public: counts below this read "fewer than" */
    bool provisional;    /* responses may still be added */
    bool awaiting_paper; /* and those only from paper: it is over */
    int64_t position;    /* of the log; public: 0, since places count people */
    int32_t release;     /* public: its number; 0 in the analysts' view */
    int64_t made_at;     /* when counted, or released; Unix seconds */
    int32_t weights;     /* number of the version of weights; 0: not weighted */
    const char
        *weights_made_of[2]; /* nl, en: its margins and their reference dates, in words; NULL without */
    double noise_variance;   /* public: V */
    unsigned noise_reach;    /* public: D */
};

enum figures_status {
    FIGURES_OK,
    FIGURES_NOT_READY,    /* the round is not counted yet: 503 */
    FIGURES_TOO_LARGE,    /* past TABULATE_CELLS_MAX */
    FIGURES_NO_WEIGHTS,   /* weighted was asked, and there are none for these people */
    FIGURES_NO_RELEASE,   /* public was asked before the first release */
    FIGURES_NOT_RELEASED, /* this combination is none that a release holds; *rule names why */
    FIGURES_FAILED,
};

struct results;

/* What an answer, or a category of a group, is called: figures_answer.name and its label (NULL where the name
 * says it). language: 0 nl, 1 en. In the arena, or borrowed from the variable. (results_names.c) */
const char *figures_code_name(struct arena *arena, const struct variable *variable, uint32_t code);
const char *figures_code_label(const struct variable *variable, uint32_t code, int language);
/* What a variable measures, for a catalogue: "aanvaardbaarheid, veiligheid"; NULL where it says nothing. In
 * the arena, or borrowed. */
const char *figures_concept(struct arena *arena, const struct variable *variable);
/* The one category that a filter on the system variable `werving`, `kanaal` or `kwaliteit` keeps: its code;
 * "alle" without such a filter, NULL when it keeps several. */
const char *figures_kept(const struct figures_query *query, const char *variable);

/* Fills *out from the arena. *rule: for FIGURES_NOT_RELEASED which rule of protection says so, a literal
 * ("niet-in-het-rooster", "te-diep", "te-weinig-mensen"); may be NULL. */
enum figures_status figures_of_analyst(struct figures *out, struct arena *arena, struct results *results,
                                       const struct figures_query *query);
enum figures_status figures_of_public(struct figures *out, const char **rule, struct arena *arena,
                                      struct results *results, const struct figures_query *query);

#endif
