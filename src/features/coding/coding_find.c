#include "features/coding/coding_find.h"

enum statement {
    SETTINGS,
    FIND,
    FIND_OF_GROUPS,
    FIND_WORDS,
    FIND_WORDS_OF_GROUPS,
    FIND_ALL,
    FIND_ALL_OF_GROUPS,
    STATEMENT_COUNT
};
/* The same two of codings, of words alone, and of whatever was coded. */
enum { OF_GROUPS = FIND_OF_GROUPS - FIND, OF_WORDS = FIND_WORDS - FIND, OF_ALL = FIND_ALL - FIND };

/* Of a coding or of a row of zs.passage_words. */
#define IS_OPEN(ROW)                                                                                         \
    " AND (" ROW ".participant_id IS NULL OR " ROW ".participant_id IN (SELECT o.participant_id FROM "       \
    "zs.participant_open AS o WHERE o.round_id = $1::int4 AND o.is_open))"
/* What two code and nobody decided yet. */
#define UNSETTLED                                                                                            \
    "(SELECT t.passage_id FROM zs.coding_task AS t WHERE t.round_id = $1::int4 AND t.position > 1 AND NOT "  \
    "EXISTS (SELECT FROM zs.adjudication AS d WHERE d.passage_id = t.passage_id))"
/* $1 round, $2 bits, $3 code, $4 application, $5 direction, $6 expression, $7 facet, $8 origin, $9 method,
 * $10 the value that nothing asked about, $11 settled alone. */
#define FITS                                                                                                 \
    "c.round_id = $1::int4 AND c.ended_at IS NULL AND c.counts"                                              \
    " AND ($2::int2 = 0 OR c.value_bits & $2::int2 <> 0) AND ($3::text IS NULL OR c.codes @> "               \
    "ARRAY[$3::text]) AND ($4::text IS NULL OR c.application = $4::text) AND ($5::text IS NULL OR "          \
    "c.direction = $5::text) AND ($6::text IS NULL OR c.expression = $6::text) AND ($7::text IS NULL OR "    \
    "c.facet = $7::text) AND ($8::text IS NULL OR c.origin = $8::text) AND ($9::text IS NULL OR c.method = " \
    "$9::text) AND ($10::text IS NULL OR NOT c.prompted @> ARRAY[$10::text]) AND (NOT $11::bool OR "         \
    "c.passage_id NOT IN " UNSETTLED ")" IS_OPEN("c")
/* $12 the words that are searched. */
#define IN_DUTCH   "websearch_to_tsquery('zs.dutch'::regconfig, $12::text)"
#define IN_ENGLISH "websearch_to_tsquery('zs.english'::regconfig, $12::text)"
#define HAS_WORDS                                                                                            \
    "w.round_id = $1::int4 AND (w.words @@ " IN_DUTCH " AND NOT w.english OR w.words @@ " IN_ENGLISH         \
    " AND w.english)"
#define NO_CODE                                                                                              \
    " AND $2::int2 = 0 AND coalesce($3::text, $4::text, $5::text, $6::text, $7::text, $8::text, "            \
    "$10::text) IS NULL"
/* What is counted and listed, behind "SELECT": passages by their codings; by words alone, or all that was
 * coded, of which no code is asked then. A row is a coding, or a passage with all of them. */
#define CODED                                                                                                \
    "zs.coding AS c WHERE " FITS " AND ($12::text IS NULL OR c.passage_id IN (SELECT w.passage_id FROM "     \
    "zs.passage_words AS w WHERE " HAS_WORDS "))"
#define WORDED                                                                                               \
    "zs.passage_words AS w WHERE " HAS_WORDS " AND ($9::text IS NULL OR w.method = $9::text) AND "           \
    "$11::bool IS NOT NULL" NO_CODE IS_OPEN("w")
#define ANYTHING                                                                                             \
    "zs.coded_passage AS a WHERE a.round_id = $1::int4 AND ($9::text IS NULL OR a.method = $9::text) AND "   \
    "(NOT $11::bool OR a.passage_id NOT IN " UNSETTLED ") AND $12::text IS NULL" NO_CODE IS_OPEN("a")

/* Passages are of one person each; persons are few beside codings. Codings come in the order of their
 * passages, so that each first one counts for its passage: counting them by passage first takes twice as
 * long. */
#define PERSONS                                                                                              \
    "person AS MATERIALIZED (SELECT method, conversation_id, participant_id, response_id, sum(coded)::int8 " \
    "AS codings, count(*) FILTER (WHERE is_first) AS passages FROM (SELECT method, conversation_id, "        \
    "participant_id, response_id, "
