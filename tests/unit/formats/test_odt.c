/* A letter as ODT: read back by libzip and libxml2; LibreOffice reads it in make peers. */
#include "formats/odt.h"

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

TestSuite(odt, .fini = end);

static char *content_of(struct slice file, const char *member)
{
    char *xml = zip_member(file, member);
    xmlDoc *document = xmlReadMemory(xml, (int)strlen(xml), member, NULL, XML_PARSE_NONET);
    cr_assert_not_null(document, "%s", member);
    xmlFreeDoc(document);
    return xml;
}

Test(odt, holds_what_it_is_given_with_its_lines)
{
    static const struct odt_block blocks[] = {
        {ODT_TITLE, SLICE("Brief & bijlage")},
        {ODT_HEADING, SLICE("De <vraag>")},
        {ODT_PARAGRAPH, SLICE("Een \xe2\x82\xac regel.\nEn nog een.\x01")},
        {ODT_PARAGRAPH, SLICE("")},
    };
    struct slice file;
    struct arena *arena = arena_create(4 << 20);
    cr_assert(odt_write(&file, arena, blocks, sizeof blocks / sizeof blocks[0], "nl", 1800000000));
    char *xml = content_of(file, "content.xml");
    cr_expect_not_null(strstr(xml, ">Brief &amp; bijlage</text:h>"), "%s", xml);
    cr_expect_not_null(strstr(xml, "text:outline-level=\"2\">De &lt;vraag&gt;</text:h>"), "%s", xml);
    cr_expect_not_null(strstr(xml, ">Een \xe2\x82\xac regel.<text:line-break/>En nog een.</text:p>"), "%s",
                       xml);
    free(xml);
    xml = content_of(file, "styles.xml");
    cr_expect_not_null(strstr(xml, "fo:language=\"nl\""), "%s", xml);
    free(xml);
    free(content_of(file, "META-INF/manifest.xml"));
    /* Whoever looks at the first bytes knows what it is. */
    cr_expect_eq(memcmp(file.ptr + 30, "mimetype" ODT_MEDIA_TYPE, strlen("mimetype" ODT_MEDIA_TYPE)), 0);
    arena_destroy(arena);
}

Test(odt, is_refused_when_it_grows_past_its_limit)
{
    struct slice file = {NULL, 0};
    struct arena *arena = arena_create(16 << 20);
    char *text = arena_alloc(arena, 2 * ODT_BYTES_MAX);
    memset(text, 'a', 2 * ODT_BYTES_MAX);
    const struct odt_block block = {ODT_PARAGRAPH, {text, 2 * ODT_BYTES_MAX}};
    cr_expect_not(odt_write(&file, arena, &block, 1, "nl", 1800000000));
    arena_destroy(arena);
}
