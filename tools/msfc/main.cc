// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <sstream>

#include "driver/version.h"
#include "session.h"

namespace {

using Arguments = std::vector<std::string>;

std::string CommandLine(const Arguments& arguments) {
  return fmt::format("msfc {}", fmt::join(arguments, " "));
}

// Verbs that this version does not have yet.
bool IsLaterVerb(const std::string& verb) {
  for (const char* later : {"eval", "fit", "report"}) {
    if (verb == later) return true;
  }
  return false;
}

// What is wrong with the first word, which must be a verb; else the parser's
// own message.
std::string ParseMessage(const CLI::App& app, const CLI::ParseError& error,
                         const Arguments& arguments) {
  const auto verb =
      std::find_if(arguments.begin(), arguments.end(),
                   [](const std::string& a) { return !a.starts_with("-"); });
  if (verb == arguments.end()) return "a verb is missing";
  for (const CLI::App* known : app.get_subcommands(nullptr)) {
    if (known->get_name() == *verb) return error.what();
  }
  return "'" + *verb + "' is not a verb of msfc " + msf::kVersion +
         (IsLaterVerb(*verb) ? " yet" : "");
}

// Help and --version are no errors; anything else that the parser refuses is
// the user's, exit code 1.
void Refuse(const CLI::App& app, const CLI::ParseError& error,
            msf::Session& session, const Arguments& arguments) {
  if (error.get_exit_code() == 0) {
    std::ostringstream text;
    app.exit(error, text, text);
    return session.Print(text.str());
  }
  session.json = std::find(arguments.begin(), arguments.end(), "--json") !=
                 arguments.end();
  session.Fail({.where = "command line",
                .what = ParseMessage(app, error, arguments),
                .hint = "msfc --help lists the verbs, msfc VERB --help the "
                        "options of one"});
}

int Main(int argc, char** argv) {
  // A closed pipe and a limit of file sizes are errors of writing.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  const Arguments arguments(argv + std::min(argc, 1), argv + argc);
  msf::Session session;
  session.command_line = CommandLine(arguments);
  CLI::App app{
      "msfc runs int8 CNNs in little RAM on microcontrollers, byte for byte "
      "what TFLite computes."};
  app.name("msfc");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("msfc ") + msf::kVersion);
  app.footer(
      "Example:\n  msfc analyze model.tflite\n  msfc front model.tflite\n"
      "  msfc plan model.tflite --ram-limit 64K\n"
      "  msfc compile model.tflite -o out --name person_detect\n"
      "  msfc run model.tflite --on m4 --runs 3");
  msf::AddAnalyze(app, session);
  msf::AddPlan(app, session);
  msf::AddFront(app, session);
  msf::AddCompile(app, session);
  msf::AddRun(app, session);
  msf::AddVerify(app, session);
  msf::AddBench(app, session);
  msf::AddOps(app, session);
  msf::AddTargets(app, session);
  msf::AddDoctor(app, session);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    Refuse(app, error, session, arguments);
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
