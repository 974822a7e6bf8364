/* What each section of a report holds. Another one: a row of report_sections, what gathers it, its heading
 * (report.section.<code>) in the locales, and how it is shown (report_view.c). */
#include "features/report/report_make.h"

#include "features/coding/coding.h"
#include "features/report/report_year.h"
#include "features/results/results.h"
#include "features/survey/survey.h"
#include "features/tafel/tafel.h"

#include <string.h>

enum { OF_ROUND = 1 << REPORT_OF_ROUND, OF_YEAR = 1 << REPORT_OF_YEAR };

const struct report_limit report_limit_frameworks = {"afwegingskaders", FRAMEWORKS_MAX - 1},
                          report_limit_recommendations = {"aanbevelingen", 500},
                          report_limit_research = {"onderzoeksvragen", 500};

static void set(json_t *object, const char *name, const json_t *value)
{
    if (value) {
        json_object_set(object, name, (json_t *)(uintptr_t)value);
    }
}

/* ---- what the survey says ---- */

/* How many took part in each way, by which channel, and beside what a sample of everybody would be. */
static enum db_status gather_response(json_t **content, struct report_making *m)
{
    size_t i;
    const json_t *part;
    json_t *ways = json_array();
    json_array_foreach(json_object_get(m->figures, "delen"), i, part)
    {
        json_t *way = json_pack("{s:s}", "werving", report_text(part, "over.werving"));
        set(way, "gewogen", report_at(part, "over.gewogen"));
        set(way, "kanaal", report_table_of(part, "kanaal"));
        json_array_append_new(ways, way);
    }
    *content = json_pack("{s:o}", "wervingen", ways);
    set(*content, "gewichten", json_object_get(m->figures, "gewichten"));
    set(*content, "wie", json_object_get(m->figures, "wie"));
    return DB_OK;
}

static enum db_status gather_figures(json_t **content, struct report_making *m)
{
    *content = json_object();
    set(*content, "uitgave", json_object_get(m->figures, "uitgave"));
    set(*content, "delen", json_object_get(m->figures, "delen"));
    set(*content, "afgeschermd", json_object_get(m->figures, "afgeschermd"));
    set(*content, "beschermdMet", json_object_get(m->figures, "beschermdMet"));
    return DB_OK;
}

static enum db_status gather_trends(json_t **content, struct report_making *m)
{
    const json_t *trends = json_object_get(m->figures, "trends");
    if (json_array_size(trends) > 0) {
        *content = json_object();
        set(*content, "trends", trends);
    }
    return DB_OK;
}

/* ---- the value map that was made public, and what follows from it ---- */

static enum db_status gather_map(json_t **content, struct report_making *m)
{
    *content = json_incref((json_t *)(uintptr_t)m->map);
    return DB_OK;
}

typedef json_t *(*cell_filter)(const json_t *cell);

static json_t *cells_of(const struct report_making *m, cell_filter filter)
{
    size_t r, c;
    const json_t *row, *cell;
    json_t *list = json_array();
    json_array_foreach(report_at(m->map, "kaart.toepassingen"), r, row)
    {
        json_array_foreach(json_object_get(row, "waarden"), c, cell)
        {
            json_t *one = filter(cell);
            if (one) {
                set(one, "toepassing", json_object_get(row, "toepassing"));
                set(one, "waarde", json_object_get(cell, "waarde"));
                json_array_append_new(list, one);
            }
        }
    }
    return list;
}

static json_t *compared(const json_t *cell)
{
    json_t *one = NULL;
    if (strcmp(report_text(cell, "label"), "niet-gevraagd") != 0) {
        one = json_object();
        set(one, "label", json_object_get(cell, "label"));
        set(one, "volgensRegel", json_object_get(cell, "volgensRegel"));
        set(one, "tegenspraakOver", json_object_get(cell, "tegenspraakOver"));
        set(one, "beoordeling", json_object_get(cell, "beoordeling"));
    }
    return one;
}

static enum db_status gather_methods(json_t **content, struct report_making *m)
{
    if (m->map) {
        *content = json_pack("{s:o}", "cellen", cells_of(m, compared));
        set(*content, "samenvatting", report_at(m->map, "kaart.samenvatting"));
        set(*content, "volgorde", report_at(m->map, "kaart.volgorde"));
    }
    return DB_OK;
}

