#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# How well sentences find pictures: class names ("a satellite photo of NAME.") against the pictures of labelled sets, mean
# average precision and precision of the first ten, by exact cosine; beside both stands chance.
# Usage: bench/search-quality.sh [MODEL]   (default: nano; needs the shared data, and NumPy in the Python that PYTHON names)
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
data=${SKYGLOT_SHARED_DATA:-$root/../shared/data}/benchmark
skyglot=${SKYGLOT:-$root/build/release/bin/skyglot}
model=${1:-nano}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
for set in rsicd-classes nwpu12 eurosat; do
  "$skyglot" embed --model "$model" --images "$data/$set.tar" --output "$out/$set" >/dev/null 2>&1
  python3 - "$out/$set" >"$out/$set.txt" <<'END'
import re, sys
labels = sorted({line.strip().split("/")[-2] for line in open(sys.argv[1] + "/ids.txt")})
for label in labels:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label).replace("_", " ").lower()
    print(f"a satellite photo of {words}.")
END
  "$skyglot" embed --model "$model" --texts "$out/$set.txt" --output "$out/$set-texts" >/dev/null 2>&1
  "${PYTHON:-python3}" - "$out/$set" "$set" <<'END'
import sys
import numpy as np
folder, name = sys.argv[1:]
def rows(where, count):
    return np.fromfile(where + "/vectors.f16", np.float16).astype(np.float32).reshape(count, -1)
label_of = [line.strip().split("/")[-2] for line in open(folder + "/ids.txt")]
labels = sorted(set(label_of))
scores = rows(folder + "-texts", len(labels)) @ rows(folder, len(label_of)).T
average, first = [], []
for label, score in zip(labels, scores):
    right = np.array([one == label for one in label_of])[np.argsort(-score, kind="stable")]
    precision = np.cumsum(right) / np.arange(1, len(right) + 1)
    average.append((precision * right).sum() / right.sum())
    first.append(right[:10].mean())
print(f"{name}: mAP {100 * np.mean(average):.1f}, P@10 {100 * np.mean(first):.1f} "
      f"({len(labels)} sentences, {len(label_of)} pictures; chance {100 / len(labels):.1f})")
END
done
