// SPDX-License-Identifier: Apache-2.0
// A source of made-up pictures and a tower of made-up weights for tests.
#pragma once

#include "base/random.hpp"
#include "embed/embed.hpp"
#include "pictures/png.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace skyglot::testing_support {

inline Picture noisy_picture(int width, int height, std::uint64_t seed) {
  RandomStream random(seed, "picture");
  Picture picture{width, height, 3, {}};
  picture.pixels.resize(static_cast<std::size_t>(width * height * 3));
  for (auto& value : picture.pixels) value = static_cast<std::uint8_t>(random.next());
  return picture;
}

/// `count` pictures, each seventh of them damaged.
class NoisySource : public PictureSource {
 public:
  explicit NoisySource(int count, std::string prefix = "p", std::uint64_t seed = 0)
      : count_(count), prefix_(std::move(prefix)), seed_(seed) {}

  std::optional<SourcePicture> next() override {
    if (at_ == count_) return std::nullopt;
    const int i = at_++;
    SourcePicture picture{
        .id = prefix_ + std::to_string(i) + ".png", .bytes = {}, .problem = {}, .beside = {}};
    picture.bytes =
        encode_png(noisy_picture(20 + i % 5, 16, seed_ + static_cast<std::uint64_t>(i)));
    picture.beside["number"] = std::to_string(i);
    if (i % 7 == 3) picture.bytes.resize(40);
    return picture;
  }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return count_; }

 private:
  int count_;
  std::string prefix_;
  std::uint64_t seed_;
  int at_ = 0;
};

constexpr std::size_t kFakeAtOnce = 7;

/// Four numbers of each picture that also depend, a little, on how many share its pass, as matrix
/// products of different shapes do.
inline Matrix fake_encode(std::span<const Picture> pictures) {
  Matrix rows(static_cast<std::int64_t>(pictures.size()), 4);
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const auto row = rows.row(static_cast<std::int64_t>(i));
    for (std::size_t k = 0; k < pictures[i].pixels.size(); ++k)
      row[k % 4] += static_cast<float>(pictures[i].pixels[k]);
    const std::size_t first = i / kFakeAtOnce * kFakeAtOnce;
    row[0] += static_cast<float>(std::min(kFakeAtOnce, pictures.size() - first));
  }
  return rows;
}

inline PictureModel fake_tower() {
  return {fake_encode, {.side = 8}, kFakeAtOnce, 1};
}

}  // namespace skyglot::testing_support
