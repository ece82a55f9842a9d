// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "support/serial.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

namespace msf {
namespace {

// A terminal of two ends: what is written to one is read at the other.
class Pty {
 public:
  Pty() : fd_(posix_openpt(O_RDWR | O_NOCTTY)) {
    grantpt(fd_);
    unlockpt(fd_);
    device_ = ptsname(fd_);
    other_ = open(device_.c_str(), O_RDWR | O_NOCTTY);  // keeps it alive
  }
  ~Pty() {
    close(other_);
    close(fd_);
  }
  void Send(const std::string& text) const {
    ASSERT_EQ(write(fd_, text.data(), text.size()),
              static_cast<ssize_t>(text.size()));
  }
  const std::string& device() const { return device_; }

 private:
  int fd_;
  int other_ = -1;
  std::string device_;
};

TEST(Serial, IsReadUpToItsLastLine) {
  const Pty pty;
  pty.Send("msf table 1 1\nmsf bench 0 5\nmsf end\n");
  const Result<std::string> text =
      ReadSerial({.device = pty.device(), .last_line = "msf end"});
  ASSERT_TRUE(text.has_value()) << ToString(text.error());
  EXPECT_NE(text->find("msf bench 0 5"), std::string::npos);
}

TEST(Serial, ThatGoesSilentIsAnError) {
  const Pty pty;
  pty.Send("msf table 1 1\n");
  const Result<std::string> text =
      ReadSerial({.device = pty.device(), .last_line = "msf end",
                  .silence_seconds = 0.05});
  ASSERT_FALSE(text.has_value());
  EXPECT_NE(text.error().what.find("went silent"), std::string::npos);
}

TEST(Serial, ThatIsNotThereOrTooOddIsAnError) {
  EXPECT_FALSE(ReadSerial({.device = "/dev/no-such-port"}).has_value());
  const Pty pty;
  const Result<std::string> odd =
      ReadSerial({.device = pty.device(), .baud = 12345});
  ASSERT_FALSE(odd.has_value());
  EXPECT_EQ(odd.error().where, "--baud");
}

}  // namespace
}  // namespace msf
