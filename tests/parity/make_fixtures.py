#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes fixtures/fixtures.tar.xz: tiny models with random weights in the formats of the field, and what
their original implementations make of a few pictures and texts.

    python3 -m venv venv && venv/bin/pip install torch open_clip_torch timm transformers "pillow<13"
    venv/bin/python tests/parity/make_fixtures.py --clip CLIP/clip/model.py --dino DINO/vision_transformer.py

CLIP and DINO are checkouts of github.com/openai/CLIP and github.com/facebookresearch/dino; the rest are
packages of PyPI. The versions used are kept in the archive (versions.json). From 13 on Pillow takes columns
before rows where a picture loses much more height than width, which changes last bits of what was resized ever
since CLIP was made.
"""
import argparse
import importlib.metadata
import importlib.util
import io
import json
import lzma
import math
import pathlib
import shutil
import sys
import tarfile
import tempfile
import types

import numpy
import open_clip
import timm
import timm.data
import timm.models
import torch
import torch.nn.functional
import transformers
from open_clip.push_to_hf_hub import save_for_hf as save_open_clip
from PIL import Image
from safetensors.torch import save_file

SIDE = 32
PATCH = 8
TEXTS = [
    "hello world!",
    "a satellite photo of airport runway.",
    "Amenity of FOUNTAIN, surrounded by natural tree; road of footway",
    "it's a farmer's field, we've 42 lanes",
    "na\u00efve caf\u00e9 fa\u00e7ade \u00fcber stra\u00dfe",
    "\u6771\u4eac\u306e\u885b\u661f\u753b\u50cf",
    "&lt;b&gt;river &amp;amp; lake&lt;/b&gt;",
    "  multiple   spaces\tand tabs ",
    "\U0001f6f0\ufe0f satellite \U0001f30d",
    "",
    "lat 35.6895\u00b0N, lon 139.6917\u00b0E",
    "don't can't I'll you're they'd",
    "a field " * 60,
]


def fill(module, seed):
    """Weights far enough from zero that activations, epsilons and heads matter. Most of what goes into an
    activation is negative, where GELU and QuickGELU differ most, and much weight is given to what comes out."""
    generator = torch.Generator().manual_seed(seed)
    for name, value in sorted(module.named_parameters()):
        if name == "logit_scale":
            continue
        noise = torch.randn(value.shape, generator=generator)
        if value.dim() < 2:
            is_gain = name.endswith(("weight", "lambda1", "gamma"))
            is_threshold = name.endswith(("c_fc.bias", "fc1.bias", "intermediate.dense.bias"))
            value.data = (1.0 if is_gain else -1.5 if is_threshold else 0.0) + 0.2 * noise
        elif "embed" in name or "token" in name:
            value.data = 0.7 * noise
        else:
            is_in = name.endswith(("c_fc.weight", "fc1.weight", "intermediate.dense.weight"))
            is_out = name.endswith(("c_proj.weight", "fc2.weight"))
            scale = 0.8 if is_in else 8 if is_out else 1.3
            value.data = scale / math.sqrt(value[0].numel()) * noise
    return module.eval()


def pictures(folder):
    """Odd sizes, larger and smaller than the towers' side, in the colour types of PNG."""
    random = numpy.random.default_rng(3)

    def scene(height, width, grain):
        y, x = numpy.mgrid[0:height, 0:width]
        waves = [128 + 90 * numpy.sin(x / (7 + 5 * c) + c) * numpy.cos(y / (9 + 4 * c)) for c in range(3)]
        noise = random.normal(0, grain, (height, width, 3))
        return numpy.clip(numpy.stack(waves, -1) + noise, 0, 255).astype(numpy.uint8)

    made = [("a_97x41.png", Image.fromarray(scene(41, 97, 60))), ("b_133x101.png", Image.fromarray(scene(101, 133, 8))),
            ("c_32x32.png", Image.fromarray(scene(32, 32, 30))), ("d_25x23.png", Image.fromarray(scene(23, 25, 30))),
            ("e_grey_60x75.png", Image.fromarray(scene(75, 60, 20)[..., 0])),
            ("f_palette_81x50.png", Image.fromarray(scene(50, 81, 5)).quantize(32)),
            ("g_alpha_39x64.png", Image.fromarray(numpy.dstack([scene(64, 39, 10), scene(64, 39, 0)[..., 0]])))]
    folder.mkdir()
    for name, picture in made:
        picture.save(folder / name, optimize=True)
    return [Image.open(folder / name).convert("RGB") for name, _ in made]


