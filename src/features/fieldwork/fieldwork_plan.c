#include "features/fieldwork/fieldwork_plan.h"

#include "features/questionnaire/questionnaire.h"

#include <stdlib.h>

const char *const plan_mixes[] = {"homogeen", "gemengd", NULL};
const char *const segment_populations[] = {"publiek", "betrokkenen", NULL};

enum { CODE_MAX = 40 };

enum statement { SAVE, SEGMENT, OVERVIEW, STATEMENT_COUNT };

const struct db_statement fieldwork_plan_statements[STATEMENT_COUNT + 1] = {
    [SAVE] = {"plan_save",
              "INSERT INTO zs.composition_plan (round_id, kind, mix, mix_reason, over_recruit, changed_by)"
              " VALUES ($1::int4, $2::text, $3::text, $4::text, $5::int2, $6::text)"
              " ON CONFLICT (round_id, kind) DO UPDATE SET mix = excluded.mix, mix_reason = "
              "excluded.mix_reason, over_recruit = excluded.over_recruit, changed_at = now(), changed_by = "
              "excluded.changed_by WHERE NOT $7::bool"},
    [SEGMENT] =
        {"plan_segment",
         "INSERT INTO zs.composition_segment (plan_id, code, title, population, criteria, conversations, "
         "participants, reserves) SELECT id, $3::text, $4::text, $5::text, $6::text::jsonb, $7::int2, "
         "$8::int2, $9::int2 FROM zs.composition_plan WHERE round_id = $1::int4 AND kind = $2::text"
         " ON CONFLICT (plan_id, code) DO UPDATE SET title = excluded.title, population = "
         "excluded.population, criteria = excluded.criteria, conversations = excluded.conversations, "
         "participants = excluded.participants, reserves = excluded.reserves WHERE NOT $10::bool"},
    [OVERVIEW] =
        {"plan_overview",
         "WITH came AS ("
         "  SELECT coalesce(p.segment_id, c.segment_id) AS segment_id,"
         "   count(*) FILTER (WHERE p.standing = 'uitgenodigd') AS invited,"
         "   count(*) FILTER (WHERE p.standing = 'gekomen') AS came,"
         "   count(*) FILTER (WHERE p.standing = 'niet-gekomen') AS away,"
         "   count(*) FILTER (WHERE p.standing = 'afgemeld') AS cancelled,"
         "   count(*) FILTER (WHERE p.standing = 'reserve') AS reserves"
         "  FROM zs.participant AS p JOIN zs.conversation AS c ON c.id = p.conversation_id"
         "  WHERE c.round_id = $1::int4 AND c.status <> 'vervallen' GROUP BY 1"
         "), held AS ("
         "  SELECT segment_id, count(*) FILTER (WHERE status = 'gepland') AS planned,"
         "   count(*) FILTER (WHERE status = 'gehouden') AS held"
         "  FROM zs.conversation WHERE round_id = $1::int4 GROUP BY 1"
         ") SELECT coalesce(json_agg(json_build_object('soort', n.kind, 'samenstelling', n.mix, 'reden', "
         "n.mix_reason, 'overwerving', n.over_recruit, 'segmenten', (SELECT coalesce(json_agg("
         "json_build_object('segment', s.code, 'titel', s.title, 'doelgroep', s.population, 'kenmerken', "
         "s.criteria, 'gesprekken', s.conversations, 'mensen', s.participants, 'reservesNodig', s.reserves,"
         " 'gepland', coalesce(h.planned, 0), 'gehouden', coalesce(h.held, 0), 'uitgenodigd', "
         "coalesce(a.invited, 0), 'gekomen', coalesce(a.came, 0), 'nietGekomen', coalesce(a.away, 0),"
         " 'afgemeld', coalesce(a.cancelled, 0), 'reserves', coalesce(a.reserves, 0)) ORDER BY s.id), '[]')"
         " FROM zs.composition_segment AS s LEFT JOIN came AS a ON a.segment_id = s.id"
         " LEFT JOIN held AS h ON h.segment_id = s.id WHERE s.plan_id = n.id)) ORDER BY n.kind DESC), "
         "'[]')::text"
         " FROM zs.composition_plan AS n WHERE n.round_id = $1::int4"},
};

enum db_status plan_save(bool *saved, struct json_errors *errors, struct db_tx *tx,
                         const struct survey_round *round, const json_t *document, bool is_new,
                         const char *actor)
{
    struct slice kind, mix, reason;
    int64_t more = 0;
    struct db_result *done;
    const struct json_field fields[] = {
        {"soort", JSON_KIND_STRING, false, 0, 0, conversation_kinds, &kind, NULL},
        {"samenstelling", JSON_KIND_STRING, false, 0, 0, plan_mixes, &mix, NULL},
        {"reden", JSON_KIND_STRING, false, 1, 2000, NULL, &reason, NULL},
        {"overwerving", JSON_KIND_INT, true, 0, 20, NULL, &more, NULL},
    };
    *saved = json_decode(errors, "", document, fields, sizeof fields / sizeof fields[0]);
    if (!*saved) {
        return DB_OK;
    }
    struct db_params p = db_params(tx);
    db_put_int32(&p, round->id);
    db_put_text(&p, kind);
    db_put_text(&p, mix);
    db_put_text(&p, reason);
    db_put_int16(&p, (int16_t)more);
    db_put_text(&p, slice_from_cstr(actor));
    db_put_bool(&p, is_new);
    enum db_status status = db_run(&done, tx, &fieldwork_plan_statements[SAVE], &p);
    *saved = status == DB_OK && db_affected(done) == 1;
    if (status == DB_OK && !*saved) {
        json_errors_add(errors, "/soort", "dubbel", "Er is al een plan voor dit soort gesprek. Wijzig dat.");
    }
    return status;
}

