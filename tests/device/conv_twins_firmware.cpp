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
void portable_msf_conv2d_part_s8(const msf_call *call);
void portable_msf_conv2d_s8(const msf_call *call);
void portable_msf_conv2d_small_s8(const msf_call *call);
void portable_msf_conv2d_acc_s8(const msf_call *call);
void portable_msf_fully_connected_s8(const msf_call *call);
void portable_msf_fully_connected_acc_s8(const msf_call *call);
}

namespace {

constexpr int32_t kMostChannels = 40;
constexpr int32_t kMostBytes = 65536;
constexpr uint32_t kCases = 400;

int8_t input[kMostBytes];
int8_t weights[kMostBytes];
int32_t bias[kMostChannels];
int32_t multipliers[kMostChannels];
int8_t shifts[kMostChannels];
int32_t state[kMostBytes / 4];
uint8_t outputs[2][kMostBytes];

// What convolutions and dense layers have alike.
template <typename Params>
void DrawOutput(Draw *draw, int32_t channels, Params *p) {
  p->weights = weights;
  p->bias = bias;
  p->multipliers = multipliers;
  p->shifts = shifts;
  p->scale_step = draw->Int(0, 1);
  p->simple_scales = draw->OneIn(4) ? 0 : draw->Int(1, 2);
  p->output_zero_point = draw->Int(-128, 127);
  p->clamp_min = draw->OneIn(2) ? -128 : draw->Int(-128, 0);
  p->clamp_max = draw->OneIn(2) ? 127 : draw->Int(0, 127);
  draw->Scales(p->simple_scales != 0, channels, multipliers, shifts);
  for (int32_t o = 0; o < channels && p->simple_scales == 2; ++o) {
    if (multipliers[o] < 0) multipliers[o] = -multipliers[o];
  }
  const int32_t most = draw->OneIn(4) ? 1 << 29 : 20000;
  for (int32_t o = 0; o < channels; ++o) bias[o] = draw->Int(-most, most);
}

// All steps of a stage; columns are made in two parts if x_split > 0, and
// call.more_rows rows more in a call.
void RunStage(msf_kernel kernel, msf_call call, int32_t steps, int32_t x_split,
              uint8_t *output) {
  for (int32_t i = 0; i < kMostBytes; ++i) output[i] = 0xA5;
  call.out.base = output;
  const int32_t rows = 1 + call.more_rows;
  for (call.step = 0; call.step < steps; call.step += rows) {
    if (call.step + rows > steps) call.more_rows = steps - call.step - 1;
    call.x = 0;
    call.x_end = x_split;
    if (x_split > 0) kernel(&call);
    call.x = x_split;
    call.x_end = MSF_WHOLE_ROW;
    kernel(&call);
  }
}

void Compare(msf_kernel twin, msf_kernel portable, const msf_call &call,
             int32_t steps, int32_t x_split, const char *name, uint32_t seed) {
  RunStage(twin, call, steps, x_split, outputs[0]);
  RunStage(portable, call, steps, x_split, outputs[1]);
  ExpectEqual(outputs[0], outputs[1], kMostBytes, name, seed);
}

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

void CompareConvolutions(uint32_t seed) {
  Draw draw(seed);
  msf_conv2d_s8_params p;
  DrawWindow(&draw, &p);
  p.in_c = draw.OneIn(3) ? draw.Int(32, 72) : draw.Int(1, 20);
  p.out_c = draw.Int(1, kMostChannels);
  p.in_w = draw.Int(1, 12) + Span(p.kernel_w, p.dilation_w);
  p.out_w =
      (p.in_w + p.pad_left - Span(p.kernel_w, p.dilation_w)) / p.stride_w + 1;
  // Some of the last windows reach over the right edge.
  if (p.kernel_w > 1 && draw.OneIn(2)) ++p.out_w;
  draw.Int8s(weights, kMostBytes);
  PadRuns(p);
  DrawOutput(&draw, p.out_c, &p);
  const int32_t in_h = draw.Int(1, 4) + Span(p.kernel_h, p.dilation_h);
  draw.Int8s(input, in_h * p.in_w * p.in_c);
  msf_call call = {};
  call.params = &p;
  call.in[0] = {reinterpret_cast<uint8_t *>(input), p.in_w * p.in_c, in_h,
                in_h};
  call.state = state;
  const int32_t out_h = (in_h + p.pad_top) / p.stride_h;
  call.out = {nullptr, p.out_w * p.out_c, out_h, out_h};
  const int32_t x_split = draw.Int(0, p.out_w - 1);
  if (draw.OneIn(2)) call.more_rows = draw.Int(1, 3);
  Compare(msf_conv2d_s8, portable_msf_conv2d_s8, call, out_h, x_split, "conv2d",
          seed);
  if (p.kernel_h == 1 && p.kernel_w == 1) {
    call.out.rows = msf_min((in_h - 1) / p.stride_h + 1, out_h);
    Compare(msf_conv2d_1x1_s8, portable_msf_conv2d_1x1_s8, call, call.out.rows,
            x_split, "conv2d_1x1", seed);
  }
  const int32_t filter = p.kernel_h * ((p.kernel_w * p.in_c + 3) & ~3);
  if (p.dilation_w == 1 && filter <= MSF_CONV2D_SMALL_BYTES && p.out_c >= 4 &&
      p.simple_scales == 2 && p.scale_step == 1) {
    Compare(msf_conv2d_small_s8, portable_msf_conv2d_small_s8, call, out_h,
            x_split, "conv2d_small", seed);
  }
  call.more_rows = 0;
  call.out.rows = call.out.capacity = 1;
  Compare(msf_conv2d_acc_s8, portable_msf_conv2d_acc_s8, call, in_h, 0,
          "conv2d_acc", seed);
}

// Passes over some input channels each, by one kernel: the sums go on.
void RunParts(msf_kernel kernel, msf_conv2d_part_s8_params p, msf_call call,
              int32_t passes, uint8_t *output) {
  const int32_t *const start = p.bias;
  for (int32_t i = 0; i < kMostBytes / 4; ++i) state[i] = 0x5A5A5A5A;
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
  p.out_c = draw.Int(1, kMostChannels);
  draw.Int8s(weights, kMostBytes);
  for (int32_t i = 0; i < kMostBytes; ++i) {
    if (i % ((p.in_c + 3) & ~3) >= p.in_c) weights[i] = 0;
  }
  DrawOutput(&draw, p.out_c, &p);
  const int32_t rows = draw.Int(1, 5);
  p.sums_rows = rows;
  p.sums_cols = p.out_w;
  draw.Int8s(input, rows * p.out_w * p.in_c);
  msf_call call = {};
  call.in[0] = {reinterpret_cast<uint8_t *>(input), p.out_w * p.in_c, rows,
                rows};
  call.out = {nullptr, p.out_w * p.out_c, rows, rows};
  call.more_rows = draw.Int(0, rows - 1);
  call.state = state;
  const int32_t passes = draw.Int(1, 3);
  RunParts(msf_conv2d_part_s8, p, call, passes, outputs[0]);
  RunParts(portable_msf_conv2d_part_s8, p, call, passes, outputs[1]);
  ExpectEqual(outputs[0], outputs[1], kMostBytes, "conv2d_part", seed);
}

void CompareDenseLayers(uint32_t seed) {
  Draw draw(seed);
  msf_fully_connected_s8_params p;
  const int32_t rows = draw.Int(1, 3);
  const int32_t row_bytes = draw.Int(1, 90);
  p.depth = rows * row_bytes;
  p.units = draw.Int(1, kMostChannels);
  p.batches = 1;
  draw.Int8s(weights, p.depth * p.units);
  draw.Int8s(input, p.depth);
  DrawOutput(&draw, p.units, &p);
  msf_call call = {};
  call.params = &p;
  call.in[0] = {reinterpret_cast<uint8_t *>(input), row_bytes, rows, rows};
  call.out = {nullptr, p.units, 1, 1};
  call.state = state;
  Compare(msf_fully_connected_s8, portable_msf_fully_connected_s8, call, 1, 0,
          "fully_connected", seed);
  Compare(msf_fully_connected_acc_s8, portable_msf_fully_connected_acc_s8, call,
          rows, 0, "fully_connected_acc", seed);
}

}  // namespace

void CompareTwins() {
  for (uint32_t seed = 1; seed <= kCases; ++seed) {
    CompareConvolutions(seed);
    CompareParts(seed);
    CompareDenseLayers(seed);
  }
}
