// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "target/target.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "support/embedded.h"

namespace msf {
namespace {

TEST(Target, AllTargetsOfTheRepositoryLoad) {
  std::vector<std::string> ids;
  for (const Target& target : AllTargets()) {
    ids.push_back(target.id);
    EXPECT_FALSE(target.title.empty());
    EXPECT_FALSE(target.notes.empty());
    for (const std::string& file : {target.startup, target.linker_script}) {
      EXPECT_TRUE(EmbeddedFile("targets/harness/" + file)) << file;
    }
    if (IsEmulated(target)) {
      EXPECT_TRUE(EmbeddedFile("targets/harness/" + target.counter.header));
    }
  }
  EXPECT_TRUE(std::ranges::is_sorted(ids));
  for (const char* id :
       {"esp32c3", "hifive1", "m0", "m4", "nrf52840-dk", "nucleo-f412zg",
        "nucleo-f446re", "nucleo-f767zi", "rp2040", "rp2350", "rv32imc",
        "stm32f746g-disco", "stm32u5"}) {
    EXPECT_TRUE(std::ranges::count(ids, id) == 1) << id;
  }
}

TEST(Target, BoardsSayTheirClockAndWhatTheirCyclesRestOn) {
  for (const Target& target : AllTargets()) {
    ASSERT_TRUE(target.cost.has_value()) << target.id;
    EXPECT_FALSE(target.cost->basis.empty());
    EXPECT_FALSE(target.cost->coefficients.empty());
    if (IsEmulated(target)) continue;
    EXPECT_GT(target.clock_hz, 0) << target.id;
    EXPECT_GT(target.cost->cycles_per_instruction, 0) << target.id;
    EXPECT_NE(target.cost->basis.find("default"), std::string::npos);
    EXPECT_NE(target.notes.find("Nothing here was measured on silicon"),
              std::string::npos)
        << target.id;
  }
}

TEST(Target, CostsThatAreNoneAreAUserError) {
  for (const char* text :
       {"", "{}", R"({"target": "x", "unit": "hours", "pair_words": 12,
        "coefficients": {}})",
        R"({"target": "x", "unit": "cycles", "pair_words": 12,
        "coefficients": {"msf_copy": 3}})"}) {
    const auto cost = ParseCost(text, "my.json");
    ASSERT_FALSE(cost.has_value()) << text;
    EXPECT_EQ(cost.error().kind, ErrorKind::kUser);
    EXPECT_EQ(cost.error().where, "my.json");
  }
}

TEST(Target, M0HasTheMemoryOfTheMicrobit) {
  const Target target = FindTarget("m0").value();
  EXPECT_EQ(Memory(target, MemoryKind::kFlash).bytes, 256 * 1024);
  EXPECT_EQ(Memory(target, MemoryKind::kRam).bytes, 16 * 1024);
  EXPECT_EQ(Memory(target, MemoryKind::kRam).origin, 0x20000000u);
}

TEST(Target, IsFoundByIdAndAliasInAnyCase) {
  EXPECT_EQ(FindTarget("m4")->id, "m4");
  EXPECT_EQ(FindTarget("Cortex-M4")->id, "m4");
  EXPECT_EQ(FindTarget("MPS2-AN386")->id, "m4");
  EXPECT_EQ(FindTarget("MicroBit")->id, "m0");
  EXPECT_EQ(FindTarget("virt")->id, "rv32imc");
  EXPECT_EQ(FindTarget("sifive_e")->id, "hifive1");
}

TEST(Target, NoNameMeansTwoTargets) {
  std::set<std::string> names;
  for (const Target& target : AllTargets()) {
    EXPECT_TRUE(names.insert(target.id).second) << target.id;
    for (const std::string& alias : target.aliases) {
      EXPECT_TRUE(names.insert(alias).second) << alias;
    }
  }
}

TEST(Target, AnUnknownNameListsTheIds) {
  const auto target = FindTarget("pdp11");
  ASSERT_FALSE(target.has_value());
  EXPECT_EQ(target.error().kind, ErrorKind::kUser);
  EXPECT_EQ(target.error().where, "target 'pdp11'");
  EXPECT_NE(target.error().hint.find("hifive1, m0, m4, m55, nrf52840-dk"),
            std::string::npos)
      << target.error().hint;
}

TEST(Target, AFileThatIsNoTargetIsAUserError) {
  const std::string m0(*EmbeddedFile("targets/m0.json"));
  ASSERT_TRUE(ParseTarget(m0, "m0.json").has_value());
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{
           {"\"kind\": \"ram\"", "\"kind\": \"tape\""},
           {"\"kind\": \"ram\"", "\"kind\": \"flash\""},
           {"\"core\"", "\"kern\""},
           {"\"0x20000000\"", "536870912"},
           {"\"0x20000000\"", "\"high\""},
           {"}", ""}}) {
    std::string broken = m0;
    broken.replace(broken.find(from), from.size(), to);
    const auto target = ParseTarget(broken, "m0.json");
    ASSERT_FALSE(target.has_value()) << to;
    EXPECT_EQ(target.error().kind, ErrorKind::kUser);
    EXPECT_EQ(target.error().where, "m0.json");
    EXPECT_FALSE(target.error().what.empty());
  }
}

}  // namespace
}  // namespace msf
