#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The map as teacher on the simulated town (aerial imagery brought to 1 m, truth known): a linear probe taught by the map's
# objects, beside the same clusters named by the majority of the objects, with none, 30 and 60 % of the objects taken away
# and with the imagery moved by 3 m against the map; and beside classes by their names alone. Accuracy, kappa and mIoU of
# named classes.
# Usage: bench/landcover-teach.sh [FOLDER]   (default: a temporary folder)
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
out=${1:-$(mktemp -d)}
skyglot=${SKYGLOT:-$root/build/release/bin/skyglot}
command -v gdalwarp >/dev/null || { echo "landcover-teach.sh: needs gdalwarp (gdal-bin)" >&2; exit 1; }
mkdir -p "$out"
[[ -d "$out/town" ]] || "$skyglot" simulate --output "$out/town" --seed 1 >/dev/null
truth=$out/town/classes.tif
# As gdalinfo prints them: left, top, right, bottom.
read -r left top right bottom < <(python3 - "$truth" <<'END'
import json, subprocess, sys
corners = json.loads(subprocess.check_output(["gdalinfo", "-json", sys.argv[1]]))["cornerCoordinates"]
print(*corners["upperLeft"], *corners["lowerRight"])
END
)
gdalwarp -q -overwrite -tr 1 1 -r average -te "$left" "$bottom" "$right" "$top" "$out"/town/imagery/aerial/*.tif \
  "$out/town.tif"
shift_3m() {
  gdal_translate -q -a_ullr "$(python3 -c "print($left + 2.1)")" "$(python3 -c "print($top - 2.1)")" \
    "$(python3 -c "print($right + 2.1)")" "$(python3 -c "print($bottom - 2.1)")" "$1" "$2"
}
shift_3m "$out/town.tif" "$out/moved.tif"
[[ -f "$out/map.gpkg" ]] || "$skyglot" objects import "$out"/town/*.osm.pbf --output "$out/map.gpkg" >/dev/null
cat >"$out/legend.csv" <<'END'
name,value
ignore,0
building,1
road,2
ignore,3
road,4
water,5
forest,6
grass,7
cropland,8
cropland,9
heath,10
wetland,11
bare,12
ignore,13
ignore,14
ignore,15
END
# $1: share of the objects taken away, in percent
thinned() {
  cp "$out/map.gpkg" "$out/map-$1.gpkg"
  python3 - "$out/map-$1.gpkg" "$1" <<'END'
import hashlib, sqlite3, sys
store = sqlite3.connect(sys.argv[1])
gone = [fid for (fid,) in store.execute("select fid from objects")
        if int(hashlib.sha256(str(fid).encode()).hexdigest(), 16) % 100 < int(sys.argv[2])]
for trigger in [n for (n,) in store.execute("select name from sqlite_master where type = 'trigger'")]:
    store.execute(f"drop trigger {trigger}")
store.executemany("delete from objects where fid = ?", [(fid,) for fid in gone])
store.executemany("delete from rtree_objects_geom where id = ?", [(fid,) for fid in gone])
store.commit()
END
}
# $1: what is scored, rest: the map's command after its raster
scored() {
  local what=$1
  shift
  "$skyglot" landcover map "$@" --output "$out/map.tif" --overwrite >/dev/null 2>&1
  "$skyglot" landcover score "$out/map.tif" --truth "$truth" --legend "$out/legend.csv" --matching named --json \
    2>/dev/null | head -1 | python3 -c '
import json, sys
score = json.load(sys.stdin)
print(sys.argv[1], *(f"{k} {score[k]:.3f}" for k in ("accuracy", "one_class", "kappa", "mean_iou")), sep="; ")' "$what"
}
"$skyglot" landcover train "$out/town.tif" --classes 12 --method features --output "$out/land" --cache "$out/cache" \
  --overwrite >/dev/null 2>&1
for run in "0 town" "30 town" "60 town" "0 moved" "60 moved"; do
  read -r gone raster <<<"$run"
  thinned "$gone"
  "$skyglot" landcover name "$out/land" "$out/$raster.tif" --objects "$out/map-$gone.gpkg" --output "$out/named" \
    --overwrite >/dev/null 2>&1
  scored "clusters named by the map, $gone % gone, $raster" "$out/$raster.tif" --model "$out/named"
  "$skyglot" landcover teach "$out/land" "$out/$raster.tif" --objects "$out/map-$gone.gpkg" --output "$out/taught" \
    --cache "$out/cache" --overwrite >/dev/null 2>&1
  scored "taught by the map, $gone % gone, $raster" "$out/$raster.tif" --model "$out/taught"
  "$skyglot" landcover teach "$out/land" "$out/$raster.tif" --objects "$out/map-$gone.gpkg" --output "$out/taught" \
    --no-agreement --robustness 0 --cache "$out/cache" --overwrite >/dev/null 2>&1
  scored "taught, every label believed, $gone % gone, $raster" "$out/$raster.tif" --model "$out/taught"
done
names="building|houses, road|street|parking lot, water|river|lake, forest|trees, grass|park|meadow, cropland|farmland"
scored "names alone" "$out/town.tif" --open-vocabulary --names "$names, heath|shrub land, wetland, bare|bare land|quarry"
