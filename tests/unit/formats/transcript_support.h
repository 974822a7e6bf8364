/* Reading a transcript and telling, as one text, what came of it. */
#ifndef ZEVENSTEM_TESTS_TRANSCRIPT_SUPPORT_H
#define ZEVENSTEM_TESTS_TRANSCRIPT_SUPPORT_H

#include "formats/transcript.h"

/* A line a turn: "Jan 1000-2500 @3: text", "-" for nobody, "?" for no time, line ends as "/"; or a line a
 * fault: "fault 21 @3 what". In static storage until the next call. */
const char *transcript_told(enum transcript_format format, struct slice file,
                            const struct transcript_options *options);
/* The same of a file that was read. */
const char *transcript_tell(const struct transcript *transcript);

#endif
