// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "tests/import/model_builder.h"

#include <string_view>
#include <utility>

#include "ops/op_def.h"
#include "support/check.h"
#include "tests/import/wire_model.h"

namespace msf {
namespace {

wire::TensorType ToWire(DType dtype) {
  for (const wire::TensorType type : wire::EnumValuesTensorType()) {
    if (std::string_view(wire::EnumNameTensorType(type)) == ToString(dtype)) {
      return type;
    }
  }
  CheckFailed(__FILE__, __LINE__, "type has a wire type");
}

wire::BuiltinOperator BuiltinCode(std::string_view name) {
  for (const wire::BuiltinOperator code : wire::EnumValuesBuiltinOperator()) {
    if (name == wire::EnumNameBuiltinOperator(code)) return code;
  }
  CheckFailed(__FILE__, __LINE__, "operator has a builtin code");
}

// Options by kind of attributes.
class OptionWriter {
 public:
  explicit OptionWriter(wire::BuiltinOptionsUnion& to) : to_(to) {}

  void operator()(const Conv2DAttrs& attrs) {
    wire::Conv2DOptionsT options;
    SetWindow(attrs.window, options);
    options.dilation_h_factor = attrs.window.dilation_h;
    options.dilation_w_factor = attrs.window.dilation_w;
    options.fused_activation_function = Code(attrs.activation);
    Set(wire::BuiltinOptions_Conv2D, options);
  }
  void operator()(const DepthwiseConv2DAttrs& attrs) {
    wire::DepthwiseConv2DOptionsT options;
    SetWindow(attrs.window, options);
    options.dilation_h_factor = attrs.window.dilation_h;
    options.dilation_w_factor = attrs.window.dilation_w;
    options.depth_multiplier = attrs.multiplier;
    options.fused_activation_function = Code(attrs.activation);
    Set(wire::BuiltinOptions_DepthwiseConv2D, options);
  }
  void operator()(const AveragePool2DAttrs& attrs) { Pool(attrs); }
  void operator()(const MaxPool2DAttrs& attrs) { Pool(attrs); }
  void operator()(const AddAttrs& attrs) {
    wire::SumOptionsT options;
    options.fused_activation_function = Code(attrs.activation);
    Set(wire::BuiltinOptions_Add, options);
  }
  void operator()(const FullyConnectedAttrs& attrs) {
    wire::FullyConnectedOptionsT options;
    options.fused_activation_function = Code(attrs.activation);
    Set(wire::BuiltinOptions_FullyConnected, options);
  }
  void operator()(const SoftmaxAttrs& attrs) {
    wire::SoftmaxOptionsT options;
    options.beta = attrs.beta;
    Set(wire::BuiltinOptions_Softmax, options);
  }
  template <typename Other>
  void operator()(const Other&) {}  // no options

 private:
  static int8_t Code(Activation activation) {
    return static_cast<int8_t>(activation);
  }

  template <typename Options>
  static void SetWindow(const Window& window, Options& options) {
    options.padding = window.pad == Padding{} ? 1 : 0;
    options.stride_h = window.stride_h;
    options.stride_w = window.stride_w;
  }

  template <typename PoolAttrs>
  void Pool(const PoolAttrs& attrs) {
    wire::Pool2DOptionsT options;
    SetWindow(attrs.window, options);
    options.filter_height = attrs.window.kernel_h;
    options.filter_width = attrs.window.kernel_w;
    options.fused_activation_function = Code(attrs.activation);
    Set(wire::BuiltinOptions_Pool2D, options);
  }

  template <typename Options>
  void Set(wire::BuiltinOptions type, const Options& options) {
    to_.type = type;
    to_.value = new Options(options);  // the union owns it
  }

  wire::BuiltinOptionsUnion& to_;
};

std::unique_ptr<wire::TensorT> ToWire(const Tensor& tensor,
                                      wire::ModelT& model) {
  auto to = std::make_unique<wire::TensorT>();
  to->name = tensor.name;
  to->type = ToWire(tensor.dtype);
  to->shape = tensor.shape;
  if (tensor.IsConstant()) {
    to->buffer = static_cast<uint32_t>(model.buffers.size());
    model.buffers.push_back(std::make_unique<wire::BufferT>());
    model.buffers.back()->data = *tensor.data;
  }
  if (tensor.quant.IsQuantized()) {
    to->quantization = std::make_unique<wire::QuantizationT>();
    to->quantization->scale = tensor.quant.scales;
    to->quantization->zero_point.assign(tensor.quant.zero_points.begin(),
                                        tensor.quant.zero_points.end());
    to->quantization->quantized_dimension = tensor.quant.axis;
  }
  return to;
}

// Index of the operator's code, which is added if it is new.
uint32_t CodeIndex(const Node& node, wire::ModelT& model) {
  const wire::BuiltinOperator code = BuiltinCode(OpDefOf(node).tflite);
  for (size_t i = 0; i < model.operator_codes.size(); ++i) {
    if (model.operator_codes[i]->builtin_code == code) {
      return static_cast<uint32_t>(i);
    }
  }
  auto entry = std::make_unique<wire::OperatorCodeT>();
  entry->builtin_code = code;
  entry->deprecated_builtin_code =
      static_cast<int8_t>(code < 127 ? static_cast<int>(code) : 127);
  model.operator_codes.push_back(std::move(entry));
  return static_cast<uint32_t>(model.operator_codes.size() - 1);
}

void AddPorts(const std::vector<Port>& ports, std::vector<int32_t>& ids,
              std::vector<std::unique_ptr<wire::TensorMapT>>& names) {
  for (const Port& port : ports) {
    ids.push_back(port.tensor);
    names.push_back(std::make_unique<wire::TensorMapT>());
    names.back()->name = port.name;
    names.back()->tensor_index = static_cast<uint32_t>(port.tensor);
  }
}

}  // namespace

wire::ModelT ToWire(const Graph& graph) {
  wire::ModelT model;
  model.version = 3;
  model.buffers.push_back(std::make_unique<wire::BufferT>());
  auto subgraph = std::make_unique<wire::SubGraphT>();
  for (const Tensor& tensor : graph.tensors) {
    subgraph->tensors.push_back(ToWire(tensor, model));
  }
  for (const Node& node : graph.nodes) {
    auto op = std::make_unique<wire::OperatorT>();
    op->opcode_index = CodeIndex(node, model);
    op->inputs = node.inputs;
    op->outputs = node.outputs;
    std::visit(OptionWriter(op->builtin_options), node.attrs);
    subgraph->operators.push_back(std::move(op));
  }
  auto signature = std::make_unique<wire::SignatureDefT>();
  AddPorts(graph.inputs, subgraph->inputs, signature->inputs);
  AddPorts(graph.outputs, subgraph->outputs, signature->outputs);
  model.subgraphs.push_back(std::move(subgraph));
  model.signature_defs.push_back(std::move(signature));
  return model;
}

std::vector<uint8_t> Pack(const wire::ModelT& model) {
  flatbuffers::FlatBufferBuilder builder;
  wire::FinishModelBuffer(builder, wire::Model::Pack(builder, &model));
  return {builder.GetBufferPointer(),
          builder.GetBufferPointer() + builder.GetSize()};
}

std::vector<uint8_t> ToTflite(const Graph& graph) {
  return Pack(ToWire(graph));
}

}  // namespace msf
