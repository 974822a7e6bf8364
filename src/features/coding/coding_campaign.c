#include "features/coding/coding_campaign.h"

#include "base/utf8.h"
#include "features/passage/passage.h"

#include <stdlib.h>
#include <string.h>

enum statement { TEXTS, LOCK, SEARCH_INSERT, MEMBERS_INSERT, SEARCHES, GROUPS, GROUP, STATEMENT_COUNT };

#define STANDING                                                                                             \
    "zs.campaign_member AS m JOIN zs.passage AS p ON p.id = m.passage_id JOIN zs.response AS r ON "          \
    "r.round_id = p.round_id AND r.response_id = p.response_id AND r.revision = p.revision"

const struct db_statement coding_campaign_statements[STATEMENT_COUNT + 1] = {
    [TEXTS] = {"campaign_texts", "SELECT p.id, p.body FROM zs.passage AS p WHERE p.round_id = $1::int4 AND "
                                 "p.variable = $2::text ORDER BY p.id LIMIT $3::int8"},
    /* Of one round one keeps at a time. */
    [LOCK] = {"campaign_lock", "SELECT pg_advisory_xact_lock(18, $1::int4) IS NULL"},
    [SEARCH_INSERT] =
        {"campaign_search_insert",
         "INSERT INTO zs.campaign_search (round_id, variable, number, threshold, least, seed, texts, "
         "last_passage, made_by) SELECT $1::int4, $2::text, coalesce(max(s.number), 0) + 1, $3::float8, "
         "$4::int4, $5::int8, $6::int4, $7::int8, $8::text FROM zs.campaign_search AS s WHERE s.round_id = "
         "$1::int4 AND s.variable = $2::text RETURNING id, number"},
    [MEMBERS_INSERT] =
        {"campaign_members_insert",
         "WITH found AS (SELECT u.id, u.grouping, count(*) OVER (PARTITION BY u.grouping) AS size FROM "
         "unnest($2::int8[], $3::int4[]) AS u (id, grouping) JOIN zs.passage AS p ON p.id = u.id) INSERT "
         "INTO zs.campaign_member (search_id, passage_id, grouping) SELECT $1::int4, f.id, f.grouping FROM "
         "found AS f WHERE f.size > 1"},
    [SEARCHES] =
        {"campaign_searches",
         "SELECT coalesce(json_agg(json_build_object('id', s.id, 'vraag', s.variable, 'nummer', s.number, "
         "'drempel', s.threshold, 'minimum', s.least, 'zaad', s.seed, 'teksten', s.texts, 'later', (SELECT "
         "count(*) FROM zs.passage AS p WHERE p.round_id = s.round_id AND p.variable = s.variable AND p.id > "
         "s.last_passage), 'groepen', g.sets, 'inGroepen', g.texts, 'op', to_char(s.made_at AT TIME ZONE "
         "'UTC', 'YYYY-MM-DD'), 'door', s.made_by) ORDER BY s.variable), '[]')::text FROM "
         "zs.campaign_search AS s CROSS JOIN LATERAL (SELECT count(*) AS sets, coalesce(sum(k.size), 0) AS "
         "texts FROM (SELECT count(*) AS size FROM zs.campaign_member AS m WHERE m.search_id = s.id GROUP BY "
         "m.grouping) AS k WHERE k.size > 1) AS g WHERE s.round_id = $1::int4 AND NOT EXISTS (SELECT FROM "
         "zs.campaign_search AS n WHERE n.round_id = s.round_id AND n.variable = s.variable AND n.number > "
         "s.number)"},
    [GROUPS] =
        {"campaign_groups",
         "SELECT coalesce(json_agg(json_build_object('groep', k.grouping, 'aantal', k.size, 'eerste', "
         "to_char(k.first_day, 'YYYY-MM-DD'), 'laatste', to_char(k.last_day, 'YYYY-MM-DD'), 'tekst', (SELECT "
         "p.body FROM zs.passage AS p WHERE p.id = k.example)) ORDER BY k.size DESC, k.grouping), "
         "'[]')::text FROM (SELECT m.grouping, count(*) AS size, min(p.created_day) AS first_day, "
         "max(p.created_day) AS last_day, min(p.id) AS example FROM zs.campaign_member AS m JOIN zs.passage "
         "AS p ON p.id = m.passage_id WHERE m.search_id = $1::int4 GROUP BY m.grouping HAVING count(*) > 1 "
         "ORDER BY count(*) DESC, m.grouping LIMIT $2::int4) AS k"},
    [GROUP] =
        {"campaign_group",
         "WITH standing AS (SELECT p.id, p.created_day, r.stream, r.channel FROM " STANDING
         " WHERE m.search_id = $1::int4 AND m.grouping = $2::int4)"
         " SELECT json_build_object('aantal', (SELECT count(*) FROM standing), 'tekst', (SELECT p.body FROM "
         "zs.passage AS p WHERE p.id = (SELECT min(id) FROM standing)), 'dagen', (SELECT "
         "coalesce(json_agg(json_build_object('dag', to_char(d.created_day, 'YYYY-MM-DD'), 'aantal', "
         "d.texts) ORDER BY d.created_day), '[]') FROM (SELECT created_day, count(*) AS texts FROM standing "
         "GROUP BY created_day) AS d), 'herkomst', (SELECT coalesce(json_agg(json_build_object('stroom', "
         "w.stream, 'kanaal', w.channel, 'aantal', w.texts) ORDER BY w.stream, w.channel), '[]') FROM "
         "(SELECT "
         "stream, channel, count(*) AS texts FROM standing GROUP BY stream, channel) AS w))::text"},
};

