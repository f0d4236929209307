// SPDX-License-Identifier: Apache-2.0
#include "search/index_writer.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/half.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "embed/vectors.hpp"

#include "search/index_tables.hpp"

#include <memory>
#include <optional>
#include <utility>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kRowsAtOnce = 4096;

// A file that is whole before it gets its name, and what it hashes to.
class HashedFile {
 public:
  explicit HashedFile(const fs::path& path) : file_(path) {}
  void write(std::string_view bytes) {
    file_.write(bytes);
    hash_.update(bytes);
  }
  /// Nothing is written any more.
  [[nodiscard]] std::string hash() { return hash_.finish(); }
  void commit() { file_.commit(); }

 private:
  AtomicFile file_;
  Sha256 hash_;
};

// What the skipped of a part are, by the lines of its table.
std::int64_t skipped_in(const fs::path& part) {
  if (!fs::exists(part / "skipped.csv")) return 0;
  const std::string text = read_file(part / "skipped.csv");
  return std::ranges::count(text, '\n') - 1;
}

class IndexJoiner {
 public:
  IndexJoiner(const fs::path& folder, const IndexSources& sources, const IndexSettings& settings)
      : folder_(folder),
        sources_(sources),
        settings_(settings),
        vectors_(folder / "vectors.f16"),
        ids_(folder / "ids.txt"),
        windows_path_(folder / "windows.gpkg"),
        windows_(std::in_place, windows_path_.path()) {}

  void add(const IndexPart& part) {
    const fs::path files = folder_ / "parts" / part.key;
    const Embeddings embeddings = read_embeddings(files);
    for_each_block(embeddings.vectors, kRowsAtOnce, [&](std::int64_t, const Matrix& block) {
      vectors_.write(half_bytes(block.values));
    });
    const std::int64_t skipped = skipped_in(files);
    parts_.push_back({{"label", part.label},
                      {"key", part.key},
                      {"windows", embeddings.vectors.rows()},
                      {"skipped", skipped}});
    if (!part.scene) parts_.back()["pictures"] = part.pictures.string();
    add_windows(part, embeddings.ids);
    joined_.skipped += skipped;
  }

  JoinedIndex finish(const std::vector<std::string>& named) {
    if (joined_.windows == 0)
      fail(ErrorKind::input,
           "none of {} windows holds enough data; --valid lowers what is asked of them",
           joined_.skipped);
    windows_->close();
    windows_.reset();
    VectorsFacts facts{joined_.windows, settings_.columns, vectors_.hash(), ids_.hash()};
    const std::string about = json_text(embeddings_json(facts, settings_.about), 2) + "\n";
    Json files{{"vectors.f16", facts.sha256},
               {"ids.txt", facts.ids_sha256},
               {"embeddings.json", sha256(about)},
               {"windows.gpkg", sha256_file(windows_path_.path())}};
    fs::remove(folder_ / "index.json");
    sync_folder(folder_);
    vectors_.commit();
    ids_.commit();
    windows_path_.commit();
    write_file_atomically(folder_ / "embeddings.json", about);
    write_imagery(files);
    write_file_atomically(folder_ / "index.json", json_text(index_json(files, named), 2) + "\n");
    return joined_;
  }

 private:
  void add_windows(const IndexPart& part, const std::vector<std::string>& names) {
    std::vector<std::string> ids;
    for (const std::string& name : names) ids.push_back(indexed_id(part, name));
    ids_.write(ids_text(ids));
    if (part.scene)
      windows_->add_scene(sources_.catalogue.scenes[*part.scene], ids,
                          kept_windows(*part.scene, names));
    else
      windows_->add_pictures(ids);
    joined_.windows += std::ssize(ids);
  }

  // Those of the windows laid that the names are of: both are in one order.
  [[nodiscard]] std::vector<SearchWindow> kept_windows(
      std::size_t scene, const std::vector<std::string>& names) const {
    std::vector<SearchWindow> kept;
    for (const SearchWindow& window : windows_of(sources_, scene, settings_.layout))
      if (kept.size() < names.size() && window_name(window.pixels) == names[kept.size()])
        kept.push_back(window);
    expect(kept.size() == names.size(), "a window that was not laid");
    return kept;
  }

  void write_imagery(Json& files) const {
    const fs::path path = folder_ / "imagery.gpkg";
    if (sources_.catalogue.scenes.empty()) {
      fs::remove(path);
      return;
    }
    write_catalogue(path, sources_.catalogue);
    files["imagery.gpkg"] = sha256_file(path);
  }

  [[nodiscard]] Json index_json(const Json& files, const std::vector<std::string>& named) const {
    return {{"schema", 1},
            {"kind", "window index"},
            {"count", joined_.windows},
            {"dimension", settings_.columns},
            {"settings", settings_.json()},
            {"files", files},
            {"sources", named},
            {"scenes", scenes_hash(sources_)},
            {"parts", parts_}};
  }

  const fs::path& folder_;
  const IndexSources& sources_;
  const IndexSettings& settings_;
  HashedFile vectors_;
  HashedFile ids_;
  PendingPath windows_path_;
  std::optional<WindowTableWriter> windows_;
  Json parts_ = Json::array();
  JoinedIndex joined_{};
};

}  // namespace

JoinedIndex write_index(const fs::path& folder, const IndexSources& sources,
                        const IndexSettings& settings, const std::vector<IndexPart>& parts,
                        const std::vector<std::string>& named) {
  IndexJoiner joiner(folder, sources, settings);
  for (const IndexPart& part : parts) joiner.add(part);
  return joiner.finish(named);
}

}  // namespace skyglot
