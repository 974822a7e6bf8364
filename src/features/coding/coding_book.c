#include "features/coding/coding_book.h"

#include "features/questionnaire/questionnaire.h"
#include "formats/qda.h"

#include <string.h>

enum {
    RULES_MAX = 30,
    EXAMPLES_MAX = 30,
    SOURCES_MAX = 20,
    TITLE_MAX = CODEBOOK_TITLE_MAX,
    TEXT_MAX = 2000,
    INSTRUCTION_MAX = 5000
};

const char *const coding_values[] = {"brede-welvaart", "veiligheid",       "gezondheid",   "natuurlijkheid",
                                     "keuzevrijheid",  "rechtvaardigheid", "legitimiteit", NULL};
const char *const coding_facets[] = {"mens", "dier", "milieu", "elders", NULL};
const char *const coding_expressions[] = {"standpunt",      "zorg",  "verwachting", "kans",
                                          "randvoorwaarde", "vraag", NULL};
const char *const coding_directions[] = {"voor", "tegen", "onder-voorwaarden", "onduidelijk", NULL};
const char *const coding_origins[] = {"nederland", "elders", "onbekend", NULL};

/* What stands where in the document. The tree has two members: the values, and the codes beside them. */
static const struct axis {
    enum codebook_axis axis;
    const char *member;
    const char *word;         /* in front of a code, where it is named alone */
    const char *const *fixed; /* exactly these; NULL: any */
    bool optional;
} axes[] = {
    {CODEBOOK_TREE, "values", "", coding_values, false},
    {CODEBOOK_FACET, "facets", "facet/", coding_facets, false},
    {CODEBOOK_EXPRESSION, "expressions", "uiting/", coding_expressions, false},
    {CODEBOOK_DIRECTION, "directions", "richting/", coding_directions, false},
    {CODEBOOK_ORIGIN, "origins", "herkomst/", coding_origins, false},
    {CODEBOOK_APPLICATION, "applications", "toepassing/", NULL, false},
    {CODEBOOK_TREE, "codes", "", NULL, true},
};
enum { MEMBERS = sizeof axes / sizeof axes[0] };

/* An exclusion that names another code, which may stand further on. */
struct pending {
    enum codebook_axis axis;
    struct codebook_exclusion *exclusion;
    struct slice code;
    const char *pointer;
    struct pending *next;
};

struct loader {
    struct json_errors *errors;
    struct arena *arena;
    struct codebook *book;
    struct codebook_entry *entries[CODEBOOK_AXES];
    struct pending *pending;
};

static const char *below(struct loader *l, const char *pointer, const char *member)
{
    return json_pointer_append(l->arena, pointer, member);
}

static const char *nth(struct loader *l, const char *pointer, size_t i)
{
    return arena_printf(l->arena, "%s/%zu", pointer, i).ptr;
}

#define DECODE(l, pointer, object, fields)                                                                   \
    json_decode_document((l)->errors, pointer, object, fields, sizeof(fields) / sizeof(fields)[0])

/* ---- the parts of an entry ---- */

static void load_include(struct codebook_entry *entry, struct loader *l, const char *pointer,
                         const json_t *list)
{
    struct slice *rules = arena_array(l->arena, json_array_size(list), sizeof *rules);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *rule = json_array_get(list, i);
        if (json_is_string(rule) && json_string_length(rule) > 0) {
            rules[entry->include_count++] = slice_from_cstr(json_string_value(rule));
        } else {
            json_errors_add(l->errors, nth(l, pointer, i), "type", "Schrijf hier een regel als tekst.");
        }
    }
    entry->include = rules;
}

static void load_exclude(struct codebook_entry *entry, struct loader *l, enum codebook_axis axis,
                         const char *pointer, const json_t *list)
{
    struct codebook_exclusion *rules = arena_array(l->arena, json_array_size(list), sizeof *rules);
    entry->exclude = rules;
    entry->exclude_count = json_array_size(list);
    for (size_t i = 0; i < entry->exclude_count; i++) {
        const char *at = nth(l, pointer, i);
        struct slice instead = {NULL, 0};
        const struct json_field fields[] = {
            {.name = "text", .kind = JSON_KIND_STRING, .min = 1, .max = TEXT_MAX, .out = &rules[i].text},
            {.name = "instead", .kind = JSON_KIND_STRING, .optional = true, .out = &instead}};
        rules[i].instead = -1;
        DECODE(l, at, json_array_get(list, i), fields);
        if (instead.ptr) {
            struct pending *pending = arena_alloc(l->arena, sizeof *pending);
            *pending = (struct pending){axis, &rules[i], instead, below(l, at, "instead"), l->pending};
            l->pending = pending;
        }
    }
}

