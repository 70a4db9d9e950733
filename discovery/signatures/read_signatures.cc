// From an app's activities.yaml to its signatures, every fault with its place.

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>

#include "base/core/text.h"
#include "base/yaml/reader.h"
#include "discovery/catalog/app_reader.h"
#include "discovery/signatures/app_signatures.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kMaxConditions = 16;
constexpr std::size_t kMaxLines = 32;     // of a request, hosts, an `of`
constexpr std::size_t kMaxText = 1024;    // bytes of a value
constexpr std::size_t kMaxChoices = 512;  // lines of an `of`
constexpr std::array<std::string_view, 6> kSourceKinds = {
    "sdk", "openapi", "public_code", "vendor_documentation", "observed", "common_knowledge"};

bool is_word(std::string_view word, std::span<const std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

std::string one_of(std::span<const std::string_view> words) {
  return fmt::format("one of: {}", fmt::join(words, ", "));
}

}  // namespace

class SignatureReader {
 public:
  SignatureReader(AppSignatures& app, Diagnostics& found) : app_(app), found_(found) {}

  void read_file(const yaml::Node& node) {
    yaml::MapReader map(node, found_, "file");
    read_sources(map);
    default_hosts_ = hosts_of(map, "hosts");
    account_ = map.node("account");
    instance_ = map.node("instance");
    if (const yaml::Node* personal = map.node("personal")) {
      yaml::MapReader inner(*personal, found_, "personal");
      app_.personal_hosts_ = hosts_of(inner, "hosts");
      for (const auto& one : inner.texts("instances")) {
        app_.personal_instances_.push_back(lower(*one));
      }
      std::ranges::sort(app_.personal_instances_);
      inner.finish();
    }
    map.required("activities");
    map.each("activities", [&](const yaml::Node& item) { read_activity(item); });
    find_also();
    map.finish();
    if (app_.signatures_.size() > AppSignatures::kMost) {
      found_.error(node.place, fmt::format("more than {} activities", AppSignatures::kMost));
    }
  }

 private:
  void read_sources(yaml::MapReader& map) {
    map.required("sources");
    map.each("sources", [&](const yaml::Node& item) {
      yaml::MapReader source(item, found_, "source");
      if (source.required("kind")) {
        source.word("kind", {kSourceKinds.begin(), kSourceKinds.end()});
      }
      source.text("name");
      source.text("note");
      const auto date = source.required_text("date");
      if (source.has("date") && date->size() != 10) {
        found_.error(date.place, fmt::format("'{}' is no date", *date), "such as 2026-11-26");
      }
      source.finish();
    });
  }

  void read_activity(const yaml::Node& node) {
    yaml::MapReader map(node, found_, "activity");
    Signature signature;
    now_ = &signature;
    variables_.clear();
    signature.place = node.place;
    signature.rank = app_.signatures_.size();
    const auto id = map.required_text("id");
    if (map.has("id") && !is_catalog_word(*id)) {
      found_.error(id.place, fmt::format("'{}' is no id of an activity", *id),
                   "letters a to z, digits and '_'");
    }
    if (!ids_.insert(*id).second) {
      found_.error(id.place, fmt::format("the file has an activity '{}' already", *id));
    }
    signature.id = app_.app() + '/' + *id;
    signature.note = *map.text("note");
    signature.checked = map.boolean("checked", true);
    signature.personal = map.boolean("personal", false);
    signature.hosts = hosts_of(map, "hosts");
    if (signature.hosts.empty()) signature.hosts = default_hosts_;
    for (const HostPattern& host : signature.hosts) variables_.insert(host.variable());
    read_requests(map, signature);
    read_conditions(map, signature.conditions);
    signature.asks_operation = std::ranges::any_of(signature.conditions, [](const Condition& one) {
      return draws_on(one.value, ValueSource::operation);
    });
    read_meaning(map, signature);
    map.finish();
    // What the top says for all: of an activity it can have only what that binds and reads anyway.
    for_all_ = true;
    if (signature.account.empty() && account_ != nullptr) signature.account = value(*account_, {});
    if (signature.instance.empty() && instance_ != nullptr) {
      signature.instance = value(*instance_, {});
    }
    for_all_ = false;
    check_needs(signature);
    now_ = nullptr;
    app_.signatures_.push_back(std::move(signature));
  }

