# SPDX-License-Identifier: Apache-2.0
# The install tree: the program, the libraries with their headers, the data and find_package(skyglot).
include(CMakePackageConfigHelpers)
set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/skyglot")

get_property(rooms GLOBAL PROPERTY SKYGLOT_ROOMS)
install(TARGETS ${rooms} EXPORT skyglot ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
get_property(programs GLOBAL PROPERTY SKYGLOT_PROGRAMS)
install(TARGETS ${programs} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
# Included as skyglot/ROOM/thing.hpp. What only tests use stays here, and what holds handles of other libraries.
get_property(folders GLOBAL PROPERTY SKYGLOT_PUBLIC_FOLDERS)
install(DIRECTORY ${folders} DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/skyglot"
  FILES_MATCHING PATTERN "*.hpp"
  PATTERN "*_testing.hpp" EXCLUDE PATTERN "test_*.hpp" EXCLUDE PATTERN "small_clip.hpp" EXCLUDE
  PATTERN "gdal_dataset.hpp" EXCLUDE PATTERN "archive_handle.hpp" EXCLUDE)
install(DIRECTORY data/ DESTINATION "${CMAKE_INSTALL_DATADIR}/skyglot")
install(FILES LICENSE NOTICE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(EXPORT skyglot NAMESPACE skyglot:: DESTINATION "${package_dir}" FILE skyglotTargets.cmake)
configure_package_config_file(cmake/skyglotConfig.cmake.in
  "${PROJECT_BINARY_DIR}/skyglotConfig.cmake" INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/skyglotConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/skyglotConfig.cmake"
  "${PROJECT_BINARY_DIR}/skyglotConfigVersion.cmake"
  cmake/FindTurboJpeg.cmake cmake/FindSkyglotTorch.cmake DESTINATION "${package_dir}")
