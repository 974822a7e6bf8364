/* A sheet in words: the same for everybody's page, for staff, on paper and where two versions are compared.
 */
#include "features/tafel/tafel_framework_pages.h"
#include "features/tafel/tafel_value_map_view.h"

#include "base/clock.h"

#include <string.h>

struct words {
    struct http_exchange *ex;
    const struct tafel *tafel;
    const char *consultation;
};

static const char *text_at(const struct words *w, const char *path)
{
    return arena_cstr(http_arena(w->ex),
                      locale_text(web_locales(w->tafel->config.web), http_language(w->ex), path));
}

#define FORMAT(w, path, ...)                                                                                 \
    locale_format(http_arena((w)->ex), web_locales((w)->tafel->config.web), http_language((w)->ex), path,    \
                  __VA_ARGS__, NULL)                                                                         \
        .ptr

static const char *at(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    return text ? text : "";
}

const char *framework_word(struct http_exchange *ex, const struct tafel *tafel, const char *code)
{
    const struct words w = {ex, tafel, ""};
    return text_at(&w, arena_printf(http_arena(ex), "tafel.framework.options.%s", code).ptr);
}

/* Words of codes are in small letters; a heading or an answer begins with a capital. */
static const char *capital(const struct words *w, const char *text)
{
    char *copy = arena_cstr(http_arena(w->ex), slice_from_cstr(text));
    copy[0] = copy[0] >= 'a' && copy[0] <= 'z' ? (char)(copy[0] - 'a' + 'A') : copy[0];
    return copy;
}

/* A label of a form is a heading on the page: "omkeerbaarWaarom" is called omkeerbaar_waarom there. */
static const char *label_of(const struct words *w, const char *section, const char *field)
{
    return text_at(w, arena_printf(http_arena(w->ex), "tafel.framework.%s.fields.%s", section, field).ptr);
}

static json_t *line(const char *head, const char *word, const char *text)
{
    json_t *out = json_pack("{s:s}", "tekst", text);
    if (head[0]) {
        json_object_set_new(out, "kop", json_string(head));
    }
    if (word[0]) {
        json_object_set_new(out, "woord", json_string(word));
    }
    return out;
}

/* ---- sections of fields ---- */

static json_t *texts_lines(const struct words *w, const struct framework_part *part, const json_t *content)
{
    json_t *lines = json_array();
    for (size_t i = 0; i < part->count; i++) {
        const char *text = at(content, part->fields[i].name);
        if (text[0]) {
            json_array_append_new(lines, line(label_of(w, part->code, part->fields[i].name), "", text));
        }
    }
    return lines;
}

static json_t *nature_lines(const struct words *w, const json_t *content)
{
    static const char *const pairs[][2] = {{"omkeerbaar", "omkeerbaarWaarom"}, {"gemaakt", "gemaaktWaarom"}};
    const char *section = framework_parts[FRAMEWORK_NATURE].code;
    json_t *lines = json_array();
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        const char *code = at(content, pairs[i][0]), *why = at(content, pairs[i][1]);
        if (code[0] || why[0]) {
            json_t *one = line(label_of(w, section, pairs[i][0]), "", why);
            if (code[0]) {
                json_object_set_new(one, "antwoord",
                                    json_string(capital(w, framework_word(w->ex, w->tafel, code))));
            }
            json_array_append_new(lines, one);
        }
    }
    return lines;
}

/* ---- evidence ---- */

static const struct survey_round *round_of(const struct words *w, const char *code)
{
    const struct survey_snapshot *snapshot = survey_snapshot_for(w->tafel->config.survey, w->ex);
    return snapshot ? survey_round_find(snapshot, slice_from_cstr(code)) : NULL;
}

static const char *day_of(const struct words *w, const char *time)
{
    enum { DAY_S = 86400 };
    int64_t unix_s = 0;
    int32_t day = 0;
    if (!clock_parse_rfc3339(&unix_s, slice_from_cstr(time)) &&
        clock_parse_day(&day, slice_from_cstr(time))) {
        unix_s = (int64_t)day * DAY_S;
    }
    return arena_cstr(http_arena(w->ex), locale_date(http_arena(w->ex), web_locales(w->tafel->config.web),
                                                     http_language(w->ex), unix_s));
}

