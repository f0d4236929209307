// SPDX-License-Identifier: Apache-2.0
// Microseconds of one core to make a model's input from a decoded picture; resize_vs_pillow.py
// drives it.
//
//   resize_bench WIDTH HEIGHT SIDE SECONDS           microseconds a picture on stdout
//   resize_bench WIDTH HEIGHT SIDE SECONDS RAW OUT   RGB bytes from RAW; the result's bytes to OUT
#include "pictures/resize.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/numbers.hpp"
#include "base/random.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace skyglot {
namespace {

int number(const char* text) {
  return static_cast<int>(parse_int(text).value_or(0));
}

Picture noise(int width, int height) {
  RandomStream random(1, "bench");
  Picture picture{width, height, 3, {}};
  picture.pixels.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
  for (auto& value : picture.pixels) value = static_cast<std::uint8_t>(random.next());
  return picture;
}

double best_microseconds(const Picture& picture, int side, double seconds) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  double best = 1e30;
  while (Clock::now() < end) {
    const auto start = Clock::now();
    (void)resize_and_centre_crop(picture, side);
    best = std::min(best, std::chrono::duration<double, std::micro>(Clock::now() - start).count());
  }
  return best;
}

void run(const std::vector<const char*>& arguments) {
  if (arguments.size() != 4 && arguments.size() != 6)
    fail(ErrorKind::usage, "usage: resize_bench WIDTH HEIGHT SIDE SECONDS [RAW OUT]");
  Picture picture = noise(number(arguments[0]), number(arguments[1]));
  const int side = number(arguments[2]);
  if (arguments.size() == 6) {
    const std::string raw = read_file(arguments[4]);
    expect(raw.size() == picture.pixels.size(), "RAW has another size");
    std::ranges::copy(raw, picture.pixels.begin());
    const Picture result = resize_and_centre_crop(picture, side);
    write_file_atomically(
        arguments[5], {reinterpret_cast<const char*>(result.pixels.data()), result.pixels.size()});
  }
  fmt::print("{:.1f}\n", best_microseconds(picture, side, parse_double(arguments[3]).value_or(1)));
}

}  // namespace
}  // namespace skyglot

int main(int argc, char** argv) {
  try {
    skyglot::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
