#!/bin/bash
# run-parts.sh LOGS MAKE PART...: runs `MAKE PART` for each part, one after the other, whatever the earlier ones did, and sums
# what the runners said (Criterion's "Synthesis" line, node's "pass" and "fail" lines) into a last line
#     N passed, N failed
# A part without such a line counts as one test. A part that ends with an error and no failed test of its own counts as one
# failure, so that a crash of a runner never passes. The output of each part is kept in LOGS/PART.log.
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

passed=0
failed=0
lines=()
for part in "$@"; do
    log=$logs/$part.log
    echo "== $part"
    started=$SECONDS
    # shellcheck disable=SC2086 # MAKE is a command with its arguments
    $make "$part" </dev/null 2>&1 | tee "$log"
    status=${PIPESTATUS[0]}
    read -r ok bad seen < <(count "$log")
    if [ "$seen" = 0 ] && [ "$status" = 0 ]; then
        ok=1
    fi
    if [ "$status" != 0 ] && [ "$bad" = 0 ]; then
        bad=1
    fi
    passed=$((passed + ok))
    failed=$((failed + bad))
    lines+=("$(printf '%-24s %6d passed %4d failed %5d s' "$part" "$ok" "$bad" $((SECONDS - started)))")
done
echo
printf '%s\n' "${lines[@]+"${lines[@]}"}"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
