// SPDX-License-Identifier: Apache-2.0
// skyglot index info, verify, export: an index looked at as a whole.
#include "search/index_tools.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"

#include <fmt/core.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

// What the three have in common.
class IndexTool : public Command {
 public:
  void setup(CLI::App& app) override {
    app.add_option("INDEX", folder_, "Folder that 'index' wrote")->required();
    common_.add_to(app);
  }

 protected:
  fs::path folder_;
  CommonOptions common_;
};

Json box_json(const Box& box) {
  return box.empty() ? Json(nullptr) : Json{box.min_x, box.min_y, box.max_x, box.max_y};
}

class IndexInfo : public IndexTool {
 public:
  [[nodiscard]] std::string name() const override { return "index info"; }
  [[nodiscard]] std::string summary() const override { return "Say what an index holds"; }

  int run() override {
    WindowIndex index = WindowIndex::open(folder_);
    const IndexSummary summary = summarise_index(index);
    if (common_.json)
      show_json(index, summary);
    else
      show(index, summary);
    return kDone;
  }

 private:
  static void show_json(const WindowIndex& index, const IndexSummary& summary) {
    Json sizes = Json::array();
    for (const auto& [size, count] : summary.windows_by_size)
      sizes.push_back({{"size_m", size}, {"windows", count}});
    print_json({{"windows", index.size()},
                {"dimension", index.columns()},
                {"sizes", sizes},
                {"collections", summary.windows_by_collection},
                {"without_place", summary.without_place},
                {"extent_lonlat", box_json(summary.extent_lonlat)},
                {"first_date", summary.first_date},
                {"last_date", summary.last_date},
                {"missing", summary.missing},
                {"index", index.facts()}});
  }

  static void show(const WindowIndex& index, const IndexSummary& summary) {
    std::vector<std::string> sizes, collections;
    for (const auto& [size, count] : summary.windows_by_size)
      sizes.push_back(fmt::format("{} of {} m", format_count(count), size));
    for (const auto& [code, count] : summary.windows_by_collection)
      collections.push_back(fmt::format("{} ({})", code, format_count(count)));
    const Box& box = summary.extent_lonlat;
    const std::string extent =
        box.empty() ? "none"
                    : fmt::format("{}, {} to {}, {}", format_fixed(box.min_x, 5),
                                  format_fixed(box.min_y, 5), format_fixed(box.max_x, 5),
                                  format_fixed(box.max_y, 5));
    fmt::print("{}: {} vectors of {} numbers\n", index.folder().string(),
               format_count(index.size()), index.columns());
    std::vector<std::vector<std::string>> rows{
        {"model", json_text(index.model().value("source", Json()))},
        {"windows", join(sizes, ", ")},
        {"collections", join(collections, ", ")},
        {"pictures", format_count(summary.without_place)},
        {"extent", extent},
        {"dates",
         summary.first_date.empty() ? "none" : summary.first_date + " to " + summary.last_date}};
    if (!summary.missing.empty()) rows.push_back({"missing", some_of(summary.missing)});
    print_table(rows);
  }
};

class IndexVerify : public IndexTool {
 public:
  [[nodiscard]] std::string name() const override { return "index verify"; }
  [[nodiscard]] std::string summary() const override {
    return "Check that an index is whole and its rasters are there";
  }

  int run() override {
    WindowIndex index = WindowIndex::open(folder_);
    const IndexSummary summary = summarise_index(index);
    for (const std::string& name : summary.missing)
      log_warning("{} is gone; searches work, contact sheets of it do not", name);
    if (common_.json)
      print_json(
          {{"index", folder_.string()}, {"windows", index.size()}, {"missing", summary.missing}});
    else
      fmt::print("{}: whole, {} windows\n", folder_.string(), format_count(index.size()));
    return kDone;
  }
};

class IndexExport : public IndexTool {
 public:
  [[nodiscard]] std::string name() const override { return "index export"; }
  [[nodiscard]] std::string summary() const override {
    return "Write vectors and footprints for other programs";
  }

  void setup(CLI::App& app) override {
    IndexTool::setup(app);
    add_output(app, output_, "Folder to write");
    add_overwrite(app, overwrite_);
  }

  int run() override {
    WindowIndex index = WindowIndex::open(folder_);
    export_index(index, output_, overwrite_);
    if (common_.json)
      print_json({{"output", output_.string()}, {"windows", index.size()}});
    else
      fmt::print("{}: {} windows as vectors.npy, windows.csv and windows.gpkg\n", output_.string(),
                 format_count(index.size()));
    return kDone;
  }

 private:
  fs::path output_;
  bool overwrite_ = false;
};

}  // namespace

std::unique_ptr<Command> make_index_info() {
  return std::make_unique<IndexInfo>();
}
std::unique_ptr<Command> make_index_verify() {
  return std::make_unique<IndexVerify>();
}
std::unique_ptr<Command> make_index_export() {
  return std::make_unique<IndexExport>();
}

}  // namespace skyglot
