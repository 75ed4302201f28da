#!/bin/bash
# Runs fuzz targets, two at a time: run.sh BUILD [--seconds N] [TARGET...]. A target is the <what> of
# fuzz_<what>.cpp. What was learnt stays in BUILD/corpus for the next time, and an input that ends a
# target in BUILD/findings.
set -euo pipefail

build=$1
shift
seconds=30
if [ "${1:-}" = --seconds ]; then
    seconds=$2
    shift 2
fi
here=$(cd "$(dirname "$0")" && pwd)
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(ls "$here"/fuzz_*.cpp | sed 's/.*fuzz_\(.*\)\.cpp/\1/')
logs=$build/logs
mkdir -p "$logs" "$build/findings"

run_one() {
    local target=$1 corpus=$build/corpus/$1 log=$logs/$1.log
    mkdir -p "$corpus"
    rm -f "$build/findings/$target-"*
    ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1 \
    UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 \
        "$build/bin/fuzz_$target" -max_total_time="$seconds" -max_len=4096 -timeout=10 \
        -print_final_stats=1 -artifact_prefix="$build/findings/$target-" \
        "$corpus" "$here/seeds/$target" >"$log" 2>&1 ||
        echo "$target: $(grep -m1 -E 'ERROR:|runtime error:|broken invariant|Fuzzer: ' "$log" || echo "it ended")" >&2
}

for target in "${targets[@]}"; do
    [ -x "$build/bin/fuzz_$target" ] || {
        echo "run.sh: there is no target \"$target\"" >&2
        exit 2
    }
    while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n; done
    run_one "$target" &
done
wait

inputs=0 findings=0
for target in "${targets[@]}"; do
    count=$(sed -n 's/^stat::number_of_executed_units: *//p' "$logs/$target.log")
    inputs=$((inputs + ${count:-0}))
    compgen -G "$build/findings/$target-*" >/dev/null && findings=$((findings + 1))
done
echo "${#targets[@]} targets, $(awk "BEGIN { printf \"%.1f\", $inputs / 1000000 }") M inputs, $findings findings"
[ "$findings" -eq 0 ]
