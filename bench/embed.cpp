// SPDX-License-Identifier: Apache-2.0
// Pictures per second from JPEG files through a model, against the bare tower on pictures that are
// ready, in turn; the model has random weights.
//
//   embed_bench ARCHITECTURE [PICTURES [ROUNDS [BATCH [WIDTH HEIGHT]]]]     ViT-B-32, 256, 3, 32,
//   256 256
#include "embed/embed.hpp"

#include "base/numbers.hpp"
#include "base/random.hpp"
#include "pictures/jpeg.hpp"
#include "weights/architecture.hpp"
#include "weights/random_model.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <vector>

namespace skyglot {
namespace {

struct Settings {
  std::int64_t pictures = 256;
  std::int64_t rounds = 3;
  std::int64_t width = 256;
  std::int64_t height = 256;
};

// Smooth noise, so that the JPEG is of a photograph's size.
Picture landscape(int width, int height, std::uint64_t seed) {
  RandomStream random(seed, "bench");
  Picture picture{width, height, 3, {}};
  int value = 128;
  for (int i = 0; i < width * height * 3; ++i) {
    value = std::clamp(value + static_cast<int>(random.integer(-9, 9)), 0, 255);
    picture.pixels.push_back(static_cast<std::uint8_t>(value));
  }
  return picture;
}

class RepeatedSource : public PictureSource {
 public:
  RepeatedSource(const std::vector<std::string>& files, std::int64_t count)
      : files_(files), count_(static_cast<std::uint64_t>(count)) {}
  std::optional<SourcePicture> next() override {
    if (at_ == count_) return std::nullopt;
    const std::uint64_t i = at_++;
    return SourcePicture{std::to_string(i), files_[i % files_.size()], "", {}};
  }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return count_; }

 private:
  const std::vector<std::string>& files_;
  std::uint64_t count_;
  std::uint64_t at_ = 0;
};

template <typename Work>
double seconds(Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void run(const std::string& architecture, const Settings& s) {
  const ImageEncoder encoder(random_model(named_architecture(architecture), 1),
                             compute_context({}));
  const PictureModel tower = picture_model(encoder);
  std::vector<std::string> files;
  for (std::uint64_t i = 0; i < 16; ++i)
    files.push_back(
        encode_jpeg(landscape(static_cast<int>(s.width), static_cast<int>(s.height), i), 90));
  const std::vector<Picture> ready(static_cast<std::size_t>(s.pictures),
                                   landscape(tower.preparation.side, tower.preparation.side, 1));
  std::vector<double> bare;
  std::vector<double> whole;
  (void)encoder.encode(ready);
  for (std::int64_t round = 0; round < s.rounds; ++round) {
    bare.push_back(seconds([&] { (void)encoder.encode(ready); }));
    whole.push_back(seconds([&] {
      RepeatedSource source(files, s.pictures);
      embed_pictures(source, tower, {}, [](const EmbeddedPicture&) {});
    }));
  }
  const auto count = static_cast<double>(s.pictures);
  fmt::print("{}, {} x {} JPEG of {}: bare tower {:.1f}/s, embed {:.1f}/s, {:.1f} %\n",
             architecture, s.width, s.height, format_bytes(files[0].size()), count / median(bare),
             count / median(whole), 100 * median(bare) / median(whole));
}

}  // namespace
}  // namespace skyglot

int main(int argc, char** argv) {
  using namespace skyglot;
  Settings settings;
  std::int64_t* const fields[] = {&settings.pictures, &settings.rounds, &settings.width,
                                  &settings.height};
  for (int i = 2; i < argc && i < 6; ++i) *fields[i - 2] = parse_int(argv[i]).value_or(1);
  run(argc > 1 ? argv[1] : "ViT-B-32", settings);
}
