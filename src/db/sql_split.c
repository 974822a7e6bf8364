#include "db/sql_split.h"

#include <string.h>
#include <strings.h>

enum { LEADING_WORDS = 4 };

struct lexer {
    struct slice text;
    size_t at;
    size_t line;
    /* The statement being read. */
    bool begun;
    size_t start;
    size_t start_line;
    size_t end; /* behind its last character that is neither space nor comment */
    int parens;
    int blocks;         /* depth of BEGIN ATOMIC ... END, CASE ... END within it */
    bool makes_routine; /* CREATE [OR REPLACE] FUNCTION | PROCEDURE */
    struct slice words[LEADING_WORDS];
    size_t word_count;
    struct sql_split out;
};

static char peek(const struct lexer *lexer, size_t ahead)
{
    return lexer->at + ahead < lexer->text.len ? lexer->text.ptr[lexer->at + ahead] : '\0';
}

static bool ended(const struct lexer *lexer)
{
    return lexer->at >= lexer->text.len;
}

static void advance(struct lexer *lexer)
{
    if (lexer->text.ptr[lexer->at] == '\n') {
        lexer->line++;
    }
    lexer->at++;
}

static void advance_by(struct lexer *lexer, size_t count)
{
    while (count-- > 0 && !ended(lexer)) {
        advance(lexer);
    }
}

static bool starts_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool continues_word(char c)
{
    return starts_word(c) || (c >= '0' && c <= '9') || c == '$';
}

static void never_closed(struct lexer *lexer, const char *what, size_t line)
{
    lexer->out.problem = what;
    lexer->out.problem_line = line;
    lexer->at = lexer->text.len;
}

static void skip_line_comment(struct lexer *lexer)
{
    while (!ended(lexer) && peek(lexer, 0) != '\n') {
        advance(lexer);
    }
}

static void skip_block_comment(struct lexer *lexer)
{
    size_t line = lexer->line;
    int depth = 0;
    do {
        if (ended(lexer)) {
            never_closed(lexer, "a comment (/*) that is never closed", line);
            return;
        }
        if (peek(lexer, 0) == '/' && peek(lexer, 1) == '*') {
            depth++;
            advance_by(lexer, 2);
        } else if (peek(lexer, 0) == '*' && peek(lexer, 1) == '/') {
            depth--;
            advance_by(lexer, 2);
        } else {
            advance(lexer);
        }
    } while (depth > 0);
}

/* At the opening quote. A doubled quote stands for itself; in E'...' a backslash takes the next character
 * along. */
static void skip_quoted(struct lexer *lexer, char quote, bool backslashes)
{
    size_t line = lexer->line;
    advance(lexer);
    for (;;) {
        if (ended(lexer)) {
            never_closed(lexer,
                         quote == '"' ? "a quoted name (\") that is never closed"
                                      : "a string (') that is never closed",
                         line);
            return;
        }
        char c = peek(lexer, 0);
        if (backslashes && c == '\\') {
            advance_by(lexer, 2);
        } else if (c == quote && peek(lexer, 1) == quote) {
            advance_by(lexer, 2);
        } else if (c == quote) {
            advance(lexer);
            return;
        } else {
            advance(lexer);
        }
    }
}

/* The length of $tag$ here, 0 when it is none ($1 is a parameter). */
static size_t dollar_tag(const struct lexer *lexer)
{
    size_t len = 1;
    if (starts_word(peek(lexer, len))) {
        while (continues_word(peek(lexer, len)) && peek(lexer, len) != '$') {
            len++;
        }
    }
    return peek(lexer, len) == '$' ? len + 1 : 0;
}

static void skip_dollar_quoted(struct lexer *lexer, size_t tag_len)
{
    size_t line = lexer->line;
    const char *tag = lexer->text.ptr + lexer->at;
    advance_by(lexer, tag_len);
    while (lexer->at + tag_len <= lexer->text.len) {
        if (memcmp(lexer->text.ptr + lexer->at, tag, tag_len) == 0) {
            advance_by(lexer, tag_len);
            return;
        }
        advance(lexer);
    }
    never_closed(lexer, "a dollar-quoted text that is never closed", line);
}

static bool word_is(struct slice word, const char *what)
{
    return slice_equal_nocase(word, slice_from_cstr(what));
}

