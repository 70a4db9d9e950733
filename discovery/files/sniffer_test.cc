#include "discovery/files/sniffer.h"

#include <gtest/gtest.h>

#include "discovery/files/zip_for_tests.h"

namespace sallyport::discovery {
namespace {

using namespace std::string_literals;

std::string told(const Sniffer& sniffer) {
  const Sniffed& seen = sniffer.seen();
  return std::string(seen.kind->type) + (seen.encrypted ? " encrypted" : "") +
         (seen.corrupted ? " corrupted" : "") + (seen.macros ? " macros" : "");
}

std::string sniffed(std::string_view file) {
  const auto in_pieces = [&](std::size_t size) {
    Sniffer sniffer;
    for (std::string_view rest = file; !rest.empty();) {
      const std::string piece(rest.substr(0, size));
      sniffer.feed(piece);
      rest.remove_prefix(piece.size());
    }
    sniffer.end();
    EXPECT_EQ(sniffer.total(), file.size());
    return told(sniffer);
  };
  const std::string whole = in_pieces(file.size() + 1);
  for (const std::size_t size : {1, 7, 4096, 5000}) EXPECT_EQ(in_pieces(size), whole) << size;
  return whole;
}

const std::string kXml(6000, 'x');

TEST(Sniffer, TellsDocumentsFromArchives) {
  const auto office = [](const std::string& part, const std::string& more = "x") {
    return sniffed(
        zip_of({{"[Content_Types].xml", kXml}, {"_rels/.rels", kXml}, {part, kXml}, {more, "x"}}));
  };
  EXPECT_EQ(office("word/document.xml"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
  EXPECT_EQ(office("word/document.xml", "word/vbaProject.bin"),
            "application/vnd.ms-word.document.macroenabled.12 macros");
  EXPECT_EQ(office("xl/workbook.xml"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
  EXPECT_EQ(office("xl/workbook.xml", "xl/vbaProject.bin"),
            "application/vnd.ms-excel.sheet.macroenabled.12 macros");
  EXPECT_EQ(office("xl/workbook.bin"), "application/vnd.ms-excel.sheet.binary.macroenabled.12");
  EXPECT_EQ(office("ppt/presentation.xml"),
            "application/vnd.openxmlformats-officedocument.presentationml.presentation");
  EXPECT_EQ(office("visio/document.xml"), "application/vnd.ms-visio.drawing");
  EXPECT_EQ(office("other.nuspec"), "application/vnd.nuget.package");
  EXPECT_EQ(office("other"), "application/zip");
  EXPECT_EQ(sniffed(zip_of({{"word/document.xml", kXml}})), "application/zip");
  EXPECT_EQ(sniffed(zip_of({})), "application/zip");
}

TEST(Sniffer, TellsWhatElseIsKeptInArchives) {
  const auto mime = [](const std::string& type) {
    return sniffed(zip_of({{"mimetype", type}, {"content.xml", kXml}}));
  };
  EXPECT_EQ(mime("application/vnd.oasis.opendocument.text"),
            "application/vnd.oasis.opendocument.text");
  EXPECT_EQ(mime("application/vnd.oasis.opendocument.spreadsheet-template"),
            "application/vnd.oasis.opendocument.spreadsheet");
  EXPECT_EQ(mime("application/epub+zip"), "application/epub+zip");
  EXPECT_EQ(mime("application/unheard"), "application/zip");
  EXPECT_EQ(sniffed(zip_of(
                {{"mimetype", "application/vnd.oasis.opendocument.text"}, {"Basic/x.xml", "x"}})),
            "application/vnd.oasis.opendocument.text macros");
  EXPECT_EQ(sniffed(zip_of({{"a", kXml}, {"META-INF/MANIFEST.MF", "x"}})),
            "application/java-archive");
  EXPECT_EQ(sniffed(zip_of({{"META-INF/MANIFEST.MF", kXml}, {"AndroidManifest.xml", "x"}})),
            "application/vnd.android.package-archive");
  EXPECT_EQ(sniffed(zip_of({{"Payload/X.app/Info.plist", kXml}})), "application/x-ios-app");
}

TEST(Sniffer, FollowsEntriesWhoseLengthComesBehindThem) {
  const std::string inner = zip_of({{"[Content_Types].xml", "x"}, {"word/document.xml", "x"}});
  EXPECT_EQ(
      sniffed(zip_of({{"[Content_Types].xml", kXml, true}, {"word/document.xml", kXml, true}})),
      "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
  // What is in an archive in the archive is none of its entries.
  EXPECT_EQ(sniffed(zip_of({{"inner.docx", inner, true}, {"b", kXml, true}})), "application/zip");
  EXPECT_EQ(sniffed(zip_of({{"inner.docx", inner}, {"b", kXml}})), "application/zip");
  EXPECT_EQ(sniffed(zip_of({{"empty", "", true}, {"META-INF/MANIFEST.MF", "", true}})),
            "application/java-archive");
}

TEST(Sniffer, ReadsOnBehindWhatASignerPutBetween) {
  EXPECT_EQ(
      sniffed(zip_of({{"AndroidManifest.xml", "x"}}, "\x20\0\0\0\0\0\0\0APK Sig Block 42"s + kXml)),
      "application/vnd.android.package-archive");
}

TEST(Sniffer, TellsArchivesThatAreLocked) {
  EXPECT_EQ(sniffed(zip_of({{"a", kXml}, {"b", "x", false, true}})), "application/zip encrypted");
  EXPECT_EQ(sniffed(zip_of({{"a", kXml, true, true}})), "application/zip encrypted");
  EXPECT_EQ(sniffed(zip_of({{"a", kXml, false, false,
                             "\x01\x99\x07\0\x02\0"
                             "AE\x03\0\0"s}})),
            "application/zip encrypted");
}

TEST(Sniffer, TellsArchivesThatBreakOff) {
  const std::string zip = zip_of({{"a", kXml}, {"b", kXml}});
  EXPECT_EQ(sniffed(zip), "application/zip");
  for (const std::size_t cut : {1u, 23u, 100u, 5000u, 7000u}) {
    EXPECT_EQ(sniffed(zip.substr(0, zip.size() - cut)),
              cut < 22 ? "application/zip" : "application/zip corrupted")
        << cut;
  }
}

std::string utf16(std::string_view text) {
  std::string out;
  for (const char c : text) out += std::string(1, c) + '\0';
  return out;
}

// A compound file with its directory in the sector after `before` others.
std::string compound(const std::vector<std::pair<std::string, char>>& entries, std::size_t before,
                     const std::string& front = "", const std::string& root_class = "") {
  std::string header = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"s + std::string(504, '\0');
  header[30] = 9;
  header[48] = static_cast<char>(before);
  std::string sectors = front;
  sectors.resize(before * 512, '\0');
  const auto entry = [](std::string_view name, char type, const std::string& id) {
    std::string out = utf16(name) + "\0\0"s;
    const std::size_t bytes = out.size();
    out.resize(128, '\0');
    out[64] = static_cast<char>(bytes);
    out[66] = type;
    out.replace(80, id.size(), id);
    return out;
  };
  std::string directory = entry("Root Entry", 5, root_class);
  for (const auto& [name, type] : entries) directory += entry(name, type, "");
  while (directory.size() % 512 != 0) directory += std::string(128, '\0');
  return header + sectors + directory + std::string(512, '\0');
}

TEST(Sniffer, TellsCompoundFilesByTheirStreams) {
  for (const std::size_t before : {0u, 1u, 20u, 100u}) {
    EXPECT_EQ(sniffed(compound({{"WordDocument", 2}}, before)), "application/msword");
    EXPECT_EQ(sniffed(compound({{"\x05SummaryInformation", 2}, {"Workbook", 2}}, before)),
              "application/vnd.ms-excel");
  }
  EXPECT_EQ(sniffed(compound({{"PowerPoint Document", 2}}, 3)), "application/vnd.ms-powerpoint");
  EXPECT_EQ(sniffed(compound({{"__properties_version1.0", 2}}, 3)), "application/vnd.ms-outlook");
  EXPECT_EQ(sniffed(compound({{"VisioDocument", 2}}, 3)), "application/vnd.visio");
  EXPECT_EQ(sniffed(compound({{"x", 2}}, 3, "", "\x84\x10\x0c\0"s)), "application/x-msi");
  EXPECT_EQ(sniffed(compound({{"x", 2}}, 3)), "application/x-ole-storage");
  EXPECT_EQ(sniffed(compound({{"WordDocument", 2}, {"Macros", 1}}, 3)),
            "application/msword macros");
  EXPECT_EQ(sniffed(compound({{"Macros", 2}}, 3)),
            "application/x-ole-storage");  // A stream of that name.
}

TEST(Sniffer, TellsDocumentsThatAreLocked) {
  EXPECT_EQ(sniffed(compound({{"EncryptionInfo", 2}, {"EncryptedPackage", 2}}, 20)),
            "application/encrypted-office encrypted");
  const std::string word = "\xec\xa5\xc1\0\0\0\0\0\0\0\0"s;
  EXPECT_EQ(sniffed(compound({{"WordDocument", 2}}, 4, word + "\x12"s)), "application/msword");
  EXPECT_EQ(sniffed(compound({{"WordDocument", 2}}, 4, word + "\x13"s)),
            "application/msword encrypted");
  const std::string bof = "\x09\x08\x10\0"s + std::string(16, '\x06');
  EXPECT_EQ(sniffed(compound({{"Workbook", 2}}, 4, bof + "\xe1\0\x02\0"s)),
            "application/vnd.ms-excel");
  EXPECT_EQ(sniffed(compound({{"Workbook", 2}}, 4, bof + "\x2f\0\x36\0"s)),
            "application/vnd.ms-excel encrypted");
  EXPECT_EQ(sniffed(compound({{"Workbook", 2}}, 4, bof + "\x86\0\0\0\x2f\0\x36\0"s)),
            "application/vnd.ms-excel encrypted");
}

TEST(Sniffer, TellsACompoundFileThatBreaksOffBeforeItsDirectory) {
  EXPECT_EQ(sniffed(compound({{"WordDocument", 2}}, 100).substr(0, 20'000)),
            "application/x-ole-storage corrupted");
}

TEST(Sniffer, LooksForTheEncryptionOfPdfsAtTheirEnd) {
  const std::string body = "%PDF-1.7\n" + std::string(10'000, 'x');
  const std::string end = "\nstartxref\n9\n%%EOF\n";
  EXPECT_EQ(sniffed(body + "trailer << /Root 1 0 R >>" + end), "application/pdf");
  EXPECT_EQ(sniffed(body + "trailer << /Encrypt 12 0 R >>" + end), "application/pdf encrypted");
  EXPECT_EQ(sniffed(body + "trailer << /Encrypt\r\n<< /Filter /Standard >> >>" + end),
            "application/pdf encrypted");
  EXPECT_EQ(sniffed(body + "<< /EncryptMetadata false >> /Encrypted" + end), "application/pdf");
  EXPECT_EQ(sniffed(body), "application/pdf corrupted");
  EXPECT_EQ(sniffed("%PDF-1.7\n%%EOF"), "application/pdf");
}

TEST(Sniffer, LooksAtTheHeaderAtTheEndOfASevenZip) {
  const auto seven = [](std::string_view header) {
    std::string out = "7z\xbc\xaf\x27\x1c\0\x04"s + "crc."s;
    out += "\x10\x27\0\0\0\0\0\0"s + static_cast<char>(header.size()) + "\0\0\0\0\0\0\0"s + "crc."s;
    return out + std::string(10'000, 'x') + std::string(header);
  };
  EXPECT_EQ(sniffed(seven("\x01\x04\x06plain")), "application/x-7z-compressed");
  EXPECT_EQ(sniffed(seven("\x17\x06\x06\xf1\x07\x01\x0a")),
            "application/x-7z-compressed encrypted");
  EXPECT_EQ(sniffed(seven("\x01\x04\x06plain").substr(0, 9'000)),
            "application/x-7z-compressed corrupted");
}

TEST(Sniffer, TellsWhatOnlyPlacesFurtherBehindShow) {
  EXPECT_EQ(sniffed(std::string(32'769, '\0') + "CD001" + std::string(3000, '\0')),
            "application/x-iso9660-image");
  EXPECT_EQ(sniffed(std::string(10'000, '\0') + "koly" + std::string(508, '\0')),
            "application/x-apple-diskimage");
  const std::string png = "\x89PNG\r\n\x1a\n"s + std::string(5000, '\0');
  EXPECT_EQ(sniffed(png + "IEND\xae\x42\x60\x82"), "image/png");
  EXPECT_EQ(sniffed(png), "image/png corrupted");
  EXPECT_EQ(sniffed("RIFF\x24\0\0\0WAVEfmt "s), "audio/wav corrupted");
}

TEST(Sniffer, TellsNothingBeforeItKnows) {
  Sniffer sniffer;
  sniffer.feed("%PDF-1.7\n");
  EXPECT_EQ(told(sniffer), "application/octet-stream");
  sniffer.feed(std::string(kSniffBytes, 'x'));
  EXPECT_EQ(told(sniffer), "application/pdf");
  sniffer.feed("%%EOF");
  sniffer.end();
  sniffer.feed("/Encrypt 1 0 R ");
  EXPECT_EQ(told(sniffer), "application/pdf");
  EXPECT_EQ(sniffer.total(), 9 + kSniffBytes + 5);
  EXPECT_EQ(sniffer.seen().scan_status(), "completed");
}

}  // namespace
}  // namespace sallyport::discovery
