// SPDX-License-Identifier: Apache-2.0
#include "weights/checkpoint.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/strings.hpp"
#include "weights/safetensors.hpp"
#include "weights/weights_testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using namespace weights_testing;

Checkpoint checkpoint_of(const std::string& bytes, const std::string& prefer = "") {
  return parse_checkpoint(std::as_bytes(std::span(bytes)), "test file", prefer);
}

std::string refused(const std::string& bytes, const std::string& prefer = "") {
  return refusal([&] { return checkpoint_of(bytes, prefer); });
}

// With the zeros in it.
template <std::size_t N>
std::string literal(const char (&text)[N]) {
  return {text, N - 1};
}

std::string floats(std::initializer_list<float> values) {
  std::string bytes(values.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), std::data(values), bytes.size());
  return bytes;
}

const std::string kSix = floats({0, 1, 2, 3, 4, 5});

std::string one_tensor(const TensorOpcodes& tensor, const std::string& data = kSix) {
  return torch_zip(pickle_of(dictionary_opcodes({{"x", tensor_opcodes(tensor)}})), {{"0", data}});
}

// Seeds of the fuzzers, all of the same tensors: w 2x3, b 3, s scalar, h half 4, t the transpose of
// 3x2, i int64 3.
class SeedCheckpoint : public testing::TestWithParam<std::pair<const char*, Container>> {};

TEST_P(SeedCheckpoint, GivesTheTensorsThatTorchWrote) {
  const std::string bytes = seed(std::string("torch/") + GetParam().first);
  const Checkpoint checkpoint = checkpoint_of(bytes);
  EXPECT_EQ(checkpoint.container, GetParam().second);
  ASSERT_EQ(checkpoint.tensors.size(), 6U);
  EXPECT_THAT(to_floats(checkpoint.tensors.at("b")),
              ElementsAre(-0.35562503F, 1.2323858F, 0.13817266F));
  EXPECT_EQ(checkpoint.tensors.at("h").type, ElementType::f16);
  EXPECT_THAT(to_floats(checkpoint.tensors.at("i")), ElementsAre(0, 1, 2));
  EXPECT_THAT(checkpoint.tensors.at("t").shape, ElementsAre(2, 3));
  EXPECT_THAT(to_floats(checkpoint.tensors.at("t")),
              ElementsAre(1.3954508F, 2.438208F, 2.4505413F, 1.3470227F, 0.20275828F, 2.0256019F));
}

INSTANTIATE_TEST_SUITE_P(Seeds, SeedCheckpoint,
                         testing::Values(std::pair("state_dict.pt", Container::torch_zip),
                                         std::pair("training.pt", Container::torch_zip),
                                         std::pair("legacy.pth", Container::torch_legacy)));

TEST(CheckpointTest, NamesWhatStandsBesideTheWeights) {
  const Checkpoint checkpoint = checkpoint_of(seed("torch/training.pt"));
  EXPECT_EQ(checkpoint.chosen, "state_dict");
  EXPECT_THAT(checkpoint.other_entries, ElementsAre("epoch", "args", "optimizer"));
}

TEST(CheckpointTest, ReadsATorchScriptArchiveAsItsStateDict) {
  const Checkpoint checkpoint = checkpoint_of(seed("torch/script.pt"));
  EXPECT_EQ(checkpoint.container, Container::torch_script);
  ASSERT_EQ(checkpoint.tensors.size(), 3U);
  EXPECT_THAT(checkpoint.tensors.at("l.weight").shape, ElementsAre(1, 2));
}

TEST(CheckpointTest, TakesTheTeacherBeforeTheStudentUnlessTold) {
  const std::string tensor = tensor_opcodes({});
  const std::string bytes =
      torch_zip(pickle_of(dictionary_opcodes({{"student", dictionary_opcodes({{"s", tensor}})},
                                              {"teacher", dictionary_opcodes({{"t", tensor}})}})),
                {{"0", kSix}});
  EXPECT_EQ(checkpoint_of(bytes).chosen, "teacher");
  EXPECT_TRUE(checkpoint_of(bytes, "student").tensors.contains("s"));
  EXPECT_THAT(refused(bytes, "ema"), HasSubstr("student, teacher"));
}

