/* What people answer to the questionnaire of biotechnologie-2026. Everybody has an attitude, which age,
 * education, region and how they came bear on; answers follow from it, from the application and the value,
 * and from chance. */
#include "features/example/example_internal.h"

#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

enum { AGES = 8, EDUCATIONS = 7, PROVINCES = 12, POINTS_MAX = 5, VALUES = 7, EFFECTS = 9 };

static const char *const ages[AGES] = {"16-17", "18-24", "25-34", "35-44",
                                       "45-54", "55-64", "65-74", "75-plus"};
static const char *const educations[EDUCATIONS] = {"basisschool",  "vmbo", "mbo-havo-vwo", "hbo",
                                                   "universiteit", "geen", "ander-land"};
static const double province_shares[PROVINCES] = {.034, .038, .029, .066, .025, .12,
                                                  .078, .165, .21,  .022, .15,  .063};

/* What people think of each application by itself, and what changed from the first round to the second. */
static const double liking[EXAMPLE_APPLICATIONS] = {-.05, .0, .15, .7, .5, .6, .75, .45};
static const double change[EXAMPLE_APPLICATIONS] = {-.5, .4, 0, 0, 0, 0, 0, 0};

static const char *const effects[EFFECTS] = {"brede-welvaart",  "veiligheid",        "gezondheid-mens",
                                             "gezondheid-dier", "gezondheid-milieu", "natuurlijkheid",
                                             "keuzevrijheid",   "rechtvaardigheid",  "legitimiteit"};
/* By value: what it does to any application, then to kweekvlees, ngt-planten and gentherapie on top. */
static const double effect_of[EFFECTS] = {.25, -.2, .25, .35, .3, -.7, -.1, -.2, -.15};

struct person {
    size_t age, education, province, gender, stream;
    bool reversed, against; /* of the minority that is strongly against */
    double attitude, trust;
};

static const char *const streams[] = {"open", "uitnodiging", "organisatie"};
static const char *const genders[] = {"vrouw", "man", "anders", "zeg-ik-niet"};

static struct person draw_person(uint64_t *state)
{
    static const double age_shares[AGES] = {.03, .10, .15, .15, .16, .18, .14, .09};
    static const double education_shares[EDUCATIONS] = {.05, .16, .35, .25, .15, .01, .03};
    static const double gender_shares[] = {.51, .46, .01, .02};
    static const double stream_shares[] = {.66, .30, .04};
    struct person p = {.age = example_pick(state, age_shares, AGES),
                       .education = example_pick(state, education_shares, EDUCATIONS),
                       .province = example_pick(state, province_shares, PROVINCES),
                       .gender = example_pick(state, gender_shares, 4),
                       .stream = example_pick(state, stream_shares, 3),
                       .reversed = example_chance(state, .5)};
    const bool high = p.education == 3 || p.education == 4;
    const bool rural = p.province <= 3 || p.province == 9;
    p.against = example_chance(state, rural ? .2 : .12);
    p.attitude = .15 + .8 * example_normal(state) + (high ? .3 : -.15) +
                 (p.age < 3   ? .25
                  : p.age > 5 ? -.25
                              : 0) -
                 (p.gender == 0 ? .12 : 0) - (rural ? .15 : 0) + (p.stream == 0 ? -.1 : .08);
    p.attitude -= p.against ? 1.2 : 0;
    p.trust = .8 * example_normal(state) + .3 * p.attitude + (high ? .3 : 0);
    return p;
}

/* ---- one answer ---- */

static void put(json_t *record, const char *name, const char *value)
{
    json_object_set_new(record, name, json_string(value));
}

/* From what somebody feels to a point of a scale, the most positive first: cuts at equal distances around 0.
 * What stands on top is chosen a little more often. Some say nothing, some do not know. */
static const char *point(uint64_t *state, const struct person *p, double felt, const char *const *points,
                         size_t count)
{
    const double how = random_unit(state);
    const double shown = felt + .6 * example_normal(state) + (p->reversed ? -.07 : .07);
    size_t at = 0;
    while (at + 1 < count && shown < .95 * ((double)(count - 2) / 2 - (double)at)) {
        at++;
    }
    return how < .03 ? NULL : how < .07 ? "weet-ik-niet" : points[at];
}

static void put_point(json_t *record, const char *name, uint64_t *state, const struct person *p, double felt,
                      const char *const *points, size_t count)
{
    const char *chosen = point(state, p, felt, points, count);
    if (chosen) {
        put(record, name, chosen);
    }
}

