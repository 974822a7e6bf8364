/* Tables of a report as CSV: the document's own numbers, with a decimal point. */
#include "features/report/report_csv.h"

#include "formats/csv.h"

#include <string.h>

enum { CSV_BYTES_MAX = 8 * 1024 * 1024 };

struct listing {
    const char *name, *section, *list;
    const struct column *columns;
    size_t count;
};
#define LISTING(NAME, SECTION, LIST, COLUMNS)                                                                \
    {                                                                                                        \
        NAME, SECTION, LIST, COLUMNS, sizeof(COLUMNS) / sizeof(COLUMNS)[0]                                   \
    }

static const struct column signal_columns[] = {
    {"signaal", "nummer"},          {"titel", "titel"}, {"bron", "bron"},
    {"consultatie", "consultatie"}, {"stand", "stand"}, {"opgevangen_op", "opgevangenOp"},
    {"gewijzigd_op", "gewijzigdOp"}};
static const struct column addressee_columns[] = {{"naam", "naam"},
                                                  {"van_eerder", "vanEerder"},
                                                  {"doorgeleid", "doorgeleid"},
                                                  {"beantwoord", "beantwoord"},
                                                  {"te_laat", "teLaat"}};
static const struct column change_columns[] = {{"signaal", "signaal"},     {"titel", "titel"},
                                               {"onderdeel", "onderdeel"}, {"van", "geadresseerde"},
                                               {"uitkomst", "uitkomst"},   {"wat_verandert", "watVerandert"},
                                               {"wanneer", "wanneer"}};
static const struct column advice_columns[] = {
    {"onderdeel", "onderdeel"}, {"titel", "titel"}, {"advies", "advies"}, {"reden", "reden"}, {"op", "op"}};
static const struct column recommendation_columns[] = {{"nummer", "nummer"},
                                                       {"titel", "titel"},
                                                       {"procedure", "procedure"},
                                                       {"voorstel", "voorstel"},
                                                       {"stand", "stand"}};
static const struct column research_columns[] = {{"nummer", "nummer"}, {"vraag", "titel"},
                                                 {"soort", "soort"},   {"technologie", "technologie"},
                                                 {"stand", "stand"},   {"uitkomst", "uitkomst"}};
static const struct column source_columns[] = {
    {"wie", "wie"},           {"titel", "titel"},         {"jaar", "jaar"},
    {"methode", "methode"},   {"bevolking", "bevolking"}, {"vraag", "vraag"},
    {"uitkomst", "uitkomst"}, {"bladzijde", "bladzijde"}, {"adres", "adres"}};

static const struct listing listings[] = {
    LISTING("signalen", "signalen", "signalen", signal_columns),
    LISTING("departementen", "departementen", "geadresseerden", addressee_columns),
    LISTING("veranderd", "veranderd", "veranderingen", change_columns),
    LISTING("herijking", "herijking", "adviezen", advice_columns),
    LISTING("aanbevelingen", "aanbevelingen", "aanbevelingen", recommendation_columns),
    LISTING("onderzoeksagenda", "onderzoeksagenda", "onderzoeksvragen", research_columns),
    LISTING("ander-onderzoek", "ander-onderzoek", "bronnen", source_columns),
};
enum { LISTINGS = sizeof listings / sizeof listings[0] };

static const struct column agenda_columns[] = {{"onderdeel", "code"},
                                               {"soort", "soort"},
                                               {"titel", "titel"},
                                               {"eigenaar", "eigenaar"},
                                               {"stand", "stand"}};

/* ---- cells ---- */

void report_csv_value(struct buffer *out, const json_t *value, bool number)
{
    if (json_is_integer(value)) {
        buffer_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    } else if (json_is_boolean(value)) {
        buffer_append_cstr(out, json_is_true(value) ? "ja" : "nee");
    } else if (json_is_string(value)) {
        const struct slice text = {json_string_value(value), json_string_length(value)};
        if (number) {
            buffer_append(out, text);
        } else {
            csv_put_text(out, text);
        }
    }
}

void report_csv_items(struct buffer *out, const json_t *item, const struct column *columns, size_t count)
{
    for (size_t c = 0; c < count; c++) {
        buffer_append_cstr(out, c > 0 ? "," : "");
        report_csv_value(out, report_at(item, columns[c].path), false);
    }
}

void report_csv_text(struct buffer *out, const char *text)
{
    csv_put_text(out, slice_from_cstr(text));
    buffer_append_cstr(out, ",");
}

void report_csv_number(struct buffer *out, struct arena *arena, const json_t *object, const char *name)
{
    report_csv_value(out, json_object_get(object, name), true);
    buffer_append_cstr(out, ",");
    const json_t *why = json_object_get(object, arena_printf(arena, "%sReden", name).ptr);
    report_csv_value(out, why ? why : json_object_get(object, arena_printf(arena, "%sGrens", name).ptr),
                     false);
    buffer_append_cstr(out, ",");
}

