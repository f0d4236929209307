#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What comparing costs beyond embedding: 'filter' against 'embed' of the same pictures and of the same captions, each once,
# in turn: bench/filter.sh DATASET [ROUNDS]. The share is of embed's rate; the pictures alone are given beside it.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
dataset=$(realpath "$1") rounds=${2:-3}
skyglot=${SKYGLOT:-$root/build/release/bin/skyglot}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C

# Both captions of every pair, each text once.
sqlite3 "$dataset/pairs.gpkg" \
  "SELECT title FROM pairs WHERE status = 'pair' UNION SELECT title_multi_objects FROM pairs WHERE status = 'pair'" \
  >"$work/captions.txt"

seconds() {
  local start=$EPOCHREALTIME
  "$@" >/dev/null 2>&1
  awk -v start="$start" -v end="$EPOCHREALTIME" 'BEGIN { print end - start }'
}

for ((i = 0; i < rounds; i++)); do
  filter=$(seconds "$skyglot" filter "$dataset" --overwrite)
  pictures=$(seconds "$skyglot" embed --images "$dataset" --output "$work/p" --overwrite)
  captions=$(seconds "$skyglot" embed --texts "$work/captions.txt" --output "$work/c" --overwrite)
  awk -v f="$filter" -v p="$pictures" -v c="$captions" -v n="$(wc -l <"$work/captions.txt")" 'BEGIN {
    printf "filter %.1f s; embed: pictures %.1f s, %d captions %.1f s; %.0f%% of embed'"'"'s rate, %.0f%% of that of the pictures alone\n",
      f, p, n, c, 100 * (p + c) / f, 100 * p / f }'
done
