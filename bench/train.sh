#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Training rate against open_clip's own trainer, in turn: the same weights, shard, batch and precision.
#   bench/train.sh [ROUNDS] [STEPS]
# Needs tests/peers/setup. SKYGLOT_TRAIN_SIZES="ViT-T-16:8 ..." chooses; every run goes to bench/logs/.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
rounds=${1:-3} steps=${2:-8}
skyglot=${SKYGLOT:-$root/build/release/bin/skyglot}
python=${SKYGLOT_READERS:-$root/build/peers-readers}/bin/python
sizes=${SKYGLOT_TRAIN_SIZES:-ViT-T-16:8 ViT-T-16:64 ViT-B-32:8 ViT-B-32:64}
data=${SKYGLOT_SHARED_DATA:-$root/../shared/data}/train/ucm-captions.tar
mkdir -p "$root/bench/logs"
log=$root/bench/logs/train-fp32-$(date -u +%Y%m%d-%H%M%S).jsonl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Both read a shard with one caption a picture.
"$python" - "$data" "$work/shard.tar" <<'END'
import io, json, sys, tarfile

with tarfile.open(sys.argv[1]) as source, tarfile.open(sys.argv[2], "w") as to:
    for member in source:
        data = source.extractfile(member).read()
        if member.name.endswith(".json"):
            data = json.loads(data)["captions"][0].encode()
            member = tarfile.TarInfo(member.name[:-5] + ".txt")
        member.size = len(data)
        to.addfile(member, io.BytesIO(data))
END

for size in $sizes; do
  model=${size%:*} batch=${size#*:}
  if [[ ! -d $work/$model ]]; then
    "$python" "$root/bench/train_open_clip.py" make "$model" "$work/$model.pt" 2>/dev/null
    "$skyglot" model import "$work/$model.pt" --output "$work/$model" --activation gelu >/dev/null 2>&1 ||
      "$skyglot" model import "$work/$model.pt" --output "$work/$model" >/dev/null
  fi
  for ((i = 0; i < rounds; i++)); do
    rm -rf "$work/run"
    "$skyglot" train --model "$work/$model" --data "$work/shard.tar" --batch "$batch" --steps "$steps" --rate 1e-5 \
      --output "$work/run" --log-every 1 >/dev/null 2>&1
    python3 - "$work/run/log.jsonl" "$model" "$batch" <<'END' | tee -a "$log"
import json, statistics, sys

lines = [json.loads(line) for line in open(sys.argv[1])]
lines = [line for line in lines if "samples_per_s" in line]
print(json.dumps({"model": sys.argv[2], "batch": int(sys.argv[3]), "skyglot": True,
                  "samples_per_s": statistics.median(line["samples_per_s"] for line in lines[2:]),
                  "data_wait": statistics.median(line["data_wait"] for line in lines[2:])}))
END
    env -u OPENBLAS_CORETYPE "$python" "$root/bench/train_open_clip.py" run "$model" "$work/shard.tar" "$batch" "$steps" \
      2>/dev/null | tail -1 | tee -a "$log"
  done
done

python3 - "$log" <<'END'
import json, re, statistics, sys

processor = re.search(r"model name\s*: (.*)", open("/proc/cpuinfo").read())
print(processor.group(1) if processor else "unknown processor")
runs = {}
for line in open(sys.argv[1]):
    run = json.loads(line)
    runs.setdefault((run["model"], run["batch"]), {}).setdefault("skyglot" in run, []).append(run["samples_per_s"])
for (model, batch), by in runs.items():
    ours, theirs = statistics.median(by[True]), statistics.median(by[False])
    print(f"{model} {batch}: {ours:.1f} against {theirs:.1f} pictures/s: {ours / theirs:.2f} times")
print("log:", sys.argv[1])
END
