// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Whole tensors whose rows live one by one: what may overlap, told byte by
// byte and step by step.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>

#include "memory/allocator.h"
#include "memory/conflicts.h"
#include "memory/validator.h"

namespace msf {
namespace {

std::string ToString(const Lifespan& life) {
  return "[" + std::to_string(life.first) + ", " + std::to_string(life.last) +
         ")";
}

std::string Dump(const MemoryProblem& problem) {
  std::string text;
  for (const Buffer& b : problem.buffers) {
    text += b.name + ": " + std::to_string(b.bytes) + " bytes, align " +
            std::to_string(b.align) + ", " + ToString(b.life);
    for (const Lifespan& row : b.rows) text += " row " + ToString(row);
    for (const Lifespan& span : b.spans) text += " in " + ToString(span);
    text += "\n";
  }
  for (const InPlacePair& pair : problem.in_place) {
    text += std::to_string(pair.from) + " -> " + std::to_string(pair.to) + "\n";
  }
  return text;
}

// When the byte at `i` of the buffer lives, and where its row begins.
struct ByteLife {
  Lifespan life;
  int64_t row_begin = 0;
};

ByteLife LifeOf(const Buffer& buffer, int64_t i) {
  if (buffer.rows.empty()) return {buffer.life, 0};
  const int64_t row_bytes =
      buffer.bytes / static_cast<int64_t>(buffer.rows.size());
  return {buffer.rows[static_cast<size_t>(i / row_bytes)],
          i / row_bytes * row_bytes};
}

// Whether any byte with this life lives at the step.
bool LivesAt(const Buffer& buffer, const ByteLife& byte, int64_t step) {
  const auto has = [step](const Lifespan& span) {
    return span.first <= step && step < span.last;
  };
  if (!has(byte.life)) return false;
  return buffer.spans.empty() ||
         std::any_of(buffer.spans.begin(), buffer.spans.end(), has);
}

// Whether the two may not lie `distance` apart: some byte of both lives in the
// same step, unless `b` is made of `a` in that step, row on row or below.
bool Clash(const Buffer& a, const Buffer& b, int64_t distance, bool a_to_b,
           bool b_to_a) {
  for (int64_t i = 0; i < a.bytes; ++i) {
    const int64_t j = i - distance;
    if (j < 0 || j >= b.bytes) continue;
    const ByteLife x = LifeOf(a, i);
    const ByteLife y = LifeOf(b, j);
    const int64_t begin_y = distance + y.row_begin;
    for (int64_t step = 0; step < 20; ++step) {
      if (!LivesAt(a, x, step) || !LivesAt(b, y, step)) continue;
      const bool handed_on = a_to_b && step == x.life.last - 1 &&
                             step == y.life.first && begin_y <= x.row_begin;
      const bool handed_back = b_to_a && step == y.life.last - 1 &&
                               step == x.life.first && x.row_begin <= begin_y;
      if (!handed_on && !handed_back) return true;
    }
  }
  return false;
}

bool IsPair(const MemoryProblem& problem, size_t from, size_t to) {
  const InPlacePair pair{static_cast<int32_t>(from), static_cast<int32_t>(to)};
  return std::count(problem.in_place.begin(), problem.in_place.end(), pair) > 0;
}

bool IsValid(const MemoryProblem& problem, const std::vector<int64_t>& offsets,
             size_t count) {
  const size_t b = count - 1;
  for (size_t a = 0; a < b; ++a) {
    if (Clash(problem.buffers[a], problem.buffers[b], offsets[b] - offsets[a],
              IsPair(problem, a, b), IsPair(problem, b, a))) {
      return false;
    }
  }
  return true;
}

// The smallest arena over all offsets there are.
int64_t BruteForce(const MemoryProblem& problem) {
  int64_t best = 0;
  for (const Buffer& b : problem.buffers) best += b.bytes + b.align;
  std::vector<int64_t> offsets(problem.buffers.size(), 0);
  const std::function<void(size_t, int64_t)> place = [&](size_t n,
                                                         int64_t arena) {
    if (n == problem.buffers.size()) {
      best = std::min(best, arena);
      return;
    }
    const Buffer& buffer = problem.buffers[n];
    for (int64_t at = 0; at + buffer.bytes < best; at += buffer.align) {
      offsets[n] = at;
      if (!IsValid(problem, offsets, n + 1)) continue;
      place(n + 1, std::max(arena, at + buffer.bytes));
    }
  };
  place(0, 0);
  return best;
}

int64_t Pick(std::mt19937& random, int64_t low, int64_t high) {
  return low +
         static_cast<int64_t>(random() % static_cast<uint64_t>(high - low + 1));
}

// Rows that are written one after the other and die in any order.
// Some of the steps of a life.
std::vector<Lifespan> RandomSpans(std::mt19937& random, const Lifespan& life) {
  std::vector<Lifespan> spans;
  for (int64_t step = life.first; step < life.last; ++step) {
    if (Pick(random, 0, 2) == 0) continue;
    if (!spans.empty() && spans.back().last == step) {
      ++spans.back().last;
    } else {
      spans.push_back({step, step + 1});
    }
  }
  return spans;
}

Buffer RandomBuffer(std::mt19937& random, int64_t index, int64_t most_bytes) {
  Buffer buffer{.name = "b" + std::to_string(index),
                .bytes = Pick(random, 1, most_bytes),
                .align = Pick(random, 0, 3) == 0 ? 4 : 1};
  const int64_t first = Pick(random, 0, 8);
  buffer.life = {first, first + Pick(random, 1, 8)};
  const int64_t rows = Pick(random, 0, 5);
  if (rows == 0) {
    if (Pick(random, 0, 1) == 0) buffer.spans = RandomSpans(random, buffer.life);
    return buffer;
  }
  buffer.bytes = rows * Pick(random, 1, std::max<int64_t>(1, most_bytes / 4));
  buffer.life.last = first;
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t begin = first + Pick(random, 0, 1) * r;
    buffer.rows.push_back({begin, begin + Pick(random, 1, 6)});
    buffer.life.last = std::max(buffer.life.last, buffer.rows.back().last);
  }
  return buffer;
}

// An elementwise stage: reads row r of a in the step that makes row r of b.
void AddPair(std::mt19937& random, MemoryProblem& problem) {
  const int64_t rows = Pick(random, 1, 4);
  const int64_t row_bytes = Pick(random, 1, 3);
  const int64_t first = Pick(random, 1, 5);
  Buffer from{.name = "from", .bytes = rows * row_bytes, .align = 1};
  Buffer to = from;
  to.name = "to";
  const int64_t end = first + rows + Pick(random, 0, 3);
  for (int64_t r = 0; r < rows; ++r) {
    from.rows.push_back({Pick(random, 0, first - 1), first + r + 1});
    to.rows.push_back({first + r, end});
  }
  from.life = {0, first + rows};
  to.life = {first, end};
  const auto at = static_cast<int32_t>(problem.buffers.size());
  problem.buffers.push_back(std::move(from));
  problem.buffers.push_back(std::move(to));
  problem.in_place.push_back({at, at + 1});
}

MemoryProblem RandomProblem(uint32_t seed) {
  std::mt19937 random(seed);
  MemoryProblem problem;
  if (Pick(random, 0, 1) == 0) AddPair(random, problem);
  const int64_t count = Pick(random, 1, 2);
  for (int64_t i = 0; i < count; ++i) {
    problem.buffers.push_back(RandomBuffer(random, i, 10));
  }
  return problem;
}

TEST(Conflicts, ForbidExactlyTheDistancesThatClash) {
  for (uint32_t seed = 1; seed <= 1500; ++seed) {
    std::mt19937 random(seed);
    MemoryProblem problem;
    if (seed % 3 == 0) {
      AddPair(random, problem);
    } else {
      problem.buffers = {RandomBuffer(random, 0, 12),
                         RandomBuffer(random, 1, 12)};
      if (seed % 3 == 1) problem.in_place = {{0, 1}};
    }
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + Dump(problem));
    const Buffer& a = problem.buffers[0];
    const Buffer& b = problem.buffers[1];
    const bool a_to_b = IsPair(problem, 0, 1);
    const auto forbidden = Conflicts(a, b, a_to_b, false);
    const auto mirrored = Conflicts(b, a, false, a_to_b);
    for (size_t i = 1; i < forbidden.size(); ++i) {
      EXPECT_GE(forbidden[i].low, forbidden[i - 1].high);
    }
    for (int64_t d = -30; d <= 30; ++d) {
      const auto hits = [](const std::vector<ForbiddenDistance>& list,
                           int64_t distance) {
        return std::any_of(list.begin(), list.end(),
                           [&](const ForbiddenDistance& f) {
                             return f.low < distance && distance < f.high;
                           });
      };
      ASSERT_EQ(hits(forbidden, d), Clash(a, b, d, a_to_b, false))
          << "distance " << d;
      ASSERT_EQ(hits(mirrored, -d), hits(forbidden, d)) << "distance " << d;
    }
  }
}

