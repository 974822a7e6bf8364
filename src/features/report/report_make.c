#include "features/report/report_make.h"

#include "base/clock.h"
#include "features/coding/coding.h"
#include "features/results/results.h"
#include "features/survey/survey.h"
#include "features/tafel/tafel.h"
#include "json/decode.h"

#include <string.h>

enum { YEAR_ROUNDS_MAX = 16 };

const struct report_limit report_limit_rounds = {"rondes", YEAR_ROUNDS_MAX},
                          report_limit_bytes = {"bestand", REPORT_BYTES_MAX / (1024 * 1024)};

struct work {
    struct report_making m;
    struct report_made *out;
    const struct survey_round *rounds[YEAR_ROUNDS_MAX];
    size_t round_count;
    json_t *sections, *releases, *numbers;
};

static void set(json_t *object, const char *name, const json_t *value)
{
    if (value) {
        json_object_set(object, name, (json_t *)(uintptr_t)value);
    }
}

static json_t *time_json(int64_t unix_s)
{
    char text[CLOCK_RFC3339_BYTES];
    clock_format_rfc3339(text, unix_s);
    return json_string(text);
}

static void too_large(struct report_made *out, const struct report_limit *limit)
{
    out->outcome = REPORT_TOO_LARGE;
    out->limit = limit;
}

/* ---- which rounds ---- */

static bool counts(const struct survey_round *round)
{
    return round && round->status != ROUND_DRAFT && !round->pilot;
}

/* A report of all consultations tells of none whose data are invented. */
static bool is_about(const struct report_draft *draft, const struct survey_round *round)
{
    return draft->consultation.len == 0 ? !round->invented
                                        : slice_equal_cstr(draft->consultation, round->consultation);
}

/* Of a year those that opened in it and of which something may be told. */
static bool is_of_year(const struct survey_round *round, const struct report_making *m)
{
    const struct report_draft *draft = m->draft;
    return counts(round) && clock_civil_nl(round->opens_at).year == draft->year && is_about(draft, round) &&
           results_effects_may_tell(m->means->results, round, FIGURES_PUBLIC);
}

static void find_rounds(struct work *work)
{
    struct report_making *m = &work->m;
    const struct survey_snapshot *snapshot = m->means->snapshot;
    if (m->draft->kind == REPORT_OF_ROUND) {
        const struct survey_round *round = survey_round_find(snapshot, m->draft->round);
        work->rounds[work->round_count++] = round;
        if (!counts(round)) {
            work->out->outcome = REPORT_NO_ROUND;
        } else if (!results_effects_may_tell(m->means->results, round, FIGURES_PUBLIC)) {
            work->out->outcome = REPORT_NO_RELEASE;
        }
        work->out->round = round ? round->code : "";
        return;
    }
    for (size_t i = 0; i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        if (!is_of_year(round, m)) {
            continue;
        }
        if (work->round_count == YEAR_ROUNDS_MAX) {
            too_large(work->out, &report_limit_rounds);
            return;
        }
        work->rounds[work->round_count++] = round;
    }
}

/* ---- what all of it stands on ---- */

enum db_status report_read_map(struct report_making *m, int32_t number)
{
    struct published_map map;
    const enum db_status status = value_map_published_as(&map, m->tx, m->round->id, number);
    m->map = NULL;
    if (status == DB_OK && map.number > 0) {
        json_t *object = json_pack("{s:i,s:i,s:o}", "nummer", (int)map.number, "uitgave", (int)map.release,
                                   "op", time_json(map.at));
        set(object, "kaart", signal_json(m->arena, map.document));
        m->map = object;
    }
    return status;
}

/* ---- sections ---- */

static enum db_status gather(struct work *work, const struct report_section *section)
{
    struct report_making *m = &work->m;
    json_t *content = NULL;
    const enum db_status status = section->gather(&content, m);
    if (status == DB_OK && content) {
        json_t *one = json_pack("{s:s,s:O}", "deel", section->code, "inhoud", content);
        if (section->by_round) {
            json_object_set_new(one, "ronde", json_string(m->round->code));
        }
        json_array_append_new(work->sections, one);
    }
    json_decref(content);
    if (status == DB_OK && m->limit) {
        too_large(work->out, m->limit);
    }
    return status;
}

static enum db_status gather_all(struct work *work, bool by_round)
{
    enum db_status status = DB_OK;
    for (size_t i = 0; status == DB_OK && work->out->outcome == REPORT_MADE && i < report_section_count;
         i++) {
        const struct report_section *section = &report_sections[i];
        if ((section->kinds & 1U << work->m.draft->kind) != 0 && section->by_round == by_round &&
            (section->figures || !work->m.means->figures_alone)) {
            status = gather(work, section);
        }
    }
    return status;
}

