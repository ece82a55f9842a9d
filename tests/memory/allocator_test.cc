// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "memory/allocator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "memory/validator.h"

namespace msf {
namespace {

std::string Dump(const MemoryProblem& problem) {
  std::string text;
  for (const Buffer& b : problem.buffers) {
    text += b.name + ": " + std::to_string(b.bytes) + " bytes, align " +
            std::to_string(b.align) + ", steps [" +
            std::to_string(b.life.first) + ", " + std::to_string(b.life.last) +
            ")\n";
  }
  return text;
}

int64_t Pick(std::mt19937& random, int64_t low, int64_t high) {
  return low +
         static_cast<int64_t>(random() % static_cast<uint64_t>(high - low + 1));
}

MemoryProblem RandomProblem(uint32_t seed, int64_t most_buffers,
                            int64_t most_bytes) {
  std::mt19937 random(seed);
  MemoryProblem problem;
  const int64_t count = Pick(random, 1, most_buffers);
  const int64_t steps = Pick(random, 1, 12);
  for (int64_t i = 0; i < count; ++i) {
    const int64_t first = Pick(random, 0, steps - 1);
    // Mostly short lives, as line buffers and whole tensors have.
    const int64_t last =
        std::min(steps, first + Pick(random, 1, Pick(random, 1, steps)));
    const int64_t align = int64_t{1} << (Pick(random, 0, 3) / 2 * 2);
    int64_t bytes = Pick(random, 1, most_bytes);
    if (align > 1 && Pick(random, 0, 1) == 0) bytes = (bytes + 3) / 4 * 4;
    problem.buffers.push_back({.name = "b" + std::to_string(i),
                               .bytes = bytes,
                               .align = align,
                               .life = {first, last}});
  }
  return problem;
}

// The smallest arena of all orders in which each buffer takes the lowest place
// that is free: one of them is an optimal layout. Written for certainty, byte
// by byte.
int64_t BruteForce(const MemoryProblem& problem) {
  const auto& buffers = problem.buffers;
  std::vector<size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), size_t{0});
  int64_t best = INT64_MAX;
  do {
    std::vector<int64_t> offsets(buffers.size(), -1);
    int64_t arena = 0;
    for (size_t b : order) {
      const auto fits = [&](int64_t offset) {
        for (size_t other = 0; other < buffers.size(); ++other) {
          if (offsets[other] < 0) continue;
          if (buffers[b].life.first < buffers[other].life.last &&
              buffers[other].life.first < buffers[b].life.last &&
              offset < offsets[other] + buffers[other].bytes &&
              offsets[other] < offset + buffers[b].bytes) {
            return false;
          }
        }
        return true;
      };
      int64_t offset = 0;
      while (!fits(offset)) offset += buffers[b].align;
      offsets[b] = offset;
      arena = std::max(arena, offset + buffers[b].bytes);
    }
    best = std::min(best, arena);
  } while (std::next_permutation(order.begin(), order.end()));
  return best;
}

int64_t MostLiveAtOnce(const MemoryProblem& problem) {
  int64_t most = 0;
  for (int64_t step = 0; step < 20; ++step) {
    int64_t live = 0;
    for (const Buffer& b : problem.buffers) {
      if (b.life.first <= step && step < b.life.last) live += b.bytes;
    }
    most = std::max(most, live);
  }
  return most;
}

void ExpectValid(const MemoryProblem& problem, const MemoryLayout& layout) {
  const Result<void> valid = ValidateLayout(problem, layout);
  EXPECT_TRUE(valid.has_value()) << ToString(valid.error());
  EXPECT_GE(layout.arena_bytes, PeakLiveBytes(problem));
}

TEST(Allocate, EqualsBruteForceOverAllOrdersOfSmallProblems) {
  int searched = 0;
  for (uint32_t seed = 1; seed <= 1000; ++seed) {
    const MemoryProblem problem = RandomProblem(seed, 6, 40);
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + Dump(problem));
    const MemoryLayout layout = Allocate(problem);
    const MemoryLayout greedy = Allocate(problem, {.max_placements = 0});
    if (greedy.arena_bytes > layout.arena_bytes) ++searched;
    ExpectValid(problem, layout);
    EXPECT_TRUE(layout.is_optimal);
    ASSERT_EQ(layout.arena_bytes, BruteForce(problem));
    ASSERT_EQ(PeakLiveBytes(problem), MostLiveAtOnce(problem));
  }
  EXPECT_GT(searched, 0) << "no problem was hard enough for the greedy orders";
}

