/* A round made from an old one, and its core questions: the wording that trends live by. The round's document
 * holds the digest of each, so that no edit of the questionnaire changes one unseen. */
#include "features/survey/survey_bundle.h"

#include "features/questionnaire/questionnaire.h"

#include <string.h>

static bool lists(const json_t *list, const char *word)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *item = json_string_value(json_array_get(list, i));
        if (item && strcmp(item, word) == 0) {
            return true;
        }
    }
    return false;
}

static const json_t *round_named(const json_t *rounds, const char *code)
{
    for (size_t i = 0; code && i < json_array_size(rounds); i++) {
        const json_t *round = json_array_get(rounds, i);
        const char *own = json_string_value(json_object_get(round, "code"));
        if (own && strcmp(own, code) == 0) {
            return round;
        }
    }
    return NULL;
}

static const json_t *made_from(const json_t *rounds, const json_t *round)
{
    return round_named(rounds, json_string_value(json_object_get(round, "from")));
}

/* Whether this round, or one that was made from it or after that, declares the question changed. A round that
 * was opened keeps its version: the questionnaire beside it may have moved on with a later one. */
static bool declared_changed(const json_t *rounds, const json_t *round, const char *question)
{
    for (size_t i = 0; i < json_array_size(rounds); i++) {
        const json_t *at = json_array_get(rounds, i);
        bool declares = lists(json_object_get(at, "changed"), question);
        for (size_t step = 0; declares && at && step <= json_array_size(rounds); step++) {
            if (at == round) {
                return true;
            }
            at = made_from(rounds, at);
        }
    }
    return false;
}

static const json_t *core_of(const struct consultation_bundle *bundle, const json_t *round)
{
    const char *code = json_string_value(json_object_get(round, "questionnaire"));
    for (size_t i = 0; code && i < bundle->questionnaire_count; i++) {
        if (slice_equal_cstr(bundle->questionnaires[i].code, code)) {
            return bundle->questionnaires[i].core;
        }
    }
    return NULL;
}

/* ---- checking ---- */

static void check_wording(struct bundle_reader *r, const char *pointer, const char *wording,
                          const json_t *asked)
{
    if (!json_is_string(asked)) {
        json_errors_add(
            r->errors, pointer, "ontbreekt",
            "Deze kernvraag staat niet bij locked in de vragenlijst. Zet haar terug, of noem haar "
            "bij changed: dan eindigt haar trend.");
    } else if (!wording || strcmp(wording, json_string_value(asked)) != 0) {
        json_errors_add(r->errors, pointer, "gewijzigd",
                        "Deze kernvraag heeft andere woorden dan in de vorige ronde. Herstel haar, of noem "
                        "haar bij changed: dan eindigt haar trend.");
    }
}

/* What the round before held is held on: no question leaves the core but by being declared changed. */
static void check_chain(struct bundle_reader *r, const char *pointer, const json_t *before,
                        const json_t *core)
{
    const char *question;
    json_t *wording;
    json_object_foreach(json_object_get(before, "core"), question, wording)
    {
        if (!lists(json_object_get(before, "changed"), question) &&
            !json_equal(wording, json_object_get(core, question))) {
            json_errors_add(r->errors, json_pointer_append(r->out->arena, pointer, question), "kern",
                            "Neem deze kernvraag over zoals zij in core van de vorige ronde staat.");
        }
    }
}

static void check_changed(struct bundle_reader *r, const char *pointer, const json_t *changed,
                          const json_t *core)
{
    for (size_t i = 0; i < json_array_size(changed); i++) {
        const char *question = json_string_value(json_array_get(changed, i));
        if (!question || !json_object_get(core, question)) {
            json_errors_add(r->errors, arena_printf(r->out->arena, "%s/%zu", pointer, i).ptr, "onbekend",
                            "Noem hier een vraag die bij core staat.");
        }
    }
}

