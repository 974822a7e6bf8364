/* The public's view attacked as an outsider would: over HTTP, without a key, knowing the method and its
 * settings, everybody's profile, and in some attacks everybody else's answers; all but the secret. A target's
 * answers are coins, so guessing gets a half of them right. Each attack prints what it gets beside that and
 * beside its bound, and fails when it gets significantly more than the bound. */
#include "app/release_scene.h"
#include "base/clock.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(release_attack, .fini = leaks_check, .timeout = 300);

enum { ROUNDS = 6, PEOPLE = 420, REACH = 5 };
#define VARIANCE 2.0

static struct release_scene scene;
static struct app *app;
static struct client *client; /* one connection for all questions */

/* ---- success, and what is significant ---- */

struct success {
    size_t right, trials;
    size_t sources; /* counts or pairs that spoke, all in all */
};

static double normal_below(double z)
{
    return erfc(-z / sqrt(2)) / 2;
}

/* P(right or more of the trials are right) when each is with probability p. */
static double binomial_tail(const struct success *s, double p)
{
    double sum = 0;
    for (size_t k = s->right; k <= s->trials; k++) {
        const double n = (double)s->trials, x = (double)k;
        sum += exp(lgamma(n + 1) - lgamma(x + 1) - lgamma(n - x + 1) + x * log(p) + (n - x) * log1p(-p));
    }
    return sum;
}

static void report(const char *attack, const struct success *s, double bound)
{
    const double tail = binomial_tail(s, bound);
    printf("attack: %-58s %.3f of %4zu; guessing 0.500; bound %.3f (p %.3f)\n", attack,
           (double)s->right / (double)s->trials, s->trials, bound, tail);
    cr_expect_gt(tail, 1e-5, "%s: more than its bound", attack);
}

/* Of a coin where it says nothing. */
static void guess(struct success *s, double evidence, bool truth)
{
    const bool says = evidence == 0 ? scene_random(&scene, 2) : evidence > 0;
    s->right += says == truth;
    s->trials++;
}

/* The probability of noise v on a large count: the entropy's maximum, as statistics offices publish it. */
static double noise_p(int v)
{
    static const double p[REACH + 1] = {.281937, .219642, .103850, .029800, .005190, .000549};
    return v < -REACH || v > REACH ? 1e-9 : p[abs(v)];
}

static double difference_p(int d)
{
    double p = 0;
    for (int v = -REACH; v <= REACH; v++) {
        p += noise_p(v) * (abs(v + d) <= REACH ? noise_p(v + d) : 0);
    }
    return fmax(p, 1e-9);
}

/* ---- what the public gets ---- */

static const char *const dims[] = {"leeftijd", "gender", "streek"};
static const char *const ages[] = {"16-34", "35-64", "65-plus", "alle", "75-plus", NULL}; /* nobody is 75 */
static const char *const genders[] = {"vrouw", "man", "alle", NULL};
static const char *const regions[] = {"noord", "oost", "zuid", "west", "alle", NULL};
static const char *const *const categories[] = {ages, genders, regions};
enum { DIMS = 3, MOST = 5 };

/* A count by two of the dimensions; -1 where none is told. */
struct told {
    int ja[DIMS][MOST][MOST],
        base[DIMS][MOST][MOST]; /* [0]: age by gender, [1]: age by region, [2]: gender by region */
    double mean[DIMS][MOST][MOST];
};
static const size_t pairs[DIMS][2] = {{0, 1}, {0, 2}, {1, 2}};

static void get(struct client_reply *reply, const char *round, const char *query)
{
    char target[512];
    snprintf(target, sizeof target, "/v1/consultaties/uitgave/tabellen?ronde=%s&werving=open&%s", round,
             query);
    client_exchange(reply, client, "GET", target, "", NULL);
}

static int category_of(size_t dim, const json_t *group)
{
    const char *name = json_string_value(json_object_get(group, dims[dim]));
    for (int c = 0; name && categories[dim][c]; c++) {
        if (strcmp(categories[dim][c], name) == 0) {
            return c;
        }
    }
    return -1;
}

static int count_of(const json_t *value)
{
    return json_is_number(value) ? (int)json_number_value(value) : -1;
}

