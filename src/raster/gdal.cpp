// SPDX-License-Identifier: Apache-2.0
#include "raster/gdal.hpp"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <gdal_priv.h>
#include <mutex>

namespace skyglot {
namespace {

// For what the user has not set by an environment variable of GDAL's.
void set_default(const char* option, const char* value) {
  if (CPLGetConfigOption(option, nullptr) == nullptr) CPLSetConfigOption(option, value);
}

}  // namespace

void start_gdal() {
  static std::once_flag once;
  std::call_once(once, [] {
    CPLSetErrorHandler(CPLQuietErrorHandler);
    // The folder of a scene may hold thousands of others: never list it.
    CPLSetConfigOption("GDAL_DISABLE_READDIR_ON_OPEN", "EMPTY_DIR");
    CPLSetConfigOption("GDAL_PAM_ENABLED", "NO");
    // A source that hangs or stumbles: give it time and a second chance, not for ever.
    set_default("GDAL_HTTP_CONNECTTIMEOUT", "20");
    set_default("GDAL_HTTP_TIMEOUT", "120");
    set_default("GDAL_HTTP_MAX_RETRY", "2");
    set_default("GDAL_HTTP_RETRY_DELAY", "0.5");
    // Signed addresses allow no HEAD, and the first range says the size as well.
    set_default("CPL_VSIL_CURL_USE_HEAD", "NO");
    GDALAllRegister();
  });
}

void limit_gdal_cache(std::uint64_t bytes) {
  GDALSetCacheMax64(static_cast<GIntBig>(bytes));
}

void forget_remote_file(const std::string& gdal_name) {
  if (gdal_name.starts_with("/vsi")) VSICurlPartialClearCache(gdal_name.c_str());
}

std::string last_gdal_error() {
  const char* message = CPLGetLastErrorMsg();
  return message == nullptr ? "" : message;
}

struct GdalFailures::State {
  std::string first;
  bool any = false;

  static void hear(CPLErr kind, CPLErrorNum /*number*/, const char* message) {
    auto& state = *static_cast<State*>(CPLGetErrorHandlerUserData());
    if (kind < CE_Failure || state.any) return;
    state.any = true;
    state.first = message == nullptr ? "" : message;
  }
};

GdalFailures::GdalFailures() : state_(std::make_unique<State>()) {
  CPLErrorReset();
  CPLPushErrorHandlerEx(State::hear, state_.get());
}

GdalFailures::~GdalFailures() {
  CPLPopErrorHandler();
}

bool GdalFailures::any() const {
  return state_->any;
}

const std::string& GdalFailures::first() const {
  return state_->first;
}

}  // namespace skyglot
