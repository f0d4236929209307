#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Import into an object store against ogr2ogr to GeoPackage, from the same file, in turn.
# ogr2ogr writes no tag index. Prints every run, the ratio of medians, and peak memory: of an extract
# repeated COPIES / 2 and COPIES times, and of each FILE as it is (dense small ones, say; what is no
# PBF is made one first with osmium). Needs ogr2ogr and GNU time (package "time").
#
#   bench/import_vs_ogr2ogr.sh BUILD/bin monaco.osm.pbf [COPIES [RUNS [FILE...]]]
set -eu
bin=$1
input=$2
copies=${3:-20}
runs=${4:-5}
shift "$(($# < 4 ? $# : 4))"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C

# measure NAME COMMAND...: appends "seconds KiB user-seconds system-seconds" to NAME.
measure() {
  name=$1
  shift
  /usr/bin/time -f '%e %M %U %S' -o "$work/time" "$@" >/dev/null 2>"$work/stderr" || {
    cat "$work/stderr" >&2
    exit 1
  }
  tail -n 1 "$work/time" | tee -a "$work/$name" | sed "s/^/$name: seconds, KiB, user s, system s: /"
}

both() {
  rm -f "$work/s.gpkg" "$work/o.gpkg"
  measure "skyglot-$1" "$bin/skyglot" objects import "$work/$1.osm.pbf" --output "$work/s.gpkg"
  measure "ogr2ogr-$1" ogr2ogr -f GPKG "$work/o.gpkg" "$work/$1.osm.pbf"
}

median() {
  sort -n "$1" | awk -v column="$2" '{ v[NR] = $column } END { print v[int((NR + 1) / 2)] }'
}

half=$((copies / 2))
names="$half-copies $copies-copies"
for size in "$half" "$copies"; do
  "$bin/repeat_osm" "$input" "$size" "$work/$size-copies.osm.pbf"
done
for file in "$@"; do
  extract=$(basename "$file" | sed 's/[.]osm[.].*//; s/[.]osm$//')
  case $file in
    *.pbf) cp "$file" "$work/$extract.osm.pbf" ;;
    *) osmium cat "$file" --output "$work/$extract.osm.pbf" ;;
  esac
  names="$names $extract"
done
for extract in $names; do
  run=0
  while [ "$run" -lt "$runs" ]; do
    both "$extract"
    run=$((run + 1))
  done
done
for extract in $names; do
  ours=$(median "$work/skyglot-$extract" 1)
  theirs=$(median "$work/ogr2ogr-$extract" 1)
  cpu=$(awk -v n="$runs" '{ s += $3 + $4 } END { print s / n }' "$work/skyglot-$extract")
  their_cpu=$(awk -v n="$runs" '{ s += $3 + $4 } END { print s / n }' "$work/ogr2ogr-$extract")
  echo "$extract: skyglot $ours s, ogr2ogr $theirs s," \
    "ratio $(awk "BEGIN { printf \"%.2f\", $theirs / $ours }");" \
    "processor time $cpu s against $their_cpu s;" \
    "peak memory $(median "$work/skyglot-$extract" 2) KiB against $(median "$work/ogr2ogr-$extract" 2) KiB"
done
