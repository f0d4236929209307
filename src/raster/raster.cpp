// SPDX-License-Identifier: Apache-2.0
#include "raster/raster.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "raster/gdal.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <cpl_vsi_error.h>
#include <filesystem>
#include <gdal_priv.h>

namespace skyglot {
namespace {

bool is_local(const std::string& name) {
  return !name.starts_with("/vsi");
}

// Formats that hold their own pixels. VRT and the network services are left out on purpose.
// So is MEM, whose names can be addresses in memory.
constexpr std::array kDrivers{"GTiff", "COG",  "JP2OpenJPEG", "PNG",    "JPEG", "HFA",
                              "ENVI",  "PNM",  "AAIGrid",     "netCDF", "BMP",  "WEBP",
                              "EEDAI", "GPKG", "SENTINEL2",   "NITF"};

// Sidecar files (.tfw, .aux.xml, .ovr, .msk) are looked for beside local files only: over the
// network each would be a request.
class SidecarSearch {
 public:
  explicit SidecarSearch(const std::string& name)
      : siblings_("GDAL_DISABLE_READDIR_ON_OPEN", is_local(name) ? "TRUE" : "EMPTY_DIR", false),
        notes_("GDAL_PAM_ENABLED", is_local(name) ? "YES" : "NO", false) {}

