// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "session.h"

namespace msf {

void AddOps(CLI::App& app, Session& session) {
  CLI::App* verb = app.add_subcommand("ops", "The operators that msfc runs");
  auto markdown = std::make_shared<bool>(false);
  verb->add_flag("--markdown", *markdown, "As a Markdown table");
  AddCommonOptions(*verb, session);
  verb->footer("Example:\n  msfc ops");
  verb->callback([markdown, &session] {
    session.Print(OpsJson(), *markdown ? OpsMarkdown() : OpsText());
  });
}

void AddTargets(CLI::App& app, Session& session) {
  CLI::App* verb =
      app.add_subcommand("targets", "The targets that msfc can run on");
  auto markdown = std::make_shared<bool>(false);
  verb->add_flag("--markdown", *markdown, "As a Markdown table");
  AddCommonOptions(*verb, session);
  verb->footer("Example:\n  msfc targets");
  verb->callback([markdown, &session] {
    session.Print(TargetsJson(), *markdown ? TargetsMarkdown() : TargetsText());
  });
}

}  // namespace msf