static void read_line(struct told *told, size_t pair, const json_t *line, const char *answer)
{
    const json_t *group = json_object_get(line, "groep");
    const int a = category_of(pairs[pair][0], group), b = category_of(pairs[pair][1], group);
    size_t index;
    json_t *cell;
    cr_assert(a >= 0 && b >= 0);
    told->base[pair][a][b] = count_of(json_object_get(line, "basis"));
    told->ja[pair][a][b] = -1;
    json_array_foreach(json_object_get(line, "cellen"), index, cell)
    {
        if (strcmp(json_string_value(json_object_get(cell, "antwoord")), answer) == 0) {
            told->ja[pair][a][b] = count_of(json_object_get(cell, "aantal"));
        }
    }
    const json_t *mean =
        json_object_get(json_object_get(json_object_get(line, "maten"), "gemiddelde"), "waarde");
    told->mean[pair][a][b] = json_is_number(mean) ? json_number_value(mean) : (double)NAN;
}

static void ask(struct told *told, const char *round, const char *variable, const char *answer, bool mean)
{
    for (size_t pair = 0; pair < DIMS; pair++) {
        struct client_reply reply;
        char query[256];
        size_t index;
        json_t *line;
        snprintf(query, sizeof query, "variabele=%s&groepeerOp=%s,%s%s", variable, dims[pairs[pair][0]],
                 dims[pairs[pair][1]], mean ? "&maat=aandelen,gemiddelde" : "");
        get(&reply, round, query);
        expect_status(&reply, 200);
        json_t *body = reply_json(&reply);
        json_array_foreach(json_object_get(body, "rijen"), index, line)
        {
            read_line(told, pair, line, answer);
        }
        json_decref(body);
    }
}

/* ---- rounds with a target ---- */

static void use_round(int number)
{
    char code[16];
    snprintf(code, sizeof code, "aanval-%d", number + 1);
    scene.round = survey_round_find(scene.snapshot, slice_from_cstr(code));
    cr_assert_not_null(scene.round);
}

static struct respondent of_profile(int age, int gender, int region)
{
    struct respondent one = respondent_random(&scene);
    one.given[3] = (struct given){"leeftijd", (uint16_t)(ANSWER_FIRST + 1 + age)};
    one.given[4] = (struct given){"gender", (uint16_t)(ANSWER_FIRST + gender)};
    one.given[5] = (struct given){"streek", (uint16_t)(ANSWER_FIRST + region)};
    return one;
}

/* People of all groups, but none but the target of 65 or older in the west. */
static void fill_round(struct respondent *people)
{
    for (size_t i = 0; i < PEOPLE; i++) {
        const int age = (int)scene_random(&scene, 3);
        people[i] =
            of_profile(age, (int)scene_random(&scene, 2), (int)scene_random(&scene, age == 2 ? 3 : 4));
    }
}

static void release_and_wait(int number)
{
    struct release_report made;
    cr_assert_eq(scene_release(&scene, &made, false), RELEASE_MADE);
    cr_assert_eq(made.number, number);
    for (int tries = 0; tries < 100; tries++) {
        struct client_reply reply;
        get(&reply, scene.round->code, "variabele=keus");
        json_t *body = reply.status == 200 ? reply_json(&reply) : NULL;
        const bool there = json_integer_value(json_object_get(body, "uitgave")) == number;
        json_decref(body);
        if (there) {
            return;
        }
        client_sleep_ms(100);
    }
    cr_assert_fail("release %d of %s never came", number, scene.round->code);
}

static void begin(void)
{
    release_scene_make(&scene, RELEASE_CONSULTATION, PUBLIC_ROUND);
    app = app_up(&scene.place);
    /* The night's own releases come before there are people. */
    cr_assert_eq(test_sql_wait(scene.place.owner,
                               "SELECT count(*) FROM zs.periodic_task WHERE name = 'release.make'", 1, 10000),
                 1);
    client = client_open(port_of(app));
    cr_assert_not_null(client);
    scene.settings.threshold = SHOWN_FROM;
}

static void end(void)
{
    client_close(client);
    app_down(app);
    release_scene_remove(&scene);
}

/* ---- attacks on one release ---- */

/* The whole less the parts that are told, wherever the target's own part is not: what is left holds the
 * target. */
