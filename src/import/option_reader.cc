// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "import/option_reader.h"

namespace msf {

namespace fb = flatbuffers;

TfliteOptions::TfliteOptions(const wire::Operator& op) {
  const auto kind = static_cast<size_t>(op.builtin_options_type());
  if (kind == wire::BuiltinOptions_NONE) return;
  const fb::TypeTable* kinds = wire::BuiltinOptionsTypeTable();
  if (kind >= kinds->num_elems) {
    // The verifier has not looked at this table; neither may we.
    known_ = false;
    return;
  }
  table_ = static_cast<const fb::Table*>(op.builtin_options());
  type_ = kinds->type_refs[kinds->type_codes[kind].sequence_ref]();
}

const uint8_t* TfliteOptions::Find(std::string_view field,
                                   fb::ElementaryType* type) const {
  if (table_ == nullptr) return nullptr;
  for (size_t i = 0; i < type_->num_elems; ++i) {
    if (field != type_->names[i]) continue;
    const fb::TypeCode code = type_->type_codes[i];
    if (code.is_repeating != 0) return nullptr;
    *type = static_cast<fb::ElementaryType>(code.base_type);
    return table_->GetAddressOf(
        fb::FieldIndexToOffset(static_cast<fb::voffset_t>(i)));
  }
  return nullptr;
}

int64_t TfliteOptions::Int(std::string_view field, int64_t if_absent) const {
  fb::ElementaryType type = fb::ET_UTYPE;
  const uint8_t* at = Find(field, &type);
  if (at == nullptr) return if_absent;
  switch (type) {
    case fb::ET_BOOL:
    case fb::ET_UCHAR:
      return *at;
    case fb::ET_CHAR:
      return fb::ReadScalar<int8_t>(at);
    case fb::ET_SHORT:
      return fb::ReadScalar<int16_t>(at);
    case fb::ET_USHORT:
      return fb::ReadScalar<uint16_t>(at);
    case fb::ET_INT:
      return fb::ReadScalar<int32_t>(at);
    case fb::ET_UINT:
      return fb::ReadScalar<uint32_t>(at);
    case fb::ET_LONG:
      return fb::ReadScalar<int64_t>(at);
    default:
      return if_absent;
  }
}

float TfliteOptions::Float(std::string_view field, float if_absent) const {
  fb::ElementaryType type = fb::ET_UTYPE;
  const uint8_t* at = Find(field, &type);
  if (at == nullptr || type != fb::ET_FLOAT) return if_absent;
  return fb::ReadScalar<float>(at);
}

}  // namespace msf
