// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "support/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace msf {
namespace {

namespace fs = std::filesystem;

class FileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "msf_file_XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string Path(const char* name) const { return (folder_ / name).string(); }
  std::ptrdiff_t FilesInFolder() const {
    return std::distance(fs::directory_iterator(folder_),
                         fs::directory_iterator());
  }
  static std::string Text(const std::string& path) {
    const auto bytes = ReadFile(path);
    return bytes ? std::string(bytes->begin(), bytes->end()) : "<unreadable>";
  }

  fs::path folder_;
};

TEST_F(FileTest, WhatWasWrittenIsReadBack) {
  const std::vector<uint8_t> bytes = {0, 1, 255, 10, 13, 0};
  ASSERT_TRUE(WriteFileAtomically(Path("a"), bytes));
  const auto read = ReadFile(Path("a"));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, bytes);
}

TEST_F(FileTest, AnEmptyFileIsReadAsNoBytes) {
  ASSERT_TRUE(WriteFileAtomically(Path("a"), std::string_view()));
  const auto read = ReadFile(Path("a"));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->empty());
}

TEST_F(FileTest, AMissingFileIsNamedWithTheReason) {
  const auto read = ReadFile(Path("none"));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::kUser);
  EXPECT_EQ(read.error().where, Path("none"));
  EXPECT_EQ(read.error().what, "cannot be read: No such file or directory");
}

TEST_F(FileTest, ADirectoryIsNotRead) {
  const auto read = ReadFile(folder_.string());
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().what, "is a directory");
}

TEST_F(FileTest, ADeviceIsNotRead) {
  const auto read = ReadFile("/dev/zero");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().what, "is not a regular file");
}

TEST_F(FileTest, AFileWithoutPermissionIsNotRead) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  ASSERT_TRUE(WriteFileAtomically(Path("a"), "x"));
  fs::permissions(Path("a"), fs::perms::none);
  const auto read = ReadFile(Path("a"));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().what, "cannot be read: Permission denied");
}

TEST_F(FileTest, AFileAboveTheLimitIsRefusedUnread) {
  ASSERT_TRUE(WriteFileAtomically(Path("a"), "x"));
  // Sparse: takes no room on the disk.
  fs::resize_file(Path("a"), static_cast<uintmax_t>(kMaxFileBytes) + 1);
  const auto read = ReadFile(Path("a"));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().what, "is larger than 1 GB");
}

TEST_F(FileTest, WritingReplacesTheFileAndKeepsItsPermissions) {
  ASSERT_TRUE(WriteFileAtomically(Path("a"), "a longer first text"));
  fs::permissions(Path("a"), fs::perms::owner_all | fs::perms::group_read);
  ASSERT_TRUE(WriteFileAtomically(Path("a"), "second"));
  EXPECT_EQ(Text(Path("a")), "second");
  EXPECT_EQ(fs::status(Path("a")).permissions(),
            fs::perms::owner_all | fs::perms::group_read);
  EXPECT_EQ(FilesInFolder(), 1);
}

TEST_F(FileTest, WritingThroughALinkKeepsTheLink) {
  ASSERT_TRUE(WriteFileAtomically(Path("a"), "first"));
  fs::create_symlink("a", folder_ / "link");
  ASSERT_TRUE(WriteFileAtomically(Path("link"), "second"));
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_EQ(Text(Path("a")), "second");
}

TEST_F(FileTest, AFailedWriteLeavesNothingBehind) {
  fs::create_directory(folder_ / "d");
  const auto onto_folder = WriteFileAtomically(Path("d"), "x");
  ASSERT_FALSE(onto_folder);
  EXPECT_EQ(onto_folder.error().what, "is a directory");
  const auto nowhere = WriteFileAtomically(Path("none/a"), "x");
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().where, Path("none/a"));
  EXPECT_EQ(nowhere.error().what,
            "cannot be written: No such file or directory");
  EXPECT_EQ(FilesInFolder(), 1);
}

TEST_F(FileTest, ADeviceIsWrittenToAndNotReplaced) {
  ASSERT_TRUE(WriteFileAtomically("/dev/null", "x"));
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  const auto full = WriteFileAtomically("/dev/full", "x");
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().what, "cannot be written: No space left on device");
}

TEST_F(FileTest, SeveralFilesAreReplacedTogetherWithTheirFolders) {
  ASSERT_TRUE(WriteFileAtomically(Path("a"), "old"));
  const std::vector<NewFile> files = {{Path("a"), "new"},
                                      {Path("x/y/b"), "also"}};
  ASSERT_TRUE(WriteFilesTogether(files));
  EXPECT_EQ(Text(Path("a")), "new");
  EXPECT_EQ(Text(Path("x/y/b")), "also");
  EXPECT_EQ(FilesInFolder(), 2);
}

TEST_F(FileTest, IfOneOfSeveralCannotBeWrittenNoneIs) {
  ASSERT_TRUE(WriteFileAtomically(Path("a"), "old"));
  ASSERT_TRUE(WriteFileAtomically(Path("file"), "no folder"));
  const std::vector<NewFile> files = {
      {Path("a"), "new"}, {Path("x/b"), "also"}, {Path("file/c"), "never"}};
  const auto written = WriteFilesTogether(files);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().where, Path("file"));
  EXPECT_EQ(Text(Path("a")), "old");
  EXPECT_EQ(FilesInFolder(), 2);
}

TEST_F(FileTest, IfSomebodyWantsNoneOfSeveralNoneIsWritten) {
  ASSERT_TRUE(WriteFileAtomically(Path("a"), "old"));
  const std::vector<NewFile> files = {{Path("a"), "new"}, {Path("x/b"), "b"}};
  const auto written = WriteFilesTogether(files, []() -> Result<void> {
    return UserError("here", "on second thoughts");
  });
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().where, "here");
  EXPECT_EQ(Text(Path("a")), "old");
  EXPECT_EQ(FilesInFolder(), 1);
}

}  // namespace
}  // namespace msf