static double complement_evidence(const struct told *t, const int profile[DIMS])
{
    double evidence = 0;
    for (size_t pair = 0; pair < DIMS; pair++) {
        const int all[2] = {(int)(pairs[pair][0] == 0 ? 3 : 2), pairs[pair][1] == 1 ? 2 : 4};
        const int own[2] = {profile[pairs[pair][0]], profile[pairs[pair][1]]};
        for (int side = 0; side < 2; side++) {
            /* Split by the other dimension: of everybody, and of the target's own category. */
            for (int within = 0; within < 2; within++) {
                const int fixed = within ? own[side] : all[side];
                int ja = side ? t->ja[pair][all[0]][fixed] : t->ja[pair][fixed][all[1]];
                int base = side ? t->base[pair][all[0]][fixed] : t->base[pair][fixed][all[1]];
                const int own_part = side ? t->ja[pair][own[0]][fixed] : t->ja[pair][fixed][own[1]];
                if (ja < 0 || base < 0 || own_part >= 0) {
                    continue;
                }
                for (int c = 0; c < all[!side]; c++) {
                    const int part = side ? t->ja[pair][c][fixed] : t->ja[pair][fixed][c];
                    const int part_base = side ? t->base[pair][c][fixed] : t->base[pair][fixed][c];
                    ja -= part >= 0 ? part : 0;
                    base -= part >= 0 && part_base >= 0 ? part_base : 0;
                }
                evidence += ja - base / 2.0;
            }
        }
    }
    return evidence;
}

/* Everybody else's answers are known: what each count says of the one that is not. */
static double count_evidence(struct success *s, const struct told *t, const int profile[DIMS],
                             const struct respondent *people, size_t count, int tick)
{
    double evidence = 0;
    for (size_t pair = 0; pair < DIMS; pair++) {
        for (int which = 0; which < 4; which++) {
            const size_t a = pairs[pair][0], b = pairs[pair][1];
            const int all[2] = {a == 0 ? 3 : 2, b == 1 ? 2 : 4};
            const int at[2] = {which & 1 ? profile[a] : all[0], which & 2 ? profile[b] : all[1]};
            const int told = t->ja[pair][at[0]][at[1]];
            int others = 0;
            /* Each once: everybody and single dimensions stand in several tables. */
            if (told < 0 || (which == 0 && pair > 0) || (which == 1 && pair == 1) ||
                (which == 2 && pair == 2)) {
                continue;
            }
            for (size_t i = 0; i < count; i++) {
                const int codes[DIMS] = {people[i].given[3].code - ANSWER_FIRST - 1,
                                         people[i].given[4].code - ANSWER_FIRST,
                                         people[i].given[5].code - ANSWER_FIRST};
                others += (!(which & 1) || codes[a] == at[0]) && (!(which & 2) || codes[b] == at[1]) &&
                          (people[i].ticks >> tick & 1u);
            }
            evidence += log(noise_p(told - others - 1)) - log(noise_p(told - others));
            s->sources++;
        }
    }
    return evidence;
}

Test(release_attack, counts_complements_and_nested_filters)
{
    static struct respondent people[PEOPLE];
    struct success complements = {0}, known = {0};
    begin();
    for (int round = 0; round < ROUNDS; round++) {
        use_round(round);
        fill_round(people);
        struct respondent target = of_profile(2, 0, 3);
        people_add(&scene, people, PEOPLE);
        people_add(&scene, &target, 1);
        release_and_wait(1);
        for (int tick = 0; tick < TICKS; tick++) {
            static const int profile[DIMS] = {2, 0, 3};
            struct told told = {0};
            char variable[24];
            snprintf(variable, sizeof variable, "vink_v%02d", tick + 1);
            ask(&told, scene.round->code, variable, "ja", false);
            const bool truth = target.ticks >> tick & 1u;
            cr_assert_lt(told.ja[1][2][3], 0, "one person's group is told");
            guess(&complements, complement_evidence(&told, profile), truth);
            guess(&known, count_evidence(&known, &told, profile, people, PEOPLE, tick), truth);
        }
    }
    const double counts = (double)known.sources / (double)known.trials;
    report("complements, pairs and nested filters", &complements, normal_below(sqrt(1 / (8 * VARIANCE))));
    report("every count, everybody else's answers known", &known,
           normal_below(sqrt(counts / (4 * VARIANCE))));
    end();
}

/* ---- successive releases ---- */

/* The answer, its entity tag and how long it may be kept. */
static char *text_of(const char *round, const char *query)
{
    struct client_reply reply;
    struct buffer text;
    size_t len;
    get(&reply, round, query);
    expect_status(&reply, 200);
    buffer_init(&text, 2 * CLIENT_BUFFER);
    buffer_printf(&text, "%s\n%s\n", reply.body, client_header(&reply, "ETag"));
    buffer_append_cstr(&text, client_header(&reply, "Cache-Control"));
    buffer_append_byte(&text, '\0');
    char *taken = buffer_take(&text, &len);
    cr_assert_not_null(taken);
    return taken;
}