struct campaign_search {
    int32_t round;
    char *variable, *actor;
    struct duplicates_rule rule;
    char *text; /* all texts behind each other */
    size_t text_size;
    struct slice *texts;
    int64_t *ids;
    size_t count;
    struct duplicates found;
};

struct campaign_search *campaign_search_create(int32_t round, struct slice variable,
                                               const struct duplicates_rule *rule, const char *actor)
{
    struct campaign_search *search = calloc(1, sizeof *search);
    if (search) {
        search->round = round;
        search->rule = *rule;
        search->variable = strndup(variable.ptr, variable.len);
        search->actor = strdup(actor);
    }
    if (search && (!search->variable || !search->actor)) {
        campaign_search_free(search);
        return NULL;
    }
    return search;
}

static void forget_texts(struct campaign_search *search)
{
    free(search->text);
    free(search->texts);
    free(search->ids);
    search->text = NULL;
    search->texts = NULL;
    search->ids = NULL;
    search->count = 0;
}

void campaign_search_free(struct campaign_search *search_take)
{
    if (search_take) {
        forget_texts(search_take);
        duplicates_free(&search_take->found);
        free(search_take->variable);
        free(search_take->actor);
        free(search_take);
    }
}

size_t campaign_search_texts(const struct campaign_search *search)
{
    return search->count;
}

const struct duplicates *campaign_search_found(const struct campaign_search *search)
{
    return &search->found;
}

static bool copy_texts(struct campaign_search *search, const struct db_result *rows)
{
    size_t size = 0;
    const size_t count = db_rows(rows);
    for (size_t i = 0; i < count; i++) {
        size += db_get_text(rows, i, 1).len;
    }
    search->text = malloc(size + 1);
    search->texts = malloc((count + 1) * sizeof *search->texts);
    search->ids = malloc((count + 1) * sizeof *search->ids);
    if (!search->text || !search->texts || !search->ids) {
        return false;
    }
    for (size_t i = 0, at = 0; i < count; i++) {
        const struct slice body = db_get_text(rows, i, 1);
        memcpy(search->text + at, body.ptr, body.len);
        search->texts[i] = (struct slice){search->text + at, body.len};
        search->ids[i] = db_get_int64(rows, i, 0);
        at += body.len;
    }
    search->count = count;
    return true;
}

enum db_status campaign_search_read(struct campaign_search *search, struct db_tx *tx)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, search->round);
    db_put_text(&p, slice_from_cstr(search->variable));
    db_put_int64(&p, CAMPAIGN_TEXTS_MAX);
    forget_texts(search);
    enum db_status status = db_run(&rows, tx, &coding_campaign_statements[TEXTS], &p);
    return status != DB_OK || copy_texts(search, rows) ? status : DB_FAILED;
}

