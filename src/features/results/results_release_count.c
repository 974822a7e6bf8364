/* Counting a release: which universes are published anew, and the figures of those; all others keep, to the
 * byte, what they had. No I/O: everything follows from the answers, the release before, and the settings. */
#include "features/results/results_release_internal.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>

struct counting {
    const struct release_plan *plan;
    const struct release_input *input;
    const struct release_history *history;
    const struct release_request *request;
    struct arena *arena;
    struct public_rule rule;
    int32_t number; /* of the release that is counted */
    uint64_t tables_done, tables_all;
};

/* One part on its way. */
struct part_counting {
    struct counting *c;
    struct release_part *out;
    const struct release_part *before; /* NULL: this stream had none */
    struct lattice lattice;            /* once decided, open means fresh */
    enum universe_fate *fates;
    size_t *rank;        /* of each universe with figures, among those */
    size_t *rank_before; /* the same in the release before */
    size_t open_count;
};

struct public_rule release_rule(const struct crypto_keys *keys, const struct survey_round *round,
                                const struct release_settings *settings)
{
    struct public_rule rule = {
        .threshold = settings->threshold,
        .perturb = {.hash = seeded_u64, .table = perturb_table_find(settings->reach, settings->variance)}};
    crypto_keyed_hash(rule.perturb.key, sizeof rule.perturb.key, keys, CRYPTO_KEY_PERTURB, "release",
                      slice_from_cstr(round->code));
    return rule;
}

/* ---- who changed ---- */

/* The universes that somebody with these codes is in: everybody, each dimension, each pair. */
enum { PLACES_MAX = 1 + RELEASE_DIMS_MAX + RELEASE_DIMS_MAX * (RELEASE_DIMS_MAX - 1) / 2 };
static size_t places_of(size_t places[PLACES_MAX], const struct lattice *lattice, const uint32_t *codes)
{
    size_t count = 0;
    places[count++] = 0;
    for (size_t a = 0; a < lattice->dims; a++) {
        places[count++] = lattice_place(lattice, 1, &a, &codes[a]);
        for (size_t b = a + 1; b < lattice->dims; b++) {
            places[count++] = lattice_place(lattice, 2, (size_t[]){a, b}, (uint32_t[]){codes[a], codes[b]});
        }
    }
    return count;
}

/* Adds somebody to the universes that they are in now, and that were published before they changed. absent
 * counts, for now, those who are there of old. */
static void count_present(struct universe_change *change, const struct part_counting *p,
                          const struct release_person *person)
{
    const struct columns *columns = p->c->input->columns;
    uint32_t codes[RELEASE_DIMS_MAX];
    size_t places[PLACES_MAX];
    for (size_t d = 0; d < p->lattice.dims; d++) {
        codes[d] = columns_code(columns, person->row, p->c->plan->dims[d]);
    }
    const uint64_t weight = columns_weight(columns, person->row);
    const struct table_cell one = {.n = 1, .weight = weight, .key = columns_key(columns, person->row)};
    const size_t count = places_of(places, &p->lattice, codes);
    for (size_t i = 0; i < count; i++) {
        const int32_t release = p->before->universes[places[i]].release;
        if (release > 0 && person->last > p->c->history->at[release]) {
            struct universe_change *u = &change[places[i]];
            table_cell_add(&u->present, &one);
            if (person->first > p->c->history->at[release]) {
                u->newcomers++;
            } else {
                u->absent++;
            }
        }
    }
}

static void count_changes(struct universe_change *change, const struct part_counting *p)
{
    const struct release_input *input = p->c->input;
    const struct release_history *history = p->c->history;
    /* Of old, and changed or gone after release r: wherever they were, they may have left a universe. */
    uint64_t *of_old = arena_array(p->c->arena, (size_t)history->count + 1, sizeof *of_old);
    for (size_t i = 0; i < input->person_count; i++) {
        const struct release_person *person = &input->persons[i];
        if (person->stream != p->out->stream) {
            continue;
        }
        for (int32_t r = 1; r <= history->count; r++) {
            of_old[r] += person->first <= history->at[r] && person->last > history->at[r];
        }
        if (person->row != ID_INDEX_ABSENT) {
            count_present(change, p, person);
        }
    }
    for (size_t u = 0; u < p->lattice.count; u++) {
        change[u].absent = of_old[p->before->universes[u].release] - change[u].absent;
    }
}

/* ---- which universes ---- */

