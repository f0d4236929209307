// SPDX-License-Identifier: Apache-2.0
#include "weights/configurations.hpp"

#include "base/error.hpp"
#include "base/json.hpp"

#include <array>
#include <cmath>
#include <string_view>
#include <utility>

namespace skyglot {
namespace {

constexpr const char* kConfig = "config.json beside the file";
constexpr const char* kPreprocessor = "preprocessor_config.json beside the file";
constexpr const char* kOpenClip = "open_clip_config.json beside the file";
// Far beyond any picture that a tower is given.
constexpr std::int64_t kMaxSide = 1 << 16;

const ReadJson& at_or_null(const ReadJson& json, const char* key) {
  static const ReadJson null;
  return json.is_object() && json.contains(key) ? json[key] : null;
}

bool is_true(const ReadJson& json, const char* key) {
  const ReadJson& value = at_or_null(json, key);
  return value.is_boolean() && value.get<bool>();
}

bool is_false(const ReadJson& json, const char* key) {
  const ReadJson& value = at_or_null(json, key);
  return value.is_boolean() && !value.get<bool>();
}

std::string text_at(const ReadJson& json, const char* key) {
  const ReadJson& value = at_or_null(json, key);
  return value.is_string() ? value.get<std::string>() : "";
}

// A whole number from 1 to kMaxSide, or nothing.
std::optional<std::int64_t> whole(const ReadJson& value) {
  if (!value.is_number() || !(value.get<double>() >= 1) || !(value.get<double>() <= kMaxSide))
    return std::nullopt;
  return static_cast<std::int64_t>(value.get<double>());
}

std::optional<double> positive(const ReadJson& value) {
  return value.is_number() && value.get<double>() > 0 ? std::optional(value.get<double>())
                                                      : std::nullopt;
}

std::optional<Normalisation> normalisation_of(const ReadJson& mean, const ReadJson& std) {
  Normalisation normalisation;
  if (!mean.is_array() || !std.is_array() || mean.empty() || mean.size() != std.size())
    return std::nullopt;
  for (std::size_t i = 0; i < mean.size(); ++i) {
    if (!mean[i].is_number() || !std[i].is_number() || !(std[i].get<float>() > 0))
      return std::nullopt;
    normalisation.mean.push_back(mean[i].get<float>());
    normalisation.std.push_back(std[i].get<float>());
  }
  return normalisation;
}

template <typename T>
void set_first(std::optional<Sourced<T>>& fact, const std::optional<T>& value, const char* source) {
  if (!fact && value) fact = Sourced<T>{*value, source};
}

void refuse(Provenance& facts, const char* option, const char* source, const std::string& what) {
  facts.unsupported.push_back({option, fmt::format("{} says {}", source, what)});
}

std::optional<Activation> activation_of(Provenance& facts, const ReadJson& word,
                                        const char* source) {
  if (!word.is_string()) return std::nullopt;
  if (word == "quick_gelu") return Activation::quick_gelu;
  if (word == "gelu") return Activation::gelu;
  refuse(facts, "--activation", source,
         "activation " + word.dump() + "; skyglot runs gelu and quick_gelu");
  return std::nullopt;
}

// --- transformers: preprocessor_config.json

// {"shortest_edge": n}, {"height": n, "width": n}, or a number that means one or the other.
std::optional<Framing> resized(Provenance& facts, const ReadJson& json, bool crops) {
  const ReadJson& size = at_or_null(json, "size");
  Framing framing;
  const bool is_shortest = size.is_object() ? size.contains("shortest_edge") : crops;
  framing.resize = is_shortest ? ResizeMode::shortest : ResizeMode::squash;
  const ReadJson& length =
      size.is_object() ? at_or_null(size, is_shortest ? "shortest_edge" : "height") : size;
  const auto side = whole(length);
  const bool square = is_shortest || !size.is_object() || at_or_null(size, "width") == length;
  if (size.is_null()) return std::nullopt;
  if (!side || !square || is_false(json, "do_resize") ||
      (size.is_object() && size.contains("longest_edge"))) {
    refuse(facts, "--resize", kPreprocessor,
           "size " + size.dump() + (is_false(json, "do_resize") ? ", do_resize false" : "") +
               ", which makes no square of one side");
    return std::nullopt;
  }
  framing.side = framing.resize_side = *side;
  return framing;
}

void read_framing(Provenance& facts, const ReadJson& json) {
  const bool crops = is_true(json, "do_center_crop");
  auto framing = resized(facts, json, crops);
  if (!framing) return;
  framing->crop_centre = CropCentre::floored;
  const ReadJson& crop = at_or_null(json, "crop_size");
  if (crops && !crop.is_null()) {
    const auto side = whole(crop.is_object() ? at_or_null(crop, "height") : crop);
    const bool square =
        !crop.is_object() || at_or_null(crop, "width") == at_or_null(crop, "height");
    if (!side || !square || *side > framing->resize_side)
      return refuse(facts, "--resize", kPreprocessor,
                    "crop_size " + crop.dump() + ", which is no square within the resized picture");
    framing->side = *side;
  }
  set_first(facts.framing, framing, kPreprocessor);
}

void read_resample(Provenance& facts, const ReadJson& json) {
  constexpr int kBilinear = 2;
  constexpr int kBicubic = 3;
  const ReadJson& resample = at_or_null(json, "resample");
  std::string processor = text_at(json, "image_processor_type");
  if (processor.empty()) processor = text_at(json, "feature_extractor_type");
  if (resample == kBicubic || resample == kBilinear)
    set_first(
        facts.interpolation,
        std::optional(resample == kBicubic ? Interpolation::bicubic : Interpolation::bilinear),
        kPreprocessor);
  else if (!resample.is_null())
    refuse(facts, "--interpolation", kPreprocessor,
           "resample " + resample.dump() + "; skyglot resizes by 2 (bilinear) and 3 (bicubic)");
  else if (processor.starts_with("ViT"))  // its default
    set_first(facts.interpolation, std::optional(Interpolation::bilinear), kPreprocessor);
}

void read_preprocessor(Provenance& facts, const ReadJson& json) {
  if (!json.is_object()) return;
  if (is_false(json, "do_rescale"))
    refuse(facts, "--normalisation", kPreprocessor, "do_rescale false: pixels from 0 to 255");
  const auto normalisation =
      is_false(json, "do_normalize")
          ? std::optional(Normalisation{{0, 0, 0}, {1, 1, 1}})
          : normalisation_of(at_or_null(json, "image_mean"), at_or_null(json, "image_std"));
  set_first(facts.normalisation, normalisation, kPreprocessor);
  read_framing(facts, json);
  read_resample(facts, json);
}

// --- transformers: config.json

// CLIP's halves are written without what is transformers' default.
ReadJson with_defaults(const ReadJson& half, const ReadJson& config, std::int64_t heads) {
  ReadJson full = half.is_object() ? half : ReadJson::object();
  if (text_at(config, "model_type") != "clip") return full;
  full.update(ReadJson{{"hidden_act", full.value("hidden_act", ReadJson("quick_gelu"))},
                       {"num_attention_heads", full.value("num_attention_heads", ReadJson(heads))},
                       {"layer_norm_eps", full.value("layer_norm_eps", ReadJson(1e-5))}});
  return full;
}

void read_tower(TowerFacts& tower, const ReadJson& json) {
  set_first(tower.heads, whole(at_or_null(json, "num_attention_heads")), kConfig);
  if (!tower.layer_norm_epsilon)
    tower.layer_norm_epsilon = positive(at_or_null(json, "layer_norm_eps"));
}

// --- open_clip

// A key whose other values make another tower, and the value that makes ours.
struct Demand {
  const char* key;
  ReadJson ours;
};

void demand(Provenance& facts, const ReadJson& half, const char* name,
            const std::vector<Demand>& demands) {
  for (const Demand& d : demands) {
    const ReadJson& value = at_or_null(half, d.key);
    if (!value.is_null() && value != d.ours)
      refuse(facts, "", kOpenClip,
             fmt::format("{}.{} is {}, which skyglot does not run", name, d.key, value.dump()));
  }
}

void read_epsilon(TowerFacts& tower, const ReadJson& half) {
  if (const auto epsilon = positive(at_or_null(at_or_null(half, "norm_kwargs"), "eps")))
    tower.layer_norm_epsilon = epsilon;
}

void read_open_clip_vision(Provenance& facts, const ReadJson& vision) {
  if (!vision.is_object()) return;
  const auto width = whole(at_or_null(vision, "width"));
  const auto head_width = whole(at_or_null(vision, "head_width"));
  if (head_width && width && *width % *head_width == 0)
    set_first(facts.vision.heads, std::optional(*width / *head_width), kOpenClip);
  else if (head_width)
    refuse(facts, "--heads", kOpenClip,
           fmt::format("vision_cfg.head_width {}, which divides no width there", *head_width));
  const std::string pool = text_at(vision, "pool_type");
  const bool mean = is_true(vision, "global_average_pool") || pool == "avg";
  if (mean) facts.pooling = Pooling::mean;
  if (!mean && !pool.empty()) demand(facts, vision, "vision_cfg", {{"pool_type", "tok"}});
  if (mean) demand(facts, vision, "vision_cfg", {{"final_ln_after_pool", false}});
  read_epsilon(facts.vision, vision);
  demand(facts, vision, "vision_cfg",
         {{"attentional_pool", false},
          {"input_patchnorm", false},
          {"no_ln_pre", false},
          {"pos_embed_type", "learnable"},
          {"act_kwargs", ReadJson::object()},
          {"block_type", "default"},
          {"qk_norm", false},
          {"scaled_cosine_attn", false}});
}

void read_open_clip_text(Provenance& facts, const ReadJson& text) {
  constexpr std::int64_t kTheirHeads = 8;  // where nothing is said
  if (!text.is_object()) return;
  const auto heads = whole(at_or_null(text, "heads"));
  set_first(facts.text.heads, std::optional(heads.value_or(kTheirHeads)), kOpenClip);
  facts.text_sees_all = is_true(text, "no_causal_mask");
  const std::string pool = text_at(text, "pool_type");
  if (pool == "first") facts.text_pooling = TextPooling::first;
  if (pool != "first") demand(facts, text, "text_cfg", {{"pool_type", "argmax"}});
  read_epsilon(facts.text, text);
  demand(facts, text, "text_cfg",
         {{"embed_cls", false},
          {"proj", "linear"},
          {"proj_type", "linear"},
          {"proj_bias", false},
          {"act_kwargs", ReadJson::object()},
          {"block_type", "default"},
          {"qk_norm", false},
          {"scaled_cosine_attn", false}});
  if (!text_at(text, "hf_model_name").empty())
    refuse(facts, "", kOpenClip, "text_cfg.hf_model_name, a text tower that skyglot does not run");
}

void read_open_clip_framing(Provenance& facts, const ReadJson& preprocess) {
  Framing framing;
  const ReadJson& size = at_or_null(preprocess, "size");
  const ReadJson& side = size.is_array() && !size.empty() ? size[0] : size;
  const std::string mode = text_at(preprocess, "resize_mode");
  if (size.is_array() && size.size() > 1 && size[1] != side)
    return refuse(facts, "--resize", kOpenClip, "size " + size.dump() + ", which is no square");
  if (mode != "" && mode != "shortest" && mode != "squash")
    return refuse(facts, "--resize", kOpenClip,
                  "resize_mode " + mode + "; skyglot does shortest and squash");
  if (mode.empty() && !whole(side)) return;
  framing.resize = mode == "squash" ? ResizeMode::squash : ResizeMode::shortest;
  framing.side = framing.resize_side = whole(side).value_or(0);
  set_first(facts.framing, std::optional(framing), kOpenClip);
}

void read_interpolation(Provenance& facts, const std::string& word, const char* source) {
  if (word == "bicubic" || word == "bilinear")
    set_first(facts.interpolation, std::optional(parse_interpolation(word)), source);
  else if (!word.empty())
    refuse(facts, "--interpolation", source,
           "interpolation " + word + "; skyglot resizes by bicubic and bilinear");
}

}  // namespace

void read_transformers(Provenance& facts, const ReadJson& config, const ReadJson& preprocessor) {
  constexpr std::int64_t kVisionHeads = 12;
  constexpr std::int64_t kTextHeads = 8;
  const bool clip = config.contains("vision_config");
  const ReadJson vision =
      clip ? with_defaults(config["vision_config"], config, kVisionHeads) : config;
  set_first(facts.activation, activation_of(facts, at_or_null(vision, "hidden_act"), kConfig),
            kConfig);
  read_tower(facts.vision, vision);
  if (clip) {
    const ReadJson text = with_defaults(at_or_null(config, "text_config"), config, kTextHeads);
    facts.text_activation = activation_of(facts, at_or_null(text, "hidden_act"), kConfig);
    read_tower(facts.text, text);
  }
  read_preprocessor(facts, preprocessor);
}

void read_timm(Provenance& facts, const ReadJson& timm) {
  if (!timm.is_object()) return;
  set_first(facts.normalisation,
            normalisation_of(at_or_null(timm, "mean"), at_or_null(timm, "std")), kConfig);
  read_interpolation(facts, text_at(timm, "interpolation"), kConfig);
  const ReadJson& input = at_or_null(timm, "input_size");
  const auto side = input.is_array() && input.size() == 3 ? whole(input[1]) : std::nullopt;
  if (!side) return;
  const double share = positive(at_or_null(timm, "crop_pct")).value_or(1.0);
  const std::string mode = text_at(timm, "crop_mode");
  if (input[1] != input[2] || share > 1 || (mode == "border" && share < 1))
    return refuse(
        facts, "--resize", kConfig,
        fmt::format("input_size {}, crop_pct {}, crop_mode \"{}\"", input.dump(), share, mode));
  const auto resize_side =
      static_cast<std::int64_t>(std::floor(static_cast<double>(*side) / std::max(share, 0.01)));
  set_first(facts.framing,
            std::optional(Framing{mode == "squash" ? ResizeMode::squash : ResizeMode::shortest,
                                  *side, resize_side, CropCentre::rounded}),
            kConfig);
}

void read_open_clip(Provenance& facts, const ReadJson& config) {
  const ReadJson& model = at_or_null(config, "model_cfg");
  if (!model.is_object()) return;
  set_first(facts.activation,
            std::optional(is_true(model, "quick_gelu") ? Activation::quick_gelu : Activation::gelu),
            kOpenClip);
  read_open_clip_vision(facts, at_or_null(model, "vision_cfg"));
  read_open_clip_text(facts, at_or_null(model, "text_cfg"));
  const ReadJson& preprocess = at_or_null(config, "preprocess_cfg");
  set_first(facts.normalisation,
            normalisation_of(at_or_null(preprocess, "mean"), at_or_null(preprocess, "std")),
            kOpenClip);
  read_open_clip_framing(facts, preprocess);
  read_interpolation(facts, text_at(preprocess, "interpolation"), kOpenClip);
}

}  // namespace skyglot
