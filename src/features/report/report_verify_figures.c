/* The figures of a report against those of the releases that it names, as they are stored: by the settings of
 * protection that it was made with, whatever they are now. */
#include "features/report/report_verify_internal.h"

#include "features/results/results.h"
#include "features/survey/survey.h"

#include <string.h>

/* What stands with figures and follows the round, not the release. */
static const char *const of_the_round[] = {"opentOp", "sluitOp", "voorlopig", NULL};

struct comparison {
    size_t same, other, missing, hidden;
    const char *first_other, *first_missing, *first_hidden; /* borrowed */
};

static const json_t *part_of(const json_t *parts, const char *stream)
{
    size_t i;
    const json_t *part;
    json_array_foreach(parts, i, part)
    {
        if (strcmp(report_text(part, "over.werving"), stream) == 0) {
            return part;
        }
    }
    return NULL;
}

static bool is_listed(const json_t *list, const char *code)
{
    size_t i;
    const json_t *one;
    json_array_foreach(list, i, one)
    {
        if (json_is_string(one) && strcmp(json_string_value(one), code) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- asking ---- */

/* The figures of a round as they would stand in a report that is made with these settings: exact. The caller
 * owns it; NULL: there are none. *numbers: as they were counted; NULL: nobody wants them. */
static json_t *figures_by(json_t **numbers, const struct proving *p, const struct survey_round *round,
                          struct results_protection by)
{
    json_t *live;
    if (results_report(&live, p->results, p->snapshot, round, by) != FIGURES_OK) {
        return NULL;
    }
    json_t *exact = report_exact(live);
    if (numbers) {
        *numbers = json_incref(live);
    }
    json_decref(live);
    return exact;
}

/* What the report was made with. */
static struct results_protection protection_of(const json_t *told)
{
    const json_t *by = json_object_get(told, "beschermdMet");
    return (struct results_protection){(uint32_t)json_integer_value(json_object_get(by, "drempel")),
                                       (unsigned)json_integer_value(json_object_get(by, "ruisTotEnMet"))};
}

/* ---- tables ---- */

/* hidden: what ours would not show, which is no difference; NULL: nothing. */
static void compare_tables(struct comparison *c, const json_t *told, const json_t *ours, const json_t *hidden)
{
    size_t i, k;
    const json_t *part, *table;
    json_array_foreach(json_object_get(told, "delen"), i, part)
    {
        const json_t *other = part_of(json_object_get(ours, "delen"), report_text(part, "over.werving"));
        json_array_foreach(json_object_get(part, "tabellen"), k, table)
        {
            const char *code = report_text(table, "variabele.code");
            const json_t *now = report_table_of(other, code);
            if (now && json_equal(table, now)) {
                c->same++;
            } else if (!now && is_listed(hidden, code)) {
                c->first_hidden = c->hidden++ == 0 ? code : c->first_hidden;
            } else {
                c->first_other = c->other++ == 0 ? code : c->first_other;
            }
        }
    }
}

/* Tables of the release that the report has not got. */
static void find_missing(struct comparison *c, const json_t *told, const json_t *ours)
{
    size_t i, k;
    const json_t *part, *table;
    json_array_foreach(json_object_get(ours, "delen"), i, part)
    {
        const json_t *other = part_of(json_object_get(told, "delen"), report_text(part, "over.werving"));
        json_array_foreach(json_object_get(part, "tabellen"), k, table)
        {
            const char *code = report_text(table, "variabele.code");
            if (!report_table_of(other, code)) {
                c->first_missing = c->missing++ == 0 ? code : c->first_missing;
            }
        }
    }
}

static void prove_tables(struct proving *p, const struct survey_round *round, const json_t *told,
                         const json_t *ours)
{
    struct comparison c = {0};
    compare_tables(&c, told, ours, NULL);
    find_missing(&c, told, ours);
    p->out->tables += c.same;
    if (c.other > 0) {
        proof_fault(p, "round %s: %zu tables are not as in the release (%s first)", round->code, c.other,
                    arena_cstr(p->arena, slice_from_cstr(c.first_other)));
    }
    if (c.missing > 0) {
        proof_fault(p, "round %s: %zu tables of the release were left out (%s first)", round->code, c.missing,
                    arena_cstr(p->arena, slice_from_cstr(c.first_missing)));
    }
    if (!json_equal(json_object_get(told, "afgeschermd"), json_object_get(ours, "afgeschermd"))) {
        proof_fault(p, "round %s: what it says is left out is not what its protection leaves out",
                    round->code);
    }
}

/* ---- what stands with every figure ---- */

static json_t *without(const json_t *object, const char *const *names)
{
    json_t *copy = json_copy((json_t *)(uintptr_t)object);
    for (; *names; names++) {
        json_object_del(copy, *names);
    }
    return copy;
}

static void prove_about(struct proving *p, const struct survey_round *round, const json_t *told,
                        const json_t *ours)
{
    static const char *const margins[] = {"weegmarges", NULL};
    const char *stream = report_text(told, "werving");
    json_t *theirs = without(told, of_the_round), *here = without(ours, of_the_round);
    if (json_object_get(theirs, margins[0]) && !json_object_get(here, margins[0])) {
        json_object_del(theirs, margins[0]);
        proof_unproven(p, "round %s: what it was weighted to: its weights are not here any more",
                       round->code);
    }
    if (!json_equal(theirs, here)) {
        proof_fault(p, "round %s: what stands with the figures of %s is not as in the release", round->code,
                    stream);
    }
    json_decref(theirs);
    json_decref(here);
    for (const char *const *name = of_the_round; *name; name++) {
        if (!json_equal(json_object_get(told, *name), json_object_get(ours, *name))) {
            proof_changed(p, "round %s: %s of %s is otherwise now", round->code, *name, stream);
        }
    }
}

static void prove_parts(struct proving *p, const struct survey_round *round, const json_t *told,
                        const json_t *ours)
{
    size_t i;
    const json_t *part, *parts = json_object_get(ours, "delen");
    json_array_foreach(json_object_get(told, "delen"), i, part)
    {
        const char *stream = report_text(part, "over.werving");
        const json_t *other = part_of(parts, stream);
        if (other) {
            prove_about(p, round, json_object_get(part, "over"), json_object_get(other, "over"));
        } else {
            proof_fault(p, "round %s: the release has no figures of %s", round->code,
                        stream[0] ? stream : "nobody");
        }
    }
    if (!json_equal(json_object_get(told, "uitgave"), json_object_get(ours, "uitgave"))) {
        proof_fault(p, "round %s: its figures are of another release than the one it names", round->code);
    }
}

/* ---- a round ---- */

static bool is_stricter(struct results_protection now, struct results_protection then)
{
    return (uint64_t)now.threshold + now.reach > (uint64_t)then.threshold + then.reach;
}

static void look_at_protection(struct proving *p, const struct survey_round *round, const json_t *told)
{
    struct comparison c = {0};
    const struct results_protection now = results_protection_now(p->results);
    json_t *ours = is_stricter(now, protection_of(told)) ? figures_by(NULL, p, round, now) : NULL;
    if (ours) {
        compare_tables(&c, told, ours, json_object_get(ours, "afgeschermd"));
    }
    if (c.hidden > 0) {
        proof_changed(p, "round %s: %zu tables would not be shown under the protection of now (%s first)",
                      round->code, c.hidden, arena_cstr(p->arena, slice_from_cstr(c.first_hidden)));
    }
    json_decref(ours);
}

void proof_figures(struct proving *p, const struct survey_round *round)
{
    json_t *numbers = NULL;
    const json_t *told = report_section_of(p->document, "cijfers", round->code);
    json_t *ours = figures_by(&numbers, p, round, protection_of(told));
    if (!ours) {
        proof_fault(p, "round %s has no release here to hold its figures against", round->code);
        return;
    }
    prove_tables(p, round, told, ours);
    prove_parts(p, round, told, ours);
    look_at_protection(p, round, told);
    json_object_set_new(p->figures, round->code, numbers);
    json_decref(ours);
}

bool proof_differences(size_t *other, size_t *all, struct proving *p, const struct survey_round *round)
{
    struct comparison c = {0};
    const json_t *told = report_section_of(p->document, "cijfers", round->code);
    json_t *ours = figures_by(NULL, p, round, protection_of(told));
    if (ours) {
        compare_tables(&c, told, ours, json_object_get(ours, "afgeschermd"));
    }
    *other = c.other;
    *all = c.same + c.other + c.hidden;
    const bool found = ours != NULL;
    json_decref(ours);
    return found;
}
