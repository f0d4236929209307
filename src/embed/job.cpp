// SPDX-License-Identifier: Apache-2.0
#include "embed/job.hpp"

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/interrupt.hpp"
#include "base/json.hpp"
#include "base/progress.hpp"
#include "embed/vectors.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace skyglot {
namespace {

Json plan_of(const EmbedJob& job) {
  const EmbedOptions& options = job.options;
  return {{"about", job.about},
          {"inputs", job.inputs},
          {"columns", job.columns},
          {"block", options.block},
          {"max_pixels", options.max_pixels},
          {"normalise", options.normalise},
          {"strict", options.strict}};
}

[[noreturn]] void fail_changed(const EmbedJob& job) {
  fail(ErrorKind::input,
       "{}: the inputs are not those this run was begun with; give --overwrite to start over",
       job.output.string());
}

// Gives each picture once: an id is to stand for one picture.
class UniqueSource : public PictureSource {
 public:
  explicit UniqueSource(PictureSource& source) : source_(source) {}

  std::optional<SourcePicture> next() override {
    while (auto picture = source_.next()) {
      const std::uint64_t content = mix(stable_hash(picture->problem), stable_hash(picture->bytes));
      const auto [at, is_new] = contents_.emplace(stored_id(picture->id), content);
      if (is_new) return picture;
      if (at->second != content) fail_shared(picture->id);
      ++repeated_;
    }
    return std::nullopt;
  }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return source_.size(); }
  [[nodiscard]] std::uint64_t repeated() const { return repeated_; }

 private:
  [[noreturn]] static void fail_shared(const std::string& id) {
    fail(ErrorKind::input,
         "two different pictures are called '{}', so that nobody could tell their vectors apart; "
         "embed the inputs one by one, or give the folder above them (pictures are named by their "
         "paths below it)",
         id);
  }

  PictureSource& source_;
  std::unordered_map<std::string, std::uint64_t> contents_;
  std::uint64_t repeated_ = 0;
};

// Collects outcomes into blocks.
class BlockBuilder {
 public:
  BlockBuilder(EmbeddingsWriter& writer, const EmbedJob& job) : writer_(writer), job_(job) {
    start();
  }

  void add(EmbeddedPicture picture) {
    items_.update(picture.id + "\n");
    ++count_;
    if (picture.skipped.empty()) {
      block_.vectors.values.insert(block_.vectors.values.end(), picture.vector.begin(),
                                   picture.vector.end());
      ++block_.vectors.rows;
      block_.ids.push_back(std::move(picture.id));
    } else {
      block_.skipped.push_back({std::move(picture.id), std::move(picture.skipped)});
    }
    if (count_ == job_.options.block) end();
  }

  void end() {
    if (count_ == 0) return;
    block_.items_sha256 = items_.finish();
    writer_.add(block_);
    start();
  }

 private:
  void start() {
    block_ = {};
    block_.vectors.cols = job_.columns;
    items_ = Sha256();
    count_ = 0;
  }

  EmbeddingsWriter& writer_;
  const EmbedJob& job_;
  EmbeddedBlock block_;
  Sha256 items_;
  std::uint64_t count_ = 0;
};

// Draws what an earlier run has done; `next_id` gives nothing at the end.
void pass_over(const std::function<std::optional<std::string>()>& next_id,
               const EmbeddingsWriter& writer, const EmbedJob& job) {
  for (const FinishedBlock& block : writer.finished()) {
    check_interrupt();
    Sha256 items;
    for (std::uint64_t i = 0; i < block.items(); ++i) {
      const auto id = next_id();
      if (!id) fail_changed(job);
      items.update(*id + "\n");
    }
    if (items.finish() != block.items_sha256) fail_changed(job);
    // Only the last block of all may be short.
    if (block.items() != job.options.block && next_id()) fail_changed(job);
  }
}

std::uint64_t items_of(const EmbeddingsWriter& writer) {
  std::uint64_t items = 0;
  for (const FinishedBlock& block : writer.finished()) items += block.items();
  return items;
}

