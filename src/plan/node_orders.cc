// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "plan/node_orders.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace msf {
namespace {

// What some nodes, in some order, need.
struct Run {
  int64_t peak = 0;  // bytes at once
  int64_t sum = 0;   // of the bytes after each node
  NodeOrder order;

  bool operator<(const Run& other) const {
    if (peak != other.peak) return peak < other.peak;
    return sum != other.sum ? sum < other.sum : order < other.order;
  }
};

class OrderSearch {
 public:
  OrderSearch(const Graph& graph, const NodeOrderOptions& options)
      : graph_(graph), options_(options), readers_(graph.tensors.size(), 0),
        makers_(graph.tensors.size(), -1),
        is_output_(graph.tensors.size(), false) {
    for (size_t n = 0; n < graph.nodes.size(); ++n) {
      const Node& node = graph.nodes[n];
      reads_.push_back(ActivationInputs(graph, node));
      std::vector<TensorId>& reads = reads_.back();
      std::sort(reads.begin(), reads.end());
      reads.erase(std::unique(reads.begin(), reads.end()), reads.end());
      for (TensorId id : reads) ++readers_[static_cast<size_t>(id)];
      makers_[static_cast<size_t>(node.outputs[0])] = static_cast<NodeId>(n);
    }
    for (const Port& port : graph.outputs) {
      is_output_[static_cast<size_t>(port.tensor)] = true;
    }
  }

  // All orders, unless there are more than `most`.
  std::vector<NodeOrder> All(size_t most) {
    std::vector<NodeOrder> found;
    NodeOrder order;
    Done done(graph_.nodes.size(), false);
    return Collect(most, done, order, found) ? found
                                             : std::vector<NodeOrder>{};
  }

  // Those that need less than the file's, from the best on.
  std::vector<NodeOrder> Best() {
    const Run file = RunOfFile();
    std::map<Done, std::vector<Run>> now;
    now[Done(graph_.nodes.size(), false)] = {Run{}};
    for (size_t n = 0; n < graph_.nodes.size(); ++n) {
      std::map<Done, std::vector<Run>> next;
      for (const auto& [done, runs] : now) Extend(done, runs, next);
      KeepBeam(n + 1, next);
      now = std::move(next);
    }
    std::vector<NodeOrder> orders;
    for (Run& run : now.begin()->second) {
      if (run.peak > file.peak ||
          (run.peak == file.peak && run.sum >= file.sum)) {
        break;
      }
      orders.push_back(std::move(run.order));
    }
    return orders;
  }

 private:
  using Done = std::vector<bool>;  // nodes that have run

  bool IsReady(const Done& done, size_t n) const {
    return !done[n] &&
           std::all_of(reads_[n].begin(), reads_[n].end(), [&](TensorId id) {
             const NodeId maker = makers_[static_cast<size_t>(id)];
             return maker < 0 || done[static_cast<size_t>(maker)];
           });
  }

  bool Collect(size_t most, Done& done, NodeOrder& order,
               std::vector<NodeOrder>& found) const {
    if (order.size() == done.size()) {
      found.push_back(order);
      return found.size() <= most;
    }
    for (size_t n = 0; n < done.size(); ++n) {
      if (!IsReady(done, n)) continue;
      done[n] = true;
      order.push_back(static_cast<NodeId>(n));
      const bool goes_on = Collect(most, done, order, found);
      order.pop_back();
      done[n] = false;
      if (!goes_on) return false;
    }
    return true;
  }

  // Bytes of whole tensors that are there and still needed.
  int64_t LiveBytes(const Done& done) const {
    std::vector<int32_t> left = readers_;
    for (size_t n = 0; n < done.size(); ++n) {
      if (!done[n]) continue;
      for (TensorId id : reads_[n]) --left[static_cast<size_t>(id)];
    }
    int64_t sum = 0;
    for (size_t t = 0; t < left.size(); ++t) {
      const NodeId maker = makers_[t];
      // An input is there from its first reader on.
      const bool made = maker >= 0 ? static_cast<bool>(
                                         done[static_cast<size_t>(maker)])
                                   : left[t] < readers_[t];
      if (made && (left[t] > 0 || is_output_[t])) sum += BytesOf(t);
    }
    return sum;
  }

