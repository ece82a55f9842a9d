// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// SOFTMAX, int8, over the last dimension. exp is a polynomial in fixed point
// and the division a Newton iteration, both of google/gemmlowp's
// fixedpoint/fixedpoint.h, whose roundings define the bytes; TFLite's
// kernels/internal/reference/softmax.h puts them together and TFLM's
// softmax_common.cc derives the parameters. No float at run time.
#include <algorithm>
#include <cmath>

#include "ops/forms.h"
#include "ops/operands.h"
#include "ops/reference_math.h"
#include "ops/rescale.h"

namespace msf {
namespace {

constexpr int32_t kDiffIntegerBits = 5;  // a distance is Q5.26
constexpr int32_t kSumIntegerBits = 12;  // the sum of exps is Q12.19
constexpr int32_t kMaxClasses = (1 << kSumIntegerBits) - 1;

// beta * scale as a factor from code distances to Q5.26.
double RealFactor(float beta, float scale) {
  const double limit = static_cast<double>(INT32_MAX);
  return std::min(static_cast<double>(beta) * static_cast<double>(scale) *
                      (1 << (31 - kDiffIntegerBits)),
                  limit);
}

struct Parameters {
  int32_t multiplier = 0;
  int32_t left_shift = 0;
  int32_t diff_min = 0;  // distances below have an exp of 0
};

Parameters ParametersOf(const Graph& graph, const Node& node) {
  const double factor = RealFactor(std::get<SoftmaxAttrs>(node.attrs).beta,
                                   graph.tensor(node.inputs[0]).quant.scale());
  // Not QuantizeMultiplier: here shift 31 is allowed, of distance 0 only.
  int shift = 0;
  int64_t multiplier = std::llround(std::ldexp(std::frexp(factor, &shift), 31));
  if (multiplier == int64_t{1} << 31) {
    multiplier /= 2;
    ++shift;
  }
  const double radius = std::floor(
      std::ldexp((1 << kDiffIntegerBits) - 1, 31 - kDiffIntegerBits - shift));
  return {.multiplier = static_cast<int32_t>(multiplier),
          .left_shift = shift,
          .diff_min = -static_cast<int32_t>(radius)};
}

Result<Attrs> Parse(const OptionReader& options, const Graph& graph,
                    const Node& node) {
  MSF_RETURN_IF_ERROR(CheckArity(graph, node, 1, 1));
  const Tensor& input = graph.tensor(node.inputs[0]);
  const Tensor& output = graph.tensor(node.outputs[0]);
  MSF_RETURN_IF_ERROR(CheckComputed(input, "input"));
  MSF_RETURN_IF_ERROR(CheckInt8(input, "input"));
  MSF_RETURN_IF_ERROR(CheckInt8(output, "output"));
  if (output.quant.scale() != 1.0f / 256 || output.quant.zero_point() != -128) {
    return UserError("",
                     "the output of a softmax must have scale 1/256 and zero "
                     "point -128",
                     "let the converter choose the output's quantisation");
  }
  if (input.shape.empty() || input.hwc.c > kMaxClasses) {
    return UserError("", "softmax over shape " + ToString(input.shape) +
                             ": the last dimension must have 1 to " +
                             std::to_string(kMaxClasses) + " elements");
  }
  MSF_RETURN_IF_ERROR(CheckRows(output, input.hwc));
  const SoftmaxAttrs attrs = {.beta = options.Float("beta", 0.0f)};
  if (!std::isfinite(attrs.beta) ||
      !(RealFactor(attrs.beta, input.quant.scale()) > 1.0)) {
    return UserError("",
                     "beta " + std::to_string(attrs.beta) +
                         " is too small for the input scale",
                     "use a softmax with beta 1");
  }
  return attrs;
}

KernelCall Kernel(const Graph& graph, const Node& node, const StageForm&) {
  const Hwc& input = graph.tensor(node.inputs[0]).hwc;
  const Parameters parameters = ParametersOf(graph, node);
  KernelCall call{.kernel = "msf_softmax_s8",
                  .params_type = "msf_softmax_params",
                  .fields = {}};
  call.Int("w", input.w)
      .Int("c", input.c)
      .Int("multiplier", parameters.multiplier)
      .Int("left_shift", parameters.left_shift)
      .Int("diff_min", parameters.diff_min);
  return call;
}

// --- Reference -------------------------------------------------------------

// Fixed-point numbers are raw integers; int64 where a sum or a left shift may
// leave int32 for a moment. The product of two Q31 numbers:
int64_t Product(int64_t a, int64_t b) {
  return ReferenceDoublingHighMul(static_cast<int32_t>(a),
                                  static_cast<int32_t>(b));
}

int64_t Halved(int64_t x, int32_t times) {
  return ReferenceDivideByPowerOfTwo(static_cast<int32_t>(x), times);
}

// exp(-k / 4) * exp(rest) for rest in [-1/4, 0): the exponential of a Q5.26
// number up to 0, as Q0.31.
int64_t ExpOf(int64_t q26) {
  if (q26 == 0) return INT32_MAX;
  const int64_t quarter = int64_t{1} << 24;
  const int64_t quarters = (-q26 - 1) / quarter;  // whole ones before the rest
  const int64_t rest = q26 + quarters * quarter;
  // Taylor around -1/8, nested as gemmlowp does it.
  const int64_t t = rest * 32 + (int64_t{1} << 28);
  const int64_t t2 = Product(t, t);
  const int64_t inner = Halved(Product(t2, t2), 2) + Product(t2, t);
  const int64_t tail = Halved(Product(inner, 715827883) + t2, 1);
  int64_t value = 1895147668 + Product(1895147668, t + tail);
  const int64_t powers[] = {1672461947, 1302514674, 790015084, 290630308,
                            39332535,   720401,     242};
  for (int64_t k = 0; k < 7; ++k) {
    if ((quarters >> k) & 1) value = Product(value, powers[k]);
  }
  return value;
}

// 1 / (1 + x) for a Q0.31 number x in [0, 1).
int64_t InverseOf(int64_t x) {
  const int64_t half_sum = (x + (int64_t{1} << 31)) / 2;
  const auto saturate = [](int64_t value) {
    return std::clamp<int64_t>(value, INT32_MIN, INT32_MAX);
  };
  int64_t inverse = 1515870810 + Product(half_sum, -1010580540);
  for (int i = 0; i < 3; ++i) {
    const int64_t error = (int64_t{1} << 29) - Product(half_sum, inverse);
    inverse += saturate(Product(inverse, error) * 4);
  }
  return saturate(inverse * 2);
}

void ReferencePixel(const Parameters& parameters, int32_t classes,
                    const uint8_t* input, uint8_t* output) {
  std::vector<int32_t> codes(input, input + classes);
  for (int32_t& code : codes) code = static_cast<int8_t>(code);
  const int32_t max = *std::max_element(codes.begin(), codes.end());
  std::vector<int64_t> exps(codes.size(), -1);  // -1: below diff_min
  int64_t sum = 0;
  for (size_t i = 0; i < codes.size(); ++i) {
    const int64_t diff = codes[i] - max;
    if (diff < parameters.diff_min) continue;
    exps[i] = ExpOf(Product(diff * (int64_t{1} << parameters.left_shift),
                            parameters.multiplier));
    sum += Halved(exps[i], kSumIntegerBits);
  }
  int32_t bits = 0;  // sum = 2^bits * (1 + x)
  while ((sum >> (bits + 1)) > 0) ++bits;
  const int64_t inverse = InverseOf((sum << (31 - bits)) - (int64_t{1} << 31));
  for (size_t i = 0; i < codes.size(); ++i) {
    // Q0.31 / (sum in units of 2^19), to units of 1/256.
    const int64_t code =
        exps[i] < 0 ? 0 : Halved(Product(inverse, exps[i]), bits + 4);
    output[i] = static_cast<uint8_t>(std::min<int64_t>(code, 255) - 128);
  }
}

void Reference(const Graph& graph, const Node& node,
               const std::vector<const uint8_t*>& inputs, uint8_t* output) {
  const Tensor& input = graph.tensor(node.inputs[0]);
  const Parameters parameters = ParametersOf(graph, node);
  const int32_t classes = input.hwc.c;
  for (int64_t at = 0; at < input.elements(); at += classes) {
    ReferencePixel(parameters, classes, inputs[0] + at, output + at);
  }
}

}  // namespace

extern const OpDef kSoftmax = {.name = "Softmax",
                               .tflite = "SOFTMAX",
                               .parse = &Parse,
                               .infer = &InferSameRows,
                               .forms = &RowByRow,
                               .kernel = &Kernel,
                               .reference = &Reference};

}  // namespace msf
