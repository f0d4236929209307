// SPDX-License-Identifier: Apache-2.0
#include "eval/classes.hpp"

#include "base/error.hpp"
#include "eval/data_file.hpp"
#include "eval/names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <typename Call>
std::string message_of(Call call) {
  try {
    call();
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(Names, CaseBlanksAndSignsDoNotMatter) {
  EXPECT_EQ(normalised_name("Baseball Field"), "baseballfield");
  EXPECT_EQ(normalised_name("baseball_field-2"), "baseballfield2");
  EXPECT_EQ(normalised_name("Grünland"), "grünland");
  EXPECT_EQ(normalised_name(" /_"), "");
}

TEST(Names, WordingsAreThreeWays) {
  EXPECT_EQ(worded("Storage_Tanks/x", Wording::as_is), "Storage_Tanks/x");
  EXPECT_EQ(worded("Storage_Tanks/x", Wording::lower), "storage_tanks/x");
  EXPECT_EQ(worded("Storage_Tanks/x", Wording::blanks), "storage tanks x");
  for (const Wording wording : {Wording::as_is, Wording::lower, Wording::blanks})
    EXPECT_EQ(parse_wording(to_string(wording)), wording);
  EXPECT_THAT(message_of([] { (void)parse_wording("upper"); }), HasSubstr("as-is, lower, blanks"));
}

TEST(Classes, TablesAndPlainListsAreRead) {
  const ClassList table = parse_classes(
      "# note, label\nlabel,wording\nAnnualCrop,annual crop land\nRiver,river\n", "x");
  EXPECT_THAT(table.labels(), ElementsAre("AnnualCrop", "River"));
  EXPECT_THAT(table.wordings(), ElementsAre("annual crop land", "river"));
  const ClassList list = parse_classes("sea lake\r\n\nriver\n# no class\n", "x");
  EXPECT_THAT(list.labels(), ElementsAre("sea lake", "river"));
  EXPECT_THAT(list.wordings(), ElementsAre("sea lake", "river"));
}

TEST(Classes, LabelsAreFoundByNameThenByIndex) {
  const ClassList classes({"Annual Crop", "7", "River"}, {}, "x");
  EXPECT_EQ(classes.find("annual_crop"), 0);
  EXPECT_EQ(classes.find("7"), 1);
  EXPECT_EQ(classes.find("2"), 2);
  EXPECT_FALSE(classes.find("3").has_value());
  EXPECT_FALSE(classes.find("-1").has_value());
  EXPECT_FALSE(classes.find("lake").has_value());
}

TEST(Classes, MismatchesNameBothSides) {
  const ClassList classes({"beach", "river"}, {}, "x");
  const std::vector<std::string> labels{"Beach", "Palace", "Palace"};
  EXPECT_THAT(
      message_of([&] { (void)match_labels(classes, labels); }),
      AllOf(HasSubstr("1 of the labels are no class ('Palace')"),
            HasSubstr("1 of the classes have no picture ('river')"), HasSubstr("--classes")));
  const std::vector<std::string> fine{"RIVER", "0"};
  const auto matched = match_labels(classes, fine);
  EXPECT_THAT(matched, ElementsAre(1, 0));
  EXPECT_THAT(classes_without_items(classes, std::vector<std::int32_t>{1, 1}),
              ElementsAre("beach"));
}

TEST(Classes, BadListsAreRefused) {
  EXPECT_THAT(message_of([] { (void)parse_classes("", "f.txt"); }),
              HasSubstr("f.txt: there is no"));
  EXPECT_THAT(message_of([] { (void)parse_classes("Sea Lake\nSeaLake\n", "f.txt"); }),
              AllOf(HasSubstr("'Sea Lake'"), HasSubstr("'SeaLake'")));
  EXPECT_THAT(message_of([] { (void)parse_classes("label,wording\na,\n", "f"); }),
              HasSubstr("'a' has no wording"));
  EXPECT_THAT(message_of([] { (void)parse_classes("label,wording\na\n", "f"); }), HasSubstr("f"));
  EXPECT_THAT(message_of([] { (void)parse_classes("\xff\xfe", "f"); }), HasSubstr("UTF-8"));
  EXPECT_THAT(message_of([] { (void)read_classes("classes/none.csv"); }),
              AllOf(HasSubstr("classes/none.csv"), HasSubstr("classes/aid.csv")));
}

TEST(Classes, EveryBuiltInListReads) {
  const auto files = built_in_files("classes/");
  EXPECT_GE(files.size(), 15u);
  for (const auto& file : files) EXPECT_GE(read_classes(file).size(), 5u) << file;
  EXPECT_EQ(read_classes("classes/aid.csv").size(), 30u);
}

TEST(Classes, LabelsMakeAListOfTheirOwn) {
  const std::vector<std::string> labels{"river", "Beach", "river", "beach"};
  EXPECT_THAT(classes_of_labels(labels).labels(), ElementsAre("Beach", "river"));
}

}  // namespace
}  // namespace skyglot
