/* What microdata holds of a questionnaire, and how much coarser than it was answered.
 *
 *   left out   open answers (whether one was given stays in, but not of the background); background that is a
 *              number
 *   coarser    background whose categories are those of age, place or education: younger and older ages taken
 *              together, part of the country instead of province (CBS: landsdelen), three levels of education
 *   profile    how somebody came and answered, in which language, then the background in the order of the
 *              codebook: what others may know of somebody; hidden from the end where it is rare, and how
 * somebody came only as a last resort, so that people who came in other ways are not pooled
 *
 * Everything else stays as it is. */
#ifndef ZEVENSTEM_RESULTS_RECIPE_H
#define ZEVENSTEM_RESULTS_RECIPE_H

#include "features/results/results_export.h"

/* Reasons why a cell is empty, as dataset_cell.missing: a slot's code and 1, and hidden. */
enum { RECIPE_REASONS = ANSWER_FIRST + 1, RECIPE_HIDDEN = RECIPE_REASONS };

struct recipe_column {
    const struct variable *source;
    const struct dataset_cell *cells; /* by slot */
    uint32_t slots;
    int key; /* its place in the profile; -1: not in it */
};

struct recipe {
    struct dataset_variable *variables; /* number of the row, columns, then weight */
    size_t variable_count;
    struct recipe_column *columns; /* columns[i] is variables[i + 1] */
    size_t column_count;
    bool weighed;
    size_t keys[ANONYMITY_VARIABLES_MAX]; /* columns of the profile */
    uint32_t key_sizes[ANONYMITY_VARIABLES_MAX];
    size_t key_count;
    size_t key_kept; /* of these as many as the first are hidden last of all: how somebody came */
    const struct dataset_category *reasons; /* RECIPE_REASONS */
    const char **left_out, **coarser;       /* codes */
    size_t left_out_count, coarser_count;
};

/* In the arena; labels are the questionnaire's, which must outlive it. False (logged) when the profile would
 * be longer than anonymity takes. */
bool recipe_make(struct recipe *out, struct arena *arena, const struct results_export_request *request);
/* The cell of a column; NULL for a slot that its variable does not have. */
const struct dataset_cell *recipe_cell(const struct recipe_column *column, const unsigned char *answers);
/* The place of a cell in the profile: its reason, or behind those its category. */
uint16_t recipe_key(const struct dataset_cell *cell);
/* Notes for whoever uses the data, when it is known what was hidden. *count of them, in the arena. */
const char *const *recipe_notes(size_t *count, struct arena *arena, const struct recipe *recipe,
                                const struct results_export_request *request,
                                const struct results_export_outcome *outcome);

#endif
