/* The form of the page of live tables: what this round has to choose from. Whatever was asked stays chosen,
 * also where it is none of the choices. */
#include "features/results/results_staff_tables.h"

#include "features/results/results_web.h"

#include <string.h>

/* ---- the address ---- */

const char *const staff_table_parameters[] = {"variabele", "groepeerOp", "filter", "werving", "kanaal",
                                              "kwaliteit", "gewogen",    "basis",  "maat",    NULL};

/* Fields of the form that are a part of a parameter. */
static const char *const parts[] = {"groepeerOp2", "groepeerOp3", "erbij", NULL};

struct slice staff_table_asked(const struct staff_table *table, const char *name)
{
    const struct slice text = results_call_parameter(&table->call, name);
    return text.len > 0 ? text : (struct slice){NULL, 0};
}

bool staff_table_is_loose(const struct staff_table *table)
{
    struct slice text;
    for (const char *const *name = staff_table_parameters; *name; name++) {
        if (http_query(&text, table->call.ex, *name) && text.len == 0) {
            return true;
        }
    }
    for (const char *const *name = parts; *name; name++) {
        if (http_query(&text, table->call.ex, *name)) {
            return true;
        }
    }
    return false;
}

static struct slice joined(const struct staff_table *table, struct slice before, struct slice more)
{
    return !more.ptr || !before.ptr
               ? (more.ptr ? more : before)
               : arena_printf(table->call.arena, "%.*s,%.*s", SLICE_ARG(before), SLICE_ARG(more));
}

/* "leeftijd:18-24" beside a filter on leeftijd is one more of its categories. */
static struct slice with_filter(const struct staff_table *table, struct slice filters, struct slice added)
{
    struct slice variable, category, out = {NULL, 0};
    bool stands = false, more = filters.ptr != NULL;
    if (!slice_cut(&variable, &category, added, ':')) {
        return joined(table, filters, added);
    }
    while (more) {
        struct slice one, name, rest;
        more = slice_cut(&one, &filters, filters, ',');
        slice_cut(&name, &rest, one, ':');
        if (slice_equal(name, variable)) {
            stands = true;
            one = arena_printf(table->call.arena, "%.*s|%.*s", SLICE_ARG(one), SLICE_ARG(category));
        }
        out = joined(table, out, one);
    }
    return stands ? out : joined(table, out, added);
}

static struct slice whole(const struct staff_table *table, const char *name)
{
    struct slice text = staff_table_asked(table, name);
    if (strcmp(name, "groepeerOp") == 0) {
        text = joined(table, text, staff_table_asked(table, "groepeerOp2"));
        return joined(table, text, staff_table_asked(table, "groepeerOp3"));
    }
    return strcmp(name, "filter") == 0 ? with_filter(table, text, staff_table_asked(table, "erbij")) : text;
}

const char *staff_table_address(const struct staff_table *table, const char *path, const char *first,
                                bool with_purpose)
{
    enum { ADDRESS_MAX = 64 * 1024 };
    struct buffer out;
    buffer_init(&out, ADDRESS_MAX);
    for (const char *const *name = staff_table_parameters; *name; name++) {
        const struct slice text = whole(table, *name);
        if (text.ptr) {
            results_put_field(&out, *name, arena_cstr(table->call.arena, text));
        }
    }
    const struct slice purpose = staff_table_asked(table, "doel");
    if (with_purpose && purpose.ptr) {
        results_put_field(&out, "doel", arena_cstr(table->call.arena, purpose));
    }
    const struct slice fields = buffer_slice(&out); /* "&a=b&c=d" */
    const size_t skip = fields.len > 0 && first[0] == '\0' ? 1 : 0;
    const char *address =
        arena_printf(table->call.arena, "%s%s%s%.*s", path, fields.len > 0 || first[0] ? "?" : "", first,
                     (int)(fields.len - skip), fields.len > 0 ? fields.ptr + skip : "")
            .ptr;
    buffer_free(&out);
    return address;
}

/* ---- a select ---- */

struct choice {
    const struct staff_table *table;
    json_t *groups, *options;
    struct slice asked;
    bool found;
};

static const char *text_of(const struct staff_table *table, const char *path)
{
    return PANEL_TEXT(&table->maker, path);
}

/* Texts of the locales have no capitals in their keys. */
static const char *key_of(const struct staff_table *table, const char *name)
{
    static const char grouped[] = "groepeerOp";
    return strncmp(name, grouped, sizeof grouped - 1) == 0
               ? arena_printf(table->call.arena, "group%s", name + sizeof grouped - 1).ptr
               : name;
}

