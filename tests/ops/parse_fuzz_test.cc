// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// What parse lets through, the rest of the operator must be able to run: random
// nodes, most of them nonsense. Crashes and overflows show in the sanitizers.
#include "tests/ops/one_node.h"

namespace msf {

extern const OpDef kAdd;
extern const OpDef kAveragePool2D;
extern const OpDef kDequantize;
extern const OpDef kMaxPool2D;
extern const OpDef kMean;
extern const OpDef kPad;
extern const OpDef kQuantize;
extern const OpDef kRelu;
extern const OpDef kRelu6;
extern const OpDef kReshape;
extern const OpDef kSoftmax;
extern const OpDef kTranspose;

namespace {

template <typename T>
T OneOf(Random& random, std::initializer_list<T> values) {
  return values
      .begin()[Pick(random, 0, static_cast<int32_t>(values.size()) - 1)];
}

bool Rarely(Random& random) { return Pick(random, 0, 15) == 0; }

Shape PickShape(Random& random) {
  Shape shape(static_cast<size_t>(
      Pick(random, 0, 1) ? 4 : Pick(random, 0, Rarely(random) ? 8 : 4)));
  for (int32_t& dim : shape) {
    dim = Rarely(random) ? OneOf(random, {-1, 0, 65536, INT32_MAX})
                         : Pick(random, 1, 4);
  }
  if (!shape.empty() && Pick(random, 0, 1)) shape[0] = 1;
  return shape;
}

Quantization PickQuantization(Random& random) {
  if (Rarely(random)) return {};
  const float scale =
      Rarely(random)
          ? OneOf(random, {0.0f, -1.0f, std::nanf(""), INFINITY, 1e-45f, 3e38f})
          : OneOf(random, {1.0f / 256, 0.5f, 1.0f});
  return Quant(scale, Rarely(random) ? OneOf(random, {-129, 128, INT32_MIN})
                                     : OneOf(random, {-128, 0, 127}));
}

// The importer refuses what is too large before it computes rows.
void SetRows(Tensor& tensor) {
  double elements = 1;
  bool positive = true;
  for (int32_t dim : tensor.shape) {
    elements *= dim;
    positive = positive && dim > 0;
  }
  const bool sane = positive && elements < 1e9;
  tensor.hwc = sane ? CanonicalHwc(tensor.shape) : Hwc{1, 1, 1};
}

TensorId PickTensor(Random& random, Graph& graph, bool constant) {
  Tensor tensor;
  tensor.dtype = Rarely(random) ? OneOf(random, {DType::kFloat32, DType::kUInt8,
                                                 DType::kInt64, DType::kBool})
                                : DType::kInt8;
  tensor.shape = PickShape(random);
  tensor.quant = PickQuantization(random);
  if (constant) {
    if (!Rarely(random)) tensor.dtype = DType::kInt32;
    if (Pick(random, 0, 1)) tensor.shape = {Pick(random, 1, 8)};
    std::vector<int32_t> values(static_cast<size_t>(Pick(random, 0, 8)));
    for (int32_t& value : values) {
      value = Rarely(random) ? OneOf(random, {INT32_MIN, INT32_MAX, -1})
                             : Pick(random, 0, 3);
    }
    Bytes bytes(values.size() * 4);
    if (!bytes.empty()) {
      std::memcpy(bytes.data(), values.data(), bytes.size());
    }
    SetRows(tensor);
    if (!Rarely(random) && tensor.bytes() < 1000) {
      bytes.resize(static_cast<size_t>(tensor.bytes()));
    }
    tensor.data = std::make_shared<const Bytes>(std::move(bytes));
  }
  SetRows(tensor);
  graph.tensors.push_back(std::move(tensor));
  return static_cast<TensorId>(graph.tensors.size()) - 1;
}

FakeOptions PickOptions(Random& random) {
  FakeOptions options;
  for (const char* name :
       {"filter_height", "filter_width", "stride_h", "stride_w", "padding",
        "fused_activation_function", "keep_dims"}) {
    options.Set(name, Rarely(random)
                          ? OneOf<int64_t>(random, {0, -1, 32768, INT64_MAX})

                          : Pick(random, 0, 1) + 1);
  }
  options.Set("padding", Rarely(random) ? 2 : Pick(random, 0, 1));
  return options.SetFloat("beta", OneOf(random, {1.0f, 1.0f, -1.0f, 1e30f}));
}

// True if the node was accepted and run.
bool TryOne(const OpDef& op, Random& random) {
  OneNode node(op);
  Graph& graph = node.graph();
  for (int32_t i = Pick(random, 1, 3); i > 0; --i) {
    const bool constant = !node.node().inputs.empty() || Rarely(random);
    node.node().inputs.push_back(
        Rarely(random)
            ? kNoTensor
            : PickTensor(random, graph, constant && Pick(random, 0, 3) != 0));
  }
  const TensorId input = node.node().inputs[0];
  node.node().outputs = {PickTensor(random, graph, false)};
  if (input != kNoTensor && Pick(random, 0, 3) != 0) {
    Tensor& output = graph.tensor(node.node().outputs[0]);
    output.shape = graph.tensor(input).shape;
    if (Pick(random, 0, 1)) output.quant = graph.tensor(input).quant;
    SetRows(output);
  }
  const Result<Attrs> attrs = op.parse(PickOptions(random), graph, node.node());
  if (!attrs) {
    EXPECT_FALSE(attrs.error().what.empty());
    return false;
  }
  node.node().attrs = *attrs;
  const Result<Hwc> rows = op.infer(graph, node.node());
  const Tensor& output = node.output();
  if (!rows || *rows != output.hwc || output.elements() > 10000) return false;
  if (graph.tensor(input).elements() > 10000) return false;
  node.ExpectFormsAgree(random);
  return true;
}

TEST(Parse, LetsNothingThroughThatCannotRun) {
  const OpDef* ops[] = {&kAdd,   &kAveragePool2D, &kDequantize, &kMaxPool2D,
                        &kMean,  &kPad,           &kQuantize,   &kRelu,
                        &kRelu6, &kReshape,       &kSoftmax,    &kTranspose};
  for (const OpDef* op : ops) {
    int32_t accepted = 0;
    for (uint32_t seed = 0; seed < 4000; ++seed) {
      SCOPED_TRACE(std::string(op->name) + " " + std::to_string(seed));
      Random random(seed);
      accepted += TryOne(*op, random);
    }
    EXPECT_GT(accepted, 0) << op->name;
    RecordProperty(op->name, accepted);
  }
}

}  // namespace
}  // namespace msf
