// SPDX-License-Identifier: Apache-2.0
// Reads and checks data/captions.toml.
#include "base/error.hpp"
#include "base/resource.hpp"
#include "base/strings.hpp"
#include "base/toml_table.hpp"
#include "captions/captions.hpp"
#include "captions/colours.hpp"
#include "tokens/clip_tokenizer.hpp"

#include <algorithm>

namespace skyglot {
namespace {

// A caption must have room for a few words after the prefix.
constexpr std::size_t kLeastTokensAfterPrefix = 8;

Tag tag_of(const std::string& text, const char* key, const std::string& name) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos)
    fail(ErrorKind::format, "{}: '{}' in '{}' is not key=value", name, text, key);
  return {text.substr(0, equals), text.substr(equals + 1)};
}

std::vector<Tag> read_tags(TomlTable& table, const char* key, const std::string& name) {
  std::vector<std::string> texts;
  table.read(key, texts);
  std::vector<Tag> tags;
  for (const std::string& text : texts) tags.push_back(tag_of(text, key, name));
  return tags;
}

std::map<Tag, std::string> read_tag_names(TomlTable& table, const char* key,
                                          const std::string& name) {
  std::map<std::string, std::string> texts;
  table.read(key, texts);
  std::map<Tag, std::string> names;
  for (const auto& [tag, words] : texts) names[tag_of(tag, key, name)] = words;
  return names;
}

}  // namespace

CaptionRules parse_caption_rules(std::string_view toml, const std::string& name) {
  const std::string where = "reading caption rules from " + name;
  const toml::table table = parse_toml(toml, where);
  TomlTable reader(table, "", where);
  CaptionRules rules;
  reader.read("prefix", rules.prefix);
  reader.read("nothing", rules.nothing);
  reader.read("max_tokens", rules.max_tokens);
  reader.read("max_neighbours", rules.max_neighbours);
  reader.read("max_neighbour_attributes", rules.max_neighbour_attributes);
  reader.read("max_list_values", rules.max_list_values);
  reader.read("silent_keys", rules.silent_keys);
  reader.read("adjective_keys", rules.adjective_keys);
  reader.read("is_keys", rules.is_keys);
  rules.drop_values = read_tags(reader, "drop_values", where);
  reader.read("absent_values", rules.absent_values);
  reader.read("state_prefixes", rules.state_prefixes);
  reader.read("main_keys", rules.main_keys);
  reader.read("attribute_order", rules.attribute_order);
  reader.read("rename_keys", rules.rename_keys);
  rules.rename_values = read_tag_names(reader, "rename_values", where);
  reader.read("colours", rules.colours);
  reader.refuse_the_rest();
  rules.validate(name);
  return rules;
}

CaptionRules default_caption_rules() {
  return parse_caption_rules(load_resource("captions.toml"), "captions.toml");
}

void CaptionRules::validate(const std::string& name) const {
  std::vector<std::string> problems;
  if (max_tokens > ClipTokenizer::kContextLength)
    problems.push_back(
        fmt::format("max_tokens is {}, CLIP reads {}", max_tokens, ClipTokenizer::kContextLength));
  if (clip_tokenizer().count(prefix + nothing) + kLeastTokensAfterPrefix > max_tokens)
    problems.push_back(fmt::format("prefix and nothing leave no room in {} tokens", max_tokens));
  if (!is_utf8(prefix) || !is_utf8(nothing)) problems.push_back("prefix is not UTF-8");
  if (nothing.empty()) problems.push_back("nothing is empty");
  if (max_list_values == 0) problems.push_back("max_list_values is 0");
  for (const auto& [colour, hex] : colours)
    if (!parse_colour(hex)) problems.push_back("colour \"" + colour + "\" is not like \"#8b0000\"");
  for (const std::string& key : is_keys)
    if (adjective_keys.contains(key))
      problems.push_back("\"" + key + "\" is in both adjective_keys and is_keys");
  if (!problems.empty())
    fail(ErrorKind::format, "caption rules in {} cannot be used: {}", name, join(problems, "; "));
}

}  // namespace skyglot
