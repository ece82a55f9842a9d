// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Convolutions that are made tap by tap inside depthwise convolutions, of
// random sizes, through the twins and through the portable kernel.
#include "kernels/msf_conv2d_depthwise_s8.h"
#include "msf_math.h"
#include "twins_firmware.h"

extern "C" {
void portable_msf_conv2d_depthwise_s8(const msf_call *call);
}

namespace {

constexpr uint32_t kCases = 1200;
constexpr int32_t kMostTwos = kMostChannels / 2;
constexpr int32_t kOperandWords = MSF_CONV2D_DEPTHWISE_BYTES / 4;
constexpr int32_t kMostWords = 24;
constexpr Pair kPair = {msf_conv2d_depthwise_s8,
                        portable_msf_conv2d_depthwise_s8, "conv2d_depthwise"};

// The convolution's constants; their end is the end of what may be read.
int32_t conv[kMostTwos * (2 * kMostWords + 5)];

using Params = msf_conv2d_depthwise_s8_params;

int32_t WordsOfRow(const Params &p) {
  return (p.conv_kernel_w * p.in_c + 3) >> 2;
}

// Input rows and columns under an output row and column.
int32_t RowsUnder(const Params &p) {
  return (p.kernel_h - 1) * p.conv_stride_h +
         (p.conv_kernel_h - 1) * p.conv_dilation_h + 1;
}

int32_t ColumnsUnder(const Params &p) {
  return (p.kernel_w - 1) * p.conv_stride_w + p.conv_kernel_w;
}

// First input column under an output column.
int32_t FirstColumn(const Params &p, int32_t x) {
  return (x * p.stride_w - p.pad_left) * p.conv_stride_w - p.conv_pad_left;
}

int32_t ZeroPoint(Draw *draw) {
  if (draw->OneIn(3)) return draw->OneIn(3) ? 127 : -128;
  return draw->Int(-128, 127);
}

// Pixels that are read where they lie.
void DrawLong(Draw *draw, Params *p) {
  p->conv_kernel_h = p->conv_kernel_w = 1;
  p->in_c = 4 * draw->Int(kOperandWords + 1, kMostWords);
}

void DrawKernels(Draw *draw, Params *p) {
  const int32_t conv_size = draw->OneIn(2) ? 3 : 1;
  const bool any = draw->OneIn(4);
  p->conv_kernel_h = any ? draw->Int(1, 10) : conv_size;
  p->conv_kernel_w = any ? draw->Int(1, 5) : conv_size;
  p->in_c = draw->OneIn(2) ? draw->Int(1, 4) : draw->Int(1, 40);
  if (draw->OneIn(4)) DrawLong(draw, p);
  p->conv_stride_h = draw->Int(1, 2);
  p->conv_stride_w = draw->Int(1, 2);
  p->conv_dilation_h = draw->OneIn(4) ? 2 : 1;
  const int32_t size = draw->OneIn(2) ? 3 : 2 * draw->Int(0, 3) + 1;
  p->kernel_h = draw->OneIn(6) ? draw->Int(1, 4) : size;
  p->kernel_w = draw->OneIn(6) ? draw->Int(1, 4) : size;
  p->stride_h = draw->Int(1, 2);
  p->stride_w = draw->Int(1, 2);
}

// Whether the kernel takes them.
bool Fits(const Params &p) {
  const bool is_pixel = p.conv_kernel_h == 1 && p.conv_kernel_w == 1;
  return p.conv_kernel_h * WordsOfRow(p) <=
             (is_pixel ? kMostWords : kOperandWords) &&
         RowsUnder(p) <= MSF_CONV2D_DEPTHWISE_ROWS;
}

// Two channels after the other, see msf_conv2d_depthwise_s8.h. They end at the
// end of `conv`.
void DrawTwos(Draw *draw, Params *p) {
  const int32_t words = p->conv_kernel_h * WordsOfRow(*p);
  const int32_t count = 2 * words + 5;
  const int32_t run = p->conv_kernel_w * p->in_c;
  const int32_t most = draw->OneIn(4) ? 1 << 29 : 20000;
  int32_t *two = conv + kMostTwos * (2 * kMostWords + 5) - p->conv_c / 2 * count;
  p->conv = two;
  for (int32_t c = 0; c < p->conv_c; c += 2) {
    int8_t *bytes = reinterpret_cast<int8_t *>(two + 2);
    draw->Int8s(bytes, 8 * words);
    for (int32_t i = 0; i < 8 * words; ++i) {
      const int32_t at = i / 8 * 4 + i % 4; /* of a channel's weights */
      if (at % (4 * WordsOfRow(*p)) >= run) bytes[i] = 0;
    }
    int8_t *right = reinterpret_cast<int8_t *>(two + count - 1);
    for (int32_t i = 0; i < 2; ++i) {
      two[i] = draw->Int(-most, most);
      two[count - 3 + i] = draw->OneIn(16) ? 0 : draw->Multiplier();
      const bool usual = draw->OneIn(2);
      right[i] = static_cast<int8_t>(usual ? draw->Int(4, 10)
                                           : draw->Int(0, 21));
      right[i + 2] = 0;
    }
    two += count;
  }
}

// Sizes of the input, and of both outputs. Returns the rows of the input and
// of the output.
struct Rows {
  int32_t in;
  int32_t out;
};

Rows DrawSizes(Draw *draw, Params *p) {
  const int32_t tall = (p->conv_kernel_h - 1) * p->conv_dilation_h;
  p->conv_pad_top = draw->OneIn(2) ? 0 : draw->Int(0, tall);
  p->conv_pad_left = draw->OneIn(2) ? 0 : draw->Int(0, p->conv_kernel_w - 1);
  p->pad_top = draw->OneIn(2) ? 0 : draw->Int(0, p->kernel_h - 1);
  p->pad_left = draw->OneIn(2) ? 0 : draw->Int(0, p->kernel_w - 1);
  const int32_t bottom = draw->OneIn(2) ? 0 : draw->Int(0, tall);
  const int32_t right = draw->OneIn(2) ? 0 : draw->Int(0, p->conv_kernel_w - 1);
  const int32_t in_h = RowsUnder(*p) + draw->Int(0, 4);
  p->in_w = ColumnsUnder(*p) + draw->Int(0, 8);
  p->conv_h = (in_h + p->conv_pad_top + bottom - tall - 1) / p->conv_stride_h +
              1;
  p->conv_w = (p->in_w + p->conv_pad_left + right - p->conv_kernel_w) /
                  p->conv_stride_w +
              1;
  const int32_t below = draw->OneIn(2) ? 0 : draw->Int(0, p->kernel_h - 1);
  const int32_t beside = draw->OneIn(2) ? 0 : draw->Int(0, p->kernel_w - 1);
  p->out_w = (p->conv_w + p->pad_left + beside - p->kernel_w) / p->stride_w + 1;
  return {in_h,
          (p->conv_h + p->pad_top + below - p->kernel_h) / p->stride_h + 1};
}

// Columns [x, x_end) of all rows.
void RunColumns(msf_kernel kernel, msf_call call, uint8_t *output) {
  const int32_t rows = 1 + call.more_rows;
  call.out.base = output;
  for (call.step = 0; call.step < call.out.rows; call.step += rows) {
    call.more_rows = msf_min(rows, call.out.rows - call.step) - 1;
    kernel(&call);
  }
}

// As in a patch: rows of which only what is under some columns lies in memory,
// the latest of them in another place.
void ComparePatch(Draw *draw, const Params &p, msf_call call, uint32_t seed) {
  msf_view *in = &call.in[0];
  call.x = draw->Int(0, p.out_w - 1);
  call.x_end = draw->Int(call.x + 1, p.out_w);
  int32_t first = FirstColumn(p, call.x);
  int32_t end = FirstColumn(p, call.x_end - 1) + ColumnsUnder(p);
  if (first < 0) first = 0;
  end = msf_min(end, p.in_w);
  if (end <= first) return;
  const int32_t bytes = (end - first) * p.in_c;
  const int32_t more = draw->OneIn(2) ? draw->Int(0, 9) : 0;
  // Rows end with the rows of what the patch needs, or lie apart.
  in->base = reinterpret_cast<uint8_t *>(inputs[0]) + kMostBytes / 4;
  in->row_bytes = bytes + more;
  in->base -= first * p.in_c;
  if (draw->OneIn(2)) {
    in->fresh_base = reinterpret_cast<uint8_t *>(inputs[1]) + kMostBytes / 4;
    in->fresh_row_bytes = static_cast<uint16_t>(
        draw->OneIn(2) ? bytes : p.in_w * p.in_c);
    in->fresh_base -= first * p.in_c;
    in->fresh = static_cast<uint16_t>(draw->Int(0, in->rows - 1));
  }
  const int32_t painted = PaintOutputs(call);
  RunColumns(kPair.twin, call, outputs[0]);
  RunColumns(kPair.portable, call, outputs[1]);
  ExpectEqualOutputs(painted, "conv2d_depthwise_patch", seed);
}

void CompareTaps(uint32_t seed) {
  Draw draw(seed);
  Params p = {};
  do {
    DrawKernels(&draw, &p);
  } while (!Fits(p));
  p.conv_c = 2 * (draw.OneIn(2) ? draw.Int(1, 9) : draw.Int(1, 20));
  const Rows rows = DrawSizes(&draw, &p);
  DrawLayer(&draw, p.conv_c, -31, &p);
  DrawTwos(&draw, &p);
  p.conv_input_zero_point = ZeroPoint(&draw);
  p.conv_output_zero_point = ZeroPoint(&draw);
  p.output_zero_point = ZeroPoint(&draw);
  draw.Int8s(inputs[0], kMostBytes / 2);
  draw.Int8s(inputs[1], kMostBytes / 2);
  msf_call call = {};
  call.params = &p;
  call.in[0] = WholeView(inputs[0], p.in_w * p.in_c, rows.in);
  call.out = WholeView(nullptr, p.out_w * p.conv_c, rows.out);
  call.more_rows = draw.OneIn(2) ? draw.Int(1, 3) : 0;
  Compare(kPair, call, rows.out, draw.Int(0, p.out_w - 1), seed);
  ComparePatch(&draw, p, call, seed);
}

}  // namespace

void CompareTwins() {
  for (uint32_t seed = 1; seed <= kCases; ++seed) CompareTaps(seed);
}
