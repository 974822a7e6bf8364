#include "features/coding/coding_find.h"

enum statement { NO_JIT, COUNT, COUNT_BY_GROUP, LIST, STATEMENT_COUNT };

/* $1 round, $2 bits, $3 code, $4 application, $5 direction, $6 expression, $7 facet, $8 origin, $9 method,
 * $10 the value that nothing asked about. */
#define HIT                                                                                                  \
    "c.id, c.passage_id, c.start_at, c.method, c.conversation_id, c.participant_id, c.response_id FROM "     \
    "zs.coding AS c WHERE c.round_id = $1::int4 AND c.ended_at IS NULL AND c.counts"                         \
    " AND ($2::int2 = 0 OR c.value_bits & $2::int2 <> 0) AND ($3::text IS NULL OR c.codes @> "               \
    "ARRAY[$3::text]) AND ($4::text IS NULL OR c.application = $4::text) AND ($5::text IS NULL OR "          \
    "c.direction = $5::text) AND ($6::text IS NULL OR c.expression = $6::text) AND ($7::text IS NULL OR "    \
    "c.facet = $7::text) AND ($8::text IS NULL OR c.origin = $8::text) AND ($9::text IS NULL OR c.method = " \
    "$9::text) AND ($10::text IS NULL OR NOT c.prompted @> ARRAY[$10::text])"
/* $11 the variables asked about (groups, then split), $12 and $13 where their slots stand, $14 what
 * participants must be, $15 what stands in the slots then. A trait is the code of a category, or # and a
 * slot. */
#define TRAITS                                                                                               \
    "person AS (SELECT DISTINCT participant_id, response_id FROM hit), trait AS (SELECT "                    \
    "q.participant_id, NULL::bytea AS response_id, ARRAY(SELECT p.background->>v.code FROM "                 \
    "unnest($11::text[]) WITH ORDINALITY AS v (code, n) ORDER BY v.n) AS traits FROM "                       \
    "person AS q JOIN zs.participant AS p ON p.id = q.participant_id UNION ALL SELECT "                      \
    "NULL, s.response_id, ARRAY(SELECT '#' || v.slot FROM unnest(s.slots) WITH "                             \
    "ORDINALITY AS v (slot, n) ORDER BY v.n) FROM zs.response_slots($1::int4, "                              \
    "ARRAY(SELECT response_id FROM person WHERE response_id IS NOT NULL), $12::int4[], "                     \
    "$13::int4[]) AS s), kept AS (SELECT h.*, t.traits FROM hit AS h JOIN trait AS t ON "                    \
    "t.participant_id = h.participant_id WHERE h.participant_id IS NOT NULL UNION ALL SELECT "               \
    "h.*, t.traits FROM hit AS h JOIN trait AS t ON t.response_id = h.response_id WHERE "                    \
    "h.response_id IS NOT NULL), those AS (SELECT * FROM kept AS k WHERE NOT EXISTS "                        \
    "(SELECT FROM unnest($14::text[], $15::text[]) WITH ORDINALITY AS w (code, slot, n) WHERE "              \
    "k.traits[w.n] IS DISTINCT FROM w.code AND k.traits[w.n] IS DISTINCT FROM w.slot))"
#define COUNTS                                                                                               \
    "count(*), count(DISTINCT passage_id), count(DISTINCT response_id), count(DISTINCT participant_id), "    \
    "count(DISTINCT conversation_id) FILTER (WHERE method = 'interview'), count(DISTINCT conversation_id) "  \
    "FILTER (WHERE method = 'focusgroep')"

