// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Files that no exporter writes: newer than our schema, with tables that share
// their parts without measure, and thousands damaged at random. Whatever they
// hold, the answer is a Result.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <utility>

#include "import/tflite.h"
#include "tests/import/model_builder.h"
#include "tests/import/small_net.h"
#include "tests/import/wire_model.h"

namespace msf {
namespace {

namespace fb = flatbuffers;

// A model of one node RELU 'y'(x), written by hand.
class HandMade {
 public:
  fb::FlatBufferBuilder builder;

  fb::Offset<wire::Tensor> Tensor(fb::Offset<fb::String> name,
                                  fb::Offset<fb::Vector<int32_t>> shape) {
    return wire::CreateTensor(builder, shape, wire::TensorType_INT8, 0, name);
  }

  // An operator with slots that our schema ends before.
  fb::Offset<wire::Operator> NewerOperator(uint8_t options_type) {
    const std::vector<int32_t> inputs = {0};
    const std::vector<int32_t> outputs = {1};
    const auto in = builder.CreateVector(inputs);
    const auto out = builder.CreateVector(outputs);
    const auto options = wire::CreateNoOptions(builder);
    const auto start = builder.StartTable();
    builder.AddOffset(wire::Operator::VT_INPUTS, in);
    builder.AddOffset(wire::Operator::VT_OUTPUTS, out);
    builder.AddElement<uint8_t>(wire::Operator::VT_BUILTIN_OPTIONS_TYPE,
                                options_type, 0);
    if (options_type != 0) {
      builder.AddOffset(wire::Operator::VT_BUILTIN_OPTIONS, options);
    }
    // builtin_options_2 and its type, and a slot that nobody has yet.
    builder.AddElement<uint8_t>(fb::FieldIndexToOffset(11), 17, 0);
    builder.AddOffset(fb::FieldIndexToOffset(12), options);
    builder.AddElement<uint64_t>(fb::FieldIndexToOffset(20), ~0ull, 0);
    return {builder.EndTable(start)};
  }

