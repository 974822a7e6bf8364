/* Codes, texts, tags and conditions of the document. */
#include "features/questionnaire/load.h"

#include "base/buffer.h"

#include <string.h>

enum { TEXT_MAX = 64 * 1024 };

const char *load_pointer(struct loader *l, const char *pointer, const char *token)
{
    return json_pointer_append(l->q->arena, pointer, token);
}

const char *load_index(struct loader *l, const char *pointer, size_t index)
{
    return arena_printf(l->q->arena, "%s/%zu", pointer, index).ptr;
}

bool load_object(struct loader *l, const char *pointer, const json_t *object, const struct json_field *fields,
                 size_t count)
{
    json_decode_document(l->errors, pointer, object, fields, count);
    return json_is_object(object);
}

void load_fault(struct loader *l, const char *pointer, const char *code, const char *detail)
{
    json_errors_add(l->errors, pointer, code, "%s", detail);
}

bool questionnaire_is_code(struct slice code)
{
    bool good = code.len > 0 && code.len <= MAX_CODE && code.ptr[0] != '-' && code.ptr[code.len - 1] != '-';
    for (size_t i = 0; good && i < code.len; i++) {
        char c = code.ptr[i];
        good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && code.ptr[i - 1] != '-');
    }
    return good;
}

const char *load_code(struct loader *l, const char *pointer, struct slice code)
{
    if (!code.ptr) {
        return NULL;
    }
    if (!questionnaire_is_code(code)) {
        load_fault(
            l, pointer, "code",
            "Een code bestaat uit kleine letters, cijfers en enkele streepjes, ten hoogste 40 tekens.");
        return NULL;
    }
    return arena_cstr(l->q->arena, code);
}

/* Fills {name} from the texts of the instance. A name that it has not is a fault. */
static const char *fill(struct loader *l, const char *pointer, const char *text, int language)
{
    static const char *const languages[] = {"nl", "en"};
    if (!l->instance || !strchr(text, '{')) {
        return text;
    }
    struct buffer out;
    buffer_init(&out, TEXT_MAX);
    struct slice rest = slice_from_cstr(text);
    struct slice before;
    while (slice_cut(&before, &rest, rest, '{')) {
        struct slice name;
        buffer_append(&out, before);
        if (!slice_cut(&name, &rest, rest, '}')) {
            load_fault(l, pointer, "tekst", "Een { in deze tekst heeft geen }.");
            break;
        }
        const json_t *value = json_object_get(
            json_object_get(l->instance->texts, arena_cstr(l->q->arena, name)), languages[language]);
        if (json_is_string(value)) {
            buffer_append_cstr(&out, json_string_value(value));
        } else {
            json_errors_add(l->errors, pointer, "tekst",
                            "Tussen { } staat %.*s, een naam die de toepassing %s niet heeft.",
                            SLICE_ARG(name), l->instance->code);
        }
    }
    buffer_append(&out, before);
    const char *filled = arena_cstr(l->q->arena, buffer_slice(&out));
    buffer_free(&out);
    return filled;
}

struct text load_text(struct loader *l, const char *pointer, const json_t *object)
{
    struct slice nl = {NULL, 0};
    struct slice en = {NULL, 0};
    const struct json_field fields[] = {
        {.name = "nl", .kind = JSON_KIND_STRING, .min = 1, .max = 5000, .out = &nl},
        {.name = "en", .kind = JSON_KIND_STRING, .min = 1, .max = 5000, .out = &en}};
    struct text text = {{NULL, NULL}};
    if (object && load_object(l, pointer, object, fields, 2)) {
        text.by[0] = nl.ptr ? fill(l, pointer, nl.ptr, 0) : NULL;
        text.by[1] = en.ptr ? fill(l, pointer, en.ptr, 1) : NULL;
    }
    return text;
}

void load_html(struct slice html[LANGUAGES], struct loader *l, const char *pointer, const json_t *object,
               int first_heading, const struct slice after[LANGUAGES])
{
    struct text text = load_text(l, pointer, object);
    for (int i = 0; i < LANGUAGES; i++) {
        html[i] = (struct slice){NULL, 0};
        if (text.by[i]) {
            struct slice markdown = slice_from_cstr(text.by[i]);
            if (after && after[i].len > 0) {
                markdown = arena_printf(l->q->arena, "%s%.*s", text.by[i], SLICE_ARG(after[i]));
            }
            html[i] = web_markdown(l->q->arena, markdown, first_heading);
        }
    }
}

