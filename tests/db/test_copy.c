#include "scene.h"

TestSuite(copy, .fini = leaks_check, .timeout = 60);

enum { ADD_MANY, CHOOSE, COUNT };
static const struct db_statement statements[] = {
    [ADD_MANY] =
        {"add_many",
         "INSERT INTO zs.play SELECT n, n * 2, CASE WHEN n % 10 = 0 THEN NULL ELSE repeat('x', n % 7) END"
         " FROM generate_series(1001, 1000 + $1::int4) AS n"},
    [CHOOSE] = {"choose", "SELECT set_config('zs.least', $1::text, true)"},
    [COUNT] = {"count", "SELECT count(*) FROM zs.play"},
    {NULL, NULL},
};
static const struct db_statement *const lists[] = {statements, NULL};

static const struct db_statement copy_play = {
    "copy_play", "COPY (SELECT id, number::int8, note, id::int2 FROM zs.play"
                 " WHERE id >= current_setting('zs.least')::int ORDER BY play.id) TO STDOUT (FORMAT binary)"};
static const struct db_statement copy_text = {"copy_text", "COPY zs.play TO STDOUT"};
static const struct db_statement copy_fails = {
    "copy_fails", "COPY (SELECT 1 / (id - 1050) FROM zs.play ORDER BY play.id) TO STDOUT (FORMAT binary)"};

struct reading {
    int rows;
    int stop_at;
    int64_t sum;
    const struct db_statement *statement;
};

static bool take(const struct slice *fields, int count, void *context)
{
    struct reading *reading = context;
    reading->rows++;
    if (count == 4) {
        int32_t id = db_field_int32(fields[0]);
        cr_expect(eq(i32, id, 1000 + reading->rows));
        cr_expect(eq(i64, db_field_int64(fields[1]), id * 2));
        cr_expect(eq(int, fields[2].ptr == NULL, id % 10 == 0));
        cr_expect(fields[2].ptr == NULL || fields[2].len == (size_t)(id % 7));
        cr_expect(eq(i16, db_field_int16(fields[3]), (int16_t)id));
        reading->sum += db_field_int64(fields[1]);
    }
    return reading->rows != reading->stop_at;
}

static enum db_status copy(struct db_tx *tx, void *context)
{
    struct reading *reading = context;
    struct db_params choose = db_params(tx);
    db_put_text(&choose, SLICE("1001"));
    cr_assert(eq(int, db_run(NULL, tx, &statements[CHOOSE], &choose), DB_OK));
    enum db_status status = db_copy_out(tx, reading->statement, take, reading);
    if (status == DB_OK) {
        struct db_result *result;
        cr_assert(eq(int, db_run_one(&result, tx, &statements[COUNT], NULL), DB_OK),
                  "the connection is of use after it");
        cr_expect(eq(i64, db_get_int64(result, 0, 0), 20002));
    }
    return status;
}

static enum db_status fill(struct db_tx *tx, void *context)
{
    struct db_params p = db_params(tx);
    (void)context;
    db_put_int32(&p, 20000);
    return db_run(NULL, tx, &statements[ADD_MANY], &p);
}

Test(copy, rows_arrive_whole_and_a_stop_leaves_the_connection_usable)
{
    struct scene scene;
    scene_begin(&scene, lists);
    struct db_conn *conn = scene_connect(&scene);
    cr_assert(eq(int, db_transaction(conn, "fill", DB_ROLE_INTAKE, fill, NULL), DB_OK));
    struct reading stopped = {.statement = &copy_play, .stop_at = 5};
    cr_expect(eq(int, db_transaction(conn, "copy", DB_ROLE_INTAKE, copy, &stopped), DB_ROLLBACK));
    cr_expect(eq(int, stopped.rows, 5));
    struct reading all = {.statement = &copy_play};
    cr_expect(eq(int, db_transaction(conn, "copy", DB_ROLE_INTAKE, copy, &all), DB_OK));
    cr_expect(eq(int, all.rows, 20000));
    cr_expect(eq(i64, all.sum, 2 * (20000LL * 1000 + 20000LL * 20001 / 2)));
    struct reading broken = {.statement = &copy_fails};
    cr_expect(eq(int, db_transaction(conn, "copy", DB_ROLE_INTAKE, copy, &broken), DB_CONSTRAINT),
              "division by zero half way");
    struct reading text = {.statement = &copy_text};
    cr_expect(eq(int, db_transaction(conn, "copy", DB_ROLE_INTAKE, copy, &text), DB_FAILED),
              "not the binary form");
    cr_expect(eq(int, text.rows, 0));
    struct reading again = {.statement = &copy_play};
    cr_expect(eq(int, db_transaction_read_only(conn, "copy", DB_ROLE_INTAKE, copy, &again), DB_OK));
    db_disconnect(conn);
    scene_end(&scene);
}
