#!/bin/bash
# run-parts.sh LOGS MAKE PART...: runs `MAKE PART` for each part, two at a time (PARTS_AT_ONCE), whatever the earlier ones did, and sums
# what the runners said (Criterion's "Synthesis" line, node's "pass" and "fail" lines) into a last line
#     N passed, N failed
# A part without such a line counts as one test. A part that ends with an error and no failed test of its own counts as one
# failure, so that a crash of a runner never passes. The output of each part is shown when it ended, and kept in LOGS/PART.log. Name the
# longest part first.
set -uo pipefail
logs=$1
make=$2
shift 2
mkdir -p "$logs"

# Prints "passed failed seen" of one log.
count() {
    perl -CSD -ne '
        s/\e\[[0-9;]*m//g;
        if (/Synthesis: Tested: (\d+) \| Passing: (\d+) \| Failing: (\d+) \| Crashing: (\d+)/) {
            # A crashing test is not among the failing ones, except where Criterion says so by the sum.
            my $bad = $1 - $2; $ok += $2; $bad_all += $bad; $seen = 1;
        } elsif (/^\s*(?:#|\x{2139}) pass (\d+)\s*$/) { $ok += $1; $seen = 1; }
        elsif (/^\s*(?:#|\x{2139}) (?:fail|cancelled) (\d+)\s*$/) { $bad_all += $1; $seen = 1; }
        END { printf "%d %d %d\n", $ok, $bad_all, $seen }' "$1"
}

# In a process of its own: leaves "status seconds" in LOGS/PART.status.
run() {
    local started=$SECONDS status
    # shellcheck disable=SC2086 # MAKE is a command with its arguments
    $make "$1" </dev/null >"$logs/$1.log" 2>&1
    status=$?
    echo "$status $((SECONDS - started))" >"$logs/$1.status"
}

passed=0
failed=0
lines=()
# Shows and counts a part that ended.
take() {
    local part=$1 status seconds ok bad seen
    read -r status seconds <"$logs/$part.status"
    echo "== $part"
    cat "$logs/$part.log"
    read -r ok bad seen < <(count "$logs/$part.log")
    if [ "$seen" = 0 ] && [ "$status" = 0 ]; then
        ok=1
    fi
    if [ "$status" != 0 ] && [ "$bad" = 0 ]; then
        bad=1
    fi
    passed=$((passed + ok))
    failed=$((failed + bad))
    lines+=("$(printf '%-24s %6d passed %4d failed %5d s' "$part" "$ok" "$bad" "$seconds")")
}

running=()
# Waits until fewer than $1 parts run, and takes those that ended.
settle() {
    local part still gone
    while [ "${#running[@]}" -gt 0 ] && [ "${#running[@]}" -ge "$1" ]; do
        wait -n
        gone=$?
        still=()
        for part in "${running[@]}"; do
            # Nobody left to wait for: whoever has not said how it ended was killed.
            if [ "$gone" = 127 ] && [ ! -e "$logs/$part.status" ]; then echo '137 0' >"$logs/$part.status"; fi
            if [ -e "$logs/$part.status" ]; then take "$part"; else still+=("$part"); fi
        done
        running=("${still[@]+"${still[@]}"}")
    done
}
for part in "$@"; do
    settle "${PARTS_AT_ONCE:-2}"
    rm -f "$logs/$part.status"
    echo "-- $part begins"
    run "$part" &
    running+=("$part")
done
settle 1
echo
printf '%s\n' "${lines[@]+"${lines[@]}"}"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
