// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "driver/write_model.h"
#include "session.h"
#include "support/size.h"
#include "target/target.h"

namespace msf {
namespace {

struct CompileOptions {
  PlanOptions plan;
  std::string directory;
  std::optional<std::string> name;
  std::string package = "cmake";
};

Json CompiledJson(const std::string& directory, const Planned& planned,
                  const CompiledModel& model) {
  Json json{{"directory", directory}, {"files", Json::array()}};
  for (const EmittedFile& file : model.files)
    json["files"].push_back(file.path);
  json["arena_bytes"] = planned.model.schedule.arena_bytes;
  json["weight_bytes"] = model.weight_bytes;
  json["code_bytes"] = model.code_bytes;
  return json;
}

std::string CompiledText(const std::string& directory, const Planned& planned,
                         const CompiledModel& model) {
  std::string text = fmt::format("{} files in {}\n  {:<8} {}\n  {:<8} {}\n",
                                 model.files.size(), directory, "arena",
                                 BytesText(planned.model.schedule.arena_bytes),
                                 "weights", BytesText(model.weight_bytes));
  for (const auto& [target, bytes] : model.code_bytes) {
    text += fmt::format("  {:<8} {} on {}\n", "code", BytesText(bytes), target);
  }
  return text;
}

void Compile(const CompileOptions& options, Session& session) {
  const Result<Planned> planned = PlanFromOptions(options.plan, session);
  if (!planned) return session.Fail(planned.error());
  const std::string file =
      std::filesystem::path(options.plan.model).stem().string();
  CompileRequest request{.name = options.name.value_or(CIdentifier(file)),
                         .command_line = session.command_line,
                         .package = options.package,
                         .targets = {"m4", "rv32imc"}};
  request.must_fit = options.plan.target;
  request.watch = session.Watching("compiling");
  Result<CompiledModel> model =
      CompileModel(planned->network.graph, planned->model.schedule, request);
  if (!model) return session.Fail(model.error());
  const Json plan = PlanJson(planned->network.graph, planned->model);
  model->files.push_back({"plan.json", Text(plan)});
  const Result<void> written = WriteModel(options.directory, request.name,
                                          model->files, request.watch);
  if (!written) return session.Fail(written.error());
  for (const std::string& note : model->notes) session.Note(note);
  session.Print(CompiledJson(options.directory, *planned, *model),
                CompiledText(options.directory, *planned, *model));
}

}  // namespace

void AddCompile(CLI::App& app, Session& session) {
  CLI::App* verb = app.add_subcommand(
      "compile",
      "Emits C++17 for the plan: tables, weights, the runtime, a "
      "self-test and plan.json");
  auto options = std::make_shared<CompileOptions>();
  options->plan.must_predict = false;
  AddPlanOptions(*verb, options->plan);
  verb->get_option("--target")
      ->description(
          "Board or core whose code size to report, and which must have the "
          "room: see msfc targets");
  verb->add_option("-o,--output", options->directory, "Where to write")
      ->required()
      ->type_name("DIR");
  verb->add_option("--name", options->name,
                   "Prefix of everything emitted (default: the file's name)");
  verb->add_option("--package", options->package,
                   "cmake (default): with CMakeLists.txt; sources: without");
  AddCommonOptions(*verb, session);
  verb->footer(
      "Example:\n  msfc compile model.tflite -o out --name person_detect "
      "--ram-limit 64K");
  verb->callback([options, &session] { Compile(*options, session); });
}

}  // namespace msf