def bytes_of(pixels, mean, std):
    """The 8-bit pixels behind a normalised N x 3 x H x W tensor, as N x H x W x 3."""
    scaled = pixels * torch.tensor(std).view(1, 3, 1, 1) + torch.tensor(mean).view(1, 3, 1, 1)
    rounded = (scaled * 255).round()
    assert (scaled * 255 - rounded).abs().max() < 0.01
    return rounded.to(torch.uint8).permute(0, 2, 3, 1).contiguous()


def only(values):
    return {name: value.detach().contiguous().clone() for name, value in values.items()}


def keep_used_tokens(weight, tokens):
    """Rows that no text uses are zero, so that the table packs."""
    unused = torch.ones(len(weight), dtype=torch.bool)
    unused[tokens.unique()] = False
    weight.data[unused] = 0


# --- CLIP: the same towers from three makers

VISION = {"width": 48, "layers": 2, "heads": 3}
TEXT = {"width": 32, "layers": 2, "heads": 2}
EMBEDDING = 24
CONTEXT = 77
VOCABULARY = 49408


def openai_clip(path):
    spec = importlib.util.spec_from_file_location("openai_clip_model", path)
    original = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(original)
    model = original.CLIP(EMBEDDING, SIDE, 1, 64, PATCH, CONTEXT, VOCABULARY, TEXT["width"], TEXT["heads"],
                          TEXT["layers"])
    # Its constructor knows heads of 64 only.
    model.visual = original.VisionTransformer(SIDE, PATCH, VISION["width"], VISION["layers"], VISION["heads"], EMBEDDING)
    return original, model


