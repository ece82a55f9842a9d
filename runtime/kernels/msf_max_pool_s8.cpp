// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "kernels/msf_max_pool_s8.h"

#include "kernels/msf_pool_row.h"
#include "msf_kernels.h"

namespace {

struct Max {
  static constexpr int32_t kStart = -128;
  static int32_t Take(int32_t max, int32_t x) { return x > max ? x : max; }
  static int32_t End(int32_t max, int32_t) { return max; }
};

}  // namespace

void msf_max_pool_s8(const msf_call *call) { msf_pool_row<Max>(call); }
