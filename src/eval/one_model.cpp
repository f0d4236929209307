// SPDX-License-Identifier: Apache-2.0
#include "eval/one_model.hpp"

#include "base/error.hpp"
#include "base/json.hpp"

#include <algorithm>
#include <array>

namespace skyglot {
namespace {

// What decides the vectors; where the weights came from does not.
constexpr std::array kDecisive{"weights_sha256", "activation", "heads",
                               "text_heads",     "pooling",    "layer_norm_epsilon"};

bool is_same_model(const Json& one, const Json& other) {
  return std::ranges::all_of(kDecisive, [&](const char* key) {
    return one.value(key, Json()) == other.value(key, Json());
  });
}

std::string in_words(const Json& model) {
  const auto text = [&](const char* key) { return model.value(key, Json()).dump(); };
  return fmt::format("{} (weights {}, {})", text("source"), text("weights_sha256").substr(1, 12),
                     text("activation"));
}

}  // namespace

void OneModel::meet(const std::string& where, const Json& model) {
  if (model_.empty()) {
    model_ = model;
    where_ = where;
  } else if (!is_same_model(model_, model)) {
    fail(ErrorKind::input,
         "vectors of different models cannot be compared: {} is of {}, {} of {}; embed both with "
         "one model",
         where_, in_words(model_), where, in_words(model));
  }
}

}  // namespace skyglot
