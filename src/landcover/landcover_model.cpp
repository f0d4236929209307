// SPDX-License-Identifier: Apache-2.0
#include "landcover/landcover_model.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "weights/model_folder.hpp"
#include "weights/safetensors.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRemedy = "train the model again with 'skyglot landcover train'";

std::string colour_text(const Colour& colour) {
  return fmt::format("#{:02x}{:02x}{:02x}", colour[0], colour[1], colour[2]);
}

Colour parse_colour(const std::string& text) {
  Colour colour{};
  unsigned r = 0, g = 0, b = 0;
  if (text.size() != 7 || std::sscanf(text.c_str(), "#%2x%2x%2x", &r, &g, &b) != 3)
    fail(ErrorKind::format, "\"{}\" is no colour like #30a0ff", text);
  colour = {static_cast<std::uint8_t>(r), static_cast<std::uint8_t>(g),
            static_cast<std::uint8_t>(b)};
  return colour;
}

Json classes_json(const std::vector<CoverClass>& classes) {
  Json list = Json::array();
  for (const CoverClass& one : classes)
    list.push_back({{"name", one.name}, {"colour", colour_text(one.colour)}});
  return list;
}

Json look_json(const GroundLook& look) {
  Json stretches = Json::array();
  for (const BandStretch& one : look.stretches) stretches.push_back({one.low, one.high});
  return {{"bands", look.bands}, {"stretches", stretches}};
}

TensorMap tensors_of(const LandcoverModel& model) {
  TensorMap tensors = head_tensors(model.head);
  const auto& [weights, bias] = model.classes.probe;
  if (weights.rows > 0) {
    tensors["linear_probe.weight"] = make_tensor(weights.values, {weights.rows, weights.cols});
    tensors["linear_probe.bias"] = make_tensor(bias, {weights.rows});
  } else {
    const Matrix& centres = model.classes.centres;
    tensors["cluster_probe.clusters"] = make_tensor(centres.values, {centres.rows, centres.cols});
  }
  return tensors;
}

// A tensor of `width` columns; of 0: a vector.
Matrix matrix_of(const TensorMap& tensors, const std::string& name, std::int64_t width) {
  const auto found = tensors.find(name);
  if (found == tensors.end() || found->second.shape.size() != (width > 0 ? 2U : 1U) ||
      (width > 0 && found->second.shape[1] != width))
    fail(ErrorKind::format, "{} is missing or does not fit the head", name);
  Matrix matrix(width > 0 ? found->second.shape[0] : 1, width > 0 ? width : found->second.shape[0]);
  matrix.values = to_floats(found->second);
  return matrix;
}

void read_classes(const ReadJson& json, LandClasses& classes) {
  for (const ReadJson& one : json.at("classes"))
    classes.classes.push_back(
        {one.at("name").get<std::string>(), parse_colour(one.at("colour").get<std::string>())});
  classes.class_of = json.at("class_of_centre").get<std::vector<std::int32_t>>();
  const auto count = std::ssize(classes.classes);
  const auto known = [&](std::int32_t value) { return value >= 0 && value < count; };
  const PointwiseLayer& probe = classes.probe;
  const bool fits =
      probe.weights.rows == 0 || (probe.weights.rows == count && std::ssize(probe.bias) == count);
  if (count < 1 || count > kMostClasses || !fits ||
      std::ssize(classes.class_of) != classes.centres.rows ||
      !std::ranges::all_of(classes.class_of, known))
    fail(ErrorKind::format, "the centres or the linear probe do not belong to the classes");
}

LandcoverModel model_of(const ReadJson& json, const TensorMap& tensors,
                        const ModelConfig& backbone) {
  LandcoverModel model;
  model.features = parse_feature_kind(json.at("features").get<std::string>());
  const std::int64_t depth = feature_depth(model.features, backbone);
  model.head = head_of(tensors, depth);
  const std::int64_t width = model.head.is_identity() ? depth : model.head.linear.weights.rows;
  if (tensors.contains("linear_probe.weight")) {
    model.classes.probe.weights = matrix_of(tensors, "linear_probe.weight", width);
    model.classes.probe.bias = matrix_of(tensors, "linear_probe.bias", 0).values;
  } else {
    model.classes.centres = matrix_of(tensors, "cluster_probe.clusters", width);
  }
  read_classes(json, model.classes);
  model.tile = json.at("tile").get<int>();
  model.look.bands = json.at("look").at("bands").get<std::vector<std::string>>();
  for (const ReadJson& one : json.at("look").at("stretches"))
    model.look.stretches.push_back({one.at(0).get<double>(), one.at(1).get<double>()});
  model.about = json.value("about", Json::object());
  return model;
}

}  // namespace

fs::path backbone_folder(const fs::path& folder) {
  return folder / "backbone";
}

void save_landcover_model(const fs::path& folder, const LandcoverModel& model,
                          const StoredModel& backbone) {
  make_folder(folder);
  fs::remove(folder / "landcover.json");
  save_model_folder(backbone_folder(folder), backbone);
  const fs::path weights = folder / "landcover.safetensors";
  write_safetensors(weights, tensors_of(model));
  const Json json{{"schema", 1},
                  {"kind", "landcover"},
                  {"features", to_string(model.features)},
                  {"tile", model.tile},
                  {"classes", classes_json(model.classes.classes)},
                  {"class_of_centre", model.classes.class_of},
                  {"look", look_json(model.look)},
                  {"weights_sha256", sha256_file(weights)},
                  {"about", model.about}};
  write_file_atomically(folder / "landcover.json", json_text(json, 2) + "\n");
}

StoredLandcover load_landcover(const fs::path& folder) {
  const fs::path file = folder / "landcover.json";
  if (!fs::exists(file))
    fail(ErrorKind::input, "{} is no model of land cover; make one with 'skyglot landcover train'",
         folder.string());
  StoredModel backbone = load_model_folder(backbone_folder(folder));
  LandcoverModel read = reading_json(file.string(), kRemedy, [&] {
    const auto json = parse_json<ReadJson>(read_file(file));
    const fs::path weights = folder / "landcover.safetensors";
    if (json.at("weights_sha256").get<std::string>() != sha256_file(weights))
      fail(ErrorKind::format, "{} is not the file that {} was written with; {}", weights.string(),
           file.string(), kRemedy);
    const Safetensors stored = read_safetensors(weights);
    LandcoverModel model = model_of(json, stored.tensors, backbone.config);
    model.weights_sha256 = json.at("weights_sha256").get<std::string>();
    const auto patch = static_cast<int>(backbone.config.vision.patch_size);
    if (model.tile < patch || model.tile % patch != 0 || model.tile > 1 << 14)
      fail(ErrorKind::format, "{}: a tile of {} pixels is not whole patches of {}", file.string(),
           model.tile, patch);
    return model;
  });
  return {std::move(backbone), std::move(read)};
}

LandcoverModel load_landcover_model(const fs::path& folder) {
  return load_landcover(folder).model;
}

}  // namespace skyglot