static void decide(struct part_counting *p)
{
    const size_t count = p->lattice.count;
    struct universe_past *past = NULL;
    struct universe_change *change = NULL;
    if (p->before) {
        past = arena_array(p->c->arena, count, sizeof *past);
        change = arena_array(p->c->arena, count, sizeof *change);
        for (size_t u = 0; u < count; u++) {
            const struct release_universe *universe = &p->before->universes[u];
            past[u] = (struct universe_past){universe->release > 0, universe->open, universe->n};
        }
        count_changes(change, p);
    }
    p->fates = arena_array(p->c->arena, count, sizeof *p->fates);
    release_decide(p->fates, &p->lattice, past, change, &p->c->rule);
}

/* Writes down what was decided. True when it differs from the release before. */
static bool take_decision(struct part_counting *p)
{
    const size_t count = p->lattice.count;
    bool differs = false;
    size_t open_before = 0;
    p->out->universe_count = count;
    p->out->universes = arena_array(p->c->arena, count, sizeof *p->out->universes);
    p->rank = arena_array(p->c->arena, count, sizeof *p->rank);
    p->rank_before = arena_array(p->c->arena, count, sizeof *p->rank_before);
    for (size_t u = 0; u < count; u++) {
        struct release_universe *universe = &p->out->universes[u];
        const bool fresh = p->fates[u] == UNIVERSE_FRESH;
        *universe = p->before ? p->before->universes[u] : (struct release_universe){.release = 0};
        p->rank_before[u] = open_before;
        open_before += universe->open;
        differs = differs || fresh || universe->open != (p->fates[u] != UNIVERSE_WITHHELD);
        universe->open = p->fates[u] != UNIVERSE_WITHHELD;
        if (fresh) {
            universe->release = p->c->number;
            universe->n = (uint32_t)p->lattice.universes[u].n;
        }
        p->rank[u] = p->open_count;
        p->open_count += universe->open;
        p->lattice.universes[u].open = fresh;
    }
    return differs;
}

/* ---- figures ---- */

/* One variable of one part. */
struct figures_counting {
    struct part_counting *part;
    const struct release_variable *variable;
    struct line_layout layout;
    unsigned char *lines; /* behind the byte that tells the depth */
};

enum counted { COUNTED, COUNTED_TOO_LARGE, COUNTED_NOT };

static enum counted tabulated(struct table *out, const struct figures_counting *f, const size_t *dims,
                              size_t depth, bool weighted)
{
    const struct counting *c = f->part->c;
    const uint16_t stream = (uint16_t)(ANSWER_FIRST + f->part->out->stream);
    const struct tabulate_filter filter = {c->plan->stream, &stream, 1};
    struct tabulate_query query = {.axes = {f->variable->variable},
                                   .axis_count = 1 + depth,
                                   .filters = &filter,
                                   .filter_count = 1,
                                   .weighted = weighted,
                                   .keyed = true};
    for (size_t d = 0; d < depth; d++) {
        query.axes[1 + d] = c->plan->dims[dims[d]];
    }
    enum tabulate_status status = tabulate(out, c->input->columns, &query);
    return status == TABULATE_OK               ? COUNTED
           : status == TABULATE_TOO_MANY_CELLS ? COUNTED_TOO_LARGE
                                               : COUNTED_NOT;
}

static enum counted protected_table_of(struct public_table *out, const struct figures_counting *f,
                                       const size_t *dims, size_t depth, bool weighted)
{
    struct table table;
    enum counted counted = tabulated(&table, f, dims, depth, weighted);
    if (counted != COUNTED) {
        return counted;
    }
    struct public_query query = {.table = &table,
                                 .roles = f->variable->roles,
                                 .values = f->variable->values,
                                 .low = f->variable->low,
                                 .high = f->variable->high,
                                 .variable = (uint32_t)f->variable->variable,
                                 .weighted = weighted};
    memcpy(query.dims, dims, depth * sizeof *dims);
    enum public_status status = protect_public(out, &query, &f->part->lattice, &f->part->c->rule);
    table_free(&table);
    if (status != PUBLIC_OK) {
        size_t count;
        log_error(
            "release.variable", "round=%s variable=%s status=%d", f->part->c->plan->round->code,
            questionnaire_variables(&count, f->part->c->plan->round->questionnaire)[f->variable->variable]
                .code,
            (int)status);
        return COUNTED_NOT;
    }
    return COUNTED;
}

