/* What a sheet draws from elsewhere when it is put forward: evidence by method from a public value map, the
 * decision that its conclusion rests on, and what its arguments rest on. */
#include "features/tafel/tafel_framework_pages.h"
#include "features/tafel/tafel_value_map_view.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "features/fieldwork/fieldwork.h"

#include <string.h>

/* ---- evidence by method ---- */

static const json_t *row_of(const json_t *map, const char *application)
{
    size_t i;
    const json_t *row;
    json_array_foreach(json_object_get(map, "toepassingen"), i, row)
    {
        if (strcmp(json_string_value(json_object_get(row, "toepassing")), application) == 0) {
            return row;
        }
    }
    return NULL;
}

static void put_time(json_t *object, const char *member, int64_t unix_s)
{
    char text[CLOCK_RFC3339_BYTES];
    clock_format_rfc3339(text, unix_s);
    json_object_set_new(object, member, json_string(text));
}

/* Its own figures and quality marks, side by side: nothing is counted together. */
static void put_evidence(json_t *evidence, const json_t *map, const json_t *row,
                         const struct published_map *published)
{
    json_object_set_new(evidence, "kaart", json_integer(published->number));
    put_time(evidence, "kaartOp", published->at);
    json_object_set(evidence, "enquete", json_object_get(map, "enquete"));
    json_object_set(evidence, "gesprekken", json_object_get(map, "gesprekken"));
    json_object_set(evidence, "waarden", json_object_get(row, "waarden"));
}

static const struct survey_round *round_of(const struct kept_page *page, const json_t *evidence)
{
    const char *code = json_string_value(json_object_get(evidence, "ronde"));
    const char *consultation = json_string_value(json_object_get(page->thing, "consultatie"));
    const struct survey_snapshot *snapshot = survey_snapshot_for(page->tafel->config.survey, page->ex);
    const struct survey_round *round =
        snapshot && code ? survey_round_find(snapshot, slice_from_cstr(code)) : NULL;
    return round && strcmp(round->consultation, consultation) == 0 ? round : NULL;
}

static enum db_status draw_evidence(const char **why, json_t *concept, const struct kept_page *page)
{
    struct published_map published;
    json_t *evidence = json_object_get(concept, framework_parts[FRAMEWORK_EVIDENCE].code);
    *why = NULL;
    if (!json_object_get(evidence, "ronde")) {
        return DB_OK;
    }
    const struct survey_round *round = round_of(page, evidence);
    if (!round || !results_effects_may_tell(page->tafel->config.results, round, FIGURES_PUBLIC)) {
        *why = "tafel.framework.no_evidence_embargo";
        return DB_OK;
    }
    const enum db_status status = value_map_published(&published, page->tx, round->id);
    if (status != DB_OK || published.number == 0) {
        *why = "tafel.framework.no_evidence_map";
        return status;
    }
    json_t *map = json_loadb(published.document.ptr, published.document.len, 0, NULL);
    const json_t *row = row_of(map, json_string_value(json_object_get(page->thing, "toepassing")));
    if (row) {
        put_evidence(evidence, map, row, &published);
    } else {
        *why = "tafel.framework.no_evidence_row";
    }
    json_decref(map);
    return DB_OK;
}

/* ---- what the conclusion rests on ---- */

json_t *framework_decision(const json_t *found)
{
    static const char *const always[] = {"overleg", "tafel", "dag", "leden", "kanten", NULL};
    static const char *const in_public[] = {"titel", "besluit", "afwijkend", NULL};
    json_t *decision = json_object();
    const bool is_public = json_is_true(json_object_get(found, "openbaar"));
    for (size_t i = 0; always[i]; i++) {
        json_object_set(decision, always[i], json_object_get(found, always[i]));
    }
    json_object_set(decision, "punt", json_object_get(found, "plaats"));
    json_object_set_new(decision, "openbaar", json_boolean(is_public));
    for (size_t i = 0; is_public && in_public[i]; i++) {
        json_object_set(decision, in_public[i], json_object_get(found, in_public[i]));
    }
    return decision;
}

