#include "discovery/signatures/batch.h"

#include <algorithm>
#include <optional>

#include "base/core/text.h"
#include "base/http/head.h"
#include "base/json/cursor.h"
#include "base/json/selector.h"
#include "discovery/signatures/prefix.h"

namespace sallyport::discovery {
namespace {

// Walks to the list, and takes its elements. False where the text breaks off or is no JSON.
bool walk(JsonCursor& cursor, std::string_view path, std::size_t most, JsonElements& out,
          bool& limited) {
  if (path == "[]") {
    if (cursor.next() != JsonCursor::Kind::array) return cursor.skip();
    return cursor.array([&] {
      std::string_view element;
      if (!cursor.raw(element)) return false;
      if (out.elements.size() < most) {
        out.elements.push_back(element);
      } else {
        limited = true;
      }
      return true;
    });
  }
  const std::size_t end = std::min({path.find('.'), path.find('['), path.size()});
  const std::string_view name = path.substr(0, end);
  std::string_view rest = path.substr(end);
  if (rest.starts_with('.')) rest.remove_prefix(1);
  if (cursor.next() != JsonCursor::Kind::object) return cursor.skip();
  return cursor.object([&](std::string_view key) {
    return iequals(key, name) ? walk(cursor, rest, most, out, limited) : cursor.skip();
  });
}

void read_multipart(std::string_view body, std::string_view content_type, bool ended,
                    std::size_t depth, Batch& out) {
  bool whole = false;
  const std::vector<BodyPart> parts = read_parts(body, content_type, &whole);
  if (!whole || !ended) out.whole = false;
  for (const BodyPart& part : parts) {
    if (out.requests.size() == kMostBatch) {
      out.whole = false;
      return;
    }
    if (part.type.starts_with("multipart/")) {
      if (depth == kDeepestBatch) {
        out.whole = false;
      } else {
        read_multipart(part.data, part.full_type, part.whole, depth + 1, out);
      }
      continue;
    }
    // Of a type that is left out or another, a server may think what it likes.
    std::optional<HttpPart> read = read_http_part(part);
    if (!read || !part.whole) out.whole = false;
    if (!read) continue;
    read->body.resize(std::min(read->body.size(), kMostInnerBody));
    out.requests.push_back({std::move(read->method), std::move(read->url), std::move(read->body)});
  }
}

// Members of an element, of which each may be named twice: then each value counts.
void read_element(const BatchRule& rule, std::string_view element, Batch& out) {
  JsonCursor cursor(element);
  std::vector<std::string> methods, urls, bodies;
  const auto text = [&](std::vector<std::string>& values) {
    if (cursor.next() == JsonCursor::Kind::string) return cursor.string(values.emplace_back());
    std::string_view raw;
    if (!cursor.raw(raw)) return false;
    if (raw != "null") values.emplace_back(raw.substr(0, kMostInnerBody));
    return true;
  };
  const bool read = cursor.next() == JsonCursor::Kind::object &&
                    cursor.object([&](std::string_view key) {
                      // Some servers take them in any letters.
                      if (iequals(key, rule.method)) return text(methods);
                      if (iequals(key, rule.url)) return text(urls);
                      if (!rule.body.empty() && iequals(key, rule.body)) return text(bodies);
                      return cursor.skip();
                    }) &&
                    cursor.at_end();
  if (!read || urls.empty()) {
    out.whole = false;
    return;
  }
  if (methods.empty()) methods.emplace_back("GET");
  std::string body = bodies.empty() ? std::string() : std::move(bodies.back());
  body.resize(std::min(body.size(), kMostInnerBody));
  for (const std::string& method : methods) {
    for (const std::string& url : urls) {
      if (out.requests.size() == kMostBatch) {
        out.whole = false;
        return;
      }
      out.requests.push_back({method, url, body});
    }
  }
}

}  // namespace

JsonElements json_elements(std::string_view text, std::string_view path, bool ended,
                           std::size_t most) {
  JsonElements out;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  JsonCursor cursor(text);
  bool limited = false;
  const bool read = walk(cursor, path, most, out, limited);
  out.whole = read && cursor.at_end() && ended && !limited;
  return out;
}

Batch read_batch(const BatchRule& rule, std::string_view body, std::string_view content_type,
                 bool ended) {
  Batch out;
  if (rule.multipart) {
    out.whole = true;
    read_multipart(body, content_type, ended, 1, out);
    return out;
  }
  const JsonElements list = json_elements(body, rule.each, ended);
  out.whole = list.whole;
  for (const std::string_view element : list.elements) read_element(rule, element, out);
  return out;
}

}  // namespace sallyport::discovery
