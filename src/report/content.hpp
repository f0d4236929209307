// SPDX-License-Identifier: Apache-2.0
// All that a report shows, ready to be written as a page or as JSON.
#pragma once

#include "records/dataset_info.hpp"
#include "records/similarities.hpp"
#include "report/statistics.hpp"

#include <optional>
#include <string>
#include <vector>

namespace skyglot {

/// Something that must hold in a whole data set, and whether it does.
struct Check {
  std::string text;
  bool ok = true;
};

struct ContactPicture {
  PairRecord record;
  std::string jpeg;  ///< the thumbnail; empty if there is a problem
  int width = 0;     ///< of the thumbnail
  int height = 0;
  std::string problem;  ///< why there is no thumbnail
};

/// A contact sheet of what a search found.
struct FoundSheet {
  std::string name;  ///< of its file: what was looked for
  std::string jpeg;
};

struct ReportContent {
  DatasetInfo info;
  Statistics statistics;
  std::vector<ContactPicture> contact;
  std::vector<Check> checks;
  std::optional<SimilaritySummary> similarity;  ///< where a filter has been
  std::vector<FoundSheet> sheets;
  std::vector<std::string> landcover;  ///< drawings of maps, whole SVG files
  std::string attribution;             ///< ATTRIBUTION.txt, "" if it is missing
};

}  // namespace skyglot
