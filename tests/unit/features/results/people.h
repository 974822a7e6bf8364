/* Respondents of the questionnaire of 2026 in columns, by what they said of themselves. */
#ifndef ZEVENSTEM_TESTS_RESULTS_PEOPLE_H
#define ZEVENSTEM_TESTS_RESULTS_PEOPLE_H

#include "features/results/results_log.h"
#include "unit/features/questionnaire/support.h"

struct people {
    struct scene scene;
    struct survey_round round; /* of the scene's questionnaire, without a document of its own */
    struct columns *columns;
    uint32_t count;
};
void people_begin(struct people *people);
void people_end(struct people *people);
/* `count` more with these answers: "gender=vrouw leeftijd=25-34", by stream open unless werving is among
 * them. Everything else is left open. */
void people_add(struct people *people, uint32_t count, const char *said);
/* The answers of somebody who said this. In the scene's arena. */
const uint8_t *people_answers(struct people *people, const char *said);
/* Some hundreds of people whose ages, genders, provinces and diplomas are far from those of the country,
 * some of them not said: enough in each category of leeftijd-gender, provincie and opleiding. */
void people_add_country(struct people *people);

#endif