Test(release_attack, nothing_shows_when_one_person_comes_or_goes)
{
    static struct respondent people[PEOPLE];
    struct success entered = {0};
    struct release_report unused;
    begin();
    for (int round = 0; round < ROUNDS; round++) {
        use_round(round);
        fill_round(people);
        people_add(&scene, people, PEOPLE);
        release_and_wait(1);
        char *before = text_of(scene.round->code, "variabele=vink_v01&groepeerOp=leeftijd,streek");
        struct respondent target = of_profile(1, 0, 0);
        people_add(&scene, &target, 1);
        cr_expect_eq(scene_release(&scene, &unused, false), RELEASE_UNCHANGED);
        char *between = text_of(scene.round->code, "variabele=vink_v01&groepeerOp=leeftijd,streek");
        respondent_withdraw(&scene, target.id);
        cr_expect_eq(scene_release(&scene, &unused, false), RELEASE_UNCHANGED);
        char *after = text_of(scene.round->code, "variabele=vink_v01&groepeerOp=leeftijd,streek");
        cr_expect_str_eq(before, between);
        cr_expect_str_eq(before, after);
        for (int tick = 0; tick < TICKS; tick++) {
            guess(&entered, strcmp(before, between) != 0, target.ticks >> tick & 1u);
        }
        free(before);
        free(between);
        free(after);
    }
    report("releases and tags around one person's entry and withdrawal", &entered, 0.5);
    end();
}

/* Answers of the attacker's own, until every group of the target is published anew. */
Test(release_attack, answers_of_the_attackers_own)
{
    enum { OWN = 30 };
    static const int profile[DIMS] = {1, 0, 0};
    static struct respondent people[PEOPLE];
    static struct told before[TICKS];
    struct success success = {0};
    begin();
    for (int round = 0; round < ROUNDS; round++) {
        struct respondent own[OWN], target = of_profile(1, 0, 0);
        char variable[24];
        use_round(round);
        fill_round(people);
        people_add(&scene, people, PEOPLE);
        release_and_wait(1);
        for (int tick = 0; tick < TICKS; tick++) {
            snprintf(variable, sizeof variable, "vink_v%02d", tick + 1);
            ask(&before[tick], scene.round->code, variable, "ja", false);
        }
        for (size_t i = 0; i < OWN; i++) {
            own[i] = of_profile(1, 0, 0);
        }
        people_add(&scene, own, OWN);
        people_add(&scene, &target, 1);
        release_and_wait(2);
        for (int tick = 0; tick < TICKS; tick++) {
            struct told after = {0};
            int ours = 0;
            double evidence = 0;
            for (size_t i = 0; i < OWN; i++) {
                ours += own[i].ticks >> tick & 1u;
            }
            snprintf(variable, sizeof variable, "vink_v%02d", tick + 1);
            ask(&after, scene.round->code, variable, "ja", false);
            for (size_t pair = 0; pair < DIMS; pair++) {
                const int a = profile[pairs[pair][0]], b = profile[pairs[pair][1]];
                const int then = before[tick].ja[pair][a][b], now = after.ja[pair][a][b];
                if (then >= 0 && now >= 0) {
                    evidence +=
                        log(difference_p(now - then - ours - 1)) - log(difference_p(now - then - ours));
                    success.sources++;
                }
            }
            guess(&success, evidence, target.ticks >> tick & 1u);
        }
    }
    const double known = (double)success.sources / (double)success.trials;
    report("30 answers of the attacker's own around the target's entry", &success,
           normal_below(sqrt(known / (8 * VARIANCE))));
    end();
}

/* ---- means beside counts ---- */

