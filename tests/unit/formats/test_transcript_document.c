/* Truth: documents that LibreOffice wrote (transcripts/make.sh), and hostile ones made here. */
#include "qda_support.h"
#include "transcript_support.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;

static void setup(void)
{
    arena = arena_create(TRANSCRIPT_ARENA_MAX);
}

static void teardown(void)
{
    arena_destroy(arena);
    leaks_check();
}

TestSuite(transcript_document, .init = setup, .fini = teardown);

static struct slice file_of(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "tests/unit/formats/transcripts/%s", name);
    FILE *file = fopen(path, "rb");
    cr_assert_not_null(file, "%s", path);
    char *bytes = arena_alloc(arena, 1 << 20);
    const size_t len = fread(bytes, 1, 1 << 20, file);
    fclose(file);
    return (struct slice){bytes, len};
}

Test(transcript_document, what_libreoffice_wrote_is_read_as_it_was_said)
{
    static const char *const names[] = {"gesprek.docx", "gesprek.odt"};
    for (int i = 0; i < 2; i++) {
        struct transcript t;
        const struct slice file = file_of(names[i]);
        const enum transcript_format format = transcript_format_guess(file, SLICE(""));
        cr_assert_eq(format, i == 0 ? TRANSCRIPT_DOCX : TRANSCRIPT_ODT);
        cr_assert(transcript_read(&t, arena, format, file, NULL), "%s", transcript_tell(&t));
        cr_assert_eq(t.encoded, TRANSCRIPT_BY_STANDARD);
        cr_assert_eq(t.left_out, 2, "%zu", t.left_out);
        cr_assert_eq(t.continued, 3);
        cr_assert_str_eq(transcript_tell(&t),
                         "- ?-? @1: Gesprek 4, Assen\n"
                         "Interviewer ?-? @2: Wat vindt u van kweekvlees?\n"
                         "Zoë van der Berg ?-? @4: Eén keer geproefd &   prima/hoor./Al was het duur.\n"
                         "Interviewer ?-? @6: En u?\n"
                         "Deelnemer 2 ?-? @7: Ik niet./Nooit 👍.\n"
                         "Interviewer ?-? @8: Dank u.\n",
                         "%s: %s", names[i], transcript_tell(&t));
    }
}

#define WORD   "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#define STRICT "http://purl.oclc.org/ooxml/wordprocessingml/main"
#define DOCX(namespace, body)                                                                                \
    "<w:document xmlns:w='" namespace "' "                                                                   \
                                      "xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/"    \
                                      "2006'>"                                                               \
                                      "<w:body>" body "</w:body></w:document>"
#define SAID(text) "<w:p><w:r><w:t>" text "</w:t></w:r></w:p>"

static const char *told_members(enum transcript_format format, const struct member *members)
{
    struct buffer file;
    zip_of(&file, members);
    const char *told = transcript_told(format, buffer_slice(&file), NULL);
    buffer_free(&file);
    return told;
}

/* Of a DOCX with this main part. */
static const char *told(const char *xml)
{
    const struct member members[] = {{"word/document.xml", xml}, {NULL, NULL}};
    return told_members(TRANSCRIPT_DOCX, members);
}

Test(transcript_document, what_is_hidden_or_there_twice_is_not_said)
{
    cr_assert_str_eq(
        told(DOCX(STRICT, "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>Jan: ja</w:t>"
                          "<w:noBreakHyphen/><w:t>nee</w:t></w:r>"
                          "<w:moveFrom><w:r><w:t>weg</w:t></w:r></w:moveFrom>"
                          "<mc:AlternateContent><mc:Choice><w:txbxContent>" SAID(
                              "kader") "</w:txbxContent></mc:Choice>"
                                       "<mc:Fallback>" SAID(
                                           "kader") "</mc:Fallback></mc:AlternateContent>"
                                                    "<w:ins><w:r><w:t>, toch</w:t></w:r></w:ins></w:p>")),
        "Jan ?-? @1: ja-nee, toch\n");
    cr_assert_str_eq(told("<document><body><p><t>niet van Word</t></p></body></document>"), "fault 2 @0 \n");
}

