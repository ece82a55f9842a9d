// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// A convolution and a depthwise convolution at once, on Helium. The loops are
// those of isa/helium/msf_tap_windows.h, msf_tap_rows_body.h, and of
// kernels/msf_conv2d_depthwise_s8.cpp.
#include "cost/helium_counts.h"

namespace msf {
namespace {

constexpr int32_t kChannels = 16;   // at a time
constexpr int32_t kPointBytes = 32; // 4 * MSF_POINT_WORDS

struct VectorTapCounts {
  int64_t calls = 0;
  int64_t rows = 0;
  int64_t window_rows = 0;  // of the input under output rows
  int64_t found_rows = 0;   // of them, that exist
  int64_t pixels = 0;
  int64_t groups = 0;  // of channels of a pixel
  int64_t bias_turns = 0;
  int64_t padded = 0;  // taps
  int64_t padded_turns = 0;
  int64_t point_calls = 0;  // of 1x1 convolutions
  int64_t point_groups = 0;  // without padding, of three columns
  int64_t point_rows = 0;    // kernel rows of those
  int64_t edge_point_groups = 0;  // the others
  int64_t edge_point_rows = 0;
  int64_t edge_point_taps = 0;
  int64_t jobs_of_one = 0;  // three pixels of one vector
  int64_t quads_of_one = 0;
  int64_t jobs_of_two = 0;
  int64_t quads_of_two = 0;
  int64_t three_groups = 0;  // of windows of three rows of three words
  int64_t three_rows = 0;
  int64_t three_taps = 0;
  int64_t threes = 0;  // of two taps
  int64_t three_quads = 0;
  int64_t lone_threes = 0;
  int64_t lone_three_quads = 0;
  int64_t inside_groups = 0;  // of windows of other kinds
  int64_t inside_pairs = 0;
  int64_t edge_groups = 0;
  int64_t edge_rows = 0;
  int64_t edge_taps = 0;
  int64_t edge_pairs = 0;
  int64_t puts = 0;  // of two windows
  int64_t put_rows = 0;
  int64_t put_turns = 0;
  int64_t windows = 0;  // that are copied
  int64_t copied_rows = 0;
  int64_t copied_words = 0;
  int64_t copied_bytes = 0;
  int64_t products = 0;  // msf_tap_rows
  int64_t twos = 0;
  int64_t two_turns = 0;
  int64_t singles = 0;  // msf_tap_row
  int64_t single_twos = 0;
  int64_t single_turns = 0;
  VectorFinishCounts finish;
  int64_t flash_bytes = 0;
};

constexpr const char* kNames[] = {
    "calls", "rows", "window_rows", "found_rows", "pixels", "groups",
    "bias_turns", "padded", "padded_turns", "point_calls", "point_groups",
    "point_rows", "edge_point_groups", "edge_point_rows", "edge_point_taps",
    "jobs_of_one", "quads_of_one", "jobs_of_two", "quads_of_two",
    "three_groups", "three_rows", "three_taps", "threes", "three_quads",
    "lone_threes", "lone_three_quads", "inside_groups", "inside_pairs",
    "edge_groups", "edge_rows", "edge_taps", "edge_pairs", "puts", "put_rows",
    "put_turns", "windows", "copied_rows", "copied_words", "copied_bytes",
    "products", "twos", "two_turns", "singles", "single_twos", "single_turns",
    MSF_VECTOR_FINISH_NAMES, "flash_bytes"};

// A pixel of the convolution.
struct Tap {
  int32_t row = 0;
  int32_t column = 0;
};

class VectorTapWalk {
 public:
  VectorTapWalk(const KernelShape& p, const CallRange& call)
      : p_(p),
        call_(call),
        bytes_(p.conv_kernel_w * p.in_c),
        words_(p.conv_kernel_h * static_cast<int32_t>(DivideUp(bytes_, 4))),
        has_points_(p.conv_kernel_h == 1 && p.conv_kernel_w == 1 &&
                    p.conv_pad_top == 0 && p.conv_pad_left == 0 &&
                    p.in_c <= kPointBytes && p.conv_c % 4 == 0),
        has_threes_(p.conv_kernel_h == 3 && words_ == 9) {}