void report_csv_interval(struct buffer *out, const json_t *object)
{
    const json_t *interval = json_object_get(object, "bandbreedte");
    report_csv_value(out, json_array_get(interval, 0), true);
    buffer_append_cstr(out, ",");
    report_csv_value(out, json_array_get(interval, 1), true);
    buffer_append_cstr(out, ",");
}

static void put_head(struct buffer *out, const struct column *columns, size_t count)
{
    buffer_append_cstr(out, "\xef\xbb\xbf");
    for (size_t i = 0; i < count; i++) {
        buffer_printf(out, "%s%s", i > 0 ? "," : "", columns[i].name);
    }
    buffer_append_cstr(out, "\r\n");
}

static void put_items(struct buffer *out, const json_t *list, const struct column *columns, size_t count)
{
    size_t i;
    const json_t *item;
    json_array_foreach(list, i, item)
    {
        report_csv_items(out, item, columns, count);
        buffer_append_cstr(out, "\r\n");
    }
}

/* ---- a table of figures ---- */

struct figures_csv {
    struct buffer *out;
    struct arena *arena;
    const char *round;
    const json_t *part, *table, *line;
};

static void put_common(const struct figures_csv *c, const char *measure)
{
    csv_put_text(c->out, slice_from_cstr(c->round));
    buffer_append_cstr(c->out, ",");
    report_csv_value(c->out, report_at(c->part, "over.werving"), false);
    buffer_append_cstr(c->out, ",");
    report_csv_value(c->out, report_at(c->part, "over.gewogen"), false);
    buffer_append_cstr(c->out, ",");
    report_csv_value(c->out, report_at(c->part, "over.uitgave"), true);
    buffer_append_cstr(c->out, ",");
    report_csv_value(c->out, report_at(c->table, "variabele.code"), false);
    buffer_append_cstr(c->out, ",");
    report_csv_value(c->out, report_at(c->table, "variabele.label"), false);
    buffer_printf(c->out, ",%s,", measure);
}

static void put_end(const struct figures_csv *c)
{
    report_csv_number(c->out, c->arena, c->line, "basis");
    report_csv_value(c->out, report_at(c->part, "over.minderDan"), true);
    buffer_append_cstr(c->out, "\r\n");
}

static void put_figures(const struct figures_csv *c)
{
    size_t i;
    const char *measure;
    const json_t *cell;
    json_t *estimate;
    json_array_foreach(json_object_get(c->line, "cellen"), i, cell)
    {
        put_common(c, "percentage");
        report_csv_value(c->out, json_object_get(cell, "antwoord"), false);
        buffer_append_cstr(c->out, ",");
        report_csv_value(c->out, json_object_get(cell, "label"), false);
        buffer_append_cstr(c->out, ",");
        report_csv_number(c->out, c->arena, cell, "aantal");
        report_csv_number(c->out, c->arena, cell, "percentage");
        report_csv_interval(c->out, cell);
        put_end(c);
    }
    json_object_foreach(json_object_get(c->line, "maten"), measure, estimate)
    {
        put_common(c, measure);
        buffer_append_cstr(c->out, ",,,,");
        report_csv_number(c->out, c->arena, estimate, "waarde");
        report_csv_interval(c->out, estimate);
        put_end(c);
    }
}

static const char *table_name(struct arena *arena, const char *round, const json_t *part, const json_t *table)
{
    return arena_printf(arena, "%s.%s.%s", round, report_text(part, "over.werving"),
                        report_text(table, "variabele.code"))
        .ptr;
}

typedef bool (*table_visitor)(const struct figures_csv *at, const char *name, void *context);

/* Every table of figures; until one is visited with true. */
static bool each_table(const json_t *document, struct arena *arena, table_visitor visit, void *context)
{
    size_t s, p, t;
    const json_t *section, *part, *table;
    json_array_foreach(json_object_get(document, "delen"), s, section)
    {
        if (strcmp(report_text(section, "deel"), "cijfers") != 0) {
            continue;
        }
        const char *round = report_text(section, "ronde");
        json_array_foreach(report_at(section, "inhoud.delen"), p, part)
        {
            json_array_foreach(json_object_get(part, "tabellen"), t, table)
            {
                const struct figures_csv at = {.arena = arena,
                                               .round = round,
                                               .part = part,
                                               .table = table,
                                               .line = json_array_get(json_object_get(table, "rijen"), 0)};
                if (visit(&at, table_name(arena, round, part, table), context)) {
                    return true;
                }
            }
        }
    }
    return false;
}

struct wanted {
    struct slice name;
    struct buffer *out;
};

