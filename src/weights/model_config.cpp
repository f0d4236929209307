// SPDX-License-Identifier: Apache-2.0
#include "weights/model_config.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "base/words.hpp"

#include <array>
#include <cmath>
#include <string_view>
#include <vector>

namespace skyglot {
namespace {

constexpr std::array<std::string_view, 2> kActivations{"gelu", "quick_gelu"};
constexpr std::array<std::string_view, 2> kKinds{"clip", "vit"};
constexpr std::array<std::string_view, 3> kResizeModes{"shortest", "squash", "tile"};
constexpr std::array<std::string_view, 2> kPoolings{"cls", "mean"};
constexpr std::array<std::string_view, 3> kTextPoolings{"end", "first", "mean"};
constexpr std::array<std::string_view, 2> kNormOrders{"pre", "post"};
constexpr std::array<std::string_view, 2> kTokenSchemes{"byte_pairs", "word_pieces"};
constexpr std::array<std::string_view, 3> kPositionResizes{"antialiased", "dino", "plain"};
constexpr std::array<std::string_view, 2> kInterpolations{"bicubic", "bilinear"};
constexpr std::array<std::string_view, 2> kCropCentres{"rounded", "floored"};

constexpr int kSchema = 2;
// Had the same settings in both towers, and pictures resized to the side of positions.
constexpr int kOldSchema = 1;
constexpr std::int64_t kMaxVocabulary = 1 << 24;
constexpr std::int64_t kMaxBands = 4096;
constexpr double kMaxPixel = 1e9;
constexpr double kMinDeviation = 1e-9;
constexpr const char* kRemedy = "import the model again with \"skyglot model import\"";

// A float as the shortest text that gives it back, not as the double it widens to.
Json float_json(float value) {
  return *parse_double(fmt::format("{}", value));
}

Json float_list(const std::vector<float>& values) {
  Json list = Json::array();
  for (const float value : values) list.push_back(float_json(value));
  return list;
}

Json transformer_json(const TransformerConfig& t) {
  return {{"width", t.width},
          {"layers", t.layers},
          {"heads", t.heads},
          {"mlp_width", t.mlp_width},
          {"norm_order", to_string(t.norm_order)}};
}

Json vision_json(const VisionConfig& v) {
  Json json = transformer_json(v.transformer);
  json.update(Json{{"patch_size", v.patch_size},
                   {"image_size", v.image_size},
                   {"bands", v.bands},
                   {"layer_scale", v.layer_scale},
                   {"register_tokens", v.register_tokens},
                   {"pooling", to_string(v.pooling)},
                   {"position_resize", to_string(v.position_resize)},
                   {"causal", v.causal}});
  if (!v.first_norm) json["first_norm"] = false;
  if (v.patch_bias) json["patch_bias"] = true;
  return json;
}

// What the image tower has too stands at the top.
Json text_json(const TextConfig& t, const TransformerConfig& image) {
  Json json = transformer_json(t.transformer);
  if (t.transformer.activation != image.activation)
    json["activation"] = to_string(t.transformer.activation);
  if (t.transformer.layer_norm_epsilon != image.layer_norm_epsilon)
    json["layer_norm_epsilon"] = t.transformer.layer_norm_epsilon;
  json.update(Json{{"context_length", t.context_length},
                   {"vocabulary", t.vocabulary},
                   {"pooling", to_string(t.pooling)},
                   {"causal", t.causal},
                   {"sees_padding", t.sees_padding}});
  if (t.first_norm) json["first_norm"] = true;
  if (!t.last_norm) json["last_norm"] = false;
  if (t.tokens == TokenScheme::byte_pairs) return json;
  json["tokens"] = to_string(t.tokens);
  json["vocabulary_sha256"] = t.vocabulary_sha256;
  return json;
}

Json preprocess_json(const PreprocessConfig& p) {
  return {{"mean", float_list(p.mean)},
          {"std", float_list(p.std)},
          {"resize", to_string(p.resize)},
          {"side", p.side},
          {"resize_side", p.resize_side},
          {"interpolation", to_string(p.interpolation)},
          {"crop_centre", to_string(p.crop_centre)}};
}

// Reads keys of one object and says whose fault it is when one is wrong.
class Reader {
 public:
  Reader(const ReadJson& json, std::string where) : json_(json), where_(std::move(where)) {
    if (!json_.is_object()) reject("is no JSON object");
  }

