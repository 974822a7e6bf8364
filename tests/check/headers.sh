#!/bin/bash
# Every header compiles alone, with both compilers: headers.sh FLAGS...
set -uo pipefail
export flags="$*"
one() {
    # shellcheck disable=SC2086
    for cc in gcc clang; do
        printf '#include "%s"\n' "${1#src/}" |
            $cc $flags -std=c17 -D_GNU_SOURCE -Wall -Wextra -Werror -Isrc -fsyntax-only -x c - || exit 1
    done
}
export -f one
headers=$(find src -name '*.h' | sort)
printf '%s\n' "$headers" | xargs -P "$(nproc)" -I{} bash -c 'one {}' || { echo "headers: some do not compile alone"; exit 1; }
echo "headers: $(printf '%s\n' "$headers" | wc -l) files, 0 faults"
