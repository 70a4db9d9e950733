// sallyport geo: countries and autonomous systems. The data is other people's, so it is fetched and
// turned into a file of ours here, on the operator's machine.

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fmt/format.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/core/file.h"
#include "base/core/text.h"
#include "discovery/geo/geo_build.h"
#include "discovery/tags/ip_tags.h"
#include "proxy/app/config.h"
#include "proxy/app/config_geo.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/commands.h"
#include "proxy/cli/listing.h"

namespace sallyport::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPackage = "tor-geoipdb";
constexpr std::size_t kMaxAddresses = 10'000;

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "sallyport-geo-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }  // "" where it could not be made

 private:
  std::string path_;
};

// Runs a program in a folder, its output on our standard error. "" or what went wrong.
std::string run_program(const std::vector<std::string>& words, const std::string& folder) {
  std::vector<char*> arguments;
  std::vector<std::string> kept = words;
  for (std::string& word : kept) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  ::posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  pid_t child = 0;
  const int failure =
      ::posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) return words[0] + ": " + std::generic_category().message(failure);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return words[0] + " failed";
}

// Debian's package, unpacked but not installed: its installation would start a Tor daemon. apt
// checks it against the signed index. "" or what went wrong.
std::string fetch_package(const std::string& folder, std::string& name) {
  std::string wrong = run_program(
      {"apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", std::string(kPackage)},
      folder);
  if (!wrong.empty()) return wrong;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".deb") name = entry.path().filename().string();
  }
  if (name.empty()) return "apt-get left no package behind";
  return run_program({"dpkg-deb", "-x", name, "data"}, folder);
}

// The lists that are meant by a path: itself, or Tor's two files in a folder or in an unpacked
// package.
std::vector<std::string> lists_in(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return {path};
  for (const std::string& folder : {path, path + "/usr/share/tor", path + "/data/usr/share/tor"}) {
    std::vector<std::string> found;
    for (const char* name : {"/geoip", "/geoip6"}) {
      if (fs::is_regular_file(folder + name, error)) found.push_back(folder + name);
    }
    if (!found.empty()) return found;
  }
  return {};
}

std::string thousands(std::size_t number) {
  std::string out = std::to_string(number);
  for (std::size_t at = out.size(); at > 3;) out.insert(at -= 3, 1, ',');
  return out;
}

std::string age_text(std::chrono::milliseconds age) {
  const auto days = std::chrono::duration_cast<std::chrono::days>(age).count();
  return days == 1 ? "1 day" : std::to_string(days) + " days";
}

void tell_built(const discovery::BuiltGeo& built, const discovery::GeoDatabase& database,
                const std::string& origin, Time now) {
  const discovery::GeoListSummary& lists = built.lists;
  say(fmt::format("{}: {} networks, {}, from {} ranges of IPv4 and {} of IPv6\n", database.path,
                  thousands(database.networks), human_bytes(built.bytes.size()),
                  thousands(lists.v4), thousands(lists.v6)));
  say(fmt::format("  different  {}\n", thousands(database.places)));
  if (lists.generated) {
    say(fmt::format("  data of    {} ({})\n", format_rfc3339(*lists.generated).substr(0, 10),
                    age_text(database.age(now).value_or(std::chrono::milliseconds(0)))));
  }
  say(fmt::format("  source     {}{}\n", origin,
                  lists.vendor.empty() ? "" : ", made by " + lists.vendor));
  say(fmt::format("  licence    {}\n",
                  lists.license.empty() ? "not stated in the list: look where you got it"
                                        : lists.license + "; it goes with the file if you pass it "
                                                          "on"));
  say(fmt::format("  left out   {} ranges that are nowhere, {} lines not understood\n",
                  thousands(lists.nowhere), thousands(lists.bad_lines)));
  for (const auto& bad : lists.first_bad) say(fmt::format("    line {}: {}\n", bad.line, bad.text));
}

std::string degrees_text(const policy::Coordinates& at) {
  return fmt::format("{},{}", at.latitude, at.longitude);
}

}  // namespace

