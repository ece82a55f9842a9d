// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "session.h"

namespace msf {

void AddDoctor(CLI::App& app, Session& session) {
  CLI::App* verb = app.add_subcommand(
      "doctor",
      "Which compilers and emulators are here, and what each missing "
      "one would give");
  AddCommonOptions(*verb, session);
  verb->footer("Example:\n  msfc doctor");
  verb->callback([&session] {
    const DoctorReport report = Diagnose();
    session.Print(ToJson(report), ToText(report));
  });
}

}  // namespace msf
