// SPDX-License-Identifier: Apache-2.0
// Classes of land by their names alone: patches of a vision-language model beside its texts.
#pragma once

#include "embed/embed.hpp"
#include "nn/encoder.hpp"

#include "landcover/landcover_model.hpp"

#include <string>
#include <vector>

namespace skyglot {

/// A class and everything it may be called.
struct VocabularyClass {
  std::string name;
  std::vector<std::string> wordings;
  friend bool operator==(const VocabularyClass&, const VocabularyClass&) = default;
};

/// "water|river|lake, forest, field": classes between commas, each named by its first wording.
/// Throws Error(usage) for an empty wording, a name that stands twice, fewer than
/// two classes or more than 255.
[[nodiscard]] std::vector<VocabularyClass> parse_vocabulary(const std::string& text);

/// A model of land cover that nobody trained: its head is CLIP's projection of a picture, taken of
/// each patch's own values (Zhou et al. 2022, MaskCLIP), its centres are texts, one for each
/// wording, averaged over `templates`. Classes are told apart at CLIP's own scale, see
/// logit_sharpness(). Throws Error(input) for a model without texts.
[[nodiscard]] LandcoverModel open_vocabulary_model(const StoredModel& stored,
                                                   const TextEncoder& texts,
                                                   const std::vector<VocabularyClass>& vocabulary,
                                                   const std::vector<std::string>& templates);

/// The scale at which the model learned to compare pictures and texts; CLIP's first, 1 / 0.07,
/// where it keeps none.
[[nodiscard]] double logit_sharpness(const StoredModel& stored);

}  // namespace skyglot