  [[noreturn]] void reject(const std::string& what) const {
    fail(ErrorKind::format, "{}: {}; {}", where_, what, kRemedy);
  }
  [[nodiscard]] bool has(const char* key) const { return json_.contains(key); }
  [[nodiscard]] const ReadJson& at(const char* key) const {
    const auto found = json_.find(key);
    if (found == json_.end()) reject(fmt::format("lacks \"{}\"", key));
    return *found;
  }
  [[nodiscard]] std::int64_t integer(const char* key, std::int64_t low, std::int64_t high) const {
    const ReadJson& value = at(key);
    if (!value.is_number_integer() || value.get<double>() < static_cast<double>(low) ||
        value.get<double>() > static_cast<double>(high))
      reject(fmt::format("\"{}\" must be a whole number from {} to {}", key, low, high));
    return value.get<std::int64_t>();
  }
  [[nodiscard]] double positive(const char* key) const {
    if (!at(key).is_number() || !(at(key).get<double>() > 0))
      reject(fmt::format("\"{}\" must be a positive number", key));
    return at(key).get<double>();
  }
  [[nodiscard]] bool boolean(const char* key) const {
    if (!at(key).is_boolean()) reject(fmt::format("\"{}\" must be true or false", key));
    return at(key).get<bool>();
  }
  [[nodiscard]] bool boolean_or(const char* key, bool otherwise) const {
    return has(key) ? boolean(key) : otherwise;
  }
  [[nodiscard]] std::string text(const char* key) const {
    if (!at(key).is_string()) reject(fmt::format("\"{}\" must be text", key));
    return at(key).get<std::string>();
  }
  template <typename Enum, std::size_t N>
  [[nodiscard]] Enum word(const char* key, const std::array<std::string_view, N>& words) const {
    const std::string given = text(key);
    if (const auto value = find_value<Enum>(given, words)) return *value;
    reject(fmt::format("\"{}\" is \"{}\", not one of {}", key, given, fmt::join(words, ", ")));
  }
  /// One number a band.
  [[nodiscard]] std::vector<float> each_band(const char* key, std::int64_t bands) const {
    const ReadJson& list = at(key);
    std::vector<float> values;
    for (const ReadJson& value : list)
      if (value.is_number() && std::abs(value.get<double>()) <= kMaxPixel)
        values.push_back(static_cast<float>(value.get<double>()));
    if (!list.is_array() || std::ssize(list) != bands || values.size() != list.size())
      reject(fmt::format("\"{}\" must be {} numbers, one a band", key, bands));
    return values;
  }
  [[nodiscard]] Reader object(const char* key) const { return {at(key), where_ + ": " + key}; }

