// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "plan/demand.h"

#include <algorithm>

namespace msf {
namespace {

using Marks = std::vector<bool>;  // rows or columns that somebody reads

// Marks what steps 0, 1, ... of the reader read, or all if `need` is null. Of
// marked steps only; all steps if `steps` is empty.
void MarkReads(const RowNeed* need, int32_t count, const Marks& steps,
               Marks& read) {
  if (need == nullptr) {
    read.assign(read.size(), true);
    return;
  }
  const auto end = static_cast<int32_t>(read.size());
  for (int32_t s = 0; s < count; ++s) {
    if (!steps.empty() && !steps[static_cast<size_t>(s)]) continue;
    for (int32_t r = std::max(0, need->First(s));
         r < std::min(end, need->End(s)); ++r) {
      read[static_cast<size_t>(r)] = true;
    }
  }
}

int64_t Count(const Marks& marks) {
  return std::count(marks.begin(), marks.end(), true);
}

struct TensorMarks {
  Marks rows;
  Marks columns;
};

class Reader {
 public:
  explicit Reader(const UnitGraph& graph) {
    for (const UnitTensor& t : graph.tensors) {
      marks_.push_back({Marks(static_cast<size_t>(t.rows), t.is_output),
                        Marks(static_cast<size_t>(t.columns), t.is_output)});
    }
  }

  // Marks what the unit reads for what is marked of its output.
  void Read(const Unit& unit) {
    const StageForm& form = unit.forms[0];
    const TensorMarks out = marks_[static_cast<size_t>(unit.output)];
    const bool by_rows = form.kind == StageKind::kRow;
    for (size_t i = 0; i < unit.reads.size(); ++i) {
      TensorMarks& in = marks_[static_cast<size_t>(unit.reads[i])];
      MarkReads(&form.needs[i], form.steps,
                by_rows && form.rows_per_step == 1 ? out.rows : Marks{},
                in.rows);
      const bool by_columns =
          by_rows && form.columns.size() == unit.reads.size();
      MarkReads(by_columns ? &form.columns[i] : nullptr,
                static_cast<int32_t>(out.columns.size()), out.columns,
                in.columns);
    }
  }

  int64_t MacsOf(const Unit& unit) const {
    int64_t least = INT64_MAX;
    for (const StageForm& form : unit.forms) least = std::min(least, form.macs);
    const TensorMarks& out = marks_[static_cast<size_t>(unit.output)];
    const auto size = static_cast<int64_t>(out.rows.size()) *
                      static_cast<int64_t>(out.columns.size());
    return least / size * Count(out.rows) * Count(out.columns);
  }

  const std::vector<TensorMarks>& marks() const { return marks_; }

 private:
  std::vector<TensorMarks> marks_;  // by TensorId
};

}  // namespace

Demand DemandOf(const UnitGraph& graph) {
  Demand demand;
  demand.least_macs.assign(graph.units.size() + 1, 0);
  Reader reader(graph);
  for (size_t u = graph.units.size(); u-- > 0;) {
    demand.least_macs[u] =
        demand.least_macs[u + 1] + reader.MacsOf(graph.units[u]);
    reader.Read(graph.units[u]);
  }
  for (const TensorMarks& tensor : reader.marks()) {
    demand.reads_last_row.push_back(!tensor.rows.empty() && tensor.rows.back());
  }
  return demand;
}

}  // namespace msf
