/* What the pages of the recalibration share. */
#ifndef ZEVENSTEM_TAFEL_RECALIBRATION_PAGES_H
#define ZEVENSTEM_TAFEL_RECALIBRATION_PAGES_H

#include "features/tafel/tafel_kept.h"
#include "features/tafel/tafel_recalibration.h"

#define RECALIBRATION_PATH "/beheer/herijking"

extern const struct route recalibration_routes[], recalibration_staff_routes[];
extern const size_t recalibration_route_count, recalibration_staff_route_count;

#endif