TEST(ValidateLayout, AgreesWithTheBytesOnRowsAndHandOvers) {
  for (uint32_t seed = 1; seed <= 1500; ++seed) {
    const MemoryProblem problem = RandomProblem(seed);
    std::mt19937 random(seed);
    MemoryLayout layout;
    bool valid = true;
    for (size_t b = 0; b < problem.buffers.size(); ++b) {
      const Buffer& buffer = problem.buffers[b];
      layout.offsets.push_back(Pick(random, 0, 4) * buffer.align);
      layout.arena_bytes =
          std::max(layout.arena_bytes, layout.offsets[b] + buffer.bytes);
      valid = valid && IsValid(problem, layout.offsets, b + 1);
    }
    ASSERT_EQ(ValidateLayout(problem, layout).has_value(), valid)
        << "seed " << seed << "\n"
        << Dump(problem);
  }
}

TEST(Allocate, OverlapsRowsValidlyAndNeverBelowTheBruteForce) {
  int worse = 0;
  for (uint32_t seed = 1; seed <= 600; ++seed) {
    const MemoryProblem problem = RandomProblem(seed);
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + Dump(problem));
    const MemoryLayout layout = Allocate(problem);
    const Result<void> valid = ValidateLayout(problem, layout);
    ASSERT_TRUE(valid.has_value()) << ToString(valid.error());
    const int64_t best = BruteForce(problem);
    ASSERT_GE(layout.arena_bytes, best);
    ASSERT_LE(PeakLiveBytes(problem), best);
    if (layout.is_optimal) {
      ASSERT_EQ(layout.arena_bytes, best);
    }
    worse += layout.arena_bytes > best;
  }
  EXPECT_LE(worse, 6) << "of 600 small problems";
}