TEST(CheckpointTest, ForeignObjectsAreNamesAndNothingElse) {
  const std::string danger = literal("cposix\nsystem\nX\x02\0\0\0id\x85R");
  const std::string bytes = torch_zip(
      pickle_of(dictionary_opcodes({{"x", tensor_opcodes({})}, {"y", danger}})), {{"0", kSix}});
  const Checkpoint checkpoint = checkpoint_of(bytes);
  EXPECT_EQ(checkpoint.tensors.size(), 1U);
  EXPECT_EQ(checkpoint.unreadable.at("y"), "posix.system");
}

// SkyCLIP's training checkpoints hold a NumPy number (here {"best": 0.5} as Python writes it).
TEST(CheckpointTest, NumbersOfNumPyStandBesideTheWeights) {
  const std::string number = literal(
      "cnumpy.core.multiarray\nscalar\nq\2cnumpy\ndtype\nq\3X\2\0\0\0f8q\4\x89\x88\x87q\5Rq\6"
      "(K\3X\1\0\0\0<q\7NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tq\x08"
      "bc_codecs\nencode\nq\tX\t\0\0\0\0\0\0\0\0\0\xc3\xa0?q\nX\6\0\0\0latin1q\x0b\x86q\x0cRq\r"
      "\x86q\x0eRq\x0f");
  const std::string weights = dictionary_opcodes({{"x", tensor_opcodes({})}});
  const Checkpoint checkpoint = checkpoint_of(torch_zip(
      pickle_of(dictionary_opcodes({{"state_dict", weights}, {"best", number}})), {{"0", kSix}}));
  EXPECT_EQ(checkpoint.tensors.size(), 1U);
  EXPECT_THAT(checkpoint.other_entries, ElementsAre("best"));
}

TEST(CheckpointTest, ViewsAreGatheredInRowMajorOrder) {
  const Checkpoint checkpoint = checkpoint_of(one_tensor({"0", 6, 1, {2, 2}, {1, 3}}));
  EXPECT_THAT(to_floats(checkpoint.tensors.at("x")), ElementsAre(1, 4, 2, 5));
  const Checkpoint repeated = checkpoint_of(one_tensor({"0", 6, 5, {3}, {0}}));
  EXPECT_THAT(to_floats(repeated.tensors.at("x")), ElementsAre(5, 5, 5));
}

TEST(CheckpointTest, EmptyTensorsAndScalarsAreLegal) {
  EXPECT_TRUE(
      to_floats(checkpoint_of(one_tensor({"0", 6, 0, {0, 3}, {3, 1}})).tensors.at("x")).empty());
  EXPECT_THAT(to_floats(checkpoint_of(one_tensor({"0", 6, 4, {}, {}})).tensors.at("x")),
              ElementsAre(4));
}

struct Hostile {
  const char* name;
  TensorOpcodes tensor;
};

class HostileTensor : public testing::TestWithParam<Hostile> {};

TEST_P(HostileTensor, IsRefusedByName) {
  EXPECT_THAT(refused(one_tensor(GetParam().tensor)), HasSubstr("test file"));
}

constexpr std::int64_t kHuge = std::int64_t{1} << 62;

