/* What somebody approved of a report, so that what is made public later can be held against it. Pure. */
#ifndef ZEVENSTEM_REPORT_APPROVAL_H
#define ZEVENSTEM_REPORT_APPROVAL_H

#include "base/arena.h"

#include <jansson.h>

/* {"sha256", "delen": [{"deel", "ronde", "sha256"}], "citaten": [passages]}: the hash of each section, of
 * what else stands in it ("geheel"), and of all those together. Left out are the time and the program that it
 * was made by, and votes on answers, which are counted until it is public. Quotes are named by their passage:
 * one whose consent is withdrawn is left out of what was approved, whatever it said. The caller owns it;
 * NULL: it is larger than a report may be. */
json_t *report_approval(struct arena *arena, const json_t *document, const json_t *quoted);
/* The codes of sections that are otherwise now, each once; empty: what was approved stands, but for quotes
 * that were left out meanwhile. The caller owns it. */
json_t *report_approval_changes(const json_t *approved, const json_t *now);

#endif
