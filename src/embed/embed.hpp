// SPDX-License-Identifier: Apache-2.0
// Pictures and texts through a model: decoding and resizing overlap with the tower, order is kept.
#pragma once

#include "base/matrix.hpp"
#include "nn/encoder.hpp"
#include "pictures/source.hpp"
#include "text/tokenizer.hpp"

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
  int batch = 32;
  std::optional<ResizeMode> resize;  ///< empty: the model's own
  std::size_t max_pixels = 100'000'000;
  bool normalise = true;  ///< rows to unit length
  bool strict = false;    ///< a text past the context is an Error, not truncated
};

/// One picture's outcome, in the order of the source.
struct EmbeddedPicture {
  std::string id;
  std::map<std::string, std::string> beside;
  std::vector<float> vector;  ///< empty when skipped
  std::string skipped;        ///< why; empty: fine
};

/// Calls `sink` for every picture of the source in order.
void embed_pictures(PictureSource& source, const Encoder& encoder, const EmbedOptions& options,
                    const std::function<void(EmbeddedPicture)>& sink);

/// One row a text, in order.
[[nodiscard]] Matrix embed_texts(std::span<const std::string> texts, const Encoder& encoder,
                                 const EmbedOptions& options);

/// The crops a picture is embedded by: one, or several in ResizeMode::tile.
[[nodiscard]] std::vector<Picture> prepare_picture(const Picture& picture, int side, ResizeMode mode);

}  // namespace skyglot
