#include "discovery/classify/file_facts.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "base/core/text.h"
#include "base/crypto/base64.h"
#include "discovery/classify/content_disposition.h"
#include "discovery/classify/file_name.h"
#include "discovery/classify/media_kind.h"
#include "discovery/classify/path_words.h"

namespace sallyport::discovery {
namespace {

using policy::FileFacts;

constexpr std::size_t kMaxMetadata = 1024;  // bytes of one value in Upload-Metadata

std::optional<FileFacts> facts_of(std::string name, std::string type,
                                  std::optional<std::uint64_t> size) {
  if (name.empty() && type.empty() && !size) return std::nullopt;
  FileFacts file;
  file.extension = file_extension(name);
  file.name = std::move(name);
  file.type = std::move(type);
  file.size = size;
  return file;
}

// "bytes 0-99/1234": the whole. Nothing where it is "*".
std::optional<std::uint64_t> whole_of_range(const http::Headers& headers) {
  const auto range = headers.find("Content-Range");
  if (!range) return std::nullopt;
  const std::size_t slash = range->rfind('/');
  if (slash == range->npos) return std::nullopt;
  return parse_decimal(trim(range->substr(slash + 1)));
}

bool is_encoded(const http::Headers& headers) {
  const auto encoding = headers.find("Content-Encoding");
  return encoding && !encoding->empty() && !iequals(*encoding, "identity");
}

std::string last_segment(std::string_view path) {
  path.remove_prefix(std::min(path.rfind('/') + 1, path.size()));
  return std::string(path.substr(0, path.find(';')));
}

std::string name_of_segment(std::string_view path) {
  return safe_file_name(decode_percent(last_segment(path)));
}

// tus.io, protocol 1.0.0: "filename d29ybGQucGRm,filetype dGV4dC9wbGFpbg=="
std::string metadata(const http::Headers& headers, std::string_view wanted) {
  const auto field = headers.find("Upload-Metadata");
  if (!field) return {};
  for (const std::string_view pair : split(*field, ',')) {
    const std::string_view text = trim(pair);
    const std::size_t blank = text.find(' ');
    if (blank == text.npos || !iequals(text.substr(0, blank), wanted)) continue;
    return base64_decode(trim(text.substr(blank)), kMaxMetadata).value_or("");
  }
  return {};
}

std::string name_in_fields(const http::Headers& headers) {
  if (const auto disposition = headers.find("Content-Disposition")) {
    std::string name = read_content_disposition(*disposition).file_name;
    if (!name.empty()) return name;
  }
  static constexpr std::string_view kFields[] = {"X-File-Name", "X-Filename",
                                                 "X-Goog-Upload-File-Name", "Slug"};
  for (const std::string_view field : kFields) {
    const auto value = headers.find(field);
    if (!value) continue;
    std::string name = safe_file_name(decode_percent(*value));
    if (!name.empty()) return name;
  }
  for (const std::string_view key : {"filename", "name"}) {
    std::string name = safe_file_name(metadata(headers, key));
    if (!name.empty()) return name;
  }
  return {};
}

std::optional<std::uint64_t> size_in_fields(const http::Headers& headers) {
  if (const auto whole = whole_of_range(headers)) return whole;
  static constexpr std::string_view kFields[] = {"Upload-Length", "X-Upload-Content-Length",
                                                 "X-Goog-Upload-Header-Content-Length",
                                                 "X-File-Size"};
  for (const std::string_view field : kFields) {
    const auto value = headers.find(field);
    if (!value) continue;
    if (const auto size = parse_decimal(*value)) return size;
  }
  return std::nullopt;
}

std::string type_in_fields(const http::Headers& headers) {
  static constexpr std::string_view kFields[] = {"X-Upload-Content-Type",
                                                 "X-Goog-Upload-Header-Content-Type"};
  for (const std::string_view field : kFields) {
    if (const auto value = headers.find(field)) return http::media_type(*value);
  }
  return http::media_type(metadata(headers, "filetype"));
}

// Whether the body is, or belongs to, an upload in several steps: its length is no file's.
bool is_step(const http::Headers& headers) {
  for (const auto field : headers) {
    if (istarts_with(field.name, "x-upload-") || istarts_with(field.name, "x-goog-upload-") ||
        istarts_with(field.name, "upload-") || iequals(field.name, "tus-resumable") ||
        iequals(field.name, "content-range")) {
      return true;
    }
  }
  return false;
}

// The names of operations that stand where others put a file's name: "/items/17/content".
bool names_operation(std::string_view segment) {
  static constexpr std::string_view kWords[] = {"content", "data", "file", "media", "raw"};
  for (const std::string_view word : kWords) {
    if (iequals(segment, word)) return true;
  }
  return PathWords(segment).is_upload();
}

}  // namespace

std::optional<FileFacts> uploaded_file(const http::RequestHead& request,
                                       std::optional<std::uint64_t> length) {
  const http::Headers& headers = request.headers;
  std::string name = name_in_fields(headers);
  std::string type = http::media_type(headers.find("Content-Type").value_or(""));
  const bool put = request.method == "PUT";
  const bool is_itself =
      !type.starts_with("multipart/") && (put || !name.empty() || !is_talk(type));
  if (put && is_itself && name.empty() && !names_operation(last_segment(request.path_only()))) {
    name = name_of_segment(request.path_only());
  }
  const bool tells_nothing =
      type == "application/x-www-form-urlencoded" || type == "application/offset+octet-stream";
  if (!is_itself || tells_nothing) type.clear();
  if (std::string stated = type_in_fields(headers); !stated.empty()) type = std::move(stated);
  std::optional<std::uint64_t> size = size_in_fields(headers);
  if (!size && is_itself && !is_step(headers) && !is_encoded(headers)) size = length;
  return facts_of(std::move(name), std::move(type), size);
}

std::vector<std::string> other_upload_names(const http::RequestHead& request) {
  constexpr std::size_t kMost = 20;
  std::vector<std::string> names;
  const auto add = [&](std::string_view raw) {
    std::string name = safe_file_name(raw);
    // "report.exe:a.txt" is kept as a stream of report.exe ([MS-FSCC] 2.1.5).
    const std::size_t colon = name.rfind(':');
    if (colon != name.npos && names.size() < kMost) {
      names.push_back(safe_file_name(std::string_view(name).substr(0, colon)));
    }
    if (!name.empty() && names.size() < kMost) names.push_back(std::move(name));
  };
  static constexpr std::string_view kNames[] = {"file", "file_name", "filename", "name"};
  for (const std::string_view pair : split(request.query(), '&')) {
    const std::size_t equals = pair.find('=');
    if (equals == pair.npos) continue;
    const std::string name = lower(decode_percent(pair.substr(0, equals)));
    if (std::ranges::find(kNames, name) == std::end(kNames)) continue;
    std::string value(pair.substr(equals + 1));
    std::ranges::replace(value, '+', ' ');
    add(decode_percent(value));
  }
  if (const std::string named = name_in_fields(request.headers); named.find(':') != named.npos) {
    add(named);
  }
  std::string_view path = request.path_only();
  const bool slash = path.ends_with('/');
  while (path.ends_with('/')) path.remove_suffix(1);
  const PathWords words(path);
  const bool form =
      istarts_with(trim(request.headers.find("Content-Type").value_or("")), "multipart/form-data");
  const bool sends =
      request.method == "POST" || request.method == "PATCH" || (request.method == "PUT" && slash);
  // "/upload.php" is what takes it.
  if (sends && !form && words.names_file() && !words.names_page()) {
    add(decode_percent(last_segment(path)));
  }
  return names;
}

std::optional<FileFacts> downloaded_file(const http::RequestHead& request,
                                         const http::ReplyHead& reply,
                                         std::optional<std::uint64_t> length) {
  std::string type = http::media_type(reply.headers.find("Content-Type").value_or(""));
  ContentDisposition disposition;
  if (const auto field = reply.headers.find("Content-Disposition")) {
    disposition = read_content_disposition(*field);
  }
  std::string name = std::move(disposition.file_name);
  if (name.empty()) {
    const std::string_view path = request.path_only();
    const PathWords words(path);
    // "/export.php" is the name of what made the file.
    const bool names_it = disposition.type == "attachment" || words.names_file();
    if (names_it && !words.names_page()) name = name_of_segment(path);
  }
  std::optional<std::uint64_t> size;
  if (reply.status == 206) {
    size = whole_of_range(reply.headers);
  } else if (!is_encoded(reply.headers)) {
    size = length;
  }
  if (type.starts_with("multipart/")) type.clear();
  return facts_of(std::move(name), std::move(type), size);
}

}  // namespace sallyport::discovery