/* The frozen figures are a value map of one application. */
static void put_figures(json_t *section, const struct words *w, const json_t *document,
                        const json_t *evidence)
{
    const struct survey_round *round = round_of(w, at(evidence, "ronde"));
    const char *application = at(document, "toepassing");
    if (!round || !json_object_get(evidence, "waarden")) {
        return;
    }
    const struct map_links links = {.row =
                                        arena_printf(http_arena(w->ex), "/waardenkaart/%s", round->code).ptr};
    json_t *map = json_pack("{s:O?,s:O?,s:[{s:s,s:s,s:O}]}", "enquete", json_object_get(evidence, "enquete"),
                            "gesprekken", json_object_get(evidence, "gesprekken"), "toepassingen",
                            "toepassing", application, "titel", at(document, "titel"), "waarden",
                            json_object_get(evidence, "waarden"));
    json_t *rows = map_application_context(map, slice_from_cstr(application), w->ex, w->tafel->config.web,
                                           round, &links);
    json_t *whole = map_context(map, w->ex, w->tafel->config.web, round, &links);
    const char *title = round->title[strcmp(http_language(w->ex), "en") == 0];
    json_object_update_missing(section, rows);
    json_object_set(section, "about", json_object_get(whole, "about"));
    json_object_set_new(section, "any_cells", json_true());
    json_object_set_new(section, "map_path",
                        json_string(arena_printf(http_arena(w->ex), "%s/%s", links.row, application).ptr));
    json_object_set_new(
        section, "from",
        json_string(FORMAT(w, "tafel.framework.evidence_from", "round", title ? title : round->code, "date",
                           day_of(w, at(evidence, "kaartOp")))));
    json_decref(rows);
    json_decref(whole);
    json_decref(map);
}

static json_t *evidence_lines(json_t *section, const struct words *w, const json_t *document,
                              const json_t *evidence)
{
    json_t *lines = json_array();
    put_figures(section, w, document, evidence);
    if (at(evidence, "toelichting")[0]) {
        json_array_append_new(lines, line("", "", at(evidence, "toelichting")));
    }
    return lines;
}

/* ---- lists ---- */

/* What an argument rests on: how many, how many were withdrawn, and the words that may be quoted. */
static void put_passages(json_t *out, const struct words *w, const json_t *argument)
{
    size_t i, gone = 0;
    const json_t *passage, *all = json_object_get(argument, "passages");
    json_t *quotes = json_array(), *numbers = json_array();
    json_array_foreach((json_t *)(uintptr_t)all, i, passage)
    {
        gone += strcmp(at(passage, "stand"), "ingetrokken") == 0;
        if (json_object_get(passage, "citaat")) {
            json_array_append_new(
                quotes, json_pack("{s:s,s:s}", "tekst", at(passage, "citaat"), "taal", at(passage, "taal")));
        }
        if (json_object_get(passage, "passage")) {
            json_array_append_new(numbers,
                                  json_pack("{s:I,s:b}", "nummer",
                                            json_integer_value(json_object_get(passage, "passage")), "weg",
                                            (int)(strcmp(at(passage, "stand"), "ingetrokken") == 0)));
        }
    }
    const size_t count = json_array_size(all);
    if (count > 0) {
        const char *n = arena_printf(http_arena(w->ex), "%zu", count).ptr;
        const char *away = arena_printf(http_arena(w->ex), "%zu", gone).ptr;
        json_object_set_new(out, "rust",
                            json_string(count == 1 ? text_at(w, "tafel.framework.rests_on_one")
                                                   : FORMAT(w, "tafel.framework.rests_on", "n", n)));
        if (gone > 0) {
            json_object_set_new(out, "ingetrokken",
                                json_string(gone == 1 ? text_at(w, "tafel.framework.withdrawn_one")
                                                      : FORMAT(w, "tafel.framework.withdrawn", "n", away)));
        }
    }
    kept_put_list(out, "nummers", "any_nummers", numbers);
    json_object_set_new(out, "citaten", quotes);
    json_decref(numbers);
}

