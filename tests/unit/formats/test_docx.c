/* Paragraphs as DOCX: read back by libzip and libxml2, and as a transcript that somebody brings. */
#include "formats/docx.h"

#include "formats/transcript.h"
#include "support/leaks.h"
#include "support/zip_member.h"

#include <criterion/criterion.h>
#include <libxml/parser.h>
#include <string.h>

static void end(void)
{
    xmlCleanupParser();
    leaks_check();
}

TestSuite(docx, .fini = end);

static char *member_of(struct slice file, const char *member)
{
    char *xml = zip_member(file, member);
    xmlDoc *document = xmlReadMemory(xml, (int)strlen(xml), member, NULL, XML_PARSE_NONET);
    cr_assert_not_null(document, "%s", member);
    xmlFreeDoc(document);
    return xml;
}

Test(docx, holds_what_it_is_given_with_its_lines)
{
    static const struct slice said[] = {SLICE_INIT("Jan: Vlees & vis, <zei> ik.\nEn melk.\x01"),
                                        SLICE_INIT("Els: Een \xe2\x82\xac erbij.")};
    struct slice file;
    struct arena *arena = arena_create(64 << 20);
    cr_assert(docx_write(&file, arena, said, 2, 1800000000));
    char *xml = member_of(file, "word/document.xml");
    cr_expect_not_null(strstr(xml, ">Jan: Vlees &amp; vis, &lt;zei&gt; ik.</w:t><w:br/>"), "%s", xml);
    free(xml);
    xml = member_of(file, "_rels/.rels");
    cr_expect_not_null(strstr(xml, "Target=\"word/document.xml\""), "%s", xml);
    free(xml);
    free(member_of(file, "[Content_Types].xml"));
    struct transcript read;
    cr_expect_eq(transcript_format_guess(file, SLICE("x.docx")), TRANSCRIPT_DOCX);
    cr_assert(transcript_read(&read, arena, TRANSCRIPT_DOCX, file, NULL));
    cr_assert_eq(read.turn_count, 2);
    cr_expect(slice_equal_cstr(read.turns[0].text, "Vlees & vis, <zei> ik.\nEn melk."), "%.*s",
              SLICE_ARG(read.turns[0].text));
    cr_expect(slice_equal_cstr(read.speakers[read.turns[1].speaker].name, "Els"));
    arena_destroy(arena);
}

Test(docx, is_refused_when_it_grows_past_its_limit)
{
    struct slice file = {NULL, 0};
    struct arena *arena = arena_create(16 << 20);
    char *text = arena_alloc(arena, 2 * DOCX_BYTES_MAX);
    memset(text, 'a', 2 * DOCX_BYTES_MAX);
    const struct slice paragraph = {text, 2 * DOCX_BYTES_MAX};
    cr_expect_not(docx_write(&file, arena, &paragraph, 1, 1800000000));
    arena_destroy(arena);
}
