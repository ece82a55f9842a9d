// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

namespace msf {

// How somebody follows a long search, and stops it.
struct Watch {
  // Called now and then with work done and work in all, which may be guesses
  // but never go back; may be empty.
  std::function<void(int64_t done, int64_t total)> progress;
  // Asked now and then whether to give up; may be empty.
  std::function<bool()> is_cancelled;

  bool IsCancelled() const { return is_cancelled && is_cancelled(); }
  void Report(int64_t done, int64_t total) const {
    if (progress) progress(done, total);
  }

  // The same for a part of the work: that between two per cents of the whole.
  Watch Part(int64_t from, int64_t to) const {
    if (!progress) return {.progress = {}, .is_cancelled = is_cancelled};
    return {.progress =
                [whole = progress, from, to](int64_t done, int64_t total) {
                  if (total > 0) {
                    whole(from * total + (to - from) * done, 100 * total);
                  }
                },
            .is_cancelled = is_cancelled};
  }
};

}  // namespace msf
