// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "driver/input.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>

#include "support/temp_dir.h"

namespace msf {
namespace {

// A network's input of 1 x 2 x 3 x `channels`: real = 0.5 * (code - 10).
Graph GraphWithInput(DType dtype, int32_t channels = 1) {
  Graph graph;
  Tensor tensor;
  tensor.dtype = dtype;
  tensor.shape = {1, 2, 3, channels};
  tensor.hwc = CanonicalHwc(tensor.shape);
  if (dtype == DType::kInt8) {
    tensor.quant = {.scales = {0.5f}, .zero_points = {10}, .axis = 0};
  }
  graph.tensors.push_back(tensor);
  graph.inputs.push_back({.tensor = 0,
                          .name = "x",
                          .dtype = dtype,
                          .shape = tensor.shape,
                          .quant = tensor.quant});
  return graph;
}

std::string NpyText(const std::string& descr, const std::string& shape,
                    const std::string& data) {
  const std::string header = "{'descr': '" + descr +
                             "', 'fortran_order': False, 'shape': " + shape +
                             "}";
  std::string text = "\x93NUMPY";
  text += '\1';
  text += '\0';
  text += static_cast<char>(header.size());
  text += '\0';
  return text + header + data;
}

template <typename T>
std::string Raw(const std::vector<T>& values) {
  std::string text(values.size() * sizeof(T), '\0');
  std::memcpy(text.data(), values.data(), text.size());
  return text;
}

std::vector<int> Codes(const Bytes& bytes) {
  std::vector<int> codes;
  for (const uint8_t byte : bytes) codes.push_back(static_cast<int8_t>(byte));
  return codes;
}

std::vector<float> Floats(const Bytes& bytes) {
  std::vector<float> floats(bytes.size() / sizeof(float));
  std::memcpy(floats.data(), bytes.data(), bytes.size());
  return floats;
}

class Input : public ::testing::Test {
 protected:
  Result<RunInput> Read(const std::string& name, const std::string& contents,
                        const Graph& graph,
                        std::optional<PixelRange> range = {}, int runs = 1) {
    EXPECT_TRUE(directory_.Write(name, contents).has_value());
    return ReadInputs({.sources = {directory_.path() + "/" + name},
                       .pixel_range = range,
                       .runs = runs},
                      graph);
  }

  // The bytes of the first run.
  Bytes First(const std::string& name, const std::string& contents,
              const Graph& graph, std::optional<PixelRange> range = {}) {
    const auto input = Read(name, contents, graph, range);
    EXPECT_TRUE(input.has_value()) << ToString(input.error());
    return input ? input->data.at(0).at(0) : Bytes();
  }

  std::string Refusal(const std::string& name, const std::string& contents,
                      const Graph& graph, std::optional<PixelRange> range = {},
                      int runs = 1) {
    const auto input = Read(name, contents, graph, range, runs);
    if (input) return "";
    EXPECT_EQ(input.error().kind, ErrorKind::kUser);
    EXPECT_FALSE(input.error().hint.empty());
    return input.error().what;
  }

