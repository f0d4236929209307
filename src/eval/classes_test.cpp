// SPDX-License-Identifier: Apache-2.0
#include "eval/classes.hpp"

#include "eval/data_file.hpp"
#include "eval/names.hpp"
#include "tests/support/message_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Names, CaseBlanksAndSignsDoNotMatter) {
  EXPECT_EQ(normalised_name("Baseball Field"), "baseballfield");
  EXPECT_EQ(normalised_name("baseball_field-2"), "baseballfield2");
  EXPECT_EQ(normalised_name("Grünland"), "grünland");
  EXPECT_EQ(normalised_name("Parks & Recreation (old)"), "parksrecreationold");
  EXPECT_EQ(normalised_name(" /_"), "");
}

TEST(Names, SignsThatTellNamesApartStay) {
  const std::vector<std::vector<std::string>> different{{"<5 m", ">5 m", "5 m"},
                                                        {"-1", "1", "+1"},
                                                        {"1.5 m", "15 m"},
                                                        {"10-20", "1020"},
                                                        {"C", "C++"},
                                                        {"1 2", "12"},
                                                        {"5", "5 %"}};
  for (const auto& names : different)
    for (const auto& one : names)
      for (const auto& other : names)
        EXPECT_EQ(normalised_name(one) == normalised_name(other), one == other) << one << other;
  EXPECT_EQ(normalised_name("zone 1-2"), normalised_name("Zone_1_2"));
  EXPECT_EQ(normalised_name("ViT-L/14"), normalised_name("vit_l-14"));
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
  const ClassList blanks = parse_classes("label, wording\nSeaLake, sea or lake\n", "x");
  EXPECT_THAT(blanks.wordings(), ElementsAre("sea or lake"));
  EXPECT_THAT(parse_classes("\xEF\xBB\xBFriver\nsea\n", "x").labels(), ElementsAre("river", "sea"));
  const ClassList list = parse_classes("sea lake\r\n\nriver\n# no class\n", "x");
  EXPECT_THAT(list.labels(), ElementsAre("sea lake", "river"));
  EXPECT_THAT(list.wordings(), ElementsAre("sea lake", "river"));
}

using Indexes = std::vector<std::int32_t>;

TEST(Classes, LabelsAreNamesOrIndexesNotBoth) {
  const ClassList classes({"Annual Crop", "7", "River"}, {}, "x");
  const auto read = [&](const Labels& labels) { return match_labels(classes, labels); };
  EXPECT_EQ(read({{"annual_crop", "7", "RIVER"}}).classes, (Indexes{0, 1, 2}));
  EXPECT_EQ(read({{"annual_crop", "7"}}).reading, LabelReading::names);
  EXPECT_EQ(read({{"2", "0"}}).classes, (Indexes{2, 0}));
  EXPECT_EQ(read({{"2", "0"}}).reading, LabelReading::indexes);
  for (const Labels& wrong :
       {Labels{{"annual_crop", "2"}}, Labels{{"3"}}, Labels{{"-1"}}, Labels{{"7", "0"}}})
    EXPECT_THAT(message_of([&] { (void)read(wrong); }), HasSubstr("do not match"));
}

// Local climate zones are called 1 to 17; arrays of labels count from 0.
TEST(Classes, NumbersAreIndexesEvenWhereClassesAreCalledByNumbers) {
  std::vector<std::string> names;
  std::vector<std::string> zero_based;
  for (int i = 0; i < 17; ++i) {
    names.push_back(std::to_string(i + 1));
    zero_based.push_back(std::to_string(i));
  }
  const ClassList classes(names, {}, "lcz.txt");
  EXPECT_EQ(match_labels(classes, {zero_based, true}).classes[5], 5);
  EXPECT_EQ(match_labels(classes, {zero_based, false}).classes[5], 5);  // 0 is no name
  EXPECT_EQ(match_labels(classes, {names, false}).classes[5], 5);
  EXPECT_EQ(match_labels(classes, {names, true}).classes[5], 5);  // 17 is no index
  testing::internal::CaptureStderr();
  EXPECT_EQ(match_labels(classes, {{"3", "4"}, true}).classes, (Indexes{3, 4}));
  EXPECT_EQ(match_labels(classes, {{"3", "4"}, false}).classes, (Indexes{2, 3}));
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              AllOf(HasSubstr("taken for indexes"), HasSubstr("taken for names")));
}

TEST(Classes, MinusOneIsNoLabelUnlessItIsAClass) {
  using testing::ElementsAre;
  EXPECT_THAT(unlabelled({{"0", "-1", "3", ""}}, nullptr), ElementsAre(false, true, false, true));
  EXPECT_THAT(unlabelled({{"a", "-1"}}, nullptr), ElementsAre(false, false));
  const ClassList signs({"-1", "1"}, {}, "x");
  EXPECT_THAT(unlabelled({{"1", "-1"}}, &signs), ElementsAre(false, false));
  EXPECT_EQ(match_labels(signs, {{"1", "-1"}}).classes, (Indexes{1, 0}));
}

TEST(Classes, MismatchesNameBothSides) {
  const ClassList classes({"beach", "river"}, {}, "x");
  const Labels labels{{"Beach", "Palace", "Palace"}};
  EXPECT_THAT(
      message_of([&] { (void)match_labels(classes, labels); }),
      AllOf(HasSubstr("1 of the labels are no class ('Palace')"),
            HasSubstr("1 of the classes have no picture ('river')"), HasSubstr("--classes")));
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