bool campaign_search_compare(struct campaign_search *search, duplicates_told told, void *self)
{
    duplicates_free(&search->found);
    return duplicates_find_telling(&search->found, search->texts, search->count, &search->rule, told, self);
}

static enum db_status keep_members(struct campaign_search *search, struct db_tx *tx, int32_t id)
{
    size_t count = 0;
    int64_t *ids = arena_array(db_arena(tx), search->count + 1, sizeof *ids);
    int32_t *groups = arena_array(db_arena(tx), search->count + 1, sizeof *groups);
    for (size_t i = 0; i < search->count; i++) {
        if (search->found.cluster[i] != DUPLICATES_NONE) {
            ids[count] = search->ids[i];
            groups[count++] = (int32_t)search->found.cluster[i] + 1;
        }
    }
    struct db_params p = db_params(tx);
    db_put_int32(&p, id);
    db_put_int64_array(&p, ids, count);
    db_put_int32_array(&p, groups, count);
    return db_run(NULL, tx, &coding_campaign_statements[MEMBERS_INSERT], &p);
}

enum db_status campaign_search_keep(int32_t *number, struct campaign_search *search, struct db_tx *tx)
{
    struct db_result *row;
    struct db_params lock = db_params(tx), p = db_params(tx);
    db_put_int32(&lock, search->round);
    enum db_status status = db_run(NULL, tx, &coding_campaign_statements[LOCK], &lock);
    db_put_int32(&p, search->round);
    db_put_text(&p, slice_from_cstr(search->variable));
    db_put_float8(&p, search->rule.threshold);
    db_put_int32(&p, (int32_t)search->rule.least);
    db_put_int64(&p, (int64_t)search->rule.seed);
    db_put_int32(&p, (int32_t)search->count);
    db_put_int64(&p, search->count > 0 ? search->ids[search->count - 1] : 0);
    db_put_text(&p, slice_from_cstr(search->actor));
    status = status == DB_OK ? db_run_one(&row, tx, &coding_campaign_statements[SEARCH_INSERT], &p) : status;
    if (status != DB_OK) {
        return status;
    }
    *number = db_get_int32(row, 0, 1);
    return keep_members(search, tx, db_get_int32(row, 0, 0));
}

/* ---- what was found ---- */

static enum db_status one_document(json_t **out, struct db_tx *tx, enum statement statement,
                                   const struct db_params *p)
{
    struct db_result *row;
    enum db_status status = db_run_one(&row, tx, &coding_campaign_statements[statement], p);
    *out = NULL;
    if (status == DB_OK) {
        const struct slice text = db_get_text(row, 0, 0);
        *out = json_loadb(text.ptr, text.len, 0, NULL);
    }
    return status;
}

enum db_status campaign_searches(json_t **out, struct db_tx *tx, int32_t round)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    return one_document(out, tx, SEARCHES, &p);
}

enum db_status campaign_groups(json_t **out, struct db_tx *tx, int32_t search)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, search);
    db_put_int32(&p, CAMPAIGN_GROUPS_SHOWN);
    return one_document(out, tx, GROUPS, &p);
}

enum db_status campaign_group(json_t **out, struct db_tx *tx, int32_t search, int32_t group)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, search);
    db_put_int32(&p, group);
    return one_document(out, tx, GROUP, &p);
}

struct slice campaign_hidden(struct arena *arena, struct slice text)
{
    struct personal_hit *hits;
    const size_t count = personal_find(&hits, arena, text, NULL, 0);
    struct slice out = SLICE("");
    size_t from = 0;
    for (size_t i = 0; i < count; i++) {
        const size_t start = utf8_offset(text, hits[i].span.start), end = utf8_offset(text, hits[i].span.end);
        out = arena_printf(arena, "%.*s%.*s%.*s", SLICE_ARG(out), (int)(start - from), text.ptr + from,
                           SLICE_ARG(hits[i].replacement));
        from = end;
    }
    return count == 0
               ? text
               : arena_printf(arena, "%.*s%.*s", SLICE_ARG(out), (int)(text.len - from), text.ptr + from);
}