static void load_examples(struct codebook_entry *entry, struct loader *l, const char *pointer,
                          const json_t *list)
{
    struct codebook_example *examples = arena_array(l->arena, json_array_size(list), sizeof *examples);
    entry->examples = examples;
    entry->example_count = json_array_size(list);
    for (size_t i = 0; i < entry->example_count; i++) {
        const struct json_field fields[] = {
            {.name = "quote", .kind = JSON_KIND_STRING, .min = 1, .max = TEXT_MAX, .out = &examples[i].quote},
            {.name = "why", .kind = JSON_KIND_STRING, .min = 1, .max = TEXT_MAX, .out = &examples[i].why}};
        DECODE(l, nth(l, pointer, i), json_array_get(list, i), fields);
    }
}

static int position(const char *const *list, struct slice code)
{
    for (int i = 0; list[i]; i++) {
        if (slice_equal_cstr(code, list[i])) {
            return i;
        }
    }
    return -1;
}

static void load_facets(struct codebook_entry *entry, struct loader *l, const char *pointer,
                        const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *code = json_string_value(json_array_get(list, i));
        const int facet = code ? position(coding_facets, slice_from_cstr(code)) : -1;
        if (facet < 0) {
            json_errors_add(l->errors, nth(l, pointer, i), "keuze",
                            "Kies hier uit mens, dier, milieu en elders.");
        } else if (entry->facets & 1u << facet) {
            json_errors_add(l->errors, nth(l, pointer, i), "dubbel", "Dit facet staat hier al.");
        } else {
            entry->facets |= 1u << facet;
        }
    }
}

static void load_colour(struct codebook_entry *entry, struct loader *l, const char *pointer,
                        struct slice colour)
{
    enum { DIGITS = 6 };
    int32_t value = 0;
    bool good = colour.len == DIGITS + 1 && colour.ptr[0] == '#';
    for (size_t i = 1; good && i <= DIGITS; i++) {
        const char *const hex = "0123456789ABCDEF";
        const char *digit = strchr(hex, colour.ptr[i]);
        good = digit && *digit;
        value = good ? value * 16 + (int32_t)(digit - hex) : 0;
    }
    if (good) {
        entry->colour = value;
    } else {
        json_errors_add(l->errors, pointer, "vorm", "Schrijf deze kleur als #01689B.");
    }
}

/* ---- entries ---- */

int codebook_find(const struct codebook *book, enum codebook_axis axis, struct slice code)
{
    for (size_t i = 0; i < book->axes[axis].count; i++) {
        if (slice_equal(book->axes[axis].items[i].code, code)) {
            return (int)i;
        }
    }
    return -1;
}

static void check_code(struct loader *l, enum codebook_axis axis, const char *pointer, struct slice code)
{
    if (!code.ptr) {
        return;
    }
    if (!questionnaire_is_code(code)) {
        json_errors_add(
            l->errors, pointer, "code",
            "Een code bestaat uit kleine letters, cijfers en enkele streepjes, ten hoogste 40 tekens.");
    } else if (codebook_find(l->book, axis, code) >= 0) {
        json_errors_add(l->errors, pointer, "dubbel", "Deze code is er al. Kies een andere.");
    }
}

static void check_guid(struct loader *l, const char *pointer, const struct codebook_entry *entry)
{
    struct qda_guid guid, other;
    if (!entry->guid.ptr) {
        return;
    }
    if (!qda_guid_parse(&guid, entry->guid)) {
        json_errors_add(l->errors, pointer, "vorm", "Schrijf hier een GUID, of laat dit weg.");
        return;
    }
    for (size_t axis = 0; axis < CODEBOOK_AXES; axis++) {
        for (size_t i = 0; i < l->book->axes[axis].count; i++) {
            if (qda_guid_parse(&other, l->book->axes[axis].items[i].guid) &&
                memcmp(&guid, &other, sizeof guid) == 0) {
                json_errors_add(l->errors, pointer, "dubbel", "Deze GUID heeft een andere code al.");
            }
        }
    }
}

/* What the member of one entry needs besides what all have. */
struct place {
    enum codebook_axis axis;
    bool value; /* one of the seven */
    int parent;
    unsigned depth; /* from 1 */
};

static void load_list(struct loader *l, const char *pointer, const json_t *list, struct place place);

