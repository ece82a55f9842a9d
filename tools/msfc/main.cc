// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <exception>

#include "driver/version.h"
#include "session.h"

namespace {

std::string CommandLine(int argc, char** argv) {
  std::string text = "msfc";
  for (int i = 1; i < argc; ++i) text += std::string(" ") + argv[i];
  return text;
}

// Help and --version are no errors; anything else that the parser refuses is
// the user's, exit code 1.
int Refuse(const CLI::App& app, const CLI::ParseError& error,
           msf::Session& session, int argc, char** argv) {
  if (error.get_exit_code() == 0) return app.exit(error);
  session.json = std::any_of(argv, argv + argc, [](const char* argument) {
    return std::string(argument) == "--json";
  });
  session.Fail({.where = "msfc",
                .what = error.what(),
                .hint = "msfc --help lists the verbs, msfc VERB --help the "
                        "options of one"});
  return session.exit_code;
}

int Main(int argc, char** argv) {
  msf::Session session;
  session.command_line = CommandLine(argc, argv);
  CLI::App app{
      "msfc runs int8 CNNs in little RAM on microcontrollers, byte for byte "
      "what TFLite computes."};
  app.name("msfc");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("msfc ") + msf::kVersion);
  app.footer(
      "Example:\n  msfc analyze model.tflite\n  msfc plan model.tflite\n"
      "  msfc compile model.tflite -o out --name person_detect\n"
      "  msfc run model.tflite --on m4 --runs 3");
  msf::AddAnalyze(app, session);
  msf::AddPlan(app, session);
  msf::AddCompile(app, session);
  msf::AddRun(app, session);
  msf::AddVerify(app, session);
  msf::AddOps(app, session);
  msf::AddTargets(app, session);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return Refuse(app, error, session, argc, argv);
  } catch (const std::exception& error) {
    session.Fail({.kind = msf::ErrorKind::kInternal,
                  .where = "msfc",
                  .what = error.what(),
                  .hint = "this is a bug in msfc; please report it"});
  }
  return session.exit_code;
}

}  // namespace

int main(int argc, char** argv) { return Main(argc, argv); }
