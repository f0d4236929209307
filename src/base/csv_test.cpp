// SPDX-License-Identifier: Apache-2.0
#include "base/csv.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

using Row = std::vector<std::string>;

TEST(Csv, ReadsQuotesLineBreaksAndCrlf) {
  const auto table = parse_csv(
      "\xEF\xBB\xBF"
      "# comment\r\na,b\r\n1,\"x, \"\"y\"\"\nz\"\r\n\n,\n",
      "t");
  EXPECT_EQ(table.header, (Row{"a", "b"}));
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.rows[0], (Row{"1", "x, \"y\"\nz"}));
  EXPECT_EQ(table.rows[1], (Row{"", ""}));
}

TEST(Csv, RowsMayBeginAsCommentsDo) {
  const auto table = parse_csv("# comment\na,b\n#1.jpg,x\n", "t");
  EXPECT_EQ(table.header, (Row{"a", "b"}));
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_EQ(table.rows[0], (Row{"#1.jpg", "x"}));
}

TEST(Csv, RowsCanBeReadFromWhereTheyBegin) {
  const std::string text = "\xEF\xBB\xBF# c\na,b\n1,\"x\ny\"\n\n#2,z\n";
  CsvReader reader(text, "t");
  Row row;
  while (reader.next_row(row)) {
    CsvReader again(std::string_view(text).substr(reader.row_offset()), "t", ',',
                    CsvReader::Comments::none);
    Row same;
    EXPECT_TRUE(again.next_row(same));
    EXPECT_EQ(same, row);
  }
}

TEST(Csv, LineReadsBackAsItself) {
  const Row cells{"plain", "with,comma", "with \"quote\"", "two\nlines", "", "#hash"};
  const auto table = parse_csv("a,b,c,d,e,f\n" + csv_line(cells), "t");
  EXPECT_EQ(table.rows.at(0), cells);
}

TEST(Csv, WrongRowLengthNamesTheLine) {
  try {
    (void)parse_csv("a,b\n1,2\n3\n", "tags.csv");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "tags.csv:3: 1 cells where the header has 2");
  }
}

TEST(Csv, UnclosedQuoteIsAnError) {
  EXPECT_THROW((void)parse_csv("a\n\"x", "t"), Error);
}
TEST(Csv, EmptyTableIsAnError) {
  EXPECT_THROW((void)parse_csv("", "t"), Error);
}

TEST(Csv, MissingColumnNamesThoseThere) {
  const auto table = parse_csv("a,b\n", "t.csv");
  EXPECT_EQ(table.column("b"), 1U);
  try {
    (void)table.column("filepath");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "t.csv: no column 'filepath'; there are: a, b");
  }
}

}  // namespace
}  // namespace skyglot
