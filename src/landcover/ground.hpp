// SPDX-License-Identifier: Apache-2.0
// The imagery that land cover is learned from and drawn on, as the backbone sees it: pictures of
// three bands, and which of their pixels hold data.
#pragma once

#include "imagery/declared_data.hpp"
#include "imagery/show.hpp"
#include "imagery/stretch.hpp"
#include "pictures/picture.hpp"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace skyglot {

/// Which bands are shown, and how.
struct GroundLook {
  std::vector<std::string> bands{};  ///< three, or one, by name or number; empty: red, green, blue
  StretchRule stretch{};
  /// Of each band shown; given, they count in place of the rule's (a map is shown as the imagery
  /// was that the model learned from).
  std::vector<BandStretch> stretches{};
  DataRule data{};
};

/// What a model learned to see, with what is asked for in its place where anything is.
[[nodiscard]] GroundLook shown_as(GroundLook learned, const GroundLook& asked);

/// A window as it is shown.
struct ShownGround {
  Picture picture;                  ///< three channels
  std::vector<std::uint8_t> valid;  ///< a byte a pixel: 1 where there is data
};

/// Open imagery: georeferenced rasters and plain pictures alike. Safe to be read from several
/// threads.
class Ground {
 public:
  /// Files, and folders that are walked to the bottom; what is no raster is passed over with a
  /// word. Throws Error(input) naming an input that holds none, or a raster without the bands.
  static Ground open(const std::vector<std::filesystem::path>& inputs, const GroundLook& look);
  ~Ground();
  Ground(Ground&&) noexcept;
  Ground& operator=(Ground&&) noexcept;

  /// Sorted by path. Those without a place on the earth have no crs_wkt.
  [[nodiscard]] const std::vector<Scene>& scenes() const;
  /// Everything that decides how a scene is shown here.
  [[nodiscard]] nlohmann::ordered_json facts(std::size_t scene) const;
  /// How samples become bytes in all of them; empty: as they are.
  [[nodiscard]] const std::vector<BandStretch>& stretches() const;

  /// `side` x `side` pixels of a square window, resampled where it has another side. What lies
  /// beyond the scene mirrors it and is not valid. Throws Error(format) naming a damaged file.
  [[nodiscard]] ShownGround read(std::size_t scene, const PixelWindow& square, int side) const;
  /// A window inside the scene, pixel for pixel.
  [[nodiscard]] ShownGround read(std::size_t scene, const PixelWindow& window) const;
  /// The whole scene, its longer side `side` pixels, or fewer where it has fewer.
  [[nodiscard]] ShownGround overview(std::size_t scene, int side) const;

 private:
  struct State;
  explicit Ground(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace skyglot
