/* Finding a variable by its code, and what the codebook says as a whole. */
#include "features/questionnaire/model.h"

static uint32_t hash_code(struct slice code)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < code.len; i++) {
        hash = (hash ^ (unsigned char)code.ptr[i]) * 16777619u;
    }
    return hash ^ hash >> 15;
}

/* Open addressing; a code that stands twice is a fault. */
void codebook_index(struct questionnaire *q, struct json_errors *errors)
{
    size_t size = 16;
    while (size < 2 * q->variable_count) {
        size *= 2;
    }
    q->lookup.indexes = arena_array(q->arena, size, sizeof *q->lookup.indexes);
    q->lookup.mask = size - 1;
    for (size_t i = 0; i < q->variable_count; i++) {
        struct slice code = slice_from_cstr(q->variables[i].code);
        if (questionnaire_find_variable(q, code) >= 0) {
            json_errors_add(
                errors, "", "dubbel",
                "Twee variabelen krijgen de code %s. Kies een andere code voor een vraag of antwoord.",
                q->variables[i].code);
        }
        size_t at = hash_code(code) & q->lookup.mask;
        while (q->lookup.indexes[at] != 0) {
            at = (at + 1) & q->lookup.mask;
        }
        q->lookup.indexes[at] = (int)i + 1;
    }
}

int questionnaire_find_variable(const struct questionnaire *q, struct slice code)
{
    size_t at = hash_code(code) & q->lookup.mask;
    while (q->lookup.indexes[at] != 0) {
        int index = q->lookup.indexes[at] - 1;
        if (slice_equal_cstr(code, q->variables[index].code)) {
            return index;
        }
        at = (at + 1) & q->lookup.mask;
    }
    return -1;
}

const struct variable *questionnaire_variables(size_t *count, const struct questionnaire *q)
{
    *count = q->variable_count;
    return q->variables;
}

size_t questionnaire_vector_size(const struct questionnaire *q)
{
    return q->vector_size;
}

size_t questionnaire_text_count(const struct questionnaire *q)
{
    return q->text_count;
}

int questionnaire_text_variable(const struct questionnaire *q, size_t text)
{
    return q->text_variable[text];
}

int questionnaire_text_index(const struct questionnaire *q, int variable)
{
    return variable < 0 ? -1 : q->text_index[variable];
}
