// SPDX-License-Identifier: Apache-2.0
// Options that many commands share, spelled the same everywhere.
#pragma once

#include "base/progress.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace skyglot {

/// --threads, --progress and --json, as every command has them.
struct CommonOptions {
  int threads = 0;  ///< 0: as many as processors
  bool json = false;
  std::string progress;  ///< as given; empty: not given

  void add_to(CLI::App& app);
  /// The options that a command started by this one is given too.
  [[nodiscard]] std::vector<std::string> passed_on() const;
  /// Threads with 0 resolved.
  [[nodiscard]] int thread_count() const;
};

/// Adds "--output PATH", required.
void add_output(CLI::App& app, std::filesystem::path& path, const std::string& what);
/// Adds "--overwrite" and, later, refuse_existing() to honour it.
void add_overwrite(CLI::App& app, bool& overwrite);
/// Throws Error(input) if `path` exists and may not be replaced.
void refuse_existing(const std::filesystem::path& path, bool overwrite);
/// Adds "--model DIR", by default the model that comes with skyglot.
void add_model(CLI::App& app, std::filesystem::path& path, const std::string& what);
/// Adds "--memory SIZE" ("512M", "2G").
void add_memory(CLI::App& app, std::uint64_t& bytes);

/// Prints `object` on one line of stdout, with "schema": 1 in front.
void print_json(const nlohmann::ordered_json& object);

/// Prints rows in aligned columns on stdout; the first row is the header. Numbers align right.
void print_table(const std::vector<std::vector<std::string>>& rows);

}  // namespace skyglot
