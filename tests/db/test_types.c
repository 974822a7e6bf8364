/* Every type there and back, and what PostgreSQL itself makes of what was sent. */
#include "scene.h"

#include <signal.h>

TestSuite(types, .fini = leaks_check, .timeout = 60);

enum { SCALARS, TEXTS, ARRAYS, NULLS, CHANGES, INT4, JSON };
static const struct db_statement statements[] = {
    [SCALARS] = {"scalars", "SELECT $1::bool, $2::int2, $3::int4, $4::int8, $5::float8, $6::text, $7::bytea, "
                            "$8::timestamptz, $9::date"},
    [TEXTS] = {"texts", "SELECT concat_ws('|', $1::bool, $2::int2, $3::int4, $4::int8, $5::float8, $6::text, "
                        "encode($7::bytea, 'hex'),"
                        " $8::timestamptz AT TIME ZONE 'UTC', $9::date)"},
    [ARRAYS] = {"arrays", "SELECT concat_ws('|', $1::bool[]::text, $2::int2[]::text, $3::int4[]::text, "
                          "$4::int8[]::text, $5::text[]::text,"
                          " $6::bytea[]::text), cardinality($5::text[])"},
    [NULLS] = {"nulls", "SELECT $1::int4 IS NULL, $2::text IS NULL, $3::bytea IS NULL, NULL::text, "
                        "NULL::bytea, $2::text = ''"},
    [CHANGES] = {"changes", "UPDATE zs.play SET number = number + 1 WHERE id = ANY ($1::int4[])"},
    [INT4] = {"int4", "SELECT $1::int4"},
    [JSON] = {"json",
              "SELECT $1::text::jsonb, $1::text::json, 'x'::name, 'y'::varchar, count(*) FROM zs.play"},
    {NULL, NULL},
};
static const struct db_statement *const lists[] = {statements, NULL};

struct sample {
    bool truth;
    int16_t small;
    int32_t medium;
    int64_t large;
    double real;
    struct slice text;
    struct slice bytes;
    int64_t time;
    int32_t day;
    const char *as_text;
};

static void put_sample(struct db_params *p, const struct sample *s)
{
    db_put_bool(p, s->truth);
    db_put_int16(p, s->small);
    db_put_int32(p, s->medium);
    db_put_int64(p, s->large);
    db_put_float8(p, s->real);
    db_put_text(p, s->text);
    db_put_bytes(p, s->bytes);
    db_put_timestamp(p, s->time);
    db_put_day(p, s->day);
}

static enum db_status there_and_back(struct db_tx *tx, void *context)
{
    const struct sample *s = context;
    struct db_result *back;
    struct db_result *text;
    struct db_params p = db_params(tx);
    put_sample(&p, s);
    cr_assert(eq(int, db_run_one(&back, tx, &statements[SCALARS], &p), DB_OK));
    cr_expect(eq(int, db_get_bool(back, 0, 0), s->truth));
    cr_expect(eq(i16, db_get_int16(back, 0, 1), s->small));
    cr_expect(eq(i32, db_get_int32(back, 0, 2), s->medium));
    cr_expect(eq(i64, db_get_int64(back, 0, 3), s->large));
    cr_expect(eq(dbl, db_get_float8(back, 0, 4), s->real));
    cr_expect(slice_equal(db_get_text(back, 0, 5), s->text));
    cr_expect(slice_equal(db_get_bytes(back, 0, 6), s->bytes));
    cr_expect(eq(i64, db_get_timestamp(back, 0, 7), s->time));
    cr_expect(eq(i32, db_get_day(back, 0, 8), s->day));
    cr_assert(eq(int, db_run_one(&text, tx, &statements[TEXTS], &p), DB_OK));
    cr_expect(slice_equal_cstr(db_get_text(text, 0, 0), s->as_text), "%.*s is not %s",
              SLICE_ARG(db_get_text(text, 0, 0)), s->as_text);
    return DB_OK;
}

