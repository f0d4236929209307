// SPDX-License-Identifier: Apache-2.0
// Names for streets, shops and schools of a town that does not exist.
#pragma once

#include "base/random.hpp"

#include <cstdint>
#include <set>
#include <string>

namespace skyglot::simulate {

class NameList {
 public:
  explicit NameList(std::uint64_t seed) : random_(seed, "names") {}

  /// "Alder Lane"; no name comes twice while there are others.
  [[nodiscard]] std::string street();
  /// "Alder", for "Alder Primary School".
  [[nodiscard]] std::string first();
  /// The town's name, which depends on the seed only.
  [[nodiscard]] static std::string town(std::uint64_t seed);

 private:
  RandomStream random_;
  std::set<std::string> used_;
};

}  // namespace skyglot::simulate