INSTANTIATE_TEST_SUITE_P(Bounds, HostileTensor,
                         testing::Values(Hostile{"Past", {"0", 6, 1, {2, 3}, {3, 1}}},
                                         Hostile{"Negative", {"0", 6, -1, {2}, {1}}},
                                         Hostile{"NegativeSide", {"0", 6, 0, {-2}, {1}}},
                                         Hostile{"NegativeStride", {"0", 6, 5, {2}, {-1}}},
                                         Hostile{"HugeOffset", {"0", 6, kHuge, {2}, {kHuge}}},
                                         Hostile{"HugeSide", {"0", 6, 0, {kHuge, 4}, {0, 0}}},
                                         Hostile{"HugeStride", {"0", 6, 0, {3}, {kHuge}}},
                                         Hostile{"Lie", {"0", 600, 0, {600}, {1}}},
                                         Hostile{"NegativeCount", {"0", -6, 0, {2}, {1}}},
                                         Hostile{"Ranks", {"0", 6, 0, {2, 3}, {1}}},
                                         Hostile{"Expanded", {"0", 6, 0, {1 << 30, 8}, {0, 0}}},
                                         Hostile{"NoStorage", {"7", 6, 0, {2}, {1}}}),
                         [](const auto& hostile) { return std::string(hostile.param.name); });

TEST(CheckpointTest, AStrideThatIsNeverWalkedMayBeAnything) {
  const Checkpoint checkpoint = checkpoint_of(one_tensor({"0", 6, 0, {1, 2}, {INT64_MAX, 2}}));
  EXPECT_THAT(to_floats(checkpoint.tensors.at("x")), ElementsAre(0, 2));
}

TEST(CheckpointTest, ChangedBytesFailTheirChecksum) {
  std::string bytes = one_tensor({});
  bytes[bytes.find(kSix) + 5] ^= 1;
  EXPECT_THAT(refused(bytes), HasSubstr("checksum"));
}

TEST(CheckpointTest, EntriesOfAZipDoNotOverlap) {
  std::string bytes = one_tensor({});
  const std::size_t record = bytes.rfind("PK\x01\x02");
  const char size = static_cast<char>(bytes.size() - 100);
  ASSERT_LT(bytes.size(), 1000U);
  for (const std::size_t field : {20, 24}) {
    bytes[record + field] = size;
    bytes[record + field + 1] = static_cast<char>((bytes.size() - 100) >> 8);
  }
  EXPECT_THAT(refused(bytes), HasSubstr("overlap"));
}

TEST(CheckpointTest, TypesWithoutTensorsAreNamedNotGuessed) {
  const std::string bytes = torch_zip(
      pickle_of(dictionary_opcodes({{"q", tensor_opcodes({"0", 6, 0, {6}, {1}, "QInt8Storage"})},
                                    {"x", tensor_opcodes({})}})),
      {{"0", kSix}});
  EXPECT_EQ(checkpoint_of(bytes).unreadable.at("q"), "torch.QInt8Storage");
}

TEST(CheckpointTest, BigEndianFilesAreRefused) {
  std::map<std::string, std::string> entries{{"a/data.pkl", pickle_of("}")},
                                             {"a/byteorder", "big"}};
  EXPECT_THAT(refused(stored_zip(entries)), HasSubstr("big-endian"));
  std::string legacy = seed("torch/legacy.pth");
  const std::size_t at = legacy.find("little_endian");
  legacy[legacy.find('\x88', at)] = '\x89';
  EXPECT_THAT(refused(legacy), HasSubstr("big-endian"));
}

TEST(CheckpointTest, PicklesOnlyUseOpcodesThatWeightsNeed) {
  EXPECT_THAT(refused(torch_zip(pickle_of("i__main__\nf\n"))), HasSubstr("opcode 0x69"));
  EXPECT_THAT(refused(torch_zip(pickle_of("h\x05"))), HasSubstr("never made"));
  EXPECT_THAT(refused(torch_zip(pickle_of("t"))), HasSubstr("mark"));
  EXPECT_THAT(refused(torch_zip("\x80\x02")), HasSubstr("ends early"));
}

