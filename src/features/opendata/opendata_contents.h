/* What was made public already, in the packages that leave: byte for byte. */
#ifndef ZEVENSTEM_OPENDATA_CONTENTS_H
#define ZEVENSTEM_OPENDATA_CONTENTS_H

#include "db/db.h"
#include "features/opendata/opendata_package.h"
#include "features/opendata/opendata_publication.h"

/* Adds FOLDER/rapportage-N.json and .json.sig for each report that stands about the consultation or one of
 * its rounds, or about all consultations together; of one round alone where `round` is its code (empty: all).
 * Of one that was withdrawn too where `withdrawn`. In a transaction of results. */
enum db_status package_add_reports(struct package *package, size_t *count, struct db_tx *tx,
                                   struct arena *arena, const char *folder, const char *consultation,
                                   const char *round, bool withdrawn);

/* Adds FOLDER/<file> for each file of a publication. *whole: false when one could not be read whole, and
 * stays as it was otherwise. In a transaction of results. */
enum db_status package_add_publication(bool *whole, struct package *package, struct db_tx *tx,
                                       struct arena *arena, const char *folder,
                                       const struct publication *publication);
/* "2026-11-24", of Unix seconds: the day in the Netherlands. */
const char *package_day(struct arena *arena, int64_t unix_s);

#endif
