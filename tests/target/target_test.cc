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
    for (const std::string& file :
         {target.startup, target.linker_script, target.counter.header}) {
      EXPECT_TRUE(EmbeddedFile("targets/harness/" + file)) << file;
    }
  }
  EXPECT_TRUE(std::ranges::is_sorted(ids));
  for (const char* id : {"hifive1", "m0", "m4", "m55", "rv32imc"}) {
    EXPECT_TRUE(std::ranges::count(ids, id) == 1) << id;
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
  EXPECT_NE(target.error().hint.find("hifive1, m0, m4, m55, rv32imc"),
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