/* The lines of the fresh universes in a table. */
static void write_lines(const struct figures_counting *f, const struct public_table *table,
                        const struct public_table *plain, const size_t *dims)
{
    const struct part_counting *p = f->part;
    const size_t size = release_line_size(f->layout);
    for (size_t l = 0; l < table->line_count; l++) {
        size_t depth = 0, at_dims[LATTICE_DEPTH] = {0}, rest = l;
        uint32_t all[LATTICE_DEPTH] = {0}, codes[LATTICE_DEPTH] = {0};
        for (size_t d = table->dim_count; d-- > 0; rest /= (size_t)table->sizes[d] + 1) {
            all[d] = (uint32_t)(rest % ((size_t)table->sizes[d] + 1));
        }
        for (size_t d = 0; d < table->dim_count; d++) {
            if (all[d] < table->sizes[d]) {
                at_dims[depth] = dims[d];
                codes[depth++] = all[d];
            }
        }
        const size_t place = lattice_place(&p->lattice, depth, at_dims, codes);
        if (p->fates[place] == UNIVERSE_FRESH) {
            release_line_write(f->lines + p->rank[place] * size, f->layout, &table->lines[l],
                               plain ? &plain->lines[l] : NULL);
        }
    }
}

static enum counted count_table(const struct figures_counting *f, const size_t *dims, size_t depth)
{
    struct public_table table, plain;
    const bool both = f->layout.weighted && f->layout.number;
    enum counted counted = protected_table_of(&table, f, dims, depth, f->layout.weighted);
    if (counted != COUNTED) {
        return counted;
    }
    if (both) {
        counted = protected_table_of(&plain, f, dims, depth, false);
    }
    if (counted == COUNTED) {
        write_lines(f, &table, both ? &plain : NULL, dims);
    }
    if (both && counted == COUNTED) {
        public_table_free(&plain);
    }
    public_table_free(&table);
    return counted;
}

/* Every table of the variable by `depth` of the dimensions that it is not itself. A table holds the totals
 * too, so that the shallower universes come with it. */
static enum counted count_tables(const struct figures_counting *f, size_t depth)
{
    const size_t dims = f->part->lattice.dims;
    const int own = f->variable->dim;
    enum counted counted = COUNTED;
    if (depth == 0) {
        return count_table(f, (size_t[]){0}, 0);
    }
    for (size_t a = 0; a < dims && counted == COUNTED; a++) {
        if ((int)a == own) {
            continue;
        }
        if (depth == 1) {
            counted = count_table(f, &a, 1);
        }
        for (size_t b = a + 1; depth == 2 && b < dims && counted == COUNTED; b++) {
            counted = (int)b == own ? COUNTED : count_table(f, (size_t[]){a, b}, 2);
        }
    }
    return counted;
}

/* Lines that stand as they were. */
static void carry_lines(const struct figures_counting *f, size_t variable)
{
    const struct part_counting *p = f->part;
    const size_t size = release_line_size(f->layout);
    for (size_t u = 0; p->before && u < p->lattice.count; u++) {
        if (p->fates[u] == UNIVERSE_CARRIED) {
            const struct line_layout from = release_layout(p->before, f->variable);
            const unsigned char *line = release_line_at(p->before->lines[variable], from, p->rank_before[u]);
            if (line) {
                release_line_convert(f->lines + p->rank[u] * size, f->layout, line, from);
            }
        }
    }
}

static void tell_done(struct counting *c, uint64_t tables)
{
    c->tables_done += tables;
    if (c->request->progress) {
        c->request->progress(c->tables_done, c->tables_all, c->request->context);
    }
}

static bool count_variable(struct part_counting *p, size_t variable)
{
    struct figures_counting f = {.part = p, .variable = &p->c->plan->variables[variable]};
    f.layout = release_layout(p->out, f.variable);
    const size_t bytes = 1 + p->open_count * release_line_size(f.layout);
    unsigned char *lines = arena_alloc(p->c->arena, bytes);
    f.lines = lines + 1;
    const size_t own = f.variable->dim >= 0;
    size_t depth = p->lattice.dims - own < LATTICE_DEPTH ? p->lattice.dims - own : LATTICE_DEPTH;
    enum counted counted = count_tables(&f, depth);
    while (counted == COUNTED_TOO_LARGE && depth > 0) {
        memset(f.lines, 0, bytes - 1);
        counted = count_tables(&f, --depth);
    }
    lines[0] = (unsigned char)depth;
    carry_lines(&f, variable);
    p->out->lines[variable] = (struct slice){(const char *)lines, bytes};
    tell_done(p->c, 1);
    return counted == COUNTED;
}