  std::vector<uint8_t> Finish(
      wire::BuiltinOperator code,
      const std::vector<fb::Offset<wire::Tensor>>& tensors,
      const std::vector<fb::Offset<wire::Operator>>& operators) {
    const std::vector<int32_t> inputs = {0};
    const std::vector<int32_t> outputs = {1};
    const auto subgraph = wire::CreateSubGraphDirect(builder, &tensors, &inputs,
                                                     &outputs, &operators);
    const auto codes = std::vector{wire::CreateOperatorCode(
        builder, static_cast<int8_t>(std::min<int>(code, 127)), 0, 1, code)};
    const auto subgraphs = std::vector{subgraph};
    const auto buffers = std::vector{wire::CreateBuffer(builder)};
    wire::FinishModelBuffer(
        builder,
        wire::CreateModelDirect(builder, 3, &codes, &subgraphs, &buffers));
    return {builder.GetBufferPointer(),
            builder.GetBufferPointer() + builder.GetSize()};
  }
};

std::vector<uint8_t> NewerFile(wire::BuiltinOperator code,
                               uint8_t options_type) {
  HandMade file;
  const std::vector<int32_t> shape = {1, 4};
  const auto dims = file.builder.CreateVector(shape);
  const auto x = file.Tensor(file.builder.CreateString("x"), dims);
  const auto y = file.Tensor(file.builder.CreateString("y"), dims);
  return file.Finish(code, {x, y}, {file.NewerOperator(options_type)});
}

TEST(NewerFile, FieldsThatWeDoNotKnowArePassedOver) {
  const auto file = ReadTflite("m", NewerFile(wire::BuiltinOperator_DILATE, 0));
  ASSERT_TRUE(file) << ToString(file.error());
  ASSERT_EQ(file->unsupported.size(), 1u);
  EXPECT_EQ(file->unsupported[0].reason, "msfc has no operator DILATE");
}

TEST(NewerFile, OptionsThatWeDoNotKnowAreNotFollowed) {
  const auto file =
      ReadTflite("m", NewerFile(wire::BuiltinOperator_RESHAPE, 255));
  ASSERT_TRUE(file) << ToString(file.error());
  ASSERT_EQ(file->unsupported.size(), 1u);
  EXPECT_EQ(file->unsupported[0].reason,
            "has options of a kind that msfc does not know");
}

TEST(HostileFile, TensorsThatShareALongNameAreCut) {
  HandMade file;
  const std::vector<int32_t> shape = {1, 4};
  const auto dims = file.builder.CreateVector(shape);
  const auto name = file.builder.CreateString(std::string(1 << 20, 'n'));
  std::vector<fb::Offset<wire::Tensor>> tensors(1 << 14,
                                                file.Tensor(name, dims));
  const auto bytes =
      file.Finish(wire::BuiltinOperator_RELU, tensors, {file.NewerOperator(0)});
  const auto read = ReadTflite("m", bytes);
  if (!read) return;
  size_t copied = 0;
  for (const Tensor& tensor : read->graph.tensors) {
    copied += tensor.name.size();
  }
  EXPECT_LT(copied, 5 * bytes.size());
}

TEST(HostileFile, TensorsThatShareALongShapeAreRefusedInTime) {
  HandMade file;
  const std::vector<int32_t> ones(1 << 16, 1);
  const auto dims = file.builder.CreateVector(ones);
  // Each with its own table, or the count of tables would refuse the file.
  std::vector<fb::Offset<wire::Tensor>> tensors;
  for (int i = 0; i < 1 << 12; ++i) tensors.push_back(file.Tensor(0, dims));
  std::reverse(tensors.begin(), tensors.end());
  const auto bytes =
      file.Finish(wire::BuiltinOperator_RELU, tensors, {file.NewerOperator(0)});
  const auto read = ReadTflite("m", bytes);
  if (!read) return;
  size_t copied = 0;
  for (const Tensor& tensor : read->graph.tensors) {
    copied += tensor.shape.size() * sizeof(int32_t);
  }
  EXPECT_LT(copied, 5 * bytes.size());
}

TEST(HostileFile, SubgraphsThatShareTheirTensorsAreNotCountedForEver) {
  HandMade file;
  const std::vector<int32_t> shape = {1, 4};
  const auto dims = file.builder.CreateVector(shape);
  const std::vector<fb::Offset<wire::Tensor>> tensors(1 << 14,
                                                      file.Tensor(0, dims));
  const auto subgraph = wire::CreateSubGraphDirect(file.builder, &tensors);
  // 2^28 visits, if the verifier made them all.
  const std::vector<fb::Offset<wire::SubGraph>> subgraphs(1 << 14, subgraph);
  wire::FinishModelBuffer(
      file.builder,
      wire::CreateModelDirect(file.builder, 3, nullptr, &subgraphs));
  const auto read = ReadTflite(
      "m", {file.builder.GetBufferPointer(),
            file.builder.GetBufferPointer() + file.builder.GetSize()});
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().what.find("is damaged"), std::string::npos);
}

// --- Damage at random ------------------------------------------------------

// One of: flip bits, set bytes to telling values, cut, extend, copy a part
// over another. Deterministic for a seed.
void Mutate(std::mt19937& random, std::vector<uint8_t>& bytes) {
  const auto below = [&](size_t n) { return n == 0 ? 0 : random() % n; };
  static constexpr uint8_t kTelling[] = {0x00, 0x01, 0x04, 0x7f, 0x80, 0xff};
  const size_t times = 1 + below(4);
  switch (below(6)) {
    case 0:
    case 1:
      for (size_t i = 0; i < times; ++i) {
        bytes[below(bytes.size())] ^= static_cast<uint8_t>(1 << below(8));
      }
      break;
    case 2:
    case 3:
      for (size_t i = 0; i < times; ++i) {
        const uint8_t value = kTelling[below(std::size(kTelling))];
        const size_t at = below(bytes.size());
        const size_t end = std::min(bytes.size(), at + 1 + below(4));
        std::fill(bytes.begin() + static_cast<ptrdiff_t>(at),
                  bytes.begin() + static_cast<ptrdiff_t>(end), value);
      }
      break;
    case 4:
      bytes.resize(below(3) == 0 ? bytes.size() + below(64)
                                 : below(bytes.size()) + 1);
      break;
    default: {
      const size_t size = 1 + below(std::min<size_t>(bytes.size(), 64));
      const size_t from = below(bytes.size() - size + 1);
      const size_t to = below(bytes.size() - size + 1);
      std::copy_n(
          std::vector<uint8_t>(bytes).begin() + static_cast<ptrdiff_t>(from),
          size, bytes.begin() + static_cast<ptrdiff_t>(to));
    }
  }
}

TEST(DamagedFile, TenThousandOfThemAreAllAnswered) {
  const std::vector<uint8_t> intact = ToTflite(SmallNet());
  int accepted = 0;
  int partly = 0;
  int refused = 0;
  for (uint32_t seed = 0; seed < 10000; ++seed) {
    std::mt19937 random(seed);
    std::vector<uint8_t> bytes = intact;
    Mutate(random, bytes);
    const auto file = ReadTflite("m", bytes);
    if (!file) {
      EXPECT_EQ(file.error().kind, ErrorKind::kUser)
          << "seed " << seed << ": " << ToString(file.error());
      ++refused;
    } else if (file->unsupported.empty()) {
      EXPECT_TRUE(VerifyGraph(file->graph)) << "seed " << seed;
      ++accepted;
    } else {
      ++partly;
    }
  }
  // The mutations are worth something: each answer comes often.
  EXPECT_GT(accepted, 1000);
  EXPECT_GT(partly, 300);
  EXPECT_GT(refused, 1000);
}

TEST(DamagedFile, EveryByteMayHaveItsExtremes) {
  const std::vector<uint8_t> intact = ToTflite(SmallNet());
  for (size_t at = 0; at < intact.size(); ++at) {
    for (const int value : {0x00, 0x7f, 0x80, 0xff}) {
      std::vector<uint8_t> bytes = intact;
      bytes[at] = static_cast<uint8_t>(value);
      const auto file = ReadTflite("m", bytes);
      if (!file) {
        EXPECT_EQ(file.error().kind, ErrorKind::kUser)
            << "byte " << at << ": " << ToString(file.error());
      }
    }
  }
}

TEST(DamagedFile, EveryPrefixIsAnswered) {
  const std::vector<uint8_t> intact = ToTflite(SmallNet());
  for (size_t size = 0; size < intact.size(); ++size) {
    // A vector of its own, so that a read past the end is noticed.
    const auto file = ReadTflite(
        "m", {intact.begin(), intact.begin() + static_cast<ptrdiff_t>(size)});
    if (!file) {
      EXPECT_EQ(file.error().kind, ErrorKind::kUser) << size;
    }
  }
}

}  // namespace
}  // namespace msf
