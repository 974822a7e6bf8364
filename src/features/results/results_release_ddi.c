/* What was asked in a round and what of the answers is public, as archives take it in. Who asks for people
 * finds none: there are variables, questions, categories and protected frequencies, and where the tables are.
 */
#include "features/results/results_measures.h"
#include "features/results/results_release_file.h"
#include "features/results/results_words.h"

#include "base/clock.h"
#include "formats/ddi.h"

enum { NOTES = 4, LINKS = 3, DAY_BYTES = 10 };

struct ddi_making {
    const struct release_file *file;
    struct arena *arena; /* of the file */
    const struct locales *locales;
    int language;
    enum figures_status status;
    const char *rule;
};

static const char *language_name(const struct ddi_making *m)
{
    return m->language == 0 ? "nl" : "en";
}

static const char *text(const struct ddi_making *m, const char *path)
{
    return locale_text(m->locales, language_name(m), path).ptr;
}

static const char *whole(const struct ddi_making *m, double value)
{
    return arena_printf(m->arena, "%.0f", value).ptr;
}

/* NULL where it is not shown. */
static const char *number(const struct ddi_making *m, const struct figure *figure)
{
    char text[FIGURES_PLAIN_BYTES];
    figures_plain_text(text, figure->value, (int)figure->digits);
    return figure->mark == FIGURE_SHOWN ? arena_cstr(m->arena, slice_from_cstr(text)) : NULL;
}

/* ---- a variable ---- */

/* What a number cannot say: that it is not there, or that it is a limit. */
static const char *note_of(const struct ddi_making *m, const struct figures *figures,
                           const struct figures_cell *cell)
{
    const struct figure *share = &cell->share;
    if (cell->count.mark == FIGURE_FEWER) {
        return locale_format(m->arena, m->locales, language_name(m), "book.fewer", "n",
                             whole(m, (double)figures->fewer), (const char *)NULL)
            .ptr;
    }
    if (cell->count.mark != FIGURE_SHOWN) {
        return text(m, "book.not_public");
    }
    if (share->mark == FIGURE_SHOWN && share->limited) {
        return locale_format(m->arena, m->locales, language_name(m),
                             share->value < 50 ? "book.at_most" : "book.at_least", "n",
                             arena_printf(m->arena, "%s %%", number(m, share)).ptr, (const char *)NULL)
            .ptr;
    }
    return NULL;
}

static void tell_answers(struct ddi_variable *out, const struct ddi_making *m, const struct figures *figures)
{
    struct ddi_category *categories = arena_array(m->arena, figures->answer_count, sizeof *categories);
    const struct figures_line *line = &figures->lines[0];
    for (size_t a = 0; a < figures->answer_count; a++) {
        const struct figures_answer *answer = &figures->answers[a];
        const struct figures_cell *cell = &line->cells[a];
        const char *label = answer->label[m->language] ? answer->label[m->language] : answer->name;
        if (answer->code != FIGURES_GIVEN) {
            categories[out->category_count++] = (struct ddi_category){.code = answer->name,
                                                                      .label = label,
                                                                      .missing = !answer->in_base,
                                                                      .note = note_of(m, figures, cell),
                                                                      .frequency = number(m, &cell->count),
                                                                      .percent = number(m, &cell->share)};
        }
    }
    out->categories = categories;
    out->valid = number(m, &line->base);
    out->mean = number(m, &line->measures[FIGURES_MEAN]);
    out->weighted = figures->query.weighted;
}

/* Of everybody in the stream. What the release does not tell is told without figures. */
static bool tell_figures(struct ddi_variable *out, struct ddi_making *m, size_t variable,
                         const struct variable *v)
{
    struct figures figures;
    struct figures_query query = m->file->people;
    query.variable = variable;
    query.shares = v->level != LEVEL_NUMBER;
    query.measures[FIGURES_MEAN] = measure_fits(FIGURES_MEAN, v);
    m->status = figures_of_public(&figures, &m->rule, m->arena, m->file->file.results, &query);
    if (m->status == FIGURES_NOT_RELEASED) {
        m->status = FIGURES_OK;
        out->note = text(m, "book.not_public");
        return true;
    }
    if (m->status == FIGURES_OK && figures.release != m->file->file.release) {
        m->status = FIGURES_NOT_READY; /* a new one came meanwhile: once more */
    }
    if (m->status == FIGURES_OK) {
        tell_answers(out, m, &figures);
    }
    return m->status == FIGURES_OK;
}

static bool tell_variable(struct ddi_variable *out, struct ddi_making *m, size_t variable)
{
    size_t count;
    const struct survey_round *round = m->file->people.round;
    const struct variable *v = &questionnaire_variables(&count, round->questionnaire)[variable];
    const struct slice asked = questionnaire_asked_words(
        m->arena, round->questionnaire, variable, round->variants, (size_t)round->variant_count, m->language);
    *out = (struct ddi_variable){.code = v->code,
                                 .label = v->label[m->language] ? v->label[m->language] : v->code,
                                 .question = v->asked[m->language],
                                 .universe = asked.len > 0 ? asked.ptr : NULL,
                                 .concept = figures_concept(m->arena, v),
                                 .numeric = v->kind == VARIABLE_NUMBER,
                                 .ranged = v->kind == VARIABLE_NUMBER,
                                 .max = v->number_max};
    return tell_figures(out, m, variable, v);
}

