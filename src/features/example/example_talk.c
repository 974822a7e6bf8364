/* Interviews and focus groups: who takes part, what each of them says, and what that is about. A conversation
 * follows the parts of its guide. */
#include "features/example/example_internal.h"

#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

enum { GROUP_SIZE = 7, TURN_BYTES = 4096, VTT_MAX = 1024 * 1024, MS_A_CHARACTER = 55 };

/* ---- what is come to ---- */

struct part {
    const char *code, *ask; /* what the moderator begins with */
    const char *list;       /* phrases of the bank; NULL: about the values below */
    int application;
    int values[7]; /* -1 ends */
};
enum { PARTS = 8 };
/* Of config/guides/interview-biotechnologie.json, and focusgroep-biotechnologie.json. */
static const struct part parts[2][PARTS] = {
    {{"kennismaken", "Fijn dat u er bent. Wilt u iets vertellen over een gewone dag van u?", "day", 0, {-1}},
     {"eigen-woorden", "Wat ziet u voor u bij het woord biotechnologie?", "association", 0, {-1}},
     {"wat-het-is", "Wat denkt u nu u dit hoort?", NULL, EXAMPLE_GENERAL, {3, 1, 6, -1}},
     {"medicijn",
      "Ik lees een verhaal voor over een behandeling. Uw zus vraagt u om raad. Wat zegt u tegen haar?",
      NULL,
      5,
      {2, 5, 1, 5, -1}},
     {"schap",
      "Twee pakken in de winkel, het ene is kweekvlees. Welk pak neemt u, en wat gaat er dan door u heen?",
      NULL,
      0,
      {3, 4, 0, 2, -1}},
     {"akker",
      "Achter uw huis komt een akker met graan waarvan het DNA is veranderd. Hoe zou u het vinden om daar te "
      "wonen?",
      NULL,
      1,
      {3, 1, 6, 4, -1}},
     {"wegen",
      "Welk woord weegt voor u het zwaarst, als u aan de drie verhalen denkt?",
      NULL,
      EXAMPLE_GENERAL,
      {0, 1, 2, 3, 4, 5, 6}},
     {"afronden", "Wat wilt u de overheid meegeven?", "closing", 0, {-1}}},
    {{"welkom",
      "Welkom, fijn dat u er bent. Wilt u vertellen wat u vandaag hebt gegeten?",
      "opening",
      0,
      {-1}},
     {"dagelijks-leven", "Waar denkt u aan bij het woord biotechnologie?", "association", 0, {-1}},
     {"uitleg", "Wat verbaast u aan deze uitleg, en wat niet?", NULL, EXAMPLE_GENERAL, {3, 1, 6, -1}},
     {"kweekvlees",
      "Ik lees een kort verhaal voor over een hamburger uit het lab. Wat doet dit verhaal met u?",
      NULL,
      0,
      {3, 4, 2, 0, -1}},
     {"aardappel",
      "Het tweede verhaal gaat over een aardappel die minder gif nodig heeft. Wat vindt u daarvan?",
      NULL,
      1,
      {3, 1, 6, 4, -1}},
     {"gentherapie",
      "Het laatste verhaal gaat over een behandeling van een miljoen euro. Wat vindt u hier het "
      "belangrijkst?",
      NULL,
      5,
      {2, 5, 1, -1}},
     {"afwegen",
      "Op tafel liggen zeven kaarten. Welke kaart ligt bovenaan, en waarom?",
      NULL,
      EXAMPLE_GENERAL,
      {0, 1, 2, 3, 4, 5, 6}},
     {"afsluiting", "Van alles wat er is gezegd: wat is voor u het belangrijkst?", "closing", 0, {-1}}},
};

/* ---- who ---- */

struct speaker {
    double attitude;
    int favourite; /* the value that this person comes back to */
};

struct talk {
    struct example_maker *m;
    uint64_t state;
    bool is_group, divided;
    size_t number, people;
    struct speaker speakers[GROUP_SIZE];
    unsigned used[EXAMPLE_SENTENCES_MAX];
    struct buffer vtt;
    int32_t at_ms;
    size_t turns;                 /* so far: nobody has two in a row */
    json_t *in_parts;             /* [{onderdeel, van, tot}], turns from 1 */
    enum coding_direction before; /* the way the last sentence leaned */
    bool any_before;
};

