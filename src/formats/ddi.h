/* DDI-Codebook 2.5 (namespace ddi:codebook:2_5; schema 2.5.1), as archives and catalogues take it in: what a
 * data set holds, or what is published of one that is not given out. It writes down what it is told and
 * counts nothing. Texts are UTF-8 and borrowed; NULL is left out, unless said otherwise. */
#ifndef ZEVENSTEM_FORMATS_DDI_H
#define ZEVENSTEM_FORMATS_DDI_H

#include "formats/dataset.h"

/* Statistics are texts, digits with a point, so that they stand here as they stand elsewhere. */
struct ddi_category {
    const char *code, *label; /* never NULL */
    bool missing;             /* stands for having no answer */
    const char *note;         /* such as why there is no frequency */
    const char *frequency;
    const char *percent; /* 0 to 100 */
};

struct ddi_variable {
    const char *code, *label; /* never NULL */
    const char *question;     /* as it was asked */
    const char *universe;     /* whom it was put to */
    const char *concept;
    const char *note;
    bool continuous, numeric;
    bool ranged; /* whole numbers from 0 to max */
    int32_t max;
    const char *valid, *invalid; /* how many have a value, and how many have none */
    const char *mean;
    bool weighted; /* percents and mean are */
    const struct ddi_category *categories;
    size_t category_count;
};

struct ddi_link {
    const char *address, *label;
};

enum { DDI_NO_VARIABLE = -1 };

struct ddi_codebook {
    const char *code, *title, *language, *producer,
        *date;                        /* never NULL; producer may be "", date YYYY-MM-DD */
    const char *version;              /* of what is published */
    const char *sampling, *weighting; /* how people came; what weights are of */
    const char *universe;             /* whom it is about */
    const char *restriction;          /* what may not be had, and why */
    const char *const *notes;
    size_t note_count;
    const char *file_name; /* of the data; NULL: there are none to be had */
    uint64_t row_count;
    int weight, key; /* the variables that weigh the rows and tell them apart; or DDI_NO_VARIABLE */
    const struct ddi_variable *variables;
    size_t variable_count;
    const struct ddi_link *links; /* to what is to be had elsewhere */
    size_t link_count;
};

/* DATASET_OK when the output took all of it. */
enum dataset_status ddi_write(const struct ddi_codebook *codebook, struct dataset_output output);

#endif
