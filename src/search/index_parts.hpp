// SPDX-License-Identifier: Apache-2.0
// The parts of an index: a scene's windows, or the pictures of one input, each embedded by itself
// and kept under a key of everything that decides its bytes.
#pragma once

#include "embed/job.hpp"

#include "search/index_sources.hpp"
#include "search/window_layout.hpp"
#include "search/window_painter.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace skyglot {

struct IndexPart {
  std::string label;                 ///< what its ids begin with; "": nothing
  std::string key;                   ///< name of its folder: 32 hexadecimal digits
  std::optional<std::size_t> scene;  ///< index in the catalogue
  std::filesystem::path pictures{};  ///< where there is no scene
};

/// What decides the vectors of all parts.
struct IndexSettings {
  WindowLayout layout;
  nlohmann::ordered_json about;  ///< of the vectors: model, precision, content
  std::int64_t columns = 0;

  /// All of it, for comparison.
  [[nodiscard]] nlohmann::ordered_json json() const;
};

/// Scenes in the catalogue's order, then pictures.
[[nodiscard]] std::vector<IndexPart> index_parts(const IndexSources& sources,
                                                 const IndexSettings& settings);

/// The windows of a part's scene.
[[nodiscard]] std::vector<SearchWindow> windows_of(const IndexSources& sources, std::size_t scene,
                                                   const WindowLayout& layout);

/// "128_0_64": a window's name within its scene.
[[nodiscard]] std::string window_name(const PixelWindow& window);
/// The id in the whole index of what is `name` within its part.
[[nodiscard]] std::string indexed_id(const IndexPart& part, const std::string& name);

/// Embeds parts into folders of `folder`, where they stay until nothing asks for them.
class PartEmbedder {
 public:
  /// All must outlive it.
  PartEmbedder(const IndexSources& sources, const IndexSettings& settings,
               const PictureModel& model, std::filesystem::path folder);

  [[nodiscard]] std::filesystem::path folder_of(const IndexPart& part) const;
  [[nodiscard]] bool is_done(const IndexPart& part) const;
  /// Goes on where an earlier run was cut off; results do not depend on `threads`.
  [[nodiscard]] EmbedTotals embed(const IndexPart& part, int threads) const;

 private:
  const IndexSources& sources_;
  const IndexSettings& settings_;
  const PictureModel& model_;
  std::filesystem::path folder_;
  WindowPainter painter_;
};

/// Of all that the catalogue says of its scenes and collections, also what no pixel depends on.
[[nodiscard]] std::string scenes_hash(const IndexSources& sources);

}  // namespace skyglot
