// SPDX-License-Identifier: Apache-2.0
#include "base/unicode.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

TEST(Unicode, AByteOrderMarkIsNoText) {
  EXPECT_EQ(without_mark("\xEF\xBB\xBFriver"), "river");
  EXPECT_EQ(without_mark("river"), "river");
}

TEST(Utf8, GoesThereAndBack) {
  const std::string text = "a é ß € 東 𝄞 🛰";
  EXPECT_EQ(encode_utf8(decode_utf8(text)), text);
  EXPECT_EQ(decode_utf8("€𝄞"), U"€𝄞");
}

TEST(Utf8, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(decode_utf8("a\xFF\xC3"), U"a\uFFFD\uFFFD");
  EXPECT_EQ(decode_utf8("\xC3 x"), U"\uFFFD x");
  EXPECT_EQ(decode_utf8("\xED\xA0\x80"), U"\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(encode_utf8(std::u32string(1, 0xD800)), "\uFFFD");
}

TEST(Blanks, CollapseToOne) {
  EXPECT_EQ(collapse_blanks(U" \t a\u00A0\u3000b\n"), U"a b");
  EXPECT_EQ(collapse_blanks(U" \n "), U"");
}

TEST(LowerCase, KnowsManyAlphabets) {
  EXPECT_EQ(lower_case(U"ABC xyz ÄÖÜ ÇŠŸ ẞ"), U"abc xyz äöü çšÿ ß");
  EXPECT_EQ(lower_case(U"ΑΩ РЕКА Ђ ԱԲ"), U"αω река ђ աբ");
  EXPECT_EQ(lower_case(U"𐐀 Ⓐ Ⅷ"), U"𐐨 ⓐ ⅷ");
  EXPECT_EQ(lower_case(U"İ"), U"i\u0307");
  EXPECT_EQ(lower_case(U"東京 ß × ÷ 9"), U"東京 ß × ÷ 9");
}

}  // namespace
}  // namespace skyglot
