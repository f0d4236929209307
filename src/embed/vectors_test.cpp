// SPDX-License-Identifier: Apache-2.0
#include "embed/vectors.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "embed/npy.hpp"
#include "embed/test_vectors.hpp"
#include "weights/safetensors.hpp"
#include "weights/tensor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <span>

namespace skyglot {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing_support::write_vectors;
namespace fs = std::filesystem;

std::string npy(const std::string& header, const std::string& values) {
  std::string bytes("\x93NUMPY\x01\0", 8);
  bytes += static_cast<char>(header.size() & 0xFF);
  bytes += static_cast<char>(header.size() >> 8);
  return bytes + header + values;
}

template <typename T>
std::string bytes_of(std::vector<T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

Matrix parse_npy(const std::string& bytes) {
  return npy_rows(std::as_bytes(std::span(bytes)), nullptr, "x.npy").all();
}

std::string message_of(const std::string& bytes) {
  try {
    (void)parse_npy(bytes);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(Npy, ReadsTheTypesAndOrders) {
  const auto rows = npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }   \n",
                        bytes_of<double>({1, 2, 3, 4, 5, 6}));
  EXPECT_THAT(parse_npy(rows).values, ElementsAre(1, 2, 3, 4, 5, 6));
  const auto columns = npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3)}",
                           bytes_of<float>({1, 4, 2, 5, 3, 6}));
  const Matrix matrix = parse_npy(columns);
  EXPECT_EQ(matrix.rows, 2);
  EXPECT_EQ(matrix.cols, 3);
  EXPECT_THAT(matrix.values, ElementsAre(1, 2, 3, 4, 5, 6));
  const RowSource source = npy_rows(std::as_bytes(std::span(columns)), nullptr, "x.npy");
  EXPECT_THAT(source.block(1, 1).values, ElementsAre(4, 5, 6));
  const auto halves = npy("{\"shape\":(1,2),\"fortran_order\":False,\"descr\":\"<f2\"}",
                          bytes_of<std::uint16_t>({0x3C00, 0xC000}));
  EXPECT_THAT(parse_npy(halves).values, ElementsAre(1, -2));
}

TEST(Npy, AMatrixHasColumns) {
  for (const char* shape : {"(1152921504606846976, 0)", "(0, 0)", "(3, 0)"})
    for (const char* order : {"True", "False"}) {
      const std::string dictionary =
          fmt::format("{{'descr': '<f4', 'fortran_order': {}, 'shape': {}, }}\n", order, shape);
      std::string bytes("\x93NUMPY\x01\x00", 8);
      bytes += static_cast<char>(dictionary.size());
      bytes += '\0';
      EXPECT_THROW((void)parse_npy(bytes + dictionary), Error) << shape;
    }
}

TEST(Npy, RefusesWhatItDoesNotKnow) {
  const std::string six = bytes_of<float>({1, 2, 3, 4, 5, 6});
  const auto with = [&](const std::string& descr, const std::string& shape) {
    return message_of(
        npy("{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }", six));
  };
  EXPECT_EQ(with("<f4", "(2, 3)"), "");
  EXPECT_THAT(with(">f4", "(2, 3)"), HasSubstr("'>f4'"));
  EXPECT_THAT(with("|O", "(2, 3)"), HasSubstr("'|O'"));
  EXPECT_THAT(with("<f4", "(6,)"), HasSubstr("not a matrix"));
  EXPECT_THAT(with("<f4", "(1, 2, 3)"), HasSubstr("dimensions"));
  EXPECT_THAT(with("<f4", "(2, 4)"), HasSubstr("bytes"));
  EXPECT_NE(with("<f4", "(4294967296, 4294967296)"), "");
  EXPECT_NE(with("<f4", "(99999999999999999999, 1)"), "");
  EXPECT_NE(with("<f4", "(-2, 3)"), "");
  EXPECT_NE(message_of(npy("{'descr': '<f4'}", six)), "");
  EXPECT_NE(message_of("\x93NUMPY"), "");
  EXPECT_NE(message_of(""), "");
}

TEST(Npy, MutationsNeverCrash) {
  const std::string good = npy_header(2, 3) + bytes_of<float>({1, 2, 3, 4, 5, 6});
  ASSERT_EQ(message_of(good), "");
  RandomStream random(8, "npy");
  int refused = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string bad = good;
    for (int k = 0; k < 2; ++k) bad[random.index(90)] = static_cast<char>(random.integer(0, 255));
    if (i % 5 == 0) bad.resize(random.index(bad.size()));
    refused += message_of(bad).empty() ? 0 : 1;
  }
  EXPECT_GT(refused, 1000);
}