static struct choice begin(json_t *selects, const struct staff_table *table, const char *name,
                           struct slice asked)
{
    struct choice choice = {table, json_array(), NULL, asked, false};
    const char *label = arena_printf(table->call.arena, "tables.choice.%s", key_of(table, name)).ptr;
    json_array_append_new(selects,
                          json_pack("{s:s,s:s,s:b,s:o}", "name", name, "label", text_of(table, label),
                                    "whole", strcmp(name, "variabele") == 0, "groups", choice.groups));
    return choice;
}

static void group(struct choice *choice, const char *label)
{
    choice->options = json_array();
    json_array_append_new(choice->groups,
                          json_pack("{s:o,s:o}", "group_label", label ? json_string(label) : json_false(),
                                    "options", choice->options));
}

static void option(struct choice *choice, const char *value, const char *text)
{
    const bool chosen = choice->asked.ptr
                            ? slice_equal_cstr(choice->asked, value)
                            : json_array_size(choice->groups) == 1 && json_array_size(choice->options) == 0;
    choice->found = choice->found || chosen;
    json_array_append_new(choice->options,
                          json_pack("{s:s,s:s,s:b}", "value", value, "text", text, "chosen", (int)chosen));
}

/* What was asked and is none of them. */
static void end(struct choice *choice)
{
    if (!choice->found && choice->asked.ptr) {
        const char *asked = arena_cstr(choice->table->call.arena, choice->asked);
        group(choice, NULL);
        option(choice, asked, asked);
    }
}

/* ---- variables ---- */

static const struct variable *variables_of(size_t *count, const struct staff_table *table)
{
    return questionnaire_variables(count, table->call.round->questionnaire);
}

static bool is_asked(const struct staff_table *table, size_t variable)
{
    const struct survey_round *round = table->call.round;
    return questionnaire_asks(round->questionnaire, variable, round->variants, (size_t)round->variant_count);
}

static const char *label_of(const struct staff_table *table, const struct variable *v)
{
    const char *label = v->label[table->maker.language];
    return label ? label : v->code;
}

/* "Kweekvlees"; NULL: it is about none. */
static const char *application_of(const json_t *applications, const struct variable *v)
{
    size_t i;
    const json_t *one;
    json_array_foreach(applications, i, one)
    {
        const char *code = json_string_value(json_object_get(one, "code"));
        if (v->application && code && strcmp(code, v->application) == 0) {
            return json_string_value(json_object_get(one, "title"));
        }
    }
    return NULL;
}

static void put_variable(struct choice *choice, const struct variable *v)
{
    option(choice, v->code,
           arena_printf(choice->table->call.arena, "%s (%s)", label_of(choice->table, v), v->code).ptr);
}

/* A part of a question: the parts of the same question about another application have the same words. */
static void put_part(struct choice *choice, const struct variable *v, const json_t *applications)
{
    const struct staff_table *table = choice->table;
    const char *part = v->part[table->maker.language], *about = application_of(applications, v);
    option(choice, v->code,
           arena_printf(table->call.arena, "%s%s%s (%s)", about ? about : "", about ? ": " : "",
                        part ? part : label_of(table, v), v->code)
               .ptr);
}

/* Questions as they stand in the questionnaire, the parts of one together; what the service itself notes
 * comes last. */
static void put_questions(json_t *selects, const struct staff_table *table)
{
    size_t count;
    const struct variable *all = variables_of(&count, table);
    struct choice choice = begin(selects, table, "variabele", staff_table_asked(table, "variabele"));
    const json_t *applications = questionnaire_explainers_context(
        table->call.arena, table->call.round->questionnaire, "application", table->maker.language);
    size_t set = SIZE_MAX;
    group(&choice, NULL);
    option(&choice, "", text_of(table, "tables.choice.question"));
    for (int system = 0; system <= 1; system++) {
        if (system) {
            group(&choice, text_of(table, "tables.choice.system"));
        }
        for (size_t v = 0; v < count; v++) {
            if (all[v].kind == VARIABLE_TEXT || all[v].system != (system == 1) || !is_asked(table, v)) {
                continue;
            }
            const bool part = all[v].set != SET_ALONE && !system;
            if (!system && (part ? all[v].set_first != set : set != SIZE_MAX)) {
                group(&choice, part ? all[v].asked[table->maker.language] : NULL);
                set = part ? all[v].set_first : SIZE_MAX;
            }
            if (part) {
                put_part(&choice, &all[v], applications);
            } else {
                put_variable(&choice, &all[v]);
            }
        }
    }
    end(&choice);
}

enum sort { SORT_BACKGROUND, SORT_SYSTEM, SORT_OTHER, SORTS };

