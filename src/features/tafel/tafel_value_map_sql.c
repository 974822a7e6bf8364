#include "features/tafel/tafel_value_map_sql.h"

#include "features/tafel/tafel_form.h"

enum statement { JUDGED, JUDGED_OF, LOCK, JUDGE, PUBLISHED, PUBLISH, QUOTE, QUOTES, STATEMENT_COUNT };

#define COLUMNS "id, application, value, coalesce(label, ''), by_rule, reason, judged_by, judged_at"

const struct db_statement value_map_statements[STATEMENT_COUNT + 1] = {
    [JUDGED] = {"value_map_judged", "SELECT DISTINCT ON (application, value) " COLUMNS
                                    " FROM zs.value_judgement WHERE round_id = "
                                    "$1::int4 ORDER BY application, value, id DESC"},
    [JUDGED_OF] = {"value_map_judged_of",
                   "SELECT " COLUMNS " FROM zs.value_judgement WHERE round_id = $1::int4 AND application = "
                   "$2::text AND value = $3::text ORDER BY id DESC LIMIT 100"},
    [LOCK] = {"value_map_lock", "SELECT pg_advisory_xact_lock(19, $1::int4) IS NULL"},
    [JUDGE] = {"value_map_judge",
               "INSERT INTO zs.value_judgement (round_id, application, value, label, by_rule, reason, "
               "judged_by) VALUES ($1::int4, $2::text, $3::text, nullif($4::text, ''), $5::text, $6::text, "
               "$7::text)"},
    [PUBLISHED] =
        {"value_map_published",
         "SELECT number, round_id, release_number, published_at, document::text, id FROM "
         "zs.value_map AS m WHERE (round_id = $1::int4 OR ($1::int4 = 0 AND NOT EXISTS (SELECT 1 FROM "
         "zs.round AS r JOIN zs.consultation AS c ON c.code = r.consultation WHERE r.id = m.round_id AND "
         "c.invented))) AND $2::int4 IN (0, number) ORDER BY id DESC "
         "LIMIT 1"},
    [PUBLISH] = {"value_map_publish",
                 "INSERT INTO zs.value_map (round_id, number, release_number, document, published_by) SELECT "
                 "$1::int4, coalesce(max(m.number), 0) + 1, $2::int4, $3::text::jsonb, $4::text FROM "
                 "zs.value_map AS m WHERE m.round_id = $1::int4 RETURNING number, id"},
    [QUOTE] = {"value_map_quote_add",
               "INSERT INTO zs.value_map_quote (map_id, application, value, place, direction, coding_id) "
               "VALUES ($1::int4, $2::text, $3::text, $4::int2, $5::text, $6::int8)"},
    [QUOTES] = {"value_map_quotes",
                "SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('toepassing', q.application, "
                "'waarde', q.value, 'richting', q.direction, 'methode', q.method, 'taal', q.language, "
                "'woorden', q.words)) ORDER BY q.application, q.value, q.place), '[]')::text FROM "
                "zs.value_map_quote_public AS q WHERE q.map_id = $1::int4 AND $2::text IN ('', "
                "q.application)"},
};

static enum convergence_label label_of(struct slice code)
{
    int label = 0;
    while (label + 1 < CONVERGENCE_LABELS && !slice_equal_cstr(code, convergence_labels[label])) {
        label++;
    }
    return (enum convergence_label)label;
}

static enum db_status read_judgements(struct value_judgement **out, size_t *count, struct db_tx *tx,
                                      const struct db_statement *statement, const struct db_params *p)
{
    struct db_result *rows;
    const enum db_status status = db_run(&rows, tx, statement, p);
    *count = status == DB_OK ? db_rows(rows) : 0;
    *out = arena_array(db_arena(tx), *count + 1, sizeof **out);
    for (size_t i = 0; i < *count; i++) {
        const struct slice label = db_get_text(rows, i, 3);
        (*out)[i] = (struct value_judgement){.id = db_get_int32(rows, i, 0),
                                             .application = db_get_text(rows, i, 1),
                                             .value = db_get_text(rows, i, 2),
                                             .by_person = label.len > 0,
                                             .label = label_of(label),
                                             .by_rule = label_of(db_get_text(rows, i, 4)),
                                             .reason = db_get_text(rows, i, 5),
                                             .by = db_get_text(rows, i, 6),
                                             .at = db_get_timestamp(rows, i, 7)};
    }
    return status;
}

