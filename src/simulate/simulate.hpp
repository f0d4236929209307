// SPDX-License-Identifier: Apache-2.0
// A town that does not exist: its map and pictures of it, for trying skyglot without a download.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace skyglot::simulate {

struct SimulateOptions {
  std::filesystem::path output;  ///< folder to make
  std::uint64_t seed = 1;
  double size_km = 2.5;  ///< side of the square that the aerial pictures show; 0.5 to 10
  int threads = 1;
  bool overwrite = false;  ///< replace the folder, if an earlier run made it

  /// Throws Error(usage) that lists every problem.
  void validate() const;
};

struct SimulateResult {
  std::string town_name;
  std::uint64_t nodes = 0;
  std::uint64_t ways = 0;
  std::uint64_t relations = 0;
  std::uint64_t features = 0;
  std::uint64_t kinds = 0;         ///< different key=value pairs of the kinds of objects
  std::vector<std::string> files;  ///< below the output folder, sorted
  std::uint64_t bytes = 0;
};

/// Grows the town of `seed`, writes map, pictures, class raster and descriptions. The folder
/// appears under its name only when it is whole; the same seed and size give the same bytes for any
/// number of threads. Throws Error.
SimulateResult simulate_town(const SimulateOptions& options);

}  // namespace skyglot::simulate
