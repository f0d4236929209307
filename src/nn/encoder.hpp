// SPDX-License-Identifier: Apache-2.0
// Models ready to embed pictures and texts; no tensor library in sight.
#pragma once

#include "base/matrix.hpp"
#include "nn/compute.hpp"
#include "pictures/picture.hpp"
#include "tokens/tokenizer.hpp"
#include "weights/model_folder.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace skyglot {

class Parameters;

/// A vector for each patch of a picture, rows from the top.
struct FeatureGrid {
  std::int64_t height = 0;
  std::int64_t width = 0;
  std::int64_t depth = 0;
  std::vector<float> values;  ///< height * width * depth

  [[nodiscard]] std::span<const float> at(std::int64_t y, std::int64_t x) const {
    return {values.data() + (y * width + x) * depth, static_cast<std::size_t>(depth)};
  }
};

/// Pictures to vectors. All calls are const and may be made from several threads at once; each uses
/// the threads of the context. On a CPU what comes out for a picture depends neither on those
/// beside it nor on the number of threads.
///
/// Pictures are 8-bit with the model's bands, of any shape whose sides are multiples of the patch,
/// and need not be of one shape: positions are interpolated (see PositionResize). They are
/// normalised by the configuration where the tower runs. Throws Error(usage) for other pictures.
class ImageEncoder {
 public:
  ImageEncoder(const StoredModel& model, std::shared_ptr<const ComputeContext> context);
  /// The parameters as they are now.
  ImageEncoder(const Parameters& parameters, std::shared_ptr<const ComputeContext> context);
  ~ImageEncoder();
  ImageEncoder(ImageEncoder&&) noexcept;
  ImageEncoder& operator=(ImageEncoder&&) noexcept;

  [[nodiscard]] const ModelConfig& config() const;
  [[nodiscard]] const ComputeContext& context() const;
  /// Pictures of the model's own size that share a pass.
  [[nodiscard]] std::size_t pictures_at_once() const;
  /// Passes that run side by side: the threads of a CPU, 1 on a GPU.
  [[nodiscard]] std::size_t passes_at_once() const;

  /// One row a picture, embedding_width columns, as the tower gives them (not normalised).
  [[nodiscard]] Matrix encode(std::span<const Picture> pictures) const;
  /// Each picture's patches after the last norm; depth is the tower's width.
  [[nodiscard]] std::vector<FeatureGrid> patch_features(std::span<const Picture> pictures) const;
  /// The keys of each picture's patches in the last block, heads side by side.
  [[nodiscard]] std::vector<FeatureGrid> patch_keys(std::span<const Picture> pictures) const;
  /// As patch_features(), but in the last block each patch takes its own value alone in place of
  /// the attention's mixture: less of the picture as a whole, more of the place (Zhou et al. 2022,
  /// MaskCLIP).
  [[nodiscard]] std::vector<FeatureGrid> patch_values(std::span<const Picture> pictures) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// CLIP's, or that of the model's own vocabulary. Throws as TextEncoder::tokenizer(), and
/// Error(format) for a vocabulary that is none.
[[nodiscard]] std::shared_ptr<const Tokenizer> tokenizer_of(const ModelConfig& config,
                                                            const std::string& vocabulary);

/// Texts to vectors, with the tokenizer that belongs to the model. Threads as for ImageEncoder; on
/// a CPU a vector depends on its text alone.
class TextEncoder {
 public:
  /// Throws Error(input) for a model without a text tower.
  TextEncoder(const StoredModel& model, std::shared_ptr<const ComputeContext> context);
  /// The parameters as they are now.
  TextEncoder(const Parameters& parameters, std::shared_ptr<const ComputeContext> context);
  ~TextEncoder();
  TextEncoder(TextEncoder&&) noexcept;
  TextEncoder& operator=(TextEncoder&&) noexcept;

  [[nodiscard]] const ModelConfig& config() const;
  [[nodiscard]] const ComputeContext& context() const;
  /// Tokens that a text may have with start and end.
  [[nodiscard]] std::size_t context_length() const;
  /// Throws Error(input) where the tower's vocabulary is not the tokenizer's: its texts would mean
  /// nothing.
  [[nodiscard]] const Tokenizer& tokenizer() const;

  /// One row a text, embedding_width columns, not normalised. What is too long loses its tail.
  /// Throws as tokenizer() does.
  [[nodiscard]] Matrix encode(std::span<const std::string> texts) const;
  /// The same of context_length() ids a text (see Tokenizer::context), of any vocabulary.
  [[nodiscard]] Matrix encode_tokens(std::span<const TokenId> tokens) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The encoders of one model on one context, each made when it is first asked for. May be asked
/// from several threads at once.
class Encoders {
 public:
  /// Reads a model folder.
  Encoders(const std::filesystem::path& folder, const ComputeOptions& options);
  Encoders(StoredModel model, std::shared_ptr<const ComputeContext> context);
  ~Encoders();
  Encoders(Encoders&&) noexcept;
  Encoders& operator=(Encoders&&) noexcept;

  [[nodiscard]] const ModelConfig& config() const;
  [[nodiscard]] const ImageEncoder& image() const;
  /// Throws Error(input) for a model without a text tower.
  [[nodiscard]] const TextEncoder& text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace skyglot
