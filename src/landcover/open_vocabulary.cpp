// SPDX-License-Identifier: Apache-2.0
#include "landcover/open_vocabulary.hpp"

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"
#include "eval/prompts.hpp"
#include "weights/model_tensors.hpp"

#include "landcover/cluster_names.hpp"

#include <algorithm>
#include <cmath>

namespace skyglot {
namespace {

VocabularyClass parse_class(std::string_view text, const std::string& all) {
  VocabularyClass one;
  for (const std::string_view part : split(text, '|')) {
    if (trim(part).empty())
      fail(ErrorKind::usage,
           "--names \"{}\" has an empty name; write classes as in \"water|river, forest\"", all);
    one.wordings.emplace_back(trim(part));
  }
  one.name = one.wordings.front();
  return one;
}

// CLIP's D x E projection, turned.
PointwiseLayer projection_layer(const StoredModel& stored) {
  const std::int64_t depth = stored.config.vision.transformer.width;
  const std::int64_t width = stored.config.embedding_width;
  const std::vector<float> values = stored_floats(stored.weights, "visual.proj");
  PointwiseLayer layer{Matrix(width, depth), std::vector<float>(static_cast<std::size_t>(width))};
  for (std::int64_t d = 0; d < depth; ++d)
    for (std::int64_t e = 0; e < width; ++e)
      layer.weights.row(e)[static_cast<std::size_t>(d)] =
          values[static_cast<std::size_t>(d * width + e)];
  return layer;
}

}  // namespace

std::vector<VocabularyClass> parse_vocabulary(const std::string& text) {
  std::vector<VocabularyClass> vocabulary;
  for (const std::string_view part : split(text, ',')) {
    VocabularyClass one = parse_class(part, text);
    if (std::ranges::find(vocabulary, one.name, &VocabularyClass::name) != vocabulary.end())
      fail(ErrorKind::usage, "--names has \"{}\" twice", one.name);
    vocabulary.push_back(std::move(one));
  }
  if (std::ssize(vocabulary) > kMostClasses)
    fail(ErrorKind::usage, "--names has {} classes; {} are possible", vocabulary.size(),
         kMostClasses);
  if (vocabulary.size() < 2)
    fail(ErrorKind::usage, "--names \"{}\" is one class; two at least are told apart", text);
  return vocabulary;
}

LandcoverModel open_vocabulary_model(const StoredModel& stored, const TextEncoder& texts,
                                     const std::vector<VocabularyClass>& vocabulary,
                                     const std::vector<std::string>& templates) {
  if (stored.config.kind != ModelKind::clip)
    fail(ErrorKind::input, "names need a model of pictures and texts; this one knows no texts");
  LandcoverModel model;
  model.features = PatchFeature::values;
  model.head.linear = projection_layer(stored);
  model.tile = static_cast<int>(stored.config.vision.image_size);
  std::vector<std::string> wordings;
  for (std::size_t i = 0; i < vocabulary.size(); ++i)
    for (const std::string& wording : vocabulary[i].wordings) {
      wordings.push_back(wording);
      model.classes.class_of.push_back(static_cast<std::int32_t>(i));
    }
  EmbedOptions options;
  options.normalise = false;
  options.strict = true;
  const Matrix prompts = embed_texts(fill_templates(templates, wordings), texts, options);
  model.classes.centres = average_prompts(prompts, std::ssize(templates), Averaging::normalised);
  std::vector<std::string> names;
  for (const VocabularyClass& one : vocabulary) names.push_back(one.name);
  model.classes.classes = named_classes(names);
  model.weights_sha256 = sha256(json_text(Json(wordings)) + join(templates, "\n"));
  return model;
}

double logit_sharpness(const StoredModel& stored) {
  if (!stored.weights.contains(kLogScale)) return 1 / 0.07;
  return std::exp(double{stored_floats(stored.weights, kLogScale).at(0)});
}

}  // namespace skyglot
