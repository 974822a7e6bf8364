#include "features/tafel/tafel_framework.h"

#include "features/coding/coding.h"
#include "features/tafel/tafel_table.h"

#include <stdio.h>
#include <string.h>

#define COUNT(ARRAY) (sizeof(ARRAY) / sizeof((ARRAY)[0]))

enum { TEXT_MAX = 3000, LINE_MAX_POINTS = 300 };

const char *const framework_parties[] = {
    "burgers", "overheid", "bedrijven", "kennisinstellingen", "maatschappelijke-organisaties", NULL};
const char *const framework_grounds[] = {"overleg", "mandaat", NULL};
const char *const framework_approvals[] = {"tweede-persoon", "overleg", NULL};
const char *const framework_states[] = {"concept", "voorgelegd", "vastgesteld", "teruggelegd", NULL};

static const char *const reversible[] = {"ja", "deels", "nee", "onbekend", NULL};
static const char *const made[] = {"nederland", "elders", "beide", "onbekend", NULL};
static const char *const stances[] = {"voor", "tegen", NULL};

#define TEXT(NAME)                                                                                           \
    {                                                                                                        \
        .name = NAME, .kind = FRAMEWORK_TEXT, .needed = false, .one_of = NULL, .max = TEXT_MAX               \
    }
#define NEEDED_TEXT                                                                                          \
    {                                                                                                        \
        .name = "tekst", .kind = FRAMEWORK_TEXT, .needed = true, .one_of = NULL, .max = TEXT_MAX             \
    }
#define LINE(NAME)                                                                                           \
    {                                                                                                        \
        .name = NAME, .kind = FRAMEWORK_LINE, .needed = false, .one_of = NULL, .max = LINE_MAX_POINTS        \
    }
#define CODE(NAME, NEEDED, ONE_OF)                                                                           \
    {                                                                                                        \
        .name = NAME, .kind = FRAMEWORK_CODE, .needed = NEEDED, .one_of = ONE_OF, .max = LINE_MAX_POINTS     \
    }

static const struct framework_field effects[] = {
    TEXT("brede-welvaart"), TEXT("veiligheid"),       TEXT("gezondheid"),  TEXT("natuurlijkheid"),
    TEXT("keuzevrijheid"),  TEXT("rechtvaardigheid"), TEXT("legitimiteit")};
static const struct framework_field for_whom[] = {TEXT("mensen"), TEXT("dieren"), TEXT("milieu"),
                                                  TEXT("later"), TEXT("elders")};
static const struct framework_field consequences[] = {TEXT("baten"), TEXT("risicos"), TEXT("onbekend"),
                                                      TEXT("alternatieven")};
static const struct framework_field nature[] = {CODE("omkeerbaar", false, reversible),
                                                TEXT("omkeerbaarWaarom"), CODE("gemaakt", false, made),
                                                TEXT("gemaaktWaarom")};
static const struct framework_field evidence[] = {CODE("ronde", false, NULL), TEXT("toelichting")};
static const struct framework_field arguments[] = {
    CODE("kant", true, stances), NEEDED_TEXT, CODE("partij", false, framework_parties), LINE("passages")};
static const struct framework_field tensions[] = {CODE("waarde", true, coding_values),
                                                  CODE("tegenover", true, coding_values), NEEDED_TEXT};
static const struct framework_field conditions[] = {
    {.name = "waarden", .kind = FRAMEWORK_CODES, .needed = true, .one_of = coding_values, .max = 0},
    NEEDED_TEXT};
static const struct framework_field minorities[] = {NEEDED_TEXT, LINE("wie")};
static const struct framework_field conclusion[] = {TEXT("tekst"), CODE("grond", false, framework_grounds),
                                                    CODE("besluit", false, NULL), LINE("verwijzing")};
static const struct framework_field dissents[] = {
    CODE("kant", false, table_sides),
    LINE("organisatie"),
    LINE("naam"),
    {.name = "naamMag", .kind = FRAMEWORK_TICK, .needed = false, .one_of = NULL, .max = 0},
    NEEDED_TEXT};

