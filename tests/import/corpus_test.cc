// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
//
// The real and the broken models beside the clone (../shared), where they are.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <utility>

#include "import/import.h"
#include "import/tflite.h"
#include "ops/op_def.h"
#include "support/file.h"

namespace msf {
namespace {

namespace fs = std::filesystem;

// The folder of that name in shared/; empty if it is not there.
fs::path SharedFolder(const char* name) {
  const char* source = std::getenv("MSF_SOURCE_DIR");
  if (source == nullptr) return {};
  const fs::path folder = fs::path(source) / ".." / "shared" / name;
  return fs::is_directory(folder) ? folder : fs::path();
}

class Corpus : public ::testing::Test {
 protected:
  void SetUp() override {
    models_ = SharedFolder("models");
    goldens_ = SharedFolder("goldens");
    if (models_.empty() || goldens_.empty()) {
      GTEST_SKIP() << "no ../shared beside $MSF_SOURCE_DIR";
    }
  }
  std::string Model(const std::string& name) const {
    return (models_ / name).string();
  }

  fs::path models_;
  fs::path goldens_;
};

struct GoldenNode {
  std::string op;
  std::string shape;
};

// The value of `key` if the line is its line, else empty: `"op": "CONV_2D",`.
std::string Value(const std::string& line, const std::string& key) {
  const std::string start = "\"" + key + "\": \"";
  const size_t at = line.find(start);
  if (at == std::string::npos) return {};
  const size_t begin = at + start.size();
  return line.substr(begin, line.find('"', begin) - begin);
}

// Operator and shape of each node; the goldens have one key to a line.
std::vector<GoldenNode> ReadGolden(const fs::path& path) {
  std::ifstream file(path);
  std::vector<GoldenNode> nodes;
  for (std::string line; std::getline(file, line);) {
    const std::string op = Value(line, "op");
    const std::string shape = Value(line, "shape");
    if (!op.empty()) nodes.push_back({.op = op, .shape = {}});
    if (!shape.empty() && !nodes.empty()) nodes.back().shape = shape;
  }
  return nodes;
}

TEST_F(Corpus, RealInt8NetworksHaveTheNodesOfTheirGoldens) {
  for (const char* name :
       {"mlperf_vww96_int8", "mlperf_ic_resnet8_int8", "mlperf_kws_dscnn_int8",
        "mlperf_ad01_int8", "mlperf_sww_int8", "micronet_ad_medium",
        "mcunet_in3_320kb_r176", "mcunet_vww1_5fps_r80", "omv_fomo_face",
        "tflm_hello_world_int8", "tflm_simple_add"}) {
    SCOPED_TRACE(name);
    const auto graph = ImportModel(Model(std::string(name) + ".tflite"));
    EXPECT_TRUE(graph) << ToString(graph.error());
    if (!graph) continue;
    const auto golden = ReadGolden(goldens_ / (std::string(name) + ".json"));
    ASSERT_EQ(graph->nodes.size(), golden.size());
    for (size_t i = 0; i < golden.size(); ++i) {
      const Node& node = graph->nodes[i];
      EXPECT_EQ(OpDefOf(node).tflite, golden[i].op) << "node " << i;
      EXPECT_EQ(ToString(graph->tensor(node.outputs[0]).shape), golden[i].shape)
          << "node " << i;
    }
  }
}

TEST_F(Corpus, BrokenFilesAreRefusedWithTheReason) {
  static constexpr std::pair<const char*, const char*> kBroken[] = {
      {"broken_badversion.tflite", "this file has 'TFL2'"},
      {"broken_cycle.tflite", "before any node has written it"},
      {"broken_empty.tflite", "is empty"},
      {"broken_idx.tflite", "node 0 CONV_2D: reads tensor 9999, the file has"},
      {"broken_negdim.tflite", "has dimension -"},
      {"broken_opcode.tflite", "msfc has no operator BUILTIN_300"},
      {"broken_scale0.tflite", "has scale 0, scales must be positive"},
      {"broken_shortw.tflite",
       "holds 1280 bytes, its shape 64x10x4x1 of INT8 needs 2560"},
      {"broken_truncated.tflite", "is damaged or cut short (20000 bytes)"},
      {"fuzz_malicious_gather.tflite", "msfc has no operator GATHER"},
      {"fuzz_near_overflow.tflite", "this file has 00 00 00 00"},
      {"coral_invalid_invoking_error.tflite",
       "msfc has no operator CUSTOM 'fake-op-double'"},
      {"mlzoo_lfs_pointer.tflite", "is a git-lfs pointer"},
      {"gotflite_makefile.tflite", "is text, not a .tflite"},
      {"onnx_lenet5_q.onnx", "is an ONNX model"},
      {"tflm_person_detect_vela.tflite",
       "msfc has no operator CUSTOM 'ethos-u'"},
  };
  for (const auto& [name, fragment] : kBroken) {
    SCOPED_TRACE(name);
    const auto graph = ImportModel(Model(name));
    ASSERT_FALSE(graph);
    EXPECT_EQ(graph.error().kind, ErrorKind::kUser);
    EXPECT_EQ(graph.error().where.rfind(Model(name), 0), 0u);
    EXPECT_NE(graph.error().hint, "");
    const std::string text = ToString(graph.error());
    EXPECT_NE(text.find(fragment), std::string::npos) << text;
  }
}

TEST_F(Corpus, EveryFileHasAnAnswer) {
  for (const auto& entry : fs::directory_iterator(models_)) {
    SCOPED_TRACE(entry.path());
    const auto file = ReadModel(entry.path().string());
    if (file) continue;
    EXPECT_EQ(file.error().kind, ErrorKind::kUser) << ToString(file.error());
  }
}

TEST_F(Corpus, DamagedRealNetworksAreAllAnswered) {
  for (const char* name :
       {"tflm_simple_add", "tflm_hello_world_int8", "coral_split_concat",
        "xmos_tconv_8x8_18", "mlperf_sww_int8", "omv_fomo_face"}) {
    SCOPED_TRACE(name);
    const auto intact = ReadFile(Model(std::string(name) + ".tflite"));
    ASSERT_TRUE(intact);
    for (uint32_t seed = 0; seed < 400; ++seed) {
      std::mt19937 random(seed);
      std::vector<uint8_t> bytes = *intact;
      for (uint32_t i = 0; i < 8; ++i) {
        // Tables stand at both ends of these files, weights in between.
        const size_t reach = std::min<size_t>(bytes.size(), 4096);
        const size_t from_end = random() % reach;
        const size_t at = random() % 2 ? from_end : bytes.size() - 1 - from_end;
        bytes[at] = static_cast<uint8_t>(random());
      }
      const auto file = ReadTflite("m", bytes);
      if (!file) {
        EXPECT_EQ(file.error().kind, ErrorKind::kUser)
            << "seed " << seed << ": " << ToString(file.error());
      }
    }
  }
}

}  // namespace
}  // namespace msf
