// SPDX-License-Identifier: Apache-2.0
#include "library_products.hpp"

#include "nn/blas.hpp"
#include "nn/threads.hpp"

#include <fmt/core.h>
#include <torch/torch.h>

#include <memory>
#include <utility>

#ifdef SKYGLOT_BENCH_DNNL
#include <dnnl.hpp>
#endif

namespace skyglot::bench {
namespace {

struct Shape {
  std::int64_t from, to;
};

std::vector<Shape> shapes_of(const TransformerConfig& t) {
  return {
      {t.width, 3 * t.width}, {t.width, t.width}, {t.width, t.mlp_width}, {t.mlp_width, t.width}};
}

double flop_of(std::int64_t rows, const TransformerConfig& t) {
  double flop = 0;
  for (const Shape& shape : shapes_of(t))
    flop += 2.0 * static_cast<double>(rows * shape.from * shape.to);
  return flop;
}

struct Factors {
  Factors(std::int64_t rows, const TransformerConfig& t, torch::ScalarType type) {
    for (const auto& [from, to] : shapes_of(t)) {
      inputs.push_back(torch::randn({rows, from}).to(type));
      weights.push_back(torch::randn({to, from}).to(type));
      outputs.push_back(torch::empty({rows, to}, type));
    }
  }
  std::vector<torch::Tensor> inputs, weights, outputs;
};

// Calls work(first row, rows) on every thread.
template <typename Work>
void share_rows(std::int64_t rows, const Work& work) {
  on_all_threads([&](std::int64_t index, std::int64_t count) {
    const std::int64_t first = rows * index / count;
    if (const std::int64_t few = rows * (index + 1) / count - first; few > 0)
      work(index, first, few);
  });
}

LibraryProducts by_torch(std::int64_t rows, const TransformerConfig& t, bool narrow) {
  auto f = std::make_shared<Factors>(rows, t, narrow ? torch::kBFloat16 : torch::kFloat32);
  return {loaded_blas().name, flop_of(rows, t), [f, rows] {
            share_rows(rows, [&](std::int64_t, std::int64_t first, std::int64_t few) {
              const torch::NoGradGuard no_grad;
              for (std::size_t i = 0; i < f->inputs.size(); ++i) {
                torch::Tensor out = f->outputs[i].narrow(0, first, few);
                torch::mm_out(out, f->inputs[i].narrow(0, first, few), f->weights[i].t());
              }
            });
          }};
}

#ifdef SKYGLOT_BENCH_DNNL

using dnnl::memory;

const dnnl::engine& engine() {
  static const dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
  return cpu;
}

// One product of one thread, its weights packed as the library likes them best.
class PackedProduct {
 public:
  PackedProduct(const torch::Tensor& input, const torch::Tensor& weight, memory::data_type type)
      : input_(input), output_(torch::empty({input.size(0), weight.size(0)})) {
    const memory::dims a{input.size(0), input.size(1)};
    const memory::dims b{input.size(1), weight.size(0)};
    const memory::dims c{a[0], b[1]};
    const memory::desc a_desc(a, type, memory::format_tag::ab);
    const memory::desc c_desc(c, memory::data_type::f32, memory::format_tag::ab);
    const dnnl::matmul::primitive_desc plan(
        dnnl::matmul::desc(a_desc, memory::desc(b, type, memory::format_tag::any), c_desc),
        engine());
    dnnl::stream stream(engine());
    memory plain(memory::desc(b, type, memory::format_tag::ba), engine(), weight.data_ptr());
    packed_ = memory(plan.weights_desc(), engine());
    dnnl::reorder(plain, packed_).execute(stream, plain, packed_);
    stream.wait();
    product_ = dnnl::matmul(plan);
    a_ = memory(a_desc, engine(), input_.data_ptr());
    c_ = memory(c_desc, engine(), output_.data_ptr());
  }

  void run(dnnl::stream& stream) {
    product_.execute(stream, {{DNNL_ARG_SRC, a_}, {DNNL_ARG_WEIGHTS, packed_}, {DNNL_ARG_DST, c_}});
  }

 private:
  torch::Tensor input_, output_;
  memory packed_, a_, c_;
  dnnl::matmul product_;
};

std::string dnnl_name() {
  const dnnl_version_t& v = *dnnl::version();
  return fmt::format("oneDNN {}.{}.{}", v.major, v.minor, v.patch);
}

LibraryProducts by_dnnl(std::int64_t rows, const TransformerConfig& t, bool narrow) {
  const Factors f(rows, t, narrow ? torch::kBFloat16 : torch::kFloat32);
  const auto type = narrow ? memory::data_type::bf16 : memory::data_type::f32;
  const auto count = static_cast<std::size_t>(compute_threads());
  auto products = std::make_shared<std::vector<std::vector<PackedProduct>>>(count);
  share_rows(rows, [&](std::int64_t index, std::int64_t first, std::int64_t few) {
    for (std::size_t i = 0; i < f.inputs.size(); ++i)
      (*products)[static_cast<std::size_t>(index)].emplace_back(
          f.inputs[i].narrow(0, first, few).contiguous(), f.weights[i], type);
  });
  return {dnnl_name(), flop_of(rows, t), [products, rows] {
            share_rows(rows, [&](std::int64_t index, std::int64_t, std::int64_t) {
              dnnl::stream stream(engine());
              for (PackedProduct& product : (*products)[static_cast<std::size_t>(index)])
                product.run(stream);
              stream.wait();
            });
          }};
}

#endif

}  // namespace

std::vector<LibraryProducts> library_products(std::int64_t rows, const TransformerConfig& config,
                                              bool narrow) {
  std::vector<LibraryProducts> libraries{by_torch(rows, config, narrow)};
#ifdef SKYGLOT_BENCH_DNNL
  libraries.push_back(by_dnnl(rows, config, narrow));
#endif
  return libraries;
}

}  // namespace skyglot::bench
