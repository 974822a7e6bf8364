/* Staff with a browser: accounts made by the account feature's own functions, signing in, forms, and an
 * authenticator. For tests of staff pages. */
#ifndef ZEVENSTEM_TESTS_APP_STAFF_H
#define ZEVENSTEM_TESTS_APP_STAFF_H

#include "app/fixture.h"

#include "features/account/account.h"

enum { MOST_COOKIES = 8 };

/* The password that every account of staff_of chooses, form-encoded. */
#define PASSWORD "een+boot+op+het+kanaal"

/* A browser of somebody of the staff: keeps every cookie, and the page that came last. */
struct staff {
    uint16_t port;
    char address[32];
    const char *site; /* Sec-Fetch-Site of posts; NULL: none, and then `origin` */
    const char *origin;
    char names[MOST_COOKIES][32], values[MOST_COOKIES][256];
    int cookies;
    char secret[64]; /* of the authenticator, since staff_set_factor_up */
    size_t secret_len;
    struct client_reply reply;
};

/* A browser that was never here, at an address of its own. */
void staff_init(struct staff *staff, uint16_t port);
/* The value of the cookie, to read or write; "" without. */
char *staff_cookie(struct staff *staff, const char *name);
/* body NULL: none; otherwise a form. */
void staff_exchange(struct staff *staff, const char *method, const char *target, const char *body);
void staff_get(struct staff *staff, const char *target);
/* Gets `page`, and posts its token with these fields ("a=b&c=d") to `action`. */
void staff_post(struct staff *staff, const char *page, const char *action, const char *fields);
/* The same with a file, as a browser sends it: the fields as they are, not encoded. */
void staff_upload(struct staff *staff, const char *page, const char *action, const char *fields,
                  const char *file_name, struct slice bytes);
/* A form of somebody's, filled in, to be posted at the same moment as others. */
struct staff_move {
    struct staff *staff;
    char path[96], body[1024];
    void *start;
};
/* Posts all of them at the same moment, and waits for the answers. Each is somebody else's. */
void staff_move_together(struct staff_move *moves, size_t count);
/* Gets `page` until it says so, ten seconds at most: the rounds and columns in memory are a second behind. */
void staff_wait_until_says(struct staff *staff, const char *page, const char *words);

/* Of the page that came last: the token of its forms, and any hidden field. In static storage; the latter
 * keeps two. */
const char *staff_token(const struct staff *staff);
const char *staff_hidden(const struct staff *staff, const char *name);

void staff_login(struct staff *staff, const char *name, const char *password);
/* Makes an account, signs in with it, and chooses PASSWORD. consultation NULL: all of them. A beheerder sees
 * nothing before staff_set_factor_up. */
void staff_of(struct staff *staff, struct place *place, struct app *app, const char *name,
              enum account_role role, const char *consultation);
void staff_disable(struct place *place, const char *name);

/* Makes a key for a second factor, and reads it; the page that asks for its first code came last. */
void staff_begin_factor(struct staff *staff);
/* Sets a second factor up; the page with the recovery codes came last. */
void staff_set_factor_up(struct staff *staff);
/* The field of a form with the code of now: "code=123456". Static storage. */
const char *staff_code(const struct staff *staff);

#endif
