// SPDX-License-Identifier: Apache-2.0
// What 'skyglot search' does with an index; a build without rasters has none.
#pragma once

#include "cli/options.hpp"

#include <CLI/CLI.hpp>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace skyglot {

/// What a search has whatever it looks in.
struct SearchRequest {
  std::filesystem::path vectors;  ///< or an index
  std::filesystem::path model;
  std::vector<std::string> sentences;
  std::size_t k = 5;
  CommonOptions common;
};

class IndexSearch {
 public:
  virtual ~IndexSearch() = default;
  virtual void add_to(CLI::App& app) = 0;
  /// Whether it looks in what lies there, finished or not.
  [[nodiscard]] virtual bool takes(const std::filesystem::path& folder) const = 0;
  /// The options that were given and mean nothing without an index; "" if none.
  [[nodiscard]] virtual std::string given() const = 0;
  /// Returns an ExitCode; throws Error.
  virtual int run(const SearchRequest& request) = 0;
};

/// Nothing in a build without rasters.
[[nodiscard]] std::unique_ptr<IndexSearch> make_index_search();

}  // namespace skyglot
