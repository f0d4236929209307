// SPDX-License-Identifier: Apache-2.0
// Puts scores, counts, facts and published figures into an EvaluationResult.
#pragma once

#include "eval/classes.hpp"
#include "eval/evaluation.hpp"
#include "eval/subject.hpp"
#include "scores/retrieval.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace skyglot {

/// Collects a result part by part: figures first, then finish().
class Outcome {
 public:
  /// `protocol` is the command's name ("zeroshot", "knn", ...). Only a `comparable` result is held
  /// against the manifest's published figures.
  Outcome(const std::string& protocol, const Subject& subject, bool comparable);

  /// A figure in percent under the name that manifests use; shown with its interval if there is
  /// one.
  void figure(const std::string& name, double percent, const Interval* interval = nullptr);
  /// Any other number or text of the result.
  void value(const std::string& name, const nlohmann::ordered_json& value);

  /// A count that people want to see too.
  void count(const std::string& name, std::int64_t number) { counts_[name] = number; }

  /// top1, top5, mean class accuracy, per class, confusion.
  void classification(const ClassificationScore& score);
  /// "id,label,predicted,correct,score" for each picture.
  void predictions(const Matrix& scores, std::span<const std::int32_t> labels,
                   const ClassList& classes, const PictureRows& rows);
  /// Counts and facts of the pictures; `name` "pictures" or "train".
  void pictures(const PictureRows& rows, const std::string& name);

  /// Adds what was evaluated and how the figures compare with published ones.
  [[nodiscard]] EvaluationResult finish(const Subject& subject);

  EvaluationResult result;

 private:
  struct Figure {
    std::string name;
    double percent = 0;
    std::optional<Interval> interval;
  };
  void compare(const Subject& subject);
  /// Its figures beside ours.
  [[nodiscard]] nlohmann::ordered_json compared(const ExpectedGroup& group,
                                                const Subject& subject) const;
  void figures_table();

  std::vector<Figure> figures_;
  nlohmann::ordered_json counts_;
  nlohmann::ordered_json sources_;
  double level_ = 0.95;
  bool comparable_ = false;
};

/// Keys and values of nested facts as rows of two cells: "model weights sha256", "ab12...".
[[nodiscard]] std::vector<std::vector<std::string>> fact_rows(const nlohmann::ordered_json& facts);

}  // namespace skyglot
