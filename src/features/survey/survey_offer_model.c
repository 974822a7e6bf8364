#include "features/survey/survey_offer_model.h"

#include "base/buffer.h"
#include "base/utf8.h"
#include "json/decode.h"

#include <string.h>

enum { EMAIL_BYTES_MAX = 254, PHONE_DIGITS_MIN = 6, PHONE_DIGITS_MAX = 15, LETTER_VERSION = 1 };

/* Codes are those of the questionnaire where it asks the same, so that a group that is invited can be
 * compared with those who answered. */
static const char *const wishes[] = {"gesprek", "bericht", "volgende-ronde", NULL};
static const char *const ages[] = {"16-17", "18-24", "25-34",   "35-44", "45-54",
                                   "55-64", "65-74", "75-plus", NULL};
static const char *const provinces[] = {
    "groningen",     "fryslan",      "drenthe", "overijssel",    "flevoland", "gelderland", "utrecht",
    "noord-holland", "zuid-holland", "zeeland", "noord-brabant", "limburg",   "bonaire",    "sint-eustatius",
    "saba",          "buitenland",   NULL};
static const char *const diplomas[] = {"basisschool",  "vmbo", "mbo-havo-vwo", "hbo",
                                       "universiteit", "geen", "ander-land",   NULL};
static const char *const genders[] = {"vrouw", "man", "anders", "zeg-ik-niet", NULL};
static const char *const attitudes[] = {"heel-goed", "goed", "neutraal", "slecht", "heel-slecht", NULL};

const struct offer_field offer_fields[OFFER_FIELDS] = {
    [OFFER_WISH] = {"wensen", OFFER_WISHES, OFFER_CHECKBOXES, 0, wishes, NULL, NULL},
    [OFFER_NAME] = {"naam", OFFER_CONTACT, OFFER_LINE, 80, NULL, "text", "name"},
    [OFFER_EMAIL] = {"email", OFFER_CONTACT, OFFER_LINE, EMAIL_BYTES_MAX, NULL, "email", "email"},
    [OFFER_PHONE] = {"telefoon", OFFER_CONTACT, OFFER_LINE, 40, NULL, "tel", "tel"},
    [OFFER_POST] = {"post", OFFER_CONTACT, OFFER_TEXT, 200, NULL, NULL, "street-address"},
    [OFFER_AGE] = {"leeftijd", OFFER_ABOUT, OFFER_RADIOS, 0, ages, NULL, NULL},
    [OFFER_PROVINCE] = {"provincie", OFFER_ABOUT, OFFER_SELECT, 0, provinces, NULL, NULL},
    [OFFER_DIPLOMA] = {"opleiding", OFFER_ABOUT, OFFER_RADIOS, 0, diplomas, NULL, NULL},
    [OFFER_GENDER] = {"gender", OFFER_ABOUT, OFFER_RADIOS, 0, genders, NULL, NULL},
    [OFFER_ATTITUDE] = {"houding", OFFER_ABOUT, OFFER_RADIOS, 0, attitudes, NULL, NULL},
    [OFFER_LANGUAGE] = {"taal", OFFER_ABOUT, OFFER_LINE, 40, NULL, "text", NULL},
    [OFFER_HELP] = {"hulp", OFFER_ABOUT, OFFER_TEXT, 300, NULL, NULL, NULL},
};

/* ---- reading the form ---- */

static void fail(struct offer_errors *errors, size_t field, const char *error)
{
    if (!errors->error[field]) {
        errors->error[field] = error;
        errors->count++;
    }
}

/* Marks the option with this code. An empty value is the list's first line: nothing chosen. */
static bool choose(bool *chosen, const char *const *options, struct slice code)
{
    for (size_t i = 0; options[i]; i++) {
        if (slice_equal_cstr(code, options[i])) {
            chosen[i] = true;
            return true;
        }
    }
    return code.len == 0;
}

static void read_choices(struct offer *out, struct offer_errors *errors, size_t field,
                         const struct http_field *fields, size_t count)
{
    const struct offer_field *spec = &offer_fields[field];
    for (size_t i = 0; i < count; i++) {
        if (!slice_equal_cstr(fields[i].name, spec->name)) {
            continue;
        }
        if (!choose(out->chosen[field], spec->options, fields[i].value)) {
            fail(errors, field, "choose");
        }
        if (spec->kind != OFFER_CHECKBOXES) {
            return; /* one answer: the first */
        }
    }
}

/* One line out of what may be more: a browser sends none, but anybody may post. */
static struct slice on_one_line(struct arena *arena, struct slice text)
{
    char *line = arena_cstr(arena, text);
    for (size_t i = 0; i < text.len; i++) {
        if (line[i] == '\n' || line[i] == '\t') {
            line[i] = ' ';
        }
    }
    return (struct slice){line, text.len};
}

static void read_text(struct offer *out, struct offer_errors *errors, struct arena *arena, size_t field,
                      const struct http_field *fields, size_t count)
{
    const struct offer_field *spec = &offer_fields[field];
    for (size_t i = 0; i < count; i++) {
        if (slice_equal_cstr(fields[i].name, spec->name)) {
            struct slice clean = utf8_clean(arena, fields[i].value);
            out->text[field] = spec->kind == OFFER_LINE ? on_one_line(arena, clean) : clean;
            break;
        }
    }
    if (utf8_length(out->text[field]) > spec->max) {
        fail(errors, field, "too_long");
    }
}

