/* What reading and checking a consultation share. */
#ifndef ZEVENSTEM_SURVEY_BUNDLE_H
#define ZEVENSTEM_SURVEY_BUNDLE_H

#include "features/survey/survey_publish.h"

struct bundle_reader {
    struct consultation_bundle *out;
    struct json_errors *errors;
    const char *root; /* stands before every path when a file is opened; "" or ended by a slash */
    const char *path; /* of the consultation's own file */
    const struct locales *locales;
    json_t *explainer_paths; /* {code: the file it came from} */
    json_t *questionnaires;  /* {code: document}, those with faults as well */
    json_t *files;           /* {path: document} of a package, instead of the disk; NULL: the disk */
    json_t *read;            /* {path: document} of what was read, for making one */
};

#define BUNDLE_BAD_CODE                                                                                      \
    "Een code bestaat uit kleine letters, cijfers en enkele streepjes, ten hoogste 40 tekens."

/* "<file>#<pointer>", in the arena. */
const char *bundle_pointer(const struct bundle_reader *r, const char *path, const char *pointer);

/* Lists of the consultation; NULL where the member is missing or no list. */
struct bundle_lists {
    json_t *questionnaires, *explainers, *rounds;
};
/* survey_bundle_check.c: the consultation's own file, but for its rounds. */
void bundle_check_consultation(struct bundle_lists *lists, struct bundle_reader *r, const json_t *document);
/* survey_next.c: the core questions of the round at `pointer`, against its questionnaire and against the
 * round that it was made from. */
void bundle_check_core(struct bundle_reader *r, const char *pointer, const json_t *rounds, size_t index);
/* Once the questionnaires are read. Rounds without fault go into the bundle, their document apart. */
void bundle_check_rounds(struct bundle_reader *r, const json_t *rounds);

#endif
