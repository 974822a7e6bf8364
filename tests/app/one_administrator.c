#include "app/one_administrator.h"

void begin_as(struct staff *boss)
{
    begin();
    staff_of(boss, &place, app, "baas", ROLE_BEHEERDER, NULL);
    staff_set_factor_up(boss);
}
