// SPDX-License-Identifier: Apache-2.0
#include "weights/checkpoint.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/mapped_file.hpp"
#include "base/strings.hpp"
#include "weights/archive_member.hpp"
#include "weights/safetensors.hpp"
#include "weights/state_dict.hpp"
#include "weights/torch_file.hpp"
#include "weights/zip_directory.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using Bytes = std::span<const std::byte>;

constexpr std::uint64_t kMaxIndex = 100'000'000;
// In the order of preference; names of transformers, open_clip and timm.
constexpr std::array<std::string_view, 6> kFolderFiles{
    "model.safetensors.index.json", "model.safetensors",           "open_clip_model.safetensors",
    "pytorch_model.bin.index.json", "open_clip_pytorch_model.bin", "pytorch_model.bin"};

bool names_quick_gelu(const PickleGraph& graph) {
  return std::ranges::any_of(graph.values, [](const PickleValue& value) {
    return value.kind == PickleValue::Kind::object && value.text.ends_with(".QuickGELU");
  });
}

Checkpoint from_torch(TorchFile file, const std::string& prefer) {
  const StateDict found = find_state_dict(file.graph, prefer, file.name);
  Checkpoint checkpoint;
  checkpoint.container = file.container;
  checkpoint.chosen = found.chosen;
  checkpoint.other_entries = found.other_entries;
  checkpoint.unreadable = found.unreadable;
  checkpoint.has_quick_gelu =
      file.container == Container::torch_script && names_quick_gelu(file.graph);
  for (const auto& [name, tensor] : found.tensors)
    checkpoint.tensors[name] = file.tensor(*tensor, name);
  return checkpoint;
}

// What a file that is no checkpoint seems to be instead.
std::string looks_like(Bytes bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()),
                              std::min<std::size_t>(bytes.size(), 512));
  const std::string lower = to_lower(trim(text));
  if (bytes.empty()) return "it is empty";
  if (lower.starts_with("version https://git-lfs"))
    return "it is a Git LFS pointer, not the file itself; fetch the file (git lfs pull)";
  if (lower.starts_with("<!doctype") || lower.starts_with("<html") || lower.starts_with("<?xml"))
    return "it is a web page, probably an error or a consent page; fetch the file again";
  if (bytes.size() > 262 &&
      std::string_view(reinterpret_cast<const char*>(bytes.data()) + 257, 5) == "ustar")
    return "it is a tar archive (torch.save of before 2017, or something packed); unpack it or "
           "save it again";
  if (lower.starts_with("\x1f\x8b")) return "it is gzip-compressed; unpack it first";
  return "it is neither safetensors nor a file of torch.save";
}

bool looks_like_safetensors(Bytes bytes) {
  return bytes.size() > 8 && static_cast<char>(bytes[8]) == '{';
}

struct PackedEntry {
  std::string name;  // empty: there is none
  std::uint64_t size = 0;
};

// Weights do not compress well; what does is made to fill the disk.
void demand_plausible(const std::string& name, const std::string& member, const ZipEntry& entry) {
  constexpr std::uint64_t kMostCompressed = 200;
  constexpr std::uint64_t kSmall = 64 << 20;
  if (entry.size > kSmall && entry.size / kMostCompressed > entry.stored_size)
    fail(ErrorKind::format, "{}: {} unpacks from {} to {} bytes, as no weights do", name, member,
         entry.stored_size, entry.size);
}

// The one entry of an ordinary zip that can be a checkpoint; none if the zip is torch's own.
PackedEntry packed_checkpoint(Bytes bytes, const std::string& name) {
  std::vector<std::string> found;
  PackedEntry packed;
  const ZipDirectory zip(bytes, name);
  for (const auto& [member, entry] : zip.entries()) {
    if (member.ends_with("/data.pkl")) return {};
    if (!is_checkpoint_name(member) || member.find("__MACOSX") != std::string::npos) continue;
    demand_plausible(name, member, entry);
    found.push_back(member);
    packed = {member, entry.size};
  }
  if (found.size() > 1)
    fail(ErrorKind::input, "{} holds several checkpoints ({}); unpack the one you want", name,
         some_of(found));
  return packed;
}

