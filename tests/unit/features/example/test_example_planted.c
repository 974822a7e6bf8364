/* What the example has in it on purpose is there to be found, by the measures that people find it with. */
#include "base/buffer.h"
#include "features/coding/coding.h"
#include "features/example/example.h"
#include "stats/duplicates.h"
#include "support/leaks.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(example_planted, .fini = leaks_check, .timeout = 60);

enum { ARENA_MAX = 64 << 20, SEED = 7 };

/* The caller's. */
static json_t *made(void)
{
    struct json_errors errors;
    struct arena *arena = arena_create(ARENA_MAX);
    json_errors_init(&errors, arena);
    json_t *document = example_make(&errors, SEED, &example_whole);
    cr_assert_not_null(document);
    arena_destroy(arena);
    return document;
}

static const json_t *answers_of(const json_t *document, size_t round)
{
    return json_object_get(json_object_get(document, "antwoorden"), example_rounds[round]);
}

/* ---- answers to one question ---- */

struct tally {
    double high, low, all; /* of the two best points, of the two worst, of all on the scale */
};

static struct tally tally_of(const json_t *answers, const char *variable, const char *const points[static 5])
{
    struct tally tally = {0, 0, 0};
    size_t i;
    const json_t *record;
    json_array_foreach((json_t *)(uintptr_t)answers, i, record)
    {
        const char *answer = json_string_value(json_object_get(record, variable));
        for (size_t k = 0; answer && k < 5; k++) {
            if (strcmp(answer, points[k]) == 0) {
                tally.high += k < 2;
                tally.low += k > 2;
                tally.all++;
            }
        }
    }
    return tally;
}

/* Two shares, pooled: how many standard errors they differ. */
static double z_of(struct tally a, struct tally b)
{
    const double p = (a.high + b.high) / (a.all + b.all);
    return (b.high / b.all - a.high / a.all) / sqrt(p * (1 - p) * (1 / a.all + 1 / b.all));
}

static const char *const judgement[] = {"heel-goed", "goed", "neutraal", "slecht", "heel-slecht"};
static const char *const better[] = {"veel-beter", "beetje-beter", "geen-verschil", "beetje-slechter",
                                     "veel-slechter"};

/* Two applications differ between the rounds by more than chance, each its own way; the others do not, at one
 * in a thousand each. */
Test(example_planted, two_applications_changed_between_the_rounds)
{
    static const char *const others[] = {"precisiefermentatie", "vaccins",    "proefdiervrij",
                                         "gentherapie",         "bioplastic", "co2-stoffen"};
    json_t *document = made();
    const json_t *first = answers_of(document, 0), *second = answers_of(document, 1);
    char variable[64];
    const double meat = z_of(tally_of(first, "kweekvlees_aanvaardbaar", judgement),
                             tally_of(second, "kweekvlees_aanvaardbaar", judgement));
    const double plants = z_of(tally_of(first, "ngt-planten_aanvaardbaar", judgement),
                               tally_of(second, "ngt-planten_aanvaardbaar", judgement));
    cr_expect_lt(meat, -3.29, "%g", meat);
    cr_expect_gt(plants, 3.29, "%g", plants);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        snprintf(variable, sizeof variable, "%s_aanvaardbaar", others[i]);
        const struct tally a = tally_of(first, variable, judgement),
                           b = tally_of(second, variable, judgement);
        cr_assert_gt(a.all, 100, "%s", variable);
        cr_expect_lt(fabs(z_of(a, b)), 3.29, "%s: %g", variable, z_of(a, b));
    }
    json_decref(document);
}

/* ---- what was said in conversations ---- */

struct stances {
    size_t for_it, against;
};

/* The transcripts of all conversations, behind each other: the caller's to free. */
static char *transcripts(const json_t *document)
{
    struct buffer all;
    size_t i;
    const json_t *talk;
    buffer_init(&all, 16 << 20);
    json_array_foreach(json_object_get(document, "gesprekken"), i, talk)
    {
        buffer_append_cstr(&all, json_string_value(json_object_get(talk, "tekst")));
    }
    buffer_append_byte(&all, '\0');
    char *text = strdup(buffer_slice(&all).ptr);
    buffer_free(&all);
    return text;
}

