/* zevenstem offer draw: whom to invite. On the coordinator's machine: no database, no server. */
#include "cmd/cmd.h"
#include "cmd/english.h"
#include "cmd/offer_file.h"

#include "base/utf8.h"

#include <errno.h>
#include <string.h>

static const size_t DRAW_ARENA_MAX = (size_t)16 << 30;
enum { CONTACTS_BYTES_MAX = 1 << 30 };

struct drawing {
    struct arena *arena;
    const struct crypto_keypair *keypair;
    struct slice round;
    struct offer_opened *letters;
    size_t count, room;
    size_t unopened; /* of this round */
};

static bool make_room(struct drawing *drawing)
{
    if (drawing->count < drawing->room) {
        return true;
    }
    if (drawing->room >= OFFER_DRAW_LETTERS_MAX) {
        fprintf(stderr, "these are more offers than can be drawn from (%zu)\n", drawing->room);
        return false;
    }
    drawing->room = drawing->room ? 2 * drawing->room : 1024;
    struct offer_opened *grown = arena_array(drawing->arena, drawing->room, sizeof *grown);
    if (drawing->count > 0) {
        memcpy(grown, drawing->letters, drawing->count * sizeof *grown);
    }
    drawing->letters = grown;
    return true;
}

/* Opens a letter of the round; those of others may be sealed to somebody else. */
static bool take_letter(const struct sealed_offer *offer, void *context)
{
    struct drawing *drawing = context;
    struct slice text;
    struct json_errors errors;
    if (!slice_equal(offer->round, drawing->round)) {
        return true;
    }
    if (!make_room(drawing)) {
        return false;
    }
    struct arena *one = arena_create(OFFER_ARENA_MAX);
    struct offer_opened *letter = &drawing->letters[drawing->count];
    cmd_errors_init(&errors, drawing->arena);
    *letter = (struct offer_opened){0};
    if (survey_offer_open(&text, one, drawing->keypair, offer->sealed)) {
        crypto_sha256(letter->sha256, offer->sealed);
        letter->text = arena_copy(drawing->arena, text);
        letter->letter = json_parse(&errors, drawing->arena, letter->text);
    }
    arena_destroy(one);
    /* A letter says itself for which round it is: a line of the export could be changed. */
    const char *round = json_string_value(json_object_get(letter->letter, "ronde"));
    if (round && slice_equal_cstr(drawing->round, round)) {
        drawing->count++;
    } else {
        drawing->unopened++;
    }
    return true;
}

static const struct offer_plan *read_plan(struct arena *arena, const char *path)
{
    struct json_errors errors;
    char *text = arena_alloc(arena, OFFER_PLAN_BYTES_MAX + 1);
    FILE *file = fopen(path, "rb");
    if (!file) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return NULL;
    }
    const size_t got = fread(text, 1, OFFER_PLAN_BYTES_MAX + 1, file);
    const bool whole = !ferror(file) && got <= OFFER_PLAN_BYTES_MAX;
    fclose(file);
    if (!whole) {
        fprintf(stderr, "%s: cannot be read, or is longer than %d bytes\n", path, OFFER_PLAN_BYTES_MAX);
        return NULL;
    }
    cmd_errors_init(&errors, arena);
    const struct offer_plan *plan = offer_plan_read(&errors, arena, (struct slice){text, got});
    for (size_t i = 0; i < json_errors_kept(&errors); i++) {
        fprintf(stderr, "%s#%s: %s\n", path, errors.items[i].pointer, errors.items[i].detail);
    }
    return plan;
}

static bool write_protocol(const struct offer_draw *draw, const char *path)
{
    FILE *file = offer_file_create(path);
    if (!file) {
        return false;
    }
    json_t *protocol = offer_draw_protocol(draw);
    const bool good =
        json_dumpf(protocol, file, JSON_INDENT(2) | JSON_ENSURE_ASCII) == 0 && fputc('\n', file) != EOF;
    json_decref(protocol);
    return offer_file_finish(file, path, good);
}