Test(types, scalars)
{
    static const unsigned char bytes[] = {0, 1, 0xfe, 0xff};
    struct sample samples[] = {
        {true,
         7,
         -42,
         1234567890123,
         0.1,
         SLICE_INIT("één ’ʻ tekst"),
         {(const char *)bytes, sizeof bytes},
         1795489801,
         20780,
         "t|7|-42|1234567890123|0.1|één ’ʻ tekst|0001feff|2026-11-24 03:10:01|2026-11-23"},
        {false,
         INT16_MIN,
         INT32_MIN,
         INT64_MIN,
         -0.0,
         SLICE_INIT(""),
         {NULL, 0},
         0,
         0,
         "f|-32768|-2147483648|-9223372036854775808|-0|||1970-01-01 00:00:00|1970-01-01"},
        {false,
         INT16_MAX,
         INT32_MAX,
         INT64_MAX,
         1e308,
         SLICE_INIT("\t\n"),
         {(const char *)bytes, 1},
         -1,
         -1,
         "f|32767|2147483647|9223372036854775807|1e+308|\t\n|00|1969-12-31 23:59:59|1969-12-31"},
    };
    struct scene scene;
    scene_begin(&scene, lists);
    struct db_conn *conn = scene_connect(&scene);
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, there_and_back, &samples[i]), DB_OK));
    }
    db_disconnect(conn);
    scene_end(&scene);
}

static enum db_status arrays(struct db_tx *tx, void *context)
{
    static const bool truths[] = {true, false};
    static const int16_t smalls[] = {1, -2, INT16_MAX};
    static const int32_t mediums[] = {INT32_MIN, 0};
    static const int64_t larges[] = {INT64_MAX};
    const struct slice texts[] = {SLICE_INIT("a,b"), {NULL, 0}, SLICE_INIT(""), SLICE_INIT("\"q\"")};
    const struct slice bytes[] = {SLICE_INIT("\x01\x00\x02"), {NULL, 0}};
    struct db_result *result;
    struct db_params p = db_params(tx);
    (void)context;
    db_put_bool_array(&p, truths, 2);
    db_put_int16_array(&p, smalls, 3);
    db_put_int32_array(&p, mediums, 2);
    db_put_int64_array(&p, larges, 1);
    db_put_text_array(&p, texts, 4);
    db_put_bytes_array(&p, bytes, 2);
    cr_assert(eq(int, db_run_one(&result, tx, &statements[ARRAYS], &p), DB_OK));
    struct slice text = db_get_text(result, 0, 0);
    cr_expect(
        slice_equal_cstr(
            text,
            "{t,f}|{1,-2,32767}|{-2147483648,0}|{9223372036854775807}|{\"a,b\",NULL,\"\",\"\\\"q\\\"\"}|"
            "{\"\\\\x010002\",NULL}"),
        "%.*s", SLICE_ARG(text));
    p = db_params(tx);
    db_put_bool_array(&p, NULL, 0);
    db_put_int16_array(&p, NULL, 0);
    db_put_int32_array(&p, NULL, 0);
    db_put_int64_array(&p, NULL, 0);
    db_put_text_array(&p, NULL, 0);
    db_put_bytes_array(&p, NULL, 0);
    cr_assert(eq(int, db_run_one(&result, tx, &statements[ARRAYS], &p), DB_OK));
    cr_expect(slice_equal_cstr(db_get_text(result, 0, 0), "{}|{}|{}|{}|{}|{}"));
    cr_expect(eq(i32, db_get_int32(result, 0, 1), 0));
    return DB_OK;
}

static enum db_status nulls_and_counts(struct db_tx *tx, void *context)
{
    static const int32_t ids[] = {1, 2, 3};
    struct db_result *result;
    struct db_params p = db_params(tx);
    (void)context;
    db_put_null(&p);
    db_put_text(&p, (struct slice){NULL, 0});
    db_put_null(&p);
    cr_assert(eq(int, db_run_one(&result, tx, &statements[NULLS], &p), DB_OK));
    cr_expect(db_get_bool(result, 0, 0));
    cr_expect(not(db_get_bool(result, 0, 1)), "an empty text is no NULL");
    cr_expect(db_get_bool(result, 0, 2));
    cr_expect(db_is_null(result, 0, 3));
    cr_expect(db_get_text(result, 0, 3).ptr == NULL);
    cr_expect(db_get_bytes(result, 0, 4).ptr == NULL);
    cr_expect(db_get_bool(result, 0, 5));
    p = db_params(tx);
    db_put_int32_array(&p, ids, 3);
    cr_assert(eq(int, db_run(&result, tx, &statements[CHANGES], &p), DB_OK));
    cr_expect(eq(i64, db_affected(result), 2));
    cr_expect(eq(sz, db_rows(result), 0));
    return DB_OK;
}

