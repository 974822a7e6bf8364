/* zevenstem offer notify: the texts about a round, to those who asked for them. On the coordinator's machine:
 * no database, no server. */
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "cmd/english.h"
#include "cmd/offer_file.h"
#include "features/tafel/tafel.h"
#include "formats/csv.h"
#include "json/decode.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum {
    LANGUAGES = 2,
    TEXT_BYTES_MAX = 256 * 1024,
    WAY_BYTES_MAX = 1 << 30,
    TEXTS_ARENA_MAX = 8 * 1024 * 1024
};
static const char *const languages[LANGUAGES] = {"nl", "en"};
/* Who gave no name is addressed so. */
static const char *const nobody[LANGUAGES] = {"deelnemer", "participant"};
/* The member of a letter that says how to reach somebody in each way; the first that was given is taken. */
static const char *const members[NOTIFY_WAYS] = {
    [NOTIFY_EMAIL] = "email", [NOTIFY_LETTER] = "post", [NOTIFY_PHONE] = "telefoon"};

struct text {
    struct slice subject, body;
};

struct merging {
    const struct offer_notify_arguments *given;
    struct crypto_keypair keypair;
    struct text texts[NOTIFY_WAYS][LANGUAGES];
    struct buffer out[NOTIFY_WAYS];
    json_t *seen; /* hashes of letters: somebody may have pressed the button twice */
    size_t told[NOTIFY_WAYS], unopened, others, traps;
};

/* ---- the texts ---- */

static bool read_text(struct text *out, struct arena *arena, const char *path)
{
    char *bytes = arena_alloc(arena, TEXT_BYTES_MAX + 1);
    FILE *file = fopen(path, "rb");
    if (!file) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return false;
    }
    const size_t got = fread(bytes, 1, TEXT_BYTES_MAX + 1, file);
    const bool whole = !ferror(file) && got <= TEXT_BYTES_MAX && utf8_valid((struct slice){bytes, got});
    fclose(file);
    if (!whole || !slice_cut(&out->subject, &out->body, (struct slice){bytes, got}, '\n') ||
        out->subject.len == 0) {
        fprintf(stderr, "%s: cannot be read, is no UTF-8, is longer than %d bytes, or has no subject\n", path,
                TEXT_BYTES_MAX);
        return false;
    }
    while (out->body.len > 0 && out->body.ptr[0] == '\n') {
        out->body = (struct slice){out->body.ptr + 1, out->body.len - 1};
    }
    return true;
}

static bool read_texts(struct merging *merging, struct arena *arena)
{
    for (enum notify_way way = NOTIFY_EMAIL; way < NOTIFY_WAYS; way++) {
        for (int language = 0; language < LANGUAGES; language++) {
            const char *path = arena_printf(arena, "%s/%s.%s.txt", merging->given->texts, notify_ways[way],
                                            languages[language])
                                   .ptr;
            if (!read_text(&merging->texts[way][language], arena, path)) {
                return false;
            }
        }
    }
    return true;
}

/* ---- one person ---- */

static struct slice member(const json_t *letter, const char *name)
{
    const json_t *value = json_object_get(letter, name);
    return json_is_string(value) ? (struct slice){json_string_value(value), json_string_length(value)}
                                 : SLICE("");
}

