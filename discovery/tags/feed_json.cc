// JSON documents and lines, walked once from front to back. The paths that still fit are the bits
// of a mask that is narrowed on the way down; where none is left, the value is passed over.

#include <algorithm>

#include "base/core/text.h"
#include "base/json/cursor.h"
#include "discovery/tags/feed_intake.h"

namespace sallyport::discovery {
namespace {

using Kind = JsonCursor::Kind;
using Mask = std::uint32_t;
static_assert(kMaxPaths <= 32);

constexpr std::size_t kMaxSteps = 16;

// AWS, Google, Azure, Cloudflare, Fastly, GitHub.
constexpr std::string_view kKnownObjects[] = {
    "/prefixes/*/ip_prefix",
    "/ipv6_prefixes/*/ipv6_prefix",
    "/prefixes/*/ipv4Prefix",
    "/prefixes/*/ipv6Prefix",
    "/values/*/properties/addressPrefixes/*",
    "/result/ipv4_cidrs/*",
    "/result/ipv6_cidrs/*",
    "/addresses/*",
    "/ipv6_addresses/*",
    "/hooks/*",
    "/web/*",
    "/api/*",
    "/git/*",
    "/actions/*",
    "/pages/*",
    "/copilot/*",
    "/prefixes/*",
};
// Microsoft 365, and lists of texts.
constexpr std::string_view kKnownLists[] = {"/*/ips/*", "/*/urls/*", "/*"};
// Spamhaus and its like.
constexpr std::string_view kKnownLines[] = {"/cidr", "/ip", "/prefix", "/network"};

template <std::size_t N>
std::vector<FeedPath> known(const std::string_view (&texts)[N]) {
  std::vector<FeedPath> paths;
  for (const std::string_view text : texts) paths.push_back(*FeedPath::parse(text));
  return paths;
}

// Seconds or milliseconds since 1970: AWS and Spamhaus count the former, Google the latter.
std::optional<Time> parse_epoch(std::string_view text) {
  constexpr std::uint64_t kFirstMilliseconds = 100'000'000'000;  // The year 5138 in seconds.
  const auto value = parse_decimal(text);
  if (!value || *value >= 1000 * kFirstMilliseconds) return std::nullopt;
  if (*value >= kFirstMilliseconds) return Time(std::chrono::milliseconds(*value));
  return Time(std::chrono::seconds(*value));
}

class JsonWalk {
 public:
  // `first_line`: the number of the line on which `text` begins.
  JsonWalk(std::string_view text, std::size_t first_line, const std::vector<FeedPath>& paths,
           FeedIntake& intake)
      : text_(text), first_line_(first_line), paths_(paths), intake_(intake), cursor_(text) {}

  // False where the text is no JSON from some place on, which is counted as bad.
  bool run() {
    const Mask all = paths_.size() == 32 ? ~Mask{0} : (Mask{1} << paths_.size()) - 1;
    if ((value(0, all) && cursor_.at_end()) || intake_.full()) return true;
    const std::string_view rest = text_.substr(text_.size() - cursor_.left());
    intake_.bad(line(), rest.substr(0, rest.find('\n')));
    return false;
  }

  bool took() const { return took_; }
  bool is_metadata() const { return metadata_; }

 private:
  std::size_t line() const {
    if (!intake_.shows_next_bad()) return 0;  // Nobody will see it.
    const std::size_t read = text_.size() - cursor_.left();
    return first_line_ +
           static_cast<std::size_t>(
               std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(read), '\n'));
  }

  // The paths among `fitting` whose step at `level` is `name` or '*'.
  Mask narrow(Mask fitting, std::size_t level, std::string_view name) const {
    Mask out = 0;
    for (std::size_t i = 0; i < paths_.size(); ++i) {
      if (!(fitting >> i & 1) || level >= paths_[i].steps.size()) continue;
      const std::string& step = paths_[i].steps[level];
      if (step == "*" || step == name) out |= Mask{1} << i;
    }
    return out;
  }

  bool ends_here(Mask fitting, std::size_t level) const {
    for (std::size_t i = 0; i < paths_.size(); ++i) {
      if (fitting >> i & 1 && paths_[i].steps.size() == level) return true;
    }
    return false;
  }

