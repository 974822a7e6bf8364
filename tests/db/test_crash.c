/* A server that dies as in a power cut, under load: every acknowledged row is there, once. */
#include "scene.h"

#include "play_batch.h"

#include <pthread.h>

TestSuite(crash, .fini = leaks_check, .timeout = 110);

enum { STREAM = 6000, CRASHES = 3 };

struct load {
    struct db_batcher *batcher;
    struct play_item *items;
    atomic_bool done;
};

static void *submit_all(void *self)
{
    struct load *load = self;
    for (int i = 0; i < STREAM; i++) {
        play_prepare(&load->items[i], 1000 + i, 90000);
        while (!db_batcher_submit(load->batcher, &load->items[i].item)) {
            play_nap_ms(1); /* as a client that was told 503 */
        }
        if (i % 3 == 0) {
            play_nap_ms(1);
        }
    }
    atomic_store(&load->done, true);
    return NULL;
}

Test(crash, nothing_acknowledged_is_lost_and_nothing_is_written_twice)
{
    struct test_server server;
    struct play_context context = {0};
    struct db_batch_kind kind = play_quick_kind(&context, 512, 500);
    static struct play_item items[STREAM];
    struct load load = {.items = items};
    pthread_t submitter;
    int during = 0;
    test_server_start(&server);
    test_sql(server.conninfo,
             "CREATE ROLE zs_intake; CREATE SCHEMA zs; GRANT USAGE ON SCHEMA zs TO zs_intake;"
             "CREATE TABLE zs.play (id int PRIMARY KEY, number int NOT NULL);"
             "GRANT ALL ON zs.play TO zs_intake");
    struct db_config config = {
        .conninfo = server.conninfo, .statements = play_lists, .statement_timeout_ms = 10000};
    load.batcher = db_batcher_start(&kind, &config);
    cr_assert(eq(int, pthread_create(&submitter, NULL, submit_all, &load), 0));
    for (int i = 0; i < CRASHES; i++) {
        play_nap_ms(300);
        during += !atomic_load(&load.done);
        test_server_crash(&server);
        play_nap_ms(100);
        test_server_restart(&server);
    }
    pthread_join(submitter, NULL);
    cr_assert(play_wait(items, STREAM, 90000));
    for (int i = 0; i < STREAM; i++) {
        cr_expect(eq(int, items[i].status, DB_OK), "item %d", i);
        cr_expect(eq(int, atomic_load(&items[i].finished), 1));
    }
    cr_expect(ge(int, during, 2), "the crashes hit the load");
    cr_expect(gt(u64, db_batcher_stats(load.batcher).retries, 0));
    db_batcher_stop(load.batcher);
    cr_expect(eq(i64, test_sql_number(server.conninfo, "SELECT count(*) FROM zs.play"), STREAM));
    test_server_remove(&server);
}
