// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "exec/verify.h"

#include <algorithm>
#include <limits>
#include <set>

#include "exec/executor.h"
#include "exec/shadow.h"
#include "exec/tile_check.h"
#include "support/check.h"

namespace msf {
namespace {

constexpr uint8_t kPoison = 0xD7;

class Verifier {
 public:
  Verifier(const Graph& graph, const Schedule& schedule,
           const std::vector<Bytes>& inputs,
           const std::vector<Bytes>& reference)
      : graph_(graph),
        schedule_(schedule),
        inputs_(inputs),
        reference_(reference),
        executor_(graph, schedule,
                  [this](const SchedulePatch& patch, size_t n,
                         msf_kernel kernel, const msf_call& call) {
                    RunPatchNode(patch, n, kernel, call);
                  }),
        shadow_(schedule.arena_bytes) {}

  VerifyReport Run() {
    std::fill(executor_.arena().begin(), executor_.arena().end(), kPoison);
    executor_.Start(inputs_);
    if (schedule_.plan.input_mode == InputMode::kResident) TagInputs();
    for (const ScheduleBlock& block : schedule_.blocks) {
      if (!RunBlock(block)) return std::move(report_);
    }
    report_.outputs = executor_.ReadOutputs();
    report_.equal = CheckOutputs();
    report_.nodes_compared = static_cast<int32_t>(compared_.size());
    return std::move(report_);
  }

 private:
  const ScheduleTensor& TensorAt(int32_t index) const {
    return schedule_.tensors[static_cast<size_t>(index)];
  }

  static int64_t OffsetOf(const ScheduleTensor& tensor, int32_t row) {
    return tensor.offset + (row % tensor.capacity) * tensor.row_bytes;
  }

  void TagInputs() {
    for (int32_t index : schedule_.inputs) {
      TagRows(index, 0, TensorAt(index).rows);
    }
  }

  void TagRows(int32_t index, int32_t begin, int32_t end) {
    const ScheduleTensor& tensor = TensorAt(index);
    for (int32_t r = begin; r < end; ++r) {
      shadow_.Write(OffsetOf(tensor, r), tensor.row_bytes, {index, r});
    }
  }

  bool RunBlock(const ScheduleBlock& block) {
    const auto index = static_cast<size_t>(&block - schedule_.blocks.data());
    const msf_network* network = executor_.network();
    const msf_block* tables = &network->blocks[index];
    int32_t* done = executor_.machine().done;
    std::fill(done, done + network->max_stages, 0);
    for (;;) {
      const int32_t s = msf_next_stage(tables, network->tensors, done);
      if (s < 0) break;
      const ScheduleStage& stage = block.stages[static_cast<size_t>(s)];
      if (!Step(stage, tables->stages[s], s, done[s])) return false;
      ++done[s];
      BuryDeadRows(block, stage, done);
      ++now_;
      PoisonDeadTensors();
    }
    first_stage_ += static_cast<int32_t>(block.stages.size());
    return true;
  }

  bool Step(const ScheduleStage& stage, const msf_stage& table, int32_t s,
            int32_t step) {
    if (!CheckReads(stage, step) || !CheckState(stage, s, step) ||
        !CheckStrips(stage, step)) {
      return false;
    }
    before_ = executor_.arena();
    const ScheduleTensor& output = TensorAt(stage.output);
    const auto [begin, end] = RowsWritten(stage, output, step);
    if (stage.IsFeed()) {
      MSF_CHECK(msf_feed_row(&executor_.machine(), &table, step) == 0);
    } else {
      msf_run_stage(&executor_.machine(), &table, step);
      if (report_.difference) return false;  // inside a patch
    }
    const bool is_partly_made =
        stage.form.kind == StageKind::kStrips && step + 1 < stage.form.steps;
    const int32_t may_write = is_partly_made ? output.rows : end;
    if (!CheckWrites(stage, begin, may_write)) return false;
    TagRows(stage.output, begin, may_write);
    if (stage.form.state_bytes > 0) {
      shadow_.Write(stage.state_offset, stage.form.state_bytes,
                    ShadowMemory::StateOf(first_stage_ + s));
    }
    if (stage.form.scratch_bytes > 0) {
      shadow_.Write(stage.scratch_offset, stage.form.scratch_bytes, {});
    }
    return CheckRows(stage, begin, end);
  }

  static std::pair<int32_t, int32_t> RowsWritten(const ScheduleStage& stage,
                                                 const ScheduleTensor& output,
                                                 int32_t step) {
    if (stage.form.kind == StageKind::kRow ||
        stage.form.kind == StageKind::kFeed) {
      const int32_t n = stage.form.rows_per_step;
      return {step * n, std::min((step + 1) * n, output.rows)};
    }
    if (step + 1 < stage.form.steps) return {0, 0};
    return {0, output.rows};
  }

