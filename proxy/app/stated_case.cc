#include "proxy/app/stated_case.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "base/core/diagnostics.h"
#include "base/core/text.h"
#include "base/http/head.h"
#include "base/http/normal_path.h"
#include "base/yaml/reader.h"
#include "discovery/classify/classify.h"
#include "discovery/names/name_tags.h"
#include "discovery/users/user_name.h"
#include "policy/activity/attribute_table.h"
#include "proxy/session/agent_claims.h"
#include "proxy/session/known_at_connect.h"
#include "proxy/session/rewrite.h"

namespace sallyport::app {

using policy::Activity;
using policy::Point;

namespace {

constexpr std::string_view kGiven = "given";
constexpr std::string_view kDerived = "derived";
constexpr std::string_view kAssumed = "assumed";

class Case {
 public:
  Case(const StatedCase& stated, const session::Snapshot& now, Time at)
      : stated_(stated), now_(now), at_(at) {}

  Result<CaseFacts> read() {
    read_url();
    read_who();
    read_time();
    read_request();
    if (!wrong_.empty()) return fail(ErrorKind::invalid, Side::client, wrong_);
    at_connect();
    request();
    file();
    reply();
    say_sources();
    out_.title = fmt::format("{} {}, {} from {}", head_.method, printable(stated_.url),
                             user_ ? printable(*user_) : "nobody known", client_.to_string());
    return std::move(out_);
  }

 private:
  void wrong(std::string sentence) {
    if (!wrong_.empty()) wrong_ += '\n';
    wrong_ += sentence;
  }

  void read_url() {
    std::string_view rest = stated_.url;
    head_.scheme = "https";
    for (const std::string_view scheme : {"https", "http"}) {
      if (!istarts_with(rest, scheme) || !rest.substr(scheme.size()).starts_with("://")) continue;
      head_.scheme = scheme;
      rest.remove_prefix(scheme.size() + 3);
      break;
    }
    const auto end = std::min(rest.find_first_of("/?"), rest.size());
    const auto authority =
        Authority::parse(rest.substr(0, end), head_.scheme == "https" ? 443 : 80);
    if (!authority) {
      wrong(fmt::format("'{}' is no URL; write https://host/path", printable(stated_.url)));
      return;
    }
    head_.authority = *authority;
    rest.remove_prefix(end);
    rest = rest.substr(0, rest.find('#'));
    head_.path = rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);
  }

  std::optional<IpAddress> address(const std::string& text, std::string_view option) {
    if (text.empty()) return std::nullopt;
    const auto parsed = IpAddress::parse(text);
    if (!parsed) wrong(fmt::format("{} '{}' is no address", option, printable(text)));
    return parsed;
  }

  void read_who() {
    client_ = *IpAddress::parse("127.0.0.1");
    if (const auto from = address(stated_.from, "--from")) client_ = *from;
    destination_ = address(stated_.to, "--to");
    if (!stated_.user.empty()) {
      user_ = discovery::normal_user_name(stated_.user);
      if (!user_) {
        wrong(fmt::format("--user '{}' is no name of a user", printable(stated_.user)));
      } else {
        user_ = now_.users->canonical(*user_);
      }
    } else {
      user_ = now_.users->user_of(client_);
    }
  }

  void read_time() {
    if (stated_.at.empty()) return;
    if (const auto time = parse_rfc3339(stated_.at)) {
      at_ = *time;
    } else {
      wrong(fmt::format("--at '{}' is no time; write 2026-11-26T09:30:00Z", printable(stated_.at)));
    }
  }

  void read_request() {
    has_file_ =
        !stated_.file_name.empty() || !stated_.file_type.empty() || !stated_.file_size.empty();
    head_.method = !stated_.method.empty() ? stated_.method : has_file_ ? "POST" : "GET";
    if (!stated_.activity.empty()) {
      type_ = policy::parse_activity_type(stated_.activity);
      if (!type_) {
        const auto words = policy::activity_type_words();
        const std::string hint = did_you_mean(stated_.activity, {words.begin(), words.end()});
        wrong(fmt::format("--activity '{}' is no activity; {}", printable(stated_.activity),
                          hint.empty() ? fmt::format("one of: {}", fmt::join(words, ", ")) : hint));
      }
    }
    if (!stated_.file_size.empty()) {
      file_size_ = yaml::parse_bytes(stated_.file_size);
      if (!file_size_) {
        wrong(fmt::format("--size '{}' is no size; write 25 MB", printable(stated_.file_size)));
      }
    }
    if (!stated_.status.empty()) {
      status_ = parse_decimal(stated_.status);
      if (!status_ || *status_ < 100 || *status_ > 599) {
        wrong(fmt::format("--status '{}' is no status of a reply", printable(stated_.status)));
      }
    }
    for (const std::string& header : stated_.headers) {
      const auto colon = header.find(':');
      const std::string name(trim(std::string_view(header).substr(0, colon)));
      const std::string value(
          colon == header.npos ? "" : trim(std::string_view(header).substr(colon + 1)));
      if (!head_.headers.add(name, value)) {
        wrong(fmt::format("--header '{}' is no header field", printable(header)));
      }
    }
    if (!stated_.user_agent.empty() && !head_.headers.set("User-Agent", stated_.user_agent)) {
      wrong("--user-agent is no value of a header field");
    }
    if (!stated_.file_type.empty() && !head_.headers.find("Content-Type") &&
        !head_.headers.set("Content-Type", stated_.file_type)) {
      wrong(fmt::format("--type '{}' is no media type", printable(stated_.file_type)));
    }
  }