#define PERSONS_END ") AS h GROUP BY 1, 2, 3, 4)"
#define OF_CODED                                                                                             \
    "1 AS coded, c.passage_id IS DISTINCT FROM lag(c.passage_id) OVER (ORDER BY c.passage_id) AS is_first "  \
    "FROM " CODED
#define OF_WORDED "0 AS coded, true AS is_first FROM " WORDED
#define OF_ANY    "codings AS coded, true AS is_first FROM " ANYTHING
/* $13 the variables asked about (groups, then split), $14 and $15 where their slots stand, $16 what
 * participants must be, one of the codes with spaces between, $17 what stands in the slots then in the same
 * way, $18 which of $13 is split by, from 1; 0: none. A trait is the code of a category, or # and a slot. */
#define BACKGROUND_FITS                                                                                      \
    "(cardinality($16::text[]) < 1 OR p.background->>($13::text[])[1] = ANY "                                \
    "(string_to_array(($16::text[])[1], ' '))) AND "                                                         \
    "(cardinality($16::text[]) < 2 OR p.background->>($13::text[])[2] = ANY "                                \
    "(string_to_array(($16::text[])[2], ' '))) AND "                                                         \
    "(cardinality($16::text[]) < 3 OR p.background->>($13::text[])[3] = ANY "                                \
    "(string_to_array(($16::text[])[3], ' ')))"
#define SLOTS_FIT                                                                                            \
    "(cardinality($17::text[]) < 1 OR s.slots[1]::text = ANY (string_to_array(($17::text[])[1], ' '))) AND " \
    "(cardinality($17::text[]) < 2 OR s.slots[2]::text = ANY (string_to_array(($17::text[])[2], ' '))) AND " \
    "(cardinality($17::text[]) < 3 OR s.slots[3]::text = ANY (string_to_array(($17::text[])[3], ' ')))"
#define TRAITS                                                                                               \
    ", those AS MATERIALIZED (SELECT q.*, p.background->>($13::text[])[$18::int4] AS trait FROM person AS "  \
    "q JOIN zs.participant AS p ON p.id = q.participant_id WHERE (" BACKGROUND_FITS                          \
    ") UNION ALL SELECT q.*, '#' || s.slots[$18::int4] FROM zs.response_slots($1::int4, ARRAY(SELECT "       \
    "response_id FROM person WHERE response_id IS NOT NULL), $14::int4[], $15::int4[]) AS s JOIN person "    \
    "AS q ON q.response_id = s.response_id WHERE " SLOTS_FIT ")"
#define COUNTS                                                                                               \
    "coalesce(sum(codings), 0)::int8, coalesce(sum(passages), 0)::int8, count(response_id), "                \
    "count(participant_id), count(DISTINCT conversation_id) FILTER (WHERE method = 'interview'), "           \
    "count(DISTINCT conversation_id) FILTER (WHERE method = 'focusgroep')"
#define BY_SPLIT "coalesce(trait, ''), " COUNTS

/* The words around what is searched, each between two characters that no text holds; tags are text too. */
#define AROUND "::regconfig, translate(e.body, '<>' || chr(2) || chr(3), chr(4) || chr(5)), "
#define AROUND_END                                                                                           \
    ", 'StartSel=' || chr(2) || ', StopSel=' || chr(3) || ', MaxFragments=2, MaxWords=24, MinWords=8, "      \
    "FragmentDelimiter=\" … \"')"
/* Behind "SELECT", of the passages `picked`, with those of their codings that fit. */
#define LISTED                                                                                               \
    "coalesce(json_agg(json_strip_nulls(json_build_object('passage', e.id, 'soort', e.kind, 'methode', "     \
    "coalesce(e.method, 'enquete'), 'gesprek', v.code, 'wie', p.pseudonym, 'spreker', e.speaker, "           \
    "'onderdeel', e.part, 'vraag', e.variable, 'taal', e.language, 'tekst', e.body, 'citeren', e.quotes, "   \
    "'rond', translate(CASE WHEN $12::text IS NULL THEN NULL WHEN e.language = 'en' THEN "                   \
    "ts_headline('zs.english'" AROUND IN_ENGLISH AROUND_END                                                  \
    " ELSE ts_headline('zs.dutch'" AROUND IN_DUTCH AROUND_END                                                \
    " END, chr(4) || chr(5), '<>'), 'coderingen', coalesce(k.codings, '[]'))) ORDER BY e.id), "              \
    "'[]')::text, (SELECT count(*) FROM picked), (SELECT coalesce(max(passage_id), 0) FROM picked) FROM "    \
    "picked CROSS JOIN LATERAL (SELECT * FROM zs.evidence AS x WHERE x.id = picked.passage_id OFFSET 0) AS " \
    "e LEFT JOIN zs.conversation AS v ON v.id = e.conversation_id LEFT JOIN zs.participant AS p ON p.id = "  \
    "e.participant_id LEFT JOIN LATERAL (SELECT json_agg(json_build_object('codering', c.id, 'van', "        \
    "c.start_at, 'tot', c.end_at, 'codes', c.codes, 'facet', c.facet, 'uiting', c.expression, "              \
    "'toepassing', c.application, 'richting', c.direction, 'herkomst', c.origin, 'besloten', c.decided, "    \
    "'gevraagd', to_json(c.prompted)) ORDER BY c.start_at, c.id) AS codings FROM zs.coding AS c WHERE "      \
    "c.passage_id = e.id AND " FITS ") AS k ON true"
