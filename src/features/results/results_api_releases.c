/* GET /v1/consultaties/{consultatie}/uitgaven: what was made public of each round, when, and how it was
 * protected. For everybody. Places in the log stay here: they count people. */
#include "features/results/results_api.h"

#include "base/clock.h"
#include "features/results/results_shelf.h"

#include <stdio.h>

enum { RELEASES_MAX_AGE_S = 300 };

static const char method[] =
    "Elke uitgave is op een moment geteld en daarna vast. Aan elk aantal is ruis toegevoegd: ten hoogste "
    "ruisTotEnMet erbij of eraf, met variantie ruisVariantie, gemiddeld nul. De ruis hangt af van een "
    "geheime "
    "sleutel, van de groep en van wie er geteld zijn: wie hetzelfde nog eens vraagt, krijgt hetzelfde. Een "
    "aantal staat er pas in vanaf drempel plus ruisTotEnMet, en is dan zeker van ten minste drempel mensen; "
    "ook "
    "nul staat er niet in. Groepen zijn iedereen, een categorie van een dimensie, of een categorie van elk "
    "van "
    "twee. Een groep is alleen te zien als ook wie er buiten valt met genoeg is, of niemand. Een groep "
    "krijgt pas "
    "nieuwe cijfers als er genoeg mensen bij kwamen, weggingen of iets veranderden; tot dan houdt zij de "
    "cijfers "
    "van een eerdere uitgave, en dat staat erbij. Wervingen staan apart en zijn nooit samengenomen. Iedereen "
    "telt "
    "mee, wat het kwaliteitsmerk ook is. De basis is wie een antwoord gaf; weet ik niet telt mee in "
    "percentages, "
    "niet in gemiddelden. Cijfers tellen door de ruis niet altijd op tot hun totaal.";

static const char *const stream_names[RELEASE_STREAMS] = {"open", "uitnodiging", "panel", "organisatie"};

static void put_time(json_t *object, const char *name, int64_t unix_s)
{
    char text[CLOCK_RFC3339_BYTES];
    clock_format_rfc3339(text, unix_s);
    json_object_set_new(object, name, json_string(text));
}

static json_t *parts_json(const struct release *release)
{
    json_t *list = json_array();
    for (size_t p = 0; p < release->part_count; p++) {
        const struct release_part *part = &release->parts[p];
        size_t open = 0, carried = 0;
        for (size_t u = 0; u < part->universe_count; u++) {
            open += part->universes[u].open;
            carried += part->universes[u].open && part->universes[u].release < release->number;
        }
        json_t *object = json_object();
        json_object_set_new(object, "werving", json_string(stream_names[part->stream]));
        json_object_set_new(object, "gewogen", json_boolean(part->weights > 0));
        if (part->weights > 0) {
            json_object_set_new(object, "weegversie", json_integer(part->weights));
        }
        json_object_set_new(object, "groepen", json_integer((json_int_t)open));
        json_object_set_new(object, "overgenomenGroepen", json_integer((json_int_t)carried));
        json_array_append_new(list, object);
    }
    return list;
}

static json_t *variables_json(const struct release_plan *plan)
{
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, plan->round->questionnaire);
    json_t *list = json_array();
    for (size_t v = 0; v < plan->variable_count; v++) {
        json_array_append_new(list, json_string(variables[plan->variables[v].variable].code));
    }
    return list;
}

/* newest, oldest: of those that are listed. */
static json_t *round_json(const struct shelved *shelved, int32_t newest, int32_t oldest)
{
    size_t count;
    const struct release_plan *plan = &shelved->plan;
    const struct release *release = shelved->history.newest;
    const struct variable *variables = questionnaire_variables(&count, plan->round->questionnaire);
    json_t *object = json_object();
    json_t *dimensions = json_array();
    json_t *earlier = json_array();
    for (size_t d = 0; d < plan->dim_count; d++) {
        json_array_append_new(dimensions, json_string(variables[plan->dims[d]].code));
    }
    for (int32_t number = newest; number >= oldest; number--) {
        json_t *one = json_object();
        json_object_set_new(one, "nummer", json_integer(number));
        put_time(one, "gemaaktOp", shelved->history.made_at[number]);
        json_array_append_new(earlier, one);
    }
    json_object_set_new(object, "ronde", json_string(plan->round->code));
    json_object_set_new(object, "nummer", json_integer(release->number));
    put_time(object, "gemaaktOp", release->made_at);
    json_object_set_new(object, "vragenlijstVersie", json_integer(plan->round->version_number));
    json_object_set_new(object, "drempel", json_integer(release->settings.threshold));
    json_object_set_new(object, "ruisTotEnMet", json_integer(release->settings.reach));
    json_object_set_new(object, "ruisVariantie", json_integer(release->settings.variance));
    json_object_set_new(object, "dimensies", dimensions);
    json_object_set_new(object, "delen", parts_json(release));
    json_object_set_new(object, "variabelen", variables_json(plan));
    json_object_set_new(object, "uitgaven", earlier);
    return object;
}

