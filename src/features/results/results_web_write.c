/* What pages of results are put together from: texts, links, blocks, panels of whole questions. */
#include "features/results/results_web.h"
#include "features/results/results_words.h"

#include "base/clock.h"

#include <string.h>

enum { SET_PANELS_MAX = 12 };

static const char *const languages[] = {"nl", "en"};

/* ---- texts ---- */

const char *page_text(const struct results_page *page, const char *path)
{
    return locale_text(page->maker.locales, languages[page->maker.language], path).ptr;
}

const char *page_format(const struct results_page *page, const char *path, const char *name,
                        const char *value)
{
    return locale_format(page->maker.arena, page->maker.locales, languages[page->maker.language], path, name,
                         value, (const char *)NULL)
        .ptr;
}

const char *page_date(const struct results_page *page, int64_t unix_s)
{
    return locale_date(page->maker.arena, page->maker.locales, languages[page->maker.language], unix_s).ptr;
}

const char *page_month(const struct results_page *page, int64_t unix_s)
{
    const struct clock_civil day = clock_civil_nl(unix_s);
    const char *name = page_text(page, arena_printf(page->maker.arena, "date.month_%d", day.month).ptr);
    return arena_printf(page->maker.arena, "%s %d", name, day.year).ptr;
}

const char *page_when(const struct results_page *page, const struct survey_round *round)
{
    const int64_t now = page->results->config.now_s();
    if (now < round->opens_at) {
        return page_format(page, "results.when.before", "date", page_date(page, round->opens_at));
    }
    if (survey_round_accepts(round, now)) {
        static const char *const paths[] = {[INTERIM_CLOSED] = "results.when.closed",
                                            [INTERIM_ANALYSTS] = "results.when.analysts",
                                            [INTERIM_PUBLIC] = "results.when.open"};
        return page_format(page, paths[round->interim], "date",
                           page_date(page, survey_round_last_moment(round)));
    }
    return page_format(page, "results.when.after", "date", page_date(page, survey_round_last_moment(round)));
}

const char *page_consultation_title(const struct results_page *page, const struct survey_round *round)
{
    const char *title = json_string_value(
        json_object_get(json_object_get(round->document, "title"), languages[page->maker.language]));
    return title ? title : round->consultation;
}

const char *page_name(const struct results_page *page, const char *kind, const char *code)
{
    size_t index;
    json_t *item;
    const json_t *all = questionnaire_explainers_context(page->maker.arena, page->round->questionnaire, kind,
                                                         page->maker.language);
    json_array_foreach((json_t *)(uintptr_t)all, index, item)
    {
        if (strcmp(json_string_value(json_object_get(item, "code")), code) == 0) {
            return json_string_value(json_object_get(item, "title"));
        }
    }
    return code;
}

const char *page_link(const struct results_page *page, const char *part, const char *code)
{
    return arena_printf(page->maker.arena, "/uitkomsten/%s%s%s%s%s%s", page->consultation, part ? "/" : "",
                        part ? part : "", code ? "/" : "", code ? code : "", page->kept)
        .ptr;
}

/* ---- blocks ---- */

void page_title(struct results_page *page, const char *title)
{
    json_object_set_new(page->context, "title", json_string(title));
}

void page_kind(struct results_page *page)
{
    json_object_set_new(page->context, "title_kind", json_string(page_text(page, "results.all.title")));
}

void page_back(struct results_page *page, const char *path)
{
    json_object_set_new(page->context, "back_path", json_string(path));
}

void page_put(struct results_page *page, const char *kind, json_t *block_take)
{
    json_t *block = json_object();
    json_object_set_new(block, kind, block_take);
    json_array_append_new(page->blocks, block);
}

void page_put_text(struct results_page *page, const char *text)
{
    page_put(page, "paragraph", json_string(text));
}

void page_put_note(struct results_page *page, const char *text)
{
    page_put(page, "note", json_string(text));
}

void page_put_heading(struct results_page *page, const char *text)
{
    page_put(page, "subject", json_string(text));
}

void page_list_add(json_t *list, const char *href, const char *title, const char *text)
{
    json_t *item = json_pack("{s:s, s:s}", "href", href, "title", title);
    json_object_set_new(item, "text", text ? json_string(text) : json_false());
    json_array_append_new(list, item);
}

