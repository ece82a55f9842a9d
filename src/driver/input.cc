// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "driver/input.h"

#include <charconv>

#include <fmt/format.h>

#include "support/file.h"

namespace msf {
namespace {

constexpr std::string_view kRandom = "random:";

Result<uint32_t> ParseSeed(const std::string& source) {
  uint32_t seed = 0;
  const char* begin = source.data() + kRandom.size();
  const char* end = source.data() + source.size();
  const auto [rest, error] = std::from_chars(begin, end, seed);
  if (error != std::errc() || rest != end || seed == 0) {
    return UserError("--input", "'" + source + "' has no seed from 1 to 2^32-1",
                     "for example --input random:1");
  }
  return seed;
}

Result<Bytes> ReadInput(const std::string& path, const Graph& graph,
                        const Port& port) {
  MSF_ASSIGN(Bytes bytes, ReadFile(path));
  const int64_t expected = graph.tensor(port.tensor).bytes();
  if (static_cast<int64_t>(bytes.size()) != expected) {
    return UserError(path,
                     fmt::format("holds {} bytes, input '{}' ({} {}) needs {}",
                                 bytes.size(), port.name, ToString(port.dtype),
                                 ToString(port.shape), expected),
                     "give the quantised bytes of the input");
  }
  return bytes;
}

}  // namespace

Result<RunInput> ReadInputs(const std::vector<std::string>& sources,
                            const Graph& graph) {
  RunInput input;
  if (sources.empty()) return input;
  if (sources.size() == 1 && sources[0].rfind(kRandom, 0) == 0) {
    MSF_ASSIGN(input.seed, ParseSeed(sources[0]));
    return input;
  }
  if (sources.size() != graph.inputs.size()) {
    return UserError("--input",
                     fmt::format("{} given, the network has {} inputs",
                                 sources.size(), graph.inputs.size()),
                     "give --input once for each input, in order");
  }
  for (size_t i = 0; i < sources.size(); ++i) {
    MSF_ASSIGN(Bytes bytes, ReadInput(sources[i], graph, graph.inputs[i]));
    input.data.push_back(std::move(bytes));
  }
  return input;
}

}  // namespace msf
