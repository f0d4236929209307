// SPDX-License-Identifier: Apache-2.0
#include "imagery/earth_engine.hpp"

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/log.hpp"
#include "base/pipeline.hpp"
#include "base/progress.hpp"
#include "base/strings.hpp"
#include "geo/wkb.hpp"
#include "imagery/capture_date.hpp"
#include "imagery/footprint.hpp"
#include "raster/gdal.hpp"
#include "raster/gdal_dataset.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <ogrsf_frmts.h>
#include <string_view>

namespace skyglot {
namespace {

struct Image {
  std::string name;       // the last part of its id
  std::string gdal_name;  // with the bands
  std::string date;
  Geometry footprint_lonlat;
};

std::string asset_path(std::string asset) {
  if (asset.starts_with("EEDA:")) asset.erase(0, 5);
  const bool full = asset.starts_with("projects/") || asset.starts_with("users/");
  return full ? asset : "projects/earthengine-public/assets/" + asset;
}

DatasetHandle open_listing(const std::string& asset) {
  start_gdal();
  CPLErrorReset();
  constexpr std::array<const char*, 2> kDrivers{"EEDA", nullptr};
  DatasetHandle listing(GDALDataset::Open(("EEDA:" + asset_path(asset)).c_str(),
                                          GDAL_OF_VECTOR | GDAL_OF_READONLY, kDrivers.data()));
  if (!listing || listing->GetLayerCount() == 0)
    fail(ErrorKind::io,
         "cannot list Earth Engine asset {}: {}. It must be an image collection, and Earth Engine "
         "wants credentials: set EEDA_BEARER or GOOGLE_APPLICATION_CREDENTIALS",
         asset, last_gdal_error());
  return listing;
}

// The ends of an interval as the driver's conditions; days count whole.
std::string time_condition(const std::string& datetime) {
  if (datetime.empty()) return {};
  const std::size_t slash = datetime.find('/');
  const auto from = parse_date(datetime.substr(0, slash));
  const auto to = slash == std::string::npos ? from : parse_date(datetime.substr(slash + 1));
  std::vector<std::string> conditions;
  if (from) conditions.push_back("startTime >= '" + *from + "T00:00:00Z'");
  if (to) conditions.push_back("startTime <= '" + *to + "T23:59:59Z'");
  return join(conditions, " AND ");
}

void set_filter(OGRLayer& layer, const StacFilter& filter) {
  if (filter.bbox_lonlat) {
    const Box& box = *filter.bbox_lonlat;
    layer.SetSpatialFilterRect(box.min_x, box.min_y, box.max_x, box.max_y);
  }
  const std::string condition = time_condition(filter.datetime);
  if (!condition.empty() && layer.SetAttributeFilter(condition.c_str()) != OGRERR_NONE)
    fail(ErrorKind::usage, "--datetime {}: {}", filter.datetime, last_gdal_error());
}

std::string text_of(const OGRFeature& feature, const char* field) {
  const int index = feature.GetFieldIndex(field);
  return index < 0 ? "" : feature.GetFieldAsString(index);
}

Geometry shape_of(const OGRFeature& feature) {
  const OGRGeometry* shape = feature.GetGeometryRef();
  if (shape == nullptr || shape->IsEmpty() != 0) return {GeometryKind::polygon, {}};
  std::string wkb(shape->WkbSize(), '\0');
  shape->exportToWkb(wkbNDR, reinterpret_cast<unsigned char*>(wkb.data()));
  try {
    return from_wkb(wkb);
  } catch (const Error&) {
    return {GeometryKind::polygon, {}};  // a collection of shapes: the whole image stands for it
  }
}

Image image_of(const OGRFeature& feature, const std::vector<std::string>& bands) {
  const std::string id = text_of(feature, "id");
  Image image{.name = id.substr(id.rfind('/') + 1),
              .gdal_name = text_of(feature, "gdal_dataset"),
              .date = parse_date(text_of(feature, "startTime")).value_or(""),
              .footprint_lonlat = shape_of(feature)};
  if (!bands.empty()) image.gdal_name += ":" + join(bands, ",");
  return image;
}

// The driver hands the condition to the service and trusts it; a service may do less.
bool in_time(const Image& image, const std::string& datetime) {
  if (datetime.empty() || image.date.empty()) return true;
  const auto [from, to] = days_of(datetime);
  return image.date >= from && image.date <= to;
}

std::vector<Image> list_images(const EarthEngineImport& import) {
  const DatasetHandle listing = open_listing(import.asset);
  OGRLayer& layer = *listing->GetLayer(0);
  set_filter(layer, import.filter);
  std::vector<Image> images;
  CPLErrorReset();
  while (images.size() < import.max_items) {
    check_interrupt();
    const std::unique_ptr<OGRFeature> feature(layer.GetNextFeature());
    if (!feature) break;
    Image image = image_of(*feature, import.collection.bands);
    if (in_time(image, import.filter.datetime)) images.push_back(std::move(image));
  }
  // The driver ends a listing quietly where a page fails.
  if (CPLGetLastErrorType() >= CE_Failure)
    fail(ErrorKind::io, "the listing of Earth Engine asset {} broke off: {}", import.asset,
         last_gdal_error());
  return images;
}

}  // namespace

bool is_passing_fault(std::string_view words) {
  constexpr std::array kPassing{"\"code\": 429",      "\"code\": 5",          "error code : 429",
                                "error code : 5",     "error code: 429",      "error code: 5",
                                "UNAVAILABLE",        "RESOURCE_EXHAUSTED",   "DEADLINE_EXCEEDED",
                                "Could not resolve",  "Couldn't connect",     "Failed to connect",
                                "Connection refused", "Connection timed out", "Operation timed out",
                                "Connection reset",   "Empty reply",          "transfer closed"};
  return std::ranges::any_of(
      kPassing, [&](const char* part) { return words.find(part) != std::string_view::npos; });
}

namespace {

std::variant<Scene, Skipped> scene_of(const Image& image, const SceneOptions& options) {
  try {
    auto described = describe_grid(Raster::open(image.gdal_name, {.drivers = {"EEDAI"}}).info(),
                                   image.name, options);
    if (auto* scene = std::get_if<Scene>(&described)) {
      if (options.date.empty()) scene->date = image.date;
      if (is_footprint(image.footprint_lonlat)) scene->footprint_lonlat = image.footprint_lonlat;
    }
    return described;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::usage) throw;
    if (is_passing_fault(error.what()))
      fail(ErrorKind::io, "{}; nothing was added, give the same command again once it answers",
           error.what());
    log_warning("left out {}: {}", image.gdal_name, error.what());
    return Skipped{"unreadable"};
  }
}

}  // namespace

