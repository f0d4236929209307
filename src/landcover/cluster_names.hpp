// SPDX-License-Identifier: Apache-2.0
// Names for classes that were found without any: by what speaks for each.
#pragma once

#include "landcover/landcover_model.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace skyglot {

/// Pixels by cluster and by what something else says that they are.
struct NameVotes {
  std::vector<std::string> names;
  std::vector<std::vector<double>> votes;  ///< clusters x names; parts of pixels, too
  std::vector<std::int64_t> pixels;        ///< of each cluster, with or without a vote

  NameVotes(std::vector<std::string> names, std::size_t clusters);
};

/// A cluster and its name.
struct NamedCluster {
  std::string cluster;  ///< what it was called
  std::string name;     ///< the same where nothing speaks for any
  std::int64_t pixels = 0;
  double share = 0;  ///< of the votes, 0 where there are none
  std::string second{};
  double second_share = 0;
};

/// The merge table, a line a cluster, and what comes of it.
struct NamedClasses {
  std::vector<NamedCluster> table;
  LandClasses classes;  ///< the same centres; clusters of one name are one class
};

/// Each cluster takes the name with most votes; of equals the first. Colours are those of
/// data/landcover_colours.csv where it knows the name.
[[nodiscard]] NamedClasses name_classes(const LandClasses& classes, const NameVotes& votes);

/// Classes of these names in the colours that maps have for them, or else in colours that are
/// easily told apart.
[[nodiscard]] std::vector<CoverClass> named_classes(const std::vector<std::string>& names);

/// The model with a class for each of its centres ("centre 1", ...), so that names may part what
/// was joined. Throws Error(input) for more than 255 centres.
[[nodiscard]] LandcoverModel with_class_a_centre(LandcoverModel model);

}  // namespace skyglot
