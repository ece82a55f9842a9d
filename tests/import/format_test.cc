// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "import/format.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string_view>

#include "import/import.h"
#include "support/file.h"
#include "tests/import/model_builder.h"
#include "tests/import/small_net.h"

namespace msf {
namespace {

using std::string_view_literals::operator""sv;

std::vector<uint8_t> Bytes(std::string_view text) {
  return {text.begin(), text.end()};
}

// What is said of a file with this content.
std::string Refusal(std::string_view text) {
  const auto format = RecogniseFormat("f", Bytes(text));
  return format ? "<accepted>" : format.error().what;
}

TEST(RecogniseFormat, KnowsTheTwoFormats) {
  EXPECT_EQ(RecogniseFormat("f", Bytes("\x1c\0\0\0TFL3"sv)).value(),
            ModelFormat::kTflite);
  EXPECT_EQ(RecogniseFormat("f", Bytes("\x08\x08\x12\x07tf2onnx"sv)).value(),
            ModelFormat::kOnnx);
}

TEST(RecogniseFormat, SaysWhatAFileIsInstead) {
  EXPECT_EQ(Refusal(""), "is empty");
  EXPECT_EQ(Refusal("version https://git-lfs.github.com/spec/v1\noid 0"),
            "is a git-lfs pointer, not the model");
  EXPECT_EQ(Refusal("\x89HDF\r\n\x1a\n\0\0"sv),
            "is an HDF5 file (Keras), not a .tflite");
  EXPECT_EQ(Refusal("PK\x03\x04\x14\0\0\0"sv),
            "is a zip archive, not a .tflite");
  EXPECT_EQ(Refusal("\x1f\x8b\x08\0\0\0\0\0"sv),
            "is a gzip archive, not a .tflite");
  EXPECT_EQ(Refusal("\x7f"
                    "ELF\x02\x01\x01\0"sv),
            "is an ELF program or object, not a .tflite");
  EXPECT_EQ(Refusal("\n<!DOCTYPE HTML><title>404"),
            "is a web page, not the model");
  EXPECT_EQ(Refusal("const unsigned char model[] = {\n"),
            "is text, not a .tflite");
  EXPECT_EQ(Refusal("\0\0\0"sv), "is too short for a .tflite (3 bytes)");
}

TEST(RecogniseFormat, PrintsAWrongIdentifier) {
  EXPECT_NE(Refusal("\x1c\0\0\0TFL2\0\0"sv).find("this file has 'TFL2'"),
            std::string::npos);
  EXPECT_NE(
      Refusal("\x08\0\0\0\0\x01\xfe\x20\0"sv).find("this file has 00 01 fe 20"),
      std::string::npos);
}

TEST(RecogniseFormat, EveryPrefixOfAModelIsAnswered) {
  const std::vector<uint8_t> model = ToTflite(SmallNet());
  for (size_t size = 0; size < model.size(); ++size) {
    const auto format = RecogniseFormat(
        "f", {model.begin(), model.begin() + static_cast<ptrdiff_t>(size)});
    EXPECT_EQ(format.has_value(), size >= 8) << size;
  }
}

class ImportModelTest : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = ::testing::TempDir() + "msf_import_" + std::to_string(::getpid());
  }
  void TearDown() override { ::unlink(path_.c_str()); }
  void Write(const std::vector<uint8_t>& bytes) {
    ASSERT_TRUE(WriteFileAtomically(path_, bytes));
  }

  std::string path_;
};

TEST_F(ImportModelTest, TheContentCountsAndNotTheName) {
  Write(ToTflite(SmallNet()));
  const auto graph = ImportModel(path_);
  ASSERT_TRUE(graph) << ToString(graph.error());
  EXPECT_EQ(graph->source, path_);
  EXPECT_EQ(graph->nodes.size(), 7u);
}

TEST_F(ImportModelTest, OnnxIsNotYetSupported) {
  Write(Bytes("\x08\x08\x12\x07tf2onnx"));
  const auto graph = ImportModel(path_);
  ASSERT_FALSE(graph);
  EXPECT_EQ(graph.error().where, path_);
  EXPECT_EQ(graph.error().what, "is an ONNX model, which is not yet supported");
}

TEST_F(ImportModelTest, AMissingFileIsNamed) {
  const auto graph = ImportModel(path_ + "none");
  ASSERT_FALSE(graph);
  EXPECT_EQ(graph.error().where, path_ + "none");
}

}  // namespace
}  // namespace msf