#define PART(CODE_TEXT, LIST, FIELDS)                                                                        \
    {                                                                                                        \
        .code = CODE_TEXT, .is_list = LIST, .count = COUNT(FIELDS), .fields = FIELDS                         \
    }
const struct framework_part framework_parts[FRAMEWORK_SECTIONS] = {
    [FRAMEWORK_EFFECTS] = PART("effecten", false, effects),
    [FRAMEWORK_FOR_WHOM] = PART("betrokkenen", false, for_whom),
    [FRAMEWORK_CONSEQUENCES] = PART("gevolgen", false, consequences),
    [FRAMEWORK_NATURE] = PART("aard", false, nature),
    [FRAMEWORK_EVIDENCE] = PART("bewijs", false, evidence),
    [FRAMEWORK_ARGUMENTS] = PART("argumenten", true, arguments),
    [FRAMEWORK_TENSIONS] = PART("spanningen", true, tensions),
    [FRAMEWORK_CONDITIONS] = PART("voorwaarden", true, conditions),
    [FRAMEWORK_MINORITIES] = PART("minderheden", true, minorities),
    [FRAMEWORK_CONCLUSION] = PART("conclusie", false, conclusion),
    [FRAMEWORK_DISSENTS] = PART("afwijkend", true, dissents),
};

enum framework_section framework_section_find(struct slice code)
{
    unsigned section = 0;
    while (section < FRAMEWORK_SECTIONS && !slice_equal_cstr(code, framework_parts[section].code)) {
        section++;
    }
    return (enum framework_section)section;
}

enum framework_state framework_state_find(struct slice name)
{
    unsigned state = 0;
    while (state < FRAMEWORK_STATES && !slice_equal_cstr(name, framework_states[state])) {
        state++;
    }
    return (enum framework_state)state;
}

bool framework_may_write(enum framework_state state)
{
    return state != FRAMEWORK_PUT_FORWARD && state != FRAMEWORK_STATES;
}

/* ---- reading ---- */

static void forget(void *object)
{
    json_decref(object);
}

/* With lines that end in LF alone. */
static struct slice clean(struct arena *arena, struct slice text)
{
    char *out = arena_alloc(arena, text.len + 1);
    size_t length = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '\r') {
            out[length++] = text.ptr[i];
        } else if (i + 1 == text.len || text.ptr[i + 1] != '\n') {
            out[length++] = '\n';
        }
    }
    out[length] = '\0';
    return (struct slice){out, length};
}

/* Texts, lines and codes alike. */
static void read_text(struct json_errors *errors, json_t *content, const struct framework_field *field,
                      const json_t *posted)
{
    struct slice text = {NULL, 0};
    const struct json_field decoded = {.name = field->name,
                                       .kind = JSON_KIND_STRING,
                                       .optional = !field->needed,
                                       .min = 1,
                                       .max = field->max,
                                       .one_of = field->one_of,
                                       .out = &text};
    json_t *one = json_object();
    json_object_set(one, field->name, json_object_get(posted, field->name));
    if (!json_object_get(posted, field->name)) {
        json_object_del(one, field->name);
    }
    if (json_decode(errors, "", one, &decoded, 1) && text.ptr) {
        const struct slice kept = clean(errors->arena, text);
        json_object_set_new(content, field->name, json_stringn(kept.ptr, kept.len));
    }
    json_decref(one);
}

static bool is_one_of(const char *code, const char *const *codes)
{
    while (*codes && strcmp(code, *codes) != 0) {
        codes++;
    }
    return *codes != NULL;
}

static void read_codes(struct json_errors *errors, json_t *content, const struct framework_field *field,
                       const json_t *posted)
{
    size_t i;
    const json_t *code;
    bool wrong = false;
    json_t *list = json_array();
    json_array_foreach(json_object_get(posted, field->name), i, code)
    {
        const char *text = json_is_string(code) ? json_string_value(code) : "";
        wrong = wrong || !is_one_of(text, field->one_of) || i >= CODING_VALUES;
        json_array_append_new(list, json_string(text));
    }
    if (wrong || (field->needed && i == 0)) {
        json_errors_add(errors, arena_printf(errors->arena, "/%s", field->name).ptr,
                        wrong ? "keuze" : "ontbreekt", "Kies ten minste een uit de lijst.");
    }
    json_object_set_new(content, field->name, list);
}