// One level deep: what is unpacked is a checkpoint itself.
Checkpoint from_packed(const fs::path& archive, const PackedEntry& packed,
                       const std::string& prefer) {
  Checkpoint checkpoint;
  with_archive_member(archive, packed.name, packed.size, [&](const fs::path& unpacked) {
    const auto file = std::make_shared<MappedFile>(unpacked);
    checkpoint =
        parse_checkpoint(file->bytes(), archive.string() + "/" + packed.name, prefer, file);
  });
  return checkpoint;
}

Checkpoint from_file(const fs::path& path, const std::string& prefer) {
  const auto file = std::make_shared<MappedFile>(path);
  const Bytes bytes = file->bytes();
  if (looks_like_zip(bytes)) {
    const PackedEntry packed = packed_checkpoint(bytes, path.string());
    if (!packed.name.empty()) return from_packed(path, packed, prefer);
  }
  return parse_checkpoint(bytes, path.string(), prefer, file);
}

// {"weight_map": {tensor: file beside the index}}.
std::map<std::string, std::vector<std::string>> tensors_by_shard(const fs::path& index) {
  const auto json = reading_json(index.string(), "fetch it again",
                                 [&] { return parse_json(read_file(index, kMaxIndex)); });
  std::map<std::string, std::vector<std::string>> shards;
  if (!json.is_object() || !json.contains("weight_map") || !json["weight_map"].is_object())
    fail(ErrorKind::format,
         "{}: no \"weight_map\" in it, so it is not the index of a sharded checkpoint",
         index.string());
  for (const auto& [tensor, file] : json["weight_map"].items()) {
    const std::string name = file.is_string() ? file.get<std::string>() : "";
    if (!is_checkpoint_name(name) || fs::path(name).filename() != name)
      fail(ErrorKind::format,
           "{}: tensor {} is said to be in \"{}\", which is no checkpoint beside it",
           index.string(), tensor, name);
    shards[name].push_back(tensor);
  }
  return shards;
}

Checkpoint from_index(const fs::path& index, const std::string& prefer) {
  Checkpoint all;
  all.container = Container::safetensors_sharded;
  for (const auto& [file, tensors] : tensors_by_shard(index)) {
    const fs::path path = index.parent_path() / file;
    Checkpoint shard = from_file(path, prefer);
    for (const std::string& name : tensors) {
      if (!shard.tensors.contains(name))
        fail(ErrorKind::format, "{}: tensor {}, which {} promises, is missing", path.string(), name,
             index.string());
      all.tensors[name] = shard.tensors.at(name);
    }
  }
  return all;
}

fs::path file_of_folder(const fs::path& folder) {
  for (const std::string_view name : kFolderFiles)
    if (fs::exists(folder / name)) return folder / name;
  fail(ErrorKind::input, "{}: no checkpoint in this folder (looked for {}); name the file itself",
       folder.string(), fmt::join(kFolderFiles, ", "));
}

}  // namespace

Checkpoint parse_checkpoint(Bytes bytes, const std::string& name, const std::string& prefer,
                            const std::shared_ptr<const void>& owner) {
  if (looks_like_zip(bytes)) return from_torch(open_torch_zip(bytes, name, owner), prefer);
  if (looks_like_legacy_torch(bytes))
    return from_torch(open_torch_legacy(bytes, name, owner), prefer);
  if (!looks_like_safetensors(bytes))
    fail(ErrorKind::format, "{}: not a checkpoint: {}", name, looks_like(bytes));
  if (!prefer.empty())
    fail(ErrorKind::usage, "{}: a safetensors file has no entry \"{}\"; leave out --take", name,
         prefer);
  Safetensors file = parse_safetensors(bytes, name, owner);
  Checkpoint checkpoint;
  checkpoint.tensors = std::move(file.tensors);
  checkpoint.metadata = std::move(file.metadata);
  return checkpoint;
}

Checkpoint open_checkpoint(const fs::path& path, const std::string& prefer) {
  const fs::path file = fs::is_directory(path) ? file_of_folder(path) : path;
  return file.extension() == ".json" ? from_index(file, prefer) : from_file(file, prefer);
}

std::string to_string(Container container) {
  constexpr std::array<std::string_view, 5> kWords{"safetensors", "sharded", "torch zip",
                                                   "TorchScript", "torch legacy"};
  return std::string(kWords.at(static_cast<std::size_t>(container)));
}

}  // namespace skyglot
