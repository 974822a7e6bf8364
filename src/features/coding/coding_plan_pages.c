/* The rounds that are coded, how far one is, by what it is coded, and drawing what is coded next. */
#include "features/coding/coding_internal.h"

#include "crypto/crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- rounds ---- */

static enum db_status get_rounds(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct coding *c = self;
    const struct survey_snapshot *snapshot = survey_snapshot_for(c->config.survey, ex);
    json_t *context = coding_titled(ex, c, "coding.title");
    json_t *rounds = json_array();
    (void)tx;
    for (size_t i = 0; snapshot && i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        if (account_may(staff_caller(ex), PERMISSION_CODING_BOOK, round->consultation)) {
            const char *title = round->title[coding_language(ex)];
            json_array_append_new(
                rounds, json_pack("{s:s,s:s}", "code", round->code, "label", title ? title : round->code));
        }
    }
    json_object_set_new(context, "none", json_boolean(json_array_size(rounds) == 0));
    json_object_set_new(context, "rounds", rounds);
    staff_render(ex, c->config.account, 200, "staff_coding", context);
    return DB_OK;
}

/* ---- one round ---- */

/* The open questions: their answers can be drawn. */
static json_t *open_questions(const struct http_exchange *ex, const struct survey_round *round)
{
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, round->questionnaire);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct variable *v = &variables[i];
        if (v->kind == VARIABLE_TEXT) {
            const char *label = v->label[coding_language(ex)];
            json_array_append_new(list,
                                  json_pack("{s:s,s:s}", "code", v->code, "label", label ? label : v->code));
        }
    }
    return list;
}

static json_t *book_options(const struct codebook_version *versions, size_t count,
                            const struct coding_plan *plan)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, json_pack("{s:i,s:s%,s:i,s:b}", "id", (int)versions[i].id, "title",
                                              versions[i].title.ptr, versions[i].title.len, "number",
                                              (int)versions[i].number, "selected",
                                              (int)(versions[i].id == plan->book_version)));
    }
    return list;
}

static void put_permissions(json_t *context, const struct http_exchange *ex, const struct survey_round *round)
{
    const struct account_caller *caller = staff_caller(ex);
    json_object_set_new(context, "may_code",
                        json_boolean(account_may(caller, PERMISSION_CODING_DO, round->consultation)));
    json_object_set_new(context, "may_find",
                        json_boolean(account_may(caller, PERMISSION_CODING_FIND, round->consultation)));
    json_object_set_new(context, "may_view",
                        json_boolean(account_may(caller, PERMISSION_CODING_VIEW, round->consultation)));
    json_object_set_new(context, "may_manage",
                        json_boolean(account_may(caller, PERMISSION_CODING_MANAGE, round->consultation)));
}

static json_t *batch_rows(const struct http_exchange *ex, const struct coding *c, json_t *batches)
{
    size_t i;
    json_t *item;
    json_array_foreach(batches, i, item)
    {
        char path[64];
        snprintf(path, sizeof path, "coding.sources.%s", json_string_value(json_object_get(item, "bron")));
        coding_put_text(item, "source", ex, c, path);
        json_object_set_new(
            item, "share",
            json_integer(
                (json_int_t)(json_number_value(json_object_get(item, "aandeelDubbel")) * 100 + 0.5)));
    }
    return batches;
}

static enum db_status show_round(struct db_tx *tx, struct http_exchange *ex, struct coding *c,
                                 const struct survey_round *round, json_t *context_take, int answer)
{
    struct coding_plan plan;
    struct codebook_version *versions = NULL;
    size_t count = 0;
    json_t *batches = NULL, *progress = NULL, *people = NULL, *context = context_take;
    int64_t lost = 0;
    enum db_status status = coding_plan_read(&plan, tx, round->id);
    status =
        status == DB_OK ? codebook_list(&versions, &count, tx, slice_from_cstr(round->consultation)) : status;
    status = status == DB_OK ? coding_batches(&batches, tx, round->id) : status;
    status = status == DB_OK ? coding_progress(&progress, tx, round->id) : status;
    status = status == DB_OK ? coding_lost_count(&lost, tx, ex, round) : status;
    status = status == DB_OK ? coding_people(&people, tx, slice_from_cstr(round->consultation)) : status;
    if (status != DB_OK) {
        json_decref(batches);
        json_decref(progress);
        json_decref(people);
        json_decref(context);
        return status;
    }
    put_permissions(context, ex, round);
    json_object_set_new(context, "round", json_string(round->code));
    json_object_set_new(context, "planned", json_boolean(plan.found));
    json_object_set_new(context, "book", json_integer(plan.book_version));
    json_object_set_new(context, "bar", json_string(coding_decimal(ex, plan.bar, 3)));
    json_object_set_new(context, "revision", json_integer(plan.revision));
    json_object_set_new(context, "books", book_options(versions, count, &plan));
    json_object_set_new(context, "no_books", json_boolean(count == 0));
    json_object_set_new(context, "book_stays", json_boolean(plan.has_codings));
    json_object_set_new(context, "any_batches", json_boolean(json_array_size(batches) > 0));
    json_object_set_new(context, "any_progress", json_boolean(json_array_size(progress) > 0));
    json_object_set_new(context, "no_people", json_boolean(json_array_size(people) == 0));
    json_object_set_new(context, "batches", batch_rows(ex, c, batches));
    json_object_set_new(context, "progress", progress);
    json_object_set_new(context, "people", people);
    json_object_set_new(context, "questions", open_questions(ex, round));
    json_object_set_new(context, "lost", json_integer(lost));
    json_object_set_new(context, "back_path", json_string(CODING_PATH));
    json_object_set_new(context, "with_charts", json_true());
    staff_render(ex, c->config.account, answer, "staff_coding_round", context);
    return DB_OK;
}

