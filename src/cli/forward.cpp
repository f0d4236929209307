// SPDX-License-Identifier: Apache-2.0
#include "cli/forward.hpp"

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/strings.hpp"

#include <fmt/core.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <span>
#include <spawn.h>
#include <string>
#include <string_view>
#include <unistd.h>

namespace skyglot {
namespace {

// The learn half says the same of itself; a test compares the two.
constexpr std::array kForwarded{
    ForwardedCommand{"tags train", "Learn from labelled tags which can be seen from above"},
    ForwardedCommand{"tags predict",
                     "Judge tags that no table lists by the words they are made of"},
    ForwardedCommand{
        "filter",
        "Keep the pairs whose pictures fit their words, or the pictures taken from above"},
    ForwardedCommand{"detector train", "Learn to tell pictures taken from above from all others"},
    ForwardedCommand{"train", "Go on training a CLIP on pictures with captions"},
    ForwardedCommand{"embed", "Turn pictures or texts into vectors with a model"},
    ForwardedCommand{"search", "Find the pictures and places that a sentence describes best"},
    ForwardedCommand{"eval zeroshot", "Name scenes by words alone and count how often it is right"},
    ForwardedCommand{"eval finegrained",
                     "Tell attributes apart by words: roof shape, road surface"},
    ForwardedCommand{"eval retrieval", "Find pictures by captions and captions by pictures"},
    ForwardedCommand{"eval knn", "Name scenes by their nearest neighbours among labelled ones"},
    ForwardedCommand{"eval linear", "Name scenes by a linear probe on frozen embeddings"},
    ForwardedCommand{"eval counting", "Count objects by captions that differ in the number"},
    ForwardedCommand{"landcover train", "Learn classes of land from imagery without labels"},
    ForwardedCommand{"landcover name",
                     "Name the classes of a model by words, objects of a map or clicked points"},
    ForwardedCommand{"landcover teach", "Learn the classes of a map's objects, faults and all"},
    ForwardedCommand{"landcover map", "Draw the classes of land of a raster"},
    ForwardedCommand{"landcover score", "Compare maps of land cover with labelled truth"},
    ForwardedCommand{"index", "Make imagery searchable: windows of it, embedded"},
    ForwardedCommand{"index info", "Say what an index holds"},
    ForwardedCommand{"index verify", "Check that an index is whole and its rasters are there"},
    ForwardedCommand{"index export", "Write vectors and footprints for other programs"}};

class Forwarded : public Command {
 public:
  explicit Forwarded(const ForwardedCommand& command) : command_(command) {}
  std::string name() const override { return command_.name; }
  std::string summary() const override { return command_.summary; }
  void setup(CLI::App&) override {}
  int run() override { fail(ErrorKind::internal, "{} ran without skyglot-learn", name()); }

 private:
  ForwardedCommand command_;
};

// A group of commands that are all of the other program's goes there whatever its second word is.
bool is_forwarded(std::span<char*> words) {
  constexpr std::string_view kShared = "tags";
  const std::string_view first = words[1];
  const std::string_view second = words.size() > 2 ? words[2] : "";
  return std::ranges::any_of(kForwarded, [&](const ForwardedCommand& command) {
    const std::string_view name = command.name;
    const std::size_t blank = std::min(name.find(' '), name.size());
    if (name.substr(0, blank) != first) return false;
    return first != kShared || name.substr(blank + 1) == second;
  });
}

// The one command on weights that asks what computes here.
bool asks_for_speed(int argc, char** argv) {
  const std::span<char*> words(argv, static_cast<std::size_t>(argc));
  return argc > 3 && words[1] == std::string_view("model") &&
         words[2] == std::string_view("inspect") &&
         std::ranges::find(words, std::string_view("--speed")) != words.end();
}

std::filesystem::path own_program() {
  return std::filesystem::read_symlink("/proc/self/exe");
}

std::filesystem::path learn_program() {
  return own_program().parent_path() / "skyglot-learn";
}

}  // namespace

std::optional<int> forward_to_learn(int argc, char** argv) {
  if (argc < 2 ||
      (!is_forwarded({argv, static_cast<std::size_t>(argc)}) && !asks_for_speed(argc, argv)))
    return std::nullopt;
  const std::string program = learn_program().string();
  execv(program.c_str(), argv);
  fmt::print(stderr,
             "skyglot: cannot start {} ({}), which runs \"{}\"; build with -DSKYGLOT_LEARN=ON or "
             "install it beside skyglot\n",
             program, errno_text(errno), argv[1]);
  return kFailed;
}

void run_skyglot(const std::vector<std::string>& words) {
  std::vector<std::string> all{own_program().string()};
  all.insert(all.end(), words.begin(), words.end());
  std::vector<char*> arguments;
  for (std::string& word : all) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t quiet{};
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int problem =
      posix_spawn(&child, all.front().c_str(), &quiet, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&quiet);
  if (problem != 0) fail(ErrorKind::io, "cannot start {}: {}", all.front(), errno_text(problem));
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR)
      fail(ErrorKind::io, "lost sight of {}: {}", words.front(), errno_text(errno));
  check_interrupt();
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    fail(ErrorKind::io, "'skyglot {}' did not end well; what it said stands above",
         join(words, " "));
}

Commands forwarded_commands() {
  Commands commands;
  for (const ForwardedCommand& command : kForwarded)
    commands.push_back(std::make_unique<Forwarded>(command));
  return commands;
}

}  // namespace skyglot
