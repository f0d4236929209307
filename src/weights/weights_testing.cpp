// SPDX-License-Identifier: Apache-2.0
#include "weights/weights_testing.hpp"

#include "base/atomic_file.hpp"
#include "base/random.hpp"
#include "tests/support/shared_data.hpp"
#include "weights/safetensors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <zlib.h>

namespace skyglot::weights_testing {
namespace {

namespace fs = std::filesystem;

std::string little(std::uint64_t number, std::size_t width) {
  std::string bytes;
  for (std::size_t i = 0; i < width; ++i) bytes += static_cast<char>((number >> (8 * i)) & 0xFF);
  return bytes;
}

std::uint32_t crc_of(const std::string& bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

// Flags, method, time and date; then CRC, sizes and the lengths of name and extra field.
std::string common_fields(const std::string& name, const std::string& data, bool large,
                          std::size_t extra) {
  const std::uint64_t size = large ? 0xFFFFFFFF : data.size();
  return little(0, 2) + little(0, 2) + little(0, 4) + little(crc_of(data), 4) + little(size, 4) +
         little(size, 4) + little(name.size(), 2) + little(extra, 2);
}

std::string directory_entry(const std::string& name, const std::string& data, std::size_t at,
                            bool large) {
  const std::string extra = large ? little(1, 2) + little(24, 2) + little(data.size(), 8) +
                                        little(data.size(), 8) + little(at, 8)
                                  : "";
  return "PK\x01\x02" + little(20, 2) + little(20, 2) +
         common_fields(name, data, large, extra.size()) + little(0, 2) + little(0, 2) +
         little(0, 2) + little(0, 4) + little(large ? 0xFFFFFFFF : at, 4) + name + extra;
}

// The zip64 record and its locator, which stand before the end record.
std::string end_of_large(std::size_t count, std::size_t size, std::size_t at) {
  return "PK\x06\x06" + little(44, 8) + little(45, 2) + little(45, 2) + little(0, 8) +
         little(count, 8) + little(count, 8) + little(size, 8) + little(at, 8) + "PK\x06\x07" +
         little(0, 4) + little(at + size, 8) + little(1, 4);
}

std::string number_opcodes(std::int64_t number) {
  return "\x8a\x08" + little(static_cast<std::uint64_t>(number), 8);
}

std::string tuple_opcodes(const std::vector<std::int64_t>& numbers) {
  std::string opcodes = "(";
  for (const std::int64_t number : numbers) opcodes += number_opcodes(number);
  return opcodes + "t";
}

}  // namespace

ModelConfig small_vit() {
  ModelConfig config;
  config.kind = ModelKind::vit;
  config.vision.transformer = {64, 2, 1, 256};
  config.vision.patch_size = 4;
  config.vision.image_size = 8;
  config.embedding_width = 64;
  config.set_layer_norm_epsilon(1e-6);
  return config;
}

fs::path written(const TensorMap& tensors, const std::string& name) {
  const fs::path path = test_path(name);
  write_safetensors(path, tensors);
  return path;
}

ModelImportOptions quick() {
  ModelImportOptions options;
  options.activation = Activation::quick_gelu;
  return options;
}

std::string text_opcodes(const std::string& text) {
  return "X" + little(text.size(), 4) + text;
}

fs::path test_path(const std::string& name) {
  const auto* info = testing::UnitTest::GetInstance()->current_test_info();
  std::string test = std::string(info->test_suite_name()) + "." + info->name();
  std::ranges::replace(test, '/', '.');
  const fs::path folder = fs::path(testing::TempDir()) / test;
  fs::create_directories(folder);
  return folder / name;
}

ModelConfig small_clip() {
  ModelConfig config;
  config.architecture = "custom";
  config.vision.transformer = {64, 2, 1, 128};
  config.vision.patch_size = 4;
  config.vision.image_size = 8;
  config.text = TextConfig{{64, 1, 1, 128}, 5, 20};
  config.embedding_width = 12;
  config.set_activation(Activation::quick_gelu);
  config.source = "made by a test";
  return config;
}

StoredModel random_model(const ModelConfig& config) {
  StoredModel model{config, {}};
  RandomStream random(1, "weights");
  for (const auto& [name, shape, start, value] : model_tensors(config)) {
    std::vector<float> values(byte_count(ElementType::u8, shape, name));
    for (float& number : values) number = static_cast<float>(random.normal());
    model.weights[name] = make_tensor(values, shape);
  }
  return model;
}

std::string stored_zip(const std::map<std::string, std::string>& entries, bool large) {
  std::string file;
  std::string directory;
  for (const auto& [name, data] : entries) {
    directory += directory_entry(name, data, file.size(), large);
    file += "PK\x03\x04" + little(20, 2) + common_fields(name, data, false, 0) + name + data;
  }
  const std::size_t at = file.size();
  const std::size_t count = large ? 0xFFFF : entries.size();
  if (large) directory += end_of_large(entries.size(), directory.size(), at);
  return file + directory + "PK\x05\x06" + little(0, 4) + little(count, 2) + little(count, 2) +
         little(large ? 0xFFFFFFFF : directory.size(), 4) + little(large ? 0xFFFFFFFF : at, 4) +
         little(0, 2);
}

std::string torch_zip(const std::string& pickle,
                      const std::map<std::string, std::string>& storages) {
  std::map<std::string, std::string> entries{{"archive/data.pkl", pickle},
                                             {"archive/version", "3\n"}};
  for (const auto& [key, bytes] : storages) entries["archive/data/" + key] = bytes;
  return stored_zip(entries);
}

std::string tensor_opcodes(const TensorOpcodes& t) {
  return "ctorch._utils\n_rebuild_tensor_v2\n((" + text_opcodes("storage") + "ctorch\n" +
         t.storage + "\n" + text_opcodes(t.key) + text_opcodes("cpu") + number_opcodes(t.count) +
         "tQ" + number_opcodes(t.offset) + tuple_opcodes(t.shape) + tuple_opcodes(t.strides) +
         "\x89" + "ccollections\nOrderedDict\n)RtR";
}

std::string dictionary_opcodes(const std::map<std::string, std::string>& entries) {
  std::string opcodes = "}(";
  for (const auto& [name, value] : entries) opcodes += text_opcodes(name) + value;
  return opcodes + "u";
}

std::string pickle_of(const std::string& opcodes) {
  return "\x80\x02" + opcodes + ".";
}

std::string seed(const std::string& name) {
  return read_file(fs::path(SKYGLOT_SOURCE_DIR) / "fuzz" / "corpus" / name);
}

fs::path parity_folder() {
  const fs::path archive = testing_support::shared_data("parity/parity.tar.xz");
  if (archive.empty()) return {};
  const fs::path folder = fs::path(testing::TempDir()) / "skyglot_weights_parity";
  if (fs::exists(folder / "parity")) return folder / "parity";
  fs::create_directories(folder);
  const std::string command = "tar -xJf '" + archive.string() + "' -C '" + folder.string() + "'";
  return std::system(command.c_str()) == 0 ? folder / "parity" : fs::path();
}

}  // namespace skyglot::weights_testing
