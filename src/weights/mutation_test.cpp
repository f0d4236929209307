// SPDX-License-Identifier: Apache-2.0
// Blind changes to sound checkpoints: each is read to the end or refused; none may crash.
#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "weights/checkpoint.hpp"
#include "weights/weights_testing.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

using namespace weights_testing;

constexpr int kMutations = 2000;

// One to four bytes changed; every fifth file is cut short as well.
std::string mutated(std::string bytes, std::uint64_t round) {
  RandomStream random(1, "mutation", {round});
  const std::int64_t changes = random.integer(1, 4);
  for (std::int64_t i = 0; i < changes; ++i)
    bytes[random.index(bytes.size())] = static_cast<char>(random.integer(0, 255));
  if (round % 5 == 0) bytes.resize(random.index(bytes.size()));
  return bytes;
}

struct Outcome {
  int read = 0;
  int refused = 0;
};

Outcome survive(const std::string& sound, int rounds) {
  Outcome outcome;
  for (int round = 0; round < rounds; ++round) {
    const std::string bytes = mutated(sound, static_cast<std::uint64_t>(round));
    try {
      for (const auto& [name, tensor] :
           parse_checkpoint(std::as_bytes(std::span(bytes)), "mutation").tensors)
        (void)to_floats(tensor);
      ++outcome.read;
    } catch (const Error&) {
      ++outcome.refused;
    }
  }
  return outcome;
}

class Mutation : public testing::TestWithParam<const char*> {};

TEST_P(Mutation, NeverCrashes) {
  const Outcome outcome = survive(seed(GetParam()), kMutations);
  EXPECT_EQ(outcome.read + outcome.refused, kMutations);
  EXPECT_GT(outcome.refused, kMutations / 5) << "cut files at least must be noticed";
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
    EXPECT_EQ(outcome.read + outcome.refused, 200) << name;
  }
}

}  // namespace
}  // namespace skyglot
