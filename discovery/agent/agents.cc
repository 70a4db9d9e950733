#include "discovery/agent/agents.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <unistd.h>

#include "base/core/text.h"
#include "discovery/agent/agent_names.h"
#include "discovery/agent/device.h"

namespace sallyport::discovery {

using policy::AgentTag;
using policy::ClientApp;

// What asks. A name of "" cannot be told.
struct Agents::Program {
  std::string name;
  std::string version;
  std::optional<ProgramKind> kind;
};

namespace {

constexpr std::size_t kMaxProduct = 64;  // bytes

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Words that robots use of themselves, at the end of a word: "examplebot/1.0", "Example Crawler".
// CUBOT makes phones.
bool says_robot(std::string_view lowered) {
  for (const std::string_view word :
       {"bot", "bots", "crawler", "crawl", "spider", "scraper", "archiver", "indexer", "slurp"}) {
    for (std::size_t at = lowered.find(word); at != std::string_view::npos;
         at = lowered.find(word, at + 1)) {
      const std::size_t end = at + word.size();
      if (end < lowered.size() && is_alpha(lowered[end])) continue;
      if (word == "bot" && at >= 2 && lowered.substr(at - 2, 2) == "cu") continue;
      return true;
    }
  }
  return false;
}

// "(+https://example.org/about-us)": where to complain of a robot.
bool names_its_page(std::string_view lowered) {
  return has(lowered, "+http://") || has(lowered, "+https://");
}

bool is_token_char(char c) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return is_alpha(c) || is_digit(c) || kOthers.find(c) != std::string_view::npos;
}

// The product that a User-Agent begins with (RFC 9110 section 10.1.5), and its version. Words in
// front of the version belong to the name: "Microsoft Office/16.0".
NamedVersion first_product(std::string_view user_agent) {
  NamedVersion product;
  std::size_t end = 0;
  while (end < user_agent.size() && (is_token_char(user_agent[end]) || user_agent[end] == ' ')) {
    ++end;
  }
  const bool versioned = end < user_agent.size() && user_agent[end] == '/';
  std::string_view name = user_agent.substr(0, end);
  if (!versioned) name = name.substr(0, name.find(' '));
  if (name.size() > kMaxProduct || name.empty() || !is_alpha(name.front())) return product;
  product.name = name;
  if (versioned) product.version = version_at(user_agent.substr(end));
  return product;
}

// "(KHTML, like Gecko) Example/1.2.3 Chrome/124.0 Electron/30.0 Safari/537.36": the app that stands
// before the browser it is made of.
NamedVersion electron_app(std::string_view user_agent) {
  NamedVersion app{"Electron", {}};
  constexpr std::string_view kBefore = "like Gecko) ";
  const std::size_t at = user_agent.find(kBefore);
  if (at == std::string_view::npos) return app;
  const std::string_view rest = user_agent.substr(at + kBefore.size());
  if (rest.starts_with("Chrome/") || rest.starts_with("Electron/")) return app;
  NamedVersion named = first_product(rest);
  return named.name.empty() ? app : named;
}

// The lower parts that a frozen User-Agent holds say nothing: "131.0.0.0" is 131.
std::string without_frozen_parts(std::string version) {
  for (const std::string_view frozen : {".0.0.0", ".0.0"}) {
    if (!version.ends_with(frozen)) continue;
    version.resize(version.size() - frozen.size());
    break;
  }
  return version;
}

// uap-core's groups may hold anything.
std::string clean_version(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && (is_digit(text[end]) || is_alpha(text[end]) || text[end] == '.')) {
    ++end;
  }
  return std::string(text.substr(0, end));
}

int rank(const ProgramName& program) {
  if (program.word == "chromium") return 0;  // what the others are made of
  if (!program.known) return 1;
  return program.kind == ProgramKind::browser ? 2 : 3;
}

Checked<yaml::Node> read_optional(const std::string& path) {
  if (path.empty()) return yaml::Node();
  return yaml::parse_file(path);
}

}  // namespace

