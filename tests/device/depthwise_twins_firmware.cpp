// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Depthwise convolutions of random sizes, through the twins and through the
// portable kernels.
#include "kernels/msf_depthwise_conv2d_s8.h"
#include "kernels/msf_depthwise_conv2d_window_s8.h"
#include "twins_firmware.h"

extern "C" {
void portable_msf_depthwise_conv2d_s8(const msf_call *call);
void portable_msf_depthwise_conv2d_acc_s8(const msf_call *call);
void portable_msf_depthwise_conv2d_3x3_s8(const msf_call *call);
void portable_msf_depthwise_conv2d_5x5_s8(const msf_call *call);
void portable_msf_depthwise_conv2d_7x7_s8(const msf_call *call);
void portable_msf_depthwise_conv2d_window_s8(const msf_call *call);
}

namespace {

constexpr uint32_t kCases = 1500;
constexpr int32_t kMostQuads = 6;

int32_t quads[kMostQuads * (10 + 48)];
int8_t padding[4 * kMostQuads];

// Rows of any alignment, as callers may hand them over.
int8_t *DrawInput(Draw *draw, int32_t bytes) {
  int8_t *input = inputs[0] + (draw->OneIn(2) ? draw->Int(0, 7) : 0);
  draw->Int8s(input, bytes);
  return input;
}

int32_t DrawChannels(Draw *draw) {
  return draw->OneIn(2) ? 4 * draw->Int(1, 6) : draw->Int(1, 24);
}

void CompareSquares(uint32_t seed) {
  static const Pair kPairs[] = {
      {msf_depthwise_conv2d_3x3_s8, portable_msf_depthwise_conv2d_3x3_s8,
       "depthwise 3x3"},
      {msf_depthwise_conv2d_5x5_s8, portable_msf_depthwise_conv2d_5x5_s8,
       "depthwise 5x5"},
      {msf_depthwise_conv2d_7x7_s8, portable_msf_depthwise_conv2d_7x7_s8,
       "depthwise 7x7"}};
  Draw draw(seed);
  const int32_t which = draw.Int(0, 2);
  const int32_t size = 2 * which + 3;
  const int32_t pads[] = {draw.Int(0, size / 2), draw.Int(0, size / 2),
                          draw.Int(0, size / 2), draw.Int(0, size / 2)};
  msf_depthwise_conv2d_s8_params p = {};
  p.in_c = DrawChannels(&draw);
  DrawLayer(&draw, p.in_c, -23, &p);
  p.kernel_h = p.kernel_w = size;
  p.stride_h = draw.Int(1, 3);
  p.stride_w = draw.Int(1, 2);
  p.dilation_h = p.dilation_w = p.depth_multiplier = 1;
  p.pad_top = pads[0];
  p.pad_left = pads[1];
  const int32_t more = draw.OneIn(4) ? draw.Int(10, 40) : draw.Int(0, 9);
  p.in_w = more + size - pads[1] - pads[3];
  p.out_w = (p.in_w + pads[1] + pads[3] - size) / p.stride_w + 1;
  p.input_zero_point = draw.Int(-128, 127);
  const int32_t in_h = draw.Int(0, 4) + size - pads[0] - pads[2];
  msf_call call = {};
  call.params = &p;
  call.in[0] = WholeView(DrawInput(&draw, in_h * p.in_w * p.in_c),
                         p.in_w * p.in_c, in_h);
  const int32_t out_h = (in_h + pads[0] + pads[2] - size) / p.stride_h + 1;
  call.out = WholeView(nullptr, p.out_w * p.in_c, out_h);
  Compare(kPairs[which], call, out_h, draw.Int(0, p.out_w - 1), seed);
}

void CompareAnyShape(uint32_t seed) {
  Draw draw(seed);
  msf_depthwise_conv2d_s8_params p = {};
  p.depth_multiplier = draw.OneIn(2) ? 1 : draw.Int(1, 20);
  p.in_c = p.depth_multiplier == 1 ? draw.Int(1, 40) : draw.Int(1, 3);
  const int32_t out_c = p.in_c * p.depth_multiplier;
  DrawLayer(&draw, out_c, -31, &p);
  p.kernel_h = draw.Int(1, 5);
  p.kernel_w = draw.Int(1, 5);
  p.stride_h = draw.Int(1, 3);
  p.stride_w = draw.Int(1, 3);
  p.dilation_h = draw.Int(1, 2);
  p.dilation_w = draw.Int(1, 2);
  p.pad_top = draw.Int(0, p.kernel_h);
  p.pad_left = draw.Int(0, p.kernel_w);
  p.in_w = draw.Int(1, 9);
  p.out_w = draw.Int(1, 9);
  p.input_zero_point = draw.Int(-128, 127);
  p.out_step = out_c + (draw.OneIn(3) ? draw.Int(1, 9) : 0);
  const int32_t in_h = draw.Int(1, 6);
  msf_call call = {};
  call.params = &p;
  call.in[0] = WholeView(DrawInput(&draw, in_h * p.in_w * p.in_c),
                         p.in_w * p.in_c, in_h);
  const int32_t out_h = draw.Int(1, 6);
  call.out = WholeView(nullptr, p.out_w * p.out_step, out_h);
  Compare({msf_depthwise_conv2d_s8, portable_msf_depthwise_conv2d_s8,
           "depthwise"},
          call, out_h, draw.Int(0, p.out_w - 1), seed);
  call.out = WholeView(nullptr, p.out_w * out_c, 1);
  Compare({msf_depthwise_conv2d_acc_s8, portable_msf_depthwise_conv2d_acc_s8,
           "depthwise_acc"},
          call, in_h, 0, seed);
}

// Quads of channels, see msf_depthwise_conv2d_window_s8.h.
void DrawQuads(Draw *draw, int32_t words) {
  const int32_t most = draw->OneIn(4) ? 1 << 29 : 20000;
  draw->Int8s(reinterpret_cast<int8_t *>(quads),
              static_cast<int32_t>(sizeof(quads)));
  int32_t *quad = quads;
  for (int32_t q = 0; q < kMostQuads; ++q) {
    int8_t *quad_shifts = reinterpret_cast<int8_t *>(quad + words - 1);
    for (int32_t c = 0; c < 4; ++c) {
      quad[c] = draw->Int(-most, most);
      quad[words - 5 + c] = draw->OneIn(16) ? 0 : draw->Multiplier();
      const bool usual = draw->OneIn(2);
      quad_shifts[c] =
          static_cast<int8_t>(usual ? draw->Int(4, 10) : draw->Int(0, 21));
    }
    quad += words;
  }
}

void CompareWindows(uint32_t seed) {
  Draw draw(seed);
  msf_depthwise_conv2d_window_s8_params p = {};
  p.kernel = 2 * draw.Int(0, 2) + 3;
  p.stride_h = draw.Int(1, 3);
  p.stride_w = draw.Int(1, 3);
  p.dilation_h = draw.OneIn(4) ? 2 : 1;
  p.dilation_w = draw.OneIn(4) ? 2 : 1;
  p.in_c = draw.OneIn(2) ? 4 * draw.Int(1, kMostQuads)
                         : draw.Int(4, 4 * kMostQuads);
  p.quads = quads;
  DrawQuads(&draw, 10 + p.kernel * p.kernel / 2 * 2);
  p.padding = padding;
  const int32_t zero_point = draw.Int(-128, 127);
  for (int8_t &code : padding) code = static_cast<int8_t>(zero_point);
  p.output_zero_point = draw.Int(-128, 127);
  DrawClamp(&draw, &p);
  p.pad_top = draw.Int(0, (p.kernel - 1) * p.dilation_h);
  p.pad_left = draw.Int(0, (p.kernel - 1) * p.dilation_w);
  const int32_t in_h = draw.Int(1, 6);
  p.in_w = draw.OneIn(4) ? draw.Int(10, 30) : draw.Int(1, 9);
  p.out_w = (p.in_w + p.pad_left - 1) / p.stride_w + 1;
  msf_call call = {};
  call.params = &p;
  call.in[0] = WholeView(DrawInput(&draw, in_h * p.in_w * p.in_c),
                         p.in_w * p.in_c, in_h);
  const int32_t out_h = (in_h + p.pad_top - 1) / p.stride_h + 1;
  call.more_rows = draw.Int(0, 2);
  p.out_step = p.in_c + (draw.OneIn(3) ? draw.Int(1, 9) : 0);
  call.out = WholeView(nullptr, p.out_w * p.out_step, out_h);
  Compare({msf_depthwise_conv2d_window_s8,
           portable_msf_depthwise_conv2d_window_s8, "depthwise window"},
          call, out_h, draw.Int(0, p.out_w - 1), seed);
}

}  // namespace

void CompareTwins() {
  for (uint32_t seed = 1; seed <= kCases; ++seed) {
    CompareSquares(seed);
    CompareAnyShape(seed);
    CompareWindows(seed);
  }
}
