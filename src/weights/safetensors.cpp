// SPDX-License-Identifier: Apache-2.0
// Rules: https://github.com/huggingface/safetensors (format section and the reference validator).
#include "weights/safetensors.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/mapped_file.hpp"
#include "base/strings.hpp"

#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

namespace skyglot {
namespace {

constexpr std::size_t kLengthBytes = 8;
constexpr std::uint64_t kMaxHeader = 100'000'000;
constexpr std::size_t kAlignment = 64;
constexpr int kDeepestHeader = 4;
constexpr std::size_t kMaxValues = 20'000'000;  // keeps the header's tree below a gigabyte
constexpr const char* kMetadata = "__metadata__";

template <typename... Args>
[[noreturn]] void reject_header(const std::string& name, fmt::format_string<Args...> text,
                                Args&&... args) {
  fail(ErrorKind::format, "{}: not a sound safetensors file: {}; fetch or write it again", name,
       fmt::format(text, std::forward<Args>(args)...));
}

// A tensor as the header has it; offsets count from the end of the header.
struct Entry {
  std::string name;
  ElementType type;
  std::vector<std::int64_t> shape;
  std::uint64_t begin;
  std::uint64_t end;
};

std::string_view header_text(std::span<const std::byte> bytes, const std::string& name) {
  if (bytes.size() < kLengthBytes)
    reject_header(name, "{} bytes are too few for a header", bytes.size());
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i)
    length |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
  if (length > kMaxHeader) reject_header(name, "it claims a header of {} bytes", length);
  if (length > bytes.size() - kLengthBytes)
    reject_header(name, "the header of {} bytes ends outside the {} bytes of the file", length,
                  bytes.size());
  return {reinterpret_cast<const char*>(bytes.data()) + kLengthBytes,
          static_cast<std::size_t>(length)};
}

// Watches the parser for what a tree no longer shows: a key given twice, depth and sheer number.
class HeaderGuard {
 public:
  explicit HeaderGuard(const std::string& name) : name_(name) {}

  bool operator()(int depth, ReadJson::parse_event_t event, const ReadJson& parsed) {
    if (depth > kDeepestHeader) reject_header(name_, "its header is nested too deeply");
    if (++values_ > kMaxValues) reject_header(name_, "its header holds too many values");
    const auto level = static_cast<std::size_t>(depth);
    if (event == ReadJson::parse_event_t::object_start) keys_[level + 1].clear();
    if (event == ReadJson::parse_event_t::key &&
        !keys_[level].insert(parsed.get_ref<const std::string&>()).second)
      reject_header(name_, "its header names {} twice", parsed.get_ref<const std::string&>());
    return true;
  }

