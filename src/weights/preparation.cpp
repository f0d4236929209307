// SPDX-License-Identifier: Apache-2.0
#include "weights/preparation.hpp"

#include "base/error.hpp"

namespace skyglot {
namespace {

// DINO and DINOv2 are evaluated on the centre 224 of 256 pixels (their eval_*.py).
constexpr std::int64_t kDinoSide = 224;
constexpr std::int64_t kDinoResizeSide = 256;
// timm's usual crop_pct for a ViT, 0.9.
constexpr std::int64_t kTimmTenths = 9;

bool has_classifier(const NamedTensors& named) {
  return named.tensors.contains("head.weight");
}

bool is_dino_2(const ModelConfig& config) {
  return config.vision.layer_scale && config.vision.patch_size == 14;
}

// DINO's backbones, full or pretrained, bring no classifier along, as timm's ViT do.
PositionResize position_resize_of(const ModelConfig& config, const NamedTensors& named) {
  if (config.vision.register_tokens > 0) return PositionResize::antialiased;
  switch (named.family) {
    case NameFamily::open_clip:
      return PositionResize::antialiased;
    case NameFamily::hf_clip:
    case NameFamily::hf_vit:
      return PositionResize::plain;
    case NameFamily::timm:
      break;
  }
  if (named.tensors.contains("decoder_embed.weight")) return PositionResize::plain;  // MAE
  return has_classifier(named) ? PositionResize::antialiased : PositionResize::dino;
}

// What the family does where nothing is said.
Sourced<Framing> usual_framing(const ModelConfig& config, const NamedTensors& named) {
  Framing framing;
  framing.side = framing.resize_side = config.vision.image_size;
  if (config.kind == ModelKind::clip)
    return {framing, "assumed, as CLIP does; --resize, --side and --resize-side set others"};
  if (is_dino_2(config)) framing.side = kDinoSide;
  if (has_classifier(named) && !is_dino_2(config)) {
    framing.resize_side = framing.side * 10 / kTimmTenths;
    return {framing, "assumed, as timm's ViT do; --resize, --side and --resize-side set others"};
  }
  framing.resize_side = framing.side * kDinoResizeSide / kDinoSide;
  return {framing, "assumed, as DINO does; --resize, --side and --resize-side set others"};
}

// Sides that a configuration leaves open are the tower's.
Framing completed(Framing framing, const ModelConfig& config) {
  if (framing.side == 0) framing.side = config.vision.image_size;
  if (framing.resize_side == 0) framing.resize_side = framing.side;
  return framing;
}

void check_sides(const Framing& framing, const ModelConfig& config) {
  if (framing.side % config.vision.patch_size != 0)
    fail(ErrorKind::usage,
         "pictures of {} pixels are no whole number of patches of {}; give --side", framing.side,
         config.vision.patch_size);
  if (framing.resize_side < framing.side)
    fail(ErrorKind::usage, "--resize-side {} is less than the {} pixels that are cropped from it",
         framing.resize_side, framing.side);
}

// What was asked for goes before what `framing` holds; a margin keeps its share.
Framing as_asked(Framing framing, const ModelImportOptions& options) {
  if (options.resize && *options.resize != framing.resize) {
    framing.resize = *options.resize;
    framing.resize_side = framing.side;
  }
  if (options.side) {
    framing.resize_side = *options.side * framing.resize_side / framing.side;
    framing.side = *options.side;
  }
  framing.resize_side = options.resize_side.value_or(framing.resize_side);
  return framing;
}

std::string options_among(const ModelImportOptions& options) {
  std::string words;
  const auto add = [&](bool given, const char* option) {
    if (given) words += (words.empty() ? "" : ", ") + std::string(option);
  };
  add(options.resize.has_value(), "--resize");
  add(options.side.has_value(), "--side");
  add(options.resize_side.has_value(), "--resize-side");
  add(options.interpolation.has_value(), "--interpolation");
  return words;
}

std::string decide_framing(ModelConfig& config, const NamedTensors& named,
                           const ModelImportOptions& options, const Provenance& facts) {
  const Sourced<Framing> known = facts.framing.value_or(usual_framing(config, named));
  const Framing framing = as_asked(completed(known.value, config), options);
  check_sides(framing, config);
  PreprocessConfig& p = config.preprocess;
  p.resize = framing.resize;
  p.side = framing.side;
  p.resize_side = framing.resize_side;
  p.crop_centre = framing.crop_centre;
  p.interpolation = Interpolation::bicubic;
  if (facts.interpolation) p.interpolation = facts.interpolation->value;
  if (options.interpolation) p.interpolation = *options.interpolation;
  const std::string asked = options_among(options);
  return asked.empty() ? known.source : asked + "; else " + known.source;
}

std::string decide_normalisation(ModelConfig& config, const ModelImportOptions& options,
                                 const Provenance& facts) {
  const auto fits = [&](const Normalisation& normalisation) {
    return std::ssize(normalisation.mean) == config.vision.bands;
  };
  Normalisation chosen = parse_normalisation(config.kind == ModelKind::clip ? "clip" : "imagenet");
  std::string source = "assumed, as usual for the family; --normalisation sets another";
  if (facts.normalisation && fits(facts.normalisation->value)) {
    chosen = facts.normalisation->value;
    source = facts.normalisation->source;
  }
  if (options.normalisation) {
    chosen = *options.normalisation;
    source = "--normalisation";
  }
  if (!fits(chosen))
    fail(ErrorKind::usage,
         "the image tower takes pictures of {} bands, the normalisation \"{}\" ({}) is of {}; give "
         "--normalisation M,...:S,... with a mean and a deviation for each band",
         config.vision.bands, to_string(chosen), source, chosen.mean.size());
  config.preprocess.mean = chosen.mean;
  config.preprocess.std = chosen.std;
  return source;
}

}  // namespace

PreparationSources decide_preparation(ModelConfig& config, const NamedTensors& named,
                                      const ModelImportOptions& options, const Provenance& facts) {
  config.vision.position_resize = position_resize_of(config, named);
  return {decide_normalisation(config, options, facts),
          decide_framing(config, named, options, facts)};
}

}  // namespace skyglot
