/* A release as one file: every public table of it as CSV or as JSON lines, for whoever wants to reckon with
 * it, and a description of what was asked and answered as DDI-Codebook. All of it is figures_of_public, to
 * the digit. */
#ifndef ZEVENSTEM_RESULTS_RELEASE_FILE_H
#define ZEVENSTEM_RESULTS_RELEASE_FILE_H

#include "features/results/results_public_file.h"
#include "features/results/results_shelf.h"

enum release_file_format {
    RELEASE_CSV,
    RELEASE_CSVW, /* of the CSV's columns: no file of the release's figures */
    RELEASE_JSON_LINES,
    RELEASE_DDI,
    RELEASE_FORMATS
};
struct release_file_facts {
    const char *name; /* in addresses */
    const char *media_type, *ending;
};
const struct release_file_facts *release_file_facts(enum release_file_format format);

struct release_file {
    struct public_file file; /* first */
    enum release_file_format format;
    int language;                /* of DDI: 0 nl, 1 en. The others are Dutch. */
    struct figures_query people; /* whom it is about: of which round and stream, and whether weighted */
    const char *public_url;
    /* Where the files of this release stay, each under release_file_name: addresses name those. NULL: they
     * name the API, which gives the newest. */
    const char *folder;
    const struct release_plan *plan; /* of the release */
};

/* Of a file whose results, call, arena, people, format and language are filled: finds the release that it is
 * made of, which the arena holds, and fills all the rest. The rules of a table say whether there is a part of
 * this stream, and whether it is weighted. */
enum figures_status release_file_find(struct release_file *file, const char **rule);
/* Unlike every other file's of the release: "tabellen-open-gewogen.csv". In the arena. */
const char *release_file_name(const struct release_file *file, struct arena *arena,
                              enum release_file_format format);
/* Where a file of the same people is to be had. In the arena. */
const char *release_file_address(const struct release_file *file, struct arena *arena,
                                 enum release_file_format format);

/* Makers, for public_file.make. */
enum public_file_made release_tables_make(struct public_file *file);
enum public_file_made release_ddi_make(struct public_file *file);
/* The description of the CSV (CSVW). In the arena; empty when out of memory. */
struct slice release_tables_metadata(struct arena *arena, const struct release_file *file);

/* ---- before anybody asks (results_ahead.c) ---- */
/* On the slow thread for it, one file at a time and behind whoever asks: of each release the tables of every
 * stream, weighted where they can be, so that who asks first need not wait. */
struct ahead;
struct ahead *ahead_create(struct results *results);
void ahead_destroy(struct ahead *ahead);
/* fresh: there is a release that was not there before. Else only what was put off before. */
void ahead_look(struct ahead *ahead, bool fresh);

#endif
