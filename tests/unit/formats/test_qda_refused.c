/* What is refused: as a whole, with a fault that says what and where. */
#include "qda_support.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(qda_refused, .fini = leaks_check);

#define GUID(n)         "0000000" #n "-0000-0000-0000-000000000000"
#define PROJECT(inside) "<Project name=\"p\" xmlns=\"urn:QDA-XML:project:1.0\">\n" inside "</Project>"
#define CODE(n, more)   "<Code guid=\"" GUID(n) "\" name=\"c\" isCodable=\"true\"" more "/>"
#define CODES(inside)   "<CodeBook><Codes>" inside "</Codes></CodeBook>"
#define TEXT(attributes, inside)                                                                             \
    "<Sources><TextSource guid=\"" GUID(2) "\" " attributes ">" inside "</TextSource></Sources>"
#define A_TXT "plainTextPath=\"internal://a.txt\""
#define SPAN(start, end)                                                                                     \
    "<PlainTextSelection guid=\"" GUID(3) "\" startPosition=\"" #start "\" endPosition=\"" #end "\"/>"

static enum qda_status read_file(struct qda_fault *fault, struct slice file)
{
    struct arena *arena = arena_create(QDA_ARENA_MAX);
    struct qda_project *project;
    struct qda_report report;
    const enum qda_status status = qda_read_project(&project, &report, fault, arena, file);
    cr_expect_eq(status, fault->status);
    cr_expect_eq(project == NULL, status != QDA_OK, "nothing is half read");
    arena_destroy(arena);
    return status;
}

static struct qda_fault fault_of(const char *xml)
{
    const struct member members[] = {{"project.qde", xml}, {"sources/a.txt", "één\n"}, {NULL, NULL}};
    struct buffer file;
    struct qda_fault fault;
    zip_of(&file, members);
    read_file(&fault, buffer_slice(&file));
    buffer_free(&file);
    return fault;
}

