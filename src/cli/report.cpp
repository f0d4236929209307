// SPDX-License-Identifier: Apache-2.0
// skyglot report: a data set as a page for people and a JSON file for programs.
#include "report/report.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/numbers.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace skyglot {
namespace {

class ReportCommand : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "report"; }
  [[nodiscard]] std::string summary() const override {
    return "Write a report on a data set: counts, maps, tags, captions, pictures";
  }

  void setup(CLI::App& app) override {
    app.add_option("dataset", folder_, "Folder of a data set made by 'build'")
        ->required()
        ->type_name("FOLDER");
    app.add_option("--output", output_, "The page; default: report/index.html in FOLDER")
        ->type_name("FILE.html");
    add_overwrite(app, overwrite_);
    app.add_option("--pictures", options_.pictures, "Pictures on the contact sheet")
        ->capture_default_str();
    app.add_option("--thumbnail-px", options_.thumbnail_px, "Longer side of those pictures")
        ->capture_default_str();
    app.add_option("--max-outlines", options_.max_outlines,
                   "Tiles that the map outlines; with more it shows how many lie in each cell")
        ->capture_default_str();
    app.add_option("--landcover", options_.landcover,
                   "Drawings of land cover to show, as 'landcover map --preview' writes them")
        ->type_name("FILE.svg");
    app.add_option(
           "--sheet", options_.sheets,
           "Contact sheets to show, as 'search --sheet' writes them, named as what they show")
        ->type_name("FILE.jpg");
    common_.add_to(app);
  }

  int run() override {
    const ReportFiles files = report_files(page());
    const ReportContent content = gather_report(folder_, options_);
    warn(content);
    const std::uint64_t bytes = write_report(content, files);
    if (common_.json)
      print_json({{"page", files.page.string()},
                  {"json", files.json.string()},
                  {"bytes", bytes},
                  {"pairs", content.statistics.pairs},
                  {"pictures", content.contact.size()},
                  {"checks_failed", failed(content)}});
    else
      fmt::print("{} ({}, {} pairs)\n", files.page.string(), format_bytes(bytes),
                 format_count(content.statistics.pairs));
    return kDone;
  }

 private:
  // A report inside the data set is ours to renew; a file elsewhere may be somebody's.
  [[nodiscard]] std::filesystem::path page() const {
    if (output_.empty()) return folder_ / "report" / "index.html";
    if (output_.extension() != ".html" && output_.extension() != ".htm")
      fail(ErrorKind::usage, "--output {}: the page's name must end in .html", output_.string());
    refuse_existing(output_, overwrite_);
    refuse_existing(report_files(output_).json, overwrite_);
    return output_;
  }

  static std::size_t failed(const ReportContent& content) {
    return static_cast<std::size_t>(std::ranges::count(content.checks, false, &Check::ok));
  }

  static void warn(const ReportContent& content) {
    for (const Check& check : content.checks)
      if (!check.ok) log_warning("{}", check.text);
    if (!has_picture(content.info.patches())) return;
    for (const ContactPicture& picture : content.contact)
      if (!picture.problem.empty()) log_warning("{}: {}", picture.record.key, picture.problem);
  }

  std::filesystem::path folder_;
  std::filesystem::path output_;
  bool overwrite_ = false;
  ReportOptions options_;
  CommonOptions common_;
};

}  // namespace

std::unique_ptr<Command> make_report() {
  return std::make_unique<ReportCommand>();
}

}  // namespace skyglot
