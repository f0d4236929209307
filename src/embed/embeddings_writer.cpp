// SPDX-License-Identifier: Apache-2.0
#include "embed/embeddings_writer.hpp"

#include "base/atomic_file.hpp"
#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/half.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"
#include "embed/npy.hpp"
#include "embed/vectors.hpp"

#include <array>
#include <cstring>
#include <utility>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kExamples = 5;
constexpr std::array<const char*, 4> kFolderFiles{"embeddings.json", "vectors.f16", "ids.txt",
                                                  "skipped.csv"};

std::string block_bytes(const EmbeddedBlock& block) {
  Json skipped = Json::array();
  for (const SkippedItem& item : block.skipped) skipped.push_back({item.id, item.reason});
  const Json header{{"ids", block.ids}, {"skipped", skipped}, {"columns", block.vectors.cols}};
  std::string bytes = json_text(header) + "\n";
  bytes.append(reinterpret_cast<const char*>(block.vectors.values.data()),
               block.vectors.values.size() * sizeof(float));
  return bytes;
}

EmbeddedBlock parse_block(const std::string& bytes) {
  const std::size_t end = bytes.find('\n');
  const Json header = Json::parse(bytes.substr(0, end));
  EmbeddedBlock block;
  block.ids = header.at("ids").get<std::vector<std::string>>();
  for (const Json& item : header.at("skipped"))
    block.skipped.push_back({item.at(0).get<std::string>(), item.at(1).get<std::string>()});
  block.vectors =
      Matrix(static_cast<std::int64_t>(block.ids.size()), header.at("columns").get<std::int64_t>());
  std::memcpy(block.vectors.values.data(), bytes.data() + end + 1,
              block.vectors.values.size() * sizeof(float));
  return block;
}

// A file written in full in the work folder, then moved to where it belongs.
class PublishedFile {
 public:
  PublishedFile(const fs::path& work, fs::path target)
      : staged_(work / target.filename()), target_(std::move(target)), file_(staged_) {}

  void write(std::string_view bytes) {
    file_.write(bytes);
    hash_.update(bytes);
  }

  /// Returns the SHA-256.
  std::string publish() {
    file_.commit();
    fs::rename(staged_, target_);
    sync_folder(target_.parent_path());
    return hash_.finish();
  }

 private:
  fs::path staged_;
  fs::path target_;
  AtomicFile file_;
  Sha256 hash_;
};

std::string_view float_bytes(const Matrix& matrix) {
  return {reinterpret_cast<const char*>(matrix.values.data()),
          matrix.values.size() * sizeof(float)};
}

}  // namespace

EmbeddingsWriter::EmbeddingsWriter(fs::path output, const Json& plan, bool overwrite)
    : output_(std::move(output)),
      npy_(to_lower(output_.extension().string()) == ".npy"),
      work_(npy_ ? fs::path(output_.string() + ".partial") : output_ / ".embed") {
  enter(json_text(plan, 2) + "\n", overwrite);
  journal_.emplace(work_ / "journal.jsonl");
  remove_orphans(work_);
  read_journal();
}

void EmbeddingsWriter::enter(const std::string& plan, bool overwrite) {
  const fs::path plan_file = work_ / "embed.json";
  const bool begun = fs::exists(plan_file);
  const bool complete = fs::exists(npy_ ? output_ : output_ / "embeddings.json");
  if (begun && read_file(plan_file) == plan) return;
  if (!npy_ && !begun && !complete && fs::exists(output_) &&
      !(fs::is_directory(output_) && (fs::is_empty(output_) || fs::exists(work_))))
    fail(ErrorKind::input, "{} holds something else; choose another name", output_.string());
  if (begun && !overwrite)
    fail(ErrorKind::input,
         "{} was begun with other pictures or options (see {}); give --overwrite to start over",
         output_.string(), plan_file.string());
  if (complete && !overwrite)
    fail(ErrorKind::input, "{} exists already; choose another name or give --overwrite",
         output_.string());
  clear_output();
  make_folder(work_);
  write_file_atomically(plan_file, plan);
}

void EmbeddingsWriter::clear_output() const {
  if (npy_) {
    for (const char* suffix : {"", ".ids.txt", ".skipped.csv"})
      fs::remove(output_.string() + suffix);
  } else {
    for (const char* name : kFolderFiles) fs::remove(output_ / name);
  }
  fs::remove(work_ / "embed.json");  // the mark that a run was begun
  fs::remove_all(work_);
}