static bool write_contacts(const struct offer_draw *draw, const char *path)
{
    struct buffer text;
    FILE *file = offer_file_create(path);
    if (!file) {
        return false;
    }
    buffer_init(&text, CONTACTS_BYTES_MAX);
    offer_draw_contacts(&text, draw);
    const bool good = !buffer_failed(&text) && fwrite(text.ptr, 1, text.len, file) == text.len;
    if (text.ptr) {
        crypto_wipe(text.ptr, text.len);
    }
    buffer_free(&text);
    return offer_file_finish(file, path, good);
}

/* The names of who was drawn are written only beside a protocol of it. */
static int write_draw(const struct offer_draw *draw, const char *protocol, const char *contacts)
{
    if (!write_protocol(draw, protocol)) {
        return CMD_FAILED;
    }
    if (!write_contacts(draw, contacts)) {
        remove(protocol);
        return CMD_FAILED;
    }
    const struct offer_draw_counts counts = offer_draw_count(draw);
    printf("%zu letters, %zu people who fit a group: %zu to invite, %zu in reserve\n", counts.letters,
           counts.people, counts.invited, counts.reserves);
    if (counts.short_groups > 0) {
        printf("%zu groups are short; the protocol names them\n", counts.short_groups);
    }
    return CMD_OK;
}

static int draw_for(struct drawing *drawing, const struct offer_plan *plan, const struct offer_spread *spread,
                    const struct offer_draw_arguments *arguments)
{
    drawing->round = offer_plan_round(plan);
    if (!offer_file_each(arguments->offers, take_letter, drawing)) {
        return CMD_FAILED;
    }
    if (drawing->unopened > 0) {
        fprintf(stderr,
                "%zu letters of round %.*s do not open with this key, or are damaged: nothing is drawn\n",
                drawing->unopened, SLICE_ARG(drawing->round));
        return CMD_FAILED;
    }
    if (drawing->count == 0) {
        fprintf(stderr, "there are no letters of round %.*s in %s\n", SLICE_ARG(drawing->round),
                arguments->offers);
        return CMD_FAILED;
    }
    const struct offer_draw *draw = offer_draw(drawing->arena, plan, spread, slice_from_cstr(arguments->seed),
                                               drawing->letters, drawing->count);
    return write_draw(draw, arguments->protocol, arguments->contacts);
}

int offer_draw_command(const struct offer_draw_arguments *arguments)
{
    struct crypto_keypair keypair;
    struct offer_spread spread;
    const size_t seed_size = strlen(arguments->seed);
    if (seed_size == 0 || seed_size > OFFER_SEED_MAX || !utf8_valid(slice_from_cstr(arguments->seed))) {
        fprintf(stderr, "a seed is a text of 1 to %d bytes\n", OFFER_SEED_MAX);
        return CMD_USAGE;
    }
    if (!offer_spread_read(&spread, slice_from_cstr(arguments->strata))) {
        fprintf(stderr,
                "--strata: at most %d of leeftijd, provincie, opleiding, gender and houding, each once\n",
                OFFER_SPREAD_MAX);
        return CMD_USAGE;
    }
    struct drawing drawing = {.arena = arena_create(DRAW_ARENA_MAX), .keypair = &keypair};
    int status = CMD_FAILED;
    const struct offer_plan *plan = read_plan(drawing.arena, arguments->targets);
    if (!plan) {
        goto cleanup;
    }
    if (!crypto_keypair_load(&keypair, arguments->key)) {
        fprintf(stderr, "there is no private key to be read in %s\n", arguments->key);
        goto cleanup;
    }
    status = draw_for(&drawing, plan, &spread, arguments);
    crypto_keypair_forget(&keypair);
cleanup:
    arena_destroy(drawing.arena);
    return status;
}
