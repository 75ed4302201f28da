#!/bin/bash
# Plants each fault of this folder into a copy of the sources and demands that a test fails: tests that
# let one live prove less than they seem to. `./dev mutants [--seeds K] [NAME...]` runs it; a NAME is the
# beginning of a patch's name, and K how many lifetimes are simulated with each fault (5). The first line
# of a patch says what it breaks. Who caught what goes into docs/reference/planted-faults.md, which keeps
# the rows of the patches that this run left out. Ends in one line: N of N caught.
set -euo pipefail
cd "$(dirname "$0")/../.."
readonly root=$PWD work=$PWD/build/mutants page=$PWD/docs/reference/planted-faults.md

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
    "$root"/tests/unit/merge/*.cpp "$root"/tests/unit/mapping/*.cpp)
flows=$(suites_in "$root"/tests/unit/sync/*_test.cpp)
readonly tables flows

build() { ninja -j 2 -C build/dev --quiet unit_tests property_tests simulate >build.log 2>&1; }

# Says of a suite "failed" or "passed". One that hangs did not pass.
verdict() {
    local name=$1
    shift
    if timeout 300 "$@" >"$name.log" 2>&1; then echo passed >"$name"; else echo failed >"$name"; fi
}

# What each suite says, in the files tables, properties, flows and lifetimes.
try() {
    verdict tables build/dev/bin/unit_tests --gtest_brief=1 --gtest_fail_fast --gtest_filter="$tables"
    verdict properties build/dev/bin/property_tests --gtest_brief=1 --gtest_fail_fast \
        --gtest_filter='Merge*:Polic*:Lens*'
    verdict flows build/dev/bin/unit_tests --gtest_brief=1 --gtest_fail_fast --gtest_filter="$flows"
    verdict lifetimes build/dev/bin/simulate --seeds "$seeds"
}

is_caught() { grep -q failed tables properties flows lifetimes; }

# In how many of the simulated lifetimes an invariant broke; a crash ends them all.
bad_seeds() {
    if grep -q ' seeds, ' lifetimes.log; then
        echo "$(sed -n 's/^seed \([0-9]*\):.*/\1/p' lifetimes.log | sort -u | wc -l) of $seeds"
    else
        echo "crash"
    fi
}

mark() { if grep -q failed "$1"; then echo x; else echo; fi; }

# Makes a copy what the sources are; what is the same already is not touched, and not compiled again.
copy_sources() {
    local copy=$1 file
    git ls-files | while read -r file; do
        [ ! -f "$file" ] || cmp -s "$file" "$copy/$file" || cp --parents "$file" -t "$copy"
    done
    (cd "$copy" && find ./*/ -path ./build -prune -o -path ./tmp -prune -o -type f -print) |
        cut -c3- | { grep -vxFf <(git ls-files) || true; } | while read -r file; do rm "$copy/$file"; done
}

# A copy of the sources, built, in which all tests pass. Optimised: the tests run more often than they
# are compiled.
prepare() {
    local copy=$work/$1
    mkdir -p "$copy/tmp"
    copy_sources "$copy"
    cd "$copy"
    export TEST_TMPDIR=$copy/tmp
    cmake --preset dev -DBUILD_TESTING=ON -DCMAKE_CXX_FLAGS_DEBUG="-O1 -g0" >configure.log
    build || { cat build.log >&2; exit 1; }
    try
    if is_caught; then
        echo "mutants: the tests fail before anything is planted" >&2
        exit 1
    fi
}

# Plants one fault in the copy that is the working folder, and leaves its row, or what is wrong.
plant() {
    local patch=$1 name what
    name=$(basename "$patch" .patch)
    what=$(head -n 1 "$patch" | cut -c3-)
    if ! patch --quiet -p1 <"$patch"; then
        echo "$name: does not fit the sources" | tee "$work/trouble/$name"
        exit 1
    fi
    if ! build; then
        echo "$name: does not compile" | tee "$work/trouble/$name"
    else
        try
        if is_caught; then
            echo "| \`$name\` | $what | $(mark tables) | $(mark properties) | $(mark flows) | $(bad_seeds) |" \
                >"$work/rows/$name"
        else
            echo "$name: SURVIVED ($what)" | tee "$work/trouble/$name"
        fi
    fi
    patch --quiet -p1 -R <"$patch"
}

wanted=()
for patch in "$root"/tests/mutants/*.patch; do
    [ $# -gt 0 ] || wanted+=("$patch")
    for prefix in "$@"; do
        if [[ $(basename "$patch") == "$prefix"* ]]; then
            wanted+=("$patch")
            break
        fi
    done
done

# As many copies as there are processors, each with its share of the faults; of a few, one.
rm -rf "$work/rows" "$work/trouble"
mkdir -p "$work/rows" "$work/trouble"
workers=$(nproc)
[ ${#wanted[@]} -ge 10 ] || workers=1
for ((worker = 0; worker < workers; worker++)); do
    (
        prepare "$worker"
        for ((at = worker; at < ${#wanted[@]}; at += workers)); do plant "${wanted[$at]}"; done
    ) &
done
for ((worker = 0; worker < workers; worker++)); do wait -n || true; done

# The row of a patch: of this run, or of the last in which it was planted.
row_of() {
    [ ! -f "$work/trouble/$1" ] || return 0
    cat "$work/rows/$1" 2>/dev/null || { [ ! -f "$page" ] || grep -F "| \`$1\` |" "$page" || true; }
}

caught=$(find "$work/rows" -type f | wc -l)
{
    echo "# Planted faults, and what catches them"
    echo
    echo "For people who change the core. Written by \`./dev mutants\`; each fault is a patch in \`tests/mutants/\`."
    echo "Tables: the tests of single rules. Properties: rules of merging and laws of lenses over random values."
    echo "Flows: a hub over imitated systems. Lifetimes: in how many simulated ones an invariant broke; 0 says that"
    echo "more are needed to meet it by chance."
    echo
    echo "| Patch | Fault | Tables | Properties | Flows | Lifetimes |"
    echo "|---|---|---|---|---|---|"
    for patch in "$root"/tests/mutants/*.patch; do row_of "$(basename "$patch" .patch)"; done
} >"$work/page.md"
mv "$work/page.md" "$page"
echo "$caught of ${#wanted[@]} caught"
[ "$caught" -eq ${#wanted[@]} ]
