#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""CLIP's tokenizer: skyglot against a straightforward Python one, in turn on one core, ids compared.

    taskset -c 0 bench/tokenizer_vs_python.py BUILD/bin [ROUNDS]

The Python tokenizer works text by text with a cache of words, as the published ones do (without their ftfy
pass, which would slow it further). Two sets of texts: captions from a small vocabulary, where the cache
answers nearly always, and words that are new each time.
"""
import html
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MERGES = 48894
CONTEXT = 77
SPLIT = re.compile(r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d"
                   r"|[^\W\d_]+|\d|(?:[^\s\w]|_)+", re.IGNORECASE)


def byte_symbols():
    printable = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    symbols, extra = {b: chr(b) for b in printable}, 256
    for b in range(256):
        if b not in symbols:
            symbols[b] = chr(extra)
            extra += 1
    order = printable + [b for b in range(256) if b not in set(printable)]
    return symbols, [symbols[b] for b in order]


class Tokenizer:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            lines = file.read().split("\n")
        first = next(i for i, line in enumerate(lines) if "#version:" in line) + 1
        merges = [tuple(line.split()) for line in lines[first:first + MERGES]]
        self.symbols, vocabulary = byte_symbols()
        vocabulary += [v + "</w>" for v in vocabulary] + ["".join(m) for m in merges]
        self.ids = {v: i for i, v in enumerate(vocabulary)}
        self.ranks = {m: i for i, m in enumerate(merges)}
        self.cache = {}

    def merged(self, word):
        if word in self.cache:
            return self.cache[word]
        parts = list(word[:-1]) + [word[-1] + "</w>"]
        while len(parts) > 1:
            best = min(zip(parts, parts[1:]), key=lambda pair: self.ranks.get(pair, 1 << 30))
            if best not in self.ranks:
                break
            result, i = [], 0
            while i < len(parts):
                if i + 1 < len(parts) and (parts[i], parts[i + 1]) == best:
                    result.append(parts[i] + parts[i + 1])
                    i += 2
                else:
                    result.append(parts[i])
                    i += 1
            parts = result
        self.cache[word] = parts
        return parts

    def context(self, text):
        text = html.unescape(html.unescape(text)).strip()
        text = re.sub(r"\s+", " ", text).lower()
        ids = []
        for word in SPLIT.findall(text):
            symbols = "".join(self.symbols[b] for b in word.encode("utf-8"))
            ids += [self.ids[part] for part in self.merged(symbols)]
        ids = [49406] + ids[:CONTEXT - 2] + [49407]
        return ids + [0] * (CONTEXT - len(ids))


def captions(count):
    draw = random.Random(1)
    nouns = "airport runway bridge river forest quarry stadium harbour orchard parking school church".split()
    return [f"a satellite image of {draw.choice(nouns)}, surrounded by {draw.choice(nouns)} with voltage of "
            f"{draw.randrange(40000)}; {draw.choice(nouns)} of {draw.choice(nouns)}" for _ in range(count)]


def new_words(count):
    draw = random.Random(2)
    word = lambda: "".join(draw.choice("abcdefghijklmnoprstuvwz") for _ in range(draw.randrange(3, 12)))
    return [" ".join(word() for _ in range(12)) for _ in range(count)]


def python_rate(tokenizer, texts):
    tokenizer.cache.clear()
    start = time.perf_counter()
    for text in texts:
        tokenizer.context(text)
    return len(texts) / (time.perf_counter() - start)


def main():
    program = os.path.join(sys.argv[1], "tokenizer_bench")
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    tokenizer = Tokenizer(os.path.join(ROOT, "data", "clip_merges.txt"))
    with tempfile.TemporaryDirectory() as folder:
        for name, texts in (("captions", captions(20000)), ("new words", new_words(5000))):
            paths = [os.path.join(folder, p) for p in ("texts", "ids")]
            with open(paths[0], "w", encoding="utf-8") as file:
                file.writelines(text + "\n" for text in texts)
            ours, theirs = [], []
            for _ in range(rounds):
                ours.append(float(subprocess.check_output([program, paths[0], "2", paths[1]])))
                theirs.append(python_rate(tokenizer, texts))
            with open(paths[1], encoding="utf-8") as file:
                equal = all([int(i) for i in line.split()] == tokenizer.context(text)
                            for line, text in zip(file, texts))
            a, b = statistics.median(ours), statistics.median(theirs)
            print(f"{name}: skyglot {a:,.0f} texts/s, Python {b:,.0f} texts/s, {a / b:.1f} x, "
                  f"ids {'equal' if equal else 'DIFFER'}")


if __name__ == "__main__":
    main()
