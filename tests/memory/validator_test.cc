// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "memory/validator.h"

#include <gtest/gtest.h>

namespace msf {
namespace {

const MemoryProblem kProblem{
    {{"a", 8, 4, {0, 3}}, {"b", 5, 1, {2, 5}}, {"c", 8, 4, {3, 6}}}};

void ExpectRefused(const std::vector<int64_t>& offsets, int64_t arena_bytes,
                   const std::string& reason) {
  const Result<void> result = ValidateLayout(
      kProblem, {.offsets = offsets, .arena_bytes = arena_bytes});
  ASSERT_FALSE(result.has_value()) << reason;
  EXPECT_EQ(result.error().kind, ErrorKind::kInternal);
  EXPECT_NE(result.error().what.find(reason), std::string::npos)
      << result.error().what;
}

TEST(ValidateLayout, AcceptsBuffersThatShareBytesAtOtherTimes) {
  // a is dead in step 3, when c takes its place.
  EXPECT_TRUE(
      ValidateLayout(kProblem, {.offsets = {0, 8, 0}, .arena_bytes = 13})
          .has_value());
}

TEST(ValidateLayout, RefusesBuffersThatOverlapInBytesAndTime) {
  ExpectRefused({0, 7, 16}, 24, "'b' overlaps 'a'");
  ExpectRefused({0, 8, 12}, 20, "'c' overlaps 'b'");
  ExpectRefused({4, 0, 20}, 28, "'b' overlaps 'a'");  // from below
}

TEST(ValidateLayout, RefusesABufferInsideOfAnother) {
  ExpectRefused({0, 2, 8}, 16, "'b' overlaps 'a'");
}

TEST(ValidateLayout, RefusesOffsetsThatAreMisalignedOrNegative) {
  ExpectRefused({2, 10, 16}, 24, "'a' lies at offset 2");
  ExpectRefused({0, -5, 16}, 24, "'b' lies at offset -5");
  ExpectRefused({-4, 8, 16}, 24, "'a' lies at offset -4");
}

TEST(ValidateLayout, RefusesAnArenaThatIsTooSmallOrTooLarge) {
  ExpectRefused({0, 8, 0}, 12, "size is 12");
  ExpectRefused({0, 8, 0}, 14, "the highest buffer ends at 13");
}

TEST(ValidateLayout, RefusesMissingAndSurplusOffsets) {
  ExpectRefused({0, 8}, 13, "no offset");
  ExpectRefused({0, 8, 0, 0}, 13, "no offset");
}

}  // namespace
}  // namespace msf
