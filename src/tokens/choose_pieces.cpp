// SPDX-License-Identifier: Apache-2.0
#include "tokens/choose_pieces.hpp"

#include "base/error.hpp"
#include "base/strings.hpp"
#include "tokens/word_pieces.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string_view>

namespace skyglot {
namespace {

constexpr std::string_view kPad = "[PAD]";
constexpr std::string_view kEnd = "[SEP]";

bool is_mark(std::string_view piece) {
  return piece == kPad || piece == "[UNK]" || piece == "[CLS]" || piece == kEnd;
}

bool is_reserved(std::string_view piece) {
  return piece.starts_with('[') && piece.ends_with(']') && piece.size() > 2;
}

std::string_view letters_of(std::string_view piece) {
  return piece.size() > 2 && piece.starts_with("##") ? piece.substr(2) : piece;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_needed(std::string_view piece) {
  return is_mark(piece) || (letters_of(piece).size() == 1 && is_ascii(piece));
}

// How often each of `pieces` stands in the texts.
std::vector<std::uint64_t> counted(const std::vector<std::string>& pieces,
                                   std::span<const std::string> texts) {
  const WordPieceTokenizer tokenizer(join(pieces, "\n"), "the vocabulary to be cut");
  std::vector<std::uint64_t> counts(pieces.size(), 0);
  for (const std::string& text : texts)
    for (const TokenId id : tokenizer.encode(text)) ++counts[static_cast<std::size_t>(id)];
  return counts;
}

}  // namespace

std::vector<std::string> framed_pieces(std::vector<std::string> pieces) {
  std::ranges::stable_partition(pieces, [](const std::string& piece) { return piece == kPad; });
  std::ranges::stable_partition(pieces, [](const std::string& piece) { return piece != kEnd; });
  return pieces;
}

std::vector<std::string> choose_pieces(const std::vector<std::string>& all,
                                       std::span<const std::string> texts, std::size_t most) {
  const std::vector<std::string> pieces = framed_pieces(all);
  const std::vector<std::uint64_t> counts = counted(pieces, texts);
  std::vector<std::size_t> order(pieces.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto group = [&](std::size_t i) {
    if (is_needed(pieces[i])) return 0;
    if (counts[i] > 0) return 1;
    return is_ascii(pieces[i]) && !is_reserved(pieces[i]) ? 2 : 3;
  };
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    if (group(a) != group(b)) return group(a) < group(b);
    return group(a) == 1 && counts[a] > counts[b];
  });
  const auto needed = static_cast<std::size_t>(
      std::ranges::count_if(pieces, [](const std::string& piece) { return is_needed(piece); }));
  if (most < needed)
    fail(ErrorKind::usage, "{} pieces are too few: {} are needed that no word becomes unknown",
         most, needed);
  order.resize(std::min(most, order.size()));
  while (group(order.back()) == 3) order.pop_back();
  std::ranges::sort(order);
  std::vector<std::string> chosen;
  for (const std::size_t i : order) chosen.push_back(pieces[i]);
  return chosen;
}

}  // namespace skyglot