/* All others say heel-goed; so a mean below what the counts beside it make is the target's. */
Test(release_attack, means_against_counts)
{
    static struct respondent people[PEOPLE];
    struct success success = {0};
    begin();
    for (int round = 0; round < ROUNDS; round++) {
        use_round(round);
        fill_round(people);
        struct respondent target = of_profile(2, 0, 0);
        target.negative = target.ticks;
        people_add(&scene, people, PEOPLE);
        people_add(&scene, &target, 1);
        release_and_wait(1);
        for (int item = 0; item < ITEMS; item++) {
            struct told told = {0};
            char variable[24];
            double lower = 0;
            snprintf(variable, sizeof variable, "rij_r%02d", item + 1);
            ask(&told, scene.round->code, variable, "heel-goed", true);
            for (size_t pair = 0; pair < 2; pair++) {
                const double with = told.mean[pair][2][0];
                const double same = told.mean[pair][1][0];
                /* Groups without the target tell how means come out where nobody differs. */
                lower += isnan(with) || isnan(same) ? 0 : same - with;
            }
            guess(&success, fabs(lower) < 1e-9 ? 0 : lower, target.negative >> item & 1u);
        }
    }
    report("means against the counts beside them", &success, normal_below(sqrt(2 / (4 * VARIANCE))));
    end();
}

/* ---- what is made of counts: charts, differences, order ---- */

enum { TARGET_AGE = 2, TARGET_AGES = 3 }; /* 65-plus, among the ages that people have */

/* Everybody else's share of ja in percent in an age, without the target and with the target saying ja. */
struct known_share {
    double without, with;
};

static struct known_share known_share(const struct respondent *people, size_t count, int tick, int age)
{
    double all = 0, ja = 0;
    for (size_t i = 0; i < count; i++) {
        const bool in = people[i].given[3].code == ANSWER_FIRST + 1 + age;
        all += in;
        ja += in && (people[i].ticks >> tick & 1u);
    }
    const double target = age == TARGET_AGE;
    return (struct known_share){100 * ja / (all + target), 100 * (ja + target) / (all + target)};
}

/* The nearer of the two is believed; where the number is not told nothing is. */
static double nearer(double told, double without, double with)
{
    return isnan(told) ? 0 : fabs(told - without) - fabs(told - with);
}

static void get_page(struct client_reply *reply, const char *round, const char *path)
{
    char target[512];
    snprintf(target, sizeof target, "/uitkomsten/uitgave/%s%cronde=%s&werving=open", path,
             strchr(path, '?') ? '&' : '?', round);
    client_exchange(reply, client, "GET", target, "", NULL);
    expect_status(reply, 200);
    cr_assert(reply->whole && reply->body_len < CLIENT_BUFFER, "%zu bytes", reply->body_len);
}

/* Where the dot of 65-plus stands in the chart of a tick by age, in percent of the axis as it is labelled:
 * with all the digits that a drawing has. NAN: no dot. */
static double drawn_share(const char *round, int tick)
{
    static struct client_reply reply;
    char path[128];
    double x = (double)NAN, end = 100;
    snprintf(path, sizeof path, "vraag/vink_v%02d?groep=leeftijd", tick + 1);
    get_page(&reply, round, path);
    const char *row = strstr(reply.body, "<div class=\"zs-chart__row\"><span class=\"zs-chart__label\">65");
    const char *next = row ? strstr(row + 1, "<div class=\"zs-chart__row\">") : NULL;
    const char *dot = row ? strstr(row, "cx=\"") : NULL;
    const char *axis = strstr(reply.body, "x=\"100%\" y=\"1em\" text-anchor=\"end\">");
    if (axis) {
        end = strtod(strchr(axis, '>') + 1, NULL);
    }
    if (dot && (!next || dot < next)) {
        x = strtod(dot + strlen("cx=\""), NULL) * end / 100;
    }
    return x;
}

/* 65-plus less another age in ja, as the public is told; NAN where it is not. */
static double told_difference(const json_t *body, const char *age)
{
    size_t index;
    json_t *one;
    json_array_foreach(json_object_get(body, "verschillen"), index, one)
    {
        const char *group = json_string_value(json_object_get(json_object_get(one, "groep"), "leeftijd"));
        const char *other = json_string_value(json_object_get(json_object_get(one, "tegenover"), "leeftijd"));
        const json_t *value = json_object_get(json_object_get(one, "verschil"), "waarde");
        const bool ours = strcmp(group, "65-plus") == 0 && strcmp(other, age) == 0;
        if (json_is_number(value) && (ours || (strcmp(other, "65-plus") == 0 && strcmp(group, age) == 0))) {
            return ours ? json_number_value(value) : -json_number_value(value);
        }
    }
    return (double)NAN;
}

