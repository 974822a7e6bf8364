/* Pages of results, for everybody. A page is a list of blocks: panels (results_web_panel.h), tables, lists of
 * links, texts, a form of choices. All numbers come out of struct figures, in the page's view; nothing here
 * reads anything else that was counted.
 *
 * What is asked stands in the address alone, in fields of a plain GET form: ronde, werving, gewogen, groep,
 * groep2, filter, antwoord. Each may be empty. */
#ifndef ZEVENSTEM_RESULTS_WEB_H
#define ZEVENSTEM_RESULTS_WEB_H

#include "features/results/results_internal.h"
#include "features/results/results_query.h"
#include "features/results/results_shelf.h"
#include "features/results/results_web_panel.h"

struct results_page {
    struct results *results;
    struct http_exchange *ex;
    enum figures_view view;
    struct panel_maker maker; /* its arena is larger than the exchange's, and gone with it */
    const struct survey_snapshot *snapshot;
    const char *consultation;         /* its code; NULL on pages of none */
    const struct survey_round *round; /* that the page is about */
    const struct shelved *shelved;    /* its release; NULL: none that may be told of */
    const char *stream;               /* whose answers: "open", ...; NULL without a release */
    bool may_weigh, weighted;
    const char *kept; /* what links within the pages carry on: "?ronde=..." or "" */
    const char
        *ungrouped; /* the same question of everybody, for whom a group or filter is refused; or NULL */
    json_t *context, *blocks; /* borrowed from the exchange's arena */
};

/* ---- a page's life ---- */
/* A page of no consultation. */
void page_begin(struct results_page *page, struct results *results, struct http_exchange *ex);
/* A page of {consultatie} and the round that is asked for, else the last with a release, else the last. The
 * round may have no release. False: answered (404, 400). */
bool page_begin_round(struct results_page *page, struct results *results, struct http_exchange *ex);
/* The same; without a release the reader is told when there will be one, and it is false. */
bool page_begin_release(struct results_page *page, struct results *results, struct http_exchange *ex);
/* 200, with ETag and who may keep it. */
void page_show(struct results_page *page);
/* A page in the reader's language that says why not ("results.refused.<why>"), and links to what can be
 * asked. */
void page_refuse(struct results_page *page, int status, const char *why);
/* The same for a status other than FIGURES_OK. */
void page_refuse_figures(struct results_page *page, enum figures_status status, const char *rule);

/* ---- reading ---- */
/* A field of the address; ptr NULL when it is not there, or empty. */
struct slice page_asked(const struct results_page *page, const char *name);
/* Of one variable, for the page's people, not split. weighted: the page's, where nothing else is said. */
struct figures_query page_query(struct results_page *page, size_t variable);
/* By the page's view. */
enum figures_status page_figures(struct figures *out, const char **rule, struct results_page *page,
                                 const struct figures_query *query);
const struct variable *page_variables(size_t *count, const struct results_page *page);
/* Whether people see something of it here: questions to choose from, not the service's own, no open boxes. */
bool page_lists(const struct results_page *page, size_t variable);
/* Whether there is a release of the round, and everybody may be told of it. */
bool page_has_release(const struct results_page *page, const struct survey_round *round);
/* When there will be something to see of a round without a release. */
const char *page_when(const struct results_page *page, const struct survey_round *round);

/* ---- writing ---- */
const char *page_text(const struct results_page *page, const char *path);
const char *page_format(const struct results_page *page, const char *path, const char *name,
                        const char *value);
const char *page_date(const struct results_page *page, int64_t unix_s);
/* Appends "&name=value" to an address, encoded. */
void results_put_field(struct buffer *out, const char *name, const char *value);
/* "november 2026" */
const char *page_month(const struct results_page *page, int64_t unix_s);
/* "/uitkomsten/<consultatie>/<part>/<code>" with what is kept; part NULL: of the consultation; code may be
 * NULL. */
const char *page_link(const struct results_page *page, const char *part, const char *code);
/* Title of an application, a value or a consultation; the code where there is none. */
const char *page_name(const struct results_page *page, const char *kind, const char *code);
const char *page_consultation_title(const struct results_page *page, const struct survey_round *round);
void page_title(struct results_page *page, const char *title);
/* Says in <title> that these are results: of what the title names there are other pages. */
void page_kind(struct results_page *page);
void page_back(struct results_page *page, const char *path);
/* Blocks, in the order in which they are put. A block is an object with one member, its kind. */
void page_put(struct results_page *page, const char *kind, json_t *block_take);
void page_put_text(struct results_page *page, const char *text);
void page_put_note(struct results_page *page, const char *text);
void page_put_heading(struct results_page *page, const char *text);
/* A list of links: begun, filled, and then put; an empty one is not put. */
void page_list_add(json_t *list, const char *href, const char *title, const char *text);
void page_put_list(struct results_page *page, const char *heading, json_t *items_take);

/* A panel; addresses and method are filled in. query: what its table would be asked with; NULL: no
 * addresses. */
void page_put_panel(struct results_page *page, struct panel *panel, const struct figures_query *query);
/* The released ones of these variables as rows, labelled by `label`: at most `count`. */
typedef const char *(*page_labeller)(const struct results_page *page, const struct variable *variable);
size_t page_rows(struct panel_row *rows, struct results_page *page, const size_t *variables, size_t count,
                 page_labeller label);
const char *page_label_part(const struct results_page *page, const struct variable *variable);
const char *page_label_application(const struct results_page *page, const struct variable *variable);
/* One panel of a whole question: its variable, or all of its set. False: nothing of it is released. */
bool page_put_question(struct results_page *page, size_t first, const char *heading, const char *id);
/* The options of this one's question, which were ticked, in one panel; what it says is about this one. */
void page_put_options(struct results_page *page, size_t variable, const char *heading, const char *id);
/* The question over the rounds, where more than one has it in the same wording (results_web_trend.c). */
void page_put_trend(struct results_page *page, const struct figures *figures);
/* The form of choices (results_web_choices.c): round, stream, weighted; with `splits` groups and a filter. */
void page_put_choices(struct results_page *page, bool splits, const struct figures *figures);

/* ---- the handlers ---- */
void results_page_all(struct http_exchange *ex, void *self);
void results_page_consultation(struct http_exchange *ex, void *self);
void results_page_question(struct http_exchange *ex, void *self);
void results_page_question_csv(struct http_exchange *ex, void *self);
void results_page_differences_csv(struct http_exchange *ex, void *self);
void results_page_value(struct http_exchange *ex, void *self);
void results_page_application(struct http_exchange *ex, void *self);
void results_page_who(struct http_exchange *ex, void *self);
void results_page_method(struct http_exchange *ex, void *self);

extern const struct route results_web_routes[];
extern const size_t results_web_route_count;

#endif
