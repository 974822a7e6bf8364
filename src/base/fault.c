#include "base/fault.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum { MAX_POINTS = 16, NAME_BYTES = 48 };

enum action { ACTION_ERROR, ACTION_KILL, ACTION_SLEEP };

struct point {
    char name[NAME_BYTES];
    enum action action;
    uint64_t sleep_ms;
    uint64_t from_visit;
    atomic_uint_fast64_t visits;
};

static struct point points[MAX_POINTS];
static atomic_size_t armed;

static bool parse_point(struct point *point, struct slice text)
{
    struct slice name;
    struct slice action;
    struct slice visit;
    uint64_t from = 1;
    if (!slice_cut(&name, &action, text, '=') || name.len == 0 || name.len >= NAME_BYTES) {
        return false;
    }
    if (slice_cut(&action, &visit, action, '@') && !slice_to_u64(&from, visit, UINT32_MAX)) {
        return false;
    }
    struct slice kind;
    struct slice ms;
    bool timed = slice_cut(&kind, &ms, action, ':');
    if (slice_equal_cstr(kind, "error") && !timed) {
        point->action = ACTION_ERROR;
    } else if (slice_equal_cstr(kind, "kill") && !timed) {
        point->action = ACTION_KILL;
    } else if (slice_equal_cstr(kind, "sleep") && timed && slice_to_u64(&point->sleep_ms, ms, 600000)) {
        point->action = ACTION_SLEEP;
    } else {
        return false;
    }
    memcpy(point->name, name.ptr, name.len);
    point->name[name.len] = '\0';
    point->from_visit = from;
    return true;
}

bool fault_configure(struct slice text)
{
    size_t count = 0;
    atomic_store(&armed, 0);
    while (text.len > 0) {
        struct slice one;
        slice_cut(&one, &text, text, ',');
        if (count == MAX_POINTS || !parse_point(&points[count], one)) {
            return false;
        }
        atomic_store(&points[count].visits, 0);
        count++;
    }
    atomic_store(&armed, count);
    return true;
}

bool fault_hit(const char *point)
{
    size_t count = atomic_load_explicit(&armed, memory_order_relaxed);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(points[i].name, point) != 0 ||
            atomic_fetch_add(&points[i].visits, 1) + 1 < points[i].from_visit) {
            continue;
        }
        if (points[i].action == ACTION_ERROR) {
            return true;
        }
        if (points[i].action == ACTION_KILL) {
            kill(getpid(), SIGKILL);
        }
        usleep((useconds_t)(points[i].sleep_ms * 1000));
    }
    return false;
}
