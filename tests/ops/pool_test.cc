// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "tests/ops/one_node.h"

namespace msf {

extern const OpDef kAveragePool2D;
extern const OpDef kMaxPool2D;

namespace {

constexpr int64_t kSame = 0;
constexpr int64_t kValid = 1;

FakeOptions Options(int64_t kernel_h, int64_t kernel_w, int64_t stride_h,
                    int64_t stride_w, int64_t padding, int64_t activation = 0) {
  return FakeOptions({{"filter_height", kernel_h},
                      {"filter_width", kernel_w},
                      {"stride_h", stride_h},
                      {"stride_w", stride_w},
                      {"padding", padding},
                      {"fused_activation_function", activation}});
}

OneNode MakePool(const OpDef& op, const Shape& in, const Shape& out,
                 const Quantization& quant = Quant(1.0f, 0)) {
  OneNode node(op);
  node.Input(DType::kInt8, in, quant);
  node.Output(DType::kInt8, out, quant);
  return node;
}

TEST(AveragePool2D, RoundsTiesAwayFromZero) {
  OneNode node = MakePool(kAveragePool2D, {1, 2, 6, 1}, {1, 1, 3, 1});
  node.Parse(Options(2, 2, 2, 2, kValid));
  // 1 + 2 + 1 + 2 = 6 / 4 = 1.5 -> 2;  -6 / 4 -> -2;  5 / 4 -> 1
  EXPECT_EQ(node.Codes({Int8Bytes({1, 2, -1, -2, 0, 0,  //
                                   1, 2, -1, -2, 5, 0})}),
            (std::vector<int32_t>{2, -2, 1}));
}

TEST(AveragePool2D, DoesNotCountPadding) {
  OneNode node = MakePool(kAveragePool2D, {1, 2, 2, 1}, {1, 2, 2, 1});
  node.Parse(Options(3, 3, 1, 1, kSame));
  // Every window covers all four: (10 + 20 + 30 + 41) / 4 = 25.25
  EXPECT_EQ(node.Codes({Int8Bytes({10, 20, 30, 41})}),
            (std::vector<int32_t>{25, 25, 25, 25}));
}

TEST(MaxPool2D, TakesTheLargestCodeAndIgnoresPadding) {
  OneNode node = MakePool(kMaxPool2D, {1, 3, 3, 1}, {1, 2, 2, 1});
  node.Parse(Options(2, 2, 2, 2, kSame));
  EXPECT_EQ(node.Codes({Int8Bytes({-128, -5, -7,  //
                                   -9, -100, -8,  //
                                   -128, -127, -128})}),
            (std::vector<int32_t>{-5, -7, -127, -128}));
}

TEST(Pools, ClampToTheFusedActivation) {
  // Zero is 10, six is 10 + 6 / 0.5 = 22.
  for (const OpDef* op : {&kAveragePool2D, &kMaxPool2D}) {
    OneNode node = MakePool(*op, {1, 1, 3, 1}, {1, 1, 3, 1}, Quant(0.5f, 10));
    node.Parse(Options(1, 1, 1, 1, kValid, 3));
    EXPECT_EQ(node.Codes({Int8Bytes({9, 15, 23})}),
              (std::vector<int32_t>{10, 15, 22}));
  }
}

TEST(Pools, MayAccumulateOneOutputRow) {
  for (const OpDef* op : {&kAveragePool2D, &kMaxPool2D}) {
    OneNode global = MakePool(*op, {1, 5, 4, 3}, {1, 1, 1, 3});
    global.Parse(Options(5, 4, 5, 4, kValid));
    ASSERT_EQ(global.Forms().size(), 2u);
    EXPECT_EQ(global.Forms()[0].kind, StageKind::kRow);
    EXPECT_EQ(global.Forms()[1].kind, StageKind::kAccumulate);
    EXPECT_EQ(global.Forms()[1].steps, 5);
    EXPECT_EQ(global.Forms()[1].state_bytes, op == &kAveragePool2D ? 12 : 3);
    OneNode rows = MakePool(*op, {1, 4, 4, 3}, {1, 2, 2, 3});
    rows.Parse(Options(2, 2, 2, 2, kValid));
    EXPECT_EQ(rows.Forms().size(), 1u);
  }
}

TEST(Pools, FormsAgreeWithTheReference) {
  for (uint32_t seed = 0; seed < 1000; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const bool same = Pick(random, 0, 1) == 0;
    Hwc in = {Pick(random, 1, 9), Pick(random, 1, 9), Pick(random, 1, 5)};
    Window window;
    window.kernel_h = Pick(random, 1, same ? 11 : in.h);
    window.kernel_w = Pick(random, 1, same ? 11 : in.w);
    if (Pick(random, 0, 3) == 0) window.kernel_h = in.h;  // global
    window.stride_h = Pick(random, 1, Pick(random, 0, 1) ? 3 : 12);
    window.stride_w = Pick(random, 1, 4);
    const auto size = [&](int32_t length, int32_t kernel, int32_t stride) {
      return same ? (length + stride - 1) / stride
                  : (length - kernel) / stride + 1;
    };
    OneNode node =
        MakePool(seed % 2 ? kAveragePool2D : kMaxPool2D, {1, in.h, in.w, in.c},
                 {1, size(in.h, window.kernel_h, window.stride_h),
                  size(in.w, window.kernel_w, window.stride_w), in.c},
                 Quant(PickScale(random, -9, 3), PickZeroPoint(random)));
    node.Parse(Options(window.kernel_h, window.kernel_w, window.stride_h,
                       window.stride_w, same ? kSame : kValid,
                       Pick(random, 0, 3)));
    node.ExpectFormsAgree(random);
  }
}

TEST(Pools, SumOfManyExtremeCodesStaysExact) {
  OneNode node = MakePool(kAveragePool2D, {1, 200, 100, 1}, {1, 1, 1, 1});
  node.Parse(Options(200, 100, 1, 1, kValid));
  EXPECT_EQ(node.Codes({Bytes(20000, 0x80)}), std::vector<int32_t>{-128});
}

TEST(Pools, RefuseWindowsThatAreNotPositive) {
  for (const OpDef* op : {&kAveragePool2D, &kMaxPool2D}) {
    for (const char* name :
         {"filter_height", "filter_width", "stride_h", "stride_w"}) {
      for (int64_t value :
           {int64_t{0}, int64_t{-1}, int64_t{32769}, int64_t{1} << 40}) {
        OneNode node = MakePool(*op, {1, 4, 4, 3}, {1, 4, 4, 3});
        FakeOptions options = Options(1, 1, 1, 1, kSame);
        options.Set(name, value);
        EXPECT_EQ(node.Refusal(options),
                  std::string(name) + " is " + std::to_string(value));
      }
    }
    OneNode node = MakePool(*op, {1, 4, 4, 3}, {1, 4, 4, 3});
    EXPECT_NE(node.Refusal(FakeOptions()), "");
    EXPECT_EQ(node.Refusal(Options(1, 1, 1, 1, 2)), "has padding 2");
    EXPECT_NE(node.Refusal(Options(1, 1, 1, 1, kSame, 4)), "");
    EXPECT_EQ(node.Refusal(Options(5, 1, 1, 1, kValid)),
              "the kernel is larger than its padded input 4x4x3");
  }
}

TEST(Pools, RefuseOtherShapes) {
  const FakeOptions options = Options(1, 1, 1, 1, kValid);
  for (const OpDef* op : {&kAveragePool2D, &kMaxPool2D}) {
    EXPECT_EQ(MakePool(*op, {4, 4, 3}, {4, 4, 3}).Refusal(options),
              "the input has shape 4x4x3, expected 1 x height x width x "
              "channels");
    EXPECT_NE(MakePool(*op, {2, 4, 4, 3}, {2, 4, 4, 3}).Refusal(options), "");
    EXPECT_EQ(MakePool(*op, {1, 4, 4, 3}, {1, 3, 4, 3}).Refusal(options),
              "the output of shape 1x3x4x3 has rows 3x4x3, expected 4x4x3");
  }
}

TEST(Pools, RefuseAChangeOfScale) {
  const FakeOptions options = Options(1, 1, 1, 1, kValid);
  for (const OpDef* op : {&kAveragePool2D, &kMaxPool2D}) {
    OneNode node = MakePool(*op, {1, 4, 4, 3}, {1, 4, 4, 3});
    node.output().quant = Quant(1.0f, 1);
    EXPECT_NE(node.Refusal(options), "");
    node.output().quant = Quant(1.00001f, 0);
    EXPECT_NE(node.Refusal(options), "");
    node.output().quant = Quant(1.0000005f, 0);
    EXPECT_EQ(node.Refusal(options), "");
    node.input(0).dtype = DType::kFloat32;
    EXPECT_EQ(node.Refusal(options),
              "the input is FLOAT32, only INT8 is supported");
  }
}

TEST(AveragePool2D, RefusesMoreTapsThanASumHolds) {
  OneNode node = MakePool(kAveragePool2D, {1, 4096, 4096, 1}, {1, 1, 1, 1});
  EXPECT_EQ(node.Refusal(Options(4096, 4096, 1, 1, kValid)),
            "the window covers 16777216 elements, more than an int32 sum can "
            "hold");
}

}  // namespace
}  // namespace msf
