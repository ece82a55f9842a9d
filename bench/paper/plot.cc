// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "bench/paper/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace msf::paper {
namespace {

// Pixels.
constexpr double kWidth = 320;  // of a panel's plot
constexpr double kHeight = 260;
constexpr double kLeft = 56;  // of a panel: the axis labels
constexpr double kTop = 60;   // the legend and a title
constexpr double kBottom = 46;
constexpr double kPanel = kLeft + kWidth + 20;

constexpr const char* kPaperColour = "#c0392b";
constexpr const char* kModelColour = "#e6a23c";
constexpr const char* kOurColour = "#1f6fb2";

struct Mark {
  double kb = 0;  // 1000 bytes
  double overhead_factor = 1;
};

struct Series {
  std::vector<Mark> paper;
  std::vector<Mark> front;  // in the paper's model
  std::vector<Mark> ours;
};

// The values at a panel's edges.
struct Axes {
  double left = 0;      // of x: panels stand side by side
  double low_kb = 1;    // at the left edge
  double high_kb = 10;  // at the right edge
  double high_f = 2;    // at the upper edge; the lower is 1

  double X(double kb) const {
    return left + kLeft +
           kWidth * std::log(kb / low_kb) / std::log(high_kb / low_kb);
  }
  double Y(double f) const {
    return kTop + kHeight * (1 - (f - 1) / (high_f - 1));
  }
};

Mark MarkOf(int64_t bytes, double overhead_factor) {
  return {.kb = static_cast<double>(std::max<int64_t>(bytes, 1)) / 1000,
          .overhead_factor = overhead_factor};
}

Series SeriesOf(const Comparison& comparison) {
  Series series;
  for (const PublishedRow& row : comparison.model.rows) {
    series.paper.push_back(
        MarkOf(row.cost.ram_bytes, comparison.Overhead(row.cost.macs)));
  }
  for (const FusionPlan& plan : comparison.front) {
    series.front.push_back(
        MarkOf(plan.cost.ram_bytes, comparison.Overhead(plan.cost.macs)));
  }
  for (const OurPoint& point : comparison.ours) {
    series.ours.push_back(MarkOf(point.ram_bytes, point.overhead_factor));
  }
  return series;
}

// Room for every mark: RAM from a power of two to one, F to half a unit.
Axes AxesOf(const Series& series, double left) {
  double low = INFINITY;
  double high = 0;
  double overhead = 1;
  for (const auto* marks : {&series.paper, &series.front, &series.ours}) {
    for (const Mark& mark : *marks) {
      low = std::min(low, mark.kb);
      high = std::max(high, mark.kb);
      overhead = std::max(overhead, mark.overhead_factor);
    }
  }
  const double low_power = std::floor(std::log2(low));
  return {
      .left = left,
      .low_kb = std::exp2(low_power),
      .high_kb = std::exp2(std::max(std::ceil(std::log2(high)), low_power + 1)),
      .high_f = std::floor(2 * overhead) / 2 + 0.5};
}

std::string Line(double x1, double y1, double x2, double y2) {
  return fmt::format(
      "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" "
      "stroke=\"#ddd\"/>\n",
      x1, y1, x2, y2);
}

std::string Words(double x, double y, const char* anchor,
                  const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '<') {
      escaped += "&lt;";
    } else if (c == '&') {
      escaped += "&amp;";
    } else {
      escaped += c;
    }
  }
  return fmt::format(
      "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", x, y,
      anchor, escaped);
}

std::string Circle(double x, double y, const char* colour) {
  return fmt::format(
      "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" fill=\"{}\"/>\n", x, y,
      colour);
}

std::string Square(double x, double y, const char* colour) {
  return fmt::format(
      "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"7\" height=\"7\" "
      "fill=\"{}\"/>\n",
      x - 3.5, y - 3.5, colour);
}

// With RAM between those of two plans, the one that needs less of it runs: a
// line of steps.
std::string Steps(const Axes& axes, const std::vector<Mark>& marks,
                  const char* colour) {
  std::string points;
  for (size_t i = 0; i < marks.size(); ++i) {
    const double x = axes.X(marks[i].kb);
    if (i > 0) {
      points += fmt::format("{:.1f},{:.1f} ", x,
                            axes.Y(marks[i - 1].overhead_factor));
    }
    points +=
        fmt::format("{:.1f},{:.1f} ", x, axes.Y(marks[i].overhead_factor));
  }
  return fmt::format(
      "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" "
      "stroke-width=\"1.5\"/>\n",
      points, colour);
}

std::string Grid(const Axes& axes) {
  std::string svg;
  for (double kb = axes.low_kb; kb <= axes.high_kb; kb *= 2) {
    svg += Line(axes.X(kb), kTop, axes.X(kb), kTop + kHeight);
    svg += Words(axes.X(kb), kTop + kHeight + 16, "middle",
                 fmt::format("{:g}", kb));
  }
  for (double f = 1; f <= axes.high_f; f += 0.5) {
    svg +=
        Line(axes.X(axes.low_kb), axes.Y(f), axes.X(axes.high_kb), axes.Y(f));
    svg += Words(axes.X(axes.low_kb) - 8, axes.Y(f) + 4, "end",
                 fmt::format("{:.1f}", f));
  }
  return svg;
}

std::string Panel(const Comparison& comparison, double left) {
  const Series series = SeriesOf(comparison);
  const Axes axes = AxesOf(series, left);
  const double middle = left + kLeft + kWidth / 2;
  std::string svg = Grid(axes);
  svg += Words(middle, kTop - 10, "middle", comparison.model.name);
  svg += Words(middle, kTop + kHeight + 36, "middle", "RAM in kB");
  svg += Words(left + kLeft - 8, kTop - 10, "end", "F");
  svg += Steps(axes, series.front, kModelColour);
  svg += Steps(axes, series.ours, kOurColour);
  for (const Mark& mark : series.paper) {
    svg += Circle(axes.X(mark.kb), axes.Y(mark.overhead_factor), kPaperColour);
  }
  for (const Mark& mark : series.ours) {
    svg += Square(axes.X(mark.kb), axes.Y(mark.overhead_factor), kOurColour);
  }
  return svg;
}

std::string Legend() {
  constexpr double kLine = 20;
  constexpr double kText = kLine + 4;
  std::string svg = Circle(kLeft, kLine, kPaperColour) +
                    Words(kLeft + 10, kText, "start", "msf-CNN");
  svg += fmt::format(
      "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"14\" height=\"2\" "
      "fill=\"{}\"/>\n",
      kLeft + 80, kLine - 1, kModelColour);
  svg += Words(kLeft + 100, kText, "start", "exact in its model");
  svg += Square(kLeft + 230, kLine, kOurColour) +
         Words(kLeft + 240, kText, "start", "msfc");
  return svg;
}

}  // namespace

std::string PlotSvg(const std::vector<Comparison>& comparisons) {
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" "
      "height=\"{1:.0f}\" font-family=\"sans-serif\" font-size=\"12\">\n"
      "<rect width=\"{0:.0f}\" height=\"{1:.0f}\" fill=\"white\"/>\n",
      kPanel * static_cast<double>(comparisons.size()),
      kTop + kHeight + kBottom);
  svg += Legend();
  double left = 0;
  for (const Comparison& comparison : comparisons) {
    svg += Panel(comparison, left);
    left += kPanel;
  }
  return svg + "</svg>\n";
}

}  // namespace msf::paper
