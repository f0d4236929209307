// SPDX-License-Identifier: Apache-2.0
#include "raster/raster_writer.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/html.hpp"
#include "raster/gdal.hpp"
#include "raster/gdal_dataset.hpp"
#include "raster/watched_files.hpp"

#include <cpl_string.h>
#include <gdal_priv.h>
#include <ogr_spatialref.h>

namespace skyglot {
namespace {

// GDAL does not return what goes wrong while blocks are flushed and files closed; it reports it.
[[noreturn]] void fail_to_write(const std::filesystem::path& path, const std::string& why) {
  fail(ErrorKind::io, "cannot write {}: {}; is the disk full?", path.string(), why);
}

void demand_none(const GdalFailures& failures, const std::filesystem::path& path) {
  if (failures.any()) fail_to_write(path, failures.first());
}

GDALDataset* create_plain(const std::filesystem::path& path, const RasterSpec& spec) {
  CPLStringList options;
  options.SetNameValue("TILED", "YES");
  options.SetNameValue("BIGTIFF", "IF_SAFER");
  options.SetNameValue("SPARSE_OK", "TRUE");
  const GDALDataType type = GDALGetDataTypeByName(to_string(spec.type));
  GDALDataset* dataset = GetGDALDriverManager()->GetDriverByName("GTiff")->Create(
      watched_name(path).c_str(), spec.width, spec.height, static_cast<int>(spec.band_names.size()),
      type, options.List());
  if (dataset == nullptr)
    fail(ErrorKind::io, "cannot write {}: {}", path.string(), last_gdal_error());
  return dataset;
}

void set_colours(GDALRasterBand& band, const RasterSpec& spec) {
  if (spec.colours.empty()) return;
  GDALColorTable table;
  for (const auto& [value, rgb] : spec.colours) {
    const GDALColorEntry entry{rgb[0], rgb[1], rgb[2], 255};
    table.SetColorEntry(value, &entry);
  }
  band.SetColorTable(&table);
}

// Names of classes have no place in a TIFF; GDAL and QGIS look for them in a file beside it.
std::string class_names_xml(const std::vector<std::string>& names) {
  std::string xml = "<PAMDataset>\n  <PAMRasterBand band=\"1\">\n    <CategoryNames>\n";
  for (const std::string& name : names)
    xml += "      <Category>" + escape_html(name) + "</Category>\n";
  return xml + "    </CategoryNames>\n  </PAMRasterBand>\n</PAMDataset>\n";
}

void place(GDALDataset& dataset, const RasterSpec& spec) {
  OGRSpatialReference crs;
  if (crs.SetFromUserInput(spec.crs.c_str()) != OGRERR_NONE)
    fail(ErrorKind::internal, "unknown coordinate reference system {}", spec.crs);
  GeoTransform transform = spec.map_from_pixel;
  dataset.SetSpatialRef(&crs);
  dataset.SetGeoTransform(transform.data());
}

void describe(GDALDataset& dataset, const RasterSpec& spec) {
  if (!spec.crs.empty()) place(dataset, spec);
  for (const auto& [key, value] : spec.metadata)
    dataset.SetMetadataItem(key.c_str(), value.c_str());
  for (std::size_t i = 0; i < spec.band_names.size(); ++i) {
    GDALRasterBand& band = *dataset.GetRasterBand(static_cast<int>(i) + 1);
    band.SetDescription(spec.band_names[i].c_str());
    if (spec.nodata) band.SetNoDataValue(*spec.nodata);
    if (i == 0) set_colours(band, spec);
  }
}

}  // namespace

struct RasterWriter::State {
  State(const std::filesystem::path& path, RasterSpec its_spec)
      : pending(std::filesystem::absolute(path)),
        spec(std::move(its_spec)),
        plain_path(pending.path().string() + ".plain") {}
  ~State() {
    const GdalFailures unheard;
    plain.reset();
    std::error_code ignored;
    std::filesystem::remove(plain_path, ignored);
    (void)take_write_failure(pending.path().string());
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  PendingPath pending;
  RasterSpec spec;
  std::filesystem::path plain_path;
  DatasetHandle plain;
};

RasterWriter::RasterWriter(const std::filesystem::path& path, RasterSpec spec) {
  start_gdal();
  state_ = std::make_unique<State>(path, std::move(spec));
  const GdalFailures failures;
  state_->plain.reset(create_plain(state_->plain_path, state_->spec));
  describe(*state_->plain, state_->spec);
  demand_none(failures, state_->pending.final_path());
}

RasterWriter::~RasterWriter() = default;

template <typename T>
void RasterWriter::write(const PixelWindow& w, std::span<const T> samples) {
  const int bands = static_cast<int>(state_->spec.band_names.size());
  const GdalFailures failures;
  const CPLErr code =
      state_->plain->RasterIO(GF_Write, w.x, w.y, w.width, w.height, const_cast<T*>(samples.data()),
                              w.width, w.height, kGdalType<T>, bands, nullptr, 0, 0, 0, nullptr);
  demand_none(failures, state_->pending.final_path());
  if (code != CE_None)
    fail(ErrorKind::io, "cannot write {}", state_->pending.final_path().string());
}

template void RasterWriter::write<std::uint8_t>(const PixelWindow&, std::span<const std::uint8_t>);
template void RasterWriter::write<std::uint16_t>(const PixelWindow&,
                                                 std::span<const std::uint16_t>);
template void RasterWriter::write<float>(const PixelWindow&, std::span<const float>);

void RasterWriter::finish() {
  CPLStringList options;
  options.SetNameValue("COMPRESS", state_->spec.compression.c_str());
  options.SetNameValue("OVERVIEW_RESAMPLING", state_->spec.overview_resampling.c_str());
  options.SetNameValue("BIGTIFF", "IF_SAFER");
  if (state_->spec.compression != "JPEG") options.SetNameValue("PREDICTOR", "YES");
  const std::filesystem::path& path = state_->pending.final_path();
  const GdalFailures failures;
  state_->plain->FlushCache();
  demand_none(failures, path);
  DatasetHandle cog(GetGDALDriverManager()->GetDriverByName("COG")->CreateCopy(
      watched_name(state_->pending.path()).c_str(), state_->plain.get(), FALSE, options.List(),
      nullptr, nullptr));
  demand_none(failures, path);
  if (!cog) fail(ErrorKind::io, "cannot write {}", path.string());
  cog->FlushCache();
  cog.reset();
  state_->plain.reset();
  demand_none(failures, path);
  if (const std::string lost = take_write_failure(state_->pending.path().string()); !lost.empty())
    fail_to_write(path, lost);
  if (!state_->spec.class_names.empty())
    write_file_atomically(path.string() + ".aux.xml", class_names_xml(state_->spec.class_names));
  state_->pending.commit();
}

}  // namespace skyglot
