/* Reports that were made public, in the packages that leave: byte for byte, with their signatures. */
#ifndef ZEVENSTEM_OPENDATA_REPORTS_H
#define ZEVENSTEM_OPENDATA_REPORTS_H

#include "db/db.h"
#include "features/opendata/opendata_package.h"

/* Adds FOLDER/rapportage-N.json and .json.sig for each report that stands about the consultation or one of
 * its rounds, or about all consultations together; of one round alone where `round` is its code (empty: all).
 * Of one that was withdrawn too where `withdrawn`. In a transaction of results. */
enum db_status package_add_reports(struct package *package, size_t *count, struct db_tx *tx,
                                   struct arena *arena, const char *folder, const char *consultation,
                                   const char *round, bool withdrawn);

#endif