Test(qda_refused, faults_of_the_xml)
{
    static const struct {
        const char *xml;
        enum qda_status status;
        size_t line;
        const char *what;
    } cases[] = {
        {PROJECT("<Users></User>"), QDA_XML, 2, NULL},
        {"<Project", QDA_XML, 1, NULL},
        {"", QDA_XML, 1, NULL},
        {PROJECT("") "<Meer/>", QDA_XML, 2, NULL},
        {PROJECT("&niets;"), QDA_XML, 2, NULL},
        {"<Project name=\"p\"/>", QDA_WRONG_ROOT, 1, "Project"},
        {"<CodeBook xmlns=\"urn:QDA-XML:project:1.0\"/>", QDA_WRONG_ROOT, 1, "CodeBook"},
        {"<Project xmlns=\"urn:QDA-XML:project:1.0\"/>", QDA_MISSING, 1, "name"},
        {PROJECT("<Users><User/></Users>"), QDA_MISSING, 2, "guid"},
        {PROJECT("<Users>\n<User guid=\"1\"/></Users>"), QDA_BAD_GUID, 3, "1"},
        {PROJECT(CODES(CODE(1, " color=\"#12345\""))), QDA_BAD_COLOUR, 2, "#12345"},
        {PROJECT(CODES("<Code guid=\"" GUID(1) "\" name=\"c\" isCodable=\"ja\"/>")), QDA_BAD_BOOLEAN, 2,
         "ja"},
        {PROJECT(
             "<Variables><Variable guid=\"" GUID(1) "\" name=\"v\" typeOfVariable=\"Tekst\"/></Variables>"),
         QDA_BAD_TYPE, 2, "Tekst"},
        {PROJECT(TEXT(A_TXT " creationDateTime=\"gisteren\"", "")), QDA_BAD_TIME, 2, "gisteren"},
        {PROJECT(TEXT(A_TXT, "<PlainTextSelection guid=\"" GUID(3) "\" startPosition=\"0\"/>")), QDA_MISSING,
         2, "endPosition"},
        {PROJECT(TEXT(A_TXT, SPAN(-1, 2))), QDA_BAD_NUMBER, 2, "-1"},
        {PROJECT(TEXT(A_TXT, SPAN(0, 99999999999))), QDA_BAD_NUMBER, 2, "99999999999"},
        {PROJECT(TEXT(A_TXT, SPAN(2, 5))), QDA_SPAN_OUTSIDE, 0, GUID(3)},
        {PROJECT(TEXT(A_TXT, SPAN(3, 2))), QDA_SPAN_OUTSIDE, 0, GUID(3)},
        {PROJECT(TEXT(A_TXT, "<Coding guid=\"" GUID(3) "\"/>")), QDA_MISSING, 2, "CodeRef"},
        {PROJECT(TEXT(A_TXT, "<Coding guid=\"" GUID(3) "\"><CodeRef targetGUID=\"" GUID(1) "\"/></Coding>")),
         QDA_UNKNOWN_GUID, 2, GUID(1)},
        {PROJECT("<Graphs guid=\"" GUID(1) "\"/>" TEXT(
             A_TXT, "<Coding guid=\"" GUID(3) "\"><CodeRef "
                                              "targetGUID=\"" GUID(1) "\"/></Coding>")),
         QDA_UNKNOWN_GUID, 2, GUID(1)},
        {PROJECT(CODES(CODE(1, "")) "\n<NoteRef targetGUID=\"" GUID(1) "\"/>"), QDA_UNKNOWN_GUID, 3, GUID(1)},
        {PROJECT(TEXT(A_TXT, "") "<NoteRef targetGUID=\"" GUID(2) "\"/>"), QDA_UNKNOWN_GUID, 2, GUID(2)},
        {PROJECT(CODES(CODE(1, "") CODE(1, ""))), QDA_TWICE, 0, GUID(1)},
        {PROJECT(TEXT(A_TXT, SPAN(0, 1) SPAN(1, 2))), QDA_TWICE, 0, GUID(3)},
        {PROJECT(TEXT("", "")), QDA_NO_TEXT, 2, GUID(2)},
        {PROJECT(TEXT(A_TXT, "<PlainTextContent>x</PlainTextContent>")), QDA_TWO_TEXTS, 2, NULL},
        {PROJECT(TEXT("plainTextPath=\"internal://b.txt\"", "")), QDA_SOURCE_ABSENT, 2, "internal://b.txt"},
        {PROJECT(TEXT("plainTextPath=\"absolute:///etc/passwd\"", "")), QDA_SOURCE_PATH, 2, NULL},
        {PROJECT(TEXT("plainTextPath=\"relative://a.txt\"", "")), QDA_SOURCE_PATH, 2, NULL},
        {PROJECT(TEXT("plainTextPath=\"internal://../project.qde\"", "")), QDA_SOURCE_PATH, 2, NULL},
        {PROJECT(TEXT("plainTextPath=\"internal://..\\project.qde\"", "")), QDA_SOURCE_PATH, 2, NULL},
        {PROJECT(TEXT("plainTextPath=\"internal://..\"", "")), QDA_SOURCE_PATH, 2, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct qda_fault fault = fault_of(cases[i].xml);
        cr_expect_eq(fault.status, cases[i].status, "%s: fault %d, %s", cases[i].xml, (int)fault.status,
                     fault.what);
        cr_expect_eq(fault.line, cases[i].line, "%s: line %zu", cases[i].xml, fault.line);
        if (cases[i].what) {
            cr_expect_str_eq(fault.what, cases[i].what, "%s: %s", cases[i].xml, fault.what);
        }
    }
}

Test(qda_refused, no_encoding_but_utf_8_whatever_is_declared)
{
    const struct member members[] = {
        {"project.qde",
         "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" PROJECT("<Description>caf\xC3\xA9</Description>")},
        {NULL, NULL}};
    struct arena *arena = arena_create(QDA_ARENA_MAX);
    struct buffer file;
    struct qda_project *project;
    struct qda_report report;
    struct qda_fault fault;
    zip_of(&file, members);
    cr_assert_eq(qda_read_project(&project, &report, &fault, arena, buffer_slice(&file)), QDA_OK, "%s",
                 fault.what);
    cr_expect(slice_equal_cstr(project->description, "caf\xC3\xA9"), "%.*s", SLICE_ARG(project->description));
    buffer_free(&file);
    arena_destroy(arena);
}

Test(qda_refused, entities_of_any_sort)
{
    static const char *const documents[] = {
        "<?xml version=\"1.0\"?><!DOCTYPE Project [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b "
        "\"&a;&a;&a;&a;&a;&a;&a;&a;\">"
        "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;\">"
        "<!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;\"><!ENTITY f \"&e;&e;&e;&e;&e;&e;&e;&e;\">]>" PROJECT("&f;"),
        "<!DOCTYPE Project [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>" PROJECT(
            "<Description>&x;</Description>"),
        "<!DOCTYPE Project [<!ENTITY % x SYSTEM \"http://127.0.0.1/x\">%x;]>" PROJECT(""),
        "<!-- ' \" --><?x ' \"?><!DOCTYPE Project SYSTEM \"http://127.0.0.1/x\">" PROJECT(""),
    };
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++) {
        cr_expect_eq(fault_of(documents[i]).status, QDA_XML_DOCTYPE, "%s", documents[i]);
    }
    /* Quotes and brackets where they open nothing. */
    cr_expect_eq(fault_of(PROJECT("<!-- it's > \" <!DOCTYPE --><?x it's?>"
                                  "<Description>it's <![CDATA[<!DOCTYPE ' \"> ]] ]]></Description>"))
                     .status,
                 QDA_OK);
    /* Another encoding would hide it, also one that the document names itself once it was looked at. */
    struct buffer seven;
    buffer_init(&seven, 1 << 20);
    buffer_append_cstr(&seven, "<?xml version=\"1.0\" encoding=\"UTF-7\"?>");
    for (int i = 0; i < 9000; i++) {
        buffer_append_byte(&seven, ' ');
    }
    buffer_append_cstr(
        &seven, "+ADw-+ACE-DOCTYPE Project [+ADw-+ACE-ENTITY a 'entity'+AD4-]+AD4-"
                "+ADw-Project xmlns=+ACI-urn:QDA-XML:project:1.0+ACI- name=+ACI-+ACY-a+ADs-+ACI-/+AD4-");
    cr_expect_neq(fault_of(buffer_slice(&seven).ptr).status, QDA_OK);
    buffer_free(&seven);
    static const char utf16[] = "\xFF\xFE<\0?\0";
    struct buffer file;
    struct qda_fault fault;
    zip_of(&file, (const struct member[]){{"project.qde", utf16}, {NULL, NULL}});
    cr_expect_eq(read_file(&fault, buffer_slice(&file)), QDA_XML);
    buffer_free(&file);
}