static json_t *minority(const json_t *cell)
{
    const json_t *found = report_at(cell, "enquete.minderheid");
    return found ? json_copy((json_t *)(uintptr_t)found) : NULL;
}

static enum db_status gather_minorities(json_t **content, struct report_making *m)
{
    json_t *cells = cells_of(m, minority);
    if (json_array_size(cells) > 0) {
        *content = json_pack("{s:O}", "cellen", cells);
    }
    json_decref(cells);
    return DB_OK;
}

/* Who did not agree (any more) is left out, and what may hold personal data; that something was, is said. */
static enum db_status gather_quotes(json_t **content, struct report_making *m)
{
    json_t *quotes = NULL;
    if (m->draft->quote_count == 0) {
        return DB_OK;
    }
    const enum db_status status = report_quotes(&quotes, m->tx, m->arena, m->means->keys, m->draft);
    if (status == DB_OK) {
        size_t i;
        json_t *quote;
        m->quotes_dropped = m->draft->quote_count - json_array_size(quotes);
        json_array_foreach(quotes, i, quote)
        {
            json_array_append(m->quoted, json_object_get(quote, "passage"));
            json_object_del(quote, "passage");
            json_object_del(quote, "van");
        }
        *content = json_pack("{s:O,s:I}", "citaten", quotes, "vervallen", (json_int_t)m->quotes_dropped);
    }
    return status;
}

/* ---- how it was done ---- */

static enum db_status gather_method(json_t **content, struct report_making *m)
{
    struct coding_plan plan;
    json_t *questionnaire = NULL;
    enum db_status status = report_questionnaire(&questionnaire, m->tx, m->arena, m->round->version_id);
    if (status == DB_OK) {
        status = coding_plan_read(&plan, m->tx, m->round->id);
    }
    if (status != DB_OK) {
        return status;
    }
    *content = json_pack("{s:O,s:o}", "vragenlijst", questionnaire, "codeboek",
                         questionnaire_codebook_json(m->round->questionnaire));
    set(*content, "toelichting",
        report_at(json_array_get(json_object_get(m->figures, "delen"), 0), "over.toelichting"));
    if (plan.found) {
        struct slice document;
        status = codebook_document(&document, m->tx, m->arena, plan.book_version);
        if (status == DB_OK && document.ptr) {
            set(*content, "codeerboek", signal_json(m->arena, document));
        }
    }
    return status;
}

/* ---- signals, and what was done with them ---- */

static enum db_status gather_signals(json_t **content, struct report_making *m)
{
    size_t i;
    const json_t *signal;
    json_t *counts = json_object();
    for (unsigned s = 0; s < SIGNAL_STATES; s++) {
        json_int_t n = 0;
        json_array_foreach(m->signals, i, signal)
        {
            n += strcmp(report_text(signal, "stand"), signal_states[s]) == 0;
        }
        json_object_set_new(counts, signal_states[s], json_integer(n));
    }
    *content = json_pack("{s:O,s:o}", "signalen", m->signals, "naarStand", counts);
    return DB_OK;
}

/* ---- the agenda ---- */

static enum db_status gather_agenda(json_t **content, struct report_making *m)
{
    *content = json_incref((json_t *)(uintptr_t)m->agenda);
    return DB_OK;
}

/* What was advised of an item about this version of the agenda, with its reason: the newest. */
static void add_advice(json_t *list, const json_t *newest, const json_t *item)
{
    json_t *one = json_copy(json_object_get(newest, report_text(item, "code")));
    if (one) {
        set(one, "onderdeel", json_object_get(item, "code"));
        set(one, "titel", json_object_get(item, "titel"));
        json_array_append_new(list, one);
    }
}

