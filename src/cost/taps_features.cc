// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// A convolution and a depthwise convolution at once. The loops are those of
// kernels/msf_conv2d_depthwise_s8.cpp.
#include "cost/convolution_counts.h"

namespace msf {
namespace {

struct TapCounts {
  int64_t calls = 0;
  int64_t rows = 0;
  int64_t found_rows = 0;  // of the input, that exist
  int64_t other_rows = 0;
  int64_t groups = 0;  // of channels, of a pixel
  int64_t group_rows = 0;
  int64_t taps = 0;
  int64_t padded = 0;  // of them
  int64_t padded_channels = 0;
  int64_t pairs = 0;        // made together
  int64_t pair_rows = 0;    // kernel rows of pairs that lie inside
  int64_t pair_words = 0;
  int64_t pair_ends = 0;    // rows with bytes behind the last word
  int64_t moved = 0;        // windows that go to the operand by themselves
  int64_t moved_words = 0;
  int64_t singles = 0;      // made alone
  int64_t windows = 0;      // copied
  int64_t window_rows = 0;
  int64_t window_words = 0;
  int64_t window_bytes = 0;  // behind the last word
  int64_t filled_bytes = 0;
  int64_t bias = 0;
  int64_t twos = 0;       // sums of two taps: groups, words of channels
  int64_t two_words = 0;
  int64_t ones = 0;
  int64_t one_words = 0;
  PairCounts pair;
  SingleCounts single;
  int64_t flash_bytes = 0;
};

constexpr const char* kTapNames[] = {
    "calls",       "rows",         "found_rows",   "other_rows",
    "groups",      "group_rows",   "taps",         "padded",
    "padded_channels", "pairs",    "pair_rows",    "pair_words",
    "pair_ends",   "moved",        "moved_words",  "singles",
    "windows",     "window_rows",  "window_words", "window_bytes",
    "filled_bytes", "bias",        "two_taps",     "two_tap_words",
    "one_taps",    "one_tap_words", MSF_PAIR_NAMES, MSF_SINGLE_NAMES,
    "flash_bytes"};

// The convolution by itself.
KernelShape ConvolutionOf(const KernelShape& p) {
  KernelShape conv;
  conv.in_w = p.conv_in_w;
  conv.in_c = p.conv_in_c;
  conv.out_w = p.conv_out_w;
  conv.out_c = p.conv_out_c;
  conv.kernel_h = p.conv_kernel_h;
  conv.kernel_w = p.conv_kernel_w;
  conv.stride_h = p.conv_stride_h;
  conv.stride_w = p.conv_stride_w;
  conv.dilation_h = p.conv_dilation_h;
  conv.dilation_w = 1;
  conv.pad_top = p.conv_pad_top;
  conv.pad_left = p.conv_pad_left;
  conv.clamp_min = p.conv_clamp_min;
  conv.clamp_max = p.conv_clamp_max;
  conv.scale_step = 1;
  conv.simple_scales = 2;
  return conv;
}

// A pixel of the convolution.
struct Tap {
  int32_t row = 0;
  int32_t column = 0;
};

class TapWalk {
 public:
  TapWalk(const KernelShape& p, const CallRange& call, const KernelBody& body)
      : p_(p), conv_(ConvolutionOf(p)), call_(call), body_(body),
        row_words_((conv_.kernel_w * conv_.in_c + 3) / 4),
        words_(conv_.kernel_h * row_words_) {}

  TapCounts Count() {
    n_.calls = 1;
    n_.rows = 1 + call_.more_rows;
    const int32_t x_end = std::min(call_.x_end, p_.out_w);
    for (int32_t r = call_.step; r <= call_.step + call_.more_rows; ++r) {
      FindRows(r);
      for (int32_t x = call_.x; x < x_end; ++x) {
        for (int32_t o = 0; o < conv_.out_c; o += kPairChannels) {
          channels_ = std::min(conv_.out_c - o, kPairChannels);
          MakeChannels(r, x);
        }
      }
    }
    return n_;
  }

 private:
  void FindRows(int32_t r) {
    const int32_t count = (p_.kernel_h - 1) * p_.dilation_h * conv_.stride_h +
                          (conv_.kernel_h - 1) * conv_.dilation_h + 1;
    const int32_t first =
        (r * p_.stride_h - p_.pad_top) * conv_.stride_h - conv_.pad_top;
    for (int32_t y = first; y < first + count; ++y) {
      (y >= 0 && y < call_.in_rows ? n_.found_rows : n_.other_rows) += 1;
    }
  }

  void MakeChannels(int32_t r, int32_t x) {
    n_.groups += 1;
    n_.group_rows += p_.kernel_h;
    n_.bias += channels_;
    n_.flash_bytes += channels_ * p_.kernel_h * p_.kernel_w +
                      ScaleBytes(p_, channels_);
    bool waiting = false;
    Tap wait;
    for (int32_t ky = 0; ky < p_.kernel_h; ++ky) {
      for (int32_t kx = 0; kx < p_.kernel_w; ++kx) {
        const Tap tap{r * p_.stride_h - p_.pad_top + ky * p_.dilation_h,
                      x * p_.stride_w - p_.pad_left + kx * p_.dilation_w};
        n_.taps += 1;
        if (tap.row < 0 || tap.row >= p_.conv_h || tap.column < 0 ||
            tap.column >= conv_.out_w) {
          n_.padded += 1;
          n_.padded_channels += channels_;
        } else if (body_.helium) {
          AddOne(tap);
        } else if (waiting) {
          AddBoth(wait, tap);
          waiting = false;
        } else {
          wait = tap;
          waiting = true;
        }
      }
    }
    if (waiting) AddOne(wait);
    CountFinish(p_, channels_, 1, n_.single.finish);
  }

