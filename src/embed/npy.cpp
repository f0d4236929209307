// SPDX-License-Identifier: Apache-2.0
#include "embed/npy.hpp"

#include "base/error.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"
#include "embed/tensor_rows.hpp"
#include "weights/tensor.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

namespace skyglot {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kAlignment = 64;
constexpr std::size_t kLongestHeader = 65536;

struct NpyHeader {
  ElementType type = ElementType::f32;
  bool columns_first = false;
  std::vector<std::int64_t> shape;
};

// The header is a Python dictionary; exactly the three keys NumPy writes are understood.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  NpyHeader parse() {
    NpyHeader header;
    int seen = 0;
    take('{');
    while (!next_is('}')) {
      seen |= parse_entry(header);
      if (!next_is('}')) take(',');
    }
    take('}');
    if (!trim(text_).empty() || seen != 7) damaged();
    return header;
  }

 private:
  int parse_entry(NpyHeader& header) {
    const std::string_view key = quoted();
    take(':');
    if (key == "descr") {
      header.type = element_type(quoted());
      return 1;
    }
    if (key == "fortran_order") {
      header.columns_first = boolean();
      return 2;
    }
    if (key != "shape") damaged();
    take('(');
    while (!next_is(')')) {
      header.shape.push_back(number());
      if (!next_is(')')) take(',');
    }
    take(')');
    return 4;
  }

  [[nodiscard]] ElementType element_type(std::string_view word) const {
    static const std::map<std::string_view, ElementType> types{
        {"<f2", ElementType::f16}, {"<f4", ElementType::f32}, {"<f8", ElementType::f64},
        {"<i8", ElementType::i64}, {"<i4", ElementType::i32}, {"<i2", ElementType::i16},
        {"|i1", ElementType::i8},  {"|u1", ElementType::u8}};
    if (const auto found = types.find(word); found != types.end()) return found->second;
    fail(ErrorKind::format,
         "{}: values of type '{}'; save them as little-endian float32 (array.astype('<f4'))", name_,
         word);
  }

  bool next_is(char c) {
    text_ = trim(text_);
    return text_.starts_with(c);
  }

  void take(char c) {
    if (!next_is(c)) damaged();
    text_.remove_prefix(1);
  }

  std::string_view quoted() {
    const char quote = next_is('"') ? '"' : '\'';
    take(quote);
    const std::size_t end = text_.find(quote);
    if (end == std::string_view::npos) damaged();
    const std::string_view word = text_.substr(0, end);
    text_.remove_prefix(end + 1);
    return word;
  }

  bool boolean() {
    text_ = trim(text_);
    for (const bool value : {true, false}) {
      const std::string_view word = value ? "True" : "False";
      if (!text_.starts_with(word)) continue;
      text_.remove_prefix(word.size());
      return value;
    }
    damaged();
  }

  std::int64_t number() {
    text_ = trim(text_);
    const std::size_t length = std::min(text_.find_first_not_of("0123456789"), text_.size());
    const auto value = parse_int(text_.substr(0, length));
    if (length == 0 || !value) damaged();
    text_.remove_prefix(length);
    return *value;
  }

  [[noreturn]] void damaged() const { fail(ErrorKind::format, "{}: damaged .npy header", name_); }

  std::string_view text_;
  const std::string& name_;
};

std::size_t little_endian(std::string_view bytes) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    value |= static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  return value;
}

// Splits off the dictionary; `bytes` is left with the values.
std::string_view take_header(std::string_view& bytes, const std::string& name) {
  if (!bytes.starts_with(kMagic) || bytes.size() < 12)
    fail(ErrorKind::format, "{}: not a .npy file", name);
  const char version = bytes[6];
  if (version < 1 || version > 3)
    fail(ErrorKind::format, "{}: .npy version {}, which is unknown", name,
         static_cast<int>(version));
  const std::size_t width = version == 1 ? 2 : 4;
  const std::size_t length = little_endian(bytes.substr(8, width));
  const std::size_t begin = 8 + width;
  if (length > kLongestHeader || length > bytes.size() - begin)
    fail(ErrorKind::format, "{}: truncated .npy header", name);
  const std::string_view header = bytes.substr(begin, length);
  bytes.remove_prefix(begin + length);
  return header;
}

// The array, in the order of the file.
TensorView array_of(const NpyHeader& header, std::string_view bytes,
                    std::shared_ptr<const void> owner, const std::string& name) {
  const std::size_t expected = byte_count(header.type, header.shape, name);
  if (bytes.size() != expected)
    fail(ErrorKind::format, "{}: {} values take {} bytes, but there are {}", name,
         shape_text(header.shape), expected, bytes.size());
  return {header.type, header.shape, std::as_bytes(std::span(bytes.data(), bytes.size())),
          std::move(owner)};
}

}  // namespace

std::string npy_header(std::int64_t rows, std::int64_t columns) {
  std::string dictionary =
      fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", rows, columns);
  const std::size_t unpadded = kMagic.size() + 4 + dictionary.size() + 1;
  dictionary.append((kAlignment - unpadded % kAlignment) % kAlignment, ' ');
  dictionary += '\n';
  std::string header(kMagic);
  header += '\x01';
  header += '\0';
  header += static_cast<char>(dictionary.size() & 0xFF);
  header += static_cast<char>(dictionary.size() >> 8);
  return header + dictionary;
}

RowSource npy_rows(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                   const std::string& name) {
  std::string_view text = as_text(bytes);
  const NpyHeader header = HeaderParser(take_header(text, name), name).parse();
  if (header.shape.size() != 2)
    fail(ErrorKind::format, "{}: not a matrix, for it has {} dimensions", name,
         header.shape.size());
  if (header.shape[1] == 0) fail(ErrorKind::format, "{}: a matrix without columns", name);
  const TensorView array = array_of(header, text, std::move(owner), name);
  return header.columns_first ? tensor_rows_by_column(array) : tensor_rows(array);
}

std::vector<float> parse_npy_list(std::span<const std::byte> bytes, const std::string& name) {
  std::string_view text = as_text(bytes);
  const NpyHeader header = HeaderParser(take_header(text, name), name).parse();
  if (std::ranges::count_if(header.shape, [](std::int64_t side) { return side != 1; }) > 1)
    fail(ErrorKind::format, "{}: {} numbers where a list was expected", name,
         shape_text(header.shape));
  return to_floats(array_of(header, text, nullptr, name));
}

}  // namespace skyglot