static json_t *round_context(const struct http_exchange *ex, const struct coding *c)
{
    return coding_titled(ex, c, "coding.round_title");
}

static enum db_status get_round(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    const struct survey_round *round = coding_round(self, ex, PERMISSION_CODING_BOOK);
    return round ? show_round(tx, ex, self, round, round_context(ex, self), 200) : DB_OK;
}

/* ---- the plan ---- */

/* "0,667" as people write it. */
static bool read_share(double *out, const struct http_exchange *ex, const char *name, double scale)
{
    struct slice text;
    char number[16];
    char *end;
    if (!http_form_value(&text, ex, name)) {
        return false;
    }
    text = slice_trim(text);
    if (text.len == 0 || text.len >= sizeof number) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        number[i] = text.ptr[i] == ',' ? '.' : text.ptr[i];
        if (number[i] != '.' && (number[i] < '0' || number[i] > '9')) {
            return false;
        }
    }
    number[text.len] = '\0';
    *out = strtod(number, &end) / scale;
    return *end == '\0' && *out >= 0 && *out <= 1;
}

static bool knows_book(const struct codebook_version *versions, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++) {
        if (versions[i].id == id) {
            return true;
        }
    }
    return false;
}

static enum db_status post_plan(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct coding *c = self;
    struct coding_plan plan = {0};
    struct codebook_version *versions;
    size_t count;
    int64_t book = 0, revision = 0;
    bool saved;
    const struct survey_round *round = coding_round(c, ex, PERMISSION_CODING_MANAGE);
    if (!round) {
        return DB_OK;
    }
    json_t *context = round_context(ex, c);
    enum db_status status = codebook_list(&versions, &count, tx, slice_from_cstr(round->consultation));
    if (status != DB_OK) {
        json_decref(context);
        return status;
    }
    if (!coding_form_number(&book, ex, "codeboek", INT32_MAX) || !knows_book(versions, count, book)) {
        staff_fault(context, ex, c->config.account, "codeboek", "coding.fault_book");
    }
    if (!read_share(&plan.bar, ex, "grens", 1)) {
        staff_fault(context, ex, c->config.account, "grens", "coding.fault_bar");
    }
    coding_form_number(&revision, ex, "revisie", INT32_MAX);
    if (json_object_get(context, "error_summary")) {
        return show_round(tx, ex, c, round, context, 400);
    }
    plan.book_version = (int32_t)book;
    plan.revision = (int32_t)revision;
    status = coding_plan_save(&saved, tx, round->id, &plan, staff_caller(ex)->label);
    if (status == DB_OK && !saved) {
        coding_put_text(context, "said", ex, c, "coding.plan_conflict");
        return show_round(tx, ex, c, round, context, 409);
    }
    json_decref(context);
    if (status == DB_OK) {
        http_redirect(ex, coding_path(ex, round, ""));
        status = coding_audit(tx, ex, "coding.plan", round, NULL);
    }
    return status;
}

/* ---- drawing ---- */

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* 32 hex digits, or nothing: then chance chooses. */
static bool read_seed(unsigned char seed[CODING_SEED_BYTES], const struct http_exchange *ex)
{
    struct slice text;
    if (!http_form_value(&text, ex, "zaad") || slice_trim(text).len == 0) {
        crypto_random(seed, CODING_SEED_BYTES);
        return true;
    }
    text = slice_trim(text);
    if (text.len != 2 * CODING_SEED_BYTES) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (!is_hex(text.ptr[i])) {
            return false;
        }
        const unsigned digit = (unsigned)(text.ptr[i] <= '9' ? text.ptr[i] - '0' : text.ptr[i] - 'a' + 10);
        seed[i / 2] = (unsigned char)(i % 2 == 0 ? digit << 4 : seed[i / 2] | digit);
    }
    return true;
}