/* What conversations lean to, by application and value; other than the questionnaire on two of them. */
static double leaning(int application, int value)
{
    static const double by_application[EXAMPLE_APPLICATIONS + 1] = {-.1, -.1, .1, .5, .3, .4, .5, .3, .0};
    double lean = by_application[application];
    lean += application == 1 && value == 3 ? -1.3 : 0;
    lean += application == 5 && value == 5 ? -1.4 : 0;
    lean += application == 0 && value == 3 ? -.5 : 0;
    lean += application == 5 && value == 2 ? .7 : 0;
    return lean;
}

static enum coding_direction stance(struct talk *t, const struct speaker *who, int application, int value)
{
    const double felt = who->attitude + leaning(application, value) + .4 * example_normal(&t->state);
    return felt > .4 ? CODING_FOR : felt < -.3 ? CODING_AGAINST : CODING_CONDITIONAL;
}

/* ---- a turn ---- */

struct turn {
    char text[TURN_BYTES];
    size_t length;
};

static void say(struct turn *turn, struct slice words)
{
    const size_t room = sizeof turn->text - turn->length - 1;
    const size_t need = words.len + (turn->length > 0);
    if (words.len == 0 || need > room) {
        return;
    }
    if (turn->length > 0) {
        turn->text[turn->length++] = ' ';
    }
    memcpy(turn->text + turn->length, words.ptr, words.len);
    turn->length += words.len;
}

static void say_text(struct turn *turn, const char *words)
{
    say(turn, slice_from_cstr(words));
}

static uint32_t points(const struct turn *turn)
{
    return (uint32_t)utf8_length((struct slice){turn->text, turn->length});
}

static void put_time(struct buffer *out, int32_t ms)
{
    buffer_printf(out, "%02d:%02d:%02d.%03d", ms / 3600000, ms / 60000 % 60, ms / 1000 % 60, ms % 1000);
}

/* A cue: who, and what. speaker 0: the moderator. */
static void put_cue(struct talk *t, size_t speaker, struct slice words)
{
    const int32_t until = t->at_ms + 800 + (int32_t)words.len * MS_A_CHARACTER;
    char name[24] = "Gespreksleider";
    if (speaker > 0) {
        snprintf(name, sizeof name, "P%zu", speaker);
    }
    buffer_append_byte(&t->vtt, '\n');
    put_time(&t->vtt, t->at_ms);
    buffer_append_cstr(&t->vtt, " --> ");
    put_time(&t->vtt, until);
    buffer_printf(&t->vtt, "\n<v %s>%.*s\n", name, SLICE_ARG(words));
    t->at_ms = until + (int32_t)random_index(&t->state, 900);
    t->turns++;
}

static void moderator(struct talk *t, const char *words)
{
    put_cue(t, 0, slice_from_cstr(words));
}

/* A sentence that counts, with how people begin one; where it stands is noted once the turn is whole. */
struct said {
    const struct example_sentence *sentence;
    struct text_span span;
};
static struct said say_sentence(struct talk *t, struct turn *turn, const struct example_sentence *s,
                                int application)
{
    struct slice words = example_words(t->m->arena, t->m->bank, &t->state, s, application);
    const uint32_t before = points(turn);
    if (example_chance(&t->state, .5)) {
        char *lower = arena_cstr(t->m->arena, words);
        lower[0] = (char)(lower[0] >= 'A' && lower[0] <= 'Z' ? lower[0] + ('a' - 'A') : lower[0]);
        words = arena_printf(t->m->arena, "%s %s", example_phrase(t->m->bank, "openers", &t->state), lower);
    }
    say(turn, words);
    return (struct said){s, {before + (before > 0), points(turn)}};
}

static void react(struct talk *t, struct turn *turn, enum coding_direction way)
{
    const bool other = t->any_before && way != t->before && (way == CODING_FOR || way == CODING_AGAINST) &&
                       t->before != CODING_CONDITIONAL;
    if (t->is_group && t->any_before && example_chance(&t->state, other ? .7 : .25)) {
        say_text(turn, example_phrase(t->m->bank, other ? "disagree" : "agree", &t->state));
    }
}

