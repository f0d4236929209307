// SPDX-License-Identifier: Apache-2.0
#include "cli/program.hpp"

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/log.hpp"
#include "base/strings.hpp"
#include "base/test_locale.hpp"
#include "base/version.hpp"

#include <fmt/core.h>

#include <filesystem>
#include <map>
#include <new>
#include <string>
#include <system_error>
#include <vector>

namespace skyglot {
namespace {

constexpr const char* kFooter =
    "Exit codes: 0 done, 1 failed, 2 usage, 3 more items skipped than --max-skipped, "
    "130 interrupted.\nDocumentation: docs/commands/, one page per command.";

const std::map<std::string, std::string> kGroups{
    {"objects", "Map objects: read OpenStreetMap into an object store"},
    {"imagery", "Imagery: catalogue georeferenced pictures"},
    {"tags", "Tags: what is on the map and what can be seen from above"},
    {"detector", "Detectors: tell pictures taken from above from all others"},
    {"model", "Models: fetch, convert and look at weights"},
    {"eval", "Evaluation: scores of a model on scenes, captions and counts"},
    {"landcover", "Land cover: classes and maps of them without labels"}};

// The App of a command's name; "objects import" makes or finds the group "objects" first.
CLI::App& add_app(CLI::App& root, const Command& command) {
  const std::string name = command.name();
  const std::size_t blank = name.find(' ');
  if (blank == std::string::npos) return *root.add_subcommand(name, command.summary());
  const std::string group = name.substr(0, blank);
  const auto found = root.get_subcommands([&](CLI::App* app) { return app->get_name() == group; });
  CLI::App* parent = found.empty() ? nullptr : found.front();
  if (parent == nullptr) {
    parent = root.add_subcommand(group, kGroups.at(group));
    parent->require_subcommand(1);
  }
  return *parent->add_subcommand(name.substr(blank + 1), command.summary());
}

const CLI::App& chosen_of(const CLI::App& root) {
  const CLI::App* chosen = &root;
  while (!chosen->get_subcommands().empty()) chosen = chosen->get_subcommands().front();
  return *chosen;
}

// The first --name that the command does not have, or "".
std::string unknown_option(const std::vector<std::string>& words, const CLI::App& app) {
  for (const std::string& word : words) {
    const std::string name = word.substr(0, word.find('='));
    if (name == "--") break;
    if (name.starts_with("--") && app.get_option_no_throw(name) == nullptr) return name;
  }
  return "";
}

// "skyglot eval knn".
std::string command_name(const CLI::App& app) {
  const CLI::App* parent = app.get_parent();
  return parent == nullptr ? app.get_name() : command_name(*parent) + " " + app.get_name();
}

std::string suggestion(const std::string& word, const std::vector<std::string>& known) {
  const std::string near = closest(word, known);
  return near.empty() ? "" : fmt::format(" (did you mean {}?)", near);
}

[[noreturn]] void refuse_option(const std::string& name, const CLI::App& app) {
  std::vector<std::string> known;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& long_name : option->get_lnames()) known.push_back("--" + long_name);
  fail(ErrorKind::usage, "no option {}{}; see {} --help", name, suggestion(name, known),
       command_name(app));
}

// A word where the name of a command was expected; returns where there is none.
void refuse_command(const std::vector<std::string>& words, const CLI::App& group) {
  std::vector<std::string> known;
  for (const CLI::App* app : group.get_subcommands([](const CLI::App*) { return true; }))
    known.push_back(app->get_name());
  if (known.empty() || words.empty() || words.front().starts_with("-")) return;
  fail(ErrorKind::usage, "no command {} {}{}; see {} --help", command_name(group), words.front(),
       suggestion(words.front(), known), command_name(group));
}

// What CLI11 says of a mistyped name is that something else is missing.
void refuse_mistyped(int argc, char** argv, const CLI::App& root) {
  const CLI::App& chosen = chosen_of(root);
  std::vector<std::string> words(argv + 1, argv + argc);
  for (const CLI::App* app = &chosen; app != &root; app = app->get_parent())
    words.erase(words.begin());
  refuse_command(words, chosen);
  const std::string unknown = unknown_option(words, chosen);
  if (!unknown.empty()) refuse_option(unknown, chosen);
}

int run_chosen(int argc, char** argv, const Commands& commands) {
  CLI::App root{"skyglot gives overhead imagery a language without anyone labelling it", "skyglot"};
  root.set_version_flag("--version", std::string("skyglot ") + version());
  root.footer(kFooter);
  root.require_subcommand(1);
  std::map<const CLI::App*, Command*> command_of;
  for (const auto& command : commands) {
    CLI::App& app = add_app(root, *command);
    command->setup(app);
    command_of[&app] = command.get();
  }
  try {
    root.parse(argc, argv);
  } catch (const CLI::Success& asked_for_help) {
    return root.exit(asked_for_help) == 0 ? kDone : kUsage;
  } catch (const CLI::ParseError& error) {
    refuse_mistyped(argc, argv, root);
    (void)root.exit(error);
    return kUsage;
  }
  // Behind the parser, which follows the C library's locale; this program never changes that.
  adopt_test_locale();
  return command_of.at(&chosen_of(root))->run();
}

int report(const Error& error) {
  show_status_line("");
  fmt::print(stderr, "skyglot: {}\n", error.what());
  if (error.kind() == ErrorKind::internal)
    fmt::print(stderr, "This is a mistake in skyglot; please report it with the command line.\n");
  return error.kind() == ErrorKind::usage ? kUsage : kFailed;
}

}  // namespace

// The only place where exceptions end.
int run_program(int argc, char** argv, const Commands& commands) {
  try {
    install_signal_handlers();
    return run_chosen(argc, argv, commands);
  } catch (const Error& error) {
    return report(error);
  } catch (const Interrupted&) {
    show_status_line("");
    fmt::print(
        stderr,
        "skyglot: interrupted; run the same command again, nothing that was kept is done twice\n");
    return kInterrupted;
  } catch (const std::bad_alloc&) {
    return report(Error(ErrorKind::resource, "out of memory; lower --threads or --memory"));
  } catch (const std::filesystem::filesystem_error& error) {
    // Names too long, folders nobody may enter: the system's refusal, not our mistake.
    return report(Error(ErrorKind::io, error.what()));
  } catch (const std::system_error& error) {
    // Whoever read our output has gone ("| head"), or its disk is full.
    if (error.code() == std::errc::broken_pipe) return kPipeClosed;
    return report(Error(ErrorKind::io, error.what()));
  } catch (const std::exception& error) {
    return report(Error(ErrorKind::internal, error.what()));
  }
}

}  // namespace skyglot
