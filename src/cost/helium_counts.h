// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// What kernels with Helium bodies count alike: loops whose turns take sixteen
// bytes or four sums.
#pragma once

#include "cost/count.h"

namespace msf {

inline int64_t DivideUp(int64_t a, int64_t b) { return (a + b - 1) / b; }

// msf_dots_s8 of isa/helium.
struct VectorDotCounts {
  int64_t dots = 0;
  int64_t dot_quads = 0;
  int64_t dot_quad_turns = 0;
  int64_t dot_singles = 0;
  int64_t dot_single_turns = 0;
};
#define MSF_VECTOR_DOT_NAMES                                       \
  "dots", "dot_quads", "dot_quad_turns", "dot_singles",            \
      "dot_single_turns"

inline void CountVectorDots(int64_t bytes, int64_t channels, int64_t times,
                            VectorDotCounts& n) {
  const int64_t turns = DivideUp(bytes, 16);
  n.dots += times;
  n.dot_quads += times * (channels / 4);
  n.dot_quad_turns += times * (channels / 4) * turns;
  n.dot_singles += times * (channels % 4);
  n.dot_single_turns += times * (channels % 4) * turns;
}

// msf_finish_pixels of one pixel.
struct VectorFinishCounts {
  int64_t finishes = 0;
  int64_t finish_turns = 0;
  int64_t finishes_rare = 0;
  int64_t finish_rare_turns = 0;     // one simple scale for all
  int64_t finish_general_turns = 0;  // scales that are not simple
};
#define MSF_VECTOR_FINISH_NAMES                                          \
  "finishes", "finish_turns", "finishes_rare", "finish_rare_turns",      \
      "finish_general_turns"

inline void CountVectorFinish(const KernelShape& p, int64_t channels,
                              int64_t times, VectorFinishCounts& n) {
  const int64_t turns = times * DivideUp(channels, 4);
  if (p.simple_scales && p.scale_step != 0) {
    n.finishes += times;
    n.finish_turns += turns;
    return;
  }
  n.finishes_rare += times;
  (p.simple_scales ? n.finish_rare_turns : n.finish_general_turns) += turns;
}

// Products and codes in one: msf_operand_codes.
struct JobCounts {
  int64_t jobs = 0;
  int64_t job_quads = 0;
  int64_t job_turns = 0;
};
#define MSF_JOB_NAMES "jobs", "job_quads", "job_turns"

// Fours of channels, the last of which some are made once more.
inline int64_t QuadsOf(const KernelShape& p) { return DivideUp(p.out_c, 4); }

inline void CountEndAll(const KernelShape& p, int64_t bytes, JobCounts& n) {
  n.jobs += p.out_c % 4 != 0 ? 2 : 1;
  n.job_quads += QuadsOf(p);
  n.job_turns += QuadsOf(p) * 2 * DivideUp(bytes, 16);
}

// msf_has_codes().
inline bool HasCodes(const KernelShape& p) {
  return p.simple_scales != 0 && p.scale_step != 0 && p.out_c >= 4;
}

// The sets of features of kernels whose bodies differ, by kernel.
struct HeliumSet {
  const char* kernel;
  FeatureSet features;
};
std::vector<HeliumSet> HeliumConvolutions();
std::vector<HeliumSet> HeliumWindows();
std::vector<HeliumSet> HeliumDepthwise();
std::vector<HeliumSet> HeliumTaps();

}  // namespace msf