/* Numbers apart by spaces or commas. */
static void read_passages(struct json_errors *errors, json_t *content)
{
    struct slice text = slice_from_cstr("");
    const json_t *posted = json_object_get(content, "passages");
    json_t *list = json_array();
    bool wrong = false;
    if (posted) {
        text =
            arena_copy(errors->arena, (struct slice){json_string_value(posted), json_string_length(posted)});
    }
    for (size_t at = 0; at < text.len;) {
        uint64_t number = 0;
        size_t end = at, i;
        const json_t *other;
        while (end < text.len && !strchr(" ,;\n\t", text.ptr[end])) {
            end++;
        }
        const struct slice digits = {text.ptr + at, end - at};
        at = end + 1;
        if (digits.len == 0) {
            continue;
        }
        wrong = wrong || !slice_to_u64(&number, digits, INT64_MAX) || number == 0;
        json_array_foreach(list, i, other)
        {
            wrong = wrong || json_integer_value(other) == (json_int_t)number;
        }
        json_array_append_new(list, json_integer((json_int_t)number));
    }
    if (wrong || json_array_size(list) > FRAMEWORK_PASSAGES_MAX) {
        json_errors_add(errors, "/passages", "passages",
                        "Schrijf nummers van passages, met een komma ertussen, elk een keer en niet meer dan "
                        "%d.",
                        FRAMEWORK_PASSAGES_MAX);
    }
    json_object_set_new(content, "passages", list);
}

static bool has(const json_t *content, const char *name)
{
    return json_object_get(content, name) != NULL;
}

static bool is(const json_t *content, const char *name, const char *code)
{
    const char *text = json_string_value(json_object_get(content, name));
    return text && strcmp(text, code) == 0;
}

static void check_dissent(struct json_errors *errors, json_t *content)
{
    if (!has(content, "kant") && !has(content, "organisatie") && !has(content, "naam")) {
        json_errors_add(errors, "/kant", "ontbreekt",
                        "Zeg wie hier anders over denkt: een kant van de tafel of een organisatie.");
    }
    if (has(content, "naam") && !json_is_true(json_object_get(content, "naamMag"))) {
        json_errors_add(errors, "/naam", "toestemming",
                        "Noem iemand alleen met naam als die persoon dat wil. Vink dat dan aan, of haal de "
                        "naam weg.");
    }
}

static void check_conclusion(struct json_errors *errors, json_t *content)
{
    if (is(content, "grond", "overleg")) {
        if (!has(content, "besluit")) {
            json_errors_add(errors, "/besluit", "ontbreekt", "Kies het besluit waar dit op rust.");
        }
        json_object_del(content, "verwijzing");
    } else if (is(content, "grond", "mandaat")) {
        if (!has(content, "verwijzing")) {
            json_errors_add(errors, "/verwijzing", "ontbreekt", "Noem welk mandaat, met de datum.");
        }
        json_object_del(content, "besluit");
    } else if (has(content, "besluit") || has(content, "verwijzing")) {
        json_errors_add(errors, "/grond", "ontbreekt", "Zeg of dit op een overleg rust of op een mandaat.");
    }
}

static void check(struct json_errors *errors, enum framework_section section, json_t *content)
{
    const char *value = json_string_value(json_object_get(content, "waarde"));
    switch (section) {
    case FRAMEWORK_ARGUMENTS:
        read_passages(errors, content);
        break;
    case FRAMEWORK_TENSIONS:
        if (value && is(content, "tegenover", value)) {
            json_errors_add(errors, "/tegenover", "keuze", "Kies twee waarden die verschillen.");
        }
        break;
    case FRAMEWORK_CONCLUSION:
        check_conclusion(errors, content);
        break;
    case FRAMEWORK_DISSENTS:
        check_dissent(errors, content);
        break;
    case FRAMEWORK_EFFECTS:
    case FRAMEWORK_FOR_WHOM:
    case FRAMEWORK_CONSEQUENCES:
    case FRAMEWORK_NATURE:
    case FRAMEWORK_EVIDENCE:
    case FRAMEWORK_CONDITIONS:
    case FRAMEWORK_MINORITIES:
    case FRAMEWORK_SECTIONS:
        break;
    }
}

