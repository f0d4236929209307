// SPDX-License-Identifier: Apache-2.0
#include "captions/captions.hpp"

#include "base/strings.hpp"
#include "base/unicode.hpp"
#include "captions/colours.hpp"
#include "tokens/clip_tokenizer.hpp"

#include <algorithm>
#include <compare>
#include <functional>
#include <span>
#include <utility>

namespace skyglot {
namespace {

// No text of so many characters fits any context: what lies beyond is not worth looking at.
constexpr std::size_t kLongestText = 4096;

char32_t separators_to_blanks(char32_t c) {
  const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
  return c == U'_' || c == U':' || control ? U' ' : c;
}

// Key or value as plain words: well-formed UTF-8, no underscores, no colons, no blank runs.
std::string words(std::string_view text) {
  std::u32string characters = decode_utf8(text.substr(0, 4 * kLongestText));
  if (characters.size() > kLongestText) characters.resize(kLongestText);
  std::ranges::transform(characters, characters.begin(), separators_to_blanks);
  return encode_utf8(collapse_blanks(characters));
}

std::map<std::string, std::size_t> ranks(const std::vector<std::string>& keys) {
  std::map<std::string, std::size_t> result;
  for (const std::string& key : keys) result.emplace(key, result.size());
  return result;
}

std::size_t rank_in(const std::map<std::string, std::size_t>& ranks, const std::string& key) {
  const auto found = ranks.find(key);
  return found == ranks.end() ? ranks.size() : found->second;
}

void push_unique(std::vector<std::string>& texts, std::string text) {
  if (!text.empty() && std::ranges::find(texts, text) == texts.end())
    texts.push_back(std::move(text));
}

std::string join_first(const std::vector<std::string>& parts, std::size_t count,
                       std::string_view separator) {
  return join({parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(count)}, separator);
}

// "main with a and b", with at most `attributes` of them.
std::string with_attributes(const std::vector<std::string>& phrases, std::size_t attributes) {
  const std::size_t count = std::min(phrases.size(), attributes + 1);
  if (count == 1) return phrases[0];
  const std::vector<std::string> rest(phrases.begin() + 1,
                                      phrases.begin() + static_cast<std::ptrdiff_t>(count));
  return phrases[0] + " with " + join(rest, " and ");
}

// The largest n in [0, most] for which `fits(n)`, taking it that more never fits better; `most` is
// tried first because it usually does.
std::size_t largest_that_fits(std::size_t most, const std::function<bool(std::size_t)>& fits) {
  if (fits(most)) return most;
  std::size_t good = 0;
  std::size_t bad = most;
  while (bad - good > 1) {
    const std::size_t middle = good + (bad - good) / 2;
    (fits(middle) ? good : bad) = middle;
  }
  return good;
}

}  // namespace

// Where a tag stands among the tags of its object; smaller is earlier.
struct CaptionWriter::Rank {
  bool past = false;  // says what the object once was or will be
  std::size_t main = 0;
  std::size_t attribute = 0;
  std::string key;
  friend auto operator<=>(const Rank&, const Rank&) = default;
};

CaptionWriter::CaptionWriter(CaptionRules rules)
    : rules_(std::move(rules)),
      main_rank_(ranks(rules_.main_keys)),
      attribute_rank_(ranks(rules_.attribute_order)) {}

std::pair<std::string, std::string> CaptionWriter::state_and_key(const std::string& key) const {
  const std::size_t colon = key.find(':');
  if (colon == std::string::npos || colon + 1 == key.size()) return {"", key};
  const std::string state = key.substr(0, colon);
  if (!rules_.state_prefixes.contains(state)) return {"", key};
  return {state, key.substr(colon + 1)};
}

CaptionWriter::Rank CaptionWriter::rank_of(const std::string& key) const {
  const auto [state, base] = state_and_key(key);
  return {!state.empty(), rank_in(main_rank_, base), rank_in(attribute_rank_, base), key};
}

bool CaptionWriter::is_silent(const std::string& key) const {
  return std::ranges::any_of(
      rules_.silent_keys, [&](const std::string& pattern) { return matches_glob(key, pattern); });
}

bool CaptionWriter::is_dropped(const std::string& key, const std::string& value) const {
  return std::ranges::any_of(rules_.drop_values, [&](const Tag& drop) {
    return drop.value == value && (drop.key == key || drop.key == "*");
  });
}

std::string CaptionWriter::key_words(const std::string& key) const {
  const auto renamed = rules_.rename_keys.find(key);
  return renamed == rules_.rename_keys.end() ? words(key) : renamed->second;
}

std::string CaptionWriter::part_words(const std::string& key, const std::string& part) const {
  const auto renamed = rules_.rename_values.find({key, part});
  if (renamed != rules_.rename_values.end()) return renamed->second;
  const std::string colour = nearest_colour(part, rules_.colours);
  return colour.empty() ? words(part) : colour;
}

// Parts of a list are joined by "and"; "" if nothing of the value is said.
std::string CaptionWriter::value_words(const std::string& key, const std::string& value) const {
  std::vector<std::string> said;
  for (const std::string_view part : split(value, ';')) {
    const std::string text(trim(part));
    if (said.size() == rules_.max_list_values) break;
    if (is_dropped(key, text)) continue;
    push_unique(said, part_words(key, text));
  }
  return join(said, " and ");
}

std::string CaptionWriter::joined(const std::string& key, const std::string& value) const {
  const std::string name = key_words(key);
  if (rules_.absent_values.contains(value) && !name.empty()) return "no " + name;
  const std::string text = value_words(key, value);
  if (text.empty() || name.empty()) return name + text;
  if (rules_.adjective_keys.contains(key)) return name + " " + text;
  return name + (rules_.is_keys.contains(key) ? " is " : " of ") + text;
}

std::string CaptionWriter::phrase(const Tag& tag) const {
  const auto [state, key] = state_and_key(tag.key);
  const std::string text = joined(key, tag.value);
  return state.empty() ? text : words(state + " " + text);
}

Tags CaptionWriter::ordered(const Tags& tags) const {
  Tags said;
  std::ranges::copy_if(tags, std::back_inserter(said),
                       [&](const Tag& tag) { return !is_silent(tag.key); });
  if (said.empty()) said = tags;
  std::ranges::stable_sort(said, {}, [&](const Tag& tag) { return rank_of(tag.key); });
  return said;
}

std::vector<std::string> CaptionWriter::phrases(const Tags& tags) const {
  std::vector<std::string> result;
  for (const Tag& tag : ordered(tags)) push_unique(result, phrase(tag));
  return result;
}

bool CaptionWriter::fits(const std::string& caption) const {
  return clip_tokenizer().count(caption) <= rules_.max_tokens;
}

// The prefix and as many characters of `phrase` as fit.
std::string CaptionWriter::cut_to_fit(const std::string& phrase) const {
  const std::u32string characters = decode_utf8(phrase);
  const auto caption = [&](std::size_t count) {
    const std::string cut = encode_utf8(std::u32string_view(characters).substr(0, count));
    return rules_.prefix + std::string(trim(cut));
  };
  const std::size_t count =
      largest_that_fits(characters.size(), [&](std::size_t n) { return fits(caption(n)); });
  return caption(count);
}

std::string CaptionWriter::single(const Tags& tags) const {
  const std::vector<std::string> said = phrases(tags);
  if (said.empty()) return rules_.prefix + rules_.nothing;
  const auto caption = [&](std::size_t count) {
    return rules_.prefix + join_first(said, count, ", ");
  };
  const std::size_t count =
      largest_that_fits(said.size(), [&](std::size_t n) { return n > 0 && fits(caption(n)); });
  return count > 0 ? caption(count) : cut_to_fit(said[0]);
}

// What the neighbours are, each different from the focus object and from those before.
std::vector<std::string> CaptionWriter::neighbour_phrases(
    const std::vector<Tags>& neighbours, const std::vector<std::string>& focus) const {
  std::vector<std::string> result;
  for (const Tags& tags : neighbours) {
    if (result.size() == rules_.max_neighbours) break;
    const std::vector<std::string> parts = phrases(tags);
    if (parts.empty() || parts == focus) continue;
    push_unique(result, with_attributes(parts, rules_.max_neighbour_attributes));
  }
  return result;
}

std::string CaptionWriter::with_neighbours(const std::string& focus,
                                           const std::vector<std::string>& neighbours) const {
  constexpr std::string_view kSurrounded = ", surrounded by ";
  if (neighbours.empty()) return focus;
  std::string all = focus + std::string(kSurrounded) + join(neighbours, "; ");
  if (fits(all)) return all;
  std::string caption = focus;
  std::string_view separator = kSurrounded;
  for (const std::string& neighbour : neighbours) {
    const std::string longer = caption + std::string(separator) + neighbour;
    if (!fits(longer)) continue;
    caption = longer;
    separator = "; ";
  }
  return caption;
}

std::string CaptionWriter::multi(const Tags& focus, const std::vector<Tags>& neighbours) const {
  const std::vector<std::string> said = phrases(focus);
  if (said.empty()) return rules_.prefix + rules_.nothing;
  const auto caption = [&](std::size_t attributes) {
    return rules_.prefix + with_attributes(said, attributes);
  };
  const std::size_t attributes =
      largest_that_fits(said.size() - 1, [&](std::size_t count) { return fits(caption(count)); });
  if (attributes == 0 && !fits(caption(0))) return cut_to_fit(said[0]);
  return with_neighbours(caption(attributes), neighbour_phrases(neighbours, said));
}

}  // namespace skyglot
