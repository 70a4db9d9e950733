#pragma once
// The waist of the hourglass: everything that policy, events and detections may know about an
// exchange. The path fills it in, step by step; nothing that decides looks anywhere else.
//
// A field that is empty is a fact that is not known (yet, or for good: `point` tells which).
// Strings are owned, so that an Activity may travel to another thread inside an Event.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/core/address.h"
#include "base/core/boxed.h"
#include "base/core/clock.h"
#include "policy/activity/details.h"
#include "policy/activity/risk_facts.h"
#include "policy/activity/words.h"

namespace sallyport::policy {

// Degrees, WGS 84: north and east are positive.
struct Coordinates {
  double latitude = 0;
  double longitude = 0;

  bool operator==(const Coordinates&) const = default;
};

// What is known about an address, the client's or the destination's.
struct AddressFacts {
  IpAddress address;
  IpCategory category = IpCategory::none;
  std::vector<std::string> tags;  // "tor", "corporate_wifi"; sorted
  std::string range;              // Name of the most specific range of the operator's own, or "".
  std::string country;            // ISO 3166-1 alpha-2 ("DE"), or "".
  std::uint32_t asn = 0;          // Number of the autonomous system; 0 is unknown (RFC 7607).
  std::string isp;                // Whose system that is, as the data words it, or "".
  std::optional<Coordinates> location;
};

// What the catalog says about an app.
struct AppFacts {
  std::string id;                 // "dropbox"
  std::string name;               // "Dropbox"
  std::string category;           // "cloud_storage"
  std::vector<std::string> tags;  // "sanctioned", "unsanctioned", ...; sorted
  SharedRisk risk;                // null: nothing is known of it
};

// What the client's program says that it is, in User-Agent and client hints (discovery/agent). All
// of it is a claim.
struct AgentFacts {
  ClientApp app = ClientApp::other;
  DeviceType device = DeviceType::other;
  AgentTags tags;
  std::string browser;          // "chrome"; of another program its name: "curl"; "": cannot be told
  std::string browser_version;  // "131.0.6778.86"
  std::string os;               // "windows"
  std::string os_version;  // "11"; "" also where a User-Agent states one that every machine states

  bool operator==(const AgentFacts&) const = default;
};

// The file that an upload or a download carries.
struct FileFacts {
  std::string name;                   // "report.pdf", without a path; "" where nobody named it
  std::string extension;              // "pdf": of the name, in small letters, or ""
  std::string type;                   // as declared: "application/pdf", or ""
  std::optional<std::uint64_t> size;  // bytes, as stated or as counted
  // What its bytes show, where they were looked at; each "" where not.
  std::string sniffed_type;  // "application/pdf"
  std::string family;        // "document", "archive", ...
  std::string sha256;        // hex, of the whole file
  std::string scan_status;   // "completed", "encrypted", "corrupted", ...
  // What the name says of what is in it: "payroll", "credentials", ...; sorted. Absent where there
  // is no name, or nobody looked.
  std::optional<std::vector<std::string>> name_tags;

  bool operator==(const FileFacts&) const = default;
};

// What one user did in one app from one address, without a long rest (proxy/session/sessions.h).
struct SessionFacts {
  std::uint64_t uploaded = 0;    // bytes
  std::uint64_t downloaded = 0;  // bytes
  std::uint64_t requests = 0;
  std::uint64_t minutes = 0;  // since it began

  bool operator==(const SessionFacts&) const = default;
};

// When the user was last seen with what the activity shows, and what of it is uncommon: for the
// user and for everybody (discovery/detect/familiar.h). Worked out behind the exchange, where it is
// kept, so detections and records have it and nothing that decides in the path.
struct SeenFacts {
  static constexpr std::int16_t kUnknown = -2;  // the activity does not tell of it
  static constexpr std::int16_t kFirst = -1;    // never, as far as is remembered

