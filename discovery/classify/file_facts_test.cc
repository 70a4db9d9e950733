#include "discovery/classify/file_facts.h"

#include <gtest/gtest.h>

#include "base/core/text.h"
#include "discovery/classify/content_disposition.h"
#include "discovery/classify/file_name.h"

namespace sallyport::discovery {
namespace {

using namespace std::string_literals;

// Fields behind the first part: "PUT /a.pdf | content-type: application/pdf | length: 17".
struct Read {
  std::string first;
  http::Headers headers;
  std::optional<std::uint64_t> length;
};

Read read(std::string_view text) {
  Read read;
  bool first = true;
  for (const std::string_view part : split(text, '|')) {
    if (std::exchange(first, false)) {
      read.first = trim(part);
      continue;
    }
    const std::size_t colon = part.find(':');
    const std::string_view name = trim(part.substr(0, colon));
    const std::string_view value = trim(part.substr(colon + 1));
    if (name == "length") {
      read.length = parse_decimal(value);
    } else {
      EXPECT_TRUE(read.headers.add(name, value)) << text;
    }
  }
  return read;
}

// "name (extension) type, 17 bytes", what is empty left out; "nothing".
std::string words(const std::optional<policy::FileFacts>& file) {
  if (!file) return "nothing";
  std::string text = file->name;
  if (!file->extension.empty()) text += " (" + file->extension + ")";
  if (!file->type.empty()) text += (text.empty() ? "" : " ") + file->type;
  if (file->size) text += (text.empty() ? "" : ", ") + std::to_string(*file->size) + " bytes";
  return text;
}

http::RequestHead request_of(const Read& read) {
  http::RequestHead head;
  const std::size_t blank = read.first.find(' ');
  head.method = read.first.substr(0, blank);
  head.path = read.first.substr(blank + 1);
  head.headers = read.headers;
  return head;
}

struct Row {
  std::string request;
  std::string expected;
};

TEST(UploadedFile, IsToldByTheRequestsHead) {
  for (const auto& [text, expected] : std::vector<Row>{
           // The body is the file.
           {"PUT /bucket/report.pdf | content-type: application/pdf | length: 17",
            "report.pdf (pdf) application/pdf, 17 bytes"},
           {"PUT /bucket/report.pdf", "report.pdf (pdf)"},
           {"PUT /bucket/README | length: 0", "README, 0 bytes"},
           {"PUT /bucket/a%20b%2Ftar.GZ?x=1", "tar.GZ (gz)"},
           {"PUT /bucket/a.txt;v=1 | content-type: text/plain; charset=utf-8",
            "a.txt (txt) text/plain"},
           {"PUT /items/17/content | content-type: image/png | length: 5", "image/png, 5 bytes"},
           {"PUT /api/files.upload | length: 5", "5 bytes"},
           {"PUT /bucket/ | content-type: image/png", "image/png"},
           {"POST /x | content-type: application/zip | length: 9", "application/zip, 9 bytes"},
           {"POST /x/report.pdf | content-type: application/pdf", "application/pdf"},
           // A field names it.
           {"POST /media | content-disposition: attachment; filename=\"a b.jpg\" | content-type: "
            "image/jpeg | length: 3",
            "a b.jpg (jpg) image/jpeg, 3 bytes"},
           {"POST /x | x-file-name: r%C3%A9sum%C3%A9.doc | content-type: text/plain | length: 3",
            "r\xc3\xa9sum\xc3\xa9.doc (doc) text/plain, 3 bytes"},
           {"POST /x | X-FILENAME: C:\\fakepath\\a.doc | x-file-size: 44 | length: 3",
            "a.doc (doc), 44 bytes"},
           {"POST /x | slug: The%20Beach.png | content-type: image/png",
            "The Beach.png (png) image/png"},
           {"PUT /x/1.bin | x-file-name: real.exe", "real.exe (exe)"},
           {"POST /x | x-file-name: .. | x-filename: a.bin", "a.bin (bin)"},
           {"POST /x | x-file-name: a.bin | content-type: application/x-www-form-urlencoded | "
            "length: 7",
            "a.bin (bin), 7 bytes"},
           // In steps.
           {"PUT /x/a.mov | content-range: bytes 0-9/100 | length: 10", "a.mov (mov), 100 bytes"},
           {"PUT /x/a.mov | content-range: bytes 0-9/* | length: 10", "a.mov (mov)"},
           {"POST /files | tus-resumable: 1.0.0 | upload-length: 17 | upload-metadata: filename "
            "YS5wZGY=,filetype YXBwbGljYXRpb24vcGRm | length: 0",
            "a.pdf (pdf) application/pdf, 17 bytes"},
           {"PATCH /files/1 | tus-resumable: 1.0.0 | upload-offset: 7 | content-type: "
            "application/offset+octet-stream | length: 10",
            "nothing"},
           {"POST /upload/drive | x-upload-content-type: image/png | x-upload-content-length: 99 | "
            "content-type: application/json | length: 30",
            "image/png, 99 bytes"},
           {"POST /x | x-goog-upload-command: start | x-goog-upload-header-content-length: 8 | "
            "x-goog-upload-file-name: a.txt",
            "a.txt (txt), 8 bytes"},
           // What cannot be told.
           {"POST /x | content-type: multipart/form-data; boundary=b | length: 900", "nothing"},
           {"POST /files/upload | content-type: application/json | length: 30", "nothing"},
           {"PUT /a.txt | content-encoding: gzip | length: 10", "a.txt (txt)"},
           {"PUT /a.txt | content-encoding: identity | length: 10", "a.txt (txt), 10 bytes"},
           {"POST /files | upload-length: -1 | upload-metadata: filename !!! | length: 0",
            "nothing"},
       }) {
    const Read head = read(text);
    EXPECT_EQ(words(uploaded_file(request_of(head), head.length)), expected) << text;
  }
}

struct ReplyRow {
  std::string request;
  std::string reply;
  std::string expected;
};

TEST(DownloadedFile, IsToldByTheReplysHeadAndThePath) {
  for (const auto& [asked, answered, expected] : std::vector<ReplyRow>{
           {"GET /d?id=1",
            "200 | content-disposition: attachment; filename=\"a.zip\" | content-type: "
            "application/zip | length: 12",
            "a.zip (zip) application/zip, 12 bytes"},
           {"GET /files/b.zip", "200 | content-type: application/zip",
            "b.zip (zip) application/zip"},
           {"GET /files/b.zip", "200 | content-disposition: attachment; filename=c.exe",
            "c.exe (exe)"},
           {"GET /reports/%C3%A4.PDF", "200 | content-type: application/pdf; x=1",
            "\xc3\xa4.PDF (pdf) application/pdf"},
           {"GET /export", "200 | content-disposition: attachment", "export"},
           {"GET /export", "200 | content-type: application/zip", "application/zip"},
           {"GET /export.php?x", "200 | content-disposition: attachment | length: 3", "3 bytes"},
           {"GET /v1.2.php", "200 | content-disposition: attachment", "nothing"},
           {"GET /a.pdf", "200 | content-disposition: inline; filename=b.pdf", "b.pdf (pdf)"},
           {"GET /a.iso", "206 | content-range: bytes 0-99/12345 | length: 100",
            "a.iso (iso), 12345 bytes"},
           {"GET /a.iso", "206 | content-type: multipart/byteranges; boundary=x | length: 100",
            "a.iso (iso)"},
           {"GET /a.csv", "200 | content-type: text/csv | content-encoding: br | length: 100",
            "a.csv (csv) text/csv"},
       }) {
    const Read request = read(asked);
    const Read head = read(answered);
    http::ReplyHead reply;
    reply.status = static_cast<int>(parse_decimal(head.first).value());
    reply.headers = head.headers;
    EXPECT_EQ(words(downloaded_file(request_of(request), reply, head.length)), expected)
        << asked << " -> " << answered;
  }
}

TEST(ContentDisposition, IsReadAsBrowsersDo) {
  for (const auto& [value, expected] : std::vector<std::pair<std::string, std::string>>{
           {"attachment", "attachment:"},
           {"ATTACHMENT ; filename=a.pdf", "attachment:a.pdf"},
           {"inline; filename=\"a;b=c.pdf\"; x=y", "inline:a;b=c.pdf"},
           {"attachment; filename = my report.pdf ; size=3", "attachment:my report.pdf"},
           {"filename=a.pdf", ":a.pdf"},
           {"filename=\"a;b.pdf\"", ":a;b.pdf"},
           {"attachment; filename=\"a\\\"b.pdf\"", "attachment:a\"b.pdf"},
           {"attachment; filename=\"C:\\temp\\a.pdf\"", "attachment:a.pdf"},
           {"attachment; filename=\"..\\\\..\\\\a.exe\"", "attachment:a.exe"},
           {"attachment; filename=\"never ends.pdf", "attachment:never ends.pdf"},
           {"attachment; filename=a.pdf; filename=b.exe", "attachment:a.pdf"},
           // RFC 8187
           {"attachment; filename=a.pdf; filename*=UTF-8''%e2%82%ac.exe",
            "attachment:\xe2\x82\xac.exe"},
           {"attachment; filename*=utf-8'en'a%20b.exe; filename=a.pdf", "attachment:a b.exe"},
           {"attachment; filename*=iso-8859-1''%e4.txt", "attachment:\xc3\xa4.txt"},
           {"attachment; filename*=UTF-8''%ff.exe; filename=a.pdf", "attachment:a.pdf"},
           {"attachment; filename*=KOI8-R''%ff.exe; filename=a.pdf", "attachment:a.pdf"},
           {"attachment; filename*=a.exe; filename=a.pdf", "attachment:a.pdf"},
           {"attachment; filename*=UTF-8''..%2F..%2fa%00.sh", "attachment:a.sh"},
           // RFC 2231: in parts, as Firefox reads it where there is no other.
           {"attachment; filename*0=evil; filename*1=\".exe\"", "attachment:evil.exe"},
           {"attachment; filename*1=\".exe\"; filename*0=\"evil\"", "attachment:evil.exe"},
           {"attachment; filename*0*=UTF-8''%e2%82; filename*1*=%ac; filename*2=.exe",
            "attachment:\xe2\x82\xac.exe"},
           {"attachment; filename*0=a; filename*2=.exe", "attachment:a"},
           {"attachment; filename*1=.exe", "attachment:"},
           {"attachment; filename*0=b.exe; filename=a.pdf", "attachment:a.pdf"},
           // What only browsers do.
           {"attachment; filename=\"a%2Eexe\"", "attachment:a.exe"},
           {"attachment; filename=\"100%.txt\"", "attachment:100%.txt"},
           {"attachment; filename=\"=?UTF-8?B?ZXZpbC5leGU=?=\"", "attachment:evil.exe"},
           {"attachment; filename=\"=?iso-8859-1?q?=e4_b=2Eexe?=\"", "attachment:\xc3\xa4 b.exe"},
           {"attachment; filename=\"=?UTF-8?Q?a?= =?UTF-8?Q?.exe?=\"", "attachment:a.exe"},
           {"attachment; filename=\"=?UTF-8?B?***?=.txt\"", "attachment:=?UTF-8?B?***?=.txt"},
           {"attachment; filename=\"=?x\"", "attachment:=?x"},
           // Strange ones.
           {"", ":"},
           {";;;=;=\"", ":"},
           {"attachment; filename", "attachment:"},
           {"attachment; filename=", "attachment:"},
           {"attachment; filename=\"\"", "attachment:"},
           {"attachment; xfilename=a; filenamex=b", "attachment:"},
       }) {
    const ContentDisposition read = read_content_disposition(value);
    EXPECT_EQ(read.type + ":" + read.file_name, expected) << value;
  }
}

TEST(FileName, IsSafeWhateverWentIn) {
  for (const auto& [raw, expected] : std::vector<std::pair<std::string, std::string>>{
           {"report.pdf", "report.pdf"},
           {"../../etc/passwd", "passwd"},
           {"..\\..\\boot.ini", "boot.ini"},
           {"/", ""},
           {"a/", ""},
           {".", ""},
           {"..", ""},
           {"...", ""},
           {" . . ", ""},
           {"C:evil.exe", "evil.exe"},
           {"c:\\a\\evil.exe", "evil.exe"},
           {".profile", ".profile"},
           {"evil.exe.", "evil.exe"},
           {"evil.exe . .", "evil.exe"},
           {"evil.exe\xc2\xa0", "evil.exe"},
           {"  a.txt", "a.txt"},
           {"a\r\nb\tc\x01.txt", "abc.txt"},
           {"a\0.txt"s, "a.txt"},
           // A right-to-left override, an isolate, a zero-width space, a soft hyphen.
           {"photo\xe2\x80\xaegpj.exe", "photogpj.exe"},
           {"\xe2\x81\xa6"
            "a\xe2\x80\x8b.e\xc2\xadxe",
            "a.exe"},
           {"\xef\xbb\xbf"
            "a.exe",
            "a.exe"},
           {"a\xe4.txt", "a\xc3\xa4.txt"},
           // A stream of NTFS: what is written is the file before it.
           {"evil.exe::$DATA", "evil.exe"},
           {"evil.exe. ::$data", "evil.exe"},
           {"C:\\a\\evil.exe::$DATA", "evil.exe"},
           {"evil.exe::$DATA.", "evil.exe"},
           {"a.txt:b.exe:$DATA", "a.txt:b.exe"},
           {"folder::$INDEX_ALLOCATION", "folder"},
           {"::$DATA", ""},
           {"Meeting 10:30.txt", "Meeting 10:30.txt"},
           {"price:$5.txt", "price:$5.txt"},
           // Overlong UTF-8, which some undo: a dot, a slash, a letter of three bytes.
           {"evil\xc0\xae"
            "exe",
            "evil.exe"},
           {"..\xc0\xaf..\xc0\xaf"
            "evil.sh",
            "evil.sh"},
           {"evil.\xe0\x81\xa5xe", "evil.exe"},
           {"\xc0 la carte.doc", "\xc3\x80 la carte.doc"},
           {"\xe6\x96\x87\xe4\xbb\xb6.txt", "\xe6\x96\x87\xe4\xbb\xb6.txt"},
           {std::string(300, 'a') + ".exe", std::string(251, 'a') + ".exe"},
           {std::string(254, 'a') + " b", std::string(254, 'a')},
           {std::string(200, 'a') + std::string(90, '\xe4') + ".tar.gz", std::string(200, 'a') +
                                                                             [] {
                                                                               std::string text;
                                                                               for (int i = 0;
                                                                                    i < 26; ++i)
                                                                                 text += "\xc3\xa4";
                                                                               return text;
                                                                             }() +
                                                                             ".gz"},
       }) {
    EXPECT_EQ(safe_file_name(raw), expected) << raw;
  }
}

TEST(FileName, EndsInItsExtension) {
  for (const auto& [name, expected] : std::vector<std::pair<std::string, std::string>>{
           {"a.PDF", "pdf"},
           {"a.tar.gz", "gz"},
           {"a", ""},
           {"", ""},
           {".profile", ""},
           {"..pdf", "pdf"},
           {"Minutes of 3. May", ""},
           {"a.c++", "c++"},
           {"a.\xd0\xb5\xd1\x85\xd0\xb5", "\xd0\xb5\xd1\x85\xd0\xb5"},
           {"a." + std::string(16, 'x'), std::string(16, 'x')},
           {"a." + std::string(17, 'x'), ""},
       }) {
    EXPECT_EQ(file_extension(name), expected) << name;
  }
}

}  // namespace
}  // namespace sallyport::discovery