void page_put_list(struct results_page *page, const char *heading, json_t *items_take)
{
    if (json_array_size(items_take) == 0) {
        json_decref(items_take);
        return;
    }
    page_put(page, "list",
             json_pack("{s:o, s:o}", "list_heading", heading ? json_string(heading) : json_false(), "items",
                       items_take));
}

/* ---- panels ---- */

/* Appends a value as a part of an address: RFC 3986's unreserved characters, and those that our own syntax
 * uses and that stand for themselves in a query. */
static void put_encoded(struct buffer *out, const char *text)
{
    static const char hex[] = "0123456789ABCDEF";
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        const bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
                           strchr("-._~:,", (char)*c);
        if (plain) {
            buffer_append_byte(out, (char)*c);
        } else {
            buffer_append_byte(out, '%');
            buffer_append_byte(out, hex[*c >> 4]);
            buffer_append_byte(out, hex[*c & 15]);
        }
    }
}

void results_put_field(struct buffer *out, const char *name, const char *value)
{
    buffer_printf(out, "&%s=", name);
    put_encoded(out, value);
}

/* "leeftijd:25-34,gender:vrouw", the stream apart; NULL without. */
static const char *filter_text(const struct results_page *page, const struct figures_query *query)
{
    size_t count;
    const struct variable *variables = page_variables(&count, page);
    const char *text = NULL;
    for (size_t f = 0; f < query->filter_count; f++) {
        const struct variable *v = &variables[query->filters[f].variable];
        if (query->filters[f].variable != page->shelved->plan.stream && query->filters[f].count == 1) {
            text = arena_printf(page->maker.arena, "%s%s%s:%s", text ? text : "", text ? "," : "", v->code,
                                figures_code_name(page->maker.arena, v, query->filters[f].codes[0]))
                       .ptr;
        }
    }
    return text;
}

static const char *api_address(const struct results_page *page, const struct figures_query *query,
                               const char *endpoint)
{
    size_t count;
    struct buffer out;
    const struct variable *variables = page_variables(&count, page);
    const char *filter = filter_text(page, query), *groups = NULL;
    buffer_init(&out, 4096);
    buffer_printf(&out, "/v1/consultaties/%s/%s?variabele=%s", page->consultation, endpoint,
                  variables[query->variable].code);
    for (size_t g = 0; g < query->group_count; g++) {
        groups = arena_printf(page->maker.arena, "%s%s%s", groups ? groups : "", groups ? "," : "",
                              variables[query->groups[g]].code)
                     .ptr;
    }
    if (groups) {
        results_put_field(&out, "groepeerOp", groups);
    }
    if (filter) {
        results_put_field(&out, "filter", filter);
    }
    results_put_field(&out, "ronde", page->round->code);
    results_put_field(&out, "werving", page->stream);
    results_put_field(&out, "gewogen", query->weighted ? "true" : "false");
    const struct slice address = arena_copy(page->maker.arena, buffer_slice(&out));
    buffer_free(&out);
    return address.ptr;
}

static const char *csv_address(const struct results_page *page, const struct figures_query *query,
                               const char *file)
{
    size_t count;
    struct buffer out;
    static const char *const names[] = {"groep", "groep2"};
    const struct variable *variables = page_variables(&count, page);
    const char *filter = filter_text(page, query);
    buffer_init(&out, 4096);
    buffer_printf(&out, "/uitkomsten/%s/vraag/%s/%s?ronde=%s", page->consultation,
                  variables[query->variable].code, file, page->round->code);
    results_put_field(&out, "werving", page->stream);
    results_put_field(&out, "gewogen", query->weighted ? "true" : "false");
    for (size_t g = 0; g < query->group_count && g < 2; g++) {
        results_put_field(&out, names[g], variables[query->groups[g]].code);
    }
    if (filter) {
        results_put_field(&out, "filter", filter);
    }
    const struct slice address = arena_copy(page->maker.arena, buffer_slice(&out));
    buffer_free(&out);
    return address.ptr;
}