static json_t *argument_lines(const struct words *w, const json_t *list)
{
    static const char *const stances[] = {"voor", "tegen"};
    size_t i;
    const json_t *argument;
    json_t *lines = json_array();
    for (size_t stance = 0; stance < 2; stance++) {
        json_array_foreach((json_t *)(uintptr_t)list, i, argument)
        {
            if (strcmp(at(argument, "kant"), stances[stance]) != 0) {
                continue;
            }
            const char *party = at(argument, "partij");
            json_t *one = line(framework_word(w->ex, w->tafel, stances[stance]),
                               party[0] ? framework_word(w->ex, w->tafel, party) : "", at(argument, "tekst"));
            put_passages(one, w, argument);
            json_object_set(one, "deel", json_object_get(argument, "nummer"));
            json_array_append_new(lines, one);
        }
    }
    return lines;
}

static const char *values_of(const struct words *w, const json_t *codes)
{
    size_t i;
    const json_t *code;
    struct slice all = SLICE("");
    json_array_foreach((json_t *)(uintptr_t)codes, i, code)
    {
        all = arena_printf(http_arena(w->ex), "%.*s%s%s", SLICE_ARG(all), i > 0 ? ", " : "",
                           framework_word(w->ex, w->tafel, json_string_value(code)));
    }
    return arena_cstr(http_arena(w->ex), all);
}

static const char *who_of(const struct words *w, const json_t *dissent)
{
    const char *side = at(dissent, "kant");
    const char *parts[] = {side[0] ? framework_word(w->ex, w->tafel, side) : "", at(dissent, "organisatie"),
                           at(dissent, "naam")};
    struct slice all = SLICE("");
    for (size_t i = 0; i < 3; i++) {
        if (parts[i][0]) {
            all = arena_printf(http_arena(w->ex), "%.*s%s%s", SLICE_ARG(all), all.len > 0 ? ", " : "",
                               parts[i]);
        }
    }
    return arena_cstr(http_arena(w->ex), all);
}

static const char *head_of(const struct words *w, enum framework_section section, const json_t *entry)
{
    switch (section) {
    case FRAMEWORK_TENSIONS:
        return capital(w, FORMAT(w, "tafel.framework.between", "a",
                                 framework_word(w->ex, w->tafel, at(entry, "waarde")), "b",
                                 framework_word(w->ex, w->tafel, at(entry, "tegenover"))));
    case FRAMEWORK_CONDITIONS:
        return capital(w, values_of(w, json_object_get(entry, "waarden")));
    case FRAMEWORK_DISSENTS:
        return capital(w, who_of(w, entry));
    case FRAMEWORK_MINORITIES:
        return at(entry, "wie");
    case FRAMEWORK_EFFECTS:
    case FRAMEWORK_FOR_WHOM:
    case FRAMEWORK_CONSEQUENCES:
    case FRAMEWORK_NATURE:
    case FRAMEWORK_EVIDENCE:
    case FRAMEWORK_ARGUMENTS:
    case FRAMEWORK_CONCLUSION:
    case FRAMEWORK_SECTIONS:
        break;
    }
    return "";
}

static json_t *entry_lines(const struct words *w, enum framework_section section, const json_t *list)
{
    size_t i;
    const json_t *entry;
    json_t *lines = json_array();
    json_array_foreach((json_t *)(uintptr_t)list, i, entry)
    {
        json_t *one = line(head_of(w, section, entry), "", at(entry, "tekst"));
        json_object_set_new(one, "kop_nl", json_boolean(section == FRAMEWORK_MINORITIES));
        json_object_set(one, "deel", json_object_get(entry, "nummer"));
        json_array_append_new(lines, one);
    }
    return lines;
}

/* ---- the conclusion, and who approved ---- */

/* "Decided by the table, 3 March 2027, item 2, by 5 members of 4 sides". */
static const char *decision_text(const struct words *w, const json_t *decision)
{
    struct arena *arena = http_arena(w->ex);
    const char *point =
        arena_printf(arena, "%lld", (long long)json_integer_value(json_object_get(decision, "punt"))).ptr;
    const char *members =
        arena_printf(arena, "%lld", (long long)json_integer_value(json_object_get(decision, "leden"))).ptr;
    const char *sides =
        arena_printf(arena, "%lld", (long long)json_integer_value(json_object_get(decision, "kanten"))).ptr;
    return FORMAT(w, "tafel.framework.decided", "table", at(decision, "tafel"), "date",
                  day_of(w, at(decision, "dag")), "point", point, "members", members, "sides", sides);
}

