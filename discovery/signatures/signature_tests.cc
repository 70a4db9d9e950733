#include "discovery/signatures/signature_tests.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <set>

#include "base/core/text.h"
#include "base/json/writer.h"
#include "base/yaml/reader.h"
#include "discovery/classify/classify.h"
#include "discovery/classify/file_facts.h"
#include "discovery/signatures/apply.h"
#include "discovery/signatures/value_steps.h"
#include "policy/activity/attribute_table.h"

namespace sallyport::discovery {
namespace {

using policy::Activity;

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// YAML as the JSON that it stands for: what is not quoted and reads as a number, true, false or
// null is one.
void write_json(JsonWriter& json, const yaml::Node& node) {
  switch (node.kind) {
    case yaml::Node::Kind::null:
      json.null();
      return;
    case yaml::Node::Kind::scalar:
      if (!node.quoted && (node.text == "true" || node.text == "false")) {
        json.boolean(node.text == "true");
      } else if (!node.quoted && node.text == "null") {
        json.null();
      } else if (const auto whole = parse_number<std::int64_t>(node.text); whole && !node.quoted) {
        json.number(*whole);
      } else if (const auto part = parse_number<double>(node.text); part && !node.quoted) {
        json.number(*part);
      } else {
        json.string(node.text);
      }
      return;
    case yaml::Node::Kind::list:
      json.begin_array();
      for (const yaml::Node& item : node.items) write_json(json, item);
      json.end_array();
      return;
    case yaml::Node::Kind::map:
      json.begin_object();
      for (const yaml::Node::Entry& entry : node.entries) {
        json.key(*entry.first);
        write_json(json, entry.second);
      }
      json.end_object();
      return;
  }
}

std::string to_json(const yaml::Node& node) {
  std::string out;
  JsonWriter json(out);
  write_json(json, node);
  return out;
}

std::string encode_form(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_alpha(c) || is_digit(c) || c == '-' || c == '_' || c == '.') {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

// As an expectation writes it: a text, or several.
std::vector<std::string> show(const policy::Value& value) {
  struct Show {
    std::vector<std::string> operator()(std::monostate) const { return {}; }
    std::vector<std::string> operator()(std::int64_t number) const {
      return {std::to_string(number)};
    }
    std::vector<std::string> operator()(std::string_view text) const { return {std::string(text)}; }
    std::vector<std::string> operator()(std::span<const std::string> texts) const {
      return {texts.begin(), texts.end()};
    }
    std::vector<std::string> operator()(const IpAddress& address) const {
      return {address.to_string()};
    }
  };
  return std::visit(Show(), value);
}

std::string shown(const std::vector<std::string>& values) {
  if (values.empty()) return "nothing";
  return fmt::format("'{}'", printable(fmt::format("{}", fmt::join(values, "', '"))));
}

class TestFile {
 public:
  TestFile(std::string_view app, const SignatureBook& book, const Catalog& catalog,
           Diagnostics& found)
      : app_(app), book_(book), catalog_(catalog), found_(found) {}

  SignatureTestReport run(const yaml::Node& node) {
    yaml::MapReader map(node, found_, "file");
    map.required("tests");
    map.each("tests", [&](const yaml::Node& item) { run_test(item); });
    map.finish();
    const AppSignatures* signatures = app_ == "generic" ? book_.generic() : book_.find(app_);
    if (signatures != nullptr) {
      report_.signatures = signatures->all().size();
      for (const Signature& one : signatures->all()) {
        // Of a batch the activities inside are seen.
        if (!one.batch && !proven_.contains(one.id)) report_.unproven.push_back(one.id);
      }
    }
    return std::move(report_);
  }

 private:
  // The body and its media type, by the key that writes it.
  struct Body {
    std::string text;
    std::string type;
  };

  void run_test(const yaml::Node& item) {
    const std::size_t errors = found_.errors();
    yaml::MapReader map(item, found_, "test");
    map.required_text("name");
    map.text("note");
    http::RequestHead head;
    read_request(map, head);
    const Body body = read_body(map);
    if (!body.type.empty() && !head.headers.has("Content-Type")) {
      head.headers.set("Content-Type", body.type);
    }
    std::optional<http::ReplyHead> reply;
    Body reply_body;
    if (const yaml::Node* node = map.node("reply")) {
      yaml::MapReader inner(*node, found_, "reply");
      reply.emplace().status = static_cast<int>(inner.integer("status", 200, 100, 599));
      read_headers(inner, reply->headers);
      reply_body = read_body(inner);
      if (!reply_body.type.empty() && !reply->headers.has("Content-Type")) {
        reply->headers.set("Content-Type", reply_body.type);
      }
      inner.finish();
    }
    const yaml::Node* expect = map.required("expect");
    map.finish();
    ++report_.tests;
    if (expect != nullptr && found_.errors() == errors) {
      judge(*expect, see(head, body.text, reply ? &*reply : nullptr, reply_body.text));
    }
    if (found_.errors() != errors) ++report_.failed;
  }

  void read_request(yaml::MapReader& map, http::RequestHead& head) {
    const auto written = map.required_text("request");
    const std::string_view text = *written;
    const std::size_t blank = text.find(' ');
    const std::string_view url = blank == text.npos ? std::string_view() : trim(text.substr(blank));
    std::string_view rest = url;
    for (const std::string_view scheme : {"https://", "http://"}) {
      if (rest.starts_with(scheme)) {
        head.scheme = scheme.substr(0, scheme.size() - 3);
        rest.remove_prefix(scheme.size());
        break;
      }
    }
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const auto host = Host::parse(rest.substr(0, slash));
    if (head.scheme.empty() || !host) {
      found_.error(written.place, fmt::format("'{}' is no request", *written),
                   "METHOD and address, such as GET https://api.example.com/files?limit=1");
      return;
    }
    head.method = text.substr(0, blank);
    head.authority.host = *host;
    head.authority.port = head.scheme == "https" ? 443 : 80;
    head.path = slash == rest.size() ? "/" : std::string(rest.substr(slash));
    read_headers(map, head.headers);
  }

  void read_headers(yaml::MapReader& map, http::Headers& headers) {
    const yaml::Node* node = map.node("headers");
    if (node == nullptr) return;
    for (const yaml::Node::Entry& entry : node->entries) {
      if (!headers.add(*entry.first, entry.second.text)) {
        found_.error(entry.first.place, fmt::format("'{}' is no field", *entry.first));
      }
    }
  }

  Body read_body(yaml::MapReader& map) {
    Body body;
    if (const yaml::Node* json = map.node("json")) {
      body = {to_json(*json), "application/json"};
    } else if (const yaml::Node* form = map.node("form")) {
      body.type = "application/x-www-form-urlencoded";
      for (const yaml::Node::Entry& entry : form->entries) {
        if (!body.text.empty()) body.text += '&';
        body.text += encode_form(*entry.first) + '=' + encode_form(entry.second.text);
      }
    }
    if (const auto text = map.text("body"); !text->empty()) body.text = *text;
    if (const auto text = map.text("base64"); !text->empty()) body.text = decode_any_base64(*text);
    return body;
  }

  std::vector<Activity> see(const http::RequestHead& head, const std::string& body,
                            const http::ReplyHead* reply, const std::string& reply_body) {
    Activity activity;
    activity.point = policy::Point::download;
    activity.host = head.authority.host.text();
    activity.method = head.method;
    activity.path = head.path_only();
    classify_request(activity, head);
    classify_path(activity, catalog_);
    if (activity.type == policy::ActivityType::upload) {
      activity.file = uploaded_file(head, body.size());
    }
    std::vector<Activity> seen;
    const AppSignatures* signatures =
        book_.for_app(activity.app ? std::string_view(activity.app->id) : std::string_view());
    if (signatures != nullptr) {
      Recognition recognition(*signatures, head, activity.host, *activity.path);
      recognition.read_request(
          recognition.wants_body() ? std::string_view(body) : std::string_view(), true);
      if (reply != nullptr) recognition.read_reply(reply->status, reply->headers, reply_body);
      for (const Recognised& one : recognition.activities()) {
        Activity& added = seen.emplace_back(activity);
        if (one.type == policy::ActivityType::upload && !added.file) {
          added.file = uploaded_file(head, body.size());
        }
        if (one.type == policy::ActivityType::download && reply != nullptr) {
          added.file = downloaded_file(head, *reply, reply_body.size());
        }
        apply(one, catalog_, {}, added);
      }
    }
    if (seen.empty()) {
      if (reply != nullptr) {
        activity.status = reply->status;
        classify_reply(activity, head, *reply);
      }
      seen.push_back(std::move(activity));
    }
    return seen;
  }

  void judge(const yaml::Node& expect, const std::vector<Activity>& seen) {
    if (expect.kind == yaml::Node::Kind::list) {
      if (expect.items.size() != seen.size()) {
        found_.error(expect.place, fmt::format("{} activities were seen, not {}", seen.size(),
                                               expect.items.size()));
        return;
      }
      for (std::size_t i = 0; i < seen.size(); ++i) judge_one(expect.items[i], seen[i]);
      return;
    }
    const yaml::Node* never = expect.find("not");
    if (never == nullptr) {
      judge_one(expect, seen.front());
      return;
    }
    for (const Activity& one : seen) {
      const bool all = !never->entries.empty() &&
                       std::ranges::all_of(never->entries, [&](const yaml::Node::Entry& entry) {
                         return holds(entry, one, nullptr);
                       });
      if (all) found_.error(never->place, "this is what was seen" + by(one));
    }
  }

  // " (by dropbox/upload)"
  static std::string by(const Activity& activity) {
    if (!activity.details) return {};
    return fmt::format(" (by {})", activity.details->signature);
  }

  void judge_one(const yaml::Node& expect, const Activity& seen) {
    if (expect.kind != yaml::Node::Kind::map) {
      found_.error(expect.place, "an expectation is a mapping of facts");
      return;
    }
    bool all = true;
    for (const yaml::Node::Entry& entry : expect.entries) {
      std::string was;
      if (holds(entry, seen, &was)) continue;
      all = false;
      if (!was.empty()) {
        found_.error(entry.second.place, fmt::format("'{}' is {}{}", *entry.first, was, by(seen)));
      }
    }
    if (all && seen.details) proven_.insert(seen.details->signature);
  }

  // `was`: what stands there instead; "" where the expectation itself is faulty, which is reported.
  bool holds(const yaml::Node::Entry& entry, const Activity& seen, std::string* was) {
    std::string name = *entry.first;
    if (name == "admin") name = "activity.admin";
    const policy::Attribute* attribute = policy::find_attribute(name);
    if (attribute == nullptr) {
      std::vector<std::string_view> names;
      for (const policy::Attribute& one : policy::attribute_table()) names.push_back(one.name);
      found_.error(entry.first.place, fmt::format("unknown fact '{}'", name),
                   did_you_mean(name, names));
      return false;
    }
    std::vector<std::string> wanted;
    for (const auto& one : yaml::as_texts(entry.second, found_, name)) {
      if (!one->empty() && *one != "none") wanted.push_back(*one);
    }
    std::vector<std::string> have = show(attribute->get(seen));
    if (name == "signature") {
      for (std::string& one : wanted) {
        if (one.find('/') == std::string::npos) one = std::string(app_) + '/' + one;
      }
    }
    if (was != nullptr) *was = shown(have);
    std::ranges::sort(wanted);
    std::ranges::sort(have);
    return std::ranges::equal(wanted, have,
                              [](const auto& a, const auto& b) { return iequals(a, b); });
  }

  std::string_view app_;
  const SignatureBook& book_;
  const Catalog& catalog_;
  Diagnostics& found_;
  SignatureTestReport report_;
  std::set<std::string, std::less<>> proven_;
};

}  // namespace

SignatureTestReport run_signature_tests(const yaml::Node& file, std::string_view app,
                                        const SignatureBook& book, const Catalog& catalog,
                                        Diagnostics& found) {
  return TestFile(app, book, catalog, found).run(file);
}

}  // namespace sallyport::discovery
