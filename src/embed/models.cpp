// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "embed/embed.hpp"

namespace skyglot {

PictureModel picture_model(const Encoder& encoder) {
  const ModelConfig& config = encoder.config();
  return {
      [&encoder](std::span<const Picture> pictures) { return encoder.encode_pictures(pictures); },
      {static_cast<int>(config.picture_side()), static_cast<int>(config.resize_side()),
       config.preprocess.resize, config.preprocess.interpolation, config.preprocess.crop_centre},
      encoder.pictures_at_once(),
      encoder.passes_at_once()};
}

TextModel text_model(const Encoder& encoder) {
  const ModelConfig& config = encoder.config();
  if (!config.text)
    fail(ErrorKind::input, "{} has no text tower; only pictures can be embedded with it",
         config.architecture);
  if (config.text->vocabulary != static_cast<std::int64_t>(Tokenizer::kVocabulary))
    fail(ErrorKind::input,
         "{}: its text tower knows {} tokens, CLIP's tokenizer gives {}: words would mean nothing "
         "to "
         "it; embed its texts elsewhere and give them with --text-embeddings",
         config.source, config.text->vocabulary, Tokenizer::kVocabulary);
  return {[&encoder](std::span<const TokenId> tokens) { return encoder.encode_tokens(tokens); },
          static_cast<std::size_t>(config.text->context_length)};
}

void embed_pictures(PictureSource& source, const Encoder& encoder, const EmbedOptions& options,
                    const std::function<void(EmbeddedPicture)>& sink) {
  embed_pictures(source, picture_model(encoder), options, sink);
}

Matrix embed_texts(std::span<const std::string> texts, const Encoder& encoder,
                   const EmbedOptions& options) {
  return embed_texts(texts, text_model(encoder), options);
}

}  // namespace skyglot