/* Something, an at sign, and a name with a dot in it: what lies beyond, only a message that arrives can tell.
 */
static bool looks_like_email(struct slice text)
{
    struct slice local;
    struct slice domain;
    struct slice first;
    struct slice rest;
    return text.len <= EMAIL_BYTES_MAX && !memchr(text.ptr, ' ', text.len) &&
           slice_cut(&local, &domain, text, '@') && local.len > 0 && !memchr(domain.ptr, '@', domain.len) &&
           slice_cut(&first, &rest, domain, '.') && first.len > 0 && rest.len > 0 &&
           rest.ptr[rest.len - 1] != '.';
}

/* Digits as people write them, in any country. */
static bool looks_like_phone(struct slice text)
{
    size_t digits = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] >= '0' && text.ptr[i] <= '9') {
            digits++;
        } else if (!strchr(" +-.()/", text.ptr[i])) {
            return false;
        }
    }
    return digits >= PHONE_DIGITS_MIN && digits <= PHONE_DIGITS_MAX;
}

static bool any_chosen(const bool *chosen)
{
    for (size_t i = 0; i < OFFER_OPTIONS_MAX; i++) {
        if (chosen[i]) {
            return true;
        }
    }
    return false;
}

bool offer_read(struct offer *out, struct offer_errors *errors, struct arena *arena,
                const struct http_field *fields, size_t count)
{
    *out = (struct offer){0};
    *errors = (struct offer_errors){0};
    for (size_t field = 0; field < OFFER_FIELDS; field++) {
        if (offer_fields[field].options) {
            read_choices(out, errors, field, fields, count);
        } else {
            read_text(out, errors, arena, field, fields, count);
        }
    }
    if (!any_chosen(out->chosen[OFFER_WISH])) {
        fail(errors, OFFER_WISH, "no_wish");
    }
    if (out->text[OFFER_EMAIL].len > 0 && !looks_like_email(out->text[OFFER_EMAIL])) {
        fail(errors, OFFER_EMAIL, "email");
    }
    if (out->text[OFFER_PHONE].len > 0 && !looks_like_phone(out->text[OFFER_PHONE])) {
        fail(errors, OFFER_PHONE, "phone");
    }
    if (out->text[OFFER_EMAIL].len + out->text[OFFER_PHONE].len + out->text[OFFER_POST].len == 0) {
        fail(errors, OFFER_EMAIL, "no_way");
    }
    return errors->count == 0;
}

bool offer_for_conversation(const struct offer *offer)
{
    return offer->chosen[OFFER_WISH][0];
}

/* ---- the letter ---- */

static json_t *codes_chosen(const struct offer_field *spec, const bool *chosen)
{
    json_t *codes = json_array();
    for (size_t i = 0; spec->options[i]; i++) {
        if (chosen[i]) {
            json_array_append_new(codes, json_string(spec->options[i]));
        }
    }
    return codes;
}

/* NULL when nothing was answered. */
static json_t *answer_of(const struct offer *offer, size_t field)
{
    const struct offer_field *spec = &offer_fields[field];
    if (!spec->options) {
        struct slice text = offer->text[field];
        return text.len > 0 ? json_stringn(text.ptr, text.len) : NULL;
    }
    json_t *codes = codes_chosen(spec, offer->chosen[field]);
    json_t *answer = NULL;
    if (json_array_size(codes) > 0) {
        answer = spec->kind == OFFER_CHECKBOXES ? json_incref(codes) : json_incref(json_array_get(codes, 0));
    }
    json_decref(codes);
    return answer;
}

static json_t *letter_object(const struct offer *offer, const struct offer_frame *frame)
{
    json_t *letter = json_object();
    json_object_set_new(letter, "versie", json_integer(LETTER_VERSION));
    json_object_set_new(letter, "ronde", json_string(frame->round));
    json_object_set_new(letter, "formulier", json_string(frame->language));
    json_object_set_new(letter, "kwaliteit",
                        json_string(frame->fast && frame->trap ? "beide"
                                    : frame->trap              ? "lokveld"
                                    : frame->fast              ? "snel"
                                                               : "goed"));
    for (size_t field = 0; field < OFFER_FIELDS; field++) {
        bool needed = offer_fields[field].section != OFFER_ABOUT || offer_for_conversation(offer);
        json_t *answer = needed ? answer_of(offer, field) : NULL;
        if (answer) {
            json_object_set_new(letter, offer_fields[field].name, answer);
        }
    }
    return letter;
}

bool offer_letter(struct slice *out, struct arena *arena, const struct offer *offer,
                  const struct offer_frame *frame)
{
    struct buffer text;
    json_t *letter = letter_object(offer, frame);
    buffer_init(&text, OFFER_PLAIN_BYTES);
    bool fits = json_canonical(&text, letter) && !buffer_failed(&text);
    while (fits && text.len < OFFER_PLAIN_BYTES) {
        buffer_append_byte(&text, ' ');
    }
    if (fits) {
        *out = arena_copy(arena, buffer_slice(&text));
    }
    buffer_free(&text);
    json_decref(letter);
    return fits;
}
