// SPDX-License-Identifier: Apache-2.0
#include "tests/support/program.hpp"

#include "base/atomic_file.hpp"
#include "base/hash.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

namespace skyglot::testing_support {
namespace {

namespace fs = std::filesystem;

void redirect(const fs::path& file, int descriptor) {
  const int opened = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  dup2(opened, descriptor);
  close(opened);
}

[[noreturn]] void become_skyglot(std::vector<std::string> arguments,
                                 const ProgramOptions& options) {
  for (const auto& [name, value] : options.environment) setenv(name.c_str(), value.c_str(), 1);
  if (options.file_size_limit > 0) {
    const rlimit limit{options.file_size_limit, options.file_size_limit};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  arguments.insert(arguments.begin(), SKYGLOT_BINARY);
  std::vector<char*> raw;
  for (std::string& argument : arguments) raw.push_back(argument.data());
  raw.push_back(nullptr);
  execv(SKYGLOT_BINARY, raw.data());
  _exit(127);
}

int exit_code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// A program from its start to its end, with what it says in two files.
class Running {
 public:
  Running(const std::vector<std::string>& arguments, const ProgramOptions& options) {
    static int number = 0;
    const fs::path base =
        fs::path(testing::TempDir()) / fmt::format("program-{}-{}", getpid(), number++);
    out_ = base.string() + ".out";
    err_ = base.string() + ".err";
    child_ = fork();
    if (child_ != 0) return;
    redirect(out_, STDOUT_FILENO);
    redirect(err_, STDERR_FILENO);
    become_skyglot(arguments, options);
  }

  void send(int signal) const { kill(child_, signal); }
  ProgramResult finish() {
    int status = 0;
    waitpid(child_, &status, 0);
    ProgramResult result{exit_code_of(status), read_file(out_), read_file(err_)};
    fs::remove(out_);
    fs::remove(err_);
    return result;
  }

 private:
  fs::path out_;
  fs::path err_;
  pid_t child_ = -1;
};

}  // namespace

ProgramResult run_skyglot(const std::vector<std::string>& arguments,
                          const ProgramOptions& options) {
  Running program(arguments, options);
  if (options.signal_after_ms > 0) {
    usleep(static_cast<useconds_t>(options.signal_after_ms) * 1000);
    program.send(options.signal);
  }
  return program.finish();
}

std::vector<ProgramResult> run_at_once(const std::vector<std::vector<std::string>>& programs,
                                       const ProgramOptions& options) {
  std::vector<Running> running;
  for (const auto& arguments : programs) running.emplace_back(arguments, options);
  std::vector<ProgramResult> results;
  for (Running& program : running) results.push_back(program.finish());
  return results;
}

fs::path test_folder() {
  const auto* info = testing::UnitTest::GetInstance()->current_test_info();
  std::string name = std::string(info->test_suite_name()) + "." + info->name();
  for (char& c : name)
    if (c == '/') c = '-';
  const fs::path folder = fs::path(testing::TempDir()) / name;
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

std::map<std::string, std::string> tree_hashes(const fs::path& folder) {
  std::map<std::string, std::string> hashes;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file())
      hashes[fs::relative(entry.path(), folder).string()] = sha256_file(entry.path());
  return hashes;
}

}  // namespace skyglot::testing_support
