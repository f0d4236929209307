// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "base/linear_algebra.hpp"
#include "embed/embed.hpp"
#include "embed/unit_rows.hpp"

#include <algorithm>
#include <numeric>

namespace skyglot {
namespace {

// Every text's tokens in one row after another.
std::vector<TokenId> all_tokens(std::span<const std::string> texts, std::size_t context,
                                bool strict) {
  const Tokenizer& tokenizer = clip_tokenizer();
  std::vector<TokenId> tokens;
  tokens.reserve(texts.size() * context);
  for (const std::string& text : texts) {
    const auto ids =
        strict ? tokenizer.whole_context(text, context) : tokenizer.context(text, context);
    tokens.insert(tokens.end(), ids.begin(), ids.end());
  }
  return tokens;
}

// Indices of texts, the shortest first.
std::vector<std::size_t> order_by_length(std::span<const TokenId> tokens, std::size_t context) {
  std::vector<std::size_t> order(tokens.size() / context);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto length = [&](std::size_t i) {
    return std::ranges::find(tokens.subspan(i * context, context), Tokenizer::kEnd) -
           tokens.begin() - static_cast<std::ptrdiff_t>(i * context);
  };
  std::ranges::stable_sort(order, {}, length);
  return order;
}

}  // namespace

Matrix embed_texts(std::span<const std::string> texts, const TextModel& tower,
                   const EmbedOptions& options) {
  const std::size_t context = tower.context;
  const std::vector<TokenId> tokens = all_tokens(texts, context, options.strict);
  const std::vector<std::size_t> order = order_by_length(tokens, context);
  std::vector<TokenId> sorted;
  sorted.reserve(tokens.size());
  for (const std::size_t text : order)
    std::copy_n(tokens.data() + text * context, context, std::back_inserter(sorted));
  const Matrix rows = tower.encode(sorted);
  expect(static_cast<std::size_t>(rows.rows) == texts.size(), "a tower gave too few rows");
  demand_finite(rows, "texts");
  Matrix result(rows.rows, rows.cols);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto to = result.row(static_cast<std::int64_t>(order[i]));
    std::ranges::copy(rows.row(static_cast<std::int64_t>(i)), to.begin());
    if (options.normalise) to_unit_length(to);
  }
  return result;
}

}  // namespace skyglot
