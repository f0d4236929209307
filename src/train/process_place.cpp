// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "base/numbers.hpp"

#include "train/gloo_group.hpp"

#include <array>
#include <cstdlib>

namespace skyglot {
namespace {

struct Variables {
  const char* rank;
  const char* world;
};

// mpirun's before Slurm's, for what it starts inside a job sees both.
constexpr std::array<Variables, 3> kVariables{
    Variables{"RANK", "WORLD_SIZE"}, Variables{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"},
    Variables{"SLURM_PROCID", "SLURM_NTASKS"}};

int number_in(const char* variable, std::int64_t least, std::int64_t most) {
  const char* const text = std::getenv(variable);
  const auto number = text == nullptr ? std::nullopt : parse_int(text);
  if (!number || *number < least || *number > most)
    fail(ErrorKind::usage, "the environment variable {} is {}; it must be a number from {} to {}",
         variable, text == nullptr ? "not set" : fmt::format("\"{}\"", text), least, most);
  return static_cast<int>(*number);
}

}  // namespace

std::optional<ProcessPlace> process_place() {
  constexpr std::int64_t kMostProcesses = 1 << 20;
  for (const Variables& names : kVariables) {
    if (std::getenv(names.rank) == nullptr) continue;
    ProcessPlace place;
    place.world = number_in(names.world, 1, kMostProcesses);
    place.rank = number_in(names.rank, 0, place.world - 1);
    if (place.world == 1) return std::nullopt;
    if (const char* const master = std::getenv("MASTER_ADDR")) place.master = master;
    if (std::getenv("MASTER_PORT") != nullptr)
      place.port = static_cast<std::uint16_t>(number_in("MASTER_PORT", 1, 65535));
    return place;
  }
  return std::nullopt;
}

}  // namespace skyglot