  std::vector<HostPattern> hosts_of(yaml::MapReader& map, std::string_view key) {
    std::vector<HostPattern> hosts;
    for (const auto& written : map.texts(key)) {
      auto host = HostPattern::parse(*written);
      if (!host) {
        found_.error(written.place, host.error(),
                     "such as api.example.com, *.example.com or {tenant}.example.com");
        continue;
      }
      hosts.push_back(std::move(*host));
    }
    if (hosts.size() > kMaxLines) {
      found_.error(map.place(), fmt::format("more than {} hosts", kMaxLines));
    }
    return hosts;
  }

  void read_requests(yaml::MapReader& map, Signature& signature) {
    map.required("request");
    for (const auto& written : map.texts("request")) {
      const std::size_t blank = written->find(' ');
      if (blank == std::string::npos) {
        found_.error(written.place, fmt::format("'{}' is no request", *written),
                     "METHOD /path, such as POST /files/{id}/share");
        continue;
      }
      RequestLine line;
      const std::string_view text = *written;
      for (const std::string_view method : split(text.substr(0, blank), ',')) {
        if (method == "*") continue;
        const bool plain = !method.empty() && std::ranges::all_of(method, [](char c) {
          return (c >= 'A' && c <= 'Z') || c == '-';
        });
        if (!plain) {
          found_.error(written.place, fmt::format("'{}' is no method", method),
                       "in capital letters, several with commas between them, or *");
        }
        line.methods.emplace_back(method);
      }
      auto path = PathPattern::parse(trim(text.substr(blank)));
      if (!path) {
        found_.error(written.place, path.error());
        continue;
      }
      line.path = std::move(*path);
      for (const std::string_view name : line.path.variables()) variables_.emplace(name);
      signature.requests.push_back(std::move(line));
    }
    if (signature.requests.size() > kMaxLines) {
      found_.error(map.place(), fmt::format("more than {} requests", kMaxLines));
    }
  }

  // {"{query.a}": [x, y], "{body.b}": {not: z}}
  void read_where(const yaml::Node& node, std::vector<Condition>& conditions) {
    if (node.kind != yaml::Node::Kind::map) {
      found_.error(node.place, "'where' is a mapping", "where: {\"{query.kind}\": file}");
      return;
    }
    for (const yaml::Node::Entry& entry : node.entries) {
      Condition condition;
      condition.test = Condition::Test::one_of;
      condition.value = text_value(entry.first);
      const yaml::Node* patterns = &entry.second;
      if (patterns->kind == yaml::Node::Kind::map) {
        yaml::MapReader inner(*patterns, found_, "condition");
        condition.test = Condition::Test::none_of;
        patterns = inner.required("not");
        inner.finish();
      }
      if (patterns == nullptr) continue;
      for (const auto& one : yaml::as_texts(*patterns, found_, "condition")) {
        condition.patterns.push_back(lower(*one));
      }
      conditions.push_back(std::move(condition));
    }
  }

  void read_conditions(yaml::MapReader& map, std::vector<Condition>& conditions) {
    if (const yaml::Node* where = map.node("where")) read_where(*where, conditions);
    const auto there = [&](std::string_view key, Condition::Test test) {
      for (const auto& written : map.texts(key)) {
        Condition condition;
        condition.value = text_value(written);
        condition.test = test;
        conditions.push_back(std::move(condition));
      }
    };
    there("present", Condition::Test::present);
    there("absent", Condition::Test::absent);
    if (conditions.size() > kMaxConditions) {
      found_.error(map.place(), fmt::format("more than {} conditions", kMaxConditions));
    }
  }

