// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Where the taps of msf_conv2d_depthwise_s8 lie: for what it costs on any core.
#pragma once

#include <algorithm>

#include "cost/features.h"
#include "cost/kernel_shape.h"
#include "kernels/msf_conv2d_depthwise_s8.h"
#include "kernels/msf_window.h"

namespace msf {

// A pixel of the convolution.
struct Tap {
  int32_t row = 0;
  int32_t column = 0;
};

// The geometry of a call, with `in_rows` rows of the input.
struct TapGeometry {
  const KernelShape& p;
  int32_t in_rows = 0;

  // Bytes of the input in a row of the convolution's window; words of all of
  // it, rows filled up.
  int32_t bytes() const { return p.conv_kernel_w * p.in_c; }
  int32_t words() const { return p.conv_kernel_h * ((bytes() + 3) / 4); }
  // Whether they are read where they lie.
  bool IsLong() const { return 4 * words() > MSF_CONV2D_DEPTHWISE_BYTES; }
  // What two channels of the convolution have in flash.
  int32_t bytes_of_two() const { return 8 * words() + 20; }
  int32_t taps() const { return p.kernel_h * p.kernel_w; }

  // Of the input, under an output row.
  int32_t window_rows() const {
    return (p.kernel_h - 1) * p.conv_stride_h +
           (p.conv_kernel_h - 1) * p.conv_dilation_h + 1;
  }
  // Of those the ones that exist, for the row whose first tap is `top`.
  int32_t RowsFound(int32_t top) const {
    const int32_t first = top * p.conv_stride_h - p.conv_pad_top;
    return std::max(0, std::min(first + window_rows(), in_rows) -
                           std::max(first, 0));
  }

  // The first tap of an output pixel.
  Tap FirstOf(int32_t r, int32_t x) const {
    return {r * p.stride_h - p.pad_top, x * p.stride_w - p.pad_left};
  }
  // The last one, if the first is this.
  Tap LastOf(const Tap& first) const {
    return {first.row + p.kernel_h - 1, first.column + p.kernel_w - 1};
  }
  // The first input row and column of its own window.
  int32_t TopOf(const Tap& tap) const {
    return tap.row * p.conv_stride_h - p.conv_pad_top;
  }
  int32_t LeftOf(const Tap& tap) const {
    return tap.column * p.conv_stride_w - p.conv_pad_left;
  }

  bool Exists(const Tap& tap) const {
    return tap.row >= 0 && tap.row < p.conv_h && tap.column >= 0 &&
           tap.column < p.conv_w;
  }
  // Whether its window lies in the input.
  bool LiesInside(const Tap& tap) const {
    return LeftOf(tap) >= 0 && LeftOf(tap) + p.conv_kernel_w <= p.in_w &&
           TopOf(tap) >= 0 &&
           TopOf(tap) + (p.conv_kernel_h - 1) * p.conv_dilation_h < in_rows;
  }
  // Whether nothing that the pixel needs is padding.
  bool IsInside(const Tap& first) const {
    const Tap last = LastOf(first);
    return Exists(first) && Exists(last) && LiesInside(first) &&
           LiesInside(last);
  }

  // Channels that the kernel makes at a time.
  static constexpr int32_t kChannels = 16;

  // Calls make(first tap, channels) for each group of channels of each pixel of
  // a call. Returns how many pixels there are.
  template <typename Make>
  int64_t ForGroups(const CallRange& call, const Make& make) const {
    const int32_t x_end = std::min(call.x_end, p.out_w);
    int64_t pixels = 0;
    for (int32_t r = call.step; r <= call.step + call.more_rows; ++r) {
      for (int32_t x = call.x; x < x_end; ++x) {
        ++pixels;
        for (int32_t o = 0; o < p.conv_c; o += kChannels) {
          make(FirstOf(r, x), std::min(p.conv_c - o, kChannels));
        }
      }
    }
    return pixels;
  }

  // Calls pair(a, b, false) for the taps that exist, two by two, and for one
  // that is left pair(a, a, true). Returns how many lie on padding.
  template <typename Pair>
  int32_t ForPairs(const Tap& first, const Pair& pair) const {
    int32_t padded = 0;
    bool waits = false;
    Tap other;
    for (int32_t y = 0; y < p.kernel_h; ++y) {
      for (int32_t x = 0; x < p.kernel_w; ++x) {
        const Tap tap{first.row + y, first.column + x};
        if (!Exists(tap)) {
          ++padded;
          continue;
        }
        if (waits) pair(other, tap, false);
        waits = !waits;
        other = tap;
      }
    }
    if (waits) pair(other, other, true);
    return padded;
  }

  // Calls copy(bytes) for each kernel row of a tap's window that exists, with
  // those of it that do.
  template <typename Copy>
  void ForCopies(const Tap& tap, const Copy& copy) const {
    const msf_taps taps =
        msf_taps_inside(LeftOf(tap), p.conv_kernel_w, 1, p.in_w);
    for (int32_t ky = 0; ky < p.conv_kernel_h; ++ky) {
      const int32_t row = TopOf(tap) + ky * p.conv_dilation_h;
      if (row >= 0 && row < in_rows) copy((taps.last - taps.first) * p.in_c);
    }
  }
};

}  // namespace msf
