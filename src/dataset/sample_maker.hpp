// SPDX-License-Identifier: Apache-2.0
// From a planned item to a sample: the picture is cut, the neighbours found, the captions written.
#pragma once

#include "captions/captions.hpp"
#include "dataset/neighbours.hpp"
#include "dataset/plan.hpp"
#include "imagery/chip_cutter.hpp"
#include "imagery/scene_plane.hpp"
#include "records/pair_record.hpp"

#include <memory>
#include <string>
#include <variant>

namespace skyglot {

struct Sample {
  PairRecord record;
  std::string jpeg;   ///< empty if the record says why it was skipped, or patches stand instead
  std::string patch;  ///< a GeoTIFF, where the recipe asks for one
  std::string licence;
};

/// Makes samples one after the other; each thread has its own.
class SampleMaker {
 public:
  SampleMaker(const BuildInputs& inputs, const CaptionWriter& captions);

  [[nodiscard]] Sample make(const PlannedItem& item);

 private:
  std::variant<Patch, Skipped> cut_out(const ChipCutter::Request& request);
  void describe(const PlannedItem& item, Sample& sample);

  const BuildInputs& inputs_;
  const CaptionWriter& captions_;
  std::unique_ptr<ObjectStore> store_;
  ScenePlanes planes_;
  LargeShapes large_;
  ChipCutter cutter_;
};

}  // namespace skyglot