  // By SeenTrait: days (UTC) since then; 0: today.
  std::array<std::int16_t, kSeenTraits> days{kUnknown, kUnknown, kUnknown,
                                             kUnknown, kUnknown, kUnknown};
  std::uint8_t uncommon = 0;  // a set of SeenTrait

  std::int16_t& of(SeenTrait trait) { return days[static_cast<std::size_t>(trait)]; }
  std::int16_t of(SeenTrait trait) const { return days[static_cast<std::size_t>(trait)]; }
  // The set of those that are seen for the first time.
  std::uint8_t first() const {
    std::uint8_t set = 0;
    for (std::size_t i = 0; i < kSeenTraits; ++i) {
      if (days[i] == kFirst) set |= bit_of(static_cast<SeenTrait>(i));
    }
    return set;
  }

  bool operator==(const SeenFacts&) const = default;
};

struct Activity {
  // The last at which policies were asked. Of an exchange that was refused before it was asked
  // about more is known than that.
  Point point = Point::connect;
  Time at;  // when the exchange began

  // Who. No user at all is a stated case: `user` stays empty.
  std::optional<std::string> user;      // the canonical name
  std::vector<std::string> user_names;  // all names, where there are more than that one; sorted
  std::string user_domain;              // "corp.example"
  std::vector<std::string> groups;      // sorted
  // Days (UTC) since the directory last saw the user sign in, as of when it was read.
  std::optional<std::uint16_t> days_since_logon;

  // What is known of the device beyond its address: `managed`, ... Absent while nothing told.
  std::optional<std::vector<std::string>> device_tags;  // sorted

  // From where, to where. The destination is known once its name was resolved.
  AddressFacts client;
  std::optional<AddressFacts> destination;

  // What is addressed. At connect `host` is the name that CONNECT and SNI agree on.
  std::string host;
  std::string domain;  // the registrable part of it: "example.co.uk"; "" for addresses and suffixes
  HostKind host_kind = HostKind::unknown;
  std::vector<std::string> host_tags;  // What feeds say of the host; sorted.
  std::uint16_t port = 0;
  std::string scheme;           // "http", "https", "tunnel"
  std::optional<AppFacts> app;  // Absent: no app of the catalog.
  std::optional<std::string> method;
  std::optional<std::string> path;   // without the query
  std::optional<std::string> query;  // as sent, without its '?'; "" where there is none
  // Names of the request's fields, in small letters, sorted, each once. Filled only where a policy
  // asks.
  std::optional<std::vector<std::string>> header_names;

  // What it means. Known from the request on; a reply may sharpen it (login -> login_failed).
  std::optional<ActivityType> type;
  std::optional<bool> admin;      // whether it administers something
  std::optional<FileFacts> file;  // where something is uploaded or downloaded
  Boxed<Details> details;         // where a signature, or a generic rule, tells more

  // With what. `agent` is known where `user_agent` is, unless no patterns are loaded.
  std::optional<std::string> user_agent;
  std::optional<AgentFacts> agent;
  std::string ja4;                 // of the client's ClientHello; "" outside TLS
  std::string client_tls_version;  // of the client's leg: "TLSv1.3"; "" outside TLS

  // Bytes that this client connection carried before the exchange, application side.
  std::uint64_t connection_uploaded = 0;
  std::uint64_t connection_downloaded = 0;

  // Of the session that the exchange goes on with, before it; filled only where a policy asks.
  std::optional<SessionFacts> session;

  // How the client turned our certificate down, on a connection that never came to an exchange.
  std::optional<ClientRefusal> client_refusal;

  // Filled behind the exchange; absent before, and of nobody known.
  std::optional<SeenFacts> seen;

  // What is wrong with the origin's certificate: "expired", ... Known once the origin showed it;
  // empty where all is well.
  std::optional<std::vector<std::string>> certificate_faults;

  std::optional<int> status;
};

}  // namespace sallyport::policy
