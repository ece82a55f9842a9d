// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The published plans of the msf-CNN paper.
#include <gtest/gtest.h>

#include "bench/paper/check.h"
#include "tests/corpus/corpus.h"

namespace msf::paper {
namespace {

TEST(PaperFacts, AreReproducedToTheUnitAndNoSearchIsWorse) {
  const auto shared = SharedFolder();
  if (!shared) GTEST_SKIP() << kNoCorpus;
  const auto path = *shared / "facts" / "msf_cnn.json";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there";
  const auto models = ReadFacts(path.string());
  ASSERT_TRUE(models.has_value()) << ToString(models.error());
  size_t rows = 0;
  for (const Model& model : *models) {
    EXPECT_EQ(FindDifferences(Compare(model)), std::vector<std::string>{});
    rows += model.rows.size();
  }
  EXPECT_EQ(rows, 28u);
}

}  // namespace
}  // namespace msf::paper