static enum db_status read_coders(int32_t accounts[CODING_CODERS_MAX], size_t *count, bool *known,
                                  struct db_tx *tx, const struct http_exchange *ex,
                                  const struct survey_round *round)
{
    size_t fields, i;
    json_t *people, *person;
    const struct http_field *form = http_form(&fields, ex);
    enum db_status status = coding_people(&people, tx, slice_from_cstr(round->consultation));
    *count = 0;
    *known = true;
    for (size_t k = 0; k < fields && status == DB_OK; k++) {
        uint64_t id = 0;
        bool found = false, twice = false;
        if (!slice_equal_cstr(form[k].name, "codeur")) {
            continue;
        }
        if (slice_to_u64(&id, form[k].value, INT32_MAX)) {
            json_array_foreach(people, i, person)
            {
                found = found || (uint64_t)json_integer_value(json_object_get(person, "account")) == id;
            }
        }
        for (i = 0; i < *count; i++) {
            twice = twice || (uint64_t)accounts[i] == id;
        }
        *known = *known && found && !twice && *count < CODING_CODERS_MAX;
        if (*known) {
            accounts[(*count)++] = (int32_t)id;
        }
    }
    json_decref(people);
    return status;
}

static bool is_open_question(const struct survey_round *round, struct slice code)
{
    size_t count;
    const struct variable *variables = questionnaire_variables(&count, round->questionnaire);
    const int at = questionnaire_find_variable(round->questionnaire, code);
    return at >= 0 && variables[at].kind == VARIABLE_TEXT;
}

/* All that is wrong is put in the context. */
static void read_drawing(struct coding_drawing *d, json_t *context, const struct http_exchange *ex,
                         const struct coding *c, const struct survey_round *round)
{
    struct slice text = {NULL, 0};
    int64_t wanted = 0;
    http_form_value(&text, ex, "vraag");
    if (text.len > 0 && !slice_equal_cstr(text, "gesprekken")) {
        d->variable = text;
        if (!is_open_question(round, text)) {
            staff_fault(context, ex, c->config.account, "vraag", "coding.fault_question");
        }
        if (!coding_form_number(&wanted, ex, "aantal", 1000000) || wanted < 2) {
            staff_fault(context, ex, c->config.account, "aantal", "coding.fault_wanted");
        }
    } else if (text.len == 0) {
        staff_fault(context, ex, c->config.account, "vraag", "coding.fault_question");
    }
    d->wanted = (uint32_t)wanted;
    if (!read_share(&d->share, ex, "dubbel", 100)) {
        staff_fault(context, ex, c->config.account, "dubbel", "coding.fault_share");
    }
    if (!read_seed(d->seed, ex)) {
        staff_fault(context, ex, c->config.account, "zaad", "coding.fault_seed");
    }
}

static enum db_status post_drawing(struct db_tx *tx, struct http_exchange *ex, void *self)
{
    struct coding *c = self;
    struct coding_plan plan;
    struct coding_drawing drawing = {.share = 0};
    int32_t accounts[CODING_CODERS_MAX];
    enum coding_draw_outcome outcome = CODING_DRAWN;
    size_t drawn = 0;
    bool known;
    const struct survey_round *round = coding_round(c, ex, PERMISSION_CODING_MANAGE);
    if (!round) {
        return DB_OK;
    }
    json_t *context = round_context(ex, c);
    drawing.accounts = accounts;
    read_drawing(&drawing, context, ex, c, round);
    enum db_status status = read_coders(accounts, &drawing.account_count, &known, tx, ex, round);
    status = status == DB_OK ? coding_plan_read(&plan, tx, round->id) : status;
    if (status == DB_OK && (!known || drawing.account_count < (drawing.share > 0 ? 2 : 1))) {
        staff_fault(context, ex, c->config.account, "codeur", "coding.fault_coders");
    }
    if (status == DB_OK && !plan.found) {
        staff_fault(context, ex, c->config.account, "codeboek", "coding.fault_no_plan");
    }
    if (status == DB_OK && !json_object_get(context, "error_summary")) {
        status = coding_draw_batch(&outcome, &drawn, tx, round->id, &drawing, staff_caller(ex)->label);
        if (status == DB_OK && outcome == CODING_DRAWN) {
            json_decref(context);
            http_redirect(ex, coding_path(ex, round, ""));
            return coding_audit(tx, ex, "coding.draw", round,
                                arena_printf(db_arena(tx), "{\"passages\":%zu}", drawn).ptr);
        }
        staff_fault(context, ex, c->config.account, "vraag", "coding.fault_nothing");
    }
    if (status != DB_OK) {
        json_decref(context);
        return status;
    }
    return show_round(tx, ex, c, round, context, 400);
}

const struct route coding_plan_routes[] = {
    CODING_GET(CODING_PATH, get_rounds, PERMISSION_CODING_BOOK, ""),
    CODING_GET(CODING_PATH "/{ronde}", get_round, PERMISSION_CODING_BOOK, ""),
    CODING_POST(CODING_PATH "/{ronde}/plan", post_plan, PERMISSION_CODING_MANAGE),
    CODING_POST(CODING_PATH "/{ronde}/trekking", post_drawing, PERMISSION_CODING_MANAGE),
};
const size_t coding_plan_route_count = sizeof coding_plan_routes / sizeof coding_plan_routes[0];
