#include "scene.h"

#include "base/clock.h"
#include "db/pool.h"

#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

TestSuite(pool, .fini = leaks_check, .timeout = 60);

static const struct db_statement statements[] = {
    {"add", "INSERT INTO zs.play (id, number) VALUES ($1::int4, 0)"},
    {NULL, NULL},
};
static const struct db_statement *const lists[] = {statements, NULL};

struct job {
    struct db_job job; /* first */
    int32_t id;
    atomic_bool *gate; /* NULL, or: waits until it is open */
    atomic_int ran, dropped;
    enum db_status status; /* of the transaction, or why it was dropped */
    int64_t ended_us;
};

static void nap_ms(int ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

static enum db_status add(struct db_tx *tx, void *context)
{
    struct db_params p = db_params(tx);
    db_put_int32(&p, ((struct job *)context)->id);
    return db_run(NULL, tx, &statements[0], &p);
}

static void run_job(struct db_job *self, struct db_conn *conn)
{
    struct job *job = (struct job *)(void *)self;
    while (job->gate && !atomic_load(job->gate)) {
        nap_ms(1);
    }
    job->status = db_transaction(conn, "job", DB_ROLE_INTAKE, add, job);
    job->ended_us = clock_monotonic_us();
    atomic_fetch_add(&job->ran, 1);
}

static void drop_job(struct db_job *self, enum db_status why)
{
    struct job *job = (struct job *)(void *)self;
    job->status = why;
    job->ended_us = clock_monotonic_us();
    atomic_fetch_add(&job->dropped, 1);
}

static void prepare_job(struct job *job, int32_t id, int deadline_ms)
{
    memset(job, 0, sizeof *job);
    job->job.run = run_job;
    job->job.dropped = drop_job;
    job->job.deadline_us = clock_monotonic_us() + (int64_t)deadline_ms * 1000;
    job->id = id;
}

static bool wait_for(atomic_int *count, int wanted, int most_ms)
{
    for (int waited = 0; atomic_load(count) != wanted && waited < most_ms; waited++) {
        nap_ms(1);
    }
    return atomic_load(count) == wanted;
}

static bool wait_ready(struct db_pool *pool, bool wanted)
{
    for (int waited = 0; db_pool_ready(pool) != wanted && waited < 10000; waited++) {
        nap_ms(1);
    }
    return db_pool_ready(pool) == wanted;
}

enum { MANY = 200 };

Test(pool, runs_every_job_once_and_stop_runs_what_is_queued)
{
    struct scene scene;
    static struct job jobs[MANY];
    scene_begin(&scene, lists);
    struct db_pool *pool = db_pool_start(&(struct db_pool_config){&scene.config, 3, MANY});
    cr_assert(pool != NULL);
    for (int i = 0; i < MANY; i++) {
        prepare_job(&jobs[i], 1000 + i, 30000);
        cr_assert(db_pool_submit(pool, &jobs[i].job));
    }
    db_pool_stop(pool);
    for (int i = 0; i < MANY; i++) {
        cr_expect(eq(int, atomic_load(&jobs[i].ran), 1));
        cr_expect(eq(int, atomic_load(&jobs[i].dropped), 0));
        cr_expect(eq(int, jobs[i].status, DB_OK));
    }
    cr_expect(eq(i64, test_sql_number(scene.database.owner, "SELECT count(*) FROM zs.play WHERE id >= 1000"),
                 MANY));
    scene_end(&scene);
}

Test(pool, workers_come_when_jobs_ask_for_them)
{
    struct scene scene;
    struct job jobs[3];
    atomic_bool gate = false;
    scene_begin(&scene, lists);
    struct db_pool *pool = db_pool_start(&(struct db_pool_config){&scene.config, 3, MANY});
    cr_assert(wait_ready(pool, true));
    for (int i = 0; i < 3; i++) {
        prepare_job(&jobs[i], 3000 + i, 30000);
        jobs[i].gate = &gate;
        cr_assert(db_pool_submit(pool, &jobs[i].job));
    }
    for (int waited = 0; db_pool_queued(pool) > 0 && waited < 20000; waited++) {
        nap_ms(1);
    }
    cr_expect(eq(sz, db_pool_queued(pool), 0), "each is with a worker, though none of them ends");
    atomic_store(&gate, true);
    for (int i = 0; i < 3; i++) {
        cr_expect(wait_for(&jobs[i].ran, 1, 5000));
        cr_expect(eq(int, jobs[i].status, DB_OK));
    }
    db_pool_stop(pool);
    scene_end(&scene);
}

Test(pool, a_full_queue_refuses_and_a_deadline_is_kept_while_all_are_busy)
{
    struct scene scene;
    struct job busy;
    struct job waiting[3];
    atomic_bool gate = false;
    scene_begin(&scene, lists);
    struct db_pool *pool = db_pool_start(&(struct db_pool_config){&scene.config, 1, 2});
    cr_assert(wait_ready(pool, true));
    prepare_job(&busy, 1, 30000);
    busy.gate = &gate;
    cr_assert(db_pool_submit(pool, &busy.job));
    while (db_pool_queued(pool) > 0) {
        nap_ms(1);
    }
    prepare_job(&waiting[0], 2000, 200);
    prepare_job(&waiting[1], 2001, 30000);
    prepare_job(&waiting[2], 2002, 30000);
    cr_expect(db_pool_submit(pool, &waiting[0].job));
    cr_expect(db_pool_submit(pool, &waiting[1].job));
    cr_expect(not(db_pool_submit(pool, &waiting[2].job)));
    cr_expect(eq(sz, db_pool_queued(pool), 2));
    cr_assert(wait_for(&waiting[0].dropped, 1, 5000));
    cr_expect(eq(int, waiting[0].status, DB_TIMEOUT));
    cr_expect(ge(i64, waiting[0].ended_us, waiting[0].job.deadline_us));
    cr_expect(lt(i64, waiting[0].ended_us, waiting[0].job.deadline_us + 2000000));
    cr_expect(db_pool_submit(pool, &waiting[2].job), "there is room again");
    atomic_store(&gate, true);
    cr_expect(wait_for(&waiting[1].ran, 1, 5000));
    cr_expect(wait_for(&waiting[2].ran, 1, 5000));
    cr_expect(eq(int, busy.status, DB_CONSTRAINT), "id 1 was there: the job's own affair");
    db_pool_stop(pool);
    scene_end(&scene);
}

Test(pool, without_a_database_it_is_not_ready_and_drops_what_waits)
{
    struct db_config config = {.conninfo = "host=/nonexistent dbname=x"};
    struct job jobs[2];
    log_set_level(LOG_SILENT);
    struct db_pool *pool = db_pool_start(&(struct db_pool_config){&config, 2, 10});
    prepare_job(&jobs[0], 1, 100);
    prepare_job(&jobs[1], 2, 60000);
    int64_t began = clock_monotonic_us();
    cr_assert(db_pool_submit(pool, &jobs[0].job));
    cr_assert(db_pool_submit(pool, &jobs[1].job));
    cr_expect(wait_for(&jobs[0].dropped, 1, 5000));
    cr_expect(wait_for(&jobs[1].dropped, 1, 10000));
    cr_expect(eq(int, jobs[0].status, DB_UNAVAILABLE));
    cr_expect(eq(int, jobs[1].status, DB_UNAVAILABLE));
    cr_expect(lt(i64, jobs[1].ended_us - began, 8000000), "long before its deadline");
    cr_expect(not(db_pool_ready(pool)));
    db_pool_stop(pool);
    cr_expect(eq(int, atomic_load(&jobs[0].ran) + atomic_load(&jobs[1].ran), 0));
}

Test(pool, comes_back_after_its_sessions_were_ended)
{
    struct scene scene;
    struct job jobs[20];
    scene_begin(&scene, lists);
    struct db_pool *pool = db_pool_start(&(struct db_pool_config){&scene.config, 2, 100});
    cr_assert(wait_ready(pool, true));
    for (int i = 0; i < 20; i++) {
        if (i % 5 == 0) {
            scene_kill_sessions(&scene);
        }
        prepare_job(&jobs[i], 3000 + i, 10000);
        cr_assert(db_pool_submit(pool, &jobs[i].job));
        cr_expect(wait_for(&jobs[i].ran, 1, 10000));
        cr_expect(eq(int, jobs[i].status, DB_OK));
    }
    cr_expect(wait_ready(pool, true));
    db_pool_stop(pool);
    cr_expect(
        eq(i64, test_sql_number(scene.database.owner, "SELECT count(*) FROM zs.play WHERE id >= 3000"), 20));
    scene_end(&scene);
}

Test(pool, notices_a_server_that_went_away_while_idle)
{
    struct scene scene;
    char sql[160];
    scene_begin(&scene, lists);
    struct db_pool *pool = db_pool_start(&(struct db_pool_config){&scene.config, 2, 100});
    cr_assert(wait_ready(pool, true));
    snprintf(sql, sizeof sql, "ALTER DATABASE %s CONNECTION LIMIT 0", scene.database.name);
    test_sql(scene.database.owner, sql);
    scene_kill_sessions(&scene);
    cr_expect(wait_ready(pool, false));
    snprintf(sql, sizeof sql, "ALTER DATABASE %s CONNECTION LIMIT -1", scene.database.name);
    test_sql(scene.database.owner, sql);
    cr_expect(wait_ready(pool, true));
    db_pool_stop(pool);
    scene_end(&scene);
}
