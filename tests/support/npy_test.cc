// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "support/npy.h"

#include <gtest/gtest.h>

#include <bit>

#include "support/random_bytes.h"

namespace msf {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes Npy(const std::string& header, const Bytes& data, int major = 1) {
  std::string text = "\x93NUMPY";
  text += static_cast<char>(major);
  text += '\0';
  const size_t length_bytes = major == 1 ? 2 : 4;
  for (size_t i = 0; i < length_bytes; ++i) {
    text += static_cast<char>(header.size() >> (8 * i) & 0xFF);
  }
  text += header;
  Bytes file(text.begin(), text.end());
  file.insert(file.end(), data.begin(), data.end());
  return file;
}

std::string Header(const std::string& descr, const std::string& shape) {
  return "{'descr': '" + descr +
         "', 'fortran_order': False, 'shape': " + shape + ", }   \n";
}

std::string Refusal(const Bytes& file) {
  const auto array = ParseNpy("a.npy", file);
  if (array) return "";
  EXPECT_EQ(array.error().kind, ErrorKind::kUser);
  EXPECT_EQ(array.error().where, "a.npy");
  EXPECT_FALSE(array.error().hint.empty());
  return array.error().what;
}

TEST(Npy, ReadsShapeTypeAndData) {
  const auto array =
      ParseNpy("a.npy", Npy(Header("|i1", "(2, 3)"), {1, 2, 3, 4, 5, 255}));
  ASSERT_TRUE(array.has_value()) << ToString(array.error());
  EXPECT_EQ(array->type, NpyType::kInt8);
  EXPECT_EQ(array->shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(array->At<int8_t>(5), -1);
}

TEST(Npy, ReadsFloatsOfBothSizes) {
  const auto f4 =
      ParseNpy("a.npy", Npy(Header("<f4", "(1,)"), {0, 0, 0x80, 0x3F}));
  ASSERT_TRUE(f4.has_value()) << ToString(f4.error());
  EXPECT_EQ(f4->At<float>(0), 1.0f);
  const auto f8 = ParseNpy(
      "a.npy", Npy(Header("<f8", "(1,)"), {0, 0, 0, 0, 0, 0, 0xF0, 0xBF}));
  ASSERT_TRUE(f8.has_value()) << ToString(f8.error());
  EXPECT_EQ(f8->At<double>(0), -1.0);
}

TEST(Npy, ReadsFormatsOneToThree) {
  for (int major = 1; major <= 3; ++major) {
    EXPECT_EQ(Refusal(Npy(Header("|u1", "(2,)"), {1, 2}, major)), "");
  }
  EXPECT_EQ(Refusal(Npy(Header("|u1", "(2,)"), {1, 2}, 4)),
            "has .npy format 4, known are 1 to 3");
}

TEST(Npy, ReadsScalarsEmptyArraysAndAnyOrderOfKeys) {
  EXPECT_EQ(Refusal(Npy(Header("|i1", "()"), {1})), "");
  EXPECT_EQ(Refusal(Npy(Header("|i1", "(0, 5)"), {})), "");
  EXPECT_EQ(Refusal(Npy("{\"shape\":(2L,),'fortran_order':False,"
                        "'descr':'|i1'}",
                        {1, 2})),
            "");
}

TEST(Npy, RefusesFortranOrder) {
  EXPECT_EQ(Refusal(Npy("{'descr': '|i1', 'fortran_order': True, "
                        "'shape': (1, 2), }",
                        {1, 2})),
            "is in Fortran order");
}

TEST(Npy, RefusesOtherTypes) {
  EXPECT_EQ(Refusal(Npy(Header("<i8", "(1,)"), Bytes(8))),
            "has elements of type '<i8'");
  EXPECT_EQ(Refusal(Npy(Header(">f4", "(1,)"), Bytes(4))),
            "is big endian ('>f4')");
  EXPECT_EQ(Refusal(Npy("{'descr': [('x', '<f4'), ('y', [('z', '|i1')])], "
                        "'fortran_order': False, 'shape': (1,)}",
                        Bytes(5))),
            "is an array of records");
}

TEST(Npy, RefusesDataThatAreNotThoseOfTheShape) {
  for (const char* shape :
       {"(3,)", "(1,)", "(0,)", "(4294967296, 4294967296, 2)",
        "(9223372036854775807, 9223372036854775807)", "(9223372036854775807,)",
        "(2, 9223372036854775807)"}) {
    EXPECT_NE(Refusal(Npy(Header("|i1", shape), {1, 2})).find("its shape"),
              std::string::npos)
        << shape;
  }
}

TEST(Npy, RefusesHeadersThatAreNoDictionary) {
  for (const char* header :
       {"", "{", "{}", "[1, 2]", "{'descr': '|i1'}", "{'descr': '|i1', }",
        "{'descr': '|i1', 'fortran_order': Maybe, 'shape': (1,)}",
        "{'descr': '|i1', 'fortran_order': False, 'shape': (-1,)}",
        "{'descr': '|i1', 'fortran_order': False, 'shape': (99999999999999999"
        "999,)}",
        "{'descr': '|i1', 'fortran_order': False, 'shape': (1,"}) {
    EXPECT_EQ(Refusal(Npy(header, {1})),
              "has a .npy header that cannot be read")
        << header;
  }
}

TEST(Npy, SurvivesEveryCutAndManyDamagedBytes) {
  const Bytes whole = Npy(Header("<f4", "(2, 3)"), Bytes(24, 7));
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(Refusal(Bytes(whole.begin(),
                            whole.begin() + static_cast<int64_t>(size))),
              "");
  }
  RandomBytes stream(1);
  for (int i = 0; i < 20000; ++i) {
    Bytes damaged = whole;
    for (int changes = stream.Next() % 4; changes >= 0; --changes) {
      damaged[stream.Next() % damaged.size()] = stream.Next();
    }
    const auto array = ParseNpy("a.npy", damaged);
    if (array) {
      EXPECT_LE(array->data.size(), damaged.size());
    }
  }
}

}  // namespace
}  // namespace msf