static bool put_if_wanted(const struct figures_csv *at, const char *name, void *context)
{
    const struct wanted *wanted = context;
    if (!slice_equal_cstr(wanted->name, name)) {
        return false;
    }
    struct figures_csv c = *at;
    c.out = wanted->out;
    buffer_append_cstr(c.out, "\xef\xbb\xbf"
                              "ronde,werving,gewogen,uitgave,variabele,vraag,maat,antwoord,label,aantal,"
                              "aantal_reden,waarde,waarde_reden,ondergrens,bovengrens,basis,basis_reden,"
                              "minder_dan\r\n");
    put_figures(&c);
    return true;
}

static void put_agenda(struct buffer *out, const json_t *agenda)
{
    size_t i;
    const json_t *section;
    put_head(out, agenda_columns, sizeof agenda_columns / sizeof agenda_columns[0]);
    json_array_foreach(json_object_get(agenda, "paragrafen"), i, section)
    {
        put_items(out, json_object_get(section, "onderdelen"), agenda_columns,
                  sizeof agenda_columns / sizeof agenda_columns[0]);
    }
}

/* Those of report_round_tables; until one is visited with true. */
typedef bool (*round_visitor)(const struct report_round_table *table, const json_t *section, const char *name,
                              void *context);

static bool each_round_table(const json_t *document, struct arena *arena, round_visitor visit, void *context)
{
    size_t s;
    const json_t *section;
    json_array_foreach(json_object_get(document, "delen"), s, section)
    {
        for (size_t i = 0; i < report_round_table_count; i++) {
            const struct report_round_table *table = &report_round_tables[i];
            const char *name = arena_printf(arena, "%s.%s", report_text(section, "ronde"), table->name).ptr;
            if (strcmp(report_text(section, "deel"), table->section) == 0 &&
                visit(table, section, name, context)) {
                return true;
            }
        }
    }
    return false;
}

struct wanted_of_round {
    struct slice name;
    struct buffer *out;
    struct arena *arena;
};

static bool put_round_if_wanted(const struct report_round_table *table, const json_t *section,
                                const char *name, void *context)
{
    const struct wanted_of_round *wanted = context;
    if (!slice_equal_cstr(wanted->name, name)) {
        return false;
    }
    buffer_append_cstr(wanted->out, "\xef\xbb\xbf");
    table->put(wanted->out, wanted->arena, report_text(section, "ronde"), json_object_get(section, "inhoud"));
    return true;
}

static bool put_named(struct buffer *out, struct arena *arena, const json_t *document, struct slice name)
{
    struct wanted wanted = {name, out};
    for (size_t i = 0; i < LISTINGS; i++) {
        const json_t *section = report_section_of(document, listings[i].section, NULL);
        if (section && slice_equal_cstr(name, listings[i].name)) {
            put_head(out, listings[i].columns, listings[i].count);
            put_items(out, json_object_get(section, listings[i].list), listings[i].columns,
                      listings[i].count);
            return true;
        }
    }
    const json_t *agenda = report_section_of(document, "agenda", NULL);
    if (agenda && slice_equal_cstr(name, "agenda")) {
        put_agenda(out, agenda);
        return true;
    }
    struct wanted_of_round of_round = {name, out, arena};
    return each_round_table(document, arena, put_round_if_wanted, &of_round) ||
           each_table(document, arena, put_if_wanted, &wanted);
}

bool report_csv(struct slice *csv, struct arena *arena, const json_t *document, struct slice name)
{
    struct buffer out;
    buffer_init(&out, CSV_BYTES_MAX);
    const bool good = put_named(&out, arena, document, name) && !buffer_failed(&out);
    *csv = good ? arena_copy(arena, buffer_slice(&out)) : (struct slice){NULL, 0};
    buffer_free(&out);
    return good;
}

static void add_section(json_t *names, const char *name, const char *section)
{
    json_array_append_new(names, json_pack("{s:s,s:s}", "naam", name, "deel", section));
}

static bool add_round_name(const struct report_round_table *table, const json_t *section, const char *name,
                           void *context)
{
    (void)section;
    add_section(context, name, table->section);
    return false;
}

static bool add_name(const struct figures_csv *at, const char *name, void *context)
{
    json_array_append_new(
        context, json_pack("{s:s,s:s}", "naam", name, "titel", report_text(at->table, "variabele.label")));
    return false;
}

json_t *report_csv_names(const json_t *document)
{
    struct arena *arena = arena_create(REPORT_PAGE_BYTES);
    json_t *names = json_array();
    for (size_t i = 0; i < LISTINGS; i++) {
        if (report_section_of(document, listings[i].section, NULL)) {
            add_section(names, listings[i].name, listings[i].section);
        }
    }
    if (report_section_of(document, "agenda", NULL)) {
        add_section(names, "agenda", "agenda");
    }
    each_round_table(document, arena, add_round_name, names);
    each_table(document, arena, add_name, names);
    arena_destroy(arena);
    return names;
}