static void speak(struct talk *t, const struct part *part, size_t speaker)
{
    struct turn turn = {.length = 0};
    struct said said[2];
    size_t count = 0;
    const struct speaker *who = &t->speakers[speaker];
    const size_t most = example_chance(&t->state, .28) ? 2 : 1;
    size_t values = 0;
    while (values < 7 && part->values[values] >= 0) {
        values++;
    }
    for (size_t i = 0; i < most; i++) {
        const int value = example_chance(&t->state, .2)
                              ? who->favourite
                              : part->values[random_index(&t->state, (uint32_t)values)];
        const enum coding_direction way = stance(t, who, part->application, value);
        const struct example_sentence *s =
            example_sentence(t->m->bank, &t->state, t->used, value, part->application, way);
        if (i == 0) {
            react(t, &turn, s->way);
            if (example_chance(&t->state, .15)) {
                say_text(&turn, example_phrase(t->m->bank, "asides", &t->state));
            }
        }
        said[count++] = say_sentence(t, &turn, s, part->application);
        t->before = s->way;
        t->any_before = true;
    }
    if (example_chance(&t->state, .25)) {
        say_text(&turn, example_phrase(t->m->bank, "tails", &t->state));
    }
    const struct slice body = {turn.text, turn.length};
    for (size_t i = 0; i < count; i++) {
        example_note(t->m, body, said[i].span, said[i].sentence, part->application);
    }
    put_cue(t, speaker + 1, body);
}

/* ---- a part ---- */

/* Everybody says something, and nobody what another says. */
static void go_round(struct talk *t, const char *list)
{
    const json_t *phrases = json_object_get(t->m->bank->document, list);
    const size_t count = json_array_size(phrases), first = random_index(&t->state, (uint32_t)count);
    for (size_t i = 0; i < t->people; i++) {
        put_cue(t, i + 1, slice_from_cstr(json_string_value(json_array_get(phrases, (first + i) % count))));
    }
}

/* In a group some speak more than others. */
static size_t next_speaker(struct talk *t, size_t last)
{
    size_t speaker = last;
    while (t->people > 1 && speaker == last) {
        const size_t one = random_index(&t->state, (uint32_t)t->people);
        const size_t other = random_index(&t->state, (uint32_t)t->people);
        speaker = one < other ? one : other;
    }
    return t->people > 1 ? speaker : 0;
}

static void have_part(struct talk *t, const struct part *part)
{
    const size_t turns = (t->is_group ? 11 : 4) + random_index(&t->state, t->is_group ? 5 : 3);
    size_t speaker = GROUP_SIZE;
    moderator(t, part->ask);
    t->any_before = false;
    if (part->list) {
        go_round(t, part->list);
        return;
    }
    for (size_t i = 0; i < turns; i++) {
        speaker = next_speaker(t, speaker);
        if (example_chance(&t->state, .08)) {
            put_cue(t, speaker + 1, slice_from_cstr(example_phrase(t->m->bank, "nothing", &t->state)));
        } else {
            speak(t, part, speaker);
        }
        if (i + 1 < turns && (!t->is_group || example_chance(&t->state, .2))) {
            moderator(t, example_phrase(t->m->bank, "probes", &t->state));
        }
    }
}

/* ---- the people ---- */

/* Who came, in the order of their pseudonyms; in a group one more who did not, and one who was a reserve. */
static json_t *person(struct talk *t, size_t i, const char *standing)
{
    static const char *const ages[] = {"18-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75-plus"};
    static const char *const educations[] = {"vmbo", "mbo-havo-vwo", "hbo", "universiteit"};
    const bool came = strcmp(standing, "gekomen") == 0;
    const bool young = t->is_group && t->number == 0 && i == 2;
    json_t *background = json_pack(
        "{s:s,s:s,s:s}", "leeftijd",
        young ? "16-17" : ages[(t->number + 3 * i + random_index(&t->state, 2)) % 7], "gender",
        (i + t->number) % 2 == 0 ? "vrouw" : "man", "opleiding", educations[random_index(&t->state, 4)]);
    json_t *document = json_pack("{s:s,s:s,s:o}", "stand", standing, "leeftijdsgroep",
                                 young ? "16-17" : "volwassen", "achtergrond", background);
    json_t *entry = json_pack("{s:o}", "deelnemer", document);
    if (came) {
        const bool quotes = !example_chance(&t->state, .18);
        json_object_set_new(entry, "toestemming",
                            json_pack("{s:s,s:s,s:s,s:b,s:b,s:b,s:b,s:b}", "formulier", "1", "gegevenOp",
                                      "2026-05-01", "wijze", i % 3 == 0 ? "mondeling" : "papier", "deelname",
                                      1, "opname", 1, "citaten", (int)quotes, "archief",
                                      (int)example_chance(&t->state, .8), "contact",
                                      (int)example_chance(&t->state, .5)));
    }
    /* One of a group and one interview, once all is coded. */
    const bool leaves =
        came && ((t->is_group && t->number == 1 && i == 4) || (!t->is_group && t->number == 7));
    json_object_set_new(entry, "trektTerug", json_boolean(leaves));
    return entry;
}