enum db_status value_judgements(struct value_judgement **out, size_t *count, struct db_tx *tx, int32_t round)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    return read_judgements(out, count, tx, &value_map_statements[JUDGED], &p);
}

enum db_status value_judgements_of(struct value_judgement **out, size_t *count, struct db_tx *tx,
                                   int32_t round, struct slice application, struct slice value)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    db_put_text(&p, application);
    db_put_text(&p, value);
    return read_judgements(out, count, tx, &value_map_statements[JUDGED_OF], &p);
}

enum db_status value_judgement_lock(struct db_tx *tx, int32_t round)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    return db_run(NULL, tx, &value_map_statements[LOCK], &p);
}

enum db_status value_judgement_add(struct db_tx *tx, int32_t round, const struct value_judgement *judgement)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    db_put_text(&p, judgement->application);
    db_put_text(&p, judgement->value);
    db_put_text(&p, judgement->by_person ? slice_from_cstr(convergence_labels[judgement->label]) : SLICE(""));
    db_put_text(&p, slice_from_cstr(convergence_labels[judgement->by_rule]));
    db_put_text(&p, judgement->reason);
    db_put_text(&p, judgement->by);
    return db_run(NULL, tx, &value_map_statements[JUDGE], &p);
}

enum db_status value_map_published(struct published_map *out, struct db_tx *tx, int32_t round)
{
    return value_map_published_as(out, tx, round, 0);
}

enum db_status value_map_published_as(struct published_map *out, struct db_tx *tx, int32_t round,
                                      int32_t number)
{
    struct db_result *rows;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    db_put_int32(&p, number);
    *out = (struct published_map){.number = 0};
    const enum db_status status = db_run(&rows, tx, &value_map_statements[PUBLISHED], &p);
    if (status == DB_OK && db_rows(rows) == 1) {
        *out = (struct published_map){.id = db_get_int32(rows, 0, 5),
                                      .number = db_get_int32(rows, 0, 0),
                                      .round = db_get_int32(rows, 0, 1),
                                      .release = db_get_int32(rows, 0, 2),
                                      .at = db_get_timestamp(rows, 0, 3),
                                      .document = db_get_text(rows, 0, 4)};
    }
    return status;
}

enum db_status value_map_publish(struct published_map *out, struct db_tx *tx, int32_t round, int32_t release,
                                 struct slice document, const char *by)
{
    struct db_result *row;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    db_put_int32(&p, release);
    db_put_text(&p, document);
    db_put_text(&p, slice_from_cstr(by));
    *out = (struct published_map){.round = round, .release = release, .document = document};
    const enum db_status status = db_run_one(&row, tx, &value_map_statements[PUBLISH], &p);
    if (status == DB_OK) {
        out->number = db_get_int32(row, 0, 0);
        out->id = db_get_int32(row, 0, 1);
    }
    return status;
}

/* ---- quotes ---- */

enum db_status value_map_quote_add(struct db_tx *tx, int32_t map, const struct value_quote *quote)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, map);
    db_put_text(&p, quote->application);
    db_put_text(&p, quote->value);
    db_put_int16(&p, quote->place);
    db_put_text(&p, quote->direction);
    db_put_int64(&p, quote->coding);
    return db_run(NULL, tx, &value_map_statements[QUOTE], &p);
}

enum db_status value_map_quotes(json_t **quotes, struct db_tx *tx, struct arena *arena, int32_t map,
                                struct slice application)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, map);
    db_put_text(&p, application);
    return tafel_read_json(quotes, tx, arena, &value_map_statements[QUOTES], &p);
}
