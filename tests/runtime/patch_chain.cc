// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "tests/runtime/patch_chain.h"

#include <algorithm>

namespace msf {
namespace {

uint8_t WindowByte(const Window& window, const msf_call* call, int32_t x,
                   int32_t channel) {
  uint32_t hash = static_cast<uint32_t>(channel) * 37 + 11;
  for (size_t i = 0; i < window.reads.size(); ++i) {
    const WindowRead& read = window.reads[i];
    const int32_t rows = call->in[i].rows;
    for (int32_t y = read.rows.first(call->step);
         y < read.rows.end(call->step); ++y) {
      if (y < 0 || y >= rows) continue;
      const uint8_t* row = msf_row(&call->in[i], y);
      for (int32_t u = read.columns.first(x); u < read.columns.end(x); ++u) {
        if (u < 0 || u >= read.width) continue;
        for (int32_t k = 0; k < read.c; ++k) {
          hash = hash * 5 + row[u * read.c + k];
        }
      }
    }
  }
  return static_cast<uint8_t>(hash ^ (hash >> 13));
}

}  // namespace

void RunWindow(const msf_call* call) {
  const auto& window = *static_cast<const Window*>(call->params);
  uint8_t* row = msf_row(&call->out, call->step);
  const int32_t x_end = std::min(call->x_end, window.width);
  for (int32_t x = call->x; x < x_end; ++x) {
    for (int32_t k = 0; k < window.c; ++k) {
      row[x * window.c + k] =
          WindowByte(window, call, x, window.first_channel + k);
    }
    if (window.made == nullptr) continue;
    ++(*window.made)[static_cast<size_t>(call->step * window.width + x)];
  }
}

msf_view ViewOf(Bytes& bytes, int32_t rows) {
  return {bytes.data(), static_cast<int32_t>(bytes.size()) / rows, rows, rows};
}

std::vector<Line> LinesOf(const Chain& chain) {
  std::vector<Line> lines(chain.nodes.size());
  lines.back() = {.width = chain.nodes.back().width, .scale = 1};
  for (size_t n = lines.size(); n-- > 0;) {
    const Line& line = lines[n];
    for (const WindowRead& read : chain.nodes[n].reads) {
      if (read.source < 0) continue;
      const Span& s = read.columns;
      Line& to = lines[static_cast<size_t>(read.source)];
      const Line via{.width = std::min(read.width, s.end(line.width - 1)),
                     .scale = line.scale * s.stride,
                     .first = s.first(line.first),
                     .end = s.end(line.end - 1),
                     .oldest = s.first(line.end)};
      if (to.width == 0) {
        to = via;
        continue;
      }
      to = {.width = std::max(to.width, via.width),
            .scale = to.scale == via.scale ? to.scale : 0,
            .first = std::min(to.first, via.first),
            .end = std::max(to.end, via.end),
            .oldest = std::min(to.oldest, via.oldest)};
    }
  }
  return lines;
}

Bytes RunWhole(Chain& chain) {
  std::vector<Bytes> values;
  for (Window& node : chain.nodes) {
    node.made = nullptr;
    values.emplace_back(static_cast<size_t>(node.rows * node.width * node.c));
    msf_call call{};
    call.params = &node;
    for (size_t i = 0; i < node.reads.size(); ++i) {
      const int32_t source = node.reads[i].source;
      const auto s = static_cast<size_t>(source < 0 ? -1 - source : source);
      call.in[i] = source < 0
                       ? ViewOf(chain.inputs[s].bytes, chain.inputs[s].rows)
                       : ViewOf(values[s], chain.nodes[s].rows);
    }
    call.out = ViewOf(values.back(), node.rows);
    call.x_end = MSF_WHOLE_ROW;
    for (; call.step < node.rows; ++call.step) RunWindow(&call);
  }
  return values.back();
}

Chain Maker::Make() {
  Chain chain;
  AddInput(chain, Pick(1, 24), Pick(1, 24));
  const int32_t count = Pick(2, 5);
  for (int32_t n = 0; n < count; ++n) AddNode(chain);
  return chain;
}

Shape Maker::Fit(const Chain& chain) {
  Shape shape{.patch_rows = Pick(1, chain.nodes.back().rows),
              .patch_cols = Pick(1, chain.nodes.back().width),
              .keeps = {}};
  shape.strip_cols = chain.nodes.back().width;
  if (Pick(0, 2) == 0) shape.strip_cols = Pick(1, shape.strip_cols);
  if (Pick(0, 1) == 0) shape.patch_rows = std::min(shape.patch_rows, 2);
  if (Pick(0, 1) == 0) shape.patch_cols = std::min(shape.patch_cols, 2);
  const int32_t keep = Pick(0, 2);  // none, some, all
  for (size_t n = 0; n + 1 < chain.nodes.size(); ++n) {
    shape.keeps.push_back(keep == 2 || (keep == 1 && Pick(0, 1) == 1));
  }
  return shape;
}

void Maker::AddInput(Chain& chain, int32_t rows, int32_t width) {
  Input input{rows, width, Pick(1, 4), {}};
  input.bytes.resize(static_cast<size_t>(rows * width * input.c));
  for (uint8_t& byte : input.bytes) byte = static_cast<uint8_t>(engine_());
  chain.inputs.push_back(std::move(input));
}

Span Maker::AnySpan(int32_t size, int32_t* outputs) {
  Span span;
  span.extent = Pick(1, 7);
  span.stride = Pick(1, 3);
  span.pad = Pick(0, span.extent - 1);
  const int32_t padding = span.pad + Pick(0, span.extent - 1);
  if (size + padding < span.extent) return span = {}, *outputs = size, span;
  *outputs = (size + padding - span.extent) / span.stride + 1;
  return span;
}

void Maker::AddNode(Chain& chain) {
  const auto n = static_cast<int32_t>(chain.nodes.size());
  Window node;
  WindowRead read;
  read.source = n - 1;  // input 0 for the first
  const int32_t rows = n > 0 ? chain.nodes.back().rows : chain.inputs[0].rows;
  read.width = n > 0 ? chain.nodes.back().width : chain.inputs[0].width;
  read.c = n > 0 ? chain.nodes.back().c : chain.inputs[0].c;
  read.rows = AnySpan(rows, &node.rows);
  read.columns = AnySpan(read.width, &node.width);
  node.c = Pick(1, 4);
  node.reads.push_back(read);
  AddSecondRead(chain, node);
  chain.nodes.push_back(std::move(node));
}

void Maker::AddSecondRead(Chain& chain, Window& node) {
  std::vector<WindowRead> choices;
  const auto consider = [&](int32_t source, const auto& tensor) {
    if (tensor.rows != node.rows || tensor.width != node.width) return;
    choices.push_back({source, {}, {}, tensor.width, tensor.c});
  };
  for (size_t i = 0; i < chain.inputs.size(); ++i) {
    consider(-1 - static_cast<int32_t>(i), chain.inputs[i]);
  }
  bool is_slower = node.reads[0].columns.stride > 1;
  for (size_t n = chain.nodes.size(); n-- > 0 && !is_slower;) {
    consider(static_cast<int32_t>(n), chain.nodes[n]);
    is_slower = chain.nodes[n].reads[0].columns.stride > 1;
  }
  if (!choices.empty()) {
    const int32_t last = static_cast<int32_t>(choices.size()) - 1;
    node.reads.push_back(choices[static_cast<size_t>(Pick(0, last))]);
  } else if (chain.inputs.size() < 2 && Pick(0, 3) == 0) {
    AddInput(chain, node.rows, node.width);
    const Input& input = chain.inputs.back();
    node.reads.push_back({-2, {}, {}, input.width, input.c});
  }
}

}  // namespace msf
