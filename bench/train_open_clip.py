# SPDX-License-Identifier: Apache-2.0
# open_clip's own trainer beside ours:
#   train_open_clip.py make MODEL CHECKPOINT.pt          random weights under open_clip's names
#   train_open_clip.py run MODEL SHARD.tar BATCH STEPS
# MODEL is ViT-B-32 or ViT-T-16 (ViT-Tiny with a text tower as wide). "run" prints one line of JSON.
import json
import logging
import pathlib
import re
import statistics
import sys
import tempfile

import open_clip
import torch

TINY = {
    "embed_dim": 256,
    "vision_cfg": {"image_size": 224, "layers": 12, "width": 192, "head_width": 64, "patch_size": 16},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 192, "heads": 3, "layers": 12},
}


def know(model):
    if model == "ViT-T-16":
        folder = pathlib.Path(tempfile.mkdtemp())
        (folder / "ViT-T-16.json").write_text(json.dumps(TINY))
        open_clip.add_model_config(folder)


def make(model, checkpoint):
    torch.manual_seed(0)
    torch.save(open_clip.create_model(model).state_dict(), checkpoint)


class Rates(logging.Handler):
    """What the trainer says of its speed."""

    def __init__(self):
        super().__init__()
        self.batch_s, self.data_s = [], []

    def emit(self, record):
        found = re.search(r"Data \(t\): ([\d.]+) Batch \(t\): ([\d.]+), ([\d.]+)/s,", record.getMessage())
        if found:
            self.data_s.append(float(found.group(1)))
            self.batch_s.append(float(found.group(3)))


def run(model, shard, batch, steps):
    from open_clip_train.main import main

    rates = Rates()
    logging.getLogger().addHandler(rates)
    with tempfile.TemporaryDirectory() as logs:
        main([
            "--model", model, "--train-data", shard, "--dataset-type", "webdataset",
            "--train-num-samples", str(batch * steps), "--batch-size", str(batch), "--workers", "1",
            "--epochs", "1", "--precision", "fp32", "--device", "cpu", "--lr", "1e-5", "--warmup", "1",
            "--log-every-n-steps", "1", "--logs", logs, "--save-frequency", "0",
        ])
    # The first steps make threads and memory.
    rate = statistics.median(rates.batch_s[2:])
    print(json.dumps({"model": model, "batch": batch, "open_clip": open_clip.__version__, "torch": torch.__version__,
                      "samples_per_s": rate, "data_s": rates.data_s[-1]}))


if __name__ == "__main__":
    know(sys.argv[2])
    if sys.argv[1] == "make":
        make(sys.argv[2], sys.argv[3])
    else:
        run(sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
