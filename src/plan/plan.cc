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
    case Method::kMsfCnn:
      return "msf-cnn";
    case Method::kMcunetV2:
      return "mcunetv2";
    case Method::kStreamNet:
      return "streamnet";
  }
  return "?";
}

Result<InputMode> ParseInputMode(const std::string& text,
                                 const std::string& option) {
  for (InputMode mode : {InputMode::kStreamed, InputMode::kResident,
                         InputMode::kExternal}) {
    if (text == ToString(mode)) return mode;
  }
  return UserError(option, "'" + text + "' is not an input mode",
                   "one of: streamed, resident, external");
}

Result<Method> ParseMethod(const std::string& text,
                           const std::string& option) {
  for (Method method : {Method::kFull, Method::kLineBuffer, Method::kMsfCnn,
                        Method::kMcunetV2, Method::kStreamNet, Method::kPlain}) {
    if (text == ToString(method)) return method;
  }
  return UserError(option, "'" + text + "' is not a method of this version",
                   "one of: full, line-buffer, msf-cnn, mcunetv2, streamnet, plain");
}

}  // namespace msf
