// SPDX-License-Identifier: Apache-2.0
#include "tokens/word_pieces.hpp"

#include "base/error.hpp"
#include "base/strings.hpp"
#include "base/unicode.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <unordered_map>

namespace skyglot {
namespace {

constexpr std::size_t kLongestWord = 100;  // characters
constexpr std::string_view kContinues = "##";

utf8proc_category_t category(char32_t c) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(c));
}

bool is_gap(char32_t c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || category(c) == UTF8PROC_CATEGORY_ZS ||
         category(c) == UTF8PROC_CATEGORY_ZL || category(c) == UTF8PROC_CATEGORY_ZP;
}

// What BERT takes for a control character: of any category "other".
bool is_dropped(char32_t c) {
  if (c == 0 || c == kReplacementCharacter) return true;
  switch (category(c)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CS:
      return true;
    default:
      return false;
  }
}

// All of ASCII that is no letter, digit or blank counts, "$" and "^" too.
bool is_punctuation(char32_t c) {
  if (c < 0x80)
    return c > ' ' && c < 0x7F && !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') &&
           !(c >= 'a' && c <= 'z');
  switch (category(c)) {
    case UTF8PROC_CATEGORY_PC:
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO:
      return true;
    default:
      return false;
  }
}

struct Range {
  char32_t first, last;
};
// The blocks of CJK ideographs that the original names.
constexpr std::array<Range, 8> kIdeographs{{{0x4E00, 0x9FFF},
                                            {0x3400, 0x4DBF},
                                            {0x20000, 0x2A6DF},
                                            {0x2A700, 0x2B73F},
                                            {0x2B740, 0x2B81F},
                                            {0x2B820, 0x2CEAF},
                                            {0xF900, 0xFAFF},
                                            {0x2F800, 0x2FA1F}}};

bool is_ideograph(char32_t c) {
  return c >= kIdeographs[1].first && std::ranges::any_of(kIdeographs, [c](const Range& range) {
           return c >= range.first && c <= range.last;
         });
}

// Letters apart from their accents, in canonical order.
std::u32string decomposed(std::u32string_view text) {
  std::u32string result;
  for (const char32_t c : text) {
    if (c < 0x80) {
      result.push_back(c);
      continue;
    }
    std::array<utf8proc_int32_t, 32> parts{};
    int last_class = 0;
    const utf8proc_ssize_t count =
        utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c), parts.data(), parts.size(),
                                UTF8PROC_DECOMPOSE, &last_class);
    expect(count >= 0 && count <= std::ssize(parts), "a character decomposes into too many");
    for (utf8proc_ssize_t i = 0; i < count; ++i)
      if (const auto part = static_cast<char32_t>(parts[static_cast<std::size_t>(i)]);
          category(part) != UTF8PROC_CATEGORY_MN)
        result.push_back(part);
  }
  return result;
}

// Words and single marks of punctuation, cleaned.
std::vector<std::u32string> words_of(std::string_view text) {
  std::u32string kept;
  for (const char32_t c : decode_utf8(text)) {
    if (is_gap(c)) {
      kept.push_back(' ');
    } else if (!is_dropped(c)) {
      if (is_ideograph(c)) kept.push_back(' ');
      kept.push_back(c);
      if (is_ideograph(c)) kept.push_back(' ');
    }
  }
  std::vector<std::u32string> words;
  bool open = false;
  for (const char32_t c : lower_case(decomposed(kept))) {
    const bool alone = is_punctuation(c);
    if (c == ' ') {
      open = false;
    } else if (open && !alone) {
      words.back().push_back(c);
    } else {
      words.emplace_back(1, c);
      open = !alone;
    }
  }
  return words;
}

}  // namespace

struct WordPieceTokenizer::Tables {
  std::unordered_map<std::string, TokenId> begins, continues;
  std::size_t longest = 0;  // piece, in bytes
  TokenId unknown = 0, start = 0, end = 0;

  void append_word(const std::u32string& word, std::vector<TokenId>& ids) const {
    const std::size_t before = ids.size();
    if (word.size() > kLongestWord || !append_pieces(encode_utf8(word), ids)) {
      ids.resize(before);
      ids.push_back(unknown);
    }
  }

 private:
  bool append_pieces(std::string_view word, std::vector<TokenId>& ids) const {
    const auto* pieces = &begins;
    while (!word.empty()) {
      std::size_t length = std::min(word.size(), longest);
      auto found = pieces->end();
      for (; length > 0; --length) {
        found = pieces->find(std::string(word.substr(0, length)));
        if (found != pieces->end()) break;
      }
      if (found == pieces->end()) return false;
      ids.push_back(found->second);
      word.remove_prefix(length);
      pieces = &continues;
    }
    return true;
  }
};

namespace {

// The pieces in order; the last line may lack its end.
std::vector<std::string> lines_of(std::string_view vocabulary) {
  std::vector<std::string> lines;
  for (const std::string_view line : split(vocabulary, '\n'))
    lines.emplace_back(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line);
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

TokenId place_of(const std::vector<std::string>& lines, const char* piece,
                 const std::string& name) {
  const auto found = std::ranges::find(lines, piece);
  if (found == lines.end())
    fail(ErrorKind::format, "{}: no line {} among {}: not a vocabulary of word pieces", name, piece,
         lines.size());
  return static_cast<TokenId>(found - lines.begin());
}

}  // namespace

WordPieceTokenizer::WordPieceTokenizer(std::string_view vocabulary, const std::string& name) {
  const std::vector<std::string> lines = lines_of(vocabulary);
  if (lines.size() > std::size_t{std::numeric_limits<std::int32_t>::max()})
    fail(ErrorKind::format, "{}: {} lines are too many for a vocabulary", name, lines.size());
  Tables tables;
  tables.unknown = place_of(lines, "[UNK]", name);
  tables.start = place_of(lines, "[CLS]", name);
  tables.end = place_of(lines, "[SEP]", name);
  if (place_of(lines, "[PAD]", name) != 0)
    fail(ErrorKind::format, "{}: [PAD] is not on the first line", name);
  if (tables.end + 1 != std::ssize(lines))
    fail(ErrorKind::format, "{}: [SEP] is on line {} of {}; it must be on the last", name,
         tables.end + 1, lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    const bool continues = line.size() > kContinues.size() && line.starts_with(kContinues);
    const std::string piece = continues ? line.substr(kContinues.size()) : line;
    if (piece.empty())
      fail(ErrorKind::format, "{}: line {} is empty; each is a piece of a word", name, i + 1);
    tables.longest = std::max(tables.longest, piece.size());
    if (!(continues ? tables.continues : tables.begins)
             .emplace(piece, static_cast<TokenId>(i))
             .second)
      fail(ErrorKind::format, "{}: the piece {} stands on line {} and before", name, line, i + 1);
  }
  tables_ = std::make_unique<const Tables>(std::move(tables));
}

WordPieceTokenizer::~WordPieceTokenizer() = default;
WordPieceTokenizer::WordPieceTokenizer(WordPieceTokenizer&&) noexcept = default;
WordPieceTokenizer& WordPieceTokenizer::operator=(WordPieceTokenizer&&) noexcept = default;

std::vector<TokenId> WordPieceTokenizer::encode(std::string_view text) const {
  std::vector<TokenId> ids;
  for (const std::u32string& word : words_of(text)) tables_->append_word(word, ids);
  return ids;
}

TokenId WordPieceTokenizer::start() const {
  return tables_->start;
}

TokenId WordPieceTokenizer::end() const {
  return tables_->end;
}

}  // namespace skyglot