/* $13 after, $14 so many; of groups $19 and $20. */
#define PICKED                                                                                               \
    ", picked AS (SELECT DISTINCT h.passage_id FROM (SELECT passage_id, participant_id, response_id FROM "
#define PICKED_END ") AS h WHERE h.passage_id > $13::int8 ORDER BY h.passage_id LIMIT $14::int4)"
#define PICKED_OF_GROUPS_END                                                                                 \
    ") AS h WHERE h.passage_id > $19::int8 AND (cardinality($16::text[]) = 0 OR h.participant_id IN "        \
    "(SELECT participant_id FROM those WHERE participant_id IS NOT NULL) OR h.response_id IN (SELECT "       \
    "response_id FROM those WHERE response_id IS NOT NULL)) ORDER BY h.passage_id LIMIT $20::int4)"
/* One row of all, with the passages; behind "SELECT". Counted and listed at once, because who is who takes
 * most of it. */
#define FOUND_OF  "NULL::text, n.*, l.* FROM (SELECT " COUNTS " FROM "
#define FOUND_END ") AS n, (SELECT " LISTED ") AS l"
/* Of groups: a row for each of them; behind "UNION ALL (SELECT". */
#define SPLIT BY_SPLIT ", NULL, NULL, NULL FROM those WHERE $18::int4 > 0 GROUP BY 1 ORDER BY 1)"

const struct db_statement coding_find_statements[STATEMENT_COUNT + 1] = {
    /* Compiling takes longer than all of the counting; a plan for any question at all is a bad one for most;
     * persons are counted in memory. */
    [SETTINGS] = {"coding_find_settings",
                  "SELECT set_config('jit', 'off', true) IS NULL, set_config('plan_cache_mode', "
                  "'force_custom_plan', true) IS NULL, set_config('work_mem', '64MB', true) IS NULL"},
    [FIND] = {"coding_find", "WITH " PERSONS OF_CODED PERSONS_END PICKED CODED PICKED_END " SELECT " FOUND_OF
                             "person" FOUND_END},
    [FIND_OF_GROUPS] = {"coding_find_of_groups",
                        "WITH " PERSONS OF_CODED PERSONS_END TRAITS PICKED CODED PICKED_OF_GROUPS_END
                        " SELECT " FOUND_OF "those" FOUND_END " UNION ALL (SELECT " SPLIT},
    [FIND_WORDS] = {"coding_find_words", "WITH " PERSONS OF_WORDED PERSONS_END PICKED WORDED PICKED_END
                                         " SELECT " FOUND_OF "person" FOUND_END},
    [FIND_WORDS_OF_GROUPS] = {"coding_find_words_of_groups",
                              "WITH " PERSONS OF_WORDED PERSONS_END TRAITS PICKED WORDED PICKED_OF_GROUPS_END
                              " SELECT " FOUND_OF "those" FOUND_END " UNION ALL (SELECT " SPLIT},
    [FIND_ALL] = {"coding_find_all", "WITH " PERSONS OF_ANY PERSONS_END PICKED ANYTHING PICKED_END
                                     " SELECT " FOUND_OF "person" FOUND_END},
    [FIND_ALL_OF_GROUPS] = {"coding_find_all_of_groups",
                            "WITH " PERSONS OF_ANY PERSONS_END TRAITS PICKED ANYTHING PICKED_OF_GROUPS_END
                            " SELECT " FOUND_OF "those" FOUND_END " UNION ALL (SELECT " SPLIT},
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
    db_put_bool(&p, q->settled);
    put_text(&p, q->words);
    return p;
}

static bool is_code_asked(const struct coding_query *q)
{
    bool asked = q->value >= 0 || q->code.len > 0;
    for (enum codebook_axis axis = CODEBOOK_FACET; axis < CODEBOOK_AXES; axis++) {
        asked = asked || q->other[axis].len > 0;
    }
    return asked;
}

