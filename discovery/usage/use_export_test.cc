#include "discovery/usage/use_export.h"

#include <gtest/gtest.h>

namespace sallyport::discovery {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr sys_days kDay = std::chrono::year(2026) / 11 / 20;

class UseExport : public testing::Test {
 protected:
  UseExport() {
    Diagnostics warnings;
    const auto source = std::make_shared<const Source>(
        Source{"catalog/box/app.yaml",
               "id: box\nvendor: V\nname: Box, Inc.\ncategory: cloud_storage\ndomains: [box.com/x, "
               "box.net]\n"
               "tags: [consumer]\nsources: [{kind: observed, date: 2026-11-20}]\n"});
    auto catalog = parse_catalog({source}, warnings);
    EXPECT_TRUE(catalog) << render(catalog.error());
    book_ = std::make_unique<AppBook>(*catalog, AppTagOverlay());
    entry_.who = {
        .user = 1, .device = 2, .country = {'D', 'E'}, .address = IpAddress::v4(0xc0000201)};
    entry_.service = 3;
    entry_.counts = {
        .transactions = 3, .sent = 5, .received = 7, .uploads = 1, .upload_bytes = 4, .blocked = 2};
    entry_.first = 60;
    entry_.last = 125;
  }

  std::string exported(ExportFormat format) {
    std::string out;
    append_use(out, format, row_of(*book_, {kDay, 1}, entry_, names_));
    return out;
  }

  std::unique_ptr<AppBook> book_;
  UsageNames names_{{},
                    {NameKind::user, "ana"},
                    {NameKind::device, "desktop, windows, firefox"},
                    {NameKind::app, "box"},
                    {NameKind::domain, "files.example"},
                    {NameKind::user, "=cmd|x\\\n\""}};
  UsageEntry entry_;
};

TEST_F(UseExport, JsonLines) {
  EXPECT_EQ(exported(ExportFormat::jsonl),
            "{\"day\":\"2026-11-20\",\"days\":1,\"user\":\"ana\",\"address\":\"192.0.2.1\","
            "\"country\":\"DE\",\"device\":\"desktop, windows, firefox\",\"kind\":\"app\","
            "\"service\":\"box\",\"name\":\"Box, Inc.\",\"category\":\"cloud_storage\","
            "\"tags\":[\"consumer\"],\"transactions\":3,\"sent\":5,\"received\":7,\"uploads\":1,"
            "\"upload_bytes\":4,\"downloads\":0,\"download_bytes\":0,\"blocked\":2,\"asked\":0,"
            "\"continued\":0,\"first_seen\":\"2026-11-20T01:00:00Z\","
            "\"last_seen\":\"2026-11-20T02:05:00Z\"}\n");
  EXPECT_EQ(export_head(ExportFormat::jsonl, {}), "");
}

TEST_F(UseExport, Csv) {
  EXPECT_EQ(export_head(ExportFormat::csv, {}),
            "day,days,user,address,country,device,kind,service,name,category,risk_score,tags,"
            "transactions,sent,received,uploads,upload_bytes,downloads,download_bytes,blocked,"
            "asked,continued,first_seen,last_seen\r\n");
  EXPECT_EQ(exported(ExportFormat::csv),
            "2026-11-20,1,ana,192.0.2.1,DE,\"desktop, windows, firefox\",app,box,\"Box, Inc.\","
            "cloud_storage,,consumer,3,5,7,1,4,0,0,2,0,0,2026-11-20T01:00:00Z,"
            "2026-11-20T02:05:00Z\r\n");
}

TEST_F(UseExport, Cef) {
  EXPECT_EQ(exported(ExportFormat::cef),
            "CEF:0|Sallyport|Sallyport|1|use|Use of an app|3|rt=1795140300000 "
            "start=1795136400000 end=1795140300000 src=192.0.2.1 suser=ana dhost=box.com "
            "destinationServiceName=Box, Inc. cat=cloud_storage cnt=3 in=5 out=7 act=allowed "
            "cs1Label=service cs1=box cs2Label=kind cs2=app cs3Label=tags cs3=consumer "
            "cs4Label=device cs4=desktop, windows, firefox cs5Label=country cs5=DE "
            "cn2Label=blocked cn2=2 cn3Label=upload_bytes cn3=4\n");
}

TEST_F(UseExport, W3c) {
  EXPECT_EQ(export_head(ExportFormat::w3c, *parse_rfc3339("2026-11-27T20:00:01Z")),
            "#Version: 1.0\n#Software: Sallyport\n#Date: 2026-11-27 20:00:01\n"
            "#Fields: date time c-ip cs-username cs-host x-country x-device x-kind x-service "
            "x-app-name x-category x-risk-score x-tags x-transactions cs-bytes sc-bytes x-uploads "
            "x-upload-bytes x-downloads x-download-bytes x-blocked\n");
  EXPECT_EQ(exported(ExportFormat::w3c),
            "2026-11-20 02:05:00 192.0.2.1 ana box.com DE desktop,+windows,+firefox app box "
            "Box,+Inc. cloud_storage - consumer 3 5 7 1 4 0 0 2\n");
}

TEST_F(UseExport, SaysWhatIsNoAppAndWhatIsBeyondTheLimits) {
  entry_.service = 4;
  EXPECT_NE(
      exported(ExportFormat::jsonl).find("\"kind\":\"domain\",\"service\":\"files.example\","),
      std::string::npos);
  EXPECT_NE(exported(ExportFormat::cef).find(" dhost=files.example destinationServiceName="),
            std::string::npos);
  entry_.service = kOther;
  entry_.who = {};
  const std::string other = exported(ExportFormat::jsonl);
  EXPECT_NE(other.find("\"user\":\"(other)\",\"device\":\"(other)\",\"kind\":\"other\","
                       "\"service\":\"(other)\""),
            std::string::npos)
      << other;
}

TEST_F(UseExport, NoValueEndsALineOrAFieldOrIsAFormula) {
  entry_.who.user = 5;
  const std::string csv = exported(ExportFormat::csv);
  EXPECT_NE(csv.find(",\"'=cmd|x\\\n\"\"\",192.0.2.1"), std::string::npos) << csv;
  const std::string cef = exported(ExportFormat::cef);
  EXPECT_NE(cef.find(" suser=\\=cmd|x\\\\_\" dhost="), std::string::npos) << cef;
  EXPECT_EQ(std::ranges::count(cef, '\n'), 1);
  const std::string w3c = exported(ExportFormat::w3c);
  EXPECT_NE(w3c.find(" =cmd|x\\__ "), std::string::npos) << w3c;
  EXPECT_EQ(std::ranges::count(w3c, '\n'), 1);
  EXPECT_EQ(std::ranges::count(exported(ExportFormat::jsonl), '\n'), 1);
}

}  // namespace
}  // namespace sallyport::discovery
