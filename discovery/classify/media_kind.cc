#include "discovery/classify/media_kind.h"

#include <algorithm>
#include <iterator>

namespace sallyport::discovery {
namespace {

// Everything below application/ that programs say to each other; what is not here is a file.
constexpr std::string_view kTalk[] = {
    "cbor",
    "connect+json",
    "csp-report",
    "dns-message",
    "graphql",
    "grpc",
    "javascript",
    "json",
    "json-seq",
    "jwt",
    "msgpack",
    "ndjson",
    "ocsp-request",
    "protobuf",
    "sparql-query",
    "sql",
    "timestamp-query",
    "vnd.google.protobuf",
    "vnd.ms-sync.wbxml",
    "vnd.msgpack",
    "x-amz-cbor-1.1",
    "x-amz-json-1.0",
    "x-amz-json-1.1",
    "x-git-upload-pack-request",
    "x-json",
    "x-msgpack",
    "x-ndjson",
    "x-protobuf",
    "x-protobuffer",
    "x-thrift",
    "x-www-form-urlencoded",
    "xml",
};

constexpr std::string_view kTextTalk[] = {"javascript", "json",   "ping",
                                          "x-gwt-rpc",  "x-json", "xml"};

// Below application/, in replies.
constexpr std::string_view kFiles[] = {
    "epub+zip",
    "gzip",
    "java-archive",
    "msword",
    "octet-stream",
    "pdf",
    "pkcs12",
    "rtf",
    "vnd.android.package-archive",
    "vnd.debian.binary-package",
    "vnd.microsoft.portable-executable",
    "vnd.ms-cab-compressed",
    "vnd.ms-excel",
    "vnd.ms-htmlhelp",
    "vnd.ms-outlook",
    "vnd.ms-powerpoint",
    "vnd.ms-project",
    "vnd.ms-word",
    "vnd.rar",
    "vnd.sqlite3",
    "vnd.visio",
    "x-7z-compressed",
    "x-apple-diskimage",
    "x-bzip",
    "x-bzip2",
    "x-compressed",
    "x-debian-package",
    "x-dosexec",
    "x-executable",
    "x-git-upload-pack-result",
    "x-gzip",
    "x-iso9660-image",
    "x-msdownload",
    "x-msi",
    "x-pkcs12",
    "x-rar",
    "x-rar-compressed",
    "x-rpm",
    "x-sqlite3",
    "x-tar",
    "x-xz",
    "x-zip-compressed",
    "zip",
    "zstd",
};
static_assert(std::is_sorted(std::begin(kTalk), std::end(kTalk)));
static_assert(std::is_sorted(std::begin(kTextTalk), std::end(kTextTalk)));
static_assert(std::is_sorted(std::begin(kFiles), std::end(kFiles)));

template <std::size_t N>
bool is_one_of(std::string_view word, const std::string_view (&sorted)[N]) {
  return std::binary_search(std::begin(sorted), std::end(sorted), word);
}

// The part behind "application/" or another top-level type; "" where the type is another.
std::string_view below(std::string_view type, std::string_view top) {
  return type.starts_with(top) ? type.substr(top.size()) : std::string_view();
}

bool has_talk_suffix(std::string_view name) {
  for (const std::string_view suffix :
       {"+json", "+xml", "+cbor", "+msgpack", "+proto", "+protobuf"}) {
    if (name.ends_with(suffix)) return true;
  }
  return name.starts_with("grpc+") || name.starts_with("grpc-web");
}

}  // namespace

bool is_talk(std::string_view type) {
  if (type.empty() || type == "text/plain") return true;
  if (const auto name = below(type, "text/"); !name.empty()) return is_one_of(name, kTextTalk);
  const auto name = below(type, "application/");
  return !name.empty() && (is_one_of(name, kTalk) || has_talk_suffix(name));
}

bool is_file_sent(std::string_view type, std::string_view method) {
  if (type.empty()) return false;
  if (type == "text/plain") return method == "PUT";
  // Several calls in one: each part is a request of its own.
  if (type == "multipart/mixed" || type == "multipart/alternative") return false;
  return !is_talk(type);
}

bool is_file_received(std::string_view type) {
  if (type == "text/csv" || type == "text/rtf" || type == "message/rfc822") return true;
  const auto name = below(type, "application/");
  if (name.empty()) return false;
  return is_one_of(name, kFiles) || name.starts_with("vnd.openxmlformats-officedocument.") ||
         name.starts_with("vnd.oasis.opendocument.") || name.starts_with("vnd.ms-excel.") ||
         name.starts_with("vnd.ms-word.") || name.starts_with("vnd.ms-powerpoint.");
}

}  // namespace sallyport::discovery
