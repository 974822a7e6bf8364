/* Metadata of what goes to an archive, as MDTO XML 1.0.1 (Nationaal Archief): of the whole as an information
 * object, and of each file. Pure. */
#ifndef ZEVENSTEM_OPENDATA_MDTO_H
#define ZEVENSTEM_OPENDATA_MDTO_H

#include "base/buffer.h"
#include "features/opendata/opendata_package.h"

struct mdto_object {
    const char *identifier, *source; /* source: in whose numbering */
    const char *name, *description;
    const char *first_day, *last_day; /* of what it is about: "2026-10-01"; NULL: no round of it was opened */
    const char *organisation, *organisation_id; /* organisation_id "": not known */
    const char *selection_list;                 /* the category that it was valued by; "": not known */
};
void mdto_write_object(struct buffer *out, const struct mdto_object *object);
/* made_at: "2026-11-26T12:00:00Z", of the checksum. */
void mdto_write_file(struct buffer *out, const struct mdto_object *object, const struct package_part *part,
                     const char *made_at);

#endif