TEST(Allocate, IsValidAndDeterministicOnLargerProblems) {
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    const MemoryProblem problem = RandomProblem(seed, 60, 5000);
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + Dump(problem));
    const MemoryLayout layout = Allocate(problem, {.max_placements = 2000});
    ExpectValid(problem, layout);
    const MemoryLayout again = Allocate(problem, {.max_placements = 2000});
    EXPECT_EQ(layout.offsets, again.offsets);
    EXPECT_EQ(layout.is_optimal, again.is_optimal);
    const MemoryLayout greedy = Allocate(problem, {.max_placements = 0});
    ExpectValid(problem, greedy);
    EXPECT_LE(layout.arena_bytes, greedy.arena_bytes);
    if (greedy.is_optimal) {
      EXPECT_EQ(layout.arena_bytes, greedy.arena_bytes);
    }
  }
}

TEST(Allocate, MoreSearchIsNeverWorseAndClaimsOptimalityOnlyWithReason) {
  for (uint32_t seed = 1; seed <= 300; ++seed) {
    const MemoryProblem problem = RandomProblem(seed, 6, 40);
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + Dump(problem));
    const int64_t best = Allocate(problem).arena_bytes;
    for (int64_t placements : {0, 1, 3, 10, 30}) {
      const MemoryLayout layout =
          Allocate(problem, {.max_placements = placements});
      ExpectValid(problem, layout);
      EXPECT_GE(layout.arena_bytes, best);
      if (layout.is_optimal) {
        EXPECT_EQ(layout.arena_bytes, best) << placements;
      }
    }
  }
}

TEST(Allocate, NoBuffersNeedNoBytes) {
  const MemoryLayout layout = Allocate({});
  EXPECT_EQ(layout.arena_bytes, 0);
  EXPECT_TRUE(layout.is_optimal);
  EXPECT_TRUE(ValidateLayout({}, layout).has_value());
}

TEST(Allocate, BuffersThatNeverMeetShareTheirBytes) {
  const MemoryProblem problem{
      {{"a", 10, 1, {0, 2}}, {"b", 30, 1, {2, 3}}, {"c", 20, 1, {3, 9}}}};
  EXPECT_EQ(Allocate(problem).arena_bytes, 30);
}

TEST(Allocate, OddBufferLiesBehindAnAlignedOne) {
  const MemoryProblem problem{{{"odd", 5, 1, {0, 2}}, {"words", 8, 4, {0, 2}}}};
  const MemoryLayout layout = Allocate(problem);
  EXPECT_EQ(layout.arena_bytes, 13);
  EXPECT_EQ(layout.offsets[1], 0);
}

TEST(Allocate, GapThatNoOrderAvoidsIsTheSmallestThereIs) {
  // Behind a (5 bytes) the next multiple of 4 is 8, behind b (6) too.
  const MemoryProblem problem{{{"a", 5, 4, {0, 2}}, {"b", 6, 4, {0, 2}}}};
  EXPECT_EQ(PeakLiveBytes(problem), 11);
  const MemoryLayout layout = Allocate(problem);
  EXPECT_EQ(layout.arena_bytes, 13);  // b first, a at 8
  EXPECT_TRUE(layout.is_optimal);
}

TEST(PeakLiveBytes, BuffersThatEndWhenAnotherBeginsDoNotMeet) {
  EXPECT_EQ(PeakLiveBytes({{{"a", 10, 1, {0, 2}}, {"b", 7, 1, {2, 3}}}}), 10);
  EXPECT_EQ(PeakLiveBytes({{{"a", 10, 1, {0, 3}}, {"b", 7, 1, {2, 3}}}}), 17);
  EXPECT_EQ(PeakLiveBytes({}), 0);
}

}  // namespace
}  // namespace msf
