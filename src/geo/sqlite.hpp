// SPDX-License-Identifier: Apache-2.0
// SQLite behind two small classes; every failure is an Error that names the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace skyglot {

class Database;

/// Bytes to bind as a BLOB.
struct Blob {
  std::string_view bytes;
};

/// A prepared statement. Parameters count from 1, columns from 0, as in SQLite. What cannot be
/// bound throws Error: resource for what is too long, internal for a parameter that is not there or
/// a statement that has not been reset.
class Statement {
 public:
  Statement(Database& database, std::string_view sql);
  ~Statement();
  Statement(Statement&&) noexcept;
  Statement& operator=(Statement&&) = delete;

  Statement& bind(int parameter, std::int64_t value);
  Statement& bind(int parameter, double value);
  /// The bytes must stay until the next step().
  Statement& bind(int parameter, std::string_view text);
  Statement& bind_blob(int parameter, std::string_view bytes);
  Statement& bind_null(int parameter);
  /// Binds parameters 1, 2, ... to the values: integers, doubles, text, Blob, or nullptr for NULL.
  template <typename... Values>
  Statement& bind_row(const Values&... values) {
    int parameter = 0;
    (bind_value(++parameter, values), ...);
    return *this;
  }

  /// Whether there is a row.
  bool step();
  /// step() for statements without rows, then reset().
  void run();
  void reset();

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  /// Valid until the next step().
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::string_view blob(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  Statement& bound(int code);
  [[noreturn]] void fail_step() const;
  void bind_value(int parameter, std::nullptr_t) { bind_null(parameter); }
  void bind_value(int parameter, Blob blob) { bind_blob(parameter, blob.bytes); }
  template <typename Value>
  void bind_value(int parameter, const Value& value) {
    if constexpr (std::is_integral_v<Value>) {
      bind(parameter, static_cast<std::int64_t>(value));
    } else if constexpr (std::is_floating_point_v<Value>) {
      bind(parameter, static_cast<double>(value));
    } else {
      bind(parameter, std::string_view(value));
    }
  }
  Database* database_;
  sqlite3_stmt* handle_ = nullptr;
};

/// One open database file. Not for use by two threads at once.
class Database {
 public:
  enum class Mode { read, create, change };
  /// `create` makes a new file tuned for one bulk write (no journal: the file is temporary until
  /// it is whole); `change` opens one that is there in the same way, without its triggers, for a
  /// GeoPackage's call functions of its maker's: geometry and ids are not to be changed. Throws
  /// Error(input) if a file to be read is missing or no database.
  Database(const std::filesystem::path& path, Mode mode);
  ~Database();
  Database(Database&&) noexcept;
  Database& operator=(Database&&) = delete;

  void execute(const std::string& sql);
  [[nodiscard]] Statement prepare(std::string_view sql);
  [[nodiscard]] std::int64_t last_insert_id() const;
  [[nodiscard]] bool has_table(std::string_view name);
  [[nodiscard]] bool has_column(std::string_view table, std::string_view column);
  /// Result of a query that gives one number; nothing if it gives no row or NULL.
  [[nodiscard]] std::optional<std::int64_t> query_integer(const std::string& sql);
  [[nodiscard]] std::string query_text(const std::string& sql);

 private:
  friend class Statement;
  void open(Mode mode);
  [[noreturn]] void fail_here(std::string_view doing) const;
  [[noreturn]] void fail_with(int code, std::string_view doing) const;
  std::filesystem::path path_;
  sqlite3* handle_ = nullptr;
};

/// Rows of integers inserted many at a time, which is up to three times as fast as one after the
/// other. flush() must be called at the end; only then is every row in the table.
class IntegerInsert {
 public:
  IntegerInsert(Database& database, std::string table, int columns);

  /// As many values as the table has columns.
  void add(std::initializer_list<std::int64_t> row);
  void flush();

 private:
  [[nodiscard]] Statement prepared(std::size_t rows) const;
  void write(Statement& insert);

  Database* database_;
  std::string table_;
  std::size_t columns_;
  std::vector<std::int64_t> waiting_;
  Statement many_;
};

}  // namespace skyglot
