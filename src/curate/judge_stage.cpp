// SPDX-License-Identifier: Apache-2.0
#include "scores/metrics.hpp"

#include "curate/stage_search.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace skyglot {
namespace {

constexpr std::size_t kBins = 10;

struct Said {
  std::size_t truth = 0;
  std::size_t answer = 0;
  double confidence = 0;
  std::size_t row = 0;

  [[nodiscard]] std::size_t distance() const {
    return truth > answer ? truth - answer : answer - truth;
  }
};

std::vector<Said> said_of(const StageData& data, const Matrix& probabilities) {
  std::vector<Said> said;
  for (std::int64_t i = 0; i < probabilities.rows; ++i) {
    const std::size_t answer = best_column(probabilities.row(i));
    const auto row = static_cast<std::size_t>(i);
    said.push_back({static_cast<std::size_t>(data.labels[row]), answer,
                    double{probabilities.row(i)[answer]}, row});
  }
  return said;
}

double f1_of(const ConfusionMatrix& confusion) {
  if (confusion.classes() != 2) return 0;
  const auto hits = static_cast<double>(confusion.at(1, 1));
  const auto wrong = static_cast<double>(confusion.at(0, 1) + confusion.at(1, 0));
  return hits == 0 ? 0 : 2 * hits / (2 * hits + wrong);
}

void calibrate(const std::vector<Said>& said, StageReport& report) {
  std::array<CalibrationBin, kBins> bins{};
  for (const Said& one : said) {
    const auto at = std::min(kBins - 1, static_cast<std::size_t>(one.confidence * kBins));
    ++bins[at].count;
    bins[at].predicted += one.confidence;
    bins[at].observed += one.distance() == 0 ? 1 : 0;
  }
  double error = 0;
  for (CalibrationBin& bin : bins) {
    if (bin.count == 0) continue;
    error += std::abs(bin.predicted - bin.observed);
    bin.predicted /= static_cast<double>(bin.count);
    bin.observed /= static_cast<double>(bin.count);
    report.calibration.push_back(bin);
  }
  report.calibration_error = error / static_cast<double>(said.size());
}

// The furthest from the truth first, of these the surest.
void list_worst(const StageData& data, std::vector<Said> said, std::size_t most,
                StageReport& report) {
  std::erase_if(said, [](const Said& one) { return one.distance() == 0; });
  std::ranges::stable_sort(said, [](const Said& a, const Said& b) {
    return a.distance() != b.distance() ? a.distance() > b.distance() : a.confidence > b.confidence;
  });
  said.resize(std::min(said.size(), most));
  for (const Said& one : said)
    report.worst.push_back(
        {data.ids[one.row], data.classes[one.truth], data.classes[one.answer], one.confidence});
}

}  // namespace

void judge_stage(const StageData& data, const Matrix& probabilities, std::size_t worst,
                 StageReport& report) {
  const std::vector<Said> said = said_of(data, probabilities);
  report.classes = data.classes;
  report.confusion = ConfusionMatrix(data.classes);
  double distance = 0;
  for (const Said& one : said) {
    report.confusion.add(one.truth, one.answer);
    report.accuracy += one.distance() == 0 ? 1 : 0;
    distance += static_cast<double>(one.distance());
  }
  report.accuracy /= static_cast<double>(said.size());
  report.mean_class_error = distance / static_cast<double>(said.size());
  report.f1 = f1_of(report.confusion);
  calibrate(said, report);
  list_worst(data, said, worst, report);
}

}  // namespace skyglot
