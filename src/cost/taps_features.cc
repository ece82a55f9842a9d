// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// A convolution and a depthwise convolution at once. The loops are those of
// kernels/msf_conv2d_depthwise_s8.cpp.
#include "cost/convolution_counts.h"
#include "cost/tap_geometry.h"

namespace msf {
namespace {

struct TapCounts {
  int64_t calls = 0;
  int64_t rows = 0;
  int64_t found_rows = 0;  // of the input, that exist
  int64_t pixels = 0;
  int64_t inside_groups = 0;  // of channels, of a pixel without padding
  int64_t groups = 0;         // the others
  int64_t group_rows = 0;     // kernel rows of those
  int64_t taps = 0;           // of those
  int64_t padded = 0;         // of these
  int64_t padded_channels = 0;
  int64_t inside_pairs = 0;  // of taps, of pixels without padding
  int64_t pairs = 0;         // the others
  int64_t put_rows = 0;      // kernel rows of both that go to the operand
  int64_t put_words = 0;
  int64_t put_ends = 0;  // rows with bytes behind the last word
  int64_t put_few = 0;   // without a word
  int64_t windows = 0;   // that are copied
  int64_t window_rows = 0;
  int64_t window_words = 0;
  int64_t copied_words = 0;
  int64_t copied_bytes = 0;  // behind the last word
  int64_t products = 0;      // calls of msf_tap_rows
  int64_t twos = 0;          // two channels at a time
  int64_t two_words = 0;
  int64_t singles = 0;       // the same of one tap
  int64_t single_twos = 0;
  int64_t single_words = 0;
  int64_t pixels_in_place = 0;  // calls of msf_tap_pixels
  int64_t pixel_twos = 0;
  int64_t pixel_words = 0;
  int64_t single_pixels = 0;  // of msf_tap_pixel
  int64_t single_pixel_twos = 0;
  int64_t single_pixel_words = 0;
  int64_t bias = 0;
  FinishCounts finish;
  int64_t flash_bytes = 0;
};

constexpr const char* kTapNames[] = {
    "calls",        "rows",         "found_rows",   "pixels",
    "inside_groups", "groups",      "group_rows",   "taps",
    "padded",       "padded_channels", "inside_pairs", "pairs",
    "put_rows",     "put_words",    "put_ends",     "put_few",      "windows",
    "window_rows",  "window_words", "copied_words", "copied_bytes",
    "products",     "twos",         "two_words",    "singles",
    "single_twos",  "single_words", "pixels_in_place",
    "pixel_twos",   "pixel_words",  "single_pixels", "single_pixel_twos",
    "single_pixel_words", "bias",
    MSF_FINISH_NAMES, "flash_bytes"};

class TapWalk {
 public:
  TapWalk(const KernelShape& p, const CallRange& call)
      : p_(p), call_(call), at_{p, call.in_rows} {}

  TapCounts Count() {
    n_.calls = 1;
    n_.rows = 1 + call_.more_rows;
    end_ = EndOfRows(std::min(call_.x_end, p_.out_w));
    for (int32_t r = call_.step; r <= call_.step + call_.more_rows; ++r) {
      n_.found_rows += at_.RowsFound(at_.FirstOf(r, 0).row);
    }
    n_.pixels = at_.ForGroups(call_, [&](const Tap& first, int32_t channels) {
      channels_ = channels;
      MakeChannels(first);
    });
    return n_;
  }

 private:
  int32_t EndOfRows(int32_t x_end) const {
    const int32_t whole = p_.in_w * p_.in_c;
    if (call_.in_row_bytes == whole) return whole;
    const Tap last = at_.LastOf(at_.FirstOf(0, x_end - 1));
    return std::min((at_.LeftOf(last) + p_.conv_kernel_w) * p_.in_c, whole);
  }

