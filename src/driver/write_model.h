// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "emit/emitter.h"
#include "support/result.h"
#include "support/watch.h"

namespace msf {

// Writes the files of network `name` into a directory: all or none. A file of
// the user's own is never replaced. What an earlier compile wrote for `name`,
// and neither this one nor another network there needs, is removed.
Result<void> WriteModel(const std::string& directory, const std::string& name,
                        const std::vector<EmittedFile>& files,
                        const Watch& watch = {});

}  // namespace msf
