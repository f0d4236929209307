#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A data set of two sizes of the simulated town: pictures per second, peak memory, and whether one
# thread, two threads and three tasks give the same bytes. Needs GNU time (package "time").
#
#   bench/build.sh BUILD/bin [SMALL_KM [LARGE_KM]]
set -eu
PATH=$1:$PATH
small=${2:-1.5}
large=${3:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C

tree_hash() { (cd "$1" && find . -type f | sort | xargs sha256sum | sha256sum | cut -c1-16); }

# timed LABEL COMMAND...: wall seconds, processor seconds, peak KiB
timed() {
  label=$1
  shift
  /usr/bin/time -f '%e %U %S %M' -o "$work/time" "$@" >"$work/out"
  awk -v label="$label" '{ printf "%s: %s s, processor %.2f s, peak %.0f MiB\n", label, $1, $2 + $3, $4 / 1024 }' "$work/time"
}

for km in "$small" "$large"; do
  town=$work/town$km
  skyglot simulate --output "$town" --seed 1 --size-km "$km" >/dev/null
  timed "$km km, objects import" skyglot objects import "$town/town.osm.pbf" --output "$work/$km.gpkg"
  skyglot imagery scan "$town/imagery/aerial" --collection AE --output "$work/i$km.gpkg" >/dev/null
  skyglot imagery scan "$town/imagery/satellite_2m" --collection P2 --output "$work/i$km.gpkg" >/dev/null
  build="skyglot build --objects $work/$km.gpkg --imagery $work/i$km.gpkg --cells 0 --shard-size 200"
  timed "$km km, build, 1 thread" $build --output "$work/one$km" --threads 1
  head -n 1 "$work/out"
  timed "$km km, build, 2 threads" $build --output "$work/two$km" --threads 2
  for task in 1 2 3; do $build --output "$work/tasks$km" --task "$task/3" >/dev/null; done
  skyglot merge --objects "$work/$km.gpkg" --imagery "$work/i$km.gpkg" --cells 0 --shard-size 200 \
    --output "$work/tasks$km" >/dev/null
  echo "$km km, tree hashes: 1 thread $(tree_hash "$work/one$km"), 2 threads $(tree_hash "$work/two$km")," \
    "3 tasks $(tree_hash "$work/tasks$km")"
done
