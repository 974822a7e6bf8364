/* The procedures in which people can take part. The document is shared by all threads: what is given is made
 * anew, and counts no references of it. */
#include "features/tafel/tafel_case_pages.h"

#include "base/embedded.h"

#include <string.h>

json_t *procedures_load(void)
{
    for (const struct embedded_file *file = embedded_reference; file->name; file++) {
        if (strcmp(file->name, "config/reference/procedures.json") == 0) {
            return json_loadb((const char *)file->bytes, file->size, JSON_REJECT_DUPLICATES, NULL);
        }
    }
    return NULL;
}

/* A text as it is, or the one of the language. */
static void put(json_t *out, const char *as, const json_t *object, const char *member, const char *language)
{
    const json_t *value = json_object_get(object, member);
    const char *text = json_string_value(json_is_object(value) ? json_object_get(value, language) : value);
    if (text) {
        json_object_set_new(out, as, json_string(text));
    }
}

json_t *procedures_in(const json_t *document, const char *language)
{
    size_t i;
    const json_t *one;
    const json_t *source = json_object_get(document, "source");
    json_t *from = json_object(), *list = json_array(), *out = json_object();
    json_array_foreach(json_object_get(document, "procedures"), i, one)
    {
        json_t *shown = json_object();
        put(shown, "code", one, "code", language);
        put(shown, "titel", one, "title", language);
        put(shown, "wie", one, "who", language);
        put(shown, "stap", one, "step", language);
        put(shown, "wanneer", one, "when", language);
        put(shown, "contact", one, "contact", language);
        put(shown, "adres", one, "address", language);
        put(shown, "paragraaf", one, "paragraph", language);
        json_array_append_new(list, shown);
    }
    put(from, "titel", source, "title", language);
    put(from, "uitgever", source, "publisher", language);
    json_object_set_new(from, "jaar", json_integer(json_integer_value(json_object_get(source, "year"))));
    json_object_set_new(out, "versie",
                        json_integer(json_integer_value(json_object_get(document, "version"))));
    put(out, "peildatum", document, "as_of", language);
    json_object_set_new(out, "bron", from);
    json_object_set_new(out, "procedures", list);
    return out;
}

json_t *procedures_options(const json_t *document, const char *language)
{
    size_t i;
    const json_t *one;
    json_t *list = json_array();
    json_array_foreach(json_object_get(document, "procedures"), i, one)
    {
        json_t *option = json_object();
        put(option, "code", one, "code", language);
        put(option, "label", one, "title", language);
        json_array_append_new(list, option);
    }
    return list;
}