/* ---- pages: an entry is a release; rounds in order, the newest release of each first ---- */

enum { RELEASES_PAGE = 100, KEY_BYTES = 160 };

struct listing {
    const struct shelved *rounds[RESULTS_MAX_ROUNDS];
    size_t round_count, total;
    char key[KEY_BYTES];
};

static size_t releases_of(const struct shelved *shelved)
{
    return (size_t)shelved->history.newest->number;
}

static struct slice key_of(size_t at, void *context)
{
    struct listing *listing = context;
    size_t r = 0;
    while (at >= releases_of(listing->rounds[r])) {
        at -= releases_of(listing->rounds[r++]);
    }
    const int length = snprintf(listing->key, sizeof listing->key, "%s.%zu",
                                listing->rounds[r]->plan.round->code, releases_of(listing->rounds[r]) - at);
    return (struct slice){listing->key, (size_t)length};
}

static json_t *page_json(const struct listing *listing, const struct http_page *page)
{
    json_t *rounds = json_array();
    size_t before = 0;
    for (size_t r = 0; r < listing->round_count; r++) {
        const size_t count = releases_of(listing->rounds[r]);
        const size_t from = page->first > before ? page->first - before : 0;
        const size_t until = page->first + page->count > before ? page->first + page->count - before : 0;
        if (from < count && until > from) {
            const size_t end = until < count ? until : count;
            json_array_append_new(
                rounds, round_json(listing->rounds[r], (int32_t)(count - from), (int32_t)(count - end + 1)));
        }
        before += count;
    }
    return rounds;
}

/* False: there is no such consultation. */
static bool list_releases(struct listing *out, struct slice *tag, struct results *results,
                          struct http_exchange *ex)
{
    const struct survey_snapshot *snapshot = survey_snapshot_for(results->config.survey, ex);
    bool known = false;
    *out = (struct listing){.round_count = 0};
    *tag = SLICE("u");
    for (size_t i = 0; i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        if (!slice_equal_cstr(http_path_param(ex, "consultatie"), round->consultation)) {
            continue;
        }
        known = true;
        const struct shelved *shelved = shelf_hold_for(http_arena(ex), results, round->id);
        if (shelved && out->round_count < RESULTS_MAX_ROUNDS) {
            out->rounds[out->round_count++] = shelved;
            out->total += releases_of(shelved);
            *tag = arena_printf(http_arena(ex), "%.*s-%d.%zu", SLICE_ARG(*tag), (int)round->id,
                                releases_of(shelved));
        }
    }
    return known;
}

void results_get_releases(struct http_exchange *ex, void *self)
{
    const struct slice code = http_path_param(ex, "consultatie");
    struct listing *listing = arena_alloc(http_arena(ex), sizeof *listing);
    struct http_page page;
    struct slice tag;
    if (!list_releases(listing, &tag, self, ex)) {
        http_error(ex, 404);
        return;
    }
    if (!http_page(&page, ex, listing->total, RELEASES_PAGE, key_of, listing)) {
        return;
    }
    json_t *body = json_object();
    json_object_set_new(body, "consultatie", json_stringn(code.ptr, code.len));
    json_object_set_new(body, "rondes", page_json(listing, &page));
    json_object_set_new(body, "methode", json_string(method));
    http_reply_json(ex, 200, body);
    http_page_link(ex, &page);
    http_set_header(ex, "ETag", arena_printf(http_arena(ex), "\"%.*s\"", SLICE_ARG(tag)).ptr);
    http_set_header(ex, "Cache-Control",
                    arena_printf(http_arena(ex), "public, max-age=%d", RELEASES_MAX_AGE_S).ptr);
}