static enum db_status draw_decision(json_t *concept, const struct kept_page *page)
{
    uint64_t item = 0;
    json_t *list = NULL;
    json_t *conclusion = json_object_get(concept, framework_parts[FRAMEWORK_CONCLUSION].code);
    const char *chosen = json_string_value(json_object_get(conclusion, "besluit"));
    if (!chosen || !slice_to_u64(&item, slice_from_cstr(chosen), INT32_MAX)) {
        return DB_OK;
    }
    const enum db_status status = framework_decisions(&list, page->tx, http_arena(page->ex), (int32_t)item);
    const json_t *found = json_array_get(list, 0);
    if (!found) {
        json_object_del(conclusion, "besluit");
        return status;
    }
    json_object_set_new(conclusion, "besluit", framework_decision(found));
    return status;
}

enum db_status framework_freeze(const char **why, json_t *concept, const struct kept_page *page)
{
    const enum db_status status = draw_evidence(why, concept, page);
    return status == DB_OK ? draw_decision(concept, page) : status;
}

/* ---- what its arguments rest on ---- */

/* All (argument, passage) of the concept. */
static void list_proofs(struct framework_proof **out, size_t *count, const struct kept_page *page)
{
    size_t i, k;
    const json_t *argument, *passage;
    int32_t revision;
    const json_t *content = framework_content(&revision, page, FRAMEWORK_ARGUMENTS);
    *out = arena_array(http_arena(page->ex), (size_t)FRAMEWORK_ENTRIES_MAX * FRAMEWORK_PASSAGES_MAX + 1,
                       sizeof **out);
    *count = 0;
    json_array_foreach(json_object_get(content, "lijst"), i, argument)
    {
        json_array_foreach(json_object_get(argument, "passages"), k, passage)
        {
            (*out)[(*count)++] = (struct framework_proof){
                .argument = (int32_t)json_integer_value(json_object_get(argument, "nummer")),
                .passage = json_integer_value(passage)};
        }
    }
}

/* Which of them hold likely personal data that nobody decided about; names are looked for, and shown to
 * nobody. */
static enum db_status find_waiting(bool **waits, const struct kept_page *page,
                                   const struct framework_said *said, size_t count)
{
    struct arena *arena = http_arena(page->ex);
    struct personal_text *texts = arena_array(arena, count + 1, sizeof *texts);
    size_t waiting;
    *waits = arena_array(arena, count + 1, sizeof **waits);
    for (size_t i = 0; i < count; i++) {
        texts[i] = (struct personal_text){said[i].passage, said[i].conversation, said[i].body};
    }
    return personal_waits(*waits, &waiting, page->tx, page->tafel->config.keys, texts, count);
}

static size_t place_of(const struct framework_said *said, size_t count, int64_t passage)
{
    size_t at = 0;
    while (at < count && said[at].passage != passage) {
        at++;
    }
    return at;
}

enum db_status framework_proofs(struct framework_proof **out, size_t *count, struct slice *gone,
                                const struct kept_page *page)
{
    struct framework_said *said;
    bool *waits;
    size_t said_count;
    *gone = SLICE("");
    list_proofs(out, count, page);
    int64_t *passages = arena_array(http_arena(page->ex), *count + 1, sizeof *passages);
    for (size_t i = 0; i < *count; i++) {
        passages[i] = (*out)[i].passage;
    }
    const char *consultation = json_string_value(json_object_get(page->thing, "consultatie"));
    enum db_status status =
        framework_said(&said, &said_count, page->tx, slice_from_cstr(consultation), passages, *count);
    status = status == DB_OK ? find_waiting(&waits, page, said, said_count) : status;
    for (size_t i = 0; status == DB_OK && i < *count; i++) {
        const size_t at = place_of(said, said_count, passages[i]);
        if (at == said_count) {
            *gone = arena_printf(http_arena(page->ex), "%.*s%s%lld", SLICE_ARG(*gone),
                                 gone->len > 0 ? ", " : "", (long long)passages[i]);
            continue;
        }
        (*out)[i].stands = true;
        (*out)[i].cleared = !waits[at];
        if (!waits[at] && said[at].may_quote && utf8_length(said[at].body) <= FRAMEWORK_QUOTE_MAX) {
            (*out)[i].quote = said[at].body;
            (*out)[i].language = said[at].language;
        }
    }
    return status;
}