static const char *joined(char room[static 128], const char *first, const char *second)
{
    snprintf(room, 128, "%s_%s", first, second);
    return room;
}

/* `count` of the options, those with the most weight and luck; the others are not chosen. *first: the best;
 * -1: none were given. */
static void put_some(json_t *record, const char *name, uint64_t *state, const char *const *options,
                     const double *weights, size_t options_count, size_t count, int *first)
{
    enum { OPTIONS_MAX = 16 };
    double score[OPTIONS_MAX];
    bool chosen[OPTIONS_MAX] = {false};
    char variable[128];
    *first = -1;
    if (example_chance(state, .04)) {
        return;
    }
    for (size_t i = 0; i < options_count; i++) {
        score[i] = weights[i] + example_normal(state);
    }
    for (size_t n = 0; n < count; n++) {
        int best = -1;
        for (size_t i = 0; i < options_count; i++) {
            best = !chosen[i] && (best < 0 || score[i] > score[best]) ? (int)i : best;
        }
        if (best < 0) {
            break;
        }
        chosen[best] = true;
        *first = n == 0 ? best : *first;
    }
    for (size_t i = 0; i < options_count; i++) {
        json_object_set_new(record, joined(variable, name, options[i]), json_boolean(chosen[i]));
    }
}

/* ---- what somebody writes ---- */

static void put_text(json_t *record, const char *name, struct slice text)
{
    json_object_set_new(record, name, json_stringn(text.ptr, text.len));
}

static enum coding_direction way_of(double felt)
{
    return felt > .35 ? CODING_FOR : felt < -.35 ? CODING_AGAINST : CODING_CONDITIONAL;
}

/* A sentence or two about an application, which is what coders find there too. */
static struct slice written(struct example_maker *m, uint64_t *state, int value, int application, double felt)
{
    const struct example_sentence *s =
        example_sentence(m->bank, state, NULL, value, application, way_of(felt));
    struct slice words = example_words(m->arena, m->bank, state, s, application);
    const char *before = example_phrase(m->bank, "written", state);
    if (before[0]) {
        char *lower = arena_cstr(m->arena, words);
        lower[0] = (char)(lower[0] >= 'A' && lower[0] <= 'Z' ? lower[0] + ('a' - 'A') : lower[0]);
        words = arena_printf(m->arena, "%s%s", before, lower);
    }
    struct slice body = words;
    const uint32_t length = (uint32_t)utf8_length(words);
    if (example_chance(state, .3)) {
        body = arena_printf(m->arena, "%.*s %s", SLICE_ARG(words), example_phrase(m->bank, "tails", state));
    }
    example_note(m, body, (struct text_span){0, length}, s, application);
    return body;
}

/* ---- an application ---- */

static double effect_felt(const struct person *p, size_t effect, int application)
{
    double felt = .75 * p->attitude + .8 * liking[application] + effect_of[effect];
    felt += application == 0 && (effect == 5 || effect == 6) ? -.5 : 0; /* kweekvlees: nep, straks moet het */
    felt += application == 0 && effect == 3 ? .6 : 0;                   /* maar voor dieren beter */
    felt += application == 1 && effect == 5 ? .9 : 0; /* planten: gewoon natuurlijk, in de vragenlijst */
    felt += application == 5 && effect == 7 ? .8 : 0; /* gentherapie: eerlijk, in de vragenlijst */
    return felt;
}

static void put_conditions(json_t *record, const char *application, uint64_t *state)
{
    static const char *const options[] = {"getest", "toezicht",  "etiket", "betaalbaar", "kleine-bedrijven",
                                          "natuur", "meepraten", "nut",    "anders"};
    static const double weights[] = {1.2, .8, .7, .6, -.2, .3, -.3, 0, -9};
    char name[128];
    int first;
    put_some(record, joined(name, application, "voorwaarden"), state, options, weights, 9, 3, &first);
}

