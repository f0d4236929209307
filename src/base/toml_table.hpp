// SPDX-License-Identifier: Apache-2.0
// Takes a TOML table apart strictly: every key is known and of its type.
#pragma once

#include "base/error.hpp"

#include <toml++/toml.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

/// Hands the known keys of one table over and complains about what is left. Every Error(format)
/// names file, line and key. `where` and the table must outlive it.
class TomlTable {
 public:
  TomlTable(const toml::table& table, std::string prefix, const std::string& where)
      : table_(table), prefix_(std::move(prefix)), where_(where) {}

  /// False and `value` unchanged if the key is not there.
  bool read(const char* key, std::string& value);
  bool read(const char* key, bool& value);
  bool read(const char* key, double& value);  ///< whole numbers too; finite
  bool read(const char* key, std::int64_t& value);
  bool read(const char* key, std::size_t& value);
  bool read(const char* key, std::vector<std::string>& values);
  bool read(const char* key, std::set<std::string>& values);
  bool read(const char* key, std::map<std::string, std::string>& values);  ///< a table of texts
  /// A table or the tables of an array; none if the key is not there.
  [[nodiscard]] const toml::table* table(const char* key);
  [[nodiscard]] std::vector<const toml::table*> tables(const char* key);

  /// One of `words`; its index.
  bool read_word(const char* key, const std::vector<std::string>& words, std::size_t& index);
  void require(const char* key) const;
  void refuse_the_rest() const;

 private:
  const toml::node* take(const char* key);
  [[noreturn]] void fail_at(const toml::node& node, const std::string& what) const;
  [[noreturn]] void wrong_type(const toml::node& node, const char* key, const char* wanted) const;

  const toml::table& table_;
  std::string prefix_;  // "data." for messages
  const std::string& where_;
  std::vector<std::string> known_;
};

/// Throws an Error of `kind` with the line on what is no TOML.
[[nodiscard]] toml::table parse_toml(std::string_view text, const std::string& where,
                                     ErrorKind kind = ErrorKind::format);

}  // namespace skyglot
