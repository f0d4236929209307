// SPDX-License-Identifier: Apache-2.0
#include "eval/samples.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "pictures/shard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Samples : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) / (std::string("samples-") + info->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path write(const std::string& name, const std::string& bytes) const {
    const fs::path path = folder_ / name;
    fs::create_directories(path.parent_path());
    write_file_atomically(path, bytes);
    return path;
  }

  fs::path write_tar(const std::string& name,
                     const std::vector<std::pair<std::string, std::string>>& members) const {
    ShardWriter writer(folder_ / name);
    for (const auto& [member, bytes] : members) writer.add(member, bytes);
    (void)writer.commit();
    return folder_ / name;
  }

  static std::vector<std::string> labels_of(const SampleSet& set) {
    std::vector<std::string> labels;
    for (const PictureSample& sample : set.samples) labels.push_back(sample.label);
    return labels;
  }

  static std::string contents_of(const SampleSet& set) {
    std::string bytes;
    const auto source = set.open();
    for (std::size_t i = 0; auto picture = source->next(); ++i) {
      EXPECT_EQ(picture->id, set.samples.at(i).id);
      bytes += picture->bytes;
    }
    return bytes;
  }

  static std::string message_of(const SampleRequest& request) {
    try {
      (void)read_samples(request);
      return "";
    } catch (const Error& error) {
      return error.what();
    }
  }

  fs::path folder_;
};

TEST_F(Samples, FoldersNameTheirClass) {
  write("set/River/a.jpg", "A");
  write("set/sea lake/b.png", "B");
  write("set/c.jpg", "C");
  const SampleSet set = read_samples({.images = {folder_ / "set"}, .list = {}, .data = {}});
  EXPECT_THAT(labels_of(set), ElementsAre("River", "sea lake"));
  EXPECT_EQ(set.unlabelled, 1);
  EXPECT_EQ(set.layout, "folders");
  EXPECT_EQ(contents_of(set), "AB");
}

TEST_F(Samples, TarsHaveFoldersJsonOrClsBeside) {
  const auto tar = write_tar("t.tar", {{"river/a.jpg", "A"},
                                       {"k1.jpg", "B"},
                                       {"k1.json", R"({"label": "sea", "captions": ["x", " y "]})"},
                                       {"k2.jpg", "C"},
                                       {"k2.cls", "3\n"},
                                       {"k3.jpg", "D"}});
  const SampleSet set = read_samples({.images = {tar}, .list = {}, .data = {}});
  EXPECT_THAT(labels_of(set), ElementsAre("river", "sea", "3"));
  EXPECT_EQ(set.layout, "webdataset");
  EXPECT_EQ(contents_of(set), "ABC");
  const SampleSet captions =
      read_samples({.images = {tar}, .list = {}, .data = {}, .truth = Truth::captions});
  ASSERT_EQ(captions.samples.size(), 1u);
  EXPECT_THAT(captions.samples[0].captions, ElementsAre("x", "y"));
  EXPECT_EQ(contents_of(captions), "B");
}

TEST_F(Samples, NullRowsOfAListAreDroppedAndCounted) {
  write("set/a.jpg", "A");
  write("set/b.jpg", "B");
  write("set/c.jpg", "C");
  write("set/list.csv", "filepath,label,kind\na.jpg,river,1\nb.jpg,,2\nc.jpg,NaN,3\nc.jpg,2,3\n");
  SampleRequest request{.images = {folder_ / "set"}, .list = {}, .data = {}};
  request.data.layout = DataLayout::csv;
  request.data.list = "list.csv";
  const SampleSet set = read_samples(request);
  EXPECT_THAT(labels_of(set), ElementsAre("river", "2"));
  EXPECT_EQ(set.unlabelled, 2);
  EXPECT_EQ(contents_of(set), "AC");
  request.data.label_column = "class";
  EXPECT_THAT(message_of(request), AllOf(HasSubstr("no column 'class'"), HasSubstr("kind, label"),
                                         HasSubstr("--label-column")));
}

// pandas' words for null are its own: a folder may be called so.
TEST_F(Samples, FoldersMayBeCalledNoneOrNull) {
  for (const char* name : {"None", "NA", "null", "nan"})
    write("set/" + std::string(name) + "/a.jpg", name);
  const SampleSet set = read_samples({.images = {folder_ / "set"}, .list = {}, .data = {}});
  EXPECT_THAT(labels_of(set), ElementsAre("NA", "None", "nan", "null"));
  EXPECT_EQ(set.unlabelled, 0);
  const auto tar = write_tar(
      "t.tar",
      {{"a.jpg", "A"}, {"a.json", R"({"label": "None"})"}, {"b.jpg", "B"}, {"b.cls", "NA"}});
  EXPECT_THAT(labels_of(read_samples({.images = {tar}, .list = {}, .data = {}})),
              ElementsAre("None", "NA"));
}

TEST_F(Samples, ACaptionThatIsNullIsNone) {
  const auto tar = write_tar("t.tar", {{"a.jpg", "A"},
                                       {"a.json", R"({"caption": null})"},
                                       {"b.jpg", "B"},
                                       {"b.json", R"({"caption": "a river"})"}});
  const SampleSet set =
      read_samples({.images = {tar}, .list = {}, .data = {}, .truth = Truth::captions});
  EXPECT_EQ(contents_of(set), "B");
  EXPECT_EQ(set.unlabelled, 1);
}

