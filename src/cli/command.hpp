// SPDX-License-Identifier: Apache-2.0
// What a command of the program is: it describes itself, takes options, and runs.
#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace skyglot {

/// Exit codes, the same for every command.
enum ExitCode {
  kDone = 0,
  kFailed = 1,
  kUsage = 2,
  kTooManySkipped = 3,
  kInterrupted = 130,
  kPipeClosed = 141  ///< as of a process that SIGPIPE ends
};

/// One command. setup() declares options and touches no data; run() does the work.
class Command {
 public:
  virtual ~Command() = default;
  /// Words after "skyglot", e.g. "objects import".
  [[nodiscard]] virtual std::string name() const = 0;
  /// One line for the overview.
  [[nodiscard]] virtual std::string summary() const = 0;
  virtual void setup(CLI::App& app) = 0;
  /// Returns an ExitCode; throws Error.
  virtual int run() = 0;
};

using Commands = std::vector<std::unique_ptr<Command>>;

/// Every command of skyglot, in the order of the overview.
[[nodiscard]] Commands all_commands();
/// Every command of skyglot-learn.
[[nodiscard]] Commands learn_commands();
/// Those of them that need rasters too; none in a build without the half that works on maps.
[[nodiscard]] Commands both_commands();

/// What multiplies on this processor and how fast; skyglot-learn knows.
using SpeedReport = std::function<nlohmann::ordered_json()>;
[[nodiscard]] nlohmann::ordered_json speed_report();

// One maker a command, each in its own file.
std::unique_ptr<Command> make_objects_import();
std::unique_ptr<Command> make_imagery_scan();
std::unique_ptr<Command> make_imagery_add_stac();
std::unique_ptr<Command> make_imagery_add_earth_engine();
std::unique_ptr<Command> make_imagery_list();
std::unique_ptr<Command> make_tags_stats();
std::unique_ptr<Command> make_tags_train();
std::unique_ptr<Command> make_tags_predict();
std::unique_ptr<Command> make_build();
std::unique_ptr<Command> make_merge();
std::unique_ptr<Command> make_report();
std::unique_ptr<Command> make_simulate();
std::unique_ptr<Command> make_model_import();
std::unique_ptr<Command> make_model_list();
std::unique_ptr<Command> make_model_fetch();
std::unique_ptr<Command> make_model_inspect(SpeedReport speed = {});
std::unique_ptr<Command> make_model_join();
std::unique_ptr<Command> make_model_interpolate();
std::unique_ptr<Command> make_model_compress();
std::unique_ptr<Command> make_detector_train();
std::unique_ptr<Command> make_filter();
std::unique_ptr<Command> make_train();
std::unique_ptr<Command> make_embed();
std::unique_ptr<Command> make_search();
std::unique_ptr<Command> make_eval_zeroshot();
std::unique_ptr<Command> make_eval_finegrained();
std::unique_ptr<Command> make_eval_retrieval();
std::unique_ptr<Command> make_eval_knn();
std::unique_ptr<Command> make_eval_linear();
std::unique_ptr<Command> make_eval_counting();
std::unique_ptr<Command> make_landcover_train();
std::unique_ptr<Command> make_landcover_name();
std::unique_ptr<Command> make_landcover_teach();
std::unique_ptr<Command> make_landcover_map();
std::unique_ptr<Command> make_landcover_score();
std::unique_ptr<Command> make_index();
std::unique_ptr<Command> make_index_info();
std::unique_ptr<Command> make_index_verify();
std::unique_ptr<Command> make_index_export();

}  // namespace skyglot
