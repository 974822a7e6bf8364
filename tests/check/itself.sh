#!/bin/bash
# The checkers find what they are for, and pass what is right: each is run on a small made-up project.
# shellcheck disable=SC2016 # samples are not for the shell
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
unfinished="TO""DO"
faults=0
count=0

fresh() {
    rm -rf "${box:?}"/*
    mkdir -p "$box/tests/check" "$box/src"/{base,db,http,web,features/{survey,results}} "$box/config"/{locales,consultations}
    cp "$here"/*.pl "$here"/*.mjs "$here"/*.sh "$here"/rooms.txt "$here"/dutch-avoid.txt "$box/tests/check/"
    : >"$box/tests/check/exceptions.txt"
    : >"$box/src/base/slice.h"
    : >"$box/src/features/survey/survey.h"
    : >"$box/src/features/survey/survey_sql.h"
    : >"$box/src/features/results/results.h"
}
# expect CHECKER 'what it must say' (extended regular expression; empty: it must be content)
expect() {
    local output status
    count=$((count + 1))
    output=$(cd "$box" && case $1 in
        *.pl) perl "tests/check/$1" ;;
        *.mjs) node "tests/check/$1" ;;
        *) "tests/check/$1" ;;
    esac 2>&1)
    status=$?
    if [ -z "$2" ] && [ "$status" != 0 ]; then
        echo "itself: $1 should be content but said: $output"
        faults=$((faults + 1))
    elif [ -n "$2" ] && { [ "$status" = 0 ] || ! grep -qE -- "$2" <<<"$output"; }; then
        echo "itself: $1 should have said '$2' but said: $output"
        faults=$((faults + 1))
    fi
}
put() { # path; content on standard input
    mkdir -p "$(dirname "$box/$1")"
    cat >"$box/$1"
}

# ---- includes ----
fresh
put src/db/a.c <<<'#include "base/slice.h"
#include <libpq-fe.h>'
put src/features/results/a.c <<<'#include "features/survey/survey.h"'
expect includes.pl ''
put src/base/a.c <<<'#include "db/a.h"'
: >"$box/src/db/a.h"
expect includes.pl 'src/base/a.c:1: room base may not include from db'
put src/base/a.c <<<'#include <sodium.h>'
expect includes.pl '<sodium.h> belongs to src/crypto alone'
put src/base/a.c <<<'/* #include <sodium.h> */ #include "base/none.h"'
expect includes.pl 'is not a path from src/'
rm "$box/src/base/a.c"
put src/features/survey/a.c <<<'#include "features/results/results.h"'
expect includes.pl 'survey may not know results'
put src/features/survey/a.c <<<'#include "features/survey/survey_sql.h"'
put src/features/results/a.c <<<'#include "features/survey/survey_sql.h"'
expect includes.pl 'reached through features/survey/survey.h only'
put src/features/results/a.c <<<''
put src/cellar/a.c <<<'int x;'
expect includes.pl 'is in no room'

# ---- injection ----
fresh
put src/features/survey/a.c <<<'const struct db_statement s = {"a", "SELECT a " "FROM b WHERE c = $1"};
const struct db_statement all[] = {{"b", "INSERT INTO t VALUES ($1)"}, {NULL, NULL}};
/* "DELETE FROM t" */ const char *x = "Select one";'
put src/db/a.c <<<'void f(void) { send(c, "BEGIN"); }'
expect injection.pl ''
put src/features/survey/a.c <<<'void f(void) { snprintf(b, n, "SELECT * FROM %s", t); }'
expect injection.pl 'a.c:1: SQL outside'
put src/features/survey/a.c <<<'void f(void) { buffer_append_cstr(&b, " WHERE x = "); }'
expect injection.pl 'a.c:1: SQL outside'
put src/features/survey/a.c <<<'struct db_statement s = {"a", "SELECT 1"};'
expect injection.pl 'is a constant'
put src/features/survey/a.c <<<'const struct db_statement s = {"a", sql("SELECT 1")};'
expect injection.pl 'is made of literals'
put src/features/survey/a.c <<<''
put src/db/a.c <<<'void f(void) { snprintf(b, n, "SET LOCAL ROLE %s", r); }'
expect injection.pl 'src/db/a.c:1: SQL outside'
rm "$box/src/db/a.c"
put src/web/a.mustache <<<'<p class="{{soort}}">{{naam}} {{{tekst_html}}} {{&meer_html}}</p>
<script src="{{blad_js}}" defer></script>'
expect injection.pl ''
for bad in '{{{naam}}}' '{{& naam}}' '<p style="x">' '<a onclick="x">' '<script>' '<script src="https://elders/x.js" defer></script>' '<script src="{{x}}" defer>x</script>' '<a href="javascript:x">' \
    '<a href={{x}}>' "<a href='x'>" '{{=<% %>=}}'; do
    put src/web/a.mustache <<<"$bad"
    expect injection.pl 'a.mustache:1:'
done

# ---- problems ----
fresh
put config/locales/nl.json <<<'{"problem": {"type": {"te-groot": {"title": "T", "text": "U"}}}}'
put config/locales/en.json <<<'{"problem": {"type": {"te-groot": {"title": "T", "text": "U"}}}}'
put src/http/a.c <<<'void f(void) { http_problem(ex, 400, "te-groot", NULL, NULL, NULL); problem_refuse(ex, 404, NULL, d, e); }'
expect problems.pl ''
put src/http/a.c <<<'void f(void) { http_problem(
    ex, 400, "te-klein", NULL, NULL, NULL); }'
