// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The paper's published plans, what searches find in the paper's own cost
// model, and the plans of msfc, side by side.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bench/paper/facts.h"
#include "bench/paper/ours.h"
#include "bench/paper/search.h"

namespace msf::paper {

// One model of the facts file.
struct Comparison {
  Model model;
  CostGraph graph;
  std::vector<FusionPlan> front;  // exact, in the paper's cost model
  std::vector<OurPoint> ours;

  double Overhead(int64_t macs) const {
    return static_cast<double>(macs) / static_cast<double>(model.macs);
  }
};

Comparison Compare(const Model& model);

// What the searches of the paper's cost model find within a row's limit: the
// paper's own search, and the point of the front that answers the limit.
std::optional<Cost> SearchedWithin(const Comparison& comparison,
                                   const PublishedRow& row);
std::optional<Cost> OfFrontWithin(const Comparison& comparison,
                                  const PublishedRow& row);
// The point of msfc's plans that answers it.
std::optional<OurPoint> OursWithin(const Comparison& comparison,
                                   const PublishedRow& row);

// One line for each published row.
std::string TableText(const std::vector<Comparison>& comparisons);

// {model: {"paper": [...], "ours": [...]}}, with a newline at the end.
std::string JsonText(const std::vector<Comparison>& comparisons);

}  // namespace msf::paper