static json_t *conclusion_lines(const struct words *w, const json_t *content)
{
    const json_t *decision = json_object_get(content, "besluit");
    json_t *lines = json_array();
    if (at(content, "tekst")[0]) {
        json_array_append_new(lines, line("", "", at(content, "tekst")));
    }
    if (json_is_object(decision)) {
        json_t *one = line(text_at(w, "tafel.framework.rests_on_decision"), "", decision_text(w, decision));
        if (json_is_true(json_object_get(decision, "openbaar"))) {
            json_object_set_new(
                one, "meer_pad",
                json_string(arena_printf(http_arena(w->ex), "/besluitenlijsten/%lld",
                                         (long long)json_integer_value(json_object_get(decision, "overleg")))
                                .ptr));
        }
        json_array_append_new(lines, one);
        if (at(decision, "besluit")[0]) {
            json_array_append_new(lines,
                                  line(text_at(w, "tafel.framework.decision"), "", at(decision, "besluit")));
        }
        if (at(decision, "afwijkend")[0]) {
            json_array_append_new(
                lines, line(text_at(w, "tafel.framework.decision_dissent"), "", at(decision, "afwijkend")));
        }
    } else if (at(content, "verwijzing")[0]) {
        json_array_append_new(
            lines, line(text_at(w, "tafel.framework.rests_on_mandate"), "", at(content, "verwijzing")));
    }
    return lines;
}

static json_t *lines_of(json_t *section, const struct words *w, enum framework_section code,
                        const json_t *document)
{
    const struct framework_part *part = &framework_parts[code];
    const json_t *content = json_object_get(document, part->code);
    switch (code) {
    case FRAMEWORK_EFFECTS:
    case FRAMEWORK_FOR_WHOM:
    case FRAMEWORK_CONSEQUENCES:
        return texts_lines(w, part, content);
    case FRAMEWORK_NATURE:
        return nature_lines(w, content);
    case FRAMEWORK_EVIDENCE:
        return evidence_lines(section, w, document, content);
    case FRAMEWORK_ARGUMENTS:
        return argument_lines(w, content);
    case FRAMEWORK_CONCLUSION:
        return conclusion_lines(w, content);
    case FRAMEWORK_TENSIONS:
    case FRAMEWORK_CONDITIONS:
    case FRAMEWORK_MINORITIES:
    case FRAMEWORK_DISSENTS:
    case FRAMEWORK_SECTIONS:
        break;
    }
    return entry_lines(w, code, content);
}

json_t *framework_words(const json_t *document, struct http_exchange *ex, const struct tafel *tafel)
{
    const struct words w = {ex, tafel, at(document, "consultatie")};
    json_t *list = json_array();
    for (unsigned i = 0; i < FRAMEWORK_SECTIONS; i++) {
        const char *code = framework_parts[i].code;
        json_t *section =
            json_pack("{s:s,s:s,s:s}", "code", code, "titel",
                      text_at(&w, arena_printf(http_arena(ex), "tafel.framework.%s.title", code).ptr), "none",
                      text_at(&w, arena_printf(http_arena(ex), "tafel.framework.%s.none", code).ptr));
        json_t *lines = lines_of(section, &w, (enum framework_section)i, document);
        json_object_set_new(
            section, "any",
            json_boolean(json_array_size(lines) > 0 || json_object_get(section, "any_cells")));
        json_object_set_new(section, "regels", lines);
        json_array_append_new(list, section);
    }
    return list;
}

void framework_put_version(json_t *context, const json_t *document, struct http_exchange *ex,
                           const struct tafel *tafel)
{
    const struct words w = {ex, tafel, at(document, "consultatie")};
    const json_t *decision = json_object_get(document, "besluit");
    const char *version = arena_printf(http_arena(ex), "%lld",
                                       (long long)json_integer_value(json_object_get(document, "versie")))
                              .ptr;
    json_object_set_new(context, "secties", framework_words(document, ex, tafel));
    json_object_set_new(context, "versie", json_string(version));
    if (at(document, "vastgesteldOp")[0]) {
        json_object_set_new(
            context, "approved",
            json_string(decision ? FORMAT(&w, "tafel.framework.approved_by_meeting", "version", version,
                                          "date", day_of(&w, at(document, "vastgesteldOp")), "decision",
                                          decision_text(&w, decision))
                                 : FORMAT(&w, "tafel.framework.approved_by_second", "version", version,
                                          "date", day_of(&w, at(document, "vastgesteldOp")))));
    }
}
