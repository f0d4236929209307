// SPDX-License-Identifier: Apache-2.0
// Pictures per second of an image tower with random weights, beside the rate of the bare matrix
// products of its shapes in the same process. Prints one JSON line; bench/tower.sh runs it in turn
// with the same model in Python. Usage: tower_bench [B32|L14|ViT-H-14|...] [batch] [fp32|bf16]
// [seconds]
#include "nn/random_model.hpp"
#include "nn/vision_tower.hpp"
#include "weights/architecture.hpp"

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

// The products of one block on `rows` tokens.
struct BlockProducts {
  BlockProducts(std::int64_t rows, const TransformerConfig& t, torch::ScalarType type)
      : shapes{{t.width, 3 * t.width},
               {t.width, t.width},
               {t.width, t.mlp_width},
               {t.mlp_width, t.width}} {
    for (const auto& [from, to] : shapes) {
      inputs.push_back(torch::randn({rows, from}).to(type));
      weights.push_back(torch::randn({to, from}).to(type));
      outputs.push_back(torch::empty({rows, to}, type));
      flop += 2.0 * static_cast<double>(rows * from * to);
    }
  }
  void operator()() {
    for (std::size_t i = 0; i < shapes.size(); ++i)
      torch::mm_out(outputs[i], inputs[i], weights[i].t());
  }
  std::vector<std::pair<std::int64_t, std::int64_t>> shapes;
  std::vector<torch::Tensor> inputs, weights, outputs;
  double flop = 0;
};

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
  const std::string name = argc > 1 ? argv[1] : "B32";
  const std::int64_t batch = argc > 2 ? std::atoll(argv[2]) : 64;
  const std::string precision = argc > 3 ? argv[3] : "fp32";
  const double seconds = argc > 4 ? std::atof(argv[4]) : 5;
  const ComputeOptions options{Device::cpu, parse_precision(precision), 0};
  prepare_compute(options);
  const torch::NoGradGuard no_grad;
  const ModelConfig config = config_of(name);
  const VisionTower tower(random_model(config, 1), options);
  std::vector<Picture> pictures(static_cast<std::size_t>(batch), Picture{224, 224, 3, {}});
  for (Picture& picture : pictures) picture.pixels.assign(224 * 224 * 3, 128);

  const std::int64_t grid = 224 / config.vision.patch_size;
  const bool narrow = options.precision == Precision::bf16 && cpu_multiplies_bfloat16();
  BlockProducts products(batch * (grid * grid + 1), config.vision.transformer,
                         narrow ? torch::kBFloat16 : torch::kFloat32);
  const auto forward = [&] { static_cast<void>(tower.embed(pictures)); };
  // Half of the products before and half after, so that a machine that slows down does not flatter
  // us.
  double product = fastest(seconds / 4, products);
  const double picture = fastest(seconds, forward) / static_cast<double>(batch);
  product = std::min(product, fastest(seconds / 4, products));

  const double gemm_rate = products.flop / product;
  const double full_rate = flop_per_picture(config) / picture;
  fmt::print(
      "{{\"model\":\"{}\",\"batch\":{},\"precision\":\"{}\",\"images_per_s\":{:.3f},"
      "\"gflops\":{:.1f},\"product_gflops\":{:.1f},\"share\":{:.3f}}}\n",
      name, batch, precision, 1 / picture, full_rate / 1e9, gemm_rate / 1e9, full_rate / gemm_rate);
}
