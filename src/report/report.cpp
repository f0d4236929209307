// SPDX-License-Identifier: Apache-2.0
#include "report/report.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "base/progress.hpp"
#include "base/resource.hpp"
#include "base/strings.hpp"
#include "pictures/jpeg.hpp"
#include "records/pairs_table.hpp"
#include "report/page.hpp"
#include "report/report_json.hpp"
#include "report/thumbnail.hpp"

#include <nlohmann/json.hpp>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr int kThumbnailQuality = 80;
constexpr std::size_t kMostPixels = 50'000'000;

constexpr const char* kPatchesOnly = "the data set holds patches (GeoTIFF) instead of pictures";

ContactPicture contact_picture(const fs::path& folder, const PairRecord& record, int side) {
  ContactPicture picture{record, "", 0, 0, ""};
  try {
    // The shard's name as the data set has it: the page must not depend on where the folder lies.
    const std::string shard = shard_name(record.shard);
    const std::string bytes = read_range(folder / shard, record.offset, record.bytes);
    const Picture small =
        shrunk_to(decode_jpeg(bytes, shard + "/" + record.key + ".jpg", kMostPixels), side);
    picture.jpeg = encode_jpeg(small, kThumbnailQuality);
    picture.width = small.width;
    picture.height = small.height;
  } catch (const Error& error) {
    picture.problem = replace_all(error.what(), folder.string() + "/", "");
  }
  return picture;
}

Check counts_add_up(const Statistics& s) {
  return {fmt::format("{} selected objects = {} pairs + {} skipped", format_count(s.rows),
                      format_count(s.pairs), format_count(s.skipped())),
          s.rows == s.pairs + s.skipped()};
}

Check tables_agree(const DatasetInfo& info, const Statistics& s) {
  NameCounts skipped = s.skipped_in_match;
  for (const auto& [reason, count] : s.skipped_in_cut) skipped[reason] += count;
  const bool agree =
      info.objects_selected == s.rows && info.pairs == s.pairs && info.skipped == skipped;
  return {agree
              ? "dataset.json and pairs.gpkg count the same objects, pairs and skips"
              : "dataset.json and pairs.gpkg count different objects, pairs or skips; one of them "
                "was changed after the build",
          agree};
}

Check shards_are_there(const fs::path& folder, const DatasetInfo& info) {
  std::vector<std::string> wrong;
  for (const ShardInfo& shard : info.shards) {
    std::error_code code;
    if (fs::file_size(folder / shard.name, code) != shard.bytes || code)
      wrong.push_back(shard.name);
  }
  if (wrong.empty())
    return {fmt::format("{} of {} shards are there with the size that dataset.json gives",
                        info.shards.size(), info.shards.size()),
            true};
  const std::size_t count = wrong.size();
  wrong.resize(std::min<std::size_t>(count, 5));
  return {fmt::format("{} of {} shards are missing or have another size than dataset.json gives: "
                      "{}{}; build the data set again with --overwrite",
                      count, info.shards.size(), join(wrong, ", "), count > 5 ? ", ..." : ""),
          false};
}

Check pictures_decode(const ReportContent& content) {
  const std::vector<ContactPicture>& pictures = content.contact;
  if (!has_picture(content.info.patches()))
    return {fmt::format("{}: none is shown, and none was looked at", kPatchesOnly), true};
  std::size_t broken = 0;
  for (const ContactPicture& picture : pictures) broken += picture.problem.empty() ? 0 : 1;
  if (broken == 0) return {"every picture of the contact sheet decodes", true};
  return {fmt::format("{} of the {} pictures of the contact sheet cannot be decoded", broken,
                      pictures.size()),
          false};
}

Check attribution_is_there(const std::string& attribution) {
  return {attribution.empty() ? "ATTRIBUTION.txt is missing or empty" : "ATTRIBUTION.txt is there",
          !attribution.empty()};
}

