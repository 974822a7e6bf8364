/* Which passwords are taken. Length counts and being known does not help; no composition is asked, nothing
 * expires (NIST SP 800-63B, 5.1.1.2). Pure. */
#ifndef ZEVENSTEM_ACCOUNT_PASSWORD_H
#define ZEVENSTEM_ACCOUNT_PASSWORD_H

#include "base/slice.h"

enum { PASSWORD_CHARS_MIN = 12 };

enum password_fault {
    PASSWORD_GOOD,
    PASSWORD_SHORT,  /* fewer than PASSWORD_CHARS_MIN code points */
    PASSWORD_LONG,   /* more than CRYPTO_PASSWORD_MAX bytes */
    PASSWORD_SIMPLE, /* fewer than 5 different characters, or each the neighbour of the one before it */
    PASSWORD_COMMON, /* around a word of config/reference/common-passwords.txt, see its head */
    PASSWORD_NAMED   /* the name of the account stands in it (of 3 characters or more) */
};
/* name: of the account. password is valid UTF-8. */
enum password_fault password_check(struct slice password, struct slice name);

#endif
