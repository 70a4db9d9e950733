#include "proxy/admin/console_pages.h"

#include <algorithm>

#include "base/core/file.h"
#include "base/core/text.h"
#include "base/crypto/sha256.h"
#include "proxy/local/answer.h"

namespace sallyport::admin {

namespace {

constexpr std::string_view kRoot = "/console/";
constexpr std::string_view kIndex = "index.html";
constexpr std::size_t kMostFile = 16 << 20;  // bytes, of one that is read from a folder
constexpr std::string_view kPolicy =
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'";

struct Type {
  std::string_view ending;
  std::string_view type;
};
constexpr Type kTypes[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
};

std::string_view type_of(std::string_view path) {
  for (const Type& one : kTypes) {
    if (path.ends_with(one.ending)) return one.type;
  }
  return "application/octet-stream";
}

bool has_tag(const http::RequestHead& request, std::string_view tag) {
  const std::string known = request.headers.joined("If-None-Match");
  for (std::string_view one : split(known, ',')) {
    one = trim(one);
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == tag || one == "*") return true;
  }
  return false;
}

// RFC 9110 section 12.5.3, as far as anybody uses it: gzip is named, and not with a weight of 0.
bool takes_gzip(const http::RequestHead& request) {
  const std::string codings = request.headers.joined("Accept-Encoding");
  for (const std::string_view one : split(codings, ',')) {
    const std::size_t semicolon = one.find(';');
    if (!iequals(trim(one.substr(0, semicolon)), "gzip")) continue;
    if (semicolon == std::string_view::npos) return true;
    const std::string_view weight = trim(one.substr(semicolon + 1));
    return !(weight.starts_with("q=0") && weight.find_first_of("123456789") == weight.npos);
  }
  return false;
}

http::Headers guarded() {
  http::Headers headers;
  headers.add("Content-Security-Policy", kPolicy);
  headers.add("X-Frame-Options", "DENY");
  headers.add("Cross-Origin-Opener-Policy", "same-origin");
  headers.add("Cross-Origin-Resource-Policy", "same-origin");
  return headers;
}

http::Reply serve(const http::RequestHead& request, const ConsoleAsset& asset, bool may_keep) {
  http::Headers headers = guarded();
  const bool packed = takes_gzip(request) && !asset.gzip.empty();
  const std::string tag = '"' + std::string(asset.hash) + (packed ? "-gz\"" : "\"");
  headers.add("ETag", tag);
  headers.add("Vary", "Accept-Encoding");
  headers.add("Cache-Control", may_keep ? "public, max-age=31536000, immutable" : "no-cache");
  if (has_tag(request, tag)) return local::make_answer(304, "", "", headers);
  if (packed) headers.add("Content-Encoding", "gzip");
  return local::make_answer(200, asset.type, std::string(packed ? asset.gzip : asset.bytes),
                            headers);
}

http::Reply moved(std::string_view to) {
  http::Headers headers = guarded();
  headers.add("Location", to);
  return local::make_answer(302, "text/plain; charset=utf-8", std::string(to) + "\n", headers);
}

// Nothing that leads elsewhere, and nothing hidden.
bool is_plain_path(std::string_view path) {
  if (path.empty() || path.front() == '.' || path.find("/.") != path.npos ||
      path.find("//") != path.npos || path.back() == '/') {
    return false;
  }
  return std::ranges::all_of(path, [](char c) {
    return is_alpha(c) || is_digit(c) || c == '.' || c == '-' || c == '_' || c == '/';
  });
}

}  // namespace

bool is_hashed_name(std::string_view path) {
  const std::size_t dot = path.find('.', path.rfind('/') == path.npos ? 0 : path.rfind('/'));
  constexpr std::size_t kHash = 8;
  if (dot == path.npos || dot < kHash + 2 || path[dot - kHash - 1] != '-') return false;
  const std::string_view hash = path.substr(dot - kHash, kHash);
  return std::ranges::all_of(hash, [](char c) { return (c >= 'A' && c <= 'Z') || is_digit(c); });
}

ConsolePages::ConsolePages(http::Origin& others, std::string folder)
    : others_(others),
      folder_(std::move(folder)),
      assets_(console_assets()),
      absence_(console_absence()) {}

ConsolePages::ConsolePages(http::Origin& others, std::span<const ConsoleAsset> assets,
                           std::string absence)
    : others_(others), assets_(assets), absence_(std::move(absence)) {}

bool ConsolePages::is_mine(std::string_view path) {
  return path == "/" || path == "/console" || path.starts_with(kRoot);
}

http::Reply ConsolePages::from_folder(const http::RequestHead& request,
                                      std::string_view path) const {
  for (const std::string_view wanted : {path, kIndex}) {
    if (!is_plain_path(wanted)) continue;
    const auto text = read_regular_file(folder_ + "/" + std::string(wanted), kMostFile);
    if (!text) continue;
    const Sha256Digest digest = sha256(std::string_view(*text));
    const std::string hash = to_hex(digest.data(), 12);
    return serve(request, {wanted, *text, "", hash, type_of(wanted)}, false);
  }
  return local::make_answer(404, "text/plain; charset=utf-8",
                            "There is no index.html in " + printable(folder_) + ".\n", guarded());
}

http::Reply ConsolePages::answer(const http::RequestHead& request) const {
  if (request.method != "GET" && request.method != "HEAD") {
    http::Headers headers = guarded();
    headers.add("Allow", "GET, HEAD");
    return local::make_answer(405, "text/plain; charset=utf-8", "This can only be read.\n",
                              headers);
  }
  std::string_view path = request.path_only();
  if (path == "/" || path == "/console") return moved(kRoot);
  path.remove_prefix(kRoot.size());
  if (!folder_.empty()) return from_folder(request, path.empty() ? kIndex : path);
  if (assets_.empty()) {
    return local::make_answer(
        503, "text/plain; charset=utf-8",
        "This gateway was built without its console: " + absence_ +
            ".\n\nTo get it: install Node.js 18 or newer and npm (apt-get install nodejs npm), "
            "and build again\nwith ./run. Everything else works; the commands and /api/v1 have "
            "all that the console shows.\n",
        guarded());
  }
  const auto find = [this](std::string_view wanted) {
    return std::ranges::find(assets_, wanted, &ConsoleAsset::path);
  };
  auto asset = find(path);
  if (asset == assets_.end()) asset = find(kIndex);
  if (asset == assets_.end()) {
    return local::make_answer(404, "text/plain; charset=utf-8", "There is nothing here.\n",
                              guarded());
  }
  return serve(request, *asset, is_hashed_name(asset->path));
}

Task<Result<http::Reply>> ConsolePages::send(const http::RequestHead& request, http::Body& body,
                                             http::Interim& interim, io::Nursery& nursery) {
  if (is_mine(request.path_only())) co_return answer(request);
  co_return co_await others_.send(request, body, interim, nursery);
}

}  // namespace sallyport::admin
