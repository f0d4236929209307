// SPDX-License-Identifier: Apache-2.0
// Captions from tags: the grammar of SkyScript with its rules in data/captions.toml.
#pragma once

#include "base/tag.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

/// The rules of data/captions.toml; see there for what each means.
struct CaptionRules {
  std::string prefix;                              ///< "a satellite image of "
  std::map<std::string, std::string> rename_keys;  ///< highway -> road
  std::set<std::string> adjective_keys;            ///< key value: "natural water"
  std::set<std::string> is_keys;                   ///< key is value: "smoothness is good"
  std::vector<Tag> drop_values;                    ///< building=yes -> "building"
  std::vector<std::string> main_keys;              ///< most telling first
  std::size_t max_neighbours = 0;                  ///< distinct neighbour phrases at most
  std::size_t max_tokens = 77;                     ///< of CLIP's tokenizer, start and end included
};

/// Throws Error(format) that names unknown keys and wrong types. `name` is for messages.
[[nodiscard]] CaptionRules parse_caption_rules(std::string_view toml, const std::string& name);
/// The rules built in.
[[nodiscard]] CaptionRules default_caption_rules();

/// Writes captions. All calls are const and thread-safe.
class CaptionWriter {
 public:
  explicit CaptionWriter(CaptionRules rules);

  /// "a satellite image of power plant, plant source of solar": main tag first, joined by ", ".
  /// `tags` are the visible ones of the focus object, at least one.
  [[nodiscard]] std::string single(const Tags& tags) const;
  /// "... power pole, surrounded by power minor line with cables of 3 and voltage of 16000; natural
  /// tree". `neighbours` come most important first; equal phrases are said once; neighbours are
  /// left out from the end until the caption fits the token budget.
  [[nodiscard]] std::string multi(const Tags& focus, const std::vector<Tags>& neighbours) const;
  /// One tag as words: "road of footway", "natural tree", "smoothness is good", "building".
  [[nodiscard]] std::string phrase(const Tag& tag) const;

 private:
  [[nodiscard]] Tags ordered(Tags tags) const;
  [[nodiscard]] std::string object_phrase(const Tags& tags) const;
  CaptionRules rules_;
};

}  // namespace skyglot
