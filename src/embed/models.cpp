// SPDX-License-Identifier: Apache-2.0
#include "embed/embed.hpp"

namespace skyglot {

Preparation preparation_of(const ModelConfig& config) {
  return {static_cast<int>(config.picture_side()), static_cast<int>(config.resize_side()),
          config.preprocess.resize, config.preprocess.interpolation, config.preprocess.crop_centre};
}

PictureModel picture_model(const ImageEncoder& encoder) {
  return {[&encoder](std::span<const Picture> pictures) { return encoder.encode(pictures); },
          preparation_of(encoder.config()), encoder.pictures_at_once(), encoder.passes_at_once()};
}

TextModel text_model(const TextEncoder& encoder) {
  return {[&encoder](std::span<const std::string> texts) { return encoder.encode(texts); },
          encoder.context_length(), &encoder.tokenizer()};
}

void embed_pictures(PictureSource& source, const ImageEncoder& encoder, const EmbedOptions& options,
                    const std::function<void(EmbeddedPicture)>& sink) {
  embed_pictures(source, picture_model(encoder), options, sink);
}

Matrix embed_texts(std::span<const std::string> texts, const TextEncoder& encoder,
                   const EmbedOptions& options) {
  return embed_texts(texts, text_model(encoder), options);
}

}  // namespace skyglot
