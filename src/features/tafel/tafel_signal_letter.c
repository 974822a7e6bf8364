/* The letter to whom a signal is passed on, as a text document to change and to print: without the link,
 * which is shown once. */
#include "features/tafel/tafel_signal_pages.h"

#include "formats/odt.h"

enum { BLOCKS_MAX = 16 };

struct letter {
    struct http_exchange *ex;
    const struct web *web;
    struct odt_block blocks[BLOCKS_MAX];
    size_t count;
};

static struct slice text_of(const json_t *object, const char *member)
{
    const json_t *value = json_object_get(object, member);
    return json_is_string(value) ? (struct slice){json_string_value(value), json_string_length(value)}
                                 : SLICE("");
}

static struct slice word(const struct letter *letter, const char *name)
{
    return locale_text(web_locales(letter->web), http_language(letter->ex),
                       arena_printf(http_arena(letter->ex), "tafel.signal.%s", name).ptr);
}

static void add(struct letter *letter, enum odt_kind kind, struct slice text)
{
    letter->blocks[letter->count++] = (struct odt_block){kind, text};
}

/* "Randvoorwaarde: Mensen kunnen kiezen." */
static void add_named(struct letter *letter, const char *name, const char *between, struct slice text)
{
    add(letter, ODT_PARAGRAPH,
        arena_printf(http_arena(letter->ex), "%.*s%s%.*s", SLICE_ARG(word(letter, name)), between,
                     SLICE_ARG(text)));
}

bool signal_letter_odt(struct slice *file, struct http_exchange *ex, const struct tafel *tafel,
                       const json_t *signal, const json_t *forward)
{
    struct letter letter = {.ex = ex, .web = tafel->config.web};
    struct arena *arena = http_arena(ex);
    const int64_t now_s = tafel->config.now_s();
    const struct slice today = locale_date(arena, web_locales(letter.web), http_language(ex), now_s);
    const struct slice item = text_of(forward, "onderdeel"), kind = text_of(forward, "soort_woord");
    add_named(
        &letter, "letter_to", " ",
        arena_printf(arena, "%.*s\n%.*s", SLICE_ARG(text_of(forward, "geadresseerde")), SLICE_ARG(today)));
    add(&letter, ODT_TITLE, word(&letter, "letter_title"));
    if (http_is_invented(ex)) {
        const struct locales *locales = web_locales(letter.web);
        add(&letter, ODT_PARAGRAPH,
            arena_printf(arena, "%.*s. %.*s",
                         SLICE_ARG(locale_text(locales, http_language(ex), "shell.invented")),
                         SLICE_ARG(locale_text(locales, http_language(ex), "shell.invented_text"))));
    }
    add(&letter, ODT_PARAGRAPH, word(&letter, "letter_lead"));
    add(&letter, ODT_HEADING,
        arena_printf(arena, "%.*s %lld: %.*s", SLICE_ARG(word(&letter, "one")),
                     (long long)json_integer_value(json_object_get(signal, "nummer")),
                     SLICE_ARG(text_of(signal, "titel"))));
    add(&letter, ODT_PARAGRAPH, text_of(signal, "tekst"));
    add(&letter, ODT_HEADING, word(&letter, "question"));
    add(&letter, ODT_PARAGRAPH, text_of(forward, "vraag"));
    if (item.len > 0) {
        add_named(&letter, "letter_item", " ",
                  arena_printf(arena, "%.*s %.*s.", SLICE_ARG(kind), SLICE_ARG(item)));
    }
    if (text_of(forward, "randvoorwaarde").len > 0) {
        add_named(&letter, "condition", ": ", text_of(forward, "randvoorwaarde"));
    }
    add_named(&letter, "role", ": ", text_of(forward, "rol_woord"));
    add_named(&letter, "letter_due", " ", text_of(forward, "uiterlijk_woord"));
    add_named(&letter, "letter_public", " ", word(&letter, "who_decides"));
    return odt_write(file, arena, letter.blocks, letter.count, http_language(ex), now_s);
}
