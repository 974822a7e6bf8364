#!/bin/bash
# For shell tests: test NAME COMMAND... counts; `finish` prints the counts as node's runner does. Sourced.
# shellcheck disable=SC2034 # for those who source this file
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
passed=0
failed=0
# Short: a socket lives below it.
box=$(mktemp -d /tmp/zsdXXXXXX)
chmod 755 "$box"
export ZEVENSTEM_STATE=$box/state

# Runs a command; its output is shown only when it fails.
test_that() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1); then
        passed=$((passed + 1))
        echo "ok - $name"
    else
        failed=$((failed + 1))
        echo "not ok - $name"
        printf '%s\n' "$output" | sed 's/^/    /'
    fi
}

finish() {
    echo "# pass $passed"
    echo "# fail $failed"
    [ "$failed" = 0 ]
}

fails() { ! "$@"; }