TEST(CheckpointTest, SmallPicklesCannotAskForMuchMemory) {
  // A dictionary of 200,000 entries, given as state to one object again and again.
  std::string bomb = "}q\x01(";
  for (int i = 0; i < 100'000; ++i) bomb += "NN";
  bomb += "uca\nb\n)\x81q\x02";
  for (int i = 0; i < 100'000; ++i)
    bomb +=
        "h\x01"
        "b";
  EXPECT_THAT(refused(torch_zip(pickle_of(bomb))), HasSubstr("more memory"));
}

TEST(CheckpointTest, SmallPicklesCannotCopyLongNames) {
  // One name of 8 KB, called again and again.
  std::string bomb =
      "c" + std::string(4096, 'm') + "\n" + std::string(4096, 'n') + "\nq\x01" + ")q\x02";
  for (int i = 0; i < 50'000; ++i)
    bomb +=
        "h\x01"
        "h\x02"
        "R";
  EXPECT_THAT(refused(torch_zip(pickle_of(bomb))), HasSubstr("more memory"));
  // One key of 500 KB for a thousand entries.
  std::string keys =
      std::string("X\x00\x00\x08\x00", 5) + std::string(1 << 19, 'k') + "q\x01" + "0}(";
  for (int i = 0; i < 1000; ++i)
    keys +=
        "h\x01"
        "N";
  EXPECT_THAT(refused(torch_zip(pickle_of(keys + "u"))), HasSubstr("has 524288 bytes"));
}

// One storage seen through many tensors: each is widened to floats of its own later on.
TEST(CheckpointTest, ASmallStorageIsNotManyLargeTensors) {
  std::map<std::string, std::string> entries;
  const std::int64_t count = 1 << 19;
  for (int i = 0; i < 40; ++i)
    entries["blocks." + std::to_string(i)] =
        tensor_opcodes({"0", count, 0, {1024, 512}, {512, 1}, "HalfStorage"});
  const std::string bytes =
      torch_zip(pickle_of(dictionary_opcodes(entries)),
                {{"0", std::string(static_cast<std::size_t>(2 * count), '\0')}});
  EXPECT_THAT(refused(bytes), HasSubstr("views of one another"));
  entries.erase(std::next(entries.begin(), 3), entries.end());  // tied weights are common
  EXPECT_EQ(
      checkpoint_of(torch_zip(pickle_of(dictionary_opcodes(entries)),
                              {{"0", std::string(static_cast<std::size_t>(2 * count), '\0')}}))
          .tensors.size(),
      3U);
}

TEST(CheckpointTest, SmallPicklesCannotHoldManyValuesOrNames) {
  EXPECT_THAT(refused(torch_zip(pickle_of(std::string(2'000'000, ')')))), HasSubstr("more memory"));
  // One module under 4,000 long names in each of 500 others.
  const std::string long_name(4000, 'n');
  std::string inner = "ca\nb\n)\x81q\x01}(" + text_opcodes("w") + tensor_opcodes({}) + "ub0";
  std::string middle = "ca\nb\n)\x81q\x02}(";
  for (int i = 0; i < 200; ++i) middle += text_opcodes("m" + std::to_string(i)) + "h\x01";
  std::string outer = "ca\nb\n)\x81}(";
  for (int i = 0; i < 200; ++i) outer += text_opcodes(long_name.substr(i)) + "h\x02";
  EXPECT_THAT(refused(torch_zip(pickle_of(inner + middle + "ub0" + outer + "ub"), {{"0", kSix}})),
              HasSubstr("its names take more than 64 MiB"));
}

TEST(CheckpointTest, CyclesEnd) {
  // An object that holds itself twice: a tree of 2^64 paths.
  const std::string bytes = torch_zip(
      pickle_of(literal("c__torch__\nM\n)\x81q\x01}(X\x01\0\0\0ah\x01X\x01\0\0\0bh\x01ub")));
  EXPECT_THAT(refused(bytes), HasSubstr("test file: its modules hold more"));
}

TEST(CheckpointTest, SaysWhatAFileIsInstead) {
  EXPECT_THAT(refused(""), HasSubstr("empty"));
  EXPECT_THAT(refused("<!DOCTYPE html><html>"), HasSubstr("web page"));
  EXPECT_THAT(refused("version https://git-lfs.github.com/spec/v1\n"), HasSubstr("LFS"));
  EXPECT_THAT(refused("\x89PNG\r\n\x1a\n0123456789"), HasSubstr("neither"));
  EXPECT_THAT(refused(stored_zip({{"readme.txt", "hello"}})), HasSubstr("no data.pkl"));
  EXPECT_THAT(refused(one_tensor({}).substr(0, 300)), HasSubstr("cut short"));
  EXPECT_THAT(refused(torch_zip(pickle_of(dictionary_opcodes({{"epoch", "K\x05"}})))),
              HasSubstr("it holds epoch"));
}

TEST(CheckpointTest, AnOrdinaryZipMayHoldOne) {
  write_file_atomically(
      test_path("SkyCLIP.zip"),
      stored_zip({{"SkyCLIP/epoch_20.pt", one_tensor({})}, {"SkyCLIP/readme.txt", "hello"}}));
  EXPECT_EQ(open_checkpoint(test_path("SkyCLIP.zip")).tensors.size(), 1U);
  write_file_atomically(test_path("two.zip"), stored_zip({{"a.pt", "1"}, {"b.pt", "2"}}));
  EXPECT_THAT(refusal([] { return open_checkpoint(test_path("two.zip")); }),
              HasSubstr("a.pt, b.pt"));
}

TEST(CheckpointTest, AZipInAZipIsNotUnpackedFurther) {
  const std::string inner = stored_zip({{"b.pt", one_tensor({})}});
  write_file_atomically(test_path("nested.zip"), stored_zip({{"a.pt", inner}}));
  EXPECT_THAT(refusal([] { return open_checkpoint(test_path("nested.zip")); }),
              AllOf(HasSubstr("nested.zip/a.pt"), HasSubstr("no data.pkl")));
}

TEST(CheckpointTest, ReadsTheRecordsOfLargeArchives) {
  const std::map<std::string, std::string> entries{
      {"a/data.pkl", pickle_of(dictionary_opcodes({{"x", tensor_opcodes({})}}))},
      {"a/data/0", kSix}};
  const std::string sound = stored_zip(entries, true);
  const Checkpoint checkpoint = checkpoint_of(sound);
  EXPECT_EQ(checkpoint.tensors.at("x").bytes.size(), 24U);
  std::string lost = sound;
  lost[lost.find("PK\x06\x07") + 8] ^= 1;
  EXPECT_THAT(refused(lost), HasSubstr("zip64"));
}

TEST(CheckpointTest, AFileMayBeOneTensor) {
  const std::string bytes = torch_zip(pickle_of(tensor_opcodes({})), {{"0", kSix}});
  const Checkpoint checkpoint = checkpoint_of(bytes);
  EXPECT_THAT(checkpoint.tensors.at("").shape, ElementsAre(2, 3));
}

TEST(CheckpointTest, ShardsComeTogether) {
  const fs::path folder = test_path("model");
  make_folder(folder);
  write_safetensors(folder / "model-1.safetensors", {{"a", make_tensor({{1.0F}}, {1})}});
  write_safetensors(folder / "model-2.safetensors", {{"b", make_tensor({{2.0F}}, {1})}});
  const fs::path index = folder / "model.safetensors.index.json";
  write_file_atomically(index,
                        R"({"weight_map":{"a":"model-1.safetensors","b":"model-2.safetensors"}})");
  EXPECT_EQ(open_checkpoint(folder).tensors.size(), 2U);
  EXPECT_EQ(open_checkpoint(index).container, Container::safetensors_sharded);
  write_file_atomically(index, R"({"weight_map":{"a":"model-2.safetensors"}})");
  EXPECT_THAT(refusal([&] { return open_checkpoint(index); }), HasSubstr("missing"));
  write_file_atomically(index, R"({"weight_map":{"a":"../model-2.safetensors"}})");
  EXPECT_THAT(refusal([&] { return open_checkpoint(index); }),
              HasSubstr("no checkpoint beside it"));
}

}  // namespace
}  // namespace skyglot
