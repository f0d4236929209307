// SPDX-License-Identifier: Apache-2.0
#include "cli/options.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "base/pipeline.hpp"
#include "weights/model_folder.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace skyglot {
namespace {

// Columns on the screen: UTF-8 continuation bytes take none.
std::size_t display_width(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool looks_numeric(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789.,%-+") == std::string::npos;
}

std::string padded(const std::string& text, std::size_t width, bool right) {
  const std::string blanks(width - display_width(text), ' ');
  return right ? blanks + text : text + blanks;
}

}  // namespace

void CommonOptions::add_to(CLI::App& app) {
  app.add_option("--threads", threads, "Threads to use; 0 means one per processor")
      ->check(CLI::Range(0, 1024));
  app.add_flag("--json", json, "Print one JSON object per line on stdout instead of text");
  app.add_option_function<std::string>(
         "--progress",
         [this](const std::string& when) {
           progress = when;
           static const std::map<std::string, ProgressMode> modes{{"auto", ProgressMode::automatic},
                                                                  {"always", ProgressMode::always},
                                                                  {"never", ProgressMode::never}};
           set_progress_mode(modes.at(when));
         },
         "When to show progress on stderr: auto (on a terminal), always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
}

std::vector<std::string> CommonOptions::passed_on() const {
  std::vector<std::string> words{"--threads", std::to_string(threads)};
  if (!progress.empty()) words.insert(words.end(), {"--progress", progress});
  return words;
}

int CommonOptions::thread_count() const {
  return skyglot::thread_count(threads);
}

void add_output(CLI::App& app, std::filesystem::path& path, const std::string& what) {
  app.add_option("--output", path, what)->required();
}

void add_overwrite(CLI::App& app, bool& overwrite) {
  app.add_flag("--overwrite", overwrite, "Replace the output if it exists");
}

void refuse_existing(const std::filesystem::path& path, bool overwrite) {
  if (!overwrite && std::filesystem::exists(path))
    fail(ErrorKind::input, "{} exists already; choose another name or give --overwrite",
         path.string());
}

void add_model(CLI::App& app, std::filesystem::path& path, const std::string& what) {
  path = kDefaultModel;
  app.add_option("--model", path, what)->capture_default_str();
}

void add_memory(CLI::App& app, std::uint64_t& bytes) {
  app.add_option_function<std::string>(
         "--memory",
         [&bytes](const std::string& text) {
           const auto parsed = parse_bytes(text);
           if (!parsed)
             throw CLI::ValidationError("--memory", "not a size: " + text + " (e.g. 2G)");
           bytes = *parsed;
         },
         "Memory to stay within, e.g. 512M or 2G")
      ->type_name("SIZE");
}

void print_json(const nlohmann::ordered_json& object) {
  nlohmann::ordered_json line{{"schema", 1}};
  line.update(object);
  fmt::print("{}\n", json_text(line));
}

void print_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  std::vector<bool> right;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], display_width(row[i]));
  }
  for (std::size_t i = 0; i < widths.size(); ++i)
    right.push_back(rows.size() > 1 &&
                    std::all_of(rows.begin() + 1, rows.end(), [i](const auto& row) {
                      return i < row.size() && (row[i].empty() || looks_numeric(row[i]));
                    }));
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += (i > 0 ? "  " : "") + padded(row[i], widths[i], right[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    fmt::print("{}\n", line);
  }
}

}  // namespace skyglot