static const char *optional_code(struct loader *l, const char *pointer, const char *name, struct slice code)
{
    return code.len ? load_code(l, load_pointer(l, pointer, name), code) : NULL;
}

void load_tags(struct tag_list *out, struct loader *l, const char *pointer, const json_t *list)
{
    static const char *const values[] = {
        "brede-welvaart", "veiligheid",       "gezondheid",   "natuurlijkheid",
        "keuzevrijheid",  "rechtvaardigheid", "legitimiteit", NULL};
    static const char *const dimensions[] = {"belang",     "effect",      "aanvaardbaarheid", "zorg",
                                             "kans",       "verwachting", "rol-overheid",     "voorwaarde",
                                             "vertrouwen", "bekendheid",  "informatie",       "standpunt",
                                             "werving",    NULL};
    static const char *const facets[] = {"mens", "dier", "milieu", "elders", NULL};
    enum { MAX_TAGS = 8 };
    if (json_is_array(list) && (json_array_size(list) == 0 || json_array_size(list) > MAX_TAGS)) {
        load_fault(l, pointer, "bereik", "Geef een tot acht kenmerken, of laat tags weg.");
    }
    struct variable_tag *tags = arena_array(l->q->arena, json_array_size(list), sizeof *tags);
    size_t index;
    json_t *object;
    out->items = tags;
    out->count = 0;
    json_array_foreach((json_t *)(uintptr_t)list, index, object)
    {
        struct slice value = {NULL, 0};
        struct slice dimension = {NULL, 0};
        struct slice facet = {NULL, 0};
        struct slice application = {NULL, 0};
        const char *at = load_index(l, pointer, index);
        const struct json_field fields[] = {
            {.name = "value", .kind = JSON_KIND_STRING, .optional = true, .one_of = values, .out = &value},
            {.name = "dimension",
             .kind = JSON_KIND_STRING,
             .optional = true,
             .one_of = dimensions,
             .out = &dimension},
            {.name = "facet", .kind = JSON_KIND_STRING, .optional = true, .one_of = facets, .out = &facet},
            {.name = "application", .kind = JSON_KIND_STRING, .optional = true, .out = &application}};
        if (json_is_object(object) && json_object_size(object) == 0) {
            load_fault(l, at, "ontbreekt",
                       "Een kenmerk zegt iets over waarde, dimensie, facet of toepassing.");
        }
        if (load_object(l, at, object, fields, 4)) {
            tags[out->count++] = (struct variable_tag){value.ptr, dimension.ptr, facet.ptr,
                                                       optional_code(l, at, "application", application)};
        }
    }
}

/* ---- conditions ---- */

static bool is_earlier(const struct loader *l, size_t question)
{
    const struct place *place = &l->places[question];
    return place->entry < l->at.entry || (place->section == l->at.section && place->page < l->at.page);
}

int load_find_question(const struct loader *l, struct slice code)
{
    const struct questionnaire *q = l->q;
    for (size_t i = q->question_count; i > 0 && l->instance; i--) {
        const struct question *question = &q->questions[i - 1];
        if (question->instance >= 0 && &q->instances[question->instance] == l->instance &&
            slice_equal_cstr(code, question->local_code) && is_earlier(l, i - 1)) {
            return (int)i - 1;
        }
    }
    for (size_t i = 0; i < q->question_count; i++) {
        if (slice_equal_cstr(code, q->questions[i].code) && is_earlier(l, i)) {
            return (int)i;
        }
    }
    return -1;
}

static void take_options(struct condition *condition, struct loader *l, const char *pointer,
                         const json_t *codes)
{
    const struct question *question = &l->q->questions[condition->question];
    size_t index;
    json_t *code;
    json_array_foreach((json_t *)(uintptr_t)codes, index, code)
    {
        const char *text = json_string_value(code);
        bool known = text && strcmp(text, "weet-ik-niet") == 0 && question->dont_know;
        condition->dont_know = condition->dont_know || known;
        for (size_t o = 0; text && o < question->option_count; o++) {
            if (strcmp(question->options[o].code, text) == 0) {
                condition->options |= UINT64_C(1) << o;
                known = true;
            }
        }
        if (!known) {
            load_fault(l, load_index(l, pointer, index), "onbekend", "Deze vraag heeft dit antwoord niet.");
        }
    }
}

/* Saturates: what is too much is told once the page is whole. */
static void add_cost(struct loader *l, unsigned cost)
{
    l->cost = l->cost + cost > 2 * MAX_ROUTING_COST ? 2 * MAX_ROUTING_COST : l->cost + cost;
}