  bool LiesInside(const Tap& tap) const {
    const int32_t top = tap.row * conv_.stride_h - conv_.pad_top;
    const int32_t left = tap.column * conv_.stride_w - conv_.pad_left;
    return left >= 0 && left + conv_.kernel_w <= conv_.in_w && top >= 0 &&
           top + (conv_.kernel_h - 1) * conv_.dilation_h < call_.in_rows;
  }

  void PutWindow(const Tap& tap) {
    const bool inside = LiesInside(tap);
    const int32_t bytes = conv_.kernel_w * conv_.in_c;
    if (inside && bytes == 4 * words_) return;
    n_.windows += 1;
    if (!inside) n_.filled_bytes += 4 * words_;
    const int32_t left = tap.column * conv_.stride_w - conv_.pad_left;
    const msf_taps taps =
        msf_taps_inside(left, conv_.kernel_w, 1, conv_.in_w);
    const int32_t copied = (taps.last - taps.first) * conv_.in_c;
    for (int32_t ky = 0; ky < conv_.kernel_h; ++ky) {
      const int32_t row = tap.row * conv_.stride_h - conv_.pad_top +
                          ky * conv_.dilation_h;
      n_.window_rows += 1;
      if (row < 0 || row >= call_.in_rows) continue;
      n_.window_words += copied / 4;
      n_.window_bytes += copied % 4;
    }
  }

  void AddBoth(const Tap& a, const Tap& b) {
    n_.pairs += 1;
    n_.flash_bytes += channels_ * 4 * words_ + ScaleBytes(conv_, channels_);
    const int32_t bytes = conv_.kernel_w * conv_.in_c;
    if (bytes >= 4 && LiesInside(a) && LiesInside(b)) {
      n_.pair_rows += conv_.kernel_h;
      n_.pair_words += int64_t{conv_.kernel_h} * (bytes / 4);
      if (bytes % 4 != 0) n_.pair_ends += conv_.kernel_h;
    } else {
      PutWindow(a);
      PutWindow(b);
      n_.moved += 2;
      n_.moved_words += 2 * words_;
    }
    if (body_.pair_codes) {
      CountCodes(channels_, words_, n_.pair);
      CountClamp(conv_, channels_, n_.single);
      CountClamp(conv_, channels_, n_.single);
    } else {
      n_.bias += channels_;
      CountMultiply(channels_, words_, 1, n_.pair);
      CountPairFinish(conv_, body_, channels_, n_.pair, n_.single);
    }
    n_.twos += 1;
    n_.two_words += channels_ / 4;
  }

  void AddOne(const Tap& tap) {
    n_.singles += 1;
    n_.flash_bytes += channels_ * 4 * words_ + ScaleBytes(conv_, channels_);
    PutWindow(tap);
    if (!CountDotEndChannels(conv_, body_, 4 * words_, channels_, n_.single)) {
      n_.bias += channels_;
      CountDots(4 * words_, channels_, 1, n_.single.dots);
      CountFinish(conv_, channels_, 1, n_.single.finish);
    }
    n_.ones += 1;
    n_.one_words += channels_ / 4;
  }

  const KernelShape& p_;
  const KernelShape conv_;
  const CallRange& call_;
  const KernelBody& body_;
  int64_t row_words_;
  int64_t words_;  // of a window
  int32_t channels_ = 0;
  TapCounts n_;
};

void CountTaps(const KernelShape& p, const CallRange& call,
               const KernelBody& body, FeatureCounts& counts) {
  AddTo(counts, TapWalk(p, call, body).Count());
}

// Steps whose windows, and those of their taps, have the same rows inside.
int32_t ClassByTaps(const KernelShape& p, const CallRange& call) {
  const KernelShape conv = ConvolutionOf(p);
  const int32_t top = call.step * p.stride_h - p.pad_top;
  const int32_t bottom = top + (p.kernel_h - 1) * p.dilation_h;
  const int32_t first = top * conv.stride_h - conv.pad_top;
  const int32_t last = bottom * conv.stride_h - conv.pad_top +
                       (conv.kernel_h - 1) * conv.dilation_h;
  const auto outside = [](int32_t n) { return std::clamp(n, 0, 31); };
  return outside(-top) + 32 * outside(bottom + 1 - p.conv_h) +
         1024 * outside(-first) + 32768 * outside(last + 1 - call.in_rows);
}

}  // namespace

std::vector<CostedKernel> TapFeatures() {
  return {{"msf_conv2d_depthwise_s8",
           {Names<TapCounts>(kTapNames), &CountTaps},
           &ClassByTaps}};
}

}  // namespace msf
