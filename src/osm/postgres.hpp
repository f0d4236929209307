// SPDX-License-Identifier: Apache-2.0
// A PostgreSQL connection behind a small class; every failure is an Error.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct pg_conn;
struct pg_result;

namespace skyglot {

/// "PG:host=... dbname=... schema=NAME" taken apart.
struct PostgresName {
  std::string connection;  ///< as libpq takes it
  std::string schema = "skyglot";
};

[[nodiscard]] inline bool is_postgres_name(std::string_view name) {
  return name.starts_with("PG:");
}
/// Throws Error(usage) if the schema is no plain lower-case identifier.
[[nodiscard]] PostgresName parse_postgres_name(std::string_view name);

/// Rows of a query in binary form.
class PostgresResult {
 public:
  explicit PostgresResult(pg_result* handle) : handle_(handle) {}
  [[nodiscard]] int rows() const;
  [[nodiscard]] bool is_null(int row, int column) const;
  /// bigint
  [[nodiscard]] std::int64_t integer(int row, int column) const;
  /// double precision
  [[nodiscard]] double real(int row, int column) const;
  /// text or bytea
  [[nodiscard]] std::string_view bytes(int row, int column) const;

 private:
  struct Clear {
    void operator()(pg_result* handle) const;
  };
  std::unique_ptr<pg_result, Clear> handle_;
};

/// One connection. Not for use by two threads at once. Without a commit, closing it undoes what
/// was done since BEGIN.
class Postgres {
 public:
  /// Throws Error(io) if the server cannot be reached.
  explicit Postgres(const std::string& connection);

  void execute(const std::string& sql);
  /// $1, $2, ... stand for the parameters, given as text.
  [[nodiscard]] PostgresResult query(const std::string& sql,
                                     const std::vector<std::string>& parameters = {});

  /// "COPY table(columns) FROM STDIN" in text form: rows through copy_row(), then end_copy().
  void begin_copy(const std::string& sql);
  /// Fields are escaped here.
  void copy_row(const std::vector<std::string_view>& fields);
  void end_copy();

 private:
  struct Finish {
    void operator()(pg_conn* handle) const;
  };
  void flush_copy();
  [[noreturn]] void fail_here(std::string_view doing) const;

  std::unique_ptr<pg_conn, Finish> handle_;
  std::string copying_;
};

}  // namespace skyglot
