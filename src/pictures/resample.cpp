// SPDX-License-Identifier: Apache-2.0
#include "pictures/resample.hpp"

#include "base/error.hpp"
#include "pictures/resample_kernels.hpp"

#include <algorithm>
#include <cmath>

namespace skyglot {
namespace {

// R. G. Keys, "Cubic Convolution Interpolation for Digital Image Processing", 1981, with a = -0.5;
// the order of operations is Pillow's, so that doubles agree to the last bit.
double bicubic(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
  if (x < 2.0) return (((x - 5) * x + 8) * x - 4) * a;
  return 0.0;
}

double triangle(double x) {
  x = std::abs(x);
  return x < 1.0 ? 1.0 - x : 0.0;
}

std::int32_t fixed_point(double weight) {
  constexpr double one = 1 << FilterTaps::kPrecisionBits;
  return static_cast<std::int32_t>((weight < 0 ? -0.5 : 0.5) + weight * one);
}

struct Kernel {
  double (*weight)(double);
  double support;
};

Kernel kernel_of(ResizeFilter filter) {
  return filter == ResizeFilter::bicubic ? Kernel{bicubic, 2.0} : Kernel{triangle, 1.0};
}

// Weights of the positions that `taps` knows the first and count of. `scratch` holds taps.stride
// doubles; `step` is that of the kernel's argument from one source position to the next.
void fill_weights(FilterTaps& taps, std::size_t position, double centre, double step,
                  const Kernel& kernel, std::vector<double>& scratch) {
  const int count = taps.count[position];
  double sum = 0.0;
  for (int k = 0; k < count; ++k)
    sum += scratch[k] = kernel.weight((k + taps.first[position] - centre + 0.5) * step);
  std::int32_t* weights = taps.weights.data() + position * static_cast<std::size_t>(taps.stride);
  for (int k = 0; k < count; ++k)
    weights[k] = fixed_point(sum != 0.0 ? scratch[k] / sum : scratch[k]);
}

}  // namespace

FilterTaps filter_taps(ResizeFilter filter, int source_size, int result_size, FilterSpan span) {
  const Kernel kernel = kernel_of(filter);
  const double scale = static_cast<double>(source_size) / result_size;
  const double filter_scale = std::max(scale, 1.0);
  const double support = kernel.support * filter_scale;
  FilterTaps taps;
  taps.stride = static_cast<int>(std::ceil(support)) * 2 + 1;
  const auto positions = static_cast<std::size_t>(span.positions);
  taps.first.resize(positions);
  taps.count.resize(positions);
  taps.weights.resize(positions * static_cast<std::size_t>(taps.stride));
  std::vector<double> scratch(static_cast<std::size_t>(taps.stride));
  for (std::size_t i = 0; i < positions; ++i) {
    const double centre = (span.from + static_cast<int>(i) + 0.5) * scale;
    const int first = std::max(0, static_cast<int>(centre - support + 0.5));
    const int end = std::min(source_size, static_cast<int>(centre + support + 0.5));
    taps.first[i] = first;
    taps.count[i] = end - first;
    fill_weights(taps, i, centre, 1.0 / filter_scale, kernel, scratch);
  }
  return taps;
}

InstructionSet best_instruction_set() {
#if defined(__x86_64__)
  static const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
  return has_avx2 ? InstructionSet::avx2 : InstructionSet::portable;
#else
  return InstructionSet::portable;
#endif
}

namespace {

// Work on one picture: rows first, then columns, each left out where the size does not change.
class Resampler {
 public:
  Resampler(const Picture& picture, const ResizeWindow& window, InstructionSet set)
      : picture_(picture), window_(window), use_avx2_(set == InstructionSet::avx2) {
    const bool whole = window.height == picture.height;
    columns_ = whole ? identity_rows()
                     : filter_taps(window.filter, picture.height, window.height,
                                   {window.y, window.window_height});
    first_row_ = columns_.first.front();
    for (int& first : columns_.first) first -= first_row_;
    row_count_ = 0;
    for (std::size_t y = 0; y < columns_.first.size(); ++y)
      row_count_ = std::max(row_count_, columns_.first[y] + columns_.count[y]);
  }

  [[nodiscard]] Picture run() const {
    if (window_.width == picture_.width) return finish(cropped_source());
    PaddedRows rows(row_bytes(), row_count_);
    resize_rows(rows);
    return finish(rows.view());
  }

 private:
  [[nodiscard]] FilterTaps identity_rows() const {
    FilterTaps taps;
    for (int y = 0; y < window_.window_height; ++y) taps.first.push_back(window_.y + y);
    taps.count.assign(taps.first.size(), 1);
    return taps;
  }

  [[nodiscard]] int row_bytes() const { return window_.window_width * picture_.channels; }

  [[nodiscard]] ByteRows source() const {
    const auto stride = static_cast<std::ptrdiff_t>(picture_.width) * picture_.channels;
    const auto skipped = static_cast<std::size_t>(first_row_ * stride);
    return {picture_.pixels.data() + skipped, stride, row_count_, picture_.pixels.size() - skipped};
  }

  [[nodiscard]] ByteRows cropped_source() const {
    ByteRows rows = source();
    const auto skipped = static_cast<std::size_t>(window_.x * picture_.channels);
    rows.data += skipped;
    rows.bytes -= skipped;
    return rows;
  }

  void resize_rows(PaddedRows& result) const {
    const FilterTaps taps = filter_taps(window_.filter, picture_.width, window_.width,
                                        {window_.x, window_.window_width});
    if (use_avx2_ && picture_.channels == 3)
      resample_rows_avx2(source(), taps, result);
    else
      resample_rows_portable(source(), picture_.channels, taps, result);
  }

  [[nodiscard]] Picture finish(const ByteRows& rows) const {
    Picture result{window_.window_width, window_.window_height, picture_.channels, {}};
    result.pixels.resize(static_cast<std::size_t>(row_bytes()) *
                         static_cast<std::size_t>(window_.window_height));
    if (window_.height == picture_.height)
      copy_rows(rows, result);
    else if (use_avx2_ && row_bytes() >= 32)
      resample_columns_avx2(rows, row_bytes(), columns_, result.pixels.data());
    else
      resample_columns_portable(rows, row_bytes(), columns_, result.pixels.data());
    return result;
  }

  void copy_rows(const ByteRows& rows, Picture& result) const {
    for (int y = 0; y < result.height; ++y) std::copy_n(rows.row(y), row_bytes(), result.row(y));
  }

  const Picture& picture_;
  const ResizeWindow& window_;
  bool use_avx2_;
  FilterTaps columns_;
  int first_row_ = 0;
  int row_count_ = 0;
};

bool is_inside(const ResizeWindow& w) {
  return w.window_width > 0 && w.window_height > 0 && w.x >= 0 && w.y >= 0 &&
         w.window_width <= w.width - w.x && w.window_height <= w.height - w.y;
}

}  // namespace

Picture resample(const Picture& picture, const ResizeWindow& window, InstructionSet set) {
  expect(picture.width > 0 && picture.height > 0, "an empty picture cannot be resized");
  expect(picture.channels == 1 || picture.channels == 3, "pictures have one or three channels");
  expect(is_inside(window), "a window lies outside the resized picture");
  return Resampler(picture, window, set).run();
}

}  // namespace skyglot
