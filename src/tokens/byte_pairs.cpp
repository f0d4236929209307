// SPDX-License-Identifier: Apache-2.0
#include "tokens/byte_pairs.hpp"

#include "base/error.hpp"
#include "base/unicode.hpp"

#include <algorithm>
#include <queue>
#include <tuple>
#include <unordered_map>

namespace skyglot {
namespace {

constexpr std::int32_t kBytes = 256;
constexpr std::int32_t kFirstMerge = 2 * kBytes;
constexpr std::int32_t kNone = PairTable::kNone;
constexpr std::size_t kShortWord = 32;
constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

// Bytes that the vocabulary writes as the character of the same number.
bool is_printable(int byte) {
  return (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

// All bytes in the vocabulary's order: printable ones first.
std::vector<int> bytes_in_order() {
  std::vector<int> bytes;
  for (int byte = 0; byte < kBytes; ++byte)
    if (is_printable(byte)) bytes.push_back(byte);
  for (int byte = 0; byte < kBytes; ++byte)
    if (!is_printable(byte)) bytes.push_back(byte);
  return bytes;
}

using SymbolIds = std::unordered_map<std::string, std::int32_t>;

// The symbols that single bytes make, as the merges file writes them.
SymbolIds byte_symbols(const std::vector<int>& bytes) {
  SymbolIds ids;
  char32_t next_character = kBytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char32_t c = is_printable(bytes[i]) ? static_cast<char32_t>(bytes[i]) : next_character++;
    const std::string symbol = encode_utf8(std::u32string(1, c));
    ids[symbol] = static_cast<std::int32_t>(i);
    ids[symbol + "</w>"] = static_cast<std::int32_t>(i) + kBytes;
  }
  return ids;
}

// Lines after the one with "#version:".
class MergeLines {
 public:
  MergeLines(std::string_view text, const std::string& name) : text_(text), name_(name) {
    while (next().find("#version:") == std::string_view::npos) {
    }
  }

  std::string_view next() {
    if (text_.empty())
      fail(
          ErrorKind::format,
          "reading the tokenizer's merges from {}: it ends after line {}, before the \"#version:\" "
          "line and {} merges were read; use CLIP's bpe_simple_vocab_16e6.txt",
          name_, line_, BytePairs::kMerges);
    const std::size_t end = std::min(text_.find('\n'), text_.size());
    const std::string_view line = text_.substr(0, end);
    text_.remove_prefix(std::min(end + 1, text_.size()));
    ++line_;
    return line;
  }

  [[noreturn]] void fail_here(std::string_view line) const {
    fail(ErrorKind::format,
         "reading the tokenizer's merges from {}:{}: \"{}\" is not two known symbols; use CLIP's "
         "bpe_simple_vocab_16e6.txt",
         name_, line_, line);
  }

 private:
  std::string_view text_;
  const std::string& name_;
  std::size_t line_ = 0;
};

}  // namespace

// Merges the symbols of one word. They form a list linked by index; a queue holds the neighbours
// that could merge, best first and among equals the leftmost, some of them out of date.
class WordMerger {
 public:
  WordMerger(const BytePairs& pairs, std::string_view word) : pairs_(pairs) {
    for (const char byte : word) {
      const std::size_t at = nodes_.size();
      nodes_.push_back({pairs.id_of_byte_[static_cast<unsigned char>(byte)], at - 1, at + 1});
    }
    nodes_.back().id += kBytes;
    nodes_.back().next = kNowhere;
    for (std::size_t at = 0; at + 1 < nodes_.size(); ++at) offer(at);
  }

  void run() {
    while (!queue_.empty()) {
      const auto [id, at] = queue_.top();
      queue_.pop();
      if (merged_with_next(at) == id) merge(at, id);
    }
  }

  void append_to(std::vector<std::int32_t>& ids) const {
    for (std::size_t at = 0; at != kNowhere; at = nodes_[at].next) ids.push_back(nodes_[at].id);
  }

