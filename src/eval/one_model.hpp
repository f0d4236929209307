// SPDX-License-Identifier: Apache-2.0
// Vectors are compared only if one model made them.
#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace skyglot {

/// Remembers the model of the vectors it meets first.
class OneModel {
 public:
  /// `model` is what about_model says of the model that made the vectors at `where`. Throws
  /// Error(input) naming both places if another model made those met first.
  void meet(const std::string& where, const nlohmann::ordered_json& model);

 private:
  nlohmann::ordered_json model_;
  std::string where_;
};

}  // namespace skyglot
