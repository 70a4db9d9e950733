#include "discovery/signatures/prefix.h"

#include <algorithm>
#include <memory>
#include <zlib.h>

#include "base/core/text.h"
#include "base/http/head.h"
#include "base/http/multipart.h"
#include "discovery/classify/content_disposition.h"
#include "discovery/files/content_decoder.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kMostParts = 200;

class Collector final : public http::MultipartSink {
 public:
  void part_begin(const http::Headers& fields) override {
    BodyPart& part = parts_.emplace_back();
    part.full_type = fields.find("Content-Type").value_or("");
    part.type = http::media_type(part.full_type);
    const std::string_view disposition = fields.find("Content-Disposition").value_or("");
    part.name = disposition_parameter(disposition, "name");
    part.file_name = read_content_disposition(disposition).file_name;
  }
  void part_data(std::string_view bytes) override {
    if (parts_.size() <= kMostParts) parts_.back().data += bytes;
  }
  void part_end(bool whole) override { parts_.back().whole = whole; }

  bool too_many() const { return parts_.size() > kMostParts; }
  std::vector<BodyPart> take() {
    if (parts_.size() > kMostParts) parts_.resize(kMostParts);
    return std::move(parts_);
  }

 private:
  std::vector<BodyPart> parts_;
};

// What follows the first empty line; nothing where there is none.
std::string_view behind_head(std::string_view text) {
  for (const std::string_view end : {"\r\n\r\n", "\n\n"}) {
    if (const std::size_t at = text.find(end); at != text.npos) return text.substr(at + end.size());
  }
  return {};
}

std::string inflate_prefix(std::string_view bytes, int window, std::size_t most, bool& whole,
                           bool* faulty = nullptr) {
  z_stream stream{};
  if (inflateInit2(&stream, window) != Z_OK) return {};
  const auto end = std::unique_ptr<z_stream, int (*)(z_stream*)>(&stream, inflateEnd);
  std::string out(most, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  // What came out before a fault is what a reader sees too. gzip may have several members, of which
  // the first may be empty (RFC 1952 section 2.2).
  int last = Z_OK;
  while ((last = inflate(&stream, Z_SYNC_FLUSH)) == Z_STREAM_END && stream.avail_in > 0 &&
         stream.avail_out > 0 && inflateReset(&stream) == Z_OK) {
  }
  whole = last == Z_STREAM_END && stream.avail_in == 0;
  if (faulty != nullptr) *faulty = last == Z_DATA_ERROR || last == Z_NEED_DICT;
  out.resize(out.size() - stream.avail_out);
  out.shrink_to_fit();
  return out;
}

}  // namespace

std::string decompress_prefix(std::string_view bytes, std::string_view encoding, std::size_t most,
                              bool* whole) {
  bool all = false;
  if (whole == nullptr) whole = &all;
  encoding = trim(encoding);
  if (encoding.empty() || iequals(encoding, "identity")) {
    *whole = bytes.size() <= most;
    return std::string(bytes.substr(0, most));
  }
  *whole = false;
  const bool deflate = iequals(encoding, "deflate");
  std::string out;
  // Told by the bytes, whatever is said; that is what some servers do.
  const bool gzip = bytes.starts_with("\x1f\x8b");
  if (gzip || deflate || iequals(encoding, "gzip") || iequals(encoding, "x-gzip")) {
    // 32: either header, of gzip or of zlib; of "deflate" some leave it out.
    out = inflate_prefix(bytes, 15 + 32, most, *whole);
    // Without a header anything may look like it: then it must be without a fault.
    if (out.empty() && deflate) {
      bool faulty = false;
      out = inflate_prefix(bytes, -15, most, *whole, &faulty);
      if (faulty) out.clear();
    }
  }
  if (iequals(encoding, "zstd")) {
    ContentDecoder decoder(encoding);
    decoder.feed(bytes,
                 [&](std::string_view opened) { out += opened.substr(0, most - out.size()); });
    decoder.end();
    *whole = decoder.state() == ContentDecoder::State::opens && out.size() < most;
  }
  // Most servers do not look at the encoding of a request at all.
  if (out.empty()) {
    *whole = false;
    out = bytes.substr(0, most);
  }
  return out;
}

std::vector<BodyPart> read_parts(std::string_view body, std::string_view content_type,
                                 bool* whole) {
  if (whole != nullptr) *whole = false;
  if (!istarts_with(trim(content_type), "multipart/")) return {};
  Collector parts;
  http::MultipartReader reader(content_type, parts);
  reader.feed(body);
  reader.end();
  if (whole != nullptr) {
    // What receivers take for one thing alone: LF for CRLF, as many clients write it.
    using http::MultipartDoubt;
    const bool doubtful =
        reader.has(MultipartDoubt::parameter) || reader.has(MultipartDoubt::inside_line) ||
        reader.has(MultipartDoubt::longer_line) || reader.has(MultipartDoubt::after_last) ||
        reader.has(MultipartDoubt::no_last);
    *whole = reader.fault() == http::MultipartFault::none && !doubtful && !parts.too_many();
  }
  return parts.take();
}

std::optional<HttpPart> read_http_part(const BodyPart& part) {
  if (part.type != "application/http") return std::nullopt;
  std::string_view request = part.data;
  while (request.starts_with('\r') || request.starts_with('\n')) request.remove_prefix(1);
  const std::string_view line = request.substr(0, request.find_first_of("\r\n"));
  const std::size_t blank = line.find(' ');
  if (blank == line.npos) return std::nullopt;
  const std::string_view rest = line.substr(blank + 1);
  return HttpPart{std::string(line.substr(0, blank)), std::string(rest.substr(0, rest.find(' '))),
                  std::string(behind_head(request))};
}

}  // namespace sallyport::discovery
