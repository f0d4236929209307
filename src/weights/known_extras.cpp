// SPDX-License-Identifier: Apache-2.0
#include "weights/known_extras.hpp"

#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/resource.hpp"
#include "base/strings.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace skyglot {
namespace {

std::vector<std::string> known_patterns(ModelKind kind) {
  const CsvTable table = parse_csv(load_resource("known_extras.csv"), "known_extras.csv");
  std::vector<std::string> patterns;
  for (const auto& row : table.rows)
    if (row[table.column("family")] == to_string(kind))
      patterns.push_back(row[table.column("pattern")]);
  return patterns;
}

bool matches_any(const std::string& name, const std::vector<std::string>& patterns) {
  return std::ranges::any_of(
      patterns, [&](const std::string& pattern) { return matches_glob(name, pattern); });
}

// What the names tell of where they come from.
std::string remedy_for(const std::vector<std::string>& names) {
  const auto any = [&](std::string_view part) {
    return std::ranges::any_of(
        names, [&](const std::string& name) { return name.find(part) != std::string::npos; });
  };
  if (any("lora_"))
    return "they are low-rank adapters that were not merged: merge them first (peft's "
           "merge_and_unload) and save again";
  if (any("positional_embedding_res"))
    return "they are Long-CLIP's stretched positions, which skyglot does not run";
  return "if the vectors do not depend on them, name them with --ignore";
}

// Rows of a matrix, or the entries of a vector, each by its factor.
TensorView scaled_rows(const TensorView& tensor, const std::vector<float>& factors) {
  std::vector<float> values = to_floats(tensor);
  const std::size_t width = values.size() / factors.size();
  for (std::size_t i = 0; i < values.size(); ++i) values[i] *= factors[i / width];
  return make_tensor(values, tensor.shape);
}

void scale_product(NamedTensors& named, const std::string& product, const std::string& gamma,
                   const std::string& where) {
  const std::vector<float> factors = to_floats(named.tensors.at(gamma));
  const auto rows = static_cast<std::int64_t>(factors.size());
  for (const char* end : {".weight", ".bias"}) {
    const auto found = named.tensors.find(product + end);
    if (found == named.tensors.end()) continue;  // import says what is missing
    if (rows == 0 || found->second.shape.empty() || found->second.shape[0] != rows)
      fail(ErrorKind::format, "{}: tensor {} is {} and cannot scale {}", where,
           named.sources.at(gamma), shape_text(named.tensors.at(gamma).shape), product + end);
    found->second = scaled_rows(found->second, factors);
    named.sources[product + end] += "*" + named.sources.at(gamma);
  }
}

}  // namespace

void fold_layer_scale(NamedTensors& named, const std::string& where) {
  constexpr std::array<std::pair<std::string_view, const char*>, 2> kScales{
      {{".ls_1.gamma", ".attn.out_proj"}, {".ls_2.gamma", ".mlp.c_proj"}}};
  std::vector<std::string> folded;
  for (const auto& [name, tensor] : named.tensors)
    for (const auto& [end, product] : kScales)
      if (name.ends_with(end) && name.find("transformer.resblocks.") != std::string::npos)
        folded.push_back(name);
  for (const std::string& name : folded) {
    const auto& [end, product] = kScales[name.ends_with(kScales[0].first) ? 0 : 1];
    scale_product(named, name.substr(0, name.size() - end.size()) + product, name, where);
    named.tensors.erase(name);
    named.sources.erase(name);
  }
}

void demand_understood(const NamedTensors& named, ModelKind kind,
                       const std::vector<std::string>& surplus,
                       const std::vector<std::string>& told, const std::string& where) {
  const std::vector<std::string> known = known_patterns(kind);
  std::vector<std::string> strange;
  for (const std::string& name : surplus) {
    if (!name.starts_with(named.prefix) || matches_any(name, told)) continue;
    if (!matches_any(name.substr(named.prefix.size()), known)) strange.push_back(name);
  }
  if (strange.empty()) return;
  fail(ErrorKind::format,
       "{}: {} tensors of the tower are not understood ({}), so its vectors would not be the "
       "checkpoint's; {}",
       where, strange.size(), some_of(strange), remedy_for(strange));
}

}  // namespace skyglot
