/* Suggestions of signals: what a rule finds in figures and conversations that may matter to the table. A rule
 * proposes, people decide. Pure: figures in, findings out; the bars are given.
 *
 *   zorg          the share of people with the two highest answers on a question about worries, or the two
 *                 lowest on what they expect, is above the bar with all of its interval
 *   verandering   the net of a question differs from the round before, all of the interval of the difference
 *                 is on one side of 0, and the difference is as large as the bar or larger. With as wide an
 *                 interval as all the questions that are compared at once need (interval_z_of_many): of a
 *                 hundred questions about which nobody changed their mind, five would stand out otherwise
 *   tegenspraak   survey and conversations say the opposite of a value on an application: the value map's
 *                 label, or a person's judgement of it
 *   verdeeld      agreement A is below the bar: people stand at the ends of the scale
 *   groei         of what was coded, a code has a larger share in each period than in the one before, and
 *                 from the first to the last it gained as much as the bar or more
 *
 * A finding has a subject: the same rule about the same subject of the same round is proposed once. */
#ifndef ZEVENSTEM_TAFEL_SUGGESTION_H
#define ZEVENSTEM_TAFEL_SUGGESTION_H

#include "features/results/results.h"
#include "features/tafel/tafel_value_map.h"

enum suggestion_rule {
    SUGGESTION_WORRY,
    SUGGESTION_CHANGE,
    SUGGESTION_CLASH,
    SUGGESTION_DIVIDED,
    SUGGESTION_GROWTH,
    SUGGESTION_RULES
};
/* NULL-ended. */
extern const char *const suggestion_rules[SUGGESTION_RULES + 1];

struct suggestion_bars {
    double worry;         /* percent */
    double change;        /* percentage points */
    double divided;       /* of A */
    double growth;        /* percentage points */
    int64_t growth_texts; /* texts with the code in the last period, at least */
    int64_t growth_coded; /* coded texts in each period, at least */
};

enum { GROWTH_PERIODS = 3 };
/* Of a code: texts that have it, by all texts that were coded, in periods of equal length, the oldest first.
 */
struct suggestion_growth {
    struct slice code;
    int64_t texts[GROWTH_PERIODS], coded[GROWTH_PERIODS];
};

struct suggestion_finding {
    enum suggestion_rule rule;
    struct slice subject;                   /* a variable, "application/value", or a code */
    const char *application, *value;        /* NULL: none */
    const struct watch_line *line;          /* of WORRY, CHANGE, DIVIDED */
    const struct map_cell *cell;            /* of CLASH */
    const struct suggestion_growth *growth; /* of GROWTH */
    size_t comparisons;                     /* of CHANGE */
    struct figure figure; /* what cleared the bar: shares in percent, differences in points, A */
};

bool suggestion_worry(struct figure *found, const struct watch_line *line,
                      const struct suggestion_bars *bars);
/* comparisons: of how many questions a change was looked at. */
bool suggestion_change(struct figure *found, const struct watch_line *line,
                       const struct suggestion_bars *bars, size_t comparisons);
bool suggestion_divided(struct figure *found, const struct watch_line *line,
                        const struct suggestion_bars *bars);
bool suggestion_growth(struct figure *found, const struct suggestion_growth *growth,
                       const struct suggestion_bars *bars);

/* What is looked at. label: the value map's of a cell, or that of a person; NULL watch or map: there is none.
 */
struct suggestion_look {
    const struct watch *watch;
    const struct value_map *map;
    const enum convergence_label *labels; /* one a cell of the map */
    const struct suggestion_growth *growths;
    size_t growth_count;
};
/* In the arena, by rule. */
size_t suggestion_find(struct suggestion_finding **out, struct arena *arena,
                       const struct suggestion_look *look, const struct suggestion_bars *bars);

#endif
