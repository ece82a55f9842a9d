// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// TraceBlock against a slow simulation written from the specification: sets of
// rows, step by step, and none of the runtime's functions.
#include <gtest/gtest.h>

#include <set>

#include "plan/block.h"
#include "tests/plan/random_units.h"
#include "tests/random_graph.h"
#include "tests/random_plan.h"

namespace msf {
namespace {

// Rows that a step reads, cut to the rows that exist.
std::set<int32_t> RowsOf(const RowNeed& need, int32_t step, int32_t rows) {
  std::set<int32_t> result;
  for (int32_t i = 0; i < need.extent; ++i) {
    const int32_t row = step * need.stride + need.offset + i;
    if (row >= 0 && row < rows) result.insert(row);
  }
  return result;
}

class SlowBlock {
 public:
  SlowBlock(const UnitGraph& graph, const BlockPlan& block)
      : graph_(graph), block_(block) {
    const auto count = static_cast<size_t>(block.last_unit - block.first_unit);
    done_.assign(count, 0);
    written_.resize(count);
    capacity.assign(count, 1);
  }

  void Run() {
    for (;;) {
      int32_t stage = HungriestGoal();
      if (stage < 0) stage = WaitingFeed();
      if (stage < 0) return;
      Step(FirstThatCanRun(stage));
    }
  }

  bool IsGoal(int32_t s) const {
    const UnitTensor& tensor = graph_.tensor(UnitOf(s).output);
    return tensor.is_output || tensor.last_read >= block_.last_unit;
  }

  std::vector<int32_t> capacity;  // most rows kept at a time
  std::vector<int32_t> order;

 private:
  int32_t Count() const { return block_.last_unit - block_.first_unit; }
  const Unit& UnitOf(int32_t s) const {
    return graph_.unit(block_.first_unit + s);
  }
  const StageForm& FormOf(int32_t s) const {
    return UnitOf(s)
        .forms[static_cast<size_t>(
            block_.stages[static_cast<size_t>(s)].form)];
  }
  int32_t RowsOfOutput(int32_t s) const {
    return graph_.tensor(UnitOf(s).output).rows;
  }
  int32_t& done(int32_t s) { return done_[static_cast<size_t>(s)]; }
  int32_t ProducerOf(TensorId id) const {
    return graph_.tensor(id).producer - block_.first_unit;
  }

  int32_t HungriestGoal() {
    int32_t best = -1;
    for (int32_t s = 0; s < Count(); ++s) {
      if (!IsGoal(s) || done(s) == FormOf(s).steps) continue;
      const auto progress = [&](int32_t g) {
        return static_cast<double>(done(g)) / FormOf(g).steps;
      };
      if (best < 0 || progress(s) < progress(best)) best = s;
    }
    return best;
  }

  int32_t WaitingFeed() {
    for (int32_t s = 0; s < Count(); ++s) {
      if (FormOf(s).kind == StageKind::kFeed && done(s) < FormOf(s).steps) {
        return s;
      }
    }
    return -1;
  }

  // Down to the first stage whose inputs are there.
  int32_t FirstThatCanRun(int32_t s) {
    for (size_t i = 0; i < UnitOf(s).reads.size(); ++i) {
      const int32_t p = ProducerOf(UnitOf(s).reads[i]);
      if (p < 0) continue;
      for (int32_t row : RowsOf(FormOf(s).needs[i], done(s), RowsOfOutput(p))) {
        if (written_[static_cast<size_t>(p)].count(row) == 0) {
          return FirstThatCanRun(p);
        }
      }
    }
    return s;
  }

  void Step(int32_t s) {
    order.push_back(s);
    const bool last = ++done(s) == FormOf(s).steps;
    auto& rows = written_[static_cast<size_t>(s)];
    const StageKind kind = FormOf(s).kind;
    if (kind == StageKind::kRow || kind == StageKind::kFeed) {
      rows.insert(done(s) - 1);
    } else if (last) {
      for (int32_t r = 0; r < RowsOfOutput(s); ++r) rows.insert(r);
    } else {
      return;
    }
    int32_t& most = capacity[static_cast<size_t>(s)];
    if (kind != StageKind::kRow && kind != StageKind::kFeed) {
      most = RowsOfOutput(s);
    }
    const int32_t oldest = OldestNeeded(s);
    most = std::max(most, *rows.rbegin() + 1 - oldest);
  }

  // Of the rows written; one beyond them all if none is needed.
  int32_t OldestNeeded(int32_t p) {
    int32_t oldest = *written_[static_cast<size_t>(p)].rbegin() + 1;
    for (int32_t s = 0; s < Count(); ++s) {
      for (size_t i = 0; i < UnitOf(s).reads.size(); ++i) {
        if (ProducerOf(UnitOf(s).reads[i]) != p) continue;
        for (int32_t step = done(s); step < FormOf(s).steps; ++step) {
          const auto rows = RowsOf(FormOf(s).needs[i], step, RowsOfOutput(p));
          if (!rows.empty()) oldest = std::min(oldest, *rows.begin());
        }
      }
    }
    return oldest;
  }

  const UnitGraph& graph_;
  const BlockPlan& block_;
  std::vector<int32_t> done_;
  std::vector<std::set<int32_t>> written_;
};

void CheckBlock(const UnitGraph& graph, const BlockPlan& block) {
  SlowBlock slow(graph, block);
  slow.Run();
  const BlockTrace trace = TraceBlock(graph, block);
  const Plan plan{.input_mode = graph.input_mode, .blocks = {block}};
  SCOPED_TRACE("block " + ToString(plan) + " of\n" + Describe(graph));
  ASSERT_EQ(trace.order, slow.order);
  for (size_t s = 0; s < trace.stages.size(); ++s) {
    const int32_t expected =
        slow.IsGoal(static_cast<int32_t>(s))
            ? graph
                  .tensor(graph.units[static_cast<size_t>(block.first_unit) + s]
                              .output)
                  .rows
            : slow.capacity[s];
    EXPECT_EQ(trace.stages[s].capacity, expected) << "stage " << s;
  }
}

void CheckBlocks(const UnitGraph& graph, Dice& dice) {
  for (int i = 0; i < 3; ++i) {
    for (const BlockPlan& block : RandomSinglesPlan(graph, dice).blocks) {
      CheckBlock(graph, block);
      if (testing::Test::HasFailure()) return;
    }
  }
}

TEST(Capacity, EqualsTheRowsThatASlowSimulationKeeps) {
  ForSeeds(3000, [](uint32_t seed) {
    Dice dice(seed);
    CheckBlocks(RandomUnits(dice, 8, 1), dice);
  });
}

TEST(Capacity, EqualsTheSlowSimulationOnRandomNetworks) {
  ForSeeds(300, [](uint32_t seed) {
    Dice dice(seed);
    const Graph graph = RandomGraph(seed);
    SCOPED_TRACE(Dump(graph));
    for (InputMode mode : {InputMode::kStreamed, InputMode::kResident}) {
      CheckBlocks(BuildUnitGraph(graph, mode), dice);
    }
  });
}

}  // namespace
}  // namespace msf