/* By words alone texts that nobody coded are found too; all that was coded is counted already. */
static const struct db_statement *statement_for(const struct coding_query *q, bool grouped)
{
    const int of = is_code_asked(q) ? 0 : q->words.len > 0 ? OF_WORDS : OF_ALL;
    return &coding_find_statements[FIND + (grouped ? OF_GROUPS : 0) + of];
}

/* How many variables are asked about; *split: which of them, from 1, is split by; 0. */
static size_t put_traits(struct db_params *p, int32_t *split, struct db_tx *tx, const struct coding_query *q)
{
    struct arena *arena = db_arena(tx);
    const struct variable *variables[CODING_FIND_GROUPS + 1];
    struct slice *codes = arena_array(arena, CODING_FIND_GROUPS + 1, sizeof *codes);
    struct slice *slots = arena_array(arena, CODING_FIND_GROUPS + 1, sizeof *slots);
    struct slice *names = arena_array(arena, CODING_FIND_GROUPS + 1, sizeof *names);
    int32_t *offsets = arena_array(arena, CODING_FIND_GROUPS + 1, sizeof *offsets);
    int32_t *widths = arena_array(arena, CODING_FIND_GROUPS + 1, sizeof *widths);
    size_t count = 0;
    for (size_t i = 0; i < CODING_FIND_GROUPS; i++) {
        const struct variable *variable = q->groups[i].variable;
        size_t at = 0;
        if (!variable) {
            continue;
        }
        while (at < count && variables[at] != variable) {
            at++;
        }
        if (at == count) {
            variables[count++] = variable;
            codes[at] = slots[at] = SLICE("");
        }
        codes[at] = arena_printf(arena, "%.*s %s", SLICE_ARG(codes[at]),
                                 variable->categories[q->groups[i].category].code);
        slots[at] = arena_printf(arena, "%.*s %d", SLICE_ARG(slots[at]),
                                 (int)ANSWER_FIRST + (int)q->groups[i].category);
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

static void read_counts(struct coding_counts *out, const struct db_result *rows, size_t i)
{
    out->codings = db_get_int64(rows, i, 1);
    out->passages = db_get_int64(rows, i, 2);
    out->responses = db_get_int64(rows, i, 3);
    out->participants = db_get_int64(rows, i, 4);
    out->people = out->responses + out->participants;
    out->interviews = db_get_int64(rows, i, 5);
    out->focus_groups = db_get_int64(rows, i, 6);
}

static void read_list(struct coding_findings *out, const struct db_result *rows, size_t i, int32_t most)
{
    const struct slice text = db_get_text(rows, i, 7);
    const int64_t picked = db_get_int64(rows, i, 8), last = db_get_int64(rows, i, 9);
    out->passages = json_loadb(text.ptr, text.len, 0, NULL);
    if (picked > most) {
        /* One more than the page holds: the next begins with it. */
        const size_t count = json_array_size(out->passages);
        const json_t *item = json_array_get(out->passages, count > 0 ? count - 1 : 0);
        if (json_integer_value(json_object_get(item, "passage")) == last) {
            json_array_remove(out->passages, count - 1);
        }
        out->next = last - 1;
    }
}

enum db_status coding_find(struct coding_findings *out, struct db_tx *tx, const struct coding_query *query,
                           int32_t most)
{
    struct db_result *rows;
    int32_t split = 0;
    struct db_params plain = hit_params(tx, query), grouped = plain;
    const bool has_groups = put_traits(&grouped, &split, tx, query) > 0;
    struct db_params *asked = has_groups ? &grouped : &plain;
    if (has_groups) {
        db_put_int32(asked, split);
    }
    db_put_int64(asked, query->after);
    db_put_int32(asked, most + 1);
    *out = (struct coding_findings){.passages = NULL};
    enum db_status status = db_run(NULL, tx, &coding_find_statements[SETTINGS], NULL);
    status = status == DB_OK ? db_run(&rows, tx, statement_for(query, has_groups), asked) : status;
    if (status != DB_OK) {
        return status;
    }
    out->counts.groups = arena_array(db_arena(tx), db_rows(rows) + 1, sizeof *out->counts.groups);
    for (size_t i = 0; i < db_rows(rows); i++) {
        if (db_is_null(rows, i, 0)) {
            read_counts(&out->counts, rows, i);
            read_list(out, rows, i, most);
        } else {
            add_group(&out->counts, category_of(query->split, db_get_text(rows, i, 0)),
                      db_get_int64(rows, i, 3) + db_get_int64(rows, i, 4), db_get_int64(rows, i, 1));
        }
    }
    return DB_OK;
}
