// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "memory/allocator.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>

namespace msf {
namespace {

using Order = std::vector<size_t>;

int64_t RoundUp(int64_t offset, int64_t align) {
  return (offset + align - 1) / align * align;
}

class Packer {
 public:
  explicit Packer(const MemoryProblem& problem) : problem_(problem) {
    const size_t count = problem.buffers.size();
    overlaps_.resize(count);
    for (size_t a = 0; a < count; ++a) {
      for (size_t b = 0; b < count; ++b) {
        if (a != b && problem.buffers[a].life.Overlaps(problem.buffers[b].life))
          overlaps_[a].push_back(b);
      }
    }
    offsets_.assign(count, kUnplaced);
  }

  static constexpr int64_t kUnplaced = -1;

  // The lowest place where `b` meets no placed buffer of its lifetime.
  int64_t LowestOffset(size_t b) {
    taken_.clear();
    for (size_t other : overlaps_[b]) {
      if (offsets_[other] == kUnplaced) continue;
      taken_.emplace_back(offsets_[other],
                          offsets_[other] + problem_.buffers[other].bytes);
    }
    std::sort(taken_.begin(), taken_.end());
    const Buffer& buffer = problem_.buffers[b];
    int64_t offset = 0;
    for (const auto& [begin, end] : taken_) {
      if (offset + buffer.bytes <= begin) break;
      offset = std::max(offset, RoundUp(end, buffer.align));
    }
    return offset;
  }

  int64_t End(size_t b) const {
    return offsets_[b] + problem_.buffers[b].bytes;
  }

  MemoryLayout PackInOrder(const Order& order) {
    offsets_.assign(problem_.buffers.size(), kUnplaced);
    MemoryLayout layout;
    for (size_t b : order) {
      offsets_[b] = LowestOffset(b);
      layout.arena_bytes = std::max(layout.arena_bytes, End(b));
    }
    layout.offsets = offsets_;
    return layout;
  }

  // Depth-first search over placement orders, each buffer at its lowest
  // offset. Some order yields an optimal layout. Cuts branches that cannot
  // beat `best`; among buffers equal in all respects only the first is tried.
  void Search(MemoryLayout& best, int64_t lower_bound, int64_t budget) {
    budget_ = budget;
    lower_bound_ = lower_bound;
    offsets_.assign(problem_.buffers.size(), kUnplaced);
    best.is_optimal = SearchFrom(0, 0, 0, best) || best.is_optimal;
  }

 private:
  // True if the subtree was searched to its end.
  bool SearchFrom(size_t placed, int64_t arena, int64_t floor,
                  MemoryLayout& best) {
    if (placed == problem_.buffers.size()) {
      best.offsets = offsets_;
      best.arena_bytes = arena;
      return true;
    }
    // Candidates by offset: a layout can always be listed in the order of its
    // offsets, so a buffer below the floor belongs to another branch.
    struct Candidate {
      int64_t offset;
      size_t buffer;
    };
    std::vector<Candidate> candidates;
    for (size_t b = 0; b < problem_.buffers.size(); ++b) {
      if (offsets_[b] != kUnplaced) continue;
      const int64_t offset = LowestOffset(b);
      // Every unplaced buffer lies at or above its lowest offset.
      if (offset + problem_.buffers[b].bytes >= best.arena_bytes) return true;
      if (offset >= floor) candidates.push_back({offset, b});
    }
    std::sort(candidates.begin(), candidates.end(),
              [&](const Candidate& x, const Candidate& y) {
                if (x.offset != y.offset) return x.offset < y.offset;
                const int64_t xb = problem_.buffers[x.buffer].bytes;
                const int64_t yb = problem_.buffers[y.buffer].bytes;
                return xb != yb ? xb > yb : x.buffer < y.buffer;
              });
    bool complete = true;
    for (const Candidate& candidate : candidates) {
      if (budget_-- <= 0) return false;
      offsets_[candidate.buffer] = candidate.offset;
      const int64_t end = End(candidate.buffer);
      if (std::max(arena, end) < best.arena_bytes) {
        complete = SearchFrom(placed + 1, std::max(arena, end),
                              candidate.offset, best) &&
                   complete;
      }
      offsets_[candidate.buffer] = kUnplaced;
      if (best.arena_bytes <= lower_bound_) return true;
    }
    return complete;
  }

  const MemoryProblem& problem_;
  std::vector<std::vector<size_t>> overlaps_;
  std::vector<int64_t> offsets_;
  std::vector<std::pair<int64_t, int64_t>> taken_;
  int64_t budget_ = 0;
  int64_t lower_bound_ = 0;
};

// Greedy orders that each do well on some shapes of problem.
std::vector<Order> GreedyOrders(const MemoryProblem& problem) {
  const auto& buffers = problem.buffers;
  const auto length = [&](size_t b) {
    return buffers[b].life.last - buffers[b].life.first;
  };
  // Among equals odd sizes come last, so that they cost no gap below an aligned
  // buffer.
  using Key = std::function<std::vector<int64_t>(size_t)>;
  const std::vector<Key> keys = {
      [&](size_t b) {
        return std::vector{-length(b), -buffers[b].align, -buffers[b].bytes};
      },
      [&](size_t b) {
        return std::vector{-buffers[b].bytes, -length(b), -buffers[b].align};
      },
      [&](size_t b) {
        return std::vector{-buffers[b].align, -buffers[b].bytes, -length(b)};
      },
      [&](size_t b) {
        return std::vector{-buffers[b].bytes * std::max<int64_t>(length(b), 1),
                           -buffers[b].align};
      },
      [&](size_t b) {
        return std::vector{buffers[b].life.first, -buffers[b].align,
                           -buffers[b].bytes};
      },
      [&](size_t b) {
        return std::vector{-buffers[b].life.last, -buffers[b].align,
                           -buffers[b].bytes};
      },
  };
  std::vector<Order> orders;
  for (const Key& key : keys) {
    Order order(buffers.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return key(a) < key(b); });
    orders.push_back(std::move(order));
  }
  return orders;
}

}  // namespace

int64_t PeakLiveBytes(const MemoryProblem& problem) {
  std::map<int64_t, int64_t> change;
  for (const Buffer& buffer : problem.buffers) {
    if (buffer.life.first >= buffer.life.last) continue;
    change[buffer.life.first] += buffer.bytes;
    change[buffer.life.last] -= buffer.bytes;
  }
  int64_t live = 0;
  int64_t peak = 0;
  for (const auto& [step, bytes] : change) {
    live += bytes;
    peak = std::max(peak, live);
  }
  return peak;
}

MemoryLayout Allocate(const MemoryProblem& problem,
                      const AllocatorOptions& options) {
  Packer packer(problem);
  MemoryLayout best;
  for (const Order& order : GreedyOrders(problem)) {
    MemoryLayout layout = packer.PackInOrder(order);
    if (best.offsets.empty() || layout.arena_bytes < best.arena_bytes) {
      best = std::move(layout);
    }
  }
  const int64_t lower_bound = PeakLiveBytes(problem);
  best.is_optimal = best.arena_bytes <= lower_bound;
  if (!best.is_optimal && options.max_placements > 0) {
    packer.Search(best, lower_bound, options.max_placements);
  }
  return best;
}

}  // namespace msf
