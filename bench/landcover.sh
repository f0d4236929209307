#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Land cover without labels on five labelled pictures (LoveDA 3, ISPRS Potsdam, ISPRS Vaihingen): a head trained on all of
# them, classes as many as each has, matched one to one; beside both baselines. Also steps a second with features from the
# cache, tiles a second without, megapixels a second of a map and its share of the bare backbone's rate, seconds of the CRF,
# and memory for rasters of two sizes.
# Usage: [TRAIN="--overlap 0.75"] [MAP=--crf] bench/landcover.sh [SEEDS] [FOLDER]   (default: 3 seeds; a temporary folder;
# TRAIN and MAP are more options of the two commands)
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
        --cache "$out/cache" --seed "$seed" --overwrite ${TRAIN:-} "$@" >/dev/null 2>&1
      "$skyglot" landcover map "$out/pictures/$picture.png" --model "$out/model" --output "$maps/$picture.tif" \
        --overwrite ${MAP:-} >/dev/null 2>&1
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
"$skyglot" landcover train "$out/pictures" --classes 6 --output "$out/head" --cache "$out/cache" --overwrite --json ${TRAIN:-} \
  2>/dev/null >"$out/head.json"
protocol stego --head "$out/head"
"$skyglot" landcover map "$out/pictures/loveda0.png" --model "$out/head" --output "$out/map.tif" --overwrite --json \
  2>/dev/null >"$out/map.json"
"$skyglot" landcover map "$out/pictures/loveda0.png" --model "$out/head" --output "$out/map.tif" --overwrite --json --crf \
  2>/dev/null >"$out/crf.json"
# Memory: the same ground in two sizes, each patch seen once.
for side in 2500 10000; do
  gdal_translate -q -outsize $side $side -co TILED=YES -co COMPRESS=LZW "$out/pictures/loveda0.png" "$out/raster.tif"
  /usr/bin/time -f "%M %e" -o "$out/memory-$side" "$skyglot" landcover map "$out/raster.tif" --model "$out/head" \
    --overlap 0 --no-flip --memory 512M --output "$out/map.tif" --overwrite >/dev/null 2>&1
  rm "$out/raster.tif"
done
python3 - "$out" <<'END'
import json, statistics, sys
head = json.load(open(sys.argv[1] + "/head.json"))
epochs = head["seeds"][0]["epochs"]
steps = statistics.median(epoch["steps_per_s"] for epoch in epochs)
tiles = head["tiles"] / head["feature_seconds"]
# A step without the cache sees 16 anchors and 16 positives anew.
without = 1 / (1 / steps + 32 / tiles)
print(f"{steps:.1f} steps/s from the cache, {without:.2f} without it at {tiles:.1f} tiles/s: {steps / without:.1f} times")
batch = head["tiles"] / 16
print(f"an epoch of {head['tiles']} tiles: {batch / steps:.2f} s with the cache, {batch / without:.1f} s without")
map_ = json.load(open(sys.argv[1] + "/map.json"))
rate = map_["pixels"] / map_["seconds"]
print(f"map: {rate / 1e6:.3f} megapixels/s, four tiles over each pixel, each in a mirror too: "
      f"{100 * rate * 8 / 224**2 / tiles:.0f} % of the bare backbone's tiles/s (tiles past the edges not counted)")
crf = json.load(open(sys.argv[1] + "/crf.json"))
print(f"CRF: {(crf['seconds'] - map_['seconds']) / crf['pixels'] * 1e6:.1f} s a megapixel")
for side in (2500, 10000):
    kilobytes, seconds = open(f"{sys.argv[1]}/memory-{side}").read().split()
    print(f"{side} x {side}: {int(kilobytes) / 1024:.0f} MiB at most, {float(seconds):.0f} s")
END
