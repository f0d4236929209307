// SPDX-License-Identifier: Apache-2.0
// Tensors of a checkpoint that no tower of ours has: folded in, harmless by a closed list, or a
// reason to refuse.
#pragma once

#include "weights/model_config.hpp"
#include "weights/tensor_names.hpp"

#include <string>
#include <vector>

namespace skyglot {

/// Multiplies the layer scale of an open_clip tower (ls_1.gamma, ls_2.gamma) into the products it
/// follows; its tensors are gone then.
void fold_layer_scale(NamedTensors& named, const std::string& where);

/// Throws Error(format) that names what lies among the tensors of the tower (`surplus`, names in
/// the file) and is neither in data/known_extras.csv nor matched by one of `told` (names, or
/// beginnings that end in *).
void demand_understood(const NamedTensors& named, ModelKind kind,
                       const std::vector<std::string>& surplus,
                       const std::vector<std::string>& told, const std::string& where);

}  // namespace skyglot