TEST_F(Samples, NumbersAreToldFromNames) {
  const auto tar = write_tar(
      "t.tar", {{"a.jpg", "A"}, {"a.cls", "3"}, {"b.jpg", "B"}, {"b.json", R"({"label": 4})"}});
  EXPECT_TRUE(
      skyglot::labels_of(read_samples({.images = {tar}, .list = {}, .data = {}}).samples).numbers);
  write("set/3/a.jpg", "A");
  EXPECT_FALSE(skyglot::labels_of(
                   read_samples({.images = {folder_ / "set"}, .list = {}, .data = {}}).samples)
                   .numbers);
}

TEST_F(Samples, SamplesCanBeDropped) {
  write("set/a/1.jpg", "A");
  write("set/b/2.jpg", "B");
  write("set/c/3.jpg", "C");
  SampleSet set = read_samples({.images = {folder_ / "set"}, .list = {}, .data = {}});
  set.drop({false, true, false});
  EXPECT_EQ(contents_of(set), "AC");
  EXPECT_EQ(set.unlabelled, 1);
}

TEST_F(Samples, PathsOfAListMayStartAtTheRootOrAtTheList) {
  write("root/aid/a.jpg", "A");
  SampleRequest request{.images = {folder_ / "root"}, .list = {}, .data = {}};
  request.data.list = "aid/list.csv";
  write("root/aid/list.csv", "filepath,label\naid/a.jpg,x\n");
  EXPECT_EQ(contents_of(read_samples(request)), "A");
  write("root/aid/list.csv", "filepath,label\na.jpg,x\n");
  EXPECT_EQ(contents_of(read_samples(request)), "A");
}

TEST_F(Samples, RowsOfOnePictureBecomeOneSampleOfCaptions) {
  write("a.jpg", "A");
  write("b.jpg", "B");
  const auto list = write("list.csv", "filepath,title\na.jpg,x\nb.jpg,y\na.jpg,z\nb.jpg,\n");
  const SampleSet set =
      read_samples({.images = {list}, .list = {}, .data = {}, .truth = Truth::captions});
  ASSERT_EQ(set.samples.size(), 2u);
  EXPECT_THAT(set.samples[0].captions, ElementsAre("x", "z"));
  EXPECT_EQ(set.unlabelled, 1);
  EXPECT_EQ(contents_of(set), "AB");
}

TEST_F(Samples, CaptionFilesPickTheirPictures) {
  write("set/imgs/1.jpg", "A");
  write("set/imgs/2.jpg", "B");
  write("set/d.json", R"({"images": [
    {"filename": "2.tif", "split": "test", "sentences": [{"raw": "x"}]},
    {"filename": "3.tif", "split": "test", "sentences": [{"raw": "y"}]},
    {"filename": "1.tif", "split": "train", "sentences": [{"raw": "z"}]}]})");
  SampleRequest request{
      .images = {folder_ / "set"}, .list = {}, .data = {}, .truth = Truth::captions};
  request.data.layout = DataLayout::karpathy;
  request.data.list = "d.json";
  const SampleSet set = read_samples(request);
  ASSERT_EQ(set.samples.size(), 1u);
  EXPECT_THAT(set.samples[0].captions, ElementsAre("x"));
  EXPECT_EQ(set.missing, 1);
  EXPECT_EQ(set.unlisted, 1);
  EXPECT_EQ(contents_of(set), "B");
  request.data.list = "other.json";
  EXPECT_THAT(message_of(request), AllOf(HasSubstr("other.json"), HasSubstr("--list")));
}

TEST_F(Samples, AManifestsListThatIsNotThereIsSaid) {
  write("set/river/a.jpg", "A");
  SampleRequest request{.images = {folder_ / "set"}, .list = {}, .data = {}};
  request.data.list = "aid/list.csv";
  EXPECT_TRUE(read_samples(request).list_missing);
}

TEST_F(Samples, PicturesWithoutTruthAreRefused) {
  write("set/a.jpg", "A");
  SampleRequest request{.images = {folder_ / "set"}, .list = {}, .data = {}};
  EXPECT_THAT(message_of(request), HasSubstr("none of the pictures has a label"));
  request.truth = Truth::captions;
  EXPECT_THAT(message_of(request), HasSubstr("none of the pictures has a caption"));
  request.list = folder_ / "none.csv";
  EXPECT_THAT(message_of(request), HasSubstr("none.csv"));
  const auto tar = write_tar("t.tar", {{"a.jpg", "A"}, {"a.json", "{"}});
  EXPECT_THAT(message_of({.images = {tar}, .list = {}, .data = {}}), HasSubstr("a.jpg"));
}

TEST_F(Samples, LabelsThatAreTreesAreRefused) {
  const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
  for (const std::string& label : {std::string("[1]"), deep}) {
    const auto tar = write_tar("t.tar", {{"a.jpg", "A"}, {"a.json", "{\"label\": " + label + "}"}});
    EXPECT_THAT(message_of({.images = {tar}, .list = {}, .data = {}}),
                AllOf(HasSubstr("a.jpg"),
                      AnyOf(HasSubstr("neither text nor number"), HasSubstr("nested too deeply"))));
  }
}

}  // namespace
}  // namespace skyglot
