// SPDX-License-Identifier: Apache-2.0
// A confusion matrix as a file, its form by the file's name.
#pragma once

#include "scores/confusion.hpp"

#include <filesystem>
#include <string>

namespace skyglot {

/// Throws Error(usage) for a name that is neither .csv, .svg nor .txt; nothing to say of an empty
/// one.
void require_confusion_name(const std::filesystem::path& path);

/// A table, a picture with `title`, or text, atomically.
void write_confusion(const std::filesystem::path& path, const ConfusionMatrix& matrix,
                     const std::string& title);

}  // namespace skyglot
