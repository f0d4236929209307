// SPDX-License-Identifier: Apache-2.0
#include "nn/frozen_blocks.hpp"

#include "base/error.hpp"
#include "nn/threads.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace skyglot {
namespace {

// Rows of floats or bfloat16, not initialised; pairs of bfloat16 need an even stride.
class Rows {
 public:
  Rows(std::int64_t rows, std::int64_t width, bool narrow)
      : stride_(width + width % 2),
        bytes_(new std::byte[static_cast<std::size_t>(rows * stride_) * (narrow ? 2 : 4)]) {}

  [[nodiscard]] std::int64_t stride() const { return stride_; }
  [[nodiscard]] const void* data() const { return bytes_.get(); }
  template <typename Element>
  [[nodiscard]] Element* row(std::int64_t i) const {
    return reinterpret_cast<Element*>(bytes_.get()) + i * stride_;
  }

 private:
  std::int64_t stride_;
  std::unique_ptr<std::byte[]> bytes_;
};

// The residual stream and what leaves a product are float32; what enters one is of type Element.
template <typename Element>
class BlocksRun {
 public:
  BlocksRun(const FrozenBlocks& blocks, const TokenRun& run)
      : t_(blocks),
        run_(run),
        width_(blocks.width),
        rows_(run.sequences * run.length),
        normed_(rows_, width_, kNarrow),
        hidden_(rows_, blocks.hidden, kNarrow),
        qkv_(rows_, 3 * width_, false) {}

  void run() {
    if (t_.post_norm) share(rows_, [&](auto first, auto count) { copy_tokens(first, count); });
    for (std::size_t i = 0; i + 1 < t_.blocks.size(); ++i) run_block(t_.blocks[i]);
    run_last(t_.blocks.back());
  }

 private:
  static constexpr bool kNarrow = std::is_same_v<Element, BFloat16>;

  void run_block(const FrozenBlock& block) {
    normalise_before(block.norm_1_gain, block.norm_1_shift);
    multiply(block.qkv, normed_, {qkv_.row<float>(0), qkv_.stride(), false});
    attend_all(block);
    finish_block(block);
  }

  void run_last(const FrozenBlock& block) {
    normalise_before(block.norm_1_gain, block.norm_1_shift);
    multiply(block.kv, normed_, {qkv_.row<float>(0) + width_, qkv_.stride(), false});
    if (run_.keys != nullptr) write_keys(block);
    if (run_.own_values) {
      take_own_values(block);
    } else if (run_.pooled != nullptr) {
      attend_pooled(block);
    } else {
      multiply(block.q, normed_, {qkv_.row<float>(0), qkv_.stride(), false});
      attend_all(block);
    }
    finish_block(block);
    add_last_bias();
  }

  // From the attention's result to the end; the last bias waits for the next norm.
  void finish_block(const FrozenBlock& block) {
    add_product(block.out, normed_, block.out_bias);
    normalise_after(block.norm_1_gain, block.norm_1_shift);
    normalise_before(block.norm_2_gain, block.norm_2_shift);
    activate(block);
    add_product(block.fc2, hidden_, block.fc2_bias);
    normalise_after(block.norm_2_gain, block.norm_2_shift);
  }

  struct Output {
    float* values;
    std::int64_t stride;
    bool add;
  };

  void multiply(const FrozenMatrix& weight, const Rows& a, const Output& to) const {
    Product product;
    product.a = a.data();
    product.a_stride = a.stride();
    product.rows = rows_;
    product.out = to.values;
    product.out_stride = to.stride;
    product.add = to.add;
    weight.multiply(product);
  }

  void add_product(const FrozenMatrix& weight, const Rows& a, const std::vector<float>& bias) {
    multiply(weight, a, {run_.tokens, width_, true});
    bias_ = bias.data();
  }

  template <typename Work>
  static void share(std::int64_t items, const Work& work) {
    on_all_threads([&](std::int64_t index, std::int64_t count) {
      const std::int64_t first = items * index / count;
      work(first, items * (index + 1) / count - first);
    });
  }