expect problems.pl 'the problem "te-klein" has no title and text'
expect problems.pl 'problem.type.te-groot is given by nobody'

# ---- english ----
fresh
put src/json/messages.c <<<'#define BAD "Herstel {1}: "
const char *all[] = {"Vul dit veld in: het is verplicht.", BAD "een haak.", "Er zijn er " "%d."};'
put src/cmd/english.c <<<'x = {{"Vul dit veld in: het is verplicht.", "Give it."}, {"Herstel {1}: een haak.", "Mend {1}: a bracket."}, {"Er zijn er %d.", "There are %d."}};'
expect english.pl ''
put src/json/messages.c <<<'const char *all[] = {"Vul dit veld in: het is verplicht.", "Er zijn er %d.", "Dit is nieuw."};'
expect english.pl '"Dit is nieuw." has no English'
expect english.pl '"Herstel \{1\}: een haak." is said by nobody'
put src/cmd/english.c <<<'x = {{"Vul dit veld in: het is verplicht.", "Give it."}, {"Er zijn er %d.", "There are %s."}, {"Dit is nieuw.", "This is new."}};'
expect english.pl 'takes other arguments'

# ---- functions, exceptions ----
fresh
put src/db/a.c <<<'void f(void) { x->free(y); char *strcpy; free(y); }'
expect functions.pl ''
put src/db/a.c <<<'void f(void) { strcpy(a, b); n = atoi(c); }'
expect functions.pl 'atoi\(\): use slice_to_i64'
echo 'functions|src/db/a.c|2|because' >"$box/tests/check/exceptions.txt"
expect functions.pl ''
echo 'functions|src/db/a.c|3|because' >"$box/tests/check/exceptions.txt"
expect functions.pl 'allows 3, found 2'
put src/db/a.c <<<''
expect functions.pl 'not needed any more'
: >"$box/tests/check/exceptions.txt"
put src/web/a.c <<<'void f(void) { log_warn("a", "b=%s c=\"d e\" f=%s", LOG_CSTR(x), y); }'
expect functions.pl ''
put src/web/a.c <<<'void f(void) { log_warn("a", "b=\"c\" "
"d=\"e %s\"", x); }'
expect functions.pl 'LOG_TEXT and LOG_CSTR'
put src/web/a.c <<<'void f(void) { getenv("X"); }'
expect functions.pl 'getenv\(\) is for'

# ---- sizes ----
fresh
{
    printf 'void f(void)\n{\n'
    yes '    x();' | head -n 97
    echo '}'
} | put src/db/a.c
expect sizes.pl ''
{
    printf 'void f(void)\n{\n'
    yes '    x();' | head -n 99
    echo '}'
} | put src/db/a.c
expect sizes.pl 'f\(\) has 101 lines'
yes '' | head -n 801 | put src/db/a.c
expect sizes.pl '801 lines, 800 is the end'

# ---- migrations ----
fresh
put migrations/0001_a.sql <<<'one'
put migrations/0002_b.sql <<<'two'
expect migrations.sh ''
(cd "$box" && tests/check/migrations.sh --land)
put migrations/0003_c.sql <<<'three'
expect migrations.sh ''
put migrations/0002_b.sql <<<'other'
expect migrations.sh '0002_b.sql: has landed and may not change'
rm "$box/migrations/0002_b.sql"
expect migrations.sh '0002_b.sql: has landed and may not disappear'
expect migrations.sh 'number 2 was expected here'

