#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Resize and centre crop: skyglot against Pillow, in turn on one core, and whether the pixels are equal.

    taskset -c 0 bench/resize_vs_pillow.py BUILD/bin [ROUNDS]

Each round times both for a second and keeps the fastest call; printed are the medians over rounds.
Needs python3-pil. Pillow is asked for what CLIP's preprocessing asks: resize((w, h), BICUBIC), then crop.
"""
import os
import statistics
import subprocess
import sys
import tempfile
import time

import PIL
from PIL import Image

CASES = [(600, 400, 224), (256, 256, 224), (2000, 1500, 224), (600, 600, 224), (160, 160, 224)]


def preprocess(image, side):
    width, height = image.size
    short, long = min(width, height), max(width, height)
    length = int(side * long / short)
    width, height = (side, length) if width < height else (length, side)
    left, top = round((width - side) / 2.0), round((height - side) / 2.0)
    return image.resize((width, height), Image.BICUBIC).crop((left, top, left + side, top + side))


def time_pillow(image, side, seconds):
    best, end = 1e30, time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        preprocess(image, side).load()
        best = min(best, time.perf_counter() - start)
    return best * 1e6


def main():
    program = os.path.join(sys.argv[1], "resize_bench")
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    print(f"Pillow {PIL.__version__}, {rounds} rounds, microseconds a picture")
    with tempfile.TemporaryDirectory() as folder:
        for width, height, side in CASES:
            raw = os.urandom(width * height * 3)
            image = Image.frombytes("RGB", (width, height), raw)
            paths = [os.path.join(folder, name) for name in ("raw", "out")]
            with open(paths[0], "wb") as file:
                file.write(raw)
            command = [program, str(width), str(height), str(side), "1"] + paths
            ours, theirs = [], []
            for _ in range(rounds):
                ours.append(float(subprocess.check_output(command)))
                theirs.append(time_pillow(image, side, 1))
            with open(paths[1], "rb") as file:
                equal = file.read() == preprocess(image, side).tobytes()
            a, b = statistics.median(ours), statistics.median(theirs)
            print(f"{width}x{height} -> {side}: skyglot {a:.0f}, Pillow {b:.0f}, "
                  f"{b / a:.1f} x, pixels {'equal' if equal else 'DIFFER'}")


if __name__ == "__main__":
    main()
