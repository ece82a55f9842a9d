// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "kernels/msf_average_pool_s8.h"

#include "kernels/msf_pool_row.h"
#include "msf_kernels.h"

namespace {

struct Average {
  static constexpr int32_t kStart = 0;
  static int32_t Take(int32_t sum, int32_t x) { return sum + x; }
  static int32_t End(int32_t sum, int32_t count) {
    return msf_pool_average(sum, count);
  }
};

}  // namespace

void msf_average_pool_s8(const msf_call *call) { msf_pool_row<Average>(call); }
