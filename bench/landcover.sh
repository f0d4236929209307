#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Land cover without labels on five labelled pictures (LoveDA 3, ISPRS Potsdam, ISPRS Vaihingen): a head trained on all of
# them, classes as many as each has, matched one to one; beside both baselines. Also steps a second with features from the
# cache, tiles a second without, and megapixels a second of a map.
# Usage: bench/landcover.sh [SEEDS] [FOLDER]   (default: 3 seeds; a temporary folder)
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
data=${SKYGLOT_SHARED_DATA:-$root/../shared/data}/landcover
seeds=${1:-3}
out=${2:-$(mktemp -d)}
skyglot=${SKYGLOT:-$root/build/release/bin/skyglot}
[[ -d "$data" ]] || { echo "landcover.sh: needs $data" >&2; exit 1; }
mkdir -p "$out/pictures" "$out/truth"
for i in 0 1 2; do
  ln -sf "$data/mmseg_loveda/img_dir/$i.png" "$out/pictures/loveda$i.png"
  ln -sf "$data/mmseg_loveda/ann_dir/$i.png" "$out/truth/loveda$i.png"
done
for set in potsdam vaihingen; do
  ln -sf "$data/mmseg_$set/img_dir/"*.png "$out/pictures/$set.png"
  ln -sf "$data/mmseg_$set/ann_dir/"*.png "$out/truth/$set.png"
done
samples="loveda0:5 loveda1:6 loveda2:4 potsdam:6 vaihingen:6"

# $1: name, rest: options of train
protocol() {
  local name=$1 seed sample
  shift
  for ((seed = 0; seed < seeds; ++seed)); do
    local maps=$out/maps-$name-$seed
    mkdir -p "$maps"
    for sample in $samples; do
      local picture=${sample%:*}
      "$skyglot" landcover train "$out/pictures/$picture.png" --classes "${sample#*:}" --output "$out/model" \
        --cache "$out/cache" --seed "$seed" --overwrite "$@" >/dev/null 2>&1
      "$skyglot" landcover map "$out/pictures/$picture.png" --model "$out/model" --output "$maps/$picture.tif" \
        --overwrite >/dev/null 2>&1
    done
    "$skyglot" landcover score "$maps" --truth "$out/truth" --json 2>/dev/null | tail -1
  done | python3 -c '
import json, statistics, sys
runs = [json.loads(line) for line in sys.stdin]
def text(key):
    values = [run[key]["mean"] for run in runs]
    spread = statistics.stdev(values) if len(values) > 1 else 0
    return f"{statistics.mean(values):.3f} +- {spread:.3f}"
print(sys.argv[1], *(f"{key} {text(key)}" for key in ("accuracy", "one_class", "kappa", "mean_iou")), sep="; ")
' "$name"
}

protocol colour --method colour
protocol features --method features
rm -rf "$out/cache"
"$skyglot" landcover train "$out/pictures" --classes 6 --output "$out/head" --cache "$out/cache" --overwrite --json \
  2>/dev/null >"$out/head.json"
protocol stego --head "$out/head"
"$skyglot" landcover map "$out/pictures/loveda0.png" --model "$out/head" --output "$out/map.tif" --overwrite --json \
  2>/dev/null >"$out/map.json"
python3 - "$out" <<'END'
import json, statistics, sys
head = json.load(open(sys.argv[1] + "/head.json"))
epochs = head["seeds"][0]["epochs"]
steps = statistics.median(epoch["steps_per_s"] for epoch in epochs)
tiles = head["tiles"] / head["feature_seconds"]
# A step without the cache sees 16 anchors and 16 positives anew.
without = 1 / (1 / steps + 32 / tiles)
print(f"{steps:.1f} steps/s from the cache, {without:.2f} without it at {tiles:.1f} tiles/s: {steps / without:.1f} times")
map_ = json.load(open(sys.argv[1] + "/map.json"))
print(f"map: {map_['pixels'] / map_['seconds'] / 1e6:.3f} megapixels/s, four tiles over each pixel, each in a mirror too")
END