  VectorTapCounts Count() {
    n_.calls = 1;
    n_.rows = 1 + call_.more_rows;
    n_.point_calls = has_points_ ? 1 : 0;
    const int32_t x_end = std::min(call_.x_end, p_.out_w);
    for (int32_t r = call_.step; r <= call_.step + call_.more_rows; ++r) {
      const int32_t top = r * p_.stride_h - p_.pad_top;
      FindRows(top);
      for (int32_t x = call_.x; x < x_end; ++x) {
        n_.pixels += 1;
        for (int32_t o = 0; o < p_.conv_c; o += kChannels) {
          channels_ = std::min(p_.conv_c - o, kChannels);
          MakeChannels({top, x * p_.stride_w - p_.pad_left});
        }
      }
    }
    return n_;
  }

 private:
  void FindRows(int32_t top) {
    const int32_t first = top * p_.conv_stride_h - p_.conv_pad_top;
    const int32_t end = first + (p_.kernel_h - 1) * p_.conv_stride_h +
                        (p_.conv_kernel_h - 1) * p_.conv_dilation_h + 1;
    n_.window_rows += end - first;
    n_.found_rows += std::max(0, std::min(end, call_.in_rows) -
                                     std::max(first, 0));
  }

  bool Exists(const Tap& tap) const {
    return tap.row >= 0 && tap.row < p_.conv_h && tap.column >= 0 &&
           tap.column < p_.conv_w;
  }

  bool LiesInside(const Tap& tap) const {
    const int32_t top = tap.row * p_.conv_stride_h - p_.conv_pad_top;
    const int32_t left = tap.column * p_.conv_stride_w - p_.conv_pad_left;
    return left >= 0 && left + p_.conv_kernel_w <= p_.in_w && top >= 0 &&
           top + (p_.conv_kernel_h - 1) * p_.conv_dilation_h < call_.in_rows;
  }

  bool IsInside(const Tap& first) const {
    const Tap last{first.row + p_.kernel_h - 1, first.column + p_.kernel_w - 1};
    return Exists(first) && Exists(last) && LiesInside(first) &&
           LiesInside(last);
  }

  void MakeChannels(const Tap& first) {
    const int64_t taps = int64_t{p_.kernel_h} * p_.kernel_w;
    const bool inside = IsInside(first);
    n_.groups += 1;
    n_.bias_turns += DivideUp(channels_, 4);
    CountVectorFinish(p_, channels_, 1, n_.finish);
    n_.flash_bytes += channels_ * taps + ScaleBytes(p_, channels_);
    if (has_points_) {
      AddPoints(first, inside);
    } else if (!inside) {
      AddWindow(first);
    } else if (has_threes_ && channels_ % 4 == 0) {
      AddThrees(taps);
    } else {
      n_.inside_groups += 1;
      n_.inside_pairs += taps / 2;
      Put((taps + 1) / 2);
      AddProducts(taps / 2);
      if (taps % 2 != 0) AddSingle();
    }
  }

  void ReadConstants(int64_t times) {
    n_.flash_bytes += times * (channels_ / 2) * (8 * words_ + 20);
  }

  // Taps of a window on padding.
  int64_t CountPadded(const Tap& first) {
    int64_t padded = 0;
    for (int32_t y = 0; y < p_.kernel_h; ++y) {
      for (int32_t x = 0; x < p_.kernel_w; ++x) {
        padded += Exists({first.row + y, first.column + x}) ? 0 : 1;
      }
    }
    n_.padded += padded;
    n_.padded_turns += padded * DivideUp(channels_, 4);
    return padded;
  }

