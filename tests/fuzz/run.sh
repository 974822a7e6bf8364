#!/bin/bash
# run.sh FOLDER SECONDS TARGET...: each fuzz target of FOLDER/asan/fuzz for so many seconds, from the corpora of tests/fuzz and of
# earlier runs. Prints one line a target; the output of one that breaks is shown. Exits 1 when any did.
set -euo pipefail
folder=$1
seconds=$2
shift 2
failed=0
mkdir -p "$folder/found"
for target in "$@"; do
    grown=$folder/corpus/$target
    log=$folder/$target.log
    mkdir -p "$grown"
    options=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$folder/found/$target-")
    case $target in
    flat | json_decode | questionnaire | response) options+=(-dict=tests/fuzz/json.dict) ;;
    qda | coding) options+=(-dict=tests/fuzz/qda.dict -max_len=8192) ;;
    esac
    if "$folder/asan/fuzz/fuzz-$target" "${options[@]}" "$grown" "tests/fuzz/corpus/$target" >"$log" 2>&1; then
        printf '%-14s %10s inputs tried, %6s kept, nothing broke\n' "$target" \
            "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" "$(find "$grown" -type f | wc -l)"
    else
        failed=1
        tail -n 60 "$log"
        echo "$target: broken; the input is in $folder/found"
    fi
done
exit "$failed"
