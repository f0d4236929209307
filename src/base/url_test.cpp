// SPDX-License-Identifier: Apache-2.0
#include "base/url.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

TEST(Url, PercentEscapes) {
  EXPECT_EQ(percent_decoded("my%20file%C3%bc.tif"), "my file\xC3\xBC.tif");
  for (const char* text : {"100%", "a%2", "%zz", "%", ""}) EXPECT_EQ(percent_decoded(text), text);
  EXPECT_EQ(percent_decoded("%2541"), "%41");
  EXPECT_EQ(percent_encoded("a b/\xC3\xBC%20", "/%"), "a%20b/%C3%BC%20");
}

}  // namespace
}  // namespace skyglot
