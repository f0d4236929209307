// SPDX-License-Identifier: Apache-2.0
// Blind changes to sound checkpoints: each is read to the end or refused; none may crash.
#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "weights/checkpoint.hpp"
#include "weights/weights_testing.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace skyglot {
namespace {

using namespace weights_testing;

constexpr int kMutations = 2000;

bool is_cut(int round) {
  return round % 5 == 0;
}

// One to four bytes changed; every fifth file is cut short as well.
std::string mutated(std::string bytes, int round) {
  RandomStream random(1, "mutation", {static_cast<std::uint64_t>(round)});
  const std::int64_t changes = random.integer(1, 4);
  for (std::int64_t i = 0; i < changes; ++i)
    bytes[random.index(bytes.size())] = static_cast<char>(random.integer(0, 255));
  if (is_cut(round)) bytes.resize(random.index(bytes.size()));
  return bytes;
}

// Values of all tensors, or nothing if the file is refused.
std::optional<std::size_t> values_read(const std::string& bytes) {
  try {
    std::size_t values = 0;
    for (const auto& [name, tensor] :
         parse_checkpoint(std::as_bytes(std::span(bytes)), "mutation").tensors)
      values += to_floats(tensor).size();
    return values;
  } catch (const Error&) {
    return std::nullopt;
  }
}

struct Outcome {
  int whole_read = 0;
  int whole_refused = 0;
  int cut_read = 0;
};

Outcome survive(const std::string& sound, int rounds) {
  Outcome outcome;
  for (int round = 0; round < rounds; ++round) {
    const bool read = values_read(mutated(sound, round)).has_value();
    if (is_cut(round))
      outcome.cut_read += read ? 1 : 0;
    else
      ++(read ? outcome.whole_read : outcome.whole_refused);
  }
  return outcome;
}

class Mutation : public testing::TestWithParam<const char*> {};

TEST_P(Mutation, NeverCrashes) {
  const std::string sound = seed(GetParam());
  ASSERT_GT(values_read(sound).value_or(0), 0U) << "changes to what nobody reads tell nothing";
  const Outcome outcome = survive(sound, kMutations);
  EXPECT_EQ(outcome.cut_read, 0) << "a file cut short must be noticed";
  EXPECT_GT(outcome.whole_refused, 0) << "names, sizes and checksums are looked at";
  EXPECT_GT(outcome.whole_read, 0) << "changes got no further than a first check";
}

INSTANTIATE_TEST_SUITE_P(Seeds, Mutation,
                         testing::Values("safetensors/small.safetensors", "torch/state_dict.pt",
                                         "torch/training.pt", "torch/legacy.pth",
                                         "torch/script.pt"));

TEST(MutationOfReferenceFiles, NeverCrashes) {
  const auto folder = parity_folder();
  if (folder.empty()) GTEST_SKIP() << "no reference files";
  for (const char* name : {"dino/dino_full_checkpoint.pth", "dino/dino_state_dict_legacy.pth"}) {
    const Outcome outcome = survive(read_file(folder / name), 200);
    EXPECT_EQ(outcome.cut_read, 0) << name;
  }
}

}  // namespace
}  // namespace skyglot
