#!/bin/sh
# Runs every fuzz target of a build for some seconds each, as many at once as there are cores, from its seeds in
# tests/corpus/<target>.
#   tests/fuzz.sh build/fuzz 60
set -eu
cd "$(dirname "$0")/.."

# One target; its log and what it found lie beside it.
if [ "${1:-}" = --one ]; then
  program=$2
  seconds=$3
  build=$(dirname "$program")
  name=$(basename "$program")
  seeds="tests/corpus/$name"
  [ -d "$seeds" ] || seeds=""
  work=$(mktemp -d)
  status=0
  # shellcheck disable=SC2086
  "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$build/$name-" "$work" $seeds >"$build/$name.log" 2>&1 || status=$?
  rm -rf "$work"
  if [ "$status" -eq 0 ]; then
    echo "$name: $(grep -o 'number_of_executed_units: *[0-9]*' "$build/$name.log" | grep -o '[0-9]*$') runs"
  else
    echo "$name: FAILED, see $build/$name.log"
    tail -n 20 "$build/$name.log"
  fi
  exit "$status"
fi

build=$1
seconds=$2
programs=$(find "$build" -maxdepth 1 -name 'fuzz_*' -type f -perm -u+x | sort)
total=$(echo "$programs" | grep -c .)
if [ "$total" -eq 0 ]; then
  echo "there is no fuzz target in $build" >&2
  exit 1
fi
status=0
echo "$programs" | xargs -P "$(nproc)" -I {} sh tests/fuzz.sh --one {} "$seconds" || status=$?
failed=0
for program in $programs; do
  grep -q 'number_of_executed_units' "$build/$(basename "$program").log" || failed=$((failed + 1))
done
echo "$((total - failed)) passed, $failed failed"
[ "$status" -eq 0 ] && [ "$failed" -eq 0 ]
