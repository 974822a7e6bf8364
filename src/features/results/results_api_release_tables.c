/* GET /v1/consultaties/{consultatie}/uitgaven/tabellen: a release as one file (results_release_file.h). */
#include "features/results/results_api.h"
#include "features/results/results_release_file.h"

#include <inttypes.h>
#include <string.h>

enum { MAX_AGE_S = 300 };

/* In the exchange's arena: the file is made after the handler returned. */
struct work {
    struct release_file file; /* first */
    struct results_call call;
};

/* ---- the answer ---- */

static void set_headers(const struct work *work)
{
    const struct release_file *file = &work->file;
    const struct survey_round *round = work->call.round;
    const int release = (int)file->file.release;
    const char *ending = release_file_facts(file->format)->ending;
    struct http_exchange *ex = work->call.ex;
    struct arena *arena = http_arena(ex);
    http_set_header(ex, "Vary", "Authorization, Accept");
    http_set_header(ex, "Cache-Control", arena_printf(arena, "public, max-age=%d", MAX_AGE_S).ptr);
    http_set_header(ex, "ETag", arena_printf(arena, "\"u-%d.%d-%s\"", (int)round->id, release, ending).ptr);
    http_set_header(
        ex, "Content-Disposition",
        arena_printf(arena, "attachment; filename=\"%s-uitgave-%d.%s\"", round->code, release, ending).ptr);
}

static void describe(struct public_file *file)
{
    const struct work *work = (const struct work *)file;
    struct http_exchange *ex = work->call.ex;
    set_headers(work);
    if (work->file.format != RELEASE_DDI) {
        http_set_header(ex, "Rijen", arena_printf(http_arena(ex), "%" PRIu64, file->rows).ptr);
    }
    if (work->file.format == RELEASE_CSV) {
        http_set_header(ex, "Link",
                        arena_printf(http_arena(ex), "<%s>; rel=\"describedby\"; type=\"%s\"",
                                     release_file_address(&work->file, http_arena(ex), RELEASE_CSVW),
                                     release_file_facts(RELEASE_CSVW)->media_type)
                            .ptr);
    }
}

static void reply_metadata(const struct work *work)
{
    struct http_exchange *ex = work->call.ex;
    const struct slice text = release_tables_metadata(http_arena(ex), &work->file);
    if (!text.ptr) {
        http_error(ex, 500);
        return;
    }
    http_reply_bytes(ex, 200, release_file_facts(RELEASE_CSVW)->media_type, text);
    set_headers(work);
}

/* ---- the question ---- */

static void read_format(struct work *work)
{
    struct slice text;
    const bool said = http_query(&text, work->call.ex, "formaat");
    for (int i = 0; i < RELEASE_FORMATS; i++) {
        const struct release_file_facts *facts = release_file_facts((enum release_file_format)i);
        if (said ? slice_equal_cstr(text, facts->name)
                 : strcmp(http_accepted(work->call.ex), facts->media_type) == 0) {
            work->file.format = (enum release_file_format)i;
            return;
        }
    }
    results_query_fault(work->call.errors, "formaat", "onbekend", "Kies csv, csvw, jsonl of ddi.");
}

static void read_language(struct work *work)
{
    struct slice text;
    if (http_query(&text, work->call.ex, "taal")) {
        work->file.language = slice_equal_cstr(text, "en");
        if (!slice_equal_cstr(text, "nl") && !slice_equal_cstr(text, "en")) {
            results_query_fault(work->call.errors, "taal", "onbekend", "Kies nl of en.");
        }
    }
}

void results_get_release_tables(struct http_exchange *ex, void *self)
{
    struct work *work = arena_alloc(http_arena(ex), sizeof *work);
    struct results_call *call = &work->call;
    const char *rule = NULL;
    enum db_status status;
    if (!results_call_begin(call, self, (struct results_place){NULL, NULL}, ex)) {
        return;
    }
    const struct query_texts texts = results_call_texts(call);
    work->file.people =
        (struct figures_query){.view = FIGURES_PUBLIC, .round = call->round, .variable = SIZE_MAX};
    results_query_read_people(&work->file.people, call->errors, call->arena, &texts);
    read_format(work);
    read_language(work);
    if (results_call_refuse(call, &status)) {
        return;
    }
    struct public_file *file = &work->file.file;
    file->results = call->results;
    file->call = call;
    file->arena = call->arena;
    file->describe = describe;
    work->file.public_url = http_public_url(ex);
    const enum figures_status found = release_file_find(&work->file, &rule);
    if (found != FIGURES_OK) {
        results_call_answer(call, found, rule);
    } else if (work->file.format == RELEASE_CSVW) {
        reply_metadata(work);
    } else {
        public_file_answer(file);
    }
}
