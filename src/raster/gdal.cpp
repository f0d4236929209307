// SPDX-License-Identifier: Apache-2.0
#include "raster/gdal.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_http.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
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

namespace {

// What arrives, up to a limit past which the transfer is broken off.
struct Sink {
  std::string bytes;
  std::size_t max_bytes = 0;
  bool overflow = false;

  static std::size_t write(void* data, std::size_t size, std::size_t count, void* self) {
    auto& sink = *static_cast<Sink*>(self);
    sink.overflow = sink.overflow || size * count > sink.max_bytes - sink.bytes.size();
    if (sink.overflow) return 0;
    sink.bytes.append(static_cast<const char*>(data), size * count);
    return size * count;
  }
};

// One try; the text of the failure, or "".
std::string try_fetch(const HttpRequest& request, Sink& sink) {
  CPLStringList options;
  options.SetNameValue("TIMEOUT", std::to_string(request.timeout_s).c_str());
  options.SetNameValue("CONNECTTIMEOUT", std::to_string(std::min(request.timeout_s, 20)).c_str());
  options.SetNameValue("MAX_RETRY", "0");
  if (!request.body.empty()) {
    options.SetNameValue("POSTFIELDS", request.body.c_str());
    options.SetNameValue("HEADERS", "Content-Type: application/json");
  }
  const std::unique_ptr<CPLHTTPResult, decltype(&CPLHTTPDestroyResult)> answer(
      CPLHTTPFetchEx(request.url.c_str(), options.List(), nullptr, nullptr, Sink::write, &sink),
      CPLHTTPDestroyResult);
  if (!answer) return "no answer";
  if (answer->pszErrBuf != nullptr) return answer->pszErrBuf;
  return answer->nStatus == 0 ? "" : "the connection failed";
}

// Busy or stumbling servers deserve a second try, refusals do not.
bool worth_another_try(const std::string& failure) {
  return failure.find("HTTP error code : 4") == std::string::npos ||
         failure.find("429") != std::string::npos;
}

}  // namespace

std::string fetch_http(const HttpRequest& request) {
  start_gdal();
  constexpr int kTries = 3;
  std::string failure;
  for (int attempt = 0; attempt < kTries; ++attempt) {
    if (attempt > 0) CPLSleep(0.5 * attempt);
    Sink sink{.bytes = {}, .max_bytes = request.max_bytes};
    failure = try_fetch(request, sink);
    if (sink.overflow)
      fail(ErrorKind::resource, "{} answered with more than {} bytes, which is more than allowed",
           request.url, request.max_bytes);
    if (failure.empty()) return std::move(sink.bytes);
    if (!worth_another_try(failure)) break;
  }
  fail(ErrorKind::io, "cannot fetch {}: {}", request.url, failure);
}

}  // namespace skyglot
