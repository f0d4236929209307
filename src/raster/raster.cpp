// SPDX-License-Identifier: Apache-2.0
#include "raster/raster.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"
#include "raster/gdal.hpp"
#include "raster/gdal_dataset.hpp"
#include "raster/resample.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cfloat>
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

// Those that were asked for, or else all that are safe to open.
CPLStringList driver_list(const std::vector<std::string>& asked) {
  CPLStringList drivers;
  for (const char* driver : kDrivers)
    if (asked.empty()) drivers.AddString(driver);
  for (const std::string& driver : asked) drivers.AddString(driver.c_str());
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

// Tag values that mean nothing are no tag values.
double usable(double value, int given, double otherwise) {
  return given != 0 && std::isfinite(value) ? value : otherwise;
}

int declared_bits(GDALRasterBand& band) {
  const char* text = band.GetMetadataItem("NBITS", "IMAGE_STRUCTURE");
  const int bits = static_cast<int>(text == nullptr ? 0 : parse_int(text).value_or(0));
  return bits > 0 && bits < GDALGetDataTypeSizeBits(band.GetRasterDataType()) ? bits : 0;
}

// As GDAL's satellite readers and its ENVI driver give it.
std::optional<double> centre_wavelength_um(GDALRasterBand& band) {
  if (const char* text = band.GetMetadataItem("CENTRAL_WAVELENGTH_UM", "IMAGERY"))
    return parse_double(text);
  const char* text = band.GetMetadataItem("wavelength");
  const char* units = band.GetMetadataItem("wavelength_units");
  const auto value = text == nullptr ? std::nullopt : parse_double(text);
  if (!value || units == nullptr) return std::nullopt;
  const std::string unit = to_lower(units);
  if (unit.starts_with("nano") || unit == "nm") return *value / 1000;
  return unit.starts_with("micro") || unit == "um" ? value : std::nullopt;
}

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
  int given = 0;
  const double scale = band.GetScale(&given);
  info.scale = scale == 0 ? 1 : usable(scale, given, 1);
  const double offset = band.GetOffset(&given);
  info.offset = usable(offset, given, 0);
  info.bits = declared_bits(band);
  info.wavelength_um = centre_wavelength_um(band);
  return info;
}

using Colour = std::array<std::uint8_t, 4>;

// The colours of a raster that is one band of indices; empty for all others.
std::vector<Colour> palette_of(GDALDataset& dataset) {
  if (dataset.GetRasterCount() != 1) return {};
  const GDALColorTable* table = dataset.GetRasterBand(1)->GetColorTable();
  if (table == nullptr) return {};
  std::vector<Colour> palette;
  for (int i = 0; i < table->GetColorEntryCount(); ++i) {
    GDALColorEntry entry{};
    table->GetColorEntryAsRGB(i, &entry);
    palette.push_back({static_cast<std::uint8_t>(entry.c1), static_cast<std::uint8_t>(entry.c2),
                       static_cast<std::uint8_t>(entry.c3), static_cast<std::uint8_t>(entry.c4)});
  }
  return palette;
}

// What the indices stand for, in place of the band of indices. An index that is no data or has no
// colour is transparent.
void show_colours(RasterInfo& info, std::vector<Colour>& palette) {
  const BandInfo indices = info.bands.front();
  if (indices.nodata && *indices.nodata >= 0 &&
      *indices.nodata < static_cast<double>(palette.size()))
    palette[static_cast<std::size_t>(*indices.nodata)][3] = 0;
  const bool mask =
      std::ranges::any_of(palette, [](const Colour& colour) { return colour[3] == 0; });
  info.bands.clear();
  for (const char* colour : {"Red", "Green", "Blue"})
    info.bands.push_back({.name = colour,
                          .colour = colour,
                          .type = SampleType::u8,
                          .nodata = {},
                          .has_mask = mask || indices.has_mask});
}

