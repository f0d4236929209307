// SPDX-License-Identifier: Apache-2.0
#include "embed/vectors.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"
#include "embed/half.hpp"
#include "embed/npy.hpp"
#include "weights/checkpoint.hpp"
#include "weights/tensor.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::int64_t>::max();
constexpr const char* kRemedy = "embed the pictures again";

std::vector<std::string> read_ids(const fs::path& path) {
  const std::string text = read_file(path, kNoLimit);
  std::vector<std::string> ids;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    ids.push_back(text.substr(begin, end - begin));
    if (ids.back().ends_with('\r')) ids.back().pop_back();
    begin = end + 1;
  }
  return ids;
}

void demand_ids(const Embeddings& embeddings, const fs::path& ids) {
  if (static_cast<std::int64_t>(embeddings.ids.size()) != embeddings.vectors.rows)
    fail(ErrorKind::format, "{}: {} ids for {} vectors", ids.string(), embeddings.ids.size(),
         embeddings.vectors.rows);
}

struct FolderFacts {
  VectorsFacts vectors;
  Json about;
};

FolderFacts read_facts(const fs::path& file) {
  if (!fs::exists(file))
    fail(ErrorKind::input,
         "{}: no embeddings.json, so these are no (finished) embeddings of skyglot",
         file.parent_path().string());
  return reading_json(file.string(), kRemedy, [&] {
    const Json json = parse_json<Json>(read_file(file));
    if (json.at("schema") != 1 || json.at("element") != "f16")
      fail(ErrorKind::format, "{}: written by a newer skyglot", file.string());
    return FolderFacts{
        {json.at("count").get<std::int64_t>(), json.at("dimension").get<std::int64_t>(),
         json.at("sha256").get<std::string>()},
        json.value("about", Json::object())};
  });
}

Matrix read_halves(const fs::path& file, const VectorsFacts& facts) {
  const std::string bytes = read_file(file, kNoLimit);
  if (facts.rows < 0 || facts.columns < 1)
    fail(ErrorKind::format, "{}: impossible size", file.string());
  const std::size_t expected =
      checked_product(checked_product(static_cast<std::size_t>(facts.rows),
                                      static_cast<std::size_t>(facts.columns), file.string()),
                      2, file.string());
  if (bytes.size() != expected || sha256(bytes) != facts.sha256)
    fail(ErrorKind::format, "{}: not the vectors that embeddings.json speaks of; {}", file.string(),
         kRemedy);
  Matrix matrix;
  matrix.rows = facts.rows;
  matrix.cols = facts.columns;
  matrix.values = to_floats({ElementType::f16,
                             {facts.rows, facts.columns},
                             std::as_bytes(std::span(bytes.data(), bytes.size())),
                             nullptr});
  return matrix;
}

Embeddings read_folder(const fs::path& folder) {
  const FolderFacts facts = read_facts(folder / "embeddings.json");
  Embeddings result{read_ids(folder / "ids.txt"),
                    read_halves(folder / "vectors.f16", facts.vectors), facts.about};
  demand_ids(result, folder / "ids.txt");
  return result;
}

Embeddings read_npy(const fs::path& path) {
  Embeddings result{{}, parse_npy(read_file(path, kNoLimit), path.string()), {}};
  const fs::path ids = ids_beside(path);
  if (!fs::exists(ids)) return result;
  result.ids = read_ids(ids);
  demand_ids(result, ids);
  return result;
}

Embeddings read_tensor(const fs::path& path) {
  const Checkpoint checkpoint = open_checkpoint(path);
  std::vector<const TensorView*> matrices;
  std::vector<std::string> names;
  for (const auto& [name, tensor] : checkpoint.tensors) {
    names.push_back(name + " (" + shape_text(tensor.shape) + ")");
    if (tensor.shape.size() == 2) matrices.push_back(&tensor);
  }
  if (matrices.size() != 1)
    fail(ErrorKind::format, "{}: embeddings are one matrix, but it holds: {}", path.string(),
         names.empty() ? "nothing" : some_of(names));
  const TensorView* matrix = matrices.front();
  if (matrix->shape[1] == 0) fail(ErrorKind::format, "{}: a matrix without columns", path.string());
  Embeddings result;
  result.vectors.rows = matrix->shape[0];
  result.vectors.cols = matrix->shape[1];
  result.vectors.values = to_floats(*matrix);
  return result;
}

}  // namespace

fs::path ids_beside(const fs::path& npy) {
  return npy.string() + ".ids.txt";
}

std::string ids_text(const std::vector<std::string>& ids) {
  std::string text;
  for (const std::string& id : ids) {
    for (const char c : id) text += c == '\n' || c == '\r' ? '_' : c;
    text += '\n';
  }
  return text;
}

Json embeddings_json(const VectorsFacts& facts, const Json& about) {
  return {{"schema", 1},
          {"count", facts.rows},
          {"dimension", facts.columns},
          {"element", "f16"},
          {"vectors", "vectors.f16"},
          {"ids", "ids.txt"},
          {"sha256", facts.sha256},
          {"about", about.is_null() ? Json::object() : about}};
}

std::vector<float> read_numbers(const fs::path& path) {
  if (to_lower(path.extension().string()) == ".npy")
    return parse_npy_list(read_file(path, kNoLimit), path.string());
  const Checkpoint checkpoint = open_checkpoint(path);
  if (checkpoint.tensors.size() != 1)
    fail(ErrorKind::format, "{}: {} tensors where one list of numbers was expected", path.string(),
         checkpoint.tensors.size());
  return to_floats(checkpoint.tensors.begin()->second);
}

Embeddings read_embeddings(const fs::path& path) {
  if (fs::is_directory(path)) return read_folder(path);
  if (!fs::exists(path)) fail(ErrorKind::input, "no embeddings at {}", path.string());
  const std::string kind = to_lower(path.extension().string());
  if (kind == ".npy") return read_npy(path);
  if (kind == ".pt" || kind == ".pth" || kind == ".safetensors") return read_tensor(path);
  fail(ErrorKind::input,
       "{}: embeddings are a folder written by 'skyglot embed', a .npy, a .pt or a .safetensors",
       path.string());
}

void write_embeddings(const fs::path& folder, const Embeddings& embeddings) {
  make_folder(folder);
  const std::string bytes = half_bytes(embeddings.vectors.values);
  write_file_atomically(folder / "vectors.f16", bytes);
  write_file_atomically(folder / "ids.txt", ids_text(embeddings.ids));
  const VectorsFacts facts{embeddings.vectors.rows, embeddings.vectors.cols, sha256(bytes)};
  write_file_atomically(folder / "embeddings.json",
                        json_text(embeddings_json(facts, embeddings.about), 2) + "\n");
}

void write_npy(const fs::path& path, const Embeddings& embeddings) {
  const Matrix& matrix = embeddings.vectors;
  if (!embeddings.ids.empty()) write_file_atomically(ids_beside(path), ids_text(embeddings.ids));
  AtomicFile file(path);
  file.write(npy_header(matrix.rows, matrix.cols));
  file.write(
      {reinterpret_cast<const char*>(matrix.values.data()), matrix.values.size() * sizeof(float)});
  file.commit();
}

}  // namespace skyglot
