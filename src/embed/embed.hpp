// SPDX-License-Identifier: Apache-2.0
// Pictures and texts through a model: decoding and resizing overlap with the tower, order is kept.
#pragma once

#include "base/matrix.hpp"
#include "nn/encoder.hpp"
#include "pictures/source.hpp"
#include "tokens/clip_tokenizer.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace skyglot {

struct EmbedOptions {
  /// Empty: the model's own. Another than that takes the whole side, without a margin to crop.
  std::optional<ResizeMode> resize{};
  std::size_t max_pixels = 100'000'000;
  bool normalise = true;  ///< rows to unit length
  bool strict = false;    ///< a text past the context is an Error, not truncated
  int threads = 0;        ///< that decode and resize; 0: one per processor
  /// No pass of the tower holds pictures from both sides of a multiple of so many items of the
  /// source, so that work taken up again there ends in the same bytes.
  std::uint64_t block = 512;
};

/// One picture's outcome, in the order of the source.
struct EmbeddedPicture {
  std::string id;
  std::map<std::string, std::string> beside;
  std::vector<float> vector;  ///< empty when skipped
  std::string skipped;        ///< why; empty: fine
};

/// How a picture becomes the square, or squares, that a tower sees.
struct Preparation {
  int side = 0;         ///< of the square
  int resize_side = 0;  ///< what the picture is resized to before its centre is cropped; 0: `side`
  ResizeMode mode = ResizeMode::shortest;
  Interpolation interpolation = Interpolation::bicubic;
  CropCentre centre = CropCentre::rounded;
};

/// As the model's makers prescribe.
[[nodiscard]] Preparation preparation_of(const ModelConfig& config);

/// What embeds pictures: one row for each square RGB picture of the preparation's side, not
/// normalised. A row depends, if only in its last bits, on the run of `at_once` pictures it stands
/// in.
struct PictureModel {
  std::function<Matrix(std::span<const Picture>)> encode;
  Preparation preparation;
  std::size_t at_once = 32;  ///< pictures that share a pass
  std::size_t passes = 1;    ///< that run side by side
};

/// What embeds texts: one row a text, not normalised.
struct TextModel {
  std::function<Matrix(std::span<const std::string>)> encode;
  std::size_t context =
      ClipTokenizer::kContextLength;               ///< tokens of a text; what follows is cut off
  const Tokenizer* tokenizer = &clip_tokenizer();  ///< that counts them
};

/// The towers of encoders, which must outlive them. text_model throws Error(input) for a vocabulary
/// that no tokenizer of ours has.
[[nodiscard]] PictureModel picture_model(const ImageEncoder& encoder);
[[nodiscard]] TextModel text_model(const TextEncoder& encoder);

/// Calls `sink` for every picture of the source in order. The tower runs in the calling thread,
/// ahead of it the next pictures are decoded and resized. Results do not depend on the number of
/// threads. Throws what the source throws, and Error(input) when the tower gives values that are
/// not finite.
void embed_pictures(PictureSource& source, const PictureModel& tower, const EmbedOptions& options,
                    const std::function<void(EmbeddedPicture)>& sink);
void embed_pictures(PictureSource& source, const ImageEncoder& encoder, const EmbedOptions& options,
                    const std::function<void(EmbeddedPicture)>& sink);

/// One row a text, in order. Throws Error(input) where a text is too long and that is not to be,
/// and where the tower gives values that are not finite.
[[nodiscard]] Matrix embed_texts(std::span<const std::string> texts, const TextModel& tower,
                                 const EmbedOptions& options);
[[nodiscard]] Matrix embed_texts(std::span<const std::string> texts, const TextEncoder& encoder,
                                 const EmbedOptions& options);

/// The crops a picture is embedded by: one, or several in ResizeMode::tile (evenly spaced along the
/// longer side, at most 64; the shorter becomes `side`).
[[nodiscard]] std::vector<Picture> prepare_picture(const Picture& picture,
                                                   const Preparation& preparation);

}  // namespace skyglot
