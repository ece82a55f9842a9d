// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// Chains of window operators for tests of msf_patch: what they compute over
// whole tensors, and the memory that a patch of them needs.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "msf_runtime.h"

namespace msf {

// One dimension of a window.
struct Span {
  int32_t stride = 1;
  int32_t pad = 0;
  int32_t extent = 1;
  int32_t first(int32_t i) const { return i * stride - pad; }
  int32_t end(int32_t i) const { return first(i) + extent; }
};

struct WindowRead {
  int32_t source = 0;
  Span rows;
  Span columns;
  int32_t width = 0;  // of the source
  int32_t c = 0;
};

// An operator that lets every byte of its window show in the output.
struct Window {
  std::vector<WindowRead> reads;
  int32_t rows = 0;
  int32_t width = 0;
  int32_t c = 0;
  int32_t first_channel = 0;  // of the whole tensor's
  std::vector<int32_t>* made = nullptr;  // how often each pixel was
};

// The operator as a kernel of the runtime; params are a Window.
void RunWindow(const msf_call* call);

using Bytes = std::vector<uint8_t>;

struct Input {
  int32_t rows = 0;
  int32_t width = 0;
  int32_t c = 0;
  Bytes bytes;
};

// A sequence of nodes, each of which reads the one before.
struct Chain {
  std::vector<Input> inputs;
  std::vector<Window> nodes;
};

// A whole tensor.
msf_view ViewOf(Bytes& bytes, int32_t rows);

// The columns of each node that are ever read, and which ones those of the
// output read; see msf_patch_node.
struct Line {
  int32_t width = 0;
  int32_t scale = 0;  // 0: readers do not go on at the same pace
  int32_t first = 0;
  int32_t end = 0;
  int32_t oldest = 0;
};
std::vector<Line> LinesOf(const Chain& chain);

// The last node's tensor.
Bytes RunWhole(Chain& chain);

// --- What memory a patch needs, by sets, from the definition alone ---------

struct Sizes {
  std::vector<int32_t> tile_rows;
  std::vector<int32_t> tile_cols;
  std::vector<int32_t> kept_rows;
  std::vector<int32_t> kept_cols;
};

// How large a patch is, and which nodes keep their rows.
struct Shape {
  int32_t patch_rows = 1;
  int32_t patch_cols = 1;
  int32_t strip_cols = 1;
  std::vector<bool> keeps;
};

Sizes SizesOf(const Chain& chain, const Shape& shape);

// --- Random ones -----------------------------------------------------------

class Maker {
 public:
  explicit Maker(uint32_t seed) : engine_(seed) {}
  int32_t Pick(int32_t low, int32_t high) {
    return low + static_cast<int32_t>(
                     engine_() % static_cast<uint32_t>(high - low + 1));
  }

  Chain Make();
  Shape Fit(const Chain& chain);  // any patch of the chain

 private:
  void AddInput(Chain& chain, int32_t rows, int32_t width);
  // A window over `size` and how many outputs it has.
  Span AnySpan(int32_t size, int32_t* outputs);
  void AddNode(Chain& chain);
  // As a residual addition: the same element of an earlier tensor, if its other
  // readers go on at the same pace.
  void AddSecondRead(Chain& chain, Window& node);

  std::mt19937 engine_;
};

}  // namespace msf
