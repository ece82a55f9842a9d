// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ops/op_def.h"
#include "tflite_generated.h"

namespace msf {

// The options of one node by field name, from the tables in tflite.fbs through
// flatbuffers' reflection: no operator is named here. Valid as long as the
// file's bytes.
class TfliteOptions : public OptionReader {
 public:
  explicit TfliteOptions(const wire::Operator& op);

  // False if the file has options of a kind that tflite.fbs does not list.
  bool known() const { return known_; }

  // Numbers and enums of any width. A field that the table does not have, or
  // that is not written, is absent (so `if_absent` is the format's default).
  int64_t Int(std::string_view field, int64_t if_absent) const override;
  float Float(std::string_view field, float if_absent) const override;

 private:
  // Address and type of a field's value, null if absent or a vector.
  const uint8_t* Find(std::string_view field,
                      flatbuffers::ElementaryType* type) const;

  const flatbuffers::Table* table_ = nullptr;
  const flatbuffers::TypeTable* type_ = nullptr;
  bool known_ = true;
};

}  // namespace msf
