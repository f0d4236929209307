// SPDX-License-Identifier: Apache-2.0
#include "osm/tag_dictionary.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

using namespace std::string_literals;

TEST(TagDictionary, JsonIsTheHousesForm) {
  TagDictionary dictionary;
  const Tags tags{{"a\"b", "line\nbreak\\"}, {"name", "Zürich \x01"}, {"x", ""}};
  std::string packed;
  for (const Tag& tag : tags) packed += tag.key + "\0"s + tag.value + "\0"s;
  std::vector<TagDictionary::Number> numbers;
  dictionary.number(packed, numbers);
  EXPECT_EQ(dictionary.json(numbers), tags_to_json(tags));
  EXPECT_EQ(tags_from_json(dictionary.json(numbers)), tags);
}

TEST(TagDictionary, WalksTagsInOrderWithTheirObjects) {
  TagDictionary dictionary;
  std::vector<TagDictionary::Number> numbers;
  dictionary.number("b\0z\0a\0z\0a\0\0"s, numbers);
  ASSERT_EQ(dictionary.size(), 3U);
  for (const std::int64_t fid : {1L, 127L, 128L, 1'000'000L})
    dictionary.add_object(fid, {&numbers[0], 1});
  dictionary.add_object(2'000'000'000'000, numbers);
  std::vector<std::string> seen;
  dictionary.for_each([&](const Tag& tag, std::int64_t count, const auto& walk) {
    std::vector<std::int64_t> fids;
    walk([&](std::int64_t fid) { fids.push_back(fid); });
    EXPECT_EQ(count, static_cast<std::int64_t>(fids.size()));
    EXPECT_EQ(fids.back(), 2'000'000'000'000);
    seen.push_back(to_string(tag));
    if (tag.key == "b") {
      EXPECT_EQ(fids, (std::vector<std::int64_t>{1, 127, 128, 1'000'000, 2'000'000'000'000}));
    }
  });
  EXPECT_EQ(seen, (std::vector<std::string>{"a=", "a=z", "b=z"}));
}

}  // namespace
}  // namespace skyglot
