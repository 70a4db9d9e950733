#include "discovery/logs/record_fields.h"

#include <algorithm>
#include <string>

#include "base/core/check.h"
#include "base/json/cursor.h"

namespace sallyport::discovery {
namespace {

constexpr std::string_view kFields[] = {
    "action",
    "admin",
    "agent.app",
    "agent.browser",
    "agent.browser_version",
    "agent.device",
    "agent.os",
    "agent.os_version",
    "agent.tags",
    "app.category",
    "app.id",
    "app.known_by",
    "app.name",
    "app.risk_score",
    "app.tags",
    "bytes_in",
    "bytes_out",
    "client.asn",
    "client.category",
    "client.country",
    "client.ip",
    "client.isp",
    "client.latitude",
    "client.longitude",
    "client.port",
    "client.range",
    "client.tags",
    "client_refusal",
    "community_id",
    "connection_id",
    "destination.asn",
    "destination.category",
    "destination.country",
    "destination.ip",
    "destination.isp",
    "destination.latitude",
    "destination.longitude",
    "destination.port",
    "destination.range",
    "destination.tags",
    "details.account",
    "details.account.domain",
    "details.consent.client",
    "details.consent.level",
    "details.consent.name",
    "details.consent.redirect",
    "details.consent.scopes",
    "details.instance",
    "details.instance.kind",
    "details.object.id",
    "details.object.kind",
    "details.object.name",
    "details.object.parent",
    "details.outcome",
    "details.prompt.conversation",
    "details.prompt.model",
    "details.signature",
    "details.signature.reading",
    "details.target.class",
    "details.target.domain",
    "details.target.email",
    "details.target.group",
    "details.target.link",
    "details.target.role",
    "details.target.user",
    "details.transfer.session",
    "details.transfer.step",
    "device_tags",
    "domain",
    "duration_us",
    "ending",
    "error",
    "file.extension",
    "file.family",
    "file.name",
    "file.name_tags",
    "file.scan_status",
    "file.sha256",
    "file.size",
    "file.sniffed_type",
    "file.type",
    "groups",
    "host",
    "host_kind",
    "host_tags",
    "id",
    "intercepted",
    "kind",
    "media_type",
    "method",
    "path",
    "point",
    "policy",
    "policy_id",
    "port",
    "query",
    "redirect",
    "say",
    "scheme",
    "seen.action",
    "seen.address",
    "seen.app",
    "seen.country",
    "seen.device",
    "seen.isp",
    "snapshot",
    "status",
    "stream_id",
    "suspension",
    "time",
    "tls.client_alpn",
    "tls.client_cipher",
    "tls.client_version",
    "tls.ja4",
    "tls.leaf_serial",
    "tls.origin_alpn",
    "tls.origin_cipher",
    "tls.origin_fingerprint",
    "tls.origin_version",
    "tls.verify",
    "type",
    "uncommon",
    "user",
    "user_agent",
    "user_source",
    "websocket.client.binary",
    "websocket.client.bytes",
    "websocket.client.largest",
    "websocket.client.messages",
    "websocket.client.text",
    "websocket.close_code",
    "websocket.closed_by",
    "websocket.compressed",
    "websocket.fault",
    "websocket.origin.binary",
    "websocket.origin.bytes",
    "websocket.origin.largest",
    "websocket.origin.messages",
    "websocket.origin.text",
    "worker",
};
static_assert(std::ranges::is_sorted(kFields));

void append_element(std::string& list, std::string_view text) {
  if (!list.empty()) list += ',';
  for (const char c : text) {
    if (c == ',') {
      list += "%2C";
    } else if (c == '%') {
      list += "%25";
    } else {
      list += c;
    }
  }
}

class Walk {
 public:
  Walk(std::string_view record, const std::function<void(std::string_view, std::string_view)>& each)
      : cursor_(record), each_(each) {}

  bool members(const std::string& prefix) {
    return cursor_.object([&](std::string_view key) {
      const std::string name = prefix + std::string(key);
      switch (cursor_.next()) {
        case JsonCursor::Kind::object:
          return members(name + ".");
        case JsonCursor::Kind::array:
          return list(name);
        case JsonCursor::Kind::string: {
          std::string text;
          if (!cursor_.string(text)) return false;
          each_(name, text);
          return true;
        }
        default: {
          std::string_view text;
          if (!cursor_.raw(text)) return false;
          each_(name, text);
          return true;
        }
      }
    });
  }

 private:
  bool list(const std::string& name) {
    std::string joined;
    bool texts = true;
    const bool read = cursor_.array([&] {
      if (cursor_.next() != JsonCursor::Kind::string) {
        texts = false;
        return cursor_.skip();
      }
      std::string text;
      if (!cursor_.string(text)) return false;
      append_element(joined, text);
      return true;
    });
    if (read && texts) each_(name, joined);
    return read;
  }

  JsonCursor cursor_;
  const std::function<void(std::string_view, std::string_view)>& each_;
};

}  // namespace

std::span<const std::string_view> record_fields() { return kFields; }

bool is_record_field(std::string_view name) { return std::ranges::binary_search(kFields, name); }

void for_each_field(
    std::string_view record,
    const std::function<void(std::string_view name, std::string_view value)>& each) {
  CHECK(Walk(record, each).members(""));
}

}  // namespace sallyport::discovery
