// SPDX-License-Identifier: Apache-2.0
// Any bytes as a STAC document: a catalogue that can be written and read again, or an Error.
#include "base/error.hpp"
#include "base/log.hpp"
#include "imagery/stac_source.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>

namespace {

// A folder of its own in memory, and no way to any network.
const std::filesystem::path& document() {
  static const std::filesystem::path path = [] {
    for (const char* proxy : {"http_proxy", "https_proxy", "GDAL_HTTP_PROXY"})
      setenv(proxy, "http://127.0.0.1:1", 1);
    setenv("CPL_VSIL_CURL_ALLOWED_EXTENSIONS", ".none", 1);
    setenv("GDAL_HTTP_MAX_RETRY", "0", 1);
    skyglot::set_log_level(skyglot::LogLevel::quiet);
    std::string folder = "/dev/shm/fuzz_stac.XXXXXX";
    if (mkdtemp(folder.data()) == nullptr) std::abort();
    return std::filesystem::path(folder) / "item.json";
  }();
  return path;
}

skyglot::StacImport import_of(const std::filesystem::path& path) {
  skyglot::StacImport import;
  import.source.location = path.string();
  import.source.max_items = 20;
  import.source.patience.tries = 1;
  import.source.filter = {skyglot::Box{13, 52, 13.5, 52.5}, "2021-01-01/..", {}};
  import.collection.code = "XX";
  import.collection.stretch = {skyglot::StretchRule::Kind::range, 0, 3000};
  return import;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::filesystem::path& path = document();
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  try {
    skyglot::ImageryCatalogue catalogue;
    (void)skyglot::import_stac(import_of(path), catalogue);
    if (catalogue.scenes.empty()) return 0;
    const auto written = path.parent_path() / "imagery.gpkg";
    skyglot::write_catalogue(written, catalogue);
    (void)skyglot::read_catalogue(written);
  } catch (const skyglot::Error&) {
  }
  return 0;
}
