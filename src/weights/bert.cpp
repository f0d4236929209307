// SPDX-License-Identifier: Apache-2.0
#include "weights/bert.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "weights/safetensors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostConfigBytes = 1 << 20;
constexpr std::uint64_t kMostTokenizerBytes = 64 << 20;
constexpr std::size_t kMostPieces = 1 << 22;
constexpr const char* kAnother = "give the folder of an uncased BERT with word pieces";

ReadJson read_json(const fs::path& path, std::uint64_t most) {
  if (!fs::exists(path)) fail(ErrorKind::input, "{} is missing; {}", path.string(), kAnother);
  return reading_json(path.string(), "download it again",
                      [&] { return parse_json(read_file(path, most)); });
}

fs::path weights_file(const fs::path& folder) {
  std::vector<fs::path> found;
  if (fs::is_directory(folder))
    for (const fs::directory_entry& entry : fs::directory_iterator(folder))
      if (entry.path().extension() == ".safetensors") found.push_back(entry.path());
  if (found.size() != 1)
    fail(ErrorKind::input, "{} holds {} .safetensors files where one is needed; {}",
         folder.string(), found.size(), kAnother);
  return found.front();
}

TransformerConfig read_bert_config(const fs::path& path) {
  const ReadJson json = read_json(path, kMostConfigBytes);
  return reading_json(path.string(), kAnother, [&] {
    TransformerConfig t;
    const auto whole = [&](const char* key, std::int64_t most) {
      const auto value = json.at(key).get<std::int64_t>();
      if (value < 1 || value > most)
        fail(ErrorKind::format, "{}: \"{}\" is {}", path.string(), key, value);
      return value;
    };
    t.width = whole("hidden_size", kMostWidth);
    t.layers = whole("num_hidden_layers", kMostLayers);
    t.heads = whole("num_attention_heads", kMostWidth);
    t.mlp_width = whole("intermediate_size", 8 * kMostWidth);
    t.norm_order = NormOrder::post;
    t.layer_norm_epsilon = json.value("layer_norm_eps", 1e-12);
    if (const std::string word = json.value("hidden_act", "gelu"); word != "gelu")
      fail(ErrorKind::format, "{}: \"hidden_act\" is \"{}\", only gelu is known", path.string(),
           word);
    if (const std::string word = json.value("position_embedding_type", "absolute");
        word != "absolute")
      fail(ErrorKind::format, "{}: positions are \"{}\", only absolute ones are known",
           path.string(), word);
    if (t.width % t.heads != 0 || !(t.layer_norm_epsilon > 0))
      fail(ErrorKind::format, "{}: width {}, heads {} and epsilon {} make no tower", path.string(),
           t.width, t.heads, t.layer_norm_epsilon);
    return t;
  });
}

// What word_pieces.hpp does to a text before it is cut.
void require_uncased(const ReadJson& json, const fs::path& path) {
  const ReadJson normaliser = json.value("normalizer", ReadJson::object());
  const bool lower = normaliser.is_object() && normaliser.value("lowercase", false);
  const bool keeps_accents = lower && normaliser.contains("strip_accents") &&
                             normaliser.at("strip_accents").is_boolean() &&
                             !normaliser.at("strip_accents").get<bool>();
  const std::string prefix = json.at("model").value("continuing_subword_prefix", "##");
  if (!lower || keeps_accents || prefix != "##")
    fail(ErrorKind::format,
         "{}: the tokenizer keeps capitals or accents, or marks pieces by another sign than ##; {}",
         path.string(), kAnother);
}

std::vector<std::string> read_pieces(const fs::path& path) {
  const ReadJson json = read_json(path, kMostTokenizerBytes);
  return reading_json(path.string(), kAnother, [&] {
    const ReadJson& model = json.at("model");
    if (model.at("type").get<std::string>() != "WordPiece")
      fail(ErrorKind::format, "{}: the tokenizer is {}, not WordPiece; {}", path.string(),
           model.at("type").get<std::string>(), kAnother);
    require_uncased(json, path);
    const ReadJson& vocabulary = model.at("vocab");
    if (!vocabulary.is_object() || vocabulary.size() > kMostPieces)
      fail(ErrorKind::format, "{}: \"vocab\" is no list of pieces", path.string());
    std::vector<std::string> pieces(vocabulary.size());
    for (const auto& [piece, id] : vocabulary.items()) {
      const auto place = id.get<std::int64_t>();
      if (place < 0 || place >= std::ssize(pieces) ||
          !pieces[static_cast<std::size_t>(place)].empty() || piece.empty() ||
          piece.find_first_of("\n\r") != std::string::npos)
        fail(ErrorKind::format,
             "{}: the ids of \"vocab\" are not 0 to {}, each once and of a piece in one line",
             path.string(), pieces.size() - 1);
      pieces[static_cast<std::size_t>(place)] = piece;
    }
    return pieces;
  });
}

class BertTensors {
 public:
  BertTensors(const TensorMap& tensors, std::string where)
      : tensors_(tensors), where_(std::move(where)) {
    prefix_ = tensors.contains("bert.embeddings.word_embeddings.weight") ? "bert." : "";
  }

  [[nodiscard]] std::vector<float> floats(const std::string& name,
                                          const std::vector<std::int64_t>& shape) const {
    const auto found = tensors_.find(prefix_ + name);
    if (found == tensors_.end())
      fail(ErrorKind::format, "{}: tensor {} is missing; {}", where_, name, kAnother);
    if (found->second.shape != shape)
      fail(ErrorKind::format, "{}: tensor {} is {} where the configuration calls for {}", where_,
           name, shape_text(found->second.shape), shape_text(shape));
    return to_floats(found->second);
  }