  void read_meaning(yaml::MapReader& map, Signature& signature) {
    map.required("verb");
    signature.verb = value_of(map, "verb", policy::activity_type_words());
    refuse_login_failed(signature.verb);
    if (signature.verb.draws == set_of(ValueSource::literal) && !signature.verb.texts.empty()) {
      signature.type = policy::parse_activity_type(signature.verb.texts.front().front().name);
    }
    constexpr std::array<std::string_view, 2> kBoolean = {"true", "false"};
    signature.admin = value_of(map, "admin", kBoolean);
    signature.app = *map.text("app");
    group(map, "object", [&](yaml::MapReader& object) {
      signature.object_kind = value_of(object, "kind", policy::object_kind_words());
      signature.object_id = value_of(object, "id");
      signature.object_name = value_of(object, "name");
      signature.object_parent = value_of(object, "parent");
    });
    group(map, "target", [&](yaml::MapReader& target) {
      signature.target_email = value_of(target, "email");
      signature.target_domain = value_of(target, "domain");
      signature.target_user = value_of(target, "user");
      signature.target_group = value_of(target, "group");
      signature.target_link = value_of(target, "link", policy::target_link_words());
      signature.target_role = value_of(target, "role");
    });
    signature.account = value_of(map, "account");
    signature.instance = value_of(map, "instance");
    group(map, "file", [&](yaml::MapReader& file) {
      signature.file_name = value_of(file, "name");
      signature.file_size = value_of(file, "size");
      signature.file_type = value_of(file, "type");
    });
    read_content(map, signature);
    constexpr std::array<std::string_view, 2> kWritten = {"base64", "text"};
    signature.content_as = value_of(map, "content_as", kWritten);
    group(map, "prompt", [&](yaml::MapReader& prompt) {
      signature.model = value_of(prompt, "model");
      signature.conversation = value_of(prompt, "conversation");
      prompt.node("text");  // What is asked is not kept.
    });
    group(map, "consent", [&](yaml::MapReader& consent) {
      signature.consent_client = value_of(consent, "client");
      signature.consent_name = value_of(consent, "name");
      signature.consent_scopes = value_of(consent, "scopes");
      signature.consent_redirect = value_of(consent, "redirect");
    });
    group(map, "transfer", [&](yaml::MapReader& inner) {
      TransferRule rule;
      inner.required("step");
      const auto words = policy::transfer_step_words();
      if (const auto step = inner.word("step", {words.begin(), words.end()})) {
        rule.step = words[*step];
      }
      inner.required("session");
      rule.session = value_of(inner, "session");
      rule.offset = value_of(inner, "offset");
      rule.number = value_of(inner, "number");
      rule.size = value_of(inner, "size");
      rule.last = value_of(inner, "last");
      rule.parts = value_of(inner, "parts");
      rule.carries = inner.boolean("carries", false);
      rule.open = inner.boolean("open", false);
      signature.transfer = std::move(rule);
    });
    group(map, "batch", [&](yaml::MapReader& inner) {
      BatchRule rule;
      if (inner.has("multipart")) {
        inner.word("multipart", {"http"});
        rule.multipart = true;
      } else {
        rule.each = read_each(inner);
        rule.plain = !inner.has("method") && !inner.has("url") && !inner.has("body");
        rule.method = *inner.text("method", "method");
        rule.url = *inner.text("url", "url");
        rule.body = *inner.text("body", "body");
      }
      signature.batch = std::move(rule);
    });
    map.each("outcome", [&](const yaml::Node& item) { read_outcome(item, signature); });
    map.each("also", [&](const yaml::Node& item) { read_also(item, signature); });
  }

  void read_content(yaml::MapReader& map, Signature& signature) {
    const auto content = map.text("content");
    if (content->empty()) return;
    using Content = Signature::Content;
    if (*content == "body") {
      signature.content = Content::body;
    } else if (*content == "form") {
      signature.content = Content::form;
    } else if (*content == "related") {
      signature.content = Content::related;
    } else if (*content == "none") {
      signature.content = Content::none;
    } else if (content->starts_with('{')) {
      signature.content = Content::in_json;
      signature.content_value = text_value(content);
    } else {
      found_.error(content.place, fmt::format("'{}' is no place of an upload's bytes", *content),
                   "body, form, related, none, or a value in JSON such as \"{body.content}\"");
    }
  }

  void read_also(const yaml::Node& node, Signature& signature) {
    yaml::MapReader map(node, found_, "also");
    Signature::Also also;
    const auto as = map.required_text("as");
    also.as = *as;
    if (map.has("each")) also.each = read_each(map);
    map.finish();
    signature.reads_body = true;
    also_.push_back({as, app_.signatures_.size(), signature.also.size()});
    signature.also.push_back(std::move(also));
  }

