#!/bin/bash
# Plants each fault of this folder into a copy of the sources and demands that a test fails: tests that
# let one live prove less than they seem to. `./dev mutants [NAME...]` runs it; a NAME is the beginning of
# a patch's name. The first line of a patch says what it breaks. Ends in one line: N of N caught.
set -euo pipefail
cd "$(dirname "$0")/../.."
readonly root=$PWD copy=$PWD/build/mutants/src

# The suites that prove the pure rooms of synchronisation, by the names that their sources give them.
suites() {
    sed -n 's/^TEST\(_F\|_P\)\?(\([A-Za-z0-9]*\),.*/*\2.*/p' "$root"/tests/unit/sync/core/*.cpp \
        "$root"/tests/unit/sync/undo_test.cpp \
        "$root"/tests/unit/matching/*.cpp "$root"/tests/unit/merge/*.cpp | sort -u | paste -sd:
}

build() { ninja -C build/dev --quiet unit_tests property_tests >build.log 2>&1; }

# 0 = a test failed, as it should.
is_caught() {
    timeout 120 build/dev/bin/unit_tests --gtest_brief=1 --gtest_filter="$suites" >/dev/null 2>&1 || return 0
    timeout 120 build/dev/bin/property_tests --gtest_brief=1 --gtest_filter='Merge*:Polic*' \
        >/dev/null 2>&1 || return 0
    return 1
}

suites=$(suites)
readonly suites
rm -rf "$copy"
mkdir -p "$copy"
git ls-files -z | xargs -0 cp --parents -t "$copy"
cd "$copy"
cmake --preset dev -DBUILD_TESTING=ON >configure.log
build || { cat build.log >&2; exit 1; }
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
    patch --quiet -p1 <"$patch" || { echo "$name: does not fit the sources"; exit 1; }
    if ! build; then
        echo "$name: does not compile"
    elif is_caught; then
        caught=$((caught + 1))
    else
        echo "$name: SURVIVED ($(head -n 1 "$patch" | cut -c3-))"
    fi
    patch --quiet -p1 -R <"$patch"
done
echo "$caught of $total caught"
[ "$caught" -eq "$total" ]