/* The release of this round, with what it was protected by. */
static enum db_status add_release(struct work *work, const struct survey_round *round, int32_t number)
{
    json_t *release = NULL;
    const struct report_making *m = &work->m;
    const json_t *known = json_object_get(work->numbers, round->code);
    if (known) {
        if (json_integer_value(known) != number) { /* one was made meanwhile: a report does not mix two */
            work->out->outcome = REPORT_FAILED;
        }
        return DB_OK;
    }
    const enum db_status status = report_release(&release, m->tx, m->arena, round->id, number);
    if (status == DB_OK && release) {
        json_object_set_new(release, "ronde", json_string(round->code));
        json_object_set_new(release, "consultatie", json_string(round->consultation));
        json_array_append(work->releases, release);
        set(work->numbers, round->code, json_object_get(release, "uitgave"));
    }
    return status;
}

/* Trends are of the releases of rounds before, too. */
static enum db_status add_releases_of_trends(struct work *work)
{
    enum db_status status = DB_OK;
    size_t i, k;
    const json_t *trend, *one;
    json_array_foreach(json_object_get(work->m.figures, "trends"), i, trend)
    {
        json_array_foreach(json_object_get(trend, "rondes"), k, one)
        {
            const struct survey_round *round =
                survey_round_find(work->m.means->snapshot, slice_from_cstr(report_text(one, "ronde")));
            if (status == DB_OK && round) {
                status =
                    add_release(work, round, (int32_t)json_integer_value(json_object_get(one, "uitgave")));
            }
        }
    }
    return status;
}

static enum db_status make_round(struct work *work, const struct survey_round *round)
{
    struct report_making *m = &work->m;
    json_t *figures;
    const enum figures_status found = results_report(&figures, m->means->results, m->means->snapshot, round,
                                                     results_protection_now(m->means->results));
    if (found != FIGURES_OK) {
        /* Of a year, a round without a release has nothing to tell. */
        if (m->draft->kind == REPORT_OF_ROUND || found != FIGURES_NO_RELEASE) {
            work->out->outcome = found == FIGURES_NO_RELEASE ? REPORT_NO_RELEASE : REPORT_FAILED;
            work->out->round = round->code;
        }
        return DB_OK;
    }
    m->round = round;
    m->figures = figures;
    enum db_status status =
        add_release(work, round, (int32_t)json_integer_value(json_object_get(figures, "uitgave")));
    status = status == DB_OK ? add_releases_of_trends(work) : status;
    status = status == DB_OK && !m->means->figures_alone ? report_read_map(m, 0) : status;
    status = status == DB_OK ? gather_all(work, true) : status;
    json_decref(m->map);
    json_decref(figures);
    m->figures = m->map = NULL;
    m->round = NULL;
    return status;
}

/* ---- the whole ---- */

json_t *report_round_json(const struct survey_round *round)
{
    const char *const title[] = {round->title[0] ? round->title[0] : round->code,
                                 round->title[1] ? round->title[1] : round->code};
    return json_pack("{s:s,s:s,s:{s:s,s:s},s:o,s:o,s:b}", "ronde", round->code, "consultatie",
                     round->consultation, "titel", "nl", title[0], "en", title[1], "opentOp",
                     time_json(round->opens_at), "sluitOp", time_json(round->closes_at), "verzonnen",
                     (int)round->invented);
}

/* Also where nothing may be told of any of its rounds. */
static bool is_invented(const struct work *work)
{
    const struct survey_snapshot *snapshot = work->m.means->snapshot;
    bool invented = false;
    for (size_t i = 0; i < survey_round_count(snapshot); i++) {
        const struct survey_round *round = survey_round_at(snapshot, i);
        invented = invented ||
                   (round->invented && slice_equal_cstr(work->m.draft->consultation, round->consultation));
    }
    return invented;
}

static json_t *about(const struct work *work)
{
    const struct report_draft *draft = work->m.draft;
    json_t *object = json_pack("{s:s}", "soort", draft->kind == REPORT_OF_ROUND ? "ronde" : "jaar");
    json_t *rounds = json_array();
    for (size_t i = 0; i < work->round_count; i++) {
        json_array_append_new(rounds, report_round_json(work->rounds[i]));
    }
    json_object_set_new(object, "rondes", rounds);
    if (draft->kind == REPORT_OF_YEAR) {
        json_object_set_new(object, "jaar", json_integer(draft->year));
    }
    if (draft->consultation.len > 0) {
        json_object_set_new(object, "consultatie",
                            json_stringn(draft->consultation.ptr, draft->consultation.len));
        if (is_invented(work)) {
            json_object_set_new(object, "verzonnen", json_true());
        }
    }
    return object;
}