static enum db_status gather_advice(json_t **content, struct report_making *m)
{
    json_t *newest = NULL, *list = json_array();
    const json_t *sections = json_object_get(m->agenda, "paragrafen");
    const enum db_status status = recalibration_newest(
        &newest, m->tx, m->arena, (int32_t)json_integer_value(json_object_get(m->agenda, "versie")));
    for (size_t s = 0; status == DB_OK && s < json_array_size(sections); s++) {
        const json_t *items = json_object_get(json_array_get(sections, s), "onderdelen");
        for (size_t i = 0; i < json_array_size(items); i++) {
            add_advice(list, newest, json_array_get(items, i));
        }
    }
    *content = json_pack("{s:o}", "adviezen", list);
    return status;
}

/* Whether there are no more than that; else the report is none. */
static bool fits(struct report_making *m, const json_t *list, const struct report_limit *limit)
{
    const bool fit = json_array_size(list) <= (size_t)limit->most;
    m->limit = fit ? m->limit : limit;
    return fit;
}

static enum db_status gather_cases(json_t **content, struct report_making *m, enum case_sort sort,
                                   const struct report_limit *limit)
{
    json_t *list = NULL;
    const struct case_filter filter = {.most = limit->most + 1, .consultation = m->draft->consultation};
    const enum db_status status = case_list(&list, m->tx, m->arena, sort, &filter);
    if (status == DB_OK && fits(m, list, limit)) {
        *content = json_pack("{s:O}", limit->code, list);
    }
    return status;
}

static enum db_status gather_recommendations(json_t **content, struct report_making *m)
{
    return gather_cases(content, m, CASE_RECOMMENDATION, &report_limit_recommendations);
}

static enum db_status gather_research(json_t **content, struct report_making *m)
{
    return gather_cases(content, m, CASE_QUESTION, &report_limit_research);
}

/* Sheets as they were approved. The words of people that an argument rests on stay out: a sheet looks those
 * up each time that it is read, so that they are gone with the consent, and a report never changes. */
static enum db_status gather_frameworks(json_t **content, struct report_making *m)
{
    json_t *list = NULL;
    const enum db_status status = frameworks_approved(&list, m->tx, m->arena, m->draft->consultation);
    if (status == DB_OK && json_array_size(list) > 0 && fits(m, list, &report_limit_frameworks)) {
        *content = json_pack("{s:O}", report_limit_frameworks.code, list);
    }
    return status;
}

/* ---- what others found ---- */

static enum db_status gather_others(json_t **content, struct report_making *m)
{
    json_t *list = NULL;
    const struct source_filter filter = {.consultation = m->draft->consultation,
                                         .real = m->draft->consultation.len == 0};
    const enum db_status status = source_list(&list, m->tx, m->arena, &filter);
    if (status == DB_OK && json_array_size(list) > 0) {
        *content = json_pack("{s:O}", "bronnen", list);
    }
    return status;
}

const struct report_section report_sections[] = {
    {"respons", OF_ROUND | OF_YEAR, true, false, gather_response, true},
    {"waardenkaart", OF_ROUND | OF_YEAR, true, false, gather_map, true},
    {"methoden", OF_ROUND | OF_YEAR, true, false, gather_methods, true},
    {"minderheden", OF_ROUND | OF_YEAR, true, false, gather_minorities, true},
    {"trends", OF_ROUND | OF_YEAR, true, true, gather_trends, true},
    {"cijfers", OF_ROUND | OF_YEAR, true, true, gather_figures, true},
    {"citaten", OF_ROUND | OF_YEAR, false, false, gather_quotes, false},
    {"signalen", OF_ROUND | OF_YEAR, false, false, gather_signals, false},
    {"afwegingskaders", OF_ROUND | OF_YEAR, false, false, gather_frameworks, false},
    {"departementen", OF_YEAR, false, false, year_departments, false},
    {"veranderd", OF_YEAR, false, false, year_changes, false},
    {"agenda", OF_YEAR, false, false, gather_agenda, false},
    {"herijking", OF_YEAR, false, false, gather_advice, false},
    {"aanbevelingen", OF_YEAR, false, false, gather_recommendations, false},
    {"onderzoeksagenda", OF_YEAR, false, false, gather_research, false},
    {"ander-onderzoek", OF_ROUND | OF_YEAR, false, false, gather_others, false},
    {"verantwoording", OF_ROUND | OF_YEAR, true, false, gather_method, false},
};
const size_t report_section_count = sizeof report_sections / sizeof report_sections[0];
