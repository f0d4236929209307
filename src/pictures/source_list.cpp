// SPDX-License-Identifier: Apache-2.0
#include "base/atomic_file.hpp"
#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/strings.hpp"
#include "base/unicode.hpp"
#include "pictures/shard.hpp"
#include "pictures/source_kinds.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 4> kPathColumns{"filepath", "image", "filename", "path"};
constexpr char kNoSeparator = '\0';
constexpr std::string_view kIntoTar = ".tar/";

// Finds members of tars; quick as long as they are asked for in the order they lie in.
class TarLookup {
 public:
  explicit TarLookup(const SourceOptions& options) : options_(options) {}

  SourcePicture find(const fs::path& tar, const std::string& member, std::string id) {
    SourcePicture picture{.id = std::move(id), .bytes = {}, .problem = {}, .beside = {}};
    std::error_code code;
    if (!fs::is_regular_file(tar, code)) {
      picture.problem = "no such tar file";
    } else if (!search(tar, member, picture)) {
      reader_.reset();  // it may lie further in front
      if (!search(tar, member, picture)) picture.problem = "not in " + tar.filename().string();
    }
    return picture;
  }

 private:
  bool search(const fs::path& tar, const std::string& member, SourcePicture& picture) {
    if (!reader_ || tar != tar_) reader_.emplace(tar);
    tar_ = tar;
    while (const auto found = reader_->next()) {
      if (found->name != member) continue;
      if (found->size > options_.max_file_bytes)
        picture.problem = fmt::format("{} bytes are more than allowed", found->size);
      else
        picture.bytes = reader_->bytes();
      return true;
    }
    return false;
  }

  const SourceOptions& options_;
  fs::path tar_;
  std::optional<ShardReader> reader_;
};

std::string_view first_line(std::string_view text) {
  text = without_mark(text);
  while (text.starts_with('#')) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  return trim(text.substr(0, text.find('\n')));
}

char sniffed_separator(std::string_view line, std::string_view extension) {
  char best = extension == ".tsv" ? '\t' : ',';
  for (const char candidate : {',', '\t', ';'})
    if (std::ranges::count(line, candidate) > std::ranges::count(line, best)) best = candidate;
  return best;
}

class ListSource : public PictureSource {
 public:
  ListSource(const fs::path& list, const SourceOptions& options)
      : options_(options),
        name_(list.string()),
        root_(options.root.empty() ? list.parent_path() : options.root),
        text_(read_file(list)),
        separator_(sniffed_separator(first_line(text_), to_lower(list.extension().string()))),
        reader_(text_, name_, separator_),
        tars_(options_) {
    read_header(to_lower(list.extension().string()) == ".txt");
    count_ = count_rows();
    if (count_ == 0) fail(ErrorKind::input, "{}: the list names no pictures", name_);
  }

  std::optional<SourcePicture> next() override {
    std::vector<std::string> row;
    std::string entry;
    do {
      if (!reader_.next_row(row)) return std::nullopt;
      entry = trim(row[path_column_]);
    } while (!is_wanted(entry, options_));
    SourcePicture picture = open(entry);
    for (std::size_t i = 0; i < row.size(); ++i)
      if (i != path_column_) picture.beside[header_[i]] = std::move(row[i]);
    return picture;
  }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return count_; }

 private:
  void read_header(bool may_be_missing) {
    reader_.next_row(header_);
    for (std::string& name : header_) name = trim(name);
    const auto column = find_path_column();
    if (column) {
      path_column_ = *column;
    } else if (may_be_missing && options_.path_column.empty()) {
      separator_ = kNoSeparator;
      header_ = {"filepath"};
      reader_ = CsvReader(text_, name_, separator_);
    } else {
      fail(
          ErrorKind::input, "{}: no column {}; there are: {}; name the column of paths", name_,
          options_.path_column.empty() ? "filepath, image, filename or path" : options_.path_column,
          join(header_, ", "));
    }
  }

  [[nodiscard]] std::optional<std::size_t> find_path_column() const {
    const auto index_of = [&](std::string_view name) -> std::optional<std::size_t> {
      const auto found = std::ranges::find(header_, name);
      if (found == header_.end()) return std::nullopt;
      return static_cast<std::size_t>(found - header_.begin());
    };
    if (!options_.path_column.empty()) return index_of(options_.path_column);
    for (const std::string_view name : kPathColumns)
      if (const auto index = index_of(name)) return index;
    return std::nullopt;
  }

  // Goes through the whole list, so that a broken line is told before work begins.
  [[nodiscard]] std::uint64_t count_rows() const {
    CsvReader reader = reader_;
    std::vector<std::string> row;
    std::uint64_t count = 0;
    for (; reader.next_row(row); ++count)
      if (row.size() != header_.size())
        fail(ErrorKind::format, "{}:{}: {} cells where the header has {}", name_, reader.row_line(),
             row.size(), header_.size());
    return count;
  }

  SourcePicture open(const std::string& entry) {
    const std::size_t into = entry.find(kIntoTar);
    if (into == std::string::npos || !options_.contents)
      return read_picture_file(root_ / entry, entry, options_);
    const std::size_t end = into + kIntoTar.size();
    return tars_.find(root_ / entry.substr(0, end - 1), entry.substr(end), entry);
  }

  SourceOptions options_;
  std::string name_;
  fs::path root_;
  std::string text_;
  char separator_;
  CsvReader reader_;
  TarLookup tars_;
  std::vector<std::string> header_;
  std::size_t path_column_ = 0;
  std::uint64_t count_ = 0;
};

}  // namespace

std::unique_ptr<PictureSource> open_picture_list(const fs::path& list,
                                                 const SourceOptions& options) {
  return std::make_unique<ListSource>(list, options);
}

}  // namespace skyglot
