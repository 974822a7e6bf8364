/* Charts of every kind with the labels that a results page will have: long ones, withheld ones, many rounds.
 */
#ifndef ZEVENSTEM_TESTS_PREVIEW_CHARTS_H
#define ZEVENSTEM_TESTS_PREVIEW_CHARTS_H

#include <jansson.h>

/* A new list of {"chart_html": "..."}; NULL when one could not be drawn. */
json_t *preview_charts(void);

#endif
