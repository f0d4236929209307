// SPDX-License-Identifier: Apache-2.0
// A large file over HTTP: resumed where it stopped, checked before it gets its name.
#pragma once

#include "base/http.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace skyglot {

struct FetchRequest {
  std::string url;  ///< see HttpRequest
  std::filesystem::path target;
  std::optional<std::uint64_t> bytes{};  ///< what the file must measure, if known
  std::string sha256{};                  ///< what it must hash to; empty: not known
  HttpPatience patience{};
};

struct FetchResult {
  std::uint64_t bytes = 0;
  std::uint64_t resumed_at = 0;  ///< bytes that were there from an earlier run
  std::string sha256;
};

/// Writes `target`.part (with `target`.part.etag while it is open) and renames it when it is whole.
/// A stopped transfer is taken up again by a range request, from the start if the file changed
/// meanwhile. Throws Error(io) naming the URL and the cause: status, a web page instead of the
/// file, no answer; Error(format) for a wrong size or hash.
[[nodiscard]] FetchResult fetch_file(const FetchRequest& request);

}  // namespace skyglot
