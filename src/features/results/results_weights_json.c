#include "features/results/results_weights_json.h"

#include "base/clock.h"
#include "features/results/results_margins.h"
#include "stats/protect_primary.h"

#include <math.h>
#include <string.h>

static const json_t *member(const json_t *object, const char *name)
{
    return json_object_get(object, name);
}

static double number(const json_t *object, const char *name)
{
    return json_number_value(member(object, name));
}

static void set(json_t *object, const char *name, const json_t *value)
{
    json_object_set(object, name, (json_t *)(uintptr_t)value);
}

/* Enough to compare with, and no rounding noise. */
static json_t *rounded(double value, double unit)
{
    return json_real(round(value / unit) * unit);
}

static json_t *share(double value)
{
    return json_real(round(value * 1e6) / 1e6);
}

/* ---- the groups of a margin ---- */

struct group {
    const json_t *code; /* null: those missing */
    json_t *members;    /* described, in their order */
    double target;      /* of the population, in the unit of the margin */
    double achieved;    /* weighted share of all, those missing included */
    bool beyond;        /* whom the margin says nothing of */
    uint64_t n;
};

static const json_t *described(const json_t *margin, const json_t *code)
{
    size_t index;
    json_t *category;
    json_array_foreach((json_t *)(uintptr_t)member(margin, "categories"), index, category)
    {
        if (json_equal(member(category, "code"), code)) {
            return category;
        }
    }
    return NULL;
}

static struct group *group_of(struct group *groups, size_t *count, const json_t *code)
{
    for (size_t g = 0; g < *count; g++) {
        if (json_equal(groups[g].code, code)) {
            return &groups[g];
        }
    }
    groups[*count] = (struct group){.code = code, .members = json_array()};
    return &groups[(*count)++];
}

/* Those of a margin, the missing ones last. */
static struct group *gather(size_t *count, struct arena *arena, const json_t *margin, const json_t *reported)
{
    const json_t *categories = member(reported, "categories");
    struct group *groups = arena_array(arena, json_array_size(categories) + 1, sizeof *groups);
    size_t index;
    json_t *category;
    *count = 0;
    json_array_foreach((json_t *)(uintptr_t)categories, index, category)
    {
        const json_t *code = member(category, "code");
        const json_t *own = described(margin, code);
        struct group *group = group_of(groups, count, member(category, "group"));
        group->n += (uint64_t)json_integer_value(member(category, "n"));
        group->achieved += number(category, "achieved");
        if (own) {
            json_t *entry = json_object();
            set(entry, "code", code);
            set(entry, "label", member(own, "label"));
            json_array_append_new(group->members, entry);
            group->target += number(own, "target");
            group->beyond = json_is_true(member(own, "beyond"));
        }
    }
    return groups;
}

/* Which numbers of people may be shown. */
static bool protect(struct protected_table *out, struct arena *arena, const struct group *groups,
                    size_t count, uint32_t threshold)
{
    struct table table = {.axis_count = 1, .sizes = {(uint32_t)count}, .cell_count = count};
    table.cells = arena_array(arena, count, sizeof *table.cells);
    for (size_t g = 0; g < count; g++) {
        table.cells[g] = (struct table_cell){
            .n = groups[g].n, .weight = groups[g].n * WEIGHT_ONE, .weight_squared = groups[g].n << 30};
    }
    return protect_primary(out, &table,
                           &(struct protect_rule){.threshold = threshold, .total_known = true}) == PROTECT_OK;
}

static void set_people(json_t *entry, const struct protected_table *table, uint32_t group, uint64_t all)
{
    const struct protected_cell *cell = protected_table_at(table, &group);
    bool shown = cell->mark == PROTECT_SHOWN && all > 0;
    json_object_set_new(entry, "aantal", shown ? json_integer((json_int_t)cell->n) : json_null());
    json_object_set_new(entry, "aandeel", shown ? share((double)cell->n / (double)all) : json_null());
}