static bool wants(const json_t *letter, const char *wish)
{
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(letter, "wensen"), i, item)
    {
        if (json_is_string(item) && strcmp(json_string_value(item), wish) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_new(struct merging *merging, struct slice text)
{
    unsigned char sha256[CRYPTO_SHA256_BYTES];
    char hex[2 * CRYPTO_SHA256_BYTES + 1];
    crypto_sha256(sha256, text);
    crypto_hex(hex, sha256, sizeof sha256);
    return !json_object_get(merging->seen, hex) && json_object_set_new(merging->seen, hex, json_true()) == 0;
}

/* The text with the name in the places that are left for it. */
static struct slice with_name(struct arena *arena, struct slice text, struct slice name)
{
    static const char place[] = "{naam}";
    struct buffer out;
    buffer_init(&out, 2 * TEXT_BYTES_MAX);
    for (size_t i = 0; i < text.len;) {
        const struct slice rest = {text.ptr + i, text.len - i};
        const bool here = slice_starts_with(rest, SLICE("{naam}"));
        buffer_append(&out, here ? name : (struct slice){rest.ptr, 1});
        i += here ? sizeof place - 1 : 1;
    }
    const struct slice copy = arena_copy(arena, buffer_slice(&out));
    buffer_free(&out);
    return copy;
}

static void put_row(struct buffer *out, const struct slice *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buffer_append_cstr(out, i > 0 ? "," : "");
        csv_put_text(out, cells[i]);
    }
    buffer_append_cstr(out, "\r\n");
}

static void tell(struct merging *merging, struct arena *arena, const json_t *letter)
{
    const int language = slice_equal_cstr(member(letter, "formulier"), "en");
    const struct slice given = member(letter, "naam");
    const struct slice name = given.len > 0 ? given : slice_from_cstr(nobody[language]);
    for (enum notify_way way = NOTIFY_EMAIL; way < NOTIFY_WAYS; way++) {
        const struct slice where = member(letter, members[way]);
        const struct text *text = &merging->texts[way][language];
        if (where.len > 0) {
            const struct slice cells[] = {given, where, slice_from_cstr(languages[language]),
                                          with_name(arena, text->subject, name),
                                          with_name(arena, text->body, name)};
            put_row(&merging->out[way], cells, sizeof cells / sizeof cells[0]);
            merging->told[way]++;
            return;
        }
    }
}

/* A letter says itself for which round it is: a line of the export could be changed. */
static bool take_letter(const struct sealed_offer *offer, void *context)
{
    struct merging *merging = context;
    struct slice text;
    struct json_errors errors;
    struct arena *arena = arena_create(OFFER_ARENA_MAX + 4 * TEXT_BYTES_MAX);
    if (slice_equal_cstr(offer->round, merging->given->round)) {
        cmd_errors_init(&errors, arena);
        const json_t *letter = survey_offer_open(&text, arena, &merging->keypair, offer->sealed)
                                   ? json_parse(&errors, arena, text)
                                   : NULL;
        const struct slice quality = member(letter, "kwaliteit");
        if (!letter || !slice_equal_cstr(member(letter, "ronde"), merging->given->round)) {
            merging->unopened++;
        } else if (!wants(letter, "bericht")) {
            merging->others++;
        } else if (slice_equal_cstr(quality, "lokveld") || slice_equal_cstr(quality, "beide")) {
            merging
                ->traps++; /* no person fills in what people do not see: whose address it is nobody knows */
        } else if (is_new(merging, text)) {
            tell(merging, arena, letter);
        }
    }
    arena_destroy(arena);
    return true;
}

/* ---- writing ---- */

static bool write_ways(struct merging *merging, struct arena *arena)
{
    if (mkdir(merging->given->out, 0700) != 0) {
        fprintf(stderr, "%s: %s\n", merging->given->out, strerror(errno));
        return false;
    }
    for (enum notify_way way = NOTIFY_EMAIL; way < NOTIFY_WAYS; way++) {
        const struct buffer *out = &merging->out[way];
        const char *path = arena_printf(arena, "%s/%s.csv", merging->given->out, notify_ways[way]).ptr;
        FILE *file = offer_file_create(path);
        if (!file ||
            !offer_file_finish(file, path,
                               !buffer_failed(out) && fwrite(out->ptr, 1, out->len, file) == out->len)) {
            return false;
        }
    }
    return true;
}

static int say(const struct merging *merging)
{
    printf("%zu by e-mail, %zu by letter, %zu by telephone\n", merging->told[NOTIFY_EMAIL],
           merging->told[NOTIFY_LETTER], merging->told[NOTIFY_PHONE]);
    if (merging->others > 0) {
        printf("%zu did not ask to hear\n", merging->others);
    }
    if (merging->traps > 0) {
        printf("%zu were sent by a program, and are left out\n", merging->traps);
    }
    if (merging->unopened > 0) {
        fprintf(stderr, "%zu offers of round %s do not open with this key, or are damaged\n",
                merging->unopened, merging->given->round);
    }
    return merging->unopened > 0 ? CMD_FAILED : CMD_OK;
}

static int merge(struct merging *merging, struct arena *arena)
{
    static const struct slice head[] = {
        {"naam", 4}, {"adres", 5}, {"taal", 4}, {"onderwerp", 9}, {"tekst", 5}};
    for (enum notify_way way = NOTIFY_EMAIL; way < NOTIFY_WAYS; way++) {
        put_row(&merging->out[way], head, sizeof head / sizeof head[0]);
    }
    if (!read_texts(merging, arena) || !offer_file_each(merging->given->offers, take_letter, merging) ||
        !write_ways(merging, arena)) {
        return CMD_FAILED;
    }
    return say(merging);
}

int offer_notify_command(const struct offer_notify_arguments *arguments)
{
    struct merging merging = {.given = arguments, .seen = json_object()};
    struct arena *arena = arena_create(TEXTS_ARENA_MAX);
    int status = CMD_FAILED;
    for (enum notify_way way = NOTIFY_EMAIL; way < NOTIFY_WAYS; way++) {
        buffer_init(&merging.out[way], WAY_BYTES_MAX);
    }
    if (crypto_keypair_load(&merging.keypair, arguments->key)) {
        status = merge(&merging, arena);
        crypto_keypair_forget(&merging.keypair);
    } else {
        fprintf(stderr, "there is no private key to be read in %s\n", arguments->key);
    }
    for (enum notify_way way = NOTIFY_EMAIL; way < NOTIFY_WAYS; way++) {
        if (merging.out[way].ptr) {
            crypto_wipe(merging.out[way].ptr, merging.out[way].len);
        }
        buffer_free(&merging.out[way]);
    }
    json_decref(merging.seen);
    arena_destroy(arena);
    return status;
}
