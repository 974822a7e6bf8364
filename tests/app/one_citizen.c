#include "app/one_citizen.h"

struct place place;
struct app *app;
struct citizen citizen;

void begin_in(const char *consultation)
{
    place_make(&place, consultation);
    app = app_up(&place);
    citizen_init(&citizen, port_of(app));
}

void begin(void)
{
    begin_in(SMALL_CONSULTATION);
}

void end(void)
{
    app_down(app);
    place_remove(&place);
}