static json_t *people_of(struct talk *t)
{
    json_t *list = json_array();
    for (size_t i = 0; i < t->people; i++) {
        json_array_append_new(list, person(t, i, "gekomen"));
    }
    if (t->is_group) {
        json_array_append_new(list, person(t, GROUP_SIZE, "niet-gekomen"));
        json_array_append_new(list, person(t, GROUP_SIZE + 1, "reserve"));
    }
    return list;
}

static void draw_speakers(struct talk *t)
{
    for (size_t i = 0; i < t->people; i++) {
        const bool against = t->divided && i >= 5;
        t->speakers[i] = (struct speaker){.attitude = .15 + .5 * example_normal(&t->state),
                                          .favourite = (int)random_index(&t->state, CODING_VALUES)};
        if (t->divided) {
            t->speakers[i].attitude = against ? -1.8 : .9 + .2 * t->speakers[i].attitude;
        }
    }
}

static json_t *conversation(const struct talk *t)
{
    static const char *const settings[] = {"live", "telefoon", "video"};
    static const char *const provinces[] = {"PV20", "PV22", "PV23", "PV25", "PV26",
                                            "PV27", "PV28", "PV30", "PV31"};
    char day[16];
    snprintf(day, sizeof day, "2026-05-%02zu", 4 + (t->is_group ? 12 + 2 * t->number : t->number));
    return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:i}", "soort",
                     t->is_group ? "focusgroep" : "interview", "status", "gehouden", "datum", day,
                     "provincie", provinces[(t->number * 2 + t->is_group) % 9], "taal", "nl", "vorm",
                     t->is_group ? "live" : settings[t->number % 3], "gespreksleider", "Gespreksleider",
                     "vergoeding", "cadeaubon", "vergoedingCent", t->is_group ? 5000 : 3500);
}

static json_t *have_talk(struct example_maker *m, bool is_group, size_t number)
{
    struct talk *t = arena_alloc(m->arena, sizeof *t);
    *t = (struct talk){.m = m,
                       .state = example_stream(m->seed, is_group ? "focusgroep" : "interview", number),
                       .is_group = is_group,
                       .divided = is_group && number == 2,
                       .number = number,
                       .in_parts = json_array(),
                       .people = is_group ? GROUP_SIZE : 1};
    buffer_init(&t->vtt, VTT_MAX);
    buffer_append_cstr(&t->vtt, "WEBVTT\n");
    draw_speakers(t);
    json_t *people = people_of(t);
    for (size_t i = 0; i < PARTS; i++) {
        const size_t from = t->turns + 1;
        have_part(t, &parts[is_group][i]);
        json_array_append_new(t->in_parts, json_pack("{s:s,s:i,s:i}", "onderdeel", parts[is_group][i].code,
                                                     "van", (int)from, "tot", (int)t->turns));
    }
    moderator(t, "Dank u wel. Dit was het.");
    const struct slice text = buffer_slice(&t->vtt);
    json_t *talk = json_pack("{s:o,s:o,s:o,s:s%}", "gesprek", conversation(t), "deelnemers", people,
                             "onderdelen", t->in_parts, "tekst", text.ptr, text.len);
    buffer_free(&t->vtt);
    return talk;
}

json_t *example_conversations(struct example_maker *m, const struct example_size *size)
{
    json_t *list = json_array();
    for (size_t i = 0; i < size->interviews; i++) {
        json_array_append_new(list, have_talk(m, false, i));
    }
    for (size_t i = 0; i < size->groups; i++) {
        json_array_append_new(list, have_talk(m, true, i));
    }
    return list;
}
