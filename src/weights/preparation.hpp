// SPDX-License-Identifier: Apache-2.0
// How an imported model wants its pictures: what was asked for, what is known, what its family
// does.
#pragma once

#include "weights/import.hpp"
#include "weights/provenance.hpp"

#include <string>

namespace skyglot {

/// Who decided.
struct PreparationSources {
  std::string normalisation;
  std::string resize;
};

/// Fills config.preprocess and config.vision.position_resize. Throws Error(usage) where the sides
/// asked for do not fit the model.
[[nodiscard]] PreparationSources decide_preparation(ModelConfig& config, const NamedTensors& named,
                                                    const ModelImportOptions& options,
                                                    const Provenance& facts);

}  // namespace skyglot
