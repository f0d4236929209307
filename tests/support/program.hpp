// SPDX-License-Identifier: Apache-2.0
// Runs the skyglot program as a user would and keeps what it says.
#pragma once

#include "tests/support/shared_data.hpp"

#include <csignal>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace skyglot::testing_support {

struct ProgramResult {
  int exit_code = -1;  ///< 128 + signal if one ended the program
  std::string out;
  std::string err;
};

struct ProgramOptions {
  std::map<std::string, std::string> environment;
  /// Sent after this many milliseconds; 0: never.
  int signal_after_ms = 0;
  int signal = SIGKILL;
  /// Largest file the program may write, in bytes; 0: no limit.
  std::size_t file_size_limit = 0;
};

[[nodiscard]] ProgramResult run_skyglot(const std::vector<std::string>& arguments,
                                        const ProgramOptions& options = {});

/// All of them start before any of them is waited for; the results in their order.
[[nodiscard]] std::vector<ProgramResult> run_at_once(
    const std::vector<std::vector<std::string>>& programs, const ProgramOptions& options = {});

/// A fresh empty folder for the running test.
[[nodiscard]] std::filesystem::path test_folder();

/// Relative path -> SHA-256 of every file below `folder`, hidden ones too.
[[nodiscard]] std::map<std::string, std::string> tree_hashes(const std::filesystem::path& folder);

}  // namespace skyglot::testing_support