  void AddPoints(const Tap& first, bool inside) {
    int64_t jobs = p_.kernel_h;
    if (inside && p_.kernel_w == 3) {
      n_.point_groups += 1;
      n_.point_rows += p_.kernel_h;
    } else {
      const int64_t taps = int64_t{p_.kernel_h} * p_.kernel_w;
      n_.edge_point_groups += 1;
      n_.edge_point_rows += p_.kernel_h;
      n_.edge_point_taps += taps;
      jobs = DivideUp(taps - CountPadded(first), 3);
    }
    (words_ <= 4 ? n_.jobs_of_one : n_.jobs_of_two) += jobs;
    (words_ <= 4 ? n_.quads_of_one : n_.quads_of_two) += jobs * channels_ / 4;
    ReadConstants(jobs);
  }

  void AddThrees(int64_t taps) {
    n_.three_groups += 1;
    n_.three_rows += p_.kernel_h;
    n_.three_taps += taps;
    n_.threes += taps / 2;
    n_.three_quads += taps / 2 * channels_ / 4;
    n_.lone_threes += taps % 2;
    n_.lone_three_quads += taps % 2 * channels_ / 4;
    ReadConstants((taps + 1) / 2);
  }

  void AddWindow(const Tap& first) {
    n_.edge_groups += 1;
    n_.edge_rows += p_.kernel_h;
    n_.edge_taps += int64_t{p_.kernel_h} * p_.kernel_w;
    CountPadded(first);
    bool waits = false;
    Tap other;
    for (int32_t y = 0; y < p_.kernel_h; ++y) {
      for (int32_t x = 0; x < p_.kernel_w; ++x) {
        const Tap tap{first.row + y, first.column + x};
        if (!Exists(tap)) continue;
        if (waits) AddBoth(other, tap, false);
        waits = !waits;
        other = tap;
      }
    }
    if (waits) AddBoth(other, other, true);
  }

  void AddBoth(const Tap& a, const Tap& b, bool is_one) {
    n_.edge_pairs += 1;
    if (LiesInside(a) && LiesInside(b)) {
      Put(1);
    } else {
      PutWindow(a);
      if (!is_one) PutWindow(b);
    }
    is_one ? AddSingle() : AddProducts(1);
  }

  void Put(int64_t times) {
    n_.puts += times;
    n_.put_rows += 2 * times * p_.conv_kernel_h;
    n_.put_turns += 2 * times * p_.conv_kernel_h * DivideUp(bytes_, 16);
  }

  void PutWindow(const Tap& tap) {
    const int32_t left = tap.column * p_.conv_stride_w - p_.conv_pad_left;
    const msf_taps taps = msf_taps_inside(left, p_.conv_kernel_w, 1, p_.in_w);
    n_.windows += 1;
    n_.copied_rows += p_.conv_kernel_h;
    n_.copied_words += words_;
    for (int32_t ky = 0; ky < p_.conv_kernel_h; ++ky) {
      const int32_t row = tap.row * p_.conv_stride_h - p_.conv_pad_top +
                          ky * p_.conv_dilation_h;
      if (row < 0 || row >= call_.in_rows) continue;
      n_.copied_bytes += (taps.last - taps.first) * p_.in_c;
    }
  }

  void AddProducts(int64_t times) {
    n_.products += times;
    n_.twos += times * (channels_ / 2);
    n_.two_turns += times * (channels_ / 2) * DivideUp(words_, 4);
    ReadConstants(times);
  }

  void AddSingle() {
    n_.singles += 1;
    n_.single_twos += channels_ / 2;
    n_.single_turns += channels_ / 2 * DivideUp(words_, 4);
    ReadConstants(1);
  }

  const KernelShape& p_;
  const CallRange& call_;
  int32_t bytes_;  // of the input in a row of the convolution's window
  int32_t words_;  // of a whole window, rows filled up
  bool has_points_;
  bool has_threes_;
  int32_t channels_ = 0;
  VectorTapCounts n_;
};

void CountVectorTaps(const KernelShape& p, const CallRange& call,
                     const KernelBody&, FeatureCounts& counts) {
  AddTo(counts, VectorTapWalk(p, call).Count());
}

}  // namespace

std::vector<HeliumSet> HeliumTaps() {
  return {{"msf_conv2d_depthwise_s8",
           {Names<VectorTapCounts>(kNames), &CountVectorTaps}}};
}

}  // namespace msf
