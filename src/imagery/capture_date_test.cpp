// SPDX-License-Identifier: Apache-2.0
#include "imagery/capture_date.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

TEST(CaptureDate, DaysThatNoMonthHasAreNone) {
  EXPECT_EQ(parse_date("2021-02-29"), std::nullopt);
  EXPECT_EQ(parse_date("2021-06-31"), std::nullopt);
  EXPECT_EQ(parse_date("2024-02-29"), "2024-02-29");
  EXPECT_EQ(date_from_name("tile_20210231"), std::nullopt);
}

TEST(CaptureDate, FormsOfOneDate) {
  for (const char* text : {"2021-06-01", "2021:06:01 10:00:00", "20210601", "2021-06-01T10:11:12Z",
                           "20210601T101112", "20210601101112", "2021-06", "2021/06"})
    EXPECT_EQ(parse_date(text), "2021-06-01") << text;
  EXPECT_EQ(parse_date("2021"), "2021-01-01");
}

TEST(CaptureDate, NonsenseIsNoDate) {
  for (const char* text :
       {"", "soon", "2021-13-01", "2021-06-32", "1821-06-01", "0000:00:00", "20"})
    EXPECT_EQ(parse_date(text), std::nullopt) << text;
}

TEST(CaptureDate, AcquisitionComesBeforeProcessing) {
  EXPECT_EQ(date_from_metadata({{"TIFFTAG_DATETIME", "2023:01:01 00:00:00"},
                                {"ACQUISITIONDATETIME", "2021-06-01 10:00:00"}}),
            "2021-06-01");
  EXPECT_EQ(date_from_metadata({{"TIFFTAG_DATETIME", "2023:01:02 00:00:00"}}), "2023-01-02");
  EXPECT_EQ(date_from_metadata({{"AREA_OR_POINT", "Area"}}), std::nullopt);
}

TEST(CaptureDate, NamesOfRealProducts) {
  EXPECT_EQ(date_from_name("S2A_MSIL2A_20210601T105031_N0300_R051_T32UNE"), "2021-06-01");
  EXPECT_EQ(date_from_name("m_3911505_nw_11_060_20220712"), "2022-07-12");
  EXPECT_EQ(date_from_name("swissimage-dop10_2018_2600-1199_0.1_2056"), "2018-01-01");
  EXPECT_EQ(date_from_name("dop_2600-1199"), std::nullopt);
  EXPECT_EQ(date_from_name("tile_123456789"), std::nullopt);
  EXPECT_EQ(date_from_name("flight_2019-05-07_12"), "2019-05-07");
  EXPECT_EQ(date_from_name("LC08_L1TP_193024_20210601_20210608_01_T1"), "2021-06-01");
}

TEST(CaptureDate, SheetNumbersAndCodesAreNoYears) {
  for (const char* name :
       {"TQ2080", "TQ2010", "NZ19991", "swissimage_dop10_0.1_2056", "tile_2048_1024",
        "ortho_epsg_2056", "dop_20560101", "img_1999a", "b_2027", "tile_2000_1024",
        "tile_1024_2000", "2000-1999", "x_2048_2000_1024", "2056_2019_5"})
    EXPECT_EQ(date_from_name(name, 2026), std::nullopt) << name;
  EXPECT_EQ(date_from_name("dop_2034_5678_2021-06-01", 2026), "2021-06-01");
  EXPECT_EQ(date_from_name("s2_20210101T101010", 2026), "2021-01-01");
  EXPECT_EQ(date_from_name("ortho2015", 2026), "2015-01-01");
  EXPECT_EQ(date_from_name("dop_2600-1199_2019_5", 2026), "2019-01-01");
  EXPECT_EQ(date_from_name("dop_2019_25cm", 2026), "2019-01-01");
  EXPECT_EQ(date_from_name("dop_2019.5678-1", 2026), "2019-01-01");
  EXPECT_EQ(date_from_name("b_2027", 2027), "2027-01-01");
}

TEST(CaptureDate, PatternOfTheUser) {
  EXPECT_EQ(date_from_pattern("x19990101_t20200203", "t(\\d{8})"), "2020-02-03");
  EXPECT_EQ(date_from_pattern("nothing", "t(\\d{8})"), std::nullopt);
  EXPECT_THROW((void)date_from_pattern("x", "("), Error);
}

}  // namespace
}  // namespace skyglot