  [[nodiscard]] std::int64_t rows(const std::string& name) const {
    const auto found = tensors_.find(prefix_ + name);
    if (found == tensors_.end() || found->second.shape.size() != 2 || found->second.shape[0] < 1)
      fail(ErrorKind::format, "{}: {} is missing or no matrix; {}", where_, name, kAnother);
    return found->second.shape[0];
  }

 private:
  const TensorMap& tensors_;
  std::string where_;
  std::string prefix_;
};

// Queries, keys and values one below another, as one product makes them.
std::vector<float> joined(const BertTensors& from, const std::string& attention, const char* part,
                          const std::vector<std::int64_t>& shape) {
  std::vector<float> all;
  for (const char* which : {"query", "key", "value"}) {
    const auto one = from.floats(fmt::format("{}.self.{}.{}", attention, which, part), shape);
    all.insert(all.end(), one.begin(), one.end());
  }
  return all;
}

void take_layer(TensorMap& to, const BertTensors& from, const TransformerConfig& t,
                std::int64_t layer) {
  const std::string source = fmt::format("encoder.layer.{}.", layer);
  const std::string block = fmt::format("transformer.resblocks.{}.", layer);
  const std::int64_t width = t.width;
  const auto take = [&](const std::string& name, const std::string& of,
                        const std::vector<std::int64_t>& shape) {
    to[block + name] = make_tensor(from.floats(source + of, shape), shape);
  };
  const auto both = [&](const std::string& name, const std::string& of, std::int64_t outputs,
                        std::int64_t inputs) {
    take(name + ".weight", of + ".weight", {outputs, inputs});
    take(name + ".bias", of + ".bias", {outputs});
  };
  const auto norm = [&](const std::string& name, const std::string& of) {
    take(name + ".weight", of + ".weight", {width});
    take(name + ".bias", of + ".bias", {width});
  };
  const std::string attention = source + "attention";
  to[block + "attn.in_proj_weight"] =
      make_tensor(joined(from, attention, "weight", {width, width}), {3 * width, width});
  to[block + "attn.in_proj_bias"] =
      make_tensor(joined(from, attention, "bias", {width}), {3 * width});
  both("attn.out_proj", "attention.output.dense", width, width);
  norm("ln_1", "attention.output.LayerNorm");
  both("mlp.c_fc", "intermediate.dense", t.mlp_width, width);
  both("mlp.c_proj", "output.dense", width, t.mlp_width);
  norm("ln_2", "output.LayerNorm");
}

// Every token of a single text is of the first type.
std::vector<float> positions_of_first_type(const BertTensors& from, std::int64_t positions,
                                           std::int64_t width) {
  const std::string types = "embeddings.token_type_embeddings.weight";
  std::vector<float> rows =
      from.floats("embeddings.position_embeddings.weight", {positions, width});
  const std::vector<float> type = from.floats(types, {from.rows(types), width});
  for (std::size_t i = 0; i < rows.size(); ++i)
    rows[i] += type[i % static_cast<std::size_t>(width)];
  return rows;
}

}  // namespace

BertEncoder read_bert(const fs::path& folder) {
  const fs::path file = weights_file(folder);
  BertEncoder encoder{
      read_bert_config(folder / "config.json"), {}, read_pieces(folder / "tokenizer.json")};
  const TensorMap tensors = read_safetensors(file).tensors;
  const BertTensors from(tensors, file.string());
  const std::int64_t width = encoder.transformer.width;
  const std::string places = "embeddings.position_embeddings.weight";
  const std::vector<std::int64_t> table{std::ssize(encoder.pieces), width};
  encoder.weights["token_embedding.weight"] =
      make_tensor(from.floats("embeddings.word_embeddings.weight", table), table);
  encoder.weights["positional_embedding"] = make_tensor(
      positions_of_first_type(from, from.rows(places), width), {from.rows(places), width});
  for (const char* part : {"weight", "bias"})
    encoder.weights[fmt::format("ln_embedding.{}", part)] =
        make_tensor(from.floats(fmt::format("embeddings.LayerNorm.{}", part), {width}), {width});
  for (std::int64_t i = 0; i < encoder.transformer.layers; ++i)
    take_layer(encoder.weights, from, encoder.transformer, i);
  return encoder;
}

BertEncoder with_pieces(const BertEncoder& encoder, const std::vector<std::string>& kept) {
  std::unordered_map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < encoder.pieces.size(); ++i) places[encoder.pieces[i]] = i;
  const auto width = static_cast<std::size_t>(encoder.transformer.width);
  const std::vector<float> table = to_floats(encoder.weights.at("token_embedding.weight"));
  std::vector<float> rows;
  rows.reserve(kept.size() * width);
  for (const std::string& piece : kept) {
    const auto found = places.find(piece);
    if (found == places.end())
      fail(ErrorKind::usage, "the encoder has no piece \"{}\"; keep some of its {} pieces", piece,
           encoder.pieces.size());
    const auto row = table.begin() + static_cast<std::ptrdiff_t>(found->second * width);
    rows.insert(rows.end(), row, row + static_cast<std::ptrdiff_t>(width));
  }
  BertEncoder result = encoder;
  result.pieces = kept;
  result.weights["token_embedding.weight"] =
      make_tensor(rows, {std::ssize(kept), encoder.transformer.width});
  return result;
}

}  // namespace skyglot