  bool CheckReads(const ScheduleStage& stage, int32_t step) {
    for (const ScheduleRead& read : stage.reads) {
      const ScheduleTensor& tensor = TensorAt(read.tensor);
      if (tensor.external_input >= 0) continue;
      const int32_t begin = std::max(0, read.need.First(step));
      const int32_t end = std::min(read.need.End(step), tensor.rows);
      for (int32_t r = begin; r < end; ++r) {
        const int64_t other = shadow_.FirstOther(
            OffsetOf(tensor, r), tensor.row_bytes, {read.tensor, r});
        if (other >= 0) {
          return Fail(stage, step,
                      "reads row " + std::to_string(r) + " of '" +
                          NameOf(read.tensor) + "', but arena byte " +
                          std::to_string(other) + " holds " + Holder(other));
        }
      }
    }
    return true;
  }

  bool CheckState(const ScheduleStage& stage, int32_t s, int32_t step) {
    if (stage.form.state_bytes == 0 || step == 0) return true;
    const int64_t other =
        shadow_.FirstOther(stage.state_offset, stage.form.state_bytes,
                           ShadowMemory::StateOf(first_stage_ + s));
    if (other < 0) return true;
    return Fail(stage, step, "lost its state: arena byte " +
                                 std::to_string(other) + " holds " +
                                 Holder(other));
  }

  // Strips complete their output with the last step; until then it must stay.
  bool CheckStrips(const ScheduleStage& stage, int32_t step) {
    if (stage.form.kind != StageKind::kStrips || step == 0) return true;
    const ScheduleTensor& output = TensorAt(stage.output);
    for (int32_t r = 0; r < output.rows; ++r) {
      const int64_t other = shadow_.FirstOther(
          OffsetOf(output, r), output.row_bytes, {stage.output, r});
      if (other < 0) continue;
      return Fail(stage, step,
                  "lost strips: arena byte " + std::to_string(other) +
                      " holds " + Holder(other));
    }
    return true;
  }

  // Runs a kernel inside a patch, and compares what it reads and makes. The
  // first difference counts, but the patch runs to its end.
  void RunPatchNode(const SchedulePatch& patch, size_t n, msf_kernel kernel,
                    const msf_call& call) {
    const NodeId node = patch.nodes[n].node;
    if (!report_.difference) {
      NoteTile(node, CheckTilesRead(graph_, reference_, patch, n, call),
               "reads another byte than the reference's from a tile");
    }
    kernel(&call);
    const auto count = static_cast<size_t>(patch.table.count);
    if (n % count + 1 == count) return;  // CheckRows will see it
    if (!report_.difference) {
      NoteTile(node, CheckTileMade(graph_, reference_, patch, n, call),
               "differs from the reference inside a patch");
    }
    compared_.insert(node);
  }

  void NoteTile(NodeId node, std::optional<Difference> found,
                std::string reason) {
    if (!found) return;
    found->reason = std::move(reason);
    FailAt(node, *std::move(found));
  }

  // Nothing but the output rows, the state and the scratch may change.
  bool CheckWrites(const ScheduleStage& stage, int32_t begin, int32_t end) {
    const std::vector<uint8_t>& arena = executor_.arena();
    const auto allow = [&](int64_t offset, int64_t bytes) {
      std::copy_n(arena.begin() + offset, bytes, before_.begin() + offset);
    };
    const ScheduleTensor& output = TensorAt(stage.output);
    for (int32_t r = begin; r < end; ++r) {
      allow(OffsetOf(output, r), output.row_bytes);
    }
    allow(stage.state_offset, stage.form.state_bytes);
    allow(stage.scratch_offset, stage.form.scratch_bytes);
    if (before_ == arena) return true;
    const auto at = std::mismatch(arena.begin(), arena.end(), before_.begin());
    return Fail(stage, begin,
                "wrote arena byte " +
                    std::to_string(at.first - arena.begin()) +
                    ", which is outside its output row");
  }

  bool CheckRows(const ScheduleStage& stage, int32_t begin, int32_t end) {
    const ScheduleTensor& output = TensorAt(stage.output);
    const Bytes& expected = reference_[static_cast<size_t>(output.tensor)];
    for (int32_t r = begin; r < end; ++r) {
      const uint8_t* got =
          executor_.arena().data() + OffsetOf(output, r);
      const uint8_t* want = expected.data() + r * output.row_bytes;
      for (int64_t i = 0; i < output.row_bytes; ++i) {
        if (got[i] == want[i]) continue;
        FailAt(stage.node, {.tensor = NameOf(stage.output),
                            .row = r,
                            .byte = i,
                            .expected = static_cast<int8_t>(want[i]),
                            .got = static_cast<int8_t>(got[i]),
                            .reason = "differs from the reference"});
        return false;
      }
    }
    if (stage.node >= 0) compared_.insert(stage.node);
    return true;
  }

