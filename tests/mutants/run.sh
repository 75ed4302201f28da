#!/bin/bash
# Plants each fault of this folder into a copy of the sources and demands that a test fails: tests that
# let one live prove less than they seem to. `./dev mutants [--seeds K] [NAME...]` runs it; a NAME is the
# beginning of a patch's name, and K how many lifetimes are simulated with each fault (5). The first line
# of a patch says what it breaks. Over all patches it leaves the table of who caught what in
# docs/reference/planted-faults.md. Ends in one line: N of N caught.
set -euo pipefail
cd "$(dirname "$0")/../.."
readonly root=$PWD copy=$PWD/build/mutants/src rows=$PWD/build/mutants/rows

seeds=5
if [ "${1:-}" = --seeds ]; then
    seeds=$2
    shift 2
fi

# The suites that prove synchronisation, by the names that their sources give them.
suites_in() {
    sed -n 's/^TEST\(_F\|_P\)\?(\([A-Za-z0-9]*\),.*/*\2.*/p' "$@" | sort -u | paste -sd:
}
tables=$(suites_in "$root"/tests/unit/sync/core/*.cpp "$root"/tests/unit/matching/*.cpp \
    "$root"/tests/unit/merge/*.cpp)
flows=$(suites_in "$root"/tests/unit/sync/*_test.cpp)
readonly tables flows

build() { ninja -C build/dev --quiet unit_tests property_tests simulate >build.log 2>&1; }

# Says of a suite "failed" or "passed". One that hangs did not pass.
verdict() {
    local name=$1
    shift
    if timeout 300 "$@" >"$name.log" 2>&1; then echo passed >"$name"; else echo failed >"$name"; fi
}

# What each suite says, in the files tables, properties, flows and lifetimes.
try() {
    verdict tables build/dev/bin/unit_tests --gtest_brief=1 --gtest_fail_fast --gtest_filter="$tables" &
    verdict properties build/dev/bin/property_tests --gtest_brief=1 --gtest_fail_fast \
        --gtest_filter='Merge*:Polic*' &
    wait
    verdict flows build/dev/bin/unit_tests --gtest_brief=1 --gtest_fail_fast --gtest_filter="$flows" &
    verdict lifetimes build/dev/bin/simulate --seeds "$seeds" &
    wait
}

is_caught() { grep -q failed tables properties flows lifetimes; }

# In how many of the simulated lifetimes an invariant broke; a crash ends them all.
bad_seeds() {
    if grep -q ' seeds, ' lifetimes.log; then
        sed -n 's/^seed \([0-9]*\):.*/\1/p' lifetimes.log | sort -u | wc -l
    else
        echo "crash"
    fi
}

mark() { if grep -q failed "$1"; then echo x; else echo; fi; }

rm -rf "$copy" "$rows"
mkdir -p "$copy"
git ls-files -z | xargs -0 cp --parents -t "$copy"
cd "$copy"
cmake --preset dev -DBUILD_TESTING=ON >configure.log
build || { cat build.log >&2; exit 1; }
try
if is_caught; then
    echo "mutants: the tests fail before anything is planted" >&2
    exit 1
fi

caught=0 total=0
for patch in "$root"/tests/mutants/*.patch; do
    name=$(basename "$patch" .patch)
    if [ $# -gt 0 ]; then
        wanted=false
        for prefix in "$@"; do [[ $name == "$prefix"* ]] && wanted=true; done
        $wanted || continue
    fi
    total=$((total + 1))
    what=$(head -n 1 "$patch" | cut -c3-)
    patch --quiet -p1 <"$patch" || { echo "$name: does not fit the sources"; exit 1; }
    if ! build; then
        echo "$name: does not compile"
    else
        try
        if is_caught; then
            caught=$((caught + 1))
            echo "| $what | $(mark tables) | $(mark properties) | $(mark flows) | $(bad_seeds) |" >>"$rows"
        else
            echo "$name: SURVIVED ($what)"
        fi
    fi
    patch --quiet -p1 -R <"$patch"
done
echo "$caught of $total caught"
if [ $# -eq 0 ] && [ "$caught" -eq "$total" ]; then
    {
        echo "# Planted faults, and what catches them"
        echo
        echo "For people who change the core. Written by \`./dev mutants\` when all faults were caught; each is"
        echo "a patch in \`tests/mutants/\`. Tables: the tests of single rules. Properties: rules of merging over"
        echo "random values. Flows: a hub over imitated systems. Lifetimes: in how many of $seeds simulated ones"
        echo "an invariant broke; 0 says that more are needed to meet it by chance."
        echo
        echo "| Fault | Tables | Properties | Flows | Lifetimes |"
        echo "|---|---|---|---|---|"
        cat "$rows"
    } >"$root/docs/reference/planted-faults.md"
fi
[ "$caught" -eq "$total" ]
