// SPDX-License-Identifier: Apache-2.0
// By what the files of a scene are known, without reading their pixels.
#pragma once

#include "imagery/catalogue.hpp"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <span>

namespace skyglot {

/// Name, size and time of change; the last two are 0 for what is no file of this machine.
[[nodiscard]] nlohmann::ordered_json file_facts(const std::filesystem::path& path);

/// By what a scene's file is known: a raster that changes has another size or another time. Of a
/// scene of several files the others follow as "others".
[[nodiscard]] nlohmann::ordered_json scene_facts(const Scene& scene);

/// Everything that decides how a scene's pixels are shown: its file and grid, the bands by number
/// with all that is said of them, and their stretches.
[[nodiscard]] nlohmann::ordered_json shown_facts(const Scene& scene, std::span<const int> bands,
                                                 std::span<const BandStretch> stretches);

}  // namespace skyglot
