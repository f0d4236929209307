// SPDX-License-Identifier: Apache-2.0
// What an evaluation does otherwise than its benchmark's manifest says: published figures are then
// of something else.
#pragma once

#include "eval/evaluation.hpp"

#include <string>
#include <vector>

namespace skyglot {

/// In words of the manifest's keys: "split", "list", "classes", "templates", "averaging", "prefix",
/// "capitalise", "wording", "resize". `own_resize` is the model's. Empty without a manifest.
[[nodiscard]] std::vector<std::string> departures_of(const EvaluationRequest& request,
                                                     ResizeMode own_resize);

}  // namespace skyglot
