// SPDX-License-Identifier: Apache-2.0
#include "weights/interpolate.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/numbers.hpp"

#include <array>
#include <string>
#include <vector>

namespace skyglot {
namespace {

// Where models come from may differ, what they are may not.
Json what_it_is(const ModelConfig& config) {
  Json json = to_json(config);
  for (const char* key : {"source", "source_sha256", "weights_sha256", "licence", "architecture"})
    json.erase(key);
  return json;
}

void require_same_kind(const StoredModel& from, const StoredModel& to) {
  const Json one = what_it_is(from.config);
  const Json other = what_it_is(to.config);
  for (const auto& [key, value] : one.items())
    if (!other.contains(key) || other[key] != value)
      fail(ErrorKind::input,
           "models of two kinds have nothing between them: {} is {} in the first and {} in the "
           "second",
           key, value.dump(), other.contains(key) ? other[key].dump() : "not there");
  if (one.size() != other.size())
    fail(ErrorKind::input,
         "models of two kinds have nothing between them: the second has a part "
         "that the first lacks");
  if (from.vocabulary != to.vocabulary)
    fail(ErrorKind::input, "the two models read words by different vocabularies");
}

std::vector<float> between(const std::vector<float>& from, const std::vector<float>& to,
                           double share) {
  std::vector<float> values(from.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>((1 - share) * double{from[i]} + share * double{to[i]});
  return values;
}

void require_same_tensors(const StoredModel& from, const StoredModel& to) {
  for (const auto* pair : {&from, &to}) {
    const TensorMap& other = pair == &from ? to.weights : from.weights;
    for (const auto& [name, tensor] : pair->weights)
      if (!is_scale(name, pair->weights) && !other.contains(name))
        fail(ErrorKind::input, "only the {} model has the tensor {}; nothing lies between",
             pair == &from ? "first" : "second", name);
  }
}

}  // namespace

StoredModel interpolate(const StoredModel& from, const StoredModel& to, double share) {
  if (!(share >= 0 && share <= 1))
    fail(ErrorKind::usage, "a share of {} of the second model; give one from 0 to 1", share);
  require_same_kind(from, to);
  require_same_tensors(from, to);
  StoredModel model{to.config, {}, to.vocabulary};
  model.config.source = fmt::format("{} of {}, {} of {}", format_fixed(1 - share, 4),
                                    from.config.source, format_fixed(share, 4), to.config.source);
  model.config.source_sha256.clear();
  for (const auto& [name, tensor] : to.weights) {
    if (is_scale(name, to.weights)) continue;
    if (from.weights.at(name).shape != tensor.shape)
      fail(ErrorKind::input, "tensor {} is {} in the first model and {} in the second", name,
           shape_text(from.weights.at(name).shape), shape_text(tensor.shape));
    model.weights[name] = make_tensor(
        between(stored_floats(from.weights, name), stored_floats(to.weights, name), share),
        tensor.shape);
  }
  return model;
}

}  // namespace skyglot