TEST(Allocate, OutputStartsInsideItsInputWhereRowsDie) {
  // A 1x1 convolution from rows of 4 to rows of 2 bytes: row r of the input
  // dies in step r, in which row r of the output is written.
  Buffer in{.name = "in", .bytes = 16, .life = {0, 5}};
  Buffer out{.name = "out", .bytes = 8, .life = {1, 6}};
  for (int64_t r = 0; r < 4; ++r) {
    in.rows.push_back({0, r + 2});
    out.rows.push_back({r + 1, 6});
  }
  const MemoryProblem problem{.buffers = {in, out}};
  // While row 0 is written all of the input lives.
  EXPECT_EQ(PeakLiveBytes(problem), 18);
  const MemoryLayout layout = Allocate(problem);
  EXPECT_EQ(layout.arena_bytes, 18);
  EXPECT_TRUE(layout.is_optimal);
}

TEST(Allocate, ElementwiseStageRunsInPlace) {
  Buffer in{.name = "in", .bytes = 16, .life = {0, 5}};
  Buffer out{.name = "out", .bytes = 16, .life = {1, 6}};
  for (int64_t r = 0; r < 4; ++r) {
    in.rows.push_back({0, r + 2});
    out.rows.push_back({r + 1, 6});
  }
  MemoryProblem problem{.buffers = {in, out}};
  EXPECT_EQ(Allocate(problem).arena_bytes, 20);  // one row apart
  problem.in_place = {{0, 1}};
  EXPECT_EQ(PeakLiveBytes(problem), 16);
  EXPECT_EQ(Allocate(problem).arena_bytes, 16);
}

TEST(ValidateLayout, RefusesAHandOverUpwards) {
  // The output row begins above its input row: it would overwrite elements
  // that are still to be read.
  Buffer in{.name = "in", .bytes = 4, .life = {0, 2}, .rows = {{0, 2}}};
  Buffer out{.name = "out", .bytes = 4, .life = {1, 3}, .rows = {{1, 3}}};
  const MemoryProblem problem{.buffers = {in, out}, .in_place = {{0, 1}}};
  const auto validate = [&](int64_t at_in, int64_t at_out) {
    const int64_t end = std::max(at_in, at_out) + 4;
    return ValidateLayout(problem,
                          {.offsets = {at_in, at_out}, .arena_bytes = end})
        .has_value();
  };
  EXPECT_TRUE(validate(0, 0));
  EXPECT_TRUE(validate(2, 0));
  EXPECT_FALSE(validate(0, 2));
  EXPECT_TRUE(validate(0, 4));
}

}  // namespace
}  // namespace msf