static enum db_status json_is_text(struct db_tx *tx, void *context)
{
    struct db_result *result;
    struct db_params p = db_params(tx);
    (void)context;
    db_put_text(&p, SLICE("{\"a\": [1,2]}"));
    cr_assert(eq(int, db_run_one(&result, tx, &statements[JSON], &p), DB_OK));
    cr_expect(slice_equal_cstr(db_get_text(result, 0, 0), "{\"a\": [1, 2]}"));
    cr_expect(slice_equal_cstr(db_get_text(result, 0, 1), "{\"a\": [1,2]}"));
    cr_expect(slice_equal_cstr(db_get_text(result, 0, 2), "x"));
    cr_expect(slice_equal_cstr(db_get_text(result, 0, 3), "y"));
    return DB_OK;
}

Test(types, arrays_nulls_counts_json)
{
    struct scene scene;
    scene_begin(&scene, lists);
    struct db_conn *conn = scene_connect(&scene);
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, arrays, NULL), DB_OK));
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, nulls_and_counts, NULL), DB_OK));
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, json_is_text, NULL), DB_OK));
    db_disconnect(conn);
    scene_end(&scene);
}

static enum db_status nul_in_text(struct db_tx *tx, void *context)
{
    struct db_params p = db_params(tx);
    (void)context;
    db_put_text(&p, SLICE("{\"a\0b\": 1}"));
    return db_run(NULL, tx, &statements[JSON], &p);
}

Test(types, text_that_the_server_refuses_is_the_datas_fault)
{
    struct scene scene;
    scene_begin(&scene, lists);
    struct db_conn *conn = scene_connect(&scene);
    cr_expect(eq(int, db_transaction(conn, "test", DB_ROLE_INTAKE, nul_in_text, NULL), DB_CONSTRAINT));
    db_disconnect(conn);
    scene_end(&scene);
}

/* ---- our bugs end the process ---- */

static enum db_status wrong_type(struct db_tx *tx, void *context)
{
    struct db_params p = db_params(tx);
    (void)context;
    db_put_int64(&p, 5);
    return db_run(NULL, tx, &statements[INT4], &p);
}

static enum db_status wrong_count(struct db_tx *tx, void *context)
{
    (void)context;
    return db_run(NULL, tx, &statements[INT4], NULL);
}

static enum db_status wrong_column(struct db_tx *tx, void *context)
{
    struct db_result *result;
    struct db_params p = db_params(tx);
    (void)context;
    db_put_int32(&p, 5);
    db_run(&result, tx, &statements[INT4], &p);
    return db_get_int64(result, 0, 0) == 5 ? DB_OK : DB_FAILED;
}

static enum db_status unknown_statement(struct db_tx *tx, void *context)
{
    static const struct db_statement stranger = {"stranger", "SELECT 1"};
    (void)context;
    return db_run(NULL, tx, &stranger, NULL);
}

static void misuse(db_work work)
{
    struct scene scene;
    scene_begin(&scene, lists);
    struct db_conn *conn = scene_connect(&scene);
    db_transaction(conn, "test", DB_ROLE_INTAKE, work, NULL);
    db_disconnect(conn);
    scene_end(&scene);
}

Test(types, a_parameter_of_another_type_aborts, .signal = SIGABRT)
{
    misuse(wrong_type);
}

Test(types, a_parameter_too_few_aborts, .signal = SIGABRT)
{
    misuse(wrong_count);
}

Test(types, a_column_of_another_type_aborts, .signal = SIGABRT)
{
    misuse(wrong_column);
}

Test(types, a_statement_that_was_not_prepared_aborts, .signal = SIGABRT)
{
    misuse(unknown_statement);
}