  // Rows that this step was the last to read lose their tag and their bytes.
  void BuryDeadRows(const ScheduleBlock& block, const ScheduleStage& stage,
                    const int32_t* done) {
    for (const ScheduleRead& read : stage.reads) {
      if (read.producer < 0) continue;  // whole, maybe read by later blocks
      const ScheduleTensor& tensor = TensorAt(read.tensor);
      if (std::count(block.goals.begin(), block.goals.end(), read.producer)) {
        continue;
      }
      const int32_t written = msf_rows_written(
          &TableOf(block).stages[read.producer], executor_.network()->tensors,
          done[read.producer]);
      const int32_t oldest = OldestNeeded(block, read.tensor, done);
      const int32_t begin = std::max(0, written - tensor.capacity);
      for (int32_t r = begin; r < std::min(oldest, written); ++r) {
        // What the row still holds: others may have begun on its bytes.
        const int64_t begin_byte = OffsetOf(tensor, r);
        for (int64_t i = begin_byte; i < begin_byte + tensor.row_bytes; ++i) {
          if (shadow_.at(i) == ShadowMemory::Tag{read.tensor, r}) Poison(i);
        }
      }
    }
  }

  const msf_block& TableOf(const ScheduleBlock& block) const {
    return executor_.network()->blocks[&block - schedule_.blocks.data()];
  }

  static int32_t OldestNeeded(const ScheduleBlock& block, int32_t tensor,
                              const int32_t* done) {
    int32_t oldest = std::numeric_limits<int32_t>::max();
    for (size_t s = 0; s < block.stages.size(); ++s) {
      const ScheduleStage& stage = block.stages[s];
      if (done[s] >= stage.form.steps) continue;
      for (const ScheduleRead& read : stage.reads) {
        if (read.tensor != tensor) continue;
        oldest = std::min(oldest, std::max(0, read.need.First(done[s])));
      }
    }
    return oldest;
  }

  // Tensors whose last step is over: what they still hold of the arena.
  void PoisonDeadTensors() {
    for (size_t t = 0; t < schedule_.tensors.size(); ++t) {
      const ScheduleTensor& tensor = schedule_.tensors[t];
      if (tensor.external_input >= 0 || tensor.last_step != now_) continue;
      const int64_t bytes = tensor.capacity * tensor.row_bytes;
      for (int64_t i = tensor.offset; i < tensor.offset + bytes; ++i) {
        if (shadow_.at(i).tensor == static_cast<int32_t>(t)) Poison(i);
      }
    }
  }

  void Poison(int64_t byte) {
    // The outputs must survive the last step.
    if (now_ == schedule_.steps) return;
    shadow_.Write(byte, 1, {});
    executor_.arena()[static_cast<size_t>(byte)] = kPoison;
  }

  bool CheckOutputs() {
    for (size_t i = 0; i < graph_.outputs.size(); ++i) {
      const TensorId id = graph_.outputs[i].tensor;
      if (report_.outputs[i] == reference_[static_cast<size_t>(id)]) continue;
      report_.difference = Difference{
          .op = "output",
          .tensor = graph_.outputs[i].name,
          .reason = "an output was overwritten before the end"};
      return false;
    }
    return true;
  }

  std::string NameOf(int32_t tensor) const {
    return graph_.tensor(TensorAt(tensor).tensor).name;
  }

  std::string Holder(int64_t offset) const {
    const ShadowMemory::Tag tag = shadow_.at(offset);
    if (tag.tensor == ShadowMemory::kNothing) return "nothing any more";
    if (tag.tensor < ShadowMemory::kNothing) return "another stage's state";
    return "row " + std::to_string(tag.row) + " of '" + NameOf(tag.tensor) +
           "'";
  }

  bool Fail(const ScheduleStage& stage, int32_t row, std::string reason) {
    FailAt(stage.node, {.tensor = NameOf(stage.output),
                        .row = row,
                        .reason = std::move(reason)});
    return false;
  }

  void FailAt(NodeId id, Difference difference) {
    if (id >= 0) {
      const Node& node = graph_.node(id);
      difference.node = node.source_index;
      difference.op = OpDefOf(node).tflite;
    }
    report_.difference = std::move(difference);
  }

  const Graph& graph_;
  const Schedule& schedule_;
  const std::vector<Bytes>& inputs_;
  const std::vector<Bytes>& reference_;
  Executor executor_;
  ShadowMemory shadow_;
  std::vector<uint8_t> before_;
  std::set<NodeId> compared_;
  int64_t now_ = 0;
  int32_t first_stage_ = 0;  // stages of the blocks before this one
  VerifyReport report_;
};

}  // namespace

VerifyReport VerifyRun(const Graph& graph, const Schedule& schedule,
                       const std::vector<Bytes>& inputs,
                       const std::vector<Bytes>& reference) {
  return Verifier(graph, schedule, inputs, reference).Run();
}

}  // namespace msf
