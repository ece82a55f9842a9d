// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The loops are those of msf_machine.cpp.
#include "cost/count.h"
#include "cost/machinery.h"

namespace msf {
namespace {

struct MachineCounts {
  int64_t inferences = 0;
  int64_t blocks = 0;
  int64_t cleared = 0;  // counters of stages
  int64_t steps = 0;    // that run a kernel
  int64_t views = 0;    // of its tensors
  int64_t feeds = 0;    // rows of the input
  int64_t pieces = 0;   // of those that a kernel takes as they come
  int64_t searches = 0;
  int64_t goals = 0;
  int64_t descents = 0;
  int64_t reads = 0;      // that were looked at
  int64_t producers = 0;  // of them in the block
  int64_t input_checks = 0;
};

constexpr const char* kMachineNames[] = {
    "inferences", "blocks",   "cleared", "steps",     "views",    "feeds",
    "pieces",     "searches", "goals",    "descents", "reads",    "producers",
    "input_checks"};

class MachineWalk {
 public:
  explicit MachineWalk(const msf_network& network) : network_(network) {}

  MachineRun Count() {
    n_.inferences = 1;
    MachineRun run;
    for (int32_t b = 0; b < network_.block_count; ++b) {
      run.steps.push_back(WalkBlock(network_.blocks[b]));
    }
    AddTo(run.features.of(kMachine), n_);
    return run;
  }

 private:
  // Steps of its stages.
  std::vector<int32_t> WalkBlock(const msf_block& block) {
    std::vector<int32_t> done(network_.max_stages, 0);
    n_.blocks += 1;
    n_.cleared += network_.max_stages;
    for (;;) {
      n_.input_checks += network_.input_count;
      const int32_t s = Search(block, done.data());
      if (s < 0) return done;
      const msf_stage& stage = block.stages[s];
      ++done[static_cast<size_t>(s)];
      if (stage.kind == MSF_STAGE_FEED) {
        n_.feeds += 1;
        n_.pieces += Pieces(stage);
        continue;
      }
      n_.steps += 1;
      n_.views += stage.read_count + 1;
    }
  }

  // Of a row, as FeedPieces.
  int64_t Pieces(const msf_stage& stage) const {
    if (stage.piece_cols == 0) return 0;
    const int32_t bytes = stage.piece_cols * stage.pixel_bytes;
    const msf_tensor& input =
        network_.tensors[network_.inputs[stage.input]];
    return (input.row_bytes + bytes - 1) / bytes;
  }

  // As msf_next_stage.
  int32_t Search(const msf_block& block, const int32_t* done) {
    n_.searches += 1;
    n_.goals += block.goal_count;
    const int32_t found = msf_next_stage(&block, network_.tensors, done);
    if (found < 0) return found;
    int32_t stage = FurthestBehind(block, done);
    while (stage >= 0) {
      n_.descents += 1;
      stage = MissingProducer(block, done, stage);
    }
    return found;
  }

  static int32_t FurthestBehind(const msf_block& block, const int32_t* done) {
    int32_t best = -1;
    for (int32_t g = 0; g < block.goal_count; ++g) {
      const int32_t s = block.goals[g];
      const int64_t steps = block.stages[s].steps;
      if (done[s] >= steps) continue;
      if (best < 0 || int64_t{done[s]} * block.stages[best].steps <
                          int64_t{done[best]} * steps) {
        best = s;
      }
    }
    return best;
  }

  int32_t MissingProducer(const msf_block& block, const int32_t* done,
                          int32_t s) {
    const msf_stage& stage = block.stages[s];
    for (int32_t i = 0; i < stage.read_count; ++i) {
      const msf_read& read = stage.reads[i];
      n_.reads += 1;
      if (read.producer < 0) continue;
      n_.producers += 1;
      const int32_t written =
          msf_rows_written(&block.stages[read.producer], network_.tensors,
                           done[read.producer]);
      const int32_t needed =
          std::min(done[s] * read.stride + read.offset + read.extent,
                   network_.tensors[read.tensor].rows);
      if (written < needed) return read.producer;
    }
    return -1;
  }

  const msf_network& network_;
  MachineCounts n_;
};

}  // namespace

MachineRun CountMachine(const msf_network& network) {
  return MachineWalk(network).Count();
}

std::vector<CostedKernel> MachineFeatures() {
  return {{kMachine, {Names<MachineCounts>(kMachineNames), nullptr}, nullptr}};
}

}  // namespace msf
