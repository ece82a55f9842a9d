// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "support/serial.h"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <optional>
#include <system_error>
#include <utility>

#include "support/cancelled.h"

namespace msf {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kDeafMilliseconds = 100;  // nobody is asked whether to go on

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

std::optional<speed_t> SpeedOf(int baud) {
  static constexpr std::pair<int, speed_t> kSpeeds[] = {
      {9600, B9600},     {19200, B19200},   {38400, B38400},
      {57600, B57600},   {115200, B115200}, {230400, B230400},
      {460800, B460800}, {921600, B921600}, {1000000, B1000000}};
  for (const auto& [number, speed] : kSpeeds) {
    if (number == baud) return speed;
  }
  return std::nullopt;
}

std::string LastError() {
  return std::generic_category().message(errno);
}

// Bytes as they come, 8N1, nothing echoed.
Result<void> SetUp(int fd, const SerialRequest& request) {
  const std::optional<speed_t> speed = SpeedOf(request.baud);
  if (!speed) {
    return UserError("--baud", "no serial port runs at this speed",
                     "for example --baud 115200");
  }
  termios settings{};
  if (tcgetattr(fd, &settings) != 0) return {};  // a pipe or a file
  cfmakeraw(&settings);
  cfsetispeed(&settings, *speed);
  cfsetospeed(&settings, *speed);
  settings.c_cflag |= CLOCAL | CREAD;
  if (tcsetattr(fd, TCSANOW, &settings) == 0) return {};
  return UserError(request.device, "cannot be set up: " + LastError(),
                   "is it a serial port?");
}

}  // namespace

Result<std::string> ReadSerial(const SerialRequest& request) {
  const Descriptor port(open(request.device.c_str(), O_RDONLY | O_NOCTTY));
  if (port.get() < 0) {
    return UserError(request.device, "cannot be opened: " + LastError(),
                     "check the name, and that you may read it");
  }
  MSF_RETURN_IF_ERROR(SetUp(port.get(), request));
  std::string text;
  std::array<char, 4096> piece{};
  const auto patience = std::chrono::duration<double>(request.silence_seconds);
  auto heard = Clock::now();
  while (text.find(request.last_line) == std::string::npos) {
    if (request.is_cancelled && request.is_cancelled()) {
      return Cancelled(request.device, "listening");
    }
    pollfd wait{.fd = port.get(), .events = POLLIN, .revents = 0};
    const int ready = poll(&wait, 1, kDeafMilliseconds);
    if (ready < 0 && errno == EINTR) continue;
    if (ready == 0 && Clock::now() - heard < patience) continue;
    const ssize_t count =
        ready > 0 ? read(port.get(), piece.data(), piece.size()) : 0;
    if (count <= 0) {
      return UserError(request.device,
                       "went silent before the line '" + request.last_line +
                           "'",
                       "reset the board so that it starts from the beginning, "
                       "and check the speed (--baud)");
    }
    heard = Clock::now();
    text.append(piece.data(), static_cast<size_t>(count));
    if (request.progress) {
      request.progress(std::count(text.begin(), text.end(), '\n'));
    }
  }
  return text;
}

}  // namespace msf
