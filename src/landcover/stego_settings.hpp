// SPDX-License-Identifier: Apache-2.0
// How a STEGO head is trained, and the settings that were published.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

/// Of one of the three terms of the loss.
struct StegoTerm {
  double shift = 0;
  double weight = 0;
};

/// Defaults are those of the authors' configuration (Hamilton et al. 2022) for ViT-S.
struct StegoSettings {
  StegoTerm self{.18, .67};
  StegoTerm neighbours{.12, .25};
  StegoTerm random{.46, .63};
  std::int64_t samples = 11;     ///< points a side of the grid that is drawn in a picture
  std::int64_t negatives = 5;    ///< permutations of the batch
  bool pointwise = true;         ///< centre the features' correlation
  bool zero_clamp = true;        ///< codes no longer repel once they are orthogonal
  bool stabilise = false;        ///< codes no longer attract above a cosine of 0.8
  std::int64_t dimensions = 70;  ///< of the code

  /// Throws Error(usage) naming every value that makes no sense.
  void validate() const;
};

/// The published settings by name, as data/landcover_presets.csv lists them.
[[nodiscard]] std::vector<std::string> stego_presets();
/// Throws Error(usage) naming those there are.
[[nodiscard]] StegoSettings stego_preset(std::string_view name);

}  // namespace skyglot
