#include "discovery/files/upload_files.h"

#include <fstream>
#include <gtest/gtest.h>
#include <sstream>
#include <zlib.h>

#include "base/crypto/base64.h"

namespace sallyport::discovery {
namespace {

http::Headers headers(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  http::Headers made;
  for (const auto& [name, value] : fields) EXPECT_TRUE(made.add(name, value));
  return made;
}

std::string hex(std::string_view bytes) {
  const Sha256Digest digest = sha256(bytes);
  return to_hex(digest.data(), digest.size());
}

UploadFiles read(BodyShape shape, std::string_view type, std::string_view body, std::size_t piece,
                 bool whole = true) {
  UploadFiles files(shape, type, true);
  for (std::size_t at = 0; at < body.size(); at += piece) files.feed(body.substr(at, piece));
  files.end(whole);
  return files;
}

constexpr std::string_view kForm =
    "--B\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n"
    "--B\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a/b.pdf\"\r\n"
    "Content-Type: Application/PDF; x=y\r\n\r\n%PDF-1.7\n\r\n"
    "--B\r\nContent-Disposition: form-data; name=\"b\"; filename=\"c.txt\"\r\n\r\nplain text\r\n"
    "--B--\r\n";

TEST(UploadFiles, TellsTheFilesOfAFormHoweverItIsCut) {
  for (std::size_t piece : {std::size_t{1}, std::size_t{7}, kForm.size()}) {
    const UploadFiles files =
        read(BodyShape::form, "multipart/form-data; boundary=B", kForm, piece);
    ASSERT_EQ(files.all().size(), 2u);
    const PassedFile& first = files.all()[0];
    EXPECT_EQ(first.name, "b.pdf");
    EXPECT_EQ(first.type, "application/pdf");
    EXPECT_EQ(first.size, 9u);
    EXPECT_EQ(first.seen.kind->type, "application/pdf");
    EXPECT_EQ(first.sha256, hex("%PDF-1.7\n"));
    EXPECT_TRUE(first.whole);
    EXPECT_EQ(files.all()[1].name, "c.txt");
    EXPECT_EQ(files.all()[1].sha256, hex("plain text"));
    EXPECT_FALSE(files.ambiguous());
  }
}

TEST(UploadFiles, SaysWhereServersMaySeeOtherFiles) {
  const std::string body = "preamble\n" + std::string(kForm);
  EXPECT_TRUE(read(BodyShape::form, "multipart/form-data; boundary=B", body, 5).ambiguous());
  policy::FileFacts facts;
  const UploadFiles files = read(BodyShape::form, "multipart/form-data; boundary=B", body, 5);
  apply(files.all()[0], files.ambiguous(), facts);
  EXPECT_EQ(facts.scan_status, "corrupted");
}

TEST(UploadFiles, GivesNoDigestOfWhatBrokeOff) {
  const UploadFiles raw = read(BodyShape::raw, "", "half", 2, false);
  EXPECT_FALSE(raw.all()[0].whole);
  EXPECT_EQ(raw.all()[0].sha256, "");
  policy::FileFacts facts;
  facts.size = 100;
  apply(raw.all()[0], false, facts);
  EXPECT_EQ(facts.size, 100u);  // As it was stated: what came is not the file's.
  const UploadFiles form = read(BodyShape::form, "multipart/form-data; boundary=B",
                                kForm.substr(0, kForm.size() - 20), 9, false);
  EXPECT_EQ(form.all().back().sha256, "");
}

TEST(UploadFiles, TakesTheSecondPartOfARelatedBody) {
  const UploadFiles files = read(BodyShape::related, "multipart/related; boundary=x",
                                 "--x\r\nContent-Type: application/json\r\n\r\n{\"name\":\"q\"}\r\n"
                                 "--x\r\nContent-Type: text/csv\r\n\r\n1,2\r\n--x--",
                                 3);
  ASSERT_EQ(files.all().size(), 1u);
  EXPECT_EQ(files.all()[0].type, "text/csv");
  EXPECT_EQ(files.all()[0].size, 3u);
}

TEST(UploadFiles, UndoesTheEncodingOfAPart) {
  for (std::size_t piece : {1, 3, 500}) {
    const UploadFiles files = read(BodyShape::related, "multipart/related; boundary=x",
                                   "--x\r\nContent-Type: application/json\r\n\r\n{}\r\n"
                                   "--x\r\nContent-Type: application/pdf\r\n"
                                   "Content-Transfer-Encoding: base64\r\n\r\n"
                                   "JVBERi0x\r\nLjc=\r\n--x--",
                                   piece);
    ASSERT_EQ(files.all().size(), 1u);
    EXPECT_EQ(files.all()[0].size, 8u);
    EXPECT_EQ(files.all()[0].sha256, hex("%PDF-1.7"));
    EXPECT_EQ(files.all()[0].seen.kind->type, "application/pdf");
  }
}

TEST(UploadFiles, SeesThroughTheChunksOfAws) {
  constexpr std::string_view kBody =
      "5;chunk-signature=00ff\r\n%PDF-\r\n3;chunk-signature=11\r\n1.7\r\n0;chunk-signature=22\r\n"
      "x-amz-checksum-crc32:AAAA\r\n\r\n";
  for (std::size_t piece : {1, 2, 200}) {
    const UploadFiles files = read(BodyShape::aws_chunked, "", kBody, piece);
    EXPECT_EQ(files.all()[0].size, 8u);
    EXPECT_EQ(files.all()[0].sha256, hex("%PDF-1.7"));
    EXPECT_EQ(files.all()[0].seen.kind->type, "application/pdf");
  }
  // What is cut has no digest that means something else.
  EXPECT_EQ(read(BodyShape::aws_chunked, "", kBody.substr(0, 40), 3).all()[0].sha256, "");
}

TEST(UploadFiles, LooksAtWhatIsNotAsItSaysAsItStands) {
  const std::string program =
      "\x7f"
      "ELF\x02\x01\x01" +
      std::string(5000, '\0');
  for (const std::string& text : {std::string("no chunks at all\r\n"), std::string("none"),
                                  std::string(9000, 'a'), program}) {
    for (const std::size_t piece : {std::size_t{3}, text.size()}) {
      EXPECT_EQ(read(BodyShape::aws_chunked, "", text, piece).all()[0].sha256, hex(text));
    }
  }
  EXPECT_EQ(read(BodyShape::encoded, "", program, 700).all()[0].seen.kind->family,
            FileFamily::executable);
  // A body that should have parts, and is a file.
  for (const char* type : {"multipart/form-data; boundary=B", "multipart/form-data"}) {
    const UploadFiles files = read(BodyShape::form, type, program, 700);
    ASSERT_EQ(files.all().size(), 1u) << type;
    EXPECT_EQ(files.all()[0].seen.kind->family, FileFamily::executable);
    EXPECT_TRUE(files.ambiguous());
  }
}

TEST(UploadFiles, TakesAPartForAFileThatHasAnyParameterForAName) {
  for (const char* says :
       {"filename=\"\"", "filename", "filename*=klingon''x", "filename*1=\"x\""}) {
    const UploadFiles files =
        read(BodyShape::form, "multipart/form-data; boundary=B",
             "--B\r\nContent-Disposition: form-data; name=\"f\"; " + std::string(says) +
                 "\r\nContent-Type: text/plain\r\n\r\n%PDF-1.7\r\n--B--",
             9);
    ASSERT_EQ(files.all().size(), 1u) << says;
    EXPECT_EQ(files.all()[0].seen.kind->type, "application/pdf");
  }
}

TEST(UploadFiles, CannotReadPartsOfParts) {
  EXPECT_TRUE(
      read(BodyShape::form, "multipart/form-data; boundary=B",
           "--B\r\nContent-Disposition: form-data; name=\"f\"\r\n"
           "Content-Type: multipart/mixed; boundary=C\r\n\r\n--C\r\n\r\nx\r\n--C--\r\n--B--",
           9)
          .unreadable());
}

TEST(UploadFiles, DoesNotTakeACompressedBodyForItsFile) {
  const UploadFiles files = read(BodyShape::encoded, "", "\x1f\x8b\x08", 1);
  EXPECT_EQ(files.all()[0].sha256, "");
  policy::FileFacts facts;
  apply(files.all()[0], files.ambiguous(), facts);
  EXPECT_EQ(facts.scan_status, "unsupported_type");
  EXPECT_EQ(facts.family, "");
}

// What the hostile reading of 2026-11-26 found.
TEST(UploadFiles, SaysWhereItCannotReadAFormToItsEnd) {
  const std::string long_boundary = "multipart/form-data; boundary=" + std::string(200, 'B');
  EXPECT_TRUE(read(BodyShape::form, long_boundary, "--B\r\n", 3).unreadable());
  std::string head = "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.exe\"\r\n";
  for (int i = 0; i < 100; ++i) head += "X-" + std::to_string(i) + ": 1\r\n";
  EXPECT_TRUE(read(BodyShape::form, "multipart/form-data; boundary=B", head + "\r\nMZ\r\n--B--", 50)
                  .unreadable());
  EXPECT_FALSE(read(BodyShape::form, "multipart/form-data; boundary=B", kForm, 50).unreadable());
}

TEST(UploadFiles, BelievesNoTransferEncodingInAForm) {
  const UploadFiles files =
      read(BodyShape::form, "multipart/form-data; boundary=B",
           "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.pdf\"\r\n"
           "Content-Transfer-Encoding: base64\r\n\r\n%PDF-1.7\r\n--B--",
           9);
  EXPECT_EQ(files.all()[0].seen.kind->type, "application/pdf");
  EXPECT_TRUE(files.ambiguous());
}

TEST(UploadFiles, TakesAPartForAFileByItsTypeAlone) {
  const UploadFiles files = read(BodyShape::form, "multipart/form-data; boundary=B",
                                 "--B\r\nContent-Disposition: form-data; name=\"f\"\r\n"
                                 "Content-Type: application/octet-stream\r\n\r\nMZ\r\n--B--",
                                 9);
  EXPECT_EQ(files.all().size(), 1u);
}

TEST(UploadFiles, DoubtsWhatFollowsTheLastChunkOfAws) {
  EXPECT_TRUE(
      read(BodyShape::aws_chunked, "", "0\r\n\r\n" + std::string(9000, 'x'), 100).ambiguous());
}

TEST(BodyShape, IsReadFromTheHead) {
  EXPECT_EQ(shape_of(headers({{"Content-Type", "multipart/form-data; boundary=a"}})),
            BodyShape::form);
  EXPECT_EQ(shape_of(headers({{"Content-Type", "Multipart/Related; boundary=a"}})),
            BodyShape::related);
  EXPECT_EQ(shape_of(headers({{"Content-Type", "multipart/form-data, boundary=a"}})),
            BodyShape::form);
  EXPECT_EQ(shape_of(headers({{"Content-Type", "text/plain"},
                              {"Content-Type", "multipart/form-data; boundary=a"}})),
            BodyShape::form);
  EXPECT_EQ(shape_of(headers(
                {{"Content-Type", "multipart/form-data; boundary=a"}, {"Content-Encoding", "br"}})),
            BodyShape::form);
  EXPECT_EQ(shape_of(headers({{"Content-Type", "multipart/mixed; boundary=a"}})),
            BodyShape::related);
  // Only with the checksum that says so.
  EXPECT_EQ(shape_of(headers({{"Content-Encoding", "aws-chunked"}})), BodyShape::raw);
  EXPECT_EQ(shape_of(headers({{"X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"}})),
            BodyShape::aws_chunked);
  EXPECT_EQ(shape_of(headers({{"Content-Encoding", "x"}})), BodyShape::raw);
  EXPECT_EQ(shape_of(headers({{"Content-Encoding", "gzip"}})), BodyShape::encoded);
  EXPECT_EQ(shape_of(headers({{"Content-Encoding", "identity"}})), BodyShape::raw);
  EXPECT_EQ(shape_of(headers({})), BodyShape::raw);
}

// Looked into, where policies wait for what bytes are.
UploadFiles look(BodyShape shape, std::string_view type, std::string_view body,
                 std::string_view codings = "", std::size_t piece = 7) {
  UploadFiles files(shape, type, UploadFiles::Look{true, true, codings});
  for (std::size_t at = 0; at < body.size(); at += piece) files.feed(body.substr(at, piece));
  files.end(true);
  return files;
}

const std::string kProgram =
    "\x7f"
    "ELF\x02\x01\x01" +
    std::string(500, '\0');
const std::string kPlain = "the formula, as a text\n";

std::string gzip(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

// "executable", or "talk" and the digest that is known of it.
std::vector<std::string> shown(const std::vector<PassedFile>& files) {
  std::vector<std::string> out;
  for (const PassedFile& file : files) {
    const bool known = file.sha256 == hex(kPlain) || file.sha256 == hex(kProgram);
    if (file.talk && !known) continue;
    out.push_back(file.talk ? "talk" : std::string(word_for(file.seen.kind->family)));
    if (!file.name.empty()) out.back() += " " + file.name;
  }
  return out;
}
using Shown = std::vector<std::string>;

TEST(LookedInto, AContentEncodingIsUndone) {
  const UploadFiles raw = look(BodyShape::encoded, "", gzip(kProgram), "gzip");
  EXPECT_EQ(shown(raw.all()), Shown{"executable"});
  EXPECT_EQ(raw.all()[0].sha256, hex(kProgram));
  ASSERT_EQ(raw.others().size(), 1u);  // as it stands
  EXPECT_EQ(raw.others()[0].sha256, hex(gzip(kProgram)));
  EXPECT_TRUE(raw.others()[0].talk);
  EXPECT_FALSE(raw.unreadable());
  const UploadFiles form =
      look(BodyShape::form, "multipart/form-data; boundary=B", gzip(kForm), "gzip");
  EXPECT_EQ(shown(form.all()), (Shown{"document b.pdf", "text c.txt"}));
  EXPECT_FALSE(form.unreadable());
  EXPECT_EQ(shown(look(BodyShape::text, "application/json", gzip(kPlain), "gzip").others()),
            Shown{"talk"});
  EXPECT_EQ(shown(look(BodyShape::aws_chunked, "", "0\r\n\r\n", "gzip").all()), Shown{"other"});
}

TEST(LookedInto, WhatCannotBeOpenedIsNotRead) {
  const UploadFiles closed = look(BodyShape::encoded, "", "opaque", "br");
  EXPECT_TRUE(closed.closed() && closed.unreadable());
  EXPECT_EQ(closed.all()[0].sha256, hex("opaque"));  // as it stands it is known
  // What is not as it says is no secret.
  const UploadFiles lies = look(BodyShape::encoded, "", kProgram, "gzip");
  EXPECT_FALSE(lies.unreadable());
  EXPECT_EQ(shown(lies.all()), Shown{"executable"});
}

TEST(LookedInto, PartsOfAFormAreFilesByTheirBytes) {
  const auto form = [](const std::string& head, const std::string& data,
                       const std::string& behind = "") {
    return look(BodyShape::form, "multipart/form-data; boundary=B",
                "--B\r\n" + head + "\r\n\r\n" + data + "\r\n--B--\r\n" + behind);
  };
  const std::string field = "Content-Disposition: form-data; name=\"f\"";
  EXPECT_EQ(shown(form(field, kProgram).others()), Shown{"executable"});
  EXPECT_EQ(shown(form(field, kPlain).others()), Shown{"talk"});
  EXPECT_EQ(shown(form(field, base64_encode(kProgram)).others()), Shown{"executable"});
  EXPECT_EQ(shown(form(field, "x", kProgram).others()), Shown{"executable"});
  EXPECT_TRUE(form(field, "x").others().empty());
  EXPECT_TRUE(form(field, "x").all().empty());
  const UploadFiles both = form(field +
                                    "; filename=\"a.txt\"\r\n"
                                    "Content-Transfer-Encoding: base64",
                                base64_encode(kProgram));
  EXPECT_EQ(shown(both.all()), Shown{"text a.txt"});
  EXPECT_EQ(shown(both.others()), Shown{"executable a.txt"});
}

TEST(LookedInto, NamesAreTakenFromEverywhereThatSaysThem) {
  const auto names = [](const std::string& heads) {
    const UploadFiles files =
        look(BodyShape::form, "multipart/form-data; boundary=B", heads + "\r\n\r\nx\r\n--B--\r\n");
    Shown out;
    for (const PassedFile& file : files.all()) {
      out.push_back(file.name);
      out.insert(out.end(), file.other_names.begin(), file.other_names.end());
    }
    return out;
  };
  EXPECT_EQ(names("--B\r\nContent-Disposition: form-data; name=f; filename=a.pdf\r\n"
                  "Content-Disposition: form-data; name=f; filename=b.exe"),
            (Shown{"a.pdf", "b.exe"}));
  EXPECT_EQ(names("--B\r\nContent-Disposition: form-data; name=f\r\n"
                  "Content-Type: text/plain; charset=x; name=\"b.exe\""),
            Shown{"b.exe"});
  EXPECT_EQ(names("--B\r\nContent-Disposition: form-data; name=\"fileName\"\r\n\r\nb.exe\r\n"
                  "--B\r\nContent-Disposition: form-data; name=f; filename=blob"),
            (Shown{"blob", "b.exe"}));
  EXPECT_EQ(names("--B\r\nContent-Disposition: form-data; name=f; filename=\"b.exe:a.txt\""),
            (Shown{"b.exe:a.txt", "b.exe"}));
}

TEST(LookedInto, BytesByChanceAreNoFiles) {
  const auto kinds = [](const std::string& bytes) {
    Shown out;
    const UploadFiles files =
        look(BodyShape::text, "", "{\"token\":\"" + base64_encode(bytes) + "\"}");
    for (const PassedFile& file : files.others()) {
      if (!file.talk) out.emplace_back(file.seen.kind->type);
    }
    return out;
  };
  const std::string noise = "\xe3\x8a\x11\xf0\x93\x42\xde\x81\x99\xc6";
  std::string rest;
  for (int i = 0; i < 20; ++i) rest += noise;
  EXPECT_EQ(kinds("MZ" + rest), Shown());
  EXPECT_EQ(kinds("\xff\xfb\x90" + rest), Shown());
  EXPECT_EQ(kinds("\x1f\x9d\x90" + rest), Shown());
  // 2 pages, of which the last has 144 bytes; a head of 4 paragraphs.
  EXPECT_EQ(kinds(std::string("MZ\x90\0\x02\0\0\0\x04\0", 10) + std::string(600, '\0')),
            Shown{"application/x-dosexec"});
  EXPECT_EQ(kinds("%PDF-1.7\n" + rest), Shown{"application/pdf"});
}

TEST(LookedInto, FieldsSayWhichPieceOfAFileItIs) {
  const auto told = [](const std::string& id, const std::string& index, const std::string& number) {
    UploadFiles files(BodyShape::form, "multipart/form-data; boundary=B",
                      UploadFiles::Look{true, true, {}});
    std::string out;
    files.on_piece([&](std::string_view file, std::uint64_t piece) {
      out = std::string(file) + " " + std::to_string(piece);
    });
    const std::string field = "--B\r\nContent-Disposition: form-data; name=";
    const std::string body = field + id + "\r\n\r\nu1\r\n" + field + index + "\r\n\r\n" + number +
                             "\r\n" + field + "f; filename=a.pdf\r\n\r\nx\r\n--B--";
    for (const char c : body) files.feed({&c, 1});
    files.end(true);
    return out;
  };
  EXPECT_EQ(told("dzuuid", "dzchunkindex", "0"), "u1 1");
  EXPECT_EQ(told("resumableIdentifier", "resumableChunkNumber", "2"), "u1 2");
  EXPECT_EQ(told("qquuid", "qqpartindex", "4"), "u1 5");
  EXPECT_EQ(told("dzuuid", "dzchunkindex", "x"), "");
  EXPECT_EQ(told("dzuuid", "other", "1"), "");
}

TEST(LookedInto, FieldsAndTextsHoldFiles) {
  const std::string type = "application/x-www-form-urlencoded";
  const auto fields = [&](const std::string& body) {
    return shown(look(BodyShape::fields, type, body).others());
  };
  std::string escaped;
  for (const char c : kProgram) {
    escaped += "%" + to_hex(reinterpret_cast<const std::uint8_t*>(&c), 1);
  }
  EXPECT_EQ(fields("a=1&f=" + escaped + "&b=2"), Shown{"executable"});
  EXPECT_EQ(fields("a=1&f=the+formula,+as+a%20text%0A"), Shown{"talk"});
  EXPECT_EQ(fields(kPlain), (Shown{"talk", "talk"}));  // as its only field, and as a whole
  EXPECT_TRUE(fields("a=1&b=2&c=%zz&d").empty());
  EXPECT_EQ(shown(look(BodyShape::text, "text/plain", kPlain).others()), Shown{"talk"});
  EXPECT_EQ(shown(look(BodyShape::text, "application/json",
                       "{\"a\":\"" + base64_encode(kProgram) + "\",\"a\":\"" +
                           base64_encode(kPlain + kPlain + kPlain) + "\"}")
                      .others()),
            Shown{"executable"});
}

const std::string kMail =
    "From: a@b.example\r\nContent-Type: multipart/mixed;\r\n boundary=q\r\n\r\n"
    "--q\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
    "--q\r\nContent-Type: multipart/related; boundary=r\r\n\r\n"
    "--r\r\nContent-Type: application/octet-stream; name=\"b.exe\"\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\n";

TEST(LookedInto, AMailHasItsAttachments) {
  const std::string mail = kMail + base64_encode(kProgram) + "\r\n--r--\r\n--q--\r\n";
  EXPECT_EQ(shown(look(BodyShape::mail, "message/rfc822", mail).all()), Shown{"executable b.exe"});
  EXPECT_EQ(shown(look(BodyShape::mail, "message/rfc822",
                       "Content-Type: application/pdf; name=a.pdf\n\n%PDF-1.7")
                      .all()),
            Shown{"document a.pdf"});
  // As a file, in a part, and in base 64.
  EXPECT_EQ(shown(look(BodyShape::raw, "message/rfc822", mail).others()),
            Shown{"executable b.exe"});
  EXPECT_EQ(shown(look(BodyShape::form, "multipart/form-data; boundary=B",
                       "--B\r\nContent-Disposition: form-data; name=f; filename=a.eml\r\n"
                       "Content-Type: message/rfc822\r\n\r\n" +
                           mail + "\r\n--B--")
                      .others()),
            Shown{"executable b.exe"});
  EXPECT_EQ(shown(look(BodyShape::text, "application/json",
                       "{\"raw\":\"" + base64url_encode(mail) + "\"}")
                      .others()),
            Shown{"executable"});
  EXPECT_TRUE(look(BodyShape::mail, "message/rfc822", "Subject: x\r\n\r\nhello").all().empty());
}

TEST(LookedInto, ABatchHasItsBodies) {
  EXPECT_EQ(shown(look(BodyShape::mixed, "multipart/mixed; boundary=b",
                       "--b\r\nContent-Type: application/http\r\n\r\nPUT /a HTTP/1.1\r\n"
                       "Content-Type: application/octet-stream\r\n\r\n" +
                           kProgram + "\r\n--b--")
                      .all()),
            Shown{"executable"});
  EXPECT_TRUE(look(BodyShape::mixed, "multipart/mixed; boundary=b",
                   "--b\r\nContent-Type: application/http\r\n\r\nPOST /a HTTP/1.1\r\n"
                   "Content-Type: application/json\r\n\r\n{}\r\n--b--")
                  .all()
                  .empty());
}

// An archive without members but one, of which only the end matters.
std::string zip_end(std::string_view comment = "") {
  std::string end = std::string(60, 'd') + "PK\5\6" + std::string(4, '\0');
  end += std::string("\1\0\1\0", 4) + std::string("\x3c\0\0\0", 4) + std::string(4, '\0');
  end += static_cast<char>(comment.size());
  end += '\0';
  return end + std::string(comment);
}

TEST(LookedInto, AFileWithAnArchiveBehindItIsBoth) {
  const std::string paper = "%PDF-1.7\n" + std::string(70'000, 'x');
  for (const std::string& comment : {std::string(), std::string("a comment PK\5\6")}) {
    const UploadFiles files = look(BodyShape::raw, "", paper + zip_end(comment), "", 4096);
    EXPECT_EQ(shown(files.all()), Shown{"document"});
    EXPECT_EQ(shown(files.others()), Shown{"archive"});
  }
  EXPECT_TRUE(look(BodyShape::raw, "", paper, "", 4096).others().empty());
  EXPECT_TRUE(look(BodyShape::raw, "", paper + zip_end() + "more", "", 4096).others().empty());
  EXPECT_TRUE(look(BodyShape::raw, "", "PK\3\4" + zip_end(), "", 4096).others().empty());
  // Not looked for where nobody asks.
  EXPECT_TRUE(read(BodyShape::raw, "", paper + zip_end(), 4096).others().empty());
}

TEST(LookedInto, Base64WithAnythingBetweenItsLettersIsWhatLenientReadersMakeOfIt) {
  const std::string coded = base64_encode(kProgram);
  std::string mixed;
  for (std::size_t at = 0; at < coded.size(); at += 7) mixed += coded.substr(at, 7) + ". ";
  const std::string body = "{\"d\":\"" + mixed + "\"}";
  EXPECT_EQ(shown(look(BodyShape::text, "application/json", body).others()).front(), "executable");
}

// What people write decodes to bytes as well.
TEST(LookedInto, WordsAreNoFileWhereverTheyBegin) {
  std::size_t looked = 0;
  for (const char* name :
       {"/README.md", "/ARCHITECTURE.md", "/HACKING.md", "/THREATS.md", "/NOTICE", "/LICENSE"}) {
    std::stringstream text;
    text << std::ifstream(std::string(SALLYPORT_SOURCE_DIR) + name).rdbuf();
    const std::string all = text.str();
    for (std::size_t from = 0; from < all.size(); from += 61, ++looked) {
      std::string piece = all.substr(from, 300);
      std::erase_if(piece, [](char c) { return c == '"' || c == '\'' || c == '<' || c == '>'; });
      const UploadFiles files = look(BodyShape::text, "", piece, "", 4096);
      for (const PassedFile& file : files.others()) {
        if (file.size == piece.size()) continue;  // The text as it stands: it may be a script.
        EXPECT_TRUE(file.talk) << file.seen.kind->type << ": " << piece;
      }
    }
  }
  EXPECT_GT(looked, 1000u);
}

TEST(LookedInto, PartsInPartsAreBounded) {
  std::string body = kProgram;
  for (int i = 0; i < 6; ++i) {
    const std::string boundary = "b" + std::to_string(i);
    body = "Content-Type: multipart/mixed; boundary=" + boundary + "\r\n\r\n--" + boundary +
           "\r\n" + body + "\r\n--" + boundary + "--";
  }
  EXPECT_TRUE(look(BodyShape::mail, "message/rfc822", body).unreadable());
  std::string fields;
  for (std::size_t i = 0; i <= UploadFiles::kMostFields; ++i) fields += "a=b&";
  EXPECT_TRUE(look(BodyShape::fields, "", fields, "", 4096).unreadable());
  std::string runs;
  for (int i = 0; i < 300; ++i) runs += base64_encode(kProgram) + "\"";
  EXPECT_TRUE(look(BodyShape::text, "", runs, "", 4096).unreadable());
}

TEST(UploadFiles, TellsNoMoreThanSoManyFiles) {
  std::string body;
  for (int i = 0; i < 500; ++i) {
    body += "--B\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a\"\r\n\r\nx\r\n";
  }
  body += "--B--";
  EXPECT_EQ(read(BodyShape::form, "multipart/form-data; boundary=B", body, 4096).all().size(),
            UploadFiles::kMost);
  EXPECT_TRUE(read(BodyShape::form, "multipart/form-data; boundary=B", body, 4096).unreadable());
}

}  // namespace
}  // namespace sallyport::discovery
