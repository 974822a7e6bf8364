/* What was said or written, as the evidence that all three methods share. A passage's text is NFC, its lines
 * end in LF; positions in it are code points from 0 and spans are [start, end). It never changes: a
 * correction or redaction makes a new version, and what stands on the old one moves along or is listed as
 * lost. */
#ifndef ZEVENSTEM_PASSAGE_H
#define ZEVENSTEM_PASSAGE_H

#include "features/passage/passage_personal.h"
#include "features/passage/passage_span.h"

#endif
