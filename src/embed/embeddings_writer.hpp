// SPDX-License-Identifier: Apache-2.0
// Embeddings written block by block, so that a run that is killed can be taken up again.
#pragma once

#include "base/manifest.hpp"
#include "base/matrix.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace skyglot {

struct SkippedItem {
  std::string id;
  std::string reason;
};

/// The outcome of consecutive items of the source.
struct EmbeddedBlock {
  std::vector<std::string> ids;  ///< one for each row
  Matrix vectors;
  std::vector<SkippedItem> skipped;
  std::string items_sha256;  ///< of all ids, skipped ones too, each followed by a line feed
};

/// What the journal knows of a block.
struct FinishedBlock {
  std::uint64_t rows = 0;
  std::uint64_t skipped = 0;
  std::string items_sha256;
  std::string sha256;  ///< of its file
  [[nodiscard]] std::uint64_t items() const { return rows + skipped; }
};

struct EmbedTotals {
  std::uint64_t embedded = 0;
  std::uint64_t skipped = 0;
  std::uint64_t resumed = 0;          ///< items that an earlier run had done
  std::uint64_t repeated = 0;         ///< items that had come before, passed over
  std::vector<SkippedItem> examples;  ///< the first few skipped
};

/// Layout while a run is under way, below OUT/.embed (or OUT.npy.partial):
///   embed.json       everything that decides the bytes
///   journal.jsonl    one checked line for each finished block, one at the very end
///   000000.block     ids, skipped items and float32 vectors
/// finish() makes of it a folder of ours, or a .npy where the name ends so, and takes it away; the
/// same inputs give the same bytes however often the run was interrupted.
class EmbeddingsWriter {
 public:
  /// `plan` is what decides the bytes. Goes on with a run of the same plan; throws Error(input) if
  /// the output is complete, or was begun with another plan, or is somebody else's; with
  /// `overwrite` these are replaced (a folder that is not ours never).
  EmbeddingsWriter(std::filesystem::path output, const nlohmann::ordered_json& plan,
                   bool overwrite);

  [[nodiscard]] const std::vector<FinishedBlock>& finished() const { return finished_; }
  void add(const EmbeddedBlock& block);
  /// `columns` is the width of the vectors, in case there are none. That is an Error(input), after
  /// which nothing is left behind, unless there `may_be_none`.
  EmbedTotals finish(const nlohmann::ordered_json& about, std::int64_t columns,
                     bool may_be_none = false);

 private:
  void enter(const std::string& plan, bool overwrite);
  [[noreturn]] void fail_without_rows(std::uint64_t skipped);
  void clear_output() const;
  void read_journal();
  void write_final(const nlohmann::ordered_json& about, std::int64_t columns, EmbedTotals& totals);
  [[nodiscard]] EmbeddedBlock read_block(std::size_t number) const;
  [[nodiscard]] std::filesystem::path block_path(std::size_t number) const;

  std::filesystem::path output_;
  bool npy_;
  std::filesystem::path work_;
  std::vector<FinishedBlock> finished_;
  std::uint64_t resumed_ = 0;
  bool published_ = false;
  std::optional<Manifest> journal_;
};

}  // namespace skyglot