static struct stances stances_of(const json_t *document, const struct codebook *book, int value,
                                 const char *application)
{
    struct stances out = {0, 0};
    char *said = transcripts(document);
    const char *body;
    json_t *marks;
    size_t i;
    const json_t *mark;
    json_object_foreach(json_object_get(document, "coderingen"), body, marks)
    {
        json_array_foreach(strstr(said, body) ? marks : NULL, i, mark)
        {
            const char *way = json_string_value(json_object_get(mark, "richting"));
            const int at = codebook_find(book, CODEBOOK_TREE,
                                         slice_from_cstr(json_string_value(json_object_get(mark, "code"))));
            cr_assert_geq(at, 0);
            if (book->axes[CODEBOOK_TREE].items[at].value == value &&
                strcmp(json_string_value(json_object_get(mark, "toepassing")), application) == 0) {
                out.for_it += strcmp(way, "voor") == 0;
                out.against += strcmp(way, "tegen") == 0;
            }
        }
    }
    free(said);
    return out;
}

static int value_of(const char *name)
{
    int at = 0;
    while (strcmp(coding_values[at], name) != 0) {
        at++;
    }
    return at;
}

/* The questionnaire says better, conversations say worse; where nothing was planted they go one way. */
Test(example_planted, the_methods_clash_on_two_values)
{
    struct json_errors errors;
    struct arena *arena = arena_create(ARENA_MAX);
    json_errors_init(&errors, arena);
    const struct codebook *book = codebook_load(&errors, arena, codebook_embedded());
    json_t *document = made();
    static const struct {
        const char *variable, *value, *application;
        bool clash;
    } cases[] = {
        {"ngt-planten_effect_natuurlijkheid", "natuurlijkheid", "ngt-planten", true},
        {"gentherapie_effect_rechtvaardigheid", "rechtvaardigheid", "gentherapie", true},
        {"kweekvlees_effect_natuurlijkheid", "natuurlijkheid", "kweekvlees", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct tally asked = tally_of(answers_of(document, 0), cases[i].variable, better);
        const struct stances said =
            stances_of(document, book, value_of(cases[i].value), cases[i].application);
        cr_assert_gt(asked.all, 100);
        cr_assert_gt(said.for_it + said.against, 20);
        cr_expect_gt(said.against, said.for_it * 3 / 2, "%s: %zu for, %zu against", cases[i].variable,
                     said.for_it, said.against);
        cr_expect_eq(asked.high > asked.low, cases[i].clash, "%s: %g better, %g worse", cases[i].variable,
                     asked.high, asked.low);
    }
    json_decref(document);
    arena_destroy(arena);
}

/* ---- the campaign ---- */

/* The size of the largest group of answers that are nearly the same; *text: one of them. */
static size_t largest_group(char *text, size_t room, const json_t *answers)
{
    struct duplicates found;
    const struct duplicates_rule rule = {DUPLICATES_THRESHOLD, DUPLICATES_LEAST, 0};
    struct arena *arena = arena_create(ARENA_MAX);
    struct slice *texts = arena_array(arena, json_array_size(answers), sizeof *texts);
    size_t count = 0, size = 0, i;
    const json_t *record;
    json_array_foreach((json_t *)(uintptr_t)answers, i, record)
    {
        const char *written = json_string_value(json_object_get(record, "zorg-open"));
        if (written) {
            texts[count++] = slice_from_cstr(written);
        }
    }
    cr_assert(duplicates_find(&found, texts, count, &rule));
    if (found.cluster_count > 0) {
        size = found.clusters[0].size;
        snprintf(text, room, "%.*s", SLICE_ARG(texts[found.clusters[0].first]));
    }
    duplicates_free(&found);
    arena_destroy(arena);
    return size;
}

Test(example_planted, a_campaign_is_among_the_answers_of_the_second_round)
{
    char before[2048] = "", text[2048] = "";
    json_t *document = made();
    const size_t first = largest_group(before, sizeof before, answers_of(document, 0));
    const size_t second = largest_group(text, sizeof text, answers_of(document, 1));
    /* People draw from one bank of sentences, so that some say the same without having agreed to. */
    cr_expect_gt(second, first, "%zu before (%s), %zu then", first, before, second);
    cr_expect_null(strstr(before, "geheime genplanten"));
    cr_expect(strstr(text, "geheime genplanten"), "%s", text);
    json_decref(document);
}
