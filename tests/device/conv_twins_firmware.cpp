// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Convolutions and dense layers of random sizes, through the twins and through
// the portable kernels.
#include "kernels/msf_conv2d_part_s8.h"
#include "kernels/msf_conv2d_small_s8.h"
#include "kernels/msf_fully_connected_s8.h"
#include "msf_math.h"
#include "twins_firmware.h"

extern "C" {
void portable_msf_conv2d_1x1_s8(const msf_call *call);
void portable_msf_conv2d_s8(const msf_call *call);
void portable_msf_conv2d_small_s8(const msf_call *call);
void portable_msf_conv2d_acc_s8(const msf_call *call);
void portable_msf_conv2d_part_s8(const msf_call *call);
void portable_msf_fully_connected_s8(const msf_call *call);
void portable_msf_fully_connected_acc_s8(const msf_call *call);
}

namespace {

constexpr uint32_t kCases = 400;
constexpr int32_t kLeastShift = -31;

int32_t Span(int32_t kernel, int32_t dilation) {
  return (kernel - 1) * dilation + 1;
}

void DrawWindow(Draw *draw, msf_conv2d_s8_params *p) {
  const bool is_point = draw->OneIn(3);
  p->kernel_h = is_point ? 1 : draw->Int(1, 4);
  p->kernel_w = is_point ? 1 : draw->Int(1, 5);
  p->stride_h = draw->Int(1, 2);
  p->stride_w = draw->Int(1, 3);
  p->dilation_h = draw->OneIn(4) ? 2 : 1;
  p->dilation_w = draw->OneIn(4) ? 2 : 1;
  p->pad_top = draw->Int(0, p->kernel_h - 1);
  p->pad_left = draw->Int(0, p->kernel_w - 1);
  p->input_zero_point = draw->Int(-128, 127);
}

// Weights whose padding is rubbish are nobody's; the kernels may multiply it.
void PadRuns(const msf_conv2d_s8_params &p) {
  const int32_t run = (p.dilation_w == 1 ? p.kernel_w : 1) * p.in_c;
  const int32_t padded = (run + 3) & ~3;
  for (int32_t i = 0; i < kMostBytes; ++i) {
    if (i % padded >= run) weights[i] = 0;
  }
}

// The same rows, but from one of them on in another place, as in a patch.
msf_view WithFreshRows(Draw *draw, msf_view view) {
  const int32_t first = draw->Int(0, view.rows - 1);
  const int32_t row_bytes = view.row_bytes + draw->Int(0, 9);
  if ((view.rows - first) * row_bytes > kMostBytes) return view;
  view.fresh_base = reinterpret_cast<uint8_t *>(inputs[1]);
  view.fresh_row_bytes = static_cast<uint16_t>(row_bytes);
  view.fresh = static_cast<uint16_t>(first);
  for (int32_t r = first; r < view.rows; ++r) {
    for (int32_t i = 0; i < view.row_bytes; ++i) {
      uint8_t &from = view.base[r * view.row_bytes + i];
      view.fresh_base[(r - first) * row_bytes + i] = from;
      from = 0x5A;
    }
  }
  return view;
}

void CompareConvolutions(uint32_t seed) {
  Draw draw(seed);
  msf_conv2d_s8_params p;
  DrawWindow(&draw, &p);
  p.in_c = draw.OneIn(3) ? draw.Int(32, 72) : draw.Int(1, 20);
  p.out_c = draw.Int(1, 40);
  p.in_w = draw.Int(1, 12) + Span(p.kernel_w, p.dilation_w);
  p.out_w =
      (p.in_w + p.pad_left - Span(p.kernel_w, p.dilation_w)) / p.stride_w + 1;
  // Some of the last windows reach over the right edge.
  if (p.kernel_w > 1 && draw.OneIn(2)) ++p.out_w;
  DrawLayer(&draw, p.out_c, kLeastShift, &p);
  PadRuns(p);
  const int32_t in_h = draw.Int(1, 4) + Span(p.kernel_h, p.dilation_h);
  draw.Int8s(inputs[0], in_h * p.in_w * p.in_c);
  msf_call call = {};
  call.params = &p;
  call.in[0] = WholeView(inputs[0], p.in_w * p.in_c, in_h);
  if (draw.OneIn(2)) call.in[0] = WithFreshRows(&draw, call.in[0]);
  const int32_t out_h = (in_h + p.pad_top) / p.stride_h;
  call.out = WholeView(nullptr, p.out_w * p.out_c, out_h);
  const int32_t x_split = draw.Int(0, p.out_w - 1);
  if (draw.OneIn(2)) call.more_rows = draw.Int(1, 3);
  Compare({msf_conv2d_s8, portable_msf_conv2d_s8, "conv2d"}, call, out_h,
          x_split, seed);
  if (p.kernel_h == 1 && p.kernel_w == 1) {
    call.out.rows = msf_min((in_h - 1) / p.stride_h + 1, out_h);
    Compare({msf_conv2d_1x1_s8, portable_msf_conv2d_1x1_s8, "conv2d_1x1"}, call,
            call.out.rows, x_split, seed);
  }
  const int32_t filter = p.kernel_h * ((p.kernel_w * p.in_c + 3) & ~3);
  if (p.dilation_w == 1 && filter <= MSF_CONV2D_SMALL_BYTES && p.out_c >= 4 &&
      p.simple_scales == 2 && p.scale_step == 1) {
    call.out.rows = out_h;
    Compare({msf_conv2d_small_s8, portable_msf_conv2d_small_s8, "conv2d_small"},
            call, out_h, x_split, seed);
  }
  call.more_rows = 0;
  call.out.rows = call.out.capacity = 1;
  Compare({msf_conv2d_acc_s8, portable_msf_conv2d_acc_s8, "conv2d_acc"}, call,
          in_h, 0, seed);
}

// Passes over some input channels each, by one kernel: the sums go on.
void RunParts(msf_kernel kernel, msf_conv2d_part_s8_params p, msf_call call,
              int32_t passes, uint8_t *output) {
  const int32_t *const start = p.bias;
  for (int32_t &sum : state) sum = 0x5A5A5A5A;
  call.params = &p;
  for (int32_t pass = 0; pass < passes; ++pass) {
    p.bias = pass == 0 ? start : nullptr;
    p.finish = pass + 1 == passes;
    RunStage(kernel, call, call.out.rows, p.out_w / 2, output);
  }
}

void CompareParts(uint32_t seed) {
  Draw draw(seed);
  msf_conv2d_part_s8_params p = {};
  p.in_c = draw.OneIn(4) ? draw.Int(60, 70) : draw.Int(1, 20);
  p.out_w = draw.Int(1, 7);
  p.out_c = draw.Int(1, 40);
  DrawLayer(&draw, p.out_c, kLeastShift, &p);
  for (int32_t i = 0; i < kMostBytes; ++i) {
    if (i % ((p.in_c + 3) & ~3) >= p.in_c) weights[i] = 0;
  }
  const int32_t rows = draw.Int(1, 5);
  p.sums_rows = rows;
  p.sums_cols = p.out_w;
  draw.Int8s(inputs[0], rows * p.out_w * p.in_c);
  msf_call call = {};
  call.in[0] = WholeView(inputs[0], p.out_w * p.in_c, rows);
  call.out = WholeView(nullptr, p.out_w * p.out_c, rows);
  call.more_rows = draw.Int(0, rows - 1);
  const int32_t passes = draw.Int(1, 3);
  const int32_t bytes = PaintOutputs(call);
  RunParts(msf_conv2d_part_s8, p, call, passes, outputs[0]);
  RunParts(portable_msf_conv2d_part_s8, p, call, passes, outputs[1]);
  ExpectEqualOutputs(bytes, "conv2d_part", seed);
}

void CompareDenseLayers(uint32_t seed) {
  Draw draw(seed);
  msf_fully_connected_s8_params p;
  const int32_t rows = draw.Int(1, 3);
  const int32_t row_bytes = draw.Int(1, 90);
  p.depth = rows * row_bytes;
  p.units = draw.Int(1, 40);
  p.batches = 1;
  DrawLayer(&draw, p.units, kLeastShift, &p);
  draw.Int8s(inputs[0], p.depth);
  msf_call call = {};
  call.params = &p;
  call.in[0] = WholeView(inputs[0], row_bytes, rows);
  call.out = WholeView(nullptr, p.units, 1);
  Compare({msf_fully_connected_s8, portable_msf_fully_connected_s8,
           "fully_connected"},
          call, 1, 0, seed);
  Compare({msf_fully_connected_acc_s8, portable_msf_fully_connected_acc_s8,
           "fully_connected_acc"},
          call, rows, 0, seed);
}

// Rescaling alone: dense layers of which every unit sums up to its bias.
void CompareRescaledSums(const msf_fully_connected_s8_params &p,
                         uint32_t seed) {
  msf_call call = {};
  call.params = &p;
  call.in[0] = WholeView(inputs[0], p.depth, 1);
  call.out = WholeView(nullptr, p.units, 1);
  Compare({msf_fully_connected_s8, portable_msf_fully_connected_s8, "rescaled"},
          call, 1, 0, seed);
}

// Sums at halves of an output code and beside them, which is where roundings
// differ: with these multipliers a code is 2^(1 - shift) or so.
void CompareTies() {
  static const int32_t kMultipliers[] = {1 << 30, -(1 << 30), (1 << 30) + 1,
                                         INT32_MAX};
  Draw draw(1);
  msf_fully_connected_s8_params p = {};
  p.depth = p.batches = 1;
  DrawLayer(&draw, kMostChannels, kLeastShift, &p);
  for (int8_t &weight : weights) weight = 0;
  p.scale_step = 1;
  p.output_zero_point = 0;
  p.clamp_min = -128;
  p.clamp_max = 127;
  p.units = 70;
  for (int32_t shift = -21; shift <= -1; ++shift) {
    for (const int32_t multiplier : kMultipliers) {
      for (int32_t half = -260; half < 260; half += 10) {
        for (int32_t i = 0; i < p.units; ++i) {
          bias[i] = (half + i / 7) * (1 << -shift) + i % 7 - 3;
          multipliers[i] = multiplier;
          shifts[i] = static_cast<int8_t>(shift);
        }
        for (p.simple_scales = 0; p.simple_scales < 2; ++p.simple_scales) {
          CompareRescaledSums(p, static_cast<uint32_t>(-shift));
        }
      }
    }
  }
}

// Any sums and scales.
void CompareSums(uint32_t seed) {
  Draw draw(seed);
  msf_fully_connected_s8_params p = {};
  p.depth = p.batches = 1;
  p.units = draw.Int(1, kMostChannels);
  DrawLayer(&draw, p.units, kLeastShift, &p);
  for (int32_t i = 0; i < p.units; ++i) {
    weights[i] = 0;
    bias[i] >>= draw.Int(0, 24);
    if (p.simple_scales == 0) {
      shifts[i] = static_cast<int8_t>(draw.Int(kLeastShift, 30));
    }
  }
  CompareRescaledSums(p, seed);
}

}  // namespace

void CompareTwins() {
  CompareTies();
  for (uint32_t seed = 1; seed <= kCases; ++seed) {
    CompareConvolutions(seed);
    CompareParts(seed);
    CompareDenseLayers(seed);
    CompareSums(seed);
  }
}
