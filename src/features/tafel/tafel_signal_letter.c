/* The letter to whom a signal is passed on, as a text document to change and to print: without the link,
 * which is shown once. */
#include "features/tafel/tafel_signal_pages.h"

#include "formats/odt.h"

enum { BLOCKS_MAX = 32 };

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

enum db_status signal_letter_reasons(json_t *forward, const struct kept_page *page)
{
    enum { REASONS_MAX = 6 };
    size_t i;
    struct agenda_version version;
    const struct agenda *agenda = NULL;
    const char *named = json_string_value(json_object_get(forward, "onderdeel"));
    const struct slice code = named ? slice_from_cstr(named) : SLICE("");
    json_t *proofs = NULL, *proof, *lines = json_array();
    enum db_status status = signal_evidence_list(&proofs, page->tx, http_arena(page->ex), page->number, 0);
    json_array_foreach(proofs, i, proof)
    {
        json_t *line = json_pack("{s:O,s:O}", "soort", json_object_get(proof, "soort"), "waarom",
                                 json_object_get(proof, "waarom"));
        bool told = json_array_size(lines) == REASONS_MAX;
        for (size_t k = 0; k < json_array_size(lines); k++) {
            told = told || json_equal(json_array_get(lines, k), line);
        }
        if (!told) {
            json_array_append(lines, line);
        }
        json_decref(line);
    }
    kept_put_list(forward, "bewijs", "any_bewijs", lines);
    json_decref(lines);
    if (status == DB_OK && code.len > 0) {
        status = agenda_get(&agenda, &version, page->tx, http_arena(page->ex), 0);
    }
    const struct agenda_item *item = agenda ? agenda_find(agenda, code) : NULL;
    if (item) {
        json_object_set_new(forward, "onderdeelTitel", json_stringn(item->title.ptr, item->title.len));
    }
    return status;
}

static void add_reasons(struct letter *letter, const json_t *forward)
{
    size_t i;
    const json_t *proof;
    if (json_array_size(json_object_get(forward, "bewijs")) > 0) {
        add(letter, ODT_HEADING, word(letter, "letter_evidence"));
    }
    json_array_foreach(json_object_get(forward, "bewijs"), i, proof)
    {
        add(letter, ODT_PARAGRAPH,
            arena_printf(http_arena(letter->ex), "%.*s: %.*s", SLICE_ARG(text_of(proof, "soort_woord")),
                         SLICE_ARG(text_of(proof, "waarom"))));
    }
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
    add_reasons(&letter, forward);
    add(&letter, ODT_HEADING, word(&letter, "question"));
    add(&letter, ODT_PARAGRAPH, text_of(forward, "vraag"));
    if (item.len > 0) {
        const struct slice title = text_of(forward, "onderdeelTitel");
        add_named(&letter, "letter_item", " ",
                  arena_printf(arena, "%.*s %.*s%s%.*s", SLICE_ARG(kind), SLICE_ARG(item),
                               title.len > 0 ? ": " : "", SLICE_ARG(title)));
    }
    if (text_of(forward, "randvoorwaarde").len > 0) {
        add_named(&letter, "condition", ": ", text_of(forward, "randvoorwaarde"));
    }
    add_named(&letter, "role", ": ", text_of(forward, "rol_woord"));
    add_named(&letter, "letter_due", " ", text_of(forward, "uiterlijk_woord"));
    add_named(&letter, "letter_public", " ", word(&letter, "who_decides"));
    return odt_write(file, arena, letter.blocks, letter.count, http_language(ex), now_s);
}
