#!/bin/bash
# run-tests.sh BINARY: deploy/dev/run.sh from nothing to a served page, and again.
set -uo pipefail
# shellcheck source=tests/deploy/harness.sh
. "$(dirname "$0")/harness.sh"
binary=$1
service=''
socket=''
PORT=$(node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
export PORT
site=http://127.0.0.1:$PORT
cleanup() {
    if [ -n "$service" ]; then kill -9 "$service" 2>/dev/null; fi
    socket=$("$root/deploy/dev/cluster.sh" env 2>/dev/null | sed -n "s/^ZEVENSTEM_SOCKET='\(.*\)'$/\1/p")
    "$root/deploy/dev/cluster.sh" stop >/dev/null 2>&1
    rm -rf "$box"
    if [ -n "$socket" ]; then rm -rf "$socket"; fi
}
trap cleanup EXIT

# Starts it and waits until it takes answers; the log is in $box/log.
start() {
    "$root/deploy/dev/run.sh" "$binary" >"$box/log" 2>&1 &
    service=$!
    local until=$((SECONDS + 180))
    while [ "$SECONDS" -lt "$until" ]; do
        if [ "$(curl -s -o /dev/null -w '%{http_code}' "$site/gereed")" = 200 ]; then return 0; fi
        kill -0 "$service" 2>/dev/null || { cat "$box/log"; return 1; }
        sleep 0.05
    done
    cat "$box/log"
    return 1
}
stop() {
    local status
    kill -TERM "$service"
    wait "$service"
    status=$?
    service=''
    echo "status $status"
    [ "$status" = 0 ]
}
key() { cat "$ZEVENSTEM_STATE/analyst.key"; }

# shellcheck disable=SC2317
test_that() { # as in the harness, but in this shell: start and stop keep the service's number
    local name=$1
    shift
    if "$@" >"$box/output" 2>&1; then
        passed=$((passed + 1))
        echo "ok - $name"
    else
        failed=$((failed + 1))
        echo "not ok - $name"
        sed 's/^/    /' "$box/output"
    fi
}

# ---- a build that was cut off ----
# The linker wrote a part and was killed, and make with it.
cut_off_link() {
    # shellcheck disable=SC2016 # make expands it
    printf '%s/program:\n\t$(call link_program)\n' "$box" >"$box/program.mk"
    cat >"$box/cc" <<'CC'
#!/bin/bash
while [ "$1" != -o ]; do shift; done
: >"$2"
chmod +x "$2"
touch "$(dirname "$0")/linked"
pid=$PPID
until [ "$(cat "/proc/$pid/comm")" = make ]; do pid=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$pid/status"); done
kill -KILL "$pid" $$
CC
    chmod +x "$box/cc"
    env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s -C "$root" -f Makefile -f "$box/program.mk" CC="$box/cc" "$box/program"
    [ -e "$box/linked" ] && [ ! -e "$box/program" ]
}
test_that 'a link that is cut off leaves no program' cut_off_link
empty_program() {
    : >"$box/empty"
    chmod 755 "$box/empty"
    fails "$root/deploy/dev/run.sh" "$box/empty" && [ ! -e "$ZEVENSTEM_STATE/analyst.key" ]
}
test_that 'an empty program is not run, and makes no empty key' empty_program

# The port of somebody else: told as the last thing, and nothing was begun.
port_taken() {
    local said taken
    node -e 'require("net").createServer().listen(+process.argv[1], "127.0.0.1")' "$PORT" &
    taken=$!
    until (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; do sleep 0.1; done
    said=$("$root/deploy/dev/run.sh" "$binary" 2>&1)
    status=$?
    kill "$taken"
    wait "$taken"
    echo "$said"
    [ "$status" = 1 ] && [ "$said" = "zevenstem: port $PORT is taken: PORT=$((PORT + 1)) make run" ] && [ ! -e "$ZEVENSTEM_STATE" ]
}
test_that 'a port that is taken is told before anything is begun' port_taken

test_that 'from nothing to ready' start
announced() { grep -q "$site/" "$box/log" && grep -qF "$(key)" "$box/log" && [ "$(stat -c %a "$ZEVENSTEM_STATE/analyst.key")" = 600 ]; }
test_that 'it prints the address and the analyst key' announced
# Whoever reads what it prints can sign in, and has a guide to plan a conversation by.
back_office() {
    eval "$(sed -n 's/^ *\(ZEVENSTEM_CONFIG=.* account add\) NAME --role beheerder$/\1 eerste --role beheerder/p' "$box/log")" &&
        [ "$(curl -s -o /dev/null -w '%{http_code}' "$site/beheer/inloggen")" = 200 ] && grep -q 'focusgroep-biotechnologie' "$box/log"
}
test_that 'its back office can be entered' back_office
start_page() { curl -sf -o "$box/page" "$site/" && grep -q '<h1' "$box/page"; }
test_that 'the start page is served' start_page
round_is_open() { curl -sf -o "$box/rounds" "$site/v1/rondes" && grep -q biotechnologie-2026 "$box/rounds"; }
test_that 'the round of biotechnology 2026 is there' round_is_open
table() { # a table, with the headers given
    curl -s -o "$box/table" -w '%{http_code}' "$@" "$site/v1/rondes/biotechnologie-2026-1/tabel?variabele=taal"
}
key_works() {
    [ "$(table)" = 401 ] && [ "$(table -H "Authorization: Bearer $(key)")" = 200 ] && grep -q taal "$box/table"
}
test_that 'the analyst key opens a table, and nothing else does' key_works
not_root() { [ "$(id -u)" != 0 ] || [ "$(stat -c %U "/proc/$service")" = zevenstem ]; }
test_that 'as root the service runs as a user of its own' not_root
test_that 'the doctor is content' "$binary" doctor --config "$ZEVENSTEM_STATE/zevenstem.conf"
test_that 'SIGTERM ends it well' stop
first_key=$(key)
test_that 'it starts a second time' start
# What made the first time long is not done again. How long it takes: make bench.
nothing_again() {
    ! grep -Eq 'Making|applied|root secret made' "$box/log" && grep -q '^nothing to do' "$box/log" &&
        grep -q 'was open already' "$box/log"
}
test_that 'and does nothing twice' nothing_again
same_key() { [ "$(key)" = "$first_key" ]; }
test_that 'the key is the same' same_key
test_that 'SIGTERM ends it well again' stop
"$root/deploy/dev/cluster.sh" stop >/dev/null
test_that 'with the database stopped too' start
test_that 'which makes nothing anew either' nothing_again
test_that 'and SIGTERM ends that' stop
finish
