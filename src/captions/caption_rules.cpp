// SPDX-License-Identifier: Apache-2.0
// Reads and checks data/captions.toml.
#include "base/error.hpp"
#include "base/resource.hpp"
#include "base/strings.hpp"
#include "captions/captions.hpp"
#include "captions/colours.hpp"
#include "tokens/tokenizer.hpp"

#include <toml++/toml.h>

#include <algorithm>

namespace skyglot {
namespace {

// A caption must have room for a few words after the prefix.
constexpr std::size_t kLeastTokensAfterPrefix = 8;

// Hands the known keys of a table over one by one and complains about what is left.
class RuleReader {
 public:
  RuleReader(const toml::table& table, const std::string& name) : table_(table), name_(name) {}

  void read(const char* key, std::string& text) {
    if (const toml::node* node = take(key)) text = string_of(*node, key);
  }

  void read(const char* key, std::size_t& number) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    const auto value = node->value_exact<std::int64_t>();
    if (!value || *value < 0) wrong_type(*node, key, "a number that is not negative");
    number = static_cast<std::size_t>(*value);
  }

  void read(const char* key, std::vector<std::string>& texts) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    const toml::array* array = node->as_array();
    if (array == nullptr) wrong_type(*node, key, "a list of texts");
    for (const toml::node& item : *array) texts.push_back(string_of(item, key));
  }

  void read(const char* key, std::set<std::string>& texts) {
    std::vector<std::string> list;
    read(key, list);
    texts.insert(list.begin(), list.end());
  }

  void read(const char* key, std::vector<Tag>& tags) {
    std::vector<std::string> list;
    read(key, list);
    for (const std::string& text : list) tags.push_back(tag_of(text, key));
  }

  void read(const char* key, std::map<std::string, std::string>& names) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    const toml::table* table = node->as_table();
    if (table == nullptr) wrong_type(*node, key, "a table of texts");
    for (const auto& [from, to] : *table) names[std::string(from.str())] = string_of(to, key);
  }

  void read(const char* key, std::map<Tag, std::string>& names) {
    std::map<std::string, std::string> texts;
    read(key, texts);
    for (const auto& [from, to] : texts) names[tag_of(from, key)] = to;
  }

  void refuse_the_rest() const {
    for (const auto& [key, node] : table_) {
      const std::string text(key.str());
      if (std::ranges::find(known_, text) != known_.end()) continue;
      const std::string near = closest(text, known_);
      fail(ErrorKind::format, "reading caption rules from {}:{}: unknown key \"{}\"; {}", name_,
           node.source().begin.line, text,
           near.empty() ? "known are: " + join(known_, ", ") : "did you mean \"" + near + "\"?");
    }
  }

 private:
  const toml::node* take(const char* key) {
    known_.emplace_back(key);
    return table_.get(key);
  }

  [[noreturn]] void wrong_type(const toml::node& node, const char* key, const char* wanted) const {
    fail(ErrorKind::format, "reading caption rules from {}:{}: \"{}\" must be {}", name_,
         node.source().begin.line, key, wanted);
  }

  [[nodiscard]] std::string string_of(const toml::node& node, const char* key) const {
    const auto value = node.value_exact<std::string>();
    if (!value) wrong_type(node, key, "made of texts in quotes");
    return *value;
  }

  [[nodiscard]] Tag tag_of(const std::string& text, const char* key) const {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos)
      fail(ErrorKind::format, "reading caption rules from {}: \"{}\" in \"{}\" is not key=value",
           name_, text, key);
    return {text.substr(0, equals), text.substr(equals + 1)};
  }

  const toml::table& table_;
  const std::string& name_;
  std::vector<std::string> known_;
};

toml::table parse_toml(std::string_view text, const std::string& name) {
  try {
    return toml::parse(text, name);
  } catch (const toml::parse_error& error) {
    fail(ErrorKind::format, "reading caption rules from {}:{}: {}", name, error.source().begin.line,
         error.description());
  }
}

}  // namespace

CaptionRules parse_caption_rules(std::string_view toml, const std::string& name) {
  const toml::table table = parse_toml(toml, name);
  RuleReader reader(table, name);
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
  reader.read("drop_values", rules.drop_values);
  reader.read("absent_values", rules.absent_values);
  reader.read("state_prefixes", rules.state_prefixes);
  reader.read("main_keys", rules.main_keys);
  reader.read("attribute_order", rules.attribute_order);
  reader.read("rename_keys", rules.rename_keys);
  reader.read("rename_values", rules.rename_values);
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
  if (max_tokens > Tokenizer::kContextLength)
    problems.push_back(
        fmt::format("max_tokens is {}, CLIP reads {}", max_tokens, Tokenizer::kContextLength));
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
