// Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#include "support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>

#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "support/check.h"

namespace msf {
namespace {

using Clock = std::chrono::steady_clock;

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
  signal(SIGPIPE, SIG_DFL);  // we may ignore it
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

// Reads what is there. False at the end of the stream.
bool Drain(int fd, std::string& text) {
  std::array<char, 65536> buffer;
  const ssize_t count = read(fd, buffer.data(), buffer.size());
  if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
  return count > 0 || (count < 0 && (errno == EINTR || errno == EAGAIN));
}

// Collects both streams until they end. False if the time was up first.
bool Collect(Pipes& pipes, Clock::time_point deadline, ProcessResult& result) {
  std::array<pollfd, 2> streams = {
      pollfd{.fd = pipes.output.ends[0], .events = POLLIN, .revents = 0},
      pollfd{.fd = pipes.error.ends[0], .events = POLLIN, .revents = 0}};
  std::array<std::string*, 2> texts = {&result.output, &result.error};
  while (streams[0].fd >= 0 || streams[1].fd >= 0) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return false;
    const int wait = left.count() > 60000 ? 60000 : int(left.count());
    if (poll(streams.data(), streams.size(), wait) < 0 && errno != EINTR) {
      return true;
    }
    for (std::size_t i = 0; i < streams.size(); ++i) {
      if (streams[i].fd < 0 || streams[i].revents == 0) continue;
      if (!Drain(streams[i].fd, *texts[i])) streams[i].fd = -1;
    }
  }
  return true;
}

// Waits for our child; ends it at the deadline.
void Reap(pid_t child, Clock::time_point deadline, ProcessResult& result) {
  int status = 0;
  while (!result.timed_out) {
    const pid_t reaped = waitpid(child, &status, WNOHANG);
    if (reaped == child) break;
    if (Clock::now() >= deadline) result.timed_out = true;
    usleep(1000);
  }
  if (result.timed_out) {
    kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
  }
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
  const auto deadline =
      Clock::now() +
      std::chrono::duration_cast<Clock::duration>(
          std::chrono::duration<double>(request.timeout_seconds));
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
  if (!failed) result.timed_out = !Collect(pipes, deadline, result);
  Reap(child, deadline, result);
  if (failed) {
    return UserError(
        program, std::string("cannot be started: ") + std::strerror(reason));
  }
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
