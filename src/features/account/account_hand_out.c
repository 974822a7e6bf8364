/* Handing out a password for one time: hashed on the slow thread, stored in a transaction of its own by
 * whoever still may, shown once. */
#include "features/account/account_internal.h"

enum { BUSY_RETRY_S = 10 };

struct account_act staff_act(const struct http_exchange *ex, const struct account *account)
{
    const struct account_caller *caller = staff_caller(ex);
    struct slice revision = {NULL, 0};
    http_form_value(&revision, ex, "versie");
    return (struct account_act){.actor = caller->label,
                                .origin = "web",
                                .now_s = account->config.now_s(),
                                .actor_id = caller->account_id,
                                .revision = staff_number(revision)};
}

static struct staff_hand_out *step_of_slow(void *slow)
{
    return (struct staff_hand_out *)(void *)((char *)slow - offsetof(struct staff_hand_out, slow));
}

void staff_show_password(struct http_exchange *ex, const struct staff_hand_out *step, struct slice name,
                         const char *next)
{
    json_t *context = staff_titled(ex, step->account, "people.password_title");
    json_object_set_new(context, "name", json_stringn(name.ptr, name.len));
    json_object_set_new(context, "password", json_string(step->password.text));
    json_object_set_new(context, "next", json_string(next));
    staff_render(ex, step->account, 200, "staff_handed_out", context);
}

/* The rights are asked again: they may have ended while the hash was made. */
static enum db_status reply(struct db_tx *tx, struct lane_work *work)
{
    struct staff_hand_out *step = (struct staff_hand_out *)(void *)work;
    bool admitted;
    http_reply_reset(work->exchange);
    enum db_status status =
        account_admit(&admitted, tx, work->exchange, PERMISSION_ACCOUNT_MANAGE, step->account);
    if (status != DB_OK || !admitted) {
        return status;
    }
    if (!step->made) {
        http_set_retry_after(work->exchange, BUSY_RETRY_S);
        return step->busy(tx, step, work->exchange);
    }
    return step->store(tx, step, work->exchange);
}

static void replied(struct http_exchange *ex, void *item)
{
    struct staff_hand_out *step = item;
    if (step->work.status != DB_OK) {
        lane_answer_failure(ex, step->work.status);
    }
    crypto_wipe(&step->password, sizeof step->password);
}

static void make(struct lane_slow *slow)
{
    struct staff_hand_out *step = step_of_slow(slow);
    step->made = one_time_password_make(&step->password);
}

static void made(struct http_exchange *ex, void *item)
{
    struct staff_hand_out *step = step_of_slow(item);
    step->work.name = "password-hand-out";
    step->work.role = DB_ROLE_STAFF;
    step->work.run = reply;
    lane_transact(step->account->config.lanes, ex, &step->work, replied);
}

void staff_begin_hand_out(struct http_exchange *ex, struct account *account, staff_hand_out_step store,
                          staff_hand_out_step busy)
{
    struct staff_hand_out *step = arena_alloc(http_arena(ex), sizeof *step);
    *step = (struct staff_hand_out){.account = account, .store = store, .busy = busy};
    step->slow.run = make;
    lane_compute(account->config.lanes, LANE_MOMENT, ex, &step->slow, made);
}
