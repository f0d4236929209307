// SPDX-License-Identifier: Apache-2.0
// Pixels of scenes, whatever files and faults they come with.
#pragma once

#include "base/skipped.hpp"
#include "imagery/catalogue.hpp"
#include "raster/patch.hpp"

#include <memory>
#include <variant>
#include <vector>

namespace skyglot {

struct ReaderLimits {
  int open_files = 8;  ///< rasters kept open
  /// Seconds to wait before each further try of a file that cannot be reached: servers stumble.
  /// Never less than a server's Retry-After asks.
  std::vector<double> waits_s{0.5, 2, 6, 15};
  double longest_wait_s = 60;  ///< a server that asks for more is not waited for
};

/// Reads windows of scenes and keeps the last few files open; each thread has its own.
class SceneReader {
 public:
  explicit SceneReader(const ReaderLimits& limits = {});
  ~SceneReader();

  struct Request {
    PixelWindow window;      ///< in the scene's pixels, inside the scene
    std::vector<int> bands;  ///< of the scene, from 1
    /// A pixel is valid where any of these holds data.
    std::vector<int> judged;
    int out_width = 0;
    int out_height = 0;
    Resampling resampling = Resampling::nearest;
  };
  /// The window as a patch: 8 or 16-bit samples where all the bands have no more and declare
  /// neither scale nor offset, else floats with both applied. "unreadable" where bytes in the file
  /// are damaged. A file that is missing, is not the one that was catalogued, or cannot be reached
  /// after some tries is Error(io): the pixels may be there tomorrow.
  [[nodiscard]] std::variant<Patch, Skipped> read(const Scene& scene, const Request& request);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace skyglot
