/* Pictures of a page: their bytes travel within the document, and are served under a name that says what they
 * are. */
#include "features/questionnaire/load.h"

#include "base/buffer.h"
#include "crypto/crypto.h"

#include <string.h>

enum { NAME_HEX = 16, ALT_MAX = 2000 };

static const struct {
    const char *media_type, *suffix, *begins;
    size_t begins_len;
} kinds[] = {{"image/png", ".png", "\x89PNG\r\n\x1a\n", 8},
             {"image/jpeg", ".jpg", "\xff\xd8\xff", 3},
             {"image/webp", ".webp", "RIFF", 4}};

/* Index in kinds by what the bytes begin with; -1 for anything else. */
static int kind_of(struct slice bytes)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (bytes.len > kinds[i].begins_len && memcmp(bytes.ptr, kinds[i].begins, kinds[i].begins_len) == 0) {
            return (int)i;
        }
    }
    return -1;
}

bool questionnaire_picture_known(struct slice bytes)
{
    return bytes.len <= QUESTIONNAIRE_PICTURE_BYTES_MAX && kind_of(bytes) >= 0;
}

/* Its name; NULL with a fault added when the text is no picture. One that stands there already is kept once.
 */
static const char *keep(struct loader *l, const char *pointer, struct slice text)
{
    struct questionnaire *q = l->q;
    size_t size = 0;
    unsigned char hash[CRYPTO_SHA256_BYTES];
    char hex[NAME_HEX + 1];
    unsigned char *bytes = arena_alloc(q->arena, text.len + 1);
    bool read = crypto_unbase64url(bytes, text.len + 1, &size, text);
    struct slice picture = {(const char *)bytes, size};
    if (!read || !questionnaire_picture_known(picture) || q->picture_count == MAX_PICTURES) {
        load_fault(
            l, pointer, "bestand",
            "Naast het document staat geen PNG, JPEG of WebP met deze naam van ten hoogste 512 KiB, of het "
            "zijn er te veel.");
        return NULL;
    }
    crypto_sha256(hash, picture);
    crypto_hex(hex, hash, NAME_HEX / 2);
    int kind = kind_of(picture);
    const char *name = arena_printf(q->arena, "%s%s", hex, kinds[kind].suffix).ptr;
    struct questionnaire_picture ignored;
    if (!questionnaire_picture(&ignored, q, slice_from_cstr(name))) {
        q->pictures[q->picture_count++] = (struct picture){name, {kinds[kind].media_type, picture}};
    }
    return name;
}

/* What is said of it, as Markdown that means nothing but these words. */
static struct slice plain_words(struct arena *arena, const char *words)
{
    struct buffer out;
    buffer_init(&out, 2 * ALT_MAX + 1);
    for (const char *c = words; *c; c++) {
        struct slice one = {c, 1};
        if (strchr("\\`*_{}[]()<>#+-.!|&~", *c)) {
            buffer_append(&out, SLICE("\\"));
        }
        buffer_append(&out, *c == '\n' ? SLICE(" ") : one);
    }
    struct slice escaped = arena_copy(arena, buffer_slice(&out));
    buffer_free(&out);
    return escaped;
}

void load_picture(struct slice markdown[LANGUAGES], struct loader *l, const char *pointer,
                  const json_t *object)
{
    struct slice ignored = {NULL, 0};
    struct slice data = {NULL, 0};
    json_t *alt = NULL;
    const struct json_field fields[] = {
        {.name = "file", .kind = JSON_KIND_STRING, .min = 1, .max = 200, .out = &ignored},
        {.name = "alt", .kind = JSON_KIND_OBJECT, .out = &alt},
        {.name = "data",
         .kind = JSON_KIND_STRING,
         .optional = true,
         .min = 1,
         .max = 2 * QUESTIONNAIRE_PICTURE_BYTES_MAX,
         .out = &data}};
    if (!load_object(l, pointer, object, fields, sizeof fields / sizeof fields[0])) {
        return;
    }
    struct text words = load_text(l, load_pointer(l, pointer, "alt"), alt);
    const char *name = keep(l, load_pointer(l, pointer, "file"), data);
    for (int i = 0; name && i < LANGUAGES; i++) {
        if (words.by[i]) {
            markdown[i] = arena_printf(l->q->arena, "\n\n![%.*s](/afbeelding/%s)",
                                       SLICE_ARG(plain_words(l->q->arena, words.by[i])), name);
        }
    }
}

bool questionnaire_picture(struct questionnaire_picture *out, const struct questionnaire *q,
                           struct slice name)
{
    for (size_t i = 0; i < q->picture_count; i++) {
        if (slice_equal_cstr(name, q->pictures[i].name)) {
            *out = q->pictures[i].shown;
            return true;
        }
    }
    return false;
}
