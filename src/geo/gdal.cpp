// SPDX-License-Identifier: Apache-2.0
#include "geo/gdal.hpp"

#include "base/error.hpp"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_http.h>
#include <cpl_string.h>
#include <gdal_priv.h>
#include <memory>
#include <mutex>
#include <ogr_spatialref.h>

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
    GDALAllRegister();
  });
}

std::string last_gdal_error() {
  const char* message = CPLGetLastErrorMsg();
  return message == nullptr ? "" : message;
}

std::string fetch_http(const HttpRequest& request) {
  start_gdal();
  CPLStringList options;
  options.SetNameValue("TIMEOUT", std::to_string(request.timeout_s).c_str());
  options.SetNameValue("MAX_RETRY", "2");
  if (!request.body.empty()) {
    options.SetNameValue("POSTFIELDS", request.body.c_str());
    options.SetNameValue("HEADERS", "Content-Type: application/json");
  }
  const std::unique_ptr<CPLHTTPResult, decltype(&CPLHTTPDestroyResult)> answer(
      CPLHTTPFetch(request.url.c_str(), options.List()), CPLHTTPDestroyResult);
  if (!answer) fail(ErrorKind::io, "cannot fetch {}: no answer", request.url);
  if (answer->pszErrBuf != nullptr || answer->nStatus != 0)
    fail(ErrorKind::io, "cannot fetch {}: {}", request.url,
         answer->pszErrBuf != nullptr ? answer->pszErrBuf : "the connection failed");
  const auto size = static_cast<std::size_t>(answer->nDataLen);
  if (size > request.max_bytes)
    fail(ErrorKind::resource, "{} answered with {} bytes, more than allowed", request.url, size);
  return {reinterpret_cast<const char*>(answer->pabyData), size};
}

}  // namespace skyglot
