// SPDX-License-Identifier: Apache-2.0
#include "weights/safetensors.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

fs::path safetensors_path() {
  return fs::path(testing::TempDir()) /
         testing::UnitTest::GetInstance()->current_test_info()->name();
}

std::string file_of(const std::string& header, const std::string& data) {
  std::string bytes(8, '\0');
  for (std::size_t i = 0; i < 8; ++i)
    bytes[i] = static_cast<char>((header.size() >> (8 * i)) & 0xFF);
  return bytes + header + data;
}

Safetensors parse(const std::string& bytes) {
  return parse_safetensors(std::as_bytes(std::span(bytes)), "test file");
}

std::string refusal(const std::string& bytes) {
  try {
    (void)parse(bytes);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::format);
    EXPECT_THAT(error.what(), HasSubstr("test file"));
    return error.what();
  }
  return "accepted";
}

std::string entry(const std::string& type, const std::string& shape, const std::string& offsets) {
  return R"({"dtype":")" + type + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

TEST(SafetensorsTest, GivesBackWhatWasWritten) {
  const std::vector<float> values{1, -2, 3.5F, 0, 1e-30F, 7};
  TensorMap tensors{{"b", make_tensor(values, {2, 3})},
                    {"a", make_tensor({{4.0F}}, {})},
                    {"none", make_tensor({}, {0, 5})}};
  write_safetensors(safetensors_path(), tensors, {{"format", "pt"}});
  const Safetensors back = read_safetensors(safetensors_path());
  EXPECT_EQ(back.metadata.at("format"), "pt");
  EXPECT_EQ(back.tensors.size(), 3U);
  EXPECT_EQ(to_floats(back.tensors.at("b")), values);
  EXPECT_THAT(back.tensors.at("b").shape, ElementsAre(2, 3));
  EXPECT_TRUE(back.tensors.at("a").shape.empty());
  EXPECT_EQ(back.tensors.at("none").bytes.size(), 0U);
}

TEST(SafetensorsTest, DataBeginsAtAMultipleOf64) {
  write_safetensors(safetensors_path(), {{"x", make_tensor({{1.0F}}, {1})}});
  EXPECT_EQ(read_file(safetensors_path()).size() % 64, 4U);
}

TEST(SafetensorsTest, HalvesAndBrainFloatsAreWidened) {
  const std::string header = R"({"h":)" + entry("F16", "[3]", "[0,6]") + R"(,"b":)" +
                             entry("BF16", "[1]", "[6,8]") + "}  ";
  const std::string bytes = file_of(header, std::string("\x00\x3C\x01\x00\x00\xFC\xC0\xBF", 8));
  const Safetensors file = parse(bytes);
  EXPECT_THAT(to_floats(file.tensors.at("h")), ElementsAre(1.0F, 0x1p-24F, -INFINITY));
  EXPECT_THAT(to_floats(file.tensors.at("b")), ElementsAre(-1.5F));
}

TEST(SafetensorsTest, TakesAFileWithoutTensors) {
  EXPECT_TRUE(parse(file_of("{}", "")).tensors.empty());
}

struct Broken {
  const char* name;
  std::string bytes;
  const char* message;
};

class SafetensorsRule : public testing::TestWithParam<Broken> {};

TEST_P(SafetensorsRule, IsEnforced) {
  EXPECT_THAT(refusal(GetParam().bytes), HasSubstr(GetParam().message));
}

std::string one(const std::string& type, const std::string& shape, const std::string& offsets,
                std::size_t data) {
  return file_of(R"({"x":)" + entry(type, shape, offsets) + "}", std::string(data, '\0'));
}

std::string two(const std::string& first, const std::string& second, std::size_t data) {
  return file_of(
      R"({"x":)" + entry("U8", "[4]", first) + R"(,"y":)" + entry("U8", "[4]", second) + "}",
      std::string(data, '\0'));
}

INSTANTIATE_TEST_SUITE_P(
    Published, SafetensorsRule,
    testing::Values(
        Broken{"Empty", "", "too few"}, Broken{"Seven", "1234567", "too few"},
        Broken{"HugeHeader", std::string(8, '\xFF'), "claims a header"},
        Broken{"HeaderPastEnd", file_of("{}", "").substr(0, 9), "ends outside"},
        Broken{"NoBrace", file_of(" {}", ""), "brace"},
        Broken{"NotUtf8", file_of("{\"\xFF\":1}", ""), "UTF-8"},
        Broken{"NotJson", file_of("{\"a\":", ""), "no JSON"},
        Broken{"Deep", file_of("{\"a\":" + std::string(5000, '['), ""), "deeply"},
        Broken{"Twice", file_of(R"({"__metadata__":{},"__metadata__":{}})", ""), "twice"},
        Broken{"TwiceWithin",
               file_of(R"({"x":{"dtype":"U8","dtype":"U8","shape":[0],"data_offsets":[0,0]}})", ""),
               "twice"},
        Broken{"Metadata", file_of(R"({"__metadata__":{"a":1}})", ""), "no text"},
        Broken{"Lacks", file_of(R"({"x":{"dtype":"U8","shape":[]}})", ""), "lacks"},
        Broken{"Type", one("F8_E4M3", "[4]", "[0,4]", 4), "F8_E4M3"},
        Broken{"Negative", one("U8", "[-1]", "[0,4]", 4), "no whole number"},
        Broken{"Fraction", one("U8", "[4.0]", "[0,4]", 4), "no whole number"},
        Broken{"Overflow", one("F32", "[4294967296,4294967296]", "[0,4]", 4), "impossible shape"},
        Broken{"Mismatch", one("F32", "[2]", "[0,4]", 4), "takes 8 bytes but has 4"},
        Broken{"Backwards", one("U8", "[4]", "[4,0]", 4), "lies at 4 to 0"},
        Broken{"Hole", two("[0,4]", "[5,9]", 9), "lies at 5"},
        Broken{"Overlap", two("[0,4]", "[2,6]", 6), "lies at 2"},
        Broken{"Truncated", one("U8", "[4]", "[0,4]", 3), "cut short"},
        Broken{"Surplus", one("U8", "[4]", "[0,4]", 5), "something follows"},
        Broken{"Offset", one("U8", "[4]", "[0,18446744073709551615]", 4), "no whole number"}),
    [](const auto& broken) { return std::string(broken.param.name); });

}  // namespace
}  // namespace skyglot
