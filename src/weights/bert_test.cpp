// SPDX-License-Identifier: Apache-2.0
#include "weights/bert.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/strings.hpp"
#include "weights/safetensors.hpp"
#include "weights/weights_testing.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using weights_testing::test_path;

constexpr const char* kConfig = R"({"hidden_size": 4, "num_hidden_layers": 1,
  "num_attention_heads": 2, "intermediate_size": 8, "layer_norm_eps": 1e-12, "hidden_act": "gelu"})";
constexpr const char* kTokenizer = R"({"model": {"type": "WordPiece",
  "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "road": 4, "##s": 5}},
  "normalizer": {"type": "BertNormalizer", "lowercase": true, "strip_accents": null}})";

// Values that count up, so that each tells where it came from.
TensorView counting(float from, std::vector<std::int64_t> shape) {
  std::vector<float> values(byte_count(ElementType::u8, shape, "counting"));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = from + static_cast<float>(i);
  return make_tensor(values, std::move(shape));
}

TensorMap bert_tensors() {
  TensorMap tensors;
  const std::string layer = "encoder.layer.0.";
  tensors["embeddings.word_embeddings.weight"] = counting(0, {6, 4});
  tensors["embeddings.position_embeddings.weight"] = counting(100, {3, 4});
  tensors["embeddings.token_type_embeddings.weight"] = counting(1000, {2, 4});
  for (const char* part : {"weight", "bias"}) {
    tensors[fmt::format("embeddings.LayerNorm.{}", part)] = counting(1, {4});
    tensors[fmt::format("{}attention.output.LayerNorm.{}", layer, part)] = counting(2, {4});
    tensors[fmt::format("{}output.LayerNorm.{}", layer, part)] = counting(3, {4});
  }
  float from = 200;
  for (const char* which : {"query", "key", "value"}) {
    tensors[fmt::format("{}attention.self.{}.weight", layer, which)] = counting(from, {4, 4});
    tensors[fmt::format("{}attention.self.{}.bias", layer, which)] = counting(from, {4});
    from += 100;
  }
  tensors[layer + "attention.output.dense.weight"] = counting(500, {4, 4});
  tensors[layer + "attention.output.dense.bias"] = counting(500, {4});
  tensors[layer + "intermediate.dense.weight"] = counting(600, {8, 4});
  tensors[layer + "intermediate.dense.bias"] = counting(600, {8});
  tensors[layer + "output.dense.weight"] = counting(700, {4, 8});
  tensors[layer + "output.dense.bias"] = counting(700, {4});
  tensors["pooler.dense.weight"] = counting(0, {4, 4});
  return tensors;
}

void write_bert(const TensorMap& tensors, const std::string& config = kConfig,
                const std::string& tokenizer = kTokenizer) {
  make_folder(test_path());
  write_safetensors(test_path() / "model.fp16.safetensors", tensors);
  write_file_atomically(test_path() / "config.json", config);
  write_file_atomically(test_path() / "tokenizer.json", tokenizer);
}

std::string refused_bert() {
  return weights_testing::refusal([] { return read_bert(test_path()); });
}

TEST(Bert, EveryTensorFindsItsPlace) {
  write_bert(bert_tensors());
  const BertEncoder bert = read_bert(test_path());
  EXPECT_EQ(bert.transformer.norm_order, NormOrder::post);
  EXPECT_EQ(bert.transformer.layer_norm_epsilon, 1e-12);
  EXPECT_THAT(bert.pieces, ElementsAre("[PAD]", "[UNK]", "[CLS]", "[SEP]", "road", "##s"));
  const std::string block = "transformer.resblocks.0.";
  const std::vector<float> product = to_floats(bert.weights.at(block + "attn.in_proj_weight"));
  EXPECT_EQ(product.size(), 48U);
  EXPECT_EQ(product[0], 200);
  EXPECT_EQ(product[16], 300);
  EXPECT_EQ(product[32], 400);
  EXPECT_EQ(to_floats(bert.weights.at("positional_embedding"))[5], 105 + 1001);
  EXPECT_EQ(to_floats(bert.weights.at(block + "ln_1.weight"))[0], 2);
  EXPECT_EQ(to_floats(bert.weights.at(block + "ln_2.bias"))[0], 3);
  EXPECT_EQ(to_floats(bert.weights.at(block + "mlp.c_proj.weight"))[0], 700);
  EXPECT_FALSE(bert.weights.contains("pooler.dense.weight"));
}

TEST(Bert, KeepsSomePiecesInAnotherOrder) {
  write_bert(bert_tensors());
  const BertEncoder cut =
      with_pieces(read_bert(test_path()), {"[PAD]", "[UNK]", "[CLS]", "##s", "[SEP]"});
  const TensorView& table = cut.weights.at("token_embedding.weight");
  EXPECT_THAT(table.shape, ElementsAre(5, 4));
  EXPECT_EQ(to_floats(table)[12], 20);
  EXPECT_EQ(to_floats(table)[16], 12);
  EXPECT_THROW((void)with_pieces(cut, {"road"}), Error);
}

TEST(Bert, NamesWhatIsNotAsItShouldBe) {
  EXPECT_THAT(refused_bert(), HasSubstr("0 .safetensors files"));
  TensorMap tensors = bert_tensors();
  tensors.erase("encoder.layer.0.output.dense.bias");
  write_bert(tensors);
  EXPECT_THAT(refused_bert(), HasSubstr("encoder.layer.0.output.dense.bias is missing"));
  tensors = bert_tensors();
  tensors["embeddings.word_embeddings.weight"] = counting(0, {7, 4});
  write_bert(tensors);
  EXPECT_THAT(refused_bert(), HasSubstr("7 x 4 where the configuration calls for 6 x 4"));
  write_bert(bert_tensors(), replace_all(kConfig, "\"gelu\"", "\"relu\""));
  EXPECT_THAT(refused_bert(), HasSubstr("only gelu"));
  write_bert(bert_tensors(), kConfig, replace_all(kTokenizer, "WordPiece", "BPE"));
  EXPECT_THAT(refused_bert(), HasSubstr("not WordPiece"));
  write_bert(bert_tensors(), kConfig, replace_all(kTokenizer, "\"##s\": 5", "\"##s\": 4"));
  EXPECT_THAT(refused_bert(), HasSubstr("each once"));
  write_bert(bert_tensors(), kConfig, replace_all(kTokenizer, "\"##s\"", "\"a\\nb\""));
  EXPECT_THAT(refused_bert(), HasSubstr("in one line"));
  write_bert(bert_tensors(), kConfig, replace_all(kTokenizer, "true", "false"));
  EXPECT_THAT(refused_bert(), HasSubstr("keeps capitals"));
  write_bert(bert_tensors(), R"({"hidden_size": 4})");
  EXPECT_THAT(refused_bert(), HasSubstr("config.json"));
}

}  // namespace
}  // namespace skyglot
