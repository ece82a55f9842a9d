// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "plan/plan.h"

namespace msf {

const char* ToString(InputMode mode) {
  switch (mode) {
    case InputMode::kStreamed:
      return "streamed";
    case InputMode::kResident:
      return "resident";
    case InputMode::kExternal:
      return "external";
  }
  return "?";
}

const char* ToString(Method method) {
  switch (method) {
    case Method::kFull:
      return "full";
    case Method::kLineBuffer:
      return "line-buffer";
    case Method::kPlain:
      return "plain";
    case Method::kStreamNet:
      return "streamnet";
  }
  return "?";
}

}  // namespace msf