void EmbeddingsWriter::read_journal() {
  for (const auto& line : read_manifest(work_ / "journal.jsonl")) {
    if (line.contains("published")) {
      published_ = true;
      break;
    }
    FinishedBlock block{
        line.at("rows").get<std::uint64_t>(), line.at("skipped").get<std::uint64_t>(),
        line.at("items_sha256").get<std::string>(), line.at("sha256").get<std::string>()};
    finished_.push_back(std::move(block));
    resumed_ += finished_.back().items();
  }
}

fs::path EmbeddingsWriter::block_path(std::size_t number) const {
  return work_ / fmt::format("{:06}.block", number);
}

void EmbeddingsWriter::add(const EmbeddedBlock& block) {
  expect(block.vectors.rows == static_cast<std::int64_t>(block.ids.size()), "a row without an id");
  const std::string bytes = block_bytes(block);
  write_file_atomically(block_path(finished_.size()), bytes);
  finished_.push_back({block.ids.size(), block.skipped.size(), block.items_sha256, sha256(bytes)});
  const FinishedBlock& known = finished_.back();
  journal_->append({{"rows", known.rows},
                    {"skipped", known.skipped},
                    {"items_sha256", known.items_sha256},
                    {"sha256", known.sha256}});
}

EmbeddedBlock EmbeddingsWriter::read_block(std::size_t number) const {
  const fs::path path = block_path(number);
  const std::string bytes = read_file(path, UINT64_MAX);
  if (sha256(bytes) != finished_[number].sha256)
    fail(ErrorKind::format, "{}: damaged; give --overwrite to start over", path.string());
  return parse_block(bytes);
}

void EmbeddingsWriter::write_final(const Json& about, std::int64_t columns, EmbedTotals& totals) {
  const auto beside = [&](const char* name) {
    return npy_ ? fs::path(output_.string() + "." + name) : output_ / name;
  };
  PublishedFile vectors(work_, npy_ ? output_ : output_ / "vectors.f16");
  PublishedFile ids(work_, beside("ids.txt"));
  std::string skipped = "id,reason\n";
  if (npy_) vectors.write(npy_header(static_cast<std::int64_t>(totals.embedded), columns));
  for (std::size_t i = 0; i < finished_.size(); ++i) {
    const EmbeddedBlock block = read_block(i);
    vectors.write(npy_ ? std::string(float_bytes(block.vectors))
                       : half_bytes(block.vectors.values));
    ids.write(ids_text(block.ids));
    for (const SkippedItem& item : block.skipped) {
      skipped += csv_line({item.id, item.reason}) + "\n";
      if (totals.examples.size() < kExamples) totals.examples.push_back(item);
    }
  }
  const std::string ids_hash = ids.publish();
  if (totals.skipped > 0) {
    PublishedFile file(work_, beside("skipped.csv"));
    file.write(skipped);
    file.publish();
  }
  const std::string hash = vectors.publish();
  if (npy_) return;
  PublishedFile json(work_, output_ / "embeddings.json");
  const VectorsFacts facts{static_cast<std::int64_t>(totals.embedded), columns, hash, ids_hash};
  json.write(json_text(embeddings_json(facts, about), 2) + "\n");
  json.publish();
}

// Leaves nothing behind, so that the same command begins anew once the cause is mended.
void EmbeddingsWriter::fail_without_rows(std::uint64_t skipped) {
  const SkippedItem first = skipped == 0 ? SkippedItem{} : read_block(0).skipped.front();
  journal_.reset();
  clear_output();
  if (!npy_ && fs::is_empty(output_)) fs::remove(output_);
  if (skipped == 0) fail(ErrorKind::input, "there is no picture in what was given");
  fail(ErrorKind::input, "none of the {} pictures could be embedded; the first, {}: {}", skipped,
       first.id, first.reason);
}

EmbedTotals EmbeddingsWriter::finish(const Json& about, std::int64_t columns, bool may_be_none) {
  EmbedTotals totals{
      .embedded = 0, .skipped = 0, .resumed = resumed_, .repeated = 0, .examples = {}};
  for (const FinishedBlock& block : finished_) {
    totals.embedded += block.rows;
    totals.skipped += block.skipped;
  }
  if (totals.embedded == 0 && !may_be_none) fail_without_rows(totals.skipped);
  if (!published_) {
    write_final(about, columns, totals);
    journal_->append({{"published", true}});
  }
  for (std::size_t i = 0; i < finished_.size(); ++i) fs::remove(block_path(i));
  journal_.reset();
  fs::remove_all(work_);
  return totals;
}

}  // namespace skyglot