def open_clip_config(quick_gelu):
    return {"embed_dim": EMBEDDING, "quick_gelu": quick_gelu,
            "vision_cfg": {"image_size": SIDE, "layers": VISION["layers"], "width": VISION["width"],
                           "head_width": VISION["width"] // VISION["heads"], "patch_size": PATCH},
            "text_cfg": {"context_length": CONTEXT, "vocab_size": VOCABULARY, "width": TEXT["width"],
                         "heads": TEXT["heads"], "layers": TEXT["layers"]}}


def open_clip_model(quick_gelu, state):
    config = open_clip_config(quick_gelu)
    model = open_clip.CLIP(config["embed_dim"], config["vision_cfg"], config["text_cfg"], quick_gelu)
    model.load_state_dict(state)
    return model.eval()


def hugging_face_model(state):
    """CLIPModel with the same weights under its own names."""
    half = lambda part, width: {"hidden_size": width, "intermediate_size": 4 * width,
                                "num_hidden_layers": part["layers"], "num_attention_heads": part["heads"],
                                "hidden_act": "quick_gelu", "projection_dim": EMBEDDING}
    config = transformers.CLIPConfig(
        projection_dim=EMBEDDING,
        vision_config={**half(VISION, VISION["width"]), "image_size": SIDE, "patch_size": PATCH},
        text_config={**half(TEXT, TEXT["width"]), "vocab_size": VOCABULARY, "max_position_embeddings": CONTEXT,
                     "bos_token_id": 49406, "eos_token_id": 49407})
    model = transformers.CLIPModel(config).eval()
    names = {"visual.class_embedding": "vision_model.embeddings.class_embedding",
             "visual.conv1.weight": "vision_model.embeddings.patch_embedding.weight",
             "visual.positional_embedding": "vision_model.embeddings.position_embedding.weight",
             "token_embedding.weight": "text_model.embeddings.token_embedding.weight",
             "positional_embedding": "text_model.embeddings.position_embedding.weight",
             "logit_scale": "logit_scale"}
    own = {names[name]: state[name] for name in names}
    own["visual_projection.weight"] = state["visual.proj"].T
    own["text_projection.weight"] = state["text_projection"].T
    for ours, theirs in {"visual.ln_pre": "vision_model.pre_layrnorm", "visual.ln_post": "vision_model.post_layernorm",
                         "ln_final": "text_model.final_layer_norm"}.items():
        for end in ("weight", "bias"):
            own[f"{theirs}.{end}"] = state[f"{ours}.{end}"]
    for ours, theirs, part in (("visual.transformer", "vision_model", VISION), ("transformer", "text_model", TEXT)):
        for i in range(part["layers"]):
            block, layer = f"{ours}.resblocks.{i}", f"{theirs}.encoder.layers.{i}"
            for end in ("weight", "bias"):
                for a, b in {"ln_1": "layer_norm1", "ln_2": "layer_norm2", "attn.out_proj": "self_attn.out_proj",
                             "mlp.c_fc": "mlp.fc1", "mlp.c_proj": "mlp.fc2"}.items():
                    own[f"{layer}.{b}.{end}"] = state[f"{block}.{a}.{end}"]
                for letter, third in zip("qkv", state[f"{block}.attn.in_proj_{end}"].chunk(3)):
                    own[f"{layer}.self_attn.{letter}_proj.{end}"] = third
    missing = model.load_state_dict(own, strict=False).missing_keys
    assert all(name.endswith("position_ids") for name in missing), missing
    return model


def clip(folder, images, path):
    original, model = openai_clip(path)
    fill(model, 1)
    tokens = open_clip.tokenize(TEXTS)
    keep_used_tokens(model.token_embedding.weight, tokens)
    for value in model.parameters():  # the halves that OpenAI publishes, and no more bits elsewhere
        value.data = value.data.half().float()
    state = model.state_dict()
    folder.mkdir()
    expected = {"tokens": tokens.to(torch.int32)}

    transform = open_clip.image_transform(SIDE, is_train=False)
    pixels = torch.stack([transform(image) for image in images])
    expected["pixels"] = bytes_of(pixels, open_clip.OPENAI_DATASET_MEAN, open_clip.OPENAI_DATASET_STD)
    for suffix, quick in (("", True), ("_gelu", False)):
        towers = open_clip_model(quick, state)
        expected["images" + suffix] = towers.encode_image(pixels)
        expected["texts" + suffix] = towers.encode_text(tokens)
    assert torch.allclose(expected["images"], model.encode_image(pixels), atol=1e-4)
    assert torch.allclose(expected["texts"], model.encode_text(tokens), atol=1e-4)

    # open_clip's training checkpoint.
    towers = open_clip_model(True, state)
    optimizer = torch.optim.AdamW(towers.parameters(), lr=1e-3)
    torch.save({"epoch": 2, "name": "fixture", "state_dict": {"module." + k: v for k, v in towers.state_dict().items()},
                "optimizer": optimizer.state_dict()}, folder / "epoch_2.pt")

    # open_clip's folder of the hub, which prepares its pictures in its own way.
    hub = open_clip_model(False, state)
    preprocess = {"size": SIDE, "mode": "RGB", "mean": [0.5, 0.4, 0.3], "std": [0.2, 0.3, 0.4], "interpolation": "bilinear",
                  "resize_mode": "squash"}
    save_hub(hub, folder / "hub", preprocess)
    transform = open_clip.transform.image_transform_v2(open_clip.transform.PreprocessCfg(**preprocess), is_train=False)
    pixels = torch.stack([transform(image) for image in images])
    expected["pixels_hub"] = bytes_of(pixels, preprocess["mean"], preprocess["std"])
    expected["images_hub"] = hub.encode_image(pixels)

    # transformers' folder.
    towers = hugging_face_model(state)
    towers.save_pretrained(folder / "hf", safe_serialization=True)
    processor = pil_processor("CLIPImageProcessor")(size={"shortest_edge": 40}, crop_size={"height": SIDE, "width": SIDE})
    processor.save_pretrained(folder / "hf")
    pixels = processor(images, return_tensors="pt")["pixel_values"]
    expected["pixels_hf"] = bytes_of(pixels, processor.image_mean, processor.image_std)
    expected["images_hf"] = pooled(towers.get_image_features(pixels))
    texts = pooled(towers.get_text_features(tokens))
    assert torch.allclose(expected["texts"], texts, atol=1e-4)

    # OpenAI's archive: traced, in halves.
    original.convert_weights(model)
    image = torch.zeros(1, 3, SIDE, SIDE)
    traced = torch.jit.trace_module(model, {"forward": (image, tokens[:1]), "encode_image": image,
                                            "encode_text": tokens[:1]}, check_trace=False)
    torch.jit.save(traced, str(folder / "openai.pt"))
    save_file(only(expected), folder / "expected.safetensors")


def pooled(output):
    return output if isinstance(output, torch.Tensor) else output.pooler_output


def pil_processor(name):
    """The processor that resizes with Pillow."""
    return getattr(transformers, name + "Pil", None) or getattr(transformers, name)


def save_hub(model, folder, preprocess):
    model.visual.image_mean, model.visual.image_std = preprocess["mean"], preprocess["std"]
    model.visual.preprocess_cfg = preprocess
    tokenizer = types.SimpleNamespace(save_pretrained=lambda _: None)
    save_open_clip(model, tokenizer, open_clip_config(False), folder, safe_serialization=True)


# --- timm

TIMM = {"img_size": SIDE, "patch_size": PATCH, "embed_dim": 32, "depth": 2, "num_heads": 2, "num_classes": 10}


def timm_transform(config, side):
    return timm.data.create_transform(input_size=(3, side, side), mean=config["mean"], std=config["std"],
                                      interpolation=config["interpolation"], crop_pct=config["crop_pct"])


def timm_vit(folder, images):
    config = {"input_size": (3, SIDE, SIDE), "interpolation": "bilinear", "crop_pct": 0.875, "crop_mode": "center",
              "mean": (0.5, 0.5, 0.5), "std": (0.5, 0.5, 0.5), "num_classes": 10, "first_conv": "patch_embed.proj",
              "classifier": "head"}
    model = fill(timm.create_model("vit_tiny_patch16_224", pretrained_cfg_overlay=config, dynamic_img_size=True, **TIMM), 2)
    timm.models.save_for_hf(model, folder, safe_serialization=True)
    expected = {}
    for side in (SIDE, 48):
        pixels = torch.stack([timm_transform(config, side)(image) for image in images])
        expected[f"pixels_{side}"] = bytes_of(pixels, config["mean"], config["std"])
        expected[f"images_{side}"] = model.forward_head(model.forward_features(pixels), pre_logits=True)
        expected[f"tokens_{side}"] = model.forward_features(pixels)
    save_file(only(expected), folder / "expected.safetensors")


# --- transformers' ViT and DINOv2 with registers

def hugging_face_vit(folder, images, model, processor):
    """Pictures of the processor's side and, where positions are interpolated, of 48."""
    fill(model, 4)
    model.save_pretrained(folder, safe_serialization=True)
    processor.save_pretrained(folder)
    pixels = processor(images, return_tensors="pt")["pixel_values"]
    expected = {f"pixels_{SIDE}": bytes_of(pixels, processor.image_mean, processor.image_std)}
    for side in (SIDE, 48):
        if side != SIDE:
            pixels = torch.nn.functional.interpolate(pixels, size=(side, side), mode="nearest")
            expected[f"input_{side}"] = pixels
        extra = {"interpolate_pos_encoding": True} if isinstance(model, transformers.ViTModel) else {}
        tokens = model(pixel_values=pixels, **extra).last_hidden_state
        expected[f"tokens_{side}"] = tokens
        expected[f"images_{side}"] = tokens[:, 0]
    save_file(only(expected), folder / "expected.safetensors")


def vit(folder, images):
    config = transformers.ViTConfig(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=96,
                                    image_size=SIDE, patch_size=PATCH)
    processor = pil_processor("ViTImageProcessor")(size={"height": SIDE, "width": SIDE})
    hugging_face_vit(folder, images, transformers.ViTModel(config, add_pooling_layer=False), processor)


def dinov2_registers(folder, images):
    config = transformers.Dinov2WithRegistersConfig(hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
                                                    image_size=SIDE, patch_size=PATCH, num_register_tokens=4)
    processor = pil_processor("BitImageProcessor")(
        size={"shortest_edge": 37}, crop_size={"height": SIDE, "width": SIDE}, resample=3,
        image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225])
    hugging_face_vit(folder, images, transformers.Dinov2WithRegistersModel(config), processor)


