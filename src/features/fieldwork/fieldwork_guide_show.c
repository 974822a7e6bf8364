/* A guide as it is printed: its parts with their times, questions and what is laid before people. */
#include "features/fieldwork/fieldwork_guide.h"

#include <string.h>

static void set_copy(json_t *out, const json_t *from, const char *name)
{
    json_t *member = json_object_get(from, name);
    if (member) {
        json_object_set(out, name, member);
    }
}

static json_t *pictured(const json_t *list, const char *code)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        if (code && strcmp(json_string_value(json_object_get(item, "code")), code) == 0) {
            return json_pack("{s:O,s:O}", "title", json_object_get(item, "title"), "text",
                             json_object_get(item, "text"));
        }
    }
    return NULL;
}

static json_t *about(const json_t *question)
{
    json_t *list = json_array();
    json_array_extend(list, json_object_get(question, "values"));
    json_array_extend(list, json_object_get(question, "applications"));
    return list;
}

static json_t *part_context(const json_t *document, const json_t *part, json_int_t *from, json_int_t *number,
                            const json_t *phase_titles)
{
    size_t i;
    const json_t *item;
    json_t *out = json_object();
    json_t *questions = json_array(), *stimuli = json_array();
    json_int_t minutes = json_integer_value(json_object_get(part, "minutes"));
    set_copy(out, part, "code");
    set_copy(out, part, "title");
    set_copy(out, part, "say");
    set_copy(out, part, "minutes");
    json_object_set_new(out, "from", json_integer(*from));
    json_object_set_new(out, "to", json_integer(*from + minutes));
    *from += minutes;
    json_t *phase = json_object_get(phase_titles, json_string_value(json_object_get(part, "phase")));
    json_object_set(out, "phase_title", phase ? phase : json_object_get(part, "phase"));
    json_array_foreach(json_object_get(part, "questions"), i, item)
    {
        json_t *question = json_pack("{s:I,s:O,s:o}", "n", ++*number, "text", json_object_get(item, "text"),
                                     "about", about(item));
        set_copy(question, item, "probes");
        json_object_set_new(question, "has_probes",
                            json_boolean(json_array_size(json_object_get(item, "probes")) > 0));
        json_array_append_new(questions, question);
    }
    json_array_foreach(json_object_get(part, "stimuli"), i, item)
    {
        json_array_append_new(stimuli,
                              pictured(json_object_get(document, "stimuli"), json_string_value(item)));
    }
    json_t *vignette = pictured(json_object_get(document, "vignettes"),
                                json_string_value(json_object_get(part, "vignette")));
    if (vignette) {
        json_object_set_new(out, "vignette", vignette);
    }
    json_object_set_new(out, "stimuli", stimuli);
    json_object_set_new(out, "questions", questions);
    return out;
}

json_t *guide_context(const json_t *document, const json_t *phase_titles)
{
    json_t *out = json_object();
    json_t *parts = json_array();
    json_int_t from = 0, number = 0;
    size_t i;
    const json_t *part;
    set_copy(out, document, "title");
    set_copy(out, document, "intended");
    set_copy(out, document, "minutes");
    set_copy(out, document, "language");
    json_array_foreach(json_object_get(document, "parts"), i, part)
    {
        json_t *shown = part_context(document, part, &from, &number, phase_titles);
        json_object_set_new(shown, "n", json_integer((json_int_t)i + 1));
        json_array_append_new(parts, shown);
    }
    json_object_set_new(out, "parts", parts);
    return out;
}

bool guide_has_part(const json_t *document, struct slice code)
{
    size_t i;
    const json_t *part;
    json_array_foreach(json_object_get(document, "parts"), i, part)
    {
        const char *its = json_string_value(json_object_get(part, "code"));
        if (its && slice_equal_cstr(code, its)) {
            return true;
        }
    }
    return false;
}
