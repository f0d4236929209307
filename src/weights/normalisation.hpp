// SPDX-License-Identifier: Apache-2.0
// Mean and standard deviation that pixels were normalised with in training, by name or as numbers.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace skyglot {

/// One mean and one deviation a band.
struct Normalisation {
  std::vector<float> mean;
  std::vector<float> std;
  friend bool operator==(const Normalisation&, const Normalisation&) = default;
};

/// "clip", "imagenet", "half" (0.5 and 0.5), or "M,M,M:S,S,S" with as many as there are bands.
/// Throws Error(usage) that lists the forms.
[[nodiscard]] Normalisation parse_normalisation(const std::string& text);
/// The same; nothing where the text is none of the forms.
[[nodiscard]] std::optional<Normalisation> read_normalisation(const std::string& text);
/// The name if it has one, else the numbers.
[[nodiscard]] std::string to_string(const Normalisation& normalisation);

}  // namespace skyglot
