// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"
#include "weights/safetensors.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <vector>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr const char* kForm = "training checkpoint 1";
constexpr const char* kEnding = ".safetensors";

TensorView view_of(const torch::Tensor& tensor) {
  const torch::Tensor values = tensor.detach().to(torch::kCPU, torch::kFloat32).contiguous();
  return make_tensor({values.data_ptr<float>(), static_cast<std::size_t>(values.numel())},
                     tensor.sizes().vec());
}

std::vector<fs::path> checkpoints_in(const fs::path& folder) {
  std::vector<fs::path> found;
  if (!fs::is_directory(folder)) return found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string stem = entry.path().stem().string();
    const bool digits = !stem.empty() && stem.find_first_not_of("0123456789") == std::string::npos;
    if (digits && entry.path().extension() == kEnding) found.push_back(entry.path());
  }
  std::ranges::sort(found);
  return found;
}

const std::string& metadata(const Safetensors& file, const char* name, const fs::path& path) {
  const auto found = file.metadata.find(name);
  if (found == file.metadata.end())
    fail(ErrorKind::format,
         "{}: no checkpoint of a training of this version ('{}' is missing); remove it to go on "
         "from the one before",
         path.string(), name);
  return found->second;
}

void copy_into(const Safetensors& file, const std::string& name, const torch::Tensor& to,
               const fs::path& path) {
  const auto found = file.tensors.find(name);
  if (found == file.tensors.end() || found->second.type != ElementType::f32 ||
      found->second.shape != to.sizes().vec())
    fail(ErrorKind::format,
         "{}: tensor '{}' is missing or of another shape; remove the file to go on from the "
         "checkpoint before",
         path.string(), name);
  const torch::Tensor values = torch::empty(to.sizes(), torch::kFloat32);
  std::memcpy(values.data_ptr<float>(), found->second.bytes.data(), found->second.bytes.size());
  const torch::NoGradGuard no_grad;
  torch::Tensor target = to;
  target.copy_(values);
}

// "train.rate: 1e-05, now 0.0001".
std::string difference(const std::string& before, const std::string& now) {
  return reading_json("the recipe of the checkpoint", "begin anew", [&] {
    const auto old_values = parse_json<nlohmann::ordered_json>(before).flatten();
    const auto new_values = parse_json<nlohmann::ordered_json>(now).flatten();
    for (const auto& [key, value] : new_values.items())
      if (!old_values.contains(key) || old_values.at(key) != value)
        return fmt::format("{} is {}, it was {}", key.substr(1), value.dump(),
                           old_values.contains(key) ? old_values.at(key).dump() : "not there");
    return std::string("a value is gone");
  });
}

void require_recipe(const std::string& before, const std::string& now, const fs::path& path) {
  if (before == now) return;
  fail(ErrorKind::input,
       "{}: the checkpoint is of another recipe ({}); give the same recipe to go on, or another "
       "output folder to begin anew",
       path.string(), difference(before, now));
}

std::int64_t number(const Safetensors& file, const char* name, const fs::path& path) {
  const auto value = parse_int(metadata(file, name, path));
  if (!value || *value < 0)
    fail(ErrorKind::format, "{}: '{}' is no number; remove the file", path.string(), name);
  return *value;
}

}  // namespace

void save_checkpoint(const fs::path& folder, const Parameters& parameters, const AdamW& optimiser,
                     const TrainingState& state, std::int64_t keep) {
  TensorMap tensors;
  for (const Parameters::Entry& entry : parameters.entries())
    tensors["parameter/" + entry.name] = view_of(entry.tensor);
  for (const auto& [name, moments] : optimiser.moments()) {
    tensors["first/" + name] = view_of(moments.first);
    tensors["second/" + name] = view_of(moments.second);
  }
  write_safetensors(folder / fmt::format("{:08}{}", state.step, kEnding), tensors,
                    {{"form", kForm},
                     {"step", std::to_string(state.step)},
                     {"optimiser_steps", std::to_string(optimiser.steps())},
                     {"recipe", state.recipe},
                     {"data", state.data}});
  std::vector<fs::path> all = checkpoints_in(folder);
  const auto surplus = std::max<std::int64_t>(0, std::ssize(all) - std::max<std::int64_t>(1, keep));
  for (std::int64_t i = 0; i < surplus; ++i) fs::remove(all[static_cast<std::size_t>(i)]);
}

std::optional<fs::path> newest_checkpoint(const fs::path& folder) {
  const std::vector<fs::path> all = checkpoints_in(folder);
  return all.empty() ? std::nullopt : std::optional(all.back());
}

TrainingState load_checkpoint(const fs::path& path, const Parameters& parameters, AdamW& optimiser,
                              const std::string& recipe) {
  const Safetensors file = read_safetensors(path);
  if (metadata(file, "form", path) != kForm)
    fail(ErrorKind::format, "{}: a checkpoint of another version ({}); begin anew", path.string(),
         metadata(file, "form", path));
  TrainingState state{number(file, "step", path), metadata(file, "recipe", path),
                      metadata(file, "data", path)};
  require_recipe(state.recipe, recipe, path);
  std::map<std::string, AdamW::Moments> moments;
  for (const Parameters::Entry& entry : parameters.entries()) {
    copy_into(file, "parameter/" + entry.name, entry.tensor, path);
    if (!file.tensors.contains("first/" + entry.name)) continue;
    AdamW::Moments& m = moments[entry.name];
    m = {torch::zeros_like(entry.tensor.detach()), torch::zeros_like(entry.tensor.detach())};
    copy_into(file, "first/" + entry.name, m.first, path);
    copy_into(file, "second/" + entry.name, m.second, path);
  }
  optimiser.restore(std::move(moments), number(file, "optimiser_steps", path));
  return state;
}

}  // namespace skyglot
