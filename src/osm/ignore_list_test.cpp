// SPDX-License-Identifier: Apache-2.0
#include "osm/ignore_list.hpp"

#include "base/error.hpp"
#include "base/resource.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

TEST(IgnoreList, KnowsKeysPrefixesSuffixesAndValues) {
  const IgnoreList list("# a comment\nsource\naddr:*\n*:source\nna*me\n type=multi* \n");
  EXPECT_TRUE(list.matches("source", "Bing"));
  EXPECT_FALSE(list.matches("sources", "Bing"));
  EXPECT_TRUE(list.matches("addr:city", "Bern"));
  EXPECT_FALSE(list.matches("addr", "Bern"));
  EXPECT_TRUE(list.matches("name:source", "x"));
  EXPECT_TRUE(list.matches("nagame", "x"));
  EXPECT_TRUE(list.matches("type", "multipolygon"));
  EXPECT_FALSE(list.matches("type", "palm"));
}

TEST(IgnoreList, BuiltInListDropsWhatCannotBeSeenOnly) {
  const IgnoreList list(load_resource("import_ignore.txt"));
  for (const char* key : {"source", "created_by", "addr:housenumber", "tiger:county", "note"})
    EXPECT_TRUE(list.matches(key, "x")) << key;
  for (const char* key : {"building", "highway", "name", "surface", "roof:shape", "crop"})
    EXPECT_FALSE(list.matches(key, "x")) << key;
}

TEST(IgnoreList, NamesTheLineThatIsWrong) {
  try {
    const IgnoreList list("source\n=yes\n");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("line 2"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace skyglot
