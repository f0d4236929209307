// SPDX-License-Identifier: Apache-2.0
#include "geo/sqlite.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

TEST(Sqlite, RowsGoInAndComeOut) {
  const fs::path path = fs::path(testing::TempDir()) / "rows.db";
  fs::remove(path);
  Database database(path, Database::Mode::create);
  database.execute("CREATE TABLE t (a INTEGER, b TEXT, c BLOB, d REAL)");
  Statement insert = database.prepare("INSERT INTO t VALUES (?1, ?2, ?3, ?4)");
  insert.bind(1, std::int64_t{7})
      .bind(2, "x")
      .bind_blob(3, std::string_view("\0y", 2))
      .bind(4, 0.5)
      .run();
  Statement query = database.prepare("SELECT * FROM t");
  ASSERT_TRUE(query.step());
  EXPECT_EQ(query.integer(0), 7);
  EXPECT_EQ(query.text(1), "x");
  EXPECT_EQ(query.blob(2).size(), 2U);
  EXPECT_EQ(query.real(3), 0.5);
  EXPECT_FALSE(query.step());
}

template <typename Step>
ErrorKind kind_of(Step step) {
  try {
    step();
  } catch (const Error& error) {
    return error.kind();
  }
  ADD_FAILURE() << "no error";
  return ErrorKind::io;
}

// A bind that failed without a word would write NULL, or the row before once more.
TEST(Sqlite, WhatCannotBeBoundIsAnError) {
  const fs::path path = fs::path(testing::TempDir()) / "binds.db";
  fs::remove(path);
  Database database(path, Database::Mode::create);
  database.execute("CREATE TABLE t (a, b)");
  Statement insert = database.prepare("INSERT INTO t VALUES (?1, ?2)");
  EXPECT_EQ(kind_of([&] { insert.bind(3, std::int64_t{1}); }), ErrorKind::internal);
  EXPECT_EQ(kind_of([&] { insert.bind(0, 0.5); }), ErrorKind::internal);
  EXPECT_EQ(kind_of([&] { insert.bind_null(9); }), ErrorKind::internal);
  // Never read: SQLite looks at the length only.
  const std::string_view endless("x", std::size_t{3} << 30);
  EXPECT_EQ(kind_of([&] { insert.bind(1, endless); }), ErrorKind::resource);
  EXPECT_EQ(kind_of([&] { insert.bind_blob(1, endless); }), ErrorKind::resource);
  insert.bind(1, "x").bind(2, "y").run();
  Statement query = database.prepare("SELECT a FROM t WHERE a = ?1");
  ASSERT_TRUE(query.bind(1, "x").step());
  EXPECT_EQ(kind_of([&] { query.bind(1, "y"); }), ErrorKind::internal) << "not reset";
}

TEST(Sqlite, IntegersGoInManyRowsAtATime) {
  for (const std::int64_t rows : {0, 1, 63, 64, 65, 200}) {
    const fs::path path = fs::path(testing::TempDir()) / "integers.db";
    fs::remove(path);
    Database database(path, Database::Mode::create);
    database.execute("CREATE TABLE t (a INTEGER, b INTEGER)");
    IntegerInsert insert(database, "t", 2);
    for (std::int64_t i = 1; i <= rows; ++i) insert.add({i, -i});
    insert.flush();
    insert.flush();
    EXPECT_EQ(database.query_integer("SELECT count(*) FROM t"), rows);
    EXPECT_EQ(database.query_integer("SELECT total(a)*1 FROM t WHERE a = -b AND a = rowid"),
              rows * (rows + 1) / 2);
    EXPECT_EQ(kind_of([&] { insert.add({1}); }), ErrorKind::internal);
  }
}

TEST(Sqlite, MissingAndForeignFilesAreNamed) {
  EXPECT_THROW(Database("/nonexistent/a.gpkg", Database::Mode::read), Error);
  const fs::path path = fs::path(testing::TempDir()) / "text.gpkg";
  write_file_atomically(path, std::string(5000, 'x'));
  try {
    Database database(path, Database::Mode::read);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::format);
    EXPECT_NE(std::string(error.what()).find("text.gpkg"), std::string::npos);
  }
}

}  // namespace
}  // namespace skyglot
