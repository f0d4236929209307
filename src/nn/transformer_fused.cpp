// SPDX-License-Identifier: Apache-2.0
// The forward without gradients: library matrix products, our kernels for all that lies between.
#include "base/error.hpp"
#include "nn/kernels.hpp"
#include "nn/transformer.hpp"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace skyglot {
namespace {

// The residual stream stays in float32; what enters and leaves a product is of type Element.
template <typename Element>
constexpr auto kElementType = torch::kFloat32;
template <>
constexpr auto kElementType<kernels::BFloat16> = torch::kBFloat16;

template <typename Element>
Element* data_of(const torch::Tensor& tensor) {
  return static_cast<Element*>(tensor.data_ptr());
}

const float* floats_of(const torch::Tensor& tensor) {
  return tensor.data_ptr<float>();
}

// Calls work(first, count) on shares of `rows` by all threads.
template <typename Work>
void share_rows(std::int64_t rows, const Work& work) {
  at::parallel_for(0, rows, 8,
                   [&](std::int64_t begin, std::int64_t end) { work(begin, end - begin); });
}

template <typename Element>
class FusedRun {
 public:
  FusedRun(const Transformer& transformer, torch::Tensor tokens)
      : transformer_(transformer),
        sequences_(tokens.size(0)),
        length_(tokens.size(1)),
        width_(tokens.size(2)),
        x_(tokens.view({sequences_ * length_, width_})) {
    const std::int64_t hidden = transformer.blocks.front().fc1_weight.size(0);
    const auto options = x_.options().dtype(kElementType<Element>);
    normed_ = torch::empty({x_.size(0), width_}, options);
    // The q, k, v of a block are dead when its hidden layer is made.
    wide_ = torch::empty({x_.size(0) * std::max(hidden, 3 * width_)}, options);
  }

  TransformerResult run(const TransformerRequest& request) {
    const auto& blocks = transformer_.blocks;
    for (std::size_t i = 0; i + 1 < blocks.size(); ++i) run_block(blocks[i]);
    return run_last(blocks.back(), request);
  }

 private:
  void run_block(const BlockWeights& block) {
    normalise(block.norm_1_gain, block.norm_1_shift);
    const torch::Tensor qkv = product(normed_, block.qkv_weight);
    attend_all(block, qkv);
    add_product(normed_, block.out_weight, block.out_bias);
    feed_forward(block);
  }

  TransformerResult run_last(const BlockWeights& block, const TransformerRequest& request) {
    TransformerResult result;
    normalise(block.norm_1_gain, block.norm_1_shift);
    if (request.pooled) {
      const torch::Tensor kv = product(normed_, block.qkv_weight.narrow(0, width_, 2 * width_));
      if (request.keys) result.keys = keys_of(block, kv.narrow(1, 0, width_));
      attend_pooled(block, kv, *request.pooled);
    } else {
      const torch::Tensor qkv = product(normed_, block.qkv_weight);
      if (request.keys) result.keys = keys_of(block, qkv.narrow(1, width_, width_));
      attend_all(block, qkv);
    }
    add_product(normed_, block.out_weight, block.out_bias);
    feed_forward(block);
    add_pending();
    result.tokens = request.pooled ? x_ : x_.view({sequences_, length_, width_});
    return result;
  }

  void feed_forward(const BlockWeights& block) {
    normalise(block.norm_2_gain, block.norm_2_shift);
    const torch::Tensor hidden = product(normed_, block.fc1_weight);
    activate(block, hidden);
    add_product(hidden, block.fc2_weight, block.fc2_bias);
  }

  // a * weight^T into the wide buffer.
  torch::Tensor product(const torch::Tensor& a, const torch::Tensor& weight) {
    const std::int64_t rows = a.size(0);
    torch::Tensor out = wide_.narrow(0, 0, rows * weight.size(0)).view({rows, weight.size(0)});
    return torch::mm_out(out, a, weight.t());
  }

  // x += a * weight^T at once in float32, or with the next norm; the bias always with the next
  // norm.
  void add_product(const torch::Tensor& a, const torch::Tensor& weight, const torch::Tensor& bias) {
    if constexpr (std::is_same_v<Element, float>) {
      x_.addmm_(a, weight.t());
    } else {
      added_ = torch::mm(a, weight.t());
    }
    bias_ = bias;
  }

  void normalise(const torch::Tensor& gain, const torch::Tensor& shift) {
    const Element* added = added_.defined() ? data_of<Element>(added_) : nullptr;
    Element* out = data_of<Element>(normed_);
    share_rows(x_.size(0), [&](std::int64_t first, std::int64_t count) {
      const std::int64_t at = first * width_;
      const kernels::NormPass pass{x_.data_ptr<float>() + at,
                                   bias_.defined() ? floats_of(bias_) : nullptr,
                                   floats_of(gain),
                                   floats_of(shift),
                                   count,
                                   width_,
                                   static_cast<float>(transformer_.norm_epsilon)};
      kernels::add_and_normalise(pass, added == nullptr ? nullptr : added + at, out + at);
    });
    bias_ = torch::Tensor();
    added_ = torch::Tensor();
  }

