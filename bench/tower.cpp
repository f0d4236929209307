// SPDX-License-Identifier: Apache-2.0
// Pictures per second of an image tower with random weights, beside the rate of the fastest library
// on the bare matrix products of its shapes and what the processor's units can multiply and add
// when nothing is loaded, in the same process and on as many threads. Prints one JSON line;
// bench/tower.sh runs it in turn with others. Usage: tower_bench [B32|L14|ViT-H-14|...] [batch]
// [fp32|bf16] [seconds]
#include "nn/blas.hpp"
#include "nn/encoder.hpp"
#include "nn/product_choice.hpp"
#include "nn/threads.hpp"
#include "weights/architecture.hpp"
#include "weights/random_model.hpp"

#include "library_products.hpp"
#include "peak.hpp"
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace skyglot;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Seconds of the fastest of the runs that fit into `budget` (at least three).
template <typename Work>
double fastest(double budget, Work&& work) {
  work();
  double best = 1e30;
  const double end = now() + budget;
  for (int runs = 0; runs < 3 || now() < end; ++runs) {
    const double start = now();
    work();
    best = std::min(best, now() - start);
  }
  return best;
}

// An image tower; the text tower is as small as it may be, for it is not timed.
ModelConfig config_of(const std::string& name) {
  ModelConfig config = named_architecture(name == "B32"   ? "ViT-B-32"
                                          : name == "L14" ? "ViT-L-14"
                                                          : name);
  config.text = TextConfig{{64, 1, 1, 64}, 77, 49408};
  config.set_activation(Activation::quick_gelu);
  return config;
}

// Multiply-adds counted twice, of the whole model: products, attention, patch embedding,
// projection.
double flop_per_picture(const ModelConfig& config) {
  const TransformerConfig& t = config.vision.transformer;
  const auto width = static_cast<double>(t.width);
  const auto grid = static_cast<double>(config.vision.image_size / config.vision.patch_size);
  const double tokens = grid * grid + 1;
  const auto patch = static_cast<double>(3 * config.vision.patch_size * config.vision.patch_size);
  const double block =
      2 * tokens * (4 * width * width + 2 * width * static_cast<double>(t.mlp_width)) +
      4 * tokens * tokens * width;
  return static_cast<double>(t.layers) * block + 2 * grid * grid * patch * width +
         2 * width * static_cast<double>(config.embedding_width);
}

}  // namespace

int main(int argc, char** argv) {
  restart_with_better_core(argv);
  const std::string name = argc > 1 ? argv[1] : "B32";
  const std::int64_t batch = argc > 2 ? std::atoll(argv[2]) : 64;
  const std::string precision = argc > 3 ? argv[3] : "fp32";
  const double seconds = argc > 4 ? std::atof(argv[4]) : 5;
  const ComputeOptions options{Device::cpu, parse_precision(precision), 0};
  const auto context = compute_context(options);
  const auto threads = context->use();
  const ModelConfig config = config_of(name);
  const ImageEncoder encoder(random_model(config, 1), context);
  std::vector<Picture> pictures(static_cast<std::size_t>(batch), Picture{224, 224, 3, {}});
  for (Picture& picture : pictures) picture.pixels.assign(224 * 224 * 3, 128);

  const std::int64_t grid = 224 / config.vision.patch_size;
  const bool narrow = options.precision == Precision::bf16 && product_choice().bfloat16 != nullptr;
  std::vector<bench::LibraryProducts> libraries =
      bench::library_products(batch * (grid * grid + 1), config.vision.transformer, narrow);
  const bench::MultiplyAdds peak = bench::peak_multiply_adds(narrow);
  const auto multiply_and_add = [&] {
    on_all_threads([&](std::int64_t, std::int64_t) { peak.run(); });
  };
  const auto forward = [&] { static_cast<void>(encoder.encode(pictures)); };
  // Half before and half after, so that a machine that slows down does not flatter us.
  std::vector<double> library_seconds(libraries.size(), 1e30);
  double peak_seconds = 1e30;
  const auto measure_others = [&] {
    for (std::size_t i = 0; i < libraries.size(); ++i)
      library_seconds[i] = std::min(library_seconds[i], fastest(seconds / 4, libraries[i].run));
    peak_seconds = std::min(peak_seconds, fastest(seconds / 10, multiply_and_add));
  };
  measure_others();
  const double picture = fastest(seconds, forward) / static_cast<double>(batch);
  measure_others();

  const auto best =
      static_cast<std::size_t>(std::ranges::min_element(library_seconds) - library_seconds.begin());
  std::string rates;
  for (std::size_t i = 0; i < libraries.size(); ++i)
    rates += fmt::format("{}\"{}\":{:.1f}", i == 0 ? "" : ",", libraries[i].name,
                         libraries[i].flop / library_seconds[i] / 1e9);
  const double library_rate = libraries[best].flop / library_seconds[best];
  const double peak_rate = peak.flop * static_cast<double>(compute_threads()) / peak_seconds;
  const double rate = flop_per_picture(config) / picture;
  fmt::print(
      "{{\"model\":\"{}\",\"batch\":{},\"precision\":\"{}\",\"kernel\":\"{}\","
      "\"images_per_s\":{:.3f},\"gflops\":{:.1f},\"libraries\":{{{}}},\"best_library\":\"{}\","
      "\"of_library\":{:.3f},\"peak_gflops\":{:.1f},\"of_peak\":{:.3f}}}\n",
      name, batch, computed_as(options), computed_with(options), 1 / picture, rate / 1e9, rates,
      libraries[best].name, rate / library_rate, peak_rate / 1e9, rate / peak_rate);
}
