#include "proxy/delivery/cef.h"

#include <chrono>

#include "base/core/text.h"
#include "base/core/utf8.h"

namespace sallyport::delivery {
namespace {

constexpr std::string_view kVersion = "0.1";

std::string_view severity_of(policy::AlertSeverity severity) {
  switch (severity) {
    case policy::AlertSeverity::informational:
      return "1";
    case policy::AlertSeverity::low:
      return "3";
    case policy::AlertSeverity::medium:
      return "6";
    case policy::AlertSeverity::high:
      return "8";
  }
  return "0";
}

// `special` is what has a meaning beside the backslash; `lines` are kept as \r and \n.
void append_escaped(std::string& out, std::string_view text, char special, bool lines) {
  while (!text.empty()) {
    const Utf8Char next = decode_utf8(text);
    const std::string_view bytes = text.substr(0, next.size);
    text.remove_prefix(next.size);
    if (next.code == '\r' || next.code == '\n') {
      out += !lines ? " " : next.code == '\r' ? "\\r" : "\\n";
    } else if (next.code == kNotUtf8 || is_steering(next.code)) {
      for (const char c : bytes) {
        out += "\\\\x";
        out += to_hex(&c, 1);
      }
    } else {
      if (next.code == '\\' || next.code == static_cast<unsigned char>(special)) out += '\\';
      out += bytes;
    }
  }
}

}  // namespace

void append_cef_header(std::string& out, std::string_view text) {
  append_escaped(out, text, '|', false);
}

void append_cef_value(std::string& out, std::string_view text) {
  append_escaped(out, text, '=', true);
}

void append_cef(std::string& out, const discovery::Alert& alert, std::string_view gateway,
                bool test) {
  out += "CEF:0|Sallyport|Sallyport|";
  out += kVersion;
  for (const std::string_view field :
       {std::string_view(alert.policy_id), std::string_view(alert.policy)}) {
    out += '|';
    append_cef_header(out, field);
  }
  out += '|';
  out += severity_of(alert.severity);
  out += "|externalId=";
  out += alert.id.to_string();
  const auto value = [&out](std::string_view key, std::string_view text) {
    if (text.empty()) return;
    out += ' ';
    out += key;
    out += '=';
    append_cef_value(out, text);
  };
  const auto labelled = [&](const std::string& key, std::string_view label, std::string_view text) {
    if (text.empty()) return;
    value(key + "Label", label);
    value(key, text);
  };
  using std::chrono::milliseconds;
  value("rt",
        std::to_string(std::chrono::floor<milliseconds>(alert.time.time_since_epoch()).count()));
  value("cat", to_string(alert.category));
  value("cnt", std::to_string(alert.count));
  value("suser", alert.user);
  if (alert.client && alert.client->is_v6()) {
    labelled("c6a2", "Source IPv6 Address", alert.client->to_string());
  } else if (alert.client) {
    value("src", alert.client->to_string());
  }
  value("destinationServiceName", alert.app_name);
  value("dhost", alert.host);
  value("dvchost", gateway);
  labelled("cs1", "kind", to_string(alert.kind));
  labelled("cs2", "uniqueServiceAppIds", alert.app_id);
  std::string events;
  for (const Ulid& event : alert.events) events += (events.empty() ? "" : ",") + event.to_string();
  labelled("cs3", "relatedAudits", events);
  labelled("cs4", "policyIDs", alert.policy_id);
  if (test) labelled("flexString1", "test", "this is only a test");
  value("msg", alert.text);
}

}  // namespace sallyport::delivery
