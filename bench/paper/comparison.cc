// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "bench/paper/comparison.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <tuple>

#include "bench/paper/graph.h"
#include "support/size.h"

namespace msf::paper {
namespace {

using Json = nlohmann::ordered_json;

using Point = OurPoint;  // whosever it is

// The index of the point that answers the row's limit best.
std::optional<size_t> BestWithin(const std::vector<Point>& points,
                                 const PublishedRow& row) {
  const bool least_ram = row.problem == Problem::kLeastRam;
  std::optional<size_t> best;
  std::tuple<double, double> best_key;
  for (size_t i = 0; i < points.size(); ++i) {
    const auto ram = static_cast<double>(points[i].ram_bytes);
    const double overhead = points[i].overhead_factor;
    if ((least_ram ? overhead : ram) > row.limit_value) continue;
    const std::tuple key =
        least_ram ? std::tuple(ram, overhead) : std::tuple(overhead, ram);
    if (best && best_key <= key) continue;
    best = i;
    best_key = key;
  }
  return best;
}

// The largest whole number of a limit, which may be infinite.
int64_t WholeLimit(double limit) {
  constexpr double kNoLimit = 1e18;
  return limit < kNoLimit ? static_cast<int64_t>(limit) : INT64_MAX;
}

std::string Cell(const std::string& ram, const std::string& overhead) {
  return fmt::format("{:>9} {:>5}", ram, overhead);
}

std::string Cell(int64_t ram_bytes, double overhead_factor) {
  return Cell(WithCommas(ram_bytes), fmt::format("{:.2f}", overhead_factor));
}

std::string Cell(const Comparison& comparison,
                 const std::optional<Cost>& cost) {
  if (!cost) return Cell("-", "-");
  return Cell(cost->ram_bytes, comparison.Overhead(cost->macs));
}

std::string Cell(const std::optional<OurPoint>& point) {
  if (!point) return Cell("-", "-");
  return Cell(point->ram_bytes, point->overhead_factor);
}

std::string RowText(const Comparison& comparison, const PublishedRow& row) {
  return fmt::format("{:<6}  {}  {:>9}  {}  {}\n", row.limit,
                     Cell(comparison, row.cost),
                     WithCommas(row.generated_code_bytes),
                     Cell(comparison, OfFrontWithin(comparison, row)),
                     Cell(OursWithin(comparison, row)));
}

std::string ModelText(const Comparison& comparison) {
  const Model& model = comparison.model;
  std::string text = fmt::format(
      "{}: {} layers, input {}x{}x{}, {} MACs\n", model.name,
      model.network.layers.size(), model.network.side, model.network.side,
      model.network.channels, WithCommas(model.macs));
  text += fmt::format("{:<6}  {}  {:>9}  {}  {}\n", "limit", Cell("paper", "F"),
                      "its code", Cell("its model", "F"), Cell("msfc", "F"));
  for (const PublishedRow& row : model.rows) text += RowText(comparison, row);
  return text;
}

Json PointJson(int64_t ram_bytes, double overhead_factor) {
  return {{"ram_bytes", ram_bytes}, {"overhead_factor", overhead_factor}};
}

Json ModelJson(const Comparison& comparison) {
  Json paper = Json::array();
  for (const PublishedRow& row : comparison.model.rows) {
    Json point = {{"limit", row.limit}};
    point.update(
        PointJson(row.cost.ram_bytes, comparison.Overhead(row.cost.macs)));
    paper.push_back(point);
  }
  Json ours = Json::array();
  for (const OurPoint& point : comparison.ours) {
    ours.push_back(PointJson(point.ram_bytes, point.overhead_factor));
  }
  return {{"paper", paper}, {"ours", ours}};
}

}  // namespace

Comparison Compare(const Model& model) {
  Comparison comparison{
      .model = model,
      .graph = BuildCostGraph(SizeLayers(model.network)),
      .ours = OurFront(BuildGraph(model.name, model.network))};
  comparison.front = ParetoFront(comparison.graph);
  return comparison;
}

std::optional<Cost> SearchedWithin(const Comparison& comparison,
                                   const PublishedRow& row) {
  const auto plain = static_cast<double>(comparison.model.macs);
  const std::optional<FusionPlan> plan =
      row.problem == Problem::kLeastRam
          ? LeastRam(comparison.graph, WholeLimit(row.limit_value * plain))
          : LeastMacs(comparison.graph, WholeLimit(row.limit_value));
  if (!plan) return std::nullopt;
  return plan->cost;
}

std::optional<Cost> OfFrontWithin(const Comparison& comparison,
                                  const PublishedRow& row) {
  std::vector<Point> points;
  for (const FusionPlan& plan : comparison.front) {
    points.push_back(
        {plan.cost.ram_bytes, comparison.Overhead(plan.cost.macs)});
  }
  const std::optional<size_t> best = BestWithin(points, row);
  if (!best) return std::nullopt;
  return comparison.front[*best].cost;
}

std::optional<OurPoint> OursWithin(const Comparison& comparison,
                                   const PublishedRow& row) {
  const std::optional<size_t> best = BestWithin(comparison.ours, row);
  if (!best) return std::nullopt;
  return comparison.ours[*best];
}

std::string TableText(const std::vector<Comparison>& comparisons) {
  std::string text;
  for (const Comparison& comparison : comparisons) {
    if (!text.empty()) text += "\n";
    text += ModelText(comparison);
  }
  return text;
}

std::string JsonText(const std::vector<Comparison>& comparisons) {
  Json json = Json::object();
  for (const Comparison& comparison : comparisons) {
    json[comparison.model.key] = ModelJson(comparison);
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace msf::paper
