// SPDX-License-Identifier: Apache-2.0
#include "embed/vectors.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/mapped_file.hpp"
#include "base/strings.hpp"
#include "base/unicode.hpp"
#include "embed/npy.hpp"
#include "embed/tensor_rows.hpp"
#include "weights/checkpoint.hpp"
#include "weights/tensor.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <string_view>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::int64_t>::max();
constexpr const char* kRemedy = "embed the pictures again";

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  text = without_mark(text);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.emplace_back(text.substr(begin, end - begin));
    if (lines.back().ends_with('\r')) lines.back().pop_back();
    begin = end + 1;
  }
  return lines;
}

std::vector<std::string> read_ids(const fs::path& path) {
  return lines_of(read_file(path, kNoLimit));
}

void demand_ids(const Embeddings& embeddings, const fs::path& ids) {
  if (static_cast<std::int64_t>(embeddings.ids.size()) != embeddings.vectors.rows())
    fail(ErrorKind::format, "{}: {} ids for {} vectors", ids.string(), embeddings.ids.size(),
         embeddings.vectors.rows());
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
         json.at("sha256").get<std::string>(), json.value("ids_sha256", "")},
        json.value("about", Json::object())};
  });
}

[[noreturn]] void fail_changed(const fs::path& file) {
  fail(ErrorKind::format, "{}: not what embeddings.json speaks of; {}", file.string(), kRemedy);
}

RowSource map_halves(const fs::path& file, const VectorsFacts& facts) {
  if (facts.rows < 0 || facts.columns < 1)
    fail(ErrorKind::format, "{}: impossible size", file.string());
  const auto mapped = std::make_shared<const MappedFile>(file);
  const std::vector<std::int64_t> shape{facts.rows, facts.columns};
  if (mapped->bytes().size() != byte_count(ElementType::f16, shape, file.string()) ||
      sha256(as_text(mapped->bytes())) != facts.sha256)
    fail_changed(file);
  return tensor_rows({ElementType::f16, shape, mapped->bytes(), mapped});
}

// Vectors written by older versions do not tell the hash of their ids.
std::vector<std::string> read_stated_ids(const fs::path& file, const VectorsFacts& facts) {
  const std::string text = read_file(file, kNoLimit);
  if (!facts.ids_sha256.empty() && sha256(text) != facts.ids_sha256) fail_changed(file);
  return lines_of(text);
}

Embeddings read_folder(const fs::path& folder) {
  const FolderFacts facts = read_facts(folder / "embeddings.json");
  Embeddings result{read_stated_ids(folder / "ids.txt", facts.vectors),
                    map_halves(folder / "vectors.f16", facts.vectors), facts.about};
  demand_ids(result, folder / "ids.txt");
  return result;
}

Embeddings read_npy(const fs::path& path) {
  const auto mapped = std::make_shared<const MappedFile>(path);
  Embeddings result{{}, npy_rows(mapped->bytes(), mapped, path.string()), {}};
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
  return {{}, tensor_rows(*matrix), {}};
}

}  // namespace

fs::path ids_beside(const fs::path& npy) {
  return npy.string() + ".ids.txt";
}

std::string stored_id(std::string id) {
  for (char& c : id)
    if (c == '\n' || c == '\r') c = '_';
  return id;
}

std::string ids_text(const std::vector<std::string>& ids) {
  std::string text;
  for (const std::string& id : ids) text += stored_id(id) + "\n";
  return text;
}

namespace {

// Equal texts of different passes differ in their last bits.
bool is_same(const Matrix& one, const Matrix& other) {
  constexpr float kTolerance = 1e-3F;
  float largest = 0;
  for (const float value : one.values) largest = std::max(largest, std::abs(value));
  return std::ranges::equal(one.values, other.values, [&](float a, float b) {
    return std::abs(a - b) <= kTolerance * largest;
  });
}

}  // namespace

IdIndex::IdIndex(const Embeddings& embeddings, const std::string& where) {
  for (std::size_t i = 0; i < embeddings.ids.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    const auto [at, is_new] = rows_.emplace(embeddings.ids[i], row);
    if (is_new ||
        is_same(embeddings.vectors.block(at->second, 1), embeddings.vectors.block(row, 1)))
      continue;
    fail(ErrorKind::input,
         "{}: rows {} and {} are both called '{}', but they differ; embed the pictures again with "
         "ids that tell them apart",
         where, at->second, row, embeddings.ids[i]);
  }
}

std::optional<std::int64_t> IdIndex::find(const std::string& id) const {
  const auto found = rows_.find(id);
  return found == rows_.end() ? std::nullopt : std::optional(found->second);
}

Json embeddings_json(const VectorsFacts& facts, const Json& about) {
  return {{"schema", 1},
          {"count", facts.rows},
          {"dimension", facts.columns},
          {"element", "f16"},
          {"vectors", "vectors.f16"},
          {"ids", "ids.txt"},
          {"sha256", facts.sha256},
          {"ids_sha256", facts.ids_sha256},
          {"about", about.is_null() ? Json::object() : about}};
}

std::vector<float> read_numbers(const fs::path& path) {
  if (to_lower(path.extension().string()) == ".npy")
    return parse_npy_list(MappedFile(path).bytes(), path.string());
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

}  // namespace skyglot