/* CREATE FUNCTION, CREATE OR REPLACE PROCEDURE, ... */
static bool routine_words(const struct lexer *lexer)
{
    const struct slice *w = lexer->words;
    size_t kind = lexer->word_count > 3 && word_is(w[1], "OR") && word_is(w[2], "REPLACE") ? 3 : 1;
    return lexer->word_count > kind && word_is(w[0], "CREATE") &&
           (word_is(w[kind], "FUNCTION") || word_is(w[kind], "PROCEDURE"));
}

static void take_word(struct lexer *lexer)
{
    size_t from = lexer->at;
    while (!ended(lexer) && continues_word(peek(lexer, 0))) {
        advance(lexer);
    }
    struct slice word = {lexer->text.ptr + from, lexer->at - from};
    if (lexer->word_count < LEADING_WORDS) {
        lexer->words[lexer->word_count++] = word;
        lexer->makes_routine = routine_words(lexer);
    }
    if (!lexer->makes_routine) {
        return;
    }
    if (word_is(word, "BEGIN") || (lexer->blocks > 0 && word_is(word, "CASE"))) {
        lexer->blocks++;
    } else if (lexer->blocks > 0 && word_is(word, "END")) {
        lexer->blocks--;
    }
}

static void begin_statement(struct lexer *lexer)
{
    if (!lexer->begun) {
        lexer->begun = true;
        lexer->start = lexer->at;
        lexer->start_line = lexer->line;
    }
}

static void end_statement(struct lexer *lexer)
{
    if (lexer->begun) {
        lexer->out.statements[lexer->out.count++] = (struct sql_statement){
            .text = {lexer->text.ptr + lexer->start, lexer->end - lexer->start}, .line = lexer->start_line};
    }
    lexer->begun = false;
    lexer->parens = 0;
    lexer->blocks = 0;
    lexer->makes_routine = false;
    lexer->word_count = 0;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Takes one token of a statement (neither space nor comment). */
static void take_token(struct lexer *lexer)
{
    char c = peek(lexer, 0);
    size_t tag_len = c == '$' ? dollar_tag(lexer) : 0;
    bool escapes = (c == 'e' || c == 'E') && peek(lexer, 1) == '\'';
    if (escapes) {
        advance(lexer);
        skip_quoted(lexer, '\'', true);
    } else if (c == '\'' || c == '"') {
        skip_quoted(lexer, c, false);
    } else if (tag_len > 0) {
        skip_dollar_quoted(lexer, tag_len);
    } else if (starts_word(c)) {
        take_word(lexer);
    } else if (c >= '0' && c <= '9') {
        while (continues_word(peek(lexer, 0))) {
            advance(lexer);
        }
    } else {
        lexer->parens += c == '(' ? 1 : c == ')' && lexer->parens > 0 ? -1 : 0;
        advance(lexer);
    }
    lexer->end = lexer->at;
}

struct sql_split sql_split(struct arena *arena, struct slice text)
{
    struct lexer lexer = {.text = text, .line = 1};
    size_t most = 1;
    for (size_t i = 0; i < text.len; i++) {
        most += text.ptr[i] == ';';
    }
    lexer.out.statements = arena_array(arena, most, sizeof *lexer.out.statements);
    while (!ended(&lexer)) {
        char c = peek(&lexer, 0);
        if (is_space(c)) {
            advance(&lexer);
        } else if (c == '-' && peek(&lexer, 1) == '-') {
            skip_line_comment(&lexer);
        } else if (c == '/' && peek(&lexer, 1) == '*') {
            skip_block_comment(&lexer);
        } else if (c == ';' && lexer.parens == 0 && lexer.blocks == 0) {
            end_statement(&lexer);
            advance(&lexer);
        } else {
            begin_statement(&lexer);
            take_token(&lexer);
        }
    }
    if (!lexer.out.problem && lexer.parens > 0) {
        never_closed(&lexer, "a parenthesis that is never closed", lexer.start_line);
    } else if (!lexer.out.problem && lexer.blocks > 0) {
        never_closed(&lexer, "a BEGIN ATOMIC that is never ended", lexer.start_line);
    }
    end_statement(&lexer);
    return lexer.out;
}