static void put_application(struct example_maker *m, json_t *record, uint64_t *state, const struct person *p,
                            int a, double shift, bool first)
{
    static const char *const judgement[] = {"heel-goed", "goed", "neutraal", "slecht", "heel-slecht"};
    static const char *const better[] = {"veel-beter", "beetje-beter", "geen-verschil", "beetje-slechter",
                                         "veel-slechter"};
    static const char *const much[] = {"heel-veel", "veel", "een-beetje", "geen"};
    static const char *const sure[] = {"zeker-wel", "waarschijnlijk-wel", "waarschijnlijk-niet",
                                       "zeker-niet"};
    static const char *const role[] = {"helpen", "gewone-regels", "strenge-regels", "nog-niet", "verbieden"};
    static const char *const known[] = {"ja-veel", "ja-beetje", "nee"};
    const char *application = example_applications[a];
    const double felt = p->attitude + liking[a] + shift;
    char name[128], item[128];
    put_point(record, joined(name, application, "bekend"), state, p, .4 * p->trust - .4, known, 3);
    if (!json_object_get(record, name) ||
        strcmp(json_string_value(json_object_get(record, name)), "weet-ik-niet") == 0) {
        put(record, name, "nee");
    }
    put_point(record, joined(name, application, "aanvaardbaar"), state, p, felt, judgement, 5);
    for (size_t e = 0; e < EFFECTS; e++) {
        snprintf(item, sizeof item, "effect_%s", effects[e]);
        put_point(record, joined(name, application, item), state, p, effect_felt(p, e, a) + shift, better, 5);
    }
    put_point(record, joined(name, application, "kans"), state, p, felt + .2, much, 4);
    put_point(record, joined(name, application, "zorg"), state, p, -felt + .1, much, 4);
    put_point(record, joined(name, application, "verwachting"), state, p, .5 * felt + .3, sure, 4);
    put_point(record, joined(name, application, "rol"), state, p, felt - .1, role, 5);
    const char *chosen = json_string_value(json_object_get(record, name));
    if (!chosen || strcmp(chosen, "verbieden") != 0) {
        put_conditions(record, application, state);
    }
    if (first && example_chance(state, .35)) {
        const int value = (int)random_index(state, VALUES);
        put_text(record, joined(name, application, "waarom"), written(m, state, value, a, felt));
    }
}

/* ---- the rest ---- */

static void put_values(struct example_maker *m, json_t *record, uint64_t *state)
{
    static const double weights[VALUES] = {.3, .9, 1.1, .1, .2, .0, -.5};
    int first;
    put_some(record, "waarden-top3", state, coding_values, weights, VALUES, 3, &first);
    if (first >= 0) {
        put(record, "waarden-eerste", coding_values[first]);
    }
    if (example_chance(state, .05)) {
        put(record, "waarden-mist", example_phrase(m->bank, "missing", state));
    }
}

static void put_trust(json_t *record, uint64_t *state, const struct person *p)
{
    static const char *const whom[] = {"overheid", "wetenschappers", "bedrijven", "toezichthouders",
                                       "maatschappelijke-organisaties"};
    static const double more[] = {-.2, .7, -.8, .3, .2};
    static const char *const trust[] = {"heel-veel", "tamelijk-veel", "niet-zo-veel", "helemaal-geen"};
    static const char *const heard[] = {"helemaal-wel", "grotendeels-wel", "een-beetje", "niet"};
    static const char *const rules[] = {"strenger", "dezelfde", "soepeler", "niet-toelaten"};
    static const char *const pace[] = {"zelf", "samen", "snel-volgen"};
    static const double pace_shares[] = {.2, .55, .25}, rule_shares[] = {.4, .4, .12, .08};
    char name[128];
    put(record, "elders-regels", rules[example_pick(state, rule_shares, 4)]);
    put(record, "elders-tempo", pace[example_pick(state, pace_shares, 3)]);
    for (size_t i = 0; i < 5; i++) {
        put_point(record, joined(name, "vertrouwen", whom[i]), state, p, p->trust + more[i], trust, 4);
    }
    put_point(record, "geluisterd", state, p, p->trust - .5, heard, 4);
}

/* Of the second round: the same few lines, sent by many. */
static bool in_campaign(uint64_t *state, const struct person *p, size_t round)
{
    return round == 1 && p->stream == 0 && p->attitude < 0 && example_chance(state, .12);
}