static void load_entry(struct loader *l, const char *pointer, const json_t *object, struct place place)
{
    const bool tree = place.axis == CODEBOOK_TREE;
    struct codebook_list *axis = &l->book->axes[place.axis];
    struct codebook_entry *entry = &l->entries[place.axis][axis->count];
    json_t *include = NULL, *exclude = NULL, *examples = NULL, *codes = NULL, *facets = NULL;
    struct slice colour = {NULL, 0};
    const struct json_field fields[] = {
        {.name = "code", .kind = JSON_KIND_STRING, .out = &entry->code},
        {.name = "title", .kind = JSON_KIND_STRING, .min = 1, .max = TITLE_MAX, .out = &entry->title},
        {.name = "definition",
         .kind = JSON_KIND_STRING,
         .min = 1,
         .max = CODEBOOK_DEFINITION_MAX,
         .out = &entry->definition},
        {.name = "include",
         .kind = JSON_KIND_ARRAY,
         .optional = !place.value,
         .min = 1,
         .max = RULES_MAX,
         .out = &include},
        {.name = "exclude",
         .kind = JSON_KIND_ARRAY,
         .optional = !place.value,
         .min = 1,
         .max = RULES_MAX,
         .out = &exclude},
        {.name = "examples",
         .kind = JSON_KIND_ARRAY,
         .optional = !place.value,
         .min = 1,
         .max = EXAMPLES_MAX,
         .out = &examples},
        {.name = "guid", .kind = JSON_KIND_STRING, .optional = true, .out = &entry->guid},
        /* Of the tree alone. */
        {.name = "colour", .kind = JSON_KIND_STRING, .optional = true, .out = &colour},
        {.name = "codes",
         .kind = JSON_KIND_ARRAY,
         .optional = true,
         .max = CODEBOOK_CODES_MAX,
         .out = &codes},
        /* Of a value alone. */
        {.name = "facets", .kind = JSON_KIND_ARRAY, .max = CODING_FACETS, .out = &facets}};
    const size_t all = sizeof fields / sizeof fields[0];
    if (axis->count >= CODEBOOK_CODES_MAX) {
        json_errors_add(l->errors, pointer, "te-veel", "Er zijn ten hoogste %d codes.", CODEBOOK_CODES_MAX);
        return;
    }
    *entry = (struct codebook_entry){.parent = place.parent, .value = -1, .colour = -1};
    json_decode_document(l->errors, pointer, object, fields, place.value ? all : tree ? all - 1 : all - 3);
    check_code(l, place.axis, below(l, pointer, "code"), entry->code);
    check_guid(l, below(l, pointer, "guid"), entry);
    if (place.parent >= 0) {
        entry->value = l->entries[place.axis][place.parent].value;
        entry->colour = l->entries[place.axis][place.parent].colour;
    } else if (place.value) {
        entry->value = position(coding_values, entry->code);
    }
    if (colour.ptr) {
        load_colour(entry, l, below(l, pointer, "colour"), colour);
    }
    load_include(entry, l, below(l, pointer, "include"), include);
    load_exclude(entry, l, place.axis, below(l, pointer, "exclude"), exclude);
    load_examples(entry, l, below(l, pointer, "examples"), examples);
    load_facets(entry, l, below(l, pointer, "facets"), facets);
    const struct place under = {place.axis, false, (int)axis->count++, place.depth + 1};
    load_list(l, below(l, pointer, "codes"), codes, under);
}

static void load_list(struct loader *l, const char *pointer, const json_t *list, struct place place)
{
    if (place.depth > CODEBOOK_DEPTH_MAX && json_array_size(list) > 0) {
        json_errors_add(l->errors, pointer, "diepte", "Codes staan ten hoogste %d niveaus diep.",
                        CODEBOOK_DEPTH_MAX);
        return;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        load_entry(l, nth(l, pointer, i), json_array_get(list, i), place);
    }
}

/* ---- the whole ---- */

/* A closed list has all of its codes and no other. first: where on the axis it begins. */
static void check_fixed(struct loader *l, const struct axis *axis, const char *pointer, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *code = json_string_value(json_object_get(json_array_get(list, i), "code"));
        if (code && position(axis->fixed, slice_from_cstr(code)) < 0) {
            json_errors_add(l->errors, below(l, nth(l, pointer, i), "code"), "keuze",
                            "Dit is geen code van deze lijst. Zet eigen codes onder codes.");
        }
    }
    for (size_t i = 0; axis->fixed[i]; i++) {
        bool there = false;
        for (size_t k = 0; k < json_array_size(list); k++) {
            const char *code = json_string_value(json_object_get(json_array_get(list, k), "code"));
            there = there || (code && strcmp(code, axis->fixed[i]) == 0);
        }
        if (!there) {
            json_errors_add(l->errors, pointer, "ontbreekt", "Hier ontbreekt %s.", axis->fixed[i]);
        }
    }
}