/* ---- the study ---- */

/* How people came, how many, when, and how they are weighed: of a dimension, since everybody was asked that.
 */
static const char *people_of(struct ddi_making *m, struct figures *figures)
{
    struct figures_query query = m->file->people;
    query.variable = m->file->plan->dims[0];
    query.shares = true;
    m->status = figures_of_public(figures, &m->rule, m->arena, m->file->file.results, &query);
    if (m->status != FIGURES_OK) {
        return NULL;
    }
    struct figures_line all = figures->lines[0];
    all.base = all.people;
    return figures_people_sentences(m->arena, m->locales, m->language, figures, &all).ptr;
}

static const char *protection_of(const struct ddi_making *m, const struct figures *figures)
{
    return locale_format(m->arena, m->locales, language_name(m), "book.protected_public", "fewer",
                         whole(m, (double)figures->fewer), "n", whole(m, (double)figures->threshold), "reach",
                         whole(m, figures->noise_reach), "variance", whole(m, figures->noise_variance),
                         (const char *)NULL)
        .ptr;
}

static const char *moment_of(const struct ddi_making *m, const struct figures *figures)
{
    return locale_format(m->arena, m->locales, language_name(m), "book.public_moment", "release",
                         whole(m, figures->release), "date",
                         locale_date(m->arena, m->locales, language_name(m), figures->made_at).ptr,
                         (const char *)NULL)
        .ptr;
}

static void tell_links(struct ddi_link links[LINKS], const struct ddi_making *m)
{
    const struct survey_round *round = m->file->people.round;
    const char *url = m->file->public_url;
    links[0] = (struct ddi_link){release_file_address(m->file, m->arena, RELEASE_CSV), text(m, "ddi.tables")};
    links[1] = (struct ddi_link){
        arena_printf(m->arena,
                     "%s/v1/consultaties/%s/tabellenboek?ronde=%s&werving=%s&gewogen=%s&formaat=ods&taal=%s"
                     "&weergave=openbaar",
                     url, round->consultation, round->code, figures_kept(&m->file->people, "werving"),
                     m->file->people.weighted ? "true" : "false", language_name(m))
            .ptr,
        text(m, "ddi.book")};
    links[2] = (struct ddi_link){
        arena_printf(m->arena, "%s/uitkomsten/%s/methode?ronde=%s", url, round->consultation, round->code)
            .ptr,
        text(m, "results.method.title")};
}

static bool tell_variables(struct ddi_codebook *out, struct ddi_making *m)
{
    const struct release_plan *plan = m->file->plan;
    struct ddi_variable *variables = arena_array(m->arena, plan->variable_count, sizeof *variables);
    out->variables = variables;
    out->variable_count = plan->variable_count;
    for (size_t i = 0; i < plan->variable_count; i++) {
        if (!tell_variable(&variables[i], m, plan->variables[i].variable)) {
            return false;
        }
    }
    return true;
}

static enum dataset_status write(struct ddi_making *m, struct results_file *file)
{
    struct figures figures;
    struct ddi_link links[LINKS];
    char day[CLOCK_RFC3339_BYTES];
    const struct survey_round *round = m->file->people.round;
    const char *people = people_of(m, &figures);
    if (!people) {
        return DATASET_OK;
    }
    const char *const notes[NOTES] = {moment_of(m, &figures), protection_of(m, &figures),
                                      text(m, "book.public_bases"), text(m, "book.not_text")};
    tell_links(links, m);
    clock_format_rfc3339(day, figures.made_at);
    day[DAY_BYTES] = '\0';
    struct ddi_codebook codebook = {.code = round->code,
                                    .title =
                                        round->title[m->language] ? round->title[m->language] : round->code,
                                    .language = language_name(m),
                                    .producer = m->file->file.results->config.organisation,
                                    .date = day,
                                    .version = whole(m, figures.release),
                                    .sampling = people,
                                    .weighting = figures.weights_made_of[m->language],
                                    .restriction = text(m, "ddi.restriction"),
                                    .notes = notes,
                                    .note_count = NOTES,
                                    .weight = DDI_NO_VARIABLE,
                                    .key = DDI_NO_VARIABLE,
                                    .links = links,
                                    .link_count = LINKS};
    return tell_variables(&codebook, m)
               ? ddi_write(&codebook, (struct dataset_output){.write = results_file_write, .self = file})
               : DATASET_OK;
}

enum public_file_made release_ddi_make(struct public_file *file)
{
    struct release_file *order = (struct release_file *)file;
    struct ddi_making m = {.file = order,
                           .arena = file->arena,
                           .locales = web_locales(file->results->config.web),
                           .language = order->language};
    const enum dataset_status written = write(&m, &file->file);
    file->figures = m.status;
    file->rule = m.rule;
    if (m.status != FIGURES_OK) {
        return PUBLIC_FILE_NONE;
    }
    return written == DATASET_OK              ? PUBLIC_FILE_WHOLE
           : written != DATASET_OUTPUT_FAILED ? PUBLIC_FILE_FAILED
           : file->file.too_large             ? PUBLIC_FILE_LARGE
                                              : PUBLIC_FILE_FULL;
}