static json_t *texts(const struct report_draft *draft)
{
    return json_pack("{s:s%,s:s%,s:s%}", "voorwoord", draft->foreword.ptr, draft->foreword.len,
                     "samenvatting", draft->summary.ptr, draft->summary.len, "summary", draft->summary_en.ptr,
                     draft->summary_en.len);
}

/* Takes the sections. */
static json_t *document_of(struct work *work)
{
    unsigned char key[CRYPTO_VERIFYING_KEY_BYTES];
    const struct report_draft *draft = work->m.draft;
    crypto_verifying_key(key, work->m.means->keys);
    json_t *signing = report_key_json(key);
    json_object_del(signing, "pem");
    json_t *document = json_pack(
        "{s:s,s:i,s:i,s:s%,s:o,s:o,s:s,s:o,s:O,s:o,s:o}", "soort", REPORT_KIND, "schemaVersie", REPORT_SCHEMA,
        "nummer", (int)draft->number, "titel", draft->title.ptr, draft->title.len, "over", about(work),
        "opgemaaktOp", time_json(work->m.means->now_s), "programma", ZEVENSTEM_VERSION, "ondertekening",
        signing, "uitgaven", work->releases, "teksten", texts(draft), "delen", work->sections);
    work->sections = NULL;
    set(document, "opmerkingen", draft->remarks ? draft->remarks : json_null());
    return document ? report_exact_take(document) : NULL;
}

void report_made_free(struct report_made *made)
{
    json_decref(made->document);
    json_decref(made->releases);
    json_decref(made->quoted);
    *made = (struct report_made){.outcome = made->outcome};
}

enum db_status report_make(struct report_made *out, struct db_tx *tx, const struct report_means *means,
                           const struct report_draft *draft)
{
    *out = (struct report_made){.outcome = REPORT_MADE};
    struct work work = {.m = {.tx = tx,
                              .arena = db_arena(tx),
                              .means = means,
                              .draft = draft,
                              .signals = json_array(),
                              .quoted = json_array()},
                        .out = out,
                        .sections = json_array(),
                        .releases = json_array(),
                        .numbers = json_object()};
    json_t *agenda = NULL;
    enum db_status status = DB_OK;
    find_rounds(&work);
    if (out->outcome == REPORT_MADE && !means->figures_alone) {
        status = report_read_signals(&work.m);
        if (work.m.limit) {
            too_large(out, work.m.limit);
        }
        status = status == DB_OK ? agenda_json(&agenda, tx, work.m.arena) : status;
        work.m.agenda = agenda;
    }
    for (size_t i = 0; status == DB_OK && out->outcome == REPORT_MADE && i < work.round_count; i++) {
        status = make_round(&work, work.rounds[i]);
    }
    if (status == DB_OK && out->outcome == REPORT_MADE) {
        status = gather_all(&work, false);
    }
    if (status == DB_OK && out->outcome == REPORT_MADE) {
        out->document = document_of(&work);
        out->quotes_dropped = work.m.quotes_dropped;
        out->outcome = out->document ? REPORT_MADE : REPORT_FAILED;
        out->releases = json_incref(work.numbers);
        out->quoted = json_incref(work.m.quoted);
    }
    json_decref(agenda);
    json_decref(work.m.signals);
    json_decref(work.m.quoted);
    json_decref(work.sections);
    json_decref(work.releases);
    json_decref(work.numbers);
    return status;
}

bool report_sign(struct report_signed *out, struct arena *arena, const struct crypto_keys *keys,
                 const json_t *document)
{
    unsigned char *bytes =
        arena_alloc(arena, CRYPTO_SHA256_BYTES + CRYPTO_SIGNATURE_BYTES + CRYPTO_VERIFYING_KEY_BYTES);
    unsigned char *signature = bytes + CRYPTO_SHA256_BYTES, *key = signature + CRYPTO_SIGNATURE_BYTES;
    *out = (struct report_signed){.sha256 = {(const char *)bytes, CRYPTO_SHA256_BYTES},
                                  .signature = {(const char *)signature, CRYPTO_SIGNATURE_BYTES},
                                  .key = {(const char *)key, CRYPTO_VERIFYING_KEY_BYTES}};
    if (!json_canonical_text(&out->document, arena, document, REPORT_BYTES_MAX)) {
        return false;
    }
    crypto_sha256(bytes, out->document);
    crypto_signature_make(signature, keys, out->document);
    crypto_verifying_key(key, keys);
    return true;
}
