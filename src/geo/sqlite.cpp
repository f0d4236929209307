// SPDX-License-Identifier: Apache-2.0
#include "geo/sqlite.hpp"

#include "base/error.hpp"

#include <sqlite3.h>

#include <utility>

namespace skyglot {
namespace {

// More gain nothing, and SQLite allows 999 parameters where it was built so.
constexpr std::size_t kRowsAtOnce = 64;

// Memory statistics, which nobody reads, take a lock at every allocation. Too late, and harmless,
// where another library has started SQLite already.
void configure_once() {
  static const int done = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  (void)done;
}

}  // namespace

Statement::Statement(Database& database, std::string_view sql) : database_(&database) {
  const int code = sqlite3_prepare_v2(database.handle_, sql.data(), static_cast<int>(sql.size()),
                                      &handle_, nullptr);
  if (code != SQLITE_OK) database.fail_here(sql);
}

Statement::~Statement() {
  sqlite3_finalize(handle_);
}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_), handle_(std::exchange(other.handle_, nullptr)) {}

Statement& Statement::bound(int code) {
  if (code != SQLITE_OK) database_->fail_with(code, sqlite3_sql(handle_));
  return *this;
}

Statement& Statement::bind(int parameter, std::int64_t value) {
  return bound(sqlite3_bind_int64(handle_, parameter, value));
}

Statement& Statement::bind(int parameter, double value) {
  return bound(sqlite3_bind_double(handle_, parameter, value));
}

Statement& Statement::bind(int parameter, std::string_view text) {
  return bound(sqlite3_bind_text64(handle_, parameter, text.data(), text.size(), SQLITE_STATIC,
                                   SQLITE_UTF8));
}

Statement& Statement::bind_blob(int parameter, std::string_view bytes) {
  return bound(sqlite3_bind_blob64(handle_, parameter, bytes.data(), bytes.size(), SQLITE_STATIC));
}

Statement& Statement::bind_null(int parameter) {
  return bound(sqlite3_bind_null(handle_, parameter));
}

bool Statement::step() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) fail_step();
  return false;
}

void Statement::run() {
  step();
  reset();
}

void Statement::reset() {
  sqlite3_reset(handle_);
}

void Statement::fail_step() const {
  database_->fail_here(sqlite3_sql(handle_));
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_, column);
}
double Statement::real(int column) const {
  return sqlite3_column_double(handle_, column);
}

std::string_view Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
  return {bytes == nullptr ? "" : bytes,
          static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

std::string_view Statement::blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_, column));
  return {bytes == nullptr ? "" : bytes,
          static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

Database::Database(const std::filesystem::path& path, Mode mode) : path_(path) {
  configure_once();
  try {
    open(mode);
  } catch (...) {
    sqlite3_close_v2(handle_);  // no destructor runs for what was not constructed
    throw;
  }
}

void Database::open(Mode mode) {
  const bool write = mode != Mode::read;
  if (mode != Mode::create && !std::filesystem::exists(path_))
    fail(ErrorKind::input, "{}: no such file", path_.string());
  int flags = write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  if (mode == Mode::create) flags |= SQLITE_OPEN_CREATE;
  if (sqlite3_open_v2(path_.c_str(), &handle_, flags | SQLITE_OPEN_NOMUTEX, nullptr) != SQLITE_OK)
    fail_here("open");
  if (mode == Mode::change) sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  if (write) {
    execute(
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE;"
        "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;");
  } else {
    execute("PRAGMA query_only=ON; PRAGMA mmap_size=268435456;");
    (void)has_table("sqlite_schema");
  }
}

Database::~Database() {
  sqlite3_close_v2(handle_);
}

Database::Database(Database&& other) noexcept
    : path_(std::move(other.path_)), handle_(std::exchange(other.handle_, nullptr)) {}

void Database::execute(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail_here(sql);
}

Statement Database::prepare(std::string_view sql) {
  return {*this, sql};
}

std::int64_t Database::last_insert_id() const {
  return sqlite3_last_insert_rowid(handle_);
}

bool Database::has_table(std::string_view name) {
  Statement query = prepare("SELECT 1 FROM sqlite_master WHERE name = ?1");
  return query.bind(1, name).step();
}

bool Database::has_column(std::string_view table, std::string_view column) {
  Statement query = prepare("SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2");
  return query.bind(1, table).bind(2, column).step();
}

std::optional<std::int64_t> Database::query_integer(const std::string& sql) {
  Statement query = prepare(sql);
  if (!query.step() || query.is_null(0)) return std::nullopt;
  return query.integer(0);
}

std::string Database::query_text(const std::string& sql) {
  Statement query = prepare(sql);
  return query.step() ? std::string(query.text(0)) : std::string();
}

void Database::fail_here(std::string_view doing) const {
  fail_with(handle_ == nullptr ? SQLITE_NOMEM : sqlite3_errcode(handle_), doing);
}

void Database::fail_with(int code, std::string_view doing) const {
  // The connection need not know of a failed bind.
  const bool known = handle_ != nullptr && sqlite3_errcode(handle_) == code;
  const char* message = known ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
  const std::string path = path_.string();
  if (code == SQLITE_NOTADB) fail(ErrorKind::format, "{}: not a GeoPackage", path);
  if (code == SQLITE_CORRUPT) fail(ErrorKind::format, "{}: the database is damaged", path);
  if (code == SQLITE_TOOBIG)
    fail(ErrorKind::resource, "{}: a text or shape of more than 1,000 MB, which SQLite cannot hold",
         path);
  if (code == SQLITE_RANGE || code == SQLITE_MISUSE) fail_internally(message);
  if (code == SQLITE_FULL)
    fail(ErrorKind::resource, "{}: the disk is full; free some space and run again", path);
  fail(ErrorKind::io, "{}: {} (while: {})", path, message, doing);
}

IntegerInsert::IntegerInsert(Database& database, std::string table, int columns)
    : database_(&database),
      table_(std::move(table)),
      columns_(static_cast<std::size_t>(columns)),
      many_(prepared(kRowsAtOnce)) {}

Statement IntegerInsert::prepared(std::size_t rows) const {
  std::string sql = "INSERT INTO \"" + table_ + "\" VALUES ";
  for (std::size_t row = 0; row < rows; ++row) {
    sql += row == 0 ? "(" : ",(";
    for (std::size_t column = 0; column < columns_; ++column) sql += column == 0 ? "?" : ",?";
    sql += ")";
  }
  return database_->prepare(sql);
}

void IntegerInsert::add(std::initializer_list<std::int64_t> row) {
  expect(row.size() == columns_, "a row of another length than its table");
  waiting_.insert(waiting_.end(), row);
  if (waiting_.size() == kRowsAtOnce * columns_) write(many_);
}

void IntegerInsert::flush() {
  if (waiting_.empty()) return;
  Statement rest = prepared(waiting_.size() / columns_);
  write(rest);
}

void IntegerInsert::write(Statement& insert) {
  int parameter = 0;
  for (const std::int64_t value : waiting_) insert.bind(++parameter, value);
  insert.run();
  waiting_.clear();
}

}  // namespace skyglot
