/* Import of responses that were given elsewhere: on paper, by telephone, to another system. The same checks,
 * the same rows and the same batches as the form and the API. */
#ifndef ZEVENSTEM_SURVEY_IMPORT_H
#define ZEVENSTEM_SURVEY_IMPORT_H

#include "features/survey/survey.h"

struct survey_import_counts {
    uint64_t accepted; /* committed now; in a dry run: would be */
    uint64_t made;     /* of those, how many with a code that was made for them */
    uint64_t repeated; /* the same answers were there under the same code */
    uint64_t refused;
    uint64_t unknown; /* sent, and the database did not say what came of it */
};

struct survey_import_config {
    struct survey *survey; /* refreshed; needs no lanes */
    const struct db_config *database;
    const struct survey_snapshot *snapshot;
    const struct survey_round *round; /* of the snapshot */
    enum survey_channel channel;
    bool dry_run; /* checks all, stores nothing */
    /* Name of what is imported. Records without code get one that follows from it and from what they say, so
     * that the same batch imported again counts once. NULL: random codes, nothing is recognised. */
    const char *batch;
    /* What `refused` is told in English by: see struct json_errors. NULL: in Dutch. */
    const char *(*in_english)(const char *dutch);
    /* Called on the thread that called survey_import. */
    void *self;
    /* A record was refused: everything that is wrong with it. */
    void (*refused)(size_t line, const struct json_errors *errors, void *self);
    /* The code made for a record that brought none, before the record is stored. False ends the import. */
    bool (*made_code)(size_t line, const char *code, void *self);
    /* After each batch. */
    void (*progress)(size_t line, const struct survey_import_counts *counts, void *self);
};

enum survey_import_end {
    IMPORT_DONE,        /* read to its end; counts tell what was refused */
    IMPORT_BAD_FILE,    /* not a file of responses (told by refused): nothing was stored */
    IMPORT_READ_FAILED, /* errno says why */
    IMPORT_NO_CODES,    /* made_code gave false */
    IMPORT_DATABASE     /* *status says why; counts.unknown may be there or not */
};

/* Reads JSON lines (an object a line, as the API takes it) or CSV (a header of variable codes; separated by
 * comma, semicolon or tab), whichever it is, in bounded memory
 * but for 30 bytes a record without code. A member or column `deelnamecode` makes a
 * record repeatable; `variant`, `werving` and `taal` say how it was answered; a record without code, and any
 * on paper, names the instances assigned (`<module>_toegewezen_<n>`). What stands before the end stays
 * stored, whatever the end. */
enum survey_import_end survey_import(struct survey_import_counts *counts, enum db_status *status,
                                     const struct survey_import_config *config, int fd);

#endif
