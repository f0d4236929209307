// SPDX-License-Identifier: Apache-2.0
// Which part of a checkpoint's graph holds the weights, and under which names.
#pragma once

#include "weights/pickle.hpp"

#include <map>
#include <string>
#include <vector>

namespace skyglot {

struct StateDict {
  std::string chosen;                      ///< entry that was taken; empty: the top level
  std::vector<std::string> other_entries;  ///< what stood beside it
  std::map<std::string, const PickleTensor*> tensors;
  /// Entries that only code we do not run could build: name -> "module.function".
  std::map<std::string, std::string> unreadable;
};

/// Takes the entry `prefer`, or the first of state_dict, model, teacher, student, ... that holds
/// tensors, or the top level itself. Whole modules (TorchScript, pickled) give the names their
/// state dict would have. Throws Error(format) listing the entries there are where nothing holds
/// tensors, Error(usage) where `prefer` does not.
[[nodiscard]] StateDict find_state_dict(const PickleGraph& graph, const std::string& prefer,
                                        const std::string& name);

}  // namespace skyglot
