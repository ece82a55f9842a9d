// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "exec/host_network.h"
#include "exec/reference.h"
#include "schedule/schedule.h"

namespace msf {

// Runs a Schedule on the host with the runtime's own machine and kernels.
class Executor {
 public:
  // Both must outlive the executor.
  Executor(const Graph& graph, const Schedule& schedule, PatchSpy spy = {});

  // One inference. `inputs` are the bytes of Graph::inputs; streamed ones are
  // pulled row by row. Returns the bytes of Graph::outputs.
  std::vector<Bytes> Run(const std::vector<Bytes>& inputs);

  // The same with streamed rows pushed, as many at a time as `rows_per_push`.
  std::vector<Bytes> RunPushed(const std::vector<Bytes>& inputs,
                               int32_t rows_per_push);

  // Highest byte of the arena that the runs so far wrote, plus one. Found by
  // painting: each run happens twice, over different patterns.
  int64_t touched_bytes() const { return touched_bytes_; }

  // --- for the verifier, which looks at memory between steps ---

  // Puts resident inputs in place and external ones in reach, and starts an
  // inference. `inputs` must live until it ends.
  void Start(const std::vector<Bytes>& inputs);
  msf_machine& machine() { return machine_; }
  std::vector<uint8_t>& arena() { return arena_; }
  std::vector<Bytes> ReadOutputs() const;
  const msf_network* network() const { return network_.network(); }

 private:
  static int Pull(void* context, int32_t input, int32_t r, int32_t first,
                  int32_t count, void* to);
  void Paint(uint8_t pattern);
  void CountTouched(uint8_t pattern);
  template <typename RunOnce>
  std::vector<Bytes> RunPainted(const std::vector<Bytes>& inputs,
                                const RunOnce& run_once);

  const Graph& graph_;
  const Schedule& schedule_;
  HostNetwork network_;
  std::vector<uint8_t> arena_;
  std::vector<int32_t> done_;
  std::vector<const uint8_t*> external_;
  const std::vector<Bytes>* inputs_ = nullptr;
  msf_machine machine_{};
  int64_t touched_bytes_ = 0;
};

}  // namespace msf