  int64_t BytesOf(size_t t) const {
    return graph_.tensors[t].row_bytes() * graph_.tensors[t].hwc.h;
  }

  void Extend(const Done& done, const std::vector<Run>& runs,
              std::map<Done, std::vector<Run>>& next) const {
    const int64_t before = LiveBytes(done);
    for (size_t n = 0; n < done.size(); ++n) {
      if (!IsReady(done, n)) continue;
      Done after = done;
      after[n] = true;
      std::vector<Run>& found = next[after];
      for (const Run& run : runs) {
        found.push_back(Longer(run, done, before, n));
      }
      KeepBest(found);
    }
  }

  Run RunOfFile() const {
    Done done(graph_.nodes.size(), false);
    Run run;
    for (size_t n = 0; n < done.size(); ++n) {
      run = Longer(run, done, LiveBytes(done), n);
      done[n] = true;
    }
    return run;
  }

  // Of a network input, which is there from then on.
  bool IsFirstReader(const Done& done, TensorId id) const {
    if (makers_[static_cast<size_t>(id)] >= 0) return false;
    for (size_t n = 0; n < done.size(); ++n) {
      const std::vector<TensorId>& reads = reads_[n];
      if (done[n] && std::binary_search(reads.begin(), reads.end(), id)) {
        return false;
      }
    }
    return true;
  }

  // With one more node. `before` lives.
  Run Longer(const Run& run, const Done& done, int64_t before,
             size_t n) const {
    Done after = done;
    after[n] = true;
    const int64_t live = LiveBytes(after);
    int64_t while_it_runs =
        before + BytesOf(static_cast<size_t>(graph_.nodes[n].outputs[0]));
    for (TensorId id : reads_[n]) {
      if (!IsFirstReader(done, id)) continue;
      while_it_runs += BytesOf(static_cast<size_t>(id));
    }
    Run longer{.peak = std::max({run.peak, live, while_it_runs}),
               .sum = run.sum + live,
               .order = run.order};
    longer.order.push_back(static_cast<NodeId>(n));
    return longer;
  }

  // Of runs that need the same, one is enough.
  void KeepBest(std::vector<Run>& runs) const {
    std::sort(runs.begin(), runs.end());
    const auto end =
        std::unique(runs.begin(), runs.end(), [](const Run& a, const Run& b) {
          return a.peak == b.peak && a.sum == b.sum;
        });
    runs.erase(end, runs.end());
    if (runs.size() > options_.best_orders) runs.resize(options_.best_orders);
  }

  // The sets of `size` nodes that need the least, and that of the file's order:
  // what is found is no worse.
  void KeepBeam(size_t size, std::map<Done, std::vector<Run>>& sets) const {
    if (sets.size() <= options_.beam) return;
    std::vector<const std::pair<const Done, std::vector<Run>>*> all;
    for (const auto& entry : sets) all.push_back(&entry);
    std::sort(all.begin(), all.end(), [](const auto* a, const auto* b) {
      return a->second.front() < b->second.front();
    });
    std::map<Done, std::vector<Run>> kept;
    for (size_t i = 0; i < options_.beam; ++i) kept.insert(*all[i]);
    Done file(graph_.nodes.size(), false);
    std::fill_n(file.begin(), size, true);
    kept.insert(*sets.find(file));
    sets = std::move(kept);
  }

  const Graph& graph_;
  const NodeOrderOptions& options_;
  std::vector<std::vector<TensorId>> reads_;  // of each node, each once
  std::vector<int32_t> readers_;              // of each tensor
  std::vector<NodeId> makers_;                // likewise
  std::vector<bool> is_output_;               // likewise
};

}  // namespace

std::vector<NodeOrder> NodeOrders(const Graph& graph,
                                  const NodeOrderOptions& options) {
  NodeOrder file(graph.nodes.size());
  std::iota(file.begin(), file.end(), 0);
  std::vector<NodeOrder> orders = {file};
  OrderSearch search(graph, options);
  std::vector<NodeOrder> others;
  if (graph.nodes.size() <= options.all_nodes) {
    others = search.All(options.all_orders);
  }
  if (others.empty()) others = search.Best();
  for (NodeOrder& order : others) {
    if (order != file) orders.push_back(std::move(order));
  }
  return orders;
}

}  // namespace msf
