// SPDX-License-Identifier: Apache-2.0
// Rasters of labels as runs of pixels, and the pieces that pixels of one label form.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace skyglot {

/// Labels row by row, as runs of equal ones: memory goes with the borders, not with the pixels.
class LabelRuns {
 public:
  explicit LabelRuns(int width) : width_(width) {}

  /// The next row from the top; `width` labels. Throws Error(resource) past 2^32 runs.
  void add_row(std::span<const std::uint8_t> labels);

  [[nodiscard]] int width() const { return width_; }
  [[nodiscard]] int height() const { return static_cast<int>(row_first_.size()) - 1; }
  [[nodiscard]] std::size_t count() const { return labels_.size(); }
  /// Runs are numbered along the rows; those of row `y` from row_first(y) to row_first(y + 1).
  [[nodiscard]] std::size_t row_first(int y) const {
    return row_first_[static_cast<std::size_t>(y)];
  }
  /// Columns [begin, end) of a run of row `y`.
  [[nodiscard]] int begin(std::size_t run) const { return begins_[run]; }
  [[nodiscard]] int end(std::size_t run, int y) const {
    return run + 1 == row_first(y + 1) ? width_ : begins_[run + 1];
  }
  [[nodiscard]] std::uint8_t label(std::size_t run) const { return labels_[run]; }
  /// The row of a run that lies in row `from` or below.
  [[nodiscard]] int row_of(std::size_t run, int from) const;
  /// The run that holds a pixel.
  [[nodiscard]] std::size_t run_at(int x, int y) const;

 private:
  int width_;
  std::vector<std::size_t> row_first_{0};
  std::vector<std::int32_t> begins_;
  std::vector<std::uint8_t> labels_;
};

/// Pixels of one label that share sides (corners do not count), numbered from the top left.
struct LabelPieces {
  std::vector<std::uint32_t> of_run;  ///< piece of each run
  std::vector<std::uint8_t> labels;   ///< of each piece
  std::vector<double> areas;          ///< of each piece
};

/// `pixel_areas` holds that of a pixel of each row.
[[nodiscard]] LabelPieces pieces_of(const LabelRuns& runs, std::span<const double> pixel_areas);

/// Gives pieces below `least_area` the label of their largest neighbour, until there are none but
/// those whose neighbours all have label 0. Label 0 is no data: it neither takes nor is taken.
[[nodiscard]] LabelRuns without_small_pieces(LabelRuns runs, std::span<const double> pixel_areas,
                                             double least_area);

}  // namespace skyglot
