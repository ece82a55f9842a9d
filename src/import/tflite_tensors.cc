// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "import/tflite_tensors.h"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <map>
#include <optional>
#include <utility>

#include "import/text.h"

namespace msf {
namespace {

constexpr int64_t kMaxTensorBytes = (int64_t{1} << 31) - 1;
constexpr const char* kExportAgain = "the file is damaged; export it again";

using Kind = TensorIssue::Kind;
using Data = std::shared_ptr<const std::vector<uint8_t>>;
// Tensors (and buffers) that point to the same bytes share one copy.
using DataCache = std::map<const uint8_t*, Data>;

TensorIssue Damaged(std::string what) {
  return {Kind::kDamaged, std::move(what), kExportAgain};
}

TensorIssue Unsupported(std::string what, std::string hint = {}) {
  return {Kind::kUnsupported, std::move(what), std::move(hint)};
}

// A hostile shape may have any number of dimensions.
std::string ShapeText(const Tensor& tensor) {
  return CleanText(ToString(tensor.shape), 80);
}

std::string FloatText(float value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", static_cast<double>(value));
  return text;
}

// Whoever runs out of it reports this.
TensorIssue OutOfBudget() {
  return Damaged(
      "shares so many parts with others that reading the file "
      "would take far more memory than its size");
}

std::optional<DType> ToDType(wire::TensorType type) {
  switch (type) {
    case wire::TensorType_INT8:
      return DType::kInt8;
    case wire::TensorType_UINT8:
      return DType::kUInt8;
    case wire::TensorType_INT16:
      return DType::kInt16;
    case wire::TensorType_INT32:
      return DType::kInt32;
    case wire::TensorType_INT64:
      return DType::kInt64;
    case wire::TensorType_FLOAT32:
      return DType::kFloat32;
    case wire::TensorType_BOOL:
      return DType::kBool;
    default:
      return std::nullopt;
  }
}

std::string TypeName(wire::TensorType type) {
  const std::string name = wire::EnumNameTensorType(type);
  return name.empty() ? "number " + std::to_string(static_cast<int>(type))
                      : name;
}

// --- Shape -------------------------------------------------------------------

// Sets tensor.shape, and tensor.hwc if the shape is sound.
TensorIssue ReadShape(const wire::Tensor& from, CopyBudget& budget,
                      Tensor& tensor) {
  const auto* shape = from.shape();
  if (shape != nullptr) {
    if (!budget.Take(shape->size() * sizeof(int32_t))) return OutOfBudget();
    tensor.shape.assign(shape->begin(), shape->end());
  }
  int64_t bytes = ByteSize(tensor.dtype);
  for (const int32_t dim : tensor.shape) {
    if (dim <= 0) {
      return Unsupported(
          "has dimension " + std::to_string(dim) + " in shape " +
              ShapeText(tensor),
          "export the model with a fixed, non-empty input shape");
    }
    bytes *= dim;
    if (bytes > kMaxTensorBytes) {
      return {Kind::kDamaged,
              "is larger than 2 GB (shape " + ShapeText(tensor) + ")",
              "no microcontroller holds this; check the file"};
    }
  }
  tensor.hwc = CanonicalHwc(tensor.shape);
  return {};
}

// --- Data --------------------------------------------------------------------

// Sets tensor.data for a constant; the length is not looked at.
TensorIssue ReadData(const wire::Model& model, const wire::Tensor& from,
                     CopyBudget& budget, DataCache& cache, Tensor& tensor) {
  // Buffer 0 stands for "none", whatever it holds.
  if (from.buffer() == 0) return {};
  const auto* buffers = model.buffers();
  const uint32_t count = buffers == nullptr ? 0 : buffers->size();
  if (from.buffer() >= count) {
    return Damaged("names buffer " + std::to_string(from.buffer()) +
                   ", the file has " + std::to_string(count));
  }
  const wire::Buffer& buffer = *buffers->Get(from.buffer());
  const auto* data = buffer.data();
  if (data == nullptr || data->size() == 0) {
    if (buffer.offset() <= 1) return {};
    return Unsupported("keeps its data outside of the flatbuffer",
                       "export the model as one flatbuffer");
  }
  Data& copy = cache[data->data()];
  if (copy == nullptr) {
    if (!budget.Take(data->size())) return OutOfBudget();
    copy = std::make_shared<const std::vector<uint8_t>>(data->begin(),
                                                        data->end());
  }
  tensor.data = copy;
  return {};
}

TensorIssue CheckData(const Tensor& tensor) {
  if (!tensor.IsConstant()) return {};
  const auto size = static_cast<int64_t>(tensor.data->size());
  if (size == tensor.bytes()) return {};
  return Damaged("holds " + std::to_string(size) + " bytes, its shape " +
                 ShapeText(tensor) + " of " + ToString(tensor.dtype) +
                 " needs " + std::to_string(tensor.bytes()));
}

// --- Quantization ------------------------------------------------------------

// Range of the zero point; empty for types that are not quantised.
std::optional<std::pair<int64_t, int64_t>> QuantizedRange(DType dtype) {
  switch (dtype) {
    case DType::kInt8:
      return std::pair(-128, 127);
    case DType::kUInt8:
      return std::pair(0, 255);
    case DType::kInt16:
      return std::pair(-32768, 32767);
    default:
      return std::nullopt;
  }
}

// Sets tensor.quant as the file has it.
TensorIssue ReadQuantization(const wire::Tensor& from, CopyBudget& budget,
                             Tensor& tensor) {
  const wire::Quantization* quant = from.quantization();
  if (quant == nullptr) return {};
  if (quant->details_type() != 0) {
    return Unsupported("has a custom quantization");
  }
  const auto* scales = quant->scale();
  if (scales == nullptr || scales->size() == 0) return {};
  const auto* zero_points = quant->zero_point();
  const size_t zero_count = zero_points == nullptr ? 0 : zero_points->size();
  if (!budget.Take(scales->size() * sizeof(float) +
                   zero_count * sizeof(int32_t))) {
    return OutOfBudget();
  }
  tensor.quant.scales.assign(scales->begin(), scales->end());
  for (size_t i = 0; i < zero_count; ++i) {
    // Not Get(): the verifier does not see to it that elements of 8 bytes are
    // aligned.
    int64_t zero_point = 0;
    std::memcpy(&zero_point, zero_points->Data() + i * sizeof zero_point,
                sizeof zero_point);
    const auto range =
        QuantizedRange(tensor.dtype).value_or(std::pair(INT32_MIN, INT32_MAX));
    if (zero_point < range.first || zero_point > range.second) {
      return Damaged("has zero point " + std::to_string(zero_point) +
                     ", which does not fit " + ToString(tensor.dtype));
    }
    tensor.quant.zero_points.push_back(static_cast<int32_t>(zero_point));
  }
  // The axis means nothing with one scale; exporters leave strays there.
  if (scales->size() > 1) tensor.quant.axis = quant->quantized_dimension();
  return {};
}

// 8 and 16 bit tensors must make sense. Of others (biases, axes, float)
// nobody reads the parameters, and files hold all kinds of leftovers.
TensorIssue CheckQuantization(Tensor& tensor) {
  Quantization& quant = tensor.quant;
  if (!quant.IsQuantized()) return {};
  const size_t count = quant.scales.size();
  if (!QuantizedRange(tensor.dtype)) {
    const auto rank = static_cast<int64_t>(tensor.shape.size());
    if (quant.axis < 0 || quant.axis >= rank) quant.axis = 0;
    return {};
  }
  // Exporters that fold a negative batch-norm factor into the scale of weights
  // leave it negative (mcunet_in3); TFLite multiplies with the sign.
  for (const float scale : quant.scales) {
    if (std::isfinite(scale) &&
        (scale > 0 || (scale < 0 && tensor.IsConstant()))) {
      continue;
    }
    return Damaged("has scale " + FloatText(scale) +
                   ", scales must be positive numbers");
  }
  // One zero point may stand for all scales.
  if (quant.zero_points.size() == 1) {
    quant.zero_points.resize(count, quant.zero_points[0]);
  }
  if (quant.zero_points.size() != count) {
    return Damaged("has " + std::to_string(count) + " scales and " +
                   std::to_string(quant.zero_points.size()) + " zero points");
  }
  if (count == 1) return {};
  const auto axis = static_cast<size_t>(quant.axis);
  if (quant.axis < 0 || axis >= tensor.shape.size()) {
    return Damaged("is quantised along dimension " +
                   std::to_string(quant.axis) + " of shape " +
                   ShapeText(tensor));
  }
  if (count != static_cast<size_t>(tensor.shape[axis])) {
    return Damaged("has " + std::to_string(count) + " scales along dimension " +
                   std::to_string(axis) + " of shape " + ShapeText(tensor));
  }
  return {};
}

// --- All of it ---------------------------------------------------------------

// Fills `tensor` as far as possible and returns the first issue met.
TensorIssue ReadTensor(const wire::Model& model, const wire::Tensor& from,
                       CopyBudget& budget, DataCache& cache, Tensor& tensor) {
  if (from.name() != nullptr)
    tensor.name = CleanText(from.name()->string_view());
  if (!budget.Take(tensor.name.size())) return OutOfBudget();
  const std::optional<DType> dtype = ToDType(from.type());
  tensor.dtype = dtype.value_or(DType::kInt8);

  TensorIssue issue = ReadData(model, from, budget, cache, tensor);
  const auto then = [&](auto&& check) {
    if (issue.kind == Kind::kNone) issue = check();
  };
  // Read also after an issue: a report wants the shape of such tensors too.
  const TensorIssue shape_issue = ReadShape(from, budget, tensor);
  then([&]() -> TensorIssue {
    if (!dtype) return Unsupported("has type " + TypeName(from.type()));
    if (from.sparsity() != nullptr) return Unsupported("is sparse");
    if (from.is_variable()) return Unsupported("is a variable");
    return shape_issue;
  });
  then([&] { return CheckData(tensor); });
  then([&] { return ReadQuantization(from, budget, tensor); });
  then([&] { return CheckQuantization(tensor); });
  return issue;
}

}  // namespace

std::string Describe(const Tensor& tensor) {
  return "tensor " + std::to_string(tensor.source_index) + " '" +
         CleanText(tensor.name, 80) + "'";
}

TensorTable ReadTensors(const wire::Model& model,
                        const wire::SubGraph& subgraph, CopyBudget& budget) {
  TensorTable table;
  const auto* tensors = subgraph.tensors();
  if (tensors == nullptr) return table;
  table.tensors.resize(tensors->size());
  table.issues.resize(tensors->size());
  DataCache cache;
  for (uint32_t i = 0; i < tensors->size(); ++i) {
    table.tensors[i].source_index = static_cast<int32_t>(i);
    table.issues[i] =
        ReadTensor(model, *tensors->Get(i), budget, cache, table.tensors[i]);
  }
  return table;
}

}  // namespace msf
