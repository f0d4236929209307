// SPDX-License-Identifier: Apache-2.0
// Runs that are killed and taken up again end in the same bytes.
#include "embed/job.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "embed/test_source.hpp"
#include "embed/vectors.hpp"
#include "tests/support/program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <unistd.h>

namespace skyglot {
namespace {

using ::testing::HasSubstr;
using testing_support::fake_tower;
using testing_support::NoisySource;
using testing_support::test_folder;
using testing_support::tree_hashes;
namespace fs = std::filesystem;

constexpr int kPictures = 50;

EmbedJob job_to(const fs::path& output) {
  EmbedJob job;
  job.output = output;
  job.about = {{"weights_sha256", "abc"}};
  job.inputs = {"noise"};
  job.columns = 4;
  job.options.block = 25;
  job.options.threads = 2;
  return job;
}

EmbedTotals run(const EmbedJob& job, int count = kPictures) {
  NoisySource source(count);
  return run_picture_job(source, fake_tower(), job);
}

// What the killed child does; the program starts itself again for it (see killed_run).
TEST(EmbedChild, DISABLED_Runs) {
  const char* output = std::getenv("SKYGLOT_TEST_OUTPUT");
  ASSERT_NE(output, nullptr);
  (void)run(job_to(output));
}

// Returns the exit code, 128 + signal if one ended it.
int run_in_child(const fs::path& output, const std::string& fail_point) {
  const pid_t child = fork();
  if (child == 0) {
    setenv("SKYGLOT_TEST_OUTPUT", output.c_str(), 1);
    setenv("SKYGLOT_FAIL_POINT", fail_point.c_str(), 1);
    if (std::freopen("/dev/null", "w", stdout) == nullptr) _exit(126);
    execl("/proc/self/exe", "embed_test", "--gtest_filter=EmbedChild.DISABLED_Runs",
          "--gtest_also_run_disabled_tests", nullptr);
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string message_of(const EmbedJob& job, int count = kPictures) {
  try {
    (void)run(job, count);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(EmbedJob, WritesAFolderThatCanBeRead) {
  const fs::path folder = test_folder();
  const EmbedTotals totals = run(job_to(folder / "out"));
  EXPECT_EQ(totals.embedded, 43u);
  EXPECT_EQ(totals.skipped, 7u);
  EXPECT_EQ(totals.resumed, 0u);
  EXPECT_EQ(totals.examples.at(0).id, "p3.png");
  const Embeddings embeddings = read_embeddings(folder / "out");
  EXPECT_EQ(embeddings.vectors.rows(), 43);
  EXPECT_EQ(embeddings.ids.at(3), "p4.png");
  EXPECT_EQ(embeddings.about.at("weights_sha256"), "abc");
  EXPECT_THAT(read_file(folder / "out/skipped.csv"), HasSubstr("\np10.png,"));
  EXPECT_EQ(tree_hashes(folder / "out").size(), 4u);
}

TEST(EmbedJob, WritesNpyWithTheSameVectors) {
  const fs::path folder = test_folder();
  (void)run(job_to(folder / "out"));
  (void)run(job_to(folder / "out.npy"));
  const Embeddings npy = read_embeddings(folder / "out.npy");
  const Embeddings ours = read_embeddings(folder / "out");
  ASSERT_EQ(npy.ids, ours.ids);
  const Matrix floats = npy.vectors.all();
  const Matrix halves = ours.vectors.all();
  for (std::size_t i = 0; i < floats.values.size(); ++i)
    EXPECT_NEAR(floats.values[i], halves.values[i], 1e-3);
  EXPECT_FALSE(fs::exists(folder / "out.npy.partial"));
  EXPECT_TRUE(fs::exists(folder / "out.npy.skipped.csv"));
}

TEST(EmbedJob, KilledAnywhereItEndsInTheSameBytes) {
  for (const char* name : {"out", "out.npy"}) {
    const fs::path folder = test_folder();
    (void)run(job_to(folder / name));
    const auto whole = tree_hashes(folder);
    for (const std::string point : {"write", "before_rename", "after_rename", "mid_manifest"}) {
      int killed = 0;
      for (int passage = 1;; ++passage) {
        fs::remove_all(folder);
        fs::create_directories(folder);
        const std::string how = point + ":" + std::to_string(passage);
        const int code = run_in_child(folder / name, how);
        if (code == 0) break;
        ASSERT_EQ(code, 137) << how;
        ++killed;
        EXPECT_EQ(message_of(job_to(folder / name)), "") << how;
        EXPECT_EQ(tree_hashes(folder), whole) << how;
      }
      EXPECT_GE(killed, 3) << point;
    }
  }
}

// One source after the other, as several inputs are.
class TwoSources : public PictureSource {
 public:
  TwoSources(NoisySource& first, NoisySource& second) : first_(first), second_(second) {}
  std::optional<SourcePicture> next() override {
    auto picture = first_.next();
    return picture ? std::move(picture) : second_.next();
  }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return std::nullopt; }

 private:
  NoisySource& first_;
  NoisySource& second_;
};

TEST(EmbedJob, APictureTwiceIsEmbeddedOnce) {
  const fs::path folder = test_folder();
  NoisySource one(kPictures);
  NoisySource same(kPictures);
  TwoSources both(one, same);
  const EmbedTotals totals = run_picture_job(both, fake_tower(), job_to(folder / "twice"));
  EXPECT_EQ(totals.repeated, 50u);
  (void)run(job_to(folder / "once"));
  EXPECT_EQ(tree_hashes(folder / "twice"), tree_hashes(folder / "once"));
}

TEST(EmbedJob, TwoPicturesOfOneNameAreRefused) {
  const fs::path folder = test_folder();
  NoisySource one(kPictures);
  NoisySource other(kPictures, "p", 1000);
  TwoSources both(one, other);
  EXPECT_THAT([&] { (void)run_picture_job(both, fake_tower(), job_to(folder / "out")); },
              testing::Throws<Error>(testing::Property(
                  &Error::what, HasSubstr("two different pictures are called 'p0.png'"))));
}

TEST(EmbedJob, GoesOnWhereItStopped) {
  const fs::path folder = test_folder();
  ASSERT_EQ(run_in_child(folder / "out", "mid_manifest:2"), 137);
  EXPECT_EQ(run(job_to(folder / "out")).resumed, 25u);
}

TEST(EmbedJob, FullDisksEndInAnErrorNotInABadFile) {
  const fs::path folder = test_folder();
  for (const char* how : {"write:1:enospc", "write:3:eio", "write:7:enospc"}) {
    EXPECT_EQ(run_in_child(folder / "out", how), 1) << how;
    EXPECT_FALSE(fs::exists(folder / "out/embeddings.json"));
  }
  EXPECT_EQ(message_of(job_to(folder / "out")), "");
}

TEST(EmbedJob, RefusesWhatIsThere) {
  const fs::path folder = test_folder();
  EmbedJob job = job_to(folder / "out");
  (void)run(job);
  EXPECT_THAT(message_of(job), HasSubstr("exists already"));
  job.overwrite = true;
  EXPECT_EQ(message_of(job), "");
  fs::create_directories(folder / "other");
  write_file_atomically(folder / "other/holiday.txt", "x");
  job.output = folder / "other";
  EXPECT_THAT(message_of(job), HasSubstr("something else"));
  EXPECT_TRUE(fs::exists(folder / "other/holiday.txt"));
}

TEST(EmbedJob, OtherOptionsOrPicturesCannotResume) {
  const fs::path folder = test_folder();
  EmbedJob job = job_to(folder / "out");
  ASSERT_EQ(run_in_child(job.output, "mid_manifest:2"), 137);
  job.about["weights_sha256"] = "other";
  EXPECT_THAT(message_of(job), HasSubstr("begun with other"));
  job = job_to(folder / "out");
  EXPECT_THAT(message_of(job, 15), HasSubstr("not those"));
  NoisySource renamed(kPictures, "q");
  EXPECT_THROW((void)run_picture_job(renamed, fake_tower(), job), Error);
  EXPECT_EQ(run(job).resumed, 25u);
}

TEST(AboutModel, TellsModelsApartThatShareTheirWeights) {
  ModelConfig config;
  config.kind = ModelKind::vit;
  config.weights_sha256 = "same";
  const auto about = about_model(config);
  ModelConfig mean = config;
  mean.vision.pooling = Pooling::mean;
  EXPECT_NE(about_model(mean), about);
  ModelConfig heads = config;
  heads.vision.transformer.heads = 6;
  EXPECT_NE(about_model(heads), about);
  ModelConfig brighter = config;
  brighter.preprocess.mean[0] = 0.5F;
  EXPECT_NE(about_model(brighter), about);
  ModelConfig tighter = config;
  tighter.preprocess.resize_side = 256;
  EXPECT_NE(about_model(tighter), about);
  ModelConfig causal = config;
  causal.vision.causal = true;
  EXPECT_NE(about_model(causal), about);
  ModelConfig texts = config;
  texts.text = TextConfig{};
  ModelConfig first = texts;
  first.text->pooling = TextPooling::first;
  EXPECT_NE(about_model(first), about_model(texts));
}

std::vector<std::string> numbered_texts() {
  std::vector<std::string> texts;
  for (int i = 0; i < 35; ++i) texts.push_back("text number " + std::to_string(i * i));
  return texts;
}

TextModel fake_text_tower() {
  return {[](std::span<const std::string> texts) {
    Matrix rows(std::ssize(texts), 4);
    for (std::int64_t i = 0; i < rows.rows; ++i) {
      const auto tokens = clip_tokenizer().context(texts[static_cast<std::size_t>(i)]);
      for (std::size_t k = 0; k < 4; ++k) rows.row(i)[k] = static_cast<float>(tokens[3 + k]);
    }
    return rows;
  }};
}

// The second block fails under --strict; by then the first is kept.
TEST(EmbedJob, ChangedTextsCannotResume) {
  const fs::path folder = test_folder();
  EmbedJob job = job_to(folder / "out");
  job.options.strict = true;
  std::vector<std::string> texts = numbered_texts();
  const TextModel tower = fake_text_tower();
  for (int i = 0; i < 90; ++i) texts[30] += " word";
  ASSERT_THROW((void)run_text_job(texts, tower, job), Error);
  texts[30] = "short";
  auto changed = texts;
  changed[3] = "another";
  EXPECT_THROW((void)run_text_job(changed, tower, job), Error);
  EXPECT_THROW((void)run_text_job(std::span(texts).first(20), tower, job), Error);
  EXPECT_EQ(run_text_job(texts, tower, job).resumed, 25u);
  EXPECT_EQ(read_embeddings(folder / "out").ids, texts);
}

TEST(EmbedJob, TextsAreTheirOwnIds) {
  const fs::path folder = test_folder();
  const std::vector<std::string> texts = numbered_texts();
  const TextModel tower = fake_text_tower();
  const EmbedTotals totals = run_text_job(texts, tower, job_to(folder / "out"));
  EXPECT_EQ(totals.embedded, 35u);
  EXPECT_EQ(read_embeddings(folder / "out").ids, texts);
}

}  // namespace
}  // namespace skyglot
