// SPDX-License-Identifier: Apache-2.0
// A model ready to embed pictures and texts; no tensor library in sight.
#pragma once

#include "base/matrix.hpp"
#include "nn/compute.hpp"
#include "pictures/picture.hpp"
#include "weights/model_folder.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

namespace skyglot {

/// Both towers (or the image tower alone). Calls are not to be made from two threads at once; one
/// call uses all threads of the options.
class Encoder {
 public:
  /// Reads a model folder.
  Encoder(const std::filesystem::path& folder, const ComputeOptions& options);
  Encoder(StoredModel model, const ComputeOptions& options);
  ~Encoder();
  Encoder(Encoder&&) noexcept;
  Encoder& operator=(Encoder&&) noexcept;

  [[nodiscard]] const ModelConfig& config() const;
  /// Pictures of the model's own size that share a pass.
  [[nodiscard]] std::size_t pictures_at_once() const;
  /// Passes that run side by side: the threads of a CPU, 1 on a GPU.
  [[nodiscard]] std::size_t passes_at_once() const;

  /// One row a picture, embedding_width columns, as the tower gives them (not normalised). Pictures
  /// must be square RGB of one side, a multiple of the patch size (image_size, or another:
  /// positions are then interpolated); 8-bit values are normalised by the configuration. On
  /// a CPU a vector depends neither on the pictures beside it nor on the number of threads.
  [[nodiscard]] Matrix encode_pictures(std::span<const Picture> pictures) const;

  /// One row a text, not normalised. `tokens` holds context_length ids a text (see
  /// Tokenizer::context). Throws Error(usage) for a model without a text tower.
  [[nodiscard]] Matrix encode_tokens(std::span<const std::int32_t> tokens) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace skyglot
