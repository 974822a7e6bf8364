/* What is asked for in an address, read into a struct figures_query: the same for API and pages. Pure.
 *
 * A filter names a variable and the categories that count, several variables by commas:
 * "leeftijd:18-24|25-34,provincie:utrecht". Besides, without being asked, the stream is the open one: streams
 * are pooled only where "alle" says so. */
#ifndef ZEVENSTEM_RESULTS_QUERY_H
#define ZEVENSTEM_RESULTS_QUERY_H

#include "features/results/results_figures.h"

#include <jansson.h>

/* As it stands in the address; ptr NULL: not given. */
struct query_texts {
    struct slice variable;
    struct slice group_by; /* comma separated */
    struct slice filter;
    struct slice stream, channel, quality;
    struct slice weighted; /* true, false */
    struct slice base;     /* antwoord, mening, gevraagd */
    struct slice measure;  /* comma separated: aandelen, gemiddelde, netto, top2, overeenstemming */
};

/* Reads everything, and adds every fault to `errors`: {"parameter", "code", "detail"} in Dutch. True, and
 * *out is filled from the arena, when there was none. view and round are the caller's to say. */
bool results_query_read(struct figures_query *out, json_t *errors, struct arena *arena,
                        enum figures_view view, const struct survey_round *round,
                        const struct query_texts *texts);
/* The parts that other endpoints share: filters, stream, channel and quality, weighted. */
void results_query_read_people(struct figures_query *out, json_t *errors, struct arena *arena,
                               const struct query_texts *texts);
/* Variables that a table is split by. text.ptr NULL: none. */
struct query_groups {
    const char *parameter; /* as errors name it */
    size_t most;           /* up to FIGURES_GROUPS_MAX */
    bool background;       /* only background variables and those of the service itself; else any category */
};
void results_query_read_groups(struct figures_query *out, json_t *errors, struct slice text,
                               const struct query_groups *rule);

/* "antwoord", "gemiddelde", ...: as in the address. */
const char *results_query_base_name(enum figures_base base);
const char *results_query_measure_name(enum figures_measure measure);

/* Adds {"parameter", "code", "detail"}. Past QUERY_FAULTS_MAX they are left out: a list in an address may be
 * long. */
enum { QUERY_FAULTS_MAX = 100 };
void results_query_fault(json_t *errors, const char *parameter, const char *code, const char *detail);
/* The same about a part of the value: `detail` behind that part between quotes, cut when it is long. */
void results_query_fault_of(json_t *errors, const char *parameter, const char *code, struct slice part,
                            const char *detail);

/* What is said of a `ronde` that is not one of the consultation. */
#define RESULTS_NO_ROUND "Noem een ronde van deze consultatie die open is of was."
/* The round of a consultation that is meant: `text`, or without (ptr NULL) the latest that has opened. NULL
 * when there is none such; drafts and pilots never are. */
const struct survey_round *results_query_round(const struct survey_snapshot *snapshot,
                                               struct slice consultation, struct slice text, int64_t now_s);

#endif