 private:
  const std::string& name_;
  std::size_t values_ = 0;
  std::array<std::set<std::string>, kDeepestHeader + 2> keys_;
};

ReadJson parse_header(std::string_view text, const std::string& name) {
  if (!text.starts_with('{')) reject_header(name, "its header does not begin with a brace");
  if (!is_utf8(text)) reject_header(name, "its header is not UTF-8");
  HeaderGuard guard(name);
  try {
    return ReadJson::parse(text, std::ref(guard));
  } catch (const ReadJson::exception& error) {
    reject_header(name, "its header is no JSON ({})", error.what());
  }
}

std::map<std::string, std::string> read_metadata(const ReadJson& json, const std::string& name) {
  std::map<std::string, std::string> metadata;
  if (!json.is_object()) reject_header(name, "{} is no object", kMetadata);
  for (const auto& [key, value] : json.items()) {
    if (!value.is_string()) reject_header(name, "{} entry {} is no text", kMetadata, key);
    metadata[key] = value.get<std::string>();
  }
  return metadata;
}

std::uint64_t unsigned_of(const ReadJson& json, const std::string& name,
                          const std::string& tensor) {
  if (!json.is_number_unsigned() || json.get<std::uint64_t>() > INT64_MAX)
    reject_header(name, "tensor {} has a size or offset that is no whole number", tensor);
  return json.get<std::uint64_t>();
}

ElementType read_type(const ReadJson& json, const std::string& name, const std::string& tensor) {
  const auto word = json.is_string() ? json.get<std::string>() : std::string();
  const auto type = parse_element_type(word);
  if (!type)
    fail(ErrorKind::format,
         "{}: tensor {} has element type \"{}\", which skyglot does not read; convert "
         "it to F32, F16 or BF16",
         name, tensor, word);
  return *type;
}

Entry read_entry(const std::string& tensor, const ReadJson& json, const std::string& name) {
  if (!json.is_object() || !json.contains("dtype") || !json.contains("shape") ||
      !json.contains("data_offsets"))
    reject_header(name, "tensor {} lacks dtype, shape or data_offsets", tensor);
  const ReadJson& shape = json["shape"];
  const ReadJson& offsets = json["data_offsets"];
  if (!shape.is_array() || !offsets.is_array() || offsets.size() != 2)
    reject_header(name, "tensor {} has a shape or data_offsets of the wrong form", tensor);
  Entry entry{tensor,
              read_type(json["dtype"], name, tensor),
              {},
              unsigned_of(offsets[0], name, tensor),
              unsigned_of(offsets[1], name, tensor)};
  for (const ReadJson& side : shape)
    entry.shape.push_back(static_cast<std::int64_t>(unsigned_of(side, name, tensor)));
  return entry;
}

// Tensors must lie end to end from the header to the end of the file.
void check_layout(std::vector<Entry> entries, std::uint64_t data_size, const std::string& name) {
  std::ranges::sort(entries, {}, [](const Entry& e) { return std::pair(e.begin, e.end); });
  std::uint64_t at = 0;
  for (const Entry& e : entries) {
    if (e.begin != at || e.end < e.begin)
      reject_header(name, "tensor {} lies at {} to {} where {} was due", e.name, e.begin, e.end,
                    at);
    const std::size_t bytes = byte_count(e.type, e.shape, name + ": " + e.name);
    if (bytes != e.end - e.begin)
      reject_header(name, "tensor {} of {} {} takes {} bytes but has {}", e.name, to_string(e.type),
                    shape_text(e.shape), bytes, e.end - e.begin);
    at = e.end;
  }
  if (at != data_size)
    reject_header(name, "its tensors end at byte {} of {}: {}", at, data_size,
                  at > data_size ? "the file is cut short" : "something follows them");
}

std::string header_json(const TensorMap& tensors,
                        const std::map<std::string, std::string>& metadata) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header[kMetadata] = metadata;
  std::uint64_t at = 0;
  for (const auto& [name, tensor] : tensors) {
    expect(tensor.bytes.size() == byte_count(tensor.type, tensor.shape, name),
           "a tensor's bytes match its shape");
    header[name] = {{"dtype", to_string(tensor.type)},
                    {"shape", tensor.shape},
                    {"data_offsets", {at, at + tensor.bytes.size()}}};
    at += tensor.bytes.size();
  }
  std::string text = json_text(header);
  text.append((kAlignment - (text.size() + kLengthBytes) % kAlignment) % kAlignment, ' ');
  return text;
}

std::string length_bytes(std::uint64_t length) {
  std::string bytes;
  for (std::size_t i = 0; i < kLengthBytes; ++i)
    bytes += static_cast<char>((length >> (8 * i)) & 0xFFU);
  return bytes;
}

}  // namespace

Safetensors parse_safetensors(std::span<const std::byte> bytes, const std::string& name,
                              std::shared_ptr<const void> owner) {
  const std::string_view text = header_text(bytes, name);
  const auto data = bytes.subspan(kLengthBytes + text.size());
  const ReadJson header = parse_header(text, name);
  Safetensors result;
  std::vector<Entry> entries;
  for (const auto& [key, value] : header.items()) {
    if (key == kMetadata)
      result.metadata = read_metadata(value, name);
    else
      entries.push_back(read_entry(key, value, name));
  }
  check_layout(entries, data.size(), name);
  for (Entry& e : entries)
    result.tensors[e.name] = {e.type, std::move(e.shape), data.subspan(e.begin, e.end - e.begin),
                              owner};
  return result;
}

Safetensors read_safetensors(const std::filesystem::path& path) {
  const auto file = std::make_shared<MappedFile>(path);
  return parse_safetensors(file->bytes(), path.string(), file);
}

void write_safetensors(const std::filesystem::path& path, const TensorMap& tensors,
                       const std::map<std::string, std::string>& metadata) {
  const std::string header = header_json(tensors, metadata);
  AtomicFile file(path);
  file.write(length_bytes(header.size()));
  file.write(header);
  for (const auto& [name, tensor] : tensors)
    file.write({reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size()});
  file.commit();
}

}  // namespace skyglot
