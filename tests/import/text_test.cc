// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "import/text.h"

#include <gtest/gtest.h>

namespace msf {
namespace {

using std::string_view_literals::operator""sv;

TEST(CleanText, KeepsWhatIsPrintable) {
  EXPECT_EQ(CleanText("conv/w:0 ~"), "conv/w:0 ~");
  EXPECT_EQ(CleanText("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"),
            "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
}

TEST(CleanText, ReplacesControlCharacters) {
  EXPECT_EQ(CleanText("a\nb\0c\x7f"sv), "a?b?c?");
}

TEST(CleanText, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(CleanText("\xff"), "?");
  EXPECT_EQ(CleanText("\xc3"), "?");                 // cut short
  EXPECT_EQ(CleanText("\xc0\xaf"), "??");            // overlong '/'
  EXPECT_EQ(CleanText("\xed\xa0\x80"), "???");       // surrogate
  EXPECT_EQ(CleanText("\xf4\x90\x80\x80"), "????");  // above U+10FFFF
  EXPECT_EQ(CleanText("\xe2\x82z"), "??z");
}

TEST(CleanText, CutsBetweenCharacters) {
  EXPECT_EQ(CleanText("abcdef", 4), "abcd...");
  EXPECT_EQ(CleanText("abcd", 4), "abcd");
  EXPECT_EQ(CleanText("abc\xc3\xa9", 4), "abc...");
}

}  // namespace
}  // namespace msf
