# SPDX-License-Identifier: Apache-2.0
# Every library skyglot stands on; all are packages of Debian 12 (see scripts/setup).
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(TBB REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(CLI11 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(LibArchive REQUIRED)
find_package(TurboJpeg REQUIRED)
find_package(PNG REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(CURL REQUIRED)

find_path(BOOST_INCLUDE_DIR boost/geometry/index/rtree.hpp REQUIRED)
find_path(MUSTACHE_INCLUDE_DIR kainjow/mustache.hpp REQUIRED)

find_package(PkgConfig REQUIRED)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)

if(SKYGLOT_MAPS)
  find_package(GDAL CONFIG REQUIRED)
  find_package(BZip2 REQUIRED)
  find_package(EXPAT REQUIRED)
  find_package(PostgreSQL REQUIRED)
  pkg_check_modules(LZ4 REQUIRED IMPORTED_TARGET liblz4)
  find_path(OSMIUM_INCLUDE_DIR osmium/version.hpp REQUIRED)
  find_path(PROTOZERO_INCLUDE_DIR protozero/version.hpp REQUIRED)
endif()

find_path(FP16_INCLUDE_DIR fp16.h REQUIRED)

if(SKYGLOT_LEARN)
  find_package(Eigen3 REQUIRED NO_MODULE)
  # Debian's, or a newer one (with CUDA) named by SKYGLOT_TORCH.
  find_package(SkyglotTorch 1.13 REQUIRED)
  # Without it the parallel loops of libtorch's headers run on one thread, silently.
  find_package(OpenMP REQUIRED COMPONENTS CXX)
endif()
