/* The sentences that the people of the example speak with, and chance. */
#include "features/example/example_internal.h"

#include "base/embedded.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

const char *const example_applications[EXAMPLE_APPLICATIONS + 1] = {
    "kweekvlees",  "ngt-planten", "precisiefermentatie", "proefdiervrij", "vaccins",
    "gentherapie", "bioplastic",  "co2-stoffen",         "algemeen"};

/* ---- chance ---- */

uint64_t example_stream(uint64_t seed, const char *label, size_t number)
{
    unsigned char key[16] = {0};
    char text[96];
    for (size_t i = 0; i < sizeof seed; i++) {
        key[i] = (unsigned char)(seed >> (8 * i));
    }
    const int length = snprintf(text, sizeof text, "voorbeeld:%s:%zu", label, number);
    return seeded_u64(key, (struct slice){text, (size_t)length});
}

double example_normal(uint64_t *state)
{
    enum { TERMS = 12 };
    double sum = -TERMS / 2.0;
    for (int i = 0; i < TERMS; i++) {
        sum += random_unit(state);
    }
    return sum;
}

size_t example_pick(uint64_t *state, const double *shares, size_t count)
{
    double left = random_unit(state);
    size_t i = 0;
    while (i + 1 < count && left >= shares[i]) {
        left -= shares[i++];
    }
    return i;
}

/* ---- loading ---- */

static struct slice embedded_bank(void)
{
    const struct embedded_file *file = embedded_example;
    while (file->name && strcmp(file->name, "config/examples/verzonnen.json") != 0) {
        file++;
    }
    return (struct slice){(const char *)file->bytes, file->size};
}

static int find_in(const char *const *list, const char *code)
{
    for (int i = 0; code && list[i]; i++) {
        if (strcmp(list[i], code) == 0) {
            return i;
        }
    }
    return -1;
}

static int application_of(const char *code)
{
    for (int i = 0; code && i <= EXAMPLE_APPLICATIONS; i++) {
        if (strcmp(example_applications[i], code) == 0) {
            return i;
        }
    }
    return -1;
}

static bool read_sentence(struct example_bank *bank, const json_t *item)
{
    struct example_sentence *s = &bank->sentences[bank->count++];
    const char *application = json_string_value(json_array_get(item, 3));
    *s = (struct example_sentence){.code = json_string_value(json_array_get(item, 0)),
                                   .direction = json_string_value(json_array_get(item, 1)),
                                   .expression = json_string_value(json_array_get(item, 2)),
                                   .text = json_string_value(json_array_get(item, 4)),
                                   .application = application_of(application)};
    const int at = s->code ? codebook_find(bank->book, CODEBOOK_TREE, slice_from_cstr(s->code)) : -1;
    const int way = find_in(coding_directions, s->direction);
    s->value = at >= 0 ? bank->book->axes[CODEBOOK_TREE].items[at].value : -1;
    s->way = (enum coding_direction)way;
    return s->value >= 0 && way >= 0 && find_in(coding_expressions, s->expression) >= 0 && s->text &&
           application && (s->application >= 0 || strcmp(application, "*") == 0);
}

static void release_json(void *json)
{
    json_decref(json);
}

const struct example_bank *example_bank_load(struct json_errors *errors, struct arena *arena)
{
    struct example_bank *bank = arena_alloc(arena, sizeof *bank);
    const struct slice text = embedded_bank();
    size_t i;
    const json_t *item;
    *bank = (struct example_bank){.book = codebook_load(errors, arena, codebook_embedded())};
    bank->document = json_loadb(text.ptr, text.len, 0, NULL);
    if (!bank->book || !bank->document) {
        json_errors_add(errors, "", "json", "De zinnen van het voorbeeld zijn niet te lezen.");
        return NULL;
    }
    arena_defer(arena, release_json, bank->document);
    const json_t *sentences = json_object_get(bank->document, "sentences");
    if (json_array_size(sentences) > EXAMPLE_SENTENCES_MAX) {
        json_errors_add(errors, "/sentences", "te-veel", "Er zijn meer zinnen dan er passen.");
        return NULL;
    }
    json_array_foreach((json_t *)(uintptr_t)sentences, i, item)
    {
        if (!read_sentence(bank, item)) {
            json_errors_add(errors, arena_printf(arena, "/sentences/%zu", i).ptr, "keuze",
                            "Deze zin noemt iets dat het codeboek niet kent.");
        }
    }
    for (size_t a = 0; a <= EXAMPLE_APPLICATIONS; a++) {
        bank->names[a] =
            json_object_get(json_object_get(bank->document, "applications"), example_applications[a]);
        if (!json_is_string(json_array_get(bank->names[a], 0))) {
            json_errors_add(errors, "/applications", "ontbreekt", "Een toepassing heeft geen naam.");
        }
    }
    return errors->count == 0 ? bank : NULL;
}

/* ---- choosing ---- */

const char *example_phrase(const struct example_bank *bank, const char *list, uint64_t *state)
{
    const json_t *phrases = json_object_get(bank->document, list);
    const size_t count = json_array_size(phrases);
    const char *phrase =
        count > 0 ? json_string_value(json_array_get(phrases, random_index(state, (uint32_t)count))) : NULL;
    return phrase ? phrase : "";
}

/* way -1: any. */
static const struct example_sentence *choose(const struct example_bank *bank, uint64_t *state, unsigned *used,
                                             int value, int application, int way)
{
    const struct example_sentence *fitting[EXAMPLE_SENTENCES_MAX];
    size_t count = 0;
    unsigned least = UINT_MAX;
    for (size_t i = 0; i < bank->count; i++) {
        const struct example_sentence *s = &bank->sentences[i];
        const unsigned times = used ? used[i] : 0;
        if (s->value != value || (s->application >= 0 && s->application != application) ||
            (way >= 0 && (int)s->way != way) || times > least) {
            continue;
        }
        count = times < least ? 0 : count;
        least = times;
        fitting[count++] = s;
    }
    return count > 0 ? fitting[random_index(state, (uint32_t)count)] : NULL;
}

const struct example_sentence *example_sentence(const struct example_bank *bank, uint64_t *state,
                                                unsigned *used, int value, int application,
                                                enum coding_direction way)
{
    const struct example_sentence *s = choose(bank, state, used, value, application, (int)way);
    s = s ? s : choose(bank, state, used, value, application, CODING_CONDITIONAL);
    s = s ? s : choose(bank, state, used, value, application, -1);
    if (s && used) {
        used[s - bank->sentences]++;
    }
    return s;
}

struct slice example_words(struct arena *arena, const struct example_bank *bank, uint64_t *state,
                           const struct example_sentence *sentence, int application)
{
    static const char slot[] = "{met}";
    const json_t *names = bank->names[application];
    const char *at = strstr(sentence->text, slot);
    const size_t which = random_index(state, (uint32_t)json_array_size(names));
    return !at ? slice_from_cstr(sentence->text)
               : arena_printf(arena, "%.*s%s%s", (int)(at - sentence->text), sentence->text,
                              json_string_value(json_array_get(names, which)), at + strlen(slot));
}