  // `fitting`: the paths whose first `level` steps led here.
  bool value(std::size_t level, Mask fitting) {
    if (intake_.full()) return false;
    const Kind kind = cursor_.next();
    if (kind == Kind::object) {
      return cursor_.object([&](std::string_view name) {
        if (level == 0 && note(name)) return noted_well_;
        const Mask below = narrow(fitting, level, name);
        return below == 0 ? cursor_.skip() : value(level + 1, below);
      });
    }
    if (kind == Kind::array) {
      std::size_t index = 0;
      return cursor_.array([&] {
        const Mask below = narrow(fitting, level, std::to_string(index++));
        return below == 0 ? cursor_.skip() : value(level + 1, below);
      });
    }
    if (kind == Kind::string && ends_here(fitting, level)) return entry();
    return cursor_.skip();
  }

  // Members of the document itself that are about it; false where `name` is none.
  bool note(std::string_view name) {
    noted_well_ = true;
    if (name == "type" && cursor_.next() == Kind::string) {
      noted_well_ = cursor_.string(scratch_);
      metadata_ = noted_well_ && scratch_ == "metadata";
      return true;
    }
    if (name == "syncToken" && cursor_.next() == Kind::string) {
      noted_well_ = cursor_.string(scratch_);
      if (const auto time = parse_epoch(scratch_); noted_well_ && time) intake_.stamp(*time);
      return true;
    }
    if (name == "timestamp" && cursor_.next() == Kind::number) {
      const std::size_t before = cursor_.left();
      noted_well_ = cursor_.skip();
      if (!noted_well_) return true;
      const auto time = parse_epoch(text_.substr(text_.size() - before, before - cursor_.left()));
      if (time) intake_.stamp(*time);
      return true;
    }
    return false;
  }

  bool entry() {
    if (!cursor_.string(scratch_)) return false;
    std::string_view text = trim(scratch_);
    took_ = true;
    if (intake_.address(text)) return true;
    const bool below = text.starts_with("*.");
    if (below) text.remove_prefix(2);
    if (intake_.host(text, below)) return true;
    if (text.find('*') != std::string_view::npos) {
      intake_.ignore();  // "host-*.example.com": more than a suffix.
    } else {
      intake_.bad(line(), text);
    }
    return true;
  }

  std::string_view text_;
  std::size_t first_line_;
  const std::vector<FeedPath>& paths_;
  FeedIntake& intake_;
  JsonCursor cursor_;
  std::string scratch_;
  bool noted_well_ = true;
  bool took_ = false;
  bool metadata_ = false;
};

}  // namespace

std::optional<FeedPath> FeedPath::parse(std::string_view text) {
  if (!text.starts_with('/')) return std::nullopt;
  FeedPath path;
  for (const std::string_view written : split(text.substr(1), '/')) {
    std::string step;
    for (std::size_t i = 0; i < written.size(); ++i) {
      if (written[i] != '~') {
        step += written[i];
        continue;
      }
      // RFC 6901 section 3: "~0" is '~' and "~1" is '/', nothing else may follow.
      if (++i == written.size() || (written[i] != '0' && written[i] != '1')) return std::nullopt;
      step += written[i] == '0' ? '~' : '/';
    }
    if (path.steps.size() == kMaxSteps) return std::nullopt;
    path.steps.push_back(std::move(step));
  }
  return path;
}

void read_json(std::string_view text, const std::vector<FeedPath>& paths, FeedIntake& intake) {
  std::vector<FeedPath> used = paths;
  if (used.empty()) {
    const bool list = JsonCursor(text).next() == Kind::array;
    used = list ? known(kKnownLists) : known(kKnownObjects);
  }
  JsonWalk(text, 1, used, intake).run();
}

void read_ndjson(std::string_view text, const std::vector<FeedPath>& paths, FeedIntake& intake) {
  const std::vector<FeedPath> used = paths.empty() ? known(kKnownLines) : paths;
  FeedLines lines(text);
  for (std::string_view line; !intake.full() && lines.next(line);) {
    if (is_comment_line(line)) continue;
    JsonWalk walk(line, lines.number(), used, intake);
    if (!walk.run() || walk.took()) continue;
    if (walk.is_metadata()) {
      intake.ignore();
    } else {
      intake.bad(lines.number(), line);
    }
  }
}

}  // namespace sallyport::discovery