static void load_sources(struct loader *l, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct slice title, publisher;
        int64_t year;
        const struct json_field fields[] = {
            {.name = "title", .kind = JSON_KIND_STRING, .min = 1, .max = 500, .out = &title},
            {.name = "publisher", .kind = JSON_KIND_STRING, .min = 1, .max = 200, .out = &publisher},
            {.name = "year", .kind = JSON_KIND_INT, .min = 1500, .max = 2999, .out = &year}};
        DECODE(l, nth(l, "/sources", i), json_array_get(list, i), fields);
    }
}

static void settle_pending(struct loader *l)
{
    for (struct pending *p = l->pending; p; p = p->next) {
        p->exclusion->instead = codebook_find(l->book, p->axis, p->code);
        if (p->exclusion->instead < 0) {
            json_errors_add(l->errors, p->pointer, "onbekend", "Noem een code die op deze lijst staat.");
        }
    }
}

static void load_document(struct loader *l, const json_t *document)
{
    struct codebook *book = l->book;
    json_t *lists[MEMBERS] = {NULL};
    json_t *sources = NULL;
    struct json_field fields[MEMBERS + 5] = {
        {.name = "code", .kind = JSON_KIND_STRING, .out = &book->code},
        {.name = "version", .kind = JSON_KIND_INT, .min = 1, .max = INT32_MAX, .out = &book->version},
        {.name = "title", .kind = JSON_KIND_STRING, .min = 1, .max = TITLE_MAX, .out = &book->title},
        {.name = "instruction",
         .kind = JSON_KIND_STRING,
         .min = 1,
         .max = INSTRUCTION_MAX,
         .out = &book->instruction},
        {.name = "sources", .kind = JSON_KIND_ARRAY, .min = 1, .max = SOURCES_MAX, .out = &sources}};
    for (size_t i = 0; i < MEMBERS; i++) {
        fields[5 + i] = (struct json_field){.name = axes[i].member,
                                            .kind = JSON_KIND_ARRAY,
                                            .optional = axes[i].optional,
                                            .max = CODEBOOK_CODES_MAX,
                                            .out = &lists[i]};
    }
    DECODE(l, "", document, fields);
    if (book->code.ptr && !questionnaire_is_code(book->code)) {
        json_errors_add(
            l->errors, "/code", "code",
            "Een code bestaat uit kleine letters, cijfers en enkele streepjes, ten hoogste 40 tekens.");
    }
    load_sources(l, sources);
    for (size_t i = 0; i < MEMBERS; i++) {
        const char *pointer = below(l, "", axes[i].member);
        const struct place place = {axes[i].axis, axes[i].fixed == coding_values, -1, 1};
        load_list(l, pointer, lists[i], place);
        if (axes[i].fixed && lists[i]) {
            check_fixed(l, &axes[i], pointer, lists[i]);
        }
    }
    settle_pending(l);
}

const struct codebook *codebook_load(struct json_errors *errors, struct arena *arena, struct slice document)
{
    const size_t faults = errors->count;
    struct loader l = {.errors = errors, .arena = arena, .book = arena_alloc(arena, sizeof *l.book)};
    const json_t *parsed = json_parse(errors, arena, document);
    if (!parsed) {
        return NULL;
    }
    for (size_t axis = 0; axis < CODEBOOK_AXES; axis++) {
        l.entries[axis] = arena_array(arena, CODEBOOK_CODES_MAX, sizeof *l.entries[axis]);
        l.book->axes[axis].items = l.entries[axis];
    }
    load_document(&l, parsed);
    for (size_t i = 0; i < CODING_VALUES; i++) {
        l.book->values[i] = codebook_find(l.book, CODEBOOK_TREE, slice_from_cstr(coding_values[i]));
    }
    return errors->count == faults ? l.book : NULL;
}

static const char *word_of(enum codebook_axis axis)
{
    size_t i = 0;
    while (axes[i].axis != axis) {
        i++;
    }
    return axes[i].word;
}

size_t codebook_lost(const struct slice **lost, struct arena *arena, const struct codebook *older,
                     const struct codebook *newer)
{
    size_t count = 0;
    struct slice *names = arena_array(arena, (size_t)CODEBOOK_AXES * CODEBOOK_CODES_MAX, sizeof *names);
    for (enum codebook_axis axis = CODEBOOK_TREE; axis < CODEBOOK_AXES; axis++) {
        for (size_t i = 0; i < older->axes[axis].count; i++) {
            const struct slice code = older->axes[axis].items[i].code;
            if (codebook_find(newer, axis, code) < 0) {
                names[count++] = arena_printf(arena, "%s%.*s", word_of(axis), SLICE_ARG(code));
            }
        }
    }
    *lost = names;
    return count;
}
