/* Interviews and focus groups, from plan to a text that never shifts. README.md tells why the tables are as
 * they are. */
#ifndef ZEVENSTEM_FIELDWORK_H
#define ZEVENSTEM_FIELDWORK_H

#include "features/fieldwork/fieldwork_guide.h"

#endif