# --- DINO

def dino(folder, path):
    helper = types.ModuleType("utils")
    helper.trunc_normal_ = torch.nn.init.trunc_normal_
    sys.modules["utils"] = helper
    spec = importlib.util.spec_from_file_location("dino_vision_transformer", path)
    original = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(original)

    def backbone(seed):
        norm = lambda width: torch.nn.LayerNorm(width, eps=1e-6)
        return fill(original.VisionTransformer([SIDE], PATCH, embed_dim=32, depth=2, num_heads=2, qkv_bias=True,
                                               norm_layer=norm), seed)

    model = backbone(5)
    folder.mkdir()
    state = model.state_dict()
    torch.save(state, folder / "dino_state_dict.pth")
    torch.save(state, folder / "dino_legacy.pth", _use_new_zipfile_serialization=False)
    student = {k: v.half().float() for k, v in backbone(6).state_dict().items()}
    torch.save({"student": {"module.backbone." + k: v for k, v in student.items()},
                "teacher": {"backbone." + k: v for k, v in state.items()}, "epoch": 3, "args": argparse.Namespace(arch="vit_tiny")},
               folder / "dino_full.pth")

    keys = []
    def keep_keys(module, inputs, output):
        n, tokens, width = inputs[0].shape
        keys.append(output.view(n, tokens, 3, width)[:, :, 1])
    model.blocks[-1].attn.qkv.register_forward_hook(keep_keys)
    expected = {}
    generator = torch.Generator().manual_seed(7)
    for height, width in ((32, 32), (48, 24), (24, 56)):
        pixels = torch.randn(2, 3, height, width, generator=generator)
        name = f"{height}x{width}"
        expected["input_" + name] = pixels
        expected["tokens_" + name] = model.get_intermediate_layers(pixels)[0]
        expected["keys_" + name] = keys[-1]
    save_file(only(expected), folder / "expected.safetensors")