Json about_texts(const TextConfig& config) {
  const TransformerConfig& text = config.transformer;
  Json about{{"text_heads", text.heads},
             {"text_activation", to_string(text.activation)},
             {"text_layer_norm_epsilon", text.layer_norm_epsilon}};
  if (config.pooling != TextPooling::end) about["text_pooling"] = to_string(config.pooling);
  if (!config.causal) about["text_causal"] = false;
  if (config.sees_padding) about["text_sees_padding"] = true;
  if (text.norm_order != NormOrder::pre) about["text_norm_order"] = to_string(text.norm_order);
  if (!config.vocabulary_sha256.empty()) about["vocabulary_sha256"] = config.vocabulary_sha256;
  return about;
}

}  // namespace

Json about_model(const ModelConfig& config) {
  const TransformerConfig& vision = config.vision.transformer;
  Json about{{"architecture", config.architecture},
             {"kind", to_string(config.kind)},
             {"source", config.source},
             {"weights_sha256", config.weights_sha256},
             {"activation", to_string(vision.activation)},
             {"image_size", config.vision.image_size},
             {"heads", vision.heads},
             {"layer_norm_epsilon", vision.layer_norm_epsilon},
             {"mean", config.preprocess.mean},
             {"std", config.preprocess.std},
             {"side", config.picture_side()},
             {"resize_side", config.resize_side()},
             {"interpolation", to_string(config.preprocess.interpolation)},
             {"crop_centre", to_string(config.preprocess.crop_centre)},
             {"position_resize", to_string(config.vision.position_resize)}};
  if (config.kind == ModelKind::vit || config.vision.pooling != Pooling::cls)
    about["pooling"] = to_string(config.vision.pooling);
  // What is as in nearly every model is not said, as files of earlier versions do not say it.
  if (config.vision.causal) about["causal"] = true;
  if (vision.norm_order != NormOrder::pre) about["norm_order"] = to_string(vision.norm_order);
  if (config.text) about.update(about_texts(*config.text));
  return about;
}

EmbedTotals run_picture_job(PictureSource& pictures, const PictureModel& tower,
                            const EmbedJob& job) {
  UniqueSource source(pictures);
  EmbeddingsWriter writer(job.output, plan_of(job), job.overwrite);
  const auto next_id = [&]() -> std::optional<std::string> {
    const auto picture = source.next();
    return picture ? std::optional(picture->id) : std::nullopt;
  };
  pass_over(next_id, writer, job);
  BlockBuilder builder(writer, job);
  Progress progress(job.items, source.size().value_or(0));
  progress.advance(items_of(writer));
  embed_pictures(source, tower, job.options, [&](EmbeddedPicture picture) {
    builder.add(std::move(picture));
    progress.advance();
  });
  builder.end();
  EmbedTotals totals = writer.finish(job.about, job.columns, job.may_be_none);
  totals.repeated = source.repeated();
  return totals;
}

EmbedTotals run_text_job(std::span<const std::string> texts, const TextModel& tower,
                         const EmbedJob& job) {
  EmbeddingsWriter writer(job.output, plan_of(job), job.overwrite);
  BlockBuilder builder(writer, job);
  Progress progress("texts", texts.size());
  std::size_t begin = 0;
  const auto next_id = [&]() -> std::optional<std::string> {
    return begin < texts.size() ? std::optional(texts[begin++]) : std::nullopt;
  };
  pass_over(next_id, writer, job);
  progress.advance(begin);
  while (begin < texts.size()) {
    check_interrupt();
    const std::size_t count = std::min<std::size_t>(job.options.block, texts.size() - begin);
    const Matrix rows = embed_texts(texts.subspan(begin, count), tower, job.options);
    for (std::int64_t i = 0; i < rows.rows; ++i, ++begin)
      builder.add({texts[begin], {}, {rows.row(i).begin(), rows.row(i).end()}, ""});
    progress.advance(count);
  }
  builder.end();
  return writer.finish(job.about, job.columns);
}

}  // namespace skyglot
