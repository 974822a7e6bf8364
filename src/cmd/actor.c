#include "cmd/actor.h"

#include "base/slice.h"

#include <ctype.h>
#include <inttypes.h>
#include <pthread.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NAME_MAX_BYTES = 64, RECORD_BYTES = 16 * 1024 };
#define KIND "beheerder:"

static char actor[sizeof KIND + NAME_MAX_BYTES];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static bool signed_in(uid_t *out)
{
    char text[16] = "";
    uint64_t uid = 0;
    FILE *file = fopen("/proc/self/loginuid", "re");
    const size_t length = file ? fread(text, 1, sizeof text, file) : 0;
    if (file) {
        fclose(file);
    }
    *out = (uid_t)-1;
    if (slice_to_u64(&uid, (struct slice){text, length}, UINT32_MAX)) {
        *out = (uid_t)uid;
    }
    return *out != (uid_t)-1; /* nobody did, or it is not known */
}

static void find(void)
{
    char record[RECORD_BYTES], number[16];
    struct passwd user, *found = NULL;
    uid_t uid;
    if (!signed_in(&uid)) {
        uid = getuid();
    }
    snprintf(number, sizeof number, "%" PRIu32, (uint32_t)uid);
    const bool named = getpwuid_r(uid, &user, record, sizeof record, &found) == 0 && found && user.pw_name[0];
    snprintf(actor, sizeof actor, KIND "%.*s", NAME_MAX_BYTES, named ? user.pw_name : number);
    for (char *at = actor + sizeof KIND - 1; *at; at++) {
        *at = isalnum((unsigned char)*at) || strchr("-_.", *at) ? *at : '_';
    }
}

const char *cmd_actor(void)
{
    pthread_once(&once, find);
    return actor;
}
