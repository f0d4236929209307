// SPDX-License-Identifier: Apache-2.0
// A model between two others: what one learned without losing what the other knew.
#pragma once

#include "weights/model_folder.hpp"

namespace skyglot {

/// (1 - share) * from + share * to, tensor by tensor (WiSE-FT: Wortsman et al. 2022, section 4);
/// the scale of the similarities too, as its logarithm. Float32. The configuration is that of `to`
/// with a source that names both. Throws Error(usage) for a share that is not within 0 and 1,
/// Error(input) naming the first setting, tensor or vocabulary in which the two differ.
[[nodiscard]] StoredModel interpolate(const StoredModel& from, const StoredModel& to, double share);

}  // namespace skyglot
