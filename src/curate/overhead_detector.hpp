// SPDX-License-Identifier: Apache-2.0
// Tells overhead imagery from other pictures by their vectors: a logistic regression on image
// embeddings, as LAION-RS was drawn from LAION (see Wang et al. 2024).
#pragma once

#include "embed/embed.hpp"

#include "curate/train_visibility.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>

namespace skyglot {

class OverheadDetector {
 public:
  LinearStage stage;                         ///< one row
  std::map<std::string, std::string> about;  ///< "model_sha256", "model", ...

  /// That the picture of this unit vector was taken from above.
  [[nodiscard]] double probability(std::span<const float> vector) const;

  /// A safetensors file, whole or not at all.
  void save(const std::filesystem::path& path) const;
  /// Throws Error(format) naming what is missing or misshapen, Error(input) if there is no file.
  [[nodiscard]] static OverheadDetector load(const std::filesystem::path& path);
};

/// Vectors of pictures, all overhead or none.
struct DetectorExamples {
  Matrix vectors;
  std::vector<std::string> ids;
};

struct TrainedDetector {
  OverheadDetector detector;  ///< fitted on all pictures
  StageReport report;         ///< in cross-validation
};

/// Throws Error(input) where one of the two is without pictures.
[[nodiscard]] TrainedDetector train_detector(const DetectorExamples& overhead,
                                             const DetectorExamples& other,
                                             const VisibilityTraining& options);

/// The pictures of folders, tars, lists and data sets through a model, those that cannot be read
/// left out. Throws as embed_pictures() does.
[[nodiscard]] DetectorExamples embed_examples(const std::vector<std::filesystem::path>& inputs,
                                              const PictureModel& pictures,
                                              const EmbedOptions& options);

struct DetectedPicture {
  std::string file;   ///< whole path, that of a member behind its tar's, as lists name it
  std::string title;  ///< of the .txt beside it; may be empty
  double probability = 0;
  std::string skipped;  ///< why it could not be judged; empty: fine
};

/// Calls `sink` for every picture of folders (of pictures, or of tars) and tars, in order. Throws
/// Error(input) for another kind of input.
void detect_overhead(const OverheadDetector& detector,
                     const std::vector<std::filesystem::path>& inputs, const PictureModel& pictures,
                     const EmbedOptions& options,
                     const std::function<void(const DetectedPicture&)>& sink);

}  // namespace skyglot