static double difference_evidence(const char *round, const struct respondent *people, int tick)
{
    struct client_reply reply;
    char target[256];
    double evidence = 0;
    const struct known_share own = known_share(people, PEOPLE, tick, TARGET_AGE);
    snprintf(
        target, sizeof target,
        "/v1/consultaties/uitgave/verschillen?ronde=%s&werving=open&variabele=vink_v%02d&groepeerOp=leeftijd",
        round, tick + 1);
    client_exchange(&reply, client, "GET", target, "", NULL);
    expect_status(&reply, 200);
    json_t *body = reply_json(&reply);
    for (int age = 0; age < TARGET_AGES; age++) {
        if (age != TARGET_AGE) {
            const double other = known_share(people, PEOPLE, tick, age).without;
            evidence += nearer(told_difference(body, ages[age]), own.without - other, own.with - other);
        }
    }
    json_decref(body);
    return evidence;
}

/* Which option the page of all of them names as the one that most people ticked; -1: none. */
static int named_first(const char *round)
{
    static struct client_reply reply;
    get_page(&reply, round, "vraag/vink");
    const char *said = strstr(reply.body, "Naar schatting");
    const char *option = said ? strstr(said, "kiezen “") : NULL;
    return option ? (int)strtol(option + strcspn(option, "0123456789"), NULL, 10) - 1 : -1;
}

/* The share that the public table prints of a tick, of everybody. */
static double printed_share(const char *round, int tick)
{
    struct client_reply reply;
    char query[64];
    double share = (double)NAN;
    size_t index;
    json_t *cell;
    snprintf(query, sizeof query, "variabele=vink_v%02d", tick + 1);
    get(&reply, round, query);
    expect_status(&reply, 200);
    json_t *body = reply_json(&reply);
    json_array_foreach(json_object_get(json_array_get(json_object_get(body, "rijen"), 0), "cellen"), index,
                       cell)
    {
        const json_t *value = json_object_get(cell, "percentage");
        if (strcmp(json_string_value(json_object_get(cell, "antwoord")), "ja") == 0 &&
            json_is_number(value)) {
            share = json_number_value(value);
        }
    }
    json_decref(body);
    return share;
}

/* The option named first is the first of those whose printed share is the highest: that it is named tells no
 * more than the table does. */
static void expect_order_of_printed(const char *round, int named)
{
    double highest = -1;
    int first = -1;
    for (int tick = 0; tick < TICKS; tick++) {
        const double share = printed_share(round, tick);
        if (share > highest) {
            highest = share;
            first = tick;
        }
    }
    cr_expect_eq(named, first);
}

Test(release_attack, charts_differences_and_order)
{
    static struct respondent people[PEOPLE];
    struct success charts = {0}, differences = {0}, order = {0};
    begin();
    for (int round = 0; round < ROUNDS; round++) {
        use_round(round);
        fill_round(people);
        struct respondent target = of_profile(TARGET_AGE, 0, 0);
        people_add(&scene, people, PEOPLE);
        people_add(&scene, &target, 1);
        release_and_wait(1);
        for (int tick = 0; tick < TICKS; tick++) {
            const bool truth = target.ticks >> tick & 1u;
            const struct known_share own = known_share(people, PEOPLE, tick, TARGET_AGE);
            const double drawn = drawn_share(scene.round->code, tick);
            charts.sources += !isnan(drawn);
            guess(&charts, nearer(drawn, own.without, own.with), truth);
            const double evidence = difference_evidence(scene.round->code, people, tick);
            differences.sources += fabs(evidence) > 0;
            guess(&differences, evidence, truth);
        }
        const int named = named_first(scene.round->code);
        cr_assert(named >= 0 && named < TICKS);
        guess(&order, 1, target.ticks >> named & 1u);
        expect_order_of_printed(scene.round->code, named);
    }
    cr_expect_gt(charts.sources, charts.trials / 2, "charts are drawn");
    cr_expect_gt(differences.sources, differences.trials / 2, "differences are told");
    /* Of one count and its base. */
    report("where dots of charts stand, all else known", &charts, normal_below(sqrt(2 / (4 * VARIANCE))));
    report("differences from other groups, all else known", &differences,
           normal_below(sqrt(2 / (4 * VARIANCE))));
    report("which answer comes first", &order, normal_below(sqrt(1 / (8 * VARIANCE))));
    end();
}

/* ---- what is no number ---- */