static json_t *groups_json(json_t **missing, struct arena *arena, const json_t *margin,
                           const json_t *reported, uint32_t threshold)
{
    size_t count;
    uint64_t all = 0;
    double targets = 0;
    struct protected_table table;
    struct group *groups = gather(&count, arena, margin, reported);
    json_t *list = json_array();
    bool good = protect(&table, arena, groups, count, threshold);
    double known = 1 - (count > 0 ? groups[count - 1].achieved : 0);
    for (size_t g = 0; g < count; g++) {
        all += groups[g].n;
        targets += groups[g].target;
        known -= groups[g].beyond ? groups[g].achieved : 0;
    }
    *missing = json_object();
    for (size_t g = 0; g < count; g++) {
        json_t *entry = json_is_null(groups[g].code) ? json_incref(*missing) : json_object();
        if (good) {
            set_people(entry, &table, (uint32_t)g, all);
        }
        if (!json_is_null(groups[g].code)) {
            json_object_set(entry, "categorieen", groups[g].members);
            bool within = !groups[g].beyond;
            json_object_set_new(entry, "doel", within ? share(groups[g].target / targets) : json_null());
            json_object_set_new(entry, "behaald",
                                within && known > 0 ? share(groups[g].achieved / known) : json_null());
            json_array_append(list, entry);
        }
        json_decref(entry);
        json_decref(groups[g].members);
    }
    if (good) {
        protected_table_free(&table);
    } else {
        json_decref(*missing);
        json_decref(list);
        list = NULL;
    }
    return list;
}

/* ---- a version ---- */

/* NULL when memory ran out. */
static json_t *margins_json(struct arena *arena, const struct weights_version *version, uint32_t threshold)
{
    static const char *const members[][2] = {{"code", "code"},
                                             {"label", "label"},
                                             {"peildatum", "reference_date"},
                                             {"bevolking", "population"},
                                             {"bron", "source"},
                                             {"beperkingen", "limits"}};
    json_t *list = json_array();
    const json_t *reported = member(version->report, "margins");
    size_t index;
    json_t *margin;
    json_array_foreach((json_t *)(uintptr_t)member(version->margins, "margins"), index, margin)
    {
        json_t *entry = json_object();
        for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
            json_object_set(entry, members[i][0], json_object_get(margin, members[i][1]));
        }
        json_array_append_new(list, entry);
        if (version->made) {
            json_t *missing;
            json_t *groups = groups_json(&missing, arena, margin, json_array_get(reported, index), threshold);
            if (!groups) {
                json_decref(list);
                return NULL;
            }
            json_object_set_new(entry, "groepen", groups);
            json_object_set_new(entry, "onbekend", missing);
        }
    }
    return list;
}

static json_t *report_json(const json_t *report)
{
    json_t *object = json_object();
    set(object, "deelnemers", member(report, "n"));
    set(object, "profielen", member(report, "profiles"));
    set(object, "rondgangen", member(report, "sweeps"));
    set(object, "afkappingen", member(report, "loops"));
    set(object, "afwijking", member(report, "deviation"));
    json_object_set_new(object, "laagsteGewicht", rounded(number(report, "lowest"), 1e-6));
    json_object_set_new(object, "hoogsteGewicht", rounded(number(report, "highest"), 1e-6));
    json_object_set_new(object, "ontwerpeffect", rounded(number(report, "design_effect"), 1e-6));
    json_object_set_new(object, "effectieveOmvang", rounded(number(report, "effective_n"), 1e-2));
    set(object, "samengenomen", member(report, "collapsed"));
    set(object, "grootsteVerschil", member(report, "largest_error"));
    json_object_set_new(
        object, "advies",
        json_string(json_is_true(member(report, "advise_unweighted")) ? "ongewogen" : "gewogen"));
    return object;
}

json_t *weights_version_json(struct arena *arena, const struct weights_version *version, uint32_t threshold,
                             bool applies)
{
    char made_at[CLOCK_RFC3339_BYTES];
    json_t *margins = margins_json(arena, version, threshold);
    if (!margins) {
        return NULL;
    }
    json_t *object = json_object();
    clock_format_rfc3339(made_at, version->made_at);
    json_object_set_new(object, "versie", json_integer(version->number));
    json_object_set_new(object, "werving", json_stringn(version->stream.ptr, version->stream.len));
    json_object_set_new(object, "status", json_string(version->made ? "gemaakt" : "geweigerd"));
    json_object_set_new(object, "gemaaktOp", json_string(made_at));
    json_object_set_new(object, "positie", json_integer(version->position));
    json_object_set_new(object, "geldt", json_boolean(applies));
    json_object_set(object, "bevolking", json_object_get(version->margins, "population"));
    json_object_set_new(object, "ondergrens", json_real(version->lower));
    json_object_set_new(object, "bovengrens", json_real(version->upper));
    json_object_set_new(object, "kleinste", json_integer(version->smallest));
    if (version->made) {
        json_object_set_new(object, "verslag", report_json(version->report));
    } else {
        struct slice why = results_weights_reason(arena, version, true);
        json_object_set_new(object, "reden", json_stringn(why.ptr, why.len));
    }
    json_object_set_new(object, "marges", margins);
    return object;
}
