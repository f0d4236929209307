// SPDX-License-Identifier: Apache-2.0
#include "osm/postgres.hpp"

#include "base/error.hpp"
#include "base/strings.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <bit>

namespace skyglot {
namespace {

constexpr std::size_t kCopyBytes = std::size_t{1} << 16;

std::uint64_t big_endian(std::string_view bytes) {
  expect(bytes.size() == 8, "PostgreSQL sent a number of another size");
  std::uint64_t value = 0;
  for (const char c : bytes) value = (value << 8) | static_cast<std::uint8_t>(c);
  return value;
}

bool is_plain_name(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  // PostgreSQL cuts names at 63 bytes; "_new" must still fit.
  return !name.empty() && name.size() <= 59 && !(name[0] >= '0' && name[0] <= '9') &&
         std::ranges::all_of(name, plain);
}

// The text form of COPY: a backslash before what would end a field or a row.
void append_field(std::string& line, std::string_view field) {
  for (const char c : field) {
    switch (c) {
      case '\\':
        line += "\\\\";
        break;
      case '\t':
        line += "\\t";
        break;
      case '\n':
        line += "\\n";
        break;
      case '\r':
        line += "\\r";
        break;
      default:
        line.push_back(c);
    }
  }
}

}  // namespace

PostgresName parse_postgres_name(std::string_view name) {
  PostgresName result;
  std::vector<std::string> words;
  for (const std::string_view word : split(name.substr(3), ' ')) {
    if (word.starts_with("schema="))
      result.schema = word.substr(7);
    else if (!word.empty())
      words.emplace_back(word);
  }
  if (!is_plain_name(result.schema))
    fail(ErrorKind::usage,
         "schema={}: must be lower-case letters, digits and '_', beginning with a letter",
         result.schema);
  result.connection = join(words, " ");
  return result;
}

void PostgresResult::Clear::operator()(pg_result* handle) const {
  PQclear(handle);
}

int PostgresResult::rows() const {
  return PQntuples(handle_.get());
}

bool PostgresResult::is_null(int row, int column) const {
  return PQgetisnull(handle_.get(), row, column) != 0;
}

std::string_view PostgresResult::bytes(int row, int column) const {
  return {PQgetvalue(handle_.get(), row, column),
          static_cast<std::size_t>(PQgetlength(handle_.get(), row, column))};
}

std::int64_t PostgresResult::integer(int row, int column) const {
  return static_cast<std::int64_t>(big_endian(bytes(row, column)));
}

double PostgresResult::real(int row, int column) const {
  return std::bit_cast<double>(big_endian(bytes(row, column)));
}

void Postgres::Finish::operator()(pg_conn* handle) const {
  PQfinish(handle);
}

Postgres::Postgres(const std::string& connection) : handle_(PQconnectdb(connection.c_str())) {
  if (PQstatus(handle_.get()) != CONNECTION_OK)
    fail(ErrorKind::io, "cannot connect to PostgreSQL: {}; check host, dbname and user after 'PG:'",
         trim(PQerrorMessage(handle_.get())));
  execute("SET client_min_messages = warning; SET client_encoding = 'UTF8'");
}

void Postgres::execute(const std::string& sql) {
  pg_result* const raw = PQexec(handle_.get(), sql.c_str());
  const PostgresResult result(raw);
  const ExecStatusType status = PQresultStatus(raw);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail_here(sql);
}

PostgresResult Postgres::query(const std::string& sql, const std::vector<std::string>& parameters) {
  std::vector<const char*> values;
  for (const std::string& parameter : parameters) values.push_back(parameter.c_str());
  constexpr int kBinary = 1;
  pg_result* const raw = PQexecParams(handle_.get(), sql.c_str(), static_cast<int>(values.size()),
                                      nullptr, values.data(), nullptr, nullptr, kBinary);
  PostgresResult result(raw);
  if (PQresultStatus(raw) != PGRES_TUPLES_OK) fail_here(sql);
  return result;
}

void Postgres::begin_copy(const std::string& sql) {
  pg_result* const raw = PQexec(handle_.get(), sql.c_str());
  const PostgresResult result(raw);
  if (PQresultStatus(raw) != PGRES_COPY_IN) fail_here(sql);
  copying_.clear();
}

void Postgres::copy_row(const std::vector<std::string_view>& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) copying_.push_back('\t');
    append_field(copying_, fields[i]);
  }
  copying_.push_back('\n');
  if (copying_.size() >= kCopyBytes) flush_copy();
}

void Postgres::flush_copy() {
  if (PQputCopyData(handle_.get(), copying_.data(), static_cast<int>(copying_.size())) != 1)
    fail_here("COPY");
  copying_.clear();
}

void Postgres::end_copy() {
  flush_copy();
  if (PQputCopyEnd(handle_.get(), nullptr) != 1) fail_here("COPY");
  bool good = true;
  while (pg_result* const raw = PQgetResult(handle_.get())) {
    const PostgresResult result(raw);
    good = good && PQresultStatus(raw) == PGRES_COMMAND_OK;
  }
  if (!good) fail_here("COPY");
}

void Postgres::fail_here(std::string_view doing) const {
  const std::string message(trim(PQerrorMessage(handle_.get())));
  if (message.find("could not extend file") != std::string::npos ||
      message.find("No space left") != std::string::npos)
    fail(ErrorKind::resource, "PostgreSQL: {}; free some space on the server", message);
  fail(ErrorKind::io, "PostgreSQL: {} (while: {})", message, doing.substr(0, 120));
}

}  // namespace skyglot