 private:
  CPLConfigOptionSetter siblings_;
  CPLConfigOptionSetter notes_;
};

CPLStringList driver_list(const RasterOpenOptions& options) {
  CPLStringList drivers;
  for (const char* driver : kDrivers)
    if (options.drivers.empty()) drivers.AddString(driver);
  for (const std::string& driver : options.drivers) drivers.AddString(driver.c_str());
  return drivers;
}

constexpr std::array<std::pair<GDALDataType, SampleType>, 7> kTypes{
    {{GDT_Byte, SampleType::u8},
     {GDT_UInt16, SampleType::u16},
     {GDT_Int16, SampleType::i16},
     {GDT_UInt32, SampleType::u32},
     {GDT_Int32, SampleType::i32},
     {GDT_Float32, SampleType::f32},
     {GDT_Float64, SampleType::f64}}};

SampleType sample_type(GDALDataType type) {
  const auto found = std::ranges::find(kTypes, type, &std::pair<GDALDataType, SampleType>::first);
  return found == kTypes.end() ? SampleType::other : found->second;
}

GDALRIOResampleAlg algorithm(Resampling resampling) {
  switch (resampling) {
    case Resampling::nearest:
      return GRIORA_NearestNeighbour;
    case Resampling::average:
      return GRIORA_Average;
    case Resampling::bilinear:
      return GRIORA_Bilinear;
    case Resampling::cubic:
      return GRIORA_Cubic;
  }
  return GRIORA_NearestNeighbour;
}

template <typename T>
constexpr GDALDataType kGdalType = GDT_Unknown;
template <>
constexpr GDALDataType kGdalType<std::uint8_t> = GDT_Byte;
template <>
constexpr GDALDataType kGdalType<std::uint16_t> = GDT_UInt16;
template <>
constexpr GDALDataType kGdalType<float> = GDT_Float32;

BandInfo describe_band(GDALRasterBand& band, int number) {
  BandInfo info;
  info.colour = GDALGetColorInterpretationName(band.GetColorInterpretation());
  info.name = band.GetDescription();
  if (info.name.empty())
    info.name = info.colour == "Undefined" ? std::to_string(number) : info.colour;
  info.type = sample_type(band.GetRasterDataType());
  int has_nodata = 0;
  const double nodata = band.GetNoDataValue(&has_nodata);
  if (has_nodata != 0) info.nodata = nodata;
  const int flags = band.GetMaskFlags();
  info.has_mask = (flags & (GMF_PER_DATASET | GMF_ALPHA)) != 0;
  return info;
}

std::string wkt_text(const OGRSpatialReference& crs) {
  char* text = nullptr;
  if (crs.exportToWkt(&text) != OGRERR_NONE) return {};
  std::string wkt(text);
  CPLFree(text);
  return wkt;
}

// An engineering system (LOCAL_CS) names units, but no place on the earth.
std::string wkt_of(const GDALDataset& dataset) {
  const OGRSpatialReference* crs = const_cast<GDALDataset&>(dataset).GetSpatialRef();
  return crs == nullptr || crs->IsLocal() != 0 ? "" : wkt_text(*crs);
}

// A .prj beside the file, as tools write one with world files.
std::string wkt_beside(const std::string& name) {
  constexpr std::uint64_t kLongest = 1 << 16;
  for (const char* ending : {".prj", ".PRJ"}) {
    const std::filesystem::path path = std::filesystem::path(name).replace_extension(ending);
    std::error_code code;
    if (!std::filesystem::is_regular_file(path, code)) continue;
    OGRSpatialReference crs;
    const std::string text = read_file(path, kLongest);
    if (crs.importFromWkt(text.c_str()) == OGRERR_NONE && crs.morphFromESRI() == OGRERR_NONE &&
        crs.IsLocal() == 0)
      return wkt_text(crs);
    log_warning("{} holds no reference system", path.string());
  }
  return {};
}

// Some drivers look for no world file.
std::optional<GeoTransform> place_beside(const std::string& name) {
  GeoTransform place{};
  for (const char* ending : {static_cast<const char*>(nullptr), "wld"})
    if (GDALReadWorldFile(name.c_str(), ending, place.data()) != 0) return place;
  return std::nullopt;
}

std::string unrectified_by(GDALDataset& dataset) {
  if (dataset.GetGCPCount() > 0) return "gcp";
  if (dataset.GetMetadata("RPC") != nullptr) return "rpc";
  return dataset.GetMetadata("GEOLOCATION") != nullptr ? "geolocation" : "";
}

void add_metadata(GDALDataset& dataset, const char* domain,
                  std::map<std::string, std::string>& metadata) {
  for (const char* const* entry = dataset.GetMetadata(domain);
       entry != nullptr && *entry != nullptr; ++entry) {
    char* key = nullptr;
    const char* value = CPLParseNameValue(*entry, &key);
    if (key != nullptr && value != nullptr) metadata.emplace(key, value);
    CPLFree(key);
  }
}

RasterInfo describe(GDALDataset& dataset, const std::string& name) {
  RasterInfo info{.name = name,
                  .width = dataset.GetRasterXSize(),
                  .height = dataset.GetRasterYSize(),
                  .bands = {},
                  .map_from_pixel = {},
                  .crs_wkt = wkt_of(dataset),
                  .unrectified_by = {},
                  .metadata = {}};
  GeoTransform transform{};
  if (dataset.GetGeoTransform(transform.data()) == CE_None)
    info.map_from_pixel = transform;
  else
    info.unrectified_by = unrectified_by(dataset);
  if (!info.map_from_pixel && info.unrectified_by.empty() && is_local(name))
    info.map_from_pixel = place_beside(name);
  if (info.crs_wkt.empty() && is_local(name)) info.crs_wkt = wkt_beside(name);
  for (int band = 1; band <= dataset.GetRasterCount(); ++band)
    info.bands.push_back(describe_band(*dataset.GetRasterBand(band), band));
  add_metadata(dataset, "", info.metadata);
  // Acquisition time and the like, which satellite products keep beside the image.
  if (is_local(name)) add_metadata(dataset, "IMAGERY", info.metadata);
  return info;
}

std::string why_not_opened(const std::string& name) {
  if (const std::string text = last_gdal_error(); !text.empty()) return text;
  if (const char* text = VSIGetLastErrorMsg(); text != nullptr && *text != '\0') return text;
  VSIStatBufL stat;
  if (VSIStatExL(name.c_str(), &stat, VSI_STAT_EXISTS_FLAG) == 0)
    return "not a raster format that is read here";
  return is_local(name) ? "no such file" : "no such file (the server answered 404)";
}

}  // namespace

const char* to_string(SampleType type) {
  const auto found = std::ranges::find(kTypes, type, &std::pair<GDALDataType, SampleType>::second);
  return found == kTypes.end() ? "other" : GDALGetDataTypeName(found->first);
}

SampleType sample_type_from(std::string_view name) {
  for (const auto& [gdal, type] : kTypes)
    if (name == GDALGetDataTypeName(gdal)) return type;
  return SampleType::other;
}

std::string raster_format(const std::string& name) {
  start_gdal();
  const SidecarSearch sidecars(name);
  const CPLStringList drivers = driver_list({});
  const GDALDriverH driver =
      GDALIdentifyDriverEx(name.c_str(), GDAL_OF_RASTER, drivers.List(), nullptr);
  return driver == nullptr ? "" : GDALGetDriverShortName(driver);
}

struct Raster::State {
  struct Close {
    void operator()(GDALDataset* dataset) const { GDALClose(dataset); }
  };
  std::unique_ptr<GDALDataset, Close> dataset;
  RasterInfo info;
};

Raster::Raster(std::unique_ptr<State> state) : state_(std::move(state)) {}
Raster::~Raster() = default;
Raster::Raster(Raster&&) noexcept = default;
Raster& Raster::operator=(Raster&&) noexcept = default;

Raster Raster::open(const std::string& name, const RasterOpenOptions& options) {
  start_gdal();
  const CPLStringList drivers = driver_list(options);
  const SidecarSearch sidecars(name);
  CPLErrorReset();
  VSIErrorReset();
  auto state = std::make_unique<State>();
  state->dataset.reset(
      GDALDataset::Open(name.c_str(), GDAL_OF_RASTER | GDAL_OF_READONLY, drivers.List()));
  if (!state->dataset)
    fail(ErrorKind::input, "cannot open raster {}: {}", name, why_not_opened(name));
  state->info = describe(*state->dataset, name);
  return Raster(std::move(state));
}

const RasterInfo& Raster::info() const {
  return state_->info;
}

template <typename T>
void Raster::read(const ReadRequest& request, std::span<T> out) const {
  const auto plane =
      static_cast<std::size_t>(request.out_width) * static_cast<std::size_t>(request.out_height);
  expect(out.size() == plane * request.bands.size(), "raster buffer size");
  GDALRasterIOExtraArg extra;
  INIT_RASTERIO_EXTRA_ARG(extra);
  extra.eResampleAlg = algorithm(request.resampling);
  const PixelWindow& w = request.window;
  std::vector<int> bands = request.bands;
  const CPLErr code = state_->dataset->RasterIO(
      GF_Read, w.x, w.y, w.width, w.height, out.data(), request.out_width, request.out_height,
      kGdalType<T>, static_cast<int>(bands.size()), bands.data(), 0, 0, 0, &extra);
  if (code != CE_None)
    fail(ErrorKind::format, "{}: cannot read pixels {},{} + {}x{}: {}", state_->info.name, w.x, w.y,
         w.width, w.height, last_gdal_error());
}

template void Raster::read<std::uint8_t>(const ReadRequest&, std::span<std::uint8_t>) const;
template void Raster::read<std::uint16_t>(const ReadRequest&, std::span<std::uint16_t>) const;
template void Raster::read<float>(const ReadRequest&, std::span<float>) const;

void Raster::read_valid(const ReadRequest& request, std::span<std::uint8_t> out) const {
  std::ranges::fill(out, std::uint8_t{0});
  std::vector<std::uint8_t> mask(out.size());
  std::vector<float> values;
  const PixelWindow& w = request.window;
  for (const int number : request.bands) {
    GDALRasterBand* band = state_->dataset->GetRasterBand(number);
    const SampleType type = state_->info.bands.at(static_cast<std::size_t>(number - 1)).type;
    if (band->GetMaskBand()->RasterIO(GF_Read, w.x, w.y, w.width, w.height, mask.data(),
                                      request.out_width, request.out_height, GDT_Byte, 0, 0,
                                      nullptr) != CE_None)
      fail(ErrorKind::format, "{}: cannot read its mask: {}", state_->info.name, last_gdal_error());
    if (type == SampleType::f32 || type == SampleType::f64) {
      values.resize(out.size());
      ReadRequest one = request;
      one.bands = {number};
      one.resampling = Resampling::nearest;
      read<float>(one, values);
      for (std::size_t i = 0; i < out.size(); ++i)
        if (!std::isfinite(values[i])) mask[i] = 0;
    }
    for (std::size_t i = 0; i < out.size(); ++i) out[i] |= static_cast<std::uint8_t>(mask[i] != 0);
  }
}

}  // namespace skyglot