  [[nodiscard]] kernels::NormPass norm_pass(const std::vector<float>& gain,
                                            const std::vector<float>& shift, std::int64_t first,
                                            std::int64_t count) const {
    kernels::NormPass pass;
    pass.x = run_.tokens + first * width_;
    pass.bias = bias_;
    pass.gain = gain.data();
    pass.shift = shift.data();
    pass.rows = count;
    pass.width = width_;
    pass.out_stride = normed_.stride();
    pass.epsilon = t_.norm_epsilon;
    return pass;
  }

  // Pre-norm: what the next product takes. Post-norm: that is there already.
  void normalise_before(const std::vector<float>& gain, const std::vector<float>& shift) {
    if (t_.post_norm) return;
    share(rows_, [&](std::int64_t first, std::int64_t count) {
      kernels::add_and_normalise(norm_pass(gain, shift, first, count), normed_.row<Element>(first));
    });
    bias_ = nullptr;
  }

  // Post-norm: of the sum, which goes on as such and into the next product.
  void normalise_after(const std::vector<float>& gain, const std::vector<float>& shift) {
    if (!t_.post_norm) return;
    share(rows_, [&](std::int64_t first, std::int64_t count) {
      kernels::NormPass pass = norm_pass(gain, shift, first, count);
      pass.out_stride = width_;
      kernels::add_and_normalise(pass, pass.x);
      copy_tokens(first, count);
    });
    bias_ = nullptr;
  }

  // Tokens as what a product takes.
  void copy_tokens(std::int64_t first, std::int64_t count) const {
    for (std::int64_t row = first; row < first + count; ++row)
      for (std::int64_t i = 0; i < width_; ++i)
        if constexpr (kNarrow)
          normed_.row<Element>(row)[i] = round_to_bfloat16(run_.tokens[row * width_ + i]);
        else
          normed_.row<Element>(row)[i] = run_.tokens[row * width_ + i];
  }

  void add_last_bias() {
    if (bias_ == nullptr) return;
    for (std::int64_t row = 0; row < rows_; ++row)
      for (std::int64_t i = 0; i < width_; ++i) run_.tokens[row * width_ + i] += bias_[i];
  }

  struct Activation {
    kernels::Gelu kind;
    const float* bias;
    const Rows& hidden;
  };

  static void activate_tile(const void* context, const FinishedTile& tile) {
    const auto& to = *static_cast<const Activation*>(context);
    kernels::GeluPass pass;
    pass.kind = to.kind;
    pass.values = tile.sums;
    pass.bias = to.bias + tile.first_column;
    pass.rows = tile.rows;
    pass.width = tile.columns;
    pass.stride = tile.stride;
    pass.out_stride = to.hidden.stride();
    kernels::bias_gelu(pass, to.hidden.template row<Element>(tile.first_row) + tile.first_column);
  }

  // hidden = gelu(normed * fc1), each tile as soon as it is there.
  void activate(const FrozenBlock& block) {
    const Activation activation{t_.activation, block.fc1_bias.data(), hidden_};
    Product product;
    product.a = normed_.data();
    product.a_stride = normed_.stride();
    product.rows = rows_;
    product.finish = activate_tile;
    product.context = &activation;
    block.fc1.multiply(product);
  }

  // A head of a sequence whose queries stand beside the keys and values.
  kernels::AttentionHead<Element> head_of(const FrozenBlock& block, std::int64_t sequence,
                                          std::int64_t column) const {
    kernels::AttentionHead<Element> h;
    h.stride = h.query_stride = qkv_.stride();
    h.query = qkv_.row<float>(sequence * run_.length) + column;
    h.key = h.query + width_;
    h.value = h.key + width_;
    h.query_bias = block.qkv_bias.data() + column;
    h.key_bias = h.query_bias + width_;
    h.value_bias = h.key_bias + width_;
    h.out_stride = normed_.stride();
    h.length = run_.lengths == nullptr ? run_.length : run_.lengths[sequence];
    h.queries = run_.length;
    h.head_width = width_ / t_.heads;
    h.scale = static_cast<float>(1 / std::sqrt(static_cast<double>(h.head_width)));
    h.causal = t_.causal;
    return h;
  }