/* A tag of many attributes would take the parser minutes. */
Test(qda_refused, a_tag_without_end)
{
    struct buffer xml;
    buffer_init(&xml, QDA_TEST_MAX);
    buffer_append_cstr(&xml, "<Project xmlns=\"urn:QDA-XML:project:1.0\" name=\"p\"");
    for (int i = 0; i < 1000000; i++) {
        buffer_printf(&xml, " a%d='>'", i);
    }
    buffer_append_cstr(&xml, "/>");
    cr_expect_eq(fault_of(xml.ptr).status, QDA_XML_TAG);
    buffer_free(&xml);
}

Test(qda_refused, codes_too_deep)
{
    struct buffer xml;
    buffer_init(&xml, QDA_TEST_MAX);
    buffer_append_cstr(&xml, "<Project xmlns=\"urn:QDA-XML:project:1.0\" name=\"p\"><CodeBook><Codes>");
    for (int i = 0; i < 200; i++) {
        buffer_printf(&xml, "<Code guid=\"%08d-0000-0000-0000-000000000000\" name=\"d\" isCodable=\"true\">",
                      i);
    }
    for (int i = 0; i < 200; i++) {
        buffer_append_cstr(&xml, "</Code>");
    }
    buffer_append_cstr(&xml, "</Codes></CodeBook></Project>");
    cr_expect_eq(fault_of(xml.ptr).status, QDA_TOO_DEEP);
    buffer_free(&xml);
}

