#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The image tower against the same model in Python torch, in turn: bench/tower.sh [ROUNDS] [BATCH]
# Needs: the target tower_bench (-DSKYGLOT_BENCH=ON), Debian's python3-torch.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
rounds=${1:-3} batch=${2:-64}
bench=${SKYGLOT_TOWER_BENCH:-$root/build/learn/bin/tower_bench}
python=${PYTHON:-/usr/bin/python3}
for model in B32 L14; do
  size=$batch
  [[ $model == L14 ]] && size=$((batch * 3 / 16))
  for ((i = 0; i < rounds; i++)); do
    "$bench" $model "$size" fp32 6
    "$python" "$root/bench/tower_torch.py" $model "$size" fp32 6
  done
done | "$python" -c '
import json, sys, statistics
ours, theirs, share = {}, {}, {}
for line in sys.stdin:
    print(line, end="")
    run = json.loads(line)
    (theirs if "torch" in run else ours).setdefault(run["model"], []).append(run["images_per_s"])
    if "share" in run: share.setdefault(run["model"], []).append(run["share"])
for model in ours:
    ratios = [a / b for a, b in zip(ours[model], theirs[model])]
    print(f"{model}: {statistics.median(share[model]):.0%} of the rate of bare matrix products, "
          f"{statistics.median(ratios):.2f} times Python torch (from {min(ratios):.2f} to {max(ratios):.2f})")
'
