// SPDX-License-Identifier: Apache-2.0
// Rasters read by window through GDAL.
#pragma once

#include "raster/transform.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace skyglot {

enum class SampleType { u8, u16, i16, u32, i32, f32, f64, other };
/// "Byte", "UInt16", ...: GDAL's names.
[[nodiscard]] const char* to_string(SampleType type);
[[nodiscard]] SampleType sample_type_from(std::string_view name);

struct BandInfo {
  std::string name;    ///< description, else the colour ("Red"), else "1", "2", ...
  std::string colour;  ///< "Red", "Green", "Blue", "Gray", "Alpha", "Undefined", ...
  SampleType type = SampleType::u8;
  std::optional<double> nodata{};
  bool has_mask = false;  ///< a mask or an alpha band says which pixels hold data
  /// Stored samples become values as stored * scale + offset.
  double scale = 1;
  double offset = 0;
  int bits = 0;  ///< of a sample that has fewer than its type (NBITS); 0: all of the type's
  std::optional<double> wavelength_um{};  ///< of the band's centre

  friend bool operator==(const BandInfo&, const BandInfo&) = default;
};

/// What a raster says of itself, as it is read here: north up, a palette as three bands of colours
/// with a mask, "min is white" turned round.
struct RasterInfo {
  std::string name;
  int width = 0;
  int height = 0;
  std::vector<BandInfo> bands;
  std::optional<GeoTransform> map_from_pixel;
  std::string crs_wkt;  ///< "" if the raster has none, or one that is of no place on the earth
  /// What says where pixels lie that are in no grid: "gcp" (ground control points), "rpc" (rational
  /// polynomials), "geolocation" (an array of places), else "".
  std::string unrectified_by{};
  std::map<std::string, std::string> metadata;
  std::vector<std::string> class_names{};  ///< of the values 0, 1, ... of the first band
};

/// The format that a file claims to be by its first bytes ("GTiff"), among those of `drivers`, or
/// else those that Raster::open reads; "" if none does. The rest of the file may still be damaged.
[[nodiscard]] std::string raster_format(const std::string& name,
                                        const std::vector<std::string>& drivers = {});

/// Whole pixels of a raster.
struct PixelWindow {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
  friend bool operator==(const PixelWindow&, const PixelWindow&) = default;
};

enum class Resampling { nearest, average, bilinear, cubic };

struct RasterOpenOptions {
  /// Drivers that may open the file; empty: the built-in list of plain raster formats, which leaves
  /// out VRT and everything else that can point elsewhere.
  std::vector<std::string> drivers;
  bool palette_indices = false;  ///< a palette stays one band of indices: labels, not colours
};

/// An open raster. Not for use by two threads at once: each thread opens its own.
class Raster {
 public:
  /// Throws Error(input) that says why GDAL refused.
  static Raster open(const std::string& name, const RasterOpenOptions& options = {});
  ~Raster();
  Raster(Raster&&) noexcept;
  Raster& operator=(Raster&&) noexcept;

  [[nodiscard]] const RasterInfo& info() const;
  /// From now on these say of each band which value is no data and whether a mask counts, whatever
  /// the file says: for files that declare nothing, or something that is not so.
  void declare(const std::vector<BandInfo>& bands);

  /// Reads `window` of bands `bands` (from 1) into `out`, band after band, each out_height x
  /// out_width in rows; `out` has bands.size() * out_width * out_height samples. Sizes equal to the
  /// window's copy pixels exactly. T is uint8_t, uint16_t or float; values are converted and
  /// clamped as GDAL does; scale and offset are not applied. Throws Error(format) if the bytes
  /// cannot be read, Error(resource) without memory.
  struct ReadRequest {
    PixelWindow window;
    std::vector<int> bands;
    int out_width = 0;
    int out_height = 0;
    Resampling resampling = Resampling::nearest;
    /// The true edges, where they cut pixels of the window (a file of larger pixels than its
    /// scene's).
    std::optional<Box> edges{};
  };
  template <typename T>
  void read(const ReadRequest& request, std::span<T> out) const;

  /// 1 where a pixel holds data in any of the bands (nodata, mask or alpha say so; for float bands
  /// NaN is no data), else 0; out_height x out_width. Sizes smaller than the window's take the
  /// nearest.
  void read_valid(const ReadRequest& request, std::span<std::uint8_t> out) const;

  /// Whether the stored bytes behind a window can be had at all, right or wrong: false where the
  /// disk or the network fails, true where what they hold is damaged (or the file ends too early).
  [[nodiscard]] bool bytes_arrive(const ReadRequest& request) const;

 private:
  struct State;
  explicit Raster(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

extern template void Raster::read<std::uint8_t>(const ReadRequest&, std::span<std::uint8_t>) const;
extern template void Raster::read<std::uint16_t>(const ReadRequest&,
                                                 std::span<std::uint16_t>) const;
extern template void Raster::read<float>(const ReadRequest&, std::span<float>) const;

}  // namespace skyglot