  void add_pending() {
    x_.add_(bias_);
    if (added_.defined()) x_.add_(added_);
  }

  void activate(const BlockWeights& block, const torch::Tensor& hidden) {
    const auto kind = transformer_.activation == Activation::quick_gelu ? kernels::Gelu::quick
                                                                        : kernels::Gelu::exact;
    const std::int64_t columns = hidden.size(1);
    share_rows(hidden.size(0), [&](std::int64_t first, std::int64_t count) {
      kernels::bias_gelu(kind, floats_of(block.fc1_bias), count, columns,
                         data_of<Element>(hidden) + first * columns);
    });
  }

  // All but the queries; `keys` are rows that hold a token's keys and, width_ further, its values.
  kernels::AttentionHead<Element> head_of(const BlockWeights& block, const torch::Tensor& keys,
                                          std::int64_t sequence, std::int64_t head) const {
    const std::int64_t head_width = width_ / transformer_.heads;
    kernels::AttentionHead<Element> h;
    h.stride = keys.stride(0);
    h.key = data_of<Element>(keys) + sequence * length_ * h.stride + head * head_width;
    h.value = h.key + width_;
    h.query_bias = floats_of(block.qkv_bias) + head * head_width;
    h.key_bias = h.query_bias + width_;
    h.value_bias = h.key_bias + width_;
    h.out_stride = width_;
    h.length = length_;
    h.head_width = head_width;
    h.scale = static_cast<float>(1 / std::sqrt(static_cast<double>(head_width)));
    h.causal = transformer_.causal;
    return h;
  }

  // Calls attend() on every head of every sequence; `place` says which queries and where to.
  template <typename Place>
  void attend_heads(const BlockWeights& block, const torch::Tensor& keys, const Place& place) {
    const std::int64_t heads = transformer_.heads;
    at::parallel_for(0, sequences_ * heads, 1, [&](std::int64_t begin, std::int64_t end) {
      std::vector<float> scratch(
          static_cast<std::size_t>(kernels::attention_scratch(length_, width_ / heads)));
      for (std::int64_t i = begin; i < end; ++i) {
        auto head = head_of(block, keys, i / heads, i % heads);
        place(head, i / heads, i % heads * head.head_width);
        kernels::attend(head, scratch.data());
      }
    });
  }

  // Attention of all tokens into normed_.
  void attend_all(const BlockWeights& block, const torch::Tensor& qkv) {
    const torch::Tensor keys = qkv.narrow(1, width_, 2 * width_);
    attend_heads(block, keys, [&](auto& head, std::int64_t sequence, std::int64_t column) {
      head.query = data_of<Element>(qkv) + sequence * length_ * 3 * width_ + column;
      head.query_stride = 3 * width_;
      head.queries = length_;
      head.out = data_of<Element>(normed_) + sequence * length_ * width_ + column;
    });
  }

  // Attention of one token a sequence; from here on only these rows are carried.
  void attend_pooled(const BlockWeights& block, const torch::Tensor& kv,
                     const torch::Tensor& pooled) {
    const torch::Tensor index = pooled.to(torch::kInt64).contiguous();
    const torch::Tensor rows = torch::arange(sequences_, index.options()) * length_ + index;
    const torch::Tensor queries =
        torch::mm(normed_.index_select(0, rows), block.qkv_weight.narrow(0, 0, width_).t());
    normed_ = normed_.narrow(0, 0, sequences_);
    attend_heads(block, kv, [&](auto& head, std::int64_t sequence, std::int64_t column) {
      head.query = data_of<Element>(queries) + sequence * width_ + column;
      head.query_stride = width_;
      head.first_query = index.data_ptr<std::int64_t>()[sequence];
      head.queries = 1;
      head.out = data_of<Element>(normed_) + sequence * width_ + column;
    });
    x_ = x_.index_select(0, rows);
  }

  torch::Tensor keys_of(const BlockWeights& block, const torch::Tensor& keys) const {
    const torch::Tensor biased =
        keys.to(torch::kFloat32) + block.qkv_bias.narrow(0, width_, width_);
    return biased.view({sequences_, length_, width_});
  }

  const Transformer& transformer_;
  std::int64_t sequences_;
  std::int64_t length_;
  std::int64_t width_;
  torch::Tensor x_;       // the residual stream, one row a token
  torch::Tensor normed_;  // what enters a product
  torch::Tensor wide_;    // what leaves the wide ones
  torch::Tensor added_;   // a product not yet in x_
  torch::Tensor bias_;    // its bias
};

}  // namespace

TransformerResult run_fused(const Transformer& transformer, torch::Tensor tokens,
                            const TransformerRequest& request) {
  expect(!transformer.blocks.empty(), "a transformer without blocks");
  expect(tokens.is_contiguous() && tokens.scalar_type() == torch::kFloat32, "fused tokens");
  if (tokens.size(0) == 0)
    return {request.pooled ? tokens.view({0, tokens.size(2)}) : tokens, tokens};
  if (transformer.blocks.front().qkv_weight.scalar_type() == torch::kBFloat16)
    return FusedRun<kernels::BFloat16>(transformer, tokens).run(request);
  return FusedRun<float>(transformer, tokens).run(request);
}

}  // namespace skyglot