Test(qda_refused, more_codes_than_anybody_has)
{
    struct buffer xml;
    buffer_init(&xml, QDA_TEST_MAX);
    buffer_append_cstr(&xml, "<Project xmlns=\"urn:QDA-XML:project:1.0\" name=\"p\"><CodeBook><Codes>");
    for (int i = 0; i <= QDA_CODES_MAX; i++) {
        buffer_printf(&xml, "<Code guid=\"%08d-0000-0000-0000-000000000000\" name=\"d\" isCodable=\"true\"/>",
                      i);
    }
    buffer_append_cstr(&xml, "</Codes></CodeBook></Project>");
    const struct qda_fault fault = fault_of(xml.ptr);
    cr_expect_eq(fault.status, QDA_TOO_MANY);
    cr_expect_str_eq(fault.what, "Code");
    buffer_free(&xml);
}

static struct qda_fault fault_of_members(const struct member *members)
{
    struct buffer file;
    struct qda_fault fault;
    zip_of(&file, members);
    read_file(&fault, buffer_slice(&file));
    buffer_free(&file);
    return fault;
}

Test(qda_refused, faults_of_the_container)
{
    static const char good[] = PROJECT("");
    struct qda_fault fault;
    cr_expect_eq(read_file(&fault, SLICE("")), QDA_NO_ZIP);
    cr_expect_eq(read_file(&fault, SLICE("PK\3\4 this is no archive, however it begins")), QDA_NO_ZIP);
    cr_expect_eq(fault_of_members((const struct member[]){{"x.txt", ""}, {NULL, NULL}}).status,
                 QDA_NO_PROJECT);
    static const char *const names[] = {"../x",      "/etc/x",     "a/../../x", "..\\x",
                                        "C:\\x.txt", "sources/..", "\\x"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        fault =
            fault_of_members((const struct member[]){{"project.qde", good}, {names[i], "x"}, {NULL, NULL}});
        cr_expect_eq(fault.status, QDA_ZIP_PATH, "%s: %d", names[i], (int)fault.status);
    }
    fault = fault_of_members((const struct member[]){
        {"project.qde", good}, {"sources/a.txt", "x"}, {"Sources/A.txt", "y"}, {NULL, NULL}});
    cr_expect_eq(fault.status, QDA_ZIP_TWICE);
    cr_expect_str_eq(fault.what, "sources/a.txt");
}

Test(qda_refused, texts_that_are_none)
{
    static const char xml[] = PROJECT(TEXT(A_TXT, ""));
    static const char *const texts[] = {"\xff\xfeh\x01", "caf\xe9"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const struct qda_fault fault = fault_of_members(
            (const struct member[]){{"project.qde", xml}, {"sources/a.txt", texts[i]}, {NULL, NULL}});
        cr_expect_eq(fault.status, QDA_BAD_TEXT);
        cr_expect_str_eq(fault.what, GUID(2));
    }
}

