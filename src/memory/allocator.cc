// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "memory/allocator.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <numeric>
#include <random>

#include "memory/conflicts.h"

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
    neighbours_.resize(count);
    for (size_t a = 0; a < count; ++a) {
      for (size_t b = a + 1; b < count; ++b) {
        std::vector<ForbiddenDistance> forbidden =
            Conflicts(problem.buffers[a], problem.buffers[b], IsPair(a, b),
                      IsPair(b, a));
        if (forbidden.empty()) continue;
        neighbours_[a].push_back({b, Mirrored(forbidden)});
        neighbours_[b].push_back({a, std::move(forbidden)});
      }
    }
    offsets_.assign(count, kUnplaced);
  }

  static constexpr int64_t kUnplaced = -1;

  // The lowest place where `b` meets no placed buffer of its lifetime.
  int64_t LowestOffset(size_t b) {
    taken_.clear();
    for (const Neighbour& neighbour : neighbours_[b]) {
      const int64_t other = offsets_[neighbour.buffer];
      if (other == kUnplaced) continue;
      for (const ForbiddenDistance& d : neighbour.forbidden) {
        if (other + d.high > 0) taken_.push_back({other + d.low, other + d.high});
      }
    }
    std::sort(taken_.begin(), taken_.end(),
              [](const ForbiddenDistance& x, const ForbiddenDistance& y) {
                return x.low < y.low;
              });
    const int64_t align = problem_.buffers[b].align;
    int64_t offset = 0;
    for (const ForbiddenDistance& range : taken_) {
      if (offset <= range.low) break;
      if (offset < range.high) offset = RoundUp(range.high, align);
    }
    return offset;
  }

  int64_t End(size_t b) const {
    return offsets_[b] + problem_.buffers[b].bytes;
  }

  // Where in `order` the buffer stands that ends highest.
  size_t TopPosition(const Order& order, const MemoryLayout& layout) const {
    const auto end = [&](size_t b) {
      return layout.offsets[b] + problem_.buffers[b].bytes;
    };
    const auto top = std::max_element(
        order.begin(), order.end(),
        [&](size_t a, size_t b) { return end(a) < end(b); });
    return static_cast<size_t>(top - order.begin());
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
    const bool complete = SearchFrom(0, 0, 0, best);
    // With rows of their own lives a buffer can rest on one that begins above
    // it; then the order of offsets does not reach every layout.
    best.is_optimal =
        complete && std::all_of(problem_.buffers.begin(),
                                problem_.buffers.end(), [](const Buffer& b) {
                                  return b.rows.empty();
                                });
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

  struct Neighbour {
    size_t buffer;
    std::vector<ForbiddenDistance> forbidden;
  };

  // The distances from the other buffer.
  static std::vector<ForbiddenDistance> Mirrored(
      const std::vector<ForbiddenDistance>& forbidden) {
    std::vector<ForbiddenDistance> mirrored;
    for (const ForbiddenDistance& d : forbidden) {
      mirrored.push_back({-d.high, -d.low});
    }
    return mirrored;
  }

  bool IsPair(size_t from, size_t to) const {
    const InPlacePair pair{static_cast<int32_t>(from),
                           static_cast<int32_t>(to)};
    return std::find(problem_.in_place.begin(), problem_.in_place.end(),
                     pair) != problem_.in_place.end();
  }

  const MemoryProblem& problem_;
  std::vector<std::vector<Neighbour>> neighbours_;
  std::vector<int64_t> offsets_;
  std::vector<ForbiddenDistance> taken_;
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
  using Key = std::array<int64_t, 3>;
  using KeyOf = std::function<Key(size_t)>;
  const std::vector<KeyOf> keys = {
      [&](size_t b) {
        return Key{-length(b), -buffers[b].align, -buffers[b].bytes};
      },
      [&](size_t b) {
        return Key{-buffers[b].bytes, -length(b), -buffers[b].align};
      },
      [&](size_t b) {
        return Key{-buffers[b].align, -buffers[b].bytes, -length(b)};
      },
      [&](size_t b) {
        return Key{-buffers[b].bytes * std::max<int64_t>(length(b), 1),
                   -buffers[b].align, 0};
      },
      [&](size_t b) {
        return Key{buffers[b].life.first, -buffers[b].align, -buffers[b].bytes};
      },
      [&](size_t b) {
        return Key{-buffers[b].life.last, -buffers[b].align, -buffers[b].bytes};
      },
  };
  std::vector<Order> orders;
  for (const KeyOf& key_of : keys) {
    Order order(buffers.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::vector<Key> sorted_by;
    for (size_t b : order) sorted_by.push_back(key_of(b));
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      return sorted_by[a] < sorted_by[b];
    });
    orders.push_back(std::move(order));
  }
  return orders;
}

// A row that an elementwise stage hands over may share its last step with the
// row that is made of it.
bool MayHandOver(const MemoryProblem& problem, size_t from, int64_t last) {
  return std::any_of(
      problem.in_place.begin(), problem.in_place.end(),
      [&](const InPlacePair& pair) {
        if (static_cast<size_t>(pair.from) != from) return false;
        const Buffer& to = problem.buffers[static_cast<size_t>(pair.to)];
        return std::any_of(
            to.rows.begin(), to.rows.end(),
            [&](const Lifespan& row) { return row.first == last - 1; });
      });
}