  // Calls attend() on every head of every sequence; `place` says which queries and where to.
  template <typename Place>
  void attend_heads(const FrozenBlock& block, const Place& place) {
    const std::int64_t head_width = width_ / t_.heads;
    share(run_.sequences * t_.heads, [&](std::int64_t first, std::int64_t count) {
      std::vector<float> scratch(
          static_cast<std::size_t>(kernels::attention_scratch(run_.length, head_width)));
      for (std::int64_t i = first; i < first + count; ++i) {
        const std::int64_t column = i % t_.heads * head_width;
        auto head = head_of(block, i / t_.heads, column);
        place(head, i / t_.heads, column);
        kernels::attend(head, scratch.data());
      }
    });
  }

  // Attention of all tokens into normed_.
  void attend_all(const FrozenBlock& block) {
    attend_heads(block, [&](auto& head, std::int64_t sequence, std::int64_t column) {
      head.out = normed_.row<Element>(sequence * run_.length) + column;
    });
  }

  // Attention of one token a sequence; from here on only these rows are carried.
  void attend_pooled(const FrozenBlock& block) {
    const std::int64_t all = std::exchange(rows_, run_.sequences);
    Rows queries(rows_, width_, false);
    for (std::int64_t i = 0; i < rows_; ++i) {
      const std::int64_t row = i * run_.length + run_.pooled[i];
      expect(row < all && run_.pooled[i] >= 0, "a pooled token outside its sequence");
      std::copy_n(normed_.row<Element>(row), width_, normed_.row<Element>(i));
      std::copy_n(run_.tokens + row * width_, width_, run_.tokens + i * width_);
    }
    multiply(block.q, normed_, {queries.row<float>(0), queries.stride(), false});
    attend_heads(block, [&](auto& head, std::int64_t sequence, std::int64_t column) {
      head.query = queries.row<float>(sequence) + column;
      head.query_stride = queries.stride();
      head.first_query = run_.pooled[sequence];
      head.queries = 1;
      head.out = normed_.row<Element>(sequence) + column;
    });
  }

  void take_own_values(const FrozenBlock& block) {
    share(rows_, [&](std::int64_t first, std::int64_t count) {
      for (std::int64_t row = first; row < first + count; ++row)
        for (std::int64_t i = 0; i < width_; ++i) {
          const float value = qkv_.row<float>(row)[2 * width_ + i] +
                              block.qkv_bias[static_cast<std::size_t>(2 * width_ + i)];
          if constexpr (kNarrow)
            normed_.row<Element>(row)[i] = round_to_bfloat16(value);
          else
            normed_.row<Element>(row)[i] = value;
        }
    });
  }

  void write_keys(const FrozenBlock& block) const {
    for (std::int64_t row = 0; row < rows_; ++row)
      for (std::int64_t i = 0; i < width_; ++i)
        run_.keys[row * width_ + i] =
            qkv_.row<float>(row)[width_ + i] + block.qkv_bias[static_cast<std::size_t>(width_ + i)];
  }

  const FrozenBlocks& t_;
  const TokenRun& run_;
  const std::int64_t width_;
  std::int64_t rows_;            // that are carried on
  Rows normed_;                  // what enters a product
  Rows hidden_;                  // likewise
  Rows qkv_;                     // queries, keys, values
  const float* bias_ = nullptr;  // of a product that stands in the tokens without it
};

}  // namespace

void run_blocks(const FrozenBlocks& blocks, const TokenRun& run) {
  expect(!blocks.blocks.empty(), "a transformer without blocks");
  expect(!run.own_values || run.pooled == nullptr, "own values of a pooled token");
  if (run.sequences == 0) return;
  for (std::int64_t i = 0; run.lengths != nullptr && i < run.sequences; ++i)
    expect(run.lengths[i] >= 1 && run.lengths[i] <= run.length, "a length outside its sequence");
  if (blocks.blocks.front().out.takes_bfloat16())
    BlocksRun<BFloat16>(blocks, run).run();
  else
    BlocksRun<float>(blocks, run).run();
}

}  // namespace skyglot
