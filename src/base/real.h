/* Numbers with a fraction, written down. */
#ifndef ZEVENSTEM_BASE_REAL_H
#define ZEVENSTEM_BASE_REAL_H

#include <stddef.h>

enum { REAL_CHARS = 32 };

/* What printf writes for "%.<precision>g" (precision 1 to 17), digit for digit, and its length; in a tenth of
 * the time for what figures are like: from 0.0001 up to ten to the power of the precision. 17 digits tell any
 * two numbers apart. */
size_t real_format(char out[REAL_CHARS], double value, int precision);

#endif