def versions():
    packages = ("torch", "torchvision", "open_clip_torch", "timm", "transformers", "pillow", "numpy")
    return {package: importlib.metadata.version(package) for package in packages}


def packed(folder, output):
    """One .tar.xz of everything, the same bytes from the same files."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            info = tarfile.TarInfo(str(pathlib.Path("fixtures") / path.relative_to(folder)))
            info.size = path.stat().st_size
            with path.open("rb") as file:
                tar.addfile(info, file)
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 64 << 20}]
    output.write_bytes(lzma.compress(raw.getvalue(), format=lzma.FORMAT_XZ, filters=filters))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clip", type=pathlib.Path, required=True, help="clip/model.py of openai/CLIP")
    parser.add_argument("--dino", type=pathlib.Path, required=True, help="vision_transformer.py of facebookresearch/dino")
    parser.add_argument("--output", type=pathlib.Path,
                        default=pathlib.Path(__file__).parent / "fixtures" / "fixtures.tar.xz")
    arguments = parser.parse_args()
    torch.manual_seed(0)
    torch.set_grad_enabled(False)
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch) / "fixtures"
        folder.mkdir()
        images = pictures(folder / "pictures")
        (folder / "texts.json").write_text(json.dumps(TEXTS, indent=1))
        (folder / "versions.json").write_text(json.dumps(versions(), indent=1))
        clip(folder / "clip", images, arguments.clip)
        timm_vit(folder / "timm", images)
        vit(folder / "vit", images)
        dinov2_registers(folder / "dinov2", images)
        dino(folder / "dino", arguments.dino)
        packed(folder, arguments.output)
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            print(f"{path.stat().st_size:>10} {path.relative_to(folder)}")
    print(f"{arguments.output.stat().st_size:>10} {arguments.output}")


if __name__ == "__main__":
    main()