/* {"leeftijd": "18-24"} or {"leeftijd": ["18-24", "25-34"]}. */
static void check_criteria(struct json_errors *errors, const struct survey_round *round,
                           const json_t *criteria)
{
    size_t count;
    const char *name;
    const json_t *value;
    const struct variable *variables = questionnaire_variables(&count, round->questionnaire);
    json_object_foreach((json_t *)(uintptr_t)criteria, name, value)
    {
        int at = questionnaire_find_variable(round->questionnaire, slice_from_cstr(name));
        bool good = at >= 0 && fieldwork_is_background(&variables[at]);
        size_t answers = json_is_array(value) ? json_array_size(value) : 1;
        for (size_t i = 0; good && i < answers; i++) {
            const char *code = json_string_value(json_is_array(value) ? json_array_get(value, i) : value);
            good = code && fieldwork_has_category(&variables[at], slice_from_cstr(code));
        }
        if (!good) {
            json_errors_add(errors, json_pointer_append(errors->arena, "/kenmerken", name), "keuze",
                            "Kies een achtergrondvraag van de vragenlijst, met antwoorden die zij kent.");
        }
    }
}

/* A group was not saved. */
static enum db_status tell_why_not(struct json_errors *errors, struct db_tx *tx, int32_t round,
                                   struct slice kind)
{
    json_t *overview;
    enum db_status status = plan_overview(&overview, tx, db_arena(tx), round);
    if (status == DB_OK && plan_of(overview, kind)) {
        json_errors_add(errors, "/segment", "dubbel",
                        "Er is al een groep met deze code. Wijzig die, of kies een andere code.");
    } else if (status == DB_OK) {
        json_errors_add(errors, "/soort", "onbekend", "Maak eerst het plan voor dit soort gesprek.");
    }
    return status;
}

enum db_status plan_segment_save(bool *saved, struct json_errors *errors, struct db_tx *tx,
                                 const struct survey_round *round, const json_t *document, bool is_new)
{
    struct slice kind, code, title, population;
    int64_t conversations = 0, people = 0, reserves = 0;
    json_t *criteria = NULL;
    struct db_result *done;
    const struct json_field fields[] = {
        {"soort", JSON_KIND_STRING, false, 0, 0, conversation_kinds, &kind, NULL},
        {"segment", JSON_KIND_STRING, false, 1, CODE_MAX, NULL, &code, NULL},
        {"titel", JSON_KIND_STRING, false, 1, 200, NULL, &title, NULL},
        {"doelgroep", JSON_KIND_STRING, false, 0, 0, segment_populations, &population, NULL},
        {"kenmerken", JSON_KIND_OBJECT, true, 0, 0, NULL, &criteria, NULL},
        {"gesprekken", JSON_KIND_INT, false, 0, 1000, NULL, &conversations, NULL},
        {"mensen", JSON_KIND_INT, false, 0, 10000, NULL, &people, NULL},
        {"reservesNodig", JSON_KIND_INT, true, 0, 10000, NULL, &reserves, NULL},
    };
    *saved = false;
    if (!json_decode(errors, "", document, fields, sizeof fields / sizeof fields[0])) {
        return DB_OK;
    }
    if (!questionnaire_is_code(code)) {
        json_errors_add(errors, "/segment", "code", "Gebruik kleine letters, cijfers en streepjes.");
    }
    check_criteria(errors, round, criteria);
    if (errors->count > 0) {
        return DB_OK;
    }
    char *text = json_dumps(criteria, JSON_COMPACT);
    struct db_params p = db_params(tx);
    db_put_int32(&p, round->id);
    db_put_text(&p, kind);
    db_put_text(&p, code);
    db_put_text(&p, title);
    db_put_text(&p, population);
    db_put_text(&p, text ? arena_copy(db_arena(tx), slice_from_cstr(text)) : SLICE("{}"));
    db_put_int16(&p, (int16_t)conversations);
    db_put_int16(&p, (int16_t)people);
    db_put_int16(&p, (int16_t)reserves);
    db_put_bool(&p, is_new);
    free(text);
    enum db_status status = db_run(&done, tx, &fieldwork_plan_statements[SEGMENT], &p);
    *saved = status == DB_OK && db_affected(done) == 1;
    return status == DB_OK && !*saved ? tell_why_not(errors, tx, round->id, kind) : status;
}

const json_t *plan_of(const json_t *overview, struct slice kind)
{
    size_t i;
    const json_t *plan;
    json_array_foreach((json_t *)(uintptr_t)overview, i, plan)
    {
        if (slice_equal_cstr(kind, json_string_value(json_object_get(plan, "soort")))) {
            return plan;
        }
    }
    return NULL;
}

const json_t *plan_segment_of(const json_t *plan, struct slice code)
{
    size_t i;
    const json_t *segment;
    json_array_foreach(json_object_get(plan, "segmenten"), i, segment)
    {
        if (slice_equal_cstr(code, json_string_value(json_object_get(segment, "segment")))) {
            return segment;
        }
    }
    return NULL;
}

enum db_status plan_overview(json_t **out, struct db_tx *tx, struct arena *arena, int32_t round)
{
    struct db_result *row;
    struct json_errors errors;
    struct db_params p = db_params(tx);
    db_put_int32(&p, round);
    json_errors_init(&errors, arena);
    enum db_status status = db_run_one(&row, tx, &fieldwork_plan_statements[OVERVIEW], &p);
    *out = status == DB_OK ? json_parse(&errors, arena, db_get_text(row, 0, 0)) : NULL;
    return status;
}
