// SPDX-License-Identifier: Apache-2.0
// The order in which a training reads samples: epochs, a shuffle, a share for each rank, a place to
// go on from.
#pragma once

#include "pictures/permutation.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace skyglot {

struct SampleStreamOptions {
  std::uint64_t seed = 0;
  bool shuffle = true;  ///< another order each epoch; false: as they are
  int rank = 0;         ///< of `world` programs that share every epoch
  int world = 1;
  /// Every rank gets as many samples as the others; up to world - 1 samples of each epoch (others
  /// each time, where it is shuffled) are left out for it.
  bool equal_shares = false;

  /// Throws Error(usage) that names every problem.
  void validate() const;
};

/// Where a stream is: samples that all ranks together have drawn of an epoch.
struct SamplePosition {
  std::uint64_t epoch = 0;
  std::uint64_t drawn = 0;
  friend bool operator==(const SamplePosition&, const SamplePosition&) = default;
};

/// Numbers of samples, as a PictureIndex counts them: draw one, read it in any thread. The ranks'
/// shares are disjoint and together an epoch; the order depends on seed and epoch only, not on the
/// ranks, and takes no memory.
class SampleStream {
 public:
  /// Throws Error(usage), and Error(input) where there are no samples for every rank.
  SampleStream(std::uint64_t samples, const SampleStreamOptions& options);

  /// The next sample of this rank; nothing at the end of the epoch.
  [[nodiscard]] std::optional<std::uint64_t> next();
  /// How many samples next() gives in an epoch from its begin.
  [[nodiscard]] std::uint64_t epoch_size() const;
  void begin_epoch(std::uint64_t epoch);

  /// Ranks in step say the same.
  [[nodiscard]] SamplePosition position() const { return position_; }
  /// The position and what it is a position in, as one line.
  [[nodiscard]] std::string saved() const;
  /// Goes on from what saved() gave, with the same or another number of ranks. Throws Error(input)
  /// where it belongs to other samples, another seed or order, Error(format) where it is no such
  /// line.
  void resume(std::string_view saved);

 private:
  void begin_at(const SamplePosition& position);
  [[nodiscard]] std::string about() const;

  std::uint64_t samples_;
  SampleStreamOptions options_;
  SamplePosition position_;
  std::uint64_t end_ = 0;  // of what this rank shares, in the epoch's order
  std::optional<Permutation> order_;
};

}  // namespace skyglot
