// SPDX-License-Identifier: Apache-2.0
#include "base/toml_table.hpp"

#include "base/strings.hpp"

#include <algorithm>
#include <cmath>

namespace skyglot {

const toml::node* TomlTable::take(const char* key) {
  known_.emplace_back(key);
  return table_.get(key);
}

void TomlTable::fail_at(const toml::node& node, const std::string& what) const {
  fail(ErrorKind::format, "{}:{}: {}", where_, node.source().begin.line, what);
}

void TomlTable::wrong_type(const toml::node& node, const char* key, const char* wanted) const {
  fail_at(node, fmt::format("'{}{}' must be {}", prefix_, key, wanted));
}

bool TomlTable::read(const char* key, std::string& value) {
  const toml::node* node = take(key);
  if (node == nullptr) return false;
  const auto text = node->value_exact<std::string>();
  if (!text) wrong_type(*node, key, "a text in quotes");
  value = *text;
  return true;
}

bool TomlTable::read(const char* key, bool& value) {
  const toml::node* node = take(key);
  if (node == nullptr) return false;
  const auto flag = node->value_exact<bool>();
  if (!flag) wrong_type(*node, key, "true or false");
  value = *flag;
  return true;
}

bool TomlTable::read(const char* key, double& value) {
  const toml::node* node = take(key);
  if (node == nullptr) return false;
  const auto number = node->value<double>();
  if (node->is_boolean() || !number || !std::isfinite(*number)) wrong_type(*node, key, "a number");
  value = *number;
  return true;
}

bool TomlTable::read(const char* key, std::int64_t& value) {
  const toml::node* node = take(key);
  if (node == nullptr) return false;
  const auto number = node->value_exact<std::int64_t>();
  if (!number || *number < 0) wrong_type(*node, key, "a whole number that is not negative");
  value = *number;
  return true;
}

bool TomlTable::read(const char* key, std::vector<std::string>& values) {
  const toml::node* node = take(key);
  if (node == nullptr) return false;
  const toml::array* array = node->as_array();
  if (array == nullptr) wrong_type(*node, key, "a list of texts in quotes");
  values.clear();
  for (const toml::node& item : *array) {
    const auto text = item.value_exact<std::string>();
    if (!text) wrong_type(item, key, "a list of texts in quotes");
    values.push_back(*text);
  }
  return true;
}

bool TomlTable::read(const char* key, std::size_t& value) {
  std::int64_t number = 0;
  if (!read(key, number)) return false;
  value = static_cast<std::size_t>(number);
  return true;
}

bool TomlTable::read(const char* key, std::set<std::string>& values) {
  std::vector<std::string> list;
  if (!read(key, list)) return false;
  values = {list.begin(), list.end()};
  return true;
}

bool TomlTable::read(const char* key, std::map<std::string, std::string>& values) {
  const toml::table* texts = table(key);
  if (texts == nullptr) return false;
  values.clear();
  for (const auto& [name, node] : *texts) {
    const auto text = node.value_exact<std::string>();
    if (!text) wrong_type(node, key, "a table of texts in quotes");
    values[std::string(name.str())] = *text;
  }
  return true;
}

const toml::table* TomlTable::table(const char* key) {
  const toml::node* node = take(key);
  if (node == nullptr) return nullptr;
  if (node->as_table() == nullptr) wrong_type(*node, key, "a table");
  return node->as_table();
}

std::vector<const toml::table*> TomlTable::tables(const char* key) {
  const toml::node* node = take(key);
  if (node == nullptr) return {};
  const std::string wanted = fmt::format("tables, each headed [[{}{}]]", prefix_, key);
  const toml::array* array = node->as_array();
  if (array == nullptr) wrong_type(*node, key, wanted.c_str());
  std::vector<const toml::table*> tables;
  for (const toml::node& item : *array) {
    if (item.as_table() == nullptr) wrong_type(item, key, wanted.c_str());
    tables.push_back(item.as_table());
  }
  return tables;
}

bool TomlTable::read_word(const char* key, const std::vector<std::string>& words,
                          std::size_t& index) {
  std::string word;
  if (!read(key, word)) return false;
  const auto found = std::ranges::find(words, word);
  if (found == words.end())
    fail_at(*table_.get(key), fmt::format("'{}{}' is '{}'; it must be one of: {}", prefix_, key,
                                          word, join(words, ", ")));
  index = static_cast<std::size_t>(found - words.begin());
  return true;
}

void TomlTable::require(const char* key) const {
  if (table_.get(key) == nullptr)
    fail(ErrorKind::format, "{}: the key '{}{}' is missing; see docs/benchmarks.md", where_,
         prefix_, key);
}

void TomlTable::refuse_the_rest() const {
  for (const auto& [key, node] : table_) {
    const std::string text(key.str());
    if (std::ranges::find(known_, text) != known_.end()) continue;
    const std::string near = closest(text, known_);
    fail_at(node, fmt::format("unknown key '{}{}'; {}", prefix_, text,
                              near.empty() ? "known are: " + join(known_, ", ")
                                           : "did you mean '" + prefix_ + near + "'?"));
  }
}

toml::table parse_toml(std::string_view text, const std::string& where, ErrorKind kind) {
  try {
    return toml::parse(text, where);
  } catch (const toml::parse_error& error) {
    fail(kind, "{}:{}: {}", where, error.source().begin.line, error.description());
  }
}

}  // namespace skyglot