/* A few kilobytes that unpack to more than may be. */
Test(qda_refused, zip_bombs)
{
    const size_t size = (size_t)QDA_TEXT_MAX + 1;
    char *zeros = malloc(size + 1);
    cr_assert(zeros);
    memset(zeros, 'x', size);
    zeros[size] = '\0';
    struct qda_fault fault = fault_of_members((const struct member[]){
        {"project.qde", PROJECT(TEXT(A_TXT, ""))}, {"sources/a.txt", zeros}, {NULL, NULL}});
    cr_expect_eq(fault.status, QDA_UNPACKED_TOO_BIG);
    cr_expect_str_eq(fault.what, "internal://a.txt");
    zeros[size - 1] = '\0';
    /* One of them is allowed; the same one a thousand times is not. */
    struct buffer xml;
    buffer_init(&xml, QDA_TEST_MAX);
    buffer_append_cstr(&xml, "<Project xmlns=\"urn:QDA-XML:project:1.0\" name=\"p\"><Sources>");
    for (int i = 0; i < 1000; i++) {
        buffer_printf(&xml, "<TextSource guid=\"%08d-0000-0000-0000-000000000000\" " A_TXT "/>", i);
    }
    buffer_append_cstr(&xml, "</Sources></Project>");
    fault = fault_of_members(
        (const struct member[]){{"project.qde", xml.ptr}, {"sources/a.txt", zeros}, {NULL, NULL}});
    cr_expect_eq(fault.status, QDA_UNPACKED_TOO_BIG);
    buffer_free(&xml);
    free(zeros);
}

/* Whatever is cut off or changed: a fault, or the same as before; never something half. */
Test(qda_refused, files_that_were_damaged)
{
    struct arena *arena = arena_create(QDA_TEST_MAX);
    struct buffer file;
    struct qda_fault fault;
    write_project(&file, sample_project(arena));
    char *copy = malloc(file.len);
    cr_assert(copy);
    for (size_t i = 0; i < file.len; i += 3) {
        read_file(&fault, (struct slice){file.ptr, i});
        cr_expect_neq(fault.status, QDA_OK, "cut at %zu", i);
        memcpy(copy, file.ptr, file.len);
        copy[i] = (char)(copy[i] ^ 0x20);
        read_file(&fault, (struct slice){copy, file.len});
    }
    free(copy);
    buffer_free(&file);
    arena_destroy(arena);
}

Test(qda_refused, code_books)
{
    static const struct {
        const char *xml;
        enum qda_status status;
    } cases[] = {
        {"<CodeBook xmlns=\"urn:QDA-XML:codebook:1.0\"><Codes/></CodeBook>", QDA_NO_CODES},
        {"<CodeBook xmlns=\"urn:QDA-XML:codebook:1.0\"/>", QDA_NO_CODES},
        {"<CodeBook/>", QDA_WRONG_ROOT},
        {"<!DOCTYPE x><CodeBook xmlns=\"urn:QDA-XML:codebook:1.0\"/>", QDA_XML_DOCTYPE},
        {"", QDA_XML},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_create(QDA_ARENA_MAX);
        struct qda_project *project;
        struct qda_report report;
        struct qda_fault fault;
        cr_expect_eq(qda_read_codebook(&project, &report, &fault, arena, slice_from_cstr(cases[i].xml)),
                     cases[i].status, "%s: %d", cases[i].xml, (int)fault.status);
        cr_expect_null(project);
        arena_destroy(arena);
    }
}

/* With project.qde they are one file more than a ZIP numbers. */
Test(qda_refused, more_sources_than_there_may_be_files)
{
    struct qda_source *sources = calloc(QDA_MEMBERS_MAX, sizeof *sources);
    struct qda_project project = {.sources = sources, .source_count = QDA_MEMBERS_MAX};
    struct buffer file;
    struct qda_fault fault;
    buffer_init(&file, QDA_TEST_MAX);
    const struct dataset_output output = output_to(&file);
    cr_expect_eq(qda_write_project(&fault, &project, output), QDA_TOO_MANY);
    project.source_count--;
    project.notes = sources + project.source_count;
    project.note_count = 1;
    cr_expect_eq(qda_write_project(&fault, &project, output), QDA_TOO_MANY);
    project.note_count = 0;
    cr_expect_neq(qda_write_project(&fault, &project, output), QDA_TOO_MANY);
    buffer_free(&file);
    free(sources);
}
