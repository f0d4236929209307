// SPDX-License-Identifier: Apache-2.0
// Captions from tags: the grammar of SkyScript with its rules in data/captions.toml.
#pragma once

#include "base/tag.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace skyglot {

/// The rules of data/captions.toml; see there for what each means, docs/captions.md for examples.
struct CaptionRules {
  std::string prefix;                              ///< "a satellite image of "
  std::map<std::string, std::string> rename_keys;  ///< highway -> road
  std::map<Tag, std::string> rename_values;        ///< railway=rail -> "track"
  std::map<std::string, std::string> colours;      ///< red -> "#c03028": names of hex colours
  std::set<std::string> adjective_keys;            ///< key value: "natural water"
  std::set<std::string> is_keys;                   ///< key is value: "smoothness is good"
  std::vector<Tag> drop_values;                    ///< building=yes -> "building"; key "*": any
  std::set<std::string> absent_values;             ///< no -> "no sidewalk"
  std::set<std::string> state_prefixes;            ///< abandoned:railway -> "abandoned railway"
  std::vector<std::string> silent_keys;            ///< patterns: not said while others can be
  std::vector<std::string> main_keys;              ///< most telling first
  std::vector<std::string> attribute_order;        ///< of the tags that are not main
  std::string nothing = "object";                  ///< said when there is nothing to say
  std::size_t max_neighbours = 0;                  ///< distinct neighbour phrases at most
  std::size_t max_neighbour_attributes = 0;        ///< after a neighbour's main tag
  std::size_t max_list_values = 1;                 ///< of sport=soccer;tennis;...
  std::size_t max_tokens = 77;                     ///< of CLIP's tokenizer, start and end included

  /// Throws Error(format) that names every problem; `name` is for messages.
  void validate(const std::string& name) const;
};

/// Reads rules in TOML; what is not given is as in a CaptionRules{}. Throws Error(format) that
/// names unknown keys (with the nearest known one), wrong types and values out of range.
[[nodiscard]] CaptionRules parse_caption_rules(std::string_view toml, const std::string& name);
/// The rules of data/captions.toml.
[[nodiscard]] CaptionRules default_caption_rules();

/// Writes captions. All calls are const and thread-safe. Tags may hold any bytes of any length: a
/// caption is always well-formed UTF-8 without blank runs, never empty, and never longer than
/// CaptionRules::max_tokens (attributes are dropped from the end, at last the main phrase is cut).
class CaptionWriter {
 public:
  /// `rules` must be valid.
  explicit CaptionWriter(CaptionRules rules);

  /// "a satellite image of power plant, plant source of solar": main tag first, joined by ", ".
  /// `tags` are the visible ones of the focus object.
  [[nodiscard]] std::string single(const Tags& tags) const;
  /// "... power pole, surrounded by power minor line with cables of 3 and voltage of 16000; natural
  /// tree". `neighbours` come most important first. What is said already, of the focus or of an
  /// earlier neighbour, is not said again; a neighbour that no longer fits the token budget is left
  /// out.
  [[nodiscard]] std::string multi(const Tags& focus, const std::vector<Tags>& neighbours) const;
  /// One tag as words: "road of footway", "natural tree", "smoothness is good", "building".
  [[nodiscard]] std::string phrase(const Tag& tag) const;

 private:
  struct Rank;
  [[nodiscard]] Rank rank_of(const std::string& key) const;
  [[nodiscard]] bool is_silent(const std::string& key) const;
  [[nodiscard]] std::pair<std::string, std::string> state_and_key(const std::string& key) const;
  [[nodiscard]] bool is_dropped(const std::string& key, const std::string& value) const;
  [[nodiscard]] std::string key_words(const std::string& key) const;
  [[nodiscard]] std::string value_words(const std::string& key, const std::string& value) const;
  [[nodiscard]] std::string part_words(const std::string& key, const std::string& part) const;
  [[nodiscard]] std::string joined(const std::string& key, const std::string& value) const;
  [[nodiscard]] Tags ordered(const Tags& tags) const;
  [[nodiscard]] std::vector<std::string> phrases(const Tags& tags) const;
  [[nodiscard]] std::vector<std::string> neighbour_phrases(
      const std::vector<Tags>& neighbours, const std::vector<std::string>& focus) const;
  [[nodiscard]] std::string with_neighbours(const std::string& focus,
                                            const std::vector<std::string>& neighbours) const;
  [[nodiscard]] bool fits(const std::string& caption) const;
  [[nodiscard]] std::string cut_to_fit(const std::string& phrase) const;

  CaptionRules rules_;
  std::map<std::string, std::size_t> main_rank_;
  std::map<std::string, std::size_t> attribute_rank_;
};

}  // namespace skyglot