json_t *framework_read(struct json_errors *errors, struct arena *arena, enum framework_section section,
                       const json_t *posted)
{
    const struct framework_part *part = &framework_parts[section];
    json_t *content = json_object();
    arena_defer(arena, forget, content);
    for (size_t i = 0; i < part->count; i++) {
        const struct framework_field *field = &part->fields[i];
        switch (field->kind) {
        case FRAMEWORK_CODES:
            read_codes(errors, content, field, posted);
            break;
        case FRAMEWORK_TICK:
            json_object_set_new(content, field->name,
                                json_boolean(json_is_true(json_object_get(posted, field->name))));
            break;
        case FRAMEWORK_TEXT:
        case FRAMEWORK_LINE:
        case FRAMEWORK_CODE:
            read_text(errors, content, field, posted);
            break;
        }
    }
    check(errors, section, content);
    return content;
}

json_t *framework_form_values(enum framework_section section, const json_t *content)
{
    size_t i;
    const json_t *number;
    json_t *values = content ? json_copy((json_t *)(uintptr_t)content) : json_object();
    if (section == FRAMEWORK_ARGUMENTS && has(values, "passages")) {
        char text[FRAMEWORK_PASSAGES_MAX * 24] = "";
        size_t used = 0;
        json_array_foreach(json_object_get(values, "passages"), i, number)
        {
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%lld", i > 0 ? ", " : "",
                                     (long long)json_integer_value(number));
        }
        json_object_set_new(values, "passages", json_string(text));
    }
    return values;
}

/* ---- what it lacks ---- */

static bool lacks_any(const json_t *content, const struct framework_part *part)
{
    for (size_t i = 0; i < part->count; i++) {
        if (!has(content, part->fields[i].name)) {
            return true;
        }
    }
    return false;
}

static bool has_argument(const json_t *document, const char *stance)
{
    size_t i;
    const json_t *argument;
    json_array_foreach(json_object_get(document, framework_parts[FRAMEWORK_ARGUMENTS].code), i, argument)
    {
        if (is(argument, "kant", stance)) {
            return true;
        }
    }
    return false;
}

/* Whom nothing was written about is not left out by mistake: each of the five is said something of. */
static bool section_lacks(const json_t *document, enum framework_section section)
{
    const json_t *content = json_object_get(document, framework_parts[section].code);
    switch (section) {
    case FRAMEWORK_EFFECTS:
        return json_object_size(content) == 0;
    case FRAMEWORK_FOR_WHOM:
    case FRAMEWORK_CONSEQUENCES:
        return lacks_any(content, &framework_parts[section]);
    case FRAMEWORK_NATURE:
        return !has(content, "omkeerbaar") || !has(content, "gemaakt");
    case FRAMEWORK_EVIDENCE:
        return !has(content, "ronde") && !has(content, "toelichting");
    case FRAMEWORK_ARGUMENTS:
        return !has_argument(document, "voor") || !has_argument(document, "tegen");
    case FRAMEWORK_CONCLUSION:
        return !has(content, "tekst") || (!has(content, "besluit") && !has(content, "verwijzing"));
    case FRAMEWORK_TENSIONS:
    case FRAMEWORK_CONDITIONS:
    case FRAMEWORK_MINORITIES:
    case FRAMEWORK_DISSENTS:
    case FRAMEWORK_SECTIONS:
        break;
    }
    return false;
}

unsigned framework_lacks(const json_t *document)
{
    unsigned lacks = 0;
    for (unsigned section = 0; section < FRAMEWORK_SECTIONS; section++) {
        if (section_lacks(document, (enum framework_section)section)) {
            lacks |= 1U << section;
        }
    }
    return lacks;
}
