// SPDX-License-Identifier: Apache-2.0
// skyglot index: imagery cut into windows and embedded, to be searched.
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"
#include "cli/command.hpp"
#include "cli/compute_choice.hpp"
#include "cli/look_options.hpp"
#include "cli/options.hpp"
#include "nn/encoder.hpp"
#include "weights/model_folder.hpp"

#include "search/index_builder.hpp"
#include <fmt/core.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

std::string duration_text(double seconds) {
  if (seconds < 90) return fmt::format("{:.0f} s", seconds);
  if (seconds < 5400) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

class Index : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "index"; }
  [[nodiscard]] std::string summary() const override {
    return "Make imagery searchable: windows of it, embedded";
  }

  void setup(CLI::App& app) override {
    app.add_option("SOURCE", request_.sources,
                   "Imagery catalogues, rasters, folders of them, or pictures as for 'embed'");
    add_model(app, model_, "Model folder");
    // Not add_output(): 'index info' and its like, which stand below this command, need neither.
    app.add_option("--output", request_.output, "Folder of the index");
    app.add_option("--sizes", request_.layout.sizes_m,
                   "Sides of the windows in metres; default: three, chosen by the GSD")
        ->delimiter(',');
    app.add_option("--overlap", request_.layout.overlap, "Share that windows have in common")
        ->capture_default_str();
    app.add_option("--valid", request_.layout.least_valid,
                   "Share of a window's pixels that must hold data")
        ->capture_default_str();
    add_bands(app, request_.look.bands);
    add_stretch_and_data(app, request_.look.stretch, request_.look.data);
    app.add_flag("--dry-run", dry_run_, "Only say how many windows, how long, how much disk");
    app.add_flag("--drop", request_.drop, "Take out the sources that are not named any more");
    app.add_option_function<std::string>(
        "--task", [this](const std::string& text) { set_task(text); },
        "k/n: embed the k-th of n shares; the same command without it then joins all");
    add_overwrite(app, request_.overwrite);
    choice_.add_to(app);
    common_.add_to(app);
  }

  int run() override {
    request_.threads = common_.thread_count();
    request_.validate();
    const ImageEncoder encoder(load_model_folder(model_),
                               compute_context(choice_.options(request_.threads)));
    if (dry_run_)
      show(estimate_index(request_, encoder));
    else
      show(build_index(request_, encoder));
    return kDone;
  }

 private:
  void set_task(const std::string& text) {
    const auto parts = split(text, '/');
    const auto k = parse_int(parts.front());
    const auto n = parts.size() == 2 ? parse_int(parts.back()) : std::nullopt;
    if (!k || !n || *k < 1 || *n > 1'000'000 || *k > *n)
      fail(ErrorKind::usage, "--task is k/n with k from 1 to n, such as 3/8, not {}", text);
    request_.task = static_cast<int>(*k);
    request_.tasks = static_cast<int>(*n);
  }

  void show(const IndexEstimate& estimate) const {
    if (common_.json)
      return print_json({{"windows", estimate.windows},
                         {"new_windows", estimate.new_windows},
                         {"windows_per_s", estimate.windows_per_s},
                         {"seconds", estimate.seconds},
                         {"bytes", estimate.bytes}});
    fmt::print("at most {} windows, {} of them new: about {} at {:.0f} a second, {} of disk\n",
               format_count(estimate.windows), format_count(estimate.new_windows),
               duration_text(estimate.seconds), estimate.windows_per_s,
               format_bytes(estimate.bytes));
  }

  void show(const IndexOutcome& outcome) const {
    if (common_.json)
      return print_json({{"output", request_.output.string()},
                         {"windows", outcome.windows},
                         {"skipped", outcome.skipped},
                         {"parts", outcome.parts},
                         {"new_parts", outcome.new_parts},
                         {"joined", outcome.joined}});
    fmt::print("{}: {} windows of {} sources ({} new), {} left out{}\n", request_.output.string(),
               format_count(outcome.windows), format_count(std::uint64_t{outcome.parts}),
               format_count(std::uint64_t{outcome.new_parts}), format_count(outcome.skipped),
               outcome.joined ? "" : "; run the command without --task once all tasks are done");
  }

  fs::path model_;
  IndexRequest request_;
  bool dry_run_ = false;
  ComputeChoice choice_;
  CommonOptions common_;
};

}  // namespace

std::unique_ptr<Command> make_index() {
  return std::make_unique<Index>();
}

}  // namespace skyglot