Agents::Program Agents::program_of(const ClientHints& hints, std::string_view user_agent,
                                   std::string_view lowered) const {
  if (const auto known = clients_.find_robot(lowered)) {
    return {std::string(known->name), known->version, ProgramKind::robot};
  }
  bool robot = says_robot(lowered);
  if (!robot) {
    if (const auto known = clients_.find_native(lowered)) {
      return {std::string(known->name), known->version, ProgramKind::native};
    }
    if (has(lowered, " electron/")) {
      NamedVersion app = electron_app(user_agent);
      return {to_word(app.name), std::move(app.version), ProgramKind::native};
    }
  }

  robot = robot || names_its_page(lowered);

  NamedVersion named = patterns_->find_browser(user_agent);
  // uap-core's last guess for anything made of WebKit.
  if (named.name == "Apple Mail" && !has(lowered, "macintosh")) named = {};
  if (named.name == "CFNetwork") named = first_product(user_agent);
  ProgramName family = program_of_family(named.name);
  Program program{std::move(family.word), clean_version(named.version), {}};
  if (family.kind == ProgramKind::browser) {
    program.version = without_frozen_parts(std::move(program.version));
  }
  if (!named.name.empty()) program.kind = family.kind;
  if (robot) {
    if (family.known && family.kind == ProgramKind::browser) program = {};
    program.kind = ProgramKind::robot;
    return program;
  }

  const Brand* best = nullptr;
  ProgramName best_program;
  for (const Brand& brand : hints.brands) {
    ProgramName candidate = program_of_brand(brand.name);
    if (candidate.word.empty()) continue;
    if (best != nullptr && rank(candidate) <= rank(best_program)) continue;
    best = &brand;
    best_program = std::move(candidate);
  }
  // "Chromium" alone is what it is made of; the User-Agent may know better.
  const bool better = best != nullptr &&
                      (rank(best_program) > 0 || program.name == "chrome" || program.name.empty());
  if (better) {
    return {std::move(best_program.word), without_frozen_parts(best->version), best_program.kind};
  }

  const bool poses = lowered.starts_with("mozilla") || lowered.starts_with("opera/");
  if (poses || (family.known && family.kind != ProgramKind::native)) return program;
  if (!program.name.empty()) return program;
  // A program under its own name.
  NamedVersion product = first_product(user_agent);
  if (product.name.empty()) return program;
  ProgramName own = program_of_family(product.name);
  return {std::move(own.word), std::move(product.version), own.kind};
}

std::optional<policy::AgentFacts> Agents::classify(const AgentClaims& all, Time now) const {
  if (!usable() || all.user_agent.empty()) return std::nullopt;
  const AgentClaims claims = within_limits(all);
  const std::string lowered = lower(claims.user_agent);
  const ClientHints hints = parse_client_hints(claims);

  policy::AgentFacts facts;
  Program program = program_of(hints, claims.user_agent, lowered);
  SystemFacts system = system_of(hints, patterns_->find_os(claims.user_agent), lowered);
  facts.browser = std::move(program.name);
  facts.browser_version = std::move(program.version);
  facts.os = std::move(system.os);
  facts.os_version = clean_version(system.version);
  // Opera for phones counts its versions by itself, and may call itself Opera in hints.
  if (facts.browser == "opera" && (facts.os == "android" || facts.os == "ios")) {
    facts.browser = "opera_mobile";
  }
  if (program.kind == ProgramKind::robot) {  // whatever it poses as
    facts.tags.add(AgentTag::robot);
    return facts;
  }
  facts.device = device_of(hints, facts.os, lowered);
  if (program.kind == ProgramKind::browser) {
    facts.app = ClientApp::browser;
    if (releases_.is_browser_outdated(facts.browser, facts.browser_version, now)) {
      facts.tags.add(AgentTag::outdated_browser);
    }
  } else if (program.kind == ProgramKind::native) {
    facts.app = ClientApp::mobile_and_desktop;
    facts.tags.add(AgentTag::native_client);
  }
  if (releases_.is_os_outdated(facts.os, facts.os_version, now)) {
    facts.tags.add(AgentTag::outdated_os);
  }
  return facts;
}

std::string Agents::describe() const {
  if (!usable()) return "no patterns for User-Agents";
  return fmt::format("{} patterns and {} names for User-Agents", patterns_->size(),
                     clients_.size());
}

AgentClaims within_limits(const AgentClaims& claims) {
  const auto hint = [](std::string_view text) {
    return text.size() > kMaxHint ? std::string_view() : text;
  };
  return {claims.user_agent.substr(0, kMaxUserAgent),
          hint(claims.brands),
          hint(claims.full_versions),
          hint(claims.mobile),
          hint(claims.platform),
          hint(claims.platform_version),
          hint(claims.model)};
}

Checked<std::shared_ptr<const Agents>> load_agents(const AgentFiles& files, Diagnostics& warnings) {
  Diagnostics errors;
  auto agents = std::make_shared<Agents>();
  const auto take = [&errors](auto checked, auto& into) {
    if (checked) {
      into = std::move(*checked);
    } else {
      errors.append(std::move(checked.error()));
    }
  };
  for (const std::string* path : {&files.patterns, &files.clients, &files.releases}) {
    if (!path->empty()) agents->files_.push_back(*path);
  }

  if (!files.patterns.empty() && ::access(files.patterns.c_str(), F_OK) != 0) {
    const auto source = std::make_shared<const Source>(Source{files.patterns, {}});
    warnings.warning({source},
                     "the patterns of uap-core are not there: browser, device and tags of every "
                     "User-Agent stay unknown, and rules on them match nothing",
                     "install Debian's package uap-core, or set agents.patterns");
  } else if (!files.patterns.empty()) {
    if (auto node = read_optional(files.patterns)) {
      take(AgentPatterns::make(*node, warnings), agents->patterns_);
    } else {
      errors.append(std::move(node.error()));
    }
  }
  if (auto node = read_optional(files.clients)) {
    take(KnownClients::read(*node), agents->clients_);
  } else {
    errors.append(std::move(node.error()));
  }
  if (auto node = read_optional(files.releases)) {
    take(Releases::read(*node, warnings), agents->releases_);
  } else {
    errors.append(std::move(node.error()));
  }
  if (errors.has_errors()) return std::unexpected(std::move(errors));
  return agents;
}

}  // namespace sallyport::discovery