int geo_build(const GeoBuildOptions& options) {
  const Time now = system_clock().now();
  const bool systems = !options.asn.empty();
  std::string out = options.out;
  if (out.empty()) {
    const std::optional<std::string> state = state_directory(options.common);
    if (!state) return kWrongInput;
    out = systems ? discovery::asn_database(*state) : discovery::country_database(*state);
  }
  const TemporaryFolder folder;
  std::vector<std::string> given = systems ? options.asn : options.from;
  std::string origin = fmt::format("{}", fmt::join(given, ", "));
  if (given.empty()) {
    if (folder.path().empty()) {
      complain("no folder can be made in " + fs::temp_directory_path().string());
      return kMachine;
    }
    const std::string wrong = fetch_package(folder.path(), origin);
    if (!wrong.empty()) {
      complain("Debian's package " + std::string(kPackage) + " cannot be had: " + wrong +
               "\nWith its files at hand:  sallyport geo build --from DIR   (with geoip and "
               "geoip6)");
      return kMachine;
    }
    given = {folder.path()};
  }
  std::vector<std::string> texts;
  for (const std::string& path : given) {
    const std::vector<std::string> lists = lists_in(path);
    if (lists.empty()) {
      complain(path + " has neither geoip nor geoip6");
      return kWrongInput;
    }
    for (const std::string& list : lists) {
      Result<std::string> text = read_regular_file(list, discovery::kMaxGeoList);
      if (!text) {
        complain(describe(text.error()));
        return kWrongInput;
      }
      texts.push_back(std::move(*text));
    }
  }
  const auto kind = systems ? discovery::GeoListKind::asn : discovery::GeoListKind::country;
  const Result<discovery::BuiltGeo> built = discovery::build_geo(kind, texts, now);
  if (!built) {
    complain(origin + ": " + built.error().detail);
    return kWrongInput;
  }
  // As the gateway will read it.
  discovery::GeoSource source;
  source.path.value = out;
  const std::string_view bytes = built->bytes;
  Diagnostics warnings;
  const auto geo = discovery::parse_geo({&source, 1}, {&bytes, 1}, now, warnings);
  const std::string parent = fs::path(out).parent_path().string();
  Result<void> written = parent.empty() ? Result<void>() : app::make_directory(parent, 0750);
  if (written) written = app::write_file(out, built->bytes, 0644);
  if (!written) {
    complain(describe(written.error()));
    return kMachine;
  }
  if (!warnings.empty()) complain("warnings:\n" + render(warnings));
  tell_built(*built, geo->databases().front(), origin, now);
  return kOk;
}

int geo_lookup(const GeoLookupOptions& options) {
  if (options.addresses.size() > kMaxAddresses) {
    complain(fmt::format("at most {} addresses at once", kMaxAddresses));
    return kWrongInput;
  }
  std::vector<IpAddress> addresses;
  for (const std::string& text : options.addresses) {
    const auto address = IpAddress::parse(text);
    if (!address) {
      complain("'" + printable(text) + "' is no address");
      return kWrongInput;
    }
    addresses.push_back(*address);
  }
  Diagnostics warnings;
  auto config = app::load_config(options.common.config, warnings);
  if (!config) {
    complain("the configuration cannot be used:\n" + render(config.error()));
    return kWrongInput;
  }
  if (!options.common.state.empty()) config->state_directory = options.common.state;
  const Time now = system_clock().now();
  const auto geo = discovery::load_geo(app::geo_sources(*config), now, warnings);
  auto tags = std::make_shared<const discovery::IpTags>();
  if (!config->address_tags.empty()) {
    auto loaded = discovery::load_ip_tags(config->address_tags, now, warnings);
    if (!loaded) {
      complain("errors:\n" + render(loaded.error()));
      return kWrongInput;
    }
    tags = *loaded;
  }
  if (!warnings.empty()) complain("warnings:\n" + render(warnings));
  Listing listing({"ip", "country", "asn", "isp", "location", "category", "range", "tags"});
  for (const IpAddress& address : addresses) {
    policy::AddressFacts facts;
    geo->describe(address, facts);
    tags->describe(address, facts);
    listing.add(
        {Listing::text(address.to_string()), Listing::text(facts.country),
         facts.asn == 0 ? Listing::Cell{} : Listing::number(facts.asn), Listing::text(facts.isp),
         Listing::text(facts.location ? degrees_text(*facts.location) : ""),
         Listing::text(facts.category == policy::IpCategory::none ? "" : to_string(facts.category)),
         Listing::text(facts.range), Listing::texts(facts.tags)});
  }
  say(listing.render(options.format));
  return kOk;
}

int geo_status(const GeoStatusOptions& options) {
  Diagnostics warnings;
  auto config = app::load_config(options.common.config, warnings);
  if (!config) {
    complain("the configuration cannot be used:\n" + render(config.error()));
    return kWrongInput;
  }
  if (!options.common.state.empty()) config->state_directory = options.common.state;
  const Time now = system_clock().now();
  const auto geo = discovery::load_geo(app::geo_sources(*config), now, warnings);
  Listing listing({"path", "state", "type", "built", "age_days", "networks", "places", "nodes"});
  for (const discovery::GeoDatabase& one : geo->databases()) {
    const std::string state = one.is_stale(now) ? "old"
                              : one.usable      ? "in use"
                              : one.missing     ? "not there"
                                                : one.trouble;
    const auto age = one.age(now);
    listing.add({Listing::text(one.path), Listing::text(state), Listing::text(one.type),
                 Listing::text(one.built ? format_rfc3339(*one.built).substr(0, 10) : ""),
                 age ? Listing::number(static_cast<std::uint64_t>(
                           std::chrono::duration_cast<std::chrono::days>(*age).count()))
                     : Listing::Cell{},
                 Listing::number(one.networks), Listing::number(one.places),
                 Listing::number(one.nodes)});
  }
  say(listing.render(options.format));
  return kOk;
}

}  // namespace sallyport::cli
