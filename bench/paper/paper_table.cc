// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "bench/paper/check.h"
#include "bench/paper/comparison.h"
#include "bench/paper/facts.h"
#include "bench/paper/plot.h"
#include "support/file.h"

namespace {

using msf::paper::Comparison;

struct Options {
  std::string facts;
  std::string svg;
  bool json = false;
  bool check = false;
};

void AddOptions(CLI::App& app, Options& options) {
  app.name("paper_table");
  app.add_option("facts", options.facts, "Layer lists and published plans")
      ->required()
      ->type_name("FACTS.json");
  app.add_flag("--json", options.json, "One JSON object on stdout");
  app.add_flag("--check", options.check,
               "Whether every published plan is reproduced to the unit and no "
               "search is worse; exit code 1 if not");
  app.add_option("--svg", options.svg, "Write a plot to this file")
      ->type_name("FILE");
  app.footer(
      "Example:\n  paper_table bench/paper/example.json\n"
      "  paper_table bench/paper/example.json --check");
}

int Fail(const std::string& reason) {
  std::fputs(("paper_table: " + reason + "\n").c_str(), stderr);
  return 1;
}

int Print(const std::string& text) {
  const bool is_written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
      std::fflush(stdout) == 0;
  return is_written ? 0 : Fail("stdout cannot be written");
}

int Check(const std::vector<Comparison>& comparisons) {
  std::string text;
  std::string differences;
  for (const Comparison& comparison : comparisons) {
    const auto found = msf::paper::FindDifferences(comparison);
    for (const std::string& line : found) differences += "\n  " + line;
    if (!found.empty()) continue;
    text += fmt::format(
        "{}: {} published plans reproduced to the unit, none beats the "
        "search; {} plans on the front\n",
        comparison.model.name, comparison.model.rows.size(),
        comparison.front.size());
  }
  const int printed = Print(text);
  if (differences.empty()) return printed;
  return Fail("what was published is not reproduced:" + differences);
}

int Run(const Options& options) {
  const auto models = msf::paper::ReadFacts(options.facts);
  if (!models) return Fail(ToString(models.error()));
  std::vector<Comparison> comparisons;
  for (const msf::paper::Model& model : *models) {
    comparisons.push_back(msf::paper::Compare(model));
  }
  if (!options.svg.empty()) {
    const auto written = msf::WriteFileAtomically(
        options.svg, std::string_view(msf::paper::PlotSvg(comparisons)));
    if (!written) return Fail(ToString(written.error()));
  }
  if (options.check) return Check(comparisons);
  return Print(options.json ? msf::paper::JsonText(comparisons)
                            : msf::paper::TableText(comparisons));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "Compares msfc with the plans that the msf-CNN paper published.\n"
      "RAM in bytes, without the network's input; F: MACs over those of the "
      "plain network."};
  Options options;
  AddOptions(app, options);
  try {
    app.parse(argc, argv);
    return Run(options);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 1;
  } catch (const std::exception& error) {
    return Fail(error.what());
  }
}