 private:
  struct Node {
    std::int32_t id = kNone;  // kNone: swallowed by the node before
    std::size_t previous = kNowhere;
    std::size_t next = kNowhere;
  };
  using Candidate = std::tuple<std::int32_t, std::size_t>;

  [[nodiscard]] std::int32_t merged_with_next(std::size_t at) const {
    const Node& node = nodes_[at];
    if (node.id == kNone || node.next == kNowhere) return kNone;
    return pairs_.merges_.find(node.id, nodes_[node.next].id);
  }

  void offer(std::size_t at) {
    const std::int32_t id = merged_with_next(at);
    if (id != kNone) queue_.emplace(id, at);
  }

  void merge(std::size_t at, std::int32_t id) {
    Node& node = nodes_[at];
    Node& swallowed = nodes_[node.next];
    node.id = id;
    node.next = swallowed.next;
    swallowed.id = kNone;
    if (node.next != kNowhere) nodes_[node.next].previous = at;
    offer(at);
    if (node.previous != kNowhere) offer(node.previous);
  }

  const BytePairs& pairs_;
  std::vector<Node> nodes_;
  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> queue_;
};

BytePairs::BytePairs(std::string_view merges, const std::string& name) {
  const std::vector<int> bytes = bytes_in_order();
  for (std::size_t i = 0; i < bytes.size(); ++i)
    id_of_byte_[static_cast<std::size_t>(bytes[i])] = static_cast<std::int32_t>(i);
  SymbolIds ids = byte_symbols(bytes);
  ids.reserve(kFirstMerge + kMerges);
  MergeLines lines(merges, name);
  for (std::size_t rank = 0; rank < kMerges; ++rank) {
    std::string_view line = lines.next();
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::size_t blank = std::min(line.find(' '), line.size());
    const std::string left(line.substr(0, blank));
    const std::string right(line.substr(std::min(blank + 1, line.size())));
    const auto left_id = ids.find(left);
    const auto right_id = ids.find(right);
    if (left_id == ids.end() || right_id == ids.end()) lines.fail_here(line);
    const auto id = kFirstMerge + static_cast<std::int32_t>(rank);
    merges_.add(left_id->second, right_id->second, id);
    ids.emplace(left + right, id);
  }
}

// Looks at every neighbour in turn: quicker than a queue while there are few.
void BytePairs::encode_short_word(std::string_view word, std::vector<std::int32_t>& ids) const {
  std::array<std::int32_t, kShortWord> symbols{};
  std::array<std::int32_t, kShortWord> merged{};  // of each symbol with the next
  std::size_t count = word.size();
  for (std::size_t i = 0; i < count; ++i)
    symbols[i] = id_of_byte_[static_cast<unsigned char>(word[i])];
  symbols[count - 1] += kBytes;
  for (std::size_t i = 0; i + 1 < count; ++i) merged[i] = merges_.find(symbols[i], symbols[i + 1]);
  while (count > 1) {
    std::size_t best = 0;
    for (std::size_t i = 1; i + 1 < count; ++i)
      if (static_cast<std::uint32_t>(merged[i]) < static_cast<std::uint32_t>(merged[best]))
        best = i;
    if (merged[best] == kNone) break;  // the largest unsigned number
    symbols[best] = merged[best];
    --count;
    for (std::size_t i = best + 1; i < count; ++i) {
      symbols[i] = symbols[i + 1];
      merged[i] = merged[i + 1];
    }
    if (best + 1 < count) merged[best] = merges_.find(symbols[best], symbols[best + 1]);
    if (best > 0) merged[best - 1] = merges_.find(symbols[best - 1], symbols[best]);
  }
  ids.insert(ids.end(), symbols.begin(), symbols.begin() + static_cast<std::ptrdiff_t>(count));
}

void BytePairs::encode_word(std::string_view word, std::vector<std::int32_t>& ids) const {
  if (word.empty()) return;
  if (word.size() <= kShortWord) return encode_short_word(word, ids);
  WordMerger merger(*this, word);
  merger.run();
  merger.append_to(ids);
}

}  // namespace skyglot