const struct db_statement coding_find_statements[STATEMENT_COUNT + 1] = {
    /* Compiling takes longer than all of the counting. */
    [NO_JIT] = {"coding_find_no_jit", "SELECT set_config('jit', 'off', true) IS NULL"},
    [COUNT] = {"coding_find_count",
               "WITH hit AS MATERIALIZED (SELECT " HIT ") SELECT NULL::text, " COUNTS " FROM hit"},
    [COUNT_BY_GROUP] = {"coding_find_count_by_group",
                        "WITH hit AS MATERIALIZED (SELECT " HIT "), " TRAITS " SELECT NULL::text, " COUNTS
                        " FROM those UNION ALL (SELECT coalesce(traits[$16::int4], "
                        "''), " COUNTS " FROM those WHERE $16::int4 > 0 GROUP BY 1 ORDER BY 1)"},
    [LIST] =
        {"coding_find_list",
         "WITH hit AS MATERIALIZED (SELECT " HIT "), " TRAITS
         ", picked AS (SELECT id FROM (SELECT id, passage_id, start_at FROM hit WHERE "
         "cardinality($11::text[]) = 0 UNION ALL SELECT id, passage_id, start_at FROM those WHERE "
         "cardinality($11::text[]) > 0) AS u WHERE u.passage_id > $16::int8 ORDER BY u.passage_id, "
         "u.start_at, u.id LIMIT $17::int4) SELECT coalesce(json_agg(json_strip_nulls(json_build_object("
         "'passage', c.passage_id, 'soort', e.kind, 'methode', c.method, 'gesprek', v.code, 'wie', "
         "p.pseudonym, 'vraag', e.variable, 'taal', e.language, 'tekst', e.body, 'codering', c.id, 'van', "
         "c.start_at, 'tot', c.end_at, 'codes', c.codes, 'facet', c.facet, 'uiting', c.expression, "
         "'toepassing', c.application, 'richting', c.direction, 'herkomst', c.origin, 'besloten', "
         "c.decided, 'gevraagd', to_json(c.prompted))) ORDER BY c.passage_id, c.start_at, c.id), "
         "'[]')::text FROM picked JOIN zs.coding AS c ON c.id = picked.id CROSS JOIN "
         "LATERAL (SELECT * FROM zs.evidence AS x WHERE x.id = c.passage_id OFFSET 0) AS e LEFT JOIN "
         "zs.conversation AS v ON v.id = c.conversation_id LEFT JOIN zs.participant AS p ON p.id = "
         "c.participant_id"},
};

static void put_text(struct db_params *p, struct slice text)
{
    if (text.len > 0) {
        db_put_text(p, text);
    } else {
        db_put_null(p);
    }
}

static struct db_params hit_params(struct db_tx *tx, const struct coding_query *q)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, q->round);
    db_put_int16(&p, (int16_t)(q->value >= 0 ? 1 << q->value : 0));
    put_text(&p, q->code);
    put_text(&p, q->other[CODEBOOK_APPLICATION]);
    put_text(&p, q->other[CODEBOOK_DIRECTION]);
    put_text(&p, q->other[CODEBOOK_EXPRESSION]);
    put_text(&p, q->other[CODEBOOK_FACET]);
    put_text(&p, q->other[CODEBOOK_ORIGIN]);
    put_text(&p, q->method);
    put_text(&p, q->unprompted && q->value >= 0 ? slice_from_cstr(coding_values[q->value])
                                                : (struct slice){NULL, 0});
    return p;
}

/* How many variables are asked about; *split: which of them, from 1, is split by; 0. */
static size_t put_traits(struct db_params *p, int32_t *split, struct db_tx *tx, const struct coding_query *q)
{
    struct arena *arena = db_arena(tx);
    const struct variable *variables[CODING_FIND_GROUPS + 1];
    struct slice codes[CODING_FIND_GROUPS + 1], slots[CODING_FIND_GROUPS];
    struct slice *names = arena_array(arena, CODING_FIND_GROUPS + 1, sizeof *names);
    int32_t *offsets = arena_array(arena, CODING_FIND_GROUPS + 1, sizeof *offsets);
    int32_t *widths = arena_array(arena, CODING_FIND_GROUPS + 1, sizeof *widths);
    size_t count = 0;
    for (size_t i = 0; i < CODING_FIND_GROUPS; i++) {
        if (q->groups[i].variable) {
            variables[count] = q->groups[i].variable;
            codes[count] = slice_from_cstr(variables[count]->categories[q->groups[i].category].code);
            slots[count] = arena_printf(arena, "#%u", ANSWER_FIRST + (unsigned)q->groups[i].category);
            count++;
        }
    }
    const size_t groups = count;
    *split = 0;
    if (q->split) {
        variables[count++] = q->split;
        *split = (int32_t)count;
    }
    for (size_t i = 0; i < count; i++) {
        names[i] = slice_from_cstr(variables[i]->code);
        offsets[i] = (int32_t)variables[i]->offset;
        widths[i] = variables[i]->width;
    }
    db_put_text_array(p, names, count);
    db_put_int32_array(p, offsets, count);
    db_put_int32_array(p, widths, count);
    db_put_text_array(p, codes, groups);
    db_put_text_array(p, slots, groups);
    return count;
}