  const Graph int8_ = GraphWithInput(DType::kInt8);
  const Graph float_ = GraphWithInput(DType::kFloat32);
  TempDir directory_ = TempDir::Create().value();
};

TEST_F(Input, Int8ArraysAreCodesAsTheyAre) {
  EXPECT_EQ(Codes(First("a.npy",
                        NpyText("|i1", "(1, 2, 3, 1)",
                                Raw<int8_t>({-128, -1, 0, 1, 2, 127})),
                        int8_)),
            (std::vector<int>{-128, -1, 0, 1, 2, 127}));
}

TEST_F(Input, UInt8ArraysArePixels) {
  const std::string file =
      NpyText("|u1", "(2, 3)", Raw<uint8_t>({0, 1, 127, 128, 254, 255}));
  EXPECT_EQ(Codes(First("a.npy", file, int8_)),
            (std::vector<int>{-128, -127, -1, 0, 126, 127}));
  EXPECT_EQ(Floats(First("a.npy", file, float_)),
            (std::vector<float>{0, 1 / 255.f, 127 / 255.f, 128 / 255.f,
                                254 / 255.f, 1}));
}

TEST_F(Input, APixelRangeMakesPixelsRealValues) {
  const std::string file =
      NpyText("|u1", "(2, 3)", Raw<uint8_t>({0, 51, 102, 153, 204, 255}));
  // -10 .. 40 in steps of 10; code = value / 0.5 + 10.
  EXPECT_EQ(Codes(First("a.npy", file, int8_, PixelRange{-10, 40})),
            (std::vector<int>{-10, 10, 30, 50, 70, 90}));
  EXPECT_EQ(Floats(First("a.npy", file, float_, PixelRange{40, -10})),
            (std::vector<float>{40, 30, 20, 10, 0, -10}));
}

TEST_F(Input, RealValuesAreQuantisedWithHalvesAwayFromZero) {
  const std::vector<double> values = {0.25, -0.25, 0.74, -0.76, 1000, -1000};
  const std::vector<int> expected = {11, 9, 11, 8, 127, -128};
  EXPECT_EQ(Codes(First("a.npy", NpyText("<f8", "(6,)", Raw(values)), int8_)),
            expected);
  EXPECT_EQ(Codes(First(
                "a.npy",
                NpyText("<f4", "(1, 6)",
                        Raw(std::vector<float>(values.begin(), values.end()))),
                int8_)),
            expected);
  EXPECT_EQ(Codes(First("a.csv", "0.25,-0.25,0.74\n-0.76,1000,-1000\n", int8_)),
            expected);
}

TEST_F(Input, RealValuesOfFloatInputsStayAsTheyAre) {
  EXPECT_EQ(Floats(First("a.CSV", "0.1,2,3,4,5,-6\n", float_)),
            (std::vector<float>{0.1f, 2, 3, 4, 5, -6}));
}

TEST_F(Input, ImagesArePixels) {
  const std::string pgm =
      "P5\n3 2\n255\n" + Raw<uint8_t>({0, 1, 127, 128, 254, 255});
  EXPECT_EQ(Codes(First("a.pgm", pgm, int8_)),
            (std::vector<int>{-128, -127, -1, 0, 126, 127}));
  EXPECT_EQ(First("a.pgm", pgm, GraphWithInput(DType::kInt8, 3)).size(), 18u);
}

TEST_F(Input, ImagesOfAnotherSizeAreResizedWithANote) {
  const auto input =
      Read("a.pgm", "P5\n1 1\n255\n" + Raw<uint8_t>({100}), int8_);
  ASSERT_TRUE(input.has_value()) << ToString(input.error());
  EXPECT_EQ(Codes(input->data[0][0]), std::vector<int>(6, -28));
  ASSERT_EQ(input->notes.size(), 1u);
  EXPECT_NE(input->notes[0].find("resized from 1 x 1 to 3 x 2"),
            std::string::npos);
}

TEST_F(Input, ImagesNeedAnInputLikeAnImage) {
  EXPECT_NE(Refusal("a.pgm", "P5\n1 1\n255\n" + Raw<uint8_t>({100}),
                    GraphWithInput(DType::kInt8, 2))
                .find("is not 1 x height x width x 1 or 3"),
            std::string::npos);
}

TEST_F(Input, OfSeveralSamplesGoesOnePerRun) {
  const std::string file = NpyText(
      "|i1", "(3, 2, 3, 1)",
      Raw<int8_t>({1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3}));
  const auto input = Read("a.npy", file, int8_, {}, 3);
  ASSERT_TRUE(input.has_value()) << ToString(input.error());
  ASSERT_EQ(input->data[0].size(), 3u);
  EXPECT_EQ(input->data[0][2], Bytes(6, 3));
  EXPECT_TRUE(input->notes.empty());
  EXPECT_EQ(Refusal("a.npy", file, int8_, {}, 4),
            "holds 3 samples, 4 runs need as many");
  const auto first = Read("a.npy", file, int8_, {}, 1);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->data[0], std::vector<Bytes>{Bytes(6, 1)});
  EXPECT_EQ(first->notes.size(), 1u);
}

TEST_F(Input, OfOneSampleServesEveryRun) {
  const auto input = Read("a.bin", "abcdef", int8_, {}, 7);
  ASSERT_TRUE(input.has_value()) << ToString(input.error());
  EXPECT_EQ(input->data[0].size(), 1u);
}

TEST_F(Input, CsvSamplesAreWholeLines) {
  const auto samples = [&](const std::string& text) {
    const auto input = Read("a.csv", text, int8_, {}, 2);
    return input ? input->data[0].size() : 0;
  };
  EXPECT_EQ(samples("1,2,3,4,5,6\n1,2,3,4,5,6\n"), 2u);
  EXPECT_EQ(samples("1,2,3\n4,5,6\n1,2,3\n4,5,6\n"), 2u);
  EXPECT_EQ(samples("1,2,3,4,5,6\n"), 1u);
  EXPECT_EQ(samples("1,2,3,4\n5,6,1,2\n3,4,5,6\n"), 0u);
  EXPECT_NE(Refusal("a.csv", "1,2\n", int8_), "");
}

TEST_F(Input, ArraysOfAnotherShapeAreRefusedThoughTheSizeIsRight) {
  for (const char* shape : {"(3, 2)", "(1, 1, 3, 2)", "(6, 2)", "(0, 2, 3)",
                            "(5,)", "()", "(2, 3, 2)"}) {
    size_t count = 1;
    for (const char* c = shape; *c != 0; ++c) {
      if (*c >= '0' && *c <= '9') count *= static_cast<size_t>(*c - '0');
    }
    EXPECT_NE(
        Refusal("a.npy", NpyText("|i1", shape, std::string(count, 1)), int8_)
            .find("has shape "),
        std::string::npos)
        << shape;
  }
}

TEST_F(Input, CodesAreRefusedForAFloatInput) {
  EXPECT_NE(Refusal("a.npy", NpyText("|i1", "(6,)", std::string(6, 1)), float_)
                .find("takes real values"),
            std::string::npos);
}

TEST_F(Input, ValuesThatAreNotFiniteAreRefused) {
  EXPECT_EQ(
      Refusal("a.npy",
              NpyText("<f4", "(6,)",
                      Raw<float>({0, 0, 0, 0, 0,
                                  std::numeric_limits<float>::quiet_NaN()})),
              float_),
      "holds values that are not finite");
}

TEST_F(Input, RawBytesMustBeExactlyOneSample) {
  EXPECT_EQ(First("a", "abcdef", int8_), (Bytes{'a', 'b', 'c', 'd', 'e', 'f'}));
  EXPECT_EQ(Refusal("a", "abcdefabcdef", int8_),
            "holds 12 bytes, input 'x' (INT8 1x2x3x1) needs 6");
}

TEST_F(Input, APixelRangeWithoutPixelsIsRefused) {
  EXPECT_NE(Refusal("a.csv", "1,2,3,4,5,6\n", int8_, PixelRange{}), "");
  EXPECT_FALSE(ReadInputs({.pixel_range = PixelRange{}}, int8_).has_value());
}

TEST_F(Input, CountsAndSeedsAreChecked) {
  for (const std::vector<std::string>& sources :
       std::vector<std::vector<std::string>>{{"random:0"},
                                             {"random:"},
                                             {"random:1x"},
                                             {"random:4294967296"},
                                             {"random:1", "random:2"},
                                             {"a", "b"},
                                             {"/nowhere"}}) {
    const auto input = ReadInputs({.sources = sources}, int8_);
    ASSERT_FALSE(input.has_value());
    EXPECT_EQ(input.error().kind, ErrorKind::kUser);
  }
  EXPECT_EQ(ReadInputs({.sources = {"random:7"}}, int8_)->seed, 7u);
}

TEST(PixelRange, IsTwoDifferentNumbers) {
  EXPECT_EQ(ParsePixelRange("-1,1")->low, -1);
  EXPECT_EQ(ParsePixelRange("0,255")->high, 255);
  for (const char* text :
       {"", "1", "1,", ",1", "1,1", "1,2,3", "a,b", "nan,1", "0,inf", "1 ,2"}) {
    EXPECT_FALSE(ParsePixelRange(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace msf
