// SPDX-License-Identifier: Apache-2.0
// Agreement of BERT text towers and their tokenizer with transformers on the committed fixture
// (make_sentence_fixture.py): the same pieces, cosine 0.9999. What people write is words here, the
// names of special tokens too; transformers takes those for the tokens themselves.
#include "base/atomic_file.hpp"
#include "base/json.hpp"
#include "nn/encoder.hpp"
#include "nn/small_clip.hpp"
#include "nn/tensors.hpp"
#include "tests/parity/features.hpp"
#include "tests/parity/figures.hpp"
#include "weights/bert.hpp"
#include "weights/join_towers.hpp"
#include "weights/random_model.hpp"
#include "weights/safetensors.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace skyglot::testing_support {
namespace {

namespace fs = std::filesystem;

fs::path sentences() {
  return unpacked(fs::path(SKYGLOT_SOURCE_DIR) / "tests/parity/fixtures/sentences.tar.xz",
                  "sentences");
}

constexpr std::int64_t kContext = 40;

// All pieces, framed as our towers want them: [SEP] is the last.
BertEncoder framed() {
  const BertEncoder bert = read_bert(sentences() / "bert");
  std::vector<std::string> kept;
  for (const std::string& piece : bert.pieces)
    if (piece != "[SEP]") kept.push_back(piece);
  kept.emplace_back("[SEP]");
  return with_pieces(bert, kept);
}

// What comes out of the blocks, unprojected.
TextEncoder text_encoder() {
  const BertEncoder bert = framed();
  const std::int64_t width = bert.transformer.width;
  JoinOptions options;
  options.embedding_width = width;
  options.context_length = kContext;
  StoredModel model = join_towers(random_model(small_vit(), 1), bert, options);
  std::vector<float> identity(static_cast<std::size_t>(width * width), 0);
  for (std::int64_t i = 0; i < width; ++i) identity[static_cast<std::size_t>(i * width + i)] = 1;
  model.weights["text_projection"] = make_tensor(identity, {width, width});
  return {model, compute_context({})};
}

TEST(Sentences, AreCutIntoTheSamePieces) {
  const TextEncoder encoder = text_encoder();
  const std::vector<std::string> texts = parse_json(read_file(sentences() / "texts.json"));
  const std::vector<std::vector<std::int64_t>> ids =
      parse_json(read_file(sentences() / "ids.json"));
  const std::vector<std::string> theirs = read_bert(sentences() / "bert").pieces;
  const std::vector<std::string> ours = framed().pieces;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    std::vector<std::string> expected;
    for (const std::int64_t id : ids[i])
      expected.push_back(theirs.at(static_cast<std::size_t>(id)));
    std::vector<std::string> got;
    for (const TokenId id : encoder.tokenizer().context(texts[i], kContext))
      if (id != 0) got.push_back(ours.at(static_cast<std::size_t>(id)));
    EXPECT_EQ(got, expected) << texts[i];
  }
}

TEST(Sentences, MeanWhatTheOriginalMakesOfThem) {
  const std::vector<std::string> texts = parse_json(read_file(sentences() / "texts.json"));
  Matrix rows = text_encoder().encode(texts);
  const torch::Tensor ours = torch::from_blob(rows.values.data(), {rows.rows, rows.cols});
  const auto expected = read_safetensors(sentences() / "expected.safetensors").tensors;
  EXPECT_GT(lowest_token_cosine(ours, expected.at("means")), 0.9999);
  // Its length too: no norm was left out.
  EXPECT_LT((ours - to_torch(expected.at("means"))).abs().max().item<double>(), 1e-4);
}

}  // namespace
}  // namespace skyglot::testing_support