static int category_of(const struct variable *v, struct slice trait)
{
    uint64_t slot;
    if (trait.len > 1 && trait.ptr[0] == '#' &&
        slice_to_u64(&slot, (struct slice){trait.ptr + 1, trait.len - 1}, UINT16_MAX)) {
        return slot >= ANSWER_FIRST && slot - ANSWER_FIRST < v->category_count ? (int)(slot - ANSWER_FIRST)
                                                                               : -1;
    }
    for (uint16_t i = 0; i < v->category_count; i++) {
        if (slice_equal_cstr(trait, v->categories[i].code)) {
            return i;
        }
    }
    return -1;
}

/* Survey and conversations tell a trait in two ways: their rows are one group. */
static void add_group(struct coding_counts *out, int category, int64_t people, int64_t codings)
{
    size_t i = 0;
    while (i < out->group_count && out->groups[i].category != category) {
        i++;
    }
    if (i == out->group_count) {
        out->groups[out->group_count++] = (struct coding_found_group){.category = category};
    }
    out->groups[i].people += people;
    out->groups[i].codings += codings;
}

enum db_status coding_find_count(struct coding_counts *out, struct db_tx *tx,
                                 const struct coding_query *query)
{
    struct db_result *rows;
    int32_t split = 0;
    struct db_params p = hit_params(tx, query), plain = p;
    const bool grouped = put_traits(&p, &split, tx, query) > 0;
    db_put_int32(&p, split);
    enum db_status status = db_run(NULL, tx, &coding_find_statements[NO_JIT], NULL);
    if (status == DB_OK) {
        status = db_run(&rows, tx, &coding_find_statements[grouped ? COUNT_BY_GROUP : COUNT],
                        grouped ? &p : &plain);
    }
    *out = (struct coding_counts){0};
    if (status != DB_OK) {
        return status;
    }
    out->groups = arena_array(db_arena(tx), db_rows(rows) + 1, sizeof *out->groups);
    for (size_t i = 0; i < db_rows(rows); i++) {
        const int64_t people = db_get_int64(rows, i, 3) + db_get_int64(rows, i, 4);
        if (!db_is_null(rows, i, 0)) {
            add_group(out, category_of(query->split, db_get_text(rows, i, 0)), people,
                      db_get_int64(rows, i, 1));
            continue;
        }
        out->codings = db_get_int64(rows, i, 1);
        out->passages = db_get_int64(rows, i, 2);
        out->responses = db_get_int64(rows, i, 3);
        out->participants = db_get_int64(rows, i, 4);
        out->people = people;
        out->interviews = db_get_int64(rows, i, 5);
        out->focus_groups = db_get_int64(rows, i, 6);
    }
    return DB_OK;
}

static int64_t passage_at(const json_t *list, size_t at)
{
    return json_integer_value(json_object_get(json_array_get(list, at), "passage"));
}

enum db_status coding_find_list(json_t **out, int64_t *next, struct db_tx *tx,
                                const struct coding_query *query, int32_t most)
{
    struct db_result *row;
    struct coding_query whole = *query;
    int32_t split;
    whole.split = NULL;
    struct db_params p = hit_params(tx, &whole);
    put_traits(&p, &split, tx, &whole);
    db_put_int64(&p, query->after);
    db_put_int32(&p, most);
    enum db_status status = db_run(NULL, tx, &coding_find_statements[NO_JIT], NULL);
    status = status == DB_OK ? db_run_one(&row, tx, &coding_find_statements[LIST], &p) : status;
    *out = NULL;
    *next = 0;
    if (status != DB_OK) {
        return status;
    }
    const struct slice text = db_get_text(row, 0, 0);
    *out = json_loadb(text.ptr, text.len, 0, NULL);
    size_t count = json_array_size(*out);
    if (count == (size_t)most) {
        /* The last passage may go on behind the page: it is left to the next one whole. */
        const int64_t last = passage_at(*out, count - 1);
        while (passage_at(*out, 0) != last && passage_at(*out, count - 1) == last) {
            json_array_remove(*out, --count);
        }
        *next = passage_at(*out, count - 1);
    }
    return DB_OK;
}
