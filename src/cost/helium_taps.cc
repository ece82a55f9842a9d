// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// A convolution and a depthwise convolution at once, on Helium. The loops are
// those of isa/helium/msf_tap_windows.h, msf_tap_rows_body.h, and of
// kernels/msf_conv2d_depthwise_s8.cpp.
#include "cost/helium_counts.h"
#include "cost/tap_geometry.h"

namespace msf {
namespace {

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
  int64_t jobs_of_many = 0;
  int64_t quads_of_many = 0;
  int64_t turns_of_many = 0;  // of two channels
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
  int64_t pixels_in_place = 0;  // of 1x1 convolutions, pairs too
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
    "jobs_of_many", "quads_of_many", "turns_of_many", "three_groups",
    "three_rows", "three_taps", "threes", "three_quads", "lone_threes",
    "lone_three_quads", "inside_groups", "inside_pairs", "edge_groups",
    "edge_rows", "edge_taps", "edge_pairs", "pixels_in_place", "puts",
    "put_rows", "put_turns", "windows", "copied_rows", "copied_words",
    "copied_bytes", "products", "twos", "two_turns", "singles", "single_twos",
    "single_turns", MSF_VECTOR_FINISH_NAMES, "flash_bytes"};

class VectorTapWalk {
 public:
  VectorTapWalk(const KernelShape& p, const CallRange& call)
      : p_(p),
        call_(call),
        at_{p, call.in_rows},
        words_(at_.words()),
        has_points_(p.conv_kernel_h == 1 && p.conv_kernel_w == 1 &&
                    p.conv_pad_top == 0 && p.conv_pad_left == 0 &&
                    (p.in_c <= kPointBytes || p.in_c % 4 == 0) &&
                    p.conv_c % 4 == 0),
        has_threes_(p.conv_kernel_h == 3 && words_ == 9) {}

  VectorTapCounts Count() {
    n_.calls = 1;
    n_.rows = 1 + call_.more_rows;
    n_.point_calls = has_points_ ? 1 : 0;
    for (int32_t r = call_.step; r <= call_.step + call_.more_rows; ++r) {
      n_.window_rows += at_.window_rows();
      n_.found_rows += at_.RowsFound(at_.FirstOf(r, 0).row);
    }
    n_.pixels = at_.ForGroups(call_, [&](const Tap& first, int32_t channels) {
      channels_ = channels;
      MakeChannels(first);
    });
    return n_;
  }

 private:
  void MakeChannels(const Tap& first) {
    const int64_t taps = at_.taps();
    const bool inside = at_.IsInside(first);
    n_.groups += 1;
    n_.bias_turns += DivideUp(channels_, 4);
    CountVectorFinish(p_, channels_, 1, n_.finish);
    n_.flash_bytes += channels_ * taps + ScaleBytes(p_, channels_);
    if (has_points_) {
      AddPoints(first, inside);
    } else if (!inside || at_.IsLong()) {
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
    n_.flash_bytes += times * (channels_ / 2) * at_.bytes_of_two();
  }

  void AddPadded(int64_t padded) {
    n_.padded += padded;
    n_.padded_turns += padded * DivideUp(channels_, 4);
  }

  void AddPoints(const Tap& first, bool inside) {
    int64_t jobs = p_.kernel_h;
    if (inside && p_.kernel_w == 3) {
      n_.point_groups += 1;
      n_.point_rows += p_.kernel_h;
    } else {
      const int32_t padded =
          at_.ForPairs(first, [](const Tap&, const Tap&, bool) {});
      AddPadded(padded);
      n_.edge_point_groups += 1;
      n_.edge_point_rows += p_.kernel_h;
      n_.edge_point_taps += at_.taps();
      jobs = DivideUp(at_.taps() - padded, 3);
    }
    ReadConstants(jobs);
    const int64_t quads = jobs * channels_ / 4;
    if (words_ > kPointBytes / 4) {
      n_.jobs_of_many += jobs;
      n_.quads_of_many += quads;
      n_.turns_of_many += 2 * quads * DivideUp(p_.in_c, 16);
      return;
    }
    (words_ <= 4 ? n_.jobs_of_one : n_.jobs_of_two) += jobs;
    (words_ <= 4 ? n_.quads_of_one : n_.quads_of_two) += quads;
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
    n_.edge_taps += at_.taps();
    AddPadded(at_.ForPairs(
        first, [&](const Tap& a, const Tap& b, bool is_one) {
          n_.edge_pairs += 1;
          if (at_.IsLong()) {
            n_.pixels_in_place += 1;
          } else if (at_.LiesInside(a) && at_.LiesInside(b)) {
            Put(1);
          } else {
            PutWindow(a);
            if (!is_one) PutWindow(b);
          }
          is_one ? AddSingle() : AddProducts(1);
        }));
  }

  void Put(int64_t times) {
    n_.puts += times;
    n_.put_rows += 2 * times * p_.conv_kernel_h;
    n_.put_turns += 2 * times * p_.conv_kernel_h * DivideUp(at_.bytes(), 16);
  }

  void PutWindow(const Tap& tap) {
    n_.windows += 1;
    n_.copied_rows += p_.conv_kernel_h;
    n_.copied_words += words_;
    at_.ForCopies(tap, [&](int32_t bytes) { n_.copied_bytes += bytes; });
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
  TapGeometry at_;
  int32_t words_;  // of a tap's window
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
