// SPDX-License-Identifier: Apache-2.0
// In what two ways of scoring a benchmark differ: figures are compared only where they do not.
#pragma once

#include "eval/evaluation.hpp"
#include "eval/manifest.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace skyglot {

/// How a request is carried out: its manifest's protocol (or a plain one) with what it asks
/// otherwise.
[[nodiscard]] Protocol protocol_of(const EvaluationRequest& request);

/// A protocol as it was carried out.
struct DoneProtocol {
  Protocol protocol;
  ResizeMode own_resize = ResizeMode::shortest;  ///< the model's
  std::string list{};                            ///< in place of the protocol's; empty: none
  std::int64_t pictures = 0;                     ///< that were found; 0: not counted
};

/// What was done otherwise than `stated`: "split", "list", "pictures", "columns", "classes",
/// "templates", "averaging", "wording", "prefix", "capitalise", "every_caption", "resize". Class
/// lists and templates are compared by what they hold, lists of pictures by their names.
[[nodiscard]] std::vector<std::string> departures_of(const DoneProtocol& done,
                                                     const Protocol& stated);

}  // namespace skyglot
