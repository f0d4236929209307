// SPDX-License-Identifier: Apache-2.0
#include "curate/overhead_detector.hpp"

#include "base/error.hpp"
#include "base/linear_algebra.hpp"
#include "base/progress.hpp"
#include "base/strings.hpp"
#include "records/dataset_info.hpp"
#include "records/picture_inputs.hpp"
#include "weights/safetensors.hpp"

#include "curate/stage_search.hpp"

#include <algorithm>
#include <array>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDetectorForm = "overhead detector 1";
constexpr const char* kDetectorCommand = "skyglot detector train";

[[noreturn]] void fail_detector(const fs::path& path) {
  fail(ErrorKind::format, "{}: no overhead detector of this version; '{}' writes one",
       path.string(), kDetectorCommand);
}

void append(StageData& data, Matrix& vectors, const DetectorExamples& examples, bool overhead) {
  if (examples.vectors.rows == 0)
    fail(ErrorKind::input, "there are no {} to learn from",
         overhead ? "pictures taken from above" : "other pictures");
  if (vectors.rows > 0 && vectors.cols != examples.vectors.cols)
    fail(ErrorKind::input, "vectors of {} and of {} numbers: they are of two models", vectors.cols,
         examples.vectors.cols);
  vectors.cols = examples.vectors.cols;
  vectors.rows += examples.vectors.rows;
  vectors.values.insert(vectors.values.end(), examples.vectors.values.begin(),
                        examples.vectors.values.end());
  for (const std::string& id : examples.ids) {
    data.labels.push_back(overhead ? 1 : 0);
    data.ids.push_back((overhead ? "overhead/" : "other/") + id);
  }
}

bool is_tar(const fs::path& path) {
  return fs::is_regular_file(path) && path.extension() == ".tar";
}

// A folder of tars is its tars, so that every picture can be named.
std::vector<fs::path> named_inputs(const std::vector<fs::path>& inputs) {
  std::vector<fs::path> named;
  for (const fs::path& input : inputs) {
    if (!is_tar(input) && (!fs::is_directory(input) || dataset_fingerprint(input)))
      fail(ErrorKind::input,
           "{}: give folders of pictures and tars; what 'build' made needs no detector",
           input.string());
    std::vector<fs::path> tars;
    if (fs::is_directory(input))
      for (const auto& entry : fs::directory_iterator(input))
        if (is_tar(entry.path())) tars.push_back(entry.path());
    std::ranges::sort(tars);
    if (tars.empty()) tars.push_back(input);
    for (const fs::path& path : tars) named.push_back(fs::absolute(path).lexically_normal());
  }
  return named;
}

std::string title_of(const EmbeddedPicture& picture) {
  const auto text = picture.beside.find("txt");
  return text == picture.beside.end() ? "" : std::string(trim(text->second));
}

}  // namespace

double OverheadDetector::probability(std::span<const float> vector) const {
  if (std::ssize(vector) != stage.weights.cols)
    fail(ErrorKind::input, "the detector is for vectors of {} numbers, not {}", stage.weights.cols,
         vector.size());
  const double along = inner_product(vector, stage.weights.row(0));
  return probabilities_of(StageKind::binary, std::array{static_cast<float>(along)}, stage.bias)[1];
}

void OverheadDetector::save(const fs::path& path) const {
  std::map<std::string, std::string> metadata = about;
  metadata["form"] = kDetectorForm;
  write_safetensors(path, stage_tensors("", stage), metadata);
}

OverheadDetector OverheadDetector::load(const fs::path& path) {
  const Safetensors file = read_safetensors(path);
  const auto form = file.metadata.find("form");
  if (form == file.metadata.end() || form->second != kDetectorForm) fail_detector(path);
  OverheadDetector result;
  result.about = file.metadata;
  result.stage = read_stage(file, "", path.string() + ": no overhead detector", kDetectorCommand);
  const Matrix& weights = result.stage.weights;
  if (weights.rows != 1 || weights.cols == 0 || result.stage.bias.size() != 1 ||
      !is_finite(result.stage))
    fail_detector(path);
  return result;
}

TrainedDetector train_detector(const DetectorExamples& overhead, const DetectorExamples& other,
                               const VisibilityTraining& options) {
  options.validate();
  StageData data;
  data.kind = StageKind::binary;
  data.classes = {"other", "overhead"};
  Matrix vectors;
  append(data, vectors, other, false);
  append(data, vectors, overhead, true);
  data.vectors = vectors;
  SearchedStage searched = search_stage(data, options);
  TrainedDetector result;
  result.detector.stage = std::move(searched.stage);
  result.report = std::move(searched.report);
  return result;
}

DetectorExamples embed_examples(const std::vector<fs::path>& inputs, const PictureModel& pictures,
                                const EmbedOptions& options) {
  DetectorExamples examples;
  const auto source = open_picture_inputs(inputs);
  Progress progress("pictures", source->size().value_or(0));
  embed_pictures(*source, pictures, options, [&](const EmbeddedPicture& picture) {
    progress.advance();
    if (!picture.skipped.empty()) return;
    examples.vectors.cols = std::ssize(picture.vector);
    ++examples.vectors.rows;
    examples.vectors.values.insert(examples.vectors.values.end(), picture.vector.begin(),
                                   picture.vector.end());
    examples.ids.push_back(picture.id);
  });
  return examples;
}

void detect_overhead(const OverheadDetector& detector, const std::vector<fs::path>& inputs,
                     const PictureModel& pictures, const EmbedOptions& options,
                     const std::function<void(const DetectedPicture&)>& sink) {
  for (const fs::path& input : named_inputs(inputs)) {
    const auto source = open_picture_inputs({input});
    Progress progress("pictures", source->size().value_or(0));
    embed_pictures(*source, pictures, options, [&](const EmbeddedPicture& picture) {
      progress.advance();
      DetectedPicture detected{(input / picture.id).string(), title_of(picture), 0,
                               picture.skipped};
      if (picture.skipped.empty()) detected.probability = detector.probability(picture.vector);
      sink(detected);
    });
  }
}

}  // namespace skyglot
