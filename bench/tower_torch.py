#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The image tower of CLIP as Python programs write it (torch.nn, eager), timed like tower.cpp.

Usage: tower_torch.py [B32|L14] [batch] [fp32|bf16] [seconds]; prints one JSON line.
"""
import json
import os
import sys
import time

import torch
from torch import nn


class QuickGELU(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(1.702 * x)


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.ln_1 = nn.LayerNorm(width)
        self.attn = nn.MultiheadAttention(width, heads)
        self.ln_2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), QuickGELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        y = self.ln_1(x)
        x = x + self.attn(y, y, y, need_weights=False)[0]
        return x + self.mlp(self.ln_2(x))


class Tower(nn.Module):
    def __init__(self, width, layers, heads, patch, embed):
        super().__init__()
        tokens = (224 // patch) ** 2 + 1
        self.conv1 = nn.Conv2d(3, width, patch, patch, bias=False)
        self.cls = nn.Parameter(torch.randn(width) * width ** -0.5)
        self.position = nn.Parameter(torch.randn(tokens, width) * width ** -0.5)
        self.ln_pre = nn.LayerNorm(width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.ln_post = nn.LayerNorm(width)
        self.proj = nn.Parameter(torch.randn(width, embed) * width ** -0.5)

    def forward(self, x):
        x = self.conv1(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(x.shape[0], 1, -1), x], 1) + self.position
        x = self.ln_pre(x).transpose(0, 1)
        for block in self.blocks:
            x = block(x)
        return self.ln_post(x.transpose(0, 1)[:, 0]) @ self.proj


def make_tower(name):
    shape = (1024, 24, 16, 14, 768) if name == "L14" else (768, 12, 12, 32, 512)
    return Tower(*shape).eval()


def fastest(run, seconds):
    """Seconds of the fastest of the runs that fit into `seconds`, at least three."""
    run()
    best, runs, end = float("inf"), 0, time.perf_counter() + seconds
    while runs < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        run()
        best, runs = min(best, time.perf_counter() - start), runs + 1
    return best


def main():
    name, batch, precision, seconds = (sys.argv[1:] + ["B32", "32", "fp32", "5"][len(sys.argv) - 1:])[:4]
    torch.set_num_threads(os.cpu_count())
    tower = make_tower(name)
    x = torch.randn(int(batch), 3, 224, 224)
    if precision == "bf16":
        tower, x = tower.bfloat16(), x.bfloat16()
    with torch.inference_mode():
        best = fastest(lambda: tower(x), float(seconds))
    print(json.dumps({"model": name, "batch": int(batch), "precision": precision, "torch": torch.__version__,
                      "images_per_s": round(int(batch) / best, 3)}))


if __name__ == "__main__":
    main()