 private:
  const ReadJson& json_;
  std::string where_;
};

// What all towers have in common stands at the top.
struct Towers {
  const Reader& top;
  bool old = false;
};

TransformerConfig read_transformer(const Reader& json, const Towers& towers) {
  TransformerConfig t;
  t.width = json.integer("width", 1, kMostWidth);
  t.layers = json.integer("layers", 1, kMostLayers);
  t.heads = json.integer("heads", 1, kMostWidth);
  t.mlp_width = json.integer("mlp_width", 1, 8 * kMostWidth);
  if (t.width % t.heads != 0) json.reject("\"width\" is no multiple of \"heads\"");
  const auto settings = [&](const char* key) -> const Reader& {
    return json.has(key) ? json : towers.top;
  };
  t.activation = settings("activation").word<Activation>("activation", kActivations);
  t.layer_norm_epsilon = settings("layer_norm_epsilon").positive("layer_norm_epsilon");
  if (!towers.old) t.norm_order = json.word<NormOrder>("norm_order", kNormOrders);
  return t;
}

VisionConfig read_vision(const Reader& json, const Towers& towers) {
  VisionConfig v;
  v.transformer = read_transformer(json, towers);
  v.patch_size = json.integer("patch_size", 1, 4096);
  v.image_size = json.integer("image_size", 1, kMostWidth);
  if (json.has("bands")) v.bands = json.integer("bands", 1, kMaxBands);
  v.layer_scale = json.boolean("layer_scale");
  v.register_tokens = json.integer("register_tokens", 0, 4096);
  v.pooling = json.word<Pooling>("pooling", kPoolings);
  v.position_resize = json.word<PositionResize>("position_resize", kPositionResizes);
  if (!towers.old) v.causal = json.boolean("causal");
  v.first_norm = json.boolean_or("first_norm", true);
  v.patch_bias = json.boolean_or("patch_bias", false);
  if (v.image_size % v.patch_size != 0)
    json.reject("\"image_size\" is no multiple of \"patch_size\"");
  return v;
}

TextConfig read_text(const Reader& json, const Towers& towers) {
  TextConfig t;
  t.transformer = read_transformer(json, towers);
  t.context_length = json.integer("context_length", 2, kMostWidth);
  t.vocabulary = json.integer("vocabulary", 2, kMaxVocabulary);
  if (towers.old) return t;
  t.pooling = json.word<TextPooling>("pooling", kTextPoolings);
  t.causal = json.boolean("causal");
  t.sees_padding = json.boolean_or("sees_padding", false);
  t.first_norm = json.boolean_or("first_norm", false);
  t.last_norm = json.boolean_or("last_norm", true);
  if (json.has("tokens")) t.tokens = json.word<TokenScheme>("tokens", kTokenSchemes);
  if (t.tokens == TokenScheme::word_pieces) t.vocabulary_sha256 = json.text("vocabulary_sha256");
  return t;
}

PreprocessConfig read_preprocess(const Reader& json, std::int64_t bands, bool old) {
  PreprocessConfig p;
  p.mean = json.each_band("mean", bands);
  p.std = json.each_band("std", bands);
  p.resize = json.word<ResizeMode>("resize", kResizeModes);
  for (const float s : p.std)
    if (!(s >= kMinDeviation)) json.reject("\"std\" must be positive");
  if (old) return p;
  p.side = json.integer("side", 0, kMostWidth);
  p.resize_side = json.integer("resize_side", 0, kMostWidth);
  p.interpolation = json.word<Interpolation>("interpolation", kInterpolations);
  p.crop_centre = json.word<CropCentre>("crop_centre", kCropCentres);
  return p;
}

void check_sides(const ModelConfig& config, const Reader& json) {
  if (config.picture_side() % config.vision.patch_size != 0)
    json.reject("\"side\" is no multiple of \"patch_size\"");
  if (config.resize_side() < config.picture_side())
    json.reject("\"resize_side\" is smaller than the side that is cropped from it");
}

void read_towers(ModelConfig& config, const Reader& json, bool old) {
  const Towers towers{json, old};
  config.kind = json.word<ModelKind>("kind", kKinds);
  config.vision = read_vision(json.object("vision"), towers);
  if (config.kind == ModelKind::clip) config.text = read_text(json.object("text"), towers);
  // Its towers with a projection took the class token, whatever stood there.
  if (old && config.text) config.vision.pooling = Pooling::cls;
  config.embedding_width = json.integer("embedding_width", 1, kMostWidth);
  if (config.kind == ModelKind::vit && config.embedding_width != config.vision.transformer.width)
    json.reject("\"embedding_width\" of an image tower alone must be its width");
}

}  // namespace

Json to_json(const ModelConfig& config) {
  Json json{{"schema", kSchema},
            {"kind", to_string(config.kind)},
            {"architecture", config.architecture},
            {"activation", to_string(config.vision.transformer.activation)},
            {"embedding_width", config.embedding_width},
            {"layer_norm_epsilon", config.vision.transformer.layer_norm_epsilon},
            {"vision", vision_json(config.vision)}};
  if (config.text) json["text"] = text_json(*config.text, config.vision.transformer);
  json["preprocess"] = preprocess_json(config.preprocess);
  json["source"] = config.source;
  json["source_sha256"] = config.source_sha256;
  json["weights_sha256"] = config.weights_sha256;
  json["licence"] = config.licence;
  return json;
}

ModelConfig model_config_from_json(const ReadJson& json, const std::string& where) {
  const Reader reader(json, where);
  const std::int64_t schema = reader.integer("schema", 1, INT32_MAX);
  if (schema > kSchema) reader.reject("was written by a newer skyglot (another \"schema\")");
  const bool old = schema == kOldSchema;
  ModelConfig config;
  read_towers(config, reader, old);
  config.architecture = reader.text("architecture");
  config.preprocess = read_preprocess(reader.object("preprocess"), config.vision.bands, old);
  check_sides(config, reader.object("preprocess"));
  config.source = reader.text("source");
  config.source_sha256 = reader.text("source_sha256");
  config.weights_sha256 = reader.text("weights_sha256");
  config.licence = reader.text("licence");
  return config;
}

void ModelConfig::set_activation(Activation activation) {
  vision.transformer.activation = activation;
  if (text) text->transformer.activation = activation;
}

void ModelConfig::set_layer_norm_epsilon(double epsilon) {
  vision.transformer.layer_norm_epsilon = epsilon;
  if (text) text->transformer.layer_norm_epsilon = epsilon;
}

std::int64_t ModelConfig::picture_side() const {
  return preprocess.side > 0 ? preprocess.side : vision.image_size;
}

std::int64_t ModelConfig::resize_side() const {
  return preprocess.resize_side > 0 ? preprocess.resize_side : picture_side();
}

std::string to_string(Interpolation interpolation) {
  return word_of(interpolation, kInterpolations);
}

std::string to_string(CropCentre centre) {
  return word_of(centre, kCropCentres);
}

std::string to_string(PositionResize method) {
  return word_of(method, kPositionResizes);
}

Interpolation parse_interpolation(const std::string& word) {
  return value_of<Interpolation>(word, kInterpolations, "interpolation");
}

std::string to_string(Pooling pooling) {
  return word_of(pooling, kPoolings);
}

std::string to_string(TextPooling pooling) {
  return word_of(pooling, kTextPoolings);
}

std::string to_string(NormOrder order) {
  return word_of(order, kNormOrders);
}

std::string to_string(TokenScheme tokens) {
  return word_of(tokens, kTokenSchemes);
}

Pooling parse_pooling(const std::string& word) {
  return value_of<Pooling>(word, kPoolings, "pooling");
}

std::string to_string(Activation activation) {
  return word_of(activation, kActivations);
}

std::string to_string(ModelKind kind) {
  return word_of(kind, kKinds);
}

std::string to_string(ResizeMode mode) {
  return word_of(mode, kResizeModes);
}

Activation parse_activation(const std::string& word) {
  return value_of<Activation>(word, kActivations, "activation");
}

ResizeMode parse_resize_mode(const std::string& word) {
  return value_of<ResizeMode>(word, kResizeModes, "resize mode");
}

}  // namespace skyglot