  // What a signature is beside itself stands anywhere in the file.
  void find_also() {
    for (const Beside& one : also_) {
      const auto named =
          std::ranges::find(app_.signatures_, app_.app() + '/' + *one.as, &Signature::id);
      if (named == app_.signatures_.end() || one.of >= app_.signatures_.size()) {
        found_.error(one.as.place, fmt::format("the file has no activity '{}'", *one.as),
                     did_you_mean(*one.as, {ids_.begin(), ids_.end()}));
        continue;
      }
      app_.signatures_[one.of].also[one.index].signature =
          static_cast<std::size_t>(named - app_.signatures_.begin());
    }
  }

  // "body.requests[]": where the elements stand.
  std::string read_each(yaml::MapReader& map) {
    const auto each = map.required_text("each");
    std::string path = each->starts_with("body.")   ? each->substr(5)
                       : each->starts_with("body[") ? each->substr(4)
                                                    : std::string();
    if (!path.ends_with("[]") || std::ranges::count(path, '[') > 1 || !JsonSelection().add(path)) {
      found_.error(each.place, fmt::format("'{}' is no list in a body", *each),
                   "such as body.requests[]");
    }
    return path;
  }

  void read_outcome(const yaml::Node& node, Signature& signature) {
    yaml::MapReader map(node, found_, "outcome");
    OutcomeRule rule;
    for (const auto& status : map.texts("status")) {
      const auto number = parse_decimal(*status);
      if (number && *number >= 100 && *number <= 599) {
        rule.statuses.emplace_back(*number, *number);
      } else if (status->size() == 3 && (*status)[0] >= '1' && (*status)[0] <= '5' &&
                 lower(status->substr(1)) == "xx") {
        const int first = ((*status)[0] - '0') * 100;
        rule.statuses.emplace_back(first, first + 99);
      } else {
        found_.error(status.place, fmt::format("'{}' is no status", *status), "such as 401 or 4xx");
      }
    }
    read_conditions(map, rule.where);
    const auto words = policy::outcome_words();
    map.required("is");
    if (const auto word = map.word("is", {words.begin(), words.end()})) rule.is = words[*word];
    map.finish();
    signature.outcome.push_back(std::move(rule));
  }

  template <class Read>
  void group(yaml::MapReader& map, std::string_view key, Read read) {
    const yaml::Node* node = map.node(key);
    if (node == nullptr) return;
    yaml::MapReader inner(*node, found_, key);
    read(inner);
    inner.finish();
  }

  Value value_of(yaml::MapReader& map, std::string_view key,
                 std::span<const std::string_view> words = {}) {
    const yaml::Node* node = map.node(key);
    return node == nullptr ? Value() : value(*node, words);
  }

  Value value(const yaml::Node& node, std::span<const std::string_view> words) {
    if (node.find("all") != nullptr && node.entries.size() == 1) {
      Value all = value(*node.find("all"), words);
      all.together = true;
      return all;
    }
    if (node.kind == yaml::Node::Kind::map) return choice(node, words);
    Value read;
    read.place = node.place;
    for (const auto& written : yaml::as_texts(node, found_, "value")) {
      Value one = text_value(written);
      read.draws |= one.draws;
      for (Value::Text& text : one.texts) {
        check_word(text, written, words);
        read.texts.push_back(std::move(text));
      }
    }
    return read;
  }

  Value choice(const yaml::Node& node, std::span<const std::string_view> words) {
    Value read;
    read.place = node.place;
    auto choice = std::make_shared<Value::Choice>();
    for (const yaml::Node::Entry& entry : node.entries) {
      if (*entry.first == "of") {
        choice->of = value(entry.second, {});
        read.draws |= choice->of.draws;
        continue;
      }
      choice->lines.push_back({lower(*entry.first), value(entry.second, words)});
      read.draws |= choice->lines.back().value.draws;
    }
    if (choice->of.empty()) {
      found_.error(node.place, "a value by cases needs 'of'",
                   "such as {of: \"{body.action}\", trash: delete, \"*\": other}");
    }
    if (choice->lines.size() > kMaxChoices) {
      found_.error(node.place, fmt::format("more than {} lines", kMaxChoices));
    }
    read.choice = std::move(choice);
    return read;
  }

