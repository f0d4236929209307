// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "nn/encoder.hpp"
#include "nn/passes.hpp"
#include "nn/text_tower.hpp"
#include "tokens/clip_tokenizer.hpp"
#include "tokens/word_pieces.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace skyglot {
namespace {

// Texts that share a pass.
constexpr std::int64_t kTextsAtOnce = 64;

const ModelConfig& with_texts(const ModelConfig& config) {
  if (!config.text)
    fail(ErrorKind::input, "{} has no text tower; only pictures can be embedded with it",
         config.architecture);
  return config;
}

TextTower make_tower(const Parameters& parameters, const ComputeContext& context) {
  (void)with_texts(parameters.config());
  return {parameters, context};
}

// The one of all of the process outlives everything.
std::shared_ptr<const Tokenizer> make_tokenizer(const ModelConfig& config,
                                                const std::string& vocabulary) {
  if (config.text->tokens == TokenScheme::byte_pairs)
    return {std::shared_ptr<void>(), &clip_tokenizer()};
  return std::make_shared<const WordPieceTokenizer>(vocabulary, config.source + ": vocabulary.txt");
}

void check_vocabulary(const ModelConfig& config, const Tokenizer& tokenizer) {
  if (config.text->vocabulary == static_cast<std::int64_t>(tokenizer.vocabulary())) return;
  fail(ErrorKind::input,
       "{}: its text tower knows {} tokens, its tokenizer gives {}: words would mean nothing to "
       "it; embed its texts elsewhere and give them with --text-embeddings",
       config.source, config.text->vocabulary, tokenizer.vocabulary());
}

// Texts by where they end, the shortest first: a tower computes as far as the longest of a pass.
std::vector<std::int64_t> shortest_first(std::span<const TokenId> tokens, std::int64_t context) {
  std::vector<std::int64_t> order(tokens.size() / static_cast<std::size_t>(context));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::ranges::stable_sort(order, {}, [&](std::int64_t i) {
    const auto text =
        tokens.subspan(static_cast<std::size_t>(i * context), static_cast<std::size_t>(context));
    return std::ranges::max_element(text) - text.begin();
  });
  return order;
}

}  // namespace

std::shared_ptr<const Tokenizer> tokenizer_of(const ModelConfig& config,
                                              const std::string& vocabulary) {
  auto tokenizer = make_tokenizer(with_texts(config), vocabulary);
  check_vocabulary(config, *tokenizer);
  return tokenizer;
}

struct TextEncoder::State {
  TextTower tower;
  std::shared_ptr<const ComputeContext> context;
  std::shared_ptr<const Tokenizer> tokenizer;
};

TextEncoder::TextEncoder(const Parameters& parameters,
                         std::shared_ptr<const ComputeContext> context)
    : state_(new State{make_tower(parameters, *context), std::move(context),
                       make_tokenizer(parameters.config(), parameters.vocabulary())}) {}

TextEncoder::TextEncoder(const StoredModel& model, std::shared_ptr<const ComputeContext> context)
    : TextEncoder(Parameters::view(model), std::move(context)) {}

TextEncoder::~TextEncoder() = default;
TextEncoder::TextEncoder(TextEncoder&&) noexcept = default;
TextEncoder& TextEncoder::operator=(TextEncoder&&) noexcept = default;

const ModelConfig& TextEncoder::config() const {
  return state_->tower.config();
}

const ComputeContext& TextEncoder::context() const {
  return *state_->context;
}

std::size_t TextEncoder::context_length() const {
  return static_cast<std::size_t>(config().text->context_length);
}

const Tokenizer& TextEncoder::tokenizer() const {
  check_vocabulary(config(), *state_->tokenizer);
  return *state_->tokenizer;
}

Matrix TextEncoder::encode(std::span<const std::string> texts) const {
  std::vector<TokenId> tokens;
  tokens.reserve(texts.size() * context_length());
  for (const std::string& text : texts) {
    const std::vector<TokenId> ids = tokenizer().context(text, context_length());
    tokens.insert(tokens.end(), ids.begin(), ids.end());
  }
  return encode_tokens(tokens);
}

Matrix TextEncoder::encode_tokens(std::span<const TokenId> tokens) const {
  const auto threads = context().use();
  const std::int64_t length = config().text->context_length;
  const std::int64_t count = std::ssize(tokens) / length;
  expect(count * length == std::ssize(tokens), "a torn row of tokens");
  const std::vector<std::int64_t> order = shortest_first(tokens, length);
  Matrix result(count, config().embedding_width);
  run_passes(count, kTextsAtOnce, context().on_cpu(), [&](std::int64_t first, std::int64_t few) {
    const torch::NoGradGuard on_this_thread;
    const torch::Tensor ids = torch::empty({few, length}, torch::kInt64);
    for (std::int64_t i = 0; i < few; ++i)
      std::copy_n(tokens.data() + order[static_cast<std::size_t>(first + i)] * length, length,
                  ids.data_ptr<std::int64_t>() + i * length);
    const torch::Tensor rows = state_->tower.embed(ids).to(torch::kCPU).contiguous();
    for (std::int64_t i = 0; i < few; ++i)
      std::copy_n(rows.data_ptr<float>() + i * rows.size(1), rows.size(1),
                  result.row(order[static_cast<std::size_t>(first + i)]).data());
  });
  return result;
}

}  // namespace skyglot
