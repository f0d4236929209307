// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"

#include "train/gloo_group.hpp"

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {
namespace {

struct Variables {
  const char* rank;
  const char* world;
  const char* local;
};

// mpirun's before Slurm's, for what it starts inside a job sees both.
constexpr std::array<Variables, 3> kVariables{
    Variables{"RANK", "WORLD_SIZE", "LOCAL_RANK"},
    Variables{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK"},
    Variables{"SLURM_PROCID", "SLURM_NTASKS", "SLURM_LOCALID"}};

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
    if (std::getenv(names.local) != nullptr)
      place.local = number_in(names.local, 0, place.world - 1);
    if (const char* const master = std::getenv("MASTER_ADDR")) place.master = master;
    if (std::getenv("MASTER_PORT") != nullptr)
      place.port = static_cast<std::uint16_t>(number_in("MASTER_PORT", 1, 65535));
    return place;
  }
  return std::nullopt;
}

std::string own_gpu(const char* visible, int local) {
  if (visible == nullptr) return std::to_string(local);
  const std::string_view all = visible;
  const std::vector<std::string_view> entries = split(all, ',');
  return std::string(
      entries.size() <= 1 ? all : entries[static_cast<std::size_t>(local) % entries.size()]);
}

}  // namespace skyglot
