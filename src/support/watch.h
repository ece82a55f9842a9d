// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace msf {

// How somebody follows long work, and stops it.
struct Watch {
  // Called now and then with work done and work in all, which may be guesses
  // but never go back until something else begins; may be empty.
  std::function<void(int64_t done, int64_t total)> progress;
  // Asked now and then whether to give up, also by several threads at once;
  // once it has said so it must stay with it. May be empty.
  std::function<bool()> is_cancelled;
  // Called with what begins ("compiling"), before its progress; may be empty.
  std::function<void(const std::string& what)> begin;

  bool IsCancelled() const { return is_cancelled && is_cancelled(); }
  void Report(int64_t done, int64_t total) const {
    if (progress) progress(done, total);
  }
  void Begin(const std::string& what) const {
    if (begin) begin(what);
  }

  // The same for a part of the work: that between two per cents of the whole.
  Watch Part(int64_t from, int64_t to) const {
    Watch part = *this;
    if (!progress) return part;
    part.progress = [whole = progress, from, to](int64_t done, int64_t total) {
      if (total > 0) whole(from * total + (to - from) * done, 100 * total);
    };
    return part;
  }
};

}  // namespace msf
