// SPDX-License-Identifier: Apache-2.0
#include "base/tag.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

TEST(Tag, JsonReadsBackSorted) {
  const Tags tags{{"building", "yes"}, {"name", "\"Caf\xC3\xA9\""}};
  EXPECT_EQ(tags_to_json(tags), "{\"building\":\"yes\",\"name\":\"\\\"Caf\xC3\xA9\\\"\"}");
  EXPECT_EQ(tags_from_json(tags_to_json(tags)), tags);
}

TEST(Tag, BadJsonIsAnError) {
  EXPECT_THROW((void)tags_from_json("[1]"), Error);
  EXPECT_THROW((void)tags_from_json("{\"a\":1}"), Error);
  EXPECT_THROW((void)tags_from_json("{"), Error);
}

TEST(Tag, FindValue) {
  const Tags tags{{"lanes", "2"}};
  ASSERT_NE(find_value(tags, "lanes"), nullptr);
  EXPECT_EQ(*find_value(tags, "lanes"), "2");
  EXPECT_EQ(find_value(tags, "surface"), nullptr);
}

}  // namespace
}  // namespace skyglot
