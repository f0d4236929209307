// SPDX-License-Identifier: Apache-2.0
#include "imagery/remote_file.hpp"

#include "base/error.hpp"

namespace skyglot {
namespace {

struct Enough {};

// Ends a transfer as soon as it begins to bring something.
class FirstBytes : public HttpReceiver {
 public:
  void begin(const HttpAnswer&) override {}
  void take(std::string_view) override { throw Enough(); }
};

constexpr std::string_view kPrefix = "/vsicurl/";

// Asks once; nothing where bytes come.
std::optional<HttpFailure> first_bytes_of(const std::string& gdal_name) {
  constexpr int kSeconds = 60;
  FirstBytes receiver;
  try {
    return exchange_http({.url = gdal_name.substr(kPrefix.size()), .timeout_s = kSeconds},
                         receiver);
  } catch (const Enough&) {
    return std::nullopt;
  }
}

}  // namespace

bool remote_bytes_arrive(const std::string& gdal_name, const HttpPatience& patience) {
  if (!gdal_name.starts_with(kPrefix)) return false;
  const auto failure = try_patiently(patience, [&] { return first_bytes_of(gdal_name); });
  if (failure && failure->passing)
    fail(ErrorKind::io, "cannot reach {}: {}; give the same command again once it answers",
         gdal_name.substr(kPrefix.size()), failure->text);
  return !failure;
}

double wished_wait_s(const std::string& gdal_name) {
  if (!gdal_name.starts_with(kPrefix)) return 0;
  const auto failure = first_bytes_of(gdal_name);
  return failure && failure->passing ? failure->wait_s : 0;
}

}  // namespace skyglot