void bundle_check_core(struct bundle_reader *r, const char *pointer, const json_t *rounds, size_t index)
{
    struct arena *arena = r->out->arena;
    const json_t *round = json_array_get(rounds, index);
    const json_t *core = json_object_get(round, "core");
    const json_t *asked = core_of(r->out, round);
    const char *at = json_pointer_append(arena, pointer, "core");
    const char *question;
    json_t *wording;
    if (json_object_get(round, "from")) {
        const json_t *before = made_from(rounds, round);
        if (!before || before == round) {
            json_errors_add(r->errors, json_pointer_append(arena, pointer, "from"), "onbekend",
                            "Noem hier de ronde van dit document waar deze van gemaakt is.");
        }
        if (!core) {
            json_errors_add(r->errors, at, "ontbreekt",
                            "Een ronde die van een andere gemaakt is, houdt kernvragen vast.");
        }
        check_chain(r, at, before, core);
    }
    json_object_foreach((json_t *)(uintptr_t)core, question, wording)
    {
        /* Without a questionnaire that could be read there is nothing to hold it against: that is told. */
        if (asked && !declared_changed(rounds, round, question)) {
            check_wording(r, json_pointer_append(arena, at, question), json_string_value(wording),
                          json_object_get(asked, question));
        }
    }
    check_changed(r, json_pointer_append(arena, pointer, "changed"), json_object_get(round, "changed"), core);
}

/* ---- making ---- */

static void put(json_t *round, const char *key, struct slice text)
{
    json_object_set_new(round, key, json_stringn(text.ptr, text.len));
}

static const char *variants_of(json_t *round, const struct consultation_bundle *bundle, const json_t *before,
                               const struct next_round *wish)
{
    struct slice named = wish->questionnaire;
    const struct bundle_questionnaire *asks = NULL;
    for (size_t i = 0; i < bundle->questionnaire_count; i++) {
        bool same = named.len > 0
                        ? slice_equal(bundle->questionnaires[i].code, named)
                        : slice_equal_cstr(bundle->questionnaires[i].code,
                                           json_string_value(json_object_get(before, "questionnaire")));
        asks = same ? &bundle->questionnaires[i] : asks;
    }
    if (!asks) {
        return "Deze vragenlijst staat niet bij questionnaires.";
    }
    put(round, "questionnaire", asks->code);
    if (slice_equal_cstr(wish->kind, "puls")) {
        if (!lists(asks->variant_codes, "puls")) {
            return "De vragenlijst heeft geen variant puls. Een puls vraagt die alleen.";
        }
        json_object_set_new(round, "variants", json_pack("[s]", "puls"));
    } else if (named.len == 0 && json_object_get(before, "variants")) {
        json_object_set(round, "variants", json_object_get(before, "variants"));
    }
    return NULL;
}

json_t *consultation_next_round(const char **why, const struct consultation_bundle *bundle,
                                const struct next_round *wish)
{
    static const char *const kept[] = {"interim", "paper_days", "weighting", "release"};
    const json_t *rounds = json_object_get(bundle->document, "rounds");
    const json_t *before = round_named(rounds, arena_cstr(bundle->arena, wish->from));
    json_t *round = json_object();
    arena_defer(bundle->arena, (void (*)(void *))(void (*)(void))json_decref, round);
    *why = NULL;
    if (!before) {
        *why = "De ronde na --from staat niet in dit document.";
        return NULL;
    }
    if (round_named(rounds, arena_cstr(bundle->arena, wish->code))) {
        *why = "Deze code heeft een andere ronde al.";
        return NULL;
    }
    put(round, "code", wish->code);
    put(round, "from", wish->from);
    put(round, "kind", wish->kind);
    json_object_set_new(round, "title", json_object());
    put(json_object_get(round, "title"), "nl", wish->title[0]);
    put(json_object_get(round, "title"), "en", wish->title[1]);
    *why = variants_of(round, bundle, before, wish);
    if (*why) {
        return NULL;
    }
    put(round, "opens_at", wish->opens_at);
    put(round, "closes_at", wish->closes_at);
    put(round, "destruction_date", wish->destruction_date);
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        if (json_object_get(before, kept[i])) {
            json_object_set(round, kept[i], json_object_get(before, kept[i]));
        }
    }
    json_object_set(round, "core", (json_t *)(uintptr_t)core_of(bundle, before));
    return round;
}