void EarthEngineImport::validate() const {
  collection.validate();
  filter.validate();
  if (asset.empty()) fail(ErrorKind::usage, "the Earth Engine asset is empty");
  if (max_items < 1) fail(ErrorKind::usage, "--max-items must be at least 1");
}

CatalogueCounts import_earth_engine(const EarthEngineImport& import, ImageryCatalogue& catalogue) {
  import.validate();
  const std::vector<Image> images = list_images(import);
  CatalogueCounts counts;
  std::vector<Scene> scenes;
  Progress progress("images", images.size());
  std::size_t drawn = 0;
  run_pipeline(
      PipelineLimits{.threads = import.threads,
                     .in_flight = 2 * static_cast<std::size_t>(import.threads)},
      [&]() -> std::optional<const Image*> {
        if (drawn == images.size()) return std::nullopt;
        return &images[drawn++];
      },
      [&](const Image* image) { return scene_of(*image, import.scenes); },
      [&](std::variant<Scene, Skipped> outcome) {
        progress.advance();
        if (auto* scene = std::get_if<Scene>(&outcome))
          scenes.push_back(std::move(*scene));
        else
          ++counts.skipped[std::get<Skipped>(outcome).reason];
      });
  add_scenes(catalogue, import.collection, "EEDA:" + asset_path(import.asset), std::move(scenes),
             counts);
  return counts;
}

}  // namespace skyglot
