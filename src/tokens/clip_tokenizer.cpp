// SPDX-License-Identifier: Apache-2.0
#include "tokens/clip_tokenizer.hpp"

#include "base/error.hpp"
#include "base/gzip.hpp"
#include "base/html.hpp"
#include "base/resource.hpp"
#include "base/unicode.hpp"
#include "tokens/ascii_words.hpp"
#include "tokens/byte_pairs.hpp"
#include "tokens/word_cache.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <atomic>

namespace skyglot {
namespace {

constexpr std::size_t kLargestMerges = std::size_t{16} << 20;
// The only blank of cleaned text is ' '; PCRE2's \s would also take U+180E, which Python does not.
constexpr char kSplit[] =
    R"(<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^ \p{L}\p{N}]+)";

// A compiled pattern of PCRE2; matching with it is thread-safe.
class Pattern {
 public:
  explicit Pattern(std::string_view pattern) {
    int error = 0;
    PCRE2_SIZE offset = 0;
    code_.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                              PCRE2_UTF | PCRE2_UCP | PCRE2_CASELESS, &error, &offset, nullptr));
    expect(code_ != nullptr, "the tokenizer's pattern does not compile");
    pcre2_jit_compile(code_.get(), PCRE2_JIT_COMPLETE);
  }

  /// Calls `visit` with every match in the well-formed UTF-8 `text`.
  template <typename Visit>
  void for_each_match(std::string_view text, Visit visit) const {
    const std::unique_ptr<pcre2_match_data, FreeMatch> match(
        pcre2_match_data_create_from_pattern(code_.get(), nullptr));
    const auto* begin = reinterpret_cast<PCRE2_SPTR>(text.data());
    for (std::size_t at = 0; at < text.size();) {
      const int found = pcre2_match(code_.get(), begin, text.size(), at, PCRE2_NO_UTF_CHECK,
                                    match.get(), nullptr);
      if (found < 0) return;
      const PCRE2_SIZE* range = pcre2_get_ovector_pointer(match.get());
      visit(text.substr(range[0], range[1] - range[0]));
      at = range[1];
    }
  }

 private:
  struct FreeCode {
    void operator()(pcre2_code* code) const { pcre2_code_free(code); }
  };
  struct FreeMatch {
    void operator()(pcre2_match_data* match) const { pcre2_match_data_free(match); }
  };
  std::unique_ptr<pcre2_code, FreeCode> code_;
};

struct Plain {
  char32_t from = 0;
  std::u32string_view to;
};

constexpr std::array<Plain, 18> kPlain{{{0x02BC, U"'"},
                                        {0x2018, U"'"},
                                        {0x2019, U"'"},
                                        {0x201A, U"'"},
                                        {0x201B, U"'"},
                                        {0x201C, U"\""},
                                        {0x201D, U"\""},
                                        {0x201E, U"\""},
                                        {0x201F, U"\""},
                                        {0x0132, U"IJ"},
                                        {0x0133, U"ij"},
                                        {0xFB00, U"ff"},
                                        {0xFB01, U"fi"},
                                        {0xFB02, U"fl"},
                                        {0xFB03, U"ffi"},
                                        {0xFB04, U"ffl"},
                                        {0xFB05, U"ſt"},
                                        {0xFB06, U"st"}}};

bool is_stray_control(char32_t c) {
  if (c < 0x20) return c <= 0x08 || c == 0x0B || c >= 0x0E;
  return c == 0x7F || (c >= 0x206A && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB);
}

void append_plain(std::u32string& text, char32_t c) {
  if (c < 0x7F && c >= 0x20) {
    text += c;
  } else if (c >= 0xFF01 && c <= 0xFF5E) {
    text.push_back(c - 0xFEE0);
  } else if (const auto found = std::ranges::find(kPlain, c, &Plain::from); found != kPlain.end()) {
    text += found->to;
  } else if (!is_stray_control(c)) {
    text += c;
  }
}

// The small part of ftfy.fix_text() that ClipTokenizer promises.
std::string made_plain(std::string_view text) {
  std::u32string result;
  for (const char32_t c : decode_utf8(text)) append_plain(result, c);
  return encode_utf8(result);
}

std::string cleaned(std::string_view text) {
  const std::string unescaped = html_unescape(html_unescape(made_plain(text)));
  return encode_utf8(lower_case(collapse_blanks(decode_utf8(unescaped))));
}

}  // namespace

namespace {

std::uint64_t next_serial() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace

struct ClipTokenizer::Tables {
  Tables(std::string_view merges, const std::string& name) : split(kSplit), pairs(merges, name) {}

  void append_word(std::string_view word, std::vector<TokenId>& ids) const {
    thread_local WordCache cache;
    if (word == kStartText) {
      ids.push_back(kStart);
    } else if (word == kEndText) {
      ids.push_back(kEnd);
    } else if (!cache.append(serial, word, ids)) {
      const std::size_t before = ids.size();
      pairs.encode_word(word, ids);
      cache.keep(serial, word, ids.data() + before, ids.size() - before);
    }
  }

  std::uint64_t serial = next_serial();
  Pattern split;
  BytePairs pairs;
};

ClipTokenizer::ClipTokenizer(std::string_view merges, const std::string& name)
    : tables_(std::make_unique<const Tables>(
          is_gzip(merges) ? gunzipped(merges, name, kLargestMerges) : std::string(merges), name)) {}
ClipTokenizer::~ClipTokenizer() = default;
ClipTokenizer::ClipTokenizer(ClipTokenizer&&) noexcept = default;
ClipTokenizer& ClipTokenizer::operator=(ClipTokenizer&&) noexcept = default;

std::vector<TokenId> ClipTokenizer::encode(std::string_view text) const {
  std::vector<TokenId> ids;
  const auto append = [&](std::string_view word) { tables_->append_word(word, ids); };
  if (is_plain_ascii(text))
    for_each_ascii_word(cleaned_ascii(text), append);
  else
    tables_->split.for_each_match(cleaned(text), append);
  return ids;
}

const ClipTokenizer& clip_tokenizer() {
  static const ClipTokenizer tokenizer(load_resource("clip_merges.txt"), "clip_merges.txt");
  return tokenizer;
}

}  // namespace skyglot
