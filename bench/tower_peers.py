#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The image tower of CLIP in ONNX Runtime and OpenVINO, timed like tower.cpp (bench/peers makes the environment).

Usage: tower_peers.py [onnxruntime|openvino] [B32|L14] [batch] [fp32|bf16] [seconds]; prints one JSON line.
"""
import json
import os
import sys
import tempfile

import numpy
import torch

from tower_torch import fastest, make_tower


def export(name, batch, folder):
    path = os.path.join(folder, "tower.onnx")
    tower, x = make_tower(name), torch.zeros(batch, 3, 224, 224)
    torch.onnx.export(tower, (x,), path, dynamo=True, optimize=True, verbose=False)
    return path


def onnxruntime_run(path, x, precision):
    import onnxruntime

    if precision != "fp32":
        raise SystemExit("ONNX Runtime computes float32 on a CPU")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = os.cpu_count()
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    feed = {session.get_inputs()[0].name: x}
    return lambda: session.run(None, feed), onnxruntime.__version__


def openvino_run(path, x, precision):
    import openvino

    # Without the hint OpenVINO computes in bfloat16 wherever the processor can.
    hints = {"INFERENCE_PRECISION_HINT": "f32" if precision == "fp32" else "bf16", "PERFORMANCE_HINT": "LATENCY",
             "INFERENCE_NUM_THREADS": os.cpu_count()}
    request = openvino.Core().compile_model(path, "CPU", hints).create_infer_request()
    tensor = openvino.Tensor(x)
    return lambda: request.infer([tensor]), openvino.__version__.split("-")[0]


def main():
    peer, name, batch, precision, seconds = (sys.argv[1:] + ["openvino", "B32", "32", "fp32", "5"][len(sys.argv) - 1:])[:5]
    x = numpy.random.default_rng(1).standard_normal((int(batch), 3, 224, 224), dtype=numpy.float32)
    with tempfile.TemporaryDirectory() as folder:
        make = onnxruntime_run if peer == "onnxruntime" else openvino_run
        run, version = make(export(name, int(batch), folder), x, precision)
        best = fastest(run, float(seconds))
    print(json.dumps({"model": name, "batch": int(batch), "precision": precision, peer: version,
                      "images_per_s": round(int(batch) / best, 3)}))


if __name__ == "__main__":
    main()
