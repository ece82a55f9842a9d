// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>

#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "support/cancelled.h"
#include "support/check.h"

namespace msf {
namespace {

using Clock = std::chrono::steady_clock;

// How long nobody is asked whether to go on.
constexpr std::chrono::milliseconds kDeaf(100);
// To a program that is told to end, so that it removes its temporary files.
constexpr std::chrono::seconds kGrace(2);

// Until when, and at whose word, a program may run.
struct Leave {
  Clock::time_point deadline;
  const std::function<bool()>& is_cancelled;
  bool timed_out = false;
  bool cancelled = false;

  bool IsCancelled() {
    cancelled = cancelled || (is_cancelled && is_cancelled());
    return cancelled;
  }
  bool IsOver() {
    timed_out = timed_out || Clock::now() >= deadline;
    return IsCancelled() || timed_out;
  }
  // Until the deadline, or until somebody must be asked.
  std::chrono::milliseconds Left() const {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    const std::chrono::milliseconds most =
        is_cancelled ? kDeaf : std::chrono::milliseconds(60000);
    return std::clamp(left, std::chrono::milliseconds(0), most);
  }
};

// The reading and the writing end of a pipe; closes what is still open.
struct Pipe {
  std::array<int, 2> ends = {-1, -1};

  Pipe() = default;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    Close(0);
    Close(1);
  }
  bool Open() { return pipe2(ends.data(), O_CLOEXEC) == 0; }
  void Close(std::size_t end) {
    if (ends[end] >= 0) close(ends[end]);
    ends[end] = -1;
  }
};

struct Pipes {
  Pipe output, error;
  Pipe start;  // carries errno if the program cannot be started
};

// In the child, between fork and exec: only calls that are safe there.
[[noreturn]] void BecomeProgram(char* const* argv, const char* directory,
                                Pipes& pipes) {
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // no orphan if we are killed
#endif
  setpgid(0, 0);
  for (const int ignored : {SIGPIPE, SIGXFSZ}) signal(ignored, SIG_DFL);
  const int null = open("/dev/null", O_RDONLY);
  const bool ready = null >= 0 && dup2(null, 0) >= 0 &&
                     dup2(pipes.output.ends[1], 1) >= 0 &&
                     dup2(pipes.error.ends[1], 2) >= 0 &&
                     (*directory == 0 || chdir(directory) == 0);
  if (ready) execvp(argv[0], argv);
  const int reason = errno;
  [[maybe_unused]] const ssize_t written =
      write(pipes.start.ends[1], &reason, sizeof reason);
  _exit(127);
}

// What came of one of its streams.
struct Stream {
  std::string& text;
  const std::function<void(std::string_view)>& on_line;
  std::size_t told = 0;  // bytes of `text`