static int by_size(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

Test(release_attack, texts_tags_and_order_tell_nothing)
{
    static struct respondent people[PEOPLE];
    struct client_reply nobody, one, other;
    begin();
    use_round(0);
    fill_round(people);
    struct respondent target = of_profile(2, 0, 3);
    people_add(&scene, people, PEOPLE);
    people_add(&scene, &target, 1);
    release_and_wait(1);
    use_round(1);
    people_add(&scene, people, PEOPLE);
    release_and_wait(1);
    /* One person in the group, and nobody. */
    get(&one, "aanval-1", "variabele=keus&filter=leeftijd:65-plus,streek:west");
    get(&nobody, "aanval-2", "variabele=keus&filter=leeftijd:65-plus,streek:west");
    expect_status(&one, 403);
    expect_status(&nobody, 403);
    expect_says(&one, "te-weinig-mensen");
    cr_expect_str_eq(one.body, nobody.body);
    /* The tag is of the release, whatever is asked. */
    get(&nobody, "aanval-1", "variabele=vink_v01");
    get(&other, "aanval-1", "variabele=vink_v02&groepeerOp=gender");
    char tag[128];
    snprintf(tag, sizeof tag, "%s", client_header(&nobody, "ETag"));
    cr_expect_str_eq(client_header(&other, "ETag"), tag);
    get(&other, "aanval-2", "variabele=vink_v01");
    cr_expect_str_neq(client_header(&other, "ETag"), tag,
                      "another round, at the same address once it is the latest");
    cr_expect_not_null(strstr(client_header(&nobody, "Cache-Control"), "public"));
    cr_expect_null(strstr(nobody.body, "\"positie\""));
    end();
}

/* Of half of the rounds the target is in a group of nobody else; of the others nobody is. Whether what is
 * refused says so in other words than of the round before is all that an outsider sees. */
Test(release_attack, what_is_refused_says_nothing)
{
    static const char *const refused[] = {
        "variabele=keus&filter=leeftijd:65-plus,streek:west",
        "variabele=vink_v01&filter=leeftijd:65-plus,streek:west&groepeerOp=gender",
        "variabele=mening&maat=gemiddelde&filter=streek:west,leeftijd:65-plus"};
    enum { WAYS = sizeof refused / sizeof refused[0] };
    static struct respondent people[PEOPLE];
    struct success success = {0};
    char last[WAYS][2048] = {""};
    begin();
    for (int round = 0; round < ROUNDS; round++) {
        use_round(round);
        fill_round(people);
        const bool there = scene_random(&scene, 2) == 0;
        struct respondent target = of_profile(2, 0, 3);
        people_add(&scene, people, PEOPLE);
        people_add(&scene, &target, there);
        release_and_wait(1);
        for (int way = 0; way < WAYS; way++) {
            struct client_reply reply;
            get(&reply, scene.round->code, refused[way]);
            cr_expect_eq(reply.status, 403, "%s", reply.body);
            guess(&success, last[way][0] && strcmp(last[way], reply.body) != 0 ? 1 : 0, there);
            cr_assert_lt(reply.body_len, sizeof last[way]);
            memcpy(last[way], reply.body, reply.body_len + 1);
        }
    }
    report("words in which a table of one person, or of nobody, is refused", &success, 0.5);
    end();
}

/* Time of answering about a group of one person, and about one of nobody: the faster half of them all is
 * guessed to be of nobody. By turns, so that whatever else the machine does strikes both. */
Test(release_attack, time_tells_nothing)
{
    enum { TIMES = 400 };
    static struct respondent people[PEOPLE];
    static int64_t took[TIMES], sorted[TIMES];
    struct success success = {0};
    begin();
    for (int round = 0; round < 2; round++) {
        use_round(round);
        fill_round(people);
        struct respondent target = of_profile(2, 0, 3);
        people_add(&scene, people, PEOPLE);
        people_add(&scene, &target, round == 0);
        release_and_wait(1);
    }
    for (size_t i = 0; i < TIMES; i++) {
        struct client_reply reply;
        const int64_t begun = clock_monotonic_us();
        get(&reply, i % 2 ? "aanval-2" : "aanval-1", "variabele=keus&filter=leeftijd:65-plus,streek:west");
        took[i] = sorted[i] = clock_monotonic_us() - begun;
        expect_status(&reply, 403);
    }
    qsort(sorted, TIMES, sizeof *sorted, by_size);
    for (size_t i = 0; i < TIMES; i++) {
        guess(&success, (double)(sorted[TIMES / 2] - took[i]), i % 2);
    }
    report("time of answering about one person and about nobody", &success, 0.6);
    end();
}