  void MakeChannels(const Tap& first) {
    n_.bias += channels_;
    CountFinish(p_, channels_, 1, n_.finish);
    n_.flash_bytes += int64_t{channels_} * at_.taps() +
                      ScaleBytes(p_, channels_);
    if (at_.IsLong() || !at_.IsInside(first)) {
      AddWindow(first);
      return;
    }
    const int64_t taps = at_.taps();
    const int32_t left = at_.LeftOf(at_.LastOf(first));
    n_.inside_groups += 1;
    n_.inside_pairs += taps / 2;
    PutInside((taps + 1) / 2,
              left * p_.in_c + (at_.bytes() + 3) / 4 * 4 <= end_);
    AddProducts(taps / 2);
    if (taps % 2 != 0) AddSingle();
  }

  void AddWindow(const Tap& first) {
    n_.groups += 1;
    n_.group_rows += p_.kernel_h;
    n_.taps += at_.taps();
    const int32_t padded = at_.ForPairs(
        first, [&](const Tap& a, const Tap& b, bool is_one) {
          n_.pairs += 1;
          if (at_.IsLong()) {
            is_one ? AddSinglePixel() : AddPixels();
            return;
          }
          if (at_.LiesInside(a) && at_.LiesInside(b)) {
            PutInside(1, false);
          } else {
            PutWindow(a);
            if (!is_one) PutWindow(b);
          }
          is_one ? AddSingle() : AddProducts(1);
        });
    n_.padded += padded;
    n_.padded_channels += padded * channels_;
  }

  // With `room` the last bytes are a word.
  void PutInside(int64_t pairs, bool room) {
    const int32_t bytes = at_.bytes();
    const int32_t words = room ? (bytes + 3) / 4 : bytes / 4;
    n_.put_rows += pairs * p_.conv_kernel_h;
    n_.put_words += pairs * p_.conv_kernel_h * words;
    if (bytes % 4 == 0 || room) return;
    (bytes > 4 ? n_.put_ends : n_.put_few) += pairs * p_.conv_kernel_h;
  }

  void PutWindow(const Tap& tap) {
    n_.windows += 1;
    n_.window_rows += p_.conv_kernel_h;
    n_.window_words += at_.words();
    at_.ForCopies(tap, [&](int32_t bytes) {
      n_.copied_words += bytes / 4;
      n_.copied_bytes += bytes % 4;
    });
  }

  void AddProducts(int64_t times) {
    n_.products += times;
    n_.twos += times * (channels_ / 2);
    n_.two_words += times * (channels_ / 2) * at_.words();
    ReadConstants(times);
  }

  void AddSingle() {
    n_.singles += 1;
    n_.single_twos += channels_ / 2;
    n_.single_words += channels_ / 2 * at_.words();
    ReadConstants(1);
  }

  void AddPixels() {
    n_.pixels_in_place += 1;
    n_.pixel_twos += channels_ / 2;
    n_.pixel_words += channels_ / 2 * at_.words();
    ReadConstants(1);
  }

  void AddSinglePixel() {
    n_.single_pixels += 1;
    n_.single_pixel_twos += channels_ / 2;
    n_.single_pixel_words += channels_ / 2 * at_.words();
    ReadConstants(1);
  }

  // Of the convolution, from flash.
  void ReadConstants(int64_t times) {
    n_.flash_bytes += times * (channels_ / 2) * at_.bytes_of_two();
  }

  const KernelShape& p_;
  const CallRange& call_;
  TapGeometry at_;
  int32_t end_ = 0;  // bytes of an input row that may be read
  int32_t channels_ = 0;
  TapCounts n_;
};

void CountTaps(const KernelShape& p, const CallRange& call, const KernelBody&,
               FeatureCounts& counts) {
  AddTo(counts, TapWalk(p, call).Count());
}

// Steps whose windows, and those of their taps, have the same rows inside.
int32_t ClassByTaps(const KernelShape& p, const CallRange& call) {
  const TapGeometry at{p, call.in_rows};
  const int32_t top = at.FirstOf(call.step, 0).row;
  const int32_t bottom = top + p.kernel_h - 1;
  const int32_t first = at.TopOf({top, 0});
  const int32_t last = first + at.window_rows() - 1;
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
