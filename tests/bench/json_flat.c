/* What reading one response costs: the flat decoder beside jansson, on the document of a response with 20
 * answers and 1 kB of text.
 *
 * json_flat [JSON-FILE]. Microseconds a document, the median of the rounds (BENCH_ROUNDS, 5) with the lowest
 * and the highest; decoder and rivals take turns within a round, and each round is the best of some tries, so
 * that a neighbour on the machine hits all alike. The arena is made and destroyed for each document, and
 * jansson's document freed. */
#include "json/flat.h"

#include "base/buffer.h"
#include "rounds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ANSWERS = 20, TEXT_BYTES = 1024, TRIES = 7, BATCH = 2000, MAX_MEMBERS = 160, WAYS = 3 };
static const double goal = 8;

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* As an intake client sends it. The text is Dutch prose with now and then an accent, a line end and quotes.
 */
static void write_document(struct buffer *out)
{
    static const char prose[] =
        "Ik vind het belangrijk dat gezondheid en natuur voorop staan. Ge\xc3\xafnteresseerd "
        "ben ik vooral in \\\"kweekvlees\\\",\\nmaar wie beslist daarover? ";
    static const char *const subjects[] = {"kweekvlees", "gentherapie", "ngt_planten", "enzymen",
                                           "biobrandstof"};
    static const char *const asked[] = {"zorg", "kans", "aanvaardbaar", "verwachting"};
    buffer_append_cstr(out, "{");
    for (int i = 0; i < ANSWERS; i++) {
        buffer_printf(out, "\"%s_%s\": %d, ", subjects[i / 4], asked[i % 4], 1 + i % 7);
    }
    buffer_append_cstr(out, "\"toelichting\": \"");
    for (size_t left = TEXT_BYTES; left > 0;) {
        size_t size = left < sizeof prose - 1 ? left : sizeof prose - 1;
        /* A cut within an escape or a letter would make another document. */
        size = size < sizeof prose - 1 ? 20 : size;
        buffer_append(out, (struct slice){prose, size});
        left -= size < left ? size : left;
    }
    buffer_append_cstr(out, "\"}");
}

static void complain(const char *way)
{
    fprintf(stderr, "%s refused the document\n", way);
    exit(1);
}

static void by_flat(struct slice text)
{
    struct json_errors errors;
    size_t count;
    struct arena *arena = arena_create(1 << 20);
    json_errors_init(&errors, arena);
    if (!flat_parse(&count, &errors, arena, text, MAX_MEMBERS) || count != ANSWERS + 1) {
        complain("flat_parse");
    }
    arena_destroy(arena);
}

static void by_jansson(struct slice text)
{
    json_error_t error;
    json_t *document = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &error);
    if (json_object_size(document) != ANSWERS + 1) {
        complain("json_loadb");
    }
    json_decref(document);
}

static void by_json_parse(struct slice text)
{
    struct json_errors errors;
    struct arena *arena = arena_create(1 << 20);
    json_errors_init(&errors, arena);
    if (!json_parse(&errors, arena, text)) {
        complain("json_parse");
    }
    arena_destroy(arena);
}

static const struct {
    const char *name;
    void (*run)(struct slice text);
} ways[WAYS] = {{"flat_parse", by_flat}, {"jansson alone", by_jansson}, {"json_parse", by_json_parse}};

static double best_of_tries(size_t way, struct slice text)
{
    double best = 0;
    for (int t = 0; t < TRIES; t++) {
        double before = now_us();
        for (int i = 0; i < BATCH; i++) {
            ways[way].run(text);
        }
        double us = (now_us() - before) / BATCH;
        best = t == 0 || us < best ? us : best;
    }
    return best;
}

static void write_json(FILE *file, double us[WAYS][ROUNDS_MAX])
{
    fputs("[\n {\"name\": \"reading a response of 20 answers and 1 kB\", \"unit\": \"us\", ", file);
    rounds_write(file, "values", us[0]);
    fputs(", ", file);
    rounds_write(file, "rivals", us[1]);
    fprintf(
        file,
        ", \"rival_name\": \"jansson\", \"goal\": {\"of\": \"ratio\", \"at\": \"most\", \"is\": %.4f}}\n]\n",
        1 / goal);
}

int main(int argc, char **argv)
{
    double us[WAYS][ROUNDS_MAX];
    struct buffer document;
    buffer_init(&document, 1 << 20);
    write_document(&document);
    struct slice text = buffer_slice(&document);
    for (int r = 0; r < rounds(); r++) {
        for (size_t w = 0; w < WAYS; w++) {
            us[w][r] = best_of_tries(w, text);
        }
    }
    printf("one document of %zu bytes, us a document: median [lowest..highest]\n", text.len);
    for (size_t w = 0; w < WAYS; w++) {
        struct figure figure = rounds_summary(us[w]);
        printf("  %-14s %7.2f [%.2f..%.2f]  %5.1f times flat_parse\n", ways[w].name, figure.median,
               figure.low, figure.high, figure.median / rounds_summary(us[0]).median);
    }
    FILE *file = argc > 1 ? fopen(argv[1], "w") : NULL;
    if (argc > 1 && !file) {
        perror(argv[1]);
        return 1;
    }
    if (file) {
        write_json(file, us);
        fclose(file);
    }
    buffer_free(&document);
    return 0;
}