static void put_open(struct example_maker *m, json_t *record, uint64_t *state, const struct person *p,
                     size_t round)
{
    static const char *const enough[] = {"ja", "niet-helemaal", "nee"};
    static const char *const honest[] = {"te-positief", "eerlijk", "te-negatief"};
    static const double enough_shares[] = {.55, .33, .12}, honest_shares[] = {.22, .7, .08};
    const int general = EXAMPLE_GENERAL;
    if (in_campaign(state, p, round)) {
        put(record, "zorg-open", example_phrase(m->bank, "campaign", state));
    } else if (example_chance(state, .28)) {
        const int value = (int)random_index(state, VALUES);
        put_text(record, "zorg-open", written(m, state, value, general, -1));
    }
    if (example_chance(state, .26)) {
        const int value = (int)random_index(state, VALUES);
        put_text(record, "kans-open", written(m, state, value, general, 1));
    }
    if (example_chance(state, .2)) {
        put(record, "verwachting-open", example_phrase(m->bank, "expects", state));
    }
    put(record, "informatie-genoeg", enough[example_pick(state, enough_shares, 3)]);
    put(record, "informatie-eerlijk", honest[example_pick(state, honest_shares, 3)]);
}

static void put_background(json_t *record, uint64_t *state, const struct person *p)
{
    static const char *const came[] = {"brief",       "overheid", "nieuws",      "sociale-media",
                                       "organisatie", "bekende",  "school-buurt"};
    static const double came_shares[] = {.3, .15, .2, .2, .05, .06, .04};
    static const char *const home[] = {"nederlands", "fries", "papiaments", "engels", "andere"};
    static const double home_shares[] = {.87, .02, .005, .025, .08};
    char province[8];
    snprintf(province, sizeof province, "PV%zu", 20 + p->province);
    if (!example_chance(state, .03)) {
        put(record, "leeftijd", ages[p->age]);
        put(record, "gender", genders[p->gender]);
        put(record, "postcode", province);
        put(record, "opleiding", educations[p->education]);
        if (strcmp(educations[p->education], "ander-land") == 0) {
            json_object_set_new(record, "schooljaren", json_integer(6 + (json_int_t)random_index(state, 12)));
        }
    }
    put(record, "hoe-gekomen", p->stream == 1 ? "brief" : came[example_pick(state, came_shares, 7)]);
    put(record, "taal-thuis", home[example_pick(state, home_shares, 5)]);
}

static bool wrote_something(const json_t *record)
{
    static const char *const texts[] = {"waarden-mist", "zorg-open", "kans-open", "verwachting-open"};
    const char *name;
    const json_t *value;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (json_object_get(record, texts[i])) {
            return true;
        }
    }
    json_object_foreach((json_t *)(uintptr_t)record, name, value)
    {
        if (strstr(name, "_waarom")) {
            return true;
        }
    }
    return false;
}

static json_t *response(struct example_maker *m, size_t round, size_t number)
{
    static const char *const judgement[] = {"heel-goed", "goed", "neutraal", "slecht", "heel-slecht"};
    static const char *const often[] = {"vaak", "soms", "bijna-nooit", "nooit"};
    static const char *const quote[] = {"ja", "nee", "niet-letterlijk"};
    static const double quote_shares[] = {.7, .12, .18};
    uint64_t stream = example_stream(m->seed, example_rounds[round], number), *state = &stream;
    const struct person p = draw_person(state);
    const int drawn[2] = {(int)random_index(state, 4), 4 + (int)random_index(state, 4)};
    const size_t first = random_index(state, 2);
    json_t *record = json_object();
    put(record, "variant", "volledig");
    put(record, "werving", streams[p.stream]);
    put(record, "schaalrichting", p.reversed ? "omgekeerd" : "positief-eerst");
    put(record, "toepassing_toegewezen_1", example_applications[drawn[first]]);
    put(record, "toepassing_toegewezen_2", example_applications[drawn[1 - first]]);
    put_point(record, "bekend-algemeen", state, &p, .3 * p.trust, often, 4);
    put_point(record, "houding-algemeen", state, &p, p.attitude + .2, judgement, 5);
    put_values(m, record, state);
    for (size_t i = 0; i < 2; i++) {
        const int a = drawn[i == 0 ? first : 1 - first];
        put_application(m, record, state, &p, a, round == 1 ? change[a] : 0, i == 0);
    }
    put(record, "zelfgekozen", "nee");
    put_trust(record, state, &p);
    put_open(m, record, state, &p, round);
    put_background(record, state, &p);
    if (wrote_something(record)) {
        put(record, "citeren", quote[example_pick(state, quote_shares, 3)]);
    }
    return record;
}

json_t *example_answers(struct example_maker *m, size_t round, size_t people)
{
    json_t *list = json_array();
    for (size_t i = 0; i < people; i++) {
        json_array_append_new(list, response(m, round, i));
    }
    return list;
}
