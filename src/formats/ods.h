/* What the writers of ODS have in common. Nobody outside this folder includes it. */
#ifndef ZEVENSTEM_FORMATS_ODS_H
#define ZEVENSTEM_FORMATS_ODS_H

#include "formats/dataset_internal.h"

#define ODS_MEDIA_TYPE "application/vnd.oasis.opendocument.spreadsheet"

/* Text within XML. A line end becomes a space, and what XML cannot hold is left out. */
void ods_put_escaped(struct sink *sink, struct slice text);

#endif
