#!/bin/sh
# Runs every fuzz target of a build for some seconds each, from its seeds in tests/corpus/<target>.
#   tests/fuzz.sh build/fuzz 60
set -eu
cd "$(dirname "$0")/.."
build=$1
seconds=$2
failed=0
passed=0
for program in "$build"/fuzz_*; do
  [ -x "$program" ] || continue
  name=$(basename "$program")
  seeds="tests/corpus/$name"
  work=$(mktemp -d)
  [ -d "$seeds" ] || seeds=""
  # shellcheck disable=SC2086
  if "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
       -artifact_prefix="$build/$name-" "$work" $seeds >"$build/$name.log" 2>&1; then
    passed=$((passed + 1))
    echo "$name: $(grep -o 'number_of_executed_units: *[0-9]*' "$build/$name.log" | grep -o '[0-9]*$') runs"
  else
    failed=$((failed + 1))
    echo "$name: FAILED, see $build/$name.log"
    tail -n 20 "$build/$name.log"
  fi
  rm -rf "$work"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
