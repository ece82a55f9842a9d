// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <variant>

#include "msf/diagnostic.h"

namespace msf {

// A value, or why there is none. Nothing in the public API throws or prints.
template <typename T>
class Outcome {
 public:
  Outcome(T value) : state_(std::move(value)) {}             // NOLINT
  Outcome(Diagnostic diagnostic) : state_(std::move(diagnostic)) {}  // NOLINT

  bool ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return ok(); }

  // Requires ok().
  const T& value() const { return std::get<T>(state_); }
  T& value() { return std::get<T>(state_); }
  const T& operator*() const { return value(); }
  const T* operator->() const { return &value(); }

  // Requires !ok().
  const Diagnostic& error() const { return std::get<Diagnostic>(state_); }

 private:
  std::variant<T, Diagnostic> state_;
};

}  // namespace msf