  // Reads what is there. False at the end of the stream.
  bool Drain(int fd) {
    std::array<char, 65536> buffer;
    const ssize_t count = read(fd, buffer.data(), buffer.size());
    if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
    if (on_line) Tell();
    return count > 0 || (count < 0 && (errno == EINTR || errno == EAGAIN));
  }
  void Tell() {
    for (std::size_t end; (end = text.find('\n', told)) != std::string::npos;
         told = end + 1) {
      on_line(std::string_view(text).substr(told, end - told));
    }
  }
};

// Collects both streams until they end, or until it must end.
void Collect(Pipes& pipes, const ProcessRequest& request, Leave& leave,
             ProcessResult& result) {
  std::array<pollfd, 2> polled = {
      pollfd{.fd = pipes.output.ends[0], .events = POLLIN, .revents = 0},
      pollfd{.fd = pipes.error.ends[0], .events = POLLIN, .revents = 0}};
  std::array<Stream, 2> streams = {Stream{result.output, request.on_line},
                                   Stream{result.error, request.on_line}};
  while (polled[0].fd >= 0 || polled[1].fd >= 0) {
    if (leave.IsOver()) return;
    const int wait = static_cast<int>(leave.Left().count());
    const int ready = poll(polled.data(), polled.size(), wait);
    if (ready < 0 && errno != EINTR) return;
    if (ready <= 0) continue;
    for (std::size_t i = 0; i < streams.size(); ++i) {
      if (polled[i].fd < 0 || polled[i].revents == 0) continue;
      if (!streams[i].Drain(polled[i].fd)) polled[i].fd = -1;
    }
  }
}

// Whether our child has ended; `status` tells how.
bool HasEnded(pid_t child, int& status) {
  return waitpid(child, &status, WNOHANG) == child;
}

// Ends our child and all that it started.
void End(pid_t child, bool gently, int& status) {
  const auto deadline = Clock::now() + kGrace;
  if (gently) kill(-child, SIGTERM);
  while (gently && Clock::now() < deadline) {
    if (HasEnded(child, status)) return;
    usleep(1000);
  }
  kill(-child, SIGKILL);
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
}

// Waits for our child; ends it when it must end.
void Reap(pid_t child, Leave& leave, ProcessResult& result) {
  int status = 0;
  while (!HasEnded(child, status)) {
    if (leave.IsOver()) {
      End(child, leave.cancelled, status);
      break;
    }
    usleep(1000);
  }
  // Whoever of its group has not heeded.
  if (leave.timed_out || leave.cancelled) kill(-child, SIGKILL);
  result.timed_out = leave.timed_out;
  if (WIFSIGNALED(status)) {
    result.signal = WTERMSIG(status);
    result.exit_status = 128 + result.signal;
  } else {
    result.exit_status = WEXITSTATUS(status);
  }
}

}  // namespace

Result<ProcessResult> RunProcess(const ProcessRequest& request) {
  MSF_CHECK(!request.arguments.empty());
  const std::string& program = request.arguments.front();
  Pipes pipes;
  if (!pipes.output.Open() || !pipes.error.Open() || !pipes.start.Open()) {
    return UserError(
        program, std::string("cannot make a pipe: ") + std::strerror(errno));
  }
  std::vector<char*> argv;
  for (const std::string& argument : request.arguments) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  Leave leave{.deadline =
                  Clock::now() +
                  std::chrono::duration_cast<Clock::duration>(
                      std::chrono::duration<double>(request.timeout_seconds)),
              .is_cancelled = request.is_cancelled};
  const pid_t child = fork();
  if (child < 0) {
    return UserError(program, std::string("cannot start a process: ") +
                                  std::strerror(errno));
  }
  if (child == 0) {
    BecomeProgram(argv.data(), request.directory.c_str(), pipes);
  }
  pipes.output.Close(1);
  pipes.error.Close(1);
  pipes.start.Close(1);
  int reason = 0;
  const bool failed =
      read(pipes.start.ends[0], &reason, sizeof reason) == sizeof reason;
  ProcessResult result;
  if (!failed) Collect(pipes, request, leave, result);
  Reap(child, leave, result);
  if (failed) {
    return UserError(
        program, std::string("cannot be started: ") + std::strerror(reason));
  }
  // Also if it ended by itself meanwhile: nobody wants to know how.
  if (leave.IsCancelled()) return Cancelled(program, "its run");
  return result;
}

std::optional<std::string> FindProgram(const std::string& name) {
  if (name.empty()) return std::nullopt;
  const char* path = std::getenv("PATH");
  std::string directories = path != nullptr ? path : "/usr/bin:/bin";
  if (name.find('/') != std::string::npos) directories = "";
  std::size_t begin = 0;
  for (;;) {
    const std::size_t end = directories.find(':', begin);
    std::string file = directories.substr(begin, end - begin);
    file = file.empty() ? name : file + "/" + name;
    struct stat info;
    if (stat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
        access(file.c_str(), X_OK) == 0) {
      return file;
    }
    if (end == std::string::npos) return std::nullopt;
    begin = end + 1;
  }
}

}  // namespace msf
