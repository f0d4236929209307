// SPDX-License-Identifier: Apache-2.0
// GDAL started once, its errors turned into ours.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace skyglot {

/// Registers GDAL's drivers and silences its own printing; every call after the first is free.
/// Thread-safe. The rooms that touch GDAL call it before anything else.
void start_gdal();

/// Bounds GDAL's cache of decoded blocks, which all threads share.
void limit_gdal_cache(std::uint64_t bytes);

/// Forgets what GDAL keeps of a file of the network, failures to reach it included; nothing to do
/// for local ones.
void forget_remote_file(const std::string& gdal_name);

/// The last thing GDAL complained about on this thread, for our own messages; "" if nothing.
[[nodiscard]] std::string last_gdal_error();

/// Hears every failure that GDAL reports on this thread while it lives, also those that the
/// functions of GDAL do not return: errors while blocks are flushed and files closed.
class GdalFailures {
 public:
  GdalFailures();
  ~GdalFailures();
  GdalFailures(const GdalFailures&) = delete;
  GdalFailures& operator=(const GdalFailures&) = delete;

  [[nodiscard]] bool any() const;
  /// Its message; "" if there is none.
  [[nodiscard]] const std::string& first() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace skyglot
