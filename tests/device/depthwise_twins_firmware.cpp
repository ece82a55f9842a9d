// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Depthwise convolutions with kernels of their own, sums and rescaling of
// random sizes, through the twins and through the portable kernels.
#include "kernels/msf_add_s8.h"
#include "kernels/msf_depthwise_conv2d_s8.h"
#include "kernels/msf_depthwise_conv2d_window_s8.h"
#include "kernels/msf_requantize_s8.h"
#include "twins_firmware.h"

extern "C" {
void portable_msf_add_s8(const msf_call *call);
void portable_msf_depthwise_conv2d_3x3_s8(const msf_call *call);
void portable_msf_depthwise_conv2d_5x5_s8(const msf_call *call);
void portable_msf_depthwise_conv2d_7x7_s8(const msf_call *call);
void portable_msf_depthwise_conv2d_window_s8(const msf_call *call);
void portable_msf_requantize_s8(const msf_call *call);
}

namespace {

constexpr int32_t kMostChannels = 12;
constexpr int32_t kMostBytes = 8192;
constexpr uint32_t kCases = 1500;

struct Pair {
  msf_kernel twin;
  msf_kernel portable;
  const char *name;
};

int8_t inputs[2][kMostBytes];
int8_t weights[kMostChannels * 49];
int32_t bias[kMostChannels];
int32_t multipliers[kMostChannels];
int8_t shifts[kMostChannels];
int32_t quads[kMostChannels / 4 * 58];
int8_t padding[kMostChannels];
uint8_t rows[2][kMostBytes];

// Rows of the output, each in two parts, by both kernels; call.more_rows rows
// more at once.
void CompareRows(const Pair &pair, msf_call call, int32_t x_split,
                 uint32_t seed) {
  const msf_kernel kernels[] = {pair.twin, pair.portable};
  const int32_t rows_at_once = 1 + call.more_rows;
  for (call.step = 0; call.step < call.out.rows; call.step += rows_at_once) {
    const int32_t left = call.out.rows - call.step;
    if (left < rows_at_once) call.more_rows = left - 1;
    for (int32_t k = 0; k < 2; ++k) {
      for (uint8_t &byte : rows[k]) byte = 0xA5;
      call.out.base = rows[k];
      call.x = 0;
      call.x_end = x_split;
      if (x_split > 0) kernels[k](&call);
      call.x = x_split;
      call.x_end = MSF_WHOLE_ROW;
      kernels[k](&call);
    }
    ExpectEqual(rows[0], rows[1], kMostBytes, pair.name, seed);
  }
}

// A shift that has a fast way, or now and then one that has none.
int32_t DrawShift(Draw *draw, int32_t most) {
  if (draw->OneIn(8)) return draw->Int(-31, most);
  return draw->OneIn(2) ? draw->Int(-23, -1) : draw->Int(-10, -4);
}

int32_t DrawMultiplier(Draw *draw) { return draw->Int(1 << 30, INT32_MAX); }

template <typename Params>
void DrawClamp(Draw *draw, Params *p) {
  p->clamp_min = draw->OneIn(2) ? -128 : draw->Int(-128, 0);
  p->clamp_max = draw->OneIn(2) ? 127 : draw->Int(0, 127);
}

void DrawChannels(Draw *draw, msf_depthwise_conv2d_s8_params *p) {
  p->weights = weights;
  p->bias = bias;
  p->multipliers = multipliers;
  p->shifts = shifts;
  p->scale_step = draw->Int(0, 1);
  draw->Int8s(weights, static_cast<int32_t>(sizeof(weights)));
  const int32_t most = draw->OneIn(4) ? 1 << 29 : 20000;
  for (int32_t c = 0; c < kMostChannels; ++c) {
    bias[c] = draw->Int(-most, most);
    multipliers[c] = DrawMultiplier(draw);
    if (draw->OneIn(12)) multipliers[c] = -multipliers[c];
    const int32_t shift = DrawShift(draw, 2);
    shifts[c] = static_cast<int8_t>(shift < -23 ? -23 : shift);
  }
}

void CompareDepthwise(uint32_t seed) {
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
  DrawChannels(&draw, &p);
  DrawClamp(&draw, &p);
  p.kernel_h = p.kernel_w = size;
  p.stride_h = draw.Int(1, 3);
  p.stride_w = draw.Int(1, 2);
  p.dilation_h = p.dilation_w = p.depth_multiplier = 1;
  p.pad_top = pads[0];
  p.pad_left = pads[1];
  p.in_c = draw.Int(1, kMostChannels);
  p.in_w = draw.Int(0, 9) + size - pads[1] - pads[3];
  p.out_w = (p.in_w + pads[1] + pads[3] - size) / p.stride_w + 1;
  p.input_zero_point = draw.Int(-128, 127);
  p.output_zero_point = draw.Int(-128, 127);
  const int32_t in_h = draw.Int(0, 4) + size - pads[0] - pads[2];
  draw.Int8s(inputs[0], in_h * p.in_w * p.in_c);
  msf_call call = {};
  call.params = &p;
  call.in[0] = {reinterpret_cast<uint8_t *>(inputs[0]), p.in_w * p.in_c, in_h,
                in_h};
  call.out = {nullptr, p.out_w * p.in_c, 1,
              (in_h + pads[0] + pads[2] - size) / p.stride_h + 1};
  CompareRows(kPairs[which], call, draw.Int(0, p.out_w - 1), seed);
}

// Quads of channels, see msf_depthwise_conv2d_window_s8.h.
void DrawQuads(Draw *draw, int32_t words) {
  const int32_t most = draw->OneIn(4) ? 1 << 29 : 20000;
  const int32_t count = static_cast<int32_t>(sizeof(quads) / 4);
  draw->Int8s(reinterpret_cast<int8_t *>(quads), 4 * count);
  for (int32_t *quad = quads; quad + words <= quads + count; quad += words) {
    int8_t *quad_shifts = reinterpret_cast<int8_t *>(quad + words - 1);
    for (int32_t c = 0; c < 4; ++c) {
      quad[c] = draw->Int(-most, most);
      quad[words - 5 + c] = draw->OneIn(16) ? 0 : DrawMultiplier(draw);
      const bool usual = draw->OneIn(2);
      quad_shifts[c] =
          static_cast<int8_t>(usual ? draw->Int(4, 10) : draw->Int(0, 21));
    }
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
  p.in_c = draw.Int(4, kMostChannels);
  p.quads = quads;
  DrawQuads(&draw, 10 + p.kernel * p.kernel / 2 * 2);
  p.padding = padding;
  const int32_t zero_point = draw.Int(-128, 127);
  for (int8_t &code : padding) code = static_cast<int8_t>(zero_point);
  p.output_zero_point = draw.Int(-128, 127);
  DrawClamp(&draw, &p);
  const int32_t span_h = (p.kernel - 1) * p.dilation_h + 1;
  const int32_t span_w = (p.kernel - 1) * p.dilation_w + 1;
  p.pad_top = draw.Int(0, span_h - 1);
  p.pad_left = draw.Int(0, span_w - 1);
  const int32_t in_h = draw.Int(1, 6);
  p.in_w = draw.Int(1, 9);
  p.out_w = (p.in_w + p.pad_left - 1) / p.stride_w + 1;
  draw.Int8s(inputs[0], in_h * p.in_w * p.in_c);
  msf_call call = {};
  call.params = &p;
  call.in[0] = {reinterpret_cast<uint8_t *>(inputs[0]), p.in_w * p.in_c, in_h,
                in_h};
  const int32_t out_h = (in_h + p.pad_top - 1) / p.stride_h + 1;
  call.more_rows = draw.Int(0, 2);
  call.out = {nullptr, p.out_w * p.in_c, 1 + call.more_rows, out_h};
  CompareRows({msf_depthwise_conv2d_window_s8,
               portable_msf_depthwise_conv2d_window_s8, "depthwise window"},
              call, draw.Int(0, p.out_w - 1), seed);
}

// A row of w x c elements that `kernel` makes of the inputs.
void CompareRow(const Pair &pair, Draw *draw, const void *params, int32_t w,
                int32_t c, uint32_t seed) {
  msf_call call = {};
  call.params = params;
  for (int32_t i = 0; i < 2; ++i) {
    draw->Int8s(inputs[i], w * c);
    call.in[i] = {reinterpret_cast<uint8_t *>(inputs[i]), w * c, 1, 1};
  }
  call.out = {nullptr, w * c, 1, 1};
  CompareRows(pair, call, draw->Int(0, w - 1), seed);
}

void CompareSums(uint32_t seed) {
  Draw draw(seed);
  msf_add_params p = {};
  p.w = draw.Int(1, 20);
  p.c = draw.Int(1, kMostChannels);
  p.column_stride_1 = p.column_stride_2 = p.c;
  p.channel_stride_1 = p.channel_stride_2 = 1;
  p.zero_point_1 = draw.Int(-128, 127);
  p.zero_point_2 = draw.Int(-128, 127);
  p.zero_point = draw.Int(-128, 127);
  // One half, which the operand of the larger scale has.
  const bool first = draw.OneIn(3);
  const bool second = !first || draw.OneIn(4);
  p.multiplier_1 = first ? 1 << 30 : DrawMultiplier(&draw);
  p.shift_1 = first ? 0 : DrawShift(&draw, -1);
  p.multiplier_2 = second ? 1 << 30 : DrawMultiplier(&draw);
  p.shift_2 = second ? 0 : DrawShift(&draw, -1);
  p.multiplier = DrawMultiplier(&draw);
  p.shift = draw.OneIn(2) ? draw.Int(-21, -16) : DrawShift(&draw, 0);
  DrawClamp(&draw, &p);
  CompareRow({msf_add_s8, portable_msf_add_s8, "add"}, &draw, &p, p.w, p.c,
             seed);
}

void CompareRescaling(uint32_t seed) {
  Draw draw(seed);
  msf_requantize_params p = {};
  p.w = draw.Int(1, 20);
  p.c = draw.Int(1, kMostChannels);
  p.in_zero_point = draw.Int(-128, 127);
  p.zero_point = draw.Int(-128, 127);
  p.multiplier = DrawMultiplier(&draw);
  p.shift = draw.OneIn(2) ? draw.Int(-3, 3) : DrawShift(&draw, 3);
  DrawClamp(&draw, &p);
  CompareRow({msf_requantize_s8, portable_msf_requantize_s8, "requantize"},
             &draw, &p, p.w, p.c, seed);
}

}  // namespace

void CompareTwins() {
  for (uint32_t seed = 1; seed <= kCases; ++seed) {
    CompareDepthwise(seed);
    CompareWindows(seed);
    CompareSums(seed);
    CompareRescaling(seed);
  }
}