# ---- docs ----
fresh
mkdir -p "$box"/{migrations,deploy}
for folder in src migrations config deploy tests .; do put "$folder/README.md" <<<"# $folder"; done
sed -n 's|^\([a-z]*\):.*|`\1/`|p' "$here/rooms.txt" | put src/README.md
put src/main.c <<<'{"serve", "serve pages", cmd_serve},'
printf 'help:\n\t@echo "make run"\n' | put Makefile
put config/README.md <<<'In `consultations/` and `locales/`.'
put deploy/README.md <<<'Use `zevenstem serve`, see [tests](../tests/README.md) and [there](https://a.example/)'
expect docs.pl ''
put README.md <<<'![picture](no/picture.png)'
expect docs.pl 'links to no/picture.png, which is not there'
put README.md <<<''
put deploy/README.md <<<''
expect docs.pl 'names `zevenstem serve`'
put README.md <<<'Call `make bake`.'
expect docs.pl 'does not name bake'
put README.md <<<''
rm "$box/deploy/README.md"
put deploy/x <<<''
expect docs.pl 'deploy/README.md'

# ---- papers ----
fresh
mkdir -p "$box"/{deploy/docs,migrations,src/cmd}
cp "$here/../../deploy/docs/toegankelijkheid.md" "$box/deploy/docs/"
put migrations/0001_a.sql <<<'CREATE TABLE zs.a (id int);
CREATE TABLE zs.b (id int);'
put src/cmd/retention.c <<<'{"vacuum", "VACUUM zs.a"}};'
put config/zevenstem.conf <<<'[suggestions]
worry = 50'
put deploy/docs/algoritmeregister.md <<<'the bar is `worry` = 50'
put deploy/docs/dpia.md <<<'| `a` | answers | B | C R |
| `b` | settings | - | blijft |'
expect papers.pl ''
put deploy/docs/dpia.md <<<'| `a` | answers | B | blijft |
| `c` | settings | - | blijft |'
expect papers.pl 'retention empties it'
expect papers.pl 'names zs.c, which no migration makes'
expect papers.pl 'does not name zs.b'
put deploy/docs/algoritmeregister.md <<<'the bar is `worry` = 40'
expect papers.pl 'worry is delivered as 50'
sed -i '/^| 1.4.3 /d' "$box/deploy/docs/toegankelijkheid.md"
expect papers.pl 'criterion 1.4.3'

# ---- words ----
fresh
put src/base/a.c <<<'int todo; /* the home of a word/phrase */'
expect words.pl ''
put src/base/a.c <<<"/* ${unfinished}: later */"
expect words.pl 'unfinished work'
put src/base/a.c <<<'open("/home/somebody/x");'
expect words.pl 'a path of one machine'
put src/base/a.c <<<''
put tests/package-lock.json <<<'{"resolved": "x"}'
expect words.pl 'a lock file names no address'

# ---- dutch ----
fresh
nl() { printf '{"a": {"nl": "%s", "en": "%s"}}' "$1" "${2-Text.}" | put config/consultations/x.json; }
nl 'U kiest zelf. U mag altijd stoppen.'
expect dutch.mjs ''
nl 'Dit is een zin die maar doorgaat en doorgaat met steeds weer een woord erbij tot niemand meer weet waar het ook weer over ging toen.'
expect dutch.mjs 'a sentence of 26 words'
nl 'Vul het formulier in, indien u dat wilt.'
expect dutch.mjs '"indien": write als'
nl 'Kies bijv. de eerste.'
expect dutch.mjs '"bijv\.": write bijvoorbeeld'
nl 'Wat vind je ervan?'
expect dutch.mjs '"je": citizens are addressed with u'
nl 'Dank u wel!'
expect dutch.mjs 'no exclamation marks'
nl 'U heeft {aantal} punten.' 'You have {count} points.'
expect dutch.mjs 'other placeholders'
nl 'Ja.' ''
expect dutch.mjs 'has no English text'
put config/consultations/x.json <<<'{"a": {"nl": "Ja."}}'
expect dutch.mjs 'a: only in one language'
rm "$box/config/consultations/x.json"
put config/locales/nl.json <<<'{"a": {"b": "Ja.", "c": "Nee."}}'
put config/locales/en.json <<<'{"a": {"b": "Yes."}}'
expect dutch.mjs 'nl.json#/a/c: only in one language'

echo "itself: $count samples, $faults faults"
[ "$faults" = 0 ]