class EmbeddingFiles : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              ("embeddings-" +
               std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    vectors_ = Matrix(2, 3);
    vectors_.values = {1, 0.5, -0.25, 0, 2, 0.125};
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string message_of_reading(const fs::path& path) const {
    try {
      (void)read_embeddings(path);
      return "";
    } catch (const Error& error) {
      return error.what();
    }
  }
  fs::path folder_;
  const std::vector<std::string> ids_{"a.jpg", "b\nc.jpg"};
  Matrix vectors_;
};

TEST_F(EmbeddingFiles, FoldersComeBack) {
  write_vectors(folder_ / "e", ids_, vectors_, {{"activation", "gelu"}});
  const Embeddings back = read_embeddings(folder_ / "e");
  EXPECT_EQ(back.vectors.all().values, vectors_.values);
  EXPECT_THAT(back.ids, ElementsAre("a.jpg", "b_c.jpg"));
  EXPECT_EQ(back.about.at("activation"), "gelu");
}

TEST_F(EmbeddingFiles, NpyComesBackWithItsIds) {
  write_vectors(folder_ / "e.npy", ids_, vectors_);
  const Embeddings back = read_embeddings(folder_ / "e.npy");
  EXPECT_EQ(back.vectors.all().values, vectors_.values);
  EXPECT_EQ(back.ids.size(), 2u);
  fs::remove(folder_ / "e.npy.ids.txt");
  EXPECT_TRUE(read_embeddings(folder_ / "e.npy").ids.empty());
  write_file_atomically(folder_ / "e.npy.ids.txt", "one\ntwo\nthree\n");
  EXPECT_THAT(message_of_reading(folder_ / "e.npy"), HasSubstr("3 ids for 2 vectors"));
}

TEST_F(EmbeddingFiles, DamageIsNamed) {
  const fs::path e = folder_ / "e";
  write_vectors(e, ids_, vectors_);
  std::string bytes = read_file(e / "vectors.f16");
  bytes[2] = static_cast<char>(bytes[2] ^ 1);
  write_file_atomically(e / "vectors.f16", bytes);
  EXPECT_THAT(message_of_reading(e), HasSubstr("vectors.f16"));
  write_vectors(e, ids_, vectors_);
  // Ids that were swapped would give every picture another's vector.
  write_file_atomically(e / "ids.txt", "b_c.jpg\na.jpg\n");
  EXPECT_THAT(message_of_reading(e), HasSubstr("ids.txt"));
  write_file_atomically(e / "embeddings.json", "{\"schema\": 1");
  EXPECT_THAT(message_of_reading(e), HasSubstr("embeddings.json"));
  fs::remove(e / "embeddings.json");
  EXPECT_THAT(message_of_reading(e), HasSubstr("no embeddings.json"));
  EXPECT_THAT(message_of_reading(folder_ / "none.npy"), HasSubstr("none.npy"));
}

TEST_F(EmbeddingFiles, ATensorFileHoldsOneMatrix) {
  const std::vector<float> values{1, 2, 3, 4};
  write_safetensors(folder_ / "e.safetensors", {{"features", make_tensor(values, {2, 2})}});
  EXPECT_EQ(read_embeddings(folder_ / "e.safetensors").vectors.all().values, values);
  write_safetensors(folder_ / "two.safetensors",
                    {{"a", make_tensor(values, {2, 2})}, {"b", make_tensor(values, {4, 1})}});
  EXPECT_THAT(message_of_reading(folder_ / "two.safetensors"), HasSubstr("a (2 x 2), b (4 x 1)"));
}

// Two inputs may share names: what is looked up by id must not be somebody else's.
TEST_F(EmbeddingFiles, AnIdStandsForOneVector) {
  write_vectors(folder_ / "e", {"x.jpg", "x.jpg"}, vectors_);
  const Embeddings shared = read_embeddings(folder_ / "e");
  try {
    (void)IdIndex(shared, "e");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("rows 0 and 1 are both called 'x.jpg'"));
  }
  // Equal texts of different passes differ in their last bits.
  std::ranges::copy(vectors_.row(0), vectors_.row(1).begin());
  vectors_.row(1)[1] *= 1.0005F;
  write_vectors(folder_ / "e", {"x.jpg", "x.jpg"}, vectors_);
  EXPECT_EQ(IdIndex(read_embeddings(folder_ / "e"), "e").find("x.jpg"), 0);
  EXPECT_FALSE(IdIndex(read_embeddings(folder_ / "e"), "e").find("y.jpg").has_value());
}

TEST_F(EmbeddingFiles, AMarkInFrontOfTheIdsIsNoPartOfThem) {
  write_vectors(folder_ / "e.npy", ids_, vectors_);
  write_file_atomically(folder_ / "e.npy.ids.txt",
                        "\xEF\xBB\xBF"
                        "a.jpg\r\nb.jpg\r\n");
  EXPECT_THAT(read_embeddings(folder_ / "e.npy").ids, ElementsAre("a.jpg", "b.jpg"));
}

}  // namespace
}  // namespace skyglot
