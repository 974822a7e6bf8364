/* Likely personal data in a text, for somebody to look at: a rule proposes, a person decides. What is found:
 *
 *   names       of the list given (participants, moderators): whole words, in any case, with or without
 * accents; the whole name, any run of its words ("de Vries"), and each word alone but for particles, initials
 * and titles. With an s behind it too ("Jans"). Nobody else's name is found. e-mail something@label.label
 *   telephone   Dutch numbers of ten digits as they are written (06-12345678, 020 123 45 67, +31 (0)592
 * 123456), and others that begin with + and a country IBAN        ISO 13616: country, length where the
 * country's is known, and the remainder by 97 (ISO 7064) BSN         nine digits with the eleven test (9 d1 +
 * 8 d2 + ... + 2 d8 - d9 divisible by 11); in groups of three, which may be an ordinary number, and of eight
 * digits only where "bsn", "sofi" or "burgerservicenummer" stands in front address     a Dutch postcode with
 * a house number behind it, or a street and number in front birth date  a day, month and year near "geboren",
 * "geboortedatum", "geb.", "jarig", "verjaardag" or "born", in the same sentence
 */
#ifndef ZEVENSTEM_PASSAGE_PERSONAL_H
#define ZEVENSTEM_PASSAGE_PERSONAL_H

#include "base/arena.h"
#include "base/unicode.h"

/* In order of weight: of two that cover the same the first stays. */
enum personal_kind {
    PERSONAL_IBAN,
    PERSONAL_BSN,
    PERSONAL_EMAIL,
    PERSONAL_PHONE,
    PERSONAL_ADDRESS,
    PERSONAL_BIRTH_DATE,
    PERSONAL_NAME,
    PERSONAL_KINDS
};

/* Stable words for API and database: "iban", "bsn", "e-mail", "telefoon", "adres", "geboortedatum", "naam".
 */
extern const char *const personal_kind_codes[PERSONAL_KINDS];
/* What is proposed to stand in its place: "[rekeningnummer]", "[bsn]", "[e-mailadres]", "[telefoonnummer]",
 * "[adres]", "[geboortedatum]", "[naam]". */
extern const char *const personal_replacements[PERSONAL_KINDS];

struct personal_name {
    struct slice name;        /* UTF-8, NFC */
    struct slice replacement; /* "[deelnemer 3]"; empty: that of the kind */
};

#define PERSONAL_NO_NAME UINT32_MAX

struct personal_hit {
    struct text_span span;
    enum personal_kind kind;
    uint32_t name;            /* place in the list, of a name; else PERSONAL_NO_NAME */
    bool doubtful;            /* of a name: one word of it, in small letters or with an s behind it */
    struct slice replacement; /* proposed; borrowed from the list or static */
};

enum { PERSONAL_NAMES_MAX = 2000 };

/* In order; none overlap: of those that did the longest stays, and covers what the others covered. text:
 * UTF-8, NFC. Returns how many. Names past PERSONAL_NAMES_MAX are not looked for. */
size_t personal_find(struct personal_hit **hits, struct arena *arena, struct slice text,
                     const struct personal_name *names, size_t name_count);

/* The tests alone, of digits (and letters) without anything between. */
bool personal_is_bsn(struct slice digits);   /* nine */
bool personal_is_iban(struct slice letters); /* in capitals; 15 to 34 */

#endif
