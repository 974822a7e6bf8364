/* Reports as the secretary and somebody else make them, on rounds that may be made public. For tests. */
#ifndef ZEVENSTEM_TESTS_APP_REPORT_SCENE_H
#define ZEVENSTEM_TESTS_APP_REPORT_SCENE_H

#include "app/release_scene.h"
#include "app/staff.h"
#include "features/report/report.h"

#define REPORTS "/beheer/rapporten"
#define BEGUN   "soort=ronde&ronde=" PUBLIC_ROUND "&titel=Wat+wij+hoorden"
#define TEXTS   "titel=Wat+wij+hoorden&samenvatting=Kort+en+goed.&summary=In+short.&over_cijfers=Let+op."
#define FORWARD "naar=voorgelegd"

extern struct release_scene scene;
extern struct app *service;
extern struct staff writer, approver;
extern struct citizen visitor;

/* The scene with release 1 of 500 people, served. */
void reports_begin(void);
/* What it does once there is a release: service, people of staff, a release that is told. */
void reports_serve(void);
void reports_end(void);
/* Posts the fields to the form at `at`, with the revision that it shows. */
void post(struct staff *staff, const char *at, const char *fields, int status);
/* Report 1, approved; and made public. */
void approve_one(void);
void publish_one(void);
/* Release 2, and the service knows it. */
void release_again(void);

/* What was made public as report kept_number, in the place's arena. */
extern struct report_signed kept;
extern int32_t kept_number;
enum db_status report_read_kept(struct db_tx *tx, void *arena);
json_t *kept_document(void);

/* As it would be made now, of what is known at scene: in a transaction of staff. */
struct report_try {
    struct report_draft draft;
    struct report_made made;
};
enum db_status report_try_in_tx(struct db_tx *tx, void *try);
/* Signs a document of the scene's round and makes it public, as the next report. */
enum db_status publish_second(struct db_tx *tx, void *context);

/* Held against what is stored at the scene. */
void prove(struct report_proof *proof, const json_t *document);
bool says(const char *const *list, size_t count, const char *words);
void expect_fault(const json_t *document, const char *words);

/* All of a page: it is longer than what a reply keeps. */
const char *whole_page(const char *target);
size_t count_of(const char *text, const char *words);
/* Both say the same, number by number; a fraction is a text in the one. walked: how many numbers. */
extern size_t walked;
double number_of(const json_t *value);
void expect_same(const json_t *ours, const json_t *theirs, const char *where);

#endif
