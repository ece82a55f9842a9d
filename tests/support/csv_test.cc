// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "support/csv.h"

#include <gtest/gtest.h>

namespace msf {
namespace {

Result<CsvTable> Parse(const std::string& text) {
  return ParseCsv("t.csv", std::vector<uint8_t>(text.begin(), text.end()));
}

std::vector<double> Values(const std::string& text) {
  const auto table = Parse(text);
  EXPECT_TRUE(table.has_value()) << ToString(table.error());
  return table ? table->values : std::vector<double>();
}

std::string Refusal(const std::string& text) {
  const auto table = Parse(text);
  if (table) return "";
  EXPECT_EQ(table.error().kind, ErrorKind::kUser);
  EXPECT_FALSE(table.error().hint.empty());
  return table.error().where + ": " + table.error().what;
}

TEST(Csv, CountsLinesAndColumns) {
  const auto table = Parse("1,2,3\n4,5,6\n");
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->lines, 2);
  EXPECT_EQ(table->columns, 3);
  EXPECT_EQ(table->values, (std::vector<double>{1, 2, 3, 4, 5, 6}));
}

TEST(Csv, TakesAnyUsualSeparator) {
  const std::vector<double> expected = {1, -2.5, 3e2};
  for (const char* text : {"1,-2.5,3e2", "1;-2.5;3e2\n", "1\t-2.5\t3e2\r\n",
                           " 1 -2.5  3e2 \n", "1 , -2.5 ,+3e2,\n",
                           "\xEF\xBB\xBF"
                           "1,-2.5,300\n"}) {
    EXPECT_EQ(Values(text), expected) << text;
  }
}

TEST(Csv, SkipsCommentsEmptyLinesAndNamesOfColumns) {
  EXPECT_EQ(Values("# made by hand\n\nx,y\n1,2\n   \n3,4\n"),
            (std::vector<double>{1, 2, 3, 4}));
}

TEST(Csv, NamesTheLineThatIsNoNumber) {
  EXPECT_EQ(Refusal("1,2\n3,abc\n"),
            "t.csv, line 2: 'abc' is not a finite number");
  EXPECT_EQ(Refusal("1,x\n"), "t.csv, line 1: 'x' is not a finite number");
  EXPECT_EQ(Refusal("1,,2\n"), "t.csv, line 1: '' is not a finite number");
  EXPECT_EQ(Refusal("x\ny\n1\n"), "t.csv, line 2: 'y' is not a finite number");
}

TEST(Csv, RefusesWhatIsNotFinite) {
  for (const char* number : {"nan", "inf", "-inf", "1e999", "1x", "0x10"}) {
    EXPECT_NE(Refusal(std::string("1\n") + number + "\n"), "") << number;
  }
}

TEST(Csv, RefusesRaggedLines) {
  EXPECT_EQ(Refusal("1,2\n3\n"),
            "t.csv, line 2: holds 1 numbers, the lines before it hold 2");
}

TEST(Csv, RefusesFilesWithoutNumbers) {
  for (const char* text : {"", "\n\n", "# 1,2\n", "x,y\n"}) {
    EXPECT_EQ(Refusal(text), "t.csv: holds no numbers");
  }
  EXPECT_NE(Refusal(std::string("\0\0\0\n\0", 5)), "");
}

}  // namespace
}  // namespace msf