void demand_pairs(const fs::path& folder) {
  const std::string name = folder.string();
  if (!fs::exists(folder / "pairs.gpkg"))
    fail(ErrorKind::input,
         "{} has lost its pairs.gpkg; make the data set again with 'skyglot build ... --output {} "
         "--overwrite'",
         name, name);
}

Statistics read_statistics(const fs::path& folder, const DatasetInfo& info,
                           const ReportOptions& options) {
  Progress progress("objects", info.objects_selected);
  const auto records = [&](const std::function<void(PairRecord &&)>& visit) {
    read_pairs_gpkg(folder / "pairs.gpkg", [&](PairRecord&& record) {
      visit(std::move(record));
      progress.advance();
    });
  };
  return gather_statistics(records, {.pictures = static_cast<std::size_t>(options.pictures),
                                     .max_outlines = static_cast<std::size_t>(options.max_outlines),
                                     .top_captions = 20});
}

constexpr std::uint64_t kMostPictureBytes = std::uint64_t{32} << 20;

std::string sheet_bytes(const fs::path& file) {
  std::string jpeg = read_file(file, kMostPictureBytes);
  if (!jpeg.starts_with("\xFF\xD8"))
    fail(ErrorKind::input,
         "{} is no JPEG; 'skyglot search INDEX --sheet FILE.jpg' writes the sheet", file.string());
  return jpeg;
}

// A picture inside the page: there it can neither run nor fetch anything.
std::string drawing(const fs::path& file) {
  std::string svg = read_file(file, kMostPictureBytes);
  if (svg.find("<svg") == std::string::npos)
    fail(
        ErrorKind::input,
        "{} is no SVG; 'skyglot landcover map --preview FILE.svg' writes the drawing that a report "
        "shows",
        file.string());
  return svg;
}

}  // namespace

void ReportOptions::validate() const {
  std::vector<std::string> problems;
  if (pictures < 0 || pictures > 500) problems.push_back("--pictures must be 0 to 500");
  if (thumbnail_px < 32 || thumbnail_px > 1024)
    problems.push_back("--thumbnail-px must be 32 to 1024");
  if (max_outlines < 0 || max_outlines > 100'000)
    problems.push_back("--max-outlines must be 0 to 100000");
  if (!problems.empty()) fail(ErrorKind::usage, "{}", join(problems, "; "));
}

ReportContent gather_report(const fs::path& folder, const ReportOptions& options) {
  options.validate();
  ReportContent content;
  content.info = read_dataset_info(folder);
  demand_pairs(folder);
  content.similarity = read_similarity_summary(folder);
  content.statistics = read_statistics(folder, content.info, options);
  const bool shown = has_picture(content.info.patches());
  for (const PairRecord& record : content.statistics.contact)
    content.contact.push_back(
        shown ? contact_picture(folder, record, static_cast<int>(options.thumbnail_px))
              : ContactPicture{record, "", 0, 0, kPatchesOnly});
  if (fs::is_regular_file(folder / "ATTRIBUTION.txt"))
    content.attribution = read_file(folder / "ATTRIBUTION.txt", std::uint64_t{1} << 20);
  for (const fs::path& file : options.landcover) content.landcover.push_back(drawing(file));
  for (const fs::path& file : options.sheets)
    content.sheets.push_back({file.stem().string(), sheet_bytes(file)});
  content.checks = {counts_add_up(content.statistics),
                    tables_agree(content.info, content.statistics),
                    shards_are_there(folder, content.info), pictures_decode(content),
                    attribution_is_there(content.attribution)};
  return content;
}

ReportFiles report_files(const fs::path& page) {
  if (page.filename() == "index.html") return {page, page.parent_path() / "report.json"};
  return {page, fs::path(page).replace_extension(".json")};
}

std::uint64_t write_report(const ReportContent& content, const ReportFiles& files) {
  const std::string page = report_page(content, load_resource("report.css"));
  const std::string json = json_text(report_json(content), 1);
  if (!files.page.parent_path().empty()) make_folder(files.page.parent_path());
  write_file_atomically(files.json, json + "\n");
  write_file_atomically(files.page, page);
  return page.size();
}

}  // namespace skyglot
