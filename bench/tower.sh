#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The image towers against the same models elsewhere, in turn, and against what the processor could do:
# bench/tower.sh [ROUNDS] [PRECISION] [SECONDS]
# Needs the target tower_bench (-DSKYGLOT_BENCH=ON). Measures beside torch, ONNX Runtime and OpenVINO where
# bench/peers has made build/peers, otherwise beside Debian's python3-torch. Every run goes to bench/logs/.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
rounds=${1:-3} precision=${2:-fp32} seconds=${3:-3}
bench=${SKYGLOT_TOWER_BENCH:-$root/build/learn/bin/tower_bench}
peers=${SKYGLOT_PEERS:-$root/build/peers}
sizes=${SKYGLOT_TOWER_SIZES:-B32:1 B32:8 B32:32 B32:64 L14:1 L14:12}
mkdir -p "$root/bench/logs"
log=$root/bench/logs/tower-$precision-$(date -u +%Y%m%d-%H%M%S).jsonl
# OPENBLAS_* is meant for Debian's library; the one inside numpy would be slower for it.
theirs=(env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE)

run() {
  "$@" 2>/dev/null | tail -1 | tee -a "$log" || echo "tower.sh: failed: $*" >&2
}

for size in $sizes; do
  model=${size%:*} batch=${size#*:}
  for ((i = 0; i < rounds; i++)); do
    run "$bench" "$model" "$batch" "$precision" "$seconds"
    if [[ -x $peers/bin/python ]]; then
      run "${theirs[@]}" "$peers/bin/python" "$root/bench/tower_peers.py" openvino "$model" "$batch" "$precision" "$seconds"
      run "${theirs[@]}" "$peers/bin/python" "$root/bench/tower_torch.py" "$model" "$batch" "$precision" "$seconds"
      [[ $precision != fp32 ]] ||
        run "${theirs[@]}" "$peers/bin/python" "$root/bench/tower_peers.py" onnxruntime "$model" "$batch" fp32 "$seconds"
    else
      run /usr/bin/python3 "$root/bench/tower_torch.py" "$model" "$batch" "$precision" "$seconds"
    fi
  done
done

python3 - "$log" <<'END'
import json, re, statistics, sys

processor = re.search(r"model name\s*: (.*)", open("/proc/cpuinfo").read())
print(processor.group(1) if processor else "unknown processor")
runs = {}
for line in open(sys.argv[1]):
    run = json.loads(line)
    who = next((name for name in ("openvino", "onnxruntime", "torch") if name in run), "skyglot")
    runs.setdefault((run["model"], run["batch"]), {}).setdefault(who, []).append(run)
for (model, batch), by in runs.items():
    rate = {who: statistics.median(run["images_per_s"] for run in list_) for who, list_ in by.items()}
    ours = by["skyglot"]
    share = {key: statistics.median(run[key] for run in ours) for key in ("of_library", "of_peak")}
    best = max((name for name in rate if name != "skyglot"), key=rate.get)
    print(f"{model} {batch}: " + ", ".join(f"{who} {value:.1f}" for who, value in rate.items()) +
          f" pictures/s; {rate['skyglot'] / rate[best]:.2f} times {best}; "
          f"{share['of_library']:.2f} of the library's rate, {share['of_peak']:.0%} of the peak")
print("log:", sys.argv[1])
END
