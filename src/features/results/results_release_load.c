/* The answers of a round as they stood at one place in the log, in columns of their own: the follower's go on
 * while a release is counted. Who changed since the places that figures were counted at. And the weights. */
#include "features/results/results_release_internal.h"

#include "features/results/results_log.h"
#include "features/results/results_weights_applied.h"
#include "features/results/results_weights_sql.h"

#include <stdlib.h>
#include <string.h>

enum { PERSONS_FIRST = 4096, KIND_NEW = 1 };

enum statement { PERSONS_BEGIN, STATEMENT_COUNT };
const struct db_statement release_load_statements[STATEMENT_COUNT + 1] = {
    /* However long it takes: nobody waits for it. */
    [PERSONS_BEGIN] =
        {"release_persons_begin",
         "SELECT set_config('zs.round', $1::int4::text, true),"
         " set_config('zs.after', $2::int8::text, true), set_config('zs.to', $3::int8::text, true),"
         " set_config('statement_timeout', '0', true)"},
};

static const struct db_statement copy_persons = {
    "release_persons",
    "COPY (SELECT pos, response_id, kind, stream FROM zs.response"
    " WHERE round_id = current_setting('zs.round')::int AND pos > current_setting('zs.after')::bigint"
    " AND pos <= current_setting('zs.to')::bigint) TO STDOUT (FORMAT binary)"};
enum field { FIELD_POS, FIELD_ID, FIELD_KIND, FIELD_STREAM, FIELD_COUNT };

struct load {
    struct release_input *out;
    int32_t round_id;
    int64_t since;
    size_t capacity; /* of out->persons */
};

/* An entry a row of the log; they are put together when all are read. */
static bool note_person(const struct slice *fields, int field_count, void *context)
{
    struct load *load = context;
    struct release_input *input = load->out;
    if (field_count != FIELD_COUNT || fields[FIELD_ID].len != sizeof(struct response_id)) {
        return false;
    }
    if (input->person_count == load->capacity) {
        size_t capacity = load->capacity ? 2 * load->capacity : PERSONS_FIRST;
        struct release_person *persons = realloc(input->persons, capacity * sizeof *persons);
        if (!persons) {
            return false;
        }
        input->persons = persons;
        load->capacity = capacity;
    }
    const int64_t pos = db_field_int64(fields[FIELD_POS]);
    struct release_person *person = &input->persons[input->person_count++];
    *person = (struct release_person){.first = db_field_int16(fields[FIELD_KIND]) == KIND_NEW ? pos : 0,
                                      .last = pos,
                                      .stream = db_field_int16(fields[FIELD_STREAM])};
    memcpy(&person->id, fields[FIELD_ID].ptr, sizeof person->id);
    return true;
}

static int by_id_and_place(const void *a, const void *b)
{
    const struct release_person *x = a, *y = b;
    const int order = memcmp(&x->id, &y->id, sizeof x->id);
    return order != 0 ? order : (x->last > y->last) - (x->last < y->last);
}

/* One entry a person, with the row that they have now. */
static void join_persons(struct release_input *input)
{
    size_t kept = 0;
    if (input->person_count > 0) {
        qsort(input->persons, input->person_count, sizeof *input->persons, by_id_and_place);
    }
    for (size_t i = 0; i < input->person_count; i++) {
        const struct release_person *next = &input->persons[i];
        struct release_person *before = kept > 0 ? &input->persons[kept - 1] : NULL;
        if (before && memcmp(&before->id, &next->id, sizeof next->id) == 0) {
            before->last = next->last;
            before->stream = next->stream;
        } else {
            input->persons[kept++] = *next;
        }
    }
    input->person_count = kept;
    for (size_t i = 0; i < kept; i++) {
        input->persons[i].row = columns_find(input->columns, input->persons[i].id);
    }
}

static enum db_status persons_work(struct db_tx *tx, void *context)
{
    struct load *load = context;
    struct db_params p = db_params(tx);
    load->out->person_count = 0;
    db_put_int32(&p, load->round_id);
    db_put_int64(&p, load->since);
    db_put_int64(&p, load->out->position);
    enum db_status status = db_run(NULL, tx, &release_load_statements[PERSONS_BEGIN], &p);
    if (status == DB_OK) {
        status = db_copy_out(tx, &copy_persons, note_person, load);
    }
    return status == DB_ROLLBACK ? DB_FAILED : status;
}

/* ---- weights ---- */

static const char *const stream_names[RELEASE_STREAMS] = {"open", "uitnodiging", "panel", "organisatie"};

struct weights_load {
    struct release_input *out;
    const struct survey_round *round;
    struct weigher *weigher;
    const struct results_weights *weights;
};

static enum db_status weights_work(struct db_tx *tx, void *context)
{
    struct weights_load *load = context;
    struct weights_newest *newest;
    struct results_weights *weights = NULL;
    size_t count;
    weights_release(load->weights);
    weigher_destroy(load->weigher);
    load->weights = NULL;
    load->weigher = NULL;
    enum db_status status = sql_weights_newest(&newest, &count, tx);
    for (size_t i = 0; status == DB_OK && i < count; i++) {
        if (newest[i].round_id == load->round->id) {
            status =
                weights_read(&weights, &load->weigher, tx, load->round, load->out->columns, newest[i].number);
        }
    }
    load->weights = weights;
    return status;
}

/* The newest version of each stream, else of all together: as the follower weighs. */
static enum db_status weigh(struct release_input *out, struct db_conn *conn, const struct survey_round *round)
{
    struct weights_load load = {.out = out, .round = round};
    enum db_status status =
        db_transaction_read_only(conn, "release-weights", DB_ROLE_RESULTS, weights_work, &load);
    if (status == DB_OK && load.weights &&
        columns_weigh(out->columns, weigher_row, load.weigher, load.weights->number) != COLUMNS_OK) {
        status = DB_FAILED;
    }
    for (size_t s = 0; status == DB_OK && load.weights && s < RELEASE_STREAMS; s++) {
        const struct weights_of_stream *own = weights_of(load.weights, slice_from_cstr(stream_names[s]));
        own = own ? own : weights_of(load.weights, SLICE("alle"));
        out->weights[s] = own ? own->number : 0;
    }
    weights_release(load.weights);
    weigher_destroy(load.weigher);
    return status;
}

enum db_status release_load(struct release_input *out, struct db_conn *conn, const struct survey_round *round,
                            const struct release_request *request, int64_t since)
{
    *out = (struct release_input){.columns = log_columns_create(round)};
    struct load load = {.out = out, .round_id = round->id, .since = since};
    struct log_reader reader = {.keys = request->keys,
                                .columns = out->columns,
                                .round_id = round->id,
                                .progress = request->reading,
                                .context = request->context};
    enum db_status status = out->columns ? log_read_on(&reader, conn) : DB_FAILED;
    out->position = reader.position;
    if (status == DB_OK && since < out->position) {
        status = db_transaction_read_only(conn, "release-persons", DB_ROLE_RESULTS, persons_work, &load);
    }
    if (status == DB_OK) {
        status = weigh(out, conn, round);
    }
    if (status == DB_OK) {
        join_persons(out);
    } else {
        release_input_free(out);
    }
    return status;
}

void release_input_free(struct release_input *input)
{
    columns_destroy(input->columns);
    free(input->persons);
    *input = (struct release_input){.position = 0};
}
