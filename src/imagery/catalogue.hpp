// SPDX-License-Identifier: Apache-2.0
// The imagery catalogue: collections of scenes, where each shows valid pixels, and how to open it.
#pragma once

#include "raster/raster.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace skyglot {

/// How samples of one band become 8 bits: low -> 0, high -> 255, clamped between.
struct BandStretch {
  double low = 0;
  double high = 255;
  friend bool operator==(const BandStretch&, const BandStretch&) = default;
};

/// Scenes that share sensor, licence and look.
struct Collection {
  std::string code;     ///< two characters, letters or digits: "CH", "S2"
  std::string name;     ///< "SWISSIMAGE 10 cm"
  std::string licence;  ///< text that the data set's attribution file repeats
  std::string attribution;
  std::string source;  ///< where it came from: folder, STAC API, Earth Engine asset
  /// Nominal GSD. Where given, chips of scenes that differ from it by more than 1 % are resampled
  /// to it; else every scene keeps its own.
  std::optional<double> gsd_m;
  std::vector<int> bands;      ///< numbers (from 1) of those that every scene has: a patch's bands
  std::vector<int> rgb_bands;  ///< three of them to show (or one, for a panchromatic collection)
  std::vector<BandStretch>
      stretches;  ///< one for each of rgb_bands; empty: 8-bit samples as they are
};

/// One file of a scene: a share of its bands over the same ground.
struct SceneFile {
  std::string gdal_name;  ///< what GDAL opens
  int width = 0;          ///< its own pixels: those of the scene, or larger ones
  int height = 0;
  int bands = 0;  ///< how many it adds to the scene's
  friend bool operator==(const SceneFile&, const SceneFile&) = default;
};

/// One picture of the ground: a georeferenced raster, or several with a part of the bands each
/// (one band a file is what public Sentinel-2 and Landsat have).
struct Scene {
  std::int64_t fid = 0;  ///< row in the catalogue
  std::string collection_code;
  std::string name;              ///< short name for people: the file's stem or the item's id
  std::vector<SceneFile> files;  ///< at least one; the first one's grid is the scene's
  int width = 0;
  int height = 0;
  GeoTransform map_from_pixel{};
  std::string crs_wkt;
  double gsd_m = 0;  ///< true ground metres at the centre
  std::string date;  ///< "2021-06-01", or "" if nobody knows
  /// Of all files, one file after the other. What is said here of nodata, mask, scale and offset
  /// counts, whatever the files say themselves.
  std::vector<BandInfo> bands;
  std::string licence;        ///< of its own; "": the collection's holds
  Geometry footprint_lonlat;  ///< of the valid pixels; continuous over the antimeridian

  /// What the scene is known by in its collection: the name of its first file.
  [[nodiscard]] const std::string& gdal_name() const { return files.front().gdal_name; }
  /// Bands are numbered from 1.
  [[nodiscard]] const BandInfo& band(int number) const {
    return bands.at(static_cast<std::size_t>(number - 1));
  }
};

struct ImageryCatalogue {
  std::vector<Collection> collections;  ///< by code
  std::vector<Scene> scenes;            ///< by fid

  /// Throws Error(input) that names the codes there are.
  [[nodiscard]] const Collection& collection(std::string_view code) const;
};

/// Two letters or digits: codes become parts of file names and keys.
[[nodiscard]] bool is_collection_code(std::string_view code);
/// Whatever the file holds, what comes back can be relied on: collections show one or three bands
/// that their scenes have, stretches and sizes are finite and above zero, footprints are polygons,
/// the bands of a scene's files are the scene's. Catalogues of earlier versions, which knew one
/// file a scene, are read. Throws Error(input) or Error(format).
[[nodiscard]] ImageryCatalogue read_catalogue(const std::filesystem::path& path);
/// Atomically; the same catalogue gives the same bytes.
void write_catalogue(const std::filesystem::path& path, const ImageryCatalogue& catalogue);

}  // namespace skyglot
