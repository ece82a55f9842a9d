// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "memory/conflicts.h"

#include <algorithm>

namespace msf {
namespace {

// Both in order.
bool Overlap(const std::vector<Lifespan>& a, const std::vector<Lifespan>& b) {
  const auto ends_before = [](const Lifespan& span, int64_t step) {
    return span.last <= step;
  };
  auto x = std::lower_bound(a.begin(), a.end(), b.front().first, ends_before);
  auto y = b.begin();
  while (x != a.end() && y != b.end()) {
    if (x->Overlaps(*y)) return true;
    (x->last <= y->last) ? ++x : ++y;
  }
  return false;
}

// A run of bytes of a buffer that lives and dies as one.
struct Piece {
  int64_t offset = 0;  // in the buffer
  int64_t bytes = 0;
  Lifespan life;
  const std::vector<Lifespan>* spans = nullptr;  // of life; null: all of it

  bool Overlaps(const Piece& other) const {
    if (!life.Overlaps(other.life)) return false;
    if (spans == nullptr && other.spans == nullptr) return true;
    if (spans == nullptr) return Overlap(*other.spans, {life});
    if (other.spans == nullptr) return Overlap(*spans, {other.life});
    return Overlap(*spans, *other.spans);
  }
};

std::vector<Piece> PiecesOf(const Buffer& buffer) {
  if (buffer.rows.empty()) {
    return {{0, buffer.bytes, buffer.life,
             buffer.spans.empty() ? nullptr : &buffer.spans}};
  }
  std::vector<Piece> pieces;
  const int64_t row_bytes = buffer.row_bytes();
  for (const Lifespan& life : buffer.rows) {
    const auto row = static_cast<int64_t>(pieces.size());
    pieces.push_back({row * row_bytes, row_bytes, life, nullptr});
  }
  return pieces;
}

// Whether the pieces share just the step in which `from` is read for the last
// time and `to` is written.
bool HandsOver(const Piece& from, const Piece& to) {
  return from.life.last == to.life.first + 1;
}

std::vector<ForbiddenDistance> Merge(std::vector<ForbiddenDistance> list) {
  std::sort(list.begin(), list.end(),
            [](const ForbiddenDistance& x, const ForbiddenDistance& y) {
              return x.low < y.low;
            });
  std::vector<ForbiddenDistance> merged;
  for (const ForbiddenDistance& next : list) {
    // Open intervals: a distance on the edge of two is allowed.
    if (!merged.empty() && next.low < merged.back().high) {
      merged.back().high = std::max(merged.back().high, next.high);
    } else {
      merged.push_back(next);
    }
  }
  return merged;
}

}  // namespace

std::vector<ForbiddenDistance> Conflicts(const Buffer& a, const Buffer& b,
                                         bool a_to_b, bool b_to_a) {
  if (!a.life.Overlaps(b.life)) return {};
  std::vector<ForbiddenDistance> list;
  const std::vector<Piece> pieces_b = PiecesOf(b);
  for (const Piece& x : PiecesOf(a)) {
    // What the pieces of b forbid side by side is one range: they lie one
    // after the other.
    bool goes_on = false;
    for (const Piece& y : pieces_b) {
      if (!x.Overlaps(y)) {
        goes_on = false;
        continue;
      }
      // x begins at x.offset, y at distance + y.offset.
      const int64_t equal = x.offset - y.offset;
      ForbiddenDistance forbidden{equal - y.bytes, equal + x.bytes};
      const bool to_b = a_to_b && HandsOver(x, y);
      const bool to_a = b_to_a && HandsOver(y, x);
      if (to_b) forbidden.low = equal;
      if (to_a) forbidden.high = equal;
      const bool is_whole = !to_b && !to_a;
      if (is_whole && goes_on) {
        list.back().low = forbidden.low;
      } else {
        list.push_back(forbidden);
      }
      goes_on = is_whole;
    }
  }
  return Merge(std::move(list));
}

}  // namespace msf