Test(transcript_document, the_relations_name_the_main_part)
{
    const struct member members[] = {{"_rels/.rels",
                                      "<Relationships><Relationship Type='http://x/officeDocument' "
                                      "Target='/word/document2.xml'/></Relationships>"},
                                     {"word/document2.xml", DOCX(WORD, SAID("Jan: ja"))},
                                     {NULL, NULL}};
    cr_assert_str_eq(told_members(TRANSCRIPT_DOCX, members), "Jan ?-? @1: ja\n");
    const struct member up[] = {{"_rels/.rels", "<Relationships><Relationship Type='http://x/officeDocument' "
                                                "Target='../../etc/passwd'/></Relationships>"},
                                {NULL, NULL}};
    cr_assert_str_eq(told_members(TRANSCRIPT_DOCX, up), "fault 20 @0 ../../etc/passwd\n");
}

Test(transcript_document, entities_are_not_even_declared)
{
    cr_assert_str_eq(told("<!DOCTYPE d [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]>" DOCX(
                         WORD, SAID("Jan: &b;"))),
                     "fault 22 @0 \n");
    cr_assert_str_eq(told("<!DOCTYPE d SYSTEM 'file:///etc/passwd'>" DOCX(WORD, SAID("Jan: ja"))),
                     "fault 22 @0 \n");
    const char *undeclared = told(DOCX(WORD, SAID("Jan: &b;")));
    cr_assert(strncmp(undeclared, "fault 21 @1 ", 12) == 0, "%s", undeclared);
}

Test(transcript_document, broken_files_are_refused_whole)
{
    const char *open = told("<w:document xmlns:w='" WORD "'><w:body>\n" SAID("Jan: ja"));
    cr_assert(strncmp(open, "fault 21 @2 ", 12) == 0, "%s", open);
    const struct member none[] = {{"iets.txt", "x"}, {NULL, NULL}};
    cr_assert_str_eq(told_members(TRANSCRIPT_ODT, none), "fault 20 @0 content.xml\n");
    cr_assert_str_eq(told_members(TRANSCRIPT_DOCX, none), "fault 20 @0 word/document.xml\n");
    cr_assert_str_eq(transcript_told(TRANSCRIPT_DOCX, SLICE("PK\x03\x04 geen zip, maar lang genoeg"), NULL),
                     "fault 16 @0 \n");
    cr_assert_str_eq(transcript_told(TRANSCRIPT_DOCX, SLICE(""), NULL), "fault 16 @0 \n");
}

Test(transcript_document, bytes_of_another_encoding_than_it_names_are_no_end)
{
    const char *mixed = told(
        "<?xml version='1.0' encoding='Shift_JIS'?>" DOCX(WORD, SAID("Jan: ja") SAID("Piet: \xFF\xFF nee")));
    cr_assert(strncmp(mixed, "fault 21 @", 10) == 0, "%s", mixed);
    cr_assert_str_eq(told("<?xml version='1.0' encoding='ISO-8859-1'?>" DOCX(WORD, SAID("Zo\xEB: ja"))),
                     "Zo\xC3\xAB ?-? @1: ja\n");
}

/* Every byte of a good file changed in turn: read as it was, otherwise, or refused, but never half. */
Test(transcript_document, no_changed_byte_does_harm, .timeout = 100)
{
    const struct slice file = file_of("gesprek.docx");
    for (size_t i = 0; i < file.len; i += 3) {
        char *bytes = malloc(file.len);
        memcpy(bytes, file.ptr, file.len);
        bytes[i] = (char)(bytes[i] ^ 0x41);
        cr_assert_str_neq(transcript_told(TRANSCRIPT_DOCX, (struct slice){bytes, file.len}, NULL),
                          "half read");
        free(bytes);
    }
}

Test(transcript_document, a_bomb_is_not_unpacked)
{
    const size_t size = 32 << 20;
    char *xml = malloc(size + 1);
    memset(xml, ' ', size);
    static const char head[] = "<w:document xmlns:w='" WORD "'>";
    memcpy(xml, head, sizeof head - 1);
    xml[size] = '\0';
    cr_assert_str_eq(told(xml), "fault 19 @0 \n"); /* packs a thousandfold */
    free(xml);
}

Test(transcript_document, there_may_be_so_many_files_in_it)
{
    struct member *members = calloc(TRANSCRIPT_MEMBERS_MAX + 3, sizeof *members);
    for (int i = 0; i <= TRANSCRIPT_MEMBERS_MAX; i++) {
        members[i] = (struct member){arena_cstr(arena, arena_printf(arena, "media/%d", i)), ""};
    }
    cr_assert_str_eq(told_members(TRANSCRIPT_DOCX, members), "fault 18 @0 \n");
    free(members);
}