// Calls visit(buffer, life, bytes) for whatever lives alike: a buffer, or a row
// of a whole tensor, which makes room in the step that hands it over.
template <typename Visit>
void ForEachLife(const MemoryProblem& problem, const Visit& visit) {
  for (size_t b = 0; b < problem.buffers.size(); ++b) {
    const Buffer& buffer = problem.buffers[b];
    const auto add = [&](Lifespan life, int64_t bytes) {
      if (MayHandOver(problem, b, life.last)) --life.last;
      if (life.first < life.last) visit(b, life, bytes);
    };
    if (buffer.rows.empty() && buffer.spans.empty()) {
      add(buffer.life, buffer.bytes);
    }
    for (const Lifespan& life : buffer.spans) visit(b, life, buffer.bytes);
    for (const Lifespan& life : buffer.rows) add(life, buffer.row_bytes());
  }
}

// Moves buffers that reach the top of the arena to the front of the order and
// keeps what does not get worse. Deterministic.
void ImproveOrder(Packer& packer, Order order, int64_t lower_bound,
                  int rounds, MemoryLayout& best) {
  MemoryLayout current = packer.PackInOrder(order);
  std::minstd_rand random(1);
  for (int round = 0; round < rounds; ++round) {
    if (best.arena_bytes <= lower_bound) return;
    Order next = order;
    const size_t from = packer.TopPosition(next, current);
    const size_t to = from == 0 ? random() % next.size() : random() % from;
    const size_t buffer = next[from];
    next.erase(next.begin() + static_cast<std::ptrdiff_t>(from));
    next.insert(next.begin() + static_cast<std::ptrdiff_t>(to), buffer);
    MemoryLayout layout = packer.PackInOrder(next);
    if (layout.arena_bytes > current.arena_bytes) continue;
    current = std::move(layout);
    order = std::move(next);
    if (current.arena_bytes < best.arena_bytes) best = current;
  }
}

}  // namespace

BusiestStep FindBusiestStep(const MemoryProblem& problem) {
  std::map<int64_t, int64_t> change;
  ForEachLife(problem, [&](size_t, const Lifespan& life, int64_t bytes) {
    change[life.first] += bytes;
    change[life.last] -= bytes;
  });
  int64_t live = 0;
  BusiestStep busiest;
  for (const auto& [step, bytes] : change) {
    live += bytes;
    if (live > busiest.bytes) busiest = {step, live};
  }
  return busiest;
}

std::vector<int64_t> LiveBytesAt(const MemoryProblem& problem, int64_t step) {
  std::vector<int64_t> live(problem.buffers.size(), 0);
  ForEachLife(problem, [&](size_t buffer, const Lifespan& life, int64_t bytes) {
    if (life.first <= step && step < life.last) live[buffer] += bytes;
  });
  return live;
}

namespace {

MemoryLayout AllocateTogether(const MemoryProblem& problem,
                              const AllocatorOptions& options) {
  Packer packer(problem);
  MemoryLayout best;
  Order best_order;
  for (const Order& order : GreedyOrders(problem)) {
    MemoryLayout layout = packer.PackInOrder(order);
    if (best.offsets.empty() || layout.arena_bytes < best.arena_bytes) {
      best = std::move(layout);
      best_order = order;
    }
  }
  const int64_t lower_bound = PeakLiveBytes(problem);
  if (options.enough > 0 && (best.arena_bytes <= options.enough ||
                             lower_bound > options.enough)) {
    return best;
  }
  if (best.arena_bytes > lower_bound) {
    ImproveOrder(packer, best_order, lower_bound, options.max_moves, best);
  }
  if (best.arena_bytes > lower_bound && options.max_placements > 0) {
    packer.Search(best, lower_bound, options.max_placements);
  }
  best.is_optimal |= best.arena_bytes <= lower_bound;
  return best;
}

// The buffers that live at the same time, and those that live at the same time
// as one of these, and so on: where moves part a plan, one list for each part.
std::vector<std::vector<size_t>> Parts(const MemoryProblem& problem) {
  std::vector<size_t> order(problem.buffers.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return problem.buffers[a].life.first < problem.buffers[b].life.first;
  });
  std::vector<std::vector<size_t>> parts;
  int64_t last = 0;
  for (size_t b : order) {
    const Lifespan& life = problem.buffers[b].life;
    if (parts.empty() || life.first >= last) parts.emplace_back();
    parts.back().push_back(b);
    last = std::max(last, life.last);
  }
  return parts;
}

MemoryProblem PartOf(const MemoryProblem& problem,
                     const std::vector<size_t>& buffers) {
  MemoryProblem part;
  std::vector<int32_t> index(problem.buffers.size(), -1);
  for (size_t b : buffers) {
    index[b] = static_cast<int32_t>(part.buffers.size());
    part.buffers.push_back(problem.buffers[b]);
  }
  for (const InPlacePair& pair : problem.in_place) {
    const int32_t from = index[static_cast<size_t>(pair.from)];
    const int32_t to = index[static_cast<size_t>(pair.to)];
    if (from >= 0 && to >= 0) part.in_place.push_back({from, to});
  }
  return part;
}

}  // namespace

MemoryLayout Allocate(const MemoryProblem& problem,
                      const AllocatorOptions& options) {
  const std::vector<std::vector<size_t>> parts = Parts(problem);
  if (parts.size() <= 1) return AllocateTogether(problem, options);
  MemoryLayout layout;
  layout.offsets.resize(problem.buffers.size());
  for (const std::vector<size_t>& buffers : parts) {
    const MemoryLayout part =
        AllocateTogether(PartOf(problem, buffers), options);
    for (size_t i = 0; i < buffers.size(); ++i) {
      layout.offsets[buffers[i]] = part.offsets[i];
    }
    if (part.arena_bytes < layout.arena_bytes) continue;
    layout.is_optimal = part.is_optimal ||
                        (layout.is_optimal &&
                         part.arena_bytes == layout.arena_bytes);
    layout.arena_bytes = part.arena_bytes;
    if (options.enough > 0 && part.arena_bytes > options.enough) break;
  }
  return layout;
}

}  // namespace msf
