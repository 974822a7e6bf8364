/* What must hold of any transcript that is read; for the targets that read them. */
#ifndef ZEVENSTEM_TESTS_FUZZ_TRANSCRIPT_SCENE_H
#define ZEVENSTEM_TESTS_FUZZ_TRANSCRIPT_SCENE_H

#include "formats/transcript.h"

/* Reads the file, looks at what came of it, and reads that again as WebVTT: the same speakers say the same.
 */
void read_transcript(enum transcript_format format, struct slice file);

#endif
