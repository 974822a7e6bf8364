/* What is asked of a tabellenboek, out of texts; and what is told beside its tables. */
#include "features/results/results_book_internal.h"

#include "base/clock.h"
#include "features/results/results_query.h"

#include <string.h>

/* ---- the banner ---- */

static bool is_named(const struct results_book_request *request, size_t variable)
{
    for (size_t b = 0; b < request->banner_count; b++) {
        if (request->banner[b] == variable) {
            return true;
        }
    }
    return false;
}

static bool is_dimension(const struct survey_round *round, size_t variable)
{
    size_t dims[BOOK_BANNER_MAX], count = results_book_banner(dims, round, FIGURES_PUBLIC);
    for (size_t d = 0; d < count; d++) {
        if (dims[d] == variable) {
            return true;
        }
    }
    return false;
}

static void read_column(struct results_book_request *request, json_t *errors, struct slice code)
{
    size_t count;
    const struct survey_round *round = request->people.round;
    const struct variable *variables = questionnaire_variables(&count, round->questionnaire);
    int index = questionnaire_find_variable(round->questionnaire, code);
    if (index < 0 || variables[index].kind != VARIABLE_CATEGORY ||
        !questionnaire_asks(round->questionnaire, (size_t)index, round->variants,
                            (size_t)round->variant_count)) {
        results_query_fault_of(errors, "kolommen", "onbekend", code,
                               index < 0 ? "staat niet in het codeboek van deze ronde. Kies variabelen met "
                                           "categorieen die deze ronde vraagt."
                                         : "is geen variabele met categorieen die deze ronde vraagt.");
    } else if (request->people.view == FIGURES_PUBLIC && !is_dimension(round, (size_t)index)) {
        results_query_fault_of(errors, "kolommen", "niet-in-het-rooster", code,
                               "staat niet in het rooster. Kies variabelen waar een uitgave naar uitsplitst: "
                               "haal ze op bij uitgaven.");
    } else if (is_named(request, (size_t)index)) {
        results_query_fault_of(errors, "kolommen", "dubbel", code,
                               "staat er al. Noem elke variabele een keer.");
    } else if (request->banner_count == BOOK_BANNER_MAX) {
        results_query_fault(errors, "kolommen", "te-veel", "Kies ten hoogste twaalf variabelen.");
    } else {
        request->banner[request->banner_count++] = (size_t)index;
    }
}

static void read_banner(struct results_book_request *request, json_t *errors, struct slice text)
{
    if (!text.ptr) {
        request->banner_count =
            results_book_banner(request->banner, request->people.round, request->people.view);
        return;
    }
    for (bool more = true; more;) {
        struct slice code;
        more = slice_cut(&code, &text, text, ',');
        read_column(request, errors, code);
    }
}

/* ---- the rest ---- */

static void read_bases(struct results_book_request *request, json_t *errors, struct slice text)
{
    const bool open = request->people.view == FIGURES_PUBLIC;
    text = text.ptr ? text : open ? SLICE("antwoord") : SLICE("antwoord,mening");
    for (bool more = true; more;) {
        struct slice name;
        bool known = false;
        more = slice_cut(&name, &text, text, ',');
        for (int b = 0; b < BOOK_BASES; b++) {
            if (slice_equal_cstr(name, results_query_base_name((enum figures_base)b))) {
                request->bases[b] = known = true;
            }
        }
        if (!known) {
            results_query_fault_of(errors, "basis", "onbekend", name,
                                   "is geen basis. Kies antwoord, mening of gevraagd.");
        }
    }
    if (open && (request->bases[FIGURES_BASE_OPINION] || request->bases[FIGURES_BASE_ASKED])) {
        results_query_fault(errors, "basis", "een-basis",
                            "Openbare cijfers hebben een basis: iedereen die een antwoord gaf.");
    }
}

static void read_choice(int *out, json_t *errors, struct slice text, const char *parameter,
                        const char *const names[2], const char *detail)
{
    *out = 0;
    if (text.ptr) {
        *out = slice_equal_cstr(text, names[1]);
        if (!*out && !slice_equal_cstr(text, names[0])) {
            results_query_fault(errors, parameter, "onbekend", detail);
        }
    }
}

bool results_book_read(struct results_book_request *request, json_t *errors, struct arena *arena,
                       const struct results_book_texts *texts)
{
    const struct query_texts people = {.filter = texts->filter,
                                       .stream = texts->stream,
                                       .channel = texts->channel,
                                       .quality = texts->quality,
                                       .weighted = texts->weighted};
    size_t before = json_array_size(errors);
    int by_row;
    if (!workbook_format_find(&request->format, texts->format)) {
        results_query_fault(errors, "formaat", "onbekend", "Kies xlsx of ods.");
    }
    read_choice(&request->language, errors, texts->language, "taal", (const char *const[]){"nl", "en"},
                "Kies nl of en.");
    read_choice(&by_row, errors, texts->percentages, "percentages", (const char *const[]){"kolom", "rij"},
                "Kies kolom of rij.");
    request->percentages = by_row ? BOOK_OF_ROW : BOOK_OF_COLUMN;
    if (by_row && request->people.view == FIGURES_PUBLIC) {
        /* They would be of the people who gave an answer, and no release counts by that. */
        results_query_fault(errors, "percentages", "niet-in-het-rooster",
                            "Openbare percentages zijn die van een kolom.");
    }
    request->people.variable = SIZE_MAX;
    results_query_read_people(&request->people, errors, arena, &people);
    read_banner(request, errors, texts->banner);
    read_bases(request, errors, texts->bases);
    return json_array_size(errors) == before;
}

