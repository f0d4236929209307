// SPDX-License-Identifier: Apache-2.0
// 'skyglot report' on a data set that 'skyglot build' made.
#include "base/atomic_file.hpp"
#include "tests/support/program.hpp"
#include "tests/support/small_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace skyglot::testing_support {
namespace {

using testing::HasSubstr;

TEST(ReportCommand, WritesPageAndJsonTwiceTheSame) {
  const SmallWorld world = make_catalogued_world(test_folder());
  const std::string dataset = world.path("dataset");
  const ProgramResult built =
      run_skyglot({"build", "--objects", world.path("objects.gpkg"), "--imagery",
                   world.path("imagery.gpkg"), "--cells", "0", "--output", dataset});
  ASSERT_EQ(built.exit_code, 0) << built.err;
  const ProgramResult first = run_skyglot({"report", dataset, "--json"});
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_EQ(first.err, "");
  const auto said = nlohmann::json::parse(first.out);
  EXPECT_GT(said["pairs"], 0);
  EXPECT_EQ(said["checks_failed"], 0);
  const std::string page = read_file(world.folder / "dataset" / "report" / "index.html");
  EXPECT_EQ(page.size(), said["bytes"]);
  EXPECT_THAT(page, HasSubstr("a satellite image of "));

  EXPECT_EQ(run_skyglot({"report", dataset}).exit_code, 0);
  EXPECT_EQ(read_file(world.folder / "dataset" / "report" / "index.html"), page);
  const std::string elsewhere = world.path("page.html");
  EXPECT_EQ(run_skyglot({"report", dataset, "--output", elsewhere}).exit_code, 0);
  EXPECT_EQ(read_file(elsewhere), page);
  EXPECT_EQ(run_skyglot({"report", dataset, "--output", elsewhere}).exit_code, 1);
  EXPECT_EQ(run_skyglot({"report", dataset, "--output", elsewhere, "--overwrite"}).exit_code, 0);
}

TEST(ReportCommand, NamesWhatIsMissing) {
  const ProgramResult result = run_skyglot({"report", test_folder().string()});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("dataset.json"));
  EXPECT_THAT(result.err, HasSubstr("skyglot build"));
  EXPECT_EQ(run_skyglot({"report", test_folder().string(), "--output", "page.txt"}).exit_code, 2);
}

}  // namespace
}  // namespace skyglot::testing_support
