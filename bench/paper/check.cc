// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "bench/paper/check.h"

#include <fmt/format.h>

#include "support/size.h"

namespace msf::paper {
namespace {

std::string CostText(const std::optional<Cost>& cost) {
  if (!cost) return "no plan";
  return fmt::format("{} bytes, {} MACs", WithCommas(cost->ram_bytes),
                     WithCommas(cost->macs));
}

bool IsAtLeastAsGood(const std::optional<Cost>& found,
                     const PublishedRow& row) {
  if (!found) return false;
  return row.problem == Problem::kLeastRam
             ? found->ram_bytes <= row.cost.ram_bytes
             : found->macs <= row.cost.macs;
}

void CheckRow(const Comparison& comparison, const PublishedRow& row,
              std::vector<std::string>& differences) {
  const auto report = [&](const char* what, const std::optional<Cost>& cost) {
    differences.push_back(fmt::format("{}, {}: {}: {}; published: {}",
                                      comparison.model.key, row.limit, what,
                                      CostText(cost), CostText(row.cost)));
  };
  const std::optional<Cost> cost =
      PlanCost(SizeLayers(comparison.model.network), row.blocks);
  if (cost != row.cost) report("its blocks cost", cost);
  const std::optional<Cost> searched = SearchedWithin(comparison, row);
  if (!IsAtLeastAsGood(searched, row)) report("the search finds", searched);
  const std::optional<Cost> best = OfFrontWithin(comparison, row);
  if (!IsAtLeastAsGood(best, row)) report("the front has", best);
}

}  // namespace

std::vector<std::string> FindDifferences(const Comparison& comparison) {
  std::vector<std::string> differences;
  const Model& model = comparison.model;
  const int64_t macs = PlainMacs(SizeLayers(model.network));
  if (macs != model.macs) {
    differences.push_back(fmt::format("{}: layers have {} MACs, not {}",
                                      model.key, WithCommas(macs),
                                      WithCommas(model.macs)));
  }
  for (const PublishedRow& row : model.rows) {
    CheckRow(comparison, row, differences);
  }
  return differences;
}

}  // namespace msf::paper