static enum sort sort_of(const struct variable *v)
{
    return v->system ? SORT_SYSTEM : v->background ? SORT_BACKGROUND : SORT_OTHER;
}

static void put_group(json_t *selects, const struct staff_table *table, const char *name, struct slice asked)
{
    static const char *const labels[SORTS] = {"tables.choice.background", "tables.choice.system",
                                              "tables.choice.others"};
    size_t count;
    const struct variable *all = variables_of(&count, table);
    struct choice choice = begin(selects, table, name, asked);
    group(&choice, NULL);
    option(&choice, "", text_of(table, "tables.choice.none"));
    for (unsigned sort = 0; sort < SORTS; sort++) {
        group(&choice, text_of(table, labels[sort]));
        for (size_t v = 0; v < count; v++) {
            if (all[v].kind == VARIABLE_CATEGORY && sort_of(&all[v]) == (enum sort)sort &&
                is_asked(table, v)) {
                put_variable(&choice, &all[v]);
            }
        }
    }
    end(&choice);
}

static void put_groups(json_t *selects, const struct staff_table *table)
{
    static const char *const names[FIGURES_GROUPS_MAX] = {"groepeerOp", "groepeerOp2", "groepeerOp3"};
    struct slice rest = staff_table_asked(table, "groepeerOp");
    for (size_t g = 0; g < FIGURES_GROUPS_MAX; g++) {
        struct slice one = rest;
        if (rest.len > 0 && g + 1 < FIGURES_GROUPS_MAX) {
            slice_cut(&one, &rest, rest, ',');
        }
        put_group(selects, table, names[g], one.len > 0 ? one : (struct slice){NULL, 0});
    }
}

/* A category of the background to add to the filters; any other can be written. */
static void put_more_filters(json_t *selects, const struct staff_table *table)
{
    size_t count;
    const struct variable *all = variables_of(&count, table);
    struct choice choice = begin(selects, table, "erbij", (struct slice){NULL, 0});
    group(&choice, NULL);
    option(&choice, "", text_of(table, "tables.choice.none"));
    for (size_t v = 0; v < count; v++) {
        if (all[v].kind != VARIABLE_CATEGORY || !all[v].background || !is_asked(table, v)) {
            continue;
        }
        group(&choice, label_of(table, &all[v]));
        for (uint16_t k = 0; k < all[v].category_count; k++) {
            const struct variable_category *category = &all[v].categories[k];
            const char *label = category->label[table->maker.language];
            option(&choice, arena_printf(table->call.arena, "%s:%s", all[v].code, category->code).ptr,
                   label ? label : category->code);
        }
    }
}

/* ---- the rest ---- */

static void put_kept(json_t *selects, const struct staff_table *table, const char *name, const char *without)
{
    size_t count;
    const struct variable *all = variables_of(&count, table);
    const struct slice asked = staff_table_asked(table, name);
    const int found = questionnaire_find_variable(table->call.round->questionnaire, slice_from_cstr(name));
    struct choice choice = begin(selects, table, name, asked.ptr ? asked : slice_from_cstr(without));
    group(&choice, NULL);
    option(&choice, "alle", text_of(table, "tables.choice.all"));
    for (uint16_t k = 0; found >= 0 && k < all[found].category_count; k++) {
        const struct variable_category *category = &all[found].categories[k];
        const char *label = category->label[table->maker.language];
        option(&choice, category->code, label ? label : category->code);
    }
    end(&choice);
}

static void put_named(json_t *selects, const struct staff_table *table, const char *name,
                      const char *const *values)
{
    struct choice choice = begin(selects, table, name, staff_table_asked(table, name));
    group(&choice, NULL);
    for (; *values; values++) {
        const char *path = arena_printf(table->call.arena, "tables.%s.%s", name, *values).ptr;
        option(&choice, strcmp(*values, "past") == 0 ? "" : *values, text_of(table, path));
    }
    end(&choice);
}

json_t *staff_table_selects(const struct staff_table *table)
{
    static const char *const weighted[] = {"false", "true", NULL};
    static const char *const bases[] = {"antwoord", "mening", "gevraagd", NULL};
    static const char *const measures[] = {"past", "aandelen",        "gemiddelde", "netto",
                                           "top2", "overeenstemming", NULL};
    json_t *selects = json_array();
    put_questions(selects, table);
    put_groups(selects, table);
    put_kept(selects, table, "werving", "open");
    put_kept(selects, table, "kanaal", "alle");
    put_kept(selects, table, "kwaliteit", "alle");
    put_named(selects, table, "gewogen", weighted);
    put_named(selects, table, "basis", bases);
    put_named(selects, table, "maat", measures);
    put_more_filters(selects, table);
    return selects;
}
