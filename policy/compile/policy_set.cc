// A set of policies as one text:
//
//   sallyport policies 1
//   mode enforce
//   zone 13
//   Europe/Vienna
//   policies 26 1234             a file: the bytes of its name and of its text, which follow
//   conf/policies/starter.yaml...
//   templates 20 99
//   ...
//   list 5 26 17                 the name that policies use, then as above
//   pasteconf/policies/lists/paste.txt...
//   end
//
// Files stand in the order in which they are compiled, each text followed by a newline of its own.

#include "policy/compile/policy_set.h"

#include <optional>
#include <vector>

#include "base/core/text.h"

namespace sallyport::policy {
namespace {

constexpr std::string_view kFirst = "sallyport policies 1\n";

void add_file(std::string& out, std::string_view word, const SourcePtr& file) {
  out += word;
  out += ' ' + std::to_string(file->name.size()) + ' ' + std::to_string(file->text.size()) + '\n';
  out += file->name + file->text + '\n';
}

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  Result<KeptPolicies> read() {
    KeptPolicies set;
    if (!take(kFirst)) return refused("it begins otherwise");
    if (take("mode enforce\n")) {
      set.options.mode = Mode::enforce;
    } else if (take("mode rehearse\n")) {
      set.options.mode = Mode::rehearse;
    } else {
      return refused("it has no mode");
    }
    const auto zone = line("zone", 1);
    if (!zone || !bytes((*zone)[0], set.options.zone) || !take("\n")) {
      return refused("it has no zone");
    }
    while (!take("end\n")) {
      if (!file(set)) return refused("a file in it is not whole");
    }
    if (!rest_.empty()) return refused("something stands behind its end");
    return set;
  }

 private:
  static std::unexpected<Error> refused(const std::string& why) {
    return fail(ErrorKind::invalid, Side::ours, "this is no set of policies: " + why);
  }

  bool take(std::string_view wanted) {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(wanted.size());
    return true;
  }

  // "word 12 34\n": its numbers.
  std::optional<std::vector<std::size_t>> line(std::string_view word, std::size_t count) {
    const auto end = rest_.substr(0, 128).find('\n');
    if (end == rest_.npos) return std::nullopt;
    const auto parts = split(rest_.substr(0, end), ' ');
    if (parts.size() != count + 1 || parts[0] != word) return std::nullopt;
    std::vector<std::size_t> numbers;
    for (std::size_t i = 1; i < parts.size(); ++i) {
      const auto number = parse_decimal(parts[i]);
      if (!number || *number > kMostPolicySet) return std::nullopt;
      numbers.push_back(*number);
    }
    rest_.remove_prefix(end + 1);
    return numbers;
  }

  bool bytes(std::size_t count, std::string& to) {
    if (rest_.size() < count) return false;
    to = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return true;
  }

  bool file(KeptPolicies& set) {
    for (const auto& [word, to] : {std::pair{"policies", &set.sources.policies},
                                   std::pair{"templates", &set.sources.templates}}) {
      const auto sizes = line(word, 2);
      if (!sizes) continue;
      Source source;
      if (!bytes((*sizes)[0], source.name) || !bytes((*sizes)[1], source.text)) return false;
      to->push_back(std::make_shared<const Source>(std::move(source)));
      return take("\n");
    }
    const auto sizes = line("list", 3);
    std::string name;
    Source source;
    if (!sizes || !bytes((*sizes)[0], name) || !bytes((*sizes)[1], source.name) ||
        !bytes((*sizes)[2], source.text)) {
      return false;
    }
    const bool fresh =
        set.sources.lists
            .emplace(std::move(name), std::make_shared<const Source>(std::move(source)))
            .second;
    return fresh && take("\n");
  }

  std::string_view rest_;
};

}  // namespace

std::string write_policy_set(const KeptPolicies& set) {
  std::string out(kFirst);
  out += "mode " + std::string(to_string(set.options.mode)) + '\n';
  out += "zone " + std::to_string(set.options.zone.size()) + '\n' + set.options.zone + '\n';
  for (const SourcePtr& file : set.sources.policies) add_file(out, "policies", file);
  for (const SourcePtr& file : set.sources.templates) add_file(out, "templates", file);
  for (const auto& [name, file] : set.sources.lists) {
    out += "list " + std::to_string(name.size()) + ' ' + std::to_string(file->name.size()) + ' ' +
           std::to_string(file->text.size()) + '\n' + name + file->name + file->text + '\n';
  }
  return out + "end\n";
}

Result<KeptPolicies> read_policy_set(std::string_view text) {
  if (text.size() > kMostPolicySet) {
    return fail(ErrorKind::limit, Side::ours, "this set of policies is larger than it may be");
  }
  return Reader(text).read();
}

}  // namespace sallyport::policy
