// SPDX-License-Identifier: Apache-2.0
#include "dataset/planned_record.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

TEST(PlannedRecord, ChipKeysFollowThePublishedNames) {
  Scene scene;
  scene.collection_code = "CH";
  scene.date = "2019-07-01";
  EXPECT_EQ(chip_key(ObjectKind::area, 198234555, scene), "a198234555_CH_19");
  scene.date = "";
  EXPECT_EQ(chip_key(ObjectKind::node, 5, scene), "n5_CH_00");
}

}  // namespace
}  // namespace skyglot