static void keep_pages(struct results_book_request *request, struct arena *arena,
                       const struct round_state *state, const struct round_page *pages, size_t count)
{
    struct round_state *kept = arena_alloc(arena, sizeof *kept);
    struct round_page *own = arena_array(arena, count, sizeof *own);
    *kept = (struct round_state){.code = slice_from_cstr(request->people.round->code),
                                 .responses = state->responses,
                                 .drafts = state->drafts};
    request->page_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (slice_equal(pages[i].round, state->code)) {
            own[request->page_count] = pages[i];
            own[request->page_count++].round = kept->code;
        }
    }
    request->state = kept;
    request->pages = own;
}

enum db_status results_book_read_pages(struct results_book_request *request, struct arena *arena,
                                       struct db_tx *tx, int64_t now_s)
{
    struct round_state *states;
    struct round_page *pages;
    size_t count, page_count;
    enum db_status status = round_states(&states, &count, tx);
    if (status == DB_OK) {
        status = round_pages(&pages, &page_count, tx, clock_day(now_s));
    }
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        if (slice_equal_cstr(states[i].code, request->people.round->code)) {
            keep_pages(request, arena, &states[i], pages, page_count);
        }
    }
    return status;
}

bool results_book_allowed(const struct survey_round *round, int64_t now_s)
{
    return !survey_round_accepts(round, now_s) || round->interim != INTERIM_CLOSED;
}

/* ---- one of its tables, asked again ---- */

static struct slice parameter(struct arena *arena, bool script, const char *name, const char *value)
{
    return script ? arena_printf(arena, ", %s = \"%s\"", name, value)
                  : arena_printf(arena, "&%s=%s", name, value);
}

const char *book_people_asked(struct arena *arena, const struct results_book_request *request, bool script)
{
    /* What is asked when nothing is said, and what here. */
    const char *const asked[][3] = {
        {"werving", "open", figures_kept(&request->people, "werving")},
        {"kanaal", "alle", figures_kept(&request->people, "kanaal")},
        {"kwaliteit", "alle", figures_kept(&request->people, "kwaliteit")},
        {"gewogen", "false", request->people.weighted ? "true" : "false"},
        {"weergave", "analist", request->people.view == FIGURES_PUBLIC ? "openbaar" : "analist"}};
    const char *text = "";
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        if (asked[i][2] && strcmp(asked[i][1], asked[i][2]) != 0) {
            const struct slice more = parameter(arena, script, asked[i][0], asked[i][2]);
            text = arena_printf(arena, "%s%.*s", text, SLICE_ARG(more)).ptr;
        }
    }
    return text;
}

/* The first question that the API has a table of. */
static const char *first_variable(const struct results_book_request *request)
{
    size_t count, at = 0;
    const struct variable *variables = questionnaire_variables(&count, request->people.round->questionnaire);
    const struct book book = {.request = request, .variables = variables, .variable_count = count};
    struct book_question question = {0};
    while (book_next_question(&question, &book, &at) && is_named(request, question.first)) {
    }
    return variables[question.first].code;
}

struct slice results_book_script(struct arena *arena, const struct results_book_request *request)
{
    const struct survey_round *round = request->people.round;
    const bool open = request->people.view == FIGURES_PUBLIC;
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, round->questionnaire);
    const char *by = "";
    if (request->banner_count > 0) {
        by = parameter(arena, true, "groepeerOp", variables[request->banner[0]].code).ptr;
    }
    return arena_printf(
        arena,
        "# One table of the tabellenboek of %s, asked of the API again. Another table: change the query.\n"
        "%s"
        "library(httr)\n"
        "answer <- GET(\"%s/v1/consultaties/%s/tabellen\",\n"
        "              query = list(ronde = \"%s\", variabele = \"%s\"%s%s),\n"
        "%s"
        "              accept(\"text/csv\"))\n"
        "stop_for_status(answer)\n"
        "table <- read.csv(text = sub(\"^\\ufeff\", \"\", content(answer, \"text\", encoding = \"UTF-8\")))\n"
        "print(table)\n",
        round->code,
        open ? "# It is of the newest release, which may be a later one than the book's. No key is needed.\n"
             : "# The key, of an analyst, comes from the environment: never write it in a script.\n",
        request->public_url, round->consultation, round->code, first_variable(request), by,
        book_people_asked(arena, request, true),
        open ? ""
             : "              add_headers(Authorization = paste(\"Bearer\", "
               "Sys.getenv(\"ZEVENSTEM_KEY\"))),\n");
}
