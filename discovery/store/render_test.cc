#include "discovery/store/render.h"

#include <gtest/gtest.h>

#include "base/core/text.h"
#include "base/csv/reader.h"
#include "discovery/logs/hostile_for_tests.h"

namespace sallyport::discovery {
namespace {

std::vector<Row> rows() {
  Row upload;
  upload.id = samples::id_of(1);
  upload.time = samples::second(1);
  upload.user = "zoë";
  upload.client = *IpAddress::parse("192.0.2.7");
  upload.app_id = "dropbox";
  upload.app_name = "Dropbox";
  upload.host = "www.dropbox.com";
  upload.method = "POST";
  upload.path = "/upload";
  upload.type = policy::ActivityType::upload;
  upload.action = policy::Action::block;
  upload.policy = "no \"personal\" storage, please";
  upload.status = 403;
  upload.bytes_in = 512;
  upload.ending = Ending::blocked;
  upload.duration_us = 1500;
  Row refused;
  refused.id = samples::id_of(2);
  refused.time = samples::second(2);
  refused.kind = EventKind::connection;
  refused.client = *IpAddress::parse("2001:db8::1");
  refused.ending = Ending::refused;
  return {upload, refused};
}

TEST(RenderRows, AlignsATable) {
  EXPECT_EQ("\n" + render_rows(rows(), Format::table),
            R"(
ID                          TIME                  USER  CLIENT       APP NAME  HOST             METHOD  PATH     TYPE    ACTION  POLICY                         STATUS  BYTES IN  BYTES OUT  ENDING
01M856PHB00000000000000001  2026-11-23T21:58:52Z  zoë   192.0.2.7    Dropbox   www.dropbox.com  POST    /upload  upload  block   no "personal" storage, please     403     512 B        0 B  blocked
01M856PJA80000000000000002  2026-11-23T21:58:53Z  -     2001:db8::1  -         -                -       -        -       allow   -                                   -       0 B        0 B  refused
)");
}

TEST(RenderRows, ShowsOnlyTheHeadOfAnEmptyTable) {
  EXPECT_EQ(render_rows({}, Format::table),
            "ID  TIME  USER  CLIENT  APP NAME  HOST  METHOD  PATH  TYPE  ACTION  POLICY  STATUS  "
            "BYTES IN  "
            "BYTES OUT  ENDING\n");
}

TEST(RenderRows, KeepsHostileTextFromTheTerminal) {
  Row row;
  row.path = "/\x1b[2J\r\n" + std::string(200, 'x');
  row.user = "\xff\xe2\x80\xae";
  const std::string table = render_rows(std::span(&row, 1), Format::table);
  EXPECT_EQ(table.find('\x1b'), std::string::npos);
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 2);
  EXPECT_NE(table.find("/\\x1b[2J\\x0d\\x0axxxxxxxxxxxxxxxxxxxxx..."), std::string::npos) << table;
  EXPECT_NE(table.find("\\xff\\u{202E}"), std::string::npos) << table;
}

TEST(RenderRows, WritesAJsonArrayWithARowPerLine) {
  EXPECT_EQ(render_rows({}, Format::json), "[]\n");
  EXPECT_EQ(
      render_rows(rows(), Format::json),
      "[\n"
      R"({"id":"01M856PHB00000000000000001","time":"2026-11-23T21:58:52.000000Z","kind":"exchange","user":"zoë","client":"192.0.2.7",)"
      R"("app":"dropbox","app_name":"Dropbox","host":"www.dropbox.com","method":"POST","path":"/upload",)"
      R"("type":"upload","action":"block","policy":"no \"personal\" storage, please","status":403,)"
      R"("bytes_in":512,"bytes_out":0,"ending":"blocked","duration_us":1500},)"
      "\n"
      R"({"id":"01M856PJA80000000000000002","time":"2026-11-23T21:58:53.000000Z","kind":"connection","client":"2001:db8::1",)"
      R"("action":"allow","bytes_in":0,"bytes_out":0,"ending":"refused","duration_us":0})"
      "\n]\n");
}

TEST(RenderRows, QuotesCsv) {
  EXPECT_EQ(
      render_rows(rows(), Format::csv),
      "id,time,kind,user,client,app,app_name,host,method,path,type,action,policy,status,bytes_in,"
      "bytes_out,ending,duration_us,uncommon\r\n"
      "01M856PHB00000000000000001,2026-11-23T21:58:52.000000Z,exchange,zoë,192.0.2.7,dropbox,"
      "Dropbox,"
      "www.dropbox.com,POST,/upload,upload,block,\"no \"\"personal\"\" storage, "
      "please\",403,512,0,blocked,"
      "1500,\r\n"
      "01M856PJA80000000000000002,2026-11-23T21:58:53.000000Z,connection,,2001:db8::1,,,,,,,allow,,"
      ",0,0,"
      "refused,0,\r\n");
}

TEST(RenderRows, DisarmsFormulas) {
  for (const std::string text : {"=1+1", "+1", "-1", "@SUM(A1)", "\uff1d1"}) {
    Row row;
    row.user = text;
    const std::string csv = render_rows(std::span(&row, 1), Format::csv);
    EXPECT_NE(csv.find("'" + text), std::string::npos) << csv;
  }
  Row harmless;
  harmless.user = "a=b";
  EXPECT_EQ(render_rows(std::span(&harmless, 1), Format::csv).find('\''), std::string::npos);
}

TEST(RenderRows, IsOneRecordARowWhateverARowHolds) {
  for (const std::string& text : samples::hostile_texts()) {
    Row row = rows().front();
    row.user = row.app_id = row.app_name = row.host = row.method = row.path = row.policy = text;
    const std::vector<Row> both{row, rows().back()};

    const std::string csv = render_rows(both, Format::csv);
    Diagnostics found;
    csv::Reader reader(std::make_shared<const Source>(Source{"rows.csv", csv}), found);
    csv::Record record;
    std::vector<csv::Record> records;
    while (reader.next(record)) records.push_back(record);
    EXPECT_TRUE(found.empty()) << render(found);
    ASSERT_EQ(records.size(), 3u) << printable(csv);
    for (const csv::Field& field : records[1].fields) {
      EXPECT_EQ(printable(field.text), field.text);
      EXPECT_TRUE(field.text.empty() ||
                  std::string_view("=+-@").find(field.text.front()) == std::string_view::npos)
          << field.text;
    }
    EXPECT_EQ(records[1].fields.size(), 19u);
    EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 3);

    const std::string table = render_rows(both, Format::table);
    EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 3);
    for (const std::string_view line : split(table, '\n')) EXPECT_EQ(printable(line), line);

    const std::string json = render_rows(both, Format::json);
    EXPECT_EQ(std::count(json.begin(), json.end(), '\n'), 4);
    for (const std::string_view line : split(json, '\n')) EXPECT_EQ(printable(line), line);
  }
}

TEST(RenderRows, KnowsItsFormats) {
  EXPECT_EQ(parse_format("csv"), Format::csv);
  EXPECT_EQ(parse_format("json"), Format::json);
  EXPECT_EQ(parse_format("table"), Format::table);
  EXPECT_EQ(parse_format("CSV"), std::nullopt);
}

}  // namespace
}  // namespace sallyport::discovery
