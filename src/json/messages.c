#include "json/messages.h"

#include "base/buffer.h"

#define MALFORMED "Herstel de JSON bij regel {1}, teken {2}: "

/* Dutch, for whoever writes a client: each says what to do. */
static const struct {
    const char *code, *text;
} messages[MESSAGE_COUNT] = {
    [MESSAGE_MISSING] = {"ontbreekt", JSON_DETAIL_MISSING},
    [MESSAGE_UNKNOWN_FIELD] = {"onbekend-veld", "Laat dit veld weg: wij kennen het niet."},
    [MESSAGE_DUPLICATE_FIELD] = {"dubbel", "Stuur dit veld \xc3\xa9\xc3\xa9n keer: het staat er vaker."},
    [MESSAGE_TYPE] = {"type", "Geef hier {1}."},
    [MESSAGE_NOT_FLAT] = {"type",
                          "Geef hier een tekst, een heel getal, true, false, null of een lijst daarvan."},
    [MESSAGE_FRACTION] = {"type", "Geef hier een heel getal, zonder punt en zonder exponent."},
    [MESSAGE_RANGE] = {"bereik", "Geef een getal van {1} tot en met {2}."},
    [MESSAGE_TOO_LOW] = {"bereik", "Geef een getal dat niet lager is dan {1}."},
    [MESSAGE_TOO_HIGH] = {"bereik", "Geef een getal dat niet hoger is dan {1}."},
    [MESSAGE_EMPTY_TEXT] = {"te-kort", "Vul hier iets in: de tekst is leeg."},
    [MESSAGE_TEXT_SHORT] = {"te-kort",
                            "Maak deze tekst langer: het minimum is {1} tekens en u gebruikt er {2}."},
    [MESSAGE_TEXT_LONG] = {"te-lang",
                           "Maak deze tekst korter: het maximum is {1} tekens en u gebruikt er {2}."},
    [MESSAGE_LIST_SHORT] = {"bereik", "Maak deze lijst langer: het minimum is {1} en u geeft er {2}."},
    [MESSAGE_LIST_LONG] = {"bereik", "Maak deze lijst korter: het maximum is {1} en u geeft er {2}."},
    [MESSAGE_CHOICE] = {"keuze", "Kies een van deze waarden: {1}."},

    [MESSAGE_UTF8] = {"utf-8", "Stuur uw tekst in UTF-8: er staan bytes in die dat niet zijn."},
    [MESSAGE_TOO_DEEP] = {"json", "Nest objecten en lijsten minder diep: het maximum is {1} niveaus."},
    [MESSAGE_TOO_MANY_FIELDS] = {"bereik", "Stuur minder velden: het maximum is {1}."},

    [MESSAGE_SYNTAX] = {"json", MALFORMED "let op komma's, haken en aanhalingstekens."},
    [MESSAGE_WANTS_OBJECT] = {"json", MALFORMED "een object begint met {."},
    [MESSAGE_WANTS_NAME] = {"json", MALFORMED "hier hoort een veldnaam tussen aanhalingstekens."},
    [MESSAGE_WANTS_COLON] = {"json", MALFORMED "na een veldnaam hoort een dubbele punt."},
    [MESSAGE_WANTS_VALUE] = {"json", MALFORMED "hier hoort een waarde."},
    [MESSAGE_WANTS_COMMA_OR_BRACE] = {"json", MALFORMED "hier hoort een komma, of een } aan het einde."},
    [MESSAGE_WANTS_COMMA_OR_BRACKET] = {"json", MALFORMED "hier hoort een komma, of een ] aan het einde."},
    [MESSAGE_WANTS_END] = {"json", MALFORMED "laat weg wat na het einde nog komt."},
    [MESSAGE_ENDS_EARLY] = {"json", MALFORMED "het document houdt te vroeg op."},
    [MESSAGE_BAD_ESCAPE] = {"json",
                            MALFORMED "na een \\ hoort \", \\, /, b, f, n, r, t, of u met vier hexadecimale "
                                      "cijfers."},
    [MESSAGE_BAD_SURROGATE] = {"json", MALFORMED "schrijf een teken boven \\uffff als surrogaatpaar."},
    [MESSAGE_NUL] = {"json", MALFORMED "laat \\u0000 weg."},
    [MESSAGE_NUL_BYTE] = {"json", MALFORMED "laat de nulbyte weg."},
    [MESSAGE_CONTROL] = {"json", MALFORMED "schrijf een stuurteken als \\n, \\t of \\u00XX."},
    [MESSAGE_BAD_NUMBER] = {"json", MALFORMED "schrijf een getal als 0, 12 of -3."},
    [MESSAGE_BIG_NUMBER] = {"json", MALFORMED "dit getal is te groot."},
    [MESSAGE_DUPLICATE] = {"json", MALFORMED "een veld staat er twee keer in."},
};

static const char *const kind_words[] = {
    [JSON_KIND_STRING] = "een tekst",   [JSON_KIND_INT] = "een heel getal", [JSON_KIND_REAL] = "een getal",
    [JSON_KIND_BOOL] = "true of false", [JSON_KIND_OBJECT] = "een object",  [JSON_KIND_ARRAY] = "een lijst",
    [JSON_KIND_ANY] = "een waarde"};

const char *json_kind_words(enum json_kind kind)
{
    return kind_words[kind];
}

bool json_errors_full(const struct json_errors *errors)
{
    return errors->count >= errors->room;
}

void json_errors_say(struct json_errors *errors, const char *pointer, enum json_message message,
                     const char *first, const char *second)
{
    enum { MAX_DETAIL = 8000 };
    struct buffer detail;
    if (json_errors_full(errors)) {
        errors->count++;
        return;
    }
    buffer_init(&detail, MAX_DETAIL);
    if (message == MESSAGE_TYPE) {
        first = json_errors_words(errors, first); /* of json_kind_words */
    }
    for (const char *p = json_errors_words(errors, messages[message].text); *p; p++) {
        bool place = p[0] == '{' && (p[1] == '1' || p[1] == '2') && p[2] == '}';
        if (place) {
            buffer_append_cstr(&detail, p[1] == '1' ? first : second);
            p += 2;
        } else {
            buffer_append_byte(&detail, *p);
        }
    }
    json_errors_add(errors, pointer, messages[message].code, "%.*s", SLICE_ARG(buffer_slice(&detail)));
    buffer_free(&detail);
}

void json_errors_say_numbers(struct json_errors *errors, const char *pointer, enum json_message message,
                             int64_t first, int64_t second)
{
    struct slice one = arena_printf(errors->arena, "%lld", (long long)first);
    struct slice two = arena_printf(errors->arena, "%lld", (long long)second);
    json_errors_say(errors, pointer, message, one.ptr, two.ptr);
}
