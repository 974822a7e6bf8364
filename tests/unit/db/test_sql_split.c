#include "db/sql_split.h"

#include "support/leaks.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

TestSuite(sql_split, .fini = leaks_check);

/* Expects exactly these statements, ended by NULL, with their lines. */
static void expect(const char *text, const char *const *statements, const size_t *lines)
{
    struct arena *arena = arena_create(1 << 20);
    struct sql_split split = sql_split(arena, slice_from_cstr(text));
    size_t count = 0;
    cr_expect(split.problem == NULL, "%s", split.problem ? split.problem : "");
    for (; statements[count]; count++) {
        if (count < split.count) {
            struct slice got = split.statements[count].text;
            cr_expect(slice_equal_cstr(got, statements[count]), "%.*s is not %s", SLICE_ARG(got),
                      statements[count]);
            cr_expect(lines == NULL || split.statements[count].line == lines[count], "line %zu",
                      split.statements[count].line);
        }
    }
    cr_expect(eq(sz, split.count, count));
    arena_destroy(arena);
}

static void expect_one(const char *statement)
{
    char text[512];
    snprintf(text, sizeof text, "%s ; SELECT 2", statement);
    expect(text, (const char *const[]){statement, "SELECT 2", NULL}, NULL);
}

Test(sql_split, nothing_gives_nothing)
{
    expect("", (const char *const[]){NULL}, NULL);
    expect(" \n\t;;\n ; -- only this\n/* and ; this */;", (const char *const[]){NULL}, NULL);
}

Test(sql_split, statements_and_their_lines)
{
    static const size_t lines[] = {3, 4, 4, 7};
    expect("-- header\n\nSELECT 1;\nSELECT 2; SELECT\n 3 ;\n-- between ; them\n/* x */ SELECT 4",
           (const char *const[]){"SELECT 1", "SELECT 2", "SELECT\n 3", "SELECT 4", NULL}, lines);
}

Test(sql_split, comments_within_belong_to_the_statement_and_at_its_end_do_not)
{
    expect("SELECT /* ; */ 1 -- ; this\n + 2 -- the end\n; SELECT 3 /* the end */;",
           (const char *const[]){"SELECT /* ; */ 1 -- ; this\n + 2", "SELECT 3", NULL}, NULL);
}

Test(sql_split, semicolons_that_end_nothing)
{
    expect_one("SELECT 'a;b', 'it''s;', ';'");
    expect_one("SELECT E'a\\';b', e'\\\\'");
    expect_one("SELECT 'a\\'");
    expect_one("SELECT name'a\\'"); /* name is a word, not the E of an escape string */
    expect_one("SELECT \"a;\"\"b;\" FROM t");
    expect_one("SELECT $$a;b$$, $tag$ $$;$$ ; $tag$");
    expect_one("SELECT $1, $2, a$b$c FROM t");
    expect_one("SELECT 1 /* one /* two ; */ ; */ + 1");
    expect_one("CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2)");
    expect_one(
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END");
    expect_one("create or replace procedure p() begin atomic select 1; end");
    expect_one("CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $f$ BEGIN RETURN 1; END $f$");
    expect_one("SELECT 1 AS \xc3\xa9\xc3\xa9n$x$"); /* é starts a word: $x$ is part of it */
}

Test(sql_split, begin_and_case_elsewhere_are_plain_words)
{
    expect("BEGIN; CREATE TABLE x (\"case\" int); SELECT CASE WHEN true THEN 1 END; END",
           (const char *const[]){"BEGIN", "CREATE TABLE x (\"case\" int)", "SELECT CASE WHEN true THEN 1 END",
                                 "END", NULL},
           NULL);
}

static void expect_problem(const char *text, const char *word, size_t line)
{
    struct arena *arena = arena_create(1 << 20);
    struct sql_split split = sql_split(arena, slice_from_cstr(text));
    cr_assert(split.problem != NULL, "%s", text);
    cr_expect(strstr(split.problem, word) != NULL, "%s", split.problem);
    cr_expect(eq(sz, split.problem_line, line));
    arena_destroy(arena);
}

Test(sql_split, what_is_never_closed_is_said_with_its_line)
{
    expect_problem("SELECT 1;\nSELECT 'a;\n", "string", 2);
    expect_problem("SELECT \"a;\n", "quoted name", 1);
    expect_problem("\n\nSELECT $x$ ; $$ ; $y$", "dollar", 3);
    expect_problem("SELECT 1;\n/* a /* b */", "comment", 2);
    expect_problem("SELECT (1;\n;", "parenthesis", 1);
    expect_problem("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1;", "BEGIN ATOMIC", 1);
    expect_problem("SELECT E'\\'", "string", 1);
}