static bool has_text(const struct question *question)
{
    for (size_t i = 0; i < question->option_count; i++) {
        if (question->options[i].text_limit > 0) {
            return true;
        }
    }
    return question->type == QUESTION_TEXT;
}

static void about_question(struct condition *condition, struct loader *l, const char *pointer,
                           const json_t *object)
{
    struct slice code = {NULL, 0};
    json_t *in = NULL;
    json_t *not_in = NULL;
    bool answered = false;
    const struct json_field fields[] = {
        {.name = "question", .kind = JSON_KIND_STRING, .out = &code},
        {.name = "in", .kind = JSON_KIND_ARRAY, .optional = true, .min = 1, .max = 64, .out = &in},
        {.name = "not_in", .kind = JSON_KIND_ARRAY, .optional = true, .min = 1, .max = 64, .out = &not_in},
        {.name = "answered", .kind = JSON_KIND_BOOL, .optional = true, .out = &answered}};
    if (!load_object(l, pointer, object, fields, 4) || !code.ptr) {
        return;
    }
    condition->question = load_find_question(l, code);
    if (condition->question < 0) {
        load_fault(l, load_pointer(l, pointer, "question"), "onbekend",
                   "Een voorwaarde mag alleen over een eerdere vraag gaan; deze is er niet.");
    } else if ((in != NULL) + (not_in != NULL) + answered != 1) {
        load_fault(l, pointer, "vorm", "Geef precies een van in, not_in en answered.");
    } else if (answered) {
        condition->kind = CONDITION_ANSWERED;
        add_cost(l, l->q->questions[condition->question].routing_cost);
    } else {
        condition->kind = in ? CONDITION_IN : CONDITION_NOT_IN;
        add_cost(l, l->q->questions[condition->question].routing_cost);
        take_options(condition, l, load_pointer(l, pointer, in ? "in" : "not_in"), in ? in : not_in);
    }
}

static void take_children(struct condition *condition, struct loader *l, const char *pointer,
                          const json_t *list)
{
    size_t index;
    json_t *child;
    condition->count = json_array_size(list);
    condition->children = arena_array(l->q->arena, condition->count, sizeof *condition->children);
    json_array_foreach((json_t *)(uintptr_t)list, index, child)
    {
        struct condition *loaded = load_condition(l, load_index(l, pointer, index), child);
        if (loaded) {
            condition->children[index] = *loaded;
        }
    }
}

struct condition *load_condition(struct loader *l, const char *pointer, const json_t *object)
{
    struct condition *condition = arena_alloc(l->q->arena, sizeof *condition);
    const json_t *all = json_object_get(object, "all");
    const json_t *any = json_object_get(object, "any");
    const json_t *not = json_object_get(object, "not");
    const json_t *drawn = json_object_get(object, "drawn");
    condition->kind = CONDITION_ALL; /* of nothing: always */
    if (json_object_get(object, "question")) {
        about_question(condition, l, pointer, object);
    } else if (json_object_size(object) != 1) {
        load_fault(l, pointer, "vorm",
                   "Een voorwaarde is question met in, not_in of answered, of een van all, any, not, drawn, "
                   "any_text.");
    } else if (json_is_array(all) || json_is_array(any)) {
        condition->kind = all ? CONDITION_ALL : CONDITION_ANY;
        take_children(condition, l, load_pointer(l, pointer, all ? "all" : "any"), all ? all : any);
    } else if (json_is_object(not )) {
        condition->kind = CONDITION_NOT;
        condition->count = 1;
        condition->children = load_condition(l, load_pointer(l, pointer, "not"), not );
    } else if (json_is_integer(drawn) && l->instance && json_integer_value(drawn) >= 1 &&
               json_integer_value(drawn) <= QUESTIONNAIRE_MAX_DRAWS) {
        condition->kind = CONDITION_DRAWN;
        condition->drawn = (int)json_integer_value(drawn);
    } else if (json_is_true(json_object_get(object, "any_text"))) {
        condition->kind = CONDITION_ANY_TEXT;
        condition->question = l->at.first_question;
        for (int i = 0; i < condition->question; i++) {
            add_cost(l, has_text(&l->q->questions[i]) ? l->q->questions[i].routing_cost : 0);
        }
    } else {
        load_fault(l, pointer, "vorm", "Deze voorwaarde kennen wij niet.");
    }
    return condition;
}
