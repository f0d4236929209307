#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes fixtures/sentences.tar.xz: a tiny BERT with random weights as transformers saves it, and what transformers
makes of a few texts: token ids, and the mean of the last layer's tokens.

    python3 -m venv venv && venv/bin/pip install torch transformers
    venv/bin/python tests/parity/make_sentence_fixture.py
"""
import importlib.metadata
import io
import json
import lzma
import pathlib
import string
import tarfile
import tempfile

import tokenizers
import torch
import transformers
from safetensors.torch import save_file

TEXTS = [
    "hello world!",
    "a satellite photo of airport runway.",
    "Amenity of FOUNTAIN, surrounded by natural tree; road of footway",
    "it's a farmer's field, we've 42 lanes",
    "na\u00efve caf\u00e9 fa\u00e7ade \u00fcber stra\u00dfe",
    "\u6771\u4eac\u306e\u885b\u661f\u753b\u50cf",
    "  multiple   spaces\tand tabs ",
    "\U0001f6f0\ufe0f satellite \U0001f30d",
    "lat 35.6895\u00b0N, lon 139.6917\u00b0E",
    "don't can't I'll you're they'd",
    "unaffordable fieldways",
]
WORDS = """a airport and by can field fields foot fountain hello i it lane lanes multiple natural of photo road runway
satellite spaces surrounded tree we words world you afford amenity cafe naive""".split()
ENDS = ["s", "way", "ways", "able", "er", "ing", "port"]


def pieces():
    letters = list(string.ascii_lowercase + string.digits)
    marks = list("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
    foreign = ["\u00b0", "\u00df", "\u6771", "\u4eac", "\u306e", "##\u00df", "##\u306e"]
    rest = letters + ["##" + one for one in letters] + marks + foreign + WORDS + ["##" + end for end in ENDS]
    return list(dict.fromkeys(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + rest))


def lively_bert(words):
    config = transformers.BertConfig(
        vocab_size=len(words), hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=40, hidden_act="gelu", layer_norm_eps=1e-5, hidden_dropout_prob=0,
        attention_probs_dropout_prob=0)
    model = transformers.BertModel(config, add_pooling_layer=False).eval()
    generator = torch.Generator().manual_seed(7)
    for name, value in sorted(model.named_parameters()):
        noise = torch.randn(value.shape, generator=generator)
        if value.dim() < 2:
            value.data = (1.0 if name.endswith("LayerNorm.weight") else 0.0) + 0.3 * noise
        else:
            value.data = (0.7 if "embeddings" in name else 1.5 / value.shape[1] ** 0.5) * noise
    return model


def main():
    folder = pathlib.Path(tempfile.mkdtemp())
    model_folder = folder / "bert"
    model_folder.mkdir()
    words = pieces()
    tokenizer = tokenizers.BertWordPieceTokenizer(vocab={word: i for i, word in enumerate(words)}, lowercase=True)
    tokenizer.save(str(model_folder / "tokenizer.json"))
    model = lively_bert(words)
    model.save_pretrained(model_folder)
    ids, means = [], []
    with torch.no_grad():
        for text in TEXTS:
            encoding = tokenizer._tokenizer.encode(text)
            ids.append(encoding.ids)
            means.append(model(torch.tensor([encoding.ids])).last_hidden_state[0].mean(0))
    save_file({"means": torch.stack(means)}, folder / "expected.safetensors")
    (folder / "texts.json").write_text(json.dumps(TEXTS))
    (folder / "ids.json").write_text(json.dumps(ids))
    names = ("torch", "transformers", "tokenizers", "safetensors")
    (folder / "versions.json").write_text(json.dumps({n: importlib.metadata.version(n) for n in names}))
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                member = tarfile.TarInfo("sentences/" + str(path.relative_to(folder)))
                member.size = path.stat().st_size
                archive.addfile(member, io.BytesIO(path.read_bytes()))
    to = pathlib.Path(__file__).parent / "fixtures" / "sentences.tar.xz"
    to.write_bytes(lzma.compress(tar.getvalue()))
    print(to, to.stat().st_size, ids)


main()