void page_put_panel(struct results_page *page, struct panel *panel, const struct figures_query *query)
{
    if (query) {
        panel->json = api_address(page, query, "tabellen");
        panel->csv = csv_address(page, query, "csv");
        if (panel->difference_count > 0) {
            panel->differences_json = api_address(page, query, "verschillen");
            panel->differences_csv = csv_address(page, query, "verschillen");
        }
    }
    panel->method = page_link(page, "methode", NULL);
    page_put(page, "panel", panel_context(&page->maker, panel));
}

const char *page_label_part(const struct results_page *page, const struct variable *variable)
{
    const char *part = variable->part[page->maker.language];
    return part ? part : variable->label[page->maker.language];
}

const char *page_label_application(const struct results_page *page, const struct variable *variable)
{
    const char *application = page_name(page, "application", variable->application);
    return variable->facet
               ? arena_printf(page->maker.arena, "%s: %s", application, page_label_part(page, variable)).ptr
               : application;
}

size_t page_rows(struct panel_row *rows, struct results_page *page, const size_t *variables, size_t count,
                 page_labeller label)
{
    size_t all, found = 0;
    const struct variable *codebook = page_variables(&all, page);
    for (size_t i = 0; i < count; i++) {
        const struct figures_query query = page_query(page, variables[i]);
        struct figures *figures = arena_alloc(page->maker.arena, sizeof *figures);
        if (!page_lists(page, variables[i]) || page_figures(figures, NULL, page, &query) != FIGURES_OK) {
            continue;
        }
        const struct variable *v = &codebook[variables[i]];
        rows[found++] = (struct panel_row){.label = label(page, v),
                                           .href = page_link(page, "vraag", v->code),
                                           .figures = figures,
                                           .line = &figures->lines[figures->line_count - 1]};
    }
    return found;
}

/* Options that were ticked, or items on one scale: one panel of them all. told: which of them its sentence is
 * about, a variable; of another: about the one that has most. */
static void put_set(struct results_page *page, const struct panel_row *rows, size_t count,
                    const char *heading, const char *id, const struct variable *told)
{
    const struct variable *v = rows[0].figures->variable;
    const struct panel_row *row = NULL;
    for (size_t r = 0; told && r < count; r++) {
        row = rows[r].figures->variable == told ? &rows[r] : row;
    }
    struct panel panel = {.id = id,
                          .heading = heading,
                          .rows_are = page_text(page, "results.part"),
                          .about = v->asked[page->maker.language],
                          .answer = v->set == SET_MULTIPLE ? "ja" : NULL,
                          .told = row,
                          .rows = rows,
                          .row_count = count};
    page_put_panel(page, &panel, NULL);
}

static size_t part_rows(struct panel_row **rows, struct results_page *page, const struct variable *v)
{
    size_t *variables = arena_array(page->maker.arena, v->set_count, sizeof *variables);
    *rows = arena_array(page->maker.arena, v->set_count, sizeof **rows);
    for (size_t i = 0; i < v->set_count; i++) {
        variables[i] = v->set_first + i;
    }
    return page_rows(*rows, page, variables, v->set_count, page_label_part);
}

void page_put_options(struct results_page *page, size_t variable, const char *heading, const char *id)
{
    size_t count;
    struct panel_row *rows;
    const struct variable *v = &page_variables(&count, page)[variable];
    const size_t found = part_rows(&rows, page, v);
    if (found > 0) {
        put_set(page, rows, found, heading, id, v);
    }
}

bool page_put_question(struct results_page *page, size_t first, const char *heading, const char *id)
{
    size_t count;
    const struct variable *v = &page_variables(&count, page)[first];
    struct panel_row *rows;
    const size_t found = part_rows(&rows, page, v);
    if (found == 0) {
        return false;
    }
    if (v->set == SET_MULTIPLE || v->set == SET_SERIES || v->set == SET_POINTS) {
        put_set(page, rows, found, heading, id, NULL);
        return true;
    }
    for (size_t i = 0; i < found && i < SET_PANELS_MAX; i++) {
        const struct variable *one = rows[i].figures->variable;
        struct panel panel = {.id = arena_printf(page->maker.arena, "%s-%zu", id, i + 1).ptr,
                              .heading = v->set == SET_ALONE ? heading : rows[i].label,
                              .rows_are = page_text(page, "results.part"),
                              .about = one->label[page->maker.language],
                              .rows = &rows[i],
                              .row_count = 1};
        page_put_panel(page, &panel, &rows[i].figures->query);
    }
    return true;
}