  Value text_value(const Spanned<std::string>& written) {
    Value read;
    read.place = written.place;
    if (written->size() > kMaxText) {
      found_.error(written.place, fmt::format("a value longer than {} bytes", kMaxText));
      return read;
    }
    auto text = parse_value_text(written, found_);
    if (!text) return read;
    for (ValuePiece& piece : *text) {
      if (piece.source == ValueSource::variable && !variables_.contains(piece.name) && !for_all_) {
        found_.error(written.place,
                     fmt::format("no host and no path has a variable '{}'", piece.name),
                     did_you_mean(piece.name, {variables_.begin(), variables_.end()}));
      }
      const bool body = piece.source == ValueSource::body ||
                        piece.source == ValueSource::operation || piece.source == ValueSource::raw;
      const bool reply = piece.source == ValueSource::reply;
      const bool token = piece.source == ValueSource::token;
      if (piece.source == ValueSource::body || reply || token) {
        JsonSelection& paths = reply   ? now_->reply_paths
                               : token ? now_->token_paths
                                       : now_->body_paths;
        const auto added = paths.add(piece.name);
        if (added) piece.path = *added;
      }
      read.draws |= set_of(piece.source);
      now_->tells_by_reply_head = now_->tells_by_reply_head ||
                                  piece.source == ValueSource::reply_header ||
                                  piece.source == ValueSource::status;
      if (for_all_) continue;
      now_->reads_body = now_->reads_body || body;
      now_->reads_reply = now_->reads_reply || reply;
    }
    read.texts.push_back(std::move(*text));
    return read;
  }

  // A value that is one of a list's words, where nothing of it comes from the exchange.
  void check_word(const Value::Text& text, const Spanned<std::string>& written,
                  std::span<const std::string_view> words) {
    if (words.empty() || is_word(*written, words)) return;
    const bool plain = std::ranges::all_of(
        text, [](const ValuePiece& one) { return one.source == ValueSource::literal; });
    if (!plain) return;
    std::string hint = did_you_mean(*written, {words.begin(), words.end()});
    found_.error(written.place, fmt::format("'{}' is not among the words here", *written),
                 hint.empty() ? one_of(words) : hint);
  }

  void refuse_login_failed(const Value& verb) {
    for (const Value::Text& text : verb.texts) {
      if (text.size() == 1 && text[0].name == "login_failed") {
        found_.error(verb.place, "'login_failed' is never written",
                     "write login, and 'outcome' where the app tells it otherwise than by status");
      }
    }
  }

  // An object without a kind is one that no policy can name.
  void check_needs(const Signature& signature) {
    const bool object = !signature.object_id.empty() || !signature.object_name.empty() ||
                        !signature.object_parent.empty();
    if (object && signature.object_kind.empty()) {
      found_.error(signature.place, "an object needs its kind",
                   one_of(policy::object_kind_words()));
    }
  }

  AppSignatures& app_;
  Diagnostics& found_;
  std::vector<HostPattern> default_hosts_;
  std::set<std::string, std::less<>> ids_;
  std::set<std::string_view, std::less<>> variables_;
  Signature* now_ = nullptr;
  const yaml::Node* account_ = nullptr;
  const yaml::Node* instance_ = nullptr;
  bool for_all_ = false;  // reading what the top says
  struct Beside {
    Spanned<std::string> as;
    std::size_t of = 0;     // of all signatures
    std::size_t index = 0;  // of what that one is beside itself
  };
  std::vector<Beside> also_;
};

Checked<std::shared_ptr<const AppSignatures>> AppSignatures::read(const yaml::Node& node,
                                                                  std::string app,
                                                                  Diagnostics& warnings) {
  auto read = std::make_shared<AppSignatures>();
  read->app_ = std::move(app);
  Diagnostics found;
  SignatureReader(*read, found).read_file(node);
  if (found.has_errors()) return std::unexpected(std::move(found));
  warnings.append(std::move(found));
  read->index();
  return read;
}

}  // namespace sallyport::discovery
