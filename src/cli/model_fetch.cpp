// SPDX-License-Identifier: Apache-2.0
// skyglot model fetch: a public checkpoint onto the disk, resumed and checked.
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/numbers.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "weights/catalogue.hpp"
#include "weights/fetch.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

class ModelFetch : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "model fetch"; }
  [[nodiscard]] std::string summary() const override {
    return "Fetch a public checkpoint and check it";
  }

  void setup(CLI::App& app) override {
    app.add_option("NAME", name_, "Name from 'model list'")->required();
    add_output(app, output_, "Folder to put it in, or the file to write");
    app.add_option("--url", url_,
                   "Fetch from here instead, e.g. a mirror; size and hash must still be right");
    add_overwrite(app, overwrite_);
    common_.add_to(app);
  }

  int run() override {
    const CatalogueEntry& entry = catalogue_entry(name_);
    const fs::path target = is_folder() ? output_ / entry.file : output_;
    refuse_existing(target, overwrite_);
    const FetchResult result =
        fetch_file({url_.empty() ? entry.url : url_, target, entry.bytes, entry.sha256});
    report(entry, target, result);
    return kDone;
  }

 private:
  // What is a folder, ends like one, or has no extension is one.
  [[nodiscard]] bool is_folder() const {
    return fs::is_directory(output_) || !output_.has_filename() || !output_.has_extension();
  }

  void report(const CatalogueEntry& entry, const fs::path& target,
              const FetchResult& result) const {
    const bool checked = !entry.sha256.empty();
    if (common_.json)
      return print_json({{"name", entry.name},
                         {"file", target.string()},
                         {"bytes", result.bytes},
                         {"resumed_at", result.resumed_at},
                         {"sha256", result.sha256},
                         {"sha256_checked", checked},
                         {"licence", entry.licence}});
    fmt::print("{} ({})\nSHA-256 {} ({})\n", target.string(), format_bytes(result.bytes),
               result.sha256, checked ? "as published" : "none is published to compare with");
    fmt::print("licence: {}\n", entry.licence.empty() ? "not stated where we looked; see the source"
                                                      : entry.licence);
  }

  std::string name_;
  fs::path output_;
  std::string url_;
  bool overwrite_ = false;
  CommonOptions common_;
};

}  // namespace

std::unique_ptr<Command> make_model_fetch() {
  return std::make_unique<ModelFetch>();
}

}  // namespace skyglot