  void at_connect() {
    const std::string domain(now_.suffixes->registrable(head_.authority.host.text()));
    out_.at_connect = session::known_at_connect(now_, {user_, client_, head_.authority.host, domain,
                                                       head_.authority.port, head_.scheme, at_});
    out_.whole = out_.at_connect;
    if (destination_) out_.whole.destination = now_.facts_of(*destination_);
    // A plain request is judged by its name before the name is resolved; a connection is judged
    // once more when its address is known.
    if (head_.scheme == "https") out_.at_connect.destination = out_.whole.destination;
  }

  void request() {
    Activity& activity = out_.whole;
    activity.point = Point::request;
    activity.method = head_.method;
    activity.path = http::normal_path(head_.path_only());
    activity.query = head_.query();
    // A real request has others than those that were stated.
    if (!stated_.headers.empty()) activity.header_names = session::names_of(head_.headers);
    const discovery::AgentClaims claims = session::agent_claims(head_.headers);
    if (!claims.user_agent.empty()) {
      activity.user_agent = claims.user_agent;
      if (now_.agents != nullptr) activity.agent = now_.agents->classify(claims, at_);
    }
    discovery::classify_path(activity, *now_.catalog, *now_.hand_tags, *now_.noise);
    discovery::classify_request(activity, head_);
    if (type_) {
      activity.type = type_;
    } else if (has_file_ && activity.type != policy::ActivityType::upload) {
      activity.type = policy::ActivityType::upload;
      assumed_upload_ = true;
    }
  }

  void file() {
    if (!has_file_) return;
    policy::FileFacts& file = out_.whole.file.emplace();
    file.name = stated_.file_name;
    const auto dot = file.name.rfind('.');
    if (dot != file.name.npos && dot + 1 < file.name.size()) {
      file.extension = lower(std::string_view(file.name).substr(dot + 1));
    }
    file.type = stated_.file_type;
    file.size = file_size_;
    if (now_.file_names) discovery::tell_name_tags(*now_.file_names, file);
  }

  void reply() {
    if (!status_) return;
    out_.until = Point::response;
    out_.whole.point = Point::response;
    out_.whole.status = static_cast<int>(*status_);
    if (type_ || assumed_upload_) return;
    http::ReplyHead head;
    head.status = static_cast<int>(*status_);
    discovery::classify_reply(out_.whole, head_, head);
  }

  void say_sources() {
    for (const policy::Attribute& attribute : policy::attribute_table()) {
      if (std::holds_alternative<std::monostate>(attribute.get(out_.whole))) continue;
      out_.sources.emplace(attribute.name, kDerived);
    }
    const auto from = [this](std::initializer_list<std::string_view> attributes,
                             std::string_view source) {
      for (const std::string_view one : attributes) {
        if (const auto at = out_.sources.find(one); at != out_.sources.end()) at->second = source;
      }
    };
    from({"host", "path", "port", "scheme", "query"}, kGiven);
    from({"connection.uploaded", "connection.downloaded"}, kAssumed);
    from({"method"}, stated_.method.empty() ? kAssumed : kGiven);
    from({"client.ip"}, stated_.from.empty() ? kAssumed : kGiven);
    from({"time.date", "time.of_day", "time.weekday"}, stated_.at.empty() ? kAssumed : kGiven);
    if (!stated_.user.empty()) from({"user"}, kGiven);
    if (type_) from({"activity"}, kGiven);
    if (assumed_upload_) from({"activity"}, kAssumed);
    from(
        {"destination.ip", "user_agent", "status", "header", "file.name", "file.type", "file.size"},
        kGiven);
  }

  const StatedCase& stated_;
  const session::Snapshot& now_;
  Time at_;
  std::string wrong_;
  http::RequestHead head_;
  IpAddress client_;
  std::optional<IpAddress> destination_;
  std::optional<std::string> user_;
  std::optional<policy::ActivityType> type_;
  std::optional<std::uint64_t> file_size_;
  std::optional<std::uint64_t> status_;
  bool has_file_ = false;
  bool assumed_upload_ = false;
  CaseFacts out_;
};

}  // namespace

Result<CaseFacts> facts_of(const StatedCase& stated, const session::Snapshot& now, Time at) {
  return Case(stated, now, at).read();
}

}  // namespace sallyport::app