/* ---- parts ---- */

/* The profiles of one stream: the last dimension that was counted. */
static struct profiles profiles_of_stream(struct arena *arena, const struct profiles *all, int stream)
{
    struct profiles out = {.dims = all->dims - 1, .list = arena_array(arena, all->count, sizeof *out.list)};
    memcpy(out.sizes, all->sizes, out.dims * sizeof *out.sizes);
    for (size_t i = 0; i < all->count; i++) {
        if (all->list[i].codes[out.dims] == ANSWER_FIRST + stream) {
            out.list[out.count] = all->list[i];
            out.list[out.count++].codes[out.dims] = 0;
        }
    }
    return out;
}

static void report_part(struct release_report *report, const struct part_counting *p)
{
    for (size_t u = 0; u < p->lattice.count; u++) {
        report->fresh += p->fates[u] == UNIVERSE_FRESH;
        report->carried += p->fates[u] == UNIVERSE_CARRIED;
    }
    report->universes += p->open_count;
    for (size_t v = 0; v < p->c->plan->variable_count; v++) {
        report->bytes += p->out->lines[v].len;
    }
}

enum part_end { PART_COUNTED, PART_NONE, PART_FAILED };

static enum part_end count_part(struct release_part *out, bool *differs, struct release_report *report,
                                struct counting *c, const struct profiles *all, int stream)
{
    struct part_counting p = {.c = c, .out = out};
    p.before = c->history->newest ? release_part_find(c->history->newest, stream) : NULL;
    const struct profiles profiles = profiles_of_stream(c->arena, all, stream);
    *out = (struct release_part){.stream = (int16_t)stream,
                                 .weights = c->input->weights[stream],
                                 .lines = arena_array(c->arena, c->plan->variable_count, sizeof *out->lines)};
    if (lattice_decide(&p.lattice, &profiles, c->plan->listed, &c->rule) != LATTICE_OK) {
        log_error("release.lattice", "round=%s stream=%d", c->plan->round->code, stream);
        return PART_FAILED;
    }
    decide(&p);
    bool part_differs = take_decision(&p);
    enum part_end end = p.before || p.open_count > 0 ? PART_COUNTED : PART_NONE;
    for (size_t v = 0; end == PART_COUNTED && v < c->plan->variable_count; v++) {
        end = count_variable(&p, v) ? PART_COUNTED : PART_FAILED;
    }
    if (end == PART_COUNTED) {
        *differs = *differs || part_differs;
        report_part(report, &p);
    } else if (end == PART_NONE) {
        tell_done(c, c->plan->variable_count); /* of nobody there is nothing to count */
    }
    lattice_free(&p.lattice);
    return end;
}

static enum part_end count_parts(struct release *out, bool *differs, struct release_report *report,
                                 struct counting *c, const struct profiles *all)
{
    enum part_end end = PART_NONE;
    for (int stream = 0; stream < RELEASE_STREAMS && end != PART_FAILED; stream++) {
        end = count_part(&out->parts[out->part_count], differs, report, c, all, stream);
        out->part_count += end == PART_COUNTED;
    }
    return end;
}

bool release_count(struct release *out, bool *differs, struct release_report *report, struct arena *arena,
                   const struct release_plan *plan, const struct release_input *input,
                   const struct release_history *history, const struct release_request *request)
{
    struct counting c = {.plan = plan,
                         .input = input,
                         .history = history,
                         .request = request,
                         .arena = arena,
                         .rule = release_rule(request->keys, plan->round, &request->settings),
                         .number = history->count + 1,
                         .tables_all = (uint64_t)plan->variable_count * RELEASE_STREAMS};
    struct profiles all;
    size_t dims[LATTICE_DIMS_MAX];
    memcpy(dims, plan->dims, plan->dim_count * sizeof *dims);
    dims[plan->dim_count] = plan->stream;
    *out = (struct release){.number = c.number, .position = input->position, .settings = request->settings};
    *differs = false;
    if (profiles_count(&all, input->columns, dims, plan->dim_count + 1) != LATTICE_OK) {
        log_error("release.profiles", "round=%s", plan->round->code);
        return false;
    }
    enum part_end end = count_parts(out, differs, report, &c, &all);
    profiles_free(&all);
    report->number = out->number;
    report->position = out->position;
    report->parts = out->part_count;
    report->variables = plan->variable_count;
    return end != PART_FAILED;
}