// The largest sample of a band whose smallest one means white; 0 for all others.
double white_at_zero(GDALDataset& dataset, const RasterInfo& info) {
  const char* declared = dataset.GetMetadataItem("MINISWHITE", "IMAGE_STRUCTURE");
  if (declared == nullptr || std::string_view(declared) != "YES" || info.bands.size() != 1)
    return 0;
  const BandInfo& band = info.bands.front();
  if (band.type != SampleType::u8 && band.type != SampleType::u16) return 0;
  return std::exp2(band.bits != 0 ? band.bits : band.type == SampleType::u8 ? 8 : 16) - 1;
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

std::vector<std::string> class_names(GDALRasterBand& band) {
  std::vector<std::string> names;
  char** all = band.GetCategoryNames();
  for (int i = 0; i < CSLCount(all); ++i) names.emplace_back(all[i]);
  return names;
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
  if (dataset.GetRasterCount() > 0) info.class_names = class_names(*dataset.GetRasterBand(1));
  return info;
}

std::string why_not_opened(const std::string& name) {
  if (std::string text = last_gdal_error(); !text.empty()) return text;
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

std::string raster_format(const std::string& name, const std::vector<std::string>& drivers) {
  start_gdal();
  const SidecarSearch sidecars(name);
  const CPLStringList allowed = driver_list(drivers);
  const GDALDriverH driver =
      GDALIdentifyDriverEx(name.c_str(), GDAL_OF_RASTER, allowed.List(), nullptr);
  return driver == nullptr ? "" : GDALGetDriverShortName(driver);
}

struct Raster::State {
  DatasetHandle dataset;
  RasterInfo info;
  std::vector<BandInfo> own_bands;  // what the file itself says
  std::vector<Colour> palette;
  Mirror mirror;
  double white = 0;

  // How the file comes to what info says of it.
  void settle(bool palette_indices);
  [[nodiscard]] ReadRequest stored(ReadRequest request) const;
  template <typename T>
  void read_stored(const ReadRequest& stored, std::span<T> out) const;
  template <typename T>
  void read_colours(const ReadRequest& stored, std::span<T> out) const;
  [[nodiscard]] std::vector<std::uint16_t> indices(const ReadRequest& stored) const;
  template <typename T>
  void turn(const ReadRequest& request, std::span<T> planes) const;
  void read_band_valid(const ReadRequest& one, std::span<std::uint8_t> valid) const;
  void clear_by_mask(const ReadRequest& one, std::span<std::uint8_t> valid) const;
  void clear_by_value(const ReadRequest& one, std::span<std::uint8_t> valid) const;
  void clear_by_palette(const ReadRequest& one, std::span<std::uint8_t> valid) const;
};

Raster::Raster(std::unique_ptr<State> state) : state_(std::move(state)) {}
Raster::~Raster() = default;
Raster::Raster(Raster&&) noexcept = default;
Raster& Raster::operator=(Raster&&) noexcept = default;

Raster Raster::open(const std::string& name, const RasterOpenOptions& options) {
  start_gdal();
  const CPLStringList drivers = driver_list(options.drivers);
  const SidecarSearch sidecars(name);
  CPLErrorReset();
  VSIErrorReset();
  auto state = std::make_unique<State>();
  state->dataset.reset(
      GDALDataset::Open(name.c_str(), GDAL_OF_RASTER | GDAL_OF_READONLY, drivers.List()));
  if (!state->dataset)
    fail(ErrorKind::input, "cannot open raster {}: {}", name, why_not_opened(name));
  state->info = describe(*state->dataset, name);
  state->settle(options.palette_indices);
  return Raster(std::move(state));
}

void Raster::State::settle(bool palette_indices) {
  // GDAL gives some "min is white" files a palette that turns them round already.
  if (!palette_indices) palette = palette_of(*dataset);
  if (palette.empty() && !palette_indices)
    white = white_at_zero(*dataset, info);
  else if (!palette_indices)
    show_colours(info, palette);
  if (white > 0 && info.bands[0].nodata) info.bands[0].nodata = white - *info.bands[0].nodata;
  own_bands = info.bands;
  if (!info.map_from_pixel) return;
  mirror = mirror_to_north_up(*info.map_from_pixel);
  info.map_from_pixel = mirrored(*info.map_from_pixel, mirror, info.width, info.height);
}

void Raster::declare(const std::vector<BandInfo>& bands) {
  expect(bands.size() == state_->info.bands.size(), "declared bands");
  for (std::size_t i = 0; i < bands.size(); ++i) {
    state_->info.bands[i].nodata = bands[i].nodata;
    state_->info.bands[i].has_mask = bands[i].has_mask;
  }
}

const RasterInfo& Raster::info() const {
  return state_->info;
}

namespace {

std::size_t plane_of(const Raster::ReadRequest& request) {
  return static_cast<std::size_t>(request.out_width) * static_cast<std::size_t>(request.out_height);
}

// Reads one band, or with `band` nothing all that the request names, as the file stores them.
template <typename T>
CPLErr read_pixels(GDALDataset& dataset, const Raster::ReadRequest& request, std::span<T> out,
                   GDALRasterBand* band = nullptr) {
  GDALRasterIOExtraArg extra;
  INIT_RASTERIO_EXTRA_ARG(extra);
  extra.eResampleAlg = gdal_algorithm(request.resampling);
  if (request.edges) {
    extra.bFloatingPointWindowValidity = TRUE;
    extra.dfXOff = request.edges->min_x;
    extra.dfYOff = request.edges->min_y;
    extra.dfXSize = request.edges->width();
    extra.dfYSize = request.edges->height();
  }
  const PixelWindow& w = request.window;
  if (band != nullptr)
    return band->RasterIO(GF_Read, w.x, w.y, w.width, w.height, out.data(), request.out_width,
                          request.out_height, kGdalType<T>, 0, 0, &extra);
  std::vector<int> bands = request.bands;
  return dataset.RasterIO(GF_Read, w.x, w.y, w.width, w.height, out.data(), request.out_width,
                          request.out_height, kGdalType<T>, static_cast<int>(bands.size()),
                          bands.data(), 0, 0, 0, &extra);
}

[[noreturn]] void fail_reading(const std::string& name, const PixelWindow& w) {
  const bool memory = CPLGetLastErrorNo() == CPLE_OutOfMemory;
  fail(memory ? ErrorKind::resource : ErrorKind::format, "{}: cannot read pixels {},{} + {}x{}: {}",
       name, w.x, w.y, w.width, w.height, last_gdal_error());
}

template <typename T>
void turn_plane(std::span<T> plane, const Raster::ReadRequest& request, Mirror mirror) {
  const auto width = static_cast<std::ptrdiff_t>(request.out_width);
  const auto row = [&](int y) { return plane.begin() + width * y; };
  if (mirror.rows)
    for (int y = 0; y < request.out_height / 2; ++y)
      std::swap_ranges(row(y), row(y) + width, row(request.out_height - 1 - y));
  if (mirror.columns)
    for (int y = 0; y < request.out_height; ++y) std::reverse(row(y), row(y) + width);
}

}  // namespace

// The same ground in the file's own pixels.
Raster::ReadRequest Raster::State::stored(ReadRequest request) const {
  PixelWindow& w = request.window;
  if (mirror.columns) w.x = info.width - w.x - w.width;
  if (mirror.rows) w.y = info.height - w.y - w.height;
  if (!request.edges) return request;
  Box& e = *request.edges;
  if (mirror.columns) e = {info.width - e.max_x, e.min_y, info.width - e.min_x, e.max_y};
  if (mirror.rows) e = {e.min_x, info.height - e.max_y, e.max_x, info.height - e.min_y};
  return request;
}

template <typename T>
void Raster::State::turn(const ReadRequest& request, std::span<T> planes) const {
  if (mirror == Mirror{}) return;
  const std::size_t plane = plane_of(request);
  for (std::size_t at = 0; at < planes.size(); at += plane)
    turn_plane(planes.subspan(at, plane), request, mirror);
}

template <typename T>
void Raster::State::read_stored(const ReadRequest& stored, std::span<T> out) const {
  if (read_pixels(*dataset, stored, out) != CE_None) fail_reading(info.name, stored.window);
  if (white > 0)
    for (T& value : out) value = static_cast<T>(static_cast<T>(white) - value);
}

std::vector<std::uint16_t> Raster::State::indices(const ReadRequest& stored) const {
  ReadRequest one = stored;
  one.bands = {1};
  one.resampling = Resampling::nearest;
  std::vector<std::uint16_t> result(plane_of(one));
  if (read_pixels<std::uint16_t>(*dataset, one, result) != CE_None)
    fail_reading(info.name, stored.window);
  return result;
}

// Colours can be averaged, indices cannot: other sizes than the window's come from its colours.
template <typename T>
void Raster::State::read_colours(const ReadRequest& stored, std::span<T> out) const {
  const PixelWindow& w = stored.window;
  const bool resample = stored.resampling != Resampling::nearest;
  ReadRequest read = stored;
  if (resample) {
    read.out_width = w.width;
    read.out_height = w.height;
    read.edges.reset();
  }
  const std::vector<std::uint16_t> index = indices(read);
  std::vector<T> colours;
  colours.reserve(index.size() * stored.bands.size());
  for (const int band : stored.bands)
    for (const std::uint16_t i : index)
      colours.push_back(i < palette.size()
                            ? static_cast<T>(palette[i].at(static_cast<std::size_t>(band - 1)))
                            : T{});
  if (resample)
    colours = resampled<T>(std::span<const T>(colours),
                           {w.width, w.height, static_cast<int>(stored.bands.size()),
                            stored.out_width, stored.out_height},
                           stored.resampling);
  std::ranges::copy(colours, out.begin());
}

template <typename T>
void Raster::read(const ReadRequest& request, std::span<T> out) const {
  expect(out.size() == plane_of(request) * request.bands.size(), "raster buffer size");
  const ReadRequest stored = state_->stored(request);
  if (state_->palette.empty())
    state_->read_stored(stored, out);
  else
    state_->read_colours(stored, out);
  state_->turn(request, out);
}

template void Raster::read<std::uint8_t>(const ReadRequest&, std::span<std::uint8_t>) const;
template void Raster::read<std::uint16_t>(const ReadRequest&, std::span<std::uint16_t>) const;
template void Raster::read<float>(const ReadRequest&, std::span<float>) const;

void Raster::State::clear_by_mask(const ReadRequest& one, std::span<std::uint8_t> valid) const {
  std::vector<std::uint8_t> mask(valid.size());
  if (read_pixels<std::uint8_t>(*dataset, one, mask,
                                dataset->GetRasterBand(one.bands[0])->GetMaskBand()) != CE_None)
    fail(ErrorKind::format, "{}: cannot read its mask: {}", info.name, last_gdal_error());
  for (std::size_t i = 0; i < valid.size(); ++i)
    if (mask[i] == 0) valid[i] = 0;
}

void Raster::State::clear_by_value(const ReadRequest& one, std::span<std::uint8_t> valid) const {
  const BandInfo& band = info.bands[static_cast<std::size_t>(one.bands[0] - 1)];
  std::vector<double> values(valid.size());
  if (read_pixels<double>(*dataset, one, values) != CE_None) fail_reading(info.name, one.window);
  double none = band.nodata.value_or(std::nan(""));
  if (white > 0) none = white - none;
  const bool rounded = band.type == SampleType::f32 && std::abs(none) <= FLT_MAX;
  if (rounded) none = static_cast<double>(static_cast<float>(none));
  for (std::size_t i = 0; i < valid.size(); ++i)
    if (values[i] == none || !std::isfinite(values[i])) valid[i] = 0;
}

void Raster::State::clear_by_palette(const ReadRequest& one, std::span<std::uint8_t> valid) const {
  const auto number = static_cast<std::size_t>(one.bands[0] - 1);
  const BandInfo& band = info.bands[number];
  const auto holds_data = [&](std::uint16_t index) {
    if (index >= palette.size()) return false;
    const Colour& colour = palette[index];
    return (colour[3] != 0 || !band.has_mask) &&
           (!band.nodata || colour.at(number) != *band.nodata);
  };
  const std::vector<std::uint16_t> index = indices(one);
  for (std::size_t i = 0; i < valid.size(); ++i)
    if (!holds_data(index[i])) valid[i] = 0;
}

// `one` names one band, in the file's own pixels.
void Raster::State::read_band_valid(const ReadRequest& one, std::span<std::uint8_t> valid) const {
  std::ranges::fill(valid, std::uint8_t{1});
  const auto number = static_cast<std::size_t>(one.bands[0] - 1);
  const BandInfo& band = info.bands.at(number);
  if (!palette.empty()) {
    if (band.has_mask || band.nodata) clear_by_palette(one, valid);
    return;
  }
  const bool real = band.type == SampleType::f32 || band.type == SampleType::f64;
  if (band.has_mask && own_bands[number].has_mask) clear_by_mask(one, valid);
  if (band.nodata || real) clear_by_value(one, valid);
}

void Raster::read_valid(const ReadRequest& request, std::span<std::uint8_t> out) const {
  std::ranges::fill(out, std::uint8_t{0});
  std::vector<std::uint8_t> valid(out.size());
  for (const int number : request.bands) {
    ReadRequest one = state_->stored(request);
    one.bands = {number};
    one.resampling = Resampling::nearest;
    state_->read_band_valid(one, valid);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] |= valid[i];
  }
  state_->turn(request, out);
}

namespace {

struct CloseFile {
  void operator()(VSILFILE* file) const { VSIFCloseL(file); }
};
using FileHandle = std::unique_ptr<VSILFILE, CloseFile>;

// Whether `size` bytes from `offset` can be read; what lies beyond the end of the file counts as
// read: it is the file that is short then.
bool range_arrives(VSILFILE& file, std::uint64_t offset, std::uint64_t size,
                   std::uint64_t file_size) {
  constexpr std::uint64_t kPiece = 1 << 20;
  std::vector<char> bytes(static_cast<std::size_t>(std::min(kPiece, size)));
  const std::uint64_t end = std::min(offset + size, file_size);
  for (std::uint64_t at = offset; at < end; at += kPiece) {
    const auto piece = static_cast<std::size_t>(std::min(kPiece, end - at));
    if (VSIFSeekL(&file, at, SEEK_SET) != 0 || VSIFReadL(bytes.data(), 1, piece, &file) != piece)
      return false;
  }
  return true;
}

// Calls visit(offset, size) for the stored blocks under the window; false if the format keeps its
// blocks to itself.
template <typename Visit>
bool visit_blocks(GDALRasterBand& band, const PixelWindow& w, const Visit& visit) {
  int block_width = 0;
  int block_height = 0;
  band.GetBlockSize(&block_width, &block_height);
  bool known = false;
  for (int y = w.y / block_height; y <= (w.y + w.height - 1) / block_height; ++y)
    for (int x = w.x / block_width; x <= (w.x + w.width - 1) / block_width; ++x) {
      const auto item = [&](const char* what) -> std::optional<std::int64_t> {
        const char* text =
            band.GetMetadataItem(fmt::format("BLOCK_{}_{}_{}", what, x, y).c_str(), "TIFF");
        return text == nullptr ? std::nullopt : parse_int(text);
      };
      const auto offset = item("OFFSET");
      const auto size = item("SIZE");
      if (!offset || !size || *offset < 0 || *size < 0) continue;
      known = true;
      visit(static_cast<std::uint64_t>(*offset), static_cast<std::uint64_t>(*size));
    }
  return known;
}

PixelWindow scaled_to(const PixelWindow& w, const GDALRasterBand& full, GDALRasterBand& band) {
  const auto scaled = [](int at, int from, int to) {
    return static_cast<int>(std::min<std::int64_t>(std::int64_t{at} * to / from, to - 1));
  };
  auto& source = const_cast<GDALRasterBand&>(full);
  const int x = scaled(w.x, source.GetXSize(), band.GetXSize());
  const int y = scaled(w.y, source.GetYSize(), band.GetYSize());
  return {x, y, scaled(w.x + w.width - 1, source.GetXSize(), band.GetXSize()) - x + 1,
          scaled(w.y + w.height - 1, source.GetYSize(), band.GetYSize()) - y + 1};
}

}  // namespace

bool Raster::bytes_arrive(const ReadRequest& request) const {
  VSIStatBufL status{};
  const std::string& name = state_->info.name;
  if (VSIStatL(name.c_str(), &status) != 0) return false;
  const auto size = static_cast<std::uint64_t>(status.st_size);
  const FileHandle file(VSIFOpenL(name.c_str(), "rb"));
  if (!file) return false;
  const ReadRequest stored = state_->stored(request);
  bool arrive = true;
  bool known = true;
  const auto look = [&](std::uint64_t offset, std::uint64_t count) {
    arrive = arrive && range_arrives(*file, offset, count, size);
  };
  for (const int number : state_->palette.empty() ? stored.bands : std::vector<int>{1}) {
    GDALRasterBand& band = *state_->dataset->GetRasterBand(number);
    known = visit_blocks(band, stored.window, look) && known;
    for (int level = 0; level < band.GetOverviewCount(); ++level) {
      GDALRasterBand& overview = *band.GetOverview(level);
      visit_blocks(overview, scaled_to(stored.window, band, overview), look);
    }
  }
  if (!known) look(0, size);
  return arrive;
}

}  // namespace skyglot
